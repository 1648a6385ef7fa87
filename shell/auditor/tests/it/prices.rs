//! Lines that do not charge what the offer says.

use facts::charge::DayShare;
use kernel::Rounding;

use crate::bill::{first, price, second, share};
use crate::world::{Case, check, read};

pub const CASES: &[Case] = &[
    Case {
        name: "a euro more than the offer",
        breaks: |world| {
            world.change_second(second::U2_MARCH, |charge| {
                charge.unit_price = Some(read("25.90"));
                charge.computation.terms[0].unit_price = read("25.90");
                price(charge, 2590);
            });
        },
        finds: &["price-differs"],
    },
    Case {
        name: "one unit is charged as two",
        breaks: |world| {
            world.change_second(second::U2_MARCH, |charge| {
                charge.quantity = read("2");
                charge.computation.terms[0].quantity = read("2");
                price(charge, 4980);
            });
        },
        finds: &["quantity-differs"],
    },
    Case {
        name: "a month of 31 days is charged as one of 30",
        breaks: |world| {
            world.change_second(second::U2_MARCH, |charge| {
                share(charge, Some(DayShare { days: 30, period_days: 30 }));
            });
        },
        finds: &["days-differ"],
    },
    Case {
        name: "another rounding than the offer's",
        breaks: |world| {
            world.change_second(second::U2_MARCH, |charge| {
                charge.computation.rounding = Rounding::Up;
            });
        },
        finds: &["rated-differs"],
    },
    Case {
        name: "a volume is charged at the price of a smaller one",
        breaks: |world| {
            world.change_second(second::HOURS, |charge| {
                charge.computation.terms[0].unit_price = read("0.02");
                charge.rated.as_mut().unwrap().tiers[0].unit_price = read("0.02");
                price(charge, 11);
            });
        },
        finds: &["usage-priced-wrong"],
    },
    Case {
        name: "the first tier is forgotten",
        breaks: |world| {
            world.change_first(first::HOURS, |charge| {
                charge.computation.terms[0].unit_price = read("0.01");
                charge.rated.as_mut().unwrap().tiers[0].unit_price = read("0.01");
                price(charge, 5);
            });
        },
        finds: &["usage-priced-wrong"],
    },
    Case {
        name: "a pool of more units than are active",
        breaks: |world| {
            world.change_second(second::SMS, |charge| {
                let rated = charge.rated.as_mut().unwrap();
                let pool = rated.pool.as_mut().unwrap();
                (pool.active_units, pool.allowance) = (4, read("4"));
                rated.tiers[0].quantity = read("2");
                charge.computation.terms[0].quantity = read("2");
                price(charge, 10);
            });
        },
        finds: &["rated-differs"],
    },
    Case {
        name: "an allowance that was carried over where nothing rolls over",
        breaks: |world| {
            world.change_second(second::SMS, |charge| {
                let rated = charge.rated.as_mut().unwrap();
                let pool = rated.pool.as_mut().unwrap();
                pool.allowance = read("4");
                pool.statement[0].allowance = read("2");
                pool.statement[0].overage = read("2");
                pool.statement[0].amount.minor = 10;
                rated.tiers[0].quantity = read("2");
                charge.computation.terms[0].quantity = read("2");
                price(charge, 10);
            });
        },
        finds: &["rated-differs"],
    },
    Case {
        name: "a statement that does not sum to its line",
        breaks: |world| {
            world.change_second(second::SMS, |charge| {
                let pool = charge.rated.as_mut().unwrap().pool.as_mut().unwrap();
                pool.statement[0].amount.minor = 14;
            });
        },
        finds: &["rated-differs"],
    },
    Case {
        name: "a statement that charges a unit for what another used",
        breaks: |world| {
            world.change_second(second::SMS, |charge| {
                let pool = charge.rated.as_mut().unwrap().pool.as_mut().unwrap();
                let [mine, other, _] = pool.statement.as_mut_slice() else { return };
                std::mem::swap(&mut mine.overage, &mut other.overage);
                std::mem::swap(&mut mine.amount, &mut other.amount);
            });
        },
        finds: &["rated-differs"],
    },
    Case {
        name: "a component that the offer does not have",
        breaks: |world| world.change_first(first::FEE, |charge| charge.component = read("radio")),
        finds: &["rated-differs", "charge-missing"],
    },
];

#[test]
fn wrong_prices_are_found() {
    check(CASES);
}
