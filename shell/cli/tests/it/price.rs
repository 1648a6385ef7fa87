//! What a draft of the catalog would mean, on figures that can be worked out by hand: 100 MB in a
//! country that only the default row prices, 0.0525 as sold and 0.0625 as drafted.

use serde_json::Value;

use crate::shop::{Shop, fleet};

const EVENT: &str = concat!(
    r#"{"specversion":"1.0","id":"e-1","source":"urn:gateway:1","#,
    r#""type":"com.translog.usage.data.v1","subject":"TRK-0483113","#,
    r#""time":"2026-01-20T10:00:00Z","data":{"mb":100,"region":"US"}}"#
);

fn shop() -> Shop {
    let shop = Shop::empty().of_fleet();
    shop.ok(&["usage", "send", &shop.write("usage.ndjson", EVENT)]);
    shop
}

/// The catalog with another price in the default row.
fn draft(shop: &Shop, price: &str) -> String {
    let catalog = std::fs::read_to_string(fleet("catalog.yaml")).unwrap();
    let (definitions, offer) = catalog.split_once("\noffers:").unwrap();
    let later = offer.replacen("effective_from: 2026-01-01", "effective_from: 2026-03-01", 1);
    let changed = later.replace("0.0525", price);
    assert_ne!(changed, later);
    shop.write("draft.yaml", &format!("{definitions}\noffers:{changed}"))
}

fn json(shop: &Shop, arguments: &[&str]) -> Value {
    let shown = shop.ok(&[arguments, &["--output", "json"]].concat());
    serde_json::from_str(&shown).unwrap()
}

#[test]
fn the_impact_of_a_draft_is_the_difference_that_it_makes() {
    let shop = shop();
    let file = draft(&shop, "0.0625");
    let picture = shop.path().join("impact.svg").display().to_string();
    let before = shop.picture();
    let asked = ["price", "impact", "-f", &file, "--on", "2026-01-20", "--picture", &picture];
    let impact = json(&shop, &asked);
    assert_eq!(impact["offers"], serde_json::json!(["smart-fleet-plan@2"]));
    let account = &impact["accounts"][0];
    assert_eq!((&account["from"], &account["to"]), (&"2026-01-01".into(), &"2026-02-01".into()));
    assert_eq!(account["difference"], "1.00");
    let components = account["components"].as_array().unwrap();
    let data = components.iter().find(|it| it["component"] == "data_mb").unwrap();
    assert_eq!((&data["before"], &data["after"]), (&"5.25".into(), &"6.25".into()));
    let others = components.iter().filter(|it| it["component"] != "data_mb");
    others.for_each(|it| assert_eq!(it["difference"], "0.00", "{it}"));
    let drawn = std::fs::read_to_string(picture).unwrap();
    assert!(drawn.contains("+€1.00") && drawn.contains("Translog SAS"), "{drawn}");
    assert_eq!(shop.picture(), before, "nothing was published");
}

#[test]
fn an_event_is_priced_by_a_draft() {
    let shop = shop();
    let event = shop.write("event.json", &EVENT.replace("e-1", "e-2"));
    let sold = shop.ok(&["price", "check", "--event", &event]);
    assert!(sold.contains("smart-fleet-plan@1") && sold.contains("0.0525"), "{sold}");
    let file = draft(&shop, "0.0625");
    let drafted = shop.ok(&["price", "check", "--event", &event, "-f", &file]);
    assert!(drafted.contains("smart-fleet-plan@2") && drafted.contains("0.0625"), "{drafted}");
}

#[test]
fn a_wrong_draft_is_refused_at_its_place() {
    let shop = shop();
    let file = draft(&shop, "-1");
    let refused = shop.run(&["price", "impact", "-f", &file]);
    assert_eq!(refused.status.code(), Some(3));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("draft.yaml:206:26") && said.contains("R99"), "{said}");
}

