/** Faults that need no knowledge, as the package finds them: in the small module, whatever else runs. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as edge from "../dist/edge.js";
import { check } from "../dist/index.js";

const wasm = (name) => readFileSync(new URL(`../dist/wasm/${name}_bg.wasm`, import.meta.url));
const lines = (name) =>
  readFileSync(new URL(`../../tests/reference/checks/${name}`, import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

test("says what is wrong, where, and what would be right", async () => {
  const answer = "😀 17 × 23 = 381, as you asked.";
  const faults = await check("What is 17 × 23?", answer);
  assert.deepEqual(faults, [
    { kind: "arithmetic", at: [13, 16], said: "381", meant: "391", message: "The result is 391." },
  ]);
  assert.equal(answer.slice(...faults[0].at), faults[0].said);
  assert.deepEqual(await check("", "Nothing to see."), []);
});

test("a place in the answer is where its text stands", async () => {
  let found = 0;
  for (const { question, answer } of lines("planted.jsonl").slice(0, 120)) {
    for (const { at, said } of await check(question, answer)) {
      assert.equal(answer.slice(...at), said);
      found += 1;
    }
  }
  assert.ok(found > 20, `${found}`);
});

test("what was said before counts as the conversation", async () => {
  const answer = "As you said, “the sky is green”.";
  assert.equal((await check("Why?", answer)).length, 1);
  assert.deepEqual(await check("Why?", answer, { context: "The sky is green." }), []);
});

test("the edge entry finds the same, with the small module alone", async () => {
  const asked = ["", "15% of 80 is 14."];
  const faults = await edge.check(...asked, { wasm: wasm("scores") });
  assert.deepEqual(faults, await check(...asked));
  assert.equal(faults.length, 1);
});

test("what is no text, and another module, are turned away", async () => {
  const bad = { name: "SemgradError", code: "bad_input" };
  await assert.rejects(check(1, "a"), bad);
  await assert.rejects(check("a"), bad);
  await assert.rejects(check("a", "b", { context: 5 }), bad);
  await assert.rejects(check("a", "b", { contxt: "c" }), bad);
});
