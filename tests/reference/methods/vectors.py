"""Computes the test vectors of www/docs/methods.md §13 from the formulas of that page.

    pip install numpy==2.4.6
    python vectors.py

Nothing here knows our code: each score is a formula of the page in numpy, double precision. Writes vectors.json,
evidence with the scores that it must have: a Rust test asks our code for these, and for every method of the registry.
Prints every row of §13, and what the page has otherwise; the exit status is 1 then.
"""

import json
import math
import pathlib
import sys

import numpy as np

HERE = pathlib.Path(__file__).parent
PAGE = HERE.parents[2] / "www" / "docs" / "methods.md"


def entropy(p):
    p = np.asarray(p, dtype=float)
    p = p[p > 0]
    return float(-(p * np.log(p)).sum())


def softmax(z):
    e = np.exp(np.asarray(z, dtype=float) - np.max(z))
    return e / e.sum()


def judged(entail, neutral, contradict):
    return {"entail": entail, "neutral": neutral, "contradict": contradict}


def tokens(logprobs, entropies=None):
    entropies = np.ones(len(logprobs)) if entropies is None else entropies
    return [{"logprob": p, "entropy": e} for p, e in zip(logprobs, entropies)]


YES, MAYBE, NO = judged(0.8, 0.1, 0.1), judged(0.1, 0.8, 0.1), judged(0.1, 0.1, 0.8)
rows = {}
cases = []


def case(evidence, **scores):
    cases.append({"evidence": evidence, "scores": scores})


# §1: W_head [3, 2], two tokens.
W_HEAD = np.array([[0.3, 0.1], [-0.2, 0.4], [0.5, -0.3]])
H = np.array([[1.0, -2.0], [0.5, 0.5]])
Y = [0, 2]
P = np.array([softmax(W_HEAD @ h) for h in H])
OMEGA = np.array([entropy(p) for p in P])
DELTA = P - np.eye(3)[Y]
LOGPROB = np.log(P[[0, 1], Y])


def head_gradient(weights):
    return np.abs((weights[:, None] * DELTA).T @ H / len(Y)).mean()


SEMGRAD = 0.2
rows["token distributions"] = [*P[0], *P[1]]
rows["mean_token_entropy"] = [OMEGA.mean()]
rows["max_token_entropy"] = [OMEGA.max()]
rows["alpha"] = [np.exp(-OMEGA.mean())]
rows["paragrad"] = [head_gradient(OMEGA)]
rows["exgrad"] = [head_gradient(np.ones(2))]
rows["hybridgrad"] = [(1 - rows["alpha"][0]) * SEMGRAD + rows["alpha"][0] * rows["paragrad"][0]]
rows["gnll"] = [-LOGPROB.sum()]
rows["perplexity"] = [np.exp(-LOGPROB.mean())]
OF_TOKENS = ["mean_token_entropy", "max_token_entropy", "paragrad", "exgrad", "hybridgrad", "gnll", "perplexity"]
case(
    # Five hidden states, of which the upper half is the last two.
    {
        "tokens": tokens(LOGPROB, OMEGA),
        "layers": [None, None, 0.5, 0.1, 0.3],
        "paragrad": rows["paragrad"][0],
        "exgrad": rows["exgrad"][0],
    },
    semgrad=SEMGRAD,
    semgrad_last=0.3,
    **{name: rows[name][0] for name in OF_TOKENS},
)


# §2: similarities of three wordings and of three replies, then ten of each with constant similarities.
def walk(x, y):
    px, py = x / x.sum(1, keepdims=True), y / y.sum(1, keepdims=True)
    pi = np.full(len(x), 1 / len(x))
    answers, inverse = pi @ py, py @ px  # inverse[j, i] = P(x_i | y_j)
    questions = answers @ inverse
    diagonal = np.diag(inverse)
    return questions, answers, diagonal, diagonal * answers / questions


