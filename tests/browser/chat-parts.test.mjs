/** The parts of the chat that need no browser: what is kept, how it is saved, which model is recommended. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { bundle } from "./lib/bundle.mjs";

/** What a browser keeps, up to a size; null: it keeps nothing. */
let shelf = new Map();
let room = Number.POSITIVE_INFINITY;
globalThis.localStorage = {
  getItem: (key) => shelf.get(key) ?? null,
  setItem(key, value) {
    if (value.length > room) throw new DOMException("full", "QuotaExceededError");
    shelf.set(key, value);
  },
  removeItem: (key) => void shelf.delete(key),
};

const { History, entryOf } = await bundle("www/demo/src/chat/history.ts");
const { toJson, toMarkdown } = await bundle("www/demo/src/chat/export.ts");
const { addressOf } = await bundle("www/demo/src/model/hub.ts");
const { recommended } = await bundle("www/demo/src/model/recommend.ts");
const { noteSpeed, speedHere } = await bundle("www/demo/src/model/speed.ts");
const { loadSettings, saveSettings } = await bundle("www/demo/src/settings.ts");
const { askOptions } = await bundle("www/demo/src/ask/options.ts");
const { of100 } = await bundle("www/shared/format.ts");

beforeEach(() => {
  shelf = new Map();
  room = Number.POSITIVE_INFINITY;
});

const explanation = {
  verdict: "Check this",
  chance: "Of 100 answers like this, about 52 are right.",
  level: "This model got 20 of 100 test questions right.",
  agreement: "8 of 10 further answers agree with this one.",
  reasons: ["It was sure of its words."],
  guarantee: null,
  none: null,
};
const told = (text) => ({
  text,
  finishReason: "stop",
  confidence: 0.52,
  confidenceReason: null,
  confidenceParts: [{ name: "intercept", contribution: -0.123456789 }],
  explanation,
  tokens: [{ text, logprob: -0.000123456789, rivals: [{ text: " Lyon", logprob: -2.3456789 }] }],
});
const entry = (id, text = "Paris") => entryOf(id, `Question ${id}?`, "m", told(text));
const ids = ({ entries }) => entries.map(({ id }) => id).join("");

test("questions are kept, found again, replaced, and deleted one by one or all at once", () => {
  const history = new History();
  let changes = 0;
  history.addEventListener("change", () => {
    changes += 1;
  });
  for (const id of ["a", "b", "c"]) history.put(entry(id));
  assert.equal(ids(new History()), "abc");
  history.put(entry("b", "Paris, France"));
  assert.equal(ids(history), "abc");
  assert.equal(new History().entries[1].told.text, "Paris, France");
  history.remove("a");
  assert.equal(ids(new History()), "bc");
  history.clear();
  assert.deepEqual([...new History().entries], []);
  assert.equal(shelf.size, 0, "nothing is left");
  assert.equal(changes, 6);
});

test("two windows add to one history", () => {
  const [one, other] = [new History(), new History()];
  one.put(entry("a"));
  other.put(entry("b"));
  one.put(entry("c"));
  assert.equal(ids(new History()), "abc");
});

test("the newest stay, in number and in size, and numbers take little room", () => {
  const history = new History();
  for (let index = 0; index < 210; index++) history.put(entry(`${index},`));
  assert.equal(history.entries.length, 200);
  assert.equal(history.entries[0].id, "10,");
  history.clear();
  for (const id of ["a", "b", "c"]) history.put(entry(id, "x".repeat(300_000)));
  assert.equal(ids(history), "c", "two would take more than a million characters, question and token alike");
  const [kept] = history.entries;
  assert.deepEqual(kept.told.tokens[0].rivals, [{ text: " Lyon", logprob: -2.346 }]);
  assert.equal(kept.told.tokens[0].logprob, -0.0001235);
  assert.equal(kept.told.confidenceParts[0].contribution, -0.1235);
});

test("a browser that keeps nothing is no fault, and it is known", () => {
  room = 0;
  const history = new History();
  history.put(entry("a"));
  history.put(entry("b"));
  assert.equal(history.isKept, false);
  assert.equal(ids(history), "ab", "it lasts as long as the page");
  assert.deepEqual([...new History().entries], []);
  history.remove("a");
  assert.equal(ids(history), "b");
});

test("what another version wrote is left out", () => {
  shelf.set("semgrad-chat", JSON.stringify([{ id: "x" }, null, { ...entry("y"), told: { text: "old" } }, entry("z")]));
  assert.equal(ids(new History()), "z");
  shelf.set("semgrad-chat", "no JSON");
  assert.equal(ids(new History()), "");
  shelf.set("semgrad-chat", '{"not": "a list"}');
  assert.equal(ids(new History()), "");
});

