//! Inputs that are nearly what a parser expects: seeds with some bytes, numbers or JSON values changed.

use std::ops::Range;

/// Most changes of one seed.
const CHANGES: usize = 6;
/// Integers at which parsers go wrong.
const INTEGERS: [u64; 17] = [
    0,
    1,
    2,
    3,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    1 << 32,
    1 << 60,
    (1 << 63) - 1,
    u64::MAX,
];
/// JSON values that stand in place of others.
const VALUES: [&str; 24] = [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "-1",
    "2",
    "0.5",
    "1e308",
    "-1e308",
    "1e-320",
    "4294967296",
    "1152921504606846976",
    "18446744073709551615",
    "-9223372036854775808",
    "\"\"",
    "\"NaN\"",
    "\"\\ud83d\"",
    "\"\u{1f642}\"",
    "[]",
    "{}",
    "[[[[[[[[]]]]]]]]",
    "[0,0]",
];

/// Random numbers: splitmix64.
pub struct Random(pub u64);

impl Random {
    /// Any number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// Below `n`; 0 where that is 0.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// Changes inputs of one target.
pub struct Mutator {
    seeds: Vec<Vec<u8>>,
    /// Words of its language.
    words: &'static [&'static str],
}

impl Mutator {
    /// Starts from `seeds`, of which there is one at least.
    pub fn new(seeds: Vec<Vec<u8>>, words: &'static [&'static str]) -> Self {
        assert!(!seeds.is_empty());
        Self { seeds, words }
    }

    /// A seed with some changes, the same for the same random numbers.
    pub fn input(&self, random: &mut Random) -> Vec<u8> {
        let mut input = random.of(&self.seeds).clone();
        for _ in 0..=random.below(CHANGES) {
            self.change(&mut input, random);
        }
        input
    }

    /// Changes one thing.
    pub fn change(&self, input: &mut Vec<u8>, random: &mut Random) {
        if input.is_empty() {
            input.extend(random.of(&self.seeds));
            return;
        }
        let at = place(input.len(), random);
        match random.below(16) {
            0 => input[at] ^= 1 << random.below(8),
            1 => input[at] = random.next() as u8,
            2..=4 => overwrite(input, at, random),
            5 => input.truncate(at),
            6 => drop(input.drain(range(input.len(), at, random))),
            7 => {
                let copy = input[range(input.len(), at, random)].to_vec();
                for _ in 0..=random.below(3) {
                    input.splice(at..at, copy.iter().copied());
                }
            }
            8 => {
                let other = random.of(&self.seeds);
                let from = range(other.len(), place(other.len(), random), random);
                let to = range(input.len(), at, random);
                input.splice(to, other[from].iter().copied());
            }
            9 | 10 => {
                let word = self.word(random);
                input.splice(at..at, word);
            }
            _ => self.change_value(input, at, random),
        }
    }

    /// A word of the language, a JSON value, or a part of a seed.
    fn word(&self, random: &mut Random) -> Vec<u8> {
        match random.below(4) {
            0 | 1 if !self.words.is_empty() => random.of(self.words).as_bytes().to_vec(),
            2 => random.of(&VALUES).as_bytes().to_vec(),
            _ => {
                let seed = random.of(&self.seeds);
                seed[token(seed, place(seed.len(), random))].to_vec()
            }
        }
    }

    /// Puts another value, name or word in place of the one at `at`, takes it away, or exchanges two.
    fn change_value(&self, input: &mut Vec<u8>, at: usize, random: &mut Random) {
        let here = token(input, at);
        match random.below(6) {
            0 => drop(input.drain(here)),
            1 => {
                let there = token(input, place(input.len(), random));
                let (first, second) = if here.start <= there.start { (here, there) } else { (there, here) };
                if first.end <= second.start {
                    let (a, b) = (input[first.clone()].to_vec(), input[second.clone()].to_vec());
                    input.splice(second, a);
                    input.splice(first, b);
                }
            }
            2 => drop(input.splice(here, random.of(&VALUES).bytes())),
            3 => {
                // A number near the one that stands there.
                let number = std::str::from_utf8(&input[here.clone()]).ok().and_then(|text| text.parse::<i64>().ok());
                let near = number.unwrap_or(0).wrapping_add([-1, 1, 2, 64, -64][random.below(5)]);
                input.splice(here, near.to_string().into_bytes());
            }
            _ => {
                let word = self.word(random);
                input.splice(here, word);
            }
        }
    }
}

/// A place in an input, more often near its beginning: there stand the headers.
fn place(length: usize, random: &mut Random) -> usize {
    let at = random.below(length);
    if random.below(2) == 0 { at } else { random.below(at + 1) }
}

/// A part of an input that begins at a place, mostly a short one.
fn range(length: usize, at: usize, random: &mut Random) -> Range<usize> {
    let most = [4, 16, 64, 256, 4096][random.below(5)];
    at..(at + 1 + random.below(most)).min(length)
}

/// Puts an integer of 1 to 8 bytes at a place: one of those above, or the one that stands there and a little.
fn overwrite(input: &mut [u8], at: usize, random: &mut Random) {
    let width = [1, 2, 4, 8][random.below(4)].min(input.len() - at);
    let mut wide = [0; 8];
    wide[..width].copy_from_slice(&input[at..at + width]);
    let number = match random.below(3) {
        0 => u64::from_le_bytes(wide).wrapping_add(random.below(9) as u64).wrapping_sub(4),
        1 => random.next() >> random.below(64),
        _ => *random.of(&INTEGERS),
    };
    input[at..at + width].copy_from_slice(&number.to_le_bytes()[..width]);
}

/// The JSON value, name or word at or behind a place: a text in quotation marks, a run of letters and digits, or one byte.
fn token(input: &[u8], at: usize) -> Range<usize> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'+');
    let Some(&first) = input.get(at) else { return input.len()..input.len() };
    if first == b'"' {
        let end = input[at + 1..].iter().take(4096).position(|&byte| byte == b'"');
        return at..end.map_or(at + 1, |end| at + end + 2);
    }
    let start = input[..at].iter().rposition(|byte| !is_word(byte)).map_or(0, |before| before + 1);
    let end = input[at..].iter().position(|byte| !is_word(byte)).map_or(input.len(), |end| at + end);
    if start < end { start..end } else { at..at + 1 }
}
