/** The demo page's pure parts: what counts as the same, as right, as a question, and as influence. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { clusters, groups } from "../../www/demo/src/ask/clusters.js";
import { computedLayers, saliency } from "../../www/demo/src/ask/saliency.js";
import { parseQuestions } from "../../www/demo/src/calibrate/questions.js";

const YES = { entail: 0.8, neutral: 0.1, contradict: 0.1 };
const NO = { entail: 0.1, neutral: 0.1, contradict: 0.8 };

/** A matrix over the greedy answer and the samples from pairs that mean the same. */
const judged = (size, ...pairs) =>
  Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) =>
      i === j || pairs.some(([a, b]) => (a === i && b === j) || (a === j && b === i)) ? YES : NO,
    ),
  );

test("answers are grouped greedily by the first of each group, equal texts once", () => {
  // As the package's own test: 0 = 1, 1 = 2, but 0 ≠ 2; the last has the text of 1 and follows it.
  const matrix = judged(5, [1, 2], [2, 3]);
  assert.deepEqual(clusters(matrix, ["a", "b", "c", "b"]), [0, 0, 1, 0]);
  assert.deepEqual(clusters([], []), []);
  assert.deepEqual(clusters([], ["Pelé", "Pele\u0301", "Pele"]), [0, 0, 1]);
  // A tie, or a judgment that is no number, does not follow.
  const tie = { entail: 0.5, neutral: 0, contradict: 0.5 };
  assert.deepEqual(clusters([[], [YES, YES, tie], [YES, tie, YES]], ["a", "b"]), [0, 1]);
  assert.deepEqual(clusters([[], [], []], ["a", "b"]), [0, 1]);
});

test("groups come largest first and know whether they agree with the answer", () => {
  const matrix = judged(4, [0, 2], [2, 3], [0, 3]);
  const found = groups(matrix, [{ text: "x" }, { text: "y" }, { text: "z" }]);
  assert.deepEqual(
    found.map(({ members, like }) => [members.map(({ text }) => text).join(""), like]),
    [
      ["yz", true],
      ["x", false],
    ],
  );
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
