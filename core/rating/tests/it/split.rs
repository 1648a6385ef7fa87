//! However usage arrives, all invoices together come to what rating it at once comes to.

use std::collections::BTreeMap;

use facts::usage::Bucket;
use facts::{Charge, OfferRef};
use jiff::civil::{Date, date};
use kernel::{Money, Period, Quantity};
use proptest::prelude::*;

use crate::fleet::{Account, bucket};

pub const BILL_DAYS: [Date; 4] =
    [date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)];

/// A bucket, and the number of the invoice that knows it first.
pub type Arrival = (Bucket, usize);

pub fn any_arrivals() -> impl Strategy<Value = Vec<Arrival>> {
    let meters = prop::sample::select(vec!["data_mb", "api_calls", "sms", "engine_hours"]);
    let one = (meters, 1..=2_usize, 1..=3_usize, 0..96_i64, 0_i64..20_000_000, 0..4_usize);
    let one = one.prop_map(|(meter, unit, month, quarter, quantity, invoice)| {
        let (hour, minute) = (quarter / 4, quarter % 4 * 15);
        let quarter_at = format!("2026-0{month}-15T{hour:02}:{minute:02}:00Z");
        let quantity = rust_decimal::Decimal::new(quantity, 3).to_string();
        // Usage does not arrive before it happened.
        (bucket(&format!("U-00{unit}"), meter, &quarter_at, &quantity), invoice.max(month - 1))
    });
    prop::collection::vec(one, 0..20)
}

pub fn known(arrivals: &[Arrival], invoice: usize) -> Vec<Bucket> {
    arrivals.iter().filter(|it| it.1 <= invoice).map(|it| it.0.clone()).collect()
}

/// Quantity and amount of everything that is billed under one key.
pub type Totals = BTreeMap<(OfferRef, String, Option<Period>, String), (Quantity, Money)>;

pub fn add(totals: &mut Totals, charge: &Charge) {
    let row = charge.rated.as_ref().and_then(|it| it.row.as_ref());
    let row = row.map_or(String::new(), ToString::to_string);
    let contract = charge.rated.as_ref().and_then(|it| it.contract.as_ref());
    let row = row + &contract.map_or(String::new(), |line| format!(" of {line}"));
    let key = (charge.offer.clone(), charge.component.to_string(), charge.period, row);
    let nothing = (Quantity::ZERO, Money::zero(charge.amount.currency));
    let total = totals.entry(key).or_insert(nothing);
    total.0 = total.0.plus(charge.quantity).expect("a small quantity").normalized();
    total.1 = total.1.plus(charge.amount).expect("a small amount");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn any_split_over_invoices_gives_the_total_of_rating_at_once(arrivals in any_arrivals()) {
        let (mut split, mut at_once) = (Totals::new(), Totals::new());
        let mut account = Account::new();
        for (invoice, bill_day) in BILL_DAYS.into_iter().enumerate() {
            let charges = account.bill(&known(&arrivals, invoice), bill_day);
            charges.iter().for_each(|charge| add(&mut split, charge));
        }
        let all = known(&arrivals, BILL_DAYS.len());
        let charges = Account::new().bill(&all, BILL_DAYS[3]);
        charges.iter().for_each(|charge| add(&mut at_once, charge));
        // Without usage there is no line at all, or lines that came to nothing again.
        split.retain(|_, (quantity, amount)| !quantity.is_zero() || amount.minor != 0);
        prop_assert_eq!(split, at_once);
    }

    #[test]
    fn any_order_and_batching_of_usage_gives_the_same_charges(
        (there, shuffled) in any_arrivals().prop_flat_map(|arrivals| {
            let buckets = known(&arrivals, BILL_DAYS.len());
            (Just(buckets.clone()), Just(buckets).prop_shuffle())
        }),
    ) {
        let charges = Account::new().bill(&there, BILL_DAYS[3]);
        prop_assert_eq!(&charges, &Account::new().bill(&shuffled, BILL_DAYS[3]));
    }

    #[test]
    fn every_quantity_of_a_closed_period_is_in_exactly_one_charge(arrivals in any_arrivals()) {
        let buckets = known(&arrivals, BILL_DAYS.len());
        let sum = |quantities: Vec<Quantity>| {
            quantities.into_iter().try_fold(Quantity::ZERO, Quantity::plus).unwrap().normalized()
        };
        let charges = Account::new().bill(&buckets, BILL_DAYS[3]);
        let rated = charges.iter().filter_map(|it| it.rated.as_ref());
        let by_unit = rated.clone().flat_map(|it| &it.by_unit).map(|it| it.quantity);
        let used = sum(buckets.iter().map(|it| it.quantity).collect());
        prop_assert_eq!(sum(rated.clone().map(|it| it.quantity).collect()), used);
        prop_assert_eq!(sum(by_unit.collect()), used);
    }
}
