//! Who pays for others: one level deep, and only where one document can hold the lines of both
//! (`docs/adr/0031`).

use facts::AccountRegistered;

use super::Objections;
use super::fault::CatalogFault;
use crate::Definitions;
use crate::definition::Definition;

/// Each account that another one pays for.
pub(super) fn check(all: &Definitions, objections: &mut Objections) {
    if all.accounts.iter().all(|it| it.paid_by.is_none()) {
        return;
    }
    let by_code = AccountRegistered::by_code(all);
    for account in &all.accounts {
        let Some(payer) = &account.paid_by else { continue };
        let place = format!("{}.paid_by", account.place());
        match by_code.get(payer.as_str()).copied() {
            None => objections.add(place, CatalogFault::PayerUnknown { payer: payer.clone() }),
            Some(it) => match &it.paid_by {
                Some(by) => {
                    let (payer, by) = (payer.clone(), by.clone());
                    objections.add(place, CatalogFault::PayerPaidFor { payer, by });
                }
                None => check_both(account, it, &place, objections),
            },
        }
    }
}

/// Their days and amounts must be of one kind, from the first day of both on.
fn check_both(
    account: &AccountRegistered,
    payer: &AccountRegistered,
    place: &str,
    objections: &mut Objections,
) {
    let pairs = [
        ("seller", payer.seller.to_string(), account.seller.to_string()),
        ("currency", payer.currency.to_string(), account.currency.to_string()),
        ("zone", payer.zone.to_string(), account.zone.to_string()),
    ];
    for (what, payers, own) in pairs.into_iter().filter(|(_, payers, own)| payers != own) {
        let what = what.to_owned();
        objections.add(place, CatalogFault::PayerDiffers { what, payers, own });
    }
    let from = account.effective_from.max(payer.effective_from);
    let agree = account.bill_cycle.agrees_from(&payer.bill_cycle, from);
    if !agree.unwrap_or(false) {
        let day = |it: &AccountRegistered| {
            let last = it.bill_cycle.changes().last().map_or(it.bill_cycle.first(), |it| it.day);
            u8::from(last).to_string()
        };
        let (what, payers, own) = ("bill_cycle".to_owned(), day(payer), day(account));
        objections.add(place, CatalogFault::PayerDiffers { what, payers, own });
    }
}
