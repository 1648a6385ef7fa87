//! Bad input names its place, its problem and the remedy, and changes nothing.

use crate::shop::{Shop, fleet};

/// Runs a command that must be refused: gives what it says. Nothing may have changed.
fn refused(shop: &Shop, arguments: &[&str]) -> String {
    let before = facts(shop);
    let output = shop.run(arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{arguments:?}: {said}");
    assert!(output.stdout.is_empty());
    assert!(said.contains("Nothing was changed"), "{said}");
    assert_eq!(facts(shop), before, "{arguments:?} changed something");
    said
}

fn facts(shop: &Shop) -> usize {
    let mut store = store_sqlite::SqliteStore::open(&shop.path().join("tabouret.db")).unwrap();
    engine::read::facts(&mut store).unwrap().len()
}

fn shop() -> Shop {
    let shop = Shop::empty();
    shop.ok(&["clock", "advance", "--to", "2026-01-01"]);
    shop
}

/// A shop with the catalog and the orders of the fleet.
fn fleet_shop() -> Shop {
    let shop = shop();
    shop.ok(&["apply", "--file", &fleet("catalog.yaml")]);
    shop.ok(&["order", "import", &fleet("orders.csv"), "--units", &fleet("units.csv")]);
    shop
}

/// The catalog of the fleet with a change.
fn changed_catalog(shop: &Shop, from: &str, to: &str) -> String {
    let text = std::fs::read_to_string(fleet("catalog.yaml")).unwrap();
    assert!(text.contains(from), "{from}");
    shop.write("catalog.yaml", &text.replacen(from, to, 1))
}

fn line_of(file: &str, text: &str) -> usize {
    let content = std::fs::read_to_string(file).unwrap();
    content.lines().position(|line| line.contains(text)).unwrap() + 1
}

#[test]
fn a_broken_catalog_names_line_and_column() {
    let shop = shop();
    let file = shop.write("catalog.yaml", "offers:\n  - code: [unclosed\n");
    let said = refused(&shop, &["apply", "--file", &file]);
    assert!(said.contains("catalog.yaml:"), "{said}");
    let file = shop.write("catalog.yaml", "offer:\n  - code: x\n");
    let said = refused(&shop, &["apply", "--file", &file]);
    assert!(said.contains("catalog.yaml:1:1") && said.contains("offers"), "{said}");
}

#[test]
fn wrong_values_of_a_catalog_are_named_with_what_would_be_right() {
    let shop = shop();
    let cases = [
        ("currency: EUR", "currency: EUX", "EUR"),
        ("unit_price: 199.00", "unit_price: 1e400", "1e400"),
        ("unit_price: 199.00", "unit_price: .nan", ".nan"),
        ("effective_from: 2026-01-01", "effective_from: 2026-02-31", "2026-02-31"),
    ];
    // What can be read and must not be published is named by its component.
    let file = changed_catalog(&shop, "unit_price: 199.00", "unit_price: -199.00");
    let said = refused(&shop, &["apply", "--file", &file]);
    let line = line_of(&file, "code: hardware");
    let place = format!("catalog.yaml:{line}:");
    assert!(said.contains(&place) && said.contains("components[hardware]"), "{said}");
    for (from, to, named) in cases {
        let file = changed_catalog(&shop, from, to);
        let said = refused(&shop, &["apply", "--file", &file]);
        let line = line_of(&file, to);
        assert!(said.contains(&format!("catalog.yaml:{line}:")), "{to}: {said}");
        assert!(said.contains(named), "{to}: {said}");
    }
}

#[test]
fn a_gap_and_an_overlap_of_a_price_table_name_the_rows() {
    let shop = shop();
    let overlap = changed_catalog(
        &shop,
        "when: {device_type: tracker-4g, region: FR, band: off-peak}",
        "when: {device_type: tracker-4g, region: FR, band: any}",
    );
    let said = refused(&shop, &["apply", "--file", &overlap]);
    assert!(said.contains("R01") && said.contains("R02"), "{said}");
    let gap =
        changed_catalog(&shop, "default: true", "when: {device_type: any, region: ZZ, band: any}");
    let said = refused(&shop, &["apply", "--file", &gap]);
    assert!(said.contains("no row") || said.contains("gap"), "{said}");
}

#[test]
fn orders_that_cannot_be_accepted_name_line_and_limits() {
    let shop = fleet_shop();
    let head = "order,order_line,customer,ordered_on,offer,units,hardware_payment\n";
    let row = |text: &str| shop.write("orders.csv", &format!("{head}{text}\n"));
    let cases = [
        ("ORD-9,ORD-9-1,Translog SAS,2026-01-05,Smart Boat Plan,1,upfront", "smart-fleet-plan"),
        ("ORD-9,ORD-9-1,Translog SAS,2026-01-05,Smart Fleet Plan,501,upfront", "1 to 500"),
        ("ORD-9,ORD-9-1,Translog SAS,2026-01-05,Smart Fleet Plan,-3,upfront", "-3"),
        ("ORD-9,ORD-9-1,Translog SAS,2026-02-31,Smart Fleet Plan,1,upfront", "2026-02-31"),
        ("ORD-9,ORD-9-1,Nobody SA,2026-01-05,Smart Fleet Plan,1,upfront", "Nobody SA"),
        ("ORD-9,ORD-9-1,Translog SAS,2026-01-05,Smart Fleet Plan,1,barter", "instalments"),
        ("ORD-9,ORD-9-1,Translog SAS,2025-12-31,Smart Fleet Plan,1,upfront", "2026-01-01"),
    ];
    for (text, named) in cases {
        let said = refused(&shop, &["order", "import", &row(text)]);
        assert!(said.contains("orders.csv:2") && said.contains(named), "{text}: {said}");
    }
}

#[test]
fn shipments_that_cannot_be_true_name_line_and_reason() {
    let shop = fleet_shop();
    let head = "shipment,order_line,unit,serial,reason,shipped_at,delivered_at,carrier\n";
    let row = |text: &str| shop.write("shipments.csv", &format!("{head}{text}\n"));
    let cases = [
        ("S-1,ORD-1001-1,U-999,X-1,sale,2026-01-08T10:00:00Z,,DPD", "U-999"),
        (
            "S-1,ORD-1001-1,U-001,X-1,sale,2026-01-08T10:00:00Z,2026-01-07T10:00:00Z,DPD",
            "before it was shipped",
        ),
        ("S-1,ORD-1001-2,U-001,X-1,sale,2026-01-08T10:00:00Z,,DPD", "ORD-1001-1"),
        ("S-1,ORD-1001-1,U-001,X-1,gift,2026-01-08T10:00:00Z,,DPD", "replacement"),
    ];
    for (text, named) in cases {
        let said = refused(&shop, &["shipment", "import", &row(text)]);
        assert!(said.contains("shipments.csv:2") && said.contains(named), "{text}: {said}");
    }
}

#[test]
fn a_file_with_one_bad_row_imports_none_of_its_rows() {
    let shop = fleet_shop();
    let good = "S-1,ORD-1001-1,U-001,X-1,sale,2026-01-08T10:00:00Z,,DPD";
    let bad = "S-2,ORD-1001-1,U-999,X-2,sale,2026-01-08T10:00:00Z,,DPD";
    let head = "shipment,order_line,unit,serial,reason,shipped_at,delivered_at,carrier";
    let file = shop.write("shipments.csv", &format!("{head}\n{good}\n{bad}\n"));
    refused(&shop, &["shipment", "import", &file]);
}

#[test]
fn bad_numbers_in_usage_are_kept_and_never_billed() {
    let shop = fleet_shop();
    shop.ok(&["shipment", "import", &fleet("shipments.csv")]);
    shop.ok(&["signal", "send", &fleet("signals.ndjson")]);
    let event = |id: u32, number: &str| {
        format!(
            concat!(
                r#"{{"specversion":"1.0","id":"e-{}","source":"s","#,
                r#""type":"com.translog.usage.data.v1","subject":"TRK-0483113","#,
                r#""time":"2026-01-20T10:00:00Z","data":{{"mb":{},"region":"FR"}}}}"#
            ),
            id, number
        )
    };
    let numbers = ["-1", "1e400", "NaN", "1.2345", "\"7\"", "1.5"];
    let lines: Vec<String> = (0..).zip(numbers).map(|(id, it)| event(id, it)).collect();
    let file = shop.write("usage.ndjson", &lines.join("\n"));
    shop.ok(&["clock", "advance", "--to", "2026-01-20"]);
    let received: serde_json::Value =
        serde_json::from_str(&shop.ok(&["usage", "send", &file, "--output", "json"])).unwrap();
    assert_eq!(received["rejected"], 5);
    assert_eq!(received["accepted"], 1);
    let exceptions = shop.ok(&["usage", "exceptions"]);
    assert!(exceptions.contains("usage.ndjson:2") && exceptions.contains("bad_number"));
    assert!(exceptions.contains("usage.ndjson:3") && exceptions.contains("invalid_json"));
}

#[test]
fn the_clock_does_not_go_back() {
    let shop = shop();
    let said = refused(&shop, &["clock", "advance", "--to", "2025-12-31"]);
    assert!(said.contains("cannot go back"), "{said}");
    let said = refused(&shop, &["clock", "advance", "--to", "2026-02-31"]);
    assert!(said.contains("2026-02-31"), "{said}");
}
