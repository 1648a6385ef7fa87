//! Invoices of 1 February 2026 at 20 % VAT, from a few words about each line.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::str::FromStr;

use facts::account::PostalAddress;
use facts::charge::Computation;
use facts::invoice::{InvoiceLine, Section, TaxTotal};
use facts::offer::{ComponentKind, SupplyNature};
use facts::posting::{Book, EntryPosted};
use facts::text::Language;
use facts::{
    AccountRegistered, Charge, ChargeKind, InvoiceIssued, OfferRef, SellerPublished, Text,
};
use jiff::civil::{Date, date};
use kernel::{BillCycle, Currency, Money, Period, Quantity, Rounding};
use ledger::post;

pub const ISSUED_ON: Date = date(2026, 2, 1);

/// Reads a value of the test's own making.
pub fn read<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("a value written in a test")
}

pub const fn cents(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR)
}

/// What a line is, and its amount in cents.
#[derive(Debug, Clone, Copy)]
pub enum Of {
    /// A device, or its return.
    Device(i64),
    /// Service of January.
    Past(i64),
    /// Service of February.
    Ahead(i64),
    /// Service from 14 January to 14 February: 18 of its 31 days are past.
    Across(i64),
    /// Usage of January.
    Usage(i64),
    /// An order fee.
    Fee(i64),
}

impl Of {
    fn parts(self) -> (ComponentKind, SupplyNature, Option<Period>, i64) {
        use SupplyNature::{Goods, Services};
        let days = |from, to| Period::new(from, to).ok();
        let january = days(date(2026, 1, 14), ISSUED_ON);
        match self {
            Self::Device(amount) => (ComponentKind::Hardware, Goods, None, amount),
            Self::Past(amount) => (ComponentKind::Service, Services, january, amount),
            Self::Ahead(amount) => {
                let february = days(ISSUED_ON, date(2026, 3, 1));
                (ComponentKind::Service, Services, february, amount)
            }
            Self::Across(amount) => {
                let across = days(date(2026, 1, 14), date(2026, 2, 14));
                (ComponentKind::Service, Services, across, amount)
            }
            Self::Usage(amount) => (ComponentKind::Usage, Services, january, amount),
            Self::Fee(amount) => (ComponentKind::Fee, Services, None, amount),
        }
    }

    fn charge(self) -> Charge {
        let (component_kind, nature, period, amount) = self.parts();
        Charge {
            offer: OfferRef { code: read("smart-fleet"), version: 1 },
            component: read("any"),
            name: Text { en: "Any".to_owned(), fr: "Tout".to_owned() },
            component_kind,
            nature,
            kind: ChargeKind::ServiceCharge,
            period,
            quantity: Quantity::ONE,
            unit_price: None,
            instalment: None,
            days: None,
            rated: None,
            ordered: None,
            units: Vec::new(),
            orders: Vec::new(),
            starts: Vec::new(),
            commitment: None,
            device: facts::device::DeviceDetail::default(),
            group: None,
            computation: Computation {
                terms: Vec::new(),
                exact: String::new(),
                rounding: Rounding::HalfAwayFromZero,
                rounded: cents(amount),
                less: None,
            },
            amount: cents(amount),
        }
    }
}

fn address() -> PostalAddress {
    PostalAddress {
        lines: vec!["1 rue de l'Exemple".to_owned()],
        postal_code: "75002".to_owned(),
        city: "Paris".to_owned(),
        country: "FR".to_owned(),
    }
}

fn seller() -> SellerPublished {
    SellerPublished {
        review: None,
        indexes: std::collections::BTreeMap::new(),
        code: read("us"),
        version: 1,
        effective_from: date(2026, 1, 1),
        legal_name: "Us SAS".to_owned(),
        address: address(),
        vat_id: "FR66000000018".to_owned(),
        registration: "000000018".to_owned(),
        zone: read("Europe/Paris"),
        invoice_prefix: "INV-".to_owned(),
        vat_rates: BTreeMap::from([("FR".to_owned(), read("20"))]),
        vat_on_debits: false,
        payment_days: 30,
        iban: None,
    }
}

fn account() -> AccountRegistered {
    AccountRegistered {
        terms: facts::discount::Terms::default(),
        account: read("ACC-TRANSLOG"),
        version: 1,
        effective_from: date(2026, 1, 1),
        customer: "Translog SAS".to_owned(),
        address: address(),
        vat_id: None,
        seller: read("us"),
        currency: Currency::EUR,
        zone: read("Europe/Paris"),
        bill_cycle: BillCycle::new(1).expect("a day of the month").into(),
        language: Language::Fr,
        review: None,
        paid_by: None,
        threshold: None,
        attributes: BTreeMap::new(),
    }
}

/// The invoice of these lines, with its tax rounded once on the whole net.
pub fn invoice(lines: &[Of]) -> InvoiceIssued {
    let charges = lines.iter().map(|line| line.charge());
    let lines: Vec<_> = (1..)
        .zip(charges)
        .map(|(line, charge)| InvoiceLine {
            line,
            section: Section::Hardware,
            charge,
            effects: Vec::new(),
            account: None,
        })
        .collect();
    let net = Money::sum(Currency::EUR, lines.iter().map(|line| line.charge.amount));
    let net = net.expect("a small sum");
    let rate: kernel::Percent = read("20");
    let exact = net.exact().times(rate.fraction().expect("a rate")).expect("a small amount");
    let tax = Money::round(exact, Currency::EUR, Rounding::HalfAwayFromZero).expect("as small");
    InvoiceIssued {
        number: read("INV-2026-000001"),
        seller: seller(),
        account: account(),
        issued_on: ISSUED_ON,
        due_on: date(2026, 3, 3),
        lines,
        net,
        taxes: vec![TaxTotal { rate, base: net, amount: tax }],
        total: net.plus(tax).expect("a small total"),
        prepaid: Vec::new(),
        paid_for: Vec::new(),
        threshold: None,
        group: None,
    }
}

/// The entry in one of the books.
pub fn entry(book: Book, invoice: &InvoiceIssued) -> EntryPosted {
    let entries = post(invoice).expect("a sound invoice");
    entries.into_iter().find(|it| it.book == book).expect("an entry in every book")
}

/// `account debit` or `account -credit`, in cents.
pub fn shown(entry: &EntryPosted) -> Vec<String> {
    let signed = |debit: i64, credit: i64| debit - credit;
    let lines = entry.lines.iter();
    lines.map(|it| format!("{} {}", it.account, signed(it.debit, it.credit))).collect()
}

pub fn posted(book: Book, lines: &[Of]) -> Vec<String> {
    shown(&entry(book, &invoice(lines)))
}
