/** What is shown of an answer at a glance, and kept of it: none of its evidence. */

import type { Answer, Token } from "semgrad";
import { withoutLabel } from "./without-label.js";

/** The answer, its judgment, and what moved it. */
export interface Told
  extends Pick<
    Answer,
    "text" | "finishReason" | "confidence" | "confidenceReason" | "confidenceParts" | "explanation"
  > {
  /** Those of the text: what ends it is none of them. */
  tokens: ToldToken[];
}

/** A token, and what else it might have been. */
export interface ToldToken extends Pick<Token, "text" | "logprob"> {
  /** Absent where there are none, and in what an older page kept. */
  rivals?: Pick<Token, "text" | "logprob">[];
}

/** The few fields that are shown. */
export function told(answer: Answer): Told {
  const { text, finishReason, confidence, confidenceReason, confidenceParts, explanation } = answer;
  const tokens = withoutEnd(answer).map(toldToken);
  const shown = text === null ? null : withoutLabel(text);
  return { text: shown, finishReason, confidence, confidenceReason, confidenceParts, explanation, tokens };
}

/** What is shown of a token. */
export function toldToken({ text, logprob, rivals }: Pick<Token, "text" | "logprob" | "rivals">): ToldToken {
  if (!rivals) return { text, logprob };
  return { text, logprob, rivals: rivals.map(({ text = null, logprob }) => ({ text, logprob })) };
}

/** The token that ends a turn counts in every score, but it says nothing. */
function withoutEnd({ tokens, text, finishReason }: Answer): Token[] {
  const last = tokens.at(-1);
  if (finishReason === "length" || !last) return tokens;
  // Half of a letter ends no text either, but belongs to it.
  const isText = last.text?.includes("\ufffd") || (last.text && text?.endsWith(last.text));
  return isText ? tokens : tokens.slice(0, -1);
}
