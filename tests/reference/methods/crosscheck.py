"""Feeds the same made-up evidence to LM-Polygraph, uqlm and boostedprob, and compares their scores with ours.

    python ../regenerate.py methods
    python crosscheck.py --ours "semgrad methods eval --evidence"

The first writes crosscheck.json, which the Rust tests check; the second prints the table of differences. The command gets a file's name appended and prints JSON: scores by method id, each a number, null or {"score": ...}.
Only the estimators are imported: what the packages around them pull in (transformers, langchain ...) is replaced by
empty modules. `relation` turns the library's value into ours; README.md says why there is one. A relation of None marks
a score that means something else: it is in the table, and is not compared.
"""

import argparse
import importlib
import json
import math
import pathlib
import shlex
import subprocess
import sys
import tempfile
import types
from unittest import mock

import numpy as np
import torch
from scipy.special import log_softmax, logsumexp

HERE = pathlib.Path(__file__).parent
LAYERS, HEADS, VOCAB, PROMPT, WIDTH = 6, 3, 40, 4, 12


def bare(package):
    """The package's folder without what its __init__ imports."""
    spec = importlib.util.find_spec(package)
    sys.modules[package] = module = types.ModuleType(package)
    module.__path__ = list(spec.submodule_search_locations)


for package in ("lm_polygraph", "lm_polygraph.estimators", "lm_polygraph.stat_calculators", "lm_polygraph.utils"):
    bare(package)
for package in ("uqlm", "uqlm.nli", "uqlm.scorers", "uqlm.scorers.shortform", "uqlm.scorers.shortform.baseclass"):
    bare(package)
for absent in (
    "lm_polygraph.utils.common",
    "lm_polygraph.utils.model",
    "uqlm.nli.nli",
    "uqlm.scorers.shortform.baseclass.uncertainty",
    "uqlm.utils.results",
):
    sys.modules[absent] = mock.MagicMock()
# A decorator of constructors that records their arguments, and a base class.
sys.modules["lm_polygraph.utils.common"].polygraph_module_init = lambda constructor: constructor
sys.modules["uqlm.scorers.shortform.baseclass.uncertainty"].ShortFormUQ = object


def polygraph(module, name, *arguments, **keywords):
    estimator = getattr(importlib.import_module(f"lm_polygraph.estimators.{module}"), name)(*arguments, **keywords)
    return lambda stats: float(estimator(stats)[0])


