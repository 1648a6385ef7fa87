//! What is sold in the small world: one offer with every kind of price.

use std::collections::{BTreeMap, BTreeSet};

use facts::account::PostalAddress;
use facts::meter::{Field, Measure, Mediation};
use facts::offer::{
    ChargeRule, Component, ComponentKind, LateUsage, Milestone, OptionValue, Proration,
    QuantityRule, StartPolicy, StartTrigger, StoppedDays, SupplyNature, Timing,
};
use facts::order::{OrderLine, OrderedUnit};
use facts::price::{
    Condition, Dimension, DimensionSource, Model, Pool, PriceRow, PriceTable, Tier, TierCounter,
    TierMode, TimeBand, TimeBands, UsagePrice,
};
use facts::text::Language;
use facts::{
    AccountRegistered, Fact, FulfilmentSpecPublished, MeterPublished, OfferPublished,
    OrderAccepted, SellerPublished, Text,
};
use kernel::{BillCycle, Currency, Rounding};

use crate::world::{day, read};

/// The signal that activates a tracker.
pub const ACTIVATION: &str = "activated.v1";

pub fn text(text: &str) -> Text {
    Text { en: text.to_owned(), fr: text.to_owned() }
}

fn address() -> PostalAddress {
    PostalAddress {
        lines: vec!["1 rue du Port".to_owned()],
        postal_code: "44000".to_owned(),
        city: "Nantes".to_owned(),
        country: "FR".to_owned(),
    }
}

pub fn seller() -> SellerPublished {
    SellerPublished {
        review: None,
        indexes: std::collections::BTreeMap::new(),
        code: read("S"),
        version: 1,
        effective_from: day("2026-01-01"),
        legal_name: "Seller SAS".to_owned(),
        address: address(),
        vat_id: "FR00".to_owned(),
        registration: "123".to_owned(),
        zone: read("Europe/Paris"),
        invoice_prefix: "INV-".to_owned(),
        vat_rates: BTreeMap::from([("FR".to_owned(), read("20"))]),
        vat_on_debits: true,
        payment_days: 30,
        iban: None,
    }
}

pub fn account() -> AccountRegistered {
    AccountRegistered {
        terms: facts::discount::Terms::default(),
        account: read("A"),
        version: 1,
        effective_from: day("2026-01-01"),
        customer: "Customer".to_owned(),
        address: address(),
        vat_id: None,
        seller: read("S"),
        currency: Currency::EUR,
        zone: read("Europe/Paris"),
        bill_cycle: BillCycle::new(1).unwrap().into(),
        language: Language::En,
        review: None,
        paid_by: None,
        threshold: None,
        attributes: BTreeMap::new(),
    }
}

pub fn meter(code: &str, measure: Measure) -> Fact {
    Fact::MeterPublished(MeterPublished {
        code: read(code),
        version: 1,
        effective_from: day("2026-01-01"),
        name: text(code),
        symbol: text(code),
        event_type: format!("{code}.v1"),
        measure,
        dimensions: vec!["region".to_owned()],
        mediation: Mediation::default(),
    })
}

fn scale(mode: TierMode, tiers: &[(Option<&str>, &str)]) -> Model {
    let tier = |(up_to, price): &(Option<&str>, &str)| Tier {
        up_to: up_to.map(read),
        unit_price: read(price),
        flat: None,
    };
    Model::of_tiers(mode, tiers.iter().map(tier).collect())
}

/// France by day has tiers; the rest has one price.
fn table() -> PriceTable {
    let one = |value: &str| Condition::OneOf(BTreeSet::from([value.to_owned()]));
    let bands = TimeBands {
        bands: vec![TimeBand {
            name: "peak".to_owned(),
            from: read("07:00:00"),
            to: read("19:00:00"),
            ..TimeBand::default()
        }],
        otherwise: "off-peak".to_owned(),
        ..TimeBands::default()
    };
    let dimension = |name: &str, source| Dimension { name: name.to_owned(), source };
    PriceTable {
        dimensions: vec![
            dimension("type", DimensionSource::Unit("device_type".to_owned())),
            dimension("region", DimensionSource::Event("region".to_owned())),
            dimension("band", DimensionSource::TimeBand(bands)),
        ],
        rows: vec![
            PriceRow {
                code: read("R1"),
                conditions: vec![one("tracker"), one("FR"), one("peak")],
                is_default: false,
                priority: 0,
                from: None,
                until: None,
                model: scale(TierMode::Graduated, &[(Some("80"), "0.02"), (None, "0.01")]),
            },
            PriceRow {
                code: read("R9"),
                conditions: vec![Condition::Any, Condition::Any, Condition::Any],
                is_default: true,
                priority: 0,
                from: None,
                until: None,
                model: scale(TierMode::Graduated, &[(None, "0.05")]),
            },
        ],
    }
}

fn component(code: &str, kind: ComponentKind, charge: ChargeRule) -> Component {
    let nature = match kind {
        ComponentKind::Hardware => SupplyNature::Goods,
        _ => SupplyNature::Services,
    };
    Component {
        code: read(code),
        name: text(code),
        kind,
        nature,
        charge,
        quantity: QuantityRule::ONE,
        optional: false,
        only_if: None,
        fulfilment: None,
        device: facts::device::DeviceTerms::default(),
    }
}

