//! An offer with a default, an option and an optional component, and accounts to sell it to.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::str::FromStr;

use facts::account::PostalAddress;
use facts::offer::{
    ChargeRule, Component, ComponentKind, LateUsage, OptionValue, Proration, QuantityRule,
    StartPolicy, StartTrigger, StoppedDays, SupplyNature, Timing,
};
use facts::text::Language;
use facts::{AccountRegistered, OfferPublished, Text};
use jiff::civil::date;
use kernel::{BillCycle, Currency, Rounding};

/// Reads a value of the test's own making.
pub fn read<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("a value written in a test")
}

fn component(name: &str, kind: ComponentKind, charge: ChargeRule) -> Component {
    Component {
        code: read(name),
        name: Text { en: name.to_owned(), fr: name.to_owned() },
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

/// One device for each unit, paid at once.
pub fn device(name: &str) -> Component {
    let price = ChargeRule::OnceDelivered {
        price: facts::price::OrderedPrice::Each(read("199.00")),
        at: facts::offer::Milestone::Delivered,
    };
    component(name, ComponentKind::Hardware, price)
}

fn only_if(value: &str) -> Option<OptionValue> {
    Some(OptionValue { option: "payment".to_owned(), value: value.to_owned() })
}

/// The Smart Fleet Plan, 1 to 40 units, 2 when nothing is said, with up to 4 antennas a unit.
pub fn offer(version: u32) -> OfferPublished {
    let parts = ChargeRule::Instalments {
        price: facts::price::OrderedPrice::Each(read("17.50")),
        count: 12,
        deposit: None,
        on_end: facts::offer::OpenParts::GoOn,
        at: facts::offer::Milestone::Delivered,
    };
    let service = ChargeRule::Recurring {
        price: facts::price::OrderedPrice::Each(read("24.90")),
        timing: Timing::InAdvance,
        plan: None,
        every: None,
        state: facts::device::ServiceState::Active,
    };
    let antennas = QuantityRule { min: 0, default: 1, max: 4 };
    OfferPublished {
        terms: facts::discount::Terms::default(),
        code: read("smart-fleet"),
        version,
        effective_from: date(2026, 1, 1),
        name: Text { en: "Smart Fleet Plan".to_owned(), fr: "Forfait flotte".to_owned() },
        currency: Currency::EUR,
        units: QuantityRule { min: 1, default: 2, max: 40 },
        start: StartPolicy {
            first_of: vec![StartTrigger::Activated],
            not_before: None,
            deadline: None,
            test: None,
        },
        proration: Proration::DaysHalfOpen,
        rounding: Rounding::HalfAwayFromZero,
        late_usage: LateUsage::BillDifference,
        return_window_days: Some(60),
        stopped_days: StoppedDays::Credited,
        on_loss: facts::offer::AfterLoss::Ends,
        plans: Vec::new(),
        options: BTreeMap::from([(
            "payment".to_owned(),
            vec!["upfront".to_owned(), "instalments".to_owned()],
        )]),
        components: vec![
            Component { only_if: only_if("upfront"), ..device("device") },
            Component {
                only_if: only_if("instalments"),
                ..component("device_part", ComponentKind::Hardware, parts)
            },
            component("service", ComponentKind::Service, service),
            Component { optional: true, quantity: antennas, ..device("antenna") },
        ],
    }
}

/// An account in euros and in Paris.
pub fn account(id: &str, customer: &str) -> AccountRegistered {
    AccountRegistered {
        terms: facts::discount::Terms::default(),
        account: read(id),
        version: 1,
        effective_from: date(2026, 1, 1),
        customer: customer.to_owned(),
        address: PostalAddress {
            lines: vec!["1 rue de l'Exemple".to_owned()],
            postal_code: "75002".to_owned(),
            city: "Paris".to_owned(),
            country: "FR".to_owned(),
        },
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
