/** `node ask.mjs [MODEL]`: a question, its answer, and how far to trust it. MODEL is a known name, a path or a URL. */
import { load } from "semgrad";

const model = await load(process.argv[2] ?? "SmolLM2-135M-Instruct");
const answer = await model.ask("What is the capital of France?", {
  onToken: ({ text }) => process.stdout.write(text),
});
console.log(`\nscore ${answer.scores.semgrad.score}`);
console.log(`confidence ${answer.confidence ?? `none: ${answer.confidenceReason}`}`);
model.dispose();
