/** The offscreen document: holds the model and does what panel, options and content scripts ask for. */

import { check, type ErrorRecord, type Fault, type Model, type ScoreOptions, SemgradError } from "semgrad";
import { cut, LIMITS } from "../limits.js";
import {
  type Calls,
  type HostEvent,
  type Judgement,
  type Opinion,
  PORT,
  type ToClient,
  type ToHost,
  toBackground,
} from "../protocol.js";
import { label, type ModelChoice } from "../settings.js";
import { isOnMachine } from "./choice.js";
import { Holder } from "./holder.js";
import { count, fingerprint, forget, type Remembered, recall, remember } from "./memory.js";
import { Queue } from "./queue.js";

/** Ports of this extension's own pages, which are told what goes on. */
const watchers = new Set<chrome.runtime.Port>();
const queue = new Queue(LIMITS.waiting);
const holder = new Holder((state) => {
  for (const port of watchers) send(port, { type: "state", state });
});

function send(port: chrome.runtime.Port, message: ToClient): void {
  try {
    port.postMessage(message);
  } catch {
    // Closed between two messages; its disconnect aborts what it asked for.
  }
}

/** Short answers of the model's own that an answer is compared with. */
const OWN_ANSWERS = 5;

/** What a call may use. */
interface Hooks {
  signal: AbortSignal;
  onEvent(event: HostEvent): void;
  /** Nothing of a private window is remembered. */
  isPrivate: boolean;
}

async function chosen(): Promise<ModelChoice> {
  const { model } = await toBackground("settings");
  if (!model) throw new SemgradError("bad_input", "no model was chosen", "Choose one in the options.");
  return model;
}

/** Runs with the chosen model, alone. */
async function withModel<T>(
  urgent: boolean,
  signal: AbortSignal,
  work: (model: Model) => Promise<T>,
): Promise<T | null> {
  const run = async () => work(await holder.get(await chosen(), signal));
  return queue.add(() => holder.use(run), urgent, signal);
}

/** For what is never skipped: null can only mean that it was aborted while it waited. */
async function atOnce<T>(signal: AbortSignal, work: (model: Model) => Promise<T>): Promise<T> {
  const value = await withModel(true, signal, work);
  if (value === null) throw new SemgradError("aborted", "the caller aborted", "Ask again.");
  return value;
}

/** A text pair as it is judged: cut to what is read, and named by its hash. */
async function prepare(version: string, choice: ModelChoice, texts: { question: string; answer: string }) {
  const question = cut(texts.question, LIMITS.question);
  const answer = cut(texts.answer, LIMITS.answer);
  // Another version may judge differently.
  const print = await fingerprint(version, JSON.stringify(choice), question.text, answer.text);
  return { question: question.text, answer: answer.text, print, isCut: question.cut || answer.cut };
}

type Prepared = Awaited<ReturnType<typeof prepare>>;

/** @param isPlain whether scores are of no use: nobody looks at them, and no confidence is made of them */
async function measure(
  model: Model,
  name: string,
  { question, answer, print, isCut }: Prepared,
  hooks: Hooks,
  isPlain: boolean,
) {
  const start = performance.now();
  const options: ScoreOptions = {
    examine: true,
    signal: hooks.signal,
    onProgress: (progress) => hooks.onEvent({ kind: "progress", progress }),
  };
  const more: ScoreOptions = isPlain ? { methods: [] } : { rivals: true };
  const result = await model.score(question, answer, { ...options, ...more, ownAnswers: OWN_ANSWERS });
  const judged: Remembered = {
    kind: "judged",
    explanation: result.explanation,
    examined: result.examined,
    model: name,
    ms: performance.now() - start,
    cut: isCut,
  };
  if (!hooks.isPrivate) await remember(print, judged);
  return { answer: result, judged };
}

/**
 * What anybody could see to be wrong. Earlier turns of a page's conversation are not known, so that nothing is said of
 * quotations of it.
 */