#[test]
fn orders_are_priced_ahead_as_they_would_be_billed() {
    let shop = Shop::empty().of_fleet();
    let before = shop.picture();
    let (orders, units) = (fleet("orders.csv"), fleet("units.csv"));
    let asked = ["order", "forecast", &orders, "--units", &units, "--from", "2026-03-15"];
    let forecast = json(&shop, &[&asked[..], &["--months", "3"]].concat());
    let of = |it: &Value| (it["issued_on"].clone(), it["net"].clone());
    let invoices: Vec<_> = forecast.as_array().unwrap().iter().map(of).collect();
    // 40 devices at 199.00, 10 first parts of 17.50, 2 fees of 49.00, 50 trackers at 24.90 for
    // 17 of 31 days and for April; then a part each and a month.
    let told = |day: &str, net: &str| (Value::from(day), Value::from(net));
    assert_eq!(
        invoices,
        [
            told("2026-04-01", "10160.74"),
            told("2026-05-01", "1420.00"),
            told("2026-06-01", "1420.00")
        ]
    );
    assert_eq!(shop.picture(), before, "nothing was placed");
    let bad =
        shop.write("bad.csv", &std::fs::read_to_string(&orders).unwrap().replace("Plan", "Plam"));
    let refused = shop.run(&["order", "forecast", &bad, "--units", &units, "--from", "2026-03-15"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("bad.csv:2"), "{refused:?}");
}

#[test]
fn a_forecast_does_not_bill_service_before_it_was_ordered() {
    let shop = Shop::empty().of_fleet();
    let (orders, units) = (fleet("orders.csv"), fleet("units.csv"));
    let refused =
        shop.run(&["order", "forecast", &orders, "--units", &units, "--from", "2025-12-31"]);
    assert_eq!(refused.status.code(), Some(3));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("orders.csv:2") && said.contains("2025-12-31"), "{said}");
    assert!(said.contains("look ahead from"), "{said}");
}

#[test]
fn rows_go_to_a_spreadsheet_and_come_back_as_they_were() {
    let shop = Shop::empty().of_fleet();
    let before = shop.picture();
    for name in ["rows.xlsx", "rows.csv"] {
        let file = shop.path().join(name).display().to_string();
        let table = ["smart-fleet-plan", "data_mb", "--file", &file];
        shop.ok(&[&["price", "export"], &table[..]].concat());
        let same = json(
            &shop,
            &[&["price", "import"], &table[..], &["--effective-from", "2026-03-01", "--dry-run"]]
                .concat(),
        );
        let differences = same["changes"][0]["differences"].as_array().unwrap();
        let paths: Vec<_> = differences.iter().map(|it| it["path"].clone()).collect();
        assert_eq!(paths, ["effective_from"], "{name}: the rows are the same");
    }
    assert_eq!(shop.picture(), before, "nothing was published");
}

#[test]
fn rows_of_a_file_are_published_whole_or_not_at_all() {
    let shop = Shop::empty().of_fleet();
    let file = shop.path().join("rows.csv").display().to_string();
    let table = ["smart-fleet-plan", "data_mb", "--file", &file];
    shop.ok(&[&["price", "export"], &table[..]].concat());
    let rows = std::fs::read_to_string(&file).unwrap();
    let import = [&["price", "import"], &table[..], &["--effective-from", "2026-03-01"]].concat();

    let before = shop.picture();
    let twice = rows.lines().nth(1).unwrap().replacen("R01", "R01-AGAIN", 1);
    std::fs::write(&file, format!("{rows}{twice}\n")).unwrap();
    let refused = shop.run(&import);
    assert_eq!(refused.status.code(), Some(3));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("rows.csv:2") && said.contains("R01-AGAIN"), "{said}");
    std::fs::write(&file, rows.replace("0.0525", "dear")).unwrap();
    let refused = shop.run(&import);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("(unit_price)") && said.contains("`dear`"), "{said}");
    assert_eq!(shop.picture(), before, "nothing was published");

    std::fs::write(&file, rows.replace("0.0525", "0.0625")).unwrap();
    let published = json(&shop, &import);
    assert_eq!(published["changes"][0]["to_version"], 2);
    let which = [
        "price",
        "which",
        "smart-fleet-plan",
        "data_mb",
        "--value",
        "region=US",
        "--value",
        "band=peak",
    ];
    let row = json(&shop, &which);
    assert_eq!(row["price"]["tiers"][0]["unit_price"], "0.0625", "{row}");
}

#[test]
fn the_row_that_prices_something_says_why_and_the_others_why_not() {
    let shop = Shop::empty().of_fleet();
    let asked = ["price", "which", "smart-fleet-plan", "data_mb"];
    let us = json(&shop, &[&asked[..], &["--value", "region=US", "--value", "band=peak"]].concat());
    assert_eq!((&us["row"], &us["default"]), (&"R99".into(), &true.into()));
    assert!(!us["near_misses"].as_array().unwrap().is_empty());
    let said = shop.ok(&[&asked[..], &["--value", "region=US", "--value", "band=peak"]].concat());
    assert!(said.contains("Row R99 prices") && said.contains("keeps them from it"), "{said}");
    let unknown = shop.run(&[&asked[..], &["--value", "colour=red"]].concat());
    assert_eq!(unknown.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("colour=red"), "{unknown:?}");
    let nothing = shop.run(&["price", "which", "smart-fleet-plan", "hardware"]);
    assert!(String::from_utf8_lossy(&nothing.stderr).contains("data_mb"), "{nothing:?}");
}
