//! Amendments of operators: new, known, or refused with the reason.

use facts::offer::{LateUsage, OfferPublished, Proration, QuantityRule, StoppedDays};
use facts::order::Moment;
use facts::unit::ChangeAction::{self, Cancel, Plan, Resume, Return, Suspend};
use facts::{Text, UnitChanged, UnitTakenOver};
use fulfilment::{Amended, ChangeUnit, Effective, Receipt, Rejection, amend, check_together};
use jiff::civil::date;
use kernel::{Currency, Rounding};

use crate::unit::{DELIVERED_AT, SHIPPED_AT, at, change, fleet_policy, read};

pub fn offer() -> OfferPublished {
    OfferPublished {
        terms: facts::discount::Terms::default(),
        code: read("smart-fleet"),
        version: 1,
        effective_from: date(2026, 1, 1),
        name: Text { en: "Smart Fleet Plan".to_owned(), fr: "Forfait flotte".to_owned() },
        currency: Currency::EUR,
        units: QuantityRule::ONE,
        start: fleet_policy(),
        proration: Proration::DaysHalfOpen,
        rounding: Rounding::HalfAwayFromZero,
        late_usage: LateUsage::BillDifference,
        return_window_days: Some(60),
        stopped_days: StoppedDays::Credited,
        on_loss: facts::offer::AfterLoss::Ends,
        plans: vec![read("standard"), read("premium")],
        options: std::collections::BTreeMap::new(),
        components: Vec::new(),
    }
}

const BEGUN: &str = "2026-01-05T00:00:00Z";
const LATER: &str = "2026-03-01T00:00:00Z";

fn amended(offer: &OfferPublished) -> Amended<'_> {
    Amended { offer, from: at(BEGUN), taken_over: None, ends_at: None, before: None }
}

fn asked(effective: Effective, action: ChangeAction) -> ChangeUnit {
    let (change, unit, recorded_at) = (read("CHG-1"), read("U-001"), at(DELIVERED_AT));
    ChangeUnit { change, unit, recorded_at, effective, action }
}

fn command(effective_at: &str, action: ChangeAction) -> ChangeUnit {
    asked(Effective::At(at(effective_at)), action)
}

/// What is recorded of a command; none: it is known.
pub fn recorded(
    offer: &OfferPublished,
    action: ChangeAction,
    before: Option<&UnitChanged>,
) -> Option<UnitChanged> {
    let amended = Amended { before, ..amended(offer) };
    match amend(&command(DELIVERED_AT, action), None, amended).expect("a change that can be") {
        Receipt::New(it) => Some(it),
        Receipt::Unchanged => None,
    }
}

fn refused(result: Result<Receipt<UnitChanged>, Rejection>) -> String {
    result.expect_err("a refusal").to_string()
}

#[test]
fn a_change_is_recorded_once() {
    let (offer, first) = (offer(), change("CHG-1", DELIVERED_AT, Suspend));
    let suspend = command(DELIVERED_AT, Suspend);
    assert_eq!(amend(&suspend, None, amended(&offer)), Ok(Receipt::New(first.clone())));
    let again = Amended { before: Some(&first), ..amended(&offer) };
    assert_eq!(amend(&suspend, None, again), Ok(Receipt::Unchanged));
    assert_eq!(
        refused(amend(&command(DELIVERED_AT, Resume), None, again)),
        "change `CHG-1` of unit `U-001` was recorded before with another content; record a new \
         change instead"
    );
}

#[test]
fn a_moment_becomes_an_instant_once() {
    let (offer, command) = (offer(), asked(Effective::Named(Moment::EndOfPeriod), Cancel));
    let Ok(Receipt::New(cancelled)) = amend(&command, Some(at(LATER)), amended(&offer)) else {
        panic!("refused");
    };
    assert_eq!(cancelled.effective_at, at(LATER));
    assert_eq!(cancelled.asked, Some(Moment::EndOfPeriod));
    let again = Amended { before: Some(&cancelled), ..amended(&offer) };
    assert_eq!(amend(&command, None, again), Ok(Receipt::Unchanged));
    assert!(refused(amend(&command, None, amended(&offer))).contains("no term"));
}

#[test]
fn a_plan_is_one_of_the_offer() {
    let offer = offer();
    let to = |plan: &str| amend(&command(LATER, Plan(read(plan))), None, amended(&offer));
    assert!(to("premium").is_ok());
    assert_eq!(refused(to("gold")), "the offer has no plan `gold`; it has: standard, premium");
}

#[test]
fn a_change_lies_in_the_contract_of_its_unit() {
    let offer = offer();
    let early = command("2026-01-04T23:59:59Z", Suspend);
    assert!(refused(amend(&early, None, amended(&offer))).contains("begins at 2026-01-05"));
    let next = UnitTakenOver {
        unit: read("U-001"),
        by: read("U-001.2"),
        order_line: read("ORD-2-1"),
        agreed_at: at(SHIPPED_AT),
        on: date(2026, 3, 1),
        at: at(LATER),
    };
    let over = Amended { taken_over: Some(&next), ..amended(&offer) };
    assert!(refused(amend(&command(LATER, Suspend), None, over)).contains("as `U-001.2` from"));
    assert!(amend(&command(DELIVERED_AT, Suspend), None, over).is_ok());
    let ends = Amended { ends_at: Some(at(LATER)), ..amended(&offer) };
    assert!(refused(amend(&command(LATER, Suspend), None, ends)).contains("ends at 2026-03-01"));
    assert!(amend(&command(LATER, Return), None, ends).is_ok(), "the device still goes back");
}

/// What is said of the changes on these days of February; the last one is new.
fn together(changes: &[(u8, ChangeAction)]) -> Vec<String> {
    let named = |(number, (day, action)): (usize, &(u8, ChangeAction))| {
        let instant = format!("2026-02-{day:02}T00:00:00Z");
        change(&format!("CHG-{number}"), &instant, action.clone())
    };
    let all: Vec<UnitChanged> = changes.iter().enumerate().map(named).collect();
    let last = all.last().map(|it| it.change.clone());
    let all: Vec<&UnitChanged> = all.iter().collect();
    let refused = check_together(&all, |it| Some(&it.change) == last.as_ref());
    refused.into_iter().map(|(_, no)| no.to_string()).collect()
}

#[test]
fn suspensions_and_resumptions_alternate() {
    assert!(together(&[(1, Suspend), (5, Resume), (9, Suspend)]).is_empty());
    assert!(together(&[(5, Resume), (1, Suspend)]).is_empty(), "whatever is recorded first");
    assert!(together(&[(1, Resume)])[0].contains("is not suspended at 2026-02-01"));
    assert!(together(&[(1, Suspend), (5, Suspend)])[0].contains("is suspended at 2026-02-05"));
    assert!(together(&[(9, Suspend), (5, Suspend)])[0].contains("suspended again before"));
}

#[test]
fn nothing_but_a_return_follows_an_end() {
    assert!(together(&[(5, Cancel), (9, Suspend)])[0].contains("ends at 2026-02-05"));
    assert!(together(&[(5, Cancel), (9, Return)]).is_empty());
    assert!(together(&[(5, Return), (9, Cancel)])[0].contains("ends at 2026-02-05"));
    assert!(together(&[(9, Suspend), (5, Cancel)]).is_empty(), "an end cuts off what was planned");
}
