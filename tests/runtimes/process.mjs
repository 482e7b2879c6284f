/** A program that serves the package on a port of its own, and how to talk to it. */
import { spawn } from "node:child_process";
import { request as post } from "node:http";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { startServer } from "../browser/lib/server.mjs";
import { engineOptions, serveEngines } from "./engines.mjs";

/** An error of the package, as it was on the other side. */
export class RemoteError extends Error {
  constructor({ code, message, advice }) {
    super(message);
    this.record = { code, message, advice };
  }
}

/** The port that the program writes as JSON to one of its outputs; an end before that is an error. */
function listening(child, output, name) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (status, signal) => reject(new Error(`${name} ended at once (${status ?? signal})`)));
    createInterface({ input: output }).on("line", (line) => {
      const port = line.startsWith("{") ? JSON.parse(line).port : undefined;
      if (port) resolve(port);
      else console.error(`${name}: ${line}`);
    });
  });
}

/**
 * JSON there and back. There is no limit of time, as `fetch` would have, and each question has a connection of its own:
 * workerd closes idle ones by a clock that stands still while it computes.
 */
function ask(port, command, body = {}) {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path: `/${command}`, method: "POST", agent: false };
    const request = post(options, async (response) => {
      try {
        const value = JSON.parse(await text(response));
        if (value.error) reject(new RemoteError(value.error));
        else resolve(value);
      } catch (error) {
        reject(error);
      }
    });
    request.on("error", reject);
    request.end(JSON.stringify(body));
  });
}

/**
 * Starts a program that says where it listens.
 *
 * @param {string} name for messages
 * @param {string} program
 * @param {string[]} argv
 * @param {number} portOutput number of the output that names the port
 * @param {Record<string, string>} [environment] besides ours
 */
export async function spawnListener(name, program, argv, portOutput, environment) {
  // Its own messages go to our errors: our output is for results.
  const stdio = portOutput === 1 ? ["pipe", "pipe", 2] : ["ignore", 2, 2, "pipe"];
  const child = spawn(program, argv, { stdio, env: { ...process.env, ...environment } });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const port = await listening(child, child.stdio[portOutput], name);
  const gone = new Promise((resolve) => child.once("close", resolve));
  return {
    port,
    async close() {
      process.off("exit", kill);
      kill();
      await gone;
    },
  };
}

/** Starts a program that serves the package; `load` gives a model as `browser.mjs` describes it. */
export async function startProcess(...program) {
  const { port, close } = await spawnListener(...program);
  // Engines are fetched when a method first asks for them, so what serves them stays as long as the model.
  let server = null;
  return {
    async load(model, options = {}, engines = {}) {
      server?.close();
      server = await startServer({ model, extra: serveEngines(engines) });
      const settings = { ...options, ...engineOptions(engines, server.origin) };
      const { info, warnings, ms } = await ask(port, "load", { source: server.modelUrl, options: settings });
      return {
        info,
        warnings,
        ms,
        run: (request) => ask(port, "run", { request }),
        memory: () => ask(port, "memory"),
        // The next model takes its place.
        close: async () => {},
      };
    },
    async close() {
      server?.close();
      await close();
    },
  };
}
