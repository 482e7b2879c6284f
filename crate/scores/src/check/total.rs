//! Totals: amounts of a list, of a table's column or of a sentence, and what is stated as their sum.

use super::cursor::Cursor;
use super::exact::{Exact, whole, written};
use super::fault::{FaultKind, Found};
use super::lexer::{Token, What, one_of, words};
use super::number::Number;
use super::text::{Text, is_supposed};
use super::units;
use crate::spans::stop_words::is_stop_word;
use num_traits::{CheckedAdd, CheckedSub, Signed};
use std::ops::Range;

/// The faults of a text.
pub fn faults(text: &Text) -> Vec<Found> {
    let lines: Vec<&[Token]> = text.tokens.split(|token| token.what == What::Break).collect();
    let mut found = in_lists(&lines);
    found.extend(in_tables(&lines));
    found.extend(in_sentences(text));
    found.retain(|fault| !text.is_quoted(&fault.at));
    found
}

/// An amount.
#[derive(Clone)]
struct Amount {
    number: Number,
    /// Its currency, `%`, or the word behind it without its plural.
    unit: String,
    /// Bytes.
    at: Range<usize>,
}

/// Takes an amount.
fn amount(cursor: &mut Cursor) -> Option<Amount> {
    let start = cursor.at;
    let currency = ['$', '€', '£', '¥'].into_iter().find(|&sign| cursor.sign(sign));
    let number = cursor.number().filter(|number| !number.ordinal)?.clone();
    let at = cursor.bytes(start);
    let mut unit = currency.map(String::from).unwrap_or_default();
    if cursor.sign('%') {
        unit.push('%');
    } else if currency.is_none()
        && let Some(word) = cursor.word()
    {
        unit.push_str(singular(word));
        cursor.at += 1;
    }
    Some(Amount { number, unit, at })
}

fn singular(word: &str) -> &str {
    word.strip_suffix('s').filter(|stem| stem.len() > 1).unwrap_or(word)
}

/// Words beside amounts that are taken away, are told twice, or count by themselves.
const OTHERWISE: &str = "\
    discount refund minus less coupon savings saved saving change credit each per average including incl \
    included optional rate remaining left balance budget income withheld deduction every apiece \
    respectively tip vat more fewer than least twice double about approximately around roughly or \
    another off without excluding net gross top main biggest largest e.g others exchange after \
    before was since";

fn otherwise(tokens: &[Token]) -> bool {
    words(tokens).iter().any(|word| one_of(word, OTHERWISE))
}

/// Words that say that a number is a sum.
fn is_total(tokens: &[Token]) -> bool {
    (0..tokens.len()).any(|at| {
        let mut cursor = Cursor::new(tokens, at);
        cursor.any(
            "\
            total/totaling/totalling/totals/altogether/in all/combined/all told/grand total/adds up to/add up to/\
            adding these/adding them/added up/together/sum/subtotal/sub/all in all/summing",
        )
    })
}

/// A line that is `label: amount`, with or without the mark of a list.
struct Item<'a> {
    label: &'a [Token],
    amount: Amount,
}

fn item<'a>(line: &'a [Token]) -> Option<Item<'a>> {
    let mut from = 0;
    // The mark of a list: a bullet, or a number and a stop.
    if matches!(line.first()?.what, What::Sign('•' | '−' | '–' | '+')) {
        from = 1;
    } else if matches!(&line[0].what, What::Number(number) if !number.word)
        && line.get(1).is_some_and(|token| token.tight && matches!(token.what, What::Sign('.' | ')')))
    {
        from = 2;
    }
    let rest = &line[from..];
    // A colon or its like; dots that lead to the amount; a dash, which leans on nothing.
    let sign =
        |signs: &'static [char]| move |token: &Token| matches!(token.what, What::Sign(sign) if signs.contains(&sign));
    let dots = rest.windows(2).rposition(|pair| pair.iter().all(sign(&['.']))).map(|at| at + 1);
    let parts = rest
        .iter()
        .rposition(sign(&[':', '=', '|']))
        .or(dots)
        // "cumin, 12 g"
        .or_else(|| rest.iter().rposition(sign(&[','])).filter(|&at| alone(&rest[at + 1..]).is_some()))
        .or_else(|| rest.iter().position(|token| sign(&['–', ',', '−'])(token) && !token.tight))?;
    let mut cursor = Cursor::new(rest, parts + 1);
    let amount = amount(&mut cursor)?;
    let plain =
        |cursor: &mut Cursor| while cursor.sign('.') || cursor.sign(';') || cursor.sign('!') || cursor.sign('|') {};
    plain(&mut cursor);
    let note = cursor.peek().is_some();
    let opens = cursor.peek().is_some_and(sign(&['(', ',']));
    // A number in what is added would be another amount.
    let others = rest[cursor.at..].iter().any(|token| matches!(token.what, What::Number(_)));
    let label = &rest[..parts];
    (!words(label).is_empty() && (!note || (opens || from > 0) && !others)).then_some(Item { label, amount })
}

