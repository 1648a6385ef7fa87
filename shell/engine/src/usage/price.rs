//! Which price an event of a unit hits, and what usage would cost that nobody is billed for.

use std::collections::BTreeMap;

use facts::offer::{ChargeRule, Component, OfferPublished};
use facts::pool::Overage;
use facts::price::UsagePrice;
use facts::{AccountRegistered, ComponentCode, MeterCode, OfferRef, OrderLineId, RowCode, Text};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Currency, Money, Overflow, Quantity, UnitPrice};
use pricing::table::{Asked, CompiledTable, model_under};

use crate::contracts::Contract;

/// The price that an event hits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    /// The version of the offer.
    pub offer: OfferRef,
    /// The component.
    pub component: ComponentCode,
    /// What people call it.
    pub name: Text,
    /// Currency of the price.
    pub currency: Currency,
    /// The row of the price table, when the price is one.
    pub row: Option<RowCode>,
    /// The order line, where it has a price of its own for the row.
    pub contract: Option<OrderLineId>,
    /// The values that chose the row, `tracker-4g, FR, peak`.
    pub key: Option<String>,
    /// The price: that of the row, when the price is a table.
    pub price: UsagePrice,
}

/// The price that an event of a unit hits; none when nothing of its contract prices the meter.
pub(super) fn priced(
    (contract, account): (Contract<'_>, &AccountRegistered),
    meter: &MeterCode,
    dimensions: &BTreeMap<String, String>,
    happened_at: Timestamp,
) -> Option<Priced> {
    let taken = |it: &&Component| contract.line.components.contains_key(&it.code);
    let mut components = contract.offer.components.iter().filter(taken);
    components.find_map(|component| match &component.charge {
        ChargeRule::Usage { meter: of, price, .. } if of == meter => {
            let mut own = None;
            let (row, key, price) = match price {
                UsagePrice::Table(table) => {
                    let compiled = CompiledTable::compile(table).ok()?;
                    let ordered = contract.ordered;
                    // The quarter of the event: bands never cut one.
                    let quarter_at = metering::quarter_of(happened_at);
                    let key = compiled.key_of(&Asked {
                        unit: &ordered.attributes,
                        event: dimensions,
                        account: &account.attributes,
                        at_device: ordered.zone.local(quarter_at),
                        at_account: account.zone.local(quarter_at),
                    });
                    let row = compiled.row(&key)?;
                    let overrides = contract.line.overrides.get(&component.code);
                    own = overrides.and_then(|own| own.get(&row.code));
                    let price = UsagePrice::Model(model_under(row, overrides).clone());
                    (Some(row.code.clone()), Some(key.to_string()), price)
                }
                whole => (None, None, whole.clone()),
            };
            Some(Priced {
                offer: contract.offer.reference(),
                component: component.code.clone(),
                name: component.name.clone(),
                currency: contract.offer.currency,
                row,
                contract: own.map(|_| contract.line.line.clone()),
                key,
                price,
            })
        }
        _ => None,
    })
}

/// What one of a meter costs when nobody says for whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct ListPrice<'a> {
    pub unit_price: UnitPrice,
    pub offer: &'a OfferPublished,
}

/// The list price of a meter: of the offers that price it and can be ordered on a day, the newest;
/// of its price the first tier, in a table that of the default row, in a pool that of the overage.
pub(super) fn list_price<'a>(
    offers: &'a [OfferPublished],
    meter: &MeterCode,
    day: Date,
) -> Option<ListPrice<'a>> {
    let prices = |offer: &'a OfferPublished| {
        offer.components.iter().find_map(|component| match &component.charge {
            ChargeRule::Usage { meter: of, price, .. } if of == meter => Some((offer, price)),
            _ => None,
        })
    };
    let sold = offers.iter().filter(|offer| offer.effective_from <= day).filter_map(prices);
    let (offer, price) =
        sold.max_by_key(|(offer, _)| (offer.effective_from, offer.version, &offer.code))?;
    Some(ListPrice { unit_price: first_price(price)?, offer })
}

fn first_price(price: &UsagePrice) -> Option<UnitPrice> {
    match price {
        UsagePrice::Model(model) => model.tiers.first().map(|tier| tier.unit_price),
        UsagePrice::Table(table) => {
            let default = table.rows.iter().find(|row| row.is_default)?;
            default.model.tiers.first().map(|tier| tier.unit_price)
        }
        UsagePrice::Pool(pool) => match &pool.overage {
            Overage::Price(price) => Some(*price),
            Overage::Model(model) => model.tiers.first().map(|tier| tier.unit_price),
        },
    }
}

impl ListPrice<'_> {
    /// What a quantity costs, rounded once as the offer says.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn of(self, quantity: Quantity) -> std::result::Result<Money, Overflow> {
        let exact = quantity.exact().times(self.unit_price.exact())?;
        Money::round(exact, self.offer.currency, self.offer.rounding)
    }
}
