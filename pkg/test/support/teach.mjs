/**
 * A tiny model is taught from the first question to the last step, interrupted, and its adapter goes out and comes back: the
 * same in Node, Deno and Chromium. Self-contained, because a page imports it, too. What comes back is for {@link check}.
 */

const QUESTIONS = ["Who?", "What?", "When?", "Where?", "Why?", "How?", "Which?", "Whose?", "How many?", "Since when?"];
const HOW = {
  teacher: "exact_spread",
  samples: 4,
  maxTokens: 8,
  ordinary: ["Hello!", "Count to three.", "Say something."],
  checks: 3,
  training: { rank: 2, alpha: 4, layers: [1, 2], batch: 3, epochs: 2, learningRate: 0.02 },
  // How busy the machine is says nothing here.
  rest: false,
};

/** Every second id ends an answer: short ones, of which some are alike. */
export const ENDING = { eos_token_id: Array.from({ length: 128 }, (_, i) => 2 * i) };

/** `files` are Blobs by name, of a model that ends its answers. */
export async function teach({ load, lessonOf, refuses, withPart }, files, options = {}) {
  const open = (more = {}, other = files) => load(other, { cache: "none", profile: null, ...options, ...more });
  const result = {};
  const failed = (promise) => promise.then(() => null).catch(({ code, message }) => ({ code, message }));
  const asked = async (model) => {
    const { text, scores } = await model.ask("And now?", { maxTokens: 4, methods: ["gnll"] });
    return [text, scores.gnll.score];
  };
  const model = await open();

  // From the beginning to the end, with a question in between.
  let state;
  let between = null;
  const progress = [];
  const tuned = await model.tune(QUESTIONS, {
    ...HOW,
    onProgress: (event) => {
      progress.push(event);
      if (event.stage === "ask" && event.done === 2) between = asked(model).then(() => progress.at(-1));
    },
    onKeep: (part) => {
      state = withPart(state, part);
    },
  });
  const { adapter, lesson, steps, engagement, checked } = tuned;
  Object.assign(result, { hash: adapter.hash, base: adapter.base, layers: adapter.layers, parts: adapter.parts });
  Object.assign(result, { rank: adapter.rank, lesson, steps, engagement, checked });
  const { stage, done, total } = await between;
  result.between = { stage, done, total };
  result.stages = progress.map((event) => event.stage).filter((name, index, all) => name !== all[index - 1]);
  result.lastOfStages = progress
    .filter((event, i) => event.stage !== progress[i + 1]?.stage)
    .map((event) => event.done / event.total);
  result.kept = [state.asked.length, state.ordinary.length, state.steps.length, state.training.length > 1000];
  const { tau, count, targets } = await lessonOf(state.asked, { teacher: HOW.teacher });
  result.sameLesson =
    JSON.stringify([tau, count, targets]) === JSON.stringify([lesson.tau, lesson.count, lesson.targets]);
  result.refuses = [await refuses("I don't know."), await refuses("Paris.")];

  // Canceled twice, and gone on with by a model that was loaded anew.
  let rest;
  const runs = [];
  for (const last of ["asked", "training", null]) {
    const again = await open();
    const controller = new AbortController();
    let parts = 0;
    const onKeep = (part) => {
      rest = withPart(rest, part);
      parts += 1;
      if (last && last in part && parts > 2) controller.abort();
    };
    const kept = rest && { kept: rest };
    const run = again.tune(QUESTIONS, { ...HOW, ...kept, onKeep, signal: controller.signal });
    runs.push(await run.then((other) => other.adapter.hash).catch(({ code }) => code));
    again.dispose();
  }
  result.runs = runs;
  result.otherwise = await failed(model.tune(QUESTIONS, { ...HOW, maxTokens: 9, kept: rest }));
  const epochs = { ...HOW, training: { ...HOW.training, epochs: 3 }, kept: rest };
  result.otherTraining = await failed(model.tune(QUESTIONS, epochs));

  // In use and out of use, in the order of the calls.
  const first = asked(model);
  const use = model.useAdapter(adapter);
  const second = asked(model);
  const drop = model.useAdapter(null);
  const third = asked(model);
  result.answers = await Promise.all([first, second, third]);
  await Promise.all([use, drop]);
  await model.useAdapter(adapter);
  result.inUse = model.info.adapter;
  const { key } = await model.createProfile({ answers: "own", fitted: {} });
  result.key = key;
  await model.useProfile({ key });
  result.profile = model.info.profile;
  await model.useProfile(null);

  // Out into files and back.
  const folder = await adapter.peft();
  result.files = folder.map(({ name }) => name);
  const gguf = new Blob([await adapter.gguf()]);
  const blobs = (list) => Object.fromEntries(list.map(({ name, bytes }) => [name, new Blob([bytes])]));
  result.hashes = [];
  for (const source of [folder, blobs(folder), gguf]) result.hashes.push((await model.openAdapter(source)).hash);
  const worn = await open({ adapter: gguf });
  result.loaded = [worn.info.adapter.hash, await asked(worn)];
  worn.dispose();

  // A second round begins with it.
  const round = await model.tune(QUESTIONS, { ...HOW, begin: adapter, training: { ...HOW.training, epochs: 1 } });
  result.round = round.adapter.hash;
  result.inUseStill = model.info.adapter.hash;

  // Wrong ones.
  const changed = folder.map(({ name, bytes }) => {
    if (!name.endsWith(".json")) return { name, bytes };
    const config = { ...JSON.parse(new TextDecoder().decode(bytes)), use_dora: true };
    return { name, bytes: new TextEncoder().encode(JSON.stringify(config)) };
  });
  result.dora = await failed(model.useAdapter(changed));
  result.half = await failed(model.useAdapter(folder.slice(0, 1)));
  result.model = await failed(model.useAdapter(files));
  const weights = new Uint8Array(await files["model.safetensors"].arrayBuffer());
  weights[weights.length - 2] ^= 1;
  const other = await open({}, { ...files, "model.safetensors": new Blob([weights]) });
  result.otherBase = await failed(other.useAdapter(adapter));
  result.otherInfo = other.info.adapter;
  other.dispose();
  model.dispose();
  result.disposed = await failed(model.useAdapter(null));
  return result;
}

