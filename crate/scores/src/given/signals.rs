//! What speaks for doubt in a given answer, each a number that grows with it. None of them reads how long the answer is or how
//! it hedges: that tells the writer, not the truth.

use super::own::Own;
use super::words::{Word, new};
use std::collections::BTreeMap;

/// What was seen of a given answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen<'a> {
    /// The question.
    pub question: &'a str,
    /// The answer.
    pub answer: &'a str,
    /// Its content words.
    pub words: Vec<Word>,
    /// Scores of methods that the same pass gives, by id.
    pub scores: BTreeMap<&'static str, f64>,
    /// Probability of yes, against no, to the question whether it is correct.
    pub correct: Option<f64>,
    /// The model's own answers.
    pub own: Option<Own>,
}

/// What a signal is about, as it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// How likely the answer's words are to the model.
    Words,
    /// What the model says of the answer.
    Asked,
    /// What it would have said instead.
    Own,
    /// How well it knows what is asked.
    Question,
    /// What its own state is when it has read both.
    State,
}

/// A signal.
pub struct Signal {
    /// Its name.
    pub id: &'static str,
    /// What it is about.
    pub about: About,
    /// Whether an encoder gives it, which few have loaded.
    pub is_of_encoder: bool,
    /// Its value; NaN where it has none.
    pub value: fn(&Seen<'_>) -> f64,
}

/// Ids of the methods that are signals as they are: all come with the pass over the answer.
pub const METHODS: [&str; 4] = ["perplexity", "lsc", "fdbd", "paragrad"];

const fn signal(id: &'static str, about: About, value: fn(&Seen<'_>) -> f64) -> Signal {
    Signal { id, about, is_of_encoder: false, value }
}

const fn of_encoder(id: &'static str, value: fn(&Seen<'_>) -> f64) -> Signal {
    Signal { id, about: About::Own, is_of_encoder: true, value }
}

/// All signals.
pub const SIGNALS: [Signal; 15] = [
    signal("surprisal", About::Words, surprisal),
    signal("lsc", About::Words, |seen| score(seen, "lsc")),
    signal("fdbd", About::Words, |seen| score(seen, "fdbd")),
    signal("paragrad", About::Words, |seen| score(seen, "paragrad").max(1e-12).ln()),
    signal("word_surprisal_max", About::Words, |seen| largest(new(&seen.words).iter().map(|word| word.surprisal))),
    signal("word_surprisal_mean", About::Words, |seen| mean(new(&seen.words).iter().map(|word| word.surprisal))),
    signal("word_entropy_max", About::Words, |seen| largest(new(&seen.words).iter().map(|word| word.entropy))),
    signal("word_entropy_mean", About::Words, |seen| mean(new(&seen.words).iter().map(|word| word.entropy))),
    signal("span_surprisal", About::Words, span_surprisal),
    signal("not_correct", About::Asked, |seen| seen.correct.map_or(f64::NAN, |yes| logit(1.0 - yes))),
    signal("own_missing", About::Own, |seen| {
        own(seen, |own| 1.0 - mean(own.shares(seen.question, seen.answer).into_iter().filter(|share| !share.is_nan())))
    }),
    of_encoder("own_distance", |seen| {
        own(seen, |own| own.similarity.as_ref().map_or(f64::NAN, |all| 1.0 - largest(all.iter().copied())))
    }),
    of_encoder("own_contradiction", |seen| {
        own(seen, |own| own.contradiction.as_ref().map_or(f64::NAN, |all| mean(all.iter().copied())))
    }),
    signal("own_regret", About::Own, |seen| {
        own(seen, |own| own.logprob.first().map_or(f64::NAN, |logprob| logprob + surprisal(seen)))
    }),
    signal("own_entropy", About::Question, |seen| own(seen, |own| own.entropy(seen.question))),
];

/// Values of all signals.
pub fn signals(seen: &Seen<'_>) -> BTreeMap<&'static str, f64> {
    SIGNALS.iter().map(|signal| (signal.id, (signal.value)(seen))).collect()
}

/// The least likely three content words in a row: their mean surprisal.
fn span_surprisal(seen: &Seen<'_>) -> f64 {
    let surprisals: Vec<f64> = new(&seen.words).iter().map(|word| word.surprisal).collect();
    let size = surprisals.len().min(3);
    if size == 0 { f64::NAN } else { largest(surprisals.windows(size).map(|window| mean(window.iter().copied()))) }
}

/// Mean −ln p of the answer's tokens.
fn surprisal(seen: &Seen<'_>) -> f64 {
    score(seen, "perplexity").ln()
}

fn score(seen: &Seen<'_>, id: &str) -> f64 {
    seen.scores.get(id).copied().unwrap_or(f64::NAN)
}

fn own(seen: &Seen<'_>, value: impl Fn(&Own) -> f64) -> f64 {
    seen.own.as_ref().filter(|own| !own.texts.is_empty()).map_or(f64::NAN, value)
}

fn logit(p: f64) -> f64 {
    let p = p.clamp(1e-6, 1.0 - 1e-6);
    (p / (1.0 - p)).ln()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

fn largest(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(f64::NAN, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(surprisal: f64, is_asked: bool) -> Word {
        Word { at: 0..0, tokens: (0, 1), surprisal, entropy: 2.0 * surprisal, is_asked }
    }

    #[test]
    fn words_of_the_question_do_not_count() {
        let words = vec![word(9.0, true), word(1.0, false), word(2.0, false), word(3.0, false), word(1.0, false)];
        let seen =
            Seen { words, scores: [("perplexity", 1.5f64.exp())].into(), correct: Some(0.25), ..Seen::default() };
        let of = signals(&seen);
        assert_eq!((of["word_surprisal_max"], of["word_entropy_max"], of["span_surprisal"]), (3.0, 6.0, 2.0));
        assert_eq!((of["word_surprisal_mean"], of["word_entropy_mean"], of["surprisal"]), (1.75, 3.5, 1.5));
        assert!((of["not_correct"] - 3f64.ln()).abs() < 1e-12);
        assert!(of["own_missing"].is_nan() && of["lsc"].is_nan());
    }

    #[test]
    fn own_answers() {
        let own = Own {
            texts: vec!["Paris".into(), "Lyon".into()],
            logprob: vec![-0.5, -1.0],
            similarity: Some(vec![0.75, 0.25]),
            contradiction: Some(vec![0.0, 0.5]),
        };
        let seen = Seen {
            question: "What is the capital of France?",
            answer: "It is Paris.",
            scores: [("perplexity", 2f64.exp())].into(),
            own: Some(own),
            ..Seen::default()
        };
        let of = signals(&seen);
        assert_eq!((of["own_missing"], of["own_distance"], of["own_contradiction"]), (0.5, 0.25, 0.25));
        assert!(of["own_regret"] == 1.5 && (of["own_entropy"] - 2f64.ln()).abs() < 1e-12);
        assert!(of["span_surprisal"].is_nan());
    }
}
