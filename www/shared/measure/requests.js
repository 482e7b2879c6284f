/**
 * How a benchmark asks, so that neither memory of an earlier question nor a missing tokenizer spoils a measurement. Used
 * by the page that measures a device and by `cargo xtask bench`, hence plain JavaScript.
 *
 * @typedef {import("semgrad").RawRequest} Request
 */

/** The model remembers its last prompt; one that begins with another token makes it forget. */
export const FORGET = { prompt_ids: [0], max_tokens: 1, methods: [] };

/**
 * The same question with another number, so that nobody answers from a cache.
 *
 * @param {Request} request
 * @param {number} repetition
 * @returns {Request}
 */
export function varied(request, repetition) {
  if (request.question === undefined) return request;
  return { ...request, question: `${request.question} (${repetition + 1})` };
}

/**
 * Which of the methods this build knows: each is asked for with two made-up tokens.
 *
 * @param {(request: Request) => Promise<unknown>} run rejects for a method that is not there
 * @param {readonly string[]} methods
 */
export async function knownMethods(run, methods) {
  const found = [];
  for (const method of methods) {
    const probe = run({ prompt_ids: [1], response_ids: [2], methods: [method] });
    const known = await probe.then(
      () => true,
      () => false,
    );
    if (known) found.push(method);
  }
  return found;
}

/** English text has about this many characters a token. */
const CHARACTERS = 4.5;

/**
 * The request as the model can take it: without a tokenizer as many made-up ids, and never more than its context holds.
 *
 * @param {Request} request
 * @param {{ tokenizer: boolean, vocab: number, context: number }} info
 * @returns {Request}
 */
export function fitted({ question = "", ...request }, { tokenizer, vocab, context }) {
  if (tokenizer) return { ...request, question };
  const room = context - (request.max_tokens ?? 1);
  const length = Math.max(1, Math.min(Math.ceil(question.length / CHARACTERS), room));
  const prompt = Array.from({ length }, (_, index) => 1 + ((index * 7919) % (vocab - 1)));
  return { ...request, prompt_ids: prompt, semantic_position: "-1" };
}
