//! English endings: the base of an inflected word, and the same ending on another word. Regular spelling rules only;
//! a candidate base that is no word is simply not found by the caller.

/// An ending that can be moved from one word to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Plural, or third person: rivers, carries.
    S,
    /// Past: invented, used, stopped.
    Ed,
    /// Progressive: making, running.
    Ing,
}

/// Verbs whose past is not regular; they stay as they are.
const IRREGULAR: &str = " be bear beat become begin bend bet bid bind bite bleed blow break breed bring build burst buy \
    cast catch choose cling come cost creep cut deal dig do draw drink drive eat fall feed feel fight find flee fling fly \
    forbid forget forgive freeze get give go grind grow hang have hear hide hit hold hurt keep kneel know lay lead leave \
    lend let lie lose make mean meet pay put quit read ride ring rise run say see seek sell send set shake shed shine \
    shoot show shrink shut sing sink sit sleep slide speak spend spin split spread stand steal stick sting strike string \
    strive swear sweep swim swing take teach tear tell think throw understand undergo wake wear weave weep win wind \
    withdraw write ";

/// Possible bases of a lower-case word, the likelier first, with the ending that was taken off.
pub fn bases(word: &str) -> Vec<(String, Ending)> {
    let mut bases = Vec::new();
    let mut add = |stem: &str, tail: &str, ending| {
        if stem.len() >= 2 {
            bases.push((format!("{stem}{tail}"), ending));
        }
    };
    if let Some(stem) = word.strip_suffix("ies") {
        add(stem, "y", Ending::S);
    }
    if let Some(stem) = word.strip_suffix('s').filter(|stem| !stem.ends_with('s')) {
        add(stem, "", Ending::S);
        if let Some(stem) = stem.strip_suffix('e') {
            add(stem, "", Ending::S);
        }
    }
    if let Some(stem) = word.strip_suffix("ied") {
        add(stem, "y", Ending::Ed);
    }
    for (suffix, ending) in [("ed", Ending::Ed), ("ing", Ending::Ing)] {
        if let Some(stem) = word.strip_suffix(suffix) {
            add(stem, "", ending);
            add(stem, "e", ending);
            if let [.., a, b] = stem.as_bytes()
                && a == b
            {
                add(&stem[..stem.len() - 1], "", ending);
            }
        }
    }
    bases
}

/// A lower-case base with the ending; irregular verbs stay bare.
pub fn inflect(base: &str, ending: Ending) -> String {
    let bytes = base.as_bytes();
    let vowel = |at: usize| bytes.len().checked_sub(at).is_some_and(|i| b"aeiou".contains(&bytes[i]));
    let after_consonant_y = base.ends_with('y') && !vowel(2);
    let stem = &base[..base.len().saturating_sub(1)];
    match ending {
        Ending::S if after_consonant_y => format!("{stem}ies"),
        Ending::S if ["s", "x", "z", "ch", "sh"].iter().any(|end| base.ends_with(end)) => format!("{base}es"),
        Ending::S => format!("{base}s"),
        Ending::Ed if IRREGULAR.contains(&format!(" {base} ")) => base.into(),
        Ending::Ed if after_consonant_y => format!("{stem}ied"),
        Ending::Ed if base.ends_with('e') => format!("{base}d"),
        Ending::Ed => format!("{}ed", doubled(base)),
        Ending::Ing if base.ends_with('e') && !base.ends_with("ee") && bytes.len() > 2 => format!("{stem}ing"),
        Ending::Ing => format!("{}ing", doubled(base)),
    }
}

/// Short words double their last consonant after a single vowel: stop, stopp-.
fn doubled(base: &str) -> String {
    let vowel = |c: &u8| b"aeiou".contains(c);
    match base.as_bytes() {
        [a @ .., v, c] if vowel(v) && !vowel(c) && !b"wxy".contains(c) && !a.iter().any(vowel) && !a.is_empty() => {
            format!("{base}{}", *c as char)
        }
        _ => base.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_come_off() {
        for (word, base, ending) in [
            ("rivers", "river", Ending::S),
            ("countries", "country", Ending::S),
            ("boxes", "box", Ending::S),
            ("horses", "horse", Ending::S),
            ("invented", "invent", Ending::Ed),
            ("used", "use", Ending::Ed),
            ("stopped", "stop", Ending::Ed),
            ("carried", "carry", Ending::Ed),
            ("making", "make", Ending::Ing),
            ("running", "run", Ending::Ing),
            ("eating", "eat", Ending::Ing),
        ] {
            assert!(bases(word).contains(&(base.into(), ending)), "{word}: {:?}", bases(word));
        }
        for word in ["", "s", "is", "glass", "ed", "ing", "river", "été"] {
            assert!(bases(word).is_empty(), "{word}: {:?}", bases(word));
        }
    }

    #[test]
    fn endings_go_on() {
        for (base, ending, word) in [
            ("stream", Ending::S, "streams"),
            ("country", Ending::S, "countries"),
            ("day", Ending::S, "days"),
            ("church", Ending::S, "churches"),
            ("devise", Ending::Ed, "devised"),
            ("forge", Ending::Ing, "forging"),
            ("see", Ending::Ing, "seeing"),
            ("plan", Ending::Ed, "planned"),
            ("show", Ending::Ing, "showing"),
            ("look", Ending::Ed, "looked"),
            ("try", Ending::Ed, "tried"),
            ("play", Ending::Ed, "played"),
            ("write", Ending::Ed, "write"),
            ("write", Ending::Ing, "writing"),
            ("discover", Ending::Ed, "discovered"),
            ("y", Ending::S, "ies"),
        ] {
            assert_eq!(inflect(base, ending), word);
        }
    }
}