async function faultsOf({ question, answer }: { question: string; answer: string }): Promise<Fault[]> {
  const faults = await check(cut(question, LIMITS.question).text, cut(answer, LIMITS.answer).text).catch(() => []);
  return faults.filter(({ kind }) => kind !== "quotation");
}

async function judge(texts: { question: string; answer: string; again: boolean }, hooks: Hooks): Promise<Judgement> {
  const [faults, opinion] = await Promise.all([faultsOf(texts), opinionOf(texts, hooks)]);
  return { ...opinion, faults };
}

async function opinionOf(texts: { question: string; answer: string; again: boolean }, hooks: Hooks): Promise<Opinion> {
  const { model: choice, version } = await toBackground("settings");
  if (!choice) return { kind: "no-model" };
  const prepared = await prepare(version, choice, texts);
  const known = texts.again ? null : await recall(prepared.print);
  if (known) return known;
  if (!(await isOnMachine(choice))) return { kind: "no-model" };
  const measured = await withModel(texts.again, hooks.signal, (model) =>
    measure(model, label(choice), prepared, hooks, !model.info.profile?.answers.includes("given")),
  );
  return measured ? measured.judged : { kind: "skipped" };
}

async function score(texts: { question: string; answer: string }, hooks: Hooks): Promise<Calls["score"]["reply"]> {
  const { version } = await toBackground("settings");
  const choice = await chosen();
  const prepared = await prepare(version, choice, texts);
  const { answer, judged } = await atOnce(hooks.signal, (model) =>
    measure(model, label(choice), prepared, hooks, false),
  );
  return { answer, judgement: { ...judged, faults: await faultsOf(texts) } };
}

type Handlers = {
  [K in keyof Calls]: (body: Omit<Calls[K], "reply">, hooks: Hooks) => Promise<Calls[K]["reply"]>;
};

const handlers: Handlers = {
  load: async (_, { signal }) => (await holder.use(async () => holder.get(await chosen(), signal))).info,
  unload: async () => {
    holder.putAway();
    return null;
  },
  ask: async ({ question }, { signal, onEvent }) =>
    atOnce(signal, (model) =>
      model.ask(question, {
        rivals: true,
        signal,
        onToken: (token) => onEvent({ kind: "token", token }),
        onProgress: (progress) => onEvent({ kind: "progress", progress }),
      }),
    ),
  score,
  judge,
  kept: async () => count(),
  forget: async () => {
    forget();
    return null;
  },
};

function toRecord(thrown: unknown): ErrorRecord {
  if (thrown instanceof SemgradError) return thrown.toJSON();
  return { code: "internal", message: String(thrown), advice: "Please report this." };
}

/** What a page's content script may ask for; anything else is for this extension's own pages. */
function isAllowed(message: ToHost, isOwn: boolean): boolean {
  if (isOwn || message.type === "abort") return true;
  return message.type === "judge" && typeof message.question === "string" && typeof message.answer === "string";
}

chrome.runtime.onConnect.addListener((port) => {
  if (port.name !== PORT) return;
  const isOwn = port.sender?.origin === location.origin;
  const isPrivate = port.sender?.tab?.incognito === true;
  const running = new Map<number, AbortController>();

  port.onMessage.addListener(async (message: ToHost) => {
    if (!isAllowed(message, isOwn)) return;
    const { id } = message;
    if (message.type === "abort") {
      running.get(id)?.abort();
      return;
    }
    const controller = new AbortController();
    running.set(id, controller);
    const hooks: Hooks = {
      signal: controller.signal,
      onEvent: (event) => send(port, { type: "event", id, event }),
      isPrivate,
    };
    try {
      const handle = handlers[message.type] as (body: ToHost, hooks: Hooks) => Promise<unknown>;
      send(port, { type: "done", id, value: await handle(message, hooks) });
    } catch (thrown) {
      send(port, { type: "failed", id, error: toRecord(thrown) });
    } finally {
      running.delete(id);
    }
  });

  port.onDisconnect.addListener(() => {
    watchers.delete(port);
    for (const controller of running.values()) controller.abort();
  });

  if (isOwn) {
    watchers.add(port);
    send(port, { type: "state", state: holder.state });
  }
});
