//! What a line says, by the rules of `data/smart-fleet/README.md` §5, asked in their order.

use std::collections::BTreeMap;

use facts::meter::{Field, Measure, MeterPublished};
use facts::usage::{LineOutcome, QuarantineReason, RejectReason};
use facts::{EventId, EventSource, MeterCode};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kernel::Quantity;

use super::json::{self, Value};
use crate::world::World;

/// How far a device's clock may be ahead of the end of the day of arrival.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(24);

/// More digits than any quantity has.
const DIGITS_MAX: i64 = 40;

/// The rules for the lines of a segment: those of its day, or of the day of its replay, as far as
/// they were known.
pub(crate) struct Rules<'a> {
    /// The end of the day of arrival, and a day.
    latest: Timestamp,
    /// By type.
    meters: BTreeMap<&'a str, &'a MeterPublished>,
}

impl<'a> Rules<'a> {
    /// None when nobody sold anything yet, or at the end of the calendar.
    pub(crate) fn of(world: &'a World, catalog: i64, day: Date) -> Option<Self> {
        let sellers = world.sellers.iter().filter(|it| it.sequence <= catalog);
        let sellers: BTreeMap<_, _> = sellers.map(|it| (&it.it.code, &it.it.zone)).collect();
        let (_, zone) = sellers.first_key_value()?;
        let end = zone.start_of(day.tomorrow().ok()?).ok()?;
        let known = world.meters.iter().filter(|it| it.sequence <= catalog);
        let mut by_code: BTreeMap<&MeterCode, &MeterPublished> = BTreeMap::new();
        for meter in known.map(|it| &it.it) {
            // Before any version counts, the first does.
            if meter.effective_from <= day || !by_code.contains_key(&meter.code) {
                by_code.insert(&meter.code, meter);
            }
        }
        let mut meters = BTreeMap::new();
        for meter in by_code.into_values() {
            meters.entry(meter.event_type.as_str()).or_insert(meter);
        }
        Some(Self { latest: end.checked_add(AHEAD_MAX).ok()?, meters })
    }
}

/// What a line says.
pub(crate) struct Line<'a> {
    /// The meter of its type.
    pub meter: Option<&'a MeterCode>,
    /// What it is, unless its id was taken before.
    pub outcome: LineOutcome,
    /// Of a line that may take its id.
    pub event: Option<Event>,
    /// Whether the meter's own rules may reject it, which we do not know: see [`is_read`].
    pub may_be_rejected: bool,
}

/// An event.
pub(crate) struct Event {
    pub source: String,
    pub id: String,
    pub subject: String,
    pub happened_at: Timestamp,
    pub value: Quantity,
    pub dimensions: BTreeMap<String, String>,
    /// Which of the lines of its id it is.
    pub revision: u32,
    /// Print of its JSON value.
    pub print: [u8; 32],
}

/// Whether we know how a meter reads a line. Those that filter, convert or derive, and those that
/// read more than a number, have rules of their own, which are not said again here.
pub(crate) fn is_read(meter: &MeterPublished) -> bool {
    let reads_more =
        matches!(meter.measure, Measure::Unique(_) | Measure::Duration(_) | Measure::Interval(_));
    meter.mediation.is_empty() && !reads_more
}

