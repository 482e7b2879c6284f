//! Two random walks, one over wordings of a question and one over the replies to them: what the Inv-Entropy family is
//! made of (arXiv 2506.09684 §3).
//!
//! With similarities normalized by row, P_x and P_y, and a uniform start π: P(Y) = πP_y; the inverse model
//! P(X = xᵢ | Y = yⱼ) = [P_yP_x]ⱼᵢ is one step among replies, one among questions. P(X) = πP_yP_yP_x as in the paper's
//! code, not πP_yP_x as in one line of its text: only the former is Σⱼ P(yⱼ)·P(x | yⱼ).
//!
//! A blank reply has no similarity to anything: it is never drawn, and a question with blank replies alone is left out
//! (the code compares the empty string's embedding).

use super::support;
use crate::evidence::Evidence;
use crate::evidence::observed::{Matrix, Perturbed};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;

/// Draws of one reply per question (the paper takes 30, its code 20; from 10 on the scores hardly move).
const BOOTSTRAPS: usize = 30;
/// The same evidence gives the same score everywhere.
const SEED: u64 = 0;

/// What one choice of replies says, by wording, 0..=n.
pub(super) struct Walk {
    /// P(X = xᵢ).
    pub questions: Vec<f64>,
    /// P(Y = yᵢ).
    pub answers: Vec<f64>,
    /// P(X = xᵢ | Y = yᵢ).
    pub inverse: Vec<f64>,
    /// P(Y = yᵢ | X = xᵢ).
    pub forward: Vec<f64>,
}

impl Walk {
    /// From similarities of questions and of replies, both `[n+1, n+1]`.
    pub fn new(questions: Matrix, answers: Matrix) -> Self {
        let uniform = vec![1.0 / questions.len() as f64; questions.len()];
        let (step_x, step_y) = (transition(questions), transition(answers));
        let answers = step(&uniform, &step_y);
        let inverse: Matrix = step_y.iter().map(|row| step(row, &step_x)).collect(); // [j][i] = P(xᵢ | yⱼ)
        let questions = step(&answers, &inverse);
        let inverse: Vec<f64> = inverse.iter().enumerate().map(|(i, row)| row[i]).collect();
        let forward = (0..inverse.len()).map(|i| inverse[i] * answers[i] / questions[i]).collect();
        Self { questions, answers, inverse, forward }
    }
}

/// Mean of `measure` over draws of one reply per question: all combinations when they are few. NaN when there are no
/// replies, or when a matrix does not fit them.
pub(super) fn mean(evidence: &Evidence, measure: fn(&Walk) -> f64) -> f64 {
    let Some(replies) = Replies::new(evidence) else { return f64::NAN };
    support::mean(replies.draws().iter().map(|draw| measure(&replies.walk(draw))))
}

/// `measure` of each question's first reply. NaN as [`mean`].
pub(super) fn first(evidence: &Evidence, measure: fn(&Walk) -> f64) -> f64 {
    Replies::new(evidence).map_or(f64::NAN, |replies| measure(&replies.walk(&vec![0; replies.choices.len()])))
}

/// The replies that are not blank.
struct Replies<'a> {
    perturbed: &'a Perturbed,
    /// Questions with a reply.
    questions: Vec<usize>,
    /// Rows of the reply matrix that belong to each of them.
    choices: Vec<Vec<usize>>,
}

impl<'a> Replies<'a> {
    fn new(evidence: &'a Evidence) -> Option<Self> {
        let perturbed = evidence.perturbed.as_ref()?;
        let (mut questions, mut choices, mut row) = (Vec::new(), Vec::new(), 0);
        for (question, replies) in perturbed.replies.iter().enumerate() {
            let rows = replies.iter().zip(row..).filter(|(reply, _)| !reply.trim().is_empty());
            let rows: Vec<usize> = rows.map(|(_, row)| row).collect();
            row += replies.len();
            if !rows.is_empty() {
                questions.push(question);
                choices.push(rows);
            }
        }
        Some(Self { perturbed, questions, choices })
    }

    /// Different combinations of one reply per question, as indices into `choices`.
    fn draws(&self) -> Vec<Vec<usize>> {
        let combinations = self.choices.iter().fold(1usize, |n, rows| n.saturating_mul(rows.len()));
        if combinations <= BOOTSTRAPS {
            return (0..combinations).map(|i| self.combination(i)).collect();
        }
        let mut random = ChaCha8Rng::seed_from_u64(SEED);
        let mut draws = BTreeSet::new();
        while draws.len() < BOOTSTRAPS {
            draws.insert(self.choices.iter().map(|rows| random.random_range(0..rows.len() as u64) as usize).collect());
        }
        draws.into_iter().collect()
    }

