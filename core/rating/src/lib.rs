//! Measured usage becomes charges.
//!
//! Owns: which row prices which usage, what a closed period costs in all, and the difference to
//! what earlier invoices billed for it.
//! Does not own: what was measured (`metering`), how tiers and tables are computed (`pricing`).
//! Facts: OfferPublished, OrderAccepted, UsageReceived, InvoiceIssued → -
//! Invariants: every accepted quantity of a closed period is in exactly one charge; the same
//! usage gives the same charge in any order and any batching; a charge and its adjustments sum
//! to the rated amount of the whole.
//! Dates: the period of usage is the bill period, in the account's zone, that contains the
//! event's own time; time bands are read in the zone of the device.

mod group;

pub use group::{GroupedUsage, Served};

use std::collections::BTreeMap;

use facts::billed::{Billed, UsageBilled, UsageKey};
use facts::charge::{PoolUse, RatedUsage, TierShare, UnitShare};
use facts::offer::{ChargeRule, Component, OfferPublished};
use facts::order::OrderedUnit;
use facts::price::{Condition, UsagePrice};
use facts::usage::Bucket;
use facts::{Charge, ChargeKind, ComponentCode, MeterCode, OfferRef, RowCode, Text, UnitId};
use jiff::civil::Date;
use kernel::calendar::DateOutOfRange;
use kernel::money::MoneyError;
use kernel::{Money, Overflow, Period, Quantity};

use group::Used;

/// A unit whose usage is rated.
#[derive(Debug, Clone, Copy)]
pub struct RatedUnit<'a> {
    /// Its attributes and zone.
    pub ordered: &'a OrderedUnit,
    /// The version of the offer that prices it.
    pub offer: &'a OfferPublished,
    /// What its order line takes.
    pub components: &'a BTreeMap<ComponentCode, u32>,
}

/// What is rated, and for which invoice.
#[derive(Clone, Copy)]
pub struct RatingInput<'a> {
    /// The units of the account.
    pub units: &'a BTreeMap<UnitId, RatedUnit<'a>>,
    /// Symbols of what meters measure.
    pub symbols: &'a BTreeMap<MeterCode, Text>,
    /// Accepted usage that the invoice knows, of any period.
    pub usage: &'a GroupedUsage,
    /// How many units of an offer had a service day in a period.
    pub active_units: &'a dyn Fn(&OfferRef, Period) -> u64,
    /// What earlier invoices billed.
    pub billed: &'a Billed,
    /// Day of the invoice; periods that end on it or before are rated.
    pub issued_on: Date,
}

/// Usage could not be rated. Nothing is billed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RatingError {
    /// A date leaves the calendar.
    #[error(transparent)]
    Date(#[from] DateOutOfRange),
    /// An amount or quantity leaves its range.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// Usage of a unit or meter that nothing prices. Intake keeps such events in quarantine, so
    /// this is a broken invariant, not a bad input.
    #[error("usage of unit `{unit}` at {quarter_at} hits no price; it belongs in quarantine")]
    NoPrice {
        /// The unit.
        unit: UnitId,
        /// The quarter of an hour.
        quarter_at: jiff::Timestamp,
    },
}

impl From<Overflow> for RatingError {
    fn from(overflow: Overflow) -> Self {
        Self::Money(overflow.into())
    }
}

/// The usage lines of an invoice: first charges of the period that just ended, adjustments of
/// earlier ones. A line appears when its quantity or its amount differs from what was billed.
///
/// # Errors
/// [`RatingError`].
pub fn due_usage(input: RatingInput<'_>) -> Result<Vec<Charge>, RatingError> {
    let is_closed = |period: &Period| period.to() <= input.issued_on;
    if let Some((_, no_price)) = input.usage.unpriced.iter().find(|(it, _)| is_closed(it)) {
        return Err(no_price.clone());
    }
    let nothing = Used::default();
    let closed = input.usage.by_key.iter().filter(|(key, _)| is_closed(&key.period));
    let mut usage: BTreeMap<&UsageKey, &Used> = closed.collect();
    for key in input.billed.usage.keys() {
        usage.entry(key).or_insert(&nothing);
    }
    let offers: BTreeMap<OfferRef, &OfferPublished> =
        input.units.values().map(|unit| (unit.offer.reference(), unit.offer)).collect();
    let mut charges = Vec::new();
    for (key, used) in usage {
        let component = offers
            .get(&key.offer)
            .and_then(|offer| offer.component(&key.component).map(|component| (*offer, component)));
        if let Some((offer, component)) = component {
            charges.extend(charge(&input, offer, component, key, used)?);
        }
    }
    Ok(charges)
}

