/** Words instead of tokens: where they are, which of them say something, and which of them the doubt is about. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bundle } from "./lib/bundle.mjs";

const { align } = await bundle("www/shared/align.ts");
const { pieces } = await bundle("www/shared/words.ts");
const { weigh } = await bundle("www/shared/doubt.ts");
const { told } = await bundle("www/shared/told.ts");
const { withoutLabel } = await bundle("www/shared/without-label.ts");
const { questionStart, questionWords } = await bundle("www/demo/src/ask/question-words.ts");

const CHECK = "Check this";
const HALF = "\ufffd";
const cut = (text, ranges) => ranges?.map(([start, end]) => text.slice(start, end));

test("tokens are found at the end of a text, whatever stands before it", () => {
  const text = "Who is?";
  assert.deepEqual(cut(text, align(["Q:", " Wh", "o", " is", "?"], text)), ["", "Wh", "o", " is", "?"]);
  assert.deepEqual(cut(text, align(["Who", "", " is?"], text)), ["Who", "", " is?"]);
  assert.equal(align(["Who", " was", "?"], text), null);
  assert.equal(align(["is?"], text), null);
  assert.equal(align([], text), null);
  assert.deepEqual(align(["a"], ""), [[0, 0]]);
});

test("what a model writes before an answer is not shown, and its words are found all the same", () => {
  for (const [written, shown] of [
    ["A: Paris", "Paris"],
    [" A: Paris. A: yes", "Paris. A: yes"],
    ["Answer: Paris", "Paris"],
    ["**Answer:** Paris", "Paris"],
    ["**Answer**: Paris", "Paris"],
    ["A:", ""],
    ["A", "A"],
    ["A river: the Seine", "A river: the Seine"],
    ["Answers: Paris", "Answers: Paris"],
    ["USA: Washington", "USA: Washington"],
    [" Paris", " Paris"],
  ])
    assert.equal(withoutLabel(written), shown, written);
  const tokens = ["A", ":", " Par", "is"].map((text) => ({ text, logprob: -0.5 }));
  const explanation = { verdict: CHECK };
  const answer = told({
    text: "A: Paris",
    finishReason: "stop",
    explanation,
    tokens: [...tokens, { text: "", logprob: -0.1 }],
  });
  assert.equal(answer.text, "Paris");
  const [word] = weigh(answer, "Where?");
  assert.deepEqual([word.text, word.tokens], ["Paris", [2, 3]]);
});

test("halves of letters share the letter that they make together", () => {
  // As byte-level vocabularies cut what they have no token for.
  const spanish = "¿Qué año?";
  const tokens = [HALF, HALF, "Qu", HALF, HALF, " a", HALF, HALF, "o", "?"];
  assert.deepEqual(cut(spanish, align(tokens, spanish)), ["¿", "¿", "Qu", "é", "é", " a", "ñ", "ñ", "o", "?"]);
  const japanese = "富士山は";
  assert.deepEqual(cut(japanese, align(["Q: ", HALF, HALF, HALF, "山", "は"], japanese)), [
    "",
    "富士",
    "富士",
    "富士",
    "山",
    "は",
  ]);
  // What could be either is settled by what comes before it.
  const twice = "のの";
  assert.deepEqual(cut(twice, align([HALF, HALF, "の"], twice)), ["の", "の", "の"]);
  assert.deepEqual(cut(twice, align(["の", HALF, HALF], twice)), ["の", "の", "の"]);
  assert.equal(align([HALF, "d"], "ac"), null);
  assert.equal(align(["b", HALF, "c"], "aaac"), null, "one half is not three letters");
});

test("many halves that fit nowhere are given up in time", () => {
  const tokens = Array.from({ length: 200 }, (_, index) => (index % 2 ? "x" : `${HALF}${HALF}${HALF}`));
  assert.equal(align(tokens, `${"q".repeat(10)}${"éx".repeat(100)}`), null);
});

test("words are made of tokens, and some say nothing of their own", () => {
  const found = pieces("The capital is São Paulo, not Rio.", [
    "The",
    " capital",
    " is",
    " S",
    HALF,
    HALF,
    "o",
    " Pa",
    "ulo",
    ",",
    " not",
    " Rio",
    ".",
  ]);
  assert.equal(found.map(({ text }) => text).join(""), "The capital is São Paulo, not Rio.");
  const content = found.filter((piece) => piece.content);
  assert.deepEqual(
    content.map(({ text, tokens }) => [text, ...tokens]),
    [
      ["capital", 1],
      ["São", 3, 4, 5, 6],
      ["Paulo", 7, 8],
      ["not", 10],
      ["Rio", 11],
    ],
  );
  // Without spaces, and without tokens.
  const japanese = pieces("富士山です。", []);
  assert.equal(japanese.map(({ text }) => text).join(""), "富士山です。");
  assert.ok(japanese.some(({ content }) => content) && japanese.every(({ tokens }) => tokens.length === 0));
});

/** An answer by tokens and their probabilities. */
const answer = (verdict, ...tokens) => ({
  text: tokens
    .map(([text]) => text)
    .join("")
    .trim(),
  explanation: { verdict },
  tokens: tokens.map(([text, odds]) => ({ text, logprob: Math.log(odds) })),
});
const shades = (weighed) =>
  Object.fromEntries(
    weighed.filter(({ odds }) => odds !== null).map(({ text, shade }) => [text, Number(shade.toFixed(3))]),
  );

