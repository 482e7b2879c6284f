/**
 * Load on the loopback: how many supplied answers the service scores in a second, and how long each takes.
 *
 *   node edge/load.mjs [--runtime workerd|deno] [--seconds 10] [--clients 8] [--questions 1]
 *
 * A question has ten samples of a dozen tokens with log-probabilities, compared by their words: what `n: 10` of any
 * chat API gives. One client waits for its answer before it asks again; client and service share the machine.
 */
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { cpus, loadavg } from "node:os";
import { json } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { startDeno } from "./lib/deno.mjs";
import { startWorker } from "./lib/worker.mjs";

const { values } = parseArgs({
  options: {
    runtime: { type: "string", default: "workerd" },
    seconds: { type: "string", default: "10" },
    clients: { type: "string", default: "8" },
    questions: { type: "string", default: "1" },
  },
});
const [seconds, clients, questions] = [values.seconds, values.clients, values.questions].map(Number);

const CITIES = ["Canberra", "Canberra", "Sydney", "Canberra", "Melbourne"];
const sample = (i) => ({
  text: `The capital of Australia is ${CITIES[i % CITIES.length]}, I believe${"!".repeat(i % 3)}`,
  logprobs: Array.from({ length: 12 }, (_, t) => -((i * 7 + t * 3) % 10) / 20),
});
const question = (id) => ({
  id,
  question: "What is the capital of Australia?",
  answer: sample(0),
  samples: Array.from({ length: 10 }, (_, i) => sample(i)),
  engines: { embed: "lexical", nli: "lexical" },
  methods: ["gnll", "perplexity", "ln_pe", "predictive_entropy", "snne", "semantic_entropy", "cocoa"],
});
const BODY = JSON.stringify(
  questions === 1 ? question(0) : { questions: Array.from({ length: questions }, (_, i) => question(i)) },
);

const service = await (values.runtime === "deno" ? startDeno : startWorker)();
const agent = new Agent({ keepAlive: true });

function ask() {
  return new Promise((resolve, reject) => {
    const options = { method: "POST", agent, headers: { "content-length": Buffer.byteLength(BODY) } };
    const sent = request(new URL("/v1/score", service.url), options, async (response) => {
      const body = await json(response);
      const scored = body.results ?? [body];
      const isGood = response.statusCode === 200 && scored.every(({ scores }) => scores?.cocoa.score > 0);
      if (isGood) resolve();
      else reject(new Error(`${response.statusCode} ${JSON.stringify(body)}`));
    });
    sent.on("error", reject);
    sent.end(BODY);
  });
}

/** User and system time of the service's process, in seconds; null where the system does not say. */
function cpuSeconds() {
  try {
    const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ");
    const name = (pid) => readFileSync(`/proc/${pid}/comm`, "utf8").trim();
    const pid = children.find((child) => name(child) === values.runtime);
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
    // In ticks of 10 ms, everywhere in practice.
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return null;
  }
}

for (let i = 0; i < 20; i += 1) await ask();
const [load] = loadavg();
const before = cpuSeconds();
const end = performance.now() + seconds * 1000;
const times = [];
const began = performance.now();
await Promise.all(
  Array.from({ length: clients }, async () => {
    while (performance.now() < end) {
      const at = performance.now();
      await ask();
      times.push(performance.now() - at);
    }
  }),
);
const took = (performance.now() - began) / 1000;
const used = before === null ? null : cpuSeconds() - before;
times.sort((a, b) => a - b);
const at = (share) => times[Math.min(times.length - 1, Math.floor(share * times.length))].toFixed(1);
console.log(`${values.runtime}, ${clients} clients, ${questions} questions a request, ${took.toFixed(1)} s`);
console.log(
  `${((times.length * questions) / took).toFixed(0)} questions/s in ${(times.length / took).toFixed(0)} requests/s`,
);
console.log(`latency ms: p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, max ${at(1)}`);
if (used !== null) console.log(`CPU ms a question: ${((used * 1000) / times.length / questions).toFixed(2)}`);
console.log(`${cpus()[0].model}, ${cpus().length} cores, load average ${load.toFixed(1)} at the start`);
agent.destroy();
await service.close();
