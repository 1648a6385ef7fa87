//! A line goes on for an earlier one: what is inherited, and every reason for a no.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use std::collections::BTreeMap;

use facts::order::{ContractTerm, Moment, OrderLine, Renewal};
use facts::{OrderAccepted, OrderLineId};
use jiff::civil::{Date, date};
use kernel::rejection::Rejection as _;
use orders::term::{Review, review_from, running};
use orders::{
    AskTerm, Earlier, FirstDay, GoOnFor, Market, PlaceLine, PlaceOrder, Standing, accept,
};

use crate::market::{account, offer, read};
use crate::{counts, line, named, order, place_line, words};

const NEXT_DAY: Date = date(2026, 2, 10);

/// Two units of version 1, U-1 and U-2, paid in parts and with three antennas each.
fn earlier() -> Earlier {
    let first = place_line(PlaceLine {
        units: Some(2),
        options: words(&[("payment", "instalments")]),
        components: counts(&[("antenna", 3)]),
        named_units: vec![named("U-1"), named("U-2")],
        ..line()
    });
    let line = first.unwrap();
    let mut order = crate::place(&order(vec![crate::line()])).unwrap();
    order.lines = vec![line.clone()];
    Earlier {
        order,
        line,
        account: account("ACC-TRANSLOG", "Translog SAS"),
        units: BTreeMap::new(),
    }
}

fn going_on(on: FirstDay) -> PlaceLine {
    let line = GoOnFor { line: read("ORD-1001-1"), units: Vec::new(), on };
    PlaceLine {
        line: read("ORD-2-1"),
        offer: String::new(),
        units: None,
        takes_over: Some(line),
        ..crate::line()
    }
}

fn accepted(next: PlaceLine, earlier: &Earlier) -> Result<OrderLine, Vec<String>> {
    let lines = BTreeMap::from([(OrderLineId::clone(&earlier.line.line), earlier.clone())]);
    let place = PlaceOrder {
        order: read("ORD-2"),
        customer: "Translog SAS".to_owned(),
        ordered_on: NEXT_DAY,
        lines: vec![next],
    };
    let offers = [offer(1), offer(2)];
    let accounts = [account("ACC-TRANSLOG", "Translog SAS")];
    let market =
        Market { offers: &offers, accounts: &accounts, taken: &BTreeMap::new(), earlier: &lines };
    let order: Result<OrderAccepted, _> = accept(&place, market);
    order
        .map(|mut order| order.lines.remove(0))
        .map_err(|no| no.iter().map(|it| it.code().to_owned()).collect())
}

fn on(day: Date) -> FirstDay {
    FirstDay::On(day)
}

fn names(line: &OrderLine) -> Vec<String> {
    line.units.iter().map(|it| it.unit.to_string()).collect()
}

#[test]
fn what_is_not_said_stays_as_it_was() {
    let next = accepted(going_on(on(date(2026, 2, 15))), &earlier()).unwrap();
    assert_eq!(next.offer, offer(1).reference());
    assert_eq!(next.options, words(&[("payment", "instalments")]));
    assert_eq!(crate::taken_of(&next), ["1 service"], "and no hardware: devices and antennas");
    assert_eq!(names(&next), ["U-1.2", "U-2.2"]);
    assert_eq!(next.units[0].after, Some(read("U-1")));
    assert_eq!(next.units[0].zone, read("Europe/Lisbon"));
}

#[test]
fn a_named_offer_is_that_of_the_day_with_the_choices_that_it_still_has() {
    let asked = PlaceLine { offer: "smart-fleet".to_owned(), ..going_on(on(date(2026, 2, 15))) };
    let next = accepted(asked, &earlier()).unwrap();
    assert_eq!(next.offer, offer(2).reference());
    assert_eq!(next.options, words(&[("payment", "instalments")]));
    assert_eq!(crate::taken_of(&next), ["1 service"]);
}

