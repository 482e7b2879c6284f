//! Days of the week, leap years, spans between dates and between years, and ages.

use super::cursor::Cursor;
use super::dates::{date, month_of, named, shown, weekday, year};
use super::fault::{FaultKind, Found};
use super::lexer::{Token, What, one_of};
use super::stated::hedged;
use super::text::Text;
use jiff::SignedDuration;
use jiff::civil::{Date, Weekday};
use std::ops::Range;

/// Words of other calendars, and of what was not.
const OTHER: &[&str] = &[
    "julian", "style", "o.s", "os", "calendar", "hebrew", "lunar", "observed", "islamic", "not", "wasn't", "isn't",
    "dynasty",
];

/// The faults of a text, and of a bare answer to a question of dates.
pub fn faults(asked: &Text, text: &Text) -> Vec<Found> {
    let mut found = Vec::new();
    for sentence in text.stated() {
        let has = |words: &[&str]| {
            sentence.iter().any(|token| matches!(&token.what, What::Word(word) if words.contains(&word.as_str())))
        };
        if has(OTHER) && !has(&["leap"]) {
            continue;
        }
        let dates = all_dates(sentence);
        found.extend(weekdays(sentence, &dates));
        found.extend(spans(sentence, &dates));
        found.extend(later(sentence, &dates));
        found.extend(years(sentence));
        found.extend(leap(sentence));
        found.extend(months(sentence));
    }
    for (at, range) in text.sentences.iter().enumerate() {
        let next = text.sentences.get(at + 1).map_or(range.end, |next| next.end);
        let own = ages(&text.tokens[range.clone()]);
        found.extend(own.or_else(|| ages(&text.tokens[range.start..next])));
    }
    if found.is_empty() {
        found.extend(bare(asked, text));
    }
    found
}

/// A date of a sentence, and its tokens.
struct Place {
    date: Date,
    at: Range<usize>,
}

fn all_dates(sentence: &[Token]) -> Vec<Place> {
    let mut dates = Vec::new();
    let mut at = 0;
    while at < sentence.len() {
        let mut cursor = Cursor::new(sentence, at);
        match date(&mut cursor) {
            Some(date) => {
                dates.push(Place { date, at: at..cursor.at });
                at = cursor.at;
            }
            None => at += 1,
        }
    }
    dates
}

fn bytes(sentence: &[Token], at: Range<usize>) -> Range<usize> {
    Cursor::new(sentence, at.end).bytes(at.start)
}

fn fault(at: Range<usize>, meant: String, message: String) -> Found {
    Found { kind: FaultKind::Date, at, meant: Some(meant), message }
}

fn wrong_day(sentence: &[Token], at: usize, date: Date, day: Weekday) -> Option<Found> {
    let right = date.weekday();
    let message = format!("{} is a {}.", shown(date), named(right));
    (right != day).then(|| fault(bytes(sentence, at..at + 1), named(right).into(), message))
}