fn in_lists(lines: &[&[Token]]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut items: Vec<Item> = Vec::new();
    for line in lines {
        // A rule between the amounts and their total.
        if line.iter().all(|token| matches!(token.what, What::Sign('−' | '–' | ',' | '=' | '•'))) {
            continue;
        }
        let item = item(line);
        let total = item.as_ref().map_or_else(|| is_total(line), |item| is_total(item.label));
        match (item, total) {
            (Some(item), false) => items.push(item),
            (item, true) => {
                let sub = words(line).iter().any(|word| matches!(*word, "subtotal" | "sub"));
                let stated =
                    item.filter(|item| !otherwise(item.label)).map(|item| item.amount).or_else(|| lonely_within(line));
                if let Some(total) = stated {
                    let doubtful = items.iter().skip(1).any(|item| is_total(item.label))
                        || items.iter().any(|item| otherwise(item.label));
                    let amounts: Vec<&Amount> = items.iter().map(|item| &item.amount).collect();
                    if !doubtful {
                        found.extend(mismatch(&amounts, &total));
                    }
                }
                items.clear();
                // What follows is added to it.
                items.extend(self::item(line).filter(|_| sub));
            }
            (None, false) => items.clear(),
        }
    }
    found
}

/// The one amount of that part of a line which names a total, or of the one behind it.
fn lonely_within(line: &[Token]) -> Option<Amount> {
    let sentence = line
        .split(|token| matches!(token.what, What::Sign('.' | '!' | ';')) && token.tight)
        .find(|sentence| is_total(sentence))?;
    let taken = |token: &Token| token.is("discount tax tip shipping off minus refund including incl plus after before");
    if sentence.iter().any(taken) {
        return None;
    }
    let parts: Vec<&[Token]> = sentence.split(|token| token.what == What::Sign(',')).collect();
    let at = parts.iter().position(|part| is_total(part))?;
    let digits = |part: &&[Token]| part.iter().any(|token| matches!(&token.what, What::Number(number) if !number.word));
    lonely(parts[at..].iter().find(|part| digits(part))?)
}

/// The one amount of a line that names a total, and nothing that makes it another.
fn lonely(line: &[Token]) -> Option<Amount> {
    if otherwise(line) || is_supposed(line) {
        return None;
    }
    let digits: Vec<usize> =
        (0..line.len()).filter(|&at| matches!(&line[at].what, What::Number(number) if !number.word)).collect();
    let [at] = digits[..] else { return None };
    let from = if at > 0 && matches!(line[at - 1].what, What::Sign('$' | '€' | '£' | '¥')) { at - 1 } else { at };
    let hedged = from > 0 && matches!(&line[from - 1].what, What::Sign('≈' | '–' | '−' | '/' | '+'));
    amount(&mut Cursor::new(line, from)).filter(|_| !hedged)
}

/// What is wrong with a total, if anything. Rounded parts may be off by half of their last digit each.
fn mismatch(parts: &[&Amount], total: &Amount) -> Option<Found> {
    let named = parts.first()?.unit.as_str();
    let alike = parts.iter().all(|part| part.unit == named);
    let special = |unit: &str| is_currency(unit) || unit == "%";
    let unnamed = (named.is_empty() || total.unit.is_empty()) && !special(named) && !special(&total.unit);
    if parts.len() < 2 || !alike || !(named == total.unit || unnamed) {
        return None;
    }
    let numbers: Vec<&Number> = parts.iter().map(|part| &part.number).collect();
    let sum = numbers.iter().try_fold(whole(0), |sum, number| sum.checked_add(&number.value))?;
    // What is far off, or smaller than a part, is the total of something else.
    let largest = numbers.iter().map(|number| number.value).max()?;
    let stated = total.number.value;
    if stated <= largest || stated >= sum * whole(2) || stated * whole(2) <= sum {
        return None;
    }
    let off = sum.checked_sub(&stated)?.abs();
    let coarse = numbers.iter().map(|part| part.step).max()?.max(total.number.step);
    let rounded = numbers.iter().any(|part| part.rounded) || total.number.rounded;
    // Cents, and tenths of what somebody measured, are what they are.
    let exact =
        is_currency(named) && coarse <= Exact::new(1, 100) || numbers.len() <= 6 && coarse < whole(1) && named != "%";
    let slack =
        if rounded && !exact { coarse * Exact::new(i128::try_from(numbers.len()).ok()? + 1, 2) } else { whole(0) };
    if off <= slack || named == "%" && off <= whole(2) {
        return None;
    }
    let digits = numbers.iter().map(|part| part.decimals()).max()?;
    let value = written(sum, digits)?;
    let meant = if is_currency(named) { format!("{named}{value}") } else { value };
    let message = format!("The parts add up to {meant}.");
    Some(Found { kind: FaultKind::Total, at: total.at.clone(), meant: Some(meant), message })
}