#[test]
fn who_goes_on_stays_on_its_invoice_but_not_on_that_of_another_owner() {
    let mut of_group = earlier();
    of_group.line.invoice = Some(read("SITE-1"));
    let going = || going_on(on(date(2026, 2, 15)));
    let invoice = |next, earlier: &Earlier| accepted(next, earlier).unwrap().invoice;
    assert_eq!(invoice(going(), &of_group), Some(read("SITE-1")));
    let out = PlaceLine { invoice: Some(orders::AskInvoice::Consolidated), ..going() };
    assert_eq!(invoice(out, &of_group), None);
    of_group.account.account = read("ACC-BEFORE");
    assert_eq!(invoice(going(), &of_group), None);
}

#[test]
fn a_unit_that_goes_on_again_is_the_third() {
    let mut second = earlier();
    second.line = accepted(going_on(on(date(2026, 1, 20))), &earlier()).unwrap();
    second.line.line = read("ORD-1001-1");
    let next = accepted(going_on(on(date(2026, 2, 15))), &second).unwrap();
    assert_eq!(names(&next), ["U-1.3", "U-2.3"]);
    let same_day = accepted(going_on(on(date(2026, 1, 20))), &second);
    assert_eq!(same_day, Err(vec!["take-over-too-early".to_owned()]));
}

#[test]
fn moments_become_days_and_are_kept() {
    let at = |moment| accepted(going_on(FirstDay::At(moment)), &earlier());
    let now = at(Moment::Now).unwrap().takes_over.unwrap();
    assert_eq!((now.on, now.asked), (NEXT_DAY, Some(Moment::Now)));
    let period = at(Moment::EndOfPeriod).unwrap().takes_over.unwrap();
    assert_eq!((period.on, period.asked), (date(2026, 3, 1), Some(Moment::EndOfPeriod)));
    assert_eq!(at(Moment::EndOfTerm), Err(vec!["order-line-without-term".to_owned()]));
}

#[test]
fn what_cannot_be_taken_over_is_refused() {
    let refused = |next: PlaceLine| accepted(next, &earlier()).unwrap_err();
    let day = on(date(2026, 2, 15));
    assert_eq!(refused(going_on(on(date(2026, 1, 4)))), ["take-over-too-early"]);
    let unknown = GoOnFor { line: read("ORD-9-9"), units: Vec::new(), on: day };
    let unknown = PlaceLine { takes_over: Some(unknown), ..going_on(day) };
    assert_eq!(refused(unknown), ["unknown-order-line-name"]);
    let other = GoOnFor { line: read("ORD-1001-1"), units: vec![read("U-9")], on: day };
    let other = PlaceLine { takes_over: Some(other), ..going_on(day) };
    assert_eq!(refused(other), ["unit-of-other-line"]);
    let again = PlaceLine { components: counts(&[("device_part", 1)]), ..going_on(day) };
    assert_eq!(refused(again), ["take-over-sells-hardware"]);
    assert_eq!(refused(PlaceLine { offer: String::new(), ..line() }), ["order-line-without-offer"]);
}

#[test]
fn units_that_went_on_or_ended_are_left_out_or_refused_by_name() {
    let mut first = earlier();
    let gone =
        Standing { taken_over: Some((read("U-1.2"), date(2026, 2, 1))), ..Standing::default() };
    first.units = BTreeMap::from([(read("U-1"), gone.clone())]);
    let day = on(date(2026, 2, 15));
    assert_eq!(names(&accepted(going_on(day), &first).unwrap()), ["U-2.2"]);
    let by_name = GoOnFor { line: read("ORD-1001-1"), units: vec![read("U-1")], on: day };
    let by_name = PlaceLine { takes_over: Some(by_name), ..going_on(day) };
    assert_eq!(accepted(by_name, &first), Err(vec!["unit-taken-over".to_owned()]));
    let ended = Standing { ended_on: Some(date(2026, 2, 15)), ..Standing::default() };
    first.units.insert(read("U-2"), ended);
    assert_eq!(accepted(going_on(day), &first), Err(vec!["nothing-to-take-over".to_owned()]));
    // The same order, sent again: that they went on is its own doing.
    let ours = Standing { is_ours: true, ..gone };
    first.units = BTreeMap::from([(read("U-1"), ours.clone()), (read("U-2"), ours.clone())]);
    assert_eq!(names(&accepted(going_on(day), &first).unwrap()), ["U-1.2", "U-2.2"]);
    // U-2 had ended when it was sent first, and it turned out later that it had not.
    first.units = BTreeMap::from([(read("U-1"), ours)]);
    assert_eq!(names(&accepted(going_on(day), &first).unwrap()), ["U-1.2"]);
}

