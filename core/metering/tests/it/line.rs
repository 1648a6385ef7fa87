//! Meters of the reference fleet, and lines that arrive on 3 February 2026 in Paris.

use std::borrow::Cow;
use std::fmt::Debug;
use std::str::FromStr;

use facts::Text;
use facts::meter::{Field, Measure, Mediation, MeterPublished};
use facts::usage::{Envelope, RejectReason, Scalar};
use jiff::civil::date;
use kernel::Quantity;
use metering::{ArrivalDay, Measured, Rules};

pub const DATA: &str = "com.translog.usage.data.v1";
pub const SMS: &str = "com.translog.usage.sms.v1";
pub const ENGINE: &str = "com.translog.usage.engine.v1";

/// Reads a value of the test's own making.
pub fn read<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("a value written in a test")
}

pub fn field(name: &str) -> Field {
    Field { name: name.to_owned(), decimals_max: 3 }
}

pub fn meter(
    code: &str,
    event_type: &str,
    measure: Measure,
    dimensions: &[&str],
) -> MeterPublished {
    MeterPublished {
        code: read(code),
        version: 1,
        effective_from: date(2026, 1, 1),
        name: Text { en: code.to_owned(), fr: code.to_owned() },
        symbol: Text { en: String::new(), fr: String::new() },
        event_type: event_type.to_owned(),
        measure,
        dimensions: dimensions.iter().map(|it| (*it).to_owned()).collect(),
        mediation: Mediation::default(),
    }
}

pub fn meters() -> Vec<MeterPublished> {
    vec![
        meter("data_mb", DATA, Measure::Sum(field("mb")), &["region", "cell"]),
        meter("sms", SMS, Measure::Count, &[]),
        meter("engine_hours", ENGINE, Measure::Counter(field("hours")), &[]),
    ]
}

pub fn arrival_day() -> ArrivalDay {
    ArrivalDay::new(date(2026, 2, 3), &read("Europe/Paris")).expect("a day of this era")
}

pub fn rules() -> Rules {
    Rules::new(meters(), arrival_day())
}

/// A data event that nothing is wrong with.
pub fn envelope() -> Envelope<'static> {
    Envelope {
        source: Some("fleet-gateway".into()),
        id: Some("E-1".into()),
        event_type: Some(DATA.into()),
        subject: Some("T-1".into()),
        happened_at: Some(read("2026-02-03T10:00:00Z")),
        mark: facts::usage::Mark::First,
        data: vec![("mb".into(), Scalar::Number("1.5"))],
    }
}

pub const fn text(value: &str) -> Scalar<'_> {
    Scalar::Text(Cow::Borrowed(value))
}

/// The event with these members in its `data`.
pub fn with<'a>(members: &[(&'a str, Scalar<'a>)]) -> Envelope<'a> {
    let data = members.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect();
    Envelope { data, ..envelope() }
}

pub fn with_number(number: Scalar<'_>) -> Envelope<'_> {
    with(&[("mb", number)])
}

/// Why a line takes no id.
pub fn refused(envelope: Option<&Envelope<'_>>) -> RejectReason {
    let rules = rules();
    metering::read(envelope, &rules).expect_err("a line that is wrong").reason
}

/// The number that the meter of data read.
pub fn value(envelope: &Envelope<'_>) -> Quantity {
    let rules = rules();
    metering::read(Some(envelope), &rules).expect("a readable line").value
}

/// Attributes as text.
pub fn shown(event: &Measured<'_>) -> String {
    let one = |(name, value): &(&str, Cow<'_, str>)| format!("{name}={value}");
    event.dimensions.iter().map(one).collect::<Vec<_>>().join(" ")
}
