use catalog::Definitions;
use facts::offer::{ChargeRule, Milestone, StartTrigger};
use facts::price::{Condition, UsagePrice};
use proptest::prelude::*;

use super::*;

mod meters;
mod pools;

const DEMO: &str = include_str!("../../../../demo/smart-fleet/catalog.yaml");

fn demo() -> LocatedDefinitions {
    read("catalog.yaml", DEMO).unwrap_or_else(|faults| panic!("{}", lines(&faults)))
}

fn lines(faults: &[InputFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// What is said about the demo after one replacement, which must apply.
fn said_after(old: &str, new: &str) -> String {
    assert!(DEMO.contains(old), "{old}");
    lines(&read("c.yaml", &DEMO.replacen(old, new, 1)).unwrap_err())
}

/// The line and column of the first place where the demo says something.
fn place_of(text: &str) -> String {
    let before = DEMO.split(text).next().unwrap();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
    format!("c.yaml:{line}:{column}")
}

#[test]
fn the_demo_can_be_published() {
    let LocatedDefinitions { definitions, .. } = demo();
    let objections = catalog::check(&definitions, &Definitions::default());
    assert_eq!(objections, []);
    let plan = catalog::plan(&definitions, &Definitions::default());
    let codes: Vec<&str> = plan.changes.iter().map(|change| change.code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "flotte-exemple",
            "data_mb",
            "api_calls",
            "sms",
            "engine_hours",
            "smart-tracker",
            "smart-fleet-plan",
            "ACC-TRANSLOG"
        ]
    );
    assert!(plan.changes.iter().all(|change| change.to_version == 1));
}

#[test]
fn the_demo_means_what_it_says() {
    let definitions = demo().definitions;
    let offer = &definitions.offers[0];
    assert_eq!(
        offer.start.first_of,
        [
            StartTrigger::Activated,
            StartTrigger::DaysAfter { milestone: Milestone::Delivered, days: 30 }
        ]
    );
    let codes: Vec<&str> = offer.components.iter().map(|part| part.code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "hardware",
            "hardware_instalment",
            "setup_fee",
            "service_standard",
            "service_premium",
            "data_mb",
            "api_calls",
            "sms",
            "engine_hours"
        ]
    );
    let ChargeRule::Usage { price: UsagePrice::Table(table), .. } = &offer.components[5].charge
    else {
        panic!("data_mb has no table")
    };
    let (first, last) = (&table.rows[0], &table.rows[9]);
    assert_eq!(first.model.tiers[0].unit_price.to_string(), "0.0180");
    assert_eq!(first.model.tiers[2].up_to, None);
    assert!(last.is_default && last.conditions == [Condition::Any, Condition::Any, Condition::Any]);
    assert_eq!(definitions.sellers[0].registration, "000000018");
}

#[test]
fn a_place_leads_to_its_line() {
    let places = demo().places;
    let row = places.find("offers[smart-fleet-plan].components[data_mb].rows[R03]");
    assert_eq!(row.to_string(), place_of("R03").replace("c.yaml", "catalog.yaml"));
    let inside = places.find("offers[smart-fleet-plan].components[sms].quantity");
    let line = 1 + DEMO.split("- code: sms\n        name").next().unwrap().matches('\n').count();
    assert_eq!(inside.line, u32::try_from(line).ok());
    assert_eq!(places.find("offers[another]").to_string(), "catalog.yaml");
}

#[test]
fn every_wrong_value_is_reported_where_it_stands() {
    let wrong = DEMO
        .replacen("unit_price: 199.00", "unit_price: 1e400", 1)
        .replacen("unit_price: 17.50", "unit_price: .nan", 1)
        .replacen("count: 12", "count: -1", 1)
        .replacen("currency: EUR", "currency: EURO", 1)
        .replacen("zone: Europe/Paris", "zone: Europe/Lutetia", 1)
        .replacen("effective_from: 2026-01-01", "effective_from: 2026-02-31", 1)
        .replacen("bill_cycle: 1 ", "bill_cycle: 32 ", 1);
    let said = lines(&read("c.yaml", &wrong).unwrap_err());
    let said: Vec<&str> = said.lines().map(|line| line.split("; ").next().unwrap()).collect();
    let at = |text| place_of(text).rsplit_once(':').unwrap().0.to_owned();
    let expected = [
        format!("{}:21: `2026-02-31` is not a day of the calendar", at("2026-01-01")),
        format!("{}:11: `Europe/Lutetia` is not an IANA time zone", at("Europe/Paris")),
        format!("{}:15: `EURO` is not an active ISO 4217 currency", at("EUR")),
        format!("{}:47: `1e400` is not a decimal number", at("199.00")),
        format!("{}:44: `.nan` is not a decimal number", at("17.50")),
        format!("{}:57: `-1` is not a whole number from 0 to 65535", at("count: 12")),
        format!("{}:17: `32` is not a whole number from 1 to 31", at("bill_cycle")),
    ];
    assert_eq!(said, expected);
}

#[test]
fn the_shape_is_strict() {
    assert_eq!(
        said_after("payment_days: 30", "payment_day: 30"),
        format!(
            "{}: `payment_day` is not known here; use one of: code, effective_from, legal_name, \
             address, vat_id, registration, zone, invoice_prefix, vat_rates, vat_on_debits, \
             payment_days, iban, review, indexes",
            place_of("payment_days: 30")
        )
    );
    let twice = said_after("    payment_days: 30", "    payment_days: 30\n    payment_days: 31");
    assert!(twice.ends_with("`payment_days` occurs twice; keep one of them"), "{twice}");
    let missing = said_after("    invoice_prefix: INV- ", "    # ");
    assert!(missing.contains("`invoice_prefix` is missing"), "{missing}");
    let word = said_after("measure: count ", "measure: average ");
    assert!(word.contains("`average` is not possible here; use one of: count, sum, counter, max"));
    let nothing = said_after("payment_days: 30", "payment_days:");
    let merged = said_after("vat_rates: {FR: 20}", "vat_rates: {<<: {FR: 20}}");
    assert!(merged.contains("merge"), "{merged}");
    let end = place_of("payment_days: 30").replace(":5", ":17");
    assert_eq!(nothing, format!("{end}: `value` is missing or empty; give it a value"));
}