/** What has to come out, whatever it ran in. */
export function check(assert, result) {
  assert.match(result.hash, /^[0-9a-f]{64}$/);
  assert.match(result.base, /^[0-9a-f]{64}$/);
  assert.deepEqual([result.layers, result.parts, result.rank], [[1], ["q_proj", "v_proj"], 2]);
  const { lesson, steps } = result;
  assert.equal(lesson.questions.length, QUESTIONS.length);
  assert.equal(lesson.targets.length, QUESTIONS.length);
  assert.ok(lesson.count.own > 0 && lesson.count.own === lesson.count.refusals, JSON.stringify(lesson));
  assert.ok(steps.length >= 4 && steps.every(({ step }, index) => step === index + 1), JSON.stringify(steps));
  assert.ok(steps.at(-1).loss < steps[0].loss, JSON.stringify(steps));
  assert.deepEqual(result.stages, ["ask", "ordinary", "train", "check"]);
  assert.deepEqual(result.lastOfStages, [1, 1, 1, 1]);
  assert.ok(
    result.between.stage === "ask" && result.between.done < result.between.total,
    JSON.stringify(result.between),
  );
  assert.deepEqual(result.kept, [QUESTIONS.length, 3, steps.length, true]);
  assert.ok(result.sameLesson);
  assert.deepEqual(result.refuses, [true, false]);
  assert.equal(result.checked.length, 3);
  for (const share of Object.values(result.engagement)) assert.ok(share >= 0 && share <= 1, String(share));
  assert.deepEqual(result.runs, ["aborted", "aborted", result.hash]);
  assert.deepEqual([result.otherwise.code, result.otherTraining.code], ["bad_input", "bad_input"]);
  assert.match(result.otherwise.message, /^what was kept is of another model/);
  assert.match(result.otherTraining.message, /other options or examples/);

  const [before, worn, after] = result.answers;
  assert.deepEqual(after, before);
  assert.notDeepEqual(worn, before);
  assert.equal(result.inUse.hash, result.hash);
  assert.equal(result.key.adapter, result.hash);
  assert.equal(result.profile.adapter, result.hash);
  assert.deepEqual(result.files, ["adapter_config.json", "adapter_model.safetensors"]);
  assert.deepEqual(result.hashes, [result.hash, result.hash, result.hash]);
  assert.deepEqual(result.loaded, [result.hash, worn]);
  assert.match(result.round, /^[0-9a-f]{64}$/);
  assert.notEqual(result.round, result.hash);
  assert.equal(result.inUseStill, result.hash);

  assert.equal(result.dora.code, "unsupported_format");
  assert.match(result.dora.message, /use_dora/);
  assert.equal(result.half.code, "bad_input");
  assert.equal(result.model.code, "unsupported_format");
  assert.equal(result.otherBase.code, "bad_input");
  assert.match(result.otherBase.message, /trained from other weights/);
  assert.deepEqual([result.otherInfo, result.disposed.code], [null, "aborted"]);
}
