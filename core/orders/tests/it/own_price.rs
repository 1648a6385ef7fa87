//! Prices that an order line has of its own.

use std::collections::BTreeMap;

use facts::OfferPublished;
use facts::offer::{ChargeRule, Timing};
use facts::price::{
    Dimension, DimensionSource, EventFee, Model, OrderedPrice, PriceRow, PriceTable,
};
use kernel::rejection::Rejection as _;
use orders::{PlaceLine, Rejection};

use crate::market::{account, offer, read};
use crate::{line, order, place_in};

/// The offer with a table for its service.
fn tabled() -> OfferPublished {
    let mut offer = offer(1);
    let list = Model::per_unit(read("10"));
    let row = PriceRow { is_default: true, ..PriceRow::new(read("R1"), vec![], list) };
    let source = DimensionSource::Unit("device_type".to_owned());
    let dimensions = vec![Dimension { name: "device_type".to_owned(), source }];
    let price = OrderedPrice::Table(PriceTable { dimensions, rows: vec![row] });
    let services = offer.components.iter_mut().filter(|it| it.code.as_str() == "service");
    for service in services {
        let price = price.clone();
        service.charge = ChargeRule::Recurring {
            price,
            timing: Timing::InAdvance,
            plan: None,
            every: None,
            state: facts::device::ServiceState::Active,
        };
    }
    offer
}

fn placed(component: &str, row: &str, own: Model) -> Result<PlaceLine, Vec<&'static str>> {
    let own = BTreeMap::from([(read(row), own)]);
    let prices = BTreeMap::from([(component.to_owned(), own.clone())]);
    let asked = PlaceLine { prices, ..line() };
    let accounts = [account("ACC-TRANSLOG", "Translog SAS")];
    match place_in(&[tabled()], &accounts, &order(vec![asked.clone()])) {
        Ok(accepted) => {
            assert_eq!(accepted.lines[0].overrides, BTreeMap::from([(read(component), own)]));
            Ok(asked)
        }
        Err(reasons) => Err(reasons
            .iter()
            .map(|no| match no {
                Rejection::OwnPrice { fault, .. } => fault.code(),
                other => other.code(),
            })
            .collect()),
    }
}

#[test]
fn a_line_keeps_its_own_price_of_a_row() {
    assert!(placed("service", "R1", Model::per_unit(read("8"))).is_ok());
}

#[test]
fn a_price_that_cannot_stand_is_refused_with_its_order() {
    let eight = || Model::per_unit(read("8"));
    assert_eq!(placed("service", "R9", eight()), Err(vec!["price-override-of-nothing"]));
    assert_eq!(placed("device", "R1", eight()), Err(vec!["order-price-of-no-table"]));
    let below = Model::per_unit(read("-8"));
    assert_eq!(placed("service", "R1", below), Err(vec!["price-negative"]));
    let fee = Model { per_event: Some(EventFee { price: read("1"), free: 0 }), ..eight() };
    assert_eq!(placed("service", "R1", fee), Err(vec!["price-ordered-setting"]));
}
