#!/usr/bin/env python3
"""Makes the fixture of the evaluation's metrics by `scikit-learn`, `scipy`, `lm-polygraph` and `uncertainty-calibration`.

  python ../regenerate.py evaluate      metrics.json: {"rankings", "probabilities", "intervals"}

Packages that sort give one order of tied scores; where scores tie, what is written is the mean over all orders (the cases
are small enough to list them) of what the package gives. LM-Polygraph's random order is a mean of 1000 draws: `prr` uses
the mean over all orders, which is the mean quality, and `prr_drawn` what the package's own draws give. `uncertainty-calibration`
draws its debiased error too: `ece_debiased` has the exact expectation (scipy's folded normal) on the package's own bins,
`ece_debiased_drawn` the package's number.
"""
import importlib.util
import itertools
import json
import pathlib
import sys
import types

import numpy as np
from scipy.stats import foldnorm, spearmanr
from sklearn.calibration import calibration_curve
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score, roc_curve


def source(package, *modules):
    """Modules of a package, without what the package imports besides."""
    root = pathlib.Path(importlib.util.find_spec(package).origin).parent
    for name in ["lm_polygraph", "lm_polygraph.ue_metrics"]:
        sys.modules.setdefault(name, types.ModuleType(name)).__path__ = [str(root / name.split(".")[-1]), str(root)]
    return [importlib.import_module(f"{package}.{module}") for module in modules]


ue, area, risk, error = source(
    "lm_polygraph", "ue_metrics.ue_metric", "ue_metrics.pred_rej_area", "ue_metrics.risk_cov_curve", "ue_metrics.ece"
)
from calibration import utils as kumar  # noqa: E402

rng = np.random.default_rng(20261121)


def orders(scores):
    """Ranks of all orders of the scores within their ties."""
    ties = [np.flatnonzero(scores == value) for value in np.unique(scores)]
    for choice in itertools.product(*(itertools.permutations(tie) for tie in ties)):
        ranks = np.empty(len(scores))
        ranks[np.concatenate([np.array(part) for part in choice])] = np.arange(len(scores))
        yield ranks


def mean_over_orders(metric, scores, right):
    return float(np.mean([metric(ranks, right) for ranks in orders(scores)]))


def prr(most, scores, right):
    metric = area.PredictionRejectionArea(max_rejection=most)
    own = mean_over_orders(metric, scores, right)
    oracle = metric(-right, right)
    drawn = ue.get_random_scores(metric, right)
    return (own - right.mean()) / (oracle - right.mean()), ue.normalize_metric(own, oracle, drawn)


def aurac(scores, right):
    """The accuracies of Farquhar et al. (2024), averaged."""
    return np.mean([right[scores <= np.quantile(scores, q)].mean() for q in np.linspace(0.1, 1, 20)])


