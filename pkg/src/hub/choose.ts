/**
 * Which files of a repository are the model: the GGUF file whose format was named or suits best, be it whole or split, or else a
 * folder of safetensors. What is there instead, when there is neither, is said by its name.
 */

import { badInput, SemgradError } from "../errors.js";
import { formatBytes } from "../measure.js";
import { partOf, partsOf } from "../parts.js";
import { CONFIG, SINGLE_WEIGHTS, TOKENIZER, TOKENIZER_LISTS, WEIGHT_INDEX } from "../source.js";
import type { Repository } from "./name.js";

/** A file as the hub lists it. */
export interface Listed {
  /** From the folder that was named. */
  path: string;
  size: number;
  /** Of files that the hub keeps outside of Git, which are all large ones. */
  sha256?: string;
}

/** One GGUF file, with all of its parts in their order, or the folder. */
export type Choice = { kind: "file"; parts: Listed[] } | { kind: "folder" };

/** A GGUF file that may be the model; of one that is split the first part, with the size of all. */
interface Candidate extends Listed {
  /** It alone, or all parts that there are. */
  parts: Listed[];
  /** A part that is not there. */
  missing: string | undefined;
  /** Its format in capitals, as its name says it; empty where the name says none. */
  label: string;
  /** Its place in `FORMATS`; null for what cannot be read. */
  rank: number | null;
}

/** What can be read, and what is taken first: the usual balance of size and quality. */
const USUAL = ["Q4_K", "IQ4_XS", "IQ4_NL", "Q4_1", "Q4_0", "MXFP4"];
const LARGER = ["Q5_K", "Q5_1", "Q5_0", "Q6_K", "Q8_0", "BF16", "F16", "F32"];
/** Of few bits: where nothing else is there or fits. */
const SMALLER = ["Q3_K", "Q2_K", "Q1_0"];
const FORMATS = [...USUAL, ...LARGER, ...SMALLER];
/** Of one format, in this order. */
const MIXES = ["M", "S", undefined, "L", "XL"];
/** As some publishers write them. */
const ALIASES: Readonly<Record<string, string>> = {
  Q2: "Q2_K",
  Q3: "Q3_K",
  Q4: "Q4_K",
  Q5: "Q5_K",
  Q8: "Q8_0",
  Q8_K: "Q8_0",
};
/** A name whose format is not said stands behind all that say one. */
const UNNAMED = 1000;

const LABEL =
  /(?:^|[-._])((?:UD-)?(?:I?Q\d(?:_[A-Z\d]+)*|TQ\d_\d|I2_S|(?:MX|NV)FP4(?:_MOE)?|BF16|F32|F16|FP16|FP32))(?:[-.]shard)?(?:-\d+-of-\d+)?\.gguf$/i;
/** What is GGUF and no language model: the part that sees, statistics of a quantizer, words alone. */
const PARTS: readonly (readonly [RegExp, string])[] = [
  [/mmproj/i, "a projector of pictures (mmproj)"],
  [/imatrix/i, "statistics for quantizers (imatrix)"],
  [/(^|[-_./])(lora|adapters?)([-_./]|$)/i, "an adapter (LoRA)"],
  [/ggml-vocab/i, "a vocabulary alone"],
];
const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/(^|\/)imatrix\.dat$|\.imatrix$/i, "statistics for quantizers (imatrix)"],
  [/(^|\/)adapter_model\.(safetensors|bin)$/i, "an adapter (LoRA)"],
  [/\.safetensors$/i, "safetensors without config.json or tokenizer.json"],
  [/(^|\/)pytorch_model[\w-]*\.bin$|\.(pt|pth|ckpt|pkl)$/i, "pickles of PyTorch"],
  [/\.onnx(_data)?$/i, "ONNX"],
  [/\.(bin|h5|msgpack|tflite|task|litertlm|mlmodel|mlpackage)$/i, "weights for other libraries"],
];
const SHARD = /^model-\d+-of-\d+\.safetensors$/;

