//! Which events are usage.

use facts::meter::{Filter, Literal, MemberTest, Test};
use facts::usage::{Envelope, Scalar};
use rust_decimal::Decimal;

use crate::number::exact_decimal;

/// Whether an event passes. Nothing goes wrong here: a member that is absent, or of another kind,
/// passes no test but `!=` and `exists: false`.
pub fn accepts(filter: &Filter, envelope: &Envelope<'_>) -> bool {
    match filter {
        Filter::All(parts) => parts.iter().all(|part| accepts(part, envelope)),
        Filter::Any(parts) => parts.iter().any(|part| accepts(part, envelope)),
        Filter::Not(part) => !accepts(part, envelope),
        Filter::Member(MemberTest { member, test }) => passes(test, envelope.member(member)),
    }
}

fn passes(test: &Test, member: Option<&Scalar<'_>>) -> bool {
    let text = match member {
        Some(Scalar::Text(text)) => Some(text.as_ref()),
        _ => None,
    };
    match test {
        Test::Equal(value) => equals(value, member),
        Test::Different(value) => !equals(value, member),
        Test::In(values) => values.iter().any(|value| equals(value, member)),
        Test::Below(limit) => number(member).is_some_and(|it| it < limit.decimal()),
        Test::AtMost(limit) => number(member).is_some_and(|it| it <= limit.decimal()),
        Test::Above(limit) => number(member).is_some_and(|it| it > limit.decimal()),
        Test::AtLeast(limit) => number(member).is_some_and(|it| it >= limit.decimal()),
        Test::Contains(part) => text.is_some_and(|it| it.contains(part.as_str())),
        Test::StartsWith(part) => text.is_some_and(|it| it.starts_with(part.as_str())),
        Test::EndsWith(part) => text.is_some_and(|it| it.ends_with(part.as_str())),
        Test::Exists(there) => member.is_some() == *there,
    }
}

fn equals(value: &Literal, member: Option<&Scalar<'_>>) -> bool {
    match (value, member) {
        (Literal::Text(value), Some(Scalar::Text(text))) => value == text,
        (Literal::Number(value), member) => number(member) == Some(value.decimal()),
        _ => false,
    }
}

fn number(member: Option<&Scalar<'_>>) -> Option<Decimal> {
    match member {
        Some(Scalar::Number(text)) => exact_decimal(text),
        _ => None,
    }
}
