/** `node ask.mjs [MODEL]`: a question, its answer, and how far to trust it. */
import { load } from "semgrad";

const model = await load(process.argv[2] ?? "SmolLM2-135M-Instruct", { cache: "none" });
const answer = await model.ask("What is the capital of France?", {
  prefix: model.info.profile?.prefix ?? "",
  maxTokens: 32,
  onToken: ({ text }) => process.stdout.write(text),
});
console.log(`\nscore ${answer.scores.semgrad.score}`);
console.log(`confidence ${answer.confidence ?? `none: ${answer.confidenceReason}`}`);
model.dispose();
