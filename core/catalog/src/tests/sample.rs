//! A small catalog with one definition of each kind, which can be published as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::str::FromStr;

use facts::account::PostalAddress;
use facts::meter::{Field, Measure, Mediation};
use facts::offer::{
    ChargeRule, Component, ComponentKind, LateUsage, Milestone, OptionValue, Proration,
    QuantityRule, StartPolicy, StartTrigger, StoppedDays, SupplyNature, Timing,
};
use facts::price::{
    Condition, Dimension, DimensionSource, Model, PriceRow, PriceTable, Tier, TierCounter,
    TierMode, TimeBand, TimeBands, UsagePrice,
};
use facts::text::Language;
use facts::{
    AccountRegistered, FulfilmentSpecPublished, MeterPublished, OfferPublished, SellerPublished,
    Text,
};
use jiff::civil::{Date, date, time};
use kernel::{BillCycle, Currency, Rounding};

use crate::Definitions;

const FROM: Date = date(2026, 1, 1);

pub fn code<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

pub fn names(values: &[&str]) -> Condition {
    Condition::OneOf(values.iter().map(|value| (*value).to_owned()).collect::<BTreeSet<_>>())
}

fn text(word: &str) -> Text {
    Text { en: word.to_owned(), fr: format!("{word} (fr)") }
}

fn address() -> PostalAddress {
    PostalAddress {
        lines: vec!["1 rue de l'Exemple".into()],
        postal_code: "75002".into(),
        city: "Paris".into(),
        country: "FR".into(),
    }
}

/// A draft: every version is 0.
pub fn sample() -> Definitions {
    Definitions {
        sellers: vec![seller()],
        meters: vec![meter()],
        fulfilment_specs: vec![FulfilmentSpecPublished {
            code: code("tracker"),
            version: 0,
            effective_from: FROM,
            name: text("Tracker"),
            skus: vec!["T-1".into()],
            provisioning: Vec::new(),
            activation_signal: Some("activated.v1".into()),
        }],
        offers: vec![offer()],
        accounts: vec![account()],
    }
}

/// The same as version 1.
pub fn published() -> Definitions {
    let mut all = sample();
    all.sellers.iter_mut().for_each(|it| it.version = 1);
    all.meters.iter_mut().for_each(|it| it.version = 1);
    all.fulfilment_specs.iter_mut().for_each(|it| it.version = 1);
    all.offers.iter_mut().for_each(|it| it.version = 1);
    all.accounts.iter_mut().for_each(|it| it.version = 1);
    all
}

fn seller() -> SellerPublished {
    SellerPublished {
        review: None,
        indexes: std::collections::BTreeMap::new(),
        code: code("us"),
        version: 0,
        effective_from: FROM,
        legal_name: "Us SAS".into(),
        address: address(),
        vat_id: "FR66000000018".into(),
        registration: "000000018".into(),
        zone: code("Europe/Paris"),
        invoice_prefix: "INV-".into(),
        vat_rates: BTreeMap::from([("FR".to_owned(), code("20"))]),
        vat_on_debits: false,
        payment_days: 30,
        iban: None,
    }
}

fn account() -> AccountRegistered {
    AccountRegistered {
        terms: facts::discount::Terms::default(),
        account: code("ACC"),
        version: 0,
        effective_from: FROM,
        customer: "Translog SAS".into(),
        address: address(),
        vat_id: None,
        seller: code("us"),
        currency: Currency::EUR,
        zone: code("Europe/Paris"),
        bill_cycle: BillCycle::new(1).unwrap().into(),
        language: Language::Fr,
        review: None,
        paid_by: None,
        threshold: None,
        attributes: BTreeMap::new(),
    }
}

fn meter() -> MeterPublished {
    MeterPublished {
        code: code("mb"),
        version: 0,
        effective_from: FROM,
        name: text("Data"),
        symbol: text("MB"),
        event_type: "data.v1".into(),
        measure: Measure::Sum(Field { name: "mb".into(), decimals_max: 3 }),
        dimensions: vec!["region".into()],
        mediation: Mediation::default(),
    }
}

fn offer() -> OfferPublished {
    let payment = [("payment".to_owned(), vec!["upfront".to_owned(), "later".to_owned()])];
    let device = ChargeRule::OnceDelivered {
        price: facts::price::OrderedPrice::Each(code("199.00")),
        at: facts::offer::Milestone::Delivered,
    };
    let service = ChargeRule::Recurring {
        price: facts::price::OrderedPrice::Each(code("24.90")),
        timing: Timing::InAdvance,
        plan: Some(code("standard")),
        every: None,
        state: facts::device::ServiceState::Active,
    };
    let data = ChargeRule::Usage {
        meter: code("mb"),
        price: UsagePrice::Table(table()),
        counter: TierCounter::default(),
        shadow: None,
    };
    let mut components = vec![
        component("device", ComponentKind::Hardware, device),
        component("service", ComponentKind::Service, service),
        component("data", ComponentKind::Usage, data),
    ];
    components[0].fulfilment = Some(code("tracker"));
    components[0].only_if = Some(OptionValue { option: "payment".into(), value: "upfront".into() });
    let fallback = StartTrigger::DaysAfter { milestone: Milestone::Delivered, days: 30 };
    OfferPublished {
        terms: facts::discount::Terms::default(),
        code: code("plan"),
        version: 0,
        effective_from: FROM,
        name: text("Plan"),
        currency: Currency::EUR,
        units: QuantityRule { min: 1, default: 1, max: 100 },
        start: StartPolicy {
            first_of: vec![StartTrigger::Activated, fallback],
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
        plans: vec![code("standard")],
        options: BTreeMap::from(payment),
        components,
    }
}

fn component(name: &str, kind: ComponentKind, charge: ChargeRule) -> Component {
    Component {
        code: code(name),
        name: text(name),
        kind,
        nature: SupplyNature::Services,
        charge,
        quantity: QuantityRule::ONE,
        optional: false,
        only_if: None,
        fulfilment: None,
        device: facts::device::DeviceTerms::default(),
    }
}

/// R1 takes FR at peak time, R2 takes BE at any time, R9 takes the rest.
fn table() -> PriceTable {
    let peak = TimeBand {
        name: "peak".into(),
        from: time(7, 0, 0, 0),
        to: time(19, 0, 0, 0),
        ..TimeBand::default()
    };
    let bands =
        TimeBands { bands: vec![peak], otherwise: "off-peak".into(), ..TimeBands::default() };
    let any_band = names(&["off-peak", "peak"]);
    PriceTable {
        dimensions: vec![
            Dimension { name: "region".into(), source: DimensionSource::Event("region".into()) },
            Dimension { name: "band".into(), source: DimensionSource::TimeBand(bands) },
        ],
        rows: vec![
            row("R1", vec![names(&["FR"]), names(&["peak"])]),
            row("R2", vec![names(&["BE"]), any_band]),
            PriceRow { is_default: true, ..row("R9", vec![Condition::Any, Condition::Any]) },
        ],
    }
}

fn row(name: &str, conditions: Vec<Condition>) -> PriceRow {
    let tiers = vec![Tier { up_to: None, unit_price: code("0.0180"), flat: None }];
    let model = Model::of_tiers(TierMode::Graduated, tiers);
    PriceRow {
        code: code(name),
        conditions,
        is_default: false,
        priority: 0,
        from: None,
        until: None,
        model,
    }
}
