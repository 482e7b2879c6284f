/** Rests of work that makes the device hot: what the browser says of it, and what the clock does, are played here. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import { Model } from "../dist/model.js";
import { BETWEEN, MOST, Rests } from "../dist/tune/rest.js";

/** The browser's observers that nobody ended, the last one last. */
let observers = [];
/** What `observe` gives. */
let observed = () => Promise.resolve();
/** Milliseconds since the beginning. */
let now = 0;

class FakeObserver {
  constructor(hear) {
    this.hear = hear;
    observers.push(this);
  }
  observe(source) {
    assert.equal(source, "cpu");
    return observed();
  }
  disconnect() {
    observers = observers.filter((one) => one !== this);
  }
}

const say = (...states) => observers.at(-1).hear(states.map((state) => ({ state })));
/** Time passes, and what waits for it is done. */
async function wait(time) {
  now += time;
  mock.timers.tick(time);
  await settled();
}
/** Everything that waits for no clock is done. */
const settled = async () => {
  for (let turns = 0; turns < 50; turns++) await Promise.resolve();
};

beforeEach(() => {
  [observers, now, observed] = [[], 0, () => Promise.resolve()];
  globalThis.PressureObserver = FakeObserver;
  mock.timers.enable({ apis: ["setTimeout"] });
  mock.method(performance, "now", () => now);
});
afterEach(() => {
  delete globalThis.PressureObserver;
  mock.timers.reset();
  mock.restoreAll();
});

/** A run's rests, with what it told, and whether it rests now. */
function begin() {
  const told = [];
  const rests = new Rests((resting, pressure) => told.push([resting, pressure]));
  /** Comes to the next question; what it gives says whether that one still waits. */
  const next = async (signal) => {
    let waits = true;
    void rests.rest(signal).then(() => {
      waits = false;
    });
    await settled();
    return () => waits;
  };
  return { told, rests, next };
}

describe("when work rests", () => {
  test("only while it is critical, and until it is fair again", async () => {
    const { told, next } = begin();
    await wait(BETWEEN);
    for (const state of ["nominal", "fair", "serious"]) {
      say(state);
      assert.equal((await next())(), false, state);
    }
    say("serious", "critical");
    const waits = await next();
    assert.equal(waits(), true);
    say("serious");
    await settled();
    assert.equal(waits(), true);
    say("fair");
    await settled();
    assert.equal(waits(), false);
    assert.deepEqual(told, [
      [true, "critical"],
      [false, "fair"],
    ]);
  });

  test("never before two minutes of work, and then for half a minute at most", async () => {
    const { told, next } = begin();
    say("critical");
    assert.equal((await next())(), false);
    await wait(BETWEEN - 1);
    assert.equal((await next())(), false);
    await wait(1);
    const waits = await next();
    await wait(MOST - 1);
    assert.equal(waits(), true);
    await wait(1);
    assert.equal(waits(), false);
    say("critical");
    await wait(BETWEEN - 1);
    assert.equal((await next())(), false);
    await wait(1);
    assert.equal((await next())(), true);
    assert.deepEqual(
      told.map(([resting]) => resting),
      [true, false, true],
    );
  });

  test("what was heard long ago is asked for anew", async () => {
    const { next } = begin();
    const [first] = observers;
    say("critical");
    await wait(BETWEEN);
    await next();
    await wait(MOST);
    assert.equal(observers.length, 1);
    assert.notEqual(observers[0], first);
    // The page is hidden, so the browser says nothing.
    await wait(BETWEEN);
    assert.equal((await next())(), false);
  });

  test("an abort ends it at once", async () => {
    const { next } = begin();
    const controller = new AbortController();
    say("critical");
    await wait(BETWEEN);
    const waits = await next(controller.signal);
    assert.equal(waits(), true);
    controller.abort();
    await settled();
    assert.equal(waits(), false);
    say("critical");
    await wait(BETWEEN);
    assert.equal((await next(controller.signal))(), false);
  });
});

