//! From lines to events: what is refused, what is new. The order of the checks is that of
//! `data/smart-fleet/README.md` §5; the first that applies decides.

use std::collections::BTreeMap;

use facts::meter::{Field, Measure, MeterPublished};
use facts::usage::{
    Arrival, Envelope, Fate, QuarantineReason, Refusal, RefusalOutcome, RejectReason, Scalar,
    UsageEvent,
};
use facts::{EventId, EventSource, MeterCode};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::calendar::{DateOutOfRange, add_days};
use kernel::{Digest, Quantity, Zone};
use rust_decimal::Decimal;

/// Meters by the event type that they measure.
#[derive(Debug, Clone, Default)]
pub struct Meters<'a>(BTreeMap<&'a str, &'a MeterPublished>);

impl<'a> Meters<'a> {
    /// The meters; publication sees to it that no two measure one type.
    #[must_use]
    pub fn new(meters: &'a [MeterPublished]) -> Self {
        Self(meters.iter().map(|meter| (meter.event_type.as_str(), meter)).collect())
    }

    fn of_type(&self, event_type: Option<&str>) -> Option<&'a MeterPublished> {
        self.0.get(event_type?).copied()
    }
}

/// The day of arrival, and until when an event of that day may claim to have happened.
#[derive(Debug, Clone, Copy)]
pub struct ArrivalDay {
    /// Civil day.
    pub arrived_on: Date,
    /// The end of the day plus the tolerance for clocks that run fast.
    pub latest: Timestamp,
}

impl ArrivalDay {
    /// How far a device's clock may be ahead of the end of the arrival day.
    pub const TOLERANCE_HOURS: i64 = 24;

    /// The day, in a zone.
    ///
    /// # Errors
    /// [`DateOutOfRange`].
    pub fn new(arrived_on: Date, zone: &Zone) -> Result<Self, DateOutOfRange> {
        let end = zone.start_of(add_days(arrived_on, 1)?)?;
        let tolerance = jiff::SignedDuration::from_hours(Self::TOLERANCE_HOURS);
        let latest = end.checked_add(tolerance).map_err(|_| DateOutOfRange)?;
        Ok(Self { arrived_on, latest })
    }
}

/// A line as received: where, and what it says; `None` when it is no JSON object.
#[derive(Debug, Clone)]
pub struct Line {
    /// Line in the file, from 1.
    pub line: u32,
    /// What it says.
    pub envelope: Option<Envelope>,
}

/// What a batch comes to. Each line is in one of the two, by its number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Intake {
    /// Events that take their id. Their fate is still `UnknownSerial` where it depends on who
    /// holds the device: see [`crate::attribute()`].
    pub events: Vec<UsageEvent>,
    /// Lines that take none.
    pub refusals: Vec<Refusal>,
}

/// Sorts the lines of a batch, in order. `seen` holds the digests of the ids that are taken
/// already, of those that the batch names.
#[must_use]
pub fn receive(
    lines: Vec<Line>,
    batch: Digest,
    day: ArrivalDay,
    meters: &Meters<'_>,
    mut seen: BTreeMap<(EventSource, EventId), Digest>,
) -> Intake {
    let mut intake = Intake::default();
    for Line { line, envelope } in lines {
        let arrival = Arrival { arrived_on: day.arrived_on, batch, line };
        let event = match read(envelope, arrival, day, meters) {
            Ok(event) => event,
            Err(refusal) => {
                intake.refusals.push(refusal);
                continue;
            }
        };
        let key = (event.source.clone(), event.id.clone());
        match seen.get(&key) {
            None => {
                seen.insert(key, event.digest);
                intake.events.push(event);
            }
            Some(first) => {
                let outcome = if *first == event.digest {
                    RefusalOutcome::Duplicate
                } else {
                    RefusalOutcome::Conflict
                };
                let meter = event.meter;
                intake.refusals.push(Refusal { arrival, outcome, meter, event: Some(key) });
            }
        }
    }
    intake
}

