/** One line may fail, no line may be lost: bad lines end no runtime, and cost no other line. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { load } from "../../pkg/dist/index.js";
import { asBlobs, tinyFiles } from "../../pkg/test/support/tiny.mjs";
import { ROOT } from "../browser/lib/server.mjs";

/** Turn marks that the tokenizer has and the weights have no rows for; a role that the template leaves out. */
const TEMPLATE = `{% for m in messages %}{% if m.role == 'user' %}{% if 'beyond' in m.content %}<|beyond|>{% endif %}
{{- m.content }}{% endif %}{% endfor %}`;

function files() {
  const all = tinyFiles();
  const tokenizer = JSON.parse(all["tokenizer.json"]);
  const token = {
    content: "<|beyond|>",
    id: 256,
    lstrip: false,
    rstrip: false,
    normalized: false,
    single_word: false,
    special: true,
  };
  tokenizer.added_tokens.push(token);
  const config = { chat_template: TEMPLATE };
  return {
    ...all,
    "tokenizer.json": Buffer.from(JSON.stringify(tokenizer)),
    "tokenizer_config.json": Buffer.from(JSON.stringify(config)),
  };
}

/** Lines and the code of the error that each is to get. */
const LINES = [
  ['{"id": "fine", "question": "Why?"}', undefined],
  ['{"id": "beyond", "question": "beyond"}', "corrupt_weights"],
  ['{"id": "beyond given", "question": "Why beyond?", "answer": "So."}', "corrupt_weights"],
  ['{"id": "outside", "prompt_ids": [1, 300]}', "bad_input"],
  ['{"id": "outside given", "prompt_ids": [1], "response_ids": [4000000000]}', "bad_input"],
  ['{"id": "negative", "prompt_ids": [-1]}', "bad_input"],
  ['{"id": "no ids", "prompt_ids": []}', "bad_input"],
  ['{"id": "no words", "question": " "}', "bad_input"],
  ['{"id": "no turns", "messages": []}', "bad_input"],
  ['{"id": "other role", "messages": [{"role": "human", "content": "Why?"}]}', "bad_input"],
  ['{"id": "number", "question": 7}', "bad_input"],
  ['{"id": "no budget", "question": "Why?", "max_tokens": 0}', "bad_input"],
  ['{"id": "method", "question": "Why?", "methods": ["magic"]}', "bad_input"],
  ['{"id": "long", "question": "LONG"}'.replace("LONG", "long ".repeat(1000)), "context_exceeded"],
  ['{"id": "half", "question": "x"', "bad_input"],
  ['{"id": "misspelled", "question": "Why?", "sampels": 3}', "bad_input"],
  ['{"id": "misspelled inside", "question": "Why?", "engines": {"nlii": "lexical"}}', "bad_input"],
  ["[]", "bad_input"],
  ['{"id": "again", "question": "Why?"}', undefined],
];
const CODES = LINES.map(([, code]) => code);

let folder;
let model;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "semgrad-lost-work-"));
  model = join(folder, "model");
  mkdirSync(model);
  for (const [name, bytes] of Object.entries(files())) writeFileSync(join(model, name), bytes);
  writeFileSync(join(folder, "in.jsonl"), LINES.map(([line]) => `${line}\n`).join(""));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** The output lines of `program`, which has to end with status 2. */
async function score(program, argv, env) {
  const out = join(folder, "out.jsonl");
  rmSync(out, { force: true });
  const flags = ["--model", model, "--device", "cpu", "--in", join(folder, "in.jsonl"), "--out", out];
  const child = spawn(program, [...argv, ...flags, "--max-tokens", "3", "--methods", "gnll"], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...env },
  });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const status = await new Promise((resolve) => child.on("close", resolve));
  assert.equal(status, 2, said);
  return readFileSync(out, "utf8").trim().split("\n").map(JSON.parse);
}

for (const runtime of ["browser", "deno", "workerd"])
  test(`bad lines cost no other line in ${runtime}`, async () => {
    const lines = await score(process.execPath, [join(ROOT, "tests/runtimes/score.mjs"), "--runtime", runtime]);
    assert.deepEqual(
      lines.map((line) => line.error?.code),
      CODES,
    );
    for (const line of [lines.at(0), lines.at(-1)]) assert.ok(Number.isFinite(line.scores.gnll.score));
    assert.equal(lines.at(-1).id, "again");
  });

test("in Node every request settles, and the model goes on", async () => {
  const loaded = await load(asBlobs(files()), { cache: "none", device: "cpu" });
  const codes = [];
  for (const [line, code] of LINES) {
    let request;
    try {
      request = JSON.parse(line);
    } catch {
      codes.push(code);
      continue;
    }
    const { error } = await loaded.run({ max_tokens: 3, methods: ["gnll"], ...request }).then(
      () => ({}),
      (error) => ({ error }),
    );
    codes.push(error?.code);
  }
  loaded.dispose();
  // A list is spread to a request without a question.
  assert.deepEqual(codes, CODES);
});

test("a template as deep as may be is answered or refused, and traps nowhere", async () => {
  const deep = [
    ["-", ""],
    ["not ", ""],
    ["(", ")"],
    ["[", "]"],
    ["", "|string"],
    ["a if b else ", ""],
    ["", " + 1"],
  ];
  const [question] = [{ question: "Why?", max_tokens: 2, methods: ["gnll"] }];
  for (const [before, after] of deep)
    for (const count of [240, 480, 990, 5000]) {
      const template = `{{ messages[0].content }}{{ ${before.repeat(count)}1${after.repeat(count)} }}`;
      const all = { ...files(), "tokenizer_config.json": Buffer.from(JSON.stringify({ chat_template: template })) };
      const loaded = await load(asBlobs(all), { cache: "none", device: "cpu" });
      const code = await loaded.run(question).then(
        () => undefined,
        (error) => error.code,
      );
      assert.ok([undefined, "bad_template", "context_exceeded"].includes(code), `${before}1${after}: ${code}`);
      // Given as ids a prompt needs no template.
      const { response_ids } = await loaded.run({ prompt_ids: [65], max_tokens: 2, methods: ["gnll"] });
      assert.ok(response_ids.length > 0);
      loaded.dispose();
    }
});
