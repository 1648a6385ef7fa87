//! What comes late is billed, written off or charged again as the offer says, and what is shown
//! before its charge is switched on is never billed.

use std::collections::BTreeMap;

use facts::charge::{Charge, NotBilled, RatedUsage};
use facts::invoice::InvoiceLine;
use facts::offer::{ChargeRule, LateUsage};
use facts::pool::PoolName;
use facts::{
    ChargeKind, ComponentCode, InvoiceGroup, InvoiceIssued, OfferRef, OrderLineId, RowCode,
};
use kernel::Period;

use crate::checks::amounts::rated_differs;
use crate::world::World;
use crate::{AuditFinding, Check};

/// The lines that are judged together: of a component and period, on one invoice.
type Group<'a> = (&'a OfferRef, &'a ComponentCode, Option<Period>, Option<&'a InvoiceGroup>);

/// The row, the contract with a price of its own for it, and the pool.
type Part<'a> = (Option<&'a RowCode>, Option<&'a OrderLineId>, Option<&'a PoolName>);

/// What of each part is rated and not billed, in minor units.
type WrittenOff<'a> = BTreeMap<(Group<'a>, Part<'a>), i128>;

pub(crate) fn check(world: &World) -> Check {
    let mut check = Check::new(
        "late",
        "Differences of billed periods are billed, written off or charged again as the offer \
         says; usage before the day on which its charge is switched on is shown and never billed.",
    );
    for invoices in world.invoices_by_account().into_values() {
        let mut written_off = WrittenOff::new();
        for invoice in invoices.into_iter().map(|it| &it.it) {
            let mut groups: BTreeMap<Group<'_>, Vec<&InvoiceLine>> = BTreeMap::new();
            for line in invoice.lines.iter().filter(|it| it.charge.kind.is_usage()) {
                let charge = &line.charge;
                check.examine();
                check_shadow(&mut check, world, invoice, line);
                let apart = charge.group.as_ref();
                let group = (&charge.offer, &charge.component, charge.period, apart);
                groups.entry(group).or_default().push(line);
            }
            for (group, lines) in groups {
                check_group(&mut check, world, invoice, group, &lines, &mut written_off);
            }
        }
    }
    check
}

fn differs(
    (invoice, line): (&InvoiceIssued, &InvoiceLine),
    what: &'static str,
    stated: impl ToString,
    computed: impl ToString,
) -> AuditFinding {
    rated_differs(invoice, line, what, stated, computed)
}

/// A line of 0 until the day of the offer; and no other line for a period that ends by then.
fn check_shadow(check: &mut Check, world: &World, invoice: &InvoiceIssued, line: &InvoiceLine) {
    let charge = &line.charge;
    let component =
        world.offers.get(&charge.offer).and_then(|offer| offer.component(&charge.component));
    let shadow = component.and_then(|it| match &it.charge {
        ChargeRule::Usage { shadow, .. } => *shadow,
        _ => None,
    });
    let said = match charge.rated.as_ref().and_then(|it| it.not_billed) {
        Some(NotBilled::Shadow { until, .. }) => Some(until),
        _ => None,
    };
    let is_shadow = charge.kind == ChargeKind::UsageShadow;
    let here = (invoice, line);
    if is_shadow {
        let until = shadow.filter(|it| it.on_invoice).map(|it| it.until);
        let begins_before = charge.period.zip(until).is_some_and(|(it, until)| it.from() < until);
        check.expect(said.is_some() && said == until && begins_before, || {
            differs(
                here,
                "shown without being billed until",
                format!("{said:?}"),
                format!("{until:?}"),
            )
        });
        check.expect(charge.amount.minor == 0, || differs(here, "billed", charge.amount, "0"));
    } else {
        let is_switched_on =
            shadow.is_none_or(|it| charge.period.is_some_and(|period| period.to() > it.until));
        check.expect(is_switched_on && said.is_none(), || {
            differs(here, "billed, though it is shown only until", format!("{shadow:?}"), "later")
        });
    }
}

fn check_group<'a>(
    check: &mut Check,
    world: &World,
    invoice: &'a InvoiceIssued,
    group: Group<'a>,
    lines: &[&'a InvoiceLine],
    written_off: &mut WrittenOff<'a>,
) {
    let Some(policy) = world.offers.get(group.0).map(|offer| offer.late_usage) else { return };
    for line in lines {
        let here = (invoice, *line);
        let charge = &line.charge;
        let is_allowed = match (charge.kind, policy) {
            (ChargeKind::UsageWriteOff, LateUsage::WriteOff { below }) => {
                let said = why(charge);
                matches!(said, Some(NotBilled::WrittenOff { below: limit, .. }) if limit == below)
            }
            (ChargeKind::UsageCredit | ChargeKind::UsageRecharge, LateUsage::Reopen) => {
                has_both_halves(lines, charge)
            }
            (ChargeKind::UsageAdjustment, LateUsage::Reopen) => charge.computation.less.is_none(),
            (kind, _) => !matches!(
                kind,
                ChargeKind::UsageWriteOff | ChargeKind::UsageCredit | ChargeKind::UsageRecharge
            ),
        };
        check.expect(is_allowed, || {
            differs(here, "of late usage", charge.kind.key(), format!("{policy:?}"))
        });
        if charge.kind != ChargeKind::UsageShadow {
            let amount = match why(charge) {
                Some(NotBilled::WrittenOff { amount, .. }) => i128::from(amount.minor),
                _ => 0,
            };
            written_off.insert((group, part(charge)), amount);
        }
    }
    if let LateUsage::WriteOff { below } = policy {
        check_sum(check, (invoice, below.minor.into()), group, lines, written_off);
    }
}

fn part(charge: &Charge) -> Part<'_> {
    charge.rated.as_ref().map(RatedUsage::part).unwrap_or_default()
}

fn why(charge: &Charge) -> Option<NotBilled> {
    charge.rated.as_ref().and_then(|it| it.not_billed)
}

/// What is given back is charged again, and nothing else is.
fn has_both_halves(lines: &[&InvoiceLine], charge: &Charge) -> bool {
    let is_half = |it: &Charge, kind| it.kind == kind && part(it) == part(charge);
    let has = |kind| lines.iter().any(|it| is_half(&it.charge, kind));
    has(ChargeKind::UsageCredit) && has(ChargeKind::UsageRecharge)
}

/// What is written off of a component and period is small in all; what is billed is not.
fn check_sum(
    check: &mut Check,
    (invoice, below): (&InvoiceIssued, i128),
    group: Group<'_>,
    lines: &[&InvoiceLine],
    written_off: &WrittenOff<'_>,
) {
    let of_kind = |kind| lines.iter().filter(move |it| it.charge.kind == kind);
    let left: i128 =
        written_off.iter().filter(|((of, _), _)| *of == group).map(|(_, it)| *it).sum();
    for line in of_kind(ChargeKind::UsageWriteOff) {
        check.expect(left.abs() < below, || {
            differs((invoice, line), "written off, in minor units,", left, below)
        });
    }
    let adjusted = || of_kind(ChargeKind::UsageAdjustment).filter(|it| it.charge.amount.minor != 0);
    let sum: i128 = adjusted().map(|it| i128::from(it.charge.amount.minor)).sum();
    for line in adjusted() {
        check.expect(sum.abs() >= below && left == 0, || {
            differs((invoice, line), "adjusted, in minor units,", sum, below)
        });
    }
}
