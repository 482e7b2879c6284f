/** `deno run --allow-net --allow-read ask.ts [MODEL]`: WebGPU if there is one, and the weights stay in Deno's cache. */
import { load } from "semgrad";

const model = await load(Deno.args[0] ?? "SmolLM2-135M-Instruct", { cache: "cache-api" });
const { choices, uncertainty } = await model.chat.completions.create({
  messages: [{ role: "user", content: "What is the capital of France?" }],
  max_completion_tokens: 32,
  uncertainty: { methods: ["semgrad", "gnll"] },
});
console.log(choices[0].message.content);
console.log(`score ${uncertainty?.scores.semgrad.score} on ${uncertainty?.device}`);
model.dispose();
