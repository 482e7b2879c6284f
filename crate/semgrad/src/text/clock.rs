//! `strftime_now` with a pinned date: a prompt must not depend on the day it is asked.

use crate::error::{Code, Error, Result};

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A calendar day; the time of day is always midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    year: u32,
    month: u32,
    day: u32,
}

impl Date {
    /// The day that a template sees when the caller names none.
    pub const DEFAULT: Self = Self { year: 2025, month: 1, day: 1 };

    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Result<Self> {
        let number = |part: Option<&str>, digits: usize| {
            part.filter(|p| p.len() == digits && p.bytes().all(|b| b.is_ascii_digit()))?.parse::<u32>().ok()
        };
        let mut parts = text.split('-');
        let date = (number(parts.next(), 4), number(parts.next(), 2), number(parts.next(), 2), parts.next());
        match date {
            (Some(year), Some(month @ 1..=12), Some(day), None) if (1..=days_in(year, month)).contains(&day) => {
                Ok(Self { year, month, day })
            }
            _ => Err(Error::new(
                Code::BadInput,
                format!("`{text}` is not a date"),
                "Write the date as YYYY-MM-DD, for example 2025-01-01.",
            )),
        }
    }

    /// Python's `strftime` for this day at midnight; `None` for a code that is not known.
    pub fn format(self, format: &str) -> Option<String> {
        let (month, week_day) = (MONTHS[self.month as usize - 1], DAYS[self.week_day()]);
        let mut out = String::new();
        let mut chars = format.chars();
        while let Some(c) = chars.next() {
            if c != '%' {
                out.push(c);
                continue;
            }
            // `%-d` is `%d` without padding.
            let (pad, code) = match chars.next() {
                Some('-') => (false, chars.next()),
                code => (true, code),
            };
            let number = |n: u32, width: usize| if pad { format!("{n:0width$}") } else { n.to_string() };
            out += &match code? {
                'Y' => format!("{:04}", self.year),
                'y' => number(self.year % 100, 2),
                'm' => number(self.month, 2),
                'd' => number(self.day, 2),
                'e' if pad => format!("{:2}", self.day),
                'e' => self.day.to_string(),
                'j' => number(self.day_of_year(), 3),
                'B' => month.to_owned(),
                'b' | 'h' => month[..3].to_owned(),
                'A' => week_day.to_owned(),
                'a' => week_day[..3].to_owned(),
                'w' => self.week_day().to_string(),
                'u' => ((self.week_day() + 6) % 7 + 1).to_string(),
                'H' | 'M' | 'S' => number(0, 2),
                'I' => "12".to_owned(),
                'p' => "AM".to_owned(),
                'f' => "000000".to_owned(),
                'F' => self.format("%Y-%m-%d")?,
                'D' | 'x' => self.format("%m/%d/%y")?,
                'T' | 'X' => "00:00:00".to_owned(),
                'R' => "00:00".to_owned(),
                'c' => self.format("%a %b %e %T %Y")?,
                'n' => "\n".to_owned(),
                't' => "\t".to_owned(),
                '%' => "%".to_owned(),
                _ => return None,
            };
        }
        Some(out)
    }

    fn day_of_year(self) -> u32 {
        (1..self.month).map(|month| days_in(self.year, month)).sum::<u32>() + self.day
    }

    /// 0 = Sunday; counted from 1 January of year 1 in the proleptic Gregorian calendar, a Monday.
    fn week_day(self) -> usize {
        let before = self.year.saturating_sub(1);
        let days = before * 365 + before / 4 - before / 100 + before / 400 + self.day_of_year();
        (days % 7) as usize
    }
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
