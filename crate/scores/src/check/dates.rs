//! Full dates and days of the week as texts write them. Dates of digits alone are left out where day and month could be
//! exchanged.

use super::cursor::Cursor;
use super::lexer::What;
use jiff::civil::{Date, Weekday};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The first year that all dates of English texts are of the Gregorian calendar.
const GREGORIAN: i128 = 1753;

/// Takes a full date: "July 20, 1969", "the 20th of July 1969", "2024-07-20".
pub fn date(cursor: &mut Cursor) -> Option<Date> {
    let mut next = *cursor;
    next.phrase("the");
    let found = by_month(&mut next).or_else(|| {
        next = *cursor;
        next.phrase("the");
        by_day(&mut next)
    });
    let found = found.or_else(|| {
        next = *cursor;
        iso(&mut next)
    })?;
    // "1990s", "1990-95".
    if next.peek().is_some_and(|token| token.tight && matches!(&token.what, What::Word(_) | What::Number(_))) {
        return None;
    }
    *cursor = next;
    Some(found)
}

/// Takes a day of the week.
pub fn weekday(cursor: &mut Cursor) -> Option<Weekday> {
    let day = match cursor.word()? {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wed" => Weekday::Wednesday,
        "thursday" | "thu" | "thur" | "thurs" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    };
    cursor.at += 1;
    Some(day)
}

/// A day of the week in words.
pub fn named(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

/// A date in words.
pub fn shown(date: Date) -> String {
    // A month is 1 to 12.
    let month = usize::try_from(date.month()).ok().and_then(|month| MONTHS.get(month - 1)).copied().unwrap_or_default();
    let (first, rest) = month.split_at(month.len().min(1));
    format!("{}{rest} {}, {}", first.to_uppercase(), date.day(), date.year())
}

/// A year that stands alone: four digits, from 1000 on.
pub fn year(cursor: &mut Cursor) -> Option<i16> {
    let mut next = *cursor;
    let number = next.number().filter(|number| !number.rounded && !number.word && !number.ordinal)?;
    let year = number.integer().filter(|year| (1000..=2999).contains(year))?;
    // 1990s.
    if next.peek().is_some_and(|token| token.tight && matches!(&token.what, What::Word(_))) {
        return None;
    }
    let marked = cursor.peek()?.at.len() != 4;
    *cursor = next;
    if marked { None } else { i16::try_from(year).ok() }
}

/// Takes a month of a year, as its first day: "February 2024".
pub fn month_of(cursor: &mut Cursor) -> Option<Date> {
    let mut next = *cursor;
    let month = month(&mut next)?;
    let first = Date::new(full_year(&mut next)?, month, 1).ok()?;
    *cursor = next;
    Some(first)
}

fn month(cursor: &mut Cursor) -> Option<i8> {
    let word = cursor.word()?;
    let long = MONTHS.iter().position(|month| *month == word);
    let short = || {
        MONTHS
            .iter()
            .position(|month| month.len() > 4 && (word == &month[..3] || word == "sept" && *month == "september"))
    };
    let found = long.or_else(short)?;
    cursor.at += 1;
    if long.is_none() {
        cursor.sign('.');
    }
    i8::try_from(found + 1).ok()
}

fn day(cursor: &mut Cursor) -> Option<i8> {
    let number = cursor.number().filter(|number| !number.rounded && !number.word)?;
    i8::try_from(number.integer()?).ok().filter(|day| (1..=31).contains(day))
}

fn full_year(cursor: &mut Cursor) -> Option<i16> {
    year(cursor).filter(|&year| i128::from(year) >= GREGORIAN)
}

fn by_month(cursor: &mut Cursor) -> Option<Date> {
    let month = month(cursor)?;
    cursor.phrase("the");
    let day = day(cursor)?;
    cursor.sign(',');
    cursor.any("of/in");
    Date::new(full_year(cursor)?, month, day).ok()
}

fn by_day(cursor: &mut Cursor) -> Option<Date> {
    let day = day(cursor)?;
    cursor.phrase("day");
    cursor.phrase("of");
    let month = month(cursor)?;
    cursor.sign(',');
    Date::new(full_year(cursor)?, month, day).ok()
}

fn iso(cursor: &mut Cursor) -> Option<Date> {
    let word = cursor.word()?;
    let mut parts = word.split('-').map(|part| part.parse::<i16>().ok().map(|value| (value, part.len())));
    let (Some(Some((year, 4))), Some(Some((month, 2))), Some(Some((day, 2))), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    cursor.at += 1;
    if i128::from(year) < GREGORIAN {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}
