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

mod counter;
mod group;
mod late;
mod pool;
mod unused;

pub use group::{GroupedUsage, Served, Tables};

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use facts::billed::{Billed, UsageBilled, UsageKey};
use facts::charge::{Computation, CounterShare, PoolUse, RatedUsage, UnitShare};
use facts::offer::{ChargeRule, Component, OfferPublished};
use facts::order::OrderedUnit;
use facts::price::{Model, UsagePrice};
use facts::usage::Bucket;
use facts::{Charge, ChargeKind, ComponentCode, InvoiceGroup, MeterCode, OfferRef, OrderLineId};
use facts::{RowCode, Text, UnitId};
use jiff::civil::Date;
use kernel::calendar::DateOutOfRange;
use kernel::money::MoneyError;
use kernel::{BillCalendar, Overflow, Period, UnitPrice};
use pricing::model::Rated;
use pricing::table::Overrides;

use counter::Filled;
use group::Used;
use pool::Pooled;

/// A unit whose usage is rated.
#[derive(Debug, Clone, Copy)]
pub struct RatedUnit<'a> {
    /// Its attributes and zone.
    pub ordered: &'a OrderedUnit,
    /// The version of the offer that prices it.
    pub offer: &'a OfferPublished,
    /// What its order line takes.
    pub components: &'a BTreeMap<ComponentCode, u32>,
    /// Its order line.
    pub line: &'a OrderLineId,
    /// The invoice of its own on which that stands.
    pub group: Option<&'a InvoiceGroup>,
    /// Civil day of its order.
    pub ordered_on: Date,
    /// Prices of its order line for single rows, by component.
    pub overrides: &'a BTreeMap<ComponentCode, Overrides>,
}

impl<'a> RatedUnit<'a> {
    /// The order line, where it has a price of its own for the row.
    fn contract_for(
        &self,
        component: &ComponentCode,
        row: Option<&RowCode>,
    ) -> Option<&'a OrderLineId> {
        let own = self.overrides.get(component)?;
        own.contains_key(row?).then_some(self.line)
    }
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
    /// What pools can ask of the account.
    pub attributes: &'a BTreeMap<String, String>,
    /// The service days of a unit in a period.
    pub service_days: &'a dyn Fn(&UnitId, Period) -> BTreeSet<Date>,
    /// The first day of service of a unit of the account; none while there is none.
    pub served_from: Option<Date>,
    /// What earlier invoices billed.
    pub billed: &'a Billed,
    /// Day of the invoice; periods that end on it or before are rated.
    pub issued_on: Date,
    /// Bill periods of the account.
    pub cycle: &'a BillCalendar,
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
/// earlier ones, as the policies of the offers for late usage and for shadows say. A line appears
/// when its quantity or its amount differs from what was billed.
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
    let offers: BTreeMap<OfferRef, &OfferPublished> =
        input.units.values().map(|unit| (unit.offer.reference(), unit.offer)).collect();
    let mut filled = counter::fill(&input, &usage)?;
    let mut pooled = pool::lines(&input, &offers, &usage)?;
    let unused = unused::keys(&input)?;
    let pools: Vec<UsageKey> = pooled.keys().cloned().collect();
    for key in input.billed.usage.keys().chain(&unused).chain(&pools) {
        usage.entry(key).or_insert(&nothing);
    }
    let mut charges = Vec::new();
    for (key, used) in usage {
        let component = offers
            .get(&key.offer)
            .and_then(|offer| offer.component(&key.component).map(|component| (*offer, component)));
        if let Some((offer, component)) = component {
            let priced = match pool::of(component) {
                Some(_) => Priced::of_pool(key, pooled.remove(key).unwrap_or_default()),
                None => {
                    let filled = filled.remove(key).unwrap_or_default();
                    Priced::of_model(model_under(&input, key, component), used, filled)?
                }
            };
            let due = charge(&input, (offer, component), key, priced)?;
            charges.extend(due.map(|charge| Due { key, offer, component, charge }));
        }
    }
    late::settled(charges, &input)
}

/// What is due for one key: the difference to what was billed.
pub(crate) struct Due<'a> {
    pub key: &'a UsageKey,
    pub offer: &'a OfferPublished,
    pub component: &'a Component,
    pub charge: Charge,
}

/// The model of a key: that of its contract, or of the component.
fn model_under<'a>(
    input: &RatingInput<'a>,
    key: &UsageKey,
    component: &'a Component,
) -> Option<&'a Model> {
    let contract = key.contract.as_ref();
    let of_contract = input.units.values().find(|unit| contract == Some(unit.line));
    let own = of_contract.and_then(|unit| unit.overrides.get(&component.code));
    model_of(&input.usage.tables, component, key, own)
}

/// The usage of a line, and what it costs.
struct Priced<'a> {
    used: Cow<'a, Used>,
    rated: Rated,
    counters: Vec<CounterShare>,
    pool: Option<PoolUse>,
}

impl<'a> Priced<'a> {
    /// What a version that leads no more had billed is given back under the name of the pool.
    fn of_pool(key: &UsageKey, it: Pooled) -> Self {
        let Pooled { used, mut pool, rated } = it;
        pool.name = key.pool.clone();
        Self { used: Cow::Owned(used), rated, counters: Vec::new(), pool: Some(pool) }
    }

