/** Every word about answers that others wrote. */

const LIST = new Intl.ListFormat("en");
/** A share as so many of 100. */
const of100 = (share: number) => String(Math.round(100 * share));
/** So many of what is called so. */
const some = (count: number, name: string) => `${count} ${name}${count === 1 ? "" : "s"}`;

export const TEXT = {
  heading: "Answers that others wrote",
  what: "Can this model judge answers that it did not write? It looks at some that people have judged, and the page counts how often it doubts the wrong ones more than the right ones. Only where that is clearly more than chance will it judge such answers.",
  source: {
    hint: "One file or several, with one JSON object a line: question, answer, writer (who wrote it), right (true or false), and group where several questions are one. Answers by at least two writers, some right and some wrong.",
    data: "Public data of this kind: ",
    evouna: "EVOUNA",
    /** What follows the link. */
    after:
      ", answers of five systems from 2023 to questions of fact. Its files NQ.json and TQ.json can be chosen as they are, best both at once.",
    address: "https://github.com/wangcunxiang/QA-Eval/tree/main/EVOUNA",
    choose: "Choose files",
    drop: "or drop them here",
    names: (names: readonly string[]) => LIST.format(names),
    badIn: (file: string, line: number, why: string) => `${file}, line ${line}: ${why}`,
    count: "Questions to use",
    countHint: "Drawn at random. More questions make the result surer, and take longer.",
    found: (name: string, questions: number, answers: number, writers: number, wrong: number) =>
      `${name}: ${some(questions, "question")}, ${some(answers, "answer")} by ${some(writers, "writer")}, ${wrong} of them wrong.`,
    oneWriter:
      "All are by one writer. At least two are needed: a model is tested on answers of writers that it has not seen.",
    oneSided: "All are right, or all are wrong. Both kinds are needed.",
    sets: (names: readonly string[]) =>
      `The questions are of several sets (${LIST.format(names)}); answers are compared within each, because one may be harder.`,
    none: (name: string) => `${name}: no answers were found.`,
    problems: {
      json: "is no JSON object",
      question: "has no question",
      answer: "has no answer",
      writer: "does not say who wrote the answer (writer)",
      right: "does not say whether the answer is right (true or false)",
    },
  },
  run: {
    start: (count: number) => `Look at ${some(count, "answer")}`,
    resume: (done: number, count: number) => `Go on (${done} of ${count} done)`,
    result: "Show the result",
    pause: "Pause",
    forget: "Forget what was seen",
    sure: "Really forget it?",
    label: "Progress of looking at the answers",
    progress: (done: number, count: number) => `${done} of ${count} answers looked at`,
    time: (time: string) => `About ${time}, by how fast this model wrote here. You can pause at any time.`,
    noTime: "How long it takes is known after the first few answers. You can pause at any time.",
    fitting: "Counting. With many answers this takes some minutes.",
    unlike: (count: number) =>
      count === 1
        ? "1 answer is left out: its question asks for no single fact."
        : `${count} answers are left out: their questions ask for no single fact.`,
    failed: (count: number) =>
      count === 1
        ? "1 answer is left out: it is too long for this model."
        : `${count} answers are left out: they are too long for this model.`,
  },
  result: {
    heading: "What came of it",
    cases: (share: number, low: number, high: number) =>
      `Of a wrong and a right answer the wrong one was doubted more in ${of100(share)} of 100 cases (between ${of100(low)} and ${of100(high)}).`,
    unsure: (share: number) =>
      `Of a wrong and a right answer the wrong one was doubted more in ${of100(share)} of 100 cases, but there are too few answers to say how far that is chance.`,
    undefined: "No writer has both right and wrong answers, so nothing can be compared.",
    enough:
      "That is enough: this model will judge answers of others, and say with each how little or much that is worth.",
    close:
      "That may still be little more than chance, so this model will not judge answers of others. More questions, or a larger model, may tell more.",
    little: "That is too little: this model will not judge answers of others. A larger one may.",
    looks: (share: number) =>
      `What the answers look like (how long they are, how they hedge, how many digits and names they have) tells as much alone in ${of100(share)} of 100 cases.`,
    table:
      "By writer: in how many of 100 cases the wrong answer was doubted more than the right one. Guessing gives 50.",
    columns: { writer: "Writer", answers: "Answers", model: "This model", looks: "Looks alone" },
    answers: (all: number, wrong: number) => `${all}, ${wrong} wrong`,
    share: of100,
    all: "All",
    unseen: "Each answer was judged by a fit that had seen neither its writer nor its question.",
    silent: "Used all the same, it lets the model say why it does not judge.",
    use: "Use it",
    download: "Download the file",
  },
  machine: {
    kept: (count: number) => `What models saw of ${some(count, "answer")} that others wrote, in this browser only.`,
  },
};
