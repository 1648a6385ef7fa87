//! Meters with rules, and what they make of members.

use facts::meter::{Derived, Factor, Filter, Literal, Measure, Mediation, MemberTest, Test};
use facts::usage::{RejectReason, Scalar};
use facts::{MeterPublished, usage::Envelope};
use metering::Rules;

use crate::line::{DATA, arrival_day, field, meter, shown, with};

/// What a line comes to: its value and attributes, or why it takes no id.
pub fn says(meter: MeterPublished, envelope: &Envelope<'_>) -> Result<String, RejectReason> {
    let rules = Rules::new(vec![meter], arrival_day());
    match metering::read(Some(envelope), &rules) {
        Err(unread) => Err(unread.reason),
        Ok(event) => Ok(format!("{} {}", event.value, shown(&event)).trim_end().to_owned()),
    }
}

/// A meter that sums `mb`.
pub fn sums(mediation: Mediation) -> MeterPublished {
    MeterPublished { mediation, ..meter("m", DATA, Measure::Sum(field("mb")), &["region"]) }
}

pub fn derives(fields: &[(&str, &str)]) -> Mediation {
    let one = |(name, expression): &(&str, &str)| Derived {
        name: (*name).to_owned(),
        expression: (*expression).to_owned(),
    };
    Mediation { derive: fields.iter().map(one).collect(), ..Mediation::default() }
}

/// The number that an expression comes to, over the members.
pub fn works_out(expression: &str, members: &[(&str, Scalar<'_>)]) -> Result<String, RejectReason> {
    says(sums(derives(&[("mb", expression)])), &with(members))
}

pub const fn converts(numerator: u64, denominator: u64) -> Mediation {
    Mediation { accept: None, derive: Vec::new(), convert: Some(Factor { numerator, denominator }) }
}

pub fn asks(member: &str, test: Test) -> Filter {
    Filter::Member(MemberTest { member: member.to_owned(), test })
}

pub fn word(text: &str) -> Literal {
    Literal::Text(text.to_owned())
}
