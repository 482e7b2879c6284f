/** Choosing a model and a device. */

import type { Device, LoadOptions, ModelSource } from "semgrad";
import { choiceRow, deviceChoice, ownChoice } from "../../../shared/choices.js";
import { el, fill } from "../../../shared/dom.js";
import { bytes } from "../../../shared/format.js";
import { TEXT as SHARED } from "../../../shared/text.js";
import { droppedFiles } from "../dropped.js";
import { allow, enforcedHosts, reachable } from "../hosts.js";
import { controlled } from "../offline.js";
import { TEXT } from "../text.js";
import { assess, type Room } from "./fit.js";
import { addressOf } from "./hub.js";
import type { Last } from "./last.js";
import type { Offer } from "./offers.js";
import { recommended, usesGpu } from "./recommend.js";
import { speedHere } from "./speed.js";

/** What the user wants loaded. */
export interface Choice {
  name: string;
  source: ModelSource;
  options: LoadOptions;
}

/** Files from a picker or a drop. */
type Own = { name: string; label: string; size: number; source: ModelSource } | null;

const OWN = "own";
const T = TEXT.model;

/** The form; `onLoad` gets a valid choice, `onProblem` a sentence. */
export class Picker {
  readonly element: HTMLFormElement;
  private offers: Offer[] = [];
  private own: Own = null;
  private room: Room | null = null;
  /** The one that is recommended. */
  private best: Offer | null = null;
  private readonly resume = el("div", { class: "resume" });
  private readonly list = el("div", { class: "choices" });
  private readonly address = el("input", {
    type: "text",
    inputmode: "url",
    id: "address",
    placeholder: T.addressPlaceholder,
    autocomplete: "off",
    spellcheck: "false",
    // Not when it gets the keyboard, which passes here on its way from the list to the button.
    oninput: () => this.adopt(null),
  });
  private readonly ownLabel = el("p", { class: "own-name" });
  private readonly button = el("button", { type: "submit", class: "primary" }, T.load);
  private readonly hint = el("p", { class: "form-hint", role: "status" });
  /** Whether what is chosen will fit. */
  private readonly fit = el("p", { class: "fit-note", role: "status" });
  private readonly question = el("div", { class: "host-question" });

  constructor(private readonly onLoad: (choice: Choice) => void) {
    this.element = el(
      "form",
      {
        class: "card picker",
        "aria-labelledby": "model-heading",
        onsubmit: (event: SubmitEvent) => this.submit(event),
        onchange: (event: Event) => this.change(event.target as HTMLInputElement),
        ondragover: (event: DragEvent) => this.dragOver(event),
        ondragleave: () => this.element.classList.remove("dropping"),
        ondrop: (event: DragEvent) => this.drop(event),
      },
      el("h2", { id: "model-heading" }, T.heading),
      this.resume,
      el("fieldset", {}, el("legend", { class: "visually-hidden" }, T.known), this.list),
      deviceChoice(T.deviceHint),
      this.fit,
      this.question,
      el("div", { class: "actions" }, this.button, this.hint),
    );
  }

  /** Nothing can be chosen until the offers are known again: the list that stands there may not be what is offered. */
  wait(): void {
    this.element.inert = true;
  }

  /** Shows the offers. What was chosen stays chosen, wherever it stands now; otherwise the last one, or the best. */
  show(offers: Offer[], room: Room, last: Last | null): void {
    const chosen = this.chosen();
    const device = chosen === null && last ? last.device : this.device;
    const best = recommended(offers, room, device);
    const wanted = chosen === null ? (last?.source ?? best?.source) : this.offers[Number(chosen)]?.source;
    const offer = offers.find(({ source }) => source === wanted) ?? (chosen === null ? best : null) ?? offers[0];
    this.offers = offers;
    this.room = room;
    fill(this.resume);
    if (chosen === null && last) this.takeUp(last, offer);
    this.fillList();
    const isOwn = chosen === OWN || (chosen === null && this.address.value !== "");
    this.select(isOwn || !offer ? OWN : String(offers.indexOf(offer)));
    this.element.inert = false;
  }

