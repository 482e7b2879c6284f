/** Every word the page says, except title and description in index.html. */

export const TEXT = {
  tagline: "A small language model that runs in your browser and shows how sure it is.",
  privacy: "Everything happens on this machine. What you type is never sent anywhere.",

  model: {
    heading: "Model",
    known: "Choose a model",
    onMachine: "on this machine",
    fromPage: "from this page",
    fromHub: (host: string) => `from ${host}`,
    noSource: "only from your own file",
    base: "base model, continues text",
    own: "Your own model",
    ownHint: "A .gguf file, a folder with config.json and safetensors, or the address of either. Drop files here, too.",
    chooseFile: "Choose file",
    chooseFolder: "Choose folder",
    address: "Address of a model",
    addressPlaceholder: "https://…/model.gguf",
    ownFile: (name: string, size: string) => `${name} (${size})`,
    ownFolder: (count: number, size: string) => `${count} files (${size})`,
    device: "Run on",
    devices: { auto: "Auto", webgpu: "WebGPU", cpu: "CPU" },
    deviceHint: "Auto takes the graphics card when the browser offers one that computes right.",
    load: "Load",
    loadCached: "Load from this machine",
    download: (size: string) => `Download ${size} and load`,
    nothingChosen: "Choose a file first, or give an address.",
    change: "Change model",
    cancel: "Cancel",
    cancelled: "Loading cancelled. What was downloaded is kept and continues next time.",
  },

  progress: {
    start: "Starting",
    download: "Downloading",
    verify: "Checking",
    load: "Loading into memory",
    amount: (done: string, total: string) => `${done} of ${total}`,
    speed: (speed: string) => `${speed}/s`,
    left: (time: string) => `${time} left`,
    label: "Loading progress",
  },

  ready: {
    facts: (parameters: string, layers: number) => `${parameters} parameters, ${layers} layers`,
    cpu: "CPU",
    cpuBecause: (reason: string) => `CPU, because ${reason}`,
    webgpu: (adapter: string | null) => (adapter ? `WebGPU, ${adapter}` : "WebGPU"),
    announce: (name: string) => `${name} is ready.`,
    noTokenizer: "This model has no tokenizer: it can only be used with token ids, not on this page.",
  },

  ask: {
    label: "Your question",
    placeholder: "Ask a short question",
    placeholderUnloaded: "Load a model first",
    send: "Ask",
    stop: "Stop",
    hint: "Enter sends, Shift and Enter starts a new line.",
  },

  answer: {
    empty: "The model gave an empty answer.",
    reading: "Reading the question",
    writing: "Writing",
    scoring: "Measuring how sure it was",
    stopped: "Stopped. Scores are made for finished answers only.",
    announceDone: "Answer finished.",
    cut: "The answer was cut at the length limit.",
    tokens: "Answer, shaded by uncertainty. Use the arrow keys to inspect each token.",
    legend: "Each word is shaded by the entropy of the choice",
    legendLow: "sure",
    legendHigh: "unsure",
    inspectHint: "Point at a word, or focus the answer and use the arrow keys.",
    token: "Token",
    end: "end",
    probability: "probability",
    entropy: (value: string) => `entropy ${value} nats`,
    unknownToken: (id: number) => `token ${id}`,
  },

  scores: {
    heading: "Uncertainty scores",
    caption:
      "Raw numbers, higher means less sure. They are not calibrated for this model yet: compare answers with each other, do not read them as chances of being right.",
    method: "Method",
    score: "Score",
    cost: "Cost",
    passes: (count: number) => (count === 1 ? "1 extra pass" : `${count} extra passes`),
    noPasses: "no extra pass",
    failed: "failed",
    names: {
      semgrad: ["SemGrad", "how far the answer would move if the meaning of the question moved"],
      paragrad: ["ParaGrad", "how far the output weights would move, weighted by entropy"],
      exgrad: ["ExGrad", "the same, not weighted by entropy"],
      hybridgrad: ["HybridGrad", "SemGrad and ParaGrad, mixed by how sure the words were"],
    } as Record<string, [string, string]>,
  },

  facts: {
    heading: "How it was computed",
    device: "Device",
    speed: "Speed",
    speedValue: (rate: string, prefill: string, decode: string) =>
      `${rate} tokens per second (question ${prefill}, answer ${decode})`,
    scoring: "Scoring",
    position: "Gradients at",
    positionValue: (index: number, count: number, token: string | null, rule: string) =>
      `prompt token ${index + 1} of ${count}${token ? ` (${token})` : ""}, chosen by ${rule}`,
    alpha: "Mean certainty of the words",
    warnings: "Notes",
  },

  problem: {
    heading: "That did not work",
    code: "Error code",
    dismiss: "Dismiss",
  },

  footer: {
    method: "The scores are exact gradients, taken through the model that gave the answer.",
    offline: "Once loaded, this page and its model work without a network.",
  },
};
