/** Which model, from where, on which device. */

import { cache, type Device, KNOWN_MODELS, SemgradError } from "semgrad";
import { choiceRow, deviceChoice, ownChoice } from "../../../shared/choices.js";
import { el, fill } from "../../../shared/dom.js";
import { bytes } from "../../../shared/format.js";
import { judgesOthers, rightOf100 } from "../../../shared/models.js";
import { problem } from "../../../shared/problem.js";
import { ProgressView } from "../../../shared/progress.js";
import { TEXT as SHARED } from "../../../shared/text.js";
import { CallError, type Client } from "../client.js";
import { keepFile } from "../ownFiles.js";
import type { HostState } from "../protocol.js";
import { label, type ModelChoice, readSettings, writeSettings } from "../settings.js";
import { TEXT } from "../text.js";
import { ProfileField } from "./profile.js";
import { section } from "./section.js";

const T = TEXT.options.model;
const ADDRESS = "address";
const FILE = "file";

export class ModelSection {
  readonly element: HTMLElement;
  readonly #current = el("p");
  readonly #choices = el("div", { class: "choices" });
  readonly #work = el("div", { class: "work" });
  readonly #form: HTMLFormElement;
  readonly #button = el("button", { type: "submit", class: "primary" }, T.use);
  readonly #hint = el("p", { class: "form-hint", role: "status" });
  readonly #address = el("input", {
    type: "url",
    id: "address",
    placeholder: "https://…/model.gguf",
    "aria-label": T.address,
    spellcheck: "false",
    autocomplete: "off",
    // Not when it gets the keyboard, which passes here on its way from the list to the button.
    oninput: () => this.#select(ADDRESS),
  });
  readonly #file = el("input", { type: "file", onchange: () => this.#adopt() });
  readonly #fileName = el("span", { class: "own-name" });
  readonly #pick = el("button", { type: "button", class: "secondary", onclick: () => this.#file.click() }, T.choose);
  readonly #profile = new ProfileField();
  #progress: ProgressView | null = null;
  #loading: AbortController | null = null;

  constructor(
    private readonly client: Client,
    private readonly say: (text: string) => void,
    private readonly onChange: () => void,
  ) {
    this.#form = el(
      "form",
      { onsubmit: (event: SubmitEvent) => this.#submit(event) },
      el("fieldset", {}, el("legend", { class: "visually-hidden" }, T.known), this.#choices),
      this.#profile.element,
      deviceChoice(),
      el("div", { class: "actions" }, this.#button, this.#hint),
    );
    this.element = section("model", T.heading, null, this.#current, this.#form, this.#work);
  }

  /** Settings and caches as they are now. */
  async refresh(): Promise<void> {
    const { model } = await readSettings();
    fill(this.#current, `${T.current}: `, el("strong", {}, model ? label(model) : T.nothing));
    const cached = await cache.list();
    const rows = KNOWN_MODELS.flatMap(({ name, size, license, baseUrl, sha256 }) => {
      const here = cached.some((entry) => entry.complete && entry.sha256 === sha256);
      // What nobody can load is no choice.
      if (baseUrl === null && !here) return [];
      const place = here || baseUrl === null ? T.here : T.from(new URL(baseUrl).host);
      const right = rightOf100(sha256);
      const judges = judgesOthers(sha256);
      const facts = [
        judges === null ? null : SHARED.choices.judges(judges),
        right === null ? null : SHARED.choices.right(right),
        bytes(size),
        license,
        place,
      ];
      return [choiceRow(name, name, facts)];
    });
    const address = ownChoice(ADDRESS, T.address, T.addressHint, [this.#address]);
    const file = ownChoice(FILE, T.file, T.fileHint, [this.#pick, this.#fileName]);
    fill(this.#choices, ...rows, address, file);
    this.#profile.set(model?.profile);
    if (model?.kind === "url") this.#address.value = model.name;
    this.#select(
      model?.kind === "url" ? ADDRESS : model?.kind === "file" ? FILE : (model?.name ?? KNOWN_MODELS[0]?.name),
    );
    const device = this.#form.querySelector<HTMLInputElement>(`input[name=device][value=${model?.device ?? "auto"}]`);
    if (device) device.checked = true;
  }

  /** Follows a load, whoever began it. */
  show(state: HostState): void {
    if (state.kind !== "loading") {
      if (this.#progress && !this.#loading) fill(this.#work);
      this.#progress = null;
      return;
    }
    if (!this.#progress) this.#watch(state.name);
    if (state.progress) this.#progress?.update(state.progress);
  }

  #watch(name: string): ProgressView {
    const view = new ProgressView(name, () => this.#loading?.abort());
    view.element.classList.remove("card");
    this.#progress = view;
    fill(this.#work, view.element);
    return view;
  }

  #adopt(): void {
    const [file] = this.#file.files ?? [];
    this.#fileName.textContent = file ? `${file.name}, ${bytes(file.size)}` : "";
    this.#select(FILE);
  }

  #select(value: string | undefined): void {
    const radio = [...this.#form.querySelectorAll<HTMLInputElement>("input[name=model]")].find(
      (input) => input.value === value,
    );
    if (radio) radio.checked = true;
  }

  /** What the form says, or null with a hint when something is missing. */
  #wanted(): { choice: ModelChoice; file: File | null } | null {
    const form = new FormData(this.#form);
    const device = form.get("device") as Device;
    const picked = form.get("model");
    const address = this.#address.value.trim();
    const file = this.#file.files?.[0] ?? null;
    const profile = this.#profile.value;
    const how = { device, ...(profile === undefined ? {} : { profile }) };
    if (picked === ADDRESS && address) return { choice: { kind: "url", name: address, ...how }, file: null };
    if (picked === FILE && file) return { choice: { kind: "file", name: file.name, ...how }, file };
    if (typeof picked === "string" && picked !== ADDRESS && picked !== FILE) {
      return { choice: { kind: "known", name: picked, ...how }, file: null };
    }
    return null;
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const wanted = this.#wanted();
    this.#hint.textContent = wanted ? "" : T.nothingGiven;
    if (wanted) void this.#load(wanted.choice, wanted.file);
  }

  async #load(choice: ModelChoice, file: File | null): Promise<void> {
    this.#loading?.abort();
    const controller = new AbortController();
    const { signal } = controller;
    this.#loading = controller;
    const before = (await readSettings()).model;
    try {
      // Another file of the same name may be in memory.
      await this.client.call("unload", {});
      this.#watch(label(choice)).focus();
      if (file) {
        await keepFile(file, (done) => this.#progress?.show(T.copying, bytes(done), done, file.size), signal);
      }
      await writeSettings({ model: choice });
      await this.client.call("load", {}, { signal });
      this.#finish(el("p", { class: "result" }, T.ready(label(choice))));
      this.say(T.ready(label(choice)));
    } catch (thrown) {
      // What does not load is not what pages are judged with.
      if (!signal.aborted) await writeSettings({ model: before });
      this.#finish(signal.aborted ? el("p", { class: "result" }, T.cancelled) : problem(toError(thrown)));
    } finally {
      if (this.#loading === controller) this.#loading = null;
      await this.refresh();
      this.onChange();
    }
  }

  #finish(message: HTMLElement): void {
    this.#progress = null;
    message.classList.remove("card");
    fill(this.#work, message);
  }
}

function toError(thrown: unknown): SemgradError {
  if (thrown instanceof CallError) {
    const { code, message, advice } = thrown.record;
    return new SemgradError(code, message, advice);
  }
  return new SemgradError("internal", String(thrown), "Please report this.");
}