/// "Monday, July 20, 1969" and "July 20, 1969, was a Monday".
fn weekdays(sentence: &[Token], dates: &[Place]) -> Vec<Found> {
    let mut found = Vec::new();
    for place in dates {
        // Right before it.
        let mut at = place.at.start;
        let skipped =
            |at: usize| matches!(&sentence[at].what, What::Sign(',' | '(' | ':')) || sentence[at].is("the on");
        let mut room = 2;
        while at > 0 && room > 0 && skipped(at - 1) {
            at -= 1;
            room -= 1;
        }
        if let Some(before) = at.checked_sub(1)
            && let Some(day) = weekday(&mut Cursor::new(sentence, before))
        {
            found.extend(wrong_day(sentence, before, place.date, day));
            continue;
        }
        // Behind it, after a verb or within brackets.
        let mut cursor = Cursor::new(sentence, place.at.end);
        // In brackets itself, or in the cell beside it.
        cursor.sign(')');
        let comma = cursor.sign(',');
        let bracket = comma && Cursor::new(sentence, cursor.at).any("a/an") || cursor.sign('(') || cursor.sign('|');
        cursor.any("which/it");
        let verb = cursor.any(
            "\
            is/was/will be/falls on/fell on/will fall on/landed on/lands on/occurred on/is on/was on/\
            happens to be/happened to be/will land on",
        );
        cursor.sign(':');
        while cursor.any("a/an/the/on/indeed/actually/also/in fact/day of the week is/day of the week was") {}
        let at = cursor.at;
        let Some(day) = weekday(&mut cursor) else { continue };
        let alone = match cursor.peek().map(|token| &token.what) {
            None | Some(What::Break) => true,
            Some(What::Sign(sign)) => matches!(sign, '.' | ',' | ';' | ')' | '!' | ':' | '"' | '|'),
            Some(What::Word(word)) => !matches!(word.as_str(), "through" | "to" | "or" | "and"),
            Some(What::Number(_)) => false,
        };
        if (verb || bracket) && alone && cursor.peek().is_none_or(|token| token.what != What::Sign('–')) {
            found.extend(wrong_day(sentence, at, place.date, day));
        }
    }
    found
}

#[derive(Clone, Copy, PartialEq)]
enum Measure {
    Days,
    Weeks,
    Months,
    Years,
}

impl Measure {
    fn read(cursor: &mut Cursor) -> Option<Self> {
        let measure = match cursor.word()? {
            "day" | "days" => Self::Days,
            "week" | "weeks" => Self::Weeks,
            "month" | "months" => Self::Months,
            "year" | "years" => Self::Years,
            _ => return None,
        };
        cursor.at += 1;
        Some(measure)
    }

    /// Whole ones between two dates, the earlier one first, and whether nothing is left over.
    fn between(self, from: Date, to: Date) -> Option<(i128, bool)> {
        let days = i128::from(from.duration_until(to).as_hours() / 24);
        // From the 31st to the 30th is no whole month.
        let ordinal = |date: Date| 12 * i128::from(date.year()) + i128::from(date.month());
        let months = ordinal(to) - ordinal(from) - i128::from(to.day() < from.day());
        Some(match self {
            Self::Days => (days, true),
            Self::Weeks => (days / 7, days % 7 == 0),
            Self::Months => (months, to.day() == from.day()),
            Self::Years => (months / 12, to.day() == from.day() && months % 12 == 0),
        })
    }

    /// The date that many later, or earlier; the last day of a month where that has too few.
    fn after(self, date: Date, count: i64) -> Option<Date> {
        let hours = |days: i64| SignedDuration::try_from_hours(days.checked_mul(24)?);
        let months = match self {
            Self::Days => return date.checked_add(hours(count)?).ok(),
            Self::Weeks => return date.checked_add(hours(count.checked_mul(7)?)?).ok(),
            Self::Months => count,
            Self::Years => count.checked_mul(12)?,
        };
        let ordinal = (12 * i64::from(date.year()) + i64::from(date.month()) - 1).checked_add(months)?;
        let year = i16::try_from(ordinal.div_euclid(12)).ok()?;
        let month = i8::try_from(ordinal.rem_euclid(12) + 1).ok()?;
        let first = Date::new(year, month, 1).ok()?;
        Date::new(year, month, date.day().min(first.days_in_month())).ok()
    }

    fn name(self, count: i128) -> &'static str {
        match (self, count) {
            (Self::Days, 1) => "day",
            (Self::Days, _) => "days",
            (Self::Weeks, 1) => "week",
            (Self::Weeks, _) => "weeks",
            (Self::Months, 1) => "month",
            (Self::Months, _) => "months",
            (Self::Years, 1) => "year",
            (Self::Years, _) => "years",
        }
    }
}

/// "39 days": a number with its measure, and nothing that joins it (2 years and 3 months).
struct Span {
    count: i128,
    measure: Measure,
    near: bool,
    /// Tokens.
    at: Range<usize>,
}

