"""Feeds the same made-up claims and sampled long answers to LM-Polygraph; our tests check the scores it gives.

    python ../regenerate.py methods    crosscheck_claims.json

Only the estimators are imported, as in crosscheck.py. `expected` is ours: 1 + x for CCP, which LM-Polygraph negates
instead of subtracting it from 1 (mean over the claims), and x for LUQ, which LM-Polygraph has for answers of one sentence.
"""

import importlib
import importlib.util
import json
import pathlib
import sys
import types
from unittest import mock

import numpy as np

HERE = pathlib.Path(__file__).parent

for package in ("lm_polygraph", "lm_polygraph.estimators"):
    spec = importlib.util.find_spec(package)
    sys.modules[package] = module = types.ModuleType(package)
    module.__path__ = list(spec.submodule_search_locations)
for absent in ("nltk", "nltk.corpus", "lm_polygraph.stat_calculators", "lm_polygraph.stat_calculators.extract_claims"):
    sys.modules[absent] = mock.MagicMock()
sys.modules["lm_polygraph.utils"] = mock.MagicMock()
# A decorator of constructors that records their arguments.
sys.modules["lm_polygraph.utils.common"] = mock.MagicMock(polygraph_module_init=lambda constructor: constructor)

ccp = importlib.import_module("lm_polygraph.estimators.claim.claim_conditioned_probability")
LUQ = importlib.import_module("lm_polygraph.estimators.luq").LUQ

CLASSES = ("entail", "neutral", "contra")


def entailment(judged):
    return dict(zip(("entail", "neutral", "contradict"), map(float, judged)))


def claims(seed, tokens, spans):
    """Tokens with nine alternatives each, judged both ways; every third is a function word."""
    random = np.random.default_rng(seed)
    logprobs = np.log(random.dirichlet([0.5] * 12, size=tokens))
    logprobs = np.round(-np.sort(-logprobs)[:, :10], 8)
    judged = np.round(random.dirichlet([0.5] * 3, size=(tokens, 10, 2)), 6)
    function = [t % 3 == 2 for t in range(tokens)]
    matrices = []
    for token in judged:
        matrix = [["entail"] * 10 for _ in range(10)]
        for i, (forward, backward) in enumerate(token):
            matrix[0][i], matrix[i][0] = CLASSES[forward.argmax()], CLASSES[backward.argmax()]
        matrices.append(matrix)
    stats = {
        "greedy_tokens_alternatives": [[[(f, float(p)) for p in row] for f, row in zip(function, logprobs)]],
        "greedy_tokens_alternatives_nli": [matrices],
        "claims": [[types.SimpleNamespace(aligned_token_ids=list(range(*span))) for span in spans]],
    }
    values = ccp.ClaimConditionedProbabilityClaim(is_stopword=bool)(stats)[0]

    def variants(t):
        pairs = zip(np.exp(logprobs[t][1:]), judged[t][1:])
        both = [{"probability": float(p), "forward": entailment(f), "backward": entailment(b)} for p, (f, b) in pairs]
        return [] if function[t] else both

    evidence = {
        "tokens": [{"logprob": float(row[0]), "entropy": 0.0, "top2_margin": 0.0} for row in logprobs],
        "claims": [{"tokens": span, "alternatives": [variants(t) for t in range(*span)]} for span in spans],
    }
    expected = float(1 + np.mean(values))
    return {"method": "ccp", "evidence": evidence, "value": list(map(float, values)), "expected": expected}


def answers(seed, count):
    """Answers of one sentence, each judged by all."""
    random = np.random.default_rng(seed)
    logits = np.round(random.normal(size=(count, count, 3)) * 2, 6)
    stats = {f"semantic_matrix_{name}_logits": logits[None, ..., i] for i, name in ((0, "entail"), (2, "contra"))}
    value = float(LUQ()(stats)[0])
    odds = np.exp(logits)
    judged = odds / odds.sum(-1, keepdims=True)
    evidence = {"sentences": [[[entailment(by) for by in row]] for row in judged]}
    return {"method": "luq", "evidence": evidence, "value": value, "expected": value}


CASES = [
    claims(1, 6, [(0, 6)]),
    claims(2, 9, [(0, 3), (3, 4), (5, 9)]),
    claims(3, 1, [(0, 1)]),
    answers(4, 2),
    answers(5, 7),
]
lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in CASES)
(HERE / "crosscheck_claims.json").write_text(f"[{lines}]\n")
print([(case["method"], case["expected"]) for case in CASES])
