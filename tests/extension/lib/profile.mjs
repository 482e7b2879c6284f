/** A profile fitted on given answers, and what the package says with it outside the extension. */
import { readFileSync } from "node:fs";
import { calibrate, load } from "../../../pkg/dist/index.js";

/** Scores in the range of the real ones: the lower, the likelier right, with exceptions on both sides. */
function rows() {
  return Array.from({ length: 60 }, (_, index) => ({
    scores: { semgrad: 2e-5 * 1.05 ** index },
    tokens: 8,
    right: index % 7 === 3 ? index >= 30 : index < 30,
  }));
}

/** The profile as JSON, and what is said about that answer with it. */
export async function fitted(path, question, answer) {
  const { calibration } = await calibrate(rows(), { answers: "given", methods: ["semgrad"], judge: "made up" });
  const model = await load(new Blob([readFileSync(path)]), { device: "cpu", cache: "none" });
  try {
    const profile = await model.createProfile(calibration, { prefix: "" });
    await model.useProfile(profile);
    const { confidence, confidenceReason, explanation } = await model.score(question, answer);
    return { json: JSON.stringify(profile), confidence, confidenceReason, chance: explanation.chance };
  } finally {
    model.dispose();
  }
}
