const LIST = new Intl.ListFormat("en");
/** A number on the same line as what it counts. */
const together = (text: string) => text.replaceAll(" ", "\u00a0");

/** Every word of the parts that are here. */

export const TEXT = {
  ask: {
    label: "Your question",
    placeholder: "Ask a short question",
    placeholderUnloaded: "Load a model first",
    send: "Ask",
    stop: "Stop",
    hint: "Enter sends, Shift and Enter starts a new line.",
  },

  words: {
    label: "Answer. Use the arrow keys to go from word to word.",
    legend: "Where the model was least sure",
    legendLow: "less",
    legendHigh: "more",
    hint: "Point at a word, or use the arrow keys, to see how likely the model found it.",
    odds: (word: string, odds: string) =>
      `“${word}”: when it came to this word, the model gave it ${odds} of 100. That is about the wording, not about being right.`,
    rivals: (rivals: readonly (readonly [beginning: string, odds: string])[]) =>
      `Here the model also considered ${LIST.format(rivals.map(([text, odds]) => `“${text}” (${together(`${odds} of 100`)})`))}.`,
  },

  checked: {
    label: "Checked by rules",
    heading: "Something here does not add up",
    hint: "Found by rules, without the model. What they do not name may still be wrong.",
  },

  judgement: {
    label: "How far to trust this answer",
    guarantee: "What is guaranteed?",
  },

  why: {
    tab: "Why",
    heading: "Why this judgment",
    caption:
      "The line in the middle is this model’s average answer. A bar to the right speaks for this answer, one to the left against it.",
    up: "speaks for it",
    down: "speaks against it",
    more: (count: number) => (count === 1 ? "1 weaker signal" : `${count} weaker signals`),
    signals: "What each signal adds",
    signalsHint: "In log-odds of being right, beginning with the average answer.",
    start: (value: string) => `The average answer has ${value}.`,
    /** By kind of signal. */
    kinds: {
      words: "How far it hesitated over its words",
      meaning: "How far it wavers when the question shifts",
      others: "How likely another answer is",
      attention: "Where its attention was",
      answer: "How long the answer is",
      question: "How long the question is",
      state: "Its inner state at the end",
      other: "Other signals",
    } as Record<string, string>,
    /** Signals that are no scores. */
    own: {
      answer_tokens: "Length of the answer",
      prompt_tokens: "Length of the question",
      state: "The model’s inner state",
    } as Record<string, string>,
  },

  choices: {
    device: "Run on",
    devices: { auto: "Auto", webgpu: "WebGPU", cpu: "CPU" },
    right: (count: number) => `right on ${count} of 100 test questions`,
    judges: (able: boolean) => (able ? "judges answers of others" : "cannot judge answers of others"),
  },

  progress: {
    start: "Starting",
    download: "Downloading",
    verify: "Checking",
    load: "Loading into memory",
    offline: "Keeping the page for offline use",
    amount: (done: string, total: string) => `${done} of ${total}`,
    speed: (speed: string) => `${speed}/s`,
    left: (time: string) => `${time} left`,
    label: "Loading progress",
    cancel: "Cancel",
  },

  scores: {
    tab: "Scores",
    heading: "Uncertainty scores",
    caption: "Higher means less sure. Raw scores are not chances of being right: compare them between answers.",
    method: "Method",
    score: "Score",
    confidence: "Confidence",
    cost: "Cost",
    passes: (count: number) => (count === 1 ? "1 extra pass" : `${count} extra passes`),
    noPasses: "no extra pass",
    failed: "failed",
    waiting: "…",
    groups: {
      gradients: "Gradients",
      words: "Probabilities of the words",
      inside: "Attention and geometry",
      samples: "Ten answers",
    } as Record<string, string>,
    /** By method: its name, what it says, and its group. */
    names: {
      semgrad: ["SemGrad", "how far the answer would move if the meaning of the question moved", "gradients"],
      paragrad: ["ParaGrad", "how far the output weights would move, weighted by entropy", "gradients"],
      exgrad: ["ExGrad", "the same, not weighted by entropy", "gradients"],
      hybridgrad: ["HybridGrad", "SemGrad and ParaGrad, mixed by how sure the words were", "gradients"],
      semgrad_last: ["SemGrad, last layer", "the same as SemGrad, in the last layer only", "gradients"],
      gnll: ["G-NLL", "how improbable the whole answer is", "words"],
      perplexity: ["Perplexity", "how many choices each word had, on average", "words"],
      mean_token_entropy: ["Mean entropy", "how open the choice of each word was, on average", "words"],
      max_token_entropy: ["Largest entropy", "how open the widest choice was", "words"],
      lsc: ["Lowest span confidence", "how improbable its least probable few words in a row are", "words"],
      boosted_prob: ["Boosted probability", "probability of the words, with their rivals of the same rank", "words"],
      self_certainty: ["Self-certainty", "how far the choices were from pure chance", "words"],
      renyi: ["Rényi divergence", "the same, by another distance", "words"],
      fisher_rao: ["Fisher–Rao", "the same, by the distance on the sphere of distributions", "words"],
      attention_score: ["Attention score", "how much the answer looks at itself", "inside"],
      rauq: ["RAUQ", "probabilities passed on along the attention heads that matter", "inside"],
      nci: ["NCI", "how close the last states are to the chosen words", "inside"],
      fdbd: ["fDBD", "how far the last states are from another choice", "inside"],
      semantic_entropy: ["Semantic entropy", "how the probability spreads over meanings", "samples"],
      discrete_semantic_entropy: ["Semantic entropy, counted", "how the answers spread over meanings", "samples"],
      num_set: ["Number of meanings", "how many different ones there are", "samples"],
      lexical_similarity: ["Lexical similarity", "how alike the answers are, word by word", "samples"],
    } as Record<string, [string, string, string]>,
  },

  problem: {
    heading: "That did not work",
    on: (device: string) => `That did not work on ${device}`,
    code: "Error code",
    dismiss: "Dismiss",
    report: "Please report this.",
  },
};