S_X = np.array([[1, 0.9, 0.7], [0.9, 1, 0.8], [0.7, 0.8, 1]])
S_Y = np.array([[1, 0.5, 0.2], [0.5, 1, 0.3], [0.2, 0.3, 1]])
QUESTIONS, ANSWERS, INVERSE, FORWARD = walk(S_X, S_Y)
rows["P(Y)"] = ANSWERS
rows["P(X)"] = QUESTIONS
rows["inverse diagonal"] = INVERSE
rows["forward diagonal"] = FORWARD
rows["inv_entropy"] = [entropy(INVERSE)]
rows["nr_inv_entropy"] = rows["inv_entropy"]  # one reply each
rows["ni_entropy"] = [entropy(FORWARD)]
rows["wd_px_py"] = [np.abs(np.sort(QUESTIONS) - np.sort(ANSWERS)).mean()]
rows["max_py_x"] = [FORWARD.max()]


def wordings(x, y):
    replies = [["a reply"]] * len(x)
    return {"perturbed": {"replies": replies, "question_similarity": x.tolist(), "reply_similarity": y.tolist()}}


OF_WORDINGS = ["inv_entropy", "ni_entropy", "nr_inv_entropy", "wd_px_py", "max_py_x"]
case(wordings(S_X, S_Y), **{name: rows[name][0] for name in OF_WORDINGS})


def constant(epsilon, n=10):
    return np.full((n, n), 1 - epsilon) + epsilon * np.eye(n)


for x, y in [(0, 0.7), (0.4, 0), (0.2, 0.5), (0.5, 0.5), (0.5, 1), (1, 0.75), (1, 1)]:
    q = walk(constant(x), constant(y))[2]
    n = 9
    closed = (1 + n - n * x - n * y + n * x * y) / ((n + 1 - n * x) * (n + 1 - n * y))
    assert np.allclose(q, closed)
    rows[f"q and inv_entropy at ({x}, {y})"] = [q[0], entropy(q)]
    case(wordings(constant(x), constant(y)), inv_entropy=entropy(q))

# §3: a greedy answer and five samples in three meanings, the first of which is the greedy answer's. By lax clustering
# the last two meanings are one: the third sample entails the fifth, which is neutral towards it.
MEAN_LOGPROB = np.array([-0.2, -0.3, -1.0, -1.5, -2.0])
CLUSTERS, LAX = np.array([0, 0, 1, 0, 2]), np.array([0, 0, 1, 0, 1])


def between(i, j):
    meaning = [0, *CLUSTERS]
    if meaning[i] == meaning[j]:
        return YES
    return {(3, 5): YES, (5, 3): MAYBE}.get((i, j), NO)


def masses(clusters):
    sums = np.array([np.exp(MEAN_LOGPROB[clusters == c]).sum() for c in range(clusters.max() + 1)])
    return sums, sums / sums.sum()


MASS, SHARE = masses(CLUSTERS)
rows["masses of meanings"] = SHARE
rows["semantic_entropy"] = [entropy(SHARE)]
rows["semantic_entropy, code of 2023"] = [5 - np.log(MASS).mean()]
rows["semantic_entropy, LM-Polygraph"] = [-np.log(MASS[CLUSTERS]).mean()]
rows["semantic_entropy_lax"] = [entropy(masses(LAX)[1])]
rows["discrete_semantic_entropy"] = [entropy(np.bincount(CLUSTERS) / 5)]
rows["ln_pe"] = [-MEAN_LOGPROB.mean()]
rows["predictive_entropy"] = [-2 * MEAN_LOGPROB.mean()]
rows["self_consistency"] = [(CLUSTERS != 0).mean()]
rows["num_set"] = [3.0]


def laplacian(w):
    root = np.sqrt(w.sum(1))
    return np.linalg.eigh(np.eye(len(w)) - w / np.outer(root, root))


def eigv(w):
    return np.maximum(0, 1 - laplacian(w)[0]).sum()


def hybrid(sizes, eigv):
    sizes = np.asarray(sizes, dtype=float)
    n, k, alone = sizes.sum(), len(sizes), (sizes == 1).sum()
    meanings = eigv if alone == n else max(k * n / (n - alone), eigv)
    q = k * sizes / n / meanings
    return meanings, float((-q * np.log(q) / (1 - (1 - q) ** n)).sum()) + 0.0


