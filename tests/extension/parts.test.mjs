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
  const { key } = print;
  assert.match(print.name, /^[0-9a-f]{24}$/);
  const other = await memory.fingerprint("0", "model", `${secret}1`, "234");
  assert.notEqual(print.name, other.name);
  const examined = { odd: [{ text: "PIN", at: [0, 3] }], own: { answer: "My PIN is 1234 👍." }, judgement: null };
  const judged = { kind: "judged", ms: 2, model: "m", explanation: { verdict: "No judgment" }, examined };
  kept.set("scores", "of an earlier version");
  await memory.remember(print, judged);
  await memory.remember(print, { ...judged, ms: 3 });
  assert.deepEqual([memory.count(), kept.has("scores")], [1, false]);
  assert.deepEqual(await memory.recall(print), { ...judged, ms: 3 });
  assert.ok(![...kept.values()].join().includes("PIN"));
  assert.equal(await memory.recall({ ...print, key: other.key }), null, "without the text nobody reads it");
  const plain = { ...judged, examined: null };
  await memory.remember({ name: "plain", key }, plain);
  assert.deepEqual(await memory.recall({ name: "plain", key }), plain);
  for (let index = 0; index < LIMITS.remembered; index++) await memory.remember({ name: `p${index}`, key }, plain);
  assert.equal(await memory.recall(print), null, "the oldest is gone");
  assert.equal(memory.count(), LIMITS.remembered);
  for (const earlier of [{ reason: "of an earlier version" }, { explanation: { verdict: "No judgment" } }]) {
    kept.set("judgements", JSON.stringify([["old", { kind: "judged", ...earlier }]]));
    assert.equal(await memory.recall({ name: "old", key }), null);
  }
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
    assert.equal(shown.reasons[0], "The answer says “381”. The result is 391.");
  }
  const beside = toWords({ ...judged, faults }).reasons;
  assert.equal(beside[2], `What the model says: “${explanation.verdict}”. ${explanation.chance}`);
  const without = toWords({ kind: "no-model", faults }).reasons;
  assert.equal(without[2], "No model yet.");
});

test("of an answer that others wrote a badge says what its record says, and never that it is right or wrong", () => {
  const nothing = {
    verdict: "No judgment",
    chance: null,
    level: null,
    agreement: null,
    reasons: [],
    guarantee: null,
    none: "No confidence fits.",
  };
  const doubt = {
    doubt: "some_doubt",
    word: "Some doubt: check",
    reason: "The answer is farther off than most.",
    ratio: 1.8,
    ratioSentence: "1.8 times as common.",
    range: "So of 100.",
    tested: "Tested on 10.",
  };
  const examined = {
    odd: [{ text: "Oslo", at: [0, 4], tokens: [0, 1], surprisal: 5 }],
    own: { answer: "Paris.", others: [], agree: 1, sentence: "1 of its 3 own answers says the same." },
    judgement: doubt,
    none: null,
    signals: {},
  };
  const judged = { kind: "judged", explanation: nothing, examined, faults: [], model: "m", ms: 1234, cut: false };
  const own = `This model would have said: “Paris.” ${examined.own.sentence}`;
  const underlined = "Underlined: words that this model would not have expected here. They need not be wrong.";
  const shown = toWords(judged);
  assert.deepEqual([shown.level, shown.label, shown.side], ["medium", doubt.word, "one word stands out"]);
  const numbers = `${doubt.ratioSentence} ${doubt.range}`;
  assert.deepEqual(shown.reasons, [doubt.reason, own, underlined]);
  assert.deepEqual(shown.tested, [numbers, doubt.tested]);
  const seen = (more) => toWords({ ...judged, examined: { ...examined, ...more } });
  // The color of what is probably right would say more than that there is little to doubt.
  const level = (name) => seen({ judgement: { ...doubt, doubt: name } }).level;
  assert.deepEqual(["nothing_odd", "strong_doubt"].map(level), [null, "high"]);
  const [odd] = examined.odd;
  assert.deepEqual([seen({ odd: [odd, odd] }).side, seen({ odd: [] }).side], ["some words stand out", ""]);

  const silent = { ...examined, judgement: null, none: "Never tested." };
  const none = toWords({ ...judged, examined: silent, cut: true });
  assert.deepEqual([none.level, none.label, none.side], [null, "No judgment", "one word stands out"]);
  assert.deepEqual(none.reasons.slice(0, -1), ["Never tested.", own, underlined]);
  assert.match(none.reasons.at(-1), /^Only the beginning was read/);
  // What is no question of fact is not examined.
  const other = toWords({ ...judged, examined: { ...silent, odd: [], own: null } });
  assert.deepEqual(other.reasons, ["Never tested."]);
  // A profile of the user's own says more than that there is none.
  const known = { ...nothing, verdict: "Check this", chance: "Of 100, 72.", none: null, reasons: ["It was sure."] };
  const both = toWords({ ...judged, explanation: known, examined: silent });
  assert.deepEqual(
    [both.label, both.side, both.reasons.slice(0, 2)],
    ["Check this", "Of 100, 72.", ["It was sure.", own]],
  );
  // Remembered by an earlier version, or from a model that does not examine.
  assert.deepEqual(toWords({ ...judged, examined: null }).reasons, ["No confidence fits."]);

  const checking = (odd) => toWords({ kind: "checking", odd });
  assert.equal(checking([]).side, "");
  assert.equal(checking(silent.odd).side, "comparing with its own answers");
  assert.match(checking(silent.odd).reasons.join(" "), /Underlined: /);

  const faults = [{ kind: "arithmetic", at: [0, 3], said: "381", meant: "391", message: "The result is 391." }];
  const wrong = toWords({ ...judged, faults });
  assert.deepEqual([wrong.level, wrong.label], ["high", "Something does not add up"]);
  assert.equal(wrong.side, "one word stands out", "what is underlined is not what does not add up");
  assert.deepEqual(wrong.reasons.slice(2, 4), [`What the model says: “${doubt.word}”.`, doubt.reason]);
});
