//! What is priced by the ordered quantity. A model or a table prices all units of an order line at
//! once, as ordered, and each unit carries an equal share. So a unit costs the same on every
//! invoice, whatever becomes of the others: credits mirror charges, and no order of arrival counts.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use facts::charge::{DayShare, OrderedRate, Part, Term};
use facts::offer::Component;
use facts::price::{Model, OrderedPrice, PriceTable};
use facts::{ComponentCode, OfferRef, OrderId, OrderLineId, RowCode, UnitId};
use kernel::{Currency, Exact, Money, Overflow, Percent, Quantity, Rounding, UnitPrice};
use pricing::model::Usage;
use pricing::table::{Asked, CompiledTable, model_under, words};

use crate::{ChargeError, UnitContract};

/// What one of the members of a line costs.
#[derive(Clone)]
pub(crate) enum Share {
    /// A price of its own.
    Each(UnitPrice),
    /// An equal share of what was priced together.
    Of(Arc<Whole>),
}

/// What was priced together.
pub(crate) struct Whole {
    pub rate: OrderedRate,
    terms: Vec<Term>,
    /// Where each unit stands among those that it was priced with, as ordered.
    places: BTreeMap<UnitId, u32>,
}

/// What shares must have in common to stand on one line: order, order line and row.
pub(crate) type Together = Option<(OrderId, Option<OrderLineId>, Option<RowCode>)>;

impl Share {
    /// What tells this share from those of other orders.
    pub fn together(&self, order: &OrderId) -> Together {
        match self {
            Self::Each(_) => None,
            Self::Of(whole) => {
                Some((order.clone(), whole.rate.line.clone(), whole.rate.row.clone()))
            }
        }
    }

    /// The price of one, where all have the same.
    pub fn unit_price(&self) -> Option<UnitPrice> {
        match self {
            Self::Each(price) => Some(*price),
            Self::Of(whole) => match whole.terms.as_slice() {
                [term] if term.quantity == whole.rate.quantity => Some(term.unit_price),
                _ => None,
            },
        }
    }

    /// How the whole was priced that it is a share of.
    pub fn rate(&self) -> Option<OrderedRate> {
        match self {
            Self::Each(_) => None,
            Self::Of(whole) => Some(whole.rate.clone()),
        }
    }

    /// What these units carry beside their rounded part. The unit at place `i` of `n` carries
    /// `round(whole × (i + 1) / n) − round(whole × i / n)`: always the same, whoever else is on
    /// the line, and all of them together carry the rounded whole. None where that is the rounded
    /// part.
    pub fn cents(
        &self,
        units: &[UnitId],
        (days, percent): (Option<DayShare>, Option<Percent>),
        (rounding, currency): (Rounding, Currency),
    ) -> Result<Option<Money>, ChargeError> {
        let Self::Of(whole) = self else { return Ok(None) };
        let all = whole.rate.shared_by;
        if u32::try_from(units.len()) == Ok(all) || whole.places.is_empty() {
            return Ok(None);
        }
        let mut exact = Exact::ZERO;
        for term in &whole.terms {
            exact = exact.plus(Term { days, percent, ..term.clone() }.exact()?)?;
        }
        let up_to = |place: u32| -> Result<Money, ChargeError> {
            let part = exact.times(Exact::ratio(i128::from(place), i128::from(all))?)?;
            Ok(Money::round(part, currency, rounding)?)
        };
        let mut places: Vec<u32> =
            units.iter().filter_map(|unit| whole.places.get(unit).copied()).collect();
        places.sort_unstable();
        let of = u32::try_from(places.len()).map_err(|_| Overflow)?;
        let mut cents = Money::zero(currency).minus(up_to(of)?)?;
        for run in places.chunk_by(|a, b| a + 1 == *b) {
            if let (Some(first), Some(last)) = (run.first(), run.last()) {
                cents = cents.plus(up_to(last + 1)?)?.minus(up_to(*first)?)?;
            }
        }
        Ok((cents.minor != 0).then_some(cents))
    }

    /// What so many members cost, who have this quantity together.
    pub fn terms(&self, members: usize, quantity: Quantity) -> Result<Vec<Term>, Overflow> {
        match self {
            Self::Each(unit_price) => Ok(vec![Term {
                quantity,
                unit_price: *unit_price,
                days: None,
                part: None,
                percent: None,
            }]),
            Self::Of(whole) => {
                let of = u32::try_from(members).map_err(|_| Overflow)?;
                let all = whole.rate.shared_by;
                let part = (of != all).then_some(Part { of, all });
                Ok(whole.terms.iter().map(|term| Term { part, ..term.clone() }).collect())
            }
        }
    }
}

/// The prices of the order lines of an account, each worked out once.
#[derive(Default)]
pub(crate) struct Prices<'a> {
    tables: BTreeMap<(OfferRef, &'a ComponentCode), CompiledTable<'a>>,
    lines: BTreeMap<(&'a OrderLineId, &'a ComponentCode), BTreeMap<&'a UnitId, Arc<Whole>>>,
}

/// What prices some units together.
struct Rule<'a> {
    row: Option<RowCode>,
    row_values: Vec<String>,
    model: &'a Model,
    own_price: bool,
}

