/**
 * Teachers.
 *
 * Made from the Rust types by `cargo xtask contract`: change those.
 */

/** Who can say what a model does not know, and what each of them has to be told. */
export const TEACHERS = [
  { id: "semantic_entropy", title: "Semantic entropy", reads: "ten samples, compared by meaning", samples: true },
  {
    id: "exact_spread",
    title: "Exact spread (R-Tuning-U)",
    reads: "ten samples, compared letter by letter",
    samples: true,
  },
  { id: "confidence", title: "Calibrated confidence", reads: "a calibrated profile of the model", samples: false },
  { id: "labels", title: "Right or wrong (R-Tuning)", reads: "right answers to judge by", samples: false },
  {
    id: "shuffled",
    title: "Shuffled semantic entropy (control)",
    reads: "ten samples, compared by meaning",
    samples: true,
  },
  { id: "none", title: "Own answers only (control)", reads: "nothing", samples: false },
] as const;
