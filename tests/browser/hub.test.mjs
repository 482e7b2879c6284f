/** A model named as `owner/name`, in a browser and its worker, from a server of another origin that behaves like the hub. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startHub } from "../../pkg/test/support/hub.mjs";
import { tinyFiles } from "../../pkg/test/support/tiny.mjs";
import { openBrowser } from "./lib/chromium.mjs";
import { openPage, startServer } from "./lib/server.mjs";

test("a name is resolved in the worker, checked by the hub's hashes, and the second load asks for nothing", async (t) => {
  const hub = await startHub({ "org/tiny": { ...tinyFiles(), "README.md": Buffer.from("#") } });
  const server = await startServer();
  const browser = await openBrowser();
  t.after(async () => {
    await browser.close();
    server.close();
    hub.close();
  });
  const page = await openPage(browser.context, server.origin);
  const load = (name) =>
    page.evaluate(
      async ([source, address]) => {
        try {
          const model = await semgrad.load(source, { hub: address, device: "cpu", profile: null });
          const { text } = await model.ask("2 + 2 =", { maxTokens: 4, methods: [] });
          const { name: called, files } = model.info;
          model.dispose();
          return { called, text, files };
        } catch ({ code, message }) {
          return { code, message };
        }
      },
      [name, hub.url],
    );
  const first = await load("org/tiny");
  assert.equal(first.called, "tiny", JSON.stringify(first));
  assert.deepEqual(
    hub.requests.splice(0).filter((line) => !line.startsWith("cdn")),
    [
      "GET /api/models/org/tiny/tree/main?recursive=true",
      ...["config.json", "tokenizer.json", "model.safetensors"].map((name) => `GET /org/tiny/resolve/main/${name}`),
    ],
  );
  assert.deepEqual(await load("org/tiny"), first);
  assert.deepEqual(hub.requests, []);
  // The hub's code is heard across origins.
  const none = await load("org/none");
  assert.equal(none.code, "network");
  assert.match(none.message, /no public repository of that name/);
});