impl<'a> Prices<'a> {
    /// What a unit costs.
    pub fn of_unit(
        &mut self,
        contract: &UnitContract<'a>,
        component: &'a Component,
        price: &'a OrderedPrice,
    ) -> Result<Share, ChargeError> {
        let table = match price {
            OrderedPrice::Each(price) => return Ok(Share::Each(*price)),
            OrderedPrice::Model(_) => None,
            OrderedPrice::Table(table) => Some(table),
        };
        let key = (&contract.line.line, &component.code);
        if !self.lines.contains_key(&key) {
            let mut units: BTreeMap<Option<usize>, Vec<&UnitId>> = BTreeMap::new();
            for ordered in &contract.line.units {
                let row =
                    table.map(|table| self.row_of(contract, component, table, &ordered.attributes));
                units.entry(row.transpose()?).or_default().push(&ordered.unit);
            }
            let mut line = BTreeMap::new();
            for (row, units) in units {
                let rule = rule(contract, component, price, row)?;
                let mut whole = whole(contract, component, rule, units.len())?;
                whole.places = (0..).zip(&units).map(|(at, unit)| ((*unit).clone(), at)).collect();
                let whole = Arc::new(whole);
                line.extend(units.into_iter().map(|unit| (unit, Arc::clone(&whole))));
            }
            self.lines.insert(key, line);
        }
        let whole = self.lines.get(&key).and_then(|line| line.get(contract.unit));
        whole.cloned().map(Share::Of).ok_or(ChargeError::NoPrice)
    }

    /// What an order costs, whose lines take the same fee; no unit has a say in it.
    pub fn of_order(
        &mut self,
        contract: &UnitContract<'a>,
        component: &'a Component,
        price: &'a OrderedPrice,
    ) -> Result<Share, ChargeError> {
        let nothing = BTreeMap::new();
        let row = match price {
            OrderedPrice::Each(price) => return Ok(Share::Each(*price)),
            OrderedPrice::Model(_) => None,
            OrderedPrice::Table(table) => Some(self.row_of(contract, component, table, &nothing)?),
        };
        let rule = rule(contract, component, price, row)?;
        let mut whole = whole(contract, component, rule, 1)?;
        whole.rate.line = None;
        Ok(Share::Of(Arc::new(whole)))
    }

    /// The place of the row that prices something, as the account stood on the day of the order.
    fn row_of(
        &mut self,
        contract: &UnitContract<'a>,
        component: &'a Component,
        table: &'a PriceTable,
        unit: &BTreeMap<String, String>,
    ) -> Result<usize, ChargeError> {
        let key = (contract.offer.reference(), &component.code);
        let compiled = match self.tables.entry(key) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let compiled = CompiledTable::compile(table).map_err(|_| ChargeError::NoPrice)?;
                entry.insert(compiled)
            }
        };
        let at = contract.ordered_on.at(0, 0, 0, 0);
        let row = compiled.price_row_of(&Asked {
            unit,
            event: &BTreeMap::new(),
            account: contract.attributes,
            at_device: at,
            at_account: at,
        });
        let place = row.and_then(|row| table.rows.iter().position(|it| it.code == row.code));
        place.ok_or(ChargeError::NoPrice)
    }
}

fn rule<'a>(
    contract: &UnitContract<'a>,
    component: &'a Component,
    price: &'a OrderedPrice,
    row: Option<usize>,
) -> Result<Rule<'a>, ChargeError> {
    let row = match price {
        OrderedPrice::Each(_) => None,
        OrderedPrice::Model(model) => {
            return Ok(Rule { row: None, row_values: Vec::new(), model, own_price: false });
        }
        OrderedPrice::Table(table) => row.and_then(|place| table.rows.get(place)),
    };
    let row = row.ok_or(ChargeError::NoPrice)?;
    let overrides = contract.line.overrides.get(&component.code);
    Ok(Rule {
        row: Some(row.code.clone()),
        row_values: row.conditions.iter().filter_map(words).collect(),
        model: model_under(row, overrides),
        own_price: overrides.is_some_and(|own| own.contains_key(&row.code)),
    })
}

/// Prices so many units, or one order, together.
fn whole(
    contract: &UnitContract<'_>,
    component: &Component,
    rule: Rule<'_>,
    members: usize,
) -> Result<Whole, ChargeError> {
    let each = contract.line.components.get(&component.code).copied().unwrap_or_default();
    let shared_by = u32::try_from(members).map_err(|_| Overflow)?;
    let quantity = Quantity::from_count(u64::from(shared_by)).times(i64::from(each))?;
    let rated = pricing::model::rate(rule.model, Usage::of(quantity))?;
    let rate = OrderedRate {
        line: Some(contract.line.line.clone()),
        row: rule.row,
        row_values: rule.row_values,
        own_price: rule.own_price,
        quantity,
        shared_by,
        tiers: rated.tiers,
        counted: rated.counted,
        limits: rated.limits,
        cents: None,
    };
    Ok(Whole { rate, terms: rated.terms, places: BTreeMap::new() })
}