/** The model among these files. `room`: bytes of the largest file that fits. */
export function choose(files: readonly Listed[], repository: Repository, room: number): Choice {
  const { id, tag } = repository;
  const named = candidates(files.filter(({ path }) => isGguf(path)));
  if (tag !== null) return { kind: "file", parts: tagged(named, repository, tag).parts };
  const readable = named.filter((one): one is Candidate & { rank: number } => one.rank !== null && !one.missing);
  // Of the same in one file and in several, the one file.
  readable.sort((a, b) => a.rank - b.rank || a.parts.length - b.parts.length || a.size - b.size);
  const fitting = readable.filter(({ size }) => size <= room);
  const [best] = fitting;
  if (best) return { kind: "file", parts: only(fitting.filter(isAs(best)), repository).parts };
  const [least] = readable.sort((a, b) => a.size - b.size);
  if (least) throw tooLarge(`the smallest GGUF file of ${id}, ${least.path}, has`, least.size, room, repository);
  if (isFolder(files)) {
    const size = weightsOf(files).reduce((sum, one) => sum + one.size, 0);
    if (size > room) throw tooLarge(`the weights of ${id} have`, size, room, repository);
    return { kind: "folder" };
  }
  throw nothing(files, named, repository);
}

const isGguf = (path: string) => /\.gguf$/i.test(path) && !PARTS.some(([pattern]) => pattern.test(path));
const baseName = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/** Each file, but of the parts of one the first, if it is there. */
function candidates(files: readonly Listed[]): Candidate[] {
  const listed = new Map(files.map((file) => [file.path, file]));
  return files.flatMap((file) => {
    const names = partsOf(file.path);
    const parts = names.flatMap((name) => listed.get(name) ?? []);
    return parts[0] === file
      ? [
          candidate(
            file,
            parts,
            names.find((name) => !listed.has(name)),
          ),
        ]
      : [];
  });
}

function candidate(file: Listed, parts: Listed[], missing: string | undefined): Candidate {
  const label = (LABEL.exec(file.path)?.[1] ?? "").toUpperCase().replace(/^FP/, "F");
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  return { ...file, size, parts, missing, label, rank: label === "" ? UNNAMED : rankOf(label) };
}

function rankOf(label: string): number | null {
  const isMixed = label.startsWith("UD-");
  const bare = isMixed ? label.slice(3) : label;
  const [, mixed, mix] = /^(.*_K)_(S|M|L|XL)$/.exec(bare) ?? [];
  const format = FORMATS.indexOf(ALIASES[mixed ?? bare] ?? mixed ?? bare);
  // A mix of single layers may hold formats that its name does not say: it comes last among its like.
  return format < 0 ? null : format * 16 + MIXES.indexOf(mix) + (isMixed ? 8 : 0);
}

/** The same in other words: of two models in one repository, neither is the one. */
const isAs = (one: Candidate) => (other: Candidate) =>
  other.label === one.label && other.parts.length === one.parts.length;

function only(files: readonly Candidate[], repository: Repository): Candidate {
  const [first, ...others] = files;
  if (first && others.length === 0) return first;
  throw badInput(
    `${repository.id} holds ${files.length} files that fit as well: ${several(files.map(({ path }) => path))}`,
    `Name one of them: ${written(repository, first?.path ?? "")}.`,
  );
}

/** The file whose format or name was written. */
function tagged(named: readonly Candidate[], repository: Repository, tag: string): Candidate {
  const wanted = tag.toUpperCase();
  const bare = (text: string) => text.toUpperCase().replace(/\.GGUF$/, "");
  const label = wanted.replace(/^FP/, "F");
  // A split one goes by the name of any of its parts, and by what they have in common.
  const namesOf = ({ path, parts }: Candidate) => [partOf(path)?.stem ?? path, ...parts.map((part) => part.path)];
  const byName = named.filter((one) =>
    namesOf(one)
      .flatMap((path) => [bare(path), bare(baseName(path))])
      .includes(bare(tag)),
  );
  const byLabel = named.filter((one) => one.label === label);
  const byMix = named.filter((one) => one.label === `UD-${label}`);
  const found = [byName, byLabel, byMix].find((files) => files.length > 0) ?? [];
  const complete = found.filter(({ missing }) => missing === undefined);
  const whole = complete.filter(({ parts }) => parts.length === 1);
  const [first] = found;
  if (first && complete.length === 0) throw incomplete(first, named, repository);
  if (first && complete.every(({ rank }) => rank === null)) throw unread(first.label, named, repository);
  if (first) return only(whole.length > 0 ? whole : complete, repository);
  const labels = labelsOf(named);
  throw badInput(
    `${repository.id} has no ${tag}`,
    labels.length > 0 ? `There are ${labels.join(", ")}.` : `It has no GGUF files: leave ":${tag}" out.`,
  );
}

