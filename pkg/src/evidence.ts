/**
 * Evidence: what was observed about one question, as any program can supply it and `ask({ evidence: true })` returns
 * it. These are the fields of the JSON that `semgrad methods eval` reads, hence in snake case.
 */

import type { ErrorRecord } from "./contract.js";

export type { Entailment, Evidence } from "./contract.js";

/** An observed number; null where what was observed is none. */
export type Observed = number | null;

/** One score of supplied evidence. */
export interface Evaluation {
  /** Higher means less sure; null where there is none. */
  score: number | null;
  /** Why there is none. */
  error?: ErrorRecord;
}