rows["hybrid_dse of sizes 6, 2, 1, 1 and EigV 3.1"] = hybrid([6, 2, 1, 1], 3.1)
rows["hybrid_dse of one meaning"] = hybrid([10], 1.0)[1:]
rows["hybrid_dse of ten singletons and EigV 9"] = hybrid([1] * 10, 9.0)[1:]
ENTAILED = np.array([[between(i, j)["entail"] for j in range(1, 6)] for i in range(1, 6)])
BY_ENTAILMENT = (ENTAILED + ENTAILED.T) / 2 * (1 - np.eye(5)) + np.eye(5)
rows["hybrid_dse"] = hybrid(np.bincount(CLUSTERS), eigv(BY_ENTAILMENT))[1:]
OF_MEANINGS = ["semantic_entropy", "semantic_entropy_lax", "discrete_semantic_entropy", "ln_pe", "predictive_entropy"]
OF_MEANINGS += ["self_consistency", "num_set", "hybrid_dse"]
case(
    {
        "samples": [{"logprob": [v, v]} for v in MEAN_LOGPROB],
        "entailment": [[between(i, j) for j in range(6)] for i in range(6)],
    },
    **{name: rows[name][0] for name in OF_MEANINGS},
)
case({"p_true": 0.7}, p_true=0.3)

# §9: the graph of three samples.
W = np.array([[1, 0.8, 0.1], [0.8, 1, 0.2], [0.1, 0.2, 1]])
VALUES, VECTORS = laplacian(W)
KEPT = VECTORS[:, VALUES < 0.9]
rows["eigenvalues of the Laplacian"] = np.abs(VALUES)
rows["eigv"] = [eigv(W)]
rows["deg"] = [(1 - W).sum() / 9]
rows["eccentricity"] = [np.linalg.norm(KEPT - KEPT.mean(0))]


def kle(function):
    values, vectors = np.linalg.eigh(np.diag((2 * W).sum(1)) - 2 * W)
    kernel = vectors @ np.diag(function(values)) @ vectors.T
    scale = np.sqrt(np.diag(kernel))
    return entropy(np.linalg.eigvalsh(kernel / np.outer(scale, scale) / len(W)))


rows["kle_heat"] = [kle(lambda v: np.exp(-0.3 * v))]
rows["kle_matern"] = [kle(lambda v: (2.0 + v) ** -1.0)]
GREEDY = np.pad(W, (1, 0))  # the greedy answer's row and column, of which `cocoa` alone reads the first
GREEDY[0, 1:] = 0.5, 0.8, 0.2
case(
    {"entailment": [[judged(v, 0.0, 1 - v) for v in row] for row in GREEDY]},
    **{name: rows[name][0] for name in ["eigv", "deg", "eccentricity", "kle_heat", "kle_matern"]},
)
rows["snne with W as similarity"] = [-np.log(np.exp(W).sum(1)).mean()]
TEXTS = ["red fox", "red hen", "grey owl"]  # ROUGE-L ½ for the first two, else 0
ROUGE = np.array([[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1]])
rows["snne"] = [-np.log(np.exp(ROUGE).sum(1)).mean()]
rows["lexical_similarity"] = [-0.5 / 3]
case(
    {"samples": [{"text": text} for text in TEXTS]},
    **{name: rows[name][0] for name in ["snne", "lexical_similarity"]},
)
rows["sar_token"] = [np.dot([0.1, 0.6, 0.3], [0.1, 0.7, 0.2])]
SHIFTED = np.exp(-np.array([0.5, 0.7, 1.2]))


def energies(tau):
    return -np.log(SHIFTED + (W - np.eye(3)) @ SHIFTED / tau)


rows["energies of sar"] = energies(0.001)
rows["sar"] = [energies(0.001).mean()]
rows["sar with τ = 1"] = [energies(1).mean()]
rows["sar_sentence"] = rows["sar"]
rows["cocoa"] = [1.0 * (1 - np.mean([0.5, 0.8, 0.2]))]
case(
    {
        "tokens": tokens([-0.1, -0.7, -0.2]),
        "relevance": [0.1, 0.6, 0.3],
        "samples": [{"logprob": [-v], "relevance": [1.0]} for v in (0.5, 0.7, 1.2)],
        "similarity": GREEDY.tolist(),
    },
    sar=rows["sar"][0],
    sar_sentence=rows["sar_sentence"][0],  # of one token each, which has all relevance
    sar_token=rows["sar_token"][0],
    cocoa=rows["cocoa"][0],
)
X = np.sin(np.arange(1, 13).reshape(3, 4))
CENTERED = X - X.mean(1, keepdims=True)
COVARIANCE = CENTERED @ CENTERED.T


