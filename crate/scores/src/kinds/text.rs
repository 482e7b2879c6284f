//! A text as the tables see it: its words in lower case, where clauses begin, and what else is counted.

use super::{frame, pattern};

/// How much is read: a text that goes on is long, whatever it says.
const BYTES: usize = 4000;

/// What is asked politely, or said before the question, says nothing about its kind.
const LEADS: &str = "
    hi/hello/hey there?
    please/kindly/ok/okay/so/well/now/just/also/then/but/and/yes/no/sorry/honestly/thanks/sir/madam/dear/um/uh/hmm
    quick/trivia/quiz/another/one/my? question/time for? you?
    can/could/will/would you please/kindly/just/maybe?
    i would? want/need/like you to
    i would? want/need/like to know
    my? _ wants/wanted/needs/asked to? know?
    i am trying/curious/looking to?
    i was/am wondering
    i wonder
    do/does you/anyone know
    any idea
    tell me/us
    help me to?
    let us/me
    remind me
";

/// What people type for short, and for longer words in a hurry.
const SHORT: &str = "
    whats=what is
    whos=who is
    wheres=where is
    whens=when is
    hows=how is
    hw=how
    thats=that is
    im=i am
    ive=i have
    dont=do not
    doesnt=does not
    didnt=did not
    isnt=is not
    arent=are not
    cant=can not
    wont=will not
    shouldnt=should not
    shud=should
    shuld=should
    u=you
    ur=your
    ya=you
    urself=yourself
    pls=please
    plz=please
    gimme=give me
    lemme=let me
    gonna=going to
    wanna=want to
    rn=right now
    ppl=people
    thx=thanks
    ty=thanks
    tmrw=tomorrow
    tommorow=tomorrow
    tomorow=tomorrow
";

/// Words that questions begin with.
const ASKING: &str = " who whom whose what which when where why how name in on is are was were did does do can ";

/// A text, read once.
pub struct Text<'a> {
    /// Its beginning, as it was written, without what is only said about the answer.
    pub raw: &'a str,
    /// In lower case, contractions in full; a quotation is one word, [`QUOTED`].
    pub words: Vec<String>,
    /// The words of quotations.
    pub quoted: Vec<String>,
    /// Words that clauses begin with, and those after what was only said politely.
    pub clauses: Vec<usize>,
    /// Those of the first clause; the last of them begins what is asked.
    pub openings: Vec<usize>,
    /// Words between blanks, those of quotations too.
    pub length: usize,
    /// Question marks that end more than a word or two.
    pub questions: usize,
}

/// Stands for a quotation: what somebody quotes says nothing about what they ask.
pub const QUOTED: &str = "\"";