    fn of_model(
        model: Option<&Model>,
        used: &'a Used,
        filled: Filled,
    ) -> Result<Self, RatingError> {
        let peak = model.and_then(|model| model.peak).map(|peak| used.on_peak(peak)).transpose()?;
        let used = peak.map_or(Cow::Borrowed(used), Cow::Owned);
        let rated = match filled.rated {
            Some(rated) => rated,
            None => pricing::model::rate(model.ok_or(Overflow)?, used.usage()?)?,
        };
        Ok(Self { used, rated, counters: filled.counters, pool: None })
    }
}

/// The difference of one key, unless nothing was used, billed or written off.
fn charge(
    input: &RatingInput<'_>,
    (offer, component): (&OfferPublished, &Component),
    key: &UsageKey,
    priced: Priced<'_>,
) -> Result<Option<Charge>, RatingError> {
    let ChargeRule::Usage { meter, .. } = &component.charge else { return Ok(None) };
    let Priced { used, rated, counters, mut pool } = priced;
    let used_in_all = used.quantity()?;
    let nothing = UsageBilled::nothing(offer.currency);
    let before = input.billed.usage.get(key).unwrap_or(&nothing);
    let less = (before.amount.minor != 0).then_some(before.amount);
    let (computation, amount) =
        pricing::amount::total(rated.terms, offer.rounding, offer.currency, less)?;
    let quantity = used_in_all.minus(before.quantity)?.normalized();
    if quantity.is_zero() && amount.minor == 0 && before.not_billed.minor == 0 {
        return Ok(None);
    }
    if let Some(pool) = &mut pool {
        pool::price(pool, computation.rounded, input.billed.pool_amounts.get(key))?;
    }
    let explained = RatedUsage {
        row_values: row_values(input, component, key),
        row: key.row.clone(),
        symbol: input.symbols.get(meter).cloned().unwrap_or_else(no_symbol),
        quantity: used_in_all.normalized(),
        tiers: rated.tiers,
        amount: computation.rounded,
        quantity_before: before.quantity,
        billed_before: before.amount,
        pool,
        by_unit: shares(&used.by_unit),
        counted: rated.counted,
        events: rated.events,
        limits: rated.limits,
        peak_on: used.peak_on,
        counters,
        contract: key.contract.clone(),
        not_billed: None,
        evidence: None,
    };
    Ok(Some(Charge {
        offer: key.offer.clone(),
        component: key.component.clone(),
        name: component.name.clone(),
        component_kind: component.kind,
        nature: component.nature,
        kind: kind_of(input.billed, key.period),
        period: Some(key.period),
        quantity,
        unit_price: one_price(&explained, &computation),
        instalment: None,
        days: None,
        rated: Some(explained),
        ordered: None,
        units: used.by_unit.keys().cloned().collect(),
        orders: Vec::new(),
        starts: Vec::new(),
        commitment: None,
        device: facts::device::DeviceDetail::default(),
        group: key.group.clone(),
        computation,
        amount,
    }))
}

/// Whether a period was closed when an earlier invoice was issued.
fn kind_of(billed: &Billed, period: Period) -> ChargeKind {
    let closed_before = billed.last_issued_on.is_some_and(|last| last >= period.to());
    if closed_before { ChargeKind::UsageAdjustment } else { ChargeKind::UsageCharge }
}

/// The price of one, where one tier prices the whole quantity and nothing else is added.
fn one_price(rated: &RatedUsage, computation: &Computation) -> Option<UnitPrice> {
    match (rated.tiers.as_slice(), computation.terms.as_slice()) {
        ([tier], [term])
            if tier.unit_price == term.unit_price
                && (rated.pool.is_some() || term.quantity == rated.quantity) =>
        {
            Some(tier.unit_price)
        }
        _ => None,
    }
}

fn shares(by_unit: &BTreeMap<UnitId, Bucket>) -> Vec<UnitShare> {
    let share = |(unit, used): (&UnitId, &Bucket)| UnitShare {
        unit: unit.clone(),
        quantity: used.quantity.normalized(),
        events: used.events,
    };
    by_unit.iter().map(share).collect()
}

const fn no_symbol() -> Text {
    Text { en: String::new(), fr: String::new() }
}

/// What a row asks for, in the order of the dimensions.
fn row_values(input: &RatingInput<'_>, component: &Component, key: &UsageKey) -> Vec<String> {
    let row = key.row.as_ref();
    let row = row.and_then(|row| input.usage.tables.row(&key.offer, component, row));
    let conditions = row.into_iter().flat_map(|row| &row.conditions);
    conditions.filter_map(pricing::table::words).collect()
}

/// The model that prices a key under a contract, or the whole where there is no table; none for a
/// pool.
pub(crate) fn model_of<'a>(
    tables: &Tables,
    component: &'a Component,
    key: &UsageKey,
    own: Option<&'a Overrides>,
) -> Option<&'a Model> {
    let ChargeRule::Usage { price, .. } = &component.charge else { return None };
    match price {
        UsagePrice::Model(model) => Some(model),
        UsagePrice::Table(_) => {
            let row = tables.row(&key.offer, component, key.row.as_ref()?)?;
            Some(pricing::table::model_under(row, own))
        }
        UsagePrice::Pool(_) => None,
    }
}