fn all_spans(sentence: &[Token]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut at = 0;
    while at < sentence.len() {
        let mut cursor = Cursor::new(sentence, at);
        let near = hedged(&mut cursor);
        let start = cursor.at;
        let count =
            cursor.number().filter(|number| !number.ordinal && !number.rounded).and_then(|number| number.integer());
        cursor.any("full/calendar/whole/more");
        if let (Some(count), Some(measure)) = (count, Measure::read(&mut cursor)) {
            spans.push(Span { count, measure, near, at: start..cursor.at });
            at = cursor.at;
        } else {
            at = start.max(at) + 1;
        }
    }
    spans
}

/// Numbers of a sentence that are not within a date and not a span.
fn others(sentence: &[Token], dates: &[Place], spans: &[Span]) -> usize {
    // What comes after both is about something else.
    let end = dates
        .iter()
        .map(|place| place.at.end)
        .chain(spans.iter().map(|span| span.at.end))
        .max()
        .unwrap_or(sentence.len());
    let taken =
        |at: usize| dates.iter().any(|place| place.at.contains(&at)) || spans.iter().any(|span| span.at.contains(&at));
    (0..end).filter(|&at| matches!(&sentence[at].what, What::Number(_)) && !taken(at)).count()
}

/// "From March 3, 2024 to April 10, 2024 there are 38 days", in any order.
fn spans(sentence: &[Token], dates: &[Place]) -> Option<Found> {
    let ([one, two], mut spans) = (dates, all_spans(sentence)) else { return None };
    if spans.is_empty() {
        spans.extend(number_of(sentence));
    }
    // 63 years and seven months: the years count.
    let mut whole = false;
    if let [years, months] = spans.as_slice()
        && years.measure == Measure::Years
        && months.measure != Measure::Years
        && months.at.start <= years.at.end + 2
    {
        spans.truncate(1);
        whole = true;
    }
    let [span] = spans.as_slice() else { return None };
    let between = &sentence[one.at.end..two.at.start.max(one.at.end)];
    let joined = between.len() <= 4
        && between.iter().any(|token| match &token.what {
            What::Word(word) => one_of(word, "to and until till through"),
            What::Sign(sign) => matches!(sign, '–' | '−'),
            _ => false,
        });
    let before = one.at.start.checked_sub(1).map(|at| &sentence[at].what);
    let mut after = Cursor::new(sentence, two.at.end);
    after.sign('"');
    let equal = after.sign('=') || after.any("is/are/was/makes/equals/gives/comes to");
    let near = after.at + 2 >= span.at.start && span.at.start >= after.at;
    let named = before
        .is_some_and(|what| matches!(what, What::Word(word) if matches!(word.as_str(), "from" | "between")))
        || equal && near;
    let apart = sentence.iter().any(|token| {
        token.is("\
        every each working business weekdays of notice within first last per after before later old aged \
        age")
    });
    // "N days after", "before": another check's.
    if !joined
        || !named
        || apart && !said(sentence, "total of/a period of/span of/difference of/number of/gap of/period of")
        || others(sentence, dates, &spans) > 0
    {
        return None;
    }
    let (from, to) = if one.date <= two.date { (one.date, two.date) } else { (two.date, one.date) };
    let (years, _) = Measure::Years.between(from, to)?;
    if whole && span.count != years {
        let meant = years.to_string();
        let message = format!("From {} to {} are {years} full years.", shown(from), shown(to));
        return Some(fault(bytes(sentence, span.at.start..span.at.start + 1), meant, message));
    }
    differs(sentence, span, from, to, true)
}

