//! A seller, an account, and one charge of each kind for unit U-001, delivered on 12 January and
//! started on 14 January, on the invoice of 1 February 2026.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::str::FromStr;

use facts::account::PostalAddress;
use facts::charge::{Computation, DayShare, Instalment, RatedUsage, Term};
use facts::offer::{ComponentKind, SupplyNature};
use facts::text::Language;
use facts::unit::{ServiceStart, StartEvidence, Timeline};
use facts::{AccountRegistered, Charge, ChargeKind, OfferRef, SellerPublished, Text, UnitId};
use jiff::civil::{Date, date};
use kernel::{BillCycle, Currency, Money, Period, Quantity, Rounding};

pub const ISSUED_ON: Date = date(2026, 2, 1);

/// Reads a value of the test's own making.
pub fn read<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("a value written in a test")
}

pub fn text(words: &str) -> Text {
    Text { en: words.to_owned(), fr: words.to_owned() }
}

pub fn euros(text: &str) -> Money {
    let minor = text.replace('.', "").parse().expect("an amount with two decimals");
    Money::from_minor(minor, Currency::EUR)
}

pub fn period(from: Date, to: Date) -> Period {
    Period::new(from, to).expect("a period")
}

fn address() -> PostalAddress {
    PostalAddress {
        lines: vec!["1 rue de l'Exemple".to_owned()],
        postal_code: "75002".to_owned(),
        city: "Paris".to_owned(),
        country: "FR".to_owned(),
    }
}

pub fn seller() -> SellerPublished {
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
        vat_rates: [("FR", "20"), ("BE", "21"), ("CH", "0"), ("XX", "5.5")]
            .map(|(country, rate)| (country.to_owned(), read(rate)))
            .into(),
        vat_on_debits: false,
        payment_days: 30,
        iban: None,
    }
}

pub fn account() -> AccountRegistered {
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

/// A charge whose amount is the rounded `quantity × price × share of days`.
fn charge(kind: ChargeKind, of: (&str, ComponentKind), term: Term) -> Charge {
    let exact = term.exact().expect("a small term");
    let mode = Rounding::HalfAwayFromZero;
    let amount = Money::round(exact, Currency::EUR, mode).expect("a small amount");
    Charge {
        offer: OfferRef { code: read("smart-fleet"), version: 1 },
        component: read(of.0),
        name: text(of.0),
        component_kind: of.1,
        nature: SupplyNature::Services,
        kind,
        period: None,
        quantity: term.quantity,
        unit_price: Some(term.unit_price),
        instalment: None,
        days: term.days,
        rated: None,
        ordered: None,
        units: vec![read("U-001")],
        orders: Vec::new(),
        starts: Vec::new(),
        commitment: None,
        device: facts::device::DeviceDetail::default(),
        group: None,
        computation: Computation {
            exact: exact.to_string(),
            terms: vec![term],
            rounding: mode,
            rounded: amount,
            less: None,
        },
        amount,
    }
}

fn term(quantity: &str, price: &str) -> Term {
    Term {
        quantity: read(quantity),
        unit_price: read(price),
        days: None,
        part: None,
        percent: None,
    }
}

/// A fee of any amount.
pub fn amount(of: &str) -> Charge {
    let fee = ("setup_fee", ComponentKind::Fee);
    let charge = charge(ChargeKind::OrderFee, fee, term(of, "1"));
    Charge { units: Vec::new(), orders: vec![read("ORD-1001")], ..charge }
}

pub fn sale() -> Charge {
    charge(ChargeKind::HardwareSale, ("hardware", ComponentKind::Hardware), term("1", "199.00"))
}

pub fn return_credit() -> Charge {
    let hardware = ("hardware", ComponentKind::Hardware);
    charge(ChargeKind::HardwareReturnCredit, hardware, term("-1", "199.00"))
}

pub fn instalment(number: u16) -> Charge {
    let part = ("hardware_instalment", ComponentKind::Hardware);
    let charge = charge(ChargeKind::HardwareInstalment, part, term("1", "17.50"));
    Charge { instalment: Some(Instalment { number, count: 12, at_once: false }), ..charge }
}

pub fn instalment_credit(number: u16) -> Charge {
    let part = ("hardware_instalment", ComponentKind::Hardware);
    let charge = charge(ChargeKind::HardwareInstalmentCredit, part, term("-1", "17.50"));
    Charge { instalment: Some(Instalment { number, count: 12, at_once: false }), ..charge }
}

pub fn fee() -> Charge {
    amount("49.00")
}

fn service_of(kind: ChargeKind, quantity: &str, days: Period) -> Charge {
    let month = days.from().days_in_month();
    let share = DayShare { days: days.days(), period_days: month.into() };
    let term = Term { days: Some(share), ..term(quantity, "24.90") };
    let charge = charge(kind, ("service_standard", ComponentKind::Service), term);
    Charge { period: Some(days), ..charge }
}

pub fn service(from: Date, to: Date) -> Charge {
    service_of(ChargeKind::ServiceCharge, "1", period(from, to))
}

pub fn service_credit(from: Date, to: Date) -> Charge {
    service_of(ChargeKind::ServiceCredit, "-1", period(from, to))
}

/// Messages of January, of which so many are charged.
pub fn usage(kind: ChargeKind, row: Option<&str>, quantity: &str) -> Charge {
    let charge = charge(kind, ("sms", ComponentKind::Usage), term(quantity, "0.05"));
    let zero = Money::zero(Currency::EUR);
    let rated = RatedUsage {
        row: row.map(read),
        row_values: Vec::new(),
        symbol: text(""),
        quantity: charge.quantity,
        tiers: Vec::new(),
        amount: charge.amount,
        quantity_before: Quantity::ZERO,
        billed_before: zero,
        pool: None,
        by_unit: Vec::new(),
        counted: None,
        events: None,
        limits: Vec::new(),
        peak_on: None,
        counters: Vec::new(),
        not_billed: None,
        evidence: None,
        contract: None,
    };
    let january = period(date(2026, 1, 1), ISSUED_ON);
    Charge { period: Some(january), rated: Some(rated), ..charge }
}

/// One of each that the first invoice can bill.
pub fn first_charges() -> Vec<Charge> {
    vec![
        fee(),
        usage(ChargeKind::UsageCharge, Some("R02"), "10"),
        usage(ChargeKind::UsageCharge, Some("R01"), "455"),
        service(date(2026, 2, 1), date(2026, 3, 1)),
        service(date(2026, 1, 14), date(2026, 2, 1)),
        instalment(2),
        instalment(1),
        sale(),
    ]
}

/// What is known about U-001.
pub fn timelines() -> BTreeMap<UnitId, Timeline> {
    let timeline = Timeline {
        shipped_at: Some(read("2026-01-08T16:01:00Z")),
        delivered_at: Some(read("2026-01-12T14:48:03Z")),
        start: Some(ServiceStart {
            start_at: read("2026-01-14T09:00:00Z"),
            evidence: StartEvidence::Delivered,
        }),
        ..Timeline::default()
    };
    BTreeMap::from([(read("U-001"), timeline)])
}