fn hardware(code: &str, payment: &str, charge: ChargeRule) -> Component {
    Component {
        only_if: Some(OptionValue { option: "payment".to_owned(), value: payment.to_owned() }),
        fulfilment: Some(read("tracker")),
        ..component(code, ComponentKind::Hardware, charge)
    }
}

fn plan(plan: &str, price: &str) -> Component {
    let charge = ChargeRule::Recurring {
        price: facts::price::OrderedPrice::Each(read(price)),
        timing: Timing::InAdvance,
        plan: Some(read(plan)),
        every: None,
        state: facts::device::ServiceState::Active,
    };
    component(plan, ComponentKind::Service, charge)
}

fn usage(meter: &str, price: UsagePrice) -> Component {
    let counter = TierCounter::default();
    let charge = ChargeRule::Usage { meter: read(meter), price, counter, shadow: None };
    component(meter, ComponentKind::Usage, charge)
}

fn components() -> Vec<Component> {
    let pool = Pool::dynamic(read("1"), read("0.05"));
    let hours = scale(TierMode::Volume, &[(Some("5"), "0.02"), (None, "0.01")]);
    vec![
        hardware(
            "device",
            "upfront",
            ChargeRule::OnceDelivered {
                price: facts::price::OrderedPrice::Each(read("199")),
                at: facts::offer::Milestone::Delivered,
            },
        ),
        hardware(
            "part",
            "parts",
            ChargeRule::Instalments {
                price: facts::price::OrderedPrice::Each(read("17.5")),
                count: 3,
                deposit: None,
                on_end: facts::offer::OpenParts::GoOn,
                at: facts::offer::Milestone::Delivered,
            },
        ),
        component(
            "setup",
            ComponentKind::Fee,
            ChargeRule::OncePerOrder { price: facts::price::OrderedPrice::Each(read("49")) },
        ),
        plan("standard", "24.90"),
        plan("premium", "34.90"),
        usage("data", UsagePrice::Table(table())),
        usage("sms", UsagePrice::Pool(pool)),
        usage("hours", UsagePrice::Model(hours)),
    ]
}

fn offer() -> Fact {
    Fact::OfferPublished(OfferPublished {
        terms: facts::discount::Terms::default(),
        code: read("fleet"),
        version: 1,
        effective_from: day("2026-01-01"),
        name: text("Fleet"),
        currency: Currency::EUR,
        units: QuantityRule { min: 1, default: 1, max: 9 },
        start: StartPolicy {
            first_of: vec![
                StartTrigger::Activated,
                StartTrigger::DaysAfter { milestone: Milestone::Delivered, days: 30 },
            ],
            not_before: Some(Milestone::Delivered),
            deadline: None,
            test: None,
        },
        proration: Proration::DaysHalfOpen,
        rounding: Rounding::HalfAwayFromZero,
        late_usage: LateUsage::BillDifference,
        return_window_days: Some(60),
        stopped_days: StoppedDays::Credited,
        on_loss: facts::offer::AfterLoss::Ends,
        plans: vec![read("standard"), read("premium")],
        options: BTreeMap::from([(
            "payment".to_owned(),
            vec!["upfront".to_owned(), "parts".to_owned()],
        )]),
        components: components(),
    })
}

pub fn order_line(line: &str, payment: &str, hardware: &str, units: &[&str]) -> OrderLine {
    let codes = [hardware, "setup", "standard", "premium", "data", "sms", "hours"];
    let unit = |unit: &&str| OrderedUnit {
        unit: read(unit),
        attributes: BTreeMap::from([("device_type".to_owned(), "tracker".to_owned())]),
        zone: read("Europe/Paris"),
        after: None,
    };
    OrderLine {
        line: read(line),
        offer: read_offer(),
        options: BTreeMap::from([("payment".to_owned(), payment.to_owned())]),
        components: codes.into_iter().map(|code| (read(code), 1)).collect(),
        units: units.iter().map(unit).collect(),
        overrides: BTreeMap::new(),
        takes_over: None,
        term: None,
        invoice: None,
    }
}

pub fn read_offer() -> facts::OfferRef {
    facts::OfferRef { code: read("fleet"), version: 1 }
}

/// Everything that was agreed on: U1 and U2 paid at once, U3 by parts.
pub fn agreed() -> Vec<Fact> {
    let field = |name: &str| Field { name: name.to_owned(), decimals_max: 3 };
    vec![
        Fact::SellerPublished(seller()),
        Fact::AccountRegistered(account()),
        meter("data", Measure::Sum(field("mb"))),
        meter("sms", Measure::Count),
        meter("hours", Measure::Counter(field("hours"))),
        Fact::FulfilmentSpecPublished(FulfilmentSpecPublished {
            code: read("tracker"),
            version: 1,
            effective_from: day("2026-01-01"),
            name: text("Tracker"),
            skus: vec!["T1".to_owned()],
            provisioning: Vec::new(),
            activation_signal: Some(ACTIVATION.to_owned()),
        }),
        offer(),
        Fact::OrderAccepted(OrderAccepted {
            order: read("O1"),
            account: read("A"),
            ordered_on: day("2026-01-05"),
            lines: vec![
                order_line("L1", "upfront", "device", &["U1", "U2"]),
                order_line("L2", "parts", "part", &["U3"]),
            ],
        }),
    ]
}