test("the doubt is about what the answer adds, not about how it begins", () => {
  const tokens = [
    ["The", 0.3],
    [" capital", 0.6],
    [" of", 0.99],
    [" France", 0.9],
    [" is", 0.99],
    [" Par", 0.8],
    ["is", 1],
    [".", 0.9],
  ];
  const question = "What is the capital of France?";
  assert.deepEqual(shades(weigh(answer(CHECK, ...tokens), question)), {
    The: 0,
    capital: 0,
    of: 0,
    France: 0,
    is: 0,
    Paris: 1,
  });
  const years = answer("Do not rely on this", ["In", 0.2], [" 19", 0.9], ["50", 0.5], [" or", 0.1], [" 1960", 0.89]);
  const weighed = weigh(years, question);
  assert.deepEqual(shades(weighed), { In: 0, 1950: 1, or: 0, 1960: 0.2 });
  assert.ok(Math.abs(weighed.find(({ text }) => text === "1950").odds - 0.45) < 1e-9);
});

test("the picture agrees with the verdict: nothing is shaded in an answer that is probably right, or was not judged", () => {
  for (const verdict of ["Probably right", "No judgment"]) {
    const weighed = weigh(answer(verdict, [" Par", 0.1], ["is", 0.5]), "Which city?");
    assert.deepEqual(shades(weighed), { Paris: 0 });
    assert.equal(weighed[0].odds.toFixed(3), "0.050");
  }
  // An answer that only repeats, or only says yes, is what the doubt is about.
  assert.deepEqual(shades(weigh(answer(CHECK, ["In", 0.9], [" France", 0.5]), "Is it in France?")), {
    In: 0,
    France: 1,
  });
  assert.deepEqual(shades(weigh(answer(CHECK, ["It", 0.5], [" is", 0.75]), "Is it?")), { It: 1, is: 0.5 });
});

/** A token with its rivals. */
const token = (text, odds, ...rivals) => ({
  text,
  logprob: Math.log(odds),
  rivals: rivals.map(([other, p]) => ({ text: other, logprob: Math.log(p) })),
});
const rivals = (question, ...tokens) =>
  rivalsIn(
    tokens
      .map(({ text }) => text)
      .join("")
      .trim(),
    question,
    tokens,
  );
const rivalsIn = (text, question, tokens) => {
  const weighed = weigh({ text, tokens, explanation: { verdict: "Probably right" } }, question);
  const told = ({ rivals }) => rivals.map(({ text: other, odds }) => [other, Number(odds.toFixed(3))]);
  return Object.fromEntries(
    weighed.filter((piece) => piece.rivals.length > 0).map((piece) => [piece.text, told(piece)]),
  );
};

test("a word's rivals are how other words would have begun, where the model was torn most", () => {
  const question = "What is the capital of France?";
  const paris = [token(" Par", 0.7, [" Ly", 0.12], [" Nice", 0.03]), token("is", 0.99, ["ma", 0.01])];
  assert.deepEqual(
    rivals(question, token("It", 0.4, ["Rome", 0.3]), token(" is", 1), ...paris, token(".", 0.5, [" Rome", 0.4])),
    {
      Paris: [
        ["Ly", 0.12],
        ["Nice", 0.03],
      ],
    },
  );
  // Within a word, together with how it begins; digits, too.
  const year = (...last) => [token("19", 1), token("50", 0.5, ...last)];
  assert.deepEqual(rivals("When?", ...year(["40", 0.3], [" or", 0.1], [".", 0.05])), { 1950: [["1940", 0.3]] });
  // What repeats the question is none of the answer, whatever else it might have been.
  assert.deepEqual(rivals(question, token("France", 0.5, ["Spain", 0.4]), token(" Paris", 1)), {});
});