describe("where the browser says nothing", () => {
  const NOTHING = {
    "it has no such API": () => {
      delete globalThis.PressureObserver;
    },
    "the page may not hear of it": () => {
      observed = () => Promise.reject(new DOMException("forbidden", "NotAllowedError"));
    },
    "it cannot tell": () => {
      observed = () => {
        throw new DOMException("no such source", "NotSupportedError");
      };
    },
  };
  for (const [why, arrange] of Object.entries(NOTHING))
    test(`nothing rests: ${why}`, async () => {
      const faults = [];
      const note = (fault) => faults.push(fault);
      process.on("unhandledRejection", note);
      arrange();
      const { next, rests, told } = begin();
      await wait(BETWEEN);
      assert.equal((await next())(), false);
      rests.end();
      await new Promise((resolve) => setImmediate(resolve));
      process.off("unhandledRejection", note);
      assert.deepEqual([told, faults, observers.length], [[], [], 0]);
    });
});

describe("a run", () => {
  const LESSON = { tau: 1, engagement: 0.5, values: [], targets: [], count: {} };
  /** It works two minutes on every question and every step, and is critical all the time. */
  function backend() {
    const done = [];
    let steps = 0;
    const work = async (name, value) => {
      done.push(name);
      await wait(BETWEEN);
      if (observers.length > 0) say("critical");
      return value;
    };
    const values = {
      ask: ({ question }) => work("ask", { question, answer: "a", refuses: false, cut: false }),
      step: () => work("step", ++steps > 2 ? null : { step: { step: steps, steps: 2, loss: 1 }, saved: null }),
      train: () => ({ lesson: LESSON, steps: 2, batches: 2, taken: 0, bytes: 5 }),
      finish: () => ({ peft: [] }),
    };
    const teach = async (call) => values[call.do]?.(call) ?? null;
    const run = async () => {
      done.push("run");
      return { response_ids: [], scores: {}, warnings: [], ms: {}, tokens: [], answer: "" };
    };
    const info = { name: "fake", files: [], profile: null, adapter: null };
    return { info, teach, run, dispose() {}, done };
  }
  const OPTIONS = { teacher: "none", ordinary: [], checks: 1 };

  test("rests between questions and between steps, says so, and lets others ask meanwhile", async () => {
    const fake = backend();
    const model = new Model(fake);
    const heard = [];
    let between;
    const onProgress = (event) => {
      heard.push(event.stage === "rest" ? (event.resting ? "rest" : "on") : event.stage);
      if (event.stage === "rest" && event.resting) between ??= model.run({ question: "x" });
      // Nobody is going to say that it is better.
      if (event.stage === "rest" && event.resting) void between.then(() => wait(MOST));
    };
    await model.tune(["q1", "q2"], { ...OPTIONS, onProgress });
    const rested = ["rest", "on"];
    assert.deepEqual(heard, [
      ...["ask", "ask", ...rested, "ask", "ordinary"],
      ...["train", ...rested, "train", ...rested, "train", ...rested],
      ...["check", ...rested, "check"],
    ]);
    assert.deepEqual(fake.done.slice(0, 3), ["ask", "run", "ask"]);
    assert.equal(observers.length, 0);
  });

  test("does not where it is told not to", async () => {
    const heard = [];
    const onProgress = ({ stage }) => heard.push(stage);
    await new Model(backend()).tune(["q1", "q2"], { ...OPTIONS, onProgress, rest: false });
    assert.ok(!heard.includes("rest"));
  });

  test("ends its rest when it is aborted, and hears of nothing any more", async () => {
    const controller = new AbortController();
    const onProgress = ({ stage }) => stage === "rest" && controller.abort();
    const run = new Model(backend()).tune(["q1", "q2"], { ...OPTIONS, onProgress, signal: controller.signal });
    await assert.rejects(run, { code: "aborted" });
    assert.equal(observers.length, 0);
  });
});
