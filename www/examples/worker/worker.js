/** An edge worker that scores answers of any model: `POST` evidence, which holds log-probabilities and samples. */
import { evaluate } from "semgrad/edge";
import wasm from "semgrad/scores.wasm";

export default {
  async fetch(request) {
    try {
      const scores = await evaluate(await request.text(), {
        wasm,
        methods: ["gnll", "perplexity", "semantic_entropy"],
      });
      return Response.json(scores);
    } catch (error) {
      return Response.json(error, { status: 400 });
    }
  },
};