def eigenscore(covariance):
    return np.log(np.linalg.eigvalsh(covariance + 0.001 * np.eye(3))).mean()


rows["eigenscore"] = [eigenscore(COVARIANCE / 3)]
rows["eigenscore, LM-Polygraph"] = [eigenscore(COVARIANCE)]
case({"covariance": (COVARIANCE / 3).tolist()}, eigenscore=rows["eigenscore"][0])
MU1 = np.array([0.5, 0.3, 0.2])
MU2 = np.array([[0.8, 0.1, 0.1], [0.4, 0.5, 0.1], [0.3, 0.3, 0.4]])
rows["marginal of mutual_information"] = MU1 @ MU2
rows["mutual_information"] = [(MU1[:, None] * MU2 * np.log(MU2 / (MU1 @ MU2))).sum()]
case(
    {
        "samples": [{"text": text, "logprob": [math.log(p)]} for text, p in zip(["one", "two", "three"], MU1)],
        "iterated": np.log(MU2).tolist(),
    },
    mutual_information=rows["mutual_information"][0],
)
PEAK = np.array([0.7, 0.1, 0.1, 0.1])
PEAK_2 = np.sqrt(PEAK) / np.sqrt(PEAK).sum()
rows["self_certainty"] = [np.log(PEAK).mean() + np.log(4)]
rows["renyi"] = [2 * np.log(np.sqrt(PEAK_2).sum()) - np.log(4)]
rows["fisher_rao"] = [-2 / np.pi * np.arccos(np.sqrt(PEAK_2 / 4).sum())]
case(
    {
        "tokens": tokens([math.log(0.7)]),
        "shapes": [{"mean_logprob": np.log(PEAK).mean(), "log_root_sum": math.log(np.sqrt(PEAK_2).sum()), "vocab": 4}],
    },
    **{name: rows[name][0] for name in ["self_certainty", "renyi", "fisher_rao"]},
)
DISTANCE = np.sqrt(0.5 * ((np.sqrt([0.7, 0.2, 0.1]) - np.sqrt([0.5, 0.3, 0.2])) ** 2).sum())
rows["esi, one distance"] = [DISTANCE]
case({"tokens": tokens([-1.0, -1.0], [2.0, 0.0]), "perturbed": {"hellinger": [[DISTANCE, 1.0]]}}, esi=DISTANCE)
rows["attention_score"] = [-np.mean([np.log([0.5, 0.25]).mean(), np.log([1.0, 0.125]).mean()])]
# The first entry is the last prompt position's, which belongs to no token of the answer.
OWN = [[0.9, 0.5, 0.25], [0.1, 1.0, 0.125]]
case(
    {"tokens": tokens([-0.1] * 3), "attention": {"depth": 5, "layers": [{"layer": 2, "to_self": OWN}]}},
    attention_score=rows["attention_score"][0],
)

# §5, §6 and §7.
case({"probes": {"sep": 0.25, "sep_tbg": 0.75}}, sep=0.25, sep_tbg=0.75)
w, d = np.array([0.6, 0.3, 0.1]), np.array([0, 0.2, 0.9])
rows["semantic_density"] = [1 - (w * (1 - d)).sum() / w.sum()]
case(
    {
        "answer": "a",
        "sharp_logprob": math.log(w[0]),
        "samples": [{"text": text, "sharp_logprob": math.log(p)} for text, p in zip(["b", "c"], w[1:])],
        "entailment": [[judged(1 - d[max(i, j)], 0.0, d[max(i, j)]) for j in range(3)] for i in range(3)],
    },
    semantic_density=rows["semantic_density"][0],
)
rows["luq, support of a sentence"] = [softmax([2, -1])[0]]
ENTAIL, CONTRADICT, NEUTRAL = softmax([2, -1, 1])
SENTENCE = [judged(ENTAIL, NEUTRAL, CONTRADICT)] * 2
case({"sentences": [[SENTENCE], [SENTENCE, SENTENCE]]}, luq=1 - rows["luq, support of a sentence"][0])
rows["ccp, one token"] = [0.7 / 0.9]
VARIANTS = [(0.2, YES, MAYBE), (0.2, NO, NO), (0.1, MAYBE, MAYBE)]
VARIANTS = [{"probability": p, "forward": forward, "backward": backward} for p, forward, backward in VARIANTS]
case(
    {"tokens": tokens([math.log(0.5)]), "claims": [{"tokens": [0, 1], "alternatives": [VARIANTS]}]},
    ccp=1 - rows["ccp, one token"][0],
)
# The third entails the fourth, which is neutral: two meanings of two answers each.
SAID = [0, 0, 1, 1]
PAIR = {(2, 3): YES, (3, 2): MAYBE}
ANSWERED = [[PAIR.get((i, j), YES if SAID[i] == SAID[j] else NO) for j in range(4)] for i in range(4)]
rows["claim_semantic_entropy"] = [entropy([0.5, 0.5])]
case(
    {"claims": [{"questions": [{"answers": ["north", "up north", "south", "down"], "entailment": ANSWERED}]}]},
    claim_semantic_entropy=rows["claim_semantic_entropy"][0],
)

