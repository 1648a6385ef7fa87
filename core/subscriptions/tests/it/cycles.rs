//! Bill cycles at the end of the month.

use jiff::civil::date;
use kernel::BillCycle;

use crate::fleet::{Account, offer, started};

#[test]
fn a_cycle_on_the_31st_bills_on_the_last_day_of_shorter_months() {
    let mut account = Account::with(offer(), 31);
    let units = [started("U-001", date(2026, 2, 14))];
    assert_eq!(
        account.lines(&units, date(2026, 2, 28)),
        [
            "service.charge service_standard 2026-02-14..2026-02-28 14/28 x1 12.45",
            "service.charge service_standard 2026-02-28..2026-03-31 31/31 x1 24.90",
        ]
    );
    assert_eq!(
        account.lines(&units, date(2026, 3, 31)),
        ["service.charge service_standard 2026-03-31..2026-04-30 30/30 x1 24.90"]
    );
}

#[test]
fn every_cycle_charges_whole_periods_that_tile() {
    for cycle_day in [1, 15, 28, 29, 30, 31] {
        let cycle = BillCycle::new(cycle_day).unwrap();
        let first = cycle.next_after(date(2027, 12, 31)).unwrap();
        let units = [started("U-001", first)];
        let (mut account, mut bill_day) = (Account::with(offer(), cycle_day), first);
        for _ in 0..26 {
            let charges = account.bill(&units, bill_day);
            let amounts: Vec<_> = charges.iter().map(|it| it.amount.minor).collect();
            assert_eq!(amounts, [2490], "cycle {cycle_day}, {bill_day}");
            let period = charges[0].period.unwrap();
            assert_eq!(period.from(), bill_day);
            bill_day = period.to();
            assert!(cycle.begins_on(bill_day));
        }
    }
}