fn renewed(until: Date) -> ContractTerm {
    let renewal = Renewal { months: 1, notice_days: 5, reminder_days: 10, uplift: None };
    ContractTerm { from: date(2026, 1, 5), until, renewal: Some(renewal) }
}

#[test]
fn a_kept_term_is_that_of_the_line_and_begins_anew_with_another_offer() {
    let mut first = earlier();
    first.line.term = Some(renewed(date(2026, 2, 5)));
    let kept = accepted(going_on(on(date(2026, 2, 15))), &first).unwrap();
    assert_eq!(kept.term, first.line.term);
    let asked = PlaceLine { offer: "smart-fleet".to_owned(), ..going_on(on(date(2026, 2, 15))) };
    let anew = accepted(asked, &first).unwrap().term.unwrap();
    assert_eq!((anew.from, anew.until), (date(2026, 2, 15), date(2026, 3, 5)));
    let evergreen = PlaceLine { term: Some(AskTerm::Evergreen), ..going_on(on(date(2026, 2, 15))) };
    assert_eq!(accepted(evergreen, &first).unwrap().term, None);
}

#[test]
fn a_notice_comes_in_time_or_is_refused() {
    let mut first = earlier();
    first.line.term = Some(renewed(date(2026, 2, 15)));
    let end = |first: &Earlier| accepted(going_on(FirstDay::At(Moment::EndOfTerm)), first);
    let taken = end(&first).unwrap().takes_over.unwrap();
    assert_eq!(taken.on, date(2026, 2, 15), "10 February is the last day for it");
    first.line.term = Some(renewed(date(2026, 2, 14)));
    assert_eq!(end(&first), Err(vec!["notice-too-late".to_owned()]));
}

#[test]
fn a_term_of_nothing_is_refused() {
    let months = |count| AskTerm::Months { from: None, count, renewal: None };
    let asked =
        |term| accepted(PlaceLine { term: Some(term), ..going_on(on(NEXT_DAY)) }, &earlier());
    assert_eq!(asked(months(0)), Err(vec!["bad-contract-term".to_owned()]));
    let year = asked(months(12)).unwrap().term.unwrap();
    assert_eq!((year.from, year.until), (NEXT_DAY, date(2027, 2, 10)));
    let with = |line: &str| asked(AskTerm::With(read(line)));
    assert_eq!(with("ORD-1001-1"), Err(vec!["order-line-without-term".to_owned()]));
    assert_eq!(with("ORD-9-9"), Err(vec!["unknown-order-line-name".to_owned()]));
}

#[test]
fn ends_on_the_31st_come_back_to_it() {
    let term = renewed(date(2026, 1, 31));
    let ends = [(2, 1, 2, 28), (2, 28, 3, 31), (4, 1, 4, 30), (4, 30, 5, 31)];
    for (month, day, until_month, until_day) in ends {
        let running = running(&term, date(2026, month, day)).unwrap();
        assert_eq!(running.until, date(2026, until_month, until_day), "{month}-{day}");
    }
}

#[test]
fn the_calendar_brings_a_notice_and_a_renewal_in_turn() {
    let term = renewed(date(2026, 2, 5));
    let first = review_from(&term, term.from).unwrap().unwrap();
    let notice = Review::Notice { notice_by: date(2026, 1, 31), until: date(2026, 2, 5) };
    assert_eq!(first, (date(2026, 1, 21), notice));
    let next = review_from(&term, date(2026, 1, 22)).unwrap().unwrap();
    assert_eq!(next, (date(2026, 2, 5), Review::Renewed { until: date(2026, 3, 5) }));
    let next = review_from(&term, date(2026, 2, 6)).unwrap().unwrap();
    assert_eq!(next.0, date(2026, 2, 18));
    let fixed = ContractTerm { renewal: None, ..term };
    let end = (fixed.until, Review::Ended);
    assert_eq!(review_from(&fixed, fixed.from).unwrap(), Some(end));
    assert_eq!(review_from(&fixed, date(2026, 2, 6)).unwrap(), None);
}