/// Reads a line.
pub(crate) fn read<'a>(line: &[u8], rules: &Rules<'a>) -> Line<'a> {
    let rejected = |meter, reason| Line {
        meter,
        outcome: LineOutcome::Rejected(reason),
        event: None,
        may_be_rejected: false,
    };
    let Some(value @ Value::Object(_)) = json::read(line) else {
        return rejected(None, RejectReason::InvalidJson);
    };
    let text = |name| text_of(&value, name);
    let meter = text("type").and_then(|event_type| rules.meters.get(event_type).copied());
    let code = meter.map(|meter| &meter.code);
    let Some(id) = text("id").filter(|id| EventId::new(*id).is_ok()) else {
        return rejected(code, RejectReason::MissingId);
    };
    let source = text("source").filter(|source| EventSource::new(*source).is_ok());
    let mark = mark_of(&value);
    if let Some((revision, true)) = mark {
        return match source {
            None => rejected(code, RejectReason::BadEnvelope),
            Some(source) => Line {
                meter: code,
                outcome: LineOutcome::Cancels,
                event: Some(Event {
                    source: source.to_owned(),
                    id: id.to_owned(),
                    subject: String::new(),
                    happened_at: Timestamp::UNIX_EPOCH,
                    value: Quantity::ZERO,
                    dimensions: BTreeMap::new(),
                    revision,
                    print: json::print(&value),
                }),
                may_be_rejected: false,
            },
        };
    }
    let may_be_rejected = meter.is_some_and(|meter| !is_read(meter));
    let number = if may_be_rejected { Some(Quantity::ZERO) } else { value_of(&value, meter) };
    let Some(number) = number else {
        return rejected(code, RejectReason::BadNumber);
    };
    let happened_at = text("time").and_then(instant);
    let (Some(source), Some(_), Some(subject), Some(happened_at), Some((revision, _))) =
        (source, text("type"), text("subject"), happened_at, mark)
    else {
        return Line { may_be_rejected, ..rejected(code, RejectReason::BadEnvelope) };
    };
    let outcome = match meter {
        None => LineOutcome::Held(QuarantineReason::UnknownType),
        Some(_) if happened_at > rules.latest => LineOutcome::Held(QuarantineReason::FutureTime),
        Some(_) => LineOutcome::Taken,
    };
    let event = Event {
        source: source.to_owned(),
        id: id.to_owned(),
        subject: subject.to_owned(),
        happened_at,
        value: number,
        dimensions: meter.map(|meter| dimensions(&value, meter)).unwrap_or_default(),
        revision,
        print: json::print(&value),
    };
    Line { meter: code, outcome, event: Some(event), may_be_rejected }
}

/// The revision, and whether it cancels; none when that cannot be understood.
fn mark_of(value: &Value) -> Option<(u32, bool)> {
    let said = |name| match member(value, name) {
        None | Some(Value::Word("null")) => Some(None),
        Some(Value::Text(text) | Value::Number(text)) => Some(Some(text.as_str())),
        Some(Value::Word(word)) => Some(Some(*word)),
        Some(_) => None,
    };
    let revision = match said("usagerevision")? {
        None => 0,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse::<u32>().ok().filter(|it| *it > 0)?
        }
        Some(_) => return None,
    };
    match said("usagecancelled")? {
        None | Some("false") => Some((revision, false)),
        Some("true") if revision > 0 => Some((revision, true)),
        Some(_) => None,
    }
}

fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    if let Value::Object(members) = value { members.get(name) } else { None }
}

fn text_of<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    if let Value::Text(text) = member(value, name)? { Some(text) } else { None }
}

/// What the meter reads: 1 where it reads no number, 0 where there is no meter.
fn value_of(value: &Value, meter: Option<&MeterPublished>) -> Option<Quantity> {
    let Some(meter) = meter else { return Some(Quantity::ZERO) };
    let Some(Field { name, decimals_max }) = meter.measure.field() else {
        return Some(Quantity::ONE);
    };
    match member(member(value, "data")?, name)? {
        Value::Number(text) => quantity(text, *decimals_max),
        _ => None,
    }
}

/// A number that is not negative and has at most so many decimals.
fn quantity(text: &str, decimals_max: u32) -> Option<Quantity> {
    let number = json::number(text)?;
    let decimals = usize::try_from(number.exponent.min(0).unsigned_abs()).ok()?;
    let fits =
        number.exponent.abs() <= DIGITS_MAX && decimals <= usize::try_from(decimals_max).ok()?;
    if number.is_negative || !fits {
        return None;
    }
    let zeros = usize::try_from(number.exponent.max(0)).ok()?;
    let whole = format!("{:0>width$}{}", number.digits, "0".repeat(zeros), width = decimals + 1);
    let (whole, fraction) = whole.split_at_checked(whole.len() - decimals)?;
    format!("{whole}.{fraction}0").parse().ok()
}

