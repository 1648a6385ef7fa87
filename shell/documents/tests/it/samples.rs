//! Invoices to print: the first real one of the smart fleet, and the awkward ones.

use std::collections::BTreeMap;

use facts::charge::{
    Charge, ChargeKind, Computation, DayShare, Instalment, PoolUse, RatedUsage, Term, TierShare,
    UnitShare, UnitStart,
};
use facts::invoice::{InvoiceLine, Section, TaxTotal};
use facts::offer::{ComponentKind, Milestone, SupplyNature};
use facts::text::Language;
use facts::unit::StartEvidence;
use facts::{
    AccountRegistered, InvoiceIssued, OfferRef, OrderId, SellerPublished, Text, UnitId,
    account::PostalAddress,
};
use jiff::civil::{Date, date};
use kernel::{BillCycle, Currency, Exact, Money, Percent, Period, Quantity, Rounding, UnitPrice};
use serde_json::Value;

const FLEET: &str = include_str!("../data/invoice-2026-02-01.json");

/// Component, English name, French name.
const NAMES: [(&str, &str, &str); 9] = [
    ("hardware", "Vehicle tracker", "Traceur de véhicule"),
    ("hardware_instalment", "Vehicle tracker, by instalments", "Traceur de véhicule, échelonné"),
    ("setup_fee", "Set-up", "Mise en service"),
    ("service_standard", "Standard service", "Service standard"),
    ("service_premium", "Premium service", "Service premium"),
    ("data_mb", "Mobile data (MB)", "Données mobiles (Mo)"),
    ("api_calls", "API calls", "Appels d’API"),
    ("sms", "Text messages", "SMS"),
    ("engine_hours", "Engine hours", "Heures moteur"),
];

/// The first invoice of the smart fleet, 34 lines.
pub fn fleet() -> InvoiceIssued {
    let data: Value = serde_json::from_str(FLEET).unwrap();
    let mut charges: Vec<Charge> =
        data["lines"].as_array().unwrap().iter().map(|line| fleet_charge(line, &data)).collect();
    charges.sort_by_key(section_of);
    let invoice = invoice("INV-2026-000001", charges, Currency::EUR);
    assert_eq!(invoice.net.amount_text(), text(&data["net"]));
    assert_eq!(invoice.total.amount_text(), text(&data["total"]));
    invoice
}

/// A group with lines of its own that pays for two branches.
pub fn group() -> InvoiceIssued {
    let mut invoice = fleet();
    let branch = |account: &str, customer: &str| AccountRegistered {
        account: id(account),
        customer: customer.to_owned(),
        paid_by: Some(invoice.account.account.clone()),
        ..invoice.account.clone()
    };
    invoice.paid_for =
        vec![branch("ACC-NORD", "Translog Nord SARL"), branch("ACC-SUD", "Translog Sud SARL")];
    for (place, line) in invoice.lines.iter_mut().enumerate() {
        line.account = match place % 3 {
            0 => None,
            branch => Some(invoice.paid_for[branch - 1].account.clone()),
        };
    }
    invoice.lines.sort_by(|a, b| (&a.account, a.section).cmp(&(&b.account, b.section)));
    for (number, line) in (1..).zip(&mut invoice.lines) {
        line.line = number;
    }
    invoice
}

/// Nothing happened in the period.
pub fn empty() -> InvoiceIssued {
    invoice("INV-2026-000002", Vec::new(), Currency::EUR)
}

/// Only credits: the total is negative.
pub fn credits() -> InvoiceIssued {
    let mut returned = charge("hardware", ChargeKind::HardwareReturnCredit, "-1", "199.00", None);
    returned.nature = SupplyNature::Goods;
    returned.units = vec![id("U-022")];
    let mut service = charge(
        "service_standard",
        ChargeKind::ServiceCredit,
        "-10",
        "24.90",
        Some(DayShare { days: 13, period_days: 28 }),
    );
    service.period = Some(period("2026-02-16", "2026-03-01"));
    service.units = (1..=10).map(|n| id(&format!("U-{n:03}"))).collect();
    invoice("INV-2026-000003", vec![late_hours(), returned, service], Currency::EUR)
}

/// Long names, large amounts, 300 lines, three decimals, every kind of line and of evidence.
pub fn long() -> InvoiceIssued {
    let tnd = "TND".parse().unwrap();
    let mut charges: Vec<Charge> = (0..300).map(long_charge).collect();
    charges.push(late_hours());
    charges.sort_by_key(section_of);
    for charge in &mut charges {
        convert(charge, tnd);
    }
    let mut invoice = invoice("INV-INTERNATIONAL-DIVISION-2026-004711", charges, tnd);
    invoice.account.customer = "Société générale des transports exceptionnels et convois de \
        grande longueur du Nord, de l’Est et des pays limitrophes, établissement principal"
        .to_owned();
    invoice.account.address.lines = vec![
        "Zone industrielle des Trois-Fontaines-Saint-Exupéry, bâtiment administratif C".to_owned(),
        "À l’attention du service de la comptabilité fournisseurs, quatrième étage".to_owned(),
    ];
    invoice
}

