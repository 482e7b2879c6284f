//! Which claims of many answers are doubted.

use serde::{Deserialize, Serialize};

/// Most claims of an answer that are doubted, as a share of them: an answer that doubts all that it says helps nobody.
pub const MOST: f64 = 0.2;

/// How the doubted claims are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Share of all claims that lie above the threshold, at most.
    pub share: f64,
    /// Share of the claims of one answer that are doubted, at most.
    pub most: f64,
}

impl Default for Rule {
    fn default() -> Self {
        Self { share: MOST, most: MOST }
    }
}

/// What was chosen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// Doubts above this one are stated; nothing where there are no claims to compare.
    pub threshold: Option<f64>,
    /// By answer, the places of its doubted claims, rising.
    pub doubted: Vec<Vec<usize>>,
}

impl Rule {
    /// Of all claims the most doubtful, and of these, in each answer, as many as it may have. `doubts`: by answer and part, how
    /// doubtful it is, higher being less sure; nothing for what is no claim. Claims of equal doubt are all above the
    /// threshold or none is, because nothing tells which of them to doubt; what is no number is never doubted.
    pub fn choose(&self, doubts: &[Vec<Option<f64>>]) -> Choice {
        let known = |doubt: &Option<f64>| doubt.filter(|doubt| doubt.is_finite());
        let mut all: Vec<f64> = doubts.iter().flatten().filter_map(known).collect();
        all.sort_by(|a, b| b.total_cmp(a));
        // The share is below one, so that there is one behind those that lie above it.
        let Some(&threshold) = all.get((self.share * all.len() as f64) as usize).or(all.last()) else {
            return Choice { threshold: None, doubted: vec![Vec::new(); doubts.len()] };
        };
        let of = |parts: &Vec<Option<f64>>| {
            let claims = parts.iter().flatten().count();
            let mut above: Vec<(usize, f64)> =
                parts.iter().enumerate().filter_map(|(i, doubt)| Some((i, known(doubt)?))).collect();
            above.retain(|(_, doubt)| *doubt > threshold);
            above.sort_by(|a, b| b.1.total_cmp(&a.1));
            above.truncate((self.most * claims as f64) as usize);
            let mut places: Vec<usize> = above.into_iter().map(|(i, _)| i).collect();
            places.sort_unstable();
            places
        };
        Choice { threshold: Some(threshold), doubted: doubts.iter().map(of).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(doubts: &[f64]) -> Vec<Option<f64>> {
        doubts.iter().map(|&doubt| Some(doubt)).collect()
    }

    #[test]
    fn a_fifth_of_all_and_of_each() {
        let first = some(&[9.0, 8.0, 7.0, 1.0, 1.5]);
        let mut second = some(&[0.1, 6.0, 0.2, 0.3, 0.4]);
        second.insert(0, None);
        let found = Rule { share: 0.5, ..Rule::default() }.choose(&[first.clone(), second.clone()]);
        // Five of ten lie above 1.0: of either answer's the highest one.
        assert_eq!(found, Choice { threshold: Some(1.0), doubted: vec![vec![0], vec![2]] });
        // Two of ten lie above the third, and these are of one answer.
        let found = Rule::default().choose(&[first, second]);
        assert_eq!(found, Choice { threshold: Some(7.0), doubted: vec![vec![0], vec![]] });
    }

    #[test]
    fn short_answers_keep_what_they_say() {
        let found = Rule::default().choose(&[some(&[9.0, 9.5, 8.0, 7.0]), some(&[0.0; 12])]);
        assert_eq!(found.doubted, vec![Vec::<usize>::new(); 2]);
    }

    #[test]
    fn equal_doubts_and_none() {
        let found = Rule::default().choose(&[some(&[1.0; 20])]);
        assert_eq!(found, Choice { threshold: Some(1.0), doubted: vec![vec![]] });
        assert_eq!(Rule::default().choose(&[vec![None], vec![]]).threshold, None);
        assert_eq!(Rule::default().choose(&[]), Choice::default());
        let broken = [Some(f64::NAN), Some(2.0), Some(1.0), Some(0.5), Some(0.1), Some(0.2)];
        let found = Rule { share: 0.3, ..Rule::default() }.choose(&[broken.to_vec()]);
        assert_eq!(found.doubted, [vec![1]]);
        assert!(Rule { share: 0.0, ..Rule::default() }.choose(&[some(&[1.0; 9])]).doubted[0].is_empty());
    }
}
