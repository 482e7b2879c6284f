//! Above which value of the teacher a model learns to refuse.

use crate::stop::Stop;
use semgrad_scores::abstain::random;
use semgrad_scores::abstain::target::{Known, Teacher};
use semgrad_scores::abstain::threshold;

/// Fewest judged questions that a threshold is chosen by: with fewer, the best of nine is mostly luck.
const LEAST: usize = 30;
/// Smallest share of the questions to learn from that is answered, or refused: as many are learned of the one kind as of the
/// other, so that the smaller side says how much is learned at all.
const SMALLER: f64 = 0.1;

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
        let (value, share) = threshold::for_engagement(&values, wished).ok_or_else(|| silent(teacher, data))?;
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
        let advice = before_profile(teacher, data).unwrap_or_else(|| {
            format!("Give --validation with {LEAST} questions or more and their answers, --engagement, or --tau.")
        });
        return Err(Stop::bad_input(message, advice));
    }
    let grid = teacher.description().grid;
    let best = |grid: &[f64]| threshold::best(&values, &right, grid).ok_or_else(|| silent(teacher, data));
    let learned: Vec<f64> = measured.values(data, 0).into_iter().flatten().collect();
    let share = |tau: f64| learned.iter().filter(|&&value| value <= tau).count() as f64 / learned.len().max(1) as f64;
    let fits = |&tau: &f64| (SMALLER..=1.0 - SMALLER).contains(&share(tau));
    let wide: Vec<f64> = grid.iter().copied().filter(fits).collect();
    let (free, best) = (best(grid)?, best(if wide.is_empty() { grid } else { &wide })?);
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
    let passed = match free.tau == best.tau {
        true => String::new(),
        false => format!(
            " {} would have {:.3}, but {:.0} % of the questions to learn from lie below, and nearly nothing would be learned.",
            free.tau,
            free.tally.aed(),
            100.0 * share(free.tau)
        ),
    };
    Ok(Tau { value: best.tau, how: how + &passed })
}

fn silent(teacher: Teacher, data: &[Known]) -> Stop {
    let known = teacher.description();
    Stop::bad_input(
        format!("the teacher {} has no value for any question: it reads {}.", known.id, known.reads),
        before_profile(teacher, data).unwrap_or_else(|| "Give it what it reads, or choose another teacher.".into()),
    )
}

/// What to do where the questions were asked before the model had a profile.
fn before_profile(teacher: Teacher, data: &[Known]) -> Option<String> {
    let is_silent = teacher == Teacher::Confidence && teacher.values(data, 0).iter().all(Option::is_none);
    let has_samples = data.iter().any(|known| known.entropy.is_some());
    (is_silent && has_samples).then(|| {
        "These questions were asked before the model had a profile: --teacher semantic_entropy goes by the samples that were \
         drawn then. For confidences, ask anew: name another folder with --out."
            .into()
    })
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
        let late = said(Teacher::Confidence, wish, &[]);
        assert!(
            late.contains("it reads a calibrated profile") && late.contains("--teacher semantic_entropy"),
            "{late}"
        );
        assert!(said(Teacher::Confidence, Wish::default(), &few).contains("--teacher semantic_entropy"));
    }

    #[test]
    fn a_threshold_leaves_enough_to_learn_on_both_sides() {
        // Right only at the very bottom, where of the questions to learn from lie five of a hundred.
        let of = |i: usize| Known { entropy: Some(i as f64 / 40.0), right: Some(i < 4), ..Known::default() };
        let judged: Vec<Known> = (0..80).map(of).collect();
        let entropy = |i: usize| match i {
            0..5 => 0.2,
            5..20 => 0.4,
            20..60 => 0.7,
            _ => 1.4,
        };
        let open: Vec<Known> = (0..100).map(|i| Known { entropy: Some(entropy(i)), ..Known::default() }).collect();
        let found = tau(Teacher::SemanticEntropy, Wish::default(), &open, &judged).unwrap();
        assert_eq!(found.value, 0.5);
        assert!(found.how.contains("0.25 would have") && found.how.contains("5 % of the questions"), "{found:?}");
        // Where no threshold leaves enough, the best one is what there is.
        let all: Vec<Known> = vec![Known { entropy: Some(0.2), ..Known::default() }; 50];
        assert_eq!(tau(Teacher::SemanticEntropy, Wish::default(), &all, &judged).unwrap().value, 0.25);
    }
}