#[test]
fn another_kind_of_value_is_named_in_words() {
    let cases = [
        ("offers: 3", "1:9: this is not a list (`- …` lines, or `[…]`); write one here"),
        ("sellers:", "1:8: this is not a list (`- …` lines, or `[…]`); write one here"),
        (
            "- 1",
            "1:1: this is not a block of keys and values (`key: …` lines, or `{key: …}`); write \
             one here",
        ),
        ("meters: [{code: []}]", "1:17: this is not a single value; write one here"),
        (
            "---\noffers: []\n---\noffers: []",
            "4:1: this is not the YAML that belongs here: `---` begins a second document; \
             correct it",
        ),
        (
            "offers: [",
            "1:9: this is not the YAML that belongs here: unclosed bracket '['; correct it",
        ),
    ];
    for (yaml, expected) in cases {
        let said = lines(&read("c.yaml", yaml).unwrap_err());
        assert_eq!(said, format!("c.yaml:{expected}"), "{yaml}");
    }
}

#[test]
fn text_stays_text() {
    let yaml = DEMO
        .replacen("city: Paris", "city: no", 1)
        .replacen("postal_code: \"75002\"", "postal_code: 01000", 1)
        .replacen("invoice_prefix: INV-", "invoice_prefix: on", 1)
        .replacen("[CH, GB]", "[NO, 4.50]", 1)
        .replacen("region: FR, band: peak", "region: NO1, band: peak", 1);
    let definitions = read("c.yaml", &yaml).map_err(|faults| lines(&faults)).unwrap().definitions;
    let seller = &definitions.sellers[0];
    assert_eq!(seller.address.city, "no");
    assert_eq!(seller.address.postal_code, "01000");
    assert_eq!(seller.invoice_prefix, "on");
    let ChargeRule::Usage { price: UsagePrice::Table(table), .. } =
        &definitions.offers[0].components[5].charge
    else {
        panic!("data_mb has no table")
    };
    let values = ["4.50".to_owned(), "NO".to_owned()];
    assert_eq!(table.rows[7].conditions[1], Condition::OneOf(values.into()));
}

#[test]
fn conditions_are_complete_and_unambiguous() {
    let lacks = said_after("region: FR, band: peak}", "region: FR}");
    assert!(lacks.contains("row `R01` says nothing about `band`; add `band: any`"), "{lacks}");
    let unknown = said_after("region: FR, band: peak}", "region: FR, band: peak, color: red}");
    assert!(unknown.contains("`color` is not known here; use one of: device_type, region, band"));
    let number = said_after("region: FR, band: peak}", "region: 4.50, band: peak}");
    assert_eq!(
        number,
        format!(
            "{}: without quotes this is a number, not text; put it in double quotes",
            place_of("FR, band: peak}")
        )
    );
    let two = said_after("{hardware_payment: upfront}", "{hardware_payment: upfront, b: c}");
    assert!(two.contains("exactly one of these is needed here: b, hardware_payment"), "{two}");
}

#[test]
fn the_schema_knows_every_section() {
    let schema = schema();
    let sections = schema["properties"].as_object().unwrap();
    assert_eq!(
        sections.keys().map(String::as_str).collect::<std::collections::BTreeSet<_>>(),
        ["accounts", "fulfilment_specs", "meters", "offers", "sellers"].into()
    );
    assert_eq!(schema["additionalProperties"], false);
    let price = &schema["$defs"]["Price"]["properties"]["unit_price"];
    assert_eq!(price["type"], serde_json::json!(["number", "string", "null"]));
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,80}|[a-z:\\-\\[\\]{}&*!#'\"\n 0-9.]{0,120}") {
        let _ = read("c.yaml", &text);
    }

    #[test]
    fn no_damage_of_the_demo_panics(at in 0..DEMO.len(), with in "[\\[\\]{}:&*!\\-#'\" \n\t~]") {
        let at = (0..=at).rev().find(|at| DEMO.is_char_boundary(*at)).unwrap_or_default();
        let (before, after) = DEMO.split_at(at);
        let _ = read("c.yaml", &format!("{before}{with}{after}"));
    }
}

#[test]
fn a_part_of_a_price_is_due_with_something_or_on_a_day() {
    let old = "once_delivered: {unit_price: 199.00}";
    let parts = |parts: &str| format!("milestones: {{unit_price: 199.00, parts: [{parts}]}}");
    let good = parts("{percent: 30, at: ordered}, {percent: 70, on: 2026-03-01}");
    let located = read("c.yaml", &DEMO.replacen(old, &good, 1)).unwrap();
    assert_eq!(catalog::check(&located.definitions, &Definitions::default()), []);
    for wrong in ["{percent: 30}", "{percent: 30, at: ordered, on: 2026-03-01}"] {
        let said = said_after(old, &parts(wrong));
        assert!(said.contains("exactly one of") && said.contains("at, on"), "{said}");
    }
    let unknown = said_after(old, &parts("{percent: 30, at: paid}"));
    assert!(unknown.contains("accepted"), "{unknown}");
}
