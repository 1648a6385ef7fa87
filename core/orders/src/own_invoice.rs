//! Lines that ask for an invoice of their own (`docs/adr/0037`).

use facts::offer::{ChargeRule, Component, OfferPublished};
use facts::pool::PoolScope;
use facts::price::UsagePrice;
use facts::{AccountRegistered, InvoiceGroup, OrderId};

use crate::{AskInvoice, Chosen, Earlier, PlaceLine, Rejection};

/// The invoice of its own on which a line stands; none: the consolidated one. What is not said
/// stays as it is for the line taken over, unless another account pays for it from now on.
pub(crate) fn choose(
    (order, line): (&OrderId, &PlaceLine),
    (offer, components): (&OfferPublished, &Chosen),
    account: &AccountRegistered,
    earlier: Option<&Earlier>,
) -> Result<Option<InvoiceGroup>, Vec<Rejection>> {
    let kept = earlier.filter(|it| it.account.account == account.account);
    let group = match &line.invoice {
        None => kept.and_then(|it| it.line.invoice.clone()),
        Some(AskInvoice::Consolidated) => None,
        Some(AskInvoice::Separate) => InvoiceGroup::new(order.as_str()).ok(),
        Some(AskInvoice::Group(group)) => Some(group.clone()),
    };
    if group.is_none() {
        return Ok(None);
    }
    let taken = offer.components.iter().filter(|it| components.contains_key(&it.code));
    let shared: Vec<Rejection> = taken
        .filter(|it| is_shared(it))
        .map(|it| Rejection::SharedPool { line: line.line.clone(), component: it.code.clone() })
        .collect();
    if shared.is_empty() { Ok(group) } else { Err(shared) }
}

/// Whether all units of the account share the allowance of a component: its line cannot be cut.
const fn is_shared(component: &Component) -> bool {
    matches!(
        &component.charge,
        ChargeRule::Usage { price: UsagePrice::Pool(pool), .. }
            if matches!(pool.scope, PoolScope::Account)
    )
}
