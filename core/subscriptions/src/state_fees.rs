//! Fees for changes of state. Per unit and day, the changes that the known facts say are compared
//! with those that were billed: one that is not is charged, one that turned out not to have taken
//! place on its day is given back (ADR 0035).

use std::collections::{BTreeMap, BTreeSet};

use facts::billed::Billed;
use facts::device::{DeviceDetail, LifeState, StateChange};
use facts::offer::{ChargeRule, Component};
use facts::price::OrderedPrice;
use facts::{Charge, ChargeKind, ComponentCode, InvoiceGroup, OfferRef};
use jiff::civil::Date;
use kernel::Period;
use kernel::calendar::{DateOutOfRange, add_days};

use crate::amount::{Line, Members};
use crate::ordered::{Prices, Together};
use crate::states::changes;
use crate::stopped::LastDay;
use crate::{BillDay, ChargeError, UnitContract};

/// What units must share to stand on one line, in the order of the lines.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    offer: OfferRef,
    component: ComponentCode,
    kind: ChargeKind,
    day: Date,
    change: StateChange,
    quantity_each: u32,
    together: Together,
    group: Option<&'a InvoiceGroup>,
}

type Groups<'a> = BTreeMap<Key<'a>, (Line<'a>, Members)>;

/// The fee of a component: what a change costs, and which.
#[derive(Clone, Copy)]
struct Fee<'a> {
    component: &'a Component,
    price: &'a OrderedPrice,
    from: &'a BTreeSet<LifeState>,
    to: LifeState,
}

impl Fee<'_> {
    fn is_for(self, change: StateChange) -> bool {
        change.to == self.to && (self.from.is_empty() || self.from.contains(&change.from))
    }
}

pub(crate) fn due<'a>(
    units: &[UnitContract<'a>],
    prices: &mut Prices<'a>,
    billed: &Billed,
    day: BillDay<'_>,
) -> Result<Vec<Charge>, ChargeError> {
    let mut groups = Groups::new();
    for contract in units {
        for component in &contract.offer.components {
            let ChargeRule::StateChanged { price, from, to } = &component.charge else { continue };
            let Some(quantity) = contract.line.components.get(&component.code) else { continue };
            let fee = Fee { component, price, from, to: *to };
            for (kind, on, change) in differences(contract, fee, billed, day) {
                add(contract, (fee, *quantity), prices, (kind, on, change), &mut groups)?;
            }
        }
    }
    groups.into_values().map(|(line, members)| line.charge(members)).collect()
}

/// What is to be given back, and what is to be charged. A change that an invoice knows lies before
/// its day.
fn differences(
    contract: &UnitContract<'_>,
    fee: Fee<'_>,
    billed: &Billed,
    day: BillDay<'_>,
) -> Vec<(ChargeKind, Date, StateChange)> {
    let until = (day.issued_on, LastDay::of(contract.offer.proration));
    let mut wanted = changes(contract.timeline, day.zone, until);
    wanted.retain(|_, change| fee.is_for(*change));
    let (nothing, no_days) = (BTreeMap::new(), BTreeSet::new());
    let key = (fee.component.code.clone(), contract.unit.clone());
    let before = billed.state_changes.get(&key).unwrap_or(&nothing);
    let settled = billed.state_changes_settled.get(&key).unwrap_or(&no_days);
    let is_open = |day: &Date, others: &BTreeMap<Date, StateChange>| {
        !others.contains_key(day) && !settled.contains(day)
    };
    let given_back = before.iter().filter(|(day, _)| is_open(day, &wanted));
    let charged = wanted.iter().filter(|(day, _)| is_open(day, before));
    let given_back = given_back.map(|(day, change)| (ChargeKind::StateFeeCredit, *day, *change));
    given_back.chain(charged.map(|(day, it)| (ChargeKind::StateFee, *day, *it))).collect()
}

fn add<'a>(
    contract: &UnitContract<'a>,
    (fee, quantity_each): (Fee<'a>, u32),
    prices: &mut Prices<'a>,
    (kind, day, change): (ChargeKind, Date, StateChange),
    groups: &mut Groups<'a>,
) -> Result<(), ChargeError> {
    let (offer, component) = (contract.offer, fee.component);
    let share = prices.of_unit(contract, component, fee.price)?;
    let period = Period::new(day, add_days(day, 1)?).map_err(|_| DateOutOfRange)?;
    let key = Key {
        offer: offer.reference(),
        component: component.code.clone(),
        kind,
        day,
        change,
        quantity_each,
        together: share.together(contract.order),
        group: contract.line.invoice.as_ref(),
    };
    let device = DeviceDetail { change: Some(change), ..DeviceDetail::default() };
    let line = Line {
        offer,
        component,
        kind,
        share,
        quantity_each,
        period: Some(period),
        days: None,
        instalment: None,
        device,
        group: key.group,
    };
    let (_, members) = groups.entry(key).or_insert((line, Members::default()));
    members.units.push(contract.unit.clone());
    Ok(())
}
