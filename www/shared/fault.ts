/** A fault that rules found, in one line: what the answer says, and what is right. */

import type { Fault } from "semgrad";

/** Two sentences: each message is one by itself. */
export const faultLine = ({ said, message }: Pick<Fault, "said" | "message">): string =>
  `The answer says “${said}”. ${message}`;