# §8: columns (.8, .2) and (.3, .7).
M = np.array([[0.8, 0.3], [0.2, 0.7]])
SMOOTH = (M + 1e-7) / (M + 1e-7).sum(0)
TOTAL, A = entropy(SMOOTH.mean(1)), np.mean([entropy(SMOOTH[:, 0]), entropy(SMOOTH[:, 1])])
rows["total entropy of demonstrations"] = [TOTAL]
rows["icl_epistemic"] = [A]
rows["icl_aleatoric"] = [TOTAL - A]
case({"demonstrations": M.tolist()}, icl_epistemic=A, icl_aleatoric=TOTAL - A)

# §11.
C, ATTENTION, ALPHA = [0.9], [None, 0.7, 0.3], 0.2
for p, a in zip([0.4, 0.8], ATTENTION[1:]):
    C.append(ALPHA * p + (1 - ALPHA) * a * C[-1])
rows["confidences of rauq"] = C
rows["rauq"] = [1 - np.log(C).mean()]
# Another head looks at itself less, and does not count.
HEADS = [[1.0, *ATTENTION[1:]], [1.0, 0.4, 0.4]]
case(
    {"tokens": tokens(np.log([0.9, 0.4, 0.8])), "attention": {"depth": 1, "layers": [{"layer": 0, "to_self": HEADS}]}},
    rauq=rows["rauq"][0],
)
Z, HEAD = np.array([1.0, 2.0]), np.array([[0.5, 1.0], [0.2, 0.1], [-0.3, 0.4]])
MARGINS = [abs((HEAD[0] - c) @ Z) / np.linalg.norm(HEAD[0] - c) / np.linalg.norm(Z) for c in HEAD[1:]]
rows["nci"] = [-(HEAD[0] @ Z) / np.linalg.norm(Z)]
rows["fdbd"] = [-np.mean(MARGINS)]
case(
    {"tokens": tokens([-0.1]), "geometry": [{"nci": -rows["nci"][0], "fdbd": np.mean(MARGINS)}]},
    nci=rows["nci"][0],
    fdbd=rows["fdbd"][0],
)
SPANS = np.array([-0.1, -2.0, -0.3, -0.05])
rows["lsc"] = [
    max(-SPANS[i : i + n].mean() for n in (min(n, 4) for n in (2, 3, 5)) for i in range(len(SPANS) - n + 1))
]
case({"tokens": tokens(SPANS)}, lsc=rows["lsc"][0])
BOOSTED = np.array([0.45, 0.42, 0.05, 0.04, 0.03, 0.01])
DROPS = BOOSTED[:-1] - BOOSTED[1:]
LAST = np.flatnonzero((DROPS > 0.3 * BOOSTED[:-1]) & (DROPS > 0.005)).max()
rows["boosted_prob, by token"] = np.where(np.arange(6) <= LAST, BOOSTED[: LAST + 1].sum(), BOOSTED)
TOP = [{"id": i, "logprob": p} for i, p in enumerate(np.log(BOOSTED))]
case(
    {"tokens": tokens(np.log(BOOSTED)), "shapes": [{"vocab": 6, "top": TOP}] * 6},
    boosted_prob=-np.mean(rows["boosted_prob, by token"]),
)

# §4, §5, §10.
rows["aed of 60 right and 20 wrong of 100"] = [np.sqrt((20**2 + 40**2) / (2 * 100**2))]


