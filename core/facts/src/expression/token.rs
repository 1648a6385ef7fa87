//! Words of an expression.

use kernel::Exact;
use rust_decimal::Decimal;

use super::ExpressionError;

/// A word, and the character at which it begins, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub at: usize,
    pub token: Token<'a>,
}

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Number(&'a str, Exact),
    Text(&'a str),
    /// A name without quotes: a member, a function, or `and`, `or`, `not`.
    Name(&'a str),
    /// A name in back quotes: a member.
    Quoted(&'a str),
    Sign(&'static str),
    End,
}

impl Token<'_> {
    /// For a sentence that says what was found.
    pub fn shown(&self) -> String {
        match self {
            Self::Number(text, _) | Self::Text(text) | Self::Name(text) | Self::Quoted(text) => {
                format!("`{text}`")
            }
            Self::Sign(sign) => format!("`{sign}`"),
            Self::End => "the end".to_owned(),
        }
    }
}

/// The longer of two that begin alike comes first.
const SIGNS: [&str; 13] = ["!=", "<=", ">=", "=", "<", ">", "+", "-", "*", "/", "(", ")", ","];

/// Splits a text into words, with [`Token::End`] as the last.
pub(super) fn words(text: &str) -> Result<Vec<Word<'_>>, ExpressionError> {
    let mut words = Vec::new();
    let (mut rest, mut at) = (text, 1);
    loop {
        let blank = rest.len() - rest.trim_start().len();
        at += rest[..blank].chars().count();
        rest = &rest[blank..];
        let (token, length) = token(rest, at)?;
        words.push(Word { at, token });
        if token == Token::End {
            return Ok(words);
        }
        at += rest[..length].chars().count();
        rest = &rest[length..];
    }
}

/// The first word of a text, and its length in bytes.
fn token(rest: &str, at: usize) -> Result<(Token<'_>, usize), ExpressionError> {
    let Some(first) = rest.chars().next() else { return Ok((Token::End, 0)) };
    let unexpected = |found: &str, expected: &str| ExpressionError::Unexpected {
        at,
        found: found.to_owned(),
        expected: expected.to_owned(),
    };
    if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
        return Ok((Token::Sign(sign), sign.len()));
    }
    if matches!(first, '"' | '\'' | '`') {
        let inner = &rest[1..];
        let end = inner.find(first).ok_or_else(|| {
            unexpected("a quote that is not closed", &format!("another {first} after it"))
        })?;
        let (text, length) = (&inner[..end], end + 2);
        return Ok((if first == '`' { Token::Quoted(text) } else { Token::Text(text) }, length));
    }
    let is_word = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '.';
    let length = rest.find(|it| !is_word(it)).unwrap_or(rest.len());
    let word = &rest[..length];
    if first.is_ascii_digit() {
        let plain = word.split('.').all(|part| !part.is_empty()) && !word.ends_with('.');
        let digits = word.bytes().all(|it| it.is_ascii_digit() || it == b'.');
        return match Decimal::from_str_exact(word) {
            Ok(value) if plain && digits => Ok((Token::Number(word, value.into()), length)),
            _ => Err(unexpected(&format!("`{word}`"), "a number such as 12.5")),
        };
    }
    if first.is_ascii_alphabetic() || first == '_' {
        return Ok((Token::Name(word), length));
    }
    Err(unexpected(&format!("`{first}`"), "a value, an operator or a bracket"))
}
