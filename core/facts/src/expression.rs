//! Small expressions over the members of an event: `bytes / 1000000`, `if(roaming = "yes", mb, 0)`.
//! Read here, so that a meter with an expression that means nothing cannot be published;
//! `metering` works them out.
//!
//! ```text
//! or     := and ("or" and)*                 what if() asks
//! and    := not ("and" not)*
//! not    := "not" not | compare
//! compare:= sum (("=" | "!=" | "<" | "<=" | ">" | ">=") sum)?
//! sum    := product (("+" | "-") product)*
//! product:= unary (("*" | "/") unary)*
//! unary  := "-" unary | value
//! value  := 12.5 | "text" | 'text' | member | `any member` | "(" or ")"
//!         | function "(" or ("," or)* ")"
//! ```
//!
//! Functions: `min(a, b, …)` `max(a, b, …)` `floor(a)` `ceil(a)` `round(a, n)` `if(asked, a, b)`
//! `concat(a, …)`.

mod parser;
mod token;

use std::fmt;

use kernel::Exact;

/// Most values, operators and functions in one expression.
pub const NODES_MAX: usize = 64;
/// How deep they may stand in each other, brackets included.
pub const DEPTH_MAX: usize = 16;
/// Most bytes of an expression as written.
pub const BYTES_MAX: usize = 2_000;
/// Most decimals that `round` keeps: those of a quantity.
pub const ROUND_DECIMALS_MAX: u8 = 9;

/// What is worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// A number as written.
    Number(Exact),
    /// A text as written.
    Text(String),
    /// A member of `data`, or a field derived before.
    Member(String),
    /// The opposite number.
    Negate(Box<Expression>),
    /// Two numbers make one.
    Arithmetic(Operator, Box<Expression>, Box<Expression>),
    /// Two values are compared.
    Compare(Relation, Box<Expression>, Box<Expression>),
    /// Both hold; the second is not looked at when the first does not.
    And(Box<Expression>, Box<Expression>),
    /// One holds; the second is not looked at when the first does.
    Or(Box<Expression>, Box<Expression>),
    /// It does not hold.
    Not(Box<Expression>),
    /// The least of numbers.
    Min(Vec<Expression>),
    /// The greatest of numbers.
    Max(Vec<Expression>),
    /// The greatest whole number that is not above.
    Floor(Box<Expression>),
    /// The least whole number that is not below.
    Ceil(Box<Expression>),
    /// To so many decimals, a half away from zero.
    Round(Box<Expression>, u8),
    /// The first when something holds, else the second; the other is not looked at.
    If(Box<Expression>, Box<Expression>, Box<Expression>),
    /// Texts, one after the other; numbers as text.
    Concat(Vec<Expression>),
}

/// Arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Over,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// `=`
    Equal,
    /// `!=`
    Different,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
}

/// What an expression comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number.
    Number,
    /// A text.
    Text,
    /// Whether something holds.
    Answer,
    /// A number or a text: what a member is, is not known before the event.
    Member,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Answer => "a comparison",
            Self::Member => "a number or a text",
        })
    }
}

/// Why a text is no expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// Something else is expected at a place.
    #[error("at character {at} there is {found}, but {expected} is expected")]
    Unexpected {
        /// Character, from 1.
        at: usize,
        /// What stands there.
        found: String,
        /// What should.
        expected: String,
    },
    /// A value of another kind is needed.
    #[error("before character {at} there is {found}, but {expected} is needed")]
    WrongKind {
        /// Character where the value ends, from 1.
        at: usize,
        /// What it is.
        found: Kind,
        /// What it must be.
        expected: Kind,
    },
    /// It would take too long to work out, or to understand.
    #[error("it is too large: at most {NODES_MAX} values and operators, {DEPTH_MAX} deep")]
    TooLarge,
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// [`ExpressionError`].
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        parser::parse(text)
    }

    /// The members that it names, in the order of the text; some perhaps more than once.
    #[must_use]
    pub fn members(&self) -> Vec<&str> {
        match self {
            Self::Number(_) | Self::Text(_) => Vec::new(),
            Self::Member(name) => vec![name],
            Self::Negate(a) | Self::Not(a) | Self::Floor(a) | Self::Ceil(a) | Self::Round(a, _) => {
                a.members()
            }
            Self::Arithmetic(_, a, b)
            | Self::Compare(_, a, b)
            | Self::And(a, b)
            | Self::Or(a, b) => [a.members(), b.members()].concat(),
            Self::If(a, b, c) => [a.members(), b.members(), c.members()].concat(),
            Self::Min(all) | Self::Max(all) | Self::Concat(all) => {
                all.iter().flat_map(Self::members).collect()
            }
        }
    }
}
