//! Two contracts of one offer, one with prices of its own: each is priced by its own, whatever the
//! other uses, and however usage arrives.

use std::collections::BTreeMap;

use facts::price::{Model, Tier, TierMode};
use facts::usage::Bucket;
use kernel::{Quantity, UnitPrice};
use pricing::table::Overrides;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::fleet::{Account, bucket, read};
use crate::split::{BILL_DAYS, Totals, add, any_arrivals, known};

/// Rows that U-002 can have a price of its own for, and the list price of R99.
const ROWS: [&str; 2] = ["R01", "R02"];

/// Prices in cents: of each unit up to a bound, and above it; all of it by one tier, or in turn.
#[derive(Debug, Clone, Copy)]
struct Own {
    bound: i64,
    below: i64,
    above: i64,
    is_volume: bool,
}

impl Own {
    fn model(self) -> Model {
        let price = |cents| UnitPrice::new(Decimal::new(cents, 2)).expect("cents");
        let bound = Some(Quantity::new(Decimal::new(self.bound, 0)).expect("a whole number"));
        let tier = |up_to, unit_price| Tier { up_to, unit_price, flat: None };
        let mode = if self.is_volume { TierMode::Volume } else { TierMode::Graduated };
        Model::of_tiers(mode, vec![tier(bound, price(self.below)), tier(None, price(self.above))])
    }

    /// In cents, unit by unit.
    fn cost(self, quantity: i64) -> i64 {
        let is_below = |at| if self.is_volume { quantity <= self.bound } else { at <= self.bound };
        (1..=quantity).map(|at| if is_below(at) { self.below } else { self.above }).sum()
    }
}

fn owns() -> impl Strategy<Value = BTreeMap<&'static str, Own>> {
    let own = (1_i64..40, 0_i64..300, 0_i64..300, any::<bool>());
    let own =
        own.prop_map(|(bound, below, above, is_volume)| Own { bound, below, above, is_volume });
    prop::collection::btree_map(prop::sample::select(ROWS.to_vec()), own, 0..=2)
}

fn account(own: &BTreeMap<&str, Own>) -> Account {
    let own: Overrides = own.iter().map(|(row, own)| (read(row), own.model())).collect();
    let mut account = Account::new();
    account.overrides = BTreeMap::from([(read("U-002"), BTreeMap::from([(read("data_mb"), own)]))]);
    account
}

/// `(unit, hour in UTC, whole megabytes)` of January in Paris, in FR: R01 by day, R02 by night.
type Used = (u8, u8, i64);

fn buckets(used: &[Used]) -> Vec<Bucket> {
    let one = |(unit, hour, quantity): &Used| {
        let at = format!("2026-01-15T{hour:02}:00:00Z");
        bucket(&format!("U-00{unit}"), "data_mb", &at, &quantity.to_string())
    };
    used.iter().map(one).collect()
}

/// The list prices of the two rows below their first bounds, in hundredths of a cent.
const LIST: [i64; 2] = [180, 90];

/// By row and contract, in cents, a half away from zero.
fn naive(own: &BTreeMap<&str, Own>, used: &[Used]) -> BTreeMap<(String, bool), i64> {
    let mut sums: BTreeMap<(usize, bool), i64> = BTreeMap::new();
    for (unit, hour, quantity) in used {
        let row = usize::from(!(6..18).contains(hour));
        *sums.entry((row, *unit == 2 && own.contains_key(ROWS[row]))).or_default() += quantity;
    }
    let cost = |(row, is_own): (usize, bool), quantity| {
        if is_own { own[ROWS[row]].cost(quantity) } else { (quantity * LIST[row] + 50) / 100 }
    };
    let lines = sums.into_iter().filter(|(_, quantity)| *quantity > 0);
    lines.map(|(key, sum)| ((ROWS[key.0].to_owned(), key.1), cost(key, sum))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn a_contract_is_priced_by_its_own_prices(
        own in owns(), used in prop::collection::vec((1_u8..=2, 0_u8..24, 0_i64..30), 0..12),
    ) {
        let charges = account(&own).bill(&buckets(&used), BILL_DAYS[0]);
        let mut found = BTreeMap::new();
        for charge in &charges {
            let rated = charge.rated.as_ref().unwrap();
            let row = rated.row.as_ref().unwrap().to_string();
            let contract = rated.contract.as_ref().map(ToString::to_string);
            prop_assert!(contract.is_none() || contract.as_deref() == Some("ORD-U-002"));
            found.insert((row, contract.is_some()), charge.amount.minor);
        }
        prop_assert_eq!(found, naive(&own, &used));
    }

    #[test]
    fn any_split_over_invoices_gives_the_total_of_rating_at_once(
        own in owns(), arrivals in any_arrivals(),
    ) {
        let (mut split, mut at_once) = (Totals::new(), Totals::new());
        let mut billed = account(&own);
        for (invoice, bill_day) in BILL_DAYS.into_iter().enumerate() {
            let charges = billed.bill(&known(&arrivals, invoice), bill_day);
            charges.iter().for_each(|charge| add(&mut split, charge));
        }
        let charges = account(&own).bill(&known(&arrivals, BILL_DAYS.len()), BILL_DAYS[3]);
        charges.iter().for_each(|charge| add(&mut at_once, charge));
        split.retain(|_, (quantity, amount)| !quantity.is_zero() || amount.minor != 0);
        at_once.retain(|_, (quantity, amount)| !quantity.is_zero() || amount.minor != 0);
        prop_assert_eq!(split, at_once);
    }
}
