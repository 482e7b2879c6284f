/**
 * `deno run --allow-net --allow-read --allow-write --allow-env ask.ts [MODEL]`: WebGPU if there is one. The last two rights
 * are for the folder that keeps the weights; without them they are fetched each time.
 */
import { load } from "semgrad";

const model = await load(Deno.args[0] ?? "SmolLM2-135M-Instruct");
const { choices, uncertainty } = await model.chat.completions.create({
  messages: [{ role: "user", content: "What is the capital of France?" }],
  uncertainty: true,
});
console.log(choices[0].message.content);
console.log(`confidence ${uncertainty?.confidence ?? `none: ${uncertainty?.confidence_reason}`}`);
console.log(`score ${uncertainty?.scores.semgrad.score} on ${uncertainty?.device}`);
model.dispose();
