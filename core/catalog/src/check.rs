//! What stands against publication. Everything is looked at, so that one run shows all of it.

mod commitments;
mod fault;
mod meter;
mod offer;
mod payer;
mod term_fault;
mod terms;

use std::collections::BTreeMap;
use std::fmt;

use facts::account::PostalAddress;
use facts::{AccountId, AccountRegistered, FulfilmentSpecPublished, SellerPublished, Text};
use jiff::civil::Date;
use kernel::rejection::Rejection;
use kernel::{Currency, CycleChange};
use pricing::PriceFault;

use crate::Definitions;
use crate::definition::{Definition, merged};
use crate::plan::differences;

pub use fault::CatalogFault;
pub use term_fault::TermFault;

/// Something that stands against publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// Where, by code: `offers[smart-fleet-plan].components[data_mb].rows[R03]`.
    pub place: String,
    /// What, and what would be right.
    pub rejection: Fault,
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.rejection)
    }
}

/// Why a definition cannot be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The definition does not fit itself or the others.
    Catalog(CatalogFault),
    /// A price cannot be computed.
    Price(PriceFault),
    /// A term would do nothing, or what nobody means.
    Term(TermFault),
}

impl Fault {
    const fn rejection(&self) -> &dyn Rejection {
        match self {
            Self::Catalog(fault) => fault,
            Self::Price(fault) => fault,
            Self::Term(fault) => fault,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.rejection(), f)
    }
}

impl std::error::Error for Fault {}

impl Rejection for Fault {
    fn code(&self) -> &'static str {
        self.rejection().code()
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        self.rejection().args()
    }
}

/// Objections as they are found.
#[derive(Default)]
struct Objections(Vec<Objection>);

impl Objections {
    fn add(&mut self, place: impl Into<String>, fault: CatalogFault) {
        self.0.push(Objection { place: place.into(), rejection: Fault::Catalog(fault) });
    }

    fn add_price(&mut self, place: impl Into<String>, fault: PriceFault) {
        self.0.push(Objection { place: place.into(), rejection: Fault::Price(fault) });
    }

    fn add_term(&mut self, place: impl Into<String>, fault: TermFault) {
        self.0.push(Objection { place: place.into(), rejection: Fault::Term(fault) });
    }

    fn require_word(&mut self, place: &str, field: &str, word: &str) {
        if word.trim().is_empty() {
            self.add(place, CatalogFault::Blank { field: field.to_owned() });
        }
    }

    fn require_text(&mut self, place: &str, field: &str, text: &Text) {
        self.require_word(place, &format!("{field}.en"), &text.en);
        self.require_word(place, &format!("{field}.fr"), &text.fr);
    }

    fn require_address(&mut self, place: &str, address: &PostalAddress) {
        let first_line = address.lines.first().map_or("", String::as_str);
        self.require_word(place, "address.lines", first_line);
        self.require_word(place, "address.city", &address.city);
        self.require_country(place, &address.country);
    }

    fn require_country(&mut self, place: &str, country: &str) {
        if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
            self.add(place, CatalogFault::BadCountry { country: country.to_owned() });
        }
    }

    /// Each of the names once.
    fn require_unique<'a>(
        &mut self,
        place: &str,
        what: &str,
        names: impl IntoIterator<Item = &'a str>,
    ) {
        let mut counts = BTreeMap::<&str, usize>::new();
        for name in names {
            *counts.entry(name).or_default() += 1;
        }
        for (name, _) in counts.into_iter().filter(|(_, count)| *count > 1) {
            let (what, code) = (what.to_owned(), name.to_owned());
            self.add(place, CatalogFault::Duplicate { what, code });
        }
    }
}

/// What stands against publishing a draft over what is published, which is the latest version of
/// each definition. Empty when nothing does. References may point at either; a published
/// definition is checked again where it would now refer to the draft.
#[must_use]
pub fn check(draft: &Definitions, published: &Definitions) -> Vec<Objection> {
    let mut objections = Objections::default();
    check_kind(&draft.sellers, published, &mut objections);
    check_kind(&draft.meters, published, &mut objections);
    check_kind(&draft.fulfilment_specs, published, &mut objections);
    check_kind(&draft.offers, published, &mut objections);
    check_kind(&draft.accounts, published, &mut objections);
    let all = merged(draft, published);
    for seller in &all.sellers {
        check_seller(seller, &mut objections);
    }
    for meter in &all.meters {
        meter::check(meter, &all, &mut objections);
    }
    for meter in &draft.meters {
        meter::check_change(meter, published, &mut objections);
    }
    for spec in &all.fulfilment_specs {
        check_spec(spec, &mut objections);
    }
    for each in &all.offers {
        offer::check(each, &all, &mut objections);
    }
    for account in &all.accounts {
        check_account(account, &all, &mut objections);
    }
    payer::check(&all, &mut objections);
    let registered = AccountRegistered::by_code(published);
    for account in &draft.accounts {
        check_bill_day(account, registered.get(account.code()).copied(), &mut objections);
    }
    terms::check(&all, &mut objections);
    objections.0
}

