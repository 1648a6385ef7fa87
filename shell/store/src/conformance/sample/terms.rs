//! What the parties agreed on.

use std::collections::{BTreeMap, BTreeSet};

use ::facts::PayerNamed;
use ::facts::account::PostalAddress;
use ::facts::meter::{Field, Measure, Mediation};
use ::facts::offer::{
    ChargeRule, Component, ComponentKind, LateUsage, Milestone, OptionValue, Proration,
    QuantityRule, Shadow, StartPolicy, StartTrigger, StoppedDays, SupplyNature, Timing,
};
use ::facts::price::{
    Condition, Dimension, DimensionSource, Model, Pool, PriceRow, PriceTable, Tier, TierCounter,
    TierMode, TimeBand, TimeBands, UsagePrice,
};
use ::facts::text::Language;
use ::facts::{
    AccountRegistered, Fact, FulfilmentSpecPublished, MeterPublished, OfferPublished,
    SellerPublished, Text,
};
use kernel::{Currency, Money, Rounding};

use crate::conformance::read;

pub fn facts() -> Vec<Fact> {
    let meters = meters().map(Fact::MeterPublished);
    let offers = offers().map(Fact::OfferPublished);
    let accounts = accounts().map(Fact::AccountRegistered);
    let mut facts = vec![Fact::SellerPublished(seller())];
    facts.extend(meters);
    facts.push(Fact::FulfilmentSpecPublished(spec()));
    facts.extend(offers);
    facts.extend(accounts);
    facts.push(Fact::PayerNamed(PayerNamed {
        payer: read("ACC-1"),
        account: read("ACC-2"),
        from: read("2026-01-01"),
    }));
    facts
}

pub fn text(en: &str, fr: &str) -> Text {
    Text { en: en.to_owned(), fr: fr.to_owned() }
}

fn address() -> PostalAddress {
    PostalAddress {
        lines: vec!["12 rue de la Paix".to_owned(), "Bâtiment B".to_owned()],
        postal_code: "75002".to_owned(),
        city: "Paris".to_owned(),
        country: "FR".to_owned(),
    }
}

pub fn seller() -> SellerPublished {
    SellerPublished {
        review: None,
        indexes: std::collections::BTreeMap::new(),
        code: read("FR01"),
        version: 1,
        effective_from: read("2026-01-01"),
        legal_name: "Tabouret SAS".to_owned(),
        address: address(),
        vat_id: "FR12345678901".to_owned(),
        registration: "123 456 789".to_owned(),
        zone: read("Europe/Paris"),
        invoice_prefix: "INV-".to_owned(),
        vat_rates: BTreeMap::from([
            ("BE".to_owned(), read("0")),
            ("FR".to_owned(), read("20")),
            ("MC".to_owned(), read("5.5")),
        ]),
        vat_on_debits: true,
        payment_days: 30,
        iban: Some("FR7630006000011234567890189".to_owned()),
    }
}

fn meters() -> [MeterPublished; 3] {
    let meter = |code: &str, measure, dimensions: &[&str]| MeterPublished {
        code: read(code),
        version: 1,
        effective_from: read("2026-01-01"),
        name: text("Data", "Données"),
        symbol: text("MB", "Mo"),
        event_type: format!("com.example.{code}"),
        measure,
        dimensions: dimensions.iter().map(|name| (*name).to_owned()).collect(),
        mediation: Mediation::default(),
    };
    let field = |name: &str, decimals_max| Field { name: name.to_owned(), decimals_max };
    [
        meter("calls", Measure::Count, &[]),
        meter("data", Measure::Sum(field("megabytes", 3)), &["region", "network"]),
        meter("hours", Measure::Counter(field("engine_hours", 2)), &[]),
    ]
}

fn spec() -> FulfilmentSpecPublished {
    FulfilmentSpecPublished {
        code: read("tracker-box"),
        version: 2,
        effective_from: read("2026-01-01"),
        name: text("Tracker in a box", "Traceur en boîte"),
        skus: vec!["TRK-9".to_owned(), "SIM-1".to_owned()],
        provisioning: vec!["activate the SIM".to_owned()],
        activation_signal: Some("com.example.activated".to_owned()),
    }
}

/// Two offers that together make use of every rule.
pub fn offers() -> [OfferPublished; 3] {
    let whole = OfferPublished {
        terms: facts::discount::Terms::default(),
        code: read("fleet"),
        version: 1,
        effective_from: read("2026-01-01"),
        name: text("Smart fleet", "Flotte connectée"),
        currency: Currency::EUR,
        units: QuantityRule { min: 1, default: 1, max: 500 },
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
        return_window_days: Some(14),
        stopped_days: StoppedDays::Credited,
        on_loss: ::facts::offer::AfterLoss::Ends,
        plans: vec![read("standard"), read("premium")],
        options: BTreeMap::from([(
            "payment".to_owned(),
            vec!["upfront".to_owned(), "instalments".to_owned()],
        )]),
        components: components(),
    };
    let small = OfferPublished {
        terms: facts::discount::Terms::default(),
        version: 2,
        effective_from: read("2026-07-01"),
        units: QuantityRule::ONE,
        start: StartPolicy {
            first_of: vec![StartTrigger::At(Milestone::Shipped)],
            not_before: None,
            deadline: None,
            test: None,
        },
        proration: Proration::ThirtyDayMonth,
        rounding: Rounding::HalfEven,
        return_window_days: None,
        stopped_days: StoppedDays::Credited,
        on_loss: ::facts::offer::AfterLoss::Ends,
        plans: Vec::new(),
        options: BTreeMap::new(),
        components: Vec::new(),
        ..whole.clone()
    };
    let mut shown = OfferPublished {
        version: 3,
        effective_from: read("2026-09-01"),
        late_usage: LateUsage::WriteOff { below: Money::from_minor(100, Currency::EUR) },
        components: components(),
        ..small.clone()
    };
    shown.components.retain_mut(|component| match &mut component.charge {
        ChargeRule::Usage { shadow, .. } => {
            *shadow = Some(Shadow { until: read("2026-10-01"), on_invoice: true });
            true
        }
        _ => false,
    });
    [whole, small, shown]
}

