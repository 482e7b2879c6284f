/** The color of a judgment: that of its headline, which can be more careful than the verdict behind it. */

import type { Answer } from "semgrad";

type Explanation = Answer["explanation"];

/** A verdict, or none. */
export type Tone = "answer" | "flag" | "abstain" | "none";

const TONES: Record<Explanation["verdict"], Tone> = {
  "Probably right": "answer",
  "Check this": "flag",
  "Do not rely on this": "abstain",
  "No judgment": "none",
};

export const toneOf = ({ verdict }: Explanation): Tone => TONES[verdict] ?? "none";