  /** What was loaded the last time: one click away where it is here; an address stands in its field again. */
  private takeUp({ source, device }: Last, offer: Offer | undefined): void {
    const input = this.element.querySelector<HTMLInputElement>(`input[name=device][value="${device}"]`);
    if (input) input.checked = true;
    if (offer?.source !== source) {
      // A model of the list that is not offered any more is nothing to go on with.
      if (URL.canParse(source) || source.includes("/")) this.address.value = source;
    } else if (offer.cached) {
      const load = () => this.onLoad({ name: offer.name, source, options: { ...offer.options, device } });
      fill(
        this.resume,
        el("p", {}, T.last, " ", el("strong", {}, offer.name)),
        el("button", { type: "button", class: "primary", onclick: load }, T.loadLast),
      );
    }
  }

  /** Moves the keyboard to the form. */
  focus(): void {
    this.list.querySelector<HTMLInputElement>("input:checked")?.focus();
  }

  private get device(): Device {
    return (new FormData(this.element).get("device") as Device | null) ?? "auto";
  }

  /** What is recommended, fits and is known to be quick depends on what it is to run on. */
  private change({ name }: HTMLInputElement): void {
    if (name !== "device") {
      this.refresh();
      return;
    }
    const chosen = this.chosen();
    this.fillList();
    if (chosen !== null) this.select(chosen);
  }

  private fillList(): void {
    this.best = this.room && recommended(this.offers, this.room, this.device);
    fill(this.list, ...this.offers.map((offer, index) => this.offerRow(offer, index)), this.ownRow());
  }

  private offerRow(offer: Offer, index: number): HTMLElement {
    const isBest = offer === this.best;
    const { origin } = offer;
    const from = origin.kind === "page" ? T.fromPage : T.fromHub(origin.host);
    const partly = offer.partial > 0 ? T.partly(bytes(offer.partial)) : null;
    const speed = speedHere(offer.name, this.room && usesGpu(this.room, this.device) ? "webgpu" : "cpu");
    const facts = [
      offer.right === null ? null : SHARED.choices.right(offer.right),
      offer.judges === null ? null : SHARED.choices.judges(offer.judges),
      speed === null ? null : T.speed(speed < 10 ? speed.toFixed(1) : String(Math.round(speed))),
      bytes(offer.size),
      offer.license,
      offer.cached ? T.onMachine : from,
      partly,
      offer.chat ? null : T.base,
    ];
    const fit = this.assess(offer.size, missing(offer));
    const word = isBest ? T.recommended : fit && TEXT.fit[fit.level];
    const tag = fit && word ? el("span", { class: `tag ${fit.level}` }, word) : null;
    return choiceRow(index, offer.name, facts, tag);
  }

  private ownRow(): HTMLElement {
    const pick = (folder: boolean) => {
      const input = el("input", { type: "file", class: "visually-hidden", tabindex: -1, "aria-hidden": "true" });
      if (folder) input.webkitdirectory = true;
      // A GGUF file may be split.
      else input.multiple = true;
      input.addEventListener("change", () => this.adoptFiles([...(input.files ?? [])]));
      input.dataset.kind = folder ? "folder" : "file";
      const text = folder ? T.chooseFolder : T.chooseFile;
      return [el("button", { type: "button", class: "secondary", onclick: () => input.click() }, text), input];
    };
    const label = el("label", { for: "address", class: "visually-hidden" }, T.address);
    const inputs = [...pick(false), ...pick(true), this.address];
    return ownChoice(OWN, T.own, T.ownHint, inputs, this.ownLabel, label);
  }

  private chosen(): string | null {
    const value = new FormData(this.element).get("model");
    return typeof value === "string" ? value : null;
  }

