/** The parts of the extension that need no browser: queue, memory, limits, table of sites. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bundle } from "../browser/lib/bundle.mjs";

const kept = new Map();
globalThis.localStorage = {
  getItem: (key) => kept.get(key) ?? null,
  setItem: (key, value) => void kept.set(key, value),
  removeItem: (key) => void kept.delete(key),
};

const { Queue } = await bundle("www/extension/src/host/queue.ts");
const memory = await bundle("www/extension/src/host/memory.ts");
const { toWords } = await bundle("www/extension/src/words.ts");
const { cut, LIMITS } = await bundle("www/extension/src/limits.ts");
const { CONVENTION, knownSites, rulesFor, SITES } = await bundle("www/extension/src/sites.ts");

const never = new AbortController().signal;

/** Work that ends when it is told to, and notes that it began. */
function work(name, began) {
  let end;
  const ended = new Promise((resolve) => {
    end = resolve;
  });
  const run = () => {
    began.push(name);
    return ended.then(() => name);
  };
  return { run, end };
}

test("one thing at a time, people before pages, the oldest page gives way", async () => {
  const queue = new Queue(2);
  const began = [];
  const jobs = Object.fromEntries(["first", "a", "b", "c", "person"].map((name) => [name, work(name, began)]));
  const results = Object.entries(jobs).map(([name, { run }]) => queue.add(run, name === "person", never));
  assert.deepEqual(began, ["first"]);
  assert.equal(await results[1], null, "`a` gave way to `c`");
  for (const { end } of Object.values(jobs)) end();
  assert.deepEqual(await Promise.all(results), ["first", null, "b", "c", "person"]);
  assert.deepEqual(began, ["first", "person", "b", "c"]);
});

test("what fails or is aborted does not block the rest", async () => {
  const queue = new Queue(5);
  const controller = new AbortController();
  const failing = queue.add(() => Promise.reject(new Error("no")), false, never);
  const aborted = queue.add(() => assert.fail("it was aborted"), false, controller.signal);
  const last = queue.add(async () => "last", false, never);
  controller.abort();
  await assert.rejects(failing, /no/);
  assert.equal(await aborted, null);
  assert.equal(await last, "last");
});

test("a text is remembered without being kept, and once", async () => {
  const secret = "What is my PIN?";
  const print = await memory.fingerprint("0", "model", secret, "1234");
  assert.match(print, /^[0-9a-f]{24}$/);
  assert.notEqual(print, await memory.fingerprint("0", "model", `${secret}1`, "234"));
  const judged = { kind: "judged", ms: 2, model: "m", explanation: { verdict: "No judgment" } };
  kept.set("scores", "of an earlier version");
  memory.remember(print, judged);
  memory.remember(print, { ...judged, ms: 3 });
  assert.deepEqual([memory.count(), kept.has("scores")], [1, false]);
  assert.equal(memory.recall(print).ms, 3);
  assert.ok(![...kept.values()].join().includes("PIN"));
  for (let index = 0; index < LIMITS.remembered; index++) memory.remember(`p${index}`, judged);
  assert.equal(memory.recall(print), null, "the oldest is gone");
  assert.equal(memory.count(), LIMITS.remembered);
  kept.set("judgements", JSON.stringify([["old", { kind: "judged", reason: "of an earlier version" }]]));
  assert.equal(memory.recall("old"), null);
  memory.forget();
  assert.equal(memory.count(), 0);
  kept.set("judgements", "no JSON");
  assert.equal(memory.count(), 0, "what is broken counts as nothing");
});

test("a long text is cut between characters", () => {
  assert.deepEqual(cut("abc", 3), { text: "abc", cut: false });
  assert.deepEqual(cut("abcd", 3), { text: "abc", cut: true });
  assert.deepEqual(cut("ab😀d", 3), { text: "ab", cut: true });
  assert.deepEqual(cut("a😀cd", 3), { text: "a😀", cut: true });
});

test("own rows come first and replace ours; unknown hosts get what hosts share", () => {
  const names = (host, own = []) => rulesFor(host, own).map(({ name }) => name);
  assert.deepEqual(names("claude.ai"), ["Claude", CONVENTION.name]);
  assert.deepEqual(names("localhost"), ["Open WebUI", "LibreChat", CONVENTION.name]);
  const mine = { name: "Claude", hosts: ["chat.example.org"], question: "q", answer: "a" };
  assert.deepEqual(names("chat.example.org", [mine]), ["Claude", CONVENTION.name]);
  assert.equal(rulesFor("chat.example.org", [mine])[0].question, "q");
  assert.ok(!names("claude.ai", [mine]).includes("Claude"), "ours of that name is replaced");
  const origins = knownSites([mine]).find(({ name }) => name === "Claude").origins;
  assert.deepEqual(origins, ["https://chat.example.org/*"]);
  assert.equal(new Set(SITES.map(({ name }) => name)).size, SITES.length, "names are unique");
});

test("a badge says the record's own sentences, and no number where there is no judgment", () => {
  const explanation = {
    verdict: "Check this",
    chance: "Of 100 answers like this, about 72 are right.",
    level: "This model got 20 of 100 test questions right.",
    agreement: null,
    reasons: ["It was sure of its words."],
    guarantee: "A bound.",
    none: null,
  };
  const judged = {
    kind: "judged",
    explanation,
    faults: [],
    model: "m",
    ms: 1234,
    cut: false,
  };
  const sure = toWords(judged);
  assert.deepEqual([sure.level, sure.label, sure.side], ["medium", explanation.verdict, explanation.chance]);
  assert.deepEqual(sure.reasons, [explanation.level, ...explanation.reasons, explanation.guarantee]);
  const level = (verdict) => toWords({ ...judged, explanation: { ...explanation, verdict } }).level;
  assert.deepEqual(["Probably right", "Do not rely on this"].map(level), ["low", "high"]);
  const nothing = {
    verdict: "No judgment",
    chance: null,
    level: null,
    agreement: null,
    reasons: [],
    guarantee: null,
    none: "Too long.",
  };
  const raw = { ...judged, confidence: null, verdict: null, explanation: nothing };
  const none = toWords(raw);
  assert.deepEqual([none.level, none.label, none.side, none.reasons], [null, "No judgment", "", ["Too long."]]);
  assert.match(toWords({ ...raw, cut: true }).reasons.at(-1), /Only the beginning was read/);

  // What anybody could see comes first, whatever the model thinks and even where there is none.
  const faults = [{ kind: "arithmetic", at: [0, 3], said: "381", meant: "391", message: "The result is 391." }];
  for (const state of [
    { ...judged, faults },
    { ...raw, faults },
    { kind: "no-model", faults },
  ]) {
    const shown = toWords(state);
    assert.deepEqual([shown.level, shown.label, shown.side], ["high", "Something does not add up", ""]);
    assert.equal(shown.reasons[0], "“381” The result is 391.");
  }
  const beside = toWords({ ...judged, faults }).reasons;
  assert.equal(beside[2], `${explanation.verdict}. ${explanation.chance}`);
});
