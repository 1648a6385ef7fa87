//! What becomes of a difference: it is billed, written off while it is small, or the line is given
//! back and charged again. And what is only shown becomes a line of 0.

use std::collections::BTreeMap;

use facts::billed::UsageBilled;
use facts::charge::{Computation, NotBilled, RatedUsage};
use facts::offer::{ChargeRule, LateUsage};
use facts::pool::PoolUse;
use facts::{Charge, ChargeKind, ComponentCode, InvoiceGroup, OfferRef};
use kernel::money::MoneyError;
use kernel::{Exact, Money, Period};

use crate::{Due, RatingError, RatingInput};

/// The lines of differences. Their order is that of their keys.
pub(crate) fn settled(
    due: Vec<Due<'_>>,
    input: &RatingInput<'_>,
) -> Result<Vec<Charge>, RatingError> {
    let small = small_sums(&due)?;
    let mut charges = Vec::with_capacity(due.len());
    for due in due {
        let nothing = UsageBilled::nothing(due.offer.currency);
        let before = input.billed.usage.get(due.key).unwrap_or(&nothing);
        if due.key.is_shadow {
            charges.extend(shown(due, before));
            continue;
        }
        let is_late = due.charge.kind == ChargeKind::UsageAdjustment;
        let is_small = is_late && small.contains_key(&sum_of(&due));
        match due.offer.late_usage {
            LateUsage::WriteOff { below } if is_small => {
                charges.extend(written_off(due.charge, below, before)?);
            }
            LateUsage::Reopen if is_late && is_billed(before) => {
                charges.extend(reopened(due.charge, before)?);
            }
            _ => charges.extend(Some(due.charge).filter(differs)),
        }
    }
    Ok(charges)
}

/// What is judged together: the lines of a component and bill period on one invoice.
type Sum<'a> = (&'a OfferRef, &'a ComponentCode, Period, Option<&'a InvoiceGroup>);

fn sum_of<'a>(due: &Due<'a>) -> Sum<'a> {
    (&due.key.offer, &due.key.component, due.key.period, due.key.group.as_ref())
}

/// The sums of late differences that are written off.
fn small_sums<'a>(due: &[Due<'a>]) -> Result<BTreeMap<Sum<'a>, Money>, MoneyError> {
    let mut sums: BTreeMap<Sum<'a>, Money> = BTreeMap::new();
    let mut limits: BTreeMap<Sum<'a>, Money> = BTreeMap::new();
    for due in due.iter().filter(|it| !it.key.is_shadow) {
        if let LateUsage::WriteOff { below } = due.offer.late_usage {
            let sum = sums.entry(sum_of(due)).or_insert(Money::zero(below.currency));
            *sum = sum.plus(due.charge.amount)?;
            limits.insert(sum_of(due), below);
        }
    }
    let is_small = |(key, sum): &(Sum<'a>, Money)| {
        limits.get(key).is_some_and(|it| sum.minor.unsigned_abs() < it.minor.unsigned_abs())
    };
    Ok(sums.into_iter().filter(is_small).collect())
}

fn differs(charge: &Charge) -> bool {
    !charge.quantity.is_zero() || charge.amount.minor != 0
}

fn is_billed(before: &UsageBilled) -> bool {
    !before.quantity.is_zero() || before.amount.minor != 0
}

/// A line of 0 that says what the usage would cost; none when an invoice said so already.
fn shown(due: Due<'_>, before: &UsageBilled) -> Option<Charge> {
    let ChargeRule::Usage { shadow: Some(shadow), .. } = due.component.charge else { return None };
    let was_closed = due.charge.kind == ChargeKind::UsageAdjustment;
    let said = due.charge.quantity.is_zero() && due.charge.amount == before.not_billed;
    if said || (was_closed && !shadow.on_invoice) {
        return None;
    }
    let (until, on_invoice) = (shadow.until, shadow.on_invoice);
    let mut charge = due.charge;
    charge.kind = ChargeKind::UsageShadow;
    not_billed(&mut charge, NotBilled::Shadow { until, on_invoice });
    Some(charge)
}

/// A line of 0 that says what is written off; a difference of 0 stays what it is. None when an
/// invoice said so already.
fn written_off(
    mut charge: Charge,
    below: Money,
    before: &UsageBilled,
) -> Result<Option<Charge>, MoneyError> {
    let amount = charge.amount;
    if charge.quantity.is_zero() && amount == before.not_billed {
        return Ok(None);
    }
    if amount.minor != 0 {
        charge.kind = ChargeKind::UsageWriteOff;
        not_billed(&mut charge, NotBilled::WrittenOff { amount, below });
    }
    Ok(Some(charge))
}

/// Takes the whole amount off, and says why.
fn not_billed(charge: &mut Charge, why: NotBilled) {
    let rounded = charge.computation.rounded;
    charge.computation.less = (rounded.minor != 0).then_some(rounded);
    charge.amount = Money::zero(rounded.currency);
    if let Some(rated) = &mut charge.rated {
        rated.not_billed = Some(why);
    }
}

/// All that was billed, given back, and the whole, charged again. None when nothing changed.
fn reopened(charge: Charge, before: &UsageBilled) -> Result<Vec<Charge>, RatingError> {
    if !differs(&charge) {
        return Ok(Vec::new());
    }
    let Some(rated) = &charge.rated else { return Ok(vec![charge]) };
    let zero = Money::zero(charge.amount.currency);
    let pool = rated.pool.as_ref().map(|pool| pool.name.clone());
    let given_back = RatedUsage {
        quantity: before.quantity,
        amount: zero,
        tiers: Vec::new(),
        // Which pool it was, without the statement.
        pool: pool.map(|name| PoolUse { name, ..PoolUse::default() }),
        by_unit: before.by_unit.clone(),
        counted: None,
        events: None,
        limits: Vec::new(),
        peak_on: None,
        counters: Vec::new(),
        evidence: None,
        ..rated.clone()
    };
    let credit = Charge {
        kind: ChargeKind::UsageCredit,
        quantity: kernel::Quantity::ZERO.minus(before.quantity)?.normalized(),
        unit_price: None,
        units: before.by_unit.iter().map(|it| it.unit.clone()).collect(),
        computation: Computation {
            terms: Vec::new(),
            exact: Exact::ZERO.to_string(),
            rounding: charge.computation.rounding,
            rounded: zero,
            less: (before.amount.minor != 0).then_some(before.amount),
        },
        amount: zero.minus(before.amount)?,
        rated: Some(given_back),
        ..charge.clone()
    };
    let mut whole = RatedUsage {
        quantity_before: kernel::Quantity::ZERO,
        billed_before: zero,
        ..rated.clone()
    };
    for share in whole.pool.iter_mut().flat_map(|pool| &mut pool.statement) {
        share.billed_before = None;
    }
    let recharge = Charge {
        kind: ChargeKind::UsageRecharge,
        quantity: whole.quantity,
        amount: charge.computation.rounded,
        computation: Computation { less: None, ..charge.computation.clone() },
        rated: Some(whole),
        ..charge
    };
    Ok(vec![credit, recharge])
}
