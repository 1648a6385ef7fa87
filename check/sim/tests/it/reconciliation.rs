//! The split-brain report of the reference fleet on 25 March is what an independent script makes of
//! the raw files (`data/reconciliation/recompute.py`); and what other systems say is compared.

use engine::reconciliation::{Filter, Outside, Report, reconcile};
use facts::AccountId;
use jiff::Timestamp;
use reconciliation::{CloudDevice, CloudState, Finding, Kind};
use serde_json::{Value, json};
use store::Store;
use store_sqlite::SqliteStore;

use crate::worlds;

/// The fleet as it stands at 00:00 of 25 March, with or without its usage.
fn fleet(with_usage: bool) -> (SqliteStore, Timestamp) {
    let usage = match with_usage {
        true => "- import_usage_days: {directory: usage, from: 2026-01-09, until: 2026-03-25}\n",
        false => "",
    };
    let story = format!(
        "story: Smart fleet\nzone: Europe/Paris\nstarts_at: 2026-01-01\nsteps:\n\
         - publish_file: catalog.yaml\n\
         - import: {{orders: orders.csv, units: units.csv, shipments: shipments.csv, \
         changes: changes.csv, signals: signals.ndjson}}\n{usage}\
         - advance_to: 2026-03-25\n"
    );
    let story = connect::story_file::read("fleet.yaml", &story).unwrap();
    let mut store = worlds::sqlite();
    ::stories::run(&mut store, &story, &worlds::fleet(), &mut |_| {}).unwrap();
    let now = engine::clock::now(&mut store, Timestamp::MIN).unwrap();
    (store, now)
}

fn report(store: &mut dyn Store, outside: &Outside, filter: &Filter, now: Timestamp) -> Report {
    reconcile(store, outside, filter, now).unwrap()
}

fn in_short(it: &Finding) -> Value {
    let money = |it: Option<kernel::Money>| it.map(|it| it.amount_text());
    json!({
        "kind": it.kind.key(), "unit": it.unit, "since": it.since, "age_days": it.age_days,
        "amount": money(it.stake.once), "per_period": money(it.stake.per_period),
        "resolves_on": it.resolves_on,
    })
}

fn sorted(mut findings: Vec<Value>) -> Vec<Value> {
    findings.sort_by_key(ToString::to_string);
    findings
}

#[test]
fn the_reference_fleet_is_told_as_the_raw_files_tell_it() {
    let (mut store, now) = fleet(true);
    let expected: Value =
        serde_json::from_str(include_str!("../../data/reconciliation/expected.json")).unwrap();
    let report = report(&mut store, &Outside::default(), &Filter::default(), now);
    assert_eq!(report.units, 50);
    let (usage, units): (Vec<&Finding>, Vec<&Finding>) =
        report.findings.iter().partition(|it| it.kind == Kind::UsageWithoutSubscription);
    let wanted = expected["findings"].as_array().unwrap().clone();
    assert_eq!(sorted(units.into_iter().map(in_short).collect()), sorted(wanted));
    let usage: Vec<Value> = usage
        .iter()
        .map(|it| {
            assert!(it.stake.once.is_some_and(|it| it.minor >= 0), "{it:?}");
            json!({"serial": it.serial, "events": it.events, "since": it.since,
                   "age_days": it.age_days})
        })
        .collect();
    assert_eq!(sorted(usage), sorted(expected["usage"].as_array().unwrap().clone()));
}

#[test]
fn what_the_next_invoice_bills_is_what_was_at_stake() {
    let (mut store, now) = fleet(false);
    let filter = Filter {
        kinds: vec![Kind::ActivatedNotBilled, Kind::BilledNotServed, Kind::ReturnedStillBilled],
        ..Filter::default()
    };
    let before = report(&mut store, &Outside::default(), &filter, now);
    // 9.64 − 6.43 − 199.00 − 9.64, as in section 9 of the README of the fleet.
    let sum: i64 = before.findings.iter().filter_map(|it| it.stake.once).map(|it| it.minor).sum();
    assert_eq!(sum, 964 - 643 - 19_900 - 964);
    let april = "2026-04-01T00:00:00+02:00".parse().unwrap();
    engine::clock::advance(&mut store, april, |_| ()).unwrap();
    let after = report(&mut store, &Outside::default(), &Filter::default(), april);
    let left: Vec<(Kind, String)> =
        after.findings.iter().map(|it| (it.kind, it.unit.as_ref().unwrap().to_string())).collect();
    assert_eq!(
        left,
        [
            (Kind::ShippedNotDelivered, "U-050".to_owned()),
            (Kind::DeliveredNotActivated, "U-012".to_owned()),
        ]
    );
}

