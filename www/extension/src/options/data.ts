/** What is kept on this machine, and how to get rid of it. */

import { cache } from "semgrad";
import { el } from "../../../shared/dom.js";
import { bytes } from "../../../shared/format.js";
import type { Client } from "../client.js";
import { listFiles, removeFile } from "../ownFiles.js";
import { writeSettings } from "../settings.js";
import { TEXT } from "../text.js";
import { result, section } from "./section.js";

const T = TEXT.options.data;

export class DataSection {
  readonly element: HTMLElement;
  readonly #counts = el("p");
  readonly #result = result();

  constructor(
    private readonly client: Client,
    private readonly onModelsGone: () => void,
  ) {
    const button = (text: string, action: () => Promise<void>) =>
      el("button", { type: "button", class: "secondary", onclick: () => void action() }, text);
    const buttons = [button(T.forget, () => this.#forget()), button(T.remove, () => this.#removeModels())];
    this.element = section(
      "data",
      T.heading,
      null,
      this.#counts,
      el("div", { class: "actions" }, ...buttons, this.#result),
    );
  }

  async show(): Promise<void> {
    const [kept, cached, own] = await Promise.all([this.client.call("kept", {}), cache.list(), listFiles()]);
    const size = [...cached.map((entry) => entry.bytes), ...own.map((file) => file.size)].reduce(
      (sum, next) => sum + next,
      0,
    );
    this.#counts.textContent = T.counts(kept, bytes(size));
  }

  async #forget(): Promise<void> {
    await this.client.call("forget", {});
    this.#result.textContent = T.forgotten;
    await this.show();
  }

  async #removeModels(): Promise<void> {
    await this.client.call("unload", {});
    await cache.remove("*");
    for (const { name } of await listFiles()) await removeFile(name);
    await writeSettings({ model: null });
    this.#result.textContent = T.removed;
    this.onModelsGone();
    await this.show();
  }
}
