//! Units on an invoice of their own: each invoice is rated as if the others were not there,
//! whatever arrives when; and counters that several invoices share count each event once.

use std::collections::BTreeMap;

use facts::Charge;
use facts::offer::ChargeRule;
use facts::price::{CounterReset, CounterScope, TierCounter};
use facts::usage::Bucket;
use proptest::prelude::*;

use crate::fleet::{Account, bucket, ordered, read};
use crate::split::BILL_DAYS;

/// Meters of a table, a volume price, a pool and a price for each.
const METERS: [&str; 4] = ["data_mb", "api_calls", "sms", "engine_hours"];

/// `(unit, meter, day of January, hour, quantity, known to the first invoice)`.
type Used = (u8, usize, u8, u8, i64, bool);

fn used() -> impl Strategy<Value = Vec<Used>> {
    let one = (1_u8..=2, 0_usize..4, 10_u8..20, 0_u8..24, 0_i64..9_000, any::<bool>());
    prop::collection::vec(one, 1..10)
}

fn buckets<'a>(used: impl IntoIterator<Item = &'a Used>) -> Vec<Bucket> {
    let one = |(unit, meter, day, hour, quantity, _): &Used| {
        let at = format!("2026-01-{day:02}T{hour:02}:00:00Z");
        bucket(&format!("U-00{unit}"), METERS[*meter], &at, &quantity.to_string())
    };
    used.into_iter().map(one).collect()
}

/// Both units, the second on an invoice of its own.
fn both() -> Account {
    let mut account = Account::new();
    account.groups = BTreeMap::from([(read("U-002"), read("ORD-2"))]);
    account
}

/// One unit with the account to itself.
fn alone(unit: &str) -> Account {
    let mut account = Account::new();
    account.units = vec![(ordered(unit, "Europe/Paris"), 0)];
    account.active_units = 1;
    account
}

/// The charges of one unit, as they are without the other.
fn of_unit(charges: &[Charge], unit: u8) -> Vec<Charge> {
    let is_of = |it: &&Charge| it.group.is_some() == (unit == 2);
    let charges = charges.iter().filter(is_of);
    charges.map(|it| Charge { group: None, ..it.clone() }).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// Two invoices of the same period: the second bills what came late.
    #[test]
    fn an_invoice_of_its_own_is_rated_by_itself(used in used()) {
        let mut together = both();
        let mut apart = [alone("U-001"), alone("U-002")];
        for (known_later, day) in [(false, BILL_DAYS[0]), (true, BILL_DAYS[1])] {
            let known: Vec<Used> =
                used.iter().filter(|it| known_later || it.5).copied().collect();
            let charges = together.bill(&buckets(&known), day);
            for unit in 1_u8..=2 {
                let own: Vec<Used> = known.iter().filter(|it| it.0 == unit).copied().collect();
                let expected = apart[usize::from(unit) - 1].bill(&buckets(&own), day);
                prop_assert_eq!(of_unit(&charges, unit), expected, "unit {}", unit);
            }
        }
    }

    /// A counter of the account runs on over the invoices: together they cost what one would.
    #[test]
    fn a_shared_counter_counts_once(used in used()) {
        let counted = |groups: bool| {
            let mut account = if groups { both() } else { Account::new() };
            for offer in &mut account.offers {
                offer.components.retain(|it| it.code.as_str() == "engine_hours");
                for component in &mut offer.components {
                    if let ChargeRule::Usage { counter, price, .. } = &mut component.charge {
                        *counter = TierCounter {
                            scope: CounterScope::Account,
                            reset: CounterReset::BillPeriod,
                        };
                        *price = graduated();
                    }
                }
            }
            let hours = used.iter().map(|it| (it.0, 3, it.2, it.3, it.4, true));
            let hours: Vec<Used> = hours.collect();
            account.bill(&buckets(&hours), BILL_DAYS[0])
        };
        let sum = |charges: &[Charge]| charges.iter().map(|it| it.amount.minor).sum::<i64>();
        let (one, several) = (counted(false), counted(true));
        // Prices are whole cents, so that nothing is rounded.
        prop_assert_eq!(sum(&several), sum(&one));
    }
}

/// 3 cents each up to 5 000, then 1 cent.
fn graduated() -> facts::price::UsagePrice {
    use facts::price::{Model, Tier, TierMode, UsagePrice};
    let tier = |up_to: Option<&str>, price| Tier {
        up_to: up_to.map(read),
        unit_price: read(price),
        flat: None,
    };
    let tiers = vec![tier(Some("5000"), "0.03"), tier(None, "0.01")];
    UsagePrice::Model(Model::of_tiers(TierMode::Graduated, tiers))
}
