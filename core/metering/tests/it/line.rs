//! Meters of the reference fleet, and lines that arrive on 3 February 2026 in Paris.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::str::FromStr;

use facts::meter::{Field, Measure, MeterPublished};
use facts::usage::{Envelope, RefusalOutcome, Scalar, UsageEvent};
use facts::{EventId, EventSource, Text};
use jiff::civil::date;
use kernel::Digest;
use metering::{ArrivalDay, Intake, Line, Meters, receive};

pub const DATA: &str = "com.translog.usage.data.v1";
pub const SMS: &str = "com.translog.usage.sms.v1";
pub const ENGINE: &str = "com.translog.usage.engine.v1";

/// Reads a value of the test's own making.
pub fn read<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("a value written in a test")
}

fn meter(code: &str, event_type: &str, measure: Measure, dimensions: &[&str]) -> MeterPublished {
    MeterPublished {
        code: read(code),
        version: 1,
        effective_from: date(2026, 1, 1),
        name: Text { en: code.to_owned(), fr: code.to_owned() },
        symbol: Text { en: String::new(), fr: String::new() },
        event_type: event_type.to_owned(),
        measure,
        dimensions: dimensions.iter().map(|it| (*it).to_owned()).collect(),
    }
}

pub fn meters() -> [MeterPublished; 3] {
    let field = |name: &str| Field { name: name.to_owned(), decimals_max: 3 };
    [
        meter("data_mb", DATA, Measure::Sum(field("mb")), &["region", "cell"]),
        meter("sms", SMS, Measure::Count, &[]),
        meter("engine_hours", ENGINE, Measure::Counter(field("hours")), &[]),
    ]
}

pub fn arrival_day() -> ArrivalDay {
    ArrivalDay::new(date(2026, 2, 3), &read("Europe/Paris")).expect("a day of this era")
}

/// A data event that nothing is wrong with.
pub fn envelope(id: &str) -> Envelope {
    Envelope {
        source: Some("fleet-gateway".to_owned()),
        id: Some(id.to_owned()),
        event_type: Some(DATA.to_owned()),
        subject: Some("T-1".to_owned()),
        happened_at: Some(read("2026-02-03T10:00:00Z")),
        data: BTreeMap::from([("mb".to_owned(), Scalar::Number("1.5".to_owned()))]),
        digest: digest(id),
    }
}

/// The fingerprint of a body.
pub fn digest(body: &str) -> Digest {
    let mut bytes = [0; 16];
    for (place, byte) in bytes.iter_mut().zip(body.bytes()) {
        *place = byte;
    }
    Digest(bytes)
}

pub fn with_number(number: Scalar) -> Envelope {
    Envelope { data: BTreeMap::from([("mb".to_owned(), number)]), ..envelope("E-1") }
}

/// What a batch comes to, when these ids are taken already.
pub fn receive_after(
    envelopes: Vec<Option<Envelope>>,
    seen: BTreeMap<(EventSource, EventId), Digest>,
) -> Intake {
    let lines = (1..).zip(envelopes).map(|(line, envelope)| Line { line, envelope });
    let meters = meters();
    receive(lines.collect(), digest("batch"), arrival_day(), &Meters::new(&meters), seen)
}

pub fn receive_all(envelopes: Vec<Envelope>) -> Intake {
    receive_after(envelopes.into_iter().map(Some).collect(), BTreeMap::new())
}

/// The event of a line that takes its id.
pub fn event(envelope: Envelope) -> UsageEvent {
    let mut intake = receive_all(vec![envelope]);
    assert_eq!(intake.refusals, []);
    intake.events.remove(0)
}

/// Why a line takes none.
pub fn refusal(envelope: Option<Envelope>) -> RefusalOutcome {
    let intake = receive_after(vec![envelope], BTreeMap::new());
    assert_eq!(intake.events, []);
    intake.refusals[0].outcome
}