fn is_currency(unit: &str) -> bool {
    matches!(unit, "$" | "€" | "£" | "¥")
}

/// Columns of a table whose last row is named as a total, or which a line with a total follows.
fn in_tables(lines: &[&[Token]]) -> Vec<Found> {
    let mut found = Vec::new();
    let rows: Vec<Option<Vec<&[Token]>>> = lines.iter().map(|line| cells(line)).collect();
    let mut start = 0;
    while start < rows.len() {
        if rows[start].is_none() {
            start += 1;
            continue;
        }
        let end = rows[start..].iter().position(Option::is_none).map_or(rows.len(), |length| start + length);
        let rule = |row: &&Vec<&[Token]>| {
            row.iter().all(|cell| cell.iter().all(|token| matches!(token.what, What::Sign('−' | ':' | ',' | '–'))))
        };
        let body: Vec<&Vec<&[Token]>> = rows[start..end].iter().flatten().filter(|row| !rule(row)).collect();
        start = end;
        let [header, body @ ..] = body.as_slice() else { continue };
        let (rows, last) = match body {
            [rows @ .., last] if last.iter().any(|cell| is_total(cell)) => (rows, Some(*last)),
            rows => (rows, None),
        };
        let doubtful = rows.iter().any(|row| {
            row.len() != header.len()
                || row.iter().any(|cell| is_total(cell))
                || row.first().is_some_and(|cell| otherwise(cell))
        });
        if rows.len() < 2
            || doubtful
            || last.is_some_and(|last| last.len() != header.len() || last.iter().any(|cell| otherwise(cell)))
        {
            continue;
        }
        // With quantities beside them, prices are those of one each.
        let several = (1..header.len()).any(|column| {
            let one = |row: &&Vec<&[Token]>| alone(row[column]).is_some_and(|amount| amount.number.value == whole(1));
            words(header[column]).iter().any(|word| matches!(*word, "qty" | "quantity" | "units" | "pieces"))
                && !rows.iter().all(one)
        });
        let columns: Vec<(usize, Vec<Amount>)> = (1..header.len())
            .filter(|&column| {
                !words(header[column])
                    .iter()
                    .any(|word| one_of(word, SINGLE) || several && matches!(*word, "price" | "cost"))
            })
            .filter_map(|column| Some((column, rows.iter().map(|row| alone(row[column])).collect::<Option<Vec<_>>>()?)))
            .collect();
        match last {
            Some(last) => {
                for (column, amounts) in &columns {
                    if let Some(total) = alone(last[*column]) {
                        found.extend(mismatch(&amounts.iter().collect::<Vec<_>>(), &total));
                    }
                }
            }
            None => {
                let [(_, amounts)] = columns.as_slice() else { continue };
                let following = lines[end..].iter().find(|line| !line.is_empty()).filter(|line| is_total(line));
                if let Some(total) = following.and_then(|line| lonely_within(line)) {
                    found.extend(mismatch(&amounts.iter().collect::<Vec<_>>(), &total));
                }
            }
        }
    }
    found
}

/// Titles of columns whose values are no parts of a sum.
const SINGLE: &str = "\
                                                                             average avg rate each unit \
                                                                             year per mean rank max min \
                                                                             growth change qty age no id \
                                                                             score density share";

fn cells(line: &[Token]) -> Option<Vec<&[Token]>> {
    let bar = |token: &Token| token.what == What::Sign('|');
    (line.iter().filter(|token| bar(token)).count() >= 2 && bar(line.first()?)).then(|| {
        let inner = &line[1..line.len() - usize::from(line.last().is_some_and(bar))];
        inner.split(bar).collect()
    })
}

/// A cell that is one amount.
fn alone(cell: &[Token]) -> Option<Amount> {
    let mut cursor = Cursor::new(cell, 0);
    let amount = amount(&mut cursor).filter(|amount| !amount.number.word)?;
    cursor.peek().is_none().then_some(amount)
}

