/** What of an answer is said: models that are asked behind a “Q:” begin with “A:”, which is no part of it. */

/** That beginning, also where it is set in bold. */
const LABEL = /^\s*(?:\*\*)?(?:A|Answer)\s*(?::\s*\*\*|(?:\*\*)?\s*:)\s*/;

/** The answer as it is shown, without that beginning. */
export const withoutLabel = (answer: string): string => answer.replace(LABEL, "");
