//! What the devices of the small world sent, and what became of it.

use std::collections::BTreeMap;

use facts::UsageReceived;
use facts::usage::{
    Arrival, Bucket, Fate, QuarantineReason, Refusal, RefusalOutcome, RejectReason, UsageEvent,
};
use kernel::{Digest, Quantity};
use store::BucketChange;

use crate::world::{World, at, day, read};

pub fn digest(number: u8) -> Digest {
    Digest([number; 16])
}

pub fn arrival(batch: u8, line: u32, on: &str) -> Arrival {
    Arrival { arrived_on: day(on), batch: digest(batch), line }
}

pub fn accepted(unit: &str) -> Fate {
    Fate::Accepted(read(unit))
}

fn event(
    (id, meter, serial): (&str, &str, &str),
    happened_at: &str,
    reading: &str,
    arrival: Arrival,
    fate: Fate,
) -> UsageEvent {
    UsageEvent {
        source: read("cloud"),
        id: read(id),
        meter: Some(read(meter)),
        subject: serial.to_owned(),
        happened_at: at(happened_at),
        reading: read(reading),
        dimensions: BTreeMap::from([("region".to_owned(), "FR".to_owned())]),
        digest: digest(99),
        arrival,
        fate,
    }
}

pub fn batches() -> Vec<UsageReceived> {
    let batch = |number, name: &str, on: &str, first_line, lines| UsageReceived {
        batch: digest(number),
        name: name.to_owned(),
        arrived_on: day(on),
        first_line,
        lines,
    };
    vec![
        batch(1, "january", "2026-01-26", 1, 8),
        batch(2, "february", "2026-02-03", 1, 1),
        batch(3, "february", "2026-02-10", 1, 7),
        batch(4, "late", "2026-02-21", 5, 3),
    ]
}

/// Places of some events.
pub const FREE: usize = 0;
pub const DATA: usize = 2;
pub const SWAPPED: usize = 10;

pub fn events() -> Vec<UsageEvent> {
    let first = |line| arrival(1, line, "2026-01-26");
    let second = |line| arrival(3, line, "2026-02-10");
    let last = |line| arrival(4, line, "2026-02-21");
    let unassigned = Fate::Quarantined(QuarantineReason::SerialNotAssigned);
    let unknown = Fate::Quarantined(QuarantineReason::UnknownSerial);
    let ahead = Fate::Quarantined(QuarantineReason::FutureTime);
    let u1 = || accepted("U1");
    let (data, hours) = (|id, serial| (id, "data", serial), |id| (id, "hours", "D1"));
    let mut events = vec![
        event(data("f1", "D1"), "2026-01-11T10:00:00Z", "1", first(1), Fate::Free(read("U1"))),
        event(hours("h1"), "2026-01-15T10:00:00Z", "10", first(2), u1()),
        event(data("d1", "D1"), "2026-01-20T10:00:00Z", "100", first(3), u1()),
        event(hours("h2"), "2026-01-25T10:00:00Z", "14.5", first(4), u1()),
        event(data("d2", "D1"), "2026-01-30T10:00:00Z", "50", arrival(2, 1, "2026-02-03"), u1()),
        event(data("d3", "D1"), "2026-02-10T22:00:00Z", "10", second(1), u1()),
        event(hours("h3"), "2026-02-10T10:00:00Z", "20", second(2), u1()),
        event(data("q1", "X"), "2026-01-20T10:00:00Z", "1", first(8), unknown),
        event(("q2", "sms", "D9"), "2026-02-18T10:00:00Z", "1", last(5), unassigned),
        event(data("q3", "D1"), "2026-05-01T10:00:00Z", "1", last(7), ahead),
        event(("s6", "sms", "D9"), "2026-02-21T10:00:00Z", "1", last(6), accepted("U2")),
    ];
    for number in 1..=5 {
        let happened_at = format!("2026-02-10T11:0{number}:00Z");
        let id = format!("s{number}");
        events.push(event((&id, "sms", "D1"), &happened_at, "1", second(2 + number), u1()));
    }
    events
}

/// Another event of data, of a batch of its own.
pub fn more_data(
    world: &mut World,
    (id, serial): (&str, &str),
    happened_at: &str,
    (batch, arrived_on): (u8, &str),
    fate: Fate,
) {
    world.batches.push(UsageReceived {
        batch: digest(batch),
        name: id.to_owned(),
        arrived_on: day(arrived_on),
        first_line: 1,
        lines: 1,
    });
    let arrival = arrival(batch, 1, arrived_on);
    world.events.push(event((id, "data", serial), happened_at, "7", arrival, fate));
    world.buckets = buckets(&world.events);
}

pub fn refusals() -> Vec<Refusal> {
    let refusal = |line, outcome, event| Refusal {
        arrival: arrival(1, line, "2026-01-26"),
        outcome,
        meter: None,
        event,
    };
    let first = || Some((read("cloud"), read("d1")));
    vec![
        refusal(5, RefusalOutcome::Duplicate, first()),
        refusal(6, RefusalOutcome::Conflict, first()),
        refusal(7, RefusalOutcome::Rejected(RejectReason::InvalidJson), None),
    ]
}

/// What accepted events add to the sums; counters add nothing.
pub fn buckets(events: &[UsageEvent]) -> Vec<BucketChange> {
    events.iter().filter_map(bucket).collect()
}

fn bucket(event: &UsageEvent) -> Option<BucketChange> {
    let (Fate::Accepted(unit), Some(meter)) = (&event.fate, &event.meter) else { return None };
    let quantity = match meter.as_str() {
        "hours" => return None,
        "sms" => Quantity::ONE,
        _ => event.reading,
    };
    let quarter = event.happened_at.as_second().div_euclid(900) * 900;
    let change = Bucket {
        unit: unit.clone(),
        meter: meter.clone(),
        quarter_at: jiff::Timestamp::from_second(quarter).unwrap(),
        dimensions: event.dimensions.clone(),
        quantity,
        events: 1,
    };
    Some(BucketChange { arrived_on: event.arrival.arrived_on, change })
}