def distance(right, wrong, questions):
    return math.sqrt((wrong**2 + (questions - right) ** 2) / (2 * questions**2))


def lot(right, questions, answered, sure_right=0, sure_wrong=0, refused=0):
    """Mean and deviation of the distance when so many of some questions, drawn by lot, are answered beside sure ones."""
    everything = questions + sure_right + sure_wrong + refused
    draws = math.comb(questions, answered)
    lots = [
        (
            math.comb(right, r) * math.comb(questions - right, answered - r) / draws,
            distance(sure_right + r, sure_wrong + answered - r, everything),
        )
        for r in range(max(0, answered - questions + right), min(right, answered) + 1)
    ]
    mean = sum(p * d for p, d in lots)
    return mean, math.sqrt(max(0, sum(p * d * d for p, d in lots) - mean**2))


BEST = min(range(101), key=lambda answered: lot(20, 100, answered)[0])
rows["answers by lot, 20 of 100 right, at its best"] = [BEST, *lot(20, 100, BEST)]
rows["answers by lot, 50 of 100"] = lot(20, 100, 50)
rows["aed of all answers, and of none"] = [distance(20, 80, 100), distance(0, 0, 100)]
rows["two of four by a score"] = lot(1, 2, 1, sure_right=1, refused=1)
SE = np.array([0, 0, 0.2, 0.5, 1.1, 1.6, 2.3])


def scatter(gamma):
    sides = [SE[SE < gamma], SE[SE >= gamma]]
    return sum(((side - side.mean()) ** 2).sum() for side in sides)


GRID = np.linspace(1e-10, SE.max(), 100)
GAMMA = GRID[int(np.argmin([scatter(g) for g in GRID]))]
rows["γ* of sep"] = [GAMMA, scatter(GAMMA)]
U, WRONG = np.array([0.1, 0.4, 0.35, 0.8, 0.2]), np.array([0, 0, 1, 1, 0])
ORDER = WRONG[np.argsort(U)]
K = np.arange(1, 6)
PAIRS = [(a > b) + 0.5 * (a == b) for a in U[WRONG == 1] for b in U[WRONG == 0]]
AREA, ORACLE, RANDOM = (1 - ORDER.cumsum() / K).mean(), (1 - np.sort(WRONG).cumsum() / K).mean(), 1 - WRONG.mean()
rows["auroc"] = [np.mean(PAIRS)]
rows["aurc"] = [(ORDER.cumsum() / K).mean()]
rows["prr"] = [(AREA - RANDOM) / (ORACLE - RANDOM)]
SCORES, RIGHT = np.arange(1, 10) / 10, np.array([0, 0, 1, 0, 1, 1, 1, 1, 1])


def conformal(alpha):
    fits = [s for s in SCORES if ((SCORES >= s) * (1 - RIGHT)).sum() + 1 <= alpha * 10 + 1e-9]
    return min(fits, default=float("inf"))


rows["conformal threshold at α = 0.25"] = [conformal(0.25)]
rows["conformal threshold at α = 0.05"] = [conformal(0.05)]
rows["high-probability risk of n = 200, α = 0.1, δ = 0.05"] = [0.1 + np.sqrt(np.log(20) / 400) - 0.9 / 200]



def plain(value):
    """As JSON has it: twelve digits, which every platform agrees on."""
    if isinstance(value, dict):
        return {key: plain(v) for key, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, float):
        return round(float(value), 12) + 0.0
    return value


body = ",\n".join(json.dumps(plain(entry)) for entry in cases)
(HERE / "vectors.json").write_text(f"[\n{body}\n]\n", encoding="utf-8")

text = {name: ", ".join("∞" if np.isinf(v) else f"{v + 0.0:.6f}" for v in values) for name, values in rows.items()}
section = PAGE.read_text(encoding="utf-8").split("\n## §13 ", 1)[1].split("\n## ", 1)[0]
lines = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
page = {cells[0].strip(" `"): cells[-1].strip() for cells in lines if cells[0].strip() not in ("what", "---")}
wrong = False
for name in [*text, *(name for name in page if name not in text)]:
    ours, theirs = text.get(name, "nothing"), page.get(name, "nothing")
    print(f"{name}: {ours}" + ("" if ours == theirs else f"   BUT THE PAGE HAS {theirs}"))
    wrong |= ours != theirs
sys.exit(wrong)