/// The charge of one key, unless nothing changed since it was billed.
fn charge(
    input: &RatingInput<'_>,
    offer: &OfferPublished,
    component: &Component,
    key: &UsageKey,
    used: &Used,
) -> Result<Option<Charge>, RatingError> {
    let ChargeRule::Usage { price, meter } = &component.charge else { return Ok(None) };
    let used_in_all = used.quantity()?;
    let active = || (input.active_units)(&key.offer, key.period);
    let (pool, tiers) = rate(price, key.row.as_ref(), active, used_in_all)?;
    let before =
        input.billed.usage.get(key).copied().unwrap_or(UsageBilled {
            quantity: Quantity::ZERO,
            amount: Money::zero(offer.currency),
        });
    let terms = pricing::amount::terms_of(&tiers);
    let less = (before.amount.minor != 0).then_some(before.amount);
    let (computation, amount) =
        pricing::amount::total(terms, offer.rounding, offer.currency, less)?;
    let quantity = used_in_all.minus(before.quantity)?.normalized();
    if quantity.is_zero() && amount.minor == 0 {
        return Ok(None);
    }
    let closed_before = input.billed.last_issued_on.is_some_and(|last| last >= key.period.to());
    let kind = if closed_before { ChargeKind::UsageAdjustment } else { ChargeKind::UsageCharge };
    let unit_price = match tiers.as_slice() {
        [only] => Some(only.unit_price),
        _ => None,
    };
    let units = used.by_unit.keys().cloned().collect();
    let share = |(unit, used): (&UnitId, &Bucket)| UnitShare {
        unit: unit.clone(),
        quantity: used.quantity.normalized(),
        events: used.events,
    };
    Ok(Some(Charge {
        offer: key.offer.clone(),
        component: key.component.clone(),
        name: component.name.clone(),
        component_kind: component.kind,
        nature: component.nature,
        kind,
        period: Some(key.period),
        quantity,
        unit_price,
        instalment: None,
        days: None,
        rated: Some(RatedUsage {
            row_values: row_values(price, key.row.as_ref()),
            row: key.row.clone(),
            symbol: input.symbols.get(meter).cloned().unwrap_or_else(no_symbol),
            quantity: used_in_all.normalized(),
            tiers,
            amount: computation.rounded,
            quantity_before: before.quantity,
            billed_before: before.amount,
            pool,
            by_unit: used.by_unit.iter().map(share).collect(),
        }),
        units,
        orders: Vec::new(),
        starts: Vec::new(),
        computation,
        amount,
    }))
}

const fn no_symbol() -> Text {
    Text { en: String::new(), fr: String::new() }
}

/// What a row asks for, in the order of the dimensions.
fn row_values(price: &UsagePrice, row: Option<&RowCode>) -> Vec<String> {
    let UsagePrice::Table(table) = price else { return Vec::new() };
    let row = table.rows.iter().find(|it| Some(&it.code) == row);
    let conditions = row.into_iter().flat_map(|row| &row.conditions);
    let values = conditions.filter_map(|condition| match condition {
        Condition::Any => None,
        Condition::OneOf(values) => {
            Some(values.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
        }
    });
    values.collect()
}

/// How a whole quantity falls on the price.
fn rate(
    price: &UsagePrice,
    row: Option<&RowCode>,
    active_units: impl Fn() -> u64,
    quantity: Quantity,
) -> Result<(Option<PoolUse>, Vec<TierShare>), Overflow> {
    match price {
        UsagePrice::Scale(scale) => Ok((None, pricing::scale::rate(scale, quantity)?)),
        UsagePrice::Table(table) => {
            let scale = table.rows.iter().find(|it| Some(&it.code) == row).map(|it| &it.scale);
            Ok((None, pricing::scale::rate(scale.ok_or(Overflow)?, quantity)?))
        }
        UsagePrice::Pool(pool) => {
            let (used, tiers) = pricing::scale::rate_pool(pool, active_units(), quantity)?;
            Ok((Some(used), tiers))
        }
    }
}
