/** Every word the extension says, except those it shares with the demo page (`www/shared/text.ts`) and those of the manifest. */

import type { Band } from "./protocol.js";

export const TEXT = {
  menu: "Check this answer with semgrad",

  judgement: {
    checking: "Checking",
    checkingWhy: "A model on this machine reads question and answer.",
    noModel: "No model yet",
    noModelWhy: "Choose a model in the options. Pages never start a download.",
    skipped: "Not checked",
    skippedWhy: "Too many answers were waiting.",
    failed: "Not checked",
    /** The place of an answer without a judgment among others; no score is made of it. */
    bands: { low: "low", medium: "medium", high: "high" } as Record<Band, string>,
    band: (band: string, seen: number) =>
      `Beside the ${seen} answers that were looked at here so far, its uncertainty is ${band}. That says how odd the model finds it, not whether it is right.`,
    cut: "Only the beginning was read: the text is long.",
    facts: (model: string, time: string) => `${model}, on this machine, in ${time}`,
  },

  badge: {
    name: "semgrad",
    again: "Check again",
    options: "Choose a model",
    asked: (question: string) =>
      `Asked: “${question.length > 160 ? `${question.slice(0, 160).trimEnd()}…` : question}”`,
  },

  panel: {
    title: "semgrad",
    model: "Model",
    none: "No model yet. It runs on this machine; what you ask is never sent anywhere.",
    get: (name: string, size: string) => `Download ${name} (${size})`,
    other: "Choose another",
    options: "Options",
    idle: "It loads when it is needed.",
    loaded: (device: string) => `Loaded, ${device}`,
    load: "Load",
    unload: "Free memory",
    site: (host: string) => `Flag answers on ${host}`,
    siteOn: (host: string) => `Answers on ${host} are flagged.`,
    siteOff: "Stop",
    check: {
      heading: "Check an answer",
      question: "What was asked",
      answer: "What was answered",
      button: "Check",
      missing: "Write what was asked: an answer is judged for a question.",
      exchange: "An answer from elsewhere",
    },
  },

  answer: {
    reading: "Reading",
    writing: "Writing",
    scoring: "Measuring how sure it was",
    loading: "Loading the model",
    stopped: "Stopped. Scores are made for finished answers only.",
    cut: "The answer was cut at the length limit.",
    empty: "The model gave an empty answer.",
    done: "Finished.",
  },

  scores: {
    heading: "Scores",
    caption: "Raw numbers, higher means less sure. Compare answers with each other.",
    speed: (rate: string) => `${rate} tokens per second`,
    scoring: (time: string) => `scored in ${time}`,
    prefix: (prefix: string) => `“${prefix}” was put before the question, as when the model was calibrated.`,
  },

  options: {
    title: "semgrad options",
    intro: "A small language model on this machine judges answers. Only its download uses the network.",
    model: {
      heading: "Model",
      current: "In use",
      nothing: "None chosen",
      known: "Known models",
      from: (host: string) => `from ${host}`,
      here: "on this machine",
      address: "Address of a model",
      addressHint: "A GGUF file or a Hugging Face folder; its server must allow requests from extensions (CORS).",
      file: "A GGUF file of your own",
      fileHint: "It is copied into the extension's storage.",
      choose: "Choose file",
      use: "Load",
      profile: "Calibration",
      profileHint:
        "A profile of this model, such as the demo page writes; without one the package's is taken, if it has one.",
      profileChoose: "Choose profile",
      profileRemove: "Remove profile",
      profileOwn: "Your own profile",
      copying: "Copying",
      ready: (name: string) => `${name} is ready.`,
      cancelled: "Cancelled. What was downloaded is kept and continues next time.",
      nothingGiven: "Choose a model, an address or a file first.",
    },
    sites: {
      heading: "Sites",
      hint: "Answers are flagged on these sites only. The browser asks you for each; page texts are read on this machine and kept nowhere.",
      other: "Another site",
      placeholder: "https://chat.example.org",
      add: "Allow",
      remove: "Stop",
      bad: "Give an address such as https://chat.example.org.",
      refused: "The browser or you refused the permission.",
      allowed: "allowed",
    },
    rules: {
      heading: "Selectors",
      hint: "Your own rows for the table of sites, as JSON: a list of rows with name, hosts, question, answer and, if need be, busy. Rows of the same name replace ours; pages that are open take them up when they are loaded again.",
      label: "Own selectors",
      save: "Save",
      saved: "Saved.",
      noList: "Not a list of rows.",
      badRow: (row: number) => `Row ${row} needs name, question and answer as texts, and hosts as a list of texts.`,
      badSelector: (selector: string) => `Not a selector: ${selector}`,
      table: "The table as it stands",
    },
    bands: {
      heading: "Bands",
      hint: "Without a calibration, an answer counts as low, medium or high by its place among the scores that were seen here.",
      low: "Low is below, %",
      high: "High is above, %",
      least: "Answers needed before there are bands",
      save: "Save",
      saved: "Saved.",
      bad: "Low must be below high, and both between 0 and 100; answers needed from 5 to 500.",
    },
    data: {
      heading: "Data on this machine",
      counts: (scores: number, remembered: number, size: string) =>
        `${scores} scores and ${remembered} judgements (numbers and hashes, no texts); models take ${size}.`,
      forget: "Forget judgements",
      forgotten: "Forgotten.",
      remove: "Remove models",
      removed: "Removed.",
    },
  },
} as const;
