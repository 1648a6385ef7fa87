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