def within_length(scores, wrong, tokens):
    """Pairs of one tenth of the lengths; a length belongs to the tenth of its middle answer."""
    n = len(tokens)
    group = {t: ((tokens < t).sum() + (tokens == t).sum() // 2) * 10 // n for t in set(tokens)}
    group = np.array([group[t] for t in tokens])
    ordered = pairs = 0
    for g in set(group):
        here = group == g
        if len(set(wrong[here])) == 2:
            count = wrong[here].sum() * (~wrong[here]).sum()
            ordered += roc_auc_score(wrong[here], scores[here]) * count
            pairs += count
    return float(ordered / pairs) if pairs else None


def ranking(name, scores, wrong):
    scores, wrong = np.asarray(scores, float), np.asarray(wrong, bool)
    right = (~wrong).astype(float)
    tokens = rng.integers(2, 30, len(scores))
    (prr_all, drawn_all), (prr_half, drawn_half) = prr(1.0, scores, right), prr(0.5, scores, right)
    false_positive, true_positive, _ = roc_curve(wrong, scores, drop_intermediate=False)
    correlation = spearmanr(scores, tokens).statistic if len(set(scores)) > 1 else None
    return {
        "name": name,
        "scores": scores.tolist(),
        "wrong": wrong.tolist(),
        "tokens": tokens.tolist(),
        "auroc": roc_auc_score(wrong, scores),
        "auprc": average_precision_score(wrong, scores),
        "aurc": mean_over_orders(risk.RiskCoverageCurveAUC(), scores, right),
        "aurac": aurac(scores, right),
        "prr": prr_all,
        "prr_half": prr_half,
        "prr_drawn": drawn_all,
        "prr_half_drawn": drawn_half,
        "length_spearman": correlation,
        "auroc_within_length": within_length(scores, wrong, tokens),
        "roc": np.stack([false_positive, true_positive], 1).tolist(),
    }


def probabilities(name, p, right):
    p, right = np.asarray(p, float), np.asarray(right, bool)
    accuracy, confidence = calibration_curve(right, p, n_bins=20)
    bins = [b for b in kumar.bin(list(zip(p, right.astype(float))), kumar.get_equal_bins(p, 10)) if len(b)]
    observed = np.array([[np.mean([a for a, _ in b]), np.mean([r for _, r in b]), len(b)] for b in bins])
    mean_p, share, count = observed.T
    weight = count / count.sum()
    plain = kumar.plugin_ce(bins, power=1)
    deviation = np.sqrt(share * (1 - share) / count)
    gap = np.abs(share - mean_p)
    safe = np.where(deviation > 0, deviation, 1)
    drawn = np.where(deviation > 0, foldnorm.mean(gap / safe, scale=safe), gap)
    brier = brier_score_loss(right, p)
    np.random.seed(0)
    return {
        "name": name,
        "confidence": p.tolist(),
        "right": right.tolist(),
        "ece": error.ECE(n_bins=20)(-p, right.astype(float)),
        "bins": np.stack([confidence, accuracy], 1).tolist(),
        "ece_mass": plain,
        "mass_counts": count.astype(int).tolist(),
        "ece_debiased": 2 * plain - float(weight @ drawn),
        "ece_debiased_drawn": kumar.normal_debiased_ce(bins, resamples=5000) if count.min() > 1 else None,
        "squared_error_debiased": kumar.unbiased_square_ce(bins),
        "brier": brier,
        "brier_skill": 1 - brier / (right.mean() * (1 - right.mean())),
    }


def interval(name, scores, wrong):
    """Percentile interval of the AUROC over 4000 resamples."""
    n, values = len(scores), []
    while len(values) < 4000:
        i = rng.integers(0, n, n)
        if 0 < wrong[i].sum() < n:
            values.append(roc_auc_score(wrong[i], scores[i]))
    low, high = np.quantile(values, [0.025, 0.975])
    return {"name": name, "scores": scores.tolist(), "wrong": wrong.tolist(), "low": low, "high": high}


def noisy(n, strength, share):
    wrong = rng.random(n) < share
    return np.round(strength * wrong + rng.normal(size=n), 6), wrong


def coins(n, sharpness):
    truth = rng.beta(2, 3, n)
    p = np.clip(0.5 + sharpness * (truth - 0.5), 0, 1)
    return np.round(p, 6), rng.random(n) < truth


rankings = [
    ranking("methods.md", [0.1, 0.4, 0.35, 0.8, 0.2], [0, 0, 1, 1, 0]),
    ranking("two", [0.3, 0.1], [1, 0]),
    ranking("upside down", [3, 2, 1, 0], [0, 0, 1, 1]),
    ranking("ties", [1, 2, 2, 0, 1, 2, 0, 0], [0, 1, 0, 0, 1, 1, 1, 0]),
    ranking("signed zeros and small numbers", [0.0, -0.0, 1e-300, -1e-300, 5.0, 0.0], [1, 0, 1, 0, 1, 0]),
    ranking("constant", [7] * 7, [0, 1, 0, 1, 1, 0, 0]),
    ranking("no ties, 200", *noisy(200, 0.8, 0.3)),
    ranking("mostly wrong, 333", *noisy(333, 0.4, 0.8)),
    ranking("huge scores", *(lambda s, w: (np.exp(40 * s), w))(*noisy(60, 1.0, 0.5))),
]
fitted = [
    probabilities("small", [0.9, 0.8, 0.7, 0.6, 0.55, 0.4, 0.3, 0.2, 0.1, 0.05, 0.95, 0.15], [1, 1, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0]),
    probabilities("on the edges of bins", np.arange(0, 21) / 20, rng.random(21) < 0.5),
    probabilities("steps", np.repeat([0.1, 0.25, 0.25, 0.6, 0.9], [31, 10, 44, 20, 15]), rng.random(120) < 0.4),
    probabilities("constant", np.full(40, 0.3), rng.random(40) < 0.4),
    probabilities("sharp, 500", *coins(500, 1.6)),
    probabilities("flat, 1000", *coins(1000, 0.4)),
]
intervals = [interval("fair", *noisy(150, 0.8, 0.4)), interval("rare", *noisy(120, 1.2, 0.1))]

def clean(value):
    """NaN as null."""
    if isinstance(value, dict):
        return {key: clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clean(item) for item in value]
    return None if isinstance(value, float) and np.isnan(value) else value


written = {"rankings": rankings, "probabilities": fitted, "intervals": intervals}
with open(pathlib.Path(__file__).parent / "metrics.json", "w") as f:
    json.dump(clean(written), f, separators=(",", ":"))
    f.write("\n")
