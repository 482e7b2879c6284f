/** The page: picker → progress → questions. One model at a time, one question at a time. */

import { load, type Model, SemgradError } from "semgrad";
import { Composer } from "./composer.js";
import { announcer, el, fill } from "./dom.js";
import { Exchange } from "./exchange.js";
import { count } from "./format.js";
import { MeasureView } from "./measure/view.js";
import { findOffers } from "./offers.js";
import { type Choice, Picker } from "./picker.js";
import { problem } from "./problem.js";
import { ProgressView } from "./progress.js";
import { TEXT } from "./text.js";

const announcements = announcer();
const picker = new Picker((choice) => void loadModel(choice));
const composer = new Composer(
  (question) => void ask(question),
  () => answering?.abort(),
);
const modelArea = el("div", { class: "model-area" });
const MEASURE = "#measure";
const otherView = el("a", { href: MEASURE }, TEXT.measure.link);
const problems = el("div", { class: "problems" });
const exchanges = el("div", { class: "exchanges" });

const measuring = new MeasureView({
  current: () => choice,
  release: () => putAway(),
  say: announcements.say,
});
const questions = el("div", { class: "view" }, problems, modelArea, exchanges, composer.element);

let model: Model | null = null;
/** What is loaded, or was when its memory was needed for a measurement. */
let choice: Choice | null = null;
let answering: AbortController | null = null;

function layout(): void {
  const app = document.getElementById("app");
  if (!app) return;
  fill(
    app,
    el(
      "header",
      {},
      el(
        "div",
        { class: "title-row" },
        el("h1", {}, el("img", { src: "./icon.svg", alt: "", width: 32, height: 32 }), "semgrad"),
        el("nav", {}, otherView),
      ),
      el("p", { class: "tagline" }, TEXT.tagline),
      el("p", { class: "privacy" }, TEXT.privacy),
    ),
    questions,
    measuring.element,
    el("footer", {}, el("p", {}, TEXT.footer.method), el("p", {}, TEXT.footer.offline)),
    announcements.element,
  );
}

async function showPicker(): Promise<void> {
  fill(modelArea, picker.element);
  picker.show(await findOffers());
}

function problemBox(thrown: unknown): HTMLElement {
  const error =
    thrown instanceof SemgradError ? thrown : new SemgradError("internal", String(thrown), "Please report this.");
  return problem(error);
}

async function loadModel(wanted: Choice): Promise<void> {
  const controller = new AbortController();
  const progress = new ProgressView(wanted.name, () => controller.abort());
  fill(problems);
  fill(modelArea, progress.element);
  progress.focus();
  try {
    model = await load(wanted.source, {
      ...wanted.options,
      signal: controller.signal,
      onProgress: (event) => progress.update(event),
    });
    choice = wanted;
    showModel(model, wanted);
  } catch (thrown) {
    await showPicker();
    if (controller.signal.aborted) announcements.say(TEXT.model.cancelled);
    else fill(problems, problemBox(thrown));
    picker.focus();
    scrollTo({ top: 0 });
  }
}

function showModel(loaded: Model, { name, options }: Choice): void {
  const { info } = loaded;
  const cpu = options.device === "cpu" ? TEXT.ready.cpu : TEXT.ready.cpuBecause(info.deviceReason);
  const device = info.device === "cpu" ? cpu : TEXT.ready.webgpu(info.adapter);
  fill(
    modelArea,
    el(
      "section",
      { class: "card loaded", "aria-label": TEXT.model.heading },
      el(
        "p",
        {},
        el("strong", {}, name),
        el("small", {}, `${TEXT.ready.facts(count(info.parameters), info.layers)} · ${device}`),
        info.tokenizer ? null : el("small", { class: "warning" }, TEXT.ready.noTokenizer),
      ),
      el("button", { type: "button", class: "secondary", onclick: () => changeModel() }, TEXT.model.change),
    ),
  );
  composer.enable(info.tokenizer);
  composer.focus();
  announcements.say(TEXT.ready.announce(name));
}

/** Frees the model's memory. */
function putAway(): void {
  answering?.abort();
  model?.dispose();
  model = null;
  composer.enable(false);
}

function changeModel(): void {
  putAway();
  choice = null;
  void showPicker().then(() => picker.focus());
}

async function ask(question: string): Promise<void> {
  if (!model) return;
  const controller = new AbortController();
  const exchange = new Exchange(question, announcements.say);
  answering = controller;
  composer.setBusy(true);
  fill(problems);
  exchanges.append(exchange.element);
  exchange.element.scrollIntoView({ block: "nearest" });
  try {
    await exchange.ask(model, controller.signal);
  } catch (thrown) {
    if (!controller.signal.aborted) {
      exchange.element.append(problemBox(thrown));
      exchange.element.scrollIntoView({ block: "nearest" });
    }
  } finally {
    if (answering === controller) answering = null;
    composer.setBusy(false);
  }
}

function keepOffline(): void {
  // Not while developing: the files would change under the worker.
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  // A page that cannot be kept (private window, plain http) still works.
  navigator.serviceWorker.register(new URL("./sw.js", document.baseURI)).catch(() => undefined);
}

/** Which of the two views the address names. */
function route(): void {
  const measure = location.hash === MEASURE;
  questions.hidden = measure;
  otherView.textContent = measure ? TEXT.measure.back : TEXT.measure.link;
  otherView.href = measure ? "#" : MEASURE;
  if (measure) void measuring.open();
  else measuring.close();
  // What was put away for a measurement comes back.
  if (!measure && choice && !model) void loadModel(choice);
}

layout();
void showPicker();
addEventListener("hashchange", route);
route();
keepOffline();
