/** The demo page's pure parts: how answers are grouped, what counts as right, as a question, and as influence. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { computedLayers, saliency } from "../../www/demo/src/ask/saliency.js";
import { parseQuestions } from "../../www/demo/src/calibrate/questions.js";
import { bundle } from "./lib/bundle.mjs";

const { groupsOf } = await bundle("www/demo/src/ask/groups.ts");

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