/// "The number of days … is 31."
fn number_of(sentence: &[Token]) -> Option<Span> {
    let measure = (0..sentence.len()).find_map(|at| {
        let mut cursor = Cursor::new(sentence, at);
        if cursor.phrase("number of") { Measure::read(&mut cursor) } else { None }
    })?;
    let at = (0..sentence.len()).rfind(|&at| matches!(sentence[at].what, What::Number(_)))?;
    let mut cursor = Cursor::new(sentence, at);
    let count = cursor.number()?.integer()?;
    let is = at > 0 && Cursor::new(sentence, at - 1).any("is/was");
    (is && super::stated::ends(&cursor)).then(|| Span { count, measure, near: false, at: at..at + 1 })
}

fn said(sentence: &[Token], phrases: &str) -> bool {
    (0..sentence.len()).any(|at| Cursor::new(sentence, at).any(phrases))
}

/// The fault of a span between two dates. `loose`: the first or the last day may be counted, or both.
fn differs(sentence: &[Token], span: &Span, from: Date, to: Date, loose: bool) -> Option<Found> {
    let (count, even) = span.measure.between(from, to)?;
    let low = if loose && span.measure == Measure::Days { count - 1 } else { count };
    let high = if !even || loose && span.measure == Measure::Days { count + 1 } else { count };
    let slack = if span.near { (count / 10).max(1) } else { 0 };
    if (low - slack..=high + slack).contains(&span.count) {
        return None;
    }
    let meant = format!("{count} {}", span.measure.name(count));
    let message =
        format!("From {} to {} are {}{meant}.", shown(from), shown(to), if even { "" } else { "a little more than " });
    Some(fault(bytes(sentence, span.at.clone()), meant, message))
}

/// "90 days after January 1, 2024 is March 31, 2024", "July 4, 2026 is 12 days after June 22, 2026", "adding 10 days to …
/// gives …".
fn later(sentence: &[Token], dates: &[Place]) -> Vec<Found> {
    let mut found = Vec::new();
    for span in all_spans(sentence) {
        let mut cursor = Cursor::new(sentence, span.at.end);
        let sign = if cursor.any("after/from/later than/starting from") {
            1
        } else if cursor.any("before/prior to/earlier than") {
            -1
        } else if cursor.phrase("to")
            && span.at.start.checked_sub(1).is_some_and(|at| Cursor::new(sentence, at).any("add/adding/count/counting"))
        {
            1
        } else {
            continue;
        };
        let Some(base) = dates.iter().find(|place| place.at.start == cursor.at) else { continue };
        let verb = |range: Range<usize>| {
            let between = sentence.get(range).unwrap_or_default();
            between.len() <= 5
                && between.iter().any(|token| match &token.what {
                    What::Word(word) => {
                        one_of(word, "is was falls lands will gives get fell brings leads arrive reach end land comes")
                    }
                    What::Sign(sign) => *sign == '=',
                    _ => false,
                })
        };
        // The date right behind, or the one right before.
        let stated = dates
            .iter()
            .find(|place| place.at.start >= base.at.end && verb(base.at.end..place.at.start))
            .or_else(|| dates.iter().rfind(|place| place.at.end <= span.at.start && verb(place.at.end..span.at.start)));
        let (Some(stated), false) = (stated, span.near) else { continue };
        found.extend(counted_from(sentence, &span, sign, base.date, stated));
    }
    found
}

fn counted_from(sentence: &[Token], span: &Span, sign: i64, base: Date, stated: &Place) -> Option<Found> {
    let amount = i64::try_from(span.count).ok().filter(|count| (0..=400_000).contains(count))? * sign;
    let right = span.measure.after(base, amount).filter(|right| *right != stated.date)?;
    let meant = shown(right);
    let way = if sign > 0 { "after" } else { "before" };
    let message = format!("{} {} {way} {} is {meant}.", span.count, span.measure.name(span.count), shown(base));
    Some(fault(bytes(sentence, stated.at.clone()), meant, message))
}

