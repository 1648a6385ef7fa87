//! What the measures read beside numbers.

use facts::meter::{Interval, Level, Measure, Member, Rollover, Session, TimeUnit};
use facts::usage::{Envelope, RejectReason, Scalar};

use super::sample::{derives, says, works_out};
use crate::line::{DATA, field, meter, read, text, with};

const BAD: Result<String, RejectReason> = Err(RejectReason::BadNumber);

fn reads(measure: Measure, members: &[(&str, Scalar<'_>)]) -> Result<String, RejectReason> {
    says(meter("m", DATA, measure, &["z"]), &with(members))
}

#[test]
fn every_measure_of_a_number_reads_it() {
    let field = field("mb");
    for measure in [
        Measure::Max(field.clone()),
        Measure::Min(field.clone()),
        Measure::Latest(field.clone()),
        Measure::Rollover(Rollover { field: field.clone(), wraps_at: read("100") }),
        Measure::TimeWeighted(Level { field, per: TimeUnit::Hour }),
    ] {
        let number = |text| reads(measure.clone(), &[("mb", Scalar::Number(text))]);
        assert_eq!(number("1.50").as_deref(), Ok("1.5"));
        for bad in ["-1", "1e400", "0.0001", "1234567890123456789012345678901"] {
            assert_eq!(number(bad), BAD, "{measure:?} {bad}");
        }
        assert_eq!(reads(measure.clone(), &[]), BAD);
    }
    assert_eq!(works_out("1234567890123456789.123456789", &[]).map(|it| it.len()), Ok(29));
}

#[test]
fn a_value_that_is_counted_once_is_a_text_or_a_number() {
    let unique = Measure::Unique(Member { name: "driver".to_owned() });
    let driver = |value| reads(unique.clone(), &[("driver", value), ("z", text("x"))]);
    assert_eq!(driver(text("anna")).as_deref(), Ok("1 $key=\"anna z=x"));
    assert_eq!(driver(text("1")).as_deref(), Ok("1 $key=\"1 z=x"));
    assert_eq!(driver(Scalar::Number("1.0")).as_deref(), Ok("1 $key=1 z=x"));
    assert_eq!(driver(Scalar::Other), BAD);
    assert_eq!(reads(unique, &[]), BAD);
}

#[test]
fn a_session_starts_or_stops() {
    let rule = Session {
        phase: "phase".to_owned(),
        start: "on".to_owned(),
        stop: "off".to_owned(),
        key: "trip".to_owned(),
        timeout_seconds: 60,
        per: TimeUnit::Hour,
    };
    let says = |phase| {
        let members = [("phase", phase), ("trip", Scalar::Number("17"))];
        reads(Measure::Duration(rule.clone()), &members)
    };
    assert_eq!(says(text("on")).as_deref(), Ok("1 $key=17"));
    assert_eq!(says(text("off")).as_deref(), Ok("0 $key=17"));
    assert_eq!(says(text("pause")), BAD);
    assert_eq!(says(Scalar::Number("1")), BAD);
    assert_eq!(reads(Measure::Duration(rule.clone()), &[("phase", text("on"))]), BAD);
}

#[test]
fn an_interval_begins_before_it_ends_and_is_not_too_long() {
    let rule = Interval { field: field("kwh"), from: "began".to_owned(), longest_seconds: 3_600 };
    let says = |began| {
        let members = [("kwh", Scalar::Number("2")), ("began", began)];
        reads(Measure::Interval(rule.clone()), &members)
    };
    for (began, expected) in [
        ("2026-02-03T09:00:00Z", "2 $lasted=3600000000"),
        ("2026-02-03T10:59:59.999999+01:00", "2 $lasted=1"),
        ("2026-02-03T10:00:00Z", "2 $lasted=0"),
    ] {
        assert_eq!(says(text(began)).as_deref(), Ok(expected), "{began}");
    }
    for began in [
        "2026-02-03T08:59:59.999999Z",
        "2026-02-03T10:00:00.000001Z",
        "2026-02-03 09:00:00Z",
        "2026-02-03T09:00Z",
        "2026-02-03T09:00:00+01:00[Europe/Paris]",
        "2026-02-03",
        "",
    ] {
        assert_eq!(says(text(began)), BAD, "{began}");
    }
    assert_eq!(says(Scalar::Number("0")), BAD);
    // Without a time the envelope is at fault, not the interval.
    let members = [("kwh", Scalar::Number("2")), ("began", text("2026-02-03T09:00:00Z"))];
    let timeless = Envelope { happened_at: None, ..with(&members) };
    let meter = meter("m", DATA, Measure::Interval(rule.clone()), &[]);
    assert_eq!(super::sample::says(meter, &timeless), Err(RejectReason::BadEnvelope));
}

#[test]
fn measures_read_derived_fields_too() {
    let unique = Measure::Unique(Member { name: "who".to_owned() });
    let mut meter = meter("m", DATA, unique, &[]);
    meter.mediation = derives(&[("who", "concat(depot, '/', driver)")]);
    let event = with(&[("depot", text("N")), ("driver", Scalar::Number("7"))]);
    assert_eq!(says(meter, &event).as_deref(), Ok("1 $key=\"N/7"));
}