/// The same prices in another currency, rounded to its decimals.
fn convert(charge: &mut Charge, currency: Currency) {
    let converted =
        |money: Money| Money::round(money.exact(), currency, Rounding::default()).unwrap();
    charge.computation = Computation {
        less: charge.computation.less.map(converted),
        ..computed(charge.computation.terms.clone(), currency)
    };
    charge.amount = charge.computation.rounded;
    if let Some(rated) = &mut charge.rated {
        rated.amount = charge.amount;
        rated.billed_before = converted(rated.billed_before);
        charge.amount = charge.amount.minus(rated.billed_before).unwrap();
    }
}

fn long_charge(index: u64) -> Charge {
    let days = Some(DayShare { days: 11, period_days: 28 });
    let mut charge = match index % 4 {
        0 => charge("hardware", ChargeKind::HardwareInstalment, "1", "5000000.00", None),
        1 | 2 => charge("service_premium", ChargeKind::ServiceCharge, "40", "34.90", days),
        _ => charge("service_standard", ChargeKind::ServiceCredit, "-40", "24.90", days),
    };
    charge.period = Some(period("2026-02-18", "2026-03-01"));
    charge.instalment = Some(Instalment { number: 3, count: 36, at_once: false });
    charge.units = (0..40).map(|n| id(&format!("UNIT-FLEET-NORTH-{index}-{n:05}"))).collect();
    if index.is_multiple_of(8) {
        charge.name = Text {
            en: "Refrigerated semi-trailer temperature, door and fuel monitoring bundle with \
                 satellite fallback, extended warranty and on-site replacement"
                .to_owned(),
            fr: "Ensemble de surveillance de température, de portes et de carburant pour \
                 semi-remorque frigorifique avec secours par satellite et remplacement sur site"
                .to_owned(),
        };
    }
    if index % 4 == 1 {
        charge.starts = evidences();
    }
    charge
}

fn evidences() -> Vec<UnitStart> {
    let start_at = "2026-02-18T00:00:00+01:00".parse().unwrap();
    let counted_from = "2026-01-19T13:52:19+01:00".parse().unwrap();
    let activated = StartEvidence::Activated {
        source: id("urn:devicecloud:eu-1"),
        id: id("act-00003"),
        serial: id("TRK-0483191"),
    };
    [
        activated,
        StartEvidence::Fallback { milestone: Milestone::Delivered, counted_from, days: 30 },
        StartEvidence::Shipped,
        StartEvidence::Delivered,
    ]
    .into_iter()
    .enumerate()
    .map(|(n, evidence)| UnitStart { unit: id(&format!("U-{n:03}")), start_at, evidence })
    .collect()
}

/// Hours that came late: the difference to what was billed.
fn late_hours() -> Charge {
    let mut charge = charge("engine_hours", ChargeKind::UsageAdjustment, "2471.66", "0.021", None);
    let before = Money::from_minor(5085, Currency::EUR);
    charge.period = Some(period("2026-01-01", "2026-02-01"));
    charge.unit_price = None;
    charge.rated = Some(RatedUsage {
        row: None,
        row_values: Vec::new(),
        symbol: Text { en: "h".to_owned(), fr: "h".to_owned() },
        quantity: charge.quantity,
        tiers: vec![TierShare {
            over: Quantity::ZERO,
            up_to: None,
            quantity: charge.quantity,
            unit_price: "0.021".parse().unwrap(),
            flat: None,
        }],
        amount: charge.amount,
        quantity_before: "2421.65".parse().unwrap(),
        billed_before: before,
        pool: None,
        by_unit: vec![UnitShare { unit: id("U-001"), quantity: charge.quantity, events: 1240 }],
        counted: None,
        events: None,
        limits: Vec::new(),
        peak_on: None,
        counters: Vec::new(),
        not_billed: None,
        evidence: None,
        contract: None,
    });
    charge.quantity = "50.01".parse().unwrap();
    charge.computation.less = Some(before);
    charge.amount = charge.amount.minus(before).unwrap();
    charge
}

