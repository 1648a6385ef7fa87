//! Expressions worked out over an event. Arithmetic is exact; nothing is rounded but by `round`,
//! `floor` and `ceil`, and where a number becomes text.

use std::borrow::Cow;
use std::cmp::Ordering;

use facts::expression::{Expression, Operator, Relation};
use facts::usage::{Envelope, Scalar};
use kernel::{Exact, Overflow, Rounding};

use crate::number::exact_decimal;

/// Most bytes of a text that is put together: an attribute, not a novel.
pub const TEXT_BYTES_MAX: usize = 1_000;

/// What a member is, or an expression comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    Number(Exact),
    Text(Cow<'a, str>),
    Answer(bool),
}

/// Why a line cannot be measured; it is rejected with `bad_number`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stuck {
    /// Nothing to work with.
    #[error("there is no member `{0}`")]
    Missing(String),
    /// An object, a list, true, false or null.
    #[error("`{0}` is neither a number nor a text")]
    NoScalar(String),
    /// Text, or a number that does not fit 28 digits.
    #[error("`{0}` is not a number of at most 28 digits")]
    NoNumber(String),
    /// Below zero.
    #[error("`{0}` is negative")]
    Negative(String),
    /// More decimals than the meter allows.
    #[error("`{0}` has more than {1} decimals")]
    TooPrecise(String, u32),
    /// A number stands where a text is needed, or the other way round.
    #[error("a value is not {0}")]
    WrongKind(&'static str),
    /// Division by zero.
    #[error("division by zero")]
    DivisionByZero,
    /// Beyond what can be computed without loss.
    #[error("a number is too large to be exact")]
    TooLarge,
    /// A text grows too long.
    #[error("a text is longer than {TEXT_BYTES_MAX} bytes")]
    TooLong,
    /// Neither phase of a session.
    #[error("`{0}` neither starts nor stops a session")]
    NoPhase(String),
    /// Not RFC 3339.
    #[error("`{0}` is not an instant such as 2026-02-03T10:00:00Z")]
    NoInstant(String),
    /// An interval that ends before it begins, or is too long.
    #[error("the interval lasts {0} microseconds, which is not believed")]
    Length(i64),
    /// The rules themselves cannot be read; publication should have refused them.
    #[error("the rules of the meter cannot be read")]
    BadRules,
}

impl From<Overflow> for Stuck {
    fn from(_: Overflow) -> Self {
        Self::TooLarge
    }
}

/// The members of an event, and the fields derived so far.
#[derive(Debug)]
pub struct Scope<'a> {
    pub envelope: &'a Envelope<'a>,
    pub derived: Vec<(&'a str, Value<'a>)>,
}

impl<'a> Scope<'a> {
    pub const fn new(envelope: &'a Envelope<'a>) -> Self {
        Self { envelope, derived: Vec::new() }
    }