fn components() -> Vec<Component> {
    let component = |code: &str, kind, nature, charge| Component {
        code: read(code),
        name: text(code, code),
        kind,
        nature,
        charge,
        quantity: QuantityRule::ONE,
        optional: false,
        only_if: None,
        fulfilment: None,
        device: facts::device::DeviceTerms::default(),
    };
    let (goods, services) = (SupplyNature::Goods, SupplyNature::Services);
    let usage = |meter: &str, price| ChargeRule::Usage {
        meter: read(meter),
        price,
        counter: TierCounter::default(),
        shadow: None,
    };
    let recurring = |price: &str, timing, plan: Option<&str>| ChargeRule::Recurring {
        price: facts::price::OrderedPrice::Each(read(price)),
        timing,
        plan: plan.map(read),
        every: None,
        state: facts::device::ServiceState::Active,
    };
    let only_if =
        |value: &str| Some(OptionValue { option: "payment".to_owned(), value: value.to_owned() });
    let (hardware, service) = (ComponentKind::Hardware, ComponentKind::Service);
    let once = ChargeRule::OnceDelivered {
        price: facts::price::OrderedPrice::Each(read("199.90")),
        at: facts::offer::Milestone::Delivered,
    };
    let parts = ChargeRule::Instalments {
        price: facts::price::OrderedPrice::Each(read("19.99")),
        count: 12,
        deposit: None,
        on_end: facts::offer::OpenParts::GoOn,
        at: facts::offer::Milestone::Delivered,
    };
    let fee = ChargeRule::OncePerOrder { price: facts::price::OrderedPrice::Each(read("50")) };
    vec![
        Component {
            only_if: only_if("upfront"),
            fulfilment: Some(read("tracker-box")),
            ..component("box", hardware, goods, once)
        },
        Component {
            only_if: only_if("instalments"),
            ..component("box-parts", hardware, goods, parts)
        },
        component("setup", ComponentKind::Fee, services, fee),
        component("service", service, services, recurring("24.90", Timing::InAdvance, None)),
        Component {
            optional: true,
            ..component(
                "more",
                service,
                services,
                recurring("5", Timing::InArrears, Some("premium")),
            )
        },
        component("calls", ComponentKind::Usage, services, usage("calls", scale())),
        component("data", ComponentKind::Usage, services, usage("data", table())),
        component("hours", ComponentKind::Usage, services, usage("hours", pool())),
    ]
}

fn tiers(mode: TierMode) -> Model {
    let tier = |up_to, price| Tier { up_to, unit_price: read(price), flat: None };
    Model::of_tiers(mode, vec![tier(Some(read("1000")), "0.02"), tier(None, "0.000000000001")])
}

fn scale() -> UsagePrice {
    UsagePrice::Model(tiers(TierMode::Graduated))
}

fn pool() -> UsagePrice {
    UsagePrice::Pool(Pool::dynamic(read("500"), read("0.0125")))
}

fn table() -> UsagePrice {
    let dimension = |name: &str, source| Dimension { name: name.to_owned(), source };
    let night = TimeBand {
        name: "night".to_owned(),
        from: read("22:00:00"),
        to: read("23:45:00"),
        ..TimeBand::default()
    };
    let one_of = |values: &[&str]| {
        Condition::OneOf(values.iter().map(|value| (*value).to_owned()).collect::<BTreeSet<_>>())
    };
    let row = |code: &str, conditions, is_default| PriceRow {
        code: read(code),
        conditions,
        is_default,
        priority: 0,
        from: None,
        until: None,
        model: tiers(TierMode::Volume),
    };
    UsagePrice::Table(PriceTable {
        dimensions: vec![
            dimension("device", DimensionSource::Unit("device_type".to_owned())),
            dimension("region", DimensionSource::Event("region".to_owned())),
            dimension(
                "hour",
                DimensionSource::TimeBand(TimeBands {
                    bands: vec![night],
                    otherwise: "day".to_owned(),
                    ..TimeBands::default()
                }),
            ),
        ],
        rows: vec![
            row("eu-night", vec![Condition::Any, one_of(&["DE", "FR"]), one_of(&["night"])], false),
            row("other", vec![Condition::Any, Condition::Any, Condition::Any], true),
        ],
    })
}

pub fn accounts() -> [AccountRegistered; 2] {
    let first = AccountRegistered {
        terms: facts::discount::Terms::default(),
        account: read("ACC-1"),
        version: 1,
        effective_from: read("2026-01-01"),
        customer: "Transports Léger".to_owned(),
        address: address(),
        vat_id: Some("FR98765432109".to_owned()),
        seller: read("FR01"),
        currency: Currency::EUR,
        zone: read("Europe/Paris"),
        bill_cycle: kernel::BillCycle::new(31).expect("a day of the month").into(),
        language: Language::Fr,
        review: None,
        paid_by: None,
        threshold: None,
        attributes: BTreeMap::new(),
    };
    let later =
        AccountRegistered { version: 2, vat_id: None, language: Language::En, ..first.clone() };
    [first, later]
}