function isFolder(files: readonly Listed[]): boolean {
  const has = (name: string) => files.some(({ path }) => path === name);
  const hasWords = has(TOKENIZER) || TOKENIZER_LISTS.every(has);
  return has(CONFIG) && hasWords && (has(SINGLE_WEIGHTS) || has(WEIGHT_INDEX));
}

function weightsOf(files: readonly Listed[]): Listed[] {
  const single = files.filter(({ path }) => path === SINGLE_WEIGHTS);
  return single.length > 0 ? single : files.filter(({ path }) => SHARD.test(path));
}

function tooLarge(what: string, size: number, room: number, { hub, id, revision }: Repository): SemgradError {
  return new SemgradError(
    "out_of_memory",
    `${what} ${formatBytes(size)}, and about ${formatBytes(Math.max(room, 0))} fit here`,
    `Load a smaller model, or this one in spite of that by its format or its address, as in ${hub}${id}/resolve/${revision}/.`,
  );
}

const incomplete = ({ path, missing }: Candidate, named: readonly Candidate[], repository: Repository) =>
  new SemgradError(
    "bad_input",
    `${repository.id} does not hold all parts of the model that ${path} is one of: ${missing} is missing`,
    instead(named, repository),
  );

const unread = (label: string, named: readonly Candidate[], repository: Repository) =>
  new SemgradError("unsupported_format", `${label} cannot be read`, instead(named, repository));

/** What can be read of that repository, or where to look for it. */
function instead(named: readonly Candidate[], { hub, id }: Repository): string {
  const labels = labelsOf(named.filter(({ rank, missing }) => rank !== null && !missing));
  if (labels.length > 0) return `Take one of ${labels.join(", ")}.`;
  return `Look for one as GGUF in ${FORMATS.slice(0, 3).join(", ")} or Q8_0: ${hub}models?other=base_model:quantized:${id}`;
}

const labelsOf = (named: readonly Candidate[]) =>
  [...new Set(named.map(({ label, path }) => label || baseName(path)))].sort();

/** What the repository holds instead of a model. */
function nothing(files: readonly Listed[], named: readonly Candidate[], repository: Repository): SemgradError {
  const kinds = files.flatMap(({ path }) => {
    if (named.some((one) => one.path === path && one.missing)) return ["GGUF files that lack parts"];
    const [, part] = [...PARTS, ...OTHERS].find(([pattern]) => pattern.test(path)) ?? [];
    const isPart = /\.gguf$/i.test(path) || OTHERS.some(([pattern]) => pattern.test(path));
    return part && isPart ? [part] : [];
  });
  const unreadable = labelsOf(named.filter(({ rank, missing }) => rank === null && !missing));
  const all = [...new Set([...kinds, ...(unreadable.length > 0 ? [`GGUF files in ${unreadable.join(", ")}`] : [])])];
  const what = all.length > 0 ? all.join(", ") : `${files.length} files, none of them of a model`;
  const isAdapter = all.length === 1 && all[0]?.startsWith("an adapter");
  return new SemgradError(
    "unsupported_format",
    `${repository.id} holds nothing that can be read, but ${what}`,
    isAdapter
      ? `Load the model that it belongs to, with { adapter: "${repository.hub}${repository.id}" }.`
      : instead(named, repository),
  );
}

/** How a file of it is named. */
const written = ({ id }: Repository, path: string) => `load("${id}:${path}")`;

const several = (paths: readonly string[]) => paths.slice(0, 4).join(", ") + (paths.length > 4 ? ", …" : "");