    /// A field derived before.
    pub fn derived(&self, name: &str) -> Option<&Value<'a>> {
        self.derived.iter().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    /// A derived field, or else a member.
    pub fn value(&self, name: &str) -> Result<Value<'a>, Stuck> {
        if let Some(value) = self.derived(name) {
            return Ok(value.clone());
        }
        match self.envelope.member(name) {
            None => Err(Stuck::Missing(name.to_owned())),
            Some(Scalar::Other) => Err(Stuck::NoScalar(name.to_owned())),
            Some(Scalar::Text(text)) => Ok(Value::Text(Cow::Borrowed(text))),
            Some(Scalar::Number(text)) => {
                let value = exact_decimal(text).ok_or_else(|| Stuck::NoNumber(name.to_owned()))?;
                Ok(Value::Number(value.into()))
            }
        }
    }

    /// Works out an expression.
    pub fn evaluate(&self, expression: &'a Expression) -> Result<Value<'a>, Stuck> {
        Ok(match expression {
            Expression::Number(value) => Value::Number(*value),
            Expression::Text(text) => Value::Text(Cow::Borrowed(text)),
            Expression::Member(name) => self.value(name)?,
            Expression::Negate(a) => Value::Number(Exact::ZERO.minus(self.number(a)?)?),
            Expression::Arithmetic(operator, a, b) => {
                Value::Number(arithmetic(*operator, self.number(a)?, self.number(b)?)?)
            }
            Expression::Compare(relation, a, b) => Value::Answer(self.compare(*relation, a, b)?),
            Expression::And(a, b) => Value::Answer(self.answer(a)? && self.answer(b)?),
            Expression::Or(a, b) => Value::Answer(self.answer(a)? || self.answer(b)?),
            Expression::Not(a) => Value::Answer(!self.answer(a)?),
            Expression::Min(all) => Value::Number(self.best(all, Ordering::Less)?),
            Expression::Max(all) => Value::Number(self.best(all, Ordering::Greater)?),
            Expression::Floor(a) => Value::Number(floor(self.number(a)?)),
            Expression::Ceil(a) => {
                let below = floor(Exact::ZERO.minus(self.number(a)?)?);
                Value::Number(Exact::ZERO.minus(below)?)
            }
            Expression::Round(a, decimals) => {
                let scaled = Rounding::HalfAwayFromZero.round(self.number(a)?, *decimals)?;
                Value::Number(Exact::from_scaled(scaled, *decimals))
            }
            Expression::If(asked, a, b) => {
                self.evaluate(if self.answer(asked)? { a } else { b })?
            }
            Expression::Concat(all) => Value::Text(self.concat(all)?.into()),
        })
    }

    fn number(&self, expression: &'a Expression) -> Result<Exact, Stuck> {
        match self.evaluate(expression)? {
            Value::Number(value) => Ok(value),
            Value::Text(_) | Value::Answer(_) => Err(Stuck::WrongKind("a number")),
        }
    }

    fn answer(&self, expression: &'a Expression) -> Result<bool, Stuck> {
        match self.evaluate(expression)? {
            Value::Answer(holds) => Ok(holds),
            Value::Text(_) | Value::Number(_) => Err(Stuck::WrongKind("a comparison")),
        }
    }

    fn compare(
        &self,
        relation: Relation,
        a: &'a Expression,
        b: &'a Expression,
    ) -> Result<bool, Stuck> {
        Ok(match relation {
            Relation::Equal => self.evaluate(a)? == self.evaluate(b)?,
            Relation::Different => self.evaluate(a)? != self.evaluate(b)?,
            Relation::Below => self.number(a)? < self.number(b)?,
            Relation::AtMost => self.number(a)? <= self.number(b)?,
            Relation::Above => self.number(a)? > self.number(b)?,
            Relation::AtLeast => self.number(a)? >= self.number(b)?,
        })
    }

    fn best(&self, all: &'a [Expression], wanted: Ordering) -> Result<Exact, Stuck> {
        let mut best = None;
        for each in all {
            let value = self.number(each)?;
            if best.is_none_or(|best| value.cmp(&best) == wanted) {
                best = Some(value);
            }
        }
        best.ok_or(Stuck::BadRules)
    }

    fn concat(&self, all: &'a [Expression]) -> Result<String, Stuck> {
        let mut text = String::new();
        for each in all {
            text.push_str(&shown(&self.evaluate(each)?)?);
            if text.len() > TEXT_BYTES_MAX {
                return Err(Stuck::TooLong);
            }
        }
        Ok(text)
    }
}

/// A value as an attribute: a number in lowest terms, with at most nine decimals.
pub fn shown<'a>(value: &Value<'a>) -> Result<Cow<'a, str>, Stuck> {
    match value {
        Value::Text(text) => Ok(text.clone()),
        Value::Number(value) => Ok(Rounding::HalfEven.quantity(*value)?.to_string().into()),
        Value::Answer(_) => Err(Stuck::WrongKind("a number or a text")),
    }
}

fn arithmetic(operator: Operator, a: Exact, b: Exact) -> Result<Exact, Stuck> {
    Ok(match operator {
        Operator::Plus => a.plus(b)?,
        Operator::Minus => a.minus(b)?,
        Operator::Times => a.times(b)?,
        Operator::Over if b == Exact::ZERO => return Err(Stuck::DivisionByZero),
        Operator::Over => a.divided_by(b)?,
    })
}

fn floor(value: Exact) -> Exact {
    Exact::from_integer(value.numerator().div_euclid(value.denominator()))
}
