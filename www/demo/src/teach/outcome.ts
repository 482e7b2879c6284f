/** What became of the questions that were asked before and after: right, wrong, or refused, as far as it is known. */

import type { Checked } from "semgrad";

/** What an answer is; only `answered` where nobody said what is right. */
export const KINDS = ["right", "wrong", "answered", "refused"] as const;
export type Kind = (typeof KINDS)[number];

/** Questions that were alike before, and how many of them are what now. */
export interface Outcome {
  before: Kind;
  count: number;
  now: Record<Kind, number>;
}

/** In the order of the kinds; those that there were. */
export function outcomes(checked: readonly Checked[]): Outcome[] {
  return KINDS.flatMap((before) => {
    const alike = checked.filter((one) => kindOf(one, "before") === before);
    if (alike.length === 0) return [];
    const count = (kind: Kind) => alike.filter((one) => kindOf(one, "after") === kind).length;
    const now = {
      right: count("right"),
      wrong: count("wrong"),
      answered: count("answered"),
      refused: count("refused"),
    };
    return [{ before, count: alike.length, now }];
  });
}

function kindOf({ refuses, right }: Checked, time: "before" | "after"): Kind {
  if (refuses[time]) return "refused";
  const known = right[time];
  return known === null ? "answered" : known ? "right" : "wrong";
}
