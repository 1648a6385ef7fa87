//! Each step of a line, for a person who writes a meter.

use facts::meter::{Factor, Test};
use facts::usage::{Envelope, Scalar};
use metering::{Rules, trace};

use super::sample::{asks, derives, sums, word};
use crate::line::{arrival_day, envelope, read, text, with};

fn rules() -> Rules {
    let mut mediation = derives(&[("kb", "up + down"), ("mb", "kb * 1.024")]);
    mediation.accept = Some(asks("apn", Test::Different(word("test"))));
    mediation.convert = Some(Factor { numerator: 1, denominator: 1000 });
    Rules::new(vec![sums(mediation)], arrival_day())
}

fn event(apn: &'static str, up: &'static str) -> Envelope<'static> {
    with(&[
        ("apn", text(apn)),
        ("up", Scalar::Number(up)),
        ("down", Scalar::Number("500")),
        ("region", text("FR")),
    ])
}

fn shown(envelope: Option<&Envelope<'_>>) -> Vec<String> {
    trace(envelope, &rules()).to_string().lines().map(str::to_owned).collect()
}

#[test]
fn each_step_shows_what_it_made() {
    assert_eq!(
        shown(Some(&event("fleet", "1500"))),
        [
            "meter       com.translog.usage.data.v1 -> m version 1",
            "accept      apn != \"test\" -> yes",
            "derive      kb = up + down -> 2000",
            "derive      mb = kb * 1.024 -> 2048",
            "convert     2048 * 1 / 1000 -> 2.048",
            "measure     sum -> 2.048",
            "dimensions  region=FR",
            "outcome     taken",
        ]
    );
}

#[test]
fn the_step_that_fails_is_the_last() {
    assert_eq!(
        shown(Some(&event("test", "1500")))[1..],
        ["accept      apn != \"test\" -> no", "outcome     rejected: filtered"]
    );
    let missing = with(&[("up", Scalar::Number("1"))]);
    assert_eq!(
        shown(Some(&missing))[2..],
        [
            "derive      kb = up + down -> there is no member `down`",
            "outcome     rejected: bad_number",
        ]
    );
    assert_eq!(
        shown(Some(&event("fleet", "-1500")))[4..],
        ["measure     sum -> `mb` is negative", "outcome     rejected: bad_number"]
    );
}

#[test]
fn what_no_meter_sees_ends_at_once() {
    assert_eq!(shown(None), ["outcome     rejected: invalid_json"]);
    let unknown = Envelope { event_type: Some("?".into()), ..envelope() };
    assert_eq!(shown(Some(&unknown)), ["meter       ? -> none", "outcome     held: unknown_type"]);
    let future =
        Envelope { happened_at: Some(read("2027-01-01T00:00:00Z")), ..event("fleet", "1500") };
    assert_eq!(shown(Some(&future)).last().unwrap(), "outcome     held: future_time");
}

#[test]
fn a_trace_is_data_too() {
    let json = serde_json::to_value(trace(Some(&event("fleet", "1500")), &rules())).unwrap();
    assert_eq!(json["outcome"], "taken");
    assert_eq!(
        json["steps"][2],
        serde_json::json!({
            "step": "derive", "name": "kb", "expression": "up + down", "value": "2000",
            "problem": null,
        })
    );
    assert_eq!(json["steps"][4]["to"], "2.048");
}
