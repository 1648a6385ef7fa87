//! Every figure explains itself: terms come to the amount, tiers and units to the quantity, and
//! all the invoices of one thing to what was rated last.

use std::collections::BTreeMap;

use facts::charge::{Charge, NotBilled, RatedUsage, Term};
use facts::invoice::InvoiceLine;
use facts::pool::PoolName;
use facts::{
    ChargeKind, ComponentCode, InvoiceGroup, InvoiceIssued, OfferRef, OrderLineId, RowCode,
};
use kernel::Period;

use crate::checks::pools;
use crate::ratio::{Ratio, shown};
use crate::world::World;
use crate::{AuditFinding, Check};

/// The row, the contract with a price of its own for it, and the pool.
type Part<'a> = (Option<&'a RowCode>, Option<&'a OrderLineId>, Option<&'a PoolName>);

/// What the invoices of an account bill usage by.
type UsageKey<'a> = (&'a OfferRef, &'a ComponentCode, Place<'a>, Part<'a>, bool);

/// The bill period, and the invoice of its own.
type Place<'a> = (Option<Period>, Option<&'a InvoiceGroup>);

/// Quantity, and amount in minor units, of all invoices so far.
type Billed = (Option<Ratio>, i128);

pub(crate) fn check(world: &World) -> Check {
    let mut check = Check::new(
        "amounts",
        "The terms of each line come to its amount, tiers and units to its quantity, and a charge \
         and its adjustments to what was rated last.",
    );
    for invoices in world.invoices_by_account().into_values() {
        let mut billed = BTreeMap::new();
        for logged in invoices {
            let invoice = &logged.it;
            world.due_again(logged).into_iter().for_each(|line| withdraw(line, &mut billed));
            // What is given back comes before it is charged again.
            let mut lines: Vec<&InvoiceLine> = invoice.lines.iter().collect();
            lines.sort_by_key(|line| line.charge.kind != ChargeKind::UsageCredit);
            for line in lines {
                check.examine();
                check_computation(&mut check, invoice, line);
                check_usage(&mut check, invoice, line, &mut billed);
            }
        }
    }
    check
}

/// The identity of the usage of a line.
fn usage_key(charge: &Charge) -> Option<UsageKey<'_>> {
    let rated = charge.rated.as_ref()?;
    let is_shadow = charge.kind == ChargeKind::UsageShadow;
    let pool = rated.pool.as_ref().map(|pool| &pool.name);
    let part = (rated.row.as_ref(), rated.contract.as_ref(), pool);
    let place = (charge.period, charge.group.as_ref());
    Some((&charge.offer, &charge.component, place, part, is_shadow))
}

/// What became due again is not billed any more.
fn withdraw<'a>(line: &'a InvoiceLine, billed: &mut BTreeMap<UsageKey<'a>, Billed>) {
    let Some(key) = usage_key(&line.charge) else { return };
    let before = billed.entry(key).or_insert((Some(Ratio::ZERO), 0));
    let quantity = Ratio::of_quantity(line.charge.quantity);
    before.0 = before.0.zip(quantity).and_then(|(a, b)| a.minus(b));
    before.1 -= i128::from(line.charge.amount.minor);
}

fn value_of(term: &Term) -> Option<Ratio> {
    let mut whole = Ratio::of_quantity(term.quantity)?.times(Ratio::of_price(term.unit_price)?)?;
    if let Some(part) = term.part {
        whole = whole.times(Ratio::new(i128::from(part.of), i128::from(part.all))?)?;
    }
    if let Some(percent) = term.percent {
        whole = whole.times(Ratio::of_percent(percent)?)?;
    }
    match term.days {
        None => Some(whole),
        Some(share) => {
            whole.times(Ratio::new(i128::from(share.days), i128::from(share.period_days))?)
        }
    }
}

fn shown_minor(minor: Option<i128>) -> String {
    shown(minor.and_then(|minor| Ratio::new(minor, 1)))
}

fn check_computation(check: &mut Check, invoice: &InvoiceIssued, line: &InvoiceLine) {
    let Charge { computation, amount, .. } = &line.charge;
    let sum = Ratio::sum(computation.terms.iter().map(value_of));
    let computed = sum.and_then(|it| it.round(amount.currency.exponent(), computation.rounding));
    let stated = computation.rounded;
    check.expect(computed == Some(i128::from(stated.minor)), || AuditFinding::RoundedDiffers {
        invoice: invoice.number.clone(),
        line: line.line,
        stated,
        computed: shown_minor(computed),
    });
    let less = computation.less.map_or(0, |less| i128::from(less.minor));
    let cents = line.charge.ordered.as_ref().and_then(|rate| rate.cents);
    let computed = i128::from(stated.minor) + cents.map_or(0, |it| i128::from(it.minor)) - less;
    check.expect(computed == i128::from(amount.minor), || AuditFinding::AmountDiffers {
        invoice: invoice.number.clone(),
        line: line.line,
        stated: *amount,
        computed: computed.to_string(),
    });
}

fn check_usage<'a>(
    check: &mut Check,
    invoice: &'a InvoiceIssued,
    line: &'a InvoiceLine,
    billed: &mut BTreeMap<UsageKey<'a>, Billed>,
) {
    let charge = &line.charge;
    let Some(rated) = &charge.rated else {
        check.expect(!charge.kind.is_usage(), || {
            rated_differs(invoice, line, "how it was rated", "nothing", "")
        });
        return;
    };
    if charge.kind != ChargeKind::UsageCredit {
        check_tiers(check, invoice, line, rated);
    }
    check_shares(check, invoice, line, rated);
    check_stated(check, invoice, line, rated);
    let Some(key) = usage_key(charge) else { return };
    let before = billed.entry(key).or_insert((Some(Ratio::ZERO), 0));
    check_before(check, invoice, line, rated, *before);
    before.0 = before.0.zip(Ratio::of_quantity(charge.quantity)).and_then(|(a, b)| a.plus(b));
    before.1 += i128::from(charge.amount.minor);
    check_sum(check, invoice, line, rated, *before);
}