/// The seller and the customer of the samples, with the charges and VAT of 20 %.
fn invoice(number: &str, charges: Vec<Charge>, currency: Currency) -> InvoiceIssued {
    let net = Money::sum(currency, charges.iter().map(|charge| charge.amount)).unwrap();
    let rate: Percent = "20".parse().unwrap();
    let exact = net.exact().times(rate.fraction().unwrap()).unwrap();
    let tax = Money::round(exact, currency, Rounding::default()).unwrap();
    let lines = charges.into_iter().zip(1..).map(|(charge, line)| InvoiceLine {
        line,
        section: section_of(&charge),
        charge,
        effects: Vec::new(),
        account: None,
    });
    InvoiceIssued {
        number: id(number),
        seller: seller(),
        account: account(currency),
        issued_on: date(2026, 2, 1),
        due_on: date(2026, 3, 3),
        lines: lines.collect(),
        net,
        taxes: vec![TaxTotal { rate, base: net, amount: tax }],
        total: net.plus(tax).unwrap(),
        prepaid: Vec::new(),
        paid_for: Vec::new(),
        threshold: None,
        group: None,
    }
}

fn seller() -> SellerPublished {
    SellerPublished {
        review: None,
        indexes: std::collections::BTreeMap::new(),
        code: id("NORDWIND"),
        version: 1,
        effective_from: date(2026, 1, 1),
        legal_name: "Nordwind Télématique SAS".to_owned(),
        address: address("18 rue des Forges", "59000", "Lille"),
        vat_id: "FR11123456782".to_owned(),
        registration: "123456782".to_owned(),
        zone: "Europe/Paris".parse().unwrap(),
        invoice_prefix: "INV-".to_owned(),
        vat_rates: BTreeMap::new(),
        vat_on_debits: false,
        payment_days: 30,
        iban: Some("FR7630006000011234567890189".to_owned()),
    }
}

fn account(currency: Currency) -> AccountRegistered {
    AccountRegistered {
        terms: facts::discount::Terms::default(),
        account: id("ACC-TRANSLOG"),
        version: 1,
        effective_from: date(2026, 1, 1),
        customer: "Translog SAS".to_owned(),
        address: address("4 quai de la Marne", "75019", "Paris"),
        vat_id: Some("FR14987654324".to_owned()),
        seller: id("NORDWIND"),
        currency,
        zone: "Europe/Paris".parse().unwrap(),
        bill_cycle: BillCycle::new(1).unwrap().into(),
        language: Language::Fr,
        review: None,
        paid_by: None,
        threshold: None,
        attributes: BTreeMap::new(),
    }
}

fn address(line: &str, postal_code: &str, city: &str) -> PostalAddress {
    PostalAddress {
        lines: vec![line.to_owned()],
        postal_code: postal_code.to_owned(),
        city: city.to_owned(),
        country: "FR".to_owned(),
    }
}

fn section_of(charge: &Charge) -> Section {
    match charge.kind {
        ChargeKind::HardwareSale | ChargeKind::HardwareInstalment => Section::Hardware,
        ChargeKind::ServiceCharge => Section::Subscriptions,
        ChargeKind::UsageCharge
        | ChargeKind::UsageAdjustment
        | ChargeKind::UsageRecharge
        | ChargeKind::UsageWriteOff
        | ChargeKind::UsageShadow => Section::Usage,
        ChargeKind::OrderFee | ChargeKind::LossFee | ChargeKind::StateFee => Section::Fees,
        ChargeKind::UsageCredit
        | ChargeKind::HardwareReturnCredit
        | ChargeKind::HardwareInstalmentCredit
        | ChargeKind::ServiceCredit
        | ChargeKind::StateFeeCredit => Section::Credits,
        ChargeKind::CommitmentTrueUp => Section::Commitments,
    }
}

/// A charge of one term.
fn charge(
    component: &str,
    kind: ChargeKind,
    quantity: &str,
    price: &str,
    days: Option<DayShare>,
) -> Charge {
    let (_, en, fr) = NAMES.iter().find(|(code, ..)| *code == component).unwrap();
    let unit_price: UnitPrice = price.parse().unwrap();
    let quantity: Quantity = quantity.parse().unwrap();
    let computation = computed(
        vec![Term { quantity, unit_price, days, part: None, percent: None }],
        Currency::EUR,
    );
    let goods = component.starts_with("hardware");
    Charge {
        offer: OfferRef { code: id("SMART-FLEET"), version: 1 },
        component: id(component),
        name: Text { en: (*en).to_owned(), fr: (*fr).to_owned() },
        component_kind: if goods { ComponentKind::Hardware } else { ComponentKind::Service },
        nature: if goods { SupplyNature::Goods } else { SupplyNature::Services },
        kind,
        period: None,
        quantity,
        unit_price: Some(unit_price),
        instalment: None,
        days,
        rated: None,
        ordered: None,
        units: Vec::new(),
        orders: Vec::new(),
        starts: Vec::new(),
        commitment: None,
        device: facts::device::DeviceDetail::default(),
        group: None,
        amount: computation.rounded,
        computation,
    }
}