#[test]
fn findings_are_chosen_by_kind_account_and_age() {
    let (mut store, now) = fleet(false);
    let none = Outside::default();
    let of =
        |filter: Filter, store: &mut SqliteStore| report(store, &none, &filter, now).findings.len();
    let kinds = vec![Kind::ShippedNotDelivered, Kind::ReturnedStillBilled];
    assert_eq!(of(Filter { kinds, ..Filter::default() }, &mut store), 3);
    assert_eq!(of(Filter { age_days_min: 15, ..Filter::default() }, &mut store), 2);
    let account = |name: &str| Some(AccountId::new(name).unwrap());
    let all = of(Filter::default(), &mut store);
    assert_eq!(
        of(Filter { account: account("ACC-TRANSLOG"), ..Filter::default() }, &mut store),
        all
    );
    assert_eq!(of(Filter { account: account("ACC-OTHER"), ..Filter::default() }, &mut store), 0);
}

fn said(it: &Finding) -> String {
    let text = |it: Option<&String>| it.cloned().unwrap_or_else(|| "-".to_owned());
    let unit = it.unit.as_ref().map(ToString::to_string);
    format!(
        "{} {} {} | {} | {} | {}",
        it.kind.key(),
        text(unit.as_ref()),
        text(it.serial.as_ref()),
        text(it.ours.as_ref()),
        text(it.theirs.as_ref()),
        it.action.key(),
    )
}