  private select(value: string): void {
    const radio = this.list.querySelector<HTMLInputElement>(`input[name=model][value="${value}"]:enabled`);
    if (radio) radio.checked = true;
    this.refresh();
  }

  private assess(size: number, missing: number) {
    return this.room ? assess(size, missing, this.device, this.room) : null;
  }

  /** The button says what pressing it does, download size included; a line below, whether it will fit. */
  private refresh(): void {
    const offer = this.offers[Number(this.chosen())];
    this.hint.textContent = "";
    fill(this.question);
    if (!offer) this.button.textContent = T.load;
    else if (offer.cached) this.button.textContent = T.loadCached;
    else if (offer.partial > 0) this.button.textContent = T.resume(bytes(missing(offer)));
    else this.button.textContent = T.download(bytes(offer.size));
    const fit = offer ? this.assess(offer.size, missing(offer)) : this.own ? this.assess(this.own.size, 0) : null;
    this.fit.className = `fit-note ${fit?.level ?? ""}`;
    const why = offer && offer === this.best ? [T.recommendedWhy] : [];
    this.fit.textContent = [...why, ...(fit?.reasons ?? [])].join(" ");
  }

  private adopt(own: Own): void {
    this.own = own;
    this.ownLabel.textContent = own?.label ?? "";
    this.select(OWN);
  }

  private adoptFiles(files: File[]): void {
    const [first] = files;
    if (!first) return;
    this.address.value = "";
    const size = files.reduce((sum, file) => sum + file.size, 0);
    if (files.length === 1) {
      this.adopt({ name: first.name, label: T.ownFile(first.name, bytes(size)), size, source: first });
    } else {
      const name = first.webkitRelativePath.split("/")[0] || first.name;
      this.adopt({ name, label: T.ownFolder(files.length, bytes(size)), size, source: files });
    }
  }

  private dragOver(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.element.classList.add("dropping");
  }

  private async drop(event: DragEvent): Promise<void> {
    event.preventDefault();
    this.element.classList.remove("dropping");
    this.adoptFiles(await droppedFiles(event.dataTransfer));
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    if (this.element.inert) return;
    const form = new FormData(this.element);
    const device = form.get("device") as Device;
    const offer = this.offers[Number(this.chosen())];
    if (offer) {
      this.onLoad({ name: offer.name, source: offer.source, options: { ...offer.options, device } });
      return;
    }
    const address = addressOf(this.address.value);
    const source = this.own?.source ?? address;
    if (!source) {
      this.hint.textContent = T.nothingChosen;
      return;
    }
    const name = this.own?.name ?? address.split("/").filter(Boolean).pop() ?? "";
    const choice = { name, source, options: { device } };
    const url = typeof source === "string" && URL.canParse(source) ? new URL(source) : null;
    if (url && !reachable(url)) void this.askForHost(url, device);
    else this.onLoad(choice);
  }

  /** An address elsewhere: the page's rule is widened only when the user says so. */
  private async askForHost(url: URL, device: Device): Promise<void> {
    const H = TEXT.hosts;
    const possible = await controlled();
    const allowed = enforcedHosts().filter((host) => host !== "'self'" && !host.includes("*"));
    const names = new Intl.ListFormat("en").format(allowed.map((host) => new URL(host).host));
    const no = el("button", { type: "button", onclick: () => fill(this.question) }, H.no);
    const yes = el(
      "button",
      { type: "button", class: "primary", onclick: () => void allow(url, device) },
      H.allow(url.host),
    );
    fill(
      this.question,
      el("h3", { tabindex: -1 }, H.heading(url.host)),
      el("p", {}, possible ? H.explain(url.host, names) : H.cannot(url.host)),
      possible ? el("p", { class: "note" }, H.redirect) : null,
      possible ? el("div", { class: "actions" }, yes, no) : null,
    );
    this.question.querySelector("h3")?.focus();
  }
}

const missing = (offer: Offer) => (offer.cached ? 0 : offer.size - offer.partial);
