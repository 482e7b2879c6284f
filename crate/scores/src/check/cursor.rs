//! A place within tokens, from which patterns are read.

use super::lexer::{Token, What};
use super::number::Number;
use std::ops::Range;

/// A place within tokens.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'a> {
    /// All of them.
    pub tokens: &'a [Token],
    /// The next one.
    pub at: usize,
}

impl<'a> Cursor<'a> {
    /// At a place.
    pub fn new(tokens: &'a [Token], at: usize) -> Self {
        Self { tokens, at }
    }

    /// The next token.
    pub fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    /// The token before.
    pub fn before(&self) -> Option<&'a Token> {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at))
    }

    /// The next word, without taking it.
    pub fn word(&self) -> Option<&'a str> {
        match &self.peek()?.what {
            What::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Takes a number.
    pub fn number(&mut self) -> Option<&'a Number> {
        match &self.peek()?.what {
            What::Number(number) => {
                self.at += 1;
                Some(number)
            }
            _ => None,
        }
    }

    /// Takes a sign, if it is next.
    pub fn sign(&mut self, sign: char) -> bool {
        let is = self.peek().is_some_and(|token| token.what == What::Sign(sign));
        self.at += usize::from(is);
        is
    }

    /// Takes the words of a phrase, if they are next.
    pub fn phrase(&mut self, phrase: &str) -> bool {
        let mut next = *self;
        for word in phrase.split(' ') {
            if next.word() != Some(word) {
                return false;
            }
            next.at += 1;
        }
        *self = next;
        true
    }

    /// Takes the first of some phrases, with slashes between them, that is next.
    pub fn any(&mut self, phrases: &str) -> bool {
        phrases.split('/').any(|phrase| self.phrase(phrase))
    }

    /// The bytes from a token to the one before the next.
    pub fn bytes(&self, from: usize) -> Range<usize> {
        let end = self.at.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(0, |token| token.at.end);
        self.tokens.get(from).map_or(end..end, |token| token.at.start..end)
    }
}
