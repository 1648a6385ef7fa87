//! What people see: the demo, explanations, French, formats, exit codes.

use crate::shop::{Shop, fleet};

#[test]
fn the_demo_ends_with_the_invoice_of_february_and_a_pdf() {
    let shop = Shop::empty();
    let demo: serde_json::Value =
        serde_json::from_str(&shop.ok(&["demo", "--output", "json"])).unwrap();
    let invoice = &demo["report"]["invoices"][0];
    assert_eq!(invoice["number"], "INV-2026-000001");
    assert_eq!(invoice["total"], "10531.61");
    assert_eq!(invoice["lines"].as_array().unwrap().len(), 34);
    let pdf = std::fs::read(demo["pdf"].as_str().unwrap()).unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    assert!(shop.ok(&["demo"]).contains("€10,531.61"), "a second time is no harm");
    assert!(shop.ok(&["doctor"]).contains("The store is well"));
}

#[test]
fn a_line_explains_itself() {
    let shop = Shop::empty();
    shop.ok(&["demo"]);
    let lines: serde_json::Value =
        serde_json::from_str(&shop.ok(&["invoice", "show", "INV-2026-000001", "--output", "json"]))
            .unwrap();
    let line_where = |name: &str, value: &str| {
        let lines = lines["lines"].as_array().unwrap();
        let line = lines.iter().find(|it| it[name] == value).unwrap();
        line["line"].to_string()
    };
    let explain = |line: &str| {
        // Figures do not break across lines on the page.
        shop.ok(&["invoice", "explain", "INV-2026-000001", line]).replace('\u{a0}', " ")
    };
    let usage = explain(&line_where("row", "R01"));
    assert!(usage.contains("= 126.605955 → 126.61"), "{usage}");
    assert!(usage.contains("U-001"), "{usage}");
    let service = explain(&line_where("kind", "service.charge"));
    assert!(service.contains("act-"), "the signal is named: {service}");
    let output = shop.run(&["invoice", "explain", "INV-2026-000001", "99"]);
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn everything_is_also_said_in_french() {
    let shop = Shop::empty().of_fleet();
    let place = shop.place();
    let french = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_tabouret"));
        command.args(["--lang", "fr"]).args(arguments).args(&place);
        command.output().unwrap()
    };
    let output = french(&["doctor"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("La base se porte bien"));
    let output = french(&["clock", "advance", "--to", "2020-01-01"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("horloge") && said.contains("Rien n’a été modifié"), "{said}");
}

#[test]
fn applying_shows_a_difference_and_publishes_once() {
    let shop = Shop::empty();
    shop.ok(&["clock", "advance", "--to", "2026-01-01"]);
    let catalog = fleet("catalog.yaml");
    assert!(shop.ok(&["apply", "--file", &catalog, "--dry-run"]).contains("would be published"));
    shop.ok(&["apply", "--file", &catalog]);
    assert!(shop.ok(&["apply", "--file", &catalog]).contains("Nothing to publish"));
    let text = std::fs::read_to_string(&catalog).unwrap();
    let offer = "code: smart-fleet-plan\n    effective_from: 2026-01-01";
    let later = "code: smart-fleet-plan\n    effective_from: 2026-07-01";
    let dearer = text.replace(offer, later).replace("unit_price: 24.90", "unit_price: 26.90");
    let said = shop.ok(&["apply", "--file", &shop.write("dearer.yaml", &dearer)]);
    assert!(said.contains("24.90") && said.contains("26.90"), "{said}");
    assert!(said.contains("version 2"), "{said}");
}

#[test]
fn schemas_are_printed_for_editors() {
    let shop = Shop::empty();
    for arguments in [["simulate", "--schema"], ["apply", "--schema"]] {
        let schema: serde_json::Value = serde_json::from_str(&shop.ok(&arguments)).unwrap();
        assert_eq!(schema["type"], "object");
    }
}

#[test]
fn lists_are_also_csv() {
    let shop = Shop::empty();
    shop.ok(&["demo"]);
    let csv = shop.ok(&["invoice", "list", "--output", "csv"]);
    let mut lines = csv.lines();
    assert_eq!(lines.next().unwrap().split(',').next(), Some("number"));
    assert!(lines.next().unwrap().starts_with("INV-2026-000001,ACC-TRANSLOG"));
}