fn read(
    envelope: Option<Envelope>,
    arrival: Arrival,
    day: ArrivalDay,
    meters: &Meters<'_>,
) -> Result<UsageEvent, Refusal> {
    let Some(envelope) = envelope else {
        return Err(rejected(arrival, RejectReason::InvalidJson, None));
    };
    let meter = meters.of_type(envelope.event_type.as_deref());
    let code = meter.map(|meter| meter.code.clone());
    let Some(id) = envelope.id.as_deref().and_then(|id| EventId::new(id).ok()) else {
        return Err(rejected(arrival, RejectReason::MissingId, code));
    };
    let reading = match meter.map(|meter| read_number(&meter.measure, &envelope.data)) {
        None => Quantity::ZERO,
        Some(Some(reading)) => reading,
        Some(None) => return Err(rejected(arrival, RejectReason::BadNumber, code)),
    };
    let source = envelope.source.as_deref().and_then(|source| EventSource::new(source).ok());
    let (Some(source), Some(_), Some(subject), Some(happened_at)) =
        (source, &envelope.event_type, envelope.subject, envelope.happened_at)
    else {
        return Err(rejected(arrival, RejectReason::BadEnvelope, code));
    };
    let reason = if code.is_none() {
        QuarantineReason::UnknownType
    } else if happened_at > day.latest {
        QuarantineReason::FutureTime
    } else {
        QuarantineReason::UnknownSerial
    };
    Ok(UsageEvent {
        source,
        id,
        meter: code,
        subject,
        happened_at,
        reading,
        dimensions: meter.map(|meter| dimensions(meter, &envelope.data)).unwrap_or_default(),
        digest: envelope.digest,
        arrival,
        fate: Fate::Quarantined(reason),
    })
}

const fn rejected(arrival: Arrival, reason: RejectReason, meter: Option<MeterCode>) -> Refusal {
    Refusal { arrival, outcome: RefusalOutcome::Rejected(reason), meter, event: None }
}

fn read_number(measure: &Measure, data: &BTreeMap<String, Scalar>) -> Option<Quantity> {
    let Some(Field { name, decimals_max }) = measure.field() else {
        return Some(Quantity::ONE);
    };
    let Some(Scalar::Number(text)) = data.get(name) else { return None };
    let value = exact_decimal(text)?;
    if value.is_sign_negative() || value.scale() > *decimals_max {
        return None;
    }
    Quantity::new(value).ok()
}

/// A JSON number in lowest terms, to its last digit; none when it does not fit. The other parsers
/// of [`Decimal`] round what is too long, which would make `0.1250…01` a number of three decimals.
fn exact_decimal(text: &str) -> Option<Decimal> {
    if let Ok(value) = Decimal::from_str_exact(text) {
        return Some(value.normalize());
    }
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let written = format!("{whole}{fraction}");
    let digits = written.trim_end_matches('0');
    if digits.trim_matches(['-', '0']).is_empty() && !written.is_empty() {
        return Some(Decimal::ZERO);
    }
    let zeros = i64::try_from(written.len() - digits.len()).ok()?;
    let decimals = i64::try_from(fraction.len()).ok()? - zeros;
    let scale = decimals.checked_sub(exponent.parse().ok()?)?;
    let digits: i128 = digits.parse().ok()?;
    if let Ok(scale) = u32::try_from(scale) {
        return Decimal::try_from_i128_with_scale(digits, scale).ok();
    }
    let power = 10_i128.checked_pow(u32::try_from(scale.unsigned_abs()).ok()?)?;
    Decimal::try_from_i128_with_scale(digits.checked_mul(power)?, 0).ok()
}

fn dimensions(meter: &MeterPublished, data: &BTreeMap<String, Scalar>) -> BTreeMap<String, String> {
    let text_of = |name: &String| match data.get(name) {
        Some(Scalar::Text(text) | Scalar::Number(text)) => Some((name.clone(), text.clone())),
        _ => None,
    };
    meter.dimensions.iter().filter_map(text_of).collect()
}
