/**
 * The demo page's pure parts: how answers are grouped, what counts as right, as a question, as influence, and as an answer that
 * somebody else wrote.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { computedLayers, saliency } from "../../www/demo/src/ask/saliency.js";
import { parseQuestions } from "../../www/demo/src/calibrate/questions.js";
import { bundle } from "./lib/bundle.mjs";

const { groupsOf } = await bundle("www/demo/src/ask/groups.ts");
const { countsOf, drawn, readJudged } = await bundle("www/demo/src/calibrate/judged.ts");
const { readFiles } = await bundle("www/demo/src/calibrate/judged-files.ts");

test("drawn answers come as the record groups them, the largest group first", () => {
  const sample = (text, group) => ({ text, group });
  const found = groupsOf([sample("x", 1), sample("y", 0), sample("z", 2), sample("w", 2), sample("v", 2)]);
  assert.deepEqual(
    found.map(({ members, like }) => [members.map(({ text }) => text).join(""), like]),
    [
      ["zwv", false],
      ["x", false],
      ["y", true],
    ],
  );
  assert.deepEqual(groupsOf([]), []);
  assert.equal(groupsOf([sample(null, null)]), null, "a model without a tokenizer has no texts");
});

test("saliency weighs layers alike", () => {
  const gradients = [null, [], [1, 1, 2], [100, 300, 200]];
  assert.deepEqual(
    computedLayers(gradients, 3).map(({ layer }) => layer),
    [2, 3],
  );
  // (1 / (4/3) + 100 / 200) / 2 …
  assert.deepEqual(saliency(gradients, 3), [0.625, 1.125, 1.25]);
  // A tail is counted from the end.
  assert.deepEqual(computedLayers([[5, 6]], 3)[0].values, [null, 5, 6]);
  assert.deepEqual(saliency([null], 2), [null, null]);
});

test("questions are read line by line, and every fault is named", () => {
  const good = '{"question": "a?", "answers": ["b", "c"]}';
  const { questions, given, faults } = parseQuestions(
    [good, "", "nonsense", '{"answers": ["b"]}', '{"question": "a?"}', '{"question": "a?", "answers": []}', "[1]"].join(
      "\n",
    ),
  );
  assert.deepEqual(questions, [{ id: "1", question: "a?", answers: ["b", "c"] }]);
  assert.equal(given, false);
  assert.deepEqual(
    faults.map(({ line, fault }) => `${line} ${fault}`),
    ["3 json", "4 question", "5 answers", "6 answers", "7 json"],
  );
  const mixed = parseQuestions(`{"question": "a?", "answer": "b", "right": true}\r\n${good}`);
  assert.equal(mixed.given, true);
  assert.deepEqual(mixed.faults, [{ line: 2, fault: "mixed" }]);
  assert.deepEqual(parseQuestions(""), { questions: [], given: false, faults: [] });
});

test("a file's byte order mark is none of its text", () => {
  const marked = parseQuestions(
    '\ufeff{"question": "a?", "answers": ["b"]}\r\n{"question": "c?", "answers": ["d"]}\r\n',
  );
  assert.deepEqual([marked.questions.length, marked.faults], [2, []]);
});

const GIVEN = { question: "Who?", answer: "She.", writer: "a", right: true };
const NAMED = { ...GIVEN, id: "Who? · a", group: "Who?" };

test("answers of others are read line by line or from a list, and every fault is named", () => {
  const lines = [GIVEN, { ...GIVEN, id: 7, group: "g" }, GIVEN].map((one) => JSON.stringify(one));
  const { answers, faults } = readJudged(`\ufeff${lines.join("\r\n")}\n\n`);
  assert.deepEqual(answers, [NAMED, { ...GIVEN, id: "7", group: "g" }], "each one once");
  assert.deepEqual(faults, []);
  assert.deepEqual(readJudged(` ${JSON.stringify([GIVEN, 7], null, 1)}`), {
    answers: [NAMED],
    faults: [{ line: 2, fault: "json" }],
  });
  const wrong = ["no", "[1]", "{}", { ...GIVEN, answer: " " }, { ...GIVEN, writer: 7 }, { ...GIVEN, right: 1 }];
  const text = [GIVEN, ...wrong].map((one) => (typeof one === "string" ? one : JSON.stringify(one))).join("\n");
  assert.deepEqual(
    readJudged(text).faults.map(({ line, fault }) => `${line} ${fault}`),
    ["2 json", "3 json", "4 question", "5 answer", "6 writer", "7 right"],
  );
  assert.deepEqual(readJudged("[1"), { answers: [], faults: [{ line: 1, fault: "json" }] });
  assert.deepEqual(readJudged(""), { answers: [], faults: [] });
});

test("EVOUNA is read as its files are: without what nobody judged, and without improper questions", () => {
  const one = {
    question: "who got the first nobel prize in physics",
    golden_answer: "Wilhelm Conrad Röntgen",
    answer_fid: "Wilhelm Röntgen",
    judge_fid: true,
    answer_gpt4: "It was Marie Curie.",
    judge_gpt4: false,
    answer_newbing: null,
    judge_newbing: null,
    answer_chatgpt: "Röntgen",
    judge_chatgpt: null,
    answer_gpt35: "",
    judge_gpt35: true,
    improper: false,
  };
  const { question } = one;
  const of = (writer, answer, right) => ({
    id: `${question} · ${writer}`,
    group: question,
    question,
    answer,
    writer,
    right,
  });
  const wanted = [of("fid", "Wilhelm Röntgen", true), of("gpt4", "It was Marie Curie.", false)];
  const list = [one, { ...one, question: "when is the next election", improper: true }];
  assert.deepEqual(readJudged(JSON.stringify(list, null, 1)), { answers: wanted, faults: [] });
  assert.deepEqual(readJudged(list.map((one) => JSON.stringify(one)).join("\n")).answers, wanted);
  assert.deepEqual(countsOf(wanted), { questions: 1, answers: 2, writers: 2, wrong: 1 });
  const { question: _, ...nothing } = one;
  assert.deepEqual(readJudged(JSON.stringify([nothing])).faults, [{ line: 1, fault: "question" }]);
});

test("of several files each is a set, and what they call their questions is their own", () => {
  const file = (name, ...all) => ({ name, text: all.map((one) => JSON.stringify(one)).join("\n") });
  const one = { question: "Who?", answer: "She.", writer: "a", right: true };
  const alone = readFiles([file("one.jsonl", one)]);
  assert.deepEqual(alone, { answers: [NAMED], faults: [] }, "one file is no set");
  const files = [
    file("b.jsonl", { ...one, question: "When?", id: "1", group: "1" }, 7),
    file("a.v2.json", { ...one, id: "1", group: "1" }, { ...one, writer: "b", group: "1", set: "own" }),
    // The same once more, the same question of the same group, and another answer by the same name.
    file(
      "c.jsonl",
      { ...one, id: "1", group: "1" },
      { ...one, writer: "c", group: "1" },
      { ...one, writer: "b", answer: "He." },
    ),
  ];
  const { answers, faults } = readFiles(files);
  assert.deepEqual(
    answers.map(({ id, group, set, answer }) => [id, group, set, answer]),
    [
      ["1", "1", "a.v2", "She."],
      ["Who? · b", "1", "own", "She."],
      ["b · 1", "b · 1", "b", "She."],
      ["Who? · c", "1", "c", "She."],
      ["c · Who? · b", "Who?", "c", "He."],
    ],
  );
  assert.deepEqual(faults, [{ file: "b.jsonl", line: 2, fault: "json" }]);
  assert.deepEqual(readFiles(files.reverse()), { answers, faults }, "in whatever order they are chosen");
});

test("questions are drawn with all of their answers, and always the same ones first", async () => {
  const answers = Array.from({ length: 40 }, (_, i) => ({ ...NAMED, id: String(i), group: `g${i % 20}` }));
  const [few, many] = [await drawn(answers, 5), await drawn(answers, 50)];
  assert.deepEqual([few.length, many.length], [10, 40]);
  assert.deepEqual(few, many.slice(0, 10));
  for (let i = 0; i < 40; i += 2) assert.equal(many[i].group, many[i + 1].group);
  assert.notDeepEqual(
    many.map(({ group }) => group),
    answers.map(({ group }) => group),
  );
  assert.deepEqual(await drawn([...answers].reverse(), 0), []);
});
