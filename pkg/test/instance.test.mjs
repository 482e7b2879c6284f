/** The life of an instance, with a module of a few bytes that traps: what waits for it is told, and nothing enters again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { guarded, Instance, instance } from "../dist/instance.js";

const name = (text) => [text.length, ...Buffer.from(text)];
const section = (id, bytes) => [id, bytes.length, ...bytes];
const exported = (text, kind, index) => [...name(text), kind, index];

/** Imports `host.call`; exports functions that trap, call it, or give 7, under names as the bindings have them. */
const MODULE = new WebAssembly.Module(
  new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [2, 0x60, 0, 0, 0x60, 0, 1, 0x7f]),
    ...section(2, [1, ...name("host"), ...name("call"), 0, 0]),
    ...section(3, [3, 0, 0, 1]),
    ...section(5, [1, 0, 1]),
    ...section(7, [
      6,
      ...exported("memory", 2, 0),
      ...exported("trap", 0, 1),
      ...exported("__closures_trap", 0, 1),
      ...exported("host", 0, 2),
      ...exported("seven", 0, 3),
      ...exported("__free", 0, 3),
    ]),
    ...section(10, [3, 3, 0, 0, 0x0b, 4, 0, 0x10, 0, 0x0b, 4, 0, 0x41, 7, 0x0b]),
  ]),
);

const begin = (call = () => {}) => guarded("test", new WebAssembly.Instance(MODULE, { host: { call } }).exports);
const stopped = { name: "SemgradError", code: "internal", message: /^the engine stopped: / };

test("calls go through as long as nothing traps", async () => {
  const exports = begin();
  assert.equal(exports.seven(), 7);
  assert.ok(exports.memory instanceof WebAssembly.Memory);
  assert.equal(await instance("test").run(async () => "done"), "done");
  await assert.rejects(
    instance("test").run(async () => Promise.reject(new Error("its own"))),
    /its own/,
  );
  assert.equal(instance("test").ended, undefined);
});

test("a trap rejects everything that waits, and whatever comes later", async () => {
  const exports = begin();
  const mine = instance("test");
  const waiting = [1, 2].map(() => mine.run(() => new Promise(() => {})));
  assert.throws(() => exports.trap(), stopped);
  for (const each of waiting) await assert.rejects(each, stopped);
  await assert.rejects(
    mine.run(async () => "too late"),
    stopped,
  );
  assert.throws(() => exports.seven(), stopped);
  assert.throws(() => mine.check(), stopped);
  assert.ok(mine.ended.cause instanceof WebAssembly.RuntimeError);
  // What the bindings do for themselves, also when memory is collected, fails nobody.
  assert.doesNotThrow(() => exports.__free());
});

test("a trap in what the event loop calls reaches those who wait, and not the event loop", async () => {
  const exports = begin();
  const waiting = instance("test").run(() => new Promise(() => queueMicrotask(() => exports.__closures_trap())));
  await assert.rejects(waiting, stopped);
  const result = exports.__closures_trap();
  assert.equal(result[1], undefined, "it reads as no error");
});

test("a host function that throws, at any depth, ends the instance as well", async () => {
  const exports = begin(() => exports.trap());
  await assert.rejects(
    instance("test").run(async () => exports.host()),
    stopped,
  );
  const other = begin(() => {
    throw new RangeError("Maximum call stack size exceeded");
  });
  await assert.rejects(
    instance("test").run(async () => other.host()),
    { ...stopped, message: /Maximum call stack/ },
  );
});

test("a new instance knows nothing of the one before", async () => {
  const before = begin();
  assert.throws(() => before.trap(), stopped);
  const now = begin();
  assert.equal(now.seven(), 7);
  assert.throws(() => before.seven(), stopped);
  assert.equal(instance("test").ended, undefined);
});

test("where the memory is nearly full, that is the reason", () => {
  const full = new Instance({ buffer: { byteLength: 4 * 1024 ** 3 } });
  assert.equal(full.end(new WebAssembly.RuntimeError("unreachable")).code, "out_of_memory");
});

test("a lost device ends what has no other one, with its own error", async () => {
  begin();
  const mine = instance("test");
  const lost = { code: "device_lost", message: "the device gave nothing back", advice: "Load the model again." };
  const waiting = mine.run(() => new Promise(() => {}));
  await assert.rejects(
    mine.run(async () => Promise.reject(lost)),
    lost,
  );
  await assert.rejects(waiting, { name: "SemgradError", ...lost });
  assert.deepEqual(mine.ended.toJSON(), lost);
});

test("modules live and end for themselves", async () => {
  const [mine, other] = ["mine", "other"].map((module) =>
    guarded(module, new WebAssembly.Instance(MODULE, { host: { call() {} } }).exports),
  );
  const waiting = instance("other").run(async () => other.seven());
  assert.throws(() => mine.trap(), stopped);
  assert.equal(await waiting, 7);
  assert.equal(instance("other").ended, undefined);
  assert.equal(instance("mine").ended.code, "internal");
});
