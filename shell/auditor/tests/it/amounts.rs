//! Figures that do not explain themselves.

use crate::bill::{euros, first, price, second};
use crate::world::{Case, check, read};

pub const CASES: &[Case] = &[
    Case {
        name: "a cent more than the terms",
        breaks: |world| world.change_first(first::FEBRUARY, |charge| price(charge, 4981)),
        finds: &["rounded-differs"],
    },
    Case {
        name: "a half rounded towards zero",
        breaks: |world| world.change_second(second::HOURS, |charge| price(charge, 5)),
        finds: &["rounded-differs", "usage-priced-wrong"],
    },
    Case {
        name: "a cent more than the rounded sum",
        breaks: |world| {
            world.change_first(first::FEBRUARY, |charge| charge.amount = euros(4981));
        },
        finds: &["amount-differs"],
    },
    Case {
        name: "a megabyte on no tier",
        breaks: |world| {
            world.change_second(second::DATA, |charge| {
                charge.computation.terms[0].quantity = read("9");
                charge.rated.as_mut().unwrap().tiers[0].quantity = read("9");
                price(charge, 45);
            });
        },
        finds: &["tiers-differ", "usage-priced-wrong"],
    },
    Case {
        name: "a tier is shown at another price than it is charged",
        breaks: |world| {
            world.change_second(second::DATA, |charge| {
                charge.rated.as_mut().unwrap().tiers[0].unit_price = read("0.04");
            });
        },
        finds: &["rated-differs"],
    },
    Case {
        name: "a message of no unit",
        breaks: |world| {
            world.change_second(second::SMS, |charge| {
                charge.rated.as_mut().unwrap().by_unit[0].quantity = read("4");
            });
        },
        finds: &["rated-differs", "unit-shares-differ"],
    },
    Case {
        name: "an adjustment forgets what was billed",
        breaks: |world| {
            world.change_second(second::DATA_LATE, |charge| {
                charge.rated.as_mut().unwrap().billed_before = euros(0);
                charge.computation.less = None;
                charge.amount = euros(230);
            });
        },
        finds: &["rated-differs", "usage-sum-differs"],
    },
    Case {
        name: "an adjustment bills the whole quantity",
        breaks: |world| {
            world.change_second(second::DATA_LATE, |charge| charge.quantity = read("150"));
        },
        finds: &["usage-sum-differs"],
    },
    Case {
        name: "a line of usage does not say how it was rated",
        breaks: |world| world.change_second(second::DATA, |charge| charge.rated = None),
        finds: &["rated-differs", "usage-not-billed"],
    },
];

#[test]
fn wrong_amounts_are_found() {
    check(CASES);
}
