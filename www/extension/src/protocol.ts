/**
 * Who says what to whom.
 *
 * The service worker owns nothing: it answers single messages ({@link ToBackground}) and may be killed between any two.
 * The offscreen document owns the model. Panel, options and content scripts talk to it over a port of their own
 * ({@link ToHost}, {@link ToClient}), which does not pass through the service worker. Everything is JSON.
 */

import type { Answer, AskProgress, ErrorRecord, Examined, Fault, LoadProgress, ModelInfo, Token } from "semgrad";
import type { Settings } from "./settings.js";
import type { SiteRule } from "./sites.js";

/** Single messages to the service worker, and what comes back. */
export interface ToBackground {
  /** Makes sure that there is an offscreen document. */
  wake: { reply: true };
  /** For the offscreen document, which has access to neither storage nor manifest. */
  settings: { reply: Settings & { version: string } };
  /** For a content script: how its page is marked up. */
  rules: { reply: SiteRule[] };
  /** From the script that reads a selection. */
  selected: { question: string; answer: string; reply: true };
  options: { reply: true };
}

export async function toBackground<K extends keyof ToBackground>(
  type: K,
  body?: Omit<ToBackground[K], "reply">,
): Promise<ToBackground[K]["reply"]> {
  return chrome.runtime.sendMessage({ type, ...body });
}

/** Name of the port to the offscreen document. */
export const PORT = "model";

/** What can be asked of the offscreen document, and what it answers with. */
export interface Calls {
  /** Loads the chosen model, downloading it if need be. */
  load: { reply: ModelInfo };
  unload: { reply: null };
  /** A question of the chat. */
  ask: { question: string; reply: Answer };
  /** An answer from elsewhere, in the panel. */
  score: { question: string; answer: string; reply: { answer: Answer; judgement: Judged } };
  /** An answer on a page. `again`: whatever is remembered. */
  judge: { question: string; answer: string; again: boolean; reply: Judgement };
  /** How many judgements are remembered. */
  kept: { reply: number };
  /** Forgets judgements. */
  forget: { reply: null };
}

type Call = { [K in keyof Calls]: { type: K } & Omit<Calls[K], "reply"> }[keyof Calls];
export type ToHost = ({ id: number } & Call) | { id: number; type: "abort" };

export type ToClient =
  | { type: "state"; state: HostState }
  | { type: "event"; id: number; event: HostEvent }
  | { type: "done"; id: number; value: unknown }
  | { type: "failed"; id: number; error: ErrorRecord };

/** What is going on with the model. */
export type HostState =
  | { kind: "empty" }
  | { kind: "loading"; name: string; progress: LoadProgress | null }
  | { kind: "ready"; name: string; info: ModelInfo };

/** What happens before an answer is there. */
export type HostEvent = { kind: "token"; token: Token } | { kind: "progress"; progress: AskProgress };

/** A judgement that was made. */
export type Judged = Extract<Judgement, { kind: "judged" }>;

/** What a badge shows: what anybody could see to be wrong, and what the model makes of it. */
export type Judgement = { faults: Fault[] } & Opinion;

/** What the model makes of an answer, or why it makes nothing of it. */
export type Opinion =
  | {
      kind: "judged";
      /** The judgment in sentences. */
      explanation: Answer["explanation"];
      /** What the model makes of an answer that others wrote; null where it does not say. */
      examined: Examined | null;
      model: string;
      ms: number;
      /** Whether only the beginning of question or answer was read. */
      cut: boolean;
    }
  /** No model was chosen, or it is not on this machine: a page never starts a download. */
  | { kind: "no-model" }
  /** Too much was waiting. */
  | { kind: "skipped" };
