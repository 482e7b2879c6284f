#!/usr/bin/env python3
"""Makes the fixture of the probes' logistic regression by `scikit-learn`.

  python ../regenerate.py probe         logistic.json:

[{"name", "rows" [n][d], "labels", "weights" [d], "bias", "probabilities" [n]}, …] of LogisticRegression(C=1), solved to
1e-14. Features are exact in float32 and of different sizes, as hidden states are.
"""
import json
import pathlib

import numpy as np
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(20261121)


def case(name, n, d, scale, separable=False):
    rows = (rng.normal(size=(n, d)) * scale).astype(np.float32)
    # Seven bits of mantissa keep the file short.
    rows = (rows.view(np.uint32) & 0xFFFF0000).view(np.float32)
    logit = rows.astype(np.float64) @ (rng.normal(size=d) / scale) + 0.5
    noise = 0 if separable else rng.logistic(size=n)
    labels = logit + noise > 0
    x = rows.astype(np.float64)
    fit = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-14, max_iter=1000).fit(x, labels)
    return {
        "name": name,
        "rows": [[float(v) for v in row] for row in rows],
        "labels": labels.tolist(),
        "weights": fit.coef_[0].tolist(),
        "bias": float(fit.intercept_[0]),
        "probabilities": fit.predict_proba(x)[:, 1].tolist(),
    }


sizes = np.array([0.01, 0.3, 1.0, 1.0, 20.0, 150.0])
cases = [
    case("more rows than features", 60, 6, sizes),
    case("more features than rows", 20, 32, np.tile([0.5, 1.0, 2.0, 40.0], 8)),
    case("separable", 24, 3, np.array([1.0, 5.0, 0.2]), separable=True),
]
with open(pathlib.Path(__file__).parent / "logistic.json", "w") as f:
    json.dump(cases, f, separators=(",", ":"))
    f.write("\n")