/// What every kind is checked for: one definition per code, and versions that go forward.
fn check_kind<D: Definition>(draft: &[D], published: &Definitions, objections: &mut Objections) {
    let codes = draft.iter().map(D::code);
    objections.require_unique(D::KIND.section(), "code", codes);
    let by_code = D::by_code(published);
    for new in draft {
        let Some(old) = by_code.get(new.code()).copied() else { continue };
        let (actual, published) = (new.effective_from(), old.effective_from());
        if actual <= published && !differences(new, Some(old)).is_empty() {
            let fault = CatalogFault::NotLater { version: old.version(), published, actual };
            objections.add(format!("{}.effective_from", new.place()), fault);
        }
    }
}

fn check_seller(seller: &SellerPublished, objections: &mut Objections) {
    let place = seller.place();
    objections.require_word(&place, "legal_name", &seller.legal_name);
    objections.require_word(&place, "vat_id", &seller.vat_id);
    objections.require_word(&place, "registration", &seller.registration);
    objections.require_word(&place, "invoice_prefix", &seller.invoice_prefix);
    objections.require_address(&place, &seller.address);
    if let Some(days) = seller.review.map(|it| it.grace_days).filter(|it| *it > 27) {
        objections.add(format!("{place}.review"), CatalogFault::GraceDays { days });
    }
    for (country, rate) in &seller.vat_rates {
        let place = format!("{place}.vat_rates[{country}]");
        objections.require_country(&place, country);
        if rate.is_negative() {
            objections.add(place, CatalogFault::NegativeRate { rate: *rate });
        }
    }
}

fn check_spec(spec: &FulfilmentSpecPublished, objections: &mut Objections) {
    let place = spec.place();
    objections.require_text(&place, "name", &spec.name);
    if let Some(signal) = &spec.activation_signal {
        objections.require_word(&place, "activation_signal", signal);
    }
}

/// Usage periods, their lines and tiers are counted from the bill day (`docs/adr/0023`).
fn check_bill_day(
    account: &AccountRegistered,
    old: Option<&AccountRegistered>,
    objections: &mut Objections,
) {
    let (new, known) = (&account.bill_cycle, old.map(|old| &old.bill_cycle));
    if let Some(known) = known.filter(|known| known.first() != new.first()) {
        let (published, actual) = (u8::from(known.first()), u8::from(new.first()));
        let place = format!("{}.bill_cycle", account.place());
        objections.add(place, CatalogFault::BillDayChanged { published, actual });
    }
    // An invoice before this version does not know of it.
    let is_known = |it: &CycleChange| known.is_some_and(|known| known.changes().contains(it));
    let counts_from = account.effective_from;
    for change in new.changes().iter().filter(|it| it.from < counts_from && !is_known(it)) {
        let place = format!("{}.bill_cycle_changes", account.place());
        let fault = CatalogFault::BillDayChangedEarly { from: change.from, counts_from };
        objections.add(place, fault);
    }
}

/// What stands against other bill days of accounts, given the day of the last invoice of each: what
/// was billed is cut by nothing (`docs/adr/0030`).
#[must_use]
pub fn check_billed(
    draft: &Definitions,
    published: &Definitions,
    last_issued_on: &BTreeMap<AccountId, Date>,
) -> Vec<Objection> {
    let mut objections = Objections::default();
    let registered = AccountRegistered::by_code(published);
    for account in &draft.accounts {
        let old = registered.get(account.code()).map(|old| &old.bill_cycle);
        let issued_on = last_issued_on.get(&account.account);
        let (Some(old), Some(issued_on)) = (old, issued_on.copied()) else { continue };
        let Ok(Some(day)) = account.bill_cycle.differs_from(old) else { continue };
        if day <= issued_on {
            let place = format!("{}.bill_cycle_changes", account.place());
            objections.add(place, CatalogFault::BillDayBilled { day, issued_on });
        }
    }
    objections.0
}

fn check_account(account: &AccountRegistered, all: &Definitions, objections: &mut Objections) {
    let place = account.place();
    objections.require_word(&place, "customer", &account.customer);
    objections.require_address(&place, &account.address);
    if let Some(days) = account.review.map(|it| it.grace_days).filter(|it| *it > 27) {
        objections.add(format!("{place}.review"), CatalogFault::GraceDays { days });
    }
    if let Some(threshold) = account.threshold.filter(|it| it.minor <= 0) {
        let amount = threshold.to_string();
        objections.add(format!("{place}.threshold"), CatalogFault::ThresholdOfNothing { amount });
    }
    let country = &account.address.country;
    match SellerPublished::find(all, account.seller.as_str()) {
        None => {
            let known = codes::<SellerPublished>(all);
            let (what, code) = ("seller".to_owned(), account.seller.to_string());
            objections.add(place.as_str(), CatalogFault::Unknown { what, code, known });
        }
        Some(seller) if !seller.vat_rates.contains_key(country) => {
            let (seller, country) = (account.seller.clone(), country.clone());
            objections.add(place.as_str(), CatalogFault::NoVatRate { seller, country });
        }
        Some(_) => {}
    }
    let mut currencies: Vec<Currency> = all.offers.iter().map(|offer| offer.currency).collect();
    currencies.sort_unstable();
    currencies.dedup();
    if !currencies.is_empty() && !currencies.contains(&account.currency) {
        let offers = listed(currencies.iter().map(Currency::code));
        let currency = account.currency;
        objections.add(place, CatalogFault::NoOfferInCurrency { currency, offers });
    }
}

/// What there is, for a sentence that says what would be right.
fn codes<D: Definition>(all: &Definitions) -> String {
    listed(D::all(all).iter().map(D::code))
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() { "none yet".to_owned() } else { names.join(", ") }
}
