/** The parts of teaching that need no browser: lists of questions, estimates, and what the chart draws. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { lessonOf } from "../../pkg/dist/index.js";
import { bundle } from "./lib/bundle.mjs";

const { readList, LONGEST } = await bundle("www/demo/src/teach/list.ts");
const { askSeconds, teachBytes, teachSeconds } = await bundle("www/demo/src/teach/estimate.ts");
const { outcomes } = await bundle("www/demo/src/teach/outcome.ts");
const { TEXT } = await bundle("www/demo/src/teach/text.ts");
const { engagementOf } = await bundle("www/demo/src/teach/share.ts");
const { smooth } = await bundle("www/demo/src/teach/curve.ts");
const { roundTicks } = await bundle("www/demo/src/chart.ts");

const questions = (text) => readList(text).questions;

test("a pasted list is one question a line, without bullets and numbers, each one once", () => {
  const text = "\ufeffWho?\r\n\r\n- What  is it? \n2) When?\n3. who?\n• 1984 was written when?\n1984 was what?";
  assert.deepEqual(readList(text), {
    questions: ["Who?", "What is it?", "When?", "1984 was written when?", "1984 was what?"],
    answers: new Map(),
    duplicates: 1,
    faults: [],
  });
  assert.deepEqual(readList(" \n"), { questions: [], answers: new Map(), duplicates: 0, faults: [] });
});

test("what differs only in case, spaces or the question mark at its end is one question", () => {
  const text = "Who was it?\nwho  WAS it\nWho was it ?\nWho was it??\nWho was it then?\nWho? Was it\n???\n?";
  const { questions, duplicates } = readList(text);
  assert.deepEqual(questions, ["Who was it?", "Who was it then?", "Who? Was it", "???", "?"]);
  assert.equal(duplicates, 3);
});

test("a text is no question", () => {
  const long = "x".repeat(LONGEST + 1);
  assert.deepEqual(readList(`Who?\n${long}\n${long.slice(1)}`), {
    questions: ["Who?", long.slice(1)],
    answers: new Map(),
    duplicates: 0,
    faults: [{ line: 2, fault: "long" }],
  });
});

test("of JSON lines the field question is read, and every fault is named", () => {
  const text = '{"question": "Who?", "answers": ["me"]}\n\nnonsense\n{"text": "What?"}\n{"question": "What?"}\nnull';
  assert.deepEqual(readList(text), {
    questions: ["Who?", "What?"],
    answers: new Map([["Who?", ["me"]]]),
    duplicates: 0,
    faults: [3, 4, 6].map((line) => ({ line, fault: "json" })),
  });
});

test("of a table the column question is read, whatever parts its cells", () => {
  const quoted = 'id,Question\n1,"Who, if anybody, said ""no""?"\n2,"In\ntwo lines?"\n,\n3,What?';
  assert.deepEqual(questions(quoted), ['Who, if anybody, said "no"?', "In two lines?", "What?"]);
  assert.deepEqual(questions("question;answer\nWho?;me\nWhat?"), ["Who?", "What?"]);
  assert.deepEqual(questions("n\tquestion\n1\tWho?"), ["Who?"]);
  assert.deepEqual(questions("question\nWho, me?"), ["Who, me?"]);
  // A question that mentions the word is a line like any other.
  assert.deepEqual(questions("Is this a question, or what?\nWho?"), ["Is this a question, or what?", "Who?"]);
});

test("answers that count as right come with JSON lines and tables, and go with the question that is kept", () => {
  const lines = [
    { question: "Who?", answers: ["me", " ", 7] },
    { question: "who", answers: ["I"] },
    { question: "What?", answers: "it" },
    { question: "When?", answers: [] },
  ];
  assert.deepEqual(
    [...readList(lines.map((line) => JSON.stringify(line)).join("\n")).answers],
    [
      ["Who?", ["me", "I"]],
      ["What?", ["it"]],
    ],
  );
  const table = "question,answers\nWho?,me | I\nWhat?,\nWhen?";
  assert.deepEqual([...readList(table).answers], [["Who?", ["me", "I"]]]);
  assert.equal(readList("question,answer\nWho?,me").answers.size, 0);
});

test("the slider's share is one of the questions that can be taught", async () => {
  const known = Array.from({ length: 40 }, (_, index) => ({ confidence: (index + 0.5) / 40 }));
  const asked = [...known, ...Array.from({ length: 60 }, () => ({ confidence: null }))];
  const all = asked.map((one, index) => ({ question: `${index}`, answer: "a", refuses: false, cut: false, ...one }));
  for (const refuse of [5, 20, 50, 80]) {
    const engagement = engagementOf(refuse, known.length, all.length);
    const lesson = await lessonOf(all, { engagement, teacher: "confidence" });
    const refused = known.length - Math.round(lesson.engagement * all.length);
    assert.equal(refused, (refuse / 100) * known.length, `${refuse} of 100`);
    assert.equal(lesson.count.unknown, 60);
  }
  const half = await lessonOf(all, { engagement: engagementOf(50, known.length, all.length), teacher: "confidence" });
  assert.ok(half.count.refusals > 14 && half.count.refusals === half.count.own, JSON.stringify(half.count));
});

test("estimates grow with the list and the model, and shrink with speed", () => {
  assert.equal(askSeconds(20, true), 2 * askSeconds(40, true));
  assert.ok(askSeconds(20, true) > 4 * askSeconds(20, false), "ten drawn answers are most of it");
  // Measured on two cores: 400 questions were taught in .4 of the time that they were asked in, 20 in 1.3 of it.
  const share = (count) => teachSeconds(1, true, count) / count;
  assert.ok(Math.abs(share(400) - 0.4) < 0.1 && Math.abs(share(20) - 1.3) < 0.2);
  for (let count = 20; count < 500; count++)
    assert.ok(teachSeconds(1, true, count + 1) >= teachSeconds(1, true, count), `${count}`);
  // Teaching itself takes as long, however the questions were asked.
  const [drawn, likely] = [true, false].map((isDrawn) => teachSeconds(askSeconds(20, isDrawn), isDrawn, 100));
  assert.ok(Math.abs(drawn / likely - 1) < 1e-9);
  const small = { hidden: 576, layers: 30, vocab: 49_152 };
  const large = { hidden: 1536, layers: 28, vocab: 151_936 };
  assert.ok(teachBytes(large, 400) > 2 * teachBytes(small, 400));
  assert.ok(teachBytes(small, 400) > teachBytes(small, 40));
  // What was measured for such models is between these.
  assert.ok(teachBytes(small, 550) > 60e6 && teachBytes(small, 550) < 400e6, `${teachBytes(small, 550)}`);
});

test("what became of right and wrong answers is counted, as far as it was judged", () => {
  const one = (before, after) => {
    const is = (said) => ({ refuses: said === "refused", right: said === "answered" ? null : said === "right" });
    const [first, last] = [is(before), is(after)];
    return {
      question: "Who?",
      refuses: { before: first.refuses, after: last.refuses },
      right: { before: first.right, after: last.right },
    };
  };
  const none = { right: 0, wrong: 0, answered: 0, refused: 0 };
  const checked = [
    one("right", "right"),
    one("right", "refused"),
    one("right", "wrong"),
    one("wrong", "refused"),
    one("refused", "right"),
    one("answered", "refused"),
    one("answered", "answered"),
  ];
  assert.deepEqual(outcomes(checked), [
    { before: "right", count: 3, now: { ...none, right: 1, wrong: 1, refused: 1 } },
    { before: "wrong", count: 1, now: { ...none, refused: 1 } },
    { before: "answered", count: 2, now: { ...none, answered: 1, refused: 1 } },
    { before: "refused", count: 1, now: { ...none, right: 1 } },
  ]);
  assert.deepEqual(outcomes([]), []);
});

test("what is said of teaching says how much of the list was learned, and needs no words of the trade", () => {
  assert.match(TEXT.ready.taught(22, { refusals: 4, own: 5 }), /22 questions: 4 to refuse, 5 to answer as before/);
  assert.match(TEXT.kept.questions(1), /^taught from a list of 1 question$/);
  // These stand in details, where who needs them opens them.
  const { tableLoss, ...curve } = TEXT.curve;
  const { peft, gguf, ggufFile, format, ...kept } = TEXT.kept;
  const { fileKinds, ...list } = TEXT.list;
  const texts = (part) => {
    if (typeof part === "string") return [part];
    if (typeof part === "function") return [String(part)];
    return Object.values(part).flatMap(texts);
  };
  const plain = texts({ ...TEXT, curve, kept, list }).filter((text) => !text.startsWith("function"));
  assert.ok(plain.length > 90, String(plain.length));
  for (const word of ["adapter", "loss", "epoch", "rank", "seed", "tokens?", "tokenizer", "entropy", "lora", "json"])
    for (const text of plain) assert.doesNotMatch(text.replace(/\$\{.*?\}/g, ""), new RegExp(`\\b${word}\\b`, "i"));
});

test("the thick line is the mean of the last eight steps", () => {
  const steps = Array.from({ length: 20 }, (_, index) => ({ step: index + 1, loss: index }));
  const means = smooth(steps);
  assert.deepEqual(means[0], { step: 1, loss: 0 });
  assert.deepEqual(means[3], { step: 4, loss: 1.5 });
  assert.deepEqual(means[19], { step: 20, loss: 15.5 });
  assert.deepEqual(smooth([]), []);
});

test("ticks are round and reach the largest value", () => {
  assert.deepEqual(roundTicks(4), [0, 1, 2, 3, 4]);
  assert.deepEqual(roundTicks(0.73), [0, 0.2, 0.4, 0.6, 0.8]);
  assert.deepEqual(roundTicks(60), [0, 20, 40, 60]);
  for (const largest of [1e-3, 0.05, 1, 2.2, 7, 33, 209]) {
    const ticks = roundTicks(largest);
    assert.ok(ticks.at(-1) >= largest && ticks.at(-2) < largest && ticks.length <= 7, `${largest}: ${ticks}`);
  }
  assert.deepEqual(
    [roundTicks(0), roundTicks(Number.NaN)],
    [
      [0, 1],
      [0, 1],
    ],
  );
});
