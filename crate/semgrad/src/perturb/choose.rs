//! As many other wordings as a method wants, from those that there are (arXiv 2506.09684 §4).

use super::Random;
use std::collections::BTreeSet;

/// `count` wordings (9 in the paper) out of `given`: a random choice of more, all and random repetitions of fewer, as
/// the paper has it (its code fills up with empty texts). What is blank, equals the question, or says the same as one
/// before in other case or spacing is not a wording; none at all when nothing is left.
pub fn choose(question: &str, given: &[String], count: usize, seed: u64) -> Vec<String> {
    let mut seen = BTreeSet::from([key(question)]);
    let mut distinct: Vec<String> = Vec::new();
    for wording in given.iter().map(|wording| wording.trim()) {
        if !wording.is_empty() && seen.insert(key(wording)) {
            distinct.push(wording.to_owned());
        }
    }
    let mut random = Random::new(seed);
    if distinct.len() > count {
        return random.pick(&mut distinct, count).to_vec();
    }
    let there = distinct.len();
    while there > 0 && distinct.len() < count {
        distinct.push(distinct[random.below(there)].clone());
    }
    distinct
}

/// What must differ.
fn key(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&t| t.into()).collect()
    }

    #[test]
    fn more_are_chosen_from() {
        let all: Vec<String> = (0..20).map(|i| format!("wording {i}")).collect();
        let got = choose("q", &all, 9, 1);
        assert_eq!(got.iter().collect::<BTreeSet<_>>().len(), 9);
        assert!(got.iter().all(|w| all.contains(w)));
        assert_eq!(got, choose("q", &all, 9, 1));
        assert_ne!(got, choose("q", &all, 9, 2));
    }

    #[test]
    fn fewer_are_repeated() {
        let got = choose("q", &given(&["a", "b"]), 9, 5);
        assert_eq!((got.len(), &got[..2]), (9, &given(&["a", "b"])[..]));
        assert!(got.iter().all(|w| w == "a" || w == "b"));
    }

    #[test]
    fn what_is_no_other_wording_does_not_count() {
        let got = choose(
            "Who  wrote it?",
            &given(&["who wrote it?", " ", "Who is the author?", "who is  THE author?", ""]),
            1,
            0,
        );
        assert_eq!(got, ["Who is the author?"]);
        assert!(choose("q", &given(&["q", " Q "]), 9, 0).is_empty());
        assert!(choose("q", &[], 9, 0).is_empty());
        assert!(choose("q", &given(&["a"]), 0, 0).is_empty());
        assert_eq!(choose("س", &given(&["من كتب؟"]), 2, 0).len(), 2);
    }
}