def short(x, digits=10):
    """Rounded to significant digits: what both sides read."""
    x = np.asarray(x, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(x == 0, 1.0, 10.0 ** (digits - 1 - np.floor(np.log10(np.abs(x)))))
    return np.where(np.isfinite(x), np.round(x * scale) / scale, x)


def case(name, seed, answer, texts, tokens, meanings, noise=0.15):
    """Raw observations. `meanings` says which answers, the greedy one first, tend to entail each other."""
    random = np.random.default_rng(seed)
    count = len(texts)
    # [tokens, vocabulary]; the answer takes the best token or, sometimes, the second.
    logprobs = log_softmax(random.normal(size=(tokens, VOCAB)) * random.uniform(1, 5, size=(tokens, 1)), axis=-1)
    ranks = np.argsort(-logprobs, axis=-1)
    ids = ranks[np.arange(tokens), random.integers(0, 2, size=tokens)]
    lengths = random.integers(1, 6, size=count)
    nli = random.dirichlet([0.6, 0.6, 0.6], size=(count + 1, count + 1))  # entail, neutral, contradict
    for i, a in enumerate(meanings):
        for j, b in enumerate(meanings):
            strong = [0.9, 0.1, 0.0] if a == b else [0.02, 0.08, 0.9]
            nli[i, j] = noise * nli[i, j] + (1 - noise) * np.array(strong)
    nli = np.round(nli, 4)
    nli[..., 1] = np.round(1 - nli[..., 0] - nli[..., 2], 4)
    all_texts = [answer, *texts]
    for i, a in enumerate(all_texts):
        for j, b in enumerate(all_texts):
            # Equal texts entail each other, and what is said of one is said of the other.
            nli[i, j] = [1, 0, 0] if a == b else nli[all_texts.index(a), all_texts.index(b)]
    similarity = np.round(random.uniform(0, 1, size=(count + 1, count + 1)), 4)
    similarity = np.round((similarity + similarity.T) / 2, 4)
    np.fill_diagonal(similarity, 1)
    return {
        "name": name,
        "answer": answer,
        "texts": texts,
        "logprobs": logprobs,
        "ids": ids,
        "sample_logprobs": [np.round(-random.exponential(0.6, size=n), 4) for n in lengths],
        "sharp": np.round(-random.exponential(0.05, size=count + 1), 4),
        "relevance": np.round(random.uniform(0.01, 0.5, size=tokens), 4),
        "sample_relevance": [np.round(random.uniform(0.01, 0.5, size=n), 4) for n in lengths],
        "nli": nli,
        "similarity": similarity,
        "vectors": random.normal(size=(count, WIDTH)),
        "to_self": np.round(random.uniform(0.01, 0.9, size=(LAYERS, HEADS, tokens)), 4),
        "prompt_to_self": np.round(random.uniform(0.01, 0.9, size=(LAYERS, HEADS, PROMPT - 1)), 4),
        "p_true": round(float(random.uniform()), 4),
    }


def evidence(raw):
    """What our methods read."""
    logprobs, ids = raw["logprobs"], raw["ids"]
    probabilities = np.exp(logprobs)
    half = log_softmax(logprobs / 2, axis=-1)
    centered = raw["vectors"] - raw["vectors"].mean(axis=1, keepdims=True)

    def top(row):
        order = np.argsort(-row)[: max(10, int((np.exp(row) >= 0.005).sum()) + 1)]
        return [{"id": int(i), "logprob": float(short(row[i]))} for i in order]

    def numbers(values):
        return short(values).tolist()

    return {
        "question": "Which city is the capital of France?",
        "answer": raw["answer"],
        "tokens": [
            {"logprob": float(short(row[i])), "entropy": float(short(-(np.exp(row) * row).sum())), "top2_margin": 0.0}
            for row, i in zip(logprobs, ids)
        ],
        "shapes": [
            {
                "mean_logprob": float(short(row.mean())),
                "log_root_sum": float(short(logsumexp(root / 2))),
                "vocab": VOCAB,
                "top": top(row),
            }
            for row, root in zip(logprobs, half)
        ],
        "attention": {
            "depth": LAYERS,
            "layers": [
                {"layer": layer, "to_self": numbers(raw["to_self"][layer])}
                for layer in range(LAYERS // 3, math.ceil(LAYERS * 2 / 3) + 1)
            ],
        },
        "samples": [
            {
                "text": text,
                "logprob": raw["sample_logprobs"][k].tolist(),
                "sharp_logprob": float(raw["sharp"][k + 1]),
                "relevance": raw["sample_relevance"][k].tolist(),
            }
            for k, text in enumerate(raw["texts"])
        ],
        "sharp_logprob": float(raw["sharp"][0]),
        "relevance": raw["relevance"].tolist(),
        "similarity": raw["similarity"].tolist(),
        "entailment": [
            [dict(zip(("entail", "neutral", "contradict"), map(float, judged))) for judged in row] for row in raw["nli"]
        ],
        "covariance": numbers(centered @ centered.T / (WIDTH - 1)),
        "p_true": raw["p_true"],
    }


def statistics(raw):
    """What LM-Polygraph reads, for one question."""
    nli, texts = raw["nli"][1:, 1:], raw["texts"]
    tokens = len(raw["ids"])
    # [layers · heads, step, key]: step j feeds token j − 1, whose key is the newest.
    generated = np.zeros((LAYERS, HEADS, tokens, tokens))
    whole = np.zeros((LAYERS, HEADS, PROMPT + tokens, PROMPT + tokens))
    for j in range(1, tokens):
        generated[..., j, j - 1] = raw["to_self"][..., j]
        whole[..., PROMPT + j - 1, PROMPT + j - 1] = raw["to_self"][..., j]
    for j in range(PROMPT - 1):
        whole[..., j, j] = raw["prompt_to_self"][..., j]
    whole[..., PROMPT - 1, PROMPT - 1] = raw["to_self"][..., 0]
    whole[..., -1, -1] = 0.5
    own = [float(row[i]) for row, i in zip(raw["logprobs"], raw["ids"])]
    stats = {
        "greedy_log_probs": [raw["logprobs"]],
        "greedy_tokens": [raw["ids"].tolist()],
        "greedy_log_likelihoods": [own],
        "entropy": [-(np.exp(raw["logprobs"]) * raw["logprobs"]).sum(-1)],
        "attention_all": [generated.reshape(LAYERS * HEADS, tokens, tokens)],
        "forwardpass_attention_weights": [whole],
        "sample_texts": [texts],
        "sample_log_probs": [[float(lp.sum()) for lp in raw["sample_logprobs"]]],
        "sample_tokens": [[[0] * len(lp) for lp in raw["sample_logprobs"]]],
        "sample_log_likelihoods": [raw["sample_logprobs"]],
        "sample_token_similarity": [[1 - r for r in raw["sample_relevance"]]],
        "token_similarity": [1 - raw["relevance"]],
        "sample_sentence_similarity": [raw["similarity"][1:, 1:]],
        "greedy_sentence_similarity": [raw["similarity"][0, 1:]],
        "semantic_matrix_entail": nli[None, ..., 0],
        "semantic_matrix_contra": nli[None, ..., 2],
        "semantic_matrix_classes": nli[None].argmax(-1),
        "entailment_id": 0,
        "sample_embeddings": [raw["vectors"]],
        "p_true": [math.log(raw["p_true"])],
        "concat_greedy_semantic_matrix_contra_forward": [raw["nli"][0, 1:, 2]],
        "concat_greedy_semantic_matrix_neutral_forward": [raw["nli"][0, 1:, 1]],
    }
    calculator = importlib.import_module("lm_polygraph.stat_calculators.semantic_classes").SemanticClassesCalculator()
    stats.update(calculator(stats, texts, None))
    return stats


def as_ours_for_density(raw, stats):
    """Semantic density's inputs as the paper has them: temperature 0.1, both directions, every text once."""
    both = (raw["nli"][0, 1:] + raw["nli"][1:, 0]) / 2
    others = [k for k, text in enumerate(raw["texts"]) if text != raw["answer"] and raw["texts"].index(text) == k]
    return others, both, {
        **stats,
        "sample_texts": [[raw["texts"][k] for k in others]],
        "sample_log_probs": [[raw["sharp"][k + 1] for k in others]],
        "sample_tokens": [[[0]] * len(others)],
        "greedy_log_likelihoods": [[raw["sharp"][0]]],
        "concat_greedy_semantic_matrix_contra_forward": [both[others, 2]],
        "concat_greedy_semantic_matrix_neutral_forward": [both[others, 1]],
    }


def uqlm_density(raw, others, both):
    module = importlib.import_module("uqlm.scorers.shortform.density")
    texts = [raw["answer"], *(raw["texts"][k] for k in others)]
    judged = [np.array([0.0, 0.0, 1.0]), *(both[k][[2, 1, 0]] for k in others)]
    scorer = module.SemanticDensity.__new__(module.SemanticDensity)
    scorer.verbose, scorer.length_normalize = False, True
    scorer.nli = mock.Mock(label_mapping=["contradiction", "neutral", "entailment"])
    scorer.nli.probabilities = {(f"Q\n{raw['answer']}", f"Q\n{t}"): j[None] for t, j in zip(texts, judged)}
    logprobs = [[{"logprob": raw["sharp"][0]}], *([{"logprob": raw["sharp"][k + 1]}] for k in others)]
    return float(scorer._semantic_density_process("Q", raw["answer"], texts, logprobs_results=logprobs)[0])


def uqlm_entropies(raw, stats):
    """Of given clusters, and of uqlm's own ones: entailment in one direction joins, into every cluster that fits."""
    utils = importlib.import_module("uqlm.nli.entropy_utils")
    results = [[{"logprob": lp} for lp in sample] for sample in raw["sample_logprobs"]]
    weighted, uniform = utils.compute_response_probabilities(results, len(results))
    given = stats["semantic_classes_entail"]["class_to_sample"][0]

    def entails(premise, hypothesis):
        return raw["nli"][1 + raw["texts"].index(premise), 1 + raw["texts"].index(hypothesis)].argmax() == 0

    def judge(pairs):
        unused = {"noncontradiction_score": 0.0, "entailment_score": 0.0}
        return [{"entailment": entails(a, b) or entails(b, a), **unused} for a, b in pairs]

    clusterer = importlib.import_module("uqlm.nli.cluster").SemanticClusterer(mock.Mock(get_nli_results_batch=judge))
    own = clusterer.cluster_responses(raw["texts"])[1]

    def entropy(probabilities, clusters):
        return float(utils.compute_semantic_entropy(utils.compute_cluster_probabilities(probabilities, clusters)))

    return [entropy(p, c) for p in (weighted, uniform) for c in (given, own)]


def rouge(stemmer):
    """LM-Polygraph's lexical similarity with its stemmer on or off."""
    estimator = importlib.import_module("lm_polygraph.estimators.lexical_similarity").LexicalSimilarity("rougeL")
    estimator.scorer = type(estimator.scorer)(["rougeL"], use_stemmer=stemmer)
    return lambda stats: float(estimator(stats)[0])


def library(raw):
    """By comparison: our id, the library's name, its value, the relation in words and what it makes of the value."""
    stats = statistics(raw)
    others, both, density = as_ours_for_density(raw, stats)
    scaled = {"sample_embeddings": [raw["vectors"] / math.sqrt(WIDTH - 1)]}
    steps, count = len(raw["ids"]) - 1, len(raw["texts"])
    ascii_texts = all(text.isascii() for text in raw["texts"])
    rows = []

    def row(method, name, value, words, relation):
        finite = math.isfinite(value)
        expected = float(relation(value)) if relation and finite else None
        value = float(value) if finite else None
        rows.append({"method": method, "library": name, "value": value, "relation": words, "expected": expected})

    def same(method, name, value):
        row(method, name, value, "same", lambda x: x)

    def unlike(method, name, value):
        row(method, name, value, "another quantity", None)

    def of(module, name, stats=stats, **keywords):
        return polygraph(module, name, **keywords)(stats)

    same("gnll", "MaximumSequenceProbability", of("max_probability", "MaximumSequenceProbability"))
    row("perplexity", "Perplexity", of("perplexity", "Perplexity"), "exp(x)", math.exp)
    same("mean_token_entropy", "MeanTokenEntropy", of("token_entropy", "MeanTokenEntropy"))
    same("boosted_prob", "BoostedProbSequence", of("boostedprob_score", "BoostedProbSequence"))
    same("self_certainty", "SelfCertainty", of("self_certainty", "SelfCertainty"))
    row("renyi", "RenyiNeg", of("renyi_neg", "RenyiNeg"), "−(x + 2 ln V)", lambda x: -(x + 2 * math.log(VOCAB)))
    row("fisher_rao", "FisherRao", of("fisher_rao", "FisherRao"), "−x", lambda x: -x)
    attention = of("attention_score", "AttentionScore", layer=LAYERS // 2, gen_only=True)
    by_step = (lambda x: x / steps) if steps else None
    row("attention_score", "AttentionScore, answer only", attention, "x / (T − 1)", by_step)
    attention = of("attention_score", "AttentionScore", layer=LAYERS // 2)
    unlike("attention_score", "AttentionScore, with the prompt", attention)
    same("rauq", "RAUQ", of("rauq", "RAUQ", n_layers=LAYERS, n_heads=HEADS))

    name = "MonteCarloNormalizedSequenceEntropy"
    same("ln_pe", name, of("monte_carlo_normalized_sequence_entropy", name))
    name = "MonteCarloSequenceEntropy"
    same("predictive_entropy", name, of("monte_carlo_sequence_entropy", name))
    weighted, weighted_own, discrete, discrete_own = uqlm_entropies(raw, stats)
    same("semantic_entropy", "uqlm, given clusters", weighted)
    unlike("semantic_entropy", "uqlm, own clusters", weighted_own)
    unlike("semantic_entropy", "SemanticEntropy", of("semantic_entropy", "SemanticEntropy"))
    direct = of("semantic_entropy", "SemanticEntropy", entropy_estimation="direct")
    unlike("semantic_entropy", "SemanticEntropy (Direct)", direct)
    counted = of("semantic_entropy", "SemanticEntropy", class_probability_estimation="frequency")
    same("discrete_semantic_entropy", "SemanticEntropyEmpirical", counted)
    same("discrete_semantic_entropy", "uqlm, given clusters", discrete)
    unlike("discrete_semantic_entropy", "uqlm, own clusters", discrete_own)
    row("p_true", "PTrue", of("p_true", "PTrue"), "1 − exp(−x)", lambda x: 1 - math.exp(-x))
    lexical = same if ascii_texts else unlike
    lexical("lexical_similarity", "LexicalSimilarity_rougeL, no stemmer", rouge(False)(stats))
    unlike("lexical_similarity", "LexicalSimilarity_rougeL", rouge(True)(stats))

    same("num_set", "NumSemSets", of("num_sem_sets", "NumSemSets"))
    same("deg", "DegMat_NLI_score_entail", of("deg_mat", "DegMat"))
    same("eccentricity", "Eccentricity_NLI_score_entail", of("eccentricity", "Eccentricity"))
    same("eigv", "EigValLaplacian_NLI_score_entail", of("eig_val_laplacian", "EigValLaplacian"))
    heat = of("kernel_language_entropy", "KernelLanguageEntropy")
    row("kle_heat", "KernelLanguageEntropy", heat, "x · ln K", lambda x: x * math.log(count))
    same("sar", "SAR", of("sar", "SAR"))
    same("sar_token", "TokenSAR", of("token_sar", "TokenSAR"))
    same("sar_sentence", "SentenceSAR", of("sentence_sar", "SentenceSAR"))
    same("eigenscore", "EigenScore of X / √(d − 1)", of("eigenscore", "EigenScore", scaled))
    unlike("eigenscore", "EigenScore", of("eigenscore", "EigenScore"))
    dense = of("semantic_density", "SemanticDensity", density)
    row("semantic_density", "SemanticDensity, the paper's inputs", dense, "1 + x", lambda x: 1 + x)
    dense = uqlm_density(raw, others, both)
    row("semantic_density", "uqlm, the paper's inputs", dense, "1 − x", lambda x: 1 - x)
    unlike("semantic_density", "SemanticDensity", of("semantic_density", "SemanticDensity"))
    same("cocoa", "CocoaMSP", of("cocoa", "CocoaMSP"))
    unlike("cocoa", "CocoaPPL", of("cocoa", "CocoaPPL"))
    unlike("cocoa", "CocoaMTE", of("cocoa", "CocoaMTE"))
    return rows


MIXED = ["Paris", "It is Paris.", "the city of Paris", "Lyon runs", "Paris", "Marseilles is running", "Lyon running"]
TORN = ["Yes it is", "No", "It is", "Yes", "No it is not", "it is not", "No", "maybe"]
SCRIPTS = ["パリ", "פריז היא הבירה", "הבירה היא פריז", "باريس", "Париж"]
CASES = [
    case("mixed", 1, "Paris", MIXED, tokens=7, meanings=[0, 0, 0, 0, 1, 0, 2, 1]),
    case("apart", 2, "Paris", ["Lyon", "Nice", "Lille", "Brest", "Metz"], tokens=5, meanings=[0, 1, 2, 3, 4, 5]),
    case("agreed", 3, "Paris", ["Paris"] * 4, tokens=3, meanings=[0] * 5),
    # Judgments that are neither symmetric nor transitive.
    case("torn", 4, "Yes, it is", TORN, tokens=12, meanings=[0, 0, 1, 0, 0, 1, 1, 1, 0], noise=0.7),
    case("one token", 5, "Paris", ["Paris", "Lyon", "Paris."], tokens=1, meanings=[0, 0, 1, 0]),
    case("scripts", 6, "パリ", SCRIPTS, tokens=4, meanings=[0, 0, 0, 0, 0, 1]),
]


def ours(command, path):
    output = subprocess.run([*shlex.split(command), path], check=True, capture_output=True, text=True).stdout
    scores = json.loads(output)
    scores = scores.get("scores", scores)
    return {id: score.get("score") if isinstance(score, dict) else score for id, score in scores.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", metavar="COMMAND")
    command = parser.parse_args().ours
    if not command:
        cases = [{"name": raw["name"], "evidence": evidence(raw), "library": library(raw)} for raw in CASES]
        for one in cases:
            # What cannot be compared is for the table.
            one["library"] = [row for row in one["library"] if row["expected"] is not None]
        text = json.dumps(cases, ensure_ascii=False, separators=(",", ":")).replace('{"name"', '\n{"name"')
        (HERE / "crosscheck.json").write_text(text + "\n", encoding="utf-8")
        print(f"{sum(len(one['library']) for one in cases)} values of {len(cases)} cases")
        return 0
    worst = 0.0
    for raw in CASES:
        heading = f"{'method':<26}{'library':<38}{'its value':>14}  {'relation':<18}{'ours':>14}{'difference':>12}"
        print(f"\n{raw['name']}\n{heading}")
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(evidence(raw), file)
            file.flush()
            scores = ours(command, file.name)
        for row in library(raw):
            score, expected, difference = scores.get(row["method"]), row["expected"], ""
            if expected is not None:
                apart = math.inf if score is None else abs(score - expected)
                worst, difference = max(worst, apart), f"{apart:.1e}"
            theirs, own = ("null" if x is None else f"{x:.6f}" for x in (row["value"], score))
            names = f"{row['method']:<26}{row['library']:<38}"
            print(f"{names}{theirs:>14}  {row['relation']:<18}{own:>14}{difference:>12}")
    print(f"\nlargest difference: {worst:.1e}")
    return int(worst > 1e-6)


if __name__ == "__main__":
    sys.exit(main())
