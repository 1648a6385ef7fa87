//! Which holds are placed and released, and which requests are refused with which reason.

use facts::hold::{Blocked, HoldTarget};
use facts::{HoldPlaced, HoldReleased};
use holds::{Holds, Place, PlaceHold, Rejection, ReleaseHold, Standing};
use holds::{place, refuse_change, release};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use kernel::rejection::Rejection as _;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn asked(from: Date) -> PlaceHold {
    PlaceHold {
        hold: "H-1".parse().unwrap(),
        holder: "fraud".parse().unwrap(),
        account: None,
        target: HoldTarget::Unit("U-1".parse().unwrap()),
        blocks: [Blocked::Service, Blocked::Change].into(),
        from,
        reason: None,
    }
}

fn standing() -> Standing {
    let from = date(2026, 1, 10);
    Standing { account: "ACC-1".parse().unwrap(), from, ended_on: None, goes_on_as: None }
}

fn placed() -> HoldPlaced {
    place(&asked(date(2026, 3, 1)), &standing(), None, NOW).unwrap().unwrap()
}

fn ask_release(holder: &str, until: Date) -> ReleaseHold {
    ReleaseHold { hold: "H-1".parse().unwrap(), holder: holder.parse().unwrap(), until }
}

fn released(until: Date) -> HoldReleased {
    release(&ask_release("fraud", until), Some(&placed()), None, NOW).unwrap().unwrap()
}

#[test]
fn the_same_request_again_changes_nothing_whenever_it_comes() {
    let later = NOW + jiff::SignedDuration::from_hours(48);
    let again = place(&asked(date(2026, 3, 1)), &standing(), Some(&placed()), later);
    assert_eq!(again, Ok(None));
    let until = date(2026, 3, 9);
    let done = released(until);
    let again = release(&ask_release("fraud", until), Some(&placed()), Some(&done), later);
    assert_eq!(again, Ok(None));
}

fn code<T: std::fmt::Debug>(refused: Result<T, Rejection>) -> &'static str {
    refused.unwrap_err().code()
}

#[test]
fn what_cannot_be_held_is_refused() {
    let on = |from, standing: Standing| code(place(&asked(from), &standing, None, NOW));
    let march = date(2026, 3, 1);
    assert_eq!(on(date(2026, 1, 9), standing()), "hold-before-contract");
    let ended = Standing { ended_on: Some(march), ..standing() };
    assert_eq!(on(march, ended), "hold-after-end");
    let goes_on_as = Some(("U-1.2".parse().unwrap(), march));
    assert_eq!(on(march, Standing { goes_on_as, ..standing() }), "hold-goes-on-as");
    let nothing = PlaceHold { blocks: [].into(), ..asked(march) };
    assert_eq!(code(place(&nothing, &standing(), None, NOW)), "hold-blocks-nothing");
    let other = place(&asked(date(2026, 3, 2)), &standing(), Some(&placed()), NOW);
    assert_eq!(code(other), "hold-conflict");
}

#[test]
fn only_who_holds_releases_and_only_once() {
    let until = date(2026, 3, 9);
    let of = |asked, placed: Option<&HoldPlaced>, before: Option<&HoldReleased>| {
        code(release(&asked, placed, before, NOW))
    };
    assert_eq!(of(ask_release("fraud", until), None, None), "hold-unknown");
    let (placed, done) = (placed(), released(until));
    let placed = Some(&placed);
    assert_eq!(of(ask_release("dunning", until), placed, None), "hold-of-another");
    let early = ask_release("fraud", date(2026, 2, 28));
    assert_eq!(of(early, placed, None), "hold-released-before-start");
    let other = ask_release("fraud", date(2026, 3, 10));
    assert_eq!(of(other, placed, Some(&done)), "hold-released-before");
    // From its first day: it never was.
    assert_eq!(released(date(2026, 3, 1)).until, date(2026, 3, 1));
}

#[test]
fn a_change_is_refused_on_the_day_it_is_agreed_and_on_the_day_it_counts() {
    let holds = Holds::of([placed()], [released(date(2026, 3, 9))]);
    let units = ["U-1".parse().unwrap()];
    let place = Place { line: None, units: &units };
    let (before, inside, after) = (date(2026, 2, 1), date(2026, 3, 8), date(2026, 3, 9));
    let may = |days| refuse_change(&holds, ("unit `U-1`", place), days);
    assert_eq!(may([before, after]), Ok(()));
    assert!(may([before, inside]).is_err());
    let said = may([inside, after]).unwrap_err().to_string();
    assert_eq!(
        said,
        "unit `U-1` is held by `fraud` from 2026-03-01 on (hold `H-1`) and cannot be changed on \
         2026-03-08; ask `fraud` to release it"
    );
}
