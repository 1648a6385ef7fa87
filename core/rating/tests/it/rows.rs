//! Which row prices which usage, and who used what.

use std::collections::BTreeMap;
use std::sync::Arc;

use facts::usage::Bucket;
use jiff::civil::date;
use rating::RatingError;

use crate::fleet::{Account, bucket, offer, ordered, read, shown};

fn in_region(region: &str, quantity: &str) -> Bucket {
    let mut bucket = bucket("U-001", "data_mb", "2026-01-20T10:00:00Z", quantity);
    bucket.dimensions = Arc::new(BTreeMap::from([("region".to_owned(), region.to_owned())]));
    bucket
}

/// The row of 1 MB that a tracker in a zone sends from France.
fn row_at(zone: &str, quarter_at: &str) -> String {
    let mut account = Account::new();
    account.units = vec![(ordered("U-001", zone), 0)];
    let charges = account.bill(&[bucket("U-001", "data_mb", quarter_at, "1")], date(2026, 5, 1));
    assert_eq!(charges.len(), 1);
    charges[0].rated.as_ref().and_then(|it| it.row.as_ref()).expect("a row").to_string()
}

#[test]
fn each_row_has_a_line_of_its_own() {
    let used = [in_region("FR", "10"), in_region("BE", "20"), in_region("DE", "5")];
    let mut charges = Account::new().bill(&used, date(2026, 2, 1));
    let lines: Vec<_> = charges.iter().map(shown).collect();
    assert_eq!(
        lines,
        ["usage.charge data_mb 2026-01 R01 10 0.18", "usage.charge data_mb 2026-01 R03 25 0.50"]
    );
    let rated = charges.remove(1).rated.unwrap();
    assert_eq!(rated.row_values, ["tracker-4g", "BE, DE"]);
    assert_eq!(rated.symbol.en, "MB");
}

#[test]
fn the_default_row_takes_the_rest() {
    let charges = Account::new().bill(&[in_region("US", "100")], date(2026, 2, 1));
    assert_eq!(shown(&charges[0]), "usage.charge data_mb 2026-01 R99 100 5.25");
    assert!(charges[0].rated.as_ref().unwrap().row_values.is_empty());
}

#[test]
fn the_time_band_is_read_in_the_zone_of_the_device() {
    for (zone, quarter_at, row) in [
        ("Europe/Paris", "2026-01-20T05:45:00Z", "R02"),
        ("Europe/Paris", "2026-01-20T06:00:00Z", "R01"),
        ("Europe/Paris", "2026-01-20T17:45:00Z", "R01"),
        ("Europe/Paris", "2026-01-20T18:00:00Z", "R02"),
        ("Europe/Lisbon", "2026-01-20T06:45:00Z", "R02"),
        ("Europe/Lisbon", "2026-01-20T07:00:00Z", "R01"),
        // Daylight saving: from 29 March in Europe, from 8 March in Toronto.
        ("Europe/Paris", "2026-03-29T04:45:00Z", "R02"),
        ("Europe/Paris", "2026-03-29T05:00:00Z", "R01"),
        ("America/Toronto", "2026-03-07T11:45:00Z", "R02"),
        ("America/Toronto", "2026-03-08T11:00:00Z", "R01"),
    ] {
        assert_eq!(row_at(zone, quarter_at), row, "{zone} {quarter_at}");
    }
}

#[test]
fn tiers_are_filled_by_the_whole_account() {
    let at = "2026-01-20T10:00:00Z";
    let used = [bucket("U-001", "data_mb", at, "4000"), bucket("U-002", "data_mb", at, "3240.397")];
    let charges = Account::new().bill(&used, date(2026, 2, 1));
    assert_eq!(shown(&charges[0]), "usage.charge data_mb 2026-01 R01 7240.397 126.61");
    assert_eq!(charges[0].unit_price, None);
    let rated = charges[0].rated.as_ref().unwrap();
    let tiers: Vec<_> = rated.tiers.iter().map(|it| it.quantity.to_string()).collect();
    assert_eq!(tiers, ["6000", "1240.397"]);
}

#[test]
fn a_line_says_who_used_how_much() {
    let at = |quarter: &str| format!("2026-01-20T10:{quarter}:00Z");
    let used = [
        bucket("U-002", "data_mb", &at("00"), "1.50"),
        bucket("U-001", "data_mb", &at("00"), "2.25"),
        bucket("U-001", "data_mb", &at("15"), "0.25"),
    ];
    let charges = Account::new().bill(&used, date(2026, 2, 1));
    let units: Vec<_> = charges[0].units.iter().map(|it| it.as_str()).collect();
    assert_eq!(units, ["U-001", "U-002"]);
    let by_unit = &charges[0].rated.as_ref().unwrap().by_unit;
    let shares: Vec<_> =
        by_unit.iter().map(|it| format!("{} {} {}", it.unit, it.quantity, it.events)).collect();
    assert_eq!(shares, ["U-001 2.5 2", "U-002 1.5 1"]);
}

#[test]
fn each_version_of_an_offer_counts_its_own_tiers() {
    let mut account = Account::new();
    account.offers.push(facts::OfferPublished { version: 2, ..offer() });
    account.units[1].1 = 1;
    let at = "2026-01-20T10:00:00Z";
    let used = [bucket("U-001", "api_calls", at, "9000"), bucket("U-002", "api_calls", at, "9000")];
    let charges = account.bill(&used, date(2026, 2, 1));
    let lines: Vec<_> =
        charges.iter().map(|it| format!("{} {}", it.offer, it.amount.amount_text())).collect();
    assert_eq!(lines, ["smart-fleet@1 54.00", "smart-fleet@2 54.00"]);
}

#[test]
fn usage_without_a_price_is_an_error_not_a_free_gift() {
    let refused =
        |account: &Account, bucket: Bucket| match account.rate(&[bucket], date(2026, 2, 1)) {
            Err(RatingError::NoPrice { unit, .. }) => unit.to_string(),
            other => panic!("{other:?}"),
        };
    let at = "2026-01-20T10:00:00Z";
    let mut account = Account::new();
    assert_eq!(refused(&account, bucket("U-404", "api_calls", at, "1")), "U-404");
    assert_eq!(refused(&account, bucket("U-001", "video", at, "1")), "U-001");
    account.components.remove(&read("api_calls"));
    assert_eq!(refused(&account, bucket("U-001", "api_calls", at, "1")), "U-001");
    // Of a period that is still open, nothing is asked yet.
    assert!(account.rate(&[bucket("U-404", "sms", at, "1")], date(2026, 1, 31)).is_ok());
}
