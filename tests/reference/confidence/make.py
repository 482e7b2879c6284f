#!/usr/bin/env python3
"""Makes the fixture of the calibration's maps and models by `scikit-learn`.

  python ../regenerate.py confidence    maps.json:

{"isotonic": [{"scores" [n], "right" [n], "at" [m], "confidence" [m]}, …]      IsotonicRegression(increasing=False)
 "platt":    [{"scores", "right", "slope", "intercept"}, …]                    Platt's targets, maximum likelihood
 "logistic": [{"rows" [n][d], "right" [n], "penalty", "weights" [d], "bias"}, …]  LogisticRegression(C=1/penalty)}

Platt: scikit-learn's own sigmoid calibration uses the same targets but stops at a loose tolerance; here the same
likelihood is maximized by an unpenalized LogisticRegression on both labels of each answer, weighted by its target. Scores
have few digits, so that both sides read the same numbers.
"""
import json
import pathlib

import numpy as np
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(20261121)


def labeled(n, scale=1.0, ties=None):
    score = rng.normal(size=n)
    right = rng.random(n) < 1 / (1 + np.exp(1.5 * score + 0.3))
    score = np.round(score, ties) if ties is not None else score
    return np.array([float(f"{v:.6g}") for v in score * scale]), right


def isotonic(n, **kind):
    scores, right = labeled(n, **kind)
    low, high = scores.min(), scores.max()
    at = np.concatenate([np.linspace(low - 1, high + 1, 41), scores[:20]])
    fit = IsotonicRegression(increasing=False, out_of_bounds="clip").fit(scores, right.astype(float))
    return {"scores": scores, "right": right, "at": at, "confidence": fit.predict(at)}


def platt(n, scale):
    scores, right = labeled(n, scale=scale)
    positive, negative = right.sum(), (~right).sum()
    target = np.where(right, (positive + 1) / (positive + 2), 1 / (negative + 2))
    unit = scores / scale  # well conditioned; undone below
    x = np.concatenate([unit, unit])[:, None]
    y = np.concatenate([np.ones(n), np.zeros(n)])
    weight = np.concatenate([target, 1 - target])
    fit = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-14, max_iter=1000)
    fit.fit(x, y, sample_weight=weight)
    slope, intercept = fit.coef_[0, 0] / scale, fit.intercept_[0]
    # Its own calibration says the same up to its tolerance.
    own = _SigmoidCalibration().fit(unit, right.astype(float))
    assert abs(-own.a_ / scale - slope) < 1e-3 * abs(slope) and abs(-own.b_ - intercept) < 1e-3, (own.a_, own.b_)
    return {"scores": scores, "right": right, "slope": slope, "intercept": intercept}


def logistic(n, d, penalty):
    rows = np.round(rng.normal(size=(n, d)), 4)
    rows[:, -1] = np.round(0.9 * rows[:, 0] + 0.1 * rows[:, -1], 4)  # nearly the same, as scores are
    right = rows @ rng.normal(size=d) - 0.4 + rng.logistic(size=n) > 0
    fit = LogisticRegression(C=1 / penalty, solver="newton-cholesky", tol=1e-14, max_iter=1000).fit(rows, right)
    return {"rows": rows, "right": right, "penalty": penalty, "weights": fit.coef_[0], "bias": fit.intercept_[0]}


def plain(value):
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


maps = {
    "isotonic": [isotonic(60), isotonic(200, ties=1), isotonic(80, scale=1e-5), isotonic(12, ties=0)],
    "platt": [platt(80, 1.0), platt(300, 1e-5), platt(50, 40.0)],
    "logistic": [logistic(120, 5, 0.1), logistic(120, 5, 10.0), logistic(60, 12, 300.0)],
}
with open(pathlib.Path(__file__).parent / "maps.json", "w") as f:
    json.dump(plain(maps), f, separators=(",", ":"))
    f.write("\n")
