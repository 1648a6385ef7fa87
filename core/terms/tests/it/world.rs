//! An account with charges, and terms on them.

#![expect(clippy::unwrap_used, reason = "a test stops where its world is wrong")]

use std::collections::BTreeMap;
use std::str::FromStr;

use facts::account::PostalAddress;
use facts::charge::{Computation, RatedUsage, UnitShare};
use facts::discount::{
    Basis, Discount, Each, Escalation, Growth, Reduction, Scope, TermEffect, Terms, Window,
};
use facts::invoice::{InvoiceLine, Section, TermedCharge};
use facts::offer::{
    ComponentKind, LateUsage, OfferPublished, Proration, QuantityRule, StartPolicy, StoppedDays,
    SupplyNature,
};
use facts::text::Language;
use facts::{
    AccountRegistered, Charge, ChargeKind, InvoiceIssued, OfferRef, OrderId, SellerPublished, Text,
    UnitId,
};
use jiff::civil::Date;
use kernel::{BillCycle, Currency, Money, Percent, Period, Quantity, Rounding};
use terms::{Agreement, TermsError, UnitDates};

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

pub fn period(from: &str, to: &str) -> Period {
    Period::new(read(from), read(to)).unwrap()
}

/// A discount on everything, always, of what is left; change what matters.
pub fn percent(code: &str, percent: &str) -> Discount {
    Discount {
        code: read(code),
        name: words(code),
        scope: Scope::Account,
        window: Window::Always,
        reduction: Reduction::Percent(read(percent)),
        basis: Basis::Remainder,
    }
}

pub fn amount(code: &str, minor: i64, each: Each) -> Discount {
    let reduction = Reduction::Amount { amount: cents(minor), each };
    Discount { reduction, ..percent(code, "1") }
}

pub fn yearly(percent: &str) -> Escalation {
    Escalation {
        code: read("yearly"),
        name: words("yearly"),
        components: std::collections::BTreeSet::new(),
        by: Growth::Percent(read(percent)),
    }
}

/// A line of units that share it.
pub fn charge(component: &str, kind: ChargeKind, days: Option<Period>, minor: i64) -> Charge {
    let repeated = days.is_some();
    Charge {
        offer: OfferRef { code: read("plan"), version: 1 },
        component: read(component),
        name: words(component),
        component_kind: if repeated { ComponentKind::Service } else { ComponentKind::Hardware },
        nature: SupplyNature::Services,
        kind,
        period: days,
        quantity: Quantity::ONE,
        unit_price: None,
        instalment: None,
        days: None,
        rated: None,
        ordered: None,
        units: vec![read("U-1")],
        orders: Vec::new(),
        starts: Vec::new(),
        commitment: None,
        device: facts::device::DeviceDetail::default(),
        group: None,
        computation: Computation {
            terms: Vec::new(),
            exact: String::new(),
            rounding: Rounding::default(),
            rounded: cents(minor),
            less: None,
        },
        amount: cents(minor),
    }
}

pub fn service(from: &str, to: &str, minor: i64) -> Charge {
    charge("service", ChargeKind::ServiceCharge, Some(period(from, to)), minor)
}

/// Usage of a bill period, by unit.
pub fn usage(from: &str, to: &str, minor: i64, by_unit: &[(&str, &str)]) -> Charge {
    let share = |(unit, quantity): &(&str, &str)| UnitShare {
        unit: read(unit),
        quantity: read(quantity),
        events: 1,
    };
    let mut it = charge("data", ChargeKind::UsageCharge, Some(period(from, to)), minor);
    it.units = by_unit.iter().map(|(unit, _)| read(unit)).collect();
    it.rated = Some(RatedUsage {
        row: None,
        row_values: Vec::new(),
        symbol: words("MB"),
        quantity: Quantity::ONE,
        tiers: Vec::new(),
        amount: cents(minor),
        quantity_before: Quantity::ZERO,
        billed_before: cents(0),
        pool: None,
        by_unit: by_unit.iter().map(share).collect(),
        counted: None,
        events: None,
        limits: Vec::new(),
        peak_on: None,
        counters: Vec::new(),
        not_billed: None,
        evidence: None,
        contract: None,
    });
    it
}

fn address() -> PostalAddress {
    PostalAddress {
        lines: vec!["1 rue de l'Exemple".to_owned()],
        postal_code: "75002".to_owned(),
        city: "Paris".to_owned(),
        country: "FR".to_owned(),
    }
}

pub struct World {
    pub account: AccountRegistered,
    /// All versions of the account; empty: the one.
    pub versions: Vec<AccountRegistered>,
    pub seller: SellerPublished,
    pub offer: OfferPublished,
    pub units: BTreeMap<UnitId, UnitDates>,
    pub orders: BTreeMap<OrderId, Date>,
    pub invoices: Vec<InvoiceIssued>,
}