impl<'a> Text<'a> {
    /// Reads a text.
    pub fn new(text: &'a str) -> Self {
        let raw = frame::unframed(&text[..text.floor_char_boundary(BYTES)]);
        let mut read =
            Self { raw, words: vec![], quoted: vec![], clauses: vec![], openings: vec![], length: 0, questions: 0 };
        read.length = raw.split_whitespace().count();
        // Where clauses begin, and the last sentence.
        let (mut begins, mut last) = (vec![0], 0);
        let mut rest = raw;
        while let Some(c) = rest.chars().next() {
            if let Some((quoted, after)) = quotation(rest, raw) {
                read.words.push(QUOTED.into());
                read.quoted.extend(quoted.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase));
                rest = after;
                continue;
            }
            let end = word(rest);
            if end > 0 {
                read.push(&rest[..end].to_lowercase().replace('’', "'"));
            } else if c == '%' {
                read.words.push("%".into());
            } else if matches!(c, '.' | '!' | '?' | ':' | ';' | ',' | '\n' | '…' | '—' | '–' | '(') {
                let so_far = read.words.len();
                read.questions += usize::from(c == '?' && so_far > last + 2);
                if begins.last() != Some(&so_far) {
                    begins.push(so_far);
                }
                if matches!(c, '.' | '!' | '?' | ':' | '\n') && rest.len() > 1 && !rest[1..].trim().is_empty() {
                    last = so_far;
                }
            }
            rest = &rest[end.max(c.len_utf8())..];
        }
        read.open(&begins, last);
        read
    }

    /// Finds where clauses begin, and what is asked: what follows a polite opening, or the last question of several
    /// sentences where it stands alone.
    fn open(&mut self, begins: &[usize], last: usize) {
        let asks = |words: &[String]| words.len() > 3 && words.first().is_some_and(|word| pattern::has(ASKING, word));
        let mut opening = true;
        for (i, &begin) in begins.iter().enumerate() {
            let end = begins.get(i + 1).copied().unwrap_or(self.words.len());
            let mut at = begin;
            let mut starts = vec![at];
            while let Some(lead) = pattern::begins(LEADS, &self.words[at..end]) {
                at += lead;
                starts.push(at);
            }
            // What is only said politely has no word of its own behind it.
            starts.retain(|&start| start < end);
            self.clauses.extend(&starts);
            if begin == last && i > 0 && asks(&self.words[at..]) {
                self.openings.clear();
                opening = true;
            }
            if opening {
                self.openings.extend(&starts);
            }
            // A greeting is a clause of its own, and what follows is still the beginning.
            opening &= at == end;
        }
    }

    /// What is asked, without what is only said politely before it.
    pub fn asked(&self) -> &[String] {
        self.openings.last().map_or(&[], |&begin| &self.words[begin..])
    }

    /// Whether one of these phrases occurs.
    pub fn says(&self, phrases: &str) -> bool {
        self.says_with("", phrases)
    }

    /// The same, where `*` stands for a word of `list`.
    pub fn says_with(&self, list: &str, phrases: &str) -> bool {
        let begins = |begin: usize, phrase: &str| pattern::length(list, phrase, &self.words[begin..]).is_some();
        pattern::lines(phrases).any(|line| match line.split_once(' ') {
            Some(("^", phrase)) => self.clauses.iter().any(|&begin| begins(begin, phrase)),
            Some(("<", phrase)) => self.openings.iter().any(|&begin| begins(begin, phrase)),
            _ => (0..self.words.len()).any(|begin| begins(begin, line)),
        })
    }

    /// A word, or the two that it is short for.
    fn push(&mut self, word: &str) {
        let word = word.trim_matches('\'');
        let short = SHORT.lines().filter_map(|line| line.trim().split_once('='));
        let full = short.into_iter().find(|short| short.0 == word).map(|short| short.1.to_owned());
        let full = full.unwrap_or_else(|| expanded(word));
        self.words.extend(full.split(' ').filter(|word| !word.is_empty()).map(str::to_owned));
    }
}

/// Where the word ends that the text begins with: `C++`, `3.14` and `don't` are one each.
fn word(rest: &str) -> usize {
    let digit = |at: usize| rest.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    let inside = |(at, c): (usize, char)| {
        c.is_alphanumeric()
            || matches!(c, '\'' | '’' | '+' | '#' | '@' | '_' | '$' | '€' | '£')
            || matches!(c, '.' | ',') && at.checked_sub(1).is_some_and(digit) && digit(at + 1)
    };
    rest.char_indices().find(|&at| !inside(at)).map_or(rest.len(), |(at, _)| at)
}

