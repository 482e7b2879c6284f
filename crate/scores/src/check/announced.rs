//! Lists that the answer announces with a number of items: "Here are five ways:".

use super::fault::{FaultKind, Found};
use super::lexer::{Token, What, one_of, words};
use super::text::Text;
use std::ops::Range;

/// A line of a text as a list sees it.
struct Line<'a> {
    indent: usize,
    mark: Mark,
    text: &'a str,
}

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    None,
    Bullet,
    Number(usize),
}

fn line(text: &str) -> Line<'_> {
    let trimmed = text.trim_start();
    let indent = text.len() - trimmed.len();
    let bullet = ["- ", "* ", "• ", "– ", "+ "].iter().find_map(|mark| trimmed.strip_prefix(mark));
    let (mark, rest) = match bullet {
        Some(rest) => (Mark::Bullet, rest),
        None => {
            // Also in bold: **1. Name**
            let plain = trimmed.trim_start_matches(['*', '#', ' ']);
            let digits = plain.bytes().take_while(u8::is_ascii_digit).count();
            let rest = &plain[digits..];
            match plain[..digits].parse() {
                Ok(number) if digits <= 3 && (rest.starts_with(". ") || rest.starts_with(") ")) => {
                    (Mark::Number(number), &rest[2..])
                }
                _ => (Mark::None, trimmed),
            }
        }
    };
    Line { indent, mark, text: rest }
}

/// "Here are five ways:" before a list of four.
pub fn faults(text: &Text) -> Vec<Found> {
    let mut found = Vec::new();
    let lines: Vec<Line> = text.raw.lines().map(line).collect();
    let starts: Vec<usize> = text.raw.lines().map(|line| line.as_ptr() as usize - text.raw.as_ptr() as usize).collect();
    for (at, head) in lines.iter().enumerate() {
        // The last sentence of a line that ends with a colon.
        if !head.text.trim_end().trim_end_matches('*').ends_with(':') || head.mark != Mark::None {
            continue;
        }
        let end = starts[at] + text.raw.lines().nth(at).map_or(0, str::len);
        let Some(sentence) = text.sentences.iter().map(|range| &text.tokens[range.clone()]).rfind(|sentence| {
            sentence.first().is_some_and(|first| first.at.start >= starts[at])
                && sentence.last().is_some_and(|last| last.at.end <= end)
        }) else {
            continue;
        };
        let Some((number, place)) = announcement(sentence) else { continue };
        let Some(count) = items(&lines[at + 1..], number) else { continue };
        if count != number {
            let message = format!("The list has {count} items.");
            found.push(Found { kind: FaultKind::Count, at: place, meant: Some(count.to_string()), message });
        }
    }
    found
}

/// The number of things that a sentence announces: its only number, and not of a part of them.
fn announcement(sentence: &[Token]) -> Option<(usize, Range<usize>)> {
    let numbers: Vec<usize> = (0..sentence.len()).filter(|&at| matches!(sentence[at].what, What::Number(_))).collect();
    let [at] = numbers[..] else { return None };
    let What::Number(number) = &sentence[at].what else { return None };
    let number = usize::try_from(number.integer()?).ok().filter(|count| (2..=30).contains(count) && !number.ordinal)?;
    let before: Vec<&str> = words(&sentence[..at]);
    let after: Vec<&str> = words(&sentence[at + 1..]);
    let odd = |word: &&str| {
        one_of(
            word,
            "\
            step chapter page top about least approximately some over than first last day grade age \
            version part section level among include of for at by around most within up after under \
            with type question minutes",
        )
    };
    let leads = before.iter().any(|word| {
        one_of(
            word,
            "\
            are here have has following lists is gives give suggest recommend share into cover covers \
            these offer list were follow in lead leads to name names identify distinguish describe need needs consider \
            try remember takes comes recommends mention",
        )
    }) || before.is_empty()
        || before == ["the"];
    let unit = after.first().is_some_and(|word| {
        one_of(
            word,
            "\
            years days minutes hours people miles percent million weeks months times countries \
            players and or of servings cups",
        )
    });
    let hedged = before.iter().rev().take(2).any(odd)
        || after.iter().any(|word| {
            one_of(
                word,
                "\
                include including such examples first some e.g least subset highlights selected these \
                each every",
            )
        });
    let token = &sentence[at];
    let currency = at > 0 && matches!(sentence[at - 1].what, What::Sign('$' | '€' | '£' | '+' | '−' | '–' | '≈'));
    let follows = sentence.get(at + 1).is_some_and(|next| matches!(&next.what, What::Word(_)) && !next.tight);
    (leads && follows && !unit && !hedged && !currency).then(|| (number, token.at.clone()))
}

/// The items of the one list that follows. None where there are several, or something that is no plain list, or where the
/// answer may have been cut off within it.
fn items(lines: &[Line], announced: usize) -> Option<usize> {
    let first = lines.iter().position(|line| !line.text.trim().is_empty())?;
    let (kind, indent) = (lines[first].mark, lines[first].indent);
    if kind == Mark::None {
        return None;
    }
    let numbered = matches!(kind, Mark::Number(_));
    let mut count = 0;
    let mut last = first;
    for (at, line) in lines.iter().enumerate().skip(first) {
        match line.mark {
            Mark::Number(number) if numbered && line.indent <= indent + 1 => {
                count += 1;
                // A list that begins anew, or counts by itself.
                if number != count {
                    return None;
                }
                last = at;
            }
            Mark::Bullet if !numbered && line.indent <= indent + 1 => {
                // After a paragraph it is another list.
                let between = lines.get(last + 1..at).unwrap_or_default();
                if between
                    .iter()
                    .any(|line| line.mark == Mark::None && !line.text.trim().is_empty() && line.indent <= indent)
                {
                    return None;
                }
                count += 1;
                last = at;
            }
            Mark::Number(_) if !numbered && line.indent <= indent => return None,
            // All of them; what goes on behind a paragraph is something more.
            Mark::None if count == announced && line.indent <= indent && !line.text.trim().is_empty() => {
                return Some(count);
            }
            _ => {}
        }
    }
    // Cut off: the last item lacks the stop that the others have, or has nothing in it.
    let stops =
        |line: &Line| line.text.trim_end().trim_end_matches(['*', '"', '”', ')']).ends_with(['.', '!', '?', ';']);
    let own = lines.iter().skip(first).filter(|line| line.mark != Mark::None && line.indent <= indent + 1);
    let stopped = own.clone().filter(|line| stops(line)).count();
    let rest = lines.iter().skip(last + 1).any(|line| !line.text.trim().is_empty());
    if !rest && stopped + 1 >= count && count > 1 && !stops(&lines[last]) && stopped > 0
        || lines[last].text.trim().is_empty()
    {
        return None;
    }
    Some(count)
}