pub(crate) fn rated_differs(
    invoice: &InvoiceIssued,
    line: &InvoiceLine,
    what: &'static str,
    stated: impl ToString,
    computed: impl ToString,
) -> AuditFinding {
    AuditFinding::RatedDiffers {
        invoice: invoice.number.clone(),
        line: line.line,
        what,
        stated: stated.to_string(),
        computed: computed.to_string(),
    }
}

/// The tiers hold the quantity, or what of it is above the allowance.
fn check_tiers(check: &mut Check, invoice: &InvoiceIssued, line: &InvoiceLine, rated: &RatedUsage) {
    let priced = match (rated.counted, &rated.pool) {
        (Some(counted), _) => Ratio::of_quantity(counted.priced),
        (None, Some(pool)) => pools::overage(rated, pool),
        (None, None) => Ratio::of_quantity(rated.quantity),
    };
    let tiers = Ratio::sum(rated.tiers.iter().map(|tier| Ratio::of_quantity(tier.quantity)));
    check.expect(tiers.is_some() && tiers == priced, || AuditFinding::TiersDiffer {
        invoice: invoice.number.clone(),
        line: line.line,
        rated: shown(priced),
        tiers: shown(tiers),
    });
    if !rated.limits.is_empty() {
        return;
    }
    let terms = Ratio::sum(line.charge.computation.terms.iter().map(value_of));
    let of_tiers = value_of_tiers(rated);
    check.expect(terms.is_some() && terms == of_tiers, || {
        rated_differs(invoice, line, "the terms of its tiers", shown(terms), shown(of_tiers))
    });
}

/// What the tiers, their fees and the fees of the events come to.
fn value_of_tiers(rated: &RatedUsage) -> Option<Ratio> {
    let fee = |price, times: i64| {
        Ratio::of_price(price).and_then(|price| price.times(Ratio::new(times.into(), 1)?))
    };
    let tiers = rated.tiers.iter().map(|tier| {
        let quantity = Ratio::of_quantity(tier.quantity)?;
        let own = tier.flat.map_or(Some(Ratio::ZERO), |flat| fee(flat.price, flat.times));
        quantity.times(Ratio::of_price(tier.unit_price)?)?.plus(own?)
    });
    Ratio::sum(tiers.chain(rated.events.map(|events| fee(events.price, events.paid))))
}

fn check_shares(
    check: &mut Check,
    invoice: &InvoiceIssued,
    line: &InvoiceLine,
    rated: &RatedUsage,
) {
    let units = Ratio::sum(rated.by_unit.iter().map(|unit| Ratio::of_quantity(unit.quantity)));
    check.expect(units == Ratio::of_quantity(rated.quantity), || AuditFinding::UnitSharesDiffer {
        invoice: invoice.number.clone(),
        line: line.line,
        rated: rated.quantity,
        units: shown(units),
    });
}

/// What the explanation says is what the computation says.
fn check_stated(
    check: &mut Check,
    invoice: &InvoiceIssued,
    line: &InvoiceLine,
    rated: &RatedUsage,
) {
    let computation = &line.charge.computation;
    check.expect(rated.amount == computation.rounded, || {
        rated_differs(invoice, line, "rated amount", rated.amount, computation.rounded)
    });
    let less = computation.less.map_or(0, |less| less.minor);
    let explained = i128::from(rated.billed_before.minor) + not_billed(rated);
    check.expect(explained == i128::from(less), || {
        rated_differs(invoice, line, "amount billed before, or not billed,", explained, less)
    });
}

/// What is rated and not billed, in minor units.
fn not_billed(rated: &RatedUsage) -> i128 {
    match rated.not_billed {
        None => 0,
        Some(NotBilled::Shadow { .. }) => i128::from(rated.amount.minor),
        Some(NotBilled::WrittenOff { amount, .. }) => i128::from(amount.minor),
    }
}

/// What the line says of earlier invoices is what they bill.
fn check_before(
    check: &mut Check,
    invoice: &InvoiceIssued,
    line: &InvoiceLine,
    rated: &RatedUsage,
    (quantity, minor): Billed,
) {
    check.expect(Ratio::of_quantity(rated.quantity_before) == quantity, || {
        let what = "quantity billed before";
        rated_differs(invoice, line, what, rated.quantity_before, shown(quantity))
    });
    check.expect(i128::from(rated.billed_before.minor) == minor, || {
        let what = "amount of earlier invoices (minor units)";
        rated_differs(invoice, line, what, rated.billed_before.minor, minor)
    });
}

fn check_sum(
    check: &mut Check,
    invoice: &InvoiceIssued,
    line: &InvoiceLine,
    rated: &RatedUsage,
    (quantity, minor): Billed,
) {
    let differs = |what, rated: String, billed| AuditFinding::UsageSumDiffers {
        invoice: invoice.number.clone(),
        line: line.line,
        what,
        rated,
        billed,
    };
    let gives_back = line.charge.kind == ChargeKind::UsageCredit;
    let left = if gives_back { Some(Ratio::ZERO) } else { Ratio::of_quantity(rated.quantity) };
    check.expect(quantity == left, || {
        differs("quantity", rated.quantity.to_string(), shown(quantity))
    });
    check.expect(minor + not_billed(rated) == i128::from(rated.amount.minor), || {
        differs("amount in minor units", rated.amount.minor.to_string(), minor.to_string())
    });
}
