//! How often the rule is right on labeled questions.

use super::Kind;
use crate::statistics::share::wilson;

/// A labeled question and what it was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    /// What it is.
    pub label: Kind,
    /// By the rule.
    pub kind: Kind,
}

/// Some of many, with Wilson's interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How many.
    pub hits: usize,
    /// Of how many.
    pub count: usize,
}

impl Share {
    fn of(judged: &[Judged], counts: impl Fn(&Judged) -> bool, hits: impl Fn(&Judged) -> bool) -> Self {
        let counted = judged.iter().filter(|&judged| counts(judged));
        counted.fold(Self::default(), |s, j| Self { hits: s.hits + usize::from(hits(j)), count: s.count + 1 })
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [low, high] = wilson(self.hits, self.count).map(|end| 100.0 * end);
        let percent = 100.0 * self.hits as f64 / self.count.max(1) as f64;
        f.pad(&format!("{:>5} of {:<5} {percent:5.1} %  [{low:.1}, {high:.1}]", self.hits, self.count))
    }
}

/// Of each label that occurs: how many are taken for questions of fact, and how many for what they are.
pub fn by_kind(judged: &[Judged]) -> Vec<(Kind, Share, Share)> {
    let of = |label: Kind| {
        let is = move |judged: &Judged| judged.label == label;
        (label, Share::of(judged, is, |j| j.kind == Kind::Fact), Share::of(judged, is, |j| j.kind == j.label))
    };
    Kind::ALL.into_iter().map(of).filter(|row| row.1.count > 0).collect()
}

/// Questions of fact that get no confidence by their kind.
pub fn false_silence(judged: &[Judged]) -> Share {
    Share::of(judged, |j| j.label == Kind::Fact, |j| j.kind != Kind::Fact)
}

/// Everything else that gets one.
pub fn false_speech(judged: &[Judged]) -> Share {
    Share::of(judged, |j| j.label != Kind::Fact, |j| j.kind == Kind::Fact)
}

/// All of that as text.
pub fn table(judged: &[Judged]) -> String {
    let head = format!("{:<12} {:<42} taken for what it is\n", "", "taken for a question of fact");
    let row = |(kind, fact, right): (Kind, Share, Share)| format!("{:<12} {fact:<42} {right}\n", kind.as_str());
    let rows: String = by_kind(judged).into_iter().map(row).collect();
    let (silence, speech) = (false_silence(judged), false_speech(judged));
    format!("{head}{rows}\nfalse silence {silence}\nfalse speech  {speech}\n")
}

/// Whether a line is of the half that the rule was not tuned on: those whose id has an odd FNV-1a hash of 32 bits.
pub fn is_kept_back(id: &str) -> bool {
    let mix = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(16_777_619);
    id.bytes().fold(2_166_136_261, mix) % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_counted_by_label() {
        let judged = |label, kind| Judged { label, kind };
        let all = [
            judged(Kind::Fact, Kind::Fact),
            judged(Kind::Fact, Kind::Advice),
            judged(Kind::Fact, Kind::Fact),
            judged(Kind::Code, Kind::Fact),
            judged(Kind::Code, Kind::Code),
            judged(Kind::Opinion, Kind::Advice),
        ];
        let share = |hits, count| Share { hits, count };
        assert_eq!((false_silence(&all), false_speech(&all)), (share(1, 3), share(1, 3)));
        let rows = by_kind(&all);
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[0], (Kind::Fact, share(2, 3), share(2, 3)));
        assert_eq!(rows[1], (Kind::Opinion, share(0, 1), share(0, 1)));
        assert_eq!(rows[2], (Kind::Code, share(1, 2), share(1, 2)));
        assert_eq!(share(10, 100).to_string(), "   10 of 100    10.0 %  [5.5, 17.4]");
        assert_eq!(false_speech(&[]), share(0, 0));
        let table = table(&all);
        assert!(table.contains("\nfact             2 of 3      66.7 %"), "{table}");
        assert!(table.ends_with("\nfalse speech      1 of 3      33.3 %  [6.1, 79.2]\n"), "{table}");
    }

    #[test]
    fn halves_are_those_of_the_published_hash() {
        // Test vectors of FNV-1a: "" is 811c9dc5, "a" e40c292c, "foobar" bf9cf968.
        assert_eq!(["", "a", "foobar", "b"].map(is_kept_back), [true, false, false, true]);
    }
}