impl World {
    /// Units U-1 and U-2, in service from these days on.
    pub fn started(first: &str, second: &str) -> Self {
        let dates = |day: &str| UnitDates {
            delivered_on: Some(read(day)),
            started_on: Some(read(day)),
            ended_on: None,
            uplift: None,
        };
        let units = [(read("U-1"), dates(first)), (read("U-2"), dates(second))];
        Self {
            account: account(),
            versions: Vec::new(),
            seller: seller(),
            offer: offer(),
            units: units.into_iter().collect(),
            orders: BTreeMap::new(),
            invoices: Vec::new(),
        }
    }

    pub fn of_account(discounts: Vec<Discount>) -> Self {
        let mut world = Self::started("2026-01-01", "2026-01-01");
        world.account.terms = Terms { discounts, ..Terms::default() };
        world
    }

    pub fn try_apply(&self, charges: Vec<Charge>) -> Result<Vec<TermedCharge>, TermsError> {
        let offers = BTreeMap::from([(self.offer.reference(), &self.offer)]);
        let sold = self.units.keys().map(|unit| (unit.clone(), self.offer.reference()));
        let agreement = Agreement {
            versions: if self.versions.is_empty() {
                std::slice::from_ref(&self.account)
            } else {
                &self.versions
            },
            sold: &sold.collect(),
            account: &self.account,
            seller: &self.seller,
            offers: &offers,
            units: &self.units,
            orders: &self.orders,
            renewal: None,
            invoices: &self.invoices,
            issued_on: read("2026-04-01"),
        };
        terms::apply(charges, agreement)
    }

    pub fn apply(&self, charges: Vec<Charge>) -> Vec<TermedCharge> {
        self.try_apply(charges).unwrap()
    }

    /// Applies and issues.
    pub fn bill(&mut self, charges: Vec<Charge>) -> Vec<TermedCharge> {
        let lines = self.apply(charges);
        let line = |(line, it): (u32, &TermedCharge)| InvoiceLine {
            line,
            section: Section::Subscriptions,
            charge: it.charge.clone(),
            effects: it.effects.clone(),
            account: None,
        };
        let lines_of = (1..).zip(&lines).map(line).collect();
        self.invoices.push(InvoiceIssued {
            number: read("INV-1"),
            seller: self.seller.clone(),
            account: self.account.clone(),
            issued_on: read("2026-04-01"),
            due_on: read("2026-05-01"),
            lines: lines_of,
            net: cents(0),
            taxes: Vec::new(),
            total: cents(0),
            prepaid: Vec::new(),
            paid_for: Vec::new(),
            threshold: None,
            group: None,
        });
        lines
    }
}

/// What each effect adds, line by line.
pub fn added(lines: &[TermedCharge]) -> Vec<Vec<i64>> {
    let of = |it: &TermedCharge| it.effects.iter().map(|it| it.amount.minor).collect();
    lines.iter().map(of).collect()
}

pub fn total(lines: &[TermedCharge]) -> i64 {
    added(lines).into_iter().flatten().sum()
}

/// `percent % of base: amount` of each effect of a line.
pub fn shown(line: &TermedCharge) -> Vec<String> {
    let of = |it: &TermEffect| {
        let percent =
            it.percent.map_or_else(|| "amount".to_owned(), |it: Percent| format!("{it} %"));
        format!("{percent} of {}: {}", it.base.amount_text(), it.amount.amount_text())
    };
    line.effects.iter().map(of).collect()
}

fn account() -> AccountRegistered {
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
        vat_rates: BTreeMap::from([("FR".to_owned(), read("20"))]),
        vat_on_debits: false,
        payment_days: 30,
        iban: None,
        indexes: BTreeMap::new(),
    }
}

fn offer() -> OfferPublished {
    OfferPublished {
        code: read("plan"),
        version: 1,
        effective_from: read("2026-01-01"),
        name: words("Plan"),
        currency: Currency::EUR,
        units: QuantityRule::ONE,
        start: StartPolicy { first_of: Vec::new(), not_before: None, deadline: None, test: None },
        proration: Proration::DaysHalfOpen,
        rounding: Rounding::default(),
        late_usage: LateUsage::BillDifference,
        return_window_days: None,
        stopped_days: StoppedDays::Credited,
        on_loss: facts::offer::AfterLoss::Ends,
        plans: Vec::new(),
        options: BTreeMap::new(),
        components: Vec::new(),
        terms: Terms::default(),
    }
}
