//! What a price of the ordered quantity may not ask.

use facts::price::{
    Condition, Dimension, DimensionSource, EventFee, Model, OrderedPrice, Peak, PriceRow,
    PriceTable, TimeBands,
};
use kernel::rejection::Rejection;
use pricing::check::ordered;

use crate::read;

fn codes(price: &OrderedPrice, has_units: bool) -> Vec<&'static str> {
    ordered(price, has_units).iter().map(Rejection::code).collect()
}

fn table(source: DimensionSource, model: Model) -> OrderedPrice {
    let row = PriceRow { is_default: true, ..PriceRow::new(read("R1"), vec![], model) };
    let dimensions = vec![Dimension { name: "d".to_owned(), source }];
    OrderedPrice::Table(PriceTable { dimensions, rows: vec![row] })
}

#[test]
fn what_asks_events_is_refused() {
    let price = || Model::per_unit(read("1"));
    let peak = Model { peak: Some(Peak::Day), ..price() };
    let fee = Model { per_event: Some(EventFee { price: read("1"), free: 0 }), ..price() };
    assert_eq!(codes(&OrderedPrice::Model(price()), true), [""; 0]);
    assert_eq!(codes(&OrderedPrice::Model(peak.clone()), true), ["price-ordered-setting"]);
    assert_eq!(codes(&OrderedPrice::Model(fee), true), ["price-ordered-setting"]);
    let account = || DimensionSource::Account("segment".to_owned());
    assert_eq!(codes(&table(account(), peak), true), ["price-ordered-setting"]);
    assert_eq!(codes(&table(account(), price()), false), [""; 0]);
}

#[test]
fn a_table_asks_only_what_an_order_has() {
    let of = |source, has_units| codes(&table(source, Model::per_unit(read("1"))), has_units);
    let unit = || DimensionSource::Unit("device_type".to_owned());
    assert_eq!(of(unit(), true), [""; 0]);
    assert_eq!(of(unit(), false), ["price-ordered-dimension"], "a fee has no unit");
    let event = DimensionSource::Event("region".to_owned());
    assert_eq!(of(event, true), ["price-ordered-dimension"]);
    let week = TimeBands { otherwise: "any".to_owned(), ..TimeBands::default() };
    assert_eq!(of(DimensionSource::TimeBand(week), true), ["price-ordered-dimension"]);
}

#[test]
fn a_gap_of_a_table_is_refused_as_for_usage() {
    let only = Condition::OneOf(["gold".to_owned()].into());
    let row = PriceRow::new(read("R1"), vec![only], Model::flat(read("9")));
    let source = DimensionSource::Account("segment".to_owned());
    let dimensions = vec![Dimension { name: "segment".to_owned(), source }];
    let price = OrderedPrice::Table(PriceTable { dimensions, rows: vec![row] });
    assert_eq!(codes(&price, true), ["price-gap"]);
}
