import { load } from "semgrad";

const output = document.querySelector("#output");
const options = new URLSearchParams(location.search);
try {
  const model = await load(options.get("model") ?? "SmolLM2-135M-Instruct");
  const stream = await model.chat.completions.create({
    messages: [{ role: "user", content: "What is the capital of France?" }],
    stream: true,
    uncertainty: true,
  });
  output.textContent = "";
  for await (const { choices, uncertainty } of stream) {
    output.append(choices[0].delta.content ?? "");
    if (!uncertainty) continue;
    output.append(`\nscore ${uncertainty.scores.semgrad.score}`);
    output.append(`\nconfidence ${uncertainty.confidence ?? `none: ${uncertainty.confidence_reason}`}`);
  }
} catch (error) {
  output.textContent = `error ${error.code}: ${error.message}\n${error.advice}`;
}
