//! The terms of the report, a sentence or two each.

use maud::{Markup, html};

/// Terms and their meaning.
const TERMS: &[(&str, &str)] = &[
    (
        "Score",
        "A number that says how unsure the model is of an answer; higher is less sure. This report asks how well each \
         score separates wrong answers from right ones.",
    ),
    (
        "Interval",
        "The numbers in brackets: had other questions of the same kind been asked, the result would very likely (95 %) \
         lie between them. Two scores whose intervals overlap widely may be equally good.",
    ),
    (
        "AUROC",
        "Take one wrong and one right answer at random: how often does the score doubt the wrong one more? 0.5 is \
         guessing, 1 is perfect, below 0.5 the score is upside down.",
    ),
    (
        "AUROC within length",
        "The same, but only answers of about equal length are compared. A score that only notices long answers falls \
         to 0.5 here.",
    ),
    (
        "Follows length",
        "Rank correlation of the score with the number of tokens of the answer: 0 is none, ±1 means the score is the \
         length in disguise.",
    ),
    (
        "AUPRC",
        "How clean the list of doubted answers is, from the most doubted on. Guessing gives the share of wrong \
         answers.",
    ),
    (
        "PRR",
        "How much of an oracle's gain one gets by leaving out the most doubted answers: 0 is leaving out at random, 1 \
         is the oracle. PRR ½ leaves out half at most.",
    ),
    ("AURC", "Mean share of errors among the answers kept, over all shares kept; lower is better."),
    ("AURAC", "Mean share of right answers among those kept; higher is better."),
    (
        "ECE",
        "How far confidence is from the truth: the mean distance between “70 % sure” and how often that is right, over \
         groups of answers of equal width or equal mass. Debiased: less what chance alone would give. The squared error \
         takes the squares of the distances. Lower is better.",
    ),
    (
        "Brier",
        "Mean squared distance between confidence and outcome (1 right, 0 wrong); lower is better. Brier skill \
         compares with always saying the share of right answers: above 0 the confidence is worth something.",
    ),
    (
        "Probability",
        "Where ECE, Brier and the reliability chart take probabilities from: given (the confidence is one), or fitted \
         to the score on other questions of the same set.",
    ),
    (
        "TSU",
        "Share of questions whose score rises when the answers are drawn at a higher temperature, as uncertainty \
         should.",
    ),
    (
        "Cost",
        "Time for answer and score as a multiple of the answer alone: 1.1× is a tenth more, 10× is like answering ten \
         times.",
    ),
    (
        "p",
        "How likely so large a difference would be if there were none. With many comparisons one in twenty falls below \
         0.05 by chance; it is not corrected for that.",
    ),
];

/// The list.
pub fn terms() -> Markup {
    html! { dl.terms { @for (term, meaning) in TERMS { div { dt { (term) } dd { (meaning) } } } } }
}
