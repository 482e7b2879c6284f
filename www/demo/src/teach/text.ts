/** Every word about teaching. */

import { TEXT as PAGE } from "../text.js";

/** Shares of questions that are answered. */
interface Engagement {
  before: number;
  after: number;
}

/** So many of what is called so. */
const some = (count: number, name: string) => `${count} ${name}${count === 1 ? "" : "s"}`;
const share = (part: number) => `${Math.round(100 * part)} %`;

/** How many of a list's questions were learned to be refused, and to be answered as before. */
interface Learned {
  refusals: number;
  own: number;
}

const listOf = (questions: number, learned: Learned | undefined) =>
  `a list of ${some(questions, "question")}${learned ? `: ${learned.refusals} to refuse, ${learned.own} to answer as before` : ""}`;

export const TEXT = {
  heading: "Teach it to say “I don't know”",
  intro:
    "A small model answers everything, also what it does not know. Here it learns to refuse what it is unsure of: it answers your questions, and where it is in doubt it is taught to say “I don't know”. What it learns is a lesson: a small file beside the model, which can be switched off or thrown away at any time.",
  honest:
    "Expect little of the smallest models: they are bad judges of what they do not know, and will also refuse some of what they would get right.",
  noModel: "Load a model first: what is learned belongs to it.",
  noTokenizer:
    "The model that is loaded came without what it reads words by, so nobody can ask it anything. Load another one.",
  gone: "The model was changed or put away meanwhile. What was done is kept, and goes on when it is loaded again.",
  full: PAGE.full,
  refused: "The browser keeps nothing here, as in a private window: all of it is lost when the page is closed.",
  pause: "Pause",
  elsewhere:
    "Another tab of this page is teaching this model. Here it can go on as soon as that one is done, paused or closed.",
  resting: "Resting for up to half a minute: this device is hot or busy.",
  list: {
    heading: "1. Your questions",
    hint: "One question a line, of the kind that you are going to ask, or a file of them. At least 20; better 200 and more, easy ones and hard ones. No answers are needed. Short questions that ask for one fact each are best.",
    files: "Which files it takes",
    fileKinds:
      "Plain text with one question a line; JSON lines with a field “question”; or a table (CSV) with a column “question”. JSON lines and tables may also have “answers”: what counts as right, as a list in JSON, parted by “|” in a table. Nothing is learned from these answers. With them the page can count in the end how many answers were right before and are right now.",
    label: "Questions, one a line",
    placeholder: "What is the capital of Peru?\nWho was the third president of Finland?",
    file: "Choose file",
    drop: "or drop a file on the box",
    example: "Take the example",
    found: (count: number, duplicates: number) => {
      const found = some(count, "question");
      if (duplicates === 0) return `${found}.`;
      const merged =
        duplicates === 1 ? "1 line repeats another one and does" : `${duplicates} lines repeat others and do`;
      return `${found}; ${merged} not count (capitals, spaces and the last question mark make no difference).`;
    },
    answers: (count: number) => `Right answers are given for ${count === 1 ? "1 of them" : `${count} of them`}.`,
    few: (least: number) => `Too few to learn from: at least ${least} are needed.`,
    bad: (line: number, why: string) => `Line ${line} ${why}`,
    more: (count: number) => `… and ${count} more lines with faults.`,
    problems: {
      json: "is not in the form of the others: it has no “question”.",
      long: "is longer than 500 characters and is left out.",
    },
    locked: "List and slider stay as they are while teaching has begun. Give it up to change them.",
    before: "What is going to happen",
    time: (asking: string, teaching: string) =>
      `About ${asking} to ask and ${teaching} to teach, by how fast this model wrote here. You can pause at any time and use the page meanwhile.`,
    noTime:
      "How long it takes is known after the first few questions: this model has not been used here yet. You can pause at any time and use the page meanwhile.",
    memory: (amount: string) => `About ${amount} of memory besides the model while it is taught.`,
    stays:
      "Nothing leaves this machine. Questions, answers and what is learned stay in this browser until you delete them.",
    only: "It learns from the questions in this box alone, never from pages that you visit. The model's own file is not changed.",
    terms: (prefix: string, words: number) =>
      `${prefix === "" ? "Nothing" : `“${prefix.trim()}”`} stands before each question, and an answer ends after about ${words} words at most, as the settings say.`,
  },
  ask: {
    heading: "2. What it is unsure of",
    drawnHint:
      "The model answers each question once, then ten more times with some chance in the choice of words. The more these ten disagree, the more it doubts.",
    likelyHint:
      "The model answers each question once. From how sure it was of its words, its calibration says how likely the answer is right: that is, an earlier test of how often it was right when it was that sure.",
    start: (count: number) => `Ask ${count} questions`,
    resume: (done: number, count: number) => `Go on (${done} of ${count} done)`,
    restart: "Forget the answers",
    sure: "Really forget them?",
    label: "Progress of the questions",
    progress: (done: number, count: number) => `${done} of ${count} asked`,
    ordinary: (done: number, count: number) =>
      `All are asked. Now ${done} of ${count} ordinary requests, whose answers are to stay as they are`,
    engine: "Loading the model that compares answers",
    paused: "Paused. What is done is kept in this browser and goes on later, after a reload too.",
    done: "All questions are asked.",
    slider: "Of what can be taught it should refuse about",
    of100: (count: number) => `${count} of 100`,
    list: "Your questions, the ones of most doubt first",
    doubt: (meanings: string) => `Ten answers say about ${meanings}.`,
    meanings: (count: number) =>
      count < 1.05 ? "the same thing" : `${count < 9.95 ? count.toFixed(1) : "10"} different things`,
    likely: (share: number) => `Of 100 such answers about ${Math.round(100 * share)} are right.`,
    noDoubt: "Nothing tells how sure it is.",
    drawn: "The ten answers",
    empty: "(empty)",
    targets: {
      own: "keeps its answer",
      refusal: "will say “I don't know”",
      unknown: "left out: nothing tells how sure it is",
      cut: "left out: its answer was cut off",
      close: "left out: too close to call",
      surplus: "left out: enough like it are taught",
    },
    otherKind: "left out: such questions were not tested",
    onlyLeftOut: "Show only what cannot be taught",
    leftOut: {
      count: (out: number, all: number) => `${out} of ${some(all, "question")} cannot be taught.`,
      kind: (count: number) =>
        `${count} ${count === 1 ? "is" : "are"} of another kind than short questions that ask for one fact: of others nobody tested how often this model is right.`,
      unknown: (count: number) => `Of ${count} nothing tells how sure it is.`,
      cut: (count: number) =>
        count === 1
          ? "1 answer was cut off at the longest length, so nobody can say how likely it is right."
          : `${count} answers were cut off at the longest length, so nobody can say how likely they are right.`,
      marked: "The list marks them.",
    },
    noneAble: "None of these questions can be taught. Take short ones that ask for one fact each.",
    rule: (able: number, refused: number) =>
      `Of the ${able} that can be taught it would refuse ${refused} and answer ${able - refused}.`,
    learned: (refusals: number, own: number) =>
      `It would learn from ${refusals} of the first to say “I don't know”, and from ${own} of the others to keep its answer: as many of the one as of the other, so that it does not learn to say always the same, and none that are too close to call or whose answer was cut off.`,
    oneSided:
      "With the slider there, there would be only refusals to learn, or only answers to keep: nothing to tell apart. Move it, or add questions that are easier or harder.",
  },
  train: {
    heading: "3. Teach",
    hint: "The model goes through its own answers and the refusals a few times, and through ordinary requests in between, so that it does not learn to refuse those.",
    start: "Teach it",
    time: (time: string) => `About ${time}.`,
    resume: (done: number, count: number) => `Go on (step ${done} of ${count})`,
    cancel: "Give it up",
    sure: "Really give it up?",
    label: "Progress of teaching",
    stages: {
      engine: "Loading the model that compares answers",
      ask: "Asking",
      ordinary: "Asking ordinary requests",
      train: "Learning",
      check: "Asking some of the questions again",
    } as Record<string, string>,
    starting: "Starting",
    steps: (done: number, count: number) => `step ${done} of ${count}`,
    questions: (done: number, count: number) => `${done} of ${count}`,
    memory: (amount: string) => `It takes about ${amount} of memory besides the model.`,
    paused: "Paused. What it has learned so far is kept in this browser and goes on later, after a reload too.",
    usable: "You can go on using the page, also to ask: questions come in between.",
    lessQuestions: "Take fewer or shorter questions, close other pages, or load a smaller model.",
    done: ({ before, after }: Engagement) =>
      after < before
        ? `Taught. Of the questions that were asked again it answered ${share(before)} before and answers ${share(after)} now. Try it below; the lesson is kept, and not in use yet.`
        : "Taught, but of the questions that were asked again it refuses no more than before. More questions may help, better some hundreds.",
  },
  curve: {
    lossHeading: "How far it still is from what it should say",
    loss: "distance",
    step: "step",
    lossLabel: (first: string, last: string) =>
      `Distance by step, which falls while it learns: from ${first} to ${last}. The thin line is each step, the thick one the mean of eight.`,
    table: "The steps as a table",
    tableLoss: "distance (loss: mean −ln p of what it should say)",
    engagement: "How many of the questions it answers",
    before: "before",
    after: "now",
    of: (answered: number, count: number) => `${answered} of ${count}`,
  },
  outcome: {
    caption: (count: number) => `${some(count, "question")} of the list, asked before and after`,
    before: "Before",
    was: {
      right: (count: number) => `${count} right`,
      wrong: (count: number) => `${count} wrong`,
      answered: (count: number) => `${count} answered`,
      refused: (count: number) => `${count} refused`,
    },
    now: { right: "right now", wrong: "wrong now", answered: "answered now", refused: "refused now" },
    noAnswers: "Whether they are right is not known: the list came without right answers.",
    partly: "Where it only says “answered”, the list came without a right answer.",
    own: "It learned from some of these questions. To others it may say “I don't know” less often, or where it should not.",
  },
  try: {
    heading: "4. Try it",
    hint: "The same question to the model as it was and as it is now. Ask what you taught, what you did not, and something ordinary, which it should not refuse.",
    label: "A question to try",
    placeholder: "A question of your own",
    ask: "Ask both",
    stop: "Stop",
    chips: "Questions to try",
    ordinary: ["Write a short poem about rain.", "Translate “good morning” into French.", "Name three fruits."],
    before: "Before",
    after: "After",
    waiting: "…",
    empty: "(empty)",
    stopped: "Stopped.",
    which: "Lesson",
    checked: "What became of the questions that were asked again",
    question: "Question",
  },
  kept: {
    heading: "What this model has learned",
    hint: "The last three lessons are kept in this browser. A fourth takes the place of the oldest that is not in use.",
    none: "None yet.",
    at: (at: Date) => new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" }).format(at),
    questions: (count: number, learned?: Learned) => `taught from ${listOf(count, learned)}`,
    file: (name: string) => `from ${name}`,
    engagement: ({ before, after }: Engagement) =>
      `answered ${share(before)} of its questions before, ${share(after)} now`,
    result: "What came of it",
    use: "In use on this page",
    useHint: "While one is in use, “Ask” says so, and shows no number for how far to trust an answer.",
    named: (action: string, at: string) => `${action}: lesson of ${at}`,
    try: "Try",
    export: "Export",
    drop: "Throw away",
    sure: "Really throw away?",
    dropped: "Thrown away. The model answers as it did before.",
    used: "In use.",
    unused: "Not in use. The model answers as it did before.",
    warning:
      "A lesson remembers what it was made from: whoever has the file can find out, far better than by guessing, whether a question was on your list. Give it only to those who may know.",
    format: "Elsewhere such a lesson is called an adapter (LoRA).",
    peft: "For Hugging Face's peft, vLLM and others, both files",
    gguf: "For llama.cpp and what is built on it, one file",
    ggufFile: (model: string) => `${model}.adapter.gguf`,
    take: "Load a lesson from files",
    takeHint: "One that was exported here or made elsewhere for this model: choose all of its files at once.",
    taken: "Loaded. It is kept, and not in use yet.",
  },
  ready: {
    taught: (questions: number | null, learned?: Learned) =>
      `It was taught to say “I don't know”${questions === null ? "" : ` from ${listOf(questions, learned)}`}. The number for how far to trust an answer was measured on the model as it was before, so there is none while this is on, unless you calibrate it anew.`,
    untaught: "Switch it off",
    notTaught: "What the model was taught is not in use. It is kept under “Teach”.",
  },
  machine: {
    heading: "What models were taught",
    none: "None yet.",
    remembers: "A lesson remembers what it was made from.",
    adapter: (at: string, questions: number | null, learned?: Learned) =>
      questions === null ? `lesson of ${at}` : `lesson of ${at}, from ${listOf(questions, learned)}`,
    answers: (count: number) =>
      `${count} ${count === 1 ? "answer" : "answers"} to questions that were to be taught, in this browser only.`,
    trainings: (count: number) => (count === 1 ? "1 lesson that is not done." : `${count} lessons that are not done.`),
    remove: "Remove",
    removeNamed: (name: string, at: string) => `Remove the lesson of ${name} of ${at}`,
    cleared: "Nothing that was taught is kept any more.",
  },
};
