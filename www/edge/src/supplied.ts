/** Scores of what another program supplied: evidence, or answers with log-probabilities. No language model is needed. */

import {
  CONFIDENCE_REASONS,
  type EngineKind,
  type Evaluation,
  type Evidence,
  type Explanation,
  evaluate,
  noJudgment,
  type Wasm,
} from "semgrad/edge";
import { choice, type Fields, list, object, only, text } from "./fields.ts";
import { choices, evidenceOf, type Spoken, spoken } from "./observed.ts";
import { bad } from "./problem.ts";
import type { Limits } from "./settings.ts";

/** One of these makes a question a supplied one. */
const EVIDENCE = ["evidence", "completion", "sampled"] as const;
const NAMES = ["id", "question", "answer", "samples", "methods", "engines", ...EVIDENCE] as const;

/** What is returned for one question. */
export interface Scored {
  id?: unknown;
  source: "supplied";
  scores: Record<string, Evaluation>;
  confidence: null;
  confidence_reason: string;
  verdict: null;
  explanation: Explanation;
  warnings: string[];
}

/** Whether the question brings all that is to be judged. `samples` as a number asks the local model to draw some. */
export function isSupplied(fields: Fields): boolean {
  return Array.isArray(fields.samples) || EVIDENCE.some((name) => fields[name] !== undefined);
}

/** The names of methods to score. */
export function methodNames(value: unknown): string[] {
  return list(value, "methods", 64).map((name) => text(name, "methods", { characters: 64 } as Limits));
}

function engineNames(value: unknown): Partial<Record<EngineKind, "lexical">> {
  const engines = object(value, "engines");
  only(engines, ["embed", "nli"]);
  return Object.fromEntries(
    Object.entries(engines).map(([kind, name]) => [kind, choice(name, `engines.${kind}`, ["lexical"])]),
  );
}

/** Supplied matrices grow with the square of the answers, and some methods take their cube. */
function bounded(evidence: Fields, { samples }: Limits): Evidence {
  for (const name of ["samples", "similarity", "entailment", "covariance", "iterated", "demonstrations", "sentences"]) {
    if (evidence[name] != null) list(evidence[name], `evidence.${name}`, samples + 1);
  }
  if (evidence.perturbed != null) {
    const { replies } = object(evidence.perturbed, "evidence.perturbed");
    if (replies != null) list(list(replies, "evidence.perturbed.replies", samples).flat(), "replies", 4 * samples);
  }
  return evidence as Evidence;
}

/** Evidence as it was supplied. */
function gather(fields: Fields, limits: Limits): { evidence: Evidence; warnings: string[] } {
  if (fields.evidence !== undefined) {
    only(fields, ["id", "evidence", "methods", "engines"]);
    return { evidence: bounded(object(fields.evidence, "evidence"), limits), warnings: [] };
  }
  const question = fields.question == null ? null : text(fields.question, "question", limits);
  if (fields.answer !== undefined && fields.completion !== undefined) {
    throw bad("both answer and completion", "Send one of them.");
  }
  if (fields.samples !== undefined && fields.sampled !== undefined) {
    throw bad("both samples and sampled", "Send one of them.");
  }
  const answer: Spoken | null =
    fields.completion !== undefined
      ? (choices(fields.completion, "completion", limits)[0] ?? null)
      : fields.answer == null
        ? null
        : spoken(fields.answer, "answer", limits);
  if (answer && answer.text.trim() === "") throw bad("the answer is empty", "Send one with some text.");
  const samples =
    fields.sampled !== undefined
      ? [fields.sampled].flat().flatMap((response, i) => choices(response, `sampled[${i}]`, limits))
      : list(fields.samples ?? [], "samples", limits.samples).map((value, i) => spoken(value, `samples[${i}]`, limits));
  list(samples, "sampled", limits.samples);
  return evidenceOf(question, answer, samples);
}

/** As JSON, which a list of lists of lists … has too few places on the stack for. */
function written(evidence: Evidence): string {
  try {
    return JSON.stringify(evidence);
  } catch {
    throw bad("evidence is nested too deeply", "Send the fields of Evidence only.");
  }
}

/** Scores one question: the methods that it names, or all that what it brings allows. */
export async function scoreSupplied(fields: Fields, limits: Limits, wasm: Wasm): Promise<Scored> {
  only(fields, NAMES);
  const methods = fields.methods == null ? null : methodNames(fields.methods);
  const engines = fields.engines == null ? {} : engineNames(fields.engines);
  const { evidence, warnings } = gather(fields, limits);
  const all = await evaluate(written(evidence), { methods: methods ?? ["all"], engines, wasm });
  const given = Object.entries(all).filter(([, { score }]) => methods !== null || score !== null);
  if (given.length === 0) {
    const why = warnings.length > 0 ? ` (${warnings.join("; ")})` : "";
    throw bad(
      `nothing can be computed from this${why}`,
      "Send log-probabilities of the answer, or at least two samples.",
    );
  }
  return {
    ...(fields.id === undefined ? {} : { id: fields.id }),
    source: "supplied",
    scores: Object.fromEntries(given),
    confidence: null,
    confidence_reason: CONFIDENCE_REASONS.none,
    verdict: null,
    explanation: noJudgment("none"),
    warnings,
  };
}
