//! Whether a confidence holds for questions of a kind that it never saw: each question set in turn by a fit to the others.

use super::calibration::{Calibration, sets};
use super::fit::{Options, check, combinable, wanted};
use super::item::Item;
use super::report::Report;
use crate::error::Result;

/// The confidence of each question by a fit to all other sets: set, id, confidence. Nothing for a set without which the
/// others are too few, or have no score in common.
///
/// # Errors
/// As [`super::fit::fit`].
pub fn left_out(items: &[Item], options: &Options) -> Result<Vec<(String, String, f64)>> {
    check(items)?;
    let ((items, _), mut said) = (wanted(items, options), Vec::new());
    for set in sets(&items) {
        let (test, train): (Vec<Item>, Vec<Item>) = items.iter().cloned().partition(|item| item.set == set.name);
        let (Some(data), _) = combinable(&train, options) else { continue };
        let combined = Some(data.train(&(0..data.rows.len()).collect::<Vec<_>>())?);
        let calibration = Calibration { combined, ..Calibration::default() };
        let of = |item: &Item| Some((item.set.clone(), item.id.clone(), Report::said(&calibration, item)?));
        said.extend(test.iter().filter_map(of));
    }
    Ok(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::auroc;

    /// Three sets of a hundred, of which the last has twice as many right answers at the same score.
    fn items() -> Vec<Item> {
        let item = |i: usize| {
            let set = i / 100;
            let score = (i * 37 % 100) as f64 / 50.0;
            let easier = if set == 2 { 0.5 } else { 0.0 };
            Item {
                set: ["a", "b", "c"][set].into(),
                id: format!("{i}"),
                scores: [("gnll".to_owned(), (score).exp())].into(),
                tokens: 4 + i % 3,
                prompt_tokens: 20 + i % 7,
                right: ((i * 7919) % 101) as f64 / 50.0 > score + 0.5 - easier,
                ..Item::default()
            }
        };
        (0..300).map(item).collect()
    }

    #[test]
    fn each_set_is_judged_by_the_others_alone() {
        let items = items();
        let said = left_out(&items, &Options::default()).unwrap();
        assert_eq!(said.len(), 300);
        let mean = |set: &str, of: &dyn Fn(usize) -> f64| {
            let at: Vec<usize> = (0..300).filter(|&i| said[i].0 == set).collect();
            at.iter().map(|&i| of(i)).sum::<f64>() / at.len() as f64
        };
        let (p, right) = (|i: usize| said[i].2, |i: usize| f64::from(u8::from(items[i].right)));
        assert!(mean("c", &p) < mean("c", &right) - 0.1, "nothing told that this set is easier");
        // What the third says changes the first two, and not itself.
        let mut other = items.clone();
        other.iter_mut().filter(|item| item.set == "c").for_each(|item| item.right = !item.right);
        let changed = left_out(&other, &Options::default()).unwrap();
        assert_eq!(changed[200..], said[200..]);
        assert_ne!(changed[..200], said[..200]);
        let of_c: Vec<f64> = said[200..].iter().map(|said| said.2).collect();
        assert!(auroc(&of_c, &items[200..].iter().map(|item| item.right).collect::<Vec<_>>()) > 0.7);
        // One set has no others.
        assert_eq!(left_out(&items[..100], &Options::default()).unwrap(), []);
    }
}