    /// The combination of this number, counted like the digits of an odometer.
    fn combination(&self, mut number: usize) -> Vec<usize> {
        let digit = |rows: &Vec<usize>| {
            let digit = number % rows.len();
            number /= rows.len();
            digit
        };
        self.choices.iter().map(digit).collect()
    }

    fn walk(&self, draw: &[usize]) -> Walk {
        let rows: Vec<usize> = self.choices.iter().zip(draw).map(|(rows, &i)| rows[i]).collect();
        let sub = |matrix: &Matrix, at: &[usize]| -> Matrix {
            at.iter().map(|&i| at.iter().map(|&j| matrix[i][j]).collect()).collect()
        };
        Walk::new(
            sub(&self.perturbed.question_similarity, &self.questions),
            sub(&self.perturbed.reply_similarity, &rows),
        )
    }
}

/// Rows scaled to sum 1.
fn transition(mut similarity: Matrix) -> Matrix {
    for row in &mut similarity {
        let sum: f64 = row.iter().sum();
        row.iter_mut().for_each(|v| *v /= sum);
    }
    similarity
}

/// The distribution one step later.
fn step(from: &[f64], transition: &Matrix) -> Vec<f64> {
    (0..from.len()).map(|j| from.iter().zip(transition).map(|(p, row)| p * row[j]).sum()).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::methods::{inv_entropy, max_py_x, ni_entropy, nr_inv_entropy, wd_px_py};

    fn entropy_of(q: &[f64]) -> f64 {
        support::entropy(q.iter().copied())
    }

    /// One reply to each question, of these similarities.
    pub fn evidence(questions: Matrix, answers: Matrix) -> Evidence {
        let replies = vec![vec!["reply".to_owned()]; answers.len()];
        let perturbed =
            Perturbed { replies, question_similarity: questions, reply_similarity: answers, ..Perturbed::default() };
        Evidence { perturbed: Some(perturbed), ..Evidence::default() }
    }

    /// methods.md §13, 3 × 3.
    pub fn three() -> Evidence {
        evidence(
            vec![vec![1.0, 0.9, 0.7], vec![0.9, 1.0, 0.8], vec![0.7, 0.8, 1.0]],
            vec![vec![1.0, 0.5, 0.2], vec![0.5, 1.0, 0.3], vec![0.2, 0.3, 1.0]],
        )
    }

    fn constant(n: usize, off_diagonal: f64) -> Matrix {
        (0..n).map(|i| (0..n).map(|j| if i == j { 1.0 } else { off_diagonal }).collect()).collect()
    }

    #[test]
    fn marginals() {
        let p = three().perturbed.unwrap();
        let walk = Walk::new(p.question_similarity, p.reply_similarity);
        let near = |got: &[f64], want: [f64; 3]| {
            assert!(got.iter().zip(want).all(|(g, w)| (g - w).abs() < 1e-6), "{got:?} is not {want:?}");
        };
        near(&walk.answers, [0.333115, 0.349891, 0.316993]);
        near(&walk.questions, [0.334063, 0.346692, 0.319246]);
        near(&walk.inverse, [0.357225, 0.355248, 0.361823]);
        near(&walk.forward, [0.356212, 0.358527, 0.359271]);
    }

    #[test]
    fn closed_form_of_constant_similarities() {
        // methods.md §2.3 and §13: ten wordings, similarities 1 − ε.
        for (x, y, q, h) in [
            (0.0, 0.7, 0.1, std::f64::consts::LN_10),
            (0.4, 0.0, 0.1, std::f64::consts::LN_10),
            (0.2, 0.5, 0.101996, 2.328381),
            (0.5, 0.5, 0.107438, 2.396772),
            (0.5, 1.0, 0.181818, 3.099542),
            (1.0, 0.75, 0.307692, 3.626631),
            (1.0, 1.0, 1.0, 0.0),
        ] {
            let walk = Walk::new(constant(10, 1.0 - x), constant(10, 1.0 - y));
            assert!(walk.inverse.iter().all(|v| (v - q).abs() < 1e-6));
            assert!((entropy_of(&walk.inverse) - h).abs() < 1e-6, "{x} {y}");
            // Every wording is like every other: both directions agree.
            assert!(
                (ni_entropy::METHOD.value(&evidence(constant(10, 1.0 - x), constant(10, 1.0 - y))) - h).abs() < 1e-6
            );
        }
    }

    /// Two replies to each of three questions; the second ones are like the first of `three`.
    fn two_replies() -> Evidence {
        let mut e = three();
        let p = e.perturbed.as_mut().unwrap();
        p.replies = vec![vec!["a".into(), "b".into()]; 3];
        let old = p.reply_similarity.clone();
        p.reply_similarity =
            (0..6).map(|i| (0..6).map(|j| if i % 2 == j % 2 { old[i / 2][j / 2] } else { 0.0 }).collect()).collect();
        e
    }

    #[test]
    fn few_combinations_are_averaged_exactly() {
        let e = two_replies();
        assert!((nr_inv_entropy::METHOD.value(&e) - 1.103213).abs() < 1e-6);
        let p = e.perturbed.clone().unwrap();
        let pick = |draw: [usize; 3]| {
            let sub: Matrix = (0..3)
                .map(|i| (0..3).map(|j| p.reply_similarity[2 * i + draw[i]][2 * j + draw[j]]).collect())
                .collect();
            entropy_of(&Walk::new(p.question_similarity.clone(), sub).inverse)
        };
        let want: f64 = (0..8).map(|k| pick([k & 1, k >> 1 & 1, k >> 2])).sum::<f64>() / 8.0;
        assert!((inv_entropy::METHOD.value(&e) - want).abs() < 1e-12);
    }

    #[test]
    fn many_combinations_are_drawn_once_each_and_repeatably() {
        let mut e = evidence(constant(4, 0.8), constant(16, 0.3));
        let p = e.perturbed.as_mut().unwrap();
        p.replies = vec![vec!["r".into(); 4]; 4];
        let replies = Replies::new(&e).unwrap();
        let draws = replies.draws();
        assert_eq!(draws.len(), BOOTSTRAPS);
        assert_eq!(draws.iter().collect::<BTreeSet<_>>().len(), BOOTSTRAPS);
        assert_eq!(draws, replies.draws());
        assert_eq!(inv_entropy::METHOD.value(&e), inv_entropy::METHOD.value(&e));
    }

    #[test]
    fn blank_replies_and_their_questions_are_left_out() {
        let mut e = three();
        let p = e.perturbed.as_mut().unwrap();
        p.replies[1] = vec![" \n".into()];
        let rest = evidence(constant(2, 0.7), constant(2, 0.2));
        for method in
            [inv_entropy::METHOD, ni_entropy::METHOD, nr_inv_entropy::METHOD, wd_px_py::METHOD, max_py_x::METHOD]
        {
            assert!((method.value(&e) - method.value(&rest)).abs() < 1e-12);
        }
        // A blank first reply gives way to the second.
        let mut e = two_replies();
        e.perturbed.as_mut().unwrap().replies[0][0].clear();
        let rows = [1, 2, 4];
        let old = e.perturbed.as_ref().unwrap().reply_similarity.clone();
        let sub = rows.map(|i| rows.map(|j| old[i][j]).to_vec()).to_vec();
        let want = entropy_of(&Walk::new(three().perturbed.unwrap().question_similarity, sub).inverse);
        assert!((nr_inv_entropy::METHOD.value(&e) - want).abs() < 1e-12);
    }

    #[test]
    fn edges() {
        let all = [inv_entropy::METHOD, ni_entropy::METHOD, nr_inv_entropy::METHOD, wd_px_py::METHOD, max_py_x::METHOD];
        let one = evidence(constant(1, 0.0), constant(1, 0.0));
        assert_eq!(inv_entropy::METHOD.value(&one).to_bits(), 0f64.to_bits(), "no perturbation: 0, and not −0");
        let none = Evidence { perturbed: Some(Perturbed::default()), ..Evidence::default() };
        let mut ragged = three();
        ragged.perturbed.as_mut().unwrap().reply_similarity[1].pop();
        let mut missing = three();
        missing.perturbed.as_mut().unwrap().question_similarity.pop();
        for broken in [f64::NAN, f64::INFINITY] {
            let mut e = three();
            e.perturbed.as_mut().unwrap().reply_similarity[0][1] = broken;
            assert!(all.iter().all(|method| method.value(&e).is_nan()), "{broken}");
        }
        for e in [Evidence::default(), none, ragged, missing] {
            assert!(all.iter().all(|method| method.value(&e).is_nan()));
        }
        let mut rtl = three();
        rtl.perturbed.as_mut().unwrap().replies =
            vec![vec!["باريس".into()], vec!["פריז 🥐".into()], vec!["巴黎".into()]];
        assert_eq!(inv_entropy::METHOD.value(&rtl), inv_entropy::METHOD.value(&three()));
    }
}
