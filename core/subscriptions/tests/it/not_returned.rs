//! Devices that stay the seller's and do not go back.

use facts::device::Ownership;
use facts::offer::{AfterLoss, ChargeRule};
use facts::price::OrderedPrice;
use facts::unit::{ChangeAction, Loss, LossCause};
use facts::{ChargeKind, OfferPublished};
use jiff::civil::{Date, date};
use kernel::calendar::add_days;
use proptest::prelude::*;

use crate::fleet::{Account, Unit, noon, offer, read, unit};

const DELIVERED_ON: Date = date(2026, 1, 31);

fn lent(within_days: u16) -> OfferPublished {
    let mut offer = offer();
    for component in &mut offer.components {
        if component.code.as_str() == "hardware" {
            let price = OrderedPrice::Each(read("120.00"));
            component.charge = ChargeRule::OnceNotReturned { price, within_days };
            component.device.ownership = Ownership::Loaned;
        }
    }
    offer
}

fn day(days: i32) -> Date {
    add_days(DELIVERED_ON, days).expect("a day of these years")
}

fn sold() -> Unit {
    unit("U-1", &["hardware"]).delivered(DELIVERED_ON)
}

fn cancelled(after: i32) -> Unit {
    let mut unit = sold().changing(day(after), ChangeAction::Cancel);
    unit.timeline.over_at = Some(noon(day(after)));
    unit
}

#[test]
fn a_device_that_is_not_back_in_time_is_charged_once() {
    let mut account = Account::with(lent(14), 1);
    assert!(account.bill(&[sold()], day(100)).is_empty(), "its contract runs");
    assert!(account.bill(&[cancelled(100)], day(114)).is_empty(), "the last day");
    let charges = account.bill(&[cancelled(100)], day(115));
    assert_eq!(charges.len(), 1);
    assert_eq!(charges[0].amount.minor, 12_000);
    assert_eq!(charges[0].device.not_returned.and_then(|it| it.until), Some(day(114)));
    assert!(account.bill(&[cancelled(100)], day(200)).is_empty());
    // Back a day late it stays charged; in time, which is told late, it does not.
    assert!(account.bill(&[cancelled(100).returned(day(115))], day(210)).is_empty());
    assert_eq!(
        account.lines(&[cancelled(100).returned(day(114))], day(220)),
        ["hardware.return_credit hardware x-1 -120.00"]
    );
}

#[test]
fn what_is_lost_or_was_never_delivered_need_not_go_back() {
    let loss = Loss { cause: LossCause::Stolen, then: AfterLoss::UntilReplaced };
    let mut account = Account::with(lent(14), 1);
    let mut unit = sold().changing(day(50), ChangeAction::Lost(loss));
    unit.timeline.over_at = Some(noon(day(100)));
    assert!(account.bill(std::slice::from_ref(&unit), day(200)).is_empty());
    let replaced = unit.changing(day(60), ChangeAction::Swap(read("D-2")));
    assert_eq!(account.bill(&[replaced], day(200)).len(), 1);
    let mut waiting = cancelled(10);
    waiting.timeline.delivered_at = None;
    assert!(Account::with(lent(14), 1).bill(&[waiting], day(200)).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// Whenever the end and the return are known and however often it is billed, what is charged
    /// in the end is the fee when the device was not back in time, and nothing otherwise.
    #[test]
    fn the_fee_is_there_in_the_end_when_the_device_is_not(
        within_days in 0_u16..60,
        over in 0_i32..200,
        over_known in 0_i32..300,
        back in proptest::option::of((0_i32..120, 0_i32..200)),
        every in 1_i32..60,
    ) {
        let mut account = Account::with(lent(within_days), 1);
        let (mut net, mut after) = (0, 0);
        while after < 700 {
            after += every;
            let mut unit = sold();
            if over_known.max(over) <= after {
                unit = cancelled(over);
            }
            if let Some((days, late)) = back
                && over + days + late <= after
            {
                unit = unit.returned(day(over + days));
            }
            for charge in account.bill(&[unit], day(after)) {
                let is_fee = charge.kind == ChargeKind::HardwareSale;
                let until = charge.device.not_returned.and_then(|it| it.until);
                prop_assert!(!is_fee || until.is_some_and(|until| until < day(after)));
                net += charge.amount.minor;
            }
        }
        let in_time = back.is_some_and(|(days, _)| days <= i32::from(within_days));
        prop_assert_eq!(net, if in_time { 0 } else { 12_000 });
    }
}
