//! Above which value of the teacher a model learns to refuse.

use crate::stop::Stop;
use semgrad_scores::abstain::random;
use semgrad_scores::abstain::target::{Known, Teacher};
use semgrad_scores::abstain::threshold;

/// Fewest judged questions that a threshold is chosen by: with fewer, the best of nine is mostly luck.
const LEAST: usize = 30;

/// A threshold.
#[derive(Clone, Debug, PartialEq)]
pub struct Tau {
    /// Highest value of an answer that is given.
    pub value: f64,
    /// How it was chosen, in a sentence.
    pub how: String,
}

/// What was wished for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish {
    /// This threshold.
    pub tau: Option<f64>,
    /// The threshold at which this share of the questions is answered.
    pub engagement: Option<f64>,
}

/// The threshold for what is learned from `data`: as wished, or the one of the teacher's grid that is best on `validation`
/// by the rule that needs no training, refusing above it at run time. Without validation, `data` itself, where it is judged.
pub fn choose(teacher: Teacher, wish: Wish, data: &[Known], validation: &[Known]) -> Result<Tau, Stop> {
    // What is dealt out anew is not what was measured.
    let measured = if teacher == Teacher::Shuffled { Teacher::SemanticEntropy } else { teacher };
    if teacher == Teacher::None {
        return Ok(Tau { value: f64::INFINITY, how: "Nothing is refused.".into() });
    }
    if teacher == Teacher::Labels {
        return Ok(Tau { value: 0.5, how: "What was answered wrong is refused.".into() });
    }
    if let Some(value) = wish.tau {
        return Ok(Tau { value, how: format!("Answers above {value} are refused, as asked for.") });
    }
    if let Some(wished) = wish.engagement {
        let values: Vec<f64> = measured.values(data, 0).into_iter().flatten().collect();
        let (value, share) = threshold::for_engagement(&values, wished).ok_or_else(|| silent(teacher))?;
        let how = format!(
            "Answers above {value:.3} are refused: {:.0} % of the questions to learn from lie below, {:.0} % were wished for.",
            100.0 * share,
            100.0 * wished
        );
        return Ok(Tau { value, how });
    }
    let (known, which) =
        if validation.is_empty() { (data, "questions to learn from") } else { (validation, "validation questions") };
    let pair = |(value, known): (Option<f64>, &Known)| Some((value?, known.right?));
    let (values, right): (Vec<f64>, Vec<bool>) =
        measured.values(known, 0).into_iter().zip(known).filter_map(pair).unzip();
    if values.len() < LEAST {
        let message = format!(
            "nobody said above which value to refuse, and {} of {} {which} have both a right answer and a value of the teacher.",
            values.len(),
            known.len()
        );
        let advice =
            format!("Give --validation with {LEAST} questions or more and their answers, --engagement, or --tau.");
        return Err(Stop::bad_input(message, advice));
    }
    let best = threshold::best(&values, &right, teacher.description().grid).ok_or_else(|| silent(teacher))?;
    let tally = best.tally;
    let all = threshold::at(&values, &right, f64::INFINITY).tally;
    let lot = random::at(all.right, all.questions(), tally.answered());
    let how = format!(
        "Refusing above {} is best on {} {which} without any training: distance {:.3}, where answering all has {:.3} and \
         answering as many by lot {:.3}.",
        best.tau,
        values.len(),
        tally.aed(),
        all.aed(),
        lot.aed
    );
    Ok(Tau { value: best.tau, how })
}

fn silent(teacher: Teacher) -> Stop {
    let known = teacher.description();
    Stop::bad_input(
        format!("the teacher {} has no value for any question: it reads {}.", known.id, known.reads),
        "Give it what it reads, or choose another teacher.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Right below 1 nat.
    fn known(n: usize, graded: bool) -> Vec<Known> {
        let of = |i: usize| {
            let entropy = i as f64 * 2.0 / n as f64;
            Known { entropy: Some(entropy), right: graded.then_some(entropy < 1.0), ..Known::default() }
        };
        (0..n).map(of).collect()
    }

    fn tau(teacher: Teacher, wish: Wish, data: &[Known], validation: &[Known]) -> Result<Tau, String> {
        choose(teacher, wish, data, validation).map_err(|stop| match stop {
            Stop::Failed(error) => format!("{} {}", error.message, error.advice),
            Stop::Lines(_) => panic!("another error"),
        })
    }

    #[test]
    fn as_wished_or_as_measured() {
        let (open, judged) = (known(100, false), known(60, true));
        let entropy = Teacher::SemanticEntropy;
        let of = |wish: Wish| tau(entropy, wish, &open, &judged).unwrap();
        assert_eq!(of(Wish { tau: Some(0.3), engagement: None }).value, 0.3);
        let quarter = of(Wish { tau: None, engagement: Some(0.25) });
        assert!((quarter.value - 0.49).abs() < 1e-9 && quarter.how.contains("25 % of the questions"), "{quarter:?}");
        let best = of(Wish::default());
        assert!(
            best.value == 1.0 && best.how.contains("60 validation questions") && best.how.contains("0.5"),
            "{best:?}"
        );
        assert_eq!(tau(Teacher::Shuffled, Wish::default(), &open, &judged).unwrap().value, 1.0);
        assert_eq!(tau(entropy, Wish::default(), &judged, &[]).unwrap().value, 1.0);
        assert_eq!(tau(Teacher::Labels, Wish::default(), &open, &[]).unwrap().value, 0.5);
        assert_eq!(tau(Teacher::None, Wish::default(), &open, &[]).unwrap().value, f64::INFINITY);
    }

    #[test]
    fn what_cannot_be_chosen_is_said() {
        let (open, few) = (known(100, false), known(29, true));
        let said = |teacher, wish, validation: &[Known]| tau(teacher, wish, &open, validation).unwrap_err();
        let none = said(Teacher::SemanticEntropy, Wish::default(), &[]);
        assert!(none.contains("0 of 100 questions to learn from") && none.contains("--engagement"), "{none}");
        assert!(said(Teacher::SemanticEntropy, Wish::default(), &few).contains("29 of 29 validation"));
        let wish = Wish { tau: None, engagement: Some(0.5) };
        assert!(said(Teacher::Confidence, wish, &[]).contains("it reads a calibrated profile"));
    }
}