/// "9 robins, 5 wrens and 8 jays. All told: 22 birds": parts and their total in one sentence, or in two.
fn in_sentences(text: &Text) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, range) in text.sentences.iter().enumerate() {
        let sentence = &text.tokens[range.clone()];
        if !is_total(sentence) || otherwise(sentence) || is_supposed(sentence) || is_odd(sentence) {
            continue;
        }
        let digits: Vec<usize> = (0..sentence.len())
            .filter(|&at| matches!(&sentence[at].what, What::Number(number) if !number.word))
            .collect();
        match digits[..] {
            [] => {}
            [_] => {
                let before = at.checked_sub(1).map(|before| &text.tokens[text.sentences[before].clone()]);
                // On the same line.
                let near = before.filter(|before| !before.iter().any(|token| token.what == What::Break));
                let (Some(before), Some(total)) = (near, lonely_within(sentence)) else { continue };
                if !otherwise(before) && !is_supposed(before) && !is_odd(before) && !is_total(before) {
                    found.extend(sum(before, &total, 3));
                }
            }
            [.., last] => {
                let from = if last > 0 && matches!(sentence[last - 1].what, What::Sign('$' | '€' | '£' | '¥')) {
                    last - 1
                } else {
                    last
                };
                // Between the parts and the total stands what says that it is one; or behind it.
                let previous = digits[digits.len() - 2];
                let mut cursor = Cursor::new(sentence, from);
                let Some(total) = amount(&mut cursor) else { continue };
                let said = is_total(&sentence[previous..from])
                    || is_total(sentence.get(last..(last + 5).min(sentence.len())).unwrap_or_default());
                if said {
                    found.extend(sum(&sentence[..from], &total, 2));
                }
            }
        }
    }
    found
}

/// Signs and words with which numbers are no parts of a sum.
fn is_odd(sentence: &[Token]) -> bool {
    sentence.iter().any(|token| match &token.what {
        What::Sign(sign) => matches!(sign, '%' | '×' | '≈' | '/' | '=' | '^' | '±' | '÷' | '|'),
        What::Word(word) => one_of(word, "out times among from both between"),
        _ => false,
    })
}

/// The fault of a total of the amounts in some tokens, of which there are at least `least`.
fn sum(tokens: &[Token], total: &Amount, least: usize) -> Option<Found> {
    let mut amounts: Vec<Amount> = Vec::new();
    let mut bare = false;
    let mut at = 0;
    while at < tokens.len() {
        let mut cursor = Cursor::new(tokens, at);
        let before = at.checked_sub(1).map(|before| &tokens[before].what);
        match amount(&mut cursor).filter(|amount| !amount.number.word) {
            Some(mut amount) => {
                // 7A is a name.
                let name = tokens.get(at + 1).is_some_and(|next| {
                    next.tight && matches!(&next.what, What::Word(word) if units::find(word).is_none())
                });
                if name {
                    at += 2;
                    continue;
                }
                // A range, a signed number, a part of a date.
                if matches!(before, Some(What::Sign('–' | '−' | '#')))
                    || matches!(before, Some(What::Word(word)) if matches!(word.as_str(), "over" | "nearly" | "almost" | "under"))
                {
                    return None;
                }
                // Hufflepuff 135, Ravenclaw 160: as the first one.
                if amount.unit.is_empty() || is_stop_word(&amount.unit) {
                    amount.unit.clear();
                    bare = true;
                }
                amounts.push(amount);
                at = cursor.at.max(at + 1);
            }
            None => at += 1,
        }
    }
    let exact = amounts.iter().filter(|amount| amount.unit == total.unit && !total.unit.is_empty()).count();
    let year = |amount: &Amount| {
        amount.unit.is_empty()
            && amount.at.len() == 4
            && amount.number.integer().is_some_and(|value| (1000..2200).contains(&value))
    };
    if exact >= 2 || exact == 1 && bare {
        // Those in the total's unit, and those in none; what counts something else is no part.
        amounts.retain(|amount| amount.unit == total.unit || amount.unit.is_empty() && bare && exact == 1);
    } else if is_currency(&total.unit) || amounts.iter().any(|amount| is_currency(&amount.unit) || amount.unit == "%") {
        return None;
    }
    // Of different kinds, in one enumeration: separated by commas, "and", "+".
    let least = if exact >= 2 { least } else { least.max(3) };
    if amounts.len() < least || amounts.iter().any(year) {
        return None;
    }
    for amount in &mut amounts {
        amount.unit.clone_from(&total.unit);
    }
    mismatch(&amounts.iter().collect::<Vec<_>>(), total)
}
