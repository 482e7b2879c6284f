//! Phrases that give a kind away, as tables that can be read: a phrase a line, its words apart by spaces.
//!
//! | in a phrase | stands for |
//! | --- | --- |
//! | `a/b` | one of these words |
//! | `a?`, `a/b?` | the same, or nothing |
//! | `#` | a number |
//! | `##` | a number that is no year |
//! | `*` | a word of the list that is given beside the phrases |
//! | `_` | any word |
//! | `~` | at most three words |
//! | `^` at the beginning | the phrase begins a clause |
//! | `<` at the beginning | the phrase begins the text |
//! | `$` at the end | the phrase ends the text |

/// Most words that `~` stands for.
const GAP: usize = 3;

/// How many words the first of these phrases takes that `words` begin with.
pub fn begins(phrases: &str, words: &[String]) -> Option<usize> {
    lines(phrases).find_map(|phrase| length("", phrase, words)).filter(|&length| length > 0)
}

/// The phrases of a table.
pub fn lines(phrases: &str) -> impl Iterator<Item = &str> {
    phrases.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// How many words a phrase takes from the beginning of `words`, if they begin with it; `*` is a word of `list`.
pub fn length(list: &str, phrase: &str, words: &[String]) -> Option<usize> {
    if phrase.is_empty() {
        return Some(0);
    }
    let (token, rest) = phrase.split_once(' ').unwrap_or((phrase, ""));
    match token {
        "$" => words.is_empty().then_some(0),
        "~" => (0..=GAP.min(words.len())).find_map(|gap| Some(gap + length(list, rest, &words[gap..])?)),
        _ => {
            let (token, optional) = token.strip_suffix('?').map_or((token, false), |token| (token, true));
            let is = |one: &str, word: &str| match one {
                "_" => true,
                "#" => is_number(word),
                "##" => is_number(word) && !is_year(word),
                "*" => has(list, word),
                _ => one == word,
            };
            let here = words.split_first().filter(|(word, _)| token.split('/').any(|one| is(one, word)));
            let taken = here.and_then(|(_, words)| Some(1 + length(list, rest, words)?));
            taken.or_else(|| if optional { length(list, rest, words) } else { None })
        }
    }
}

const NUMBERS: &str = " \
    two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen \
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand dozen ";

/// Whether a word is a number that someone may calculate with: digits, or from two up in letters.
pub fn is_number(word: &str) -> bool {
    let ordinal = ["st", "nd", "rd", "th", "s"].iter().any(|end| word.ends_with(end));
    word.trim_start_matches(['$', '£', '€']).starts_with(|c: char| c.is_ascii_digit()) && !ordinal || has(NUMBERS, word)
}

/// Whether a word may be a year.
pub fn is_year(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()) && word > "1000"
}

/// Whether a word is in a list, which begins and ends with a space.
pub fn has(list: &str, word: &str) -> bool {
    list.match_indices(word).any(|(at, _)| {
        let (before, after) = (list[..at].ends_with(' '), list[at + word.len()..].starts_with(' '));
        before && after && !word.is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(phrase: &str, text: &str) -> bool {
        let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        length(" red blue ", phrase, &words).is_some()
    }

    #[test]
    fn phrases() {
        assert!(begins("a/an", "an ode") && !begins("a/an", "the ode"));
        assert!(begins("a? b", "b") && begins("a/c? b", "c b") && !begins("a? b $", "a b c"));
        assert!(begins("x ~ y", "x y") && begins("x ~ y", "x 1 2 3 y") && !begins("x ~ y", "x 1 2 3 4 y"));
        assert!(begins("# eggs", "12 eggs") && begins("# eggs", "twelve eggs") && !begins("# eggs", "1st eggs"));
        assert!(begins("# wars", "1914 wars") && begins("## wars", "2 wars") && !begins("## wars", "1914 wars"));
        assert!(begins("a _ c", "a b c") && !begins("a _ c", "a c"));
        assert!(begins("a */green", "a red") && begins("a */green", "a green") && !begins("a *", "a yellow"));
        assert!(begins("go $", "go") && !begins("go $", "go on") && !begins("a", ""));
    }

    #[test]
    fn the_first_phrase_counts() {
        let words = ["so", "please", "go"].map(str::to_owned);
        assert_eq!((super::begins("\n  so\n  so please\n", &words), super::begins("go\n\n", &words)), (Some(1), None));
    }

    #[test]
    fn words_of_a_list_are_whole() {
        assert!(has(" ab cd ", "cd") && !has(" ab cd ", "b") && !has(" ab cd ", "") && !has(" ab cd ", "ab cd e"));
    }
}