test("files hold question, answer and the sentences of the judgment", () => {
  const entries = [entry("a"), { ...entry("b"), question: "Two\nlines?" }];
  assert.deepEqual(JSON.parse(toJson(entries)), entries);
  const text = toMarkdown(entries);
  assert.match(text, /^# .*\n\n## Question a\?\n\nParis\n\n> \*\*Check this\*\* {2}\n> Of 100 answers like this/);
  assert.match(text, /> 8 of 10 further answers agree with this one\. {2}\n/);
  assert.match(text, /> It was sure of its words\.\n\n\*m, \d{4}-\d\d-\d\d\*\n\n## Two lines\?\n\n/);
  assert.ok(!text.includes("null") && text.endsWith("*\n"));
});

test("settings that nobody changed send nothing: the calibration decides", () => {
  // As an older page left them.
  shelf.set("semgrad-settings", JSON.stringify({ short: true, maxTokens: 128, explain: false, samples: "yes" }));
  const settings = loadSettings();
  const options = askOptions(settings, null);
  assert.deepEqual(Object.keys(options).sort(), ["attribute", "methods", "rivals"]);
  saveSettings({ ...settings, prefix: "Q: ", length: 32, samples: true, attribute: false });
  const { methods, ...chosen } = askOptions(loadSettings(), null);
  assert.ok(methods.includes("semantic_entropy"));
  const engines = { embed: "lexical", nli: "lexical" };
  assert.deepEqual(chosen, { prefix: "Q: ", maxTokens: 32, samples: 10, engines, rivals: true });
  // Follow-ups change neither.
  assert.deepEqual(askOptions({ ...settings, follow: true }, null), options);
  // What an adapter learned is asked as it learned it, unless the settings say otherwise.
  assert.equal(askOptions(loadSettings(), null, "Q: ").prefix, "Q: ");
  assert.equal(askOptions({ ...loadSettings(), prefix: "P" }, null, "Q: ").prefix, "P");
});

test("files of the hub become addresses; names and addresses stay for the package", () => {
  const hub = "https://huggingface.co";
  assert.equal(addressOf("owner/name/model file.gguf"), `${hub}/owner/name/resolve/main/model%20file.gguf`);
  for (const other of [
    "owner/some.model-1",
    "owner/name:Q4_K_M",
    "hf.co/owner/name",
    "",
    "name",
    "https://example.org/a/b.gguf",
    "../a/b",
    "/a",
    "SmolLM2-135M-Instruct",
  ]) {
    assert.equal(addressOf(other), other);
  }
});

/** Room of a machine; sizes in MB. */
const machine = (adapter, memory = 8) => ({
  machine: { adapter: adapter && { software: adapter === "software", limits: {} }, memory },
  storage: 20e9,
});
const offer = (name, megabytes, right) => ({ name, size: megabytes * 1e6, partial: 0, cached: false, right });

test("recommended is what is right most often, of what fits and is quick", () => {
  const offers = [
    offer("small", 98, 21),
    offer("middle", 491, 14),
    offer("large", 1100, 29),
    offer("untried", 10, null),
  ];
  const name = (room, list = offers, device = "auto") => recommended(list, room, device)?.name ?? null;
  assert.equal(name(machine("gpu")), "large");
  assert.equal(name(machine(null)), "small");
  assert.equal(name(machine("software")), "small");
  assert.equal(name(machine("gpu", 2)), "small", "more than the memory that can be used");
  assert.equal(name(machine("gpu", 0.1)), null);
  assert.equal(name(machine("gpu"), [offer("untried", 10, null)]), null);
  assert.equal(name(machine("gpu"), offers, "cpu"), "small", "the processor was chosen");
  assert.equal(name(machine("gpu"), offers, "webgpu"), "large");
  assert.equal(name(machine(null), [offer("a", 200, 20), offer("b", 100, 20)]), "b", "of two alike the smaller one");
});

test("a speed is told once it was measured here, and only for what it was measured on", () => {
  const answer = (tokens, decode) => ({ ms: { decode }, responseIds: Array(tokens).fill(1) });
  assert.equal(speedHere("m", "cpu"), null);
  noteSpeed("m", "cpu", answer(5, 100));
  noteSpeed("m", "cpu", answer(20, 0));
  assert.equal(speedHere("m", "cpu"), null, "too short, or not timed");
  // 40 tokens in two seconds, of three quarters of a word each.
  noteSpeed("m", "cpu", answer(41, 2000));
  assert.deepEqual([speedHere("m", "cpu"), speedHere("m", "webgpu"), speedHere("n", "cpu")], [15, null, null]);
  noteSpeed("m", "webgpu", answer(41, 500));
  assert.deepEqual([speedHere("m", "cpu"), speedHere("m", "webgpu")], [15, 60]);
  // As an older page wrote it.
  shelf.set("semgrad-speeds", JSON.stringify({ m: 25 }));
  assert.equal(speedHere("m", "cpu"), null);
  noteSpeed("m", "cpu", answer(41, 2000));
  assert.equal(speedHere("m", "cpu"), 15);
});

test("odds are never none and never all", () => {
  assert.deepEqual([0, 0.004, 0.5, 0.994, 0.996, 1].map(of100), [
    "less than 1",
    "less than 1",
    "50",
    "99",
    "more than 99",
    "more than 99",
  ]);
});
