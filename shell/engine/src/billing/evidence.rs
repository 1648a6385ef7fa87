//! The events behind usage lines, attached when an invoice is planned: intake pays nothing for it.

use facts::billed::UsageKey;
use facts::{Charge, ChargeKind};
use kernel::Period;
use rating::GroupedUsage;

use super::Basis;
use crate::Result;
use crate::usage::{Counted, Evidence};

/// The time from the first to the last day of usage charges; none when there are none.
pub(super) fn period_of(charges: &[Charge]) -> Option<Period> {
    let periods = || charges.iter().filter_map(|charge| charge.period);
    let from = periods().map(Period::from).min()?;
    let to = periods().map(Period::to).max()?;
    Period::new(from, to).ok()
}

/// Says of each line which events it was rated from; one that gives back was rated from none.
pub(super) fn attach(
    basis: &Basis,
    grouped: &mut GroupedUsage,
    events: &[Counted<'_>],
    charges: &mut [Charge],
) -> Result<()> {
    let mut evidence = Evidence::default();
    basis.each_key(grouped, events, &mut |key, event| evidence.add(key, event))?;
    for charge in charges.iter_mut().filter(|it| it.kind != ChargeKind::UsageCredit) {
        if let (Some(key), Some(rated)) = (key_of(charge), &mut charge.rated) {
            rated.evidence = evidence.of(&basis.of_pool(key));
        }
    }
    Ok(())
}

fn key_of(charge: &Charge) -> Option<UsageKey> {
    let rated = charge.rated.as_ref()?;
    Some(UsageKey {
        offer: charge.offer.clone(),
        component: charge.component.clone(),
        period: charge.period?,
        row: rated.row.clone(),
        contract: rated.contract.clone(),
        pool: rated.pool.as_ref().map(|pool| pool.name.clone()).unwrap_or_default(),
        is_shadow: charge.kind == ChargeKind::UsageShadow,
        group: charge.group.clone(),
    })
}
