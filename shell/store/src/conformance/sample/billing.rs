//! Facts with what accounts can ask of their invoices: shapes that came after version 1, and are
//! left out where they are not used.

use ::facts::account::Review;
use ::facts::{AccountRegistered, Fact};
use kernel::{BillCalendar, BillCycle, CycleChange};

use super::terms::accounts;
use crate::conformance::read;

/// An account of each kind.
#[must_use]
pub fn billing_facts() -> Vec<Fact> {
    let [account, _] = accounts();
    let day = |day| BillCycle::new(day).expect("a day of the month");
    let change = CycleChange { from: read("2026-02-28"), day: day(15) };
    let bill_cycle = BillCalendar::new(day(31), vec![change]).expect("one change");
    let review = Some(Review { grace_days: 5 });
    vec![Fact::AccountRegistered(AccountRegistered { bill_cycle, review, ..account })]
}
