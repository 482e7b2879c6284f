/** Choosing a model and a device. */

import type { Device, LoadOptions, ModelSource } from "semgrad";
import { el, fill } from "./dom.js";
import { bytes } from "./format.js";
import type { Offer } from "./offers.js";
import { TEXT } from "./text.js";

/** What the user wants loaded. */
export interface Choice {
  name: string;
  source: ModelSource;
  options: LoadOptions;
}

/** Files from a picker or a drop. */
type Own = { name: string; label: string; source: ModelSource } | null;

const OWN = "own";
const T = TEXT.model;

/** The form; `onLoad` gets a valid choice, `onProblem` a sentence. */
export class Picker {
  readonly element: HTMLFormElement;
  private offers: Offer[] = [];
  private own: Own = null;
  private readonly list = el("div", { class: "choices" });
  private readonly address = el("input", {
    type: "url",
    id: "address",
    placeholder: T.addressPlaceholder,
    autocomplete: "off",
    spellcheck: "false",
    oninput: () => this.adopt(null),
    onfocus: () => this.select(OWN),
  });
  private readonly ownLabel = el("p", { class: "own-name" });
  private readonly button = el("button", { type: "submit", class: "primary" }, T.load);
  private readonly hint = el("p", { class: "form-hint", role: "status" });

  constructor(private readonly onLoad: (choice: Choice) => void) {
    this.element = el(
      "form",
      {
        class: "card picker",
        "aria-labelledby": "model-heading",
        onsubmit: (event: SubmitEvent) => this.submit(event),
        onchange: () => this.refresh(),
        ondragover: (event: DragEvent) => this.dragOver(event),
        ondragleave: () => this.element.classList.remove("dropping"),
        ondrop: (event: DragEvent) => this.drop(event),
      },
      el("h2", { id: "model-heading" }, T.heading),
      el("fieldset", {}, el("legend", { class: "visually-hidden" }, T.known), this.list),
      this.deviceChoice(),
      el("div", { class: "actions" }, this.button, this.hint),
    );
  }

  /** Shows the offers; the first one is chosen. */
  show(offers: Offer[]): void {
    const chosen = this.chosen();
    this.offers = offers;
    fill(this.list, ...offers.map((offer, index) => this.offerRow(offer, index)), this.ownRow());
    this.select(chosen ?? "0");
  }

  /** Moves the keyboard to the form. */
  focus(): void {
    this.list.querySelector<HTMLInputElement>("input:checked")?.focus();
  }

  private offerRow(offer: Offer, index: number): HTMLElement {
    const { origin } = offer;
    let place = origin?.kind === "page" ? T.fromPage : origin ? T.fromHub(origin.host) : T.noSource;
    if (offer.cached) place = T.onMachine;
    const facts = [bytes(offer.size), offer.license, place, offer.chat ? null : T.base].filter(Boolean).join(" · ");
    return el(
      "label",
      { class: "choice" },
      el("input", { type: "radio", name: "model", value: index, disabled: !origin && !offer.cached }),
      el("span", { class: "choice-text" }, el("strong", {}, offer.name), el("small", {}, facts)),
    );
  }

  private ownRow(): HTMLElement {
    const pick = (folder: boolean) => {
      const input = el("input", { type: "file", class: "visually-hidden", tabindex: -1, "aria-hidden": "true" });
      if (folder) input.webkitdirectory = true;
      input.addEventListener("change", () => this.adoptFiles([...(input.files ?? [])]));
      input.dataset.kind = folder ? "folder" : "file";
      const text = folder ? T.chooseFolder : T.chooseFile;
      return [el("button", { type: "button", class: "secondary", onclick: () => input.click() }, text), input];
    };
    return el(
      "div",
      { class: "choice own" },
      el("input", { type: "radio", name: "model", value: OWN, id: "own" }),
      el(
        "div",
        { class: "choice-text" },
        el("label", { for: "own" }, el("strong", {}, T.own), el("small", {}, T.ownHint)),
        el("div", { class: "own-inputs" }, ...pick(false), ...pick(true), this.address),
        this.ownLabel,
        el("label", { for: "address", class: "visually-hidden" }, T.address),
      ),
    );
  }

  private deviceChoice(): HTMLElement {
    const option = (value: Device) =>
      el(
        "label",
        {},
        el("input", { type: "radio", name: "device", value, checked: value === "auto" }),
        el("span", {}, T.devices[value]),
      );
    return el(
      "fieldset",
      { class: "device" },
      el("legend", {}, T.device),
      el("div", { class: "segments" }, option("auto"), option("webgpu"), option("cpu")),
      el("small", {}, T.deviceHint),
    );
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

  /** The button says what pressing it does, download size included. */
  private refresh(): void {
    const offer = this.offers[Number(this.chosen())];
    this.hint.textContent = "";
    if (!offer) this.button.textContent = T.load;
    else if (offer.cached) this.button.textContent = T.loadCached;
    else this.button.textContent = T.download(bytes(offer.size));
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
    const size = bytes(files.reduce((sum, file) => sum + file.size, 0));
    if (files.length === 1) {
      this.adopt({ name: first.name, label: T.ownFile(first.name, size), source: first });
    } else {
      const name = first.webkitRelativePath.split("/")[0] || T.own;
      this.adopt({ name, label: T.ownFolder(files.length, size), source: files });
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
    const form = new FormData(this.element);
    const device = form.get("device") as Device;
    const offer = this.offers[Number(this.chosen())];
    if (offer) {
      this.onLoad({ name: offer.name, source: offer.source, options: { ...offer.options, device } });
      return;
    }
    const address = this.address.value.trim();
    const name = this.own?.name ?? address.split("/").filter(Boolean).pop() ?? "";
    const source = this.own?.source ?? address;
    if (!source) {
      this.hint.textContent = T.nothingChosen;
      return;
    }
    this.onLoad({ name, source, options: { device } });
  }
}

/** The dropped files; of a dropped folder, those directly in it. */
async function droppedFiles(data: DataTransfer | null): Promise<File[]> {
  const entries = [...(data?.items ?? [])].map((item) => item.webkitGetAsEntry());
  const folder = entries.find((entry) => entry?.isDirectory) as FileSystemDirectoryEntry | undefined;
  if (!folder) return [...(data?.files ?? [])];
  const reader = folder.createReader();
  const files: File[] = [];
  for (;;) {
    // A reader gives its entries in batches, and an empty one at the end.
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return files;
    for (const entry of batch) {
      if (!entry.isFile) continue;
      files.push(await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)));
    }
  }
}