/// The attributes that price tables can ask: texts, and numbers as they were written.
fn dimensions(value: &Value, meter: &MeterPublished) -> BTreeMap<String, String> {
    let mut dimensions = BTreeMap::new();
    for name in &meter.dimensions {
        if let Some(Value::Text(text) | Value::Number(text)) =
            member(value, "data").and_then(|data| member(data, name))
        {
            dimensions.insert(name.clone(), text.clone());
        }
    }
    dimensions
}

/// An RFC 3339 instant, cut to whole microseconds. The library reads other forms too, so the form
/// is looked at first.
fn instant(text: &str) -> Option<Timestamp> {
    const DATE_AND_TIME: &str = "dddd-dd-ddTdd:dd:dd";
    const OFFSET: &str = "dd:dd";
    let text = text.to_ascii_uppercase();
    let (local, rest) = text.split_at_checked(DATE_AND_TIME.len())?;
    let (fraction, zone) = match rest.strip_prefix('.') {
        None => ("0", rest),
        Some(rest) => rest.split_at(rest.find(|it: char| !it.is_ascii_digit())?),
    };
    let zone_fits = match zone.strip_prefix(['+', '-']) {
        Some(offset) => looks_like(offset, OFFSET),
        None => zone == "Z",
    };
    if !looks_like(local, DATE_AND_TIME) || fraction.is_empty() || !zone_fits {
        return None;
    }
    let micros: String = fraction.chars().take(6).collect();
    format!("{local}.{micros}{zone}").parse().ok()
}

/// Whether a text has digits where the form has `d`, and its other characters where they are.
fn looks_like(text: &str, form: &str) -> bool {
    let same = |(byte, wanted): (u8, u8)| match wanted {
        b'd' => byte.is_ascii_digit(),
        _ => byte == wanted,
    };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(same)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_to_their_last_digit() {
        let of = |text: &str| quantity(text, 3).map(|it| it.to_string());
        let reads = [
            ("0", "0"),
            ("-0.0000", "0"),
            ("1", "1"),
            ("0.125", "0.125"),
            ("0.1250", "0.125"),
            ("125e-3", "0.125"),
            ("1.5E1", "15"),
            ("1e3", "1000"),
            ("1e-3", "0.001"),
        ];
        for (text, value) in reads {
            let read = quantity(text, 3);
            assert_eq!(read, value.parse().ok(), "{text}");
        }
        for text in ["-1", "0.0001", "1e-4", "1e400", "1e-400", "1e99999999999999999999"] {
            assert_eq!(of(text), None, "{text}");
        }
        assert_eq!(of("0.12500000000000000000000000000000000001"), None);
    }

    #[test]
    fn instants_are_those_of_rfc_3339() {
        let of = |text: &str| instant(text).map(|it| it.to_string());
        let reads = [
            ("2026-01-12T10:11:12Z", "2026-01-12T10:11:12Z"),
            ("2026-01-12t10:11:12.5z", "2026-01-12T10:11:12.5Z"),
            ("2026-01-12T10:11:12.1234569+02:00", "2026-01-12T08:11:12.123456Z"),
        ];
        for (text, value) in reads {
            assert_eq!(of(text).as_deref(), Some(value), "{text}");
        }
        let bad = [
            "",
            "2026-01-12",
            "2026-01-12T10:11:12",
            "2026-01-12 10:11:12Z",
            "2026-13-12T10:11:12Z",
            "2026-01-12T10:11:12.Z",
            "2026-01-12T10:11:12+0200",
            "2026-01-12T10:11:12Z[UTC]",
            "2026-01-12T10:11:12,5Z",
            "２026-01-12T10:11:12Z",
        ];
        for text in bad {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
