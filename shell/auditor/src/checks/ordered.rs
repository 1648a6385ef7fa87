//! What is priced by the ordered quantity: the whole order line is priced again from the order, and
//! the line of the invoice is its part of that.

use std::collections::BTreeMap;

use facts::charge::{Charge, OrderedRate};
use facts::offer::Component;
use facts::order::OrderedUnit;
use facts::price::{Model, OrderedPrice};
use facts::{AccountRegistered, ChargeKind, OrderAccepted, OrderLineId, RowCode, UnitId};
use kernel::Rounding;

use crate::models;
use crate::ratio::Ratio;
use crate::rows::{Asked, row_of};
use crate::world::World;

/// What the order says about the price of a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    pub line: Option<OrderLineId>,
    pub row: Option<RowCode>,
    pub own_price: bool,
    pub quantity: Option<Ratio>,
    pub shared_by: usize,
    /// Before it is rounded; negative where it is given back.
    pub cost: Option<Ratio>,
    /// Where the units of the line stand among those that were ordered alike.
    pub places: Vec<usize>,
}

impl Expected {
    /// What the line costs in minor units: each unit carries what the rounded price of those
    /// before it lacks to that with it, so that all of them carry the rounded whole.
    pub fn minor(&self, decimals: u8, rounding: Rounding) -> Option<i128> {
        let cost = self.cost?;
        if self.places.len() == self.shared_by || self.places.is_empty() {
            return cost.round(decimals, rounding);
        }
        let count = |number: usize| Ratio::new(i128::try_from(number).ok()?, 1);
        let of_one = cost.divided_by(count(self.places.len())?)?;
        let up_to = |place| of_one.times(count(place)?)?.round(decimals, rounding);
        let shares = self.places.iter().map(|place| Some(up_to(place + 1)? - up_to(*place)?));
        shares.sum()
    }

    /// Whether the line explains itself so.
    pub fn is_stated(&self, stated: &OrderedRate) -> bool {
        self.line == stated.line
            && self.row == stated.row
            && self.own_price == stated.own_price
            && self.quantity.is_some()
            && self.quantity == Ratio::of_quantity(stated.quantity)
            && u32::try_from(self.shared_by) == Ok(stated.shared_by)
    }
}

/// What a line of an invoice should be a part of; none where its members have no contract, or are
/// not priced alike.
pub(crate) fn expected(
    world: &World,
    charge: &Charge,
    component: &Component,
    price: &OrderedPrice,
) -> Option<Expected> {
    let mut expected = match charge.units.first() {
        Some(_) => of_units(world, charge, component, price)?,
        None => of_order(world, charge, component, price)?,
    };
    if let Some(days) = charge.days {
        let share = Ratio::new(i128::from(days.days), i128::from(days.period_days))?;
        expected.cost = expected.cost.and_then(|cost| cost.times(share));
    }
    if let Some(returned) = charge.device.returned {
        let of = |percent| Ratio::of_percent(percent);
        let now = of(returned.percent)?.minus(of(returned.before)?);
        expected.cost = expected.cost.zip(now).and_then(|(cost, now)| cost.times(now));
    }
    let gives_back = matches!(
        charge.kind,
        ChargeKind::HardwareReturnCredit
            | ChargeKind::HardwareInstalmentCredit
            | ChargeKind::ServiceCredit
            | ChargeKind::StateFeeCredit
    );
    if gives_back {
        expected.cost = expected.cost.and_then(|cost| Ratio::ZERO.minus(cost));
    }
    Some(expected)
}

fn of_units(
    world: &World,
    charge: &Charge,
    component: &Component,
    price: &OrderedPrice,
) -> Option<Expected> {
    let contract = world.contract(charge.units.first()?)?;
    let account = world.account_on(&contract.order.account, contract.order.ordered_on)?;
    let row = |ordered: &OrderedUnit| row_for(price, contract.order, account, ordered);
    let mine = row(contract.ordered);
    let alike = contract.line.units.iter().filter(|it| row(it) == mine);
    let alike: BTreeMap<&UnitId, usize> =
        alike.enumerate().map(|(place, it)| (&it.unit, place)).collect();
    let places = charge.units.iter().map(|unit| alike.get(unit).copied());
    let places = places.collect::<Option<Vec<_>>>()?;
    let each = contract.line.components.get(&component.code)?;
    let (shared_by, of) = (i128::try_from(alike.len()).ok()?, charge.units.len());
    let quantity = Ratio::new(shared_by * i128::from(*each), 1)?;
    let own = contract.line.overrides.get(&component.code);
    let own = own.zip(mine.as_ref()).and_then(|(own, row)| own.get(row));
    let whole = models::cost(own.or(model_of(price, mine.as_ref()))?, quantity, 0)?;
    Some(Expected {
        line: Some(contract.line.line.clone()),
        row: mine,
        own_price: own.is_some(),
        quantity: Some(quantity),
        shared_by: alike.len(),
        cost: whole.times(Ratio::new(i128::try_from(of).ok()?, shared_by)?),
        places,
    })
}

fn of_order(
    world: &World,
    charge: &Charge,
    component: &Component,
    price: &OrderedPrice,
) -> Option<Expected> {
    let [order] = charge.orders.as_slice() else { return None };
    let order = &world.orders.iter().find(|it| it.it.order == *order)?.it;
    let account = world.account_on(&order.account, order.ordered_on)?;
    let takes = |line: &&facts::order::OrderLine| line.components.contains_key(&component.code);
    let line = order.lines.iter().find(takes)?;
    let ordered = line.units.first()?;
    let row = row_for(price, order, account, ordered);
    let quantity = Ratio::new(i128::from(*line.components.get(&component.code)?), 1)?;
    let own = line.overrides.get(&component.code);
    let own = own.zip(row.as_ref()).and_then(|(own, row)| own.get(row));
    Some(Expected {
        line: None,
        own_price: own.is_some(),
        quantity: Some(quantity),
        shared_by: 1,
        cost: models::cost(own.or(model_of(price, row.as_ref()))?, quantity, 0),
        places: Vec::new(),
        row,
    })
}

fn row_for(
    price: &OrderedPrice,
    order: &OrderAccepted,
    account: &AccountRegistered,
    ordered: &OrderedUnit,
) -> Option<RowCode> {
    let OrderedPrice::Table(table) = price else { return None };
    let at = account.zone.start_of(order.ordered_on).ok()?;
    row_of(table, &Asked { ordered, dimensions: &BTreeMap::new(), account, at })
}

fn model_of<'a>(price: &'a OrderedPrice, row: Option<&RowCode>) -> Option<&'a Model> {
    match price {
        OrderedPrice::Each(_) => None,
        OrderedPrice::Model(model) => Some(model),
        OrderedPrice::Table(table) => {
            table.rows.iter().find(|it| Some(&it.code) == row).map(|it| &it.model)
        }
    }
}