/// "born on May 29, 1917 … on November 22, 1963 … aged 46": one date of birth, another date, one age, in a sentence or
/// in two that follow one another.
fn ages(sentence: &[Token]) -> Option<Found> {
    let dates = all_dates(sentence);
    let [one, two] = dates.as_slice() else { return None };
    let is = |words: &[&str]| {
        sentence.iter().any(|token| matches!(&token.what, What::Word(word) if words.contains(&word.as_str())))
    };
    if is(&[
        "wife", "husband", "son", "daughter", "brother", "sister", "father", "mother", "married", "after", "before",
        "until", "career", "first",
    ]) {
        return None;
    }
    let born = |place: &Place| {
        let from = place.at.start.saturating_sub(6);
        sentence[from..place.at.start].iter().any(|token| token.is("born"))
    };
    let (born, other) = match (born(one), born(two)) {
        (true, false) => (one, two),
        (false, true) => (two, one),
        _ => return None,
    };
    let mut ages = (0..sentence.len()).filter_map(|at| {
        let mut cursor = Cursor::new(sentence, at);
        let led = cursor.any("aged/at the age of/at age");
        let start = cursor.at;
        let age = cursor.number().filter(|number| !number.ordinal)?.integer()?;
        (led || cursor.any("years old/years of age")).then_some((start, age))
    });
    let ((start, age), None) = (ages.next()?, ages.next()) else { return None };
    let (exact, _) = Measure::Years.between(born.date, other.date).filter(|_| born.date < other.date)?;
    let message = format!("From {} to {} are {exact} full years.", shown(born.date), shown(other.date));
    (age != exact).then(|| fault(bytes(sentence, start..start + 1), exact.to_string(), message))
}

/// "from 1939 to 1945, a span of 6 years".
fn years(sentence: &[Token]) -> Option<Found> {
    let spans: Vec<Span> = all_spans(sentence).into_iter().filter(|span| span.measure == Measure::Years).collect();
    let [span] = spans.as_slice() else { return None };
    let pair = (0..sentence.len()).find_map(|at| {
        let mut cursor = Cursor::new(sentence, at);
        if !cursor.any("from/between") {
            return None;
        }
        cursor.any("the year/years");
        let from = year(&mut cursor)?;
        if !cursor.any("to/until/till/and") && !cursor.sign('–') && !cursor.sign('−') {
            return None;
        }
        cursor.any("the year");
        Some((from, year(&mut cursor)?, at..cursor.at))
    })?;
    let numbers = sentence.iter().filter(|token| matches!(token.what, What::Number(_))).count();
    let told = said(
        sentence,
        "\
        a span of/a period of/a total of/for a total of/that is/that's/lasted/lasting/spanned/spanning/\
        there are/there were/is/equals/passed/which is/lie/lies/are/was/makes",
    );
    let (from, to, at) = pair;
    let close = span.at.start.saturating_sub(at.end) <= 6 && at.start.saturating_sub(span.at.end) <= 2;
    let near = &sentence
        [at.start.min(span.at.start).saturating_sub(3)..at.end.max(span.at.end).saturating_add(2).min(sentence.len())];
    let mixed = near
        .iter()
        .any(|token| token.is("old every each terms of than aged age term later per average least first last"))
        && !said(sentence, "span of/period of/total of");
    let count = i128::from(to) - i128::from(from);
    let slack = if span.near { (count / 10).max(1) } else { 1 };
    if numbers != 3 || !told || !close || mixed || count < 0 || (count - span.count).abs() <= slack {
        return None;
    }
    let meant = format!("{count} {}", Measure::Years.name(count));
    let message = format!("From {from} to {to} are {meant}.");
    Some(fault(bytes(sentence, span.at.clone()), meant, message))
}

