//! An account with credits, and lines to burn them on.

#![expect(clippy::unwrap_used, reason = "a test stops where its world is wrong")]

use std::collections::BTreeMap;
use std::str::FromStr;

use credits::{Account, Credit};
use facts::account::PostalAddress;
use facts::charge::{Computation, RatedUsage};
use facts::credit::{CreditAmount, CreditGranted, CreditKind};
use facts::discount::Terms;
use facts::invoice::{InvoiceLine, Section, TermedCharge};
use facts::offer::{ComponentKind, SupplyNature};
use facts::text::Language;
use facts::{
    AccountRegistered, Charge, ChargeKind, InvoiceIssued, OfferRef, SellerPublished, Text,
};
use jiff::civil::Date;
use kernel::{BillCycle, Currency, Money, Quantity, Rounding};

pub fn read<T: FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

pub const fn cents(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR)
}

pub fn words(en: &str) -> Text {
    Text { en: en.to_owned(), fr: en.to_owned() }
}

/// Granted on 1 January 2026, for ever.
pub fn credit(name: &str, kind: CreditKind, amount: CreditAmount) -> CreditGranted {
    CreditGranted {
        credit: read(name),
        account: read("ACC-1"),
        name: words(name),
        kind,
        amount,
        priority: 100,
        granted_on: read("2026-01-01"),
        until: None,
        rollover: None,
        alert_below: None,
        top_up: None,
        tops_up: None,
    }
}

pub fn paid(name: &str, minor: i64) -> CreditGranted {
    credit(name, CreditKind::Paid, CreditAmount::Money(cents(minor)))
}

pub fn gift(name: &str, minor: i64) -> CreditGranted {
    credit(name, CreditKind::Promotional, CreditAmount::Money(cents(minor)))
}

pub fn units(name: &str, quantity: &str, rate: u16) -> CreditGranted {
    let kind = CreditKind::Units { component: read("data"), rate };
    credit(name, kind, CreditAmount::Units(read(quantity)))
}

/// Usage of a component: so much of it for so many cents.
pub fn usage(component: &str, quantity: &str, minor: i64) -> TermedCharge {
    let quantity: Quantity = read(quantity);
    TermedCharge::from(Charge {
        offer: OfferRef { code: read("plan"), version: 1 },
        component: read(component),
        name: words(component),
        component_kind: ComponentKind::Usage,
        nature: SupplyNature::Services,
        kind: ChargeKind::UsageCharge,
        period: None,
        quantity,
        unit_price: None,
        instalment: None,
        days: None,
        rated: Some(RatedUsage {
            not_billed: None,
            evidence: None,
            row: None,
            row_values: Vec::new(),
            symbol: words("MB"),
            quantity,
            tiers: Vec::new(),
            amount: cents(minor),
            quantity_before: Quantity::ZERO,
            billed_before: cents(0),
            pool: None,
            by_unit: Vec::new(),
            counted: None,
            events: None,
            limits: Vec::new(),
            peak_on: None,
            counters: Vec::new(),
            contract: None,
        }),
        ordered: None,
        units: Vec::new(),
        orders: Vec::new(),
        starts: Vec::new(),
        computation: Computation {
            terms: Vec::new(),
            exact: String::new(),
            rounding: Rounding::default(),
            rounded: cents(minor),
            less: None,
        },
        commitment: None,
        device: facts::device::DeviceDetail::default(),
        group: None,
        amount: cents(minor),
    })
}

pub struct World(pub Account);

impl World {
    pub fn of(granted: Vec<CreditGranted>) -> Self {
        Self(Account { granted, ..Account::default() })
    }

    pub fn credits(&self) -> Vec<Credit> {
        self.0.credits().unwrap()
    }

    pub fn left(&self) -> Vec<(String, String)> {
        let of = |it: &Credit| (it.granted.credit.to_string(), it.left.to_string());
        self.credits().iter().map(of).collect()
    }

    /// Takes off, adds a tax of a fifth, pays and issues.
    pub fn bill(&mut self, issued_on: &str, lines: Vec<TermedCharge>) -> InvoiceIssued {
        let issued_on: Date = read(issued_on);
        let mut credits = self.credits();
        let lines = credits::take_off(lines, &credits, issued_on).unwrap();
        let line = |(line, it): (u32, TermedCharge)| InvoiceLine {
            line,
            section: Section::Usage,
            charge: it.charge,
            effects: it.effects,
            account: None,
        };
        let lines: Vec<InvoiceLine> = (1..).zip(lines).map(line).collect();
        let net: i64 = lines.iter().map(|it| it.net().unwrap().minor).sum();
        let total = cents(net + net / 5);
        let number = format!("INV-{}", self.0.invoices.len() + 1);
        let invoice = InvoiceIssued {
            number: read(&number),
            seller: seller(),
            account: account(),
            issued_on,
            due_on: issued_on,
            lines,
            net: cents(net),
            taxes: Vec::new(),
            total,
            prepaid: credits::pay(total, &mut credits, issued_on).unwrap(),
            paid_for: Vec::new(),
            threshold: None,
            group: None,
        };
        self.0.invoices.push(invoice.clone());
        invoice
    }
}

/// What credits take off each line.
pub fn off(invoice: &InvoiceIssued) -> Vec<i64> {
    let of = |it: &InvoiceLine| it.effects.iter().map(|it| -it.amount.minor).sum();
    invoice.lines.iter().map(of).collect()
}

fn address() -> PostalAddress {
    PostalAddress {
        lines: vec!["1 rue de l'Exemple".to_owned()],
        postal_code: "75002".to_owned(),
        city: "Paris".to_owned(),
        country: "FR".to_owned(),
    }
}

pub fn account() -> AccountRegistered {
    AccountRegistered {
        account: read("ACC-1"),
        version: 1,
        effective_from: read("2026-01-01"),
        customer: "Exemple".to_owned(),
        address: address(),
        vat_id: None,
        seller: read("seller"),
        currency: Currency::EUR,
        zone: read("Europe/Paris"),
        bill_cycle: BillCycle::new(1).unwrap().into(),
        language: Language::Fr,
        review: None,
        paid_by: None,
        threshold: None,
        attributes: BTreeMap::new(),
        terms: Terms::default(),
    }
}

fn seller() -> SellerPublished {
    SellerPublished {
        review: None,
        code: read("seller"),
        version: 1,
        effective_from: read("2026-01-01"),
        legal_name: "Flotte Exemple".to_owned(),
        address: address(),
        vat_id: "FR66000000018".to_owned(),
        registration: "000000018".to_owned(),
        zone: read("Europe/Paris"),
        invoice_prefix: "INV-".to_owned(),
        vat_rates: BTreeMap::new(),
        vat_on_debits: false,
        payment_days: 30,
        iban: None,
        indexes: BTreeMap::new(),
    }
}
