//! Definitions: what is published, what a draft would change, and publishing it.

use std::collections::BTreeMap;

use ::catalog::{Definitions, Plan};
use facts::offer::OfferPublished;
use facts::{AccountId, AccountRegistered, ComponentCode, Fact, OfferCode};
use jiff::Timestamp;
use jiff::civil::Date;
use store::{Store, Tx};

use crate::{EngineError, EngineRejection, Refusal, Result, billing};

/// The latest version of every definition.
///
/// # Errors
/// [`EngineError::Store`].
pub fn published(store: &mut dyn Store) -> Result<Definitions> {
    load(store.read()?.as_mut())
}

pub(crate) fn load(tx: &mut dyn Tx) -> Result<Definitions> {
    let kinds = [
        "SellerPublished",
        "MeterPublished",
        "FulfilmentSpecPublished",
        "OfferPublished",
        "AccountRegistered",
    ];
    let mut latest: BTreeMap<(&str, String), Fact> = BTreeMap::new();
    for kind in kinds {
        for recorded in tx.facts_of_kind(kind)? {
            latest.insert((kind, recorded.fact.subject()), recorded.fact);
        }
    }
    let mut definitions = Definitions::default();
    for fact in latest.into_values() {
        match fact {
            Fact::SellerPublished(it) => definitions.sellers.push(it),
            Fact::MeterPublished(it) => definitions.meters.push(it),
            Fact::FulfilmentSpecPublished(it) => definitions.fulfilment_specs.push(it),
            Fact::OfferPublished(it) => definitions.offers.push(it),
            Fact::AccountRegistered(it) => definitions.accounts.push(it),
            _ => {}
        }
    }
    Ok(definitions)
}

/// What publishing a draft would change. Reads only.
///
/// # Errors
/// [`EngineError::Refused`] with every objection against the draft.
pub fn preview(store: &mut dyn Store, draft: &Definitions) -> Result<Plan> {
    plan(store.read()?.as_mut(), draft)
}

/// Publishes what a draft changes; publishing the same draft again changes nothing.
///
/// # Errors
/// [`EngineError::Refused`] with every objection; nothing is published then.
pub fn publish(store: &mut dyn Store, draft: &Definitions, now: Timestamp) -> Result<Plan> {
    let mut tx = store.begin()?;
    let plan = plan(tx.as_mut(), draft)?;
    for change in &plan.changes {
        tx.record(&change.fact, now)?;
        if let Fact::AccountRegistered(account) = &change.fact {
            billing::schedule(tx.as_mut(), account, now)?;
            name_payer(tx.as_mut(), account, now)?;
        }
    }
    tx.commit()?;
    Ok(plan)
}

/// Says once of two accounts that one pays for the other, so that who bills it finds both.
fn name_payer(tx: &mut dyn Tx, account: &AccountRegistered, now: Timestamp) -> Result<()> {
    let Some(named) = ::catalog::payer_named(account).map(Fact::PayerNamed) else {
        return Ok(());
    };
    if tx.fact(named.kind(), &named.key())?.is_none() {
        tx.record(&named, now)?;
    }
    Ok(())
}

/// The day of the last invoice of each account that has another bill day in a draft.
fn last_issued(
    tx: &mut dyn Tx,
    draft: &Definitions,
    published: &Definitions,
) -> Result<BTreeMap<AccountId, Date>> {
    let known: BTreeMap<_, _> =
        published.accounts.iter().map(|it| (&it.account, &it.bill_cycle)).collect();
    let is_other = |it: &&AccountRegistered| {
        known.get(&it.account).is_some_and(|known| **known != it.bill_cycle)
    };
    let mut last = BTreeMap::new();
    for account in draft.accounts.iter().filter(is_other) {
        let bills = billing::Bills::load(tx, &account.account)?.issued();
        let days = bills.into_iter().map(|it| it.issued_on);
        last.extend(days.max().map(|day| (account.account.clone(), day)));
    }
    Ok(last)
}

/// The latest version of an offer, and its component with a price table.
///
/// # Errors
/// [`EngineError::Refused`] where there is no such offer or table.
pub fn priced_by_table(
    store: &mut dyn Store,
    offer: &str,
    component: &str,
) -> Result<(OfferPublished, ComponentCode)> {
    table_in(published(store)?.offers, offer, component)
}

/// As [`priced_by_table`], among these offers.
///
/// # Errors
/// As there.
pub fn table_in(
    offers: Vec<OfferPublished>,
    offer: &str,
    component: &str,
) -> Result<(OfferPublished, ComponentCode)> {
    let codes = listed(offers.iter().map(|it| it.code.as_str()));
    let found = offers.into_iter().find(|it| it.code.as_str() == offer);
    let found = found.ok_or_else(|| {
        EngineError::refused(EngineRejection::OfferNotPublished {
            offer: offer.to_owned(),
            known: codes,
        })
    })?;
    let tabled = || found.components.iter().filter(|it| it.charge.table().is_some());
    match tabled().find(|it| it.code.as_str() == component) {
        Some(it) => {
            let code = it.code.clone();
            Ok((found, code))
        }
        None => Err(EngineError::refused(EngineRejection::NoPriceTable {
            offer: offer.to_owned(),
            component: component.to_owned(),
            known: listed(tabled().map(|it| it.code.as_str())),
        })),
    }
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// The versions of offers that publishing a draft would make.
pub(crate) fn drafted_offers(
    tx: &mut dyn Tx,
    draft: &Definitions,
) -> Result<BTreeMap<OfferCode, OfferPublished>> {
    let plan = plan(tx, draft)?;
    let offers = plan.facts().filter_map(|fact| match fact {
        Fact::OfferPublished(offer) => Some((offer.code.clone(), offer.clone())),
        _ => None,
    });
    Ok(offers.collect())
}

fn plan(tx: &mut dyn Tx, draft: &Definitions) -> Result<Plan> {
    let published = load(tx)?;
    let mut objections = ::catalog::check(draft, &published);
    objections.extend(::catalog::check_billed(
        draft,
        &published,
        &last_issued(tx, draft, &published)?,
    ));
    if objections.is_empty() {
        return Ok(::catalog::plan(draft, &published));
    }
    let refusal = |it: ::catalog::Objection| Refusal {
        command: None,
        place: Some(it.place),
        rejection: Box::new(it.rejection),
    };
    Err(EngineError::Refused(objections.into_iter().map(refusal).collect()))
}