/// "February 2024 had 29 days".
fn months(sentence: &[Token]) -> Vec<Found> {
    let mut found = Vec::new();
    for at in 0..sentence.len() {
        let mut cursor = Cursor::new(sentence, at);
        let Some(first) = month_of(&mut cursor) else { continue };
        if !cursor.any("has/had/will have") {
            continue;
        }
        let start = cursor.at;
        let count = cursor.number().and_then(|number| number.integer()).filter(|count| (27..33).contains(count));
        let exact = i128::from(first.days_in_month());
        if let (Some(count), true) = (count, cursor.phrase("days"))
            && count != exact
        {
            let message = format!("That month has {exact} days.");
            found.push(fault(bytes(sentence, start..start + 1), exact.to_string(), message));
        }
    }
    found
}

/// "1900 was a leap year".
fn leap(sentence: &[Token]) -> Vec<Found> {
    let mut found = Vec::new();
    for at in 0..sentence.len() {
        let mut cursor = Cursor::new(sentence, at);
        let Some(year) = year(&mut cursor) else { continue };
        if at > 0 && matches!(&sentence[at - 1].what, What::Sign('−' | '–' | '/') | What::Number(_)) || year < 1600
        {
            continue;
        }
        let mut days = cursor;
        if days.any("has/had/will have") && at > 0 && sentence[at - 1].is("year") {
            let start = days.at;
            let count = days.number().and_then(|number| number.integer()).filter(|count| (360..370).contains(count));
            if let (Some(count), true, Ok(first)) = (count, days.phrase("days"), Date::new(year, 1, 1)) {
                let exact = i128::from(first.days_in_year());
                if count != exact {
                    found.push(fault(
                        bytes(sentence, start..start + 1),
                        exact.to_string(),
                        format!("{year} has {exact} days."),
                    ));
                }
            }
        }
        cursor.sign(',');
        if !cursor.any("is/was/will be/isn't/wasn't/won't be") {
            continue;
        }
        let verb = cursor.before().map(|token| &token.what);
        let mut not = matches!(verb, Some(What::Word(word)) if word.ends_with("n't"))
            || said(&sentence[cursor.at - 2..cursor.at], "won't be");
        while cursor.any("indeed/actually/also/therefore/thus/in fact") {}
        not |= cursor.phrase("not");
        cursor.any("a/an");
        let start = cursor.at;
        // Of another calendar, or in another country.
        if !cursor.any("leap year/common year") || cursor.any("in/for/under/by") {
            continue;
        }
        let common = sentence[start].is("common");
        let Ok(first) = Date::new(year, 1, 1) else { continue };
        let is = first.in_leap_year();
        if is == (not == common) {
            continue;
        }
        let meant = if is { "a leap year" } else { "no leap year" };
        found.push(fault(bytes(sentence, at..cursor.at), meant.into(), format!("{year} is {meant}.")));
    }
    found
}

/// A question of the day of the week, or of the days between two dates, and an answer that states one.
fn bare(asked: &Text, text: &Text) -> Option<Found> {
    let sentence = asked.sentences.first().filter(|_| asked.sentences.len() == 1)?;
    let question = &asked.tokens[sentence.clone()];
    let dates = all_dates(question);
    let stated = text.stated().next()?;
    if !all_dates(stated).is_empty() {
        return None;
    }
    match dates.as_slice() {
        [only] if said(question, "what day/which day/what weekday") && !said(question, "after/before/from/later") => {
            let days: Vec<usize> =
                (0..stated.len()).filter(|&at| weekday(&mut Cursor::new(stated, at)).is_some()).collect();
            let [at] = days[..] else { return None };
            wrong_day(stated, at, only.date, weekday(&mut Cursor::new(stated, at))?)
        }
        [one, two]
            if said(question, "how many days/how many weeks/how many months/how many years")
                && !said(question, "working/business/weekend") =>
        {
            let spans = all_spans(stated);
            let [span] = spans.as_slice() else { return None };
            let numbers = others(stated, &[], &spans);
            let (from, to) = if one.date <= two.date { (one.date, two.date) } else { (two.date, one.date) };
            if numbers > 0 { None } else { differs(stated, span, from, to, true) }
        }
        _ => None,
    }
}
