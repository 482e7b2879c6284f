/** The side panel: chat, answers from elsewhere, the page beside. */

import { SemgradError } from "semgrad";
import { announcer, el, fill } from "../../../shared/dom.js";
import { problem } from "../../../shared/problem.js";
import { CallError, Client } from "../client.js";
import { onSelected, readSettings, takeSelected } from "../settings.js";
import { TEXT } from "../text.js";
import { CheckForm } from "./check.js";
import { Composer } from "./composer.js";
import { Exchange } from "./exchange.js";
import { ModelArea } from "./model.js";
import { SiteRow } from "./site.js";

const T = TEXT.panel;
const announcements = announcer();
const problems = el("div", { class: "problems" });
const exchanges = el("div", { class: "exchanges" });
const client = new Client((state) => void model.show(state));
const model = new ModelArea({
  load: () => void load(),
  cancel: () => loading?.abort(),
  unload: () => void client.call("unload", {}),
});
const site = new SiteRow();
const check = new CheckForm((question, answer) => void run(question, answer));
const composer = new Composer(
  (question) => void run(question, null),
  () => running?.abort(),
);
/** What can be stopped: the answer that is being made, and a load that a button began. */
let running: AbortController | null = null;
let loading: AbortController | null = null;

function layout(): void {
  const app = document.getElementById("app");
  if (!app) return;
  const options = el(
    "button",
    { type: "button", class: "secondary", onclick: () => chrome.runtime.openOptionsPage() },
    T.options,
  );
  fill(
    app,
    el(
      "header",
      { class: "title-row" },
      el("h1", {}, el("img", { src: "./icons/48.png", alt: "", width: 24, height: 24 }), T.title),
      options,
    ),
    problems,
    model.element,
    site.element,
    check.element,
    exchanges,
    composer.element,
    announcements.element,
  );
}

function problemBox(thrown: unknown): HTMLElement {
  const { code, message, advice } =
    thrown instanceof CallError
      ? thrown.record
      : { code: "internal" as const, message: String(thrown), advice: "Please report this." };
  return problem(new SemgradError(code, message, advice));
}

async function load(): Promise<void> {
  const controller = new AbortController();
  loading = controller;
  fill(problems);
  composer.enable(true);
  try {
    await client.call("load", {}, { signal: controller.signal });
    composer.focus();
  } catch (thrown) {
    if (!controller.signal.aborted) fill(problems, problemBox(thrown));
  } finally {
    if (loading === controller) loading = null;
  }
}

/** A question for the model, or, with an answer, that answer for its judgement. */
async function run(question: string, given: string | null): Promise<void> {
  running?.abort();
  const controller = new AbortController();
  running = controller;
  // Cancelling the load that a question began is to stop the question.
  loading = controller;
  const exchange = new Exchange(question, given === null ? null : T.check.exchange, announcements.say);
  const options = {
    signal: controller.signal,
    onEvent: (event: Parameters<Exchange["onEvent"]>[0]) => exchange.onEvent(event),
  };
  fill(problems);
  exchanges.append(exchange.element);
  exchange.element.scrollIntoView({ block: "nearest" });
  composer.setBusy(true);
  try {
    if (given === null) {
      exchange.finish(await client.call("ask", { question }, options), model.info);
    } else {
      const { answer, judgement } = await client.call("score", { question, answer: given }, options);
      exchange.judged(answer, judgement, model.info);
    }
  } catch (thrown) {
    if (controller.signal.aborted) exchange.stopped();
    else exchange.failed(problemBox(thrown));
  } finally {
    if (running === controller) {
      running = null;
      composer.setBusy(false);
    }
  }
}

async function takeUp(): Promise<void> {
  const selected = await takeSelected();
  if (selected) check.take(selected.question, selected.answer);
}

async function onSettings(): Promise<void> {
  const { model: chosen } = await readSettings();
  composer.enable(chosen !== null);
}

layout();
await onSettings();
await client.watch();
void site.show();
await takeUp();
onSelected(() => void takeUp());
chrome.storage.local.onChanged.addListener(() => void onSettings());