/// The quotation that the text begins with here, and what follows it.
fn quotation<'a>(rest: &'a str, raw: &str) -> Option<(&'a str, &'a str)> {
    let mut chars = rest.chars();
    let close = match chars.next()? {
        '"' => '"',
        '“' => '”',
        '«' => '»',
        '‘' => '’',
        '\'' | '`' if !raw[..raw.len() - rest.len()].ends_with(char::is_alphanumeric) => rest.chars().next()?,
        _ => return None,
    };
    let inside = chars.as_str();
    let inner = matches!(close, '\'' | '’');
    let end = inside.match_indices(close).map(|(at, _)| at).find(|&at| {
        // An apostrophe has a letter behind it.
        !inner || !inside[at + close.len_utf8()..].starts_with(char::is_alphanumeric)
    })?;
    let after = &inside[end + close.len_utf8()..];
    // A quotation of everything is no quotation.
    let all = !raw[..raw.len() - rest.len()].contains(char::is_alphanumeric) && !after.contains(char::is_alphanumeric);
    (end > 0 && !all).then_some((&inside[..end], after))
}

/// `don't` as `do not`, `what's` as `what is`, and without the mark of a possessive.
fn expanded(word: &str) -> String {
    const IS: &str = " what who where when why how that this it he she there here one everything something ";
    let Some((stem, end)) = word.rsplit_once('\'') else { return word.to_owned() };
    match end {
        "t" => match stem {
            "can" => "can not".into(),
            "won" => "will not".into(),
            _ => format!("{} not", stem.strip_suffix('n').unwrap_or(stem)),
        },
        "s" if stem == "let" => "let us".into(),
        "s" if pattern::has(IS, stem) => format!("{stem} is"),
        "s" | "" => stem.into(),
        "re" => format!("{stem} are"),
        "m" => format!("{stem} am"),
        "ve" => format!("{stem} have"),
        "ll" => format!("{stem} will"),
        "d" => format!("{stem} would"),
        _ => word.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        Text::new(text).words.join(" ")
    }

    #[test]
    fn words_are_lower_case_and_in_full() {
        assert_eq!(words("What’s the best-known one?"), "what is the best known one");
        assert_eq!(words("I can't, won't, DON'T; whats Bruno's?"), "i can not will not do not what is bruno");
        assert_eq!(words("l'été 12% of C++, 3.5, 1,000."), "l'été 12 % of c++ 3.5 1,000");
        assert_eq!(words("🥐 ... ''"), "");
    }

    #[test]
    fn a_quotation_is_one_word() {
        assert_eq!(words("Who said \"I am a crook\"?"), "who said \"");
        assert_eq!(words("in 'Live & Kicking', don't"), "in \" do not");
        assert_eq!(words("the Beatles' song ‘It’s you’"), "the beatles song \"");
        assert_eq!(words("\"What is this?\""), "what is this");
        assert_eq!(words("an open \"quotation"), "an open quotation");
    }

    #[test]
    fn clauses_and_openings() {
        let text = Text::new("Please tell me: who ran? Then, why");
        assert_eq!(text.words.join(" "), "please tell me who ran then why");
        assert_eq!((&text.clauses[..], &text.openings[..]), (&[0, 1, 3, 5, 6][..], &[0, 1, 3][..]));
        assert_eq!((text.length, text.questions), (7, 0));
        assert_eq!(Text::new("Who ran the race? And who won the race?").questions, 2);
    }

    #[test]
    fn phrases_are_looked_for_where_they_belong() {
        let says = |phrase: &str, text: &str| Text::new(text).says(phrase);
        assert!(says("write an", "Please write an ode.") && !says("write an", "Write the ode."));
        assert!(says("^ go", "stop. Go on") && says("^ go", "now, go") && !says("^ go", "let it go"));
        assert!(!says("< go", "stop. Go on") && says("< go", "please go") && says("go $", "let it go!"));
        assert!(!says("a", "") && !says("\n  \n", "a"));
    }

    #[test]
    fn any_text_can_be_read() {
        let long = "é".repeat(1_000_000);
        for text in ["", " ", "a", "'", "\"", "‘’", "🥐", "?", "\u{301}", "السلام", &long] {
            let read = Text::new(text);
            assert!(read.raw.len() <= BYTES && read.clauses.len() >= read.words.len().min(1), "{:?}", read.raw);
        }
    }
}