test("the same word in other pieces, marks, and the end are no rivals", () => {
  const of = (...others) => rivals("Where?", token(" Par", 0.5, ...others), token("is", 1));
  for (const same of [" Paris", "paris", " P", " PAR", "\n", " **", "<|im_end|>", HALF, "", " the", ","]) {
    assert.deepEqual(of([same, 0.3]), {}, JSON.stringify(same));
  }
  assert.deepEqual(of([" Lyon", 0.2], ["Lyon", 0.1], [" (Nice", 0.15]), {
    Paris: [
      ["Lyon", 0.3],
      ["Nice", 0.15],
    ],
  });
  assert.deepEqual(of([" Parisian", 0.1]), { Paris: [["Parisian", 0.1]] });
  // Half of a letter before it: how the word would begin is not known.
  const half = [token(HALF, 1), token(HALF, 1), token("ber", 0.5, ["de", 0.4])];
  assert.deepEqual(rivalsIn("éber", "Where?", half), {});
  // Without a text, and without rivals.
  assert.deepEqual(rivals("Where?", { text: " Rome", logprob: 0, rivals: [{ text: null, logprob: -1 }] }), {});
  assert.deepEqual(rivals("Where?", { text: " Rome", logprob: 0 }), {});
});

test("tokens that are not those of the text say nothing", () => {
  const strange = { text: "Paris", explanation: { verdict: CHECK }, tokens: [{ text: "Rome", logprob: -1 }] };
  assert.deepEqual(
    weigh(strange, "").map(({ text, odds, shade }) => [text, odds, shade]),
    [["Paris", null, 0]],
  );
  assert.deepEqual(weigh({ text: null, explanation: { verdict: CHECK }, tokens: [] }, "?"), []);
});

test("what ends a turn is no part of the answer", () => {
  const made = (finishReason, text, ...tokens) =>
    told({ finishReason, text, tokens: tokens.map((token) => ({ text: token, logprob: 0 })) }).tokens.map(
      (token) => token.text,
    );
  assert.deepEqual(made("stop", "Paris", "Paris", "<|im_end|>"), ["Paris"]);
  assert.deepEqual(made("given", "Paris", "Paris", "<|im_end|>"), ["Paris"]);
  assert.deepEqual(made("stop", "Paris", "Paris", ""), ["Paris"]);
  assert.deepEqual(made("length", "Paris", "Par", "is"), ["Par", "is"]);
  assert.deepEqual(made("given", "Paris", "Par", "is"), ["Par", "is"]);
  assert.deepEqual(made("given", "né", "n", HALF, HALF), ["n", HALF, HALF]);
  const other = { id: 7, text: " Rome", logprob: -1 };
  const { tokens } = told({
    finishReason: "length",
    text: "Paris",
    tokens: [{ text: "Paris", logprob: 0, rivals: [other] }],
  });
  assert.deepEqual(tokens, [{ text: "Paris", logprob: 0, rivals: [{ text: " Rome", logprob: -1 }] }]);
});

/** A prompt with the gradient at each token, of one layer. */
const attribution = (...tokens) => ({
  tokens: tokens.map(([text, , part = "user"], id) => ({ id, text, part })),
  gradients: [null, tokens.map(([, gradient]) => gradient)],
});

test("the question is shaded by words, those that say something", () => {
  const prompt = attribution(
    ["<s>", 9, "template"],
    ["Answer. Q:", 9],
    [" Wh", 1],
    ["o", 2],
    [" painted", 4],
    [" Guern", 3],
    ["ica", 8],
    ["?", 9],
    ["<end>", 9, "template"],
  );
  const words = questionWords(prompt, "Who painted Guernica?");
  assert.equal(words.map(({ text }) => text).join(""), "Who painted Guernica?");
  assert.deepEqual(
    words.filter(({ shade }) => shade > 0),
    [
      { text: "painted", shade: 0.5 },
      { text: "Guernica", shade: 1 },
    ],
  );
  assert.equal(questionStart(prompt, "Who painted Guernica?"), 2);
  assert.equal(questionStart(prompt, "Something else?"), 0);
  assert.ok(questionWords(prompt, "Something else?").every(({ shade }) => shade === 0));
});

test("a question whose letters are cut in halves is shaded all the same", () => {
  const prompt = attribution(
    ["Q: ", 1],
    [HALF, 1],
    [HALF, 1],
    ["Qu", 2],
    [HALF, 1],
    [HALF, 6],
    [" mont", 3],
    ["a", 1],
    [HALF, 12],
    [HALF, 1],
    ["a", 2],
    ["?", 1],
  );
  const words = questionWords(prompt, "¿Qué montaña?");
  assert.deepEqual(
    words.filter(({ shade }) => shade > 0),
    [
      { text: "Qué", shade: 0.5 },
      { text: "montaña", shade: 1 },
    ],
  );
});