fn computed(terms: Vec<Term>, currency: Currency) -> Computation {
    let exact = terms
        .iter()
        .map(|term| term.exact().unwrap())
        .fold(Exact::ZERO, |sum, term| sum.plus(term).unwrap());
    let rounding = Rounding::default();
    let rounded = Money::round(exact, currency, rounding).unwrap();
    Computation { terms, exact: exact.to_string(), rounding, rounded, less: None }
}

/// A line of the data set. It must come to the amount that the data set expects.
fn fleet_charge(line: &Value, data: &Value) -> Charge {
    let kind = serde_json::from_value(line["description_key"].clone()).unwrap();
    let days = line["days"]
        .as_i64()
        .map(|days| DayShare { days, period_days: line["period_days"].as_i64().unwrap() });
    let price = line["unit_price"].as_str().unwrap_or("0");
    let mut charge = charge(text(&line["component"]), kind, text(&line["quantity"]), price, days);
    charge.period = line["period_from"].as_str().map(|from| period(from, text(&line["period_to"])));
    charge.instalment = number(&line["instalment"]).map(|part| Instalment {
        number: part,
        count: number(&line["instalments"]).unwrap(),
        at_once: false,
    });
    charge.units = texts(&line["units"]).map(id).collect();
    charge.orders = texts(&line["orders"]).map(|order| OrderId::new(order).unwrap()).collect();
    if kind == ChargeKind::ServiceCharge && line["period_from"] != "2026-02-01" {
        charge.starts = starts(data, &charge.units);
    }
    if line["rated_quantity"].is_string() {
        rate(&mut charge, line, data);
    }
    assert_eq!(charge.amount.amount_text(), text(&line["amount"]), "{line}");
    charge
}

fn rate(charge: &mut Charge, line: &Value, data: &Value) {
    let tiers: Vec<TierShare> = serde_json::from_value(line["tiers"].clone()).unwrap();
    charge.component_kind = ComponentKind::Usage;
    charge.unit_price = None;
    charge.computation = computed(
        tiers
            .iter()
            .map(|tier| Term {
                quantity: tier.quantity,
                unit_price: tier.unit_price,
                days: None,
                part: None,
                percent: None,
            })
            .collect(),
        Currency::EUR,
    );
    charge.amount = charge.computation.rounded;
    charge.rated = Some(RatedUsage {
        row: line["row"].as_str().map(id),
        row_values: vec!["tracker-4g".to_owned(), "FR".to_owned(), "peak".to_owned()],
        symbol: Text { en: String::new(), fr: String::new() },
        quantity: charge.quantity,
        tiers,
        amount: charge.amount,
        quantity_before: Quantity::ZERO,
        billed_before: Money::zero(Currency::EUR),
        pool: line["active_units"].as_u64().map(|active_units| PoolUse {
            active_units,
            allowance: Quantity::from_count(line["pool"].as_u64().unwrap()),
            ..PoolUse::default()
        }),
        by_unit: shares(line, data),
        counted: None,
        events: None,
        limits: Vec::new(),
        peak_on: None,
        counters: Vec::new(),
        not_billed: None,
        evidence: None,
        contract: None,
    });
    let by_unit = &charge.rated.as_ref().unwrap().by_unit;
    charge.units = by_unit.iter().map(|share| share.unit.clone()).collect();
}

fn shares(line: &Value, data: &Value) -> Vec<UnitShare> {
    let of_line = data["usage_by_unit"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|share| share["meter"] == line["component"] && share["row"] == line["row"]);
    of_line
        .map(|share| UnitShare {
            unit: id(text(&share["unit"])),
            quantity: text(&share["quantity"]).parse().unwrap(),
            events: share["events"].as_i64().unwrap(),
        })
        .collect()
}

fn starts(data: &Value, units: &[UnitId]) -> Vec<UnitStart> {
    let starts = data["starts"].as_array().unwrap().iter();
    let of_units = starts.filter(|start| units.contains(&id(text(&start["unit"]))));
    of_units
        .map(|start| UnitStart {
            unit: id(text(&start["unit"])),
            start_at: text(&start["start_at"]).parse().unwrap(),
            evidence: StartEvidence::Activated {
                source: id(text(&start["source"])),
                id: id(text(&start["signal"])),
                serial: id(text(&start["serial"])),
            },
        })
        .collect()
}

fn period(from: &str, to: &str) -> Period {
    let day = |text: &str| text.parse::<Date>().unwrap();
    Period::new(day(from), day(to)).unwrap()
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().map(text)
}

fn number(value: &Value) -> Option<u16> {
    value.as_u64().map(|number| u16::try_from(number).unwrap())
}