#[test]
fn the_erp_is_compared_shipment_by_shipment() {
    let (mut store, now) = fleet(false);
    let path = worlds::fleet().join("shipments.csv");
    let filter = Filter {
        kinds: vec![Kind::ErpOnly, Kind::NotInErp, Kind::ErpDiffers],
        ..Filter::default()
    };
    let compare = |store: &mut SqliteStore, path: &std::path::Path| {
        let outside = imports::read_outside(Some(path), None).unwrap();
        report(store, &outside, &filter, now).findings.iter().map(said).collect::<Vec<_>>()
    };
    assert!(compare(&mut store, &path).is_empty(), "the ERP is where our shipments came from");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let first = lines.remove(1);
    let second = lines[1].clone();
    let serial = second.split(',').nth(3).unwrap().to_owned();
    lines[1] = second.replace(&serial, "TRK-OTHER");
    let lost = lines.iter().position(|it| it.contains("U-050")).unwrap();
    lines[lost] = lines[lost].replace(",,", ",2026-03-20T09:00:00+01:00,");
    lines.push(first.replace("SHP-", "SHP-NEW-"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("erp.csv");
    std::fs::write(&file, lines.join("\n") + "\n").unwrap();
    let cells = |line: &str, column: usize| line.split(',').nth(column).unwrap().to_owned();
    let (unit, device, shipment) = (cells(&first, 2), cells(&first, 3), cells(&first, 0));
    let (other_unit, other_shipment) = (cells(&second, 2), cells(&second, 0));
    let renamed = shipment.replace("SHP-", "SHP-NEW-");
    assert_eq!(
        compare(&mut store, &file),
        [
            format!("erp-only {unit} {device} | - | {renamed} | import-shipment"),
            format!("not-in-erp {unit} {device} | {shipment} | - | ask-erp"),
            format!(
                "erp-differs {other_unit} {serial} | {other_shipment}: serial {serial} | \
                 {other_shipment}: serial TRK-OTHER | compare-shipment"
            ),
            "erp-differs U-050 TRK-0483750 | SHP-20466: not delivered | SHP-20466: delivered_at \
             2026-03-20T08:00:00Z | compare-shipment"
                .to_owned(),
        ]
    );
}

#[test]
fn the_device_cloud_is_compared_device_by_device() {
    let (mut store, now) = fleet(false);
    let account = AccountId::new("ACC-TRANSLOG").unwrap();
    let units = engine::read::units(&mut store, &account).unwrap();
    let text = std::fs::read_to_string(worlds::fleet().join("shipments.csv")).unwrap();
    let serial_of = |unit: &str| {
        let line = text.lines().find(|it| it.contains(&format!(",{unit},"))).unwrap();
        line.split(',').nth(3).unwrap().to_owned()
    };
    // Every device is in the state that it should be in, but for five and one that is not listed.
    let mut devices: Vec<CloudDevice> = units
        .iter()
        .filter(|it| it.unit.as_str() != "U-034" && it.unit.as_str() != "U-002")
        .map(|it| {
            let state = match it.unit.as_str() {
                "U-050" | "U-022" => CloudState::Active,
                "U-001" => CloudState::Suspended,
                _ if it.start.is_some() => CloudState::Active,
                _ => CloudState::Registered,
            };
            CloudDevice { serial: serial_of(it.unit.as_str()), state, since: None }
        })
        .collect();
    let device =
        |serial: &str, state| CloudDevice { serial: serial.to_owned(), state, since: None };
    // The old device of the swap is still active, the new one is as it should be.
    devices.push(device(&serial_of("U-034"), CloudState::Active));
    devices.push(device("TRK-0991204", CloudState::Active));
    devices.push(device("TRK-STRAY", CloudState::Active));
    devices.push(device("TRK-SHELF", CloudState::Registered));
    let outside = Outside { cloud: Some(devices), erp: None };
    let kinds = vec![
        Kind::CloudWithoutUnit,
        Kind::CloudActiveNotStarted,
        Kind::CloudActiveNotServed,
        Kind::CloudInactiveBilled,
        Kind::NotInCloud,
    ];
    let report = report(&mut store, &outside, &Filter { kinds, ..Filter::default() }, now);
    let said: Vec<String> = report.findings.iter().map(said).collect();
    let serial = serial_of;
    assert_eq!(
        said,
        [
            "cloud-without-unit - TRK-STRAY | - | active | assign-or-retire".to_owned(),
            format!(
                "cloud-active-not-started U-050 {} | not started | active | send-signal",
                serial("U-050")
            ),
            format!(
                "cloud-active-not-served U-022 {} | returned | active | deactivate",
                serial("U-022")
            ),
            format!(
                "cloud-active-not-served U-034 {} | no longer held | active | deactivate",
                serial("U-034")
            ),
            format!(
                "cloud-inactive-billed U-001 {} | in service | suspended | check-device",
                serial("U-001")
            ),
            format!("not-in-cloud U-002 {} | - | - | register-device", serial("U-002")),
        ]
    );
    // U-001 is on premium since 16 February.
    let silent = report.findings.iter().find(|it| it.kind == Kind::CloudInactiveBilled).unwrap();
    assert_eq!(silent.stake.per_period.unwrap().amount_text(), "34.90");
}

#[test]
fn a_device_that_is_not_sold_and_not_back_is_asked_for() {
    let stories = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("stories");
    let text = std::fs::read_to_string(stories.join("hardware-loaned-and-leased.yaml")).unwrap();
    let story = connect::story_file::read("loans.yaml", &text).unwrap();
    let mut store = worlds::sqlite();
    ::stories::run(&mut store, &story, &stories, &mut |_| {}).unwrap();
    let now = engine::clock::now(&mut store, Timestamp::MIN).unwrap();
    let only = Filter { kinds: vec![Kind::NotReturned], ..Filter::default() };
    let report = report(&mut store, &Outside::default(), &only, now);
    let told: Vec<Value> = report.findings.iter().map(in_short).collect();
    assert_eq!(
        told,
        [json!({
            "kind": "not-returned", "unit": "L-2", "since": "2026-02-10", "age_days": 111,
            "amount": "120.00", "per_period": null, "resolves_on": null,
        })]
    );
}
