/** Models and calibrations that this browser keeps, and how to be rid of them. */

import { type CacheEntry, cache, KNOWN_ENGINES, KNOWN_MODELS } from "semgrad";
import { el } from "../../../shared/dom.js";
import { bytes } from "../../../shared/format.js";
import { countRows, dropGiven } from "../calibrate/given-store.js";
import { dropProfile, keptProfiles, ownCalibration } from "../calibrate/profiles.js";
import { TEXT as GIVEN } from "../calibrate/text.js";
import { deleteAll } from "../delete-all.js";
import { TEXT } from "../text.js";

const T = TEXT.machine.models;

/** Files of one model. */
interface Group {
  name: string;
  keys: string[];
  bytes: number;
  /** Null when a server did not say. */
  size: number | null;
  complete: boolean;
}

/** A folder's files belong together; a single file stands for itself. */
function groups(entries: readonly CacheEntry[]): Group[] {
  const found = new Map<string, Group>();
  for (const entry of entries) {
    const { id, name } = owner(entry);
    const group = found.get(id) ?? { name, keys: [], bytes: 0, size: 0, complete: true };
    group.keys.push(entry.key);
    group.bytes += entry.bytes;
    group.size = group.size === null || entry.size === null ? null : group.size + entry.size;
    group.complete &&= entry.complete;
    found.set(id, group);
  }
  return [...found.values()].sort((a, b) => b.bytes - a.bytes);
}

function owner({ key, url, name }: CacheEntry): { id: string; name: string } {
  const model = KNOWN_MODELS.find(({ sha256 }) => sha256 === key);
  if (model) return { id: model.name, name: model.name };
  const engine = KNOWN_ENGINES.find(
    ({ baseUrl, files }) => url.startsWith(baseUrl) || Object.values(files).includes(key),
  );
  if (engine) return { id: engine.name, name: engine.name };
  if (/\.gguf$/i.test(name)) return { id: key, name };
  const folder = new URL(".", url);
  return { id: folder.href, name: decodeURIComponent(folder.pathname.split("/").filter(Boolean).pop() ?? folder.host) };
}

/** The card of models. */
export async function modelsSection(redraw: () => void, say: (text: string) => void): Promise<HTMLElement> {
  const [entries, estimate, persisted] = await Promise.all([
    cache.list().catch(() => []),
    navigator.storage?.estimate?.().catch(() => undefined),
    navigator.storage?.persisted?.().catch(() => false),
  ]);
  const remove = async (group: Group) => {
    let freed = 0;
    for (const key of group.keys) freed += await cache.remove(key);
    say(T.removed(group.name, bytes(freed)));
    redraw();
  };
  const rows = groups(entries).map((group) =>
    el(
      "li",
      {},
      el("strong", {}, group.name),
      el("small", {}, sizeText(group)),
      el(
        "button",
        {
          type: "button",
          class: "secondary",
          "aria-label": T.removeNamed(group.name),
          onclick: () => void remove(group),
        },
        T.remove,
      ),
    ),
  );
  const { usage, quota } = estimate ?? {};
  const keeping = el("p", { class: "note", role: "status" }, persisted ? T.kept : T.notKept);
  const ask = async () => {
    keeping.textContent = (await navigator.storage.persist()) ? T.kept : T.refused;
  };
  return el(
    "section",
    { class: "card stack models-kept" },
    el("h3", {}, T.heading),
    rows.length > 0 ? el("ul", { class: "rows" }, ...rows) : el("p", {}, T.none),
    usage === undefined || quota === undefined
      ? null
      : el(
          "div",
          { class: "usage" },
          el("progress", { value: usage, max: quota, "aria-label": T.usage(bytes(usage), bytes(quota)) }),
          el("p", { class: "note" }, T.usage(bytes(usage), bytes(quota))),
        ),
    keeping,
    persisted || !navigator.storage?.persist
      ? null
      : el(
          "div",
          { class: "actions" },
          el("button", { type: "button", class: "secondary", onclick: () => void ask() }, T.keep),
        ),
  );
}

function sizeText({ bytes: present, size, complete }: Group): string {
  if (complete) return T.whole(bytes(present));
  return T.partly(bytes(present), size === null ? T.unknown : bytes(size));
}

/** The card of the user's own calibrations, and of what one was being made of. */
export async function calibrationsSection(redraw: () => void): Promise<HTMLElement> {
  const C = TEXT.machine.calibrations;
  const drop = (weights: string) => {
    dropProfile(weights);
    redraw();
  };
  const rows = keptProfiles().map(([weights, { name, json }]) => {
    const questions = ownCalibration(json)?.fitted?.questions;
    return el(
      "li",
      {},
      el("strong", {}, name),
      questions ? el("small", {}, TEXT.ready.calibrated(questions)) : null,
      el(
        "button",
        { type: "button", class: "secondary", "aria-label": C.removeNamed(name), onclick: () => drop(weights) },
        C.remove,
      ),
    );
  });
  const section = el("section", { class: "card stack" }, el("h3", {}, C.heading));
  section.append(rows.length > 0 ? el("ul", { class: "rows" }, ...rows) : el("p", {}, C.none));
  const seen = await countRows();
  if (seen > 0) {
    const forget = deleteAll(() => void dropGiven().then(redraw));
    section.append(el("p", {}, GIVEN.machine.kept(seen)), el("div", { class: "actions" }, forget));
  }
  return section;
}
