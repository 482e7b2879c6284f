import type { Machine } from "./measure/machine.js";

/** Every word the page says, except title and description in index.html, and what only one view says (`text.ts` beside it). */

export const TEXT = {
  tagline: "A small language model that runs in your browser and shows how sure it is.",
  privacy: "Everything happens on this machine. What you type is never sent anywhere.",

  nav: {
    label: "Views",
    skip: "Skip to the content",
    views: { ask: "Ask", calibrate: "Calibrate", teach: "Teach", measure: "Measure", machine: "This machine" },
    titles: {
      ask: "semgrad",
      calibrate: "Calibrate · semgrad",
      teach: "Teach · semgrad",
      measure: "Measure · semgrad",
      machine: "This machine · semgrad",
    },
  },

  proof: {
    before: "Stays on this machine",
    since: (count: number) => `${count} ${count === 1 ? "request" : "requests"} since loading`,
    see: "See every request",
  },

  /** Where the browser keeps nothing more of what is being worked on. */
  full: "There is no room left to keep it: what comes is lost when the page is closed. Models and lessons can be removed under “This machine”.",

  update: { ready: "A newer version of this page is here.", reload: "Reload" },

  model: {
    heading: "Choose a model",
    short: "Model",
    known: "Models",
    onMachine: "on this machine",
    partly: (done: string) => `${done} already here`,
    fromPage: "from this page",
    fromHub: (host: string) => `from ${host}`,
    base: "base model, continues text",
    own: "Your own model",
    ownHint:
      "A .gguf file, a folder with config.json and safetensors, or the address of either: on Hugging Face, owner/name, owner/name:Q4_K_M or owner/name/file.gguf will do. Drop files here, too.",
    chooseFile: "Choose file",
    chooseFolder: "Choose folder",
    address: "Address of a model",
    addressPlaceholder: "https://…/model.gguf or owner/name",
    ownFile: (name: string, size: string) => `${name} (${size})`,
    ownFolder: (count: number, size: string) => `${count} files (${size})`,
    deviceHint: "Auto takes the graphics card when the browser offers one that computes right.",
    load: "Load",
    loadCached: "Load from this machine",
    download: (size: string) => `Download ${size} and load`,
    resume: (size: string) => `Download the remaining ${size} and load`,
    nothingChosen: "Choose a file first, or give an address.",
    change: "Change model",
    recommended: "recommended",
    recommendedWhy: "Of the models that fit and are quick here, it is right most often.",
    speed: (words: string) => `about ${words} words a second here`,
    last: "Last time:",
    loadLast: "Load it again",
    full: "Models that are kept here can be removed under “This machine”.",
    cancelled: "Loading cancelled. What was downloaded is kept and continues next time.",
  },

  fit: {
    fits: "fits",
    tight: "tight",
    large: "too large",
    /** What the check compares. */
    needs: (need: string) => `Needs about ${need} of memory.`,
    wasm: (need: string) => `It needs about ${need}, more than the 4 GB that a page may use.`,
    memory: (need: string, have: string) => `It needs about ${need}; this machine reports ${have} in all.`,
    storage: (need: string, have: string) =>
      `${need} are to be kept, and the browser grants ${have}. Remove other models first, or it is downloaded again next time.`,
    adapter: (need: string, have: string) =>
      `Its largest table takes about ${need}; the graphics adapter binds ${have} at once, so the table is cut into parts.`,
  },

  hosts: {
    heading: (host: string) => `${host} is not on this page's list`,
    explain: (host: string, allowed: string) =>
      `The browser lets this page talk to itself and to ${allowed} only, whatever its code says. To load from ${host}, add it to the list: the page reloads and goes on. You can take it back under “This machine”.`,
    /** When there is no service worker to apply a wider rule. */
    cannot: (host: string) =>
      `The browser lets this page talk to itself and a few model hosts only. Here it keeps no service worker, so the rule cannot be widened to ${host}: download the file yourself, then choose it as a file.`,
    allow: (host: string) => `Allow ${host} and load`,
    no: "Do not allow",
    redirect: "If that address leads on to another host, that host must be allowed as well.",
  },

  ready: {
    facts: (parameters: string, layers: number) => `${parameters} parameters, ${layers} layers`,
    cpu: (threads: number) => (threads > 1 ? `CPU, ${threads} threads` : "CPU"),
    cpuBecause: (threads: number, reason: string) => `${TEXT.ready.cpu(threads)}, because ${reason}`,
    threadsNext: "several threads when the page is opened again",
    webgpu: (adapter: string | null) => (adapter ? `WebGPU, ${adapter}` : "WebGPU"),
    announce: (name: string) => `${name} is ready.`,
    noTokenizer: "This model has no tokenizer: it can only be used with token ids, not on this page.",
    calibrated: (questions: number) => `calibrated on ${questions} questions`,
    shipped: "calibrated",
  },

  examples: {
    heading: "Try one of these, and notice what the page says about the answer",
    list: [
      {
        title: "A fact that many texts hold",
        question: "What is the capital of France?",
        notice:
          "To notice: compare the number with that of all test questions. This is an easy fact, so it should be higher.",
      },
      {
        title: "A question that takes something wrong for granted",
        question: "Who was the king of France in 1950?",
        notice:
          "To notice: France had no king then. A small model often names one all the same; the judgment is there so that you do not have to believe it.",
      },
      {
        title: "Something that nobody can know",
        question: "What number am I thinking of?",
        notice:
          "To notice: no text holds the answer, so whatever the model says, there should be no number that makes it look right.",
      },
    ],
  },

  memory: {
    none: "Follow-up questions are on. The model sees nothing but your next question yet.",
    some: (count: number) =>
      count === 1
        ? "The model also sees your last question and its answer."
        : `The model also sees your last ${count} questions and its answers.`,
    forget: "Start afresh",
  },

  edit: {
    replaces: (question: string) =>
      `What you ask now takes the place of “${question.length > 60 ? `${question.slice(0, 60).trimEnd()}…` : question}”.`,
    keep: "Keep both",
  },

  actions: {
    goOn: "Go on",
    copy: "Copy",
    again: "Ask again",
    edit: "Edit",
    remove: "Delete",
    /** A button's name for those who do not see which answer it belongs to. */
    named: (action: string, question: string) => `${action}: ${question}`,
    copied: "Copied.",
    notCopied: "The browser does not allow it.",
  },

  history: {
    title: "Questions to a small language model",
    heading: (count: number, below: number) =>
      `History: ${count} ${count === 1 ? "question" : "questions"}${below > 0 ? `, ${below} of them below` : ""}`,
    where:
      "Kept in this browser and nowhere else; a private window forgets it when it is closed. The newest 200 are kept.",
    notKept: "This browser keeps nothing here: your questions are gone when the page is closed.",
    by: (model: string, at: Date) =>
      `${model}, ${new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" }).format(at)}`,
    markdown: "Save as Markdown",
    json: "Save as JSON",
    file: (ending: string) => `semgrad-questions.${ending}`,
    clear: "Delete all",
    sure: "Really delete all?",
    cleared: "The history is empty.",
  },

  settings: {
    open: "Settings",
    heading: "How it answers",
    close: "Close",
    samples: "Ask ten times",
    samplesHint: "Draws ten more answers and groups those that mean the same. Takes several times as long.",
    compare: "Compare answers by",
    comparisons: {
      lexical: "their words",
      judge: "asking the model itself",
      encoder: "a model for meaning",
    },
    compareHint: {
      lexical: "Quick, but other words for the same thing count as another answer.",
      judge: "Slow; a small model is a poor judge.",
      encoder: (name: string, host: string) => `${name}, loaded once from ${host}. The best judge of the three.`,
    },
    attribute: "Look into the question",
    attributeHint: "Also measures how far each word of the question moves the answer. A little slower.",
    follow: "Follow-up questions",
    followHint: "The model sees the conversation so far. Judgments are made for single questions: there is none then.",
    length: "Longest answer",
    lengthDefault: "as calibrated",
    lengths: (tokens: number) => `${tokens} tokens`,
    prefix: "Put before each question",
    prefixDefault: "as calibrated",
    prefixHint:
      "Left empty, questions are asked as those of the calibration were. Asked otherwise there is no judgment.",
  },

  answer: {
    empty: "The model gave an empty answer.",
    reading: "Reading the question",
    writing: "Writing",
    sampling: "Asking ten more times",
    scoring: "Measuring how sure it was",
    engine: (amount: string) => `Loading the model that compares answers (${amount})`,
    stopped: "Stopped. Scores are made for finished answers only.",
    announceDone: "Answer finished.",
    cut: "The answer was cut at the length limit.",
    evidence: "Evidence",
  },

  question: {
    tab: "Question",
    heading: "What in the question moves the answer",
    legend: "What the answer hangs on",
    legendLow: "less",
    legendHigh: "more",
    label: "Your question, shaded by how far each word moves the answer",
    most: (words: string) => `The answer hangs most on ${words}.`,
    word: (text: string) => `“${text}”`,
    caption:
      "Each cell is the mean |gradient| of the answer's log-probability with respect to one hidden state: a layer (row) at one token of the prompt (column). The frame marks the token at which SemGrad is taken.",
    map: (layers: number, tokens: number) =>
      `Gradients of ${layers} layers at ${tokens} prompt tokens. Use the arrow keys to inspect each cell.`,
    mapHeading: "Map by layer and token",
    whole: "Show the whole prompt, template included",
    layer: (layer: number) => `Layer ${layer}`,
    cell: (layer: number, token: string, value: string) => `layer ${layer}, token ${token}: |g| = ${value}`,
    semantic: "semantic token",
    hint: "Point at a cell, or focus the map and use the arrow keys.",
    none: "It was not measured for this answer: turn on “Look into the question”.",
    low: "less",
    high: "more",
  },

  samples: {
    tab: "Ten answers",
    heading: "Ten more answers",
    share: (size: number, count: number) => `${size} of ${count}`,
    same: "agrees with the answer above",
    others: (count: number) => (count === 1 ? "1 more wording" : `${count} more wordings`),
    none: "Turn on “Ask ten times” to see what else the model would have said.",
    cutOff: "cut at the length limit",
    by: {
      lexical: "Compared by their words: those of the question, and words that say nothing, do not count.",
      judge: "Compared by their words, and by the model itself.",
      encoder: "Compared by their words, and by a model for meaning.",
    },
    warning: "Answers that agree can still all be wrong.",
    empty: "(empty)",
  },

  facts: {
    tab: "Details",
    heading: "How it was computed",
    device: "Device",
    speed: "Speed",
    speedValue: (rate: string, prefill: string, decode: string) =>
      `${rate} tokens per second (question ${prefill}, answer ${decode})`,
    scoring: "Scoring",
    sampling: "Ten answers",
    position: "Gradients at",
    positionValue: (index: number, count: number, token: string | null, rule: string) =>
      `prompt token ${index + 1} of ${count}${token ? ` (${token})` : ""}, chosen by ${rule}`,
    alpha: "Mean certainty of the words",
    prompt: "Asked as",
    warnings: "Notes",
  },

  calibrate: {
    heading: "Calibrate on your own questions",
    intro:
      "A score becomes a chance of being right when somebody has counted how often answers with such scores were right. Give questions with known answers: the model answers them here, you check what counts as right, and the page fits the confidence. It works for your kind of question, this model and these settings, and for nothing else.",
    noModel: "Load a model first: the calibration belongs to it.",
    toModel: "Choose a model",
    link: "Calibrate it on your own questions",
    questions: {
      heading: "1. Your questions",
      hint: "One JSON object a line: a question with the answers that count as right, or a question with an answer and whether it is right. At least 50, ten right and ten wrong among them; better 200.",
      label: "Questions, one JSON object a line",
      placeholder:
        '{"question": "What is the capital of Peru?", "answers": ["Lima"]}\n{"question": "Who wrote Faust?", "answers": ["Goethe", "Johann Wolfgang von Goethe"]}',
      file: "Choose file",
      drop: "or drop a .jsonl file on the box",
      example: "Take the example",
      found: (count: number) => (count === 1 ? "1 question." : `${count} questions.`),
      given: (count: number) => `${count} with a given answer, which is judged as it stands.`,
      bad: (line: number, why: string) => `Line ${line}: ${why}`,
      more: (count: number) => `… and ${count} more lines with faults.`,
      problems: {
        json: "is no JSON object",
        question: "has no question",
        answers: "needs answers (a list of texts), or answer and right",
        mixed: "gives answers for some questions and a judged answer for others: one file, one kind",
      },
      few: (count: number, least: number) => `Too few to fit: ${count}, at least ${least} are needed.`,
    },
    run: {
      heading: "2. The model's answers",
      start: "Answer them",
      resume: (done: number, count: number) => `Go on (${done} of ${count} done)`,
      restart: "Start over",
      cancel: "Pause",
      progress: (done: number, count: number) => `${done} of ${count} answered`,
      paused: "Paused. What is done is kept in this browser and goes on later, after a reload too.",
      notKept: "The browser does not keep it: it is lost when the page is closed.",
      failed: (count: number) =>
        count === 1 ? "1 question failed and is left out." : `${count} questions failed and are left out.`,
      label: "Progress of the answers",
      review: "Check what counts as right",
      reviewHint:
        "An answer counts as right when it contains one of yours, whatever case and punctuation. That is a rough rule: correct it here.",
      table: "Answers and whether they are right",
      question: "Question",
      answer: "Answer",
      right: "Right",
      wanted: (answers: string) => `wanted: ${answers}`,
      count: (right: number, count: number, percent: string) => `${right} of ${count} right (${percent})`,
    },
    fit: {
      heading: "3. The confidence",
      start: "Fit",
      again: "Fit again",
      fitting: "Fitting",
      reliability: "When it says so, how often is it right?",
      reliabilityHint:
        "Each point is a tenth of the answers: their mean confidence across, the share that was right upwards. On the diagonal the number means what it says.",
      said: "confidence",
      was: "share right",
      point: (confidence: string, accuracy: string, count: number) =>
        `confidence ${confidence}, right ${accuracy}, ${count} answers`,
      quality: "Quality",
      metric: "Measure",
      value: "Value",
      metrics: {
        auroc: ["AUROC", "chance that a right answer gets more confidence than a wrong one; 0.5 is guessing"],
        ece: ["ECE", "mean gap between confidence and share right; 0 is best"],
        brier: ["Brier score", "mean squared error of the confidence; lower is better"],
        skill: ["Brier skill", "improvement on always saying the base rate; above 0 is useful"],
      } as Record<string, [string, string]>,
      thresholds: "Verdicts",
      threshold: (alpha: string, threshold: string) =>
        `If ${alpha} wrong answers are tolerated: answer from ${threshold} on.`,
      split: (coverage: string, risk: string) =>
        `Tried on halves: ${coverage} of the questions answered, ${risk} of all answered wrong.`,
      flagged: (threshold: string, coverage: string, risk: string) =>
        `The bound alone would allow answers from ${threshold} on (${coverage} answered, ${risk} wrong); what is more likely wrong than right is flagged instead.`,
      noThreshold: (alpha: string) => `If ${alpha} wrong answers are tolerated: none can be given.`,
      features: "Signals",
      featuresHint: "How much each one counts, after all were brought to one scale: right for raises, left for lowers.",
      noReliability: "There is nothing to draw: the answers have no scores in common.",
      cross: "Measured on answers that the fit had not seen (cross-validation).",
      use: "Use it now",
      inUse: "In use, and kept for this model.",
      inUseNow: "In use until this page is closed: download the file to keep it.",
      download: "Download the file",
      file: (model: string) => `${model}.profile.json`,
    },
    load: {
      heading: "Load a calibration",
      hint: "A profile that this page, or semgrad calibrate, wrote for the model that is loaded.",
      choose: "Choose file",
      loaded: (name: string) => `${name} is in use.`,
      remove: "Stop using it",
      removed: "No calibration of yours is in use.",
    },
    settingsNote: (prefix: string, tokens: number) =>
      `Asked with ${prefix === "" ? "nothing" : `“${prefix.trim()}”`} before each question, at most ${tokens} tokens each: the calibration will hold for that.`,
  },

  machine: {
    heading: "This machine",
    intro: "What the page keeps here, what it asked of the network, and what it may ask.",
    models: {
      heading: "Models kept here",
      none: "None yet.",
      partly: (done: string, size: string) => `${done} of ${size}, continues when loaded again`,
      whole: (size: string) => size,
      unknown: "unknown size",
      remove: "Remove",
      removeNamed: (name: string) => `Remove ${name}`,
      removed: (name: string, freed: string) => `${name} removed, ${freed} are free again.`,
      usage: (used: string, quota: string) => `${used} used of ${quota} that the browser grants this page.`,
      keep: "Ask the browser to keep them",
      kept: "The browser will not clear them on its own.",
      notKept: "The browser may clear them when the disk runs full.",
      refused: "The browser does not promise it. It may once you use the page more often, or install it.",
    },
    network: {
      heading: "Nothing left this machine",
      explain:
        "Every request that this page and its worker made since it was opened, as the browser reports them, page files included. Asking and scoring need none. Now and then the browser itself asks this page's own host whether there is a newer version of the page (sw.js); it sends nothing of yours.",
      since: (count: number) =>
        count === 0 ? "No request since the model was loaded." : `${count} since the model was loaded.`,
      total: (count: number, hosts: number) =>
        `${count} requests to ${hosts === 1 ? "1 host" : `${hosts} hosts`} since the page was opened`,
      notLoaded: "No model is loaded yet.",
      columns: { time: "Time", address: "Address", by: "By", from: "From" },
      by: { page: "page", worker: "worker" },
      from: { copy: "this machine", network: "network" },
      mark: "model loaded",
      pageOnly:
        "The page's own requests only: the browser has no service worker here that could report the worker's as well.",
      show: "All requests",
    },
    rule: {
      heading: "What it may ask",
      explain:
        "A rule that the browser enforces (Content Security Policy): scripts from this page alone, and connections to these hosts and no other.",
      self: "this page",
      limits:
        "The rule comes with the page's files, and a service worker puts it on the page and the model's worker, also where a server cannot send headers. Before that worker is installed, on the very first visit, the page waits for it before it loads a model. A browser extension or the browser itself is outside of it.",
      unenforced:
        "The browser keeps no service worker here: the rule binds the page, and the model's worker only if the server sends it.",
      yours: "allowed by you",
      remove: "Take back",
      removeNamed: (host: string) => `Take ${host} back`,
    },
    offline: {
      heading: "Without a network",
      yes: "The page is kept on this machine and opens without a network, and so do the models above.",
      no: "The page is not kept on this machine: private windows and plain http do not allow it.",
      install: "Install as an app",
    },
    questions: {
      heading: "Your questions",
      none: "None yet.",
      some: (count: number) => `${count} ${count === 1 ? "question" : "questions"} with answers, in this browser only.`,
      see: "See them",
    },
    calibrations: {
      heading: "Your calibrations",
      none: "None yet.",
      remove: "Remove",
      removeNamed: (name: string) => `Remove the calibration of ${name}`,
    },
  },

  measure: {
    heading: "Measure this device",
    intro:
      "How fast a model is here, and what its scores cost: the questions of the project's own benchmark, asked on the devices that you choose. Close what else is busy. Nothing of it is sent anywhere.",
    model: "Model",
    own: "To measure a file or an address of your own, load it first.",
    loaded: "loaded",
    download: (size: string) => `download of ${size}`,
    devices: "Run on",
    adapter: (name: string, software: boolean) => (software ? `${name}, which is software and takes minutes` : name),
    noWebgpu: "This browser offers no graphics adapter.",
    noDevice: "Choose a device first.",
    effort: "Take",
    efforts: { quick: "Half a minute", thorough: "Some minutes" } as Record<string, string>,
    effortHint: "For each device. More time means more repetitions, of which medians are taken.",
    start: "Measure",
    startDownload: (size: string) => `Download ${size} and measure`,
    step: (device: string, step: string) => `${device}: ${step}`,
    steps: {
      load: "loading the model",
      first: "the first token",
      speed: "reading and writing",
      scores: "what scores cost",
      samples: "ten samples at once",
    },
    done: "Measured.",
    cancelled: "Measuring cancelled. What was measured stays.",
    results: "Results",
    title: (model: string) => `${model}, semgrad in the browser`,
    rows: {
      load: "Load from this machine",
      firstToken: "First answer's first token",
      prefill: "Reading",
      decode: "Writing",
      score: (name: string) => `${name} ÷ answer`,
      samples: "Ten samples ÷ one answer",
    },
    prefill: "Reading, tokens each second",
    decode: "Writing, tokens each second",
    costsOn: (device: string) => `Each score ÷ the answer, ${device}`,
    tokens: (count: number) => `${count} tokens`,
    rate: (value: string) => `${value}/s`,
    times: (value: string) => `${value} ×`,
    explain:
      "A score's share is the time that it takes alone, beside reading the question and writing the answer. Several scores together share their work.",
    copyMarkdown: "Copy as Markdown",
    copyJson: "Copy as JSON",
    copied: "Copied.",
    notCopied: "The browser does not allow it; copy from here:",
    text: "Results as text",
    machine: "Where it was measured",
    facts: ({ adapter, browser, cores, memory, date }: Machine): [string, string][] => [
      ["Graphics adapter", adapter ? [adapter.name, ...adapter.features].join(", ") : "none"],
      ["Browser", browser],
      ["Processor", `${cores} threads${memory === null ? "" : `, ${memory} GB of memory or more`}`],
      ["Date", date.slice(0, 10)],
    ],
  },

  footer: {
    method: "The scores are exact gradients, taken through the model that gave the answer.",
    offline: "Once loaded, this page and its model work without a network.",
  },
};
