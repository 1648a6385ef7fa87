//! The read side of usage, on a small world whose every figure can be worked out by hand, and on
//! the reference fleet against figures counted from its files by another program.
//!
//! The small world: U-001 (a tracker-4g with serial TRK-0483113) is in service from
//! 2026-01-16T16:49:23Z; the shipment of U-002 (TRK-0483126, in service from 2026-01-14T03:30:11Z)
//! is imported only after January is billed. Peak data in France costs 0.0180 up to 6,000 MB; the
//! default row costs 0.0525.

use serde_json::Value;

use crate::shop::{Shop, fleet};

const DATA: &str = "com.translog.usage.data.v1";
const HOURS: &str = "com.translog.usage.engine.v1";
const SMS: &str = "com.translog.usage.sms.v1";
const HUMIDITY: &str = "com.translog.usage.humidity.v1";
const SOURCE: &str = "urn:gateway:1";

fn event(id: &str, (kind, subject): (&str, &str), time: &str, data: &str) -> String {
    format!(
        concat!(
            r#"{{"specversion":"1.0","id":"{}","source":"{}","type":"{}","#,
            r#""subject":"{}","time":"{}","data":{}}}"#
        ),
        id, SOURCE, kind, subject, time, data
    )
}

fn first_file() -> String {
    let mine = |kind| (kind, "TRK-0483113");
    let new = |kind| (kind, "TRK-NEW");
    let data = |id, mb: &str| {
        let data = format!(r#"{{"mb":{mb},"region":"FR"}}"#);
        event(id, mine(DATA), "2026-01-20T10:00:00Z", &data)
    };
    [
        data("e-billed", "10.5"),
        event("e-free", mine(DATA), "2026-01-14T10:00:00Z", r#"{"mb":1,"region":"FR"}"#),
        data("e-billed", "10.5"),
        data("e-billed", "11"),
        event("e-sms", mine(SMS), "2026-01-20T10:00:00Z", r#"{"direction":"in"}"#),
        event("e-new-1", new(DATA), "2026-01-20T10:00:00Z", r#"{"mb":4,"region":"FR"}"#),
        event("e-new-2", new(DATA), "2026-01-21T10:00:00Z", r#"{"mb":6.25,"region":"FR"}"#),
        event("e-hours-1", new(HOURS), "2026-01-20T10:00:00Z", r#"{"hours":100}"#),
        event("e-hours-2", new(HOURS), "2026-01-20T11:00:00Z", r#"{"hours":103.5}"#),
        event("e-hours-3", new(HOURS), "2026-01-20T12:00:00Z", r#"{"hours":2}"#),
        event("e-type", mine("com.x.tyre.v9"), "2026-01-20T10:00:00Z", "{}"),
        event("e-future", mine(DATA), "2026-01-29T10:00:00Z", r#"{"mb":2,"region":"FR"}"#),
        event("e-early", mine(DATA), "2026-01-02T10:00:00Z", r#"{"mb":3,"region":"FR"}"#),
        event("e-unpriced", mine(HUMIDITY), "2026-01-20T10:00:00Z", "{}"),
        event(
            "e-shipped-late",
            (DATA, "TRK-0483126"),
            "2026-01-20T10:00:00Z",
            r#"{"mb":5,"region":"FR"}"#,
        ),
        "this is no JSON".to_owned(),
    ]
    .join("\n")
}

/// The small world on 25 January 2026, with the first file received.
fn world() -> Shop {
    let shop = Shop::empty();
    shop.ok(&["clock", "advance", "--to", "2026-01-01"]);
    let catalog = std::fs::read_to_string(fleet("catalog.yaml")).unwrap();
    let supplied = "# --- How it is supplied";
    assert!(catalog.contains(supplied));
    let humidity = format!(
        concat!(
            "  - code: humidity\n    effective_from: 2026-01-01\n",
            "    name: {{en: Humidity, fr: Humidité}}\n    symbol: {{en: alerts, fr: alertes}}\n",
            "    event_type: {}\n    measure: count\n\n{}"
        ),
        HUMIDITY, supplied
    );
    let catalog = catalog.replacen(supplied, &humidity, 1);
    shop.ok(&["apply", "--file", &shop.write("catalog.yaml", &catalog)]);
    shop.ok(&["order", "import", &fleet("orders.csv"), "--units", &fleet("units.csv")]);
    let shipments = std::fs::read_to_string(fleet("shipments.csv")).unwrap();
    let known: Vec<&str> = shipments.lines().filter(|line| !line.contains("TRK-0483126")).collect();
    shop.ok(&["shipment", "import", &shop.write("shipments.csv", &known.join("\n"))]);
    shop.ok(&["signal", "send", &fleet("signals.ndjson")]);
    shop.ok(&["clock", "advance", "--to", "2026-01-25"]);
    shop.ok(&["usage", "send", &shop.write("first.ndjson", &first_file())]);
    shop
}

fn json(shop: &Shop, arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.extend(["--output", "json"]);
    serde_json::from_str(&shop.ok(&all)).unwrap()
}

/// What `explain` says about one event.
fn explained(shop: &Shop, id: &str) -> Value {
    json(shop, &["usage", "explain", id, "--source", SOURCE])["events"][0].clone()
}

fn french(shop: &Shop, arguments: &[&str]) -> String {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_tabouret"));
    let output = command.args(["--lang", "fr"]).args(arguments).args(shop.place()).output();
    let output = output.unwrap();
    let said = if output.status.success() { output.stdout } else { output.stderr };
    // Figures and names do not break across lines.
    String::from_utf8(said).unwrap().replace(['\u{a0}', '\u{202f}'], " ")
}

#[test]
fn an_event_is_followed_from_its_arrival_to_its_invoice_lines() {
    let shop = world();
    let waits = explained(&shop, "e-billed");
    assert_eq!(waits["billing"]["is_billed"], false);
    assert_eq!(waits["billing"]["due_on"], "2026-02-01");
    assert_eq!(waits["billing"]["lines"], Value::Array(Vec::new()));
    assert_eq!(waits["held"][0]["service_from"], "2026-01-16T16:49:23Z");
    assert_eq!(waits["held"][0]["evidence"]["activated"]["id"], "act-00011");
    shop.ok(&["clock", "advance", "--to", "2026-02-03"]);
    let late = r#"{"mb":20,"region":"FR"}"#;
    let late = event("e-late", (DATA, "TRK-0483113"), "2026-01-22T10:00:00Z", late);
    shop.ok(&["usage", "send", &shop.write("late.ndjson", &late)]);
    shop.ok(&["shipment", "import", &fleet("shipments.csv")]);

    // Billed: 10.5 MB at 0.0180, 0.189 → 0.19.
    let billed = explained(&shop, "e-billed");
    assert_eq!(billed["file"], "first.ndjson");
    assert_eq!((&billed["line"], &billed["segment"]), (&Value::from(1), &Value::from(1)));
    assert_eq!(billed["value"], "10.5");
    assert_eq!((&billed["unit"], &billed["account"]), (&"U-001".into(), &"ACC-TRANSLOG".into()));
    assert_eq!(billed["quarter_at"], "2026-01-20T10:00:00Z");
    assert_eq!(billed["price"]["row"], "R01");
    assert_eq!(billed["price"]["key"], "tracker-4g, FR, peak");
    let bills = &billed["billing"];
    assert_eq!((&bills["is_billed"], &bills["due_on"]), (&Value::Bool(true), &Value::Null));
    assert_eq!(bills["lines"][0]["kind"], "usage.charge");
    assert_eq!(bills["lines"][0]["includes_it"], true);

    // Late: the same price and period, but it came after the invoice.
    let late = explained(&shop, "e-late")["billing"].clone();
    assert_eq!((&late["is_billed"], &late["due_on"]), (&Value::Bool(false), &"2026-03-01".into()));
    assert_eq!(late["lines"][0]["had_arrived"], false);
    // It had arrived in time, but nobody knew whose it was.
    let found = explained(&shop, "e-shipped-late");
    assert_eq!((&found["outcome"], &found["unit"]), (&"accepted".into(), &"U-002".into()));
    let line = &found["billing"]["lines"][0];
    assert_eq!((&line["had_arrived"], &line["includes_it"]), (&true.into(), &false.into()));
    assert_eq!(found["billing"]["due_on"], "2026-03-01");

    // (10.5 + 20 + 5) × 0.0180 = 0.639 → 0.64, less 0.19: the adjustment is 0.45.
    shop.ok(&["clock", "advance", "--to", "2026-03-01"]);
    let adjusted = explained(&shop, "e-late")["billing"].clone();
    let lines = adjusted["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1]["kind"], "usage.adjustment");
    assert_eq!(lines[1]["includes_it"], true);
    let (number, line) = (&lines[1]["invoice"], lines[1]["line"].to_string());
    let invoice = ["invoice", "explain", number.as_str().unwrap(), &line];
    assert_eq!(json(&shop, &invoice)["line"]["charge"]["amount"]["minor"], 45);
    assert_eq!(explained(&shop, "e-shipped-late")["billing"]["is_billed"], true);
    let said = shop.ok(&["usage", "explain", "e-late"]);
    assert!(said.contains("adjustment") && said.contains("no: it had not arrived"), "{said}");
}

#[test]
fn an_event_that_is_not_billed_says_why_and_what_to_do() {
    let shop = world();
    let free = explained(&shop, "e-free");
    assert_eq!((&free["outcome"], &free["billing"]), (&"free".into(), &Value::Null));
    let cases = [
        ("e-new-1", "unknown_serial", "names TRK-NEW"),
        ("e-early", "serial_not_assigned", "missing for TRK-0483113"),
        ("e-unpriced", "no_price", "a price for humidity to offer smart-fleet-plan"),
        ("e-type", "unknown_type", "a meter for com.x.tyre.v9"),
        ("e-future", "future_time", "clock of TRK-0483113 is ahead"),
    ];
    for (id, reason, remedy) in cases {
        let it = explained(&shop, id);
        assert_eq!((&it["outcome"], &it["reason"]), (&"quarantined".into(), &reason.into()));
        let said = it["remedy"].as_str().unwrap();
        assert!(said.contains(remedy), "{id}: {said}");
    }
    let said = shop.ok(&["usage", "explain", "e-free"]);
    assert!(said.contains("never, unless the start of service changes"), "{said}");
    let said = french(&shop, &["usage", "explain", "e-new-1"]);
    assert!(said.contains("Importez l’expédition ou l’échange qui cite TRK-NEW"), "{said}");
    assert!(said.contains("1 segment(s) parcouru(s)"), "{said}");
}

#[test]
fn an_id_is_looked_for_in_every_line_and_its_copies_are_told() {
    let shop = world();
    // The same id of another source, written with an escape.
    let other = event("e-\\u0062illed", (DATA, "TRK-NEW"), "2026-01-20T10:00:00Z", r#"{"mb":1}"#);
    let other = other.replace(SOURCE, "urn:other");
    shop.ok(&["usage", "send", &shop.write("other.ndjson", &other)]);
    let all = json(&shop, &["usage", "explain", "e-billed", "--copies"]);
    assert_eq!(all["segments_searched"], 2);
    let events = all["events"].as_array().unwrap();
    let sources: Vec<&str> = events.iter().map(|it| it["source"].as_str().unwrap()).collect();
    assert_eq!(sources, ["urn:other", SOURCE], "the last received first");
    let copies = all["copies"].as_array().unwrap();
    let copies: Vec<(u64, &str)> = copies
        .iter()
        .map(|it| (it["line"].as_u64().unwrap(), it["outcome"].as_str().unwrap()))
        .collect();
    assert_eq!(copies, [(4, "conflict"), (3, "duplicate")]);
    let one = json(&shop, &["usage", "explain", "e-billed", "--source", SOURCE]);
    assert_eq!((&one["segments_searched"], &one["copies"]), (&Value::Null, &Value::Null));

    for (arguments, code) in [
        (vec!["usage", "explain", "nowhere"], "unknown-event-id"),
        (vec!["usage", "explain", "e-billed", "--source", "urn:x"], "unknown-event"),
    ] {
        let mut asked = arguments.clone();
        asked.extend(["--output", "json"]);
        let output = shop.run(&asked);
        assert_eq!(output.status.code(), Some(3));
        let said: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(said["problems"][0]["code"], code);
    }
    let said = french(&shop, &["usage", "explain", "nowhere"]);
    assert!(said.contains("Aucun événement n’a pris l’identifiant"), "{said}");
}

#[test]
fn what_waits_is_grouped_with_its_value_at_the_list_price() {
    let shop = world();
    let waits = json(&shop, &["usage", "quarantine"]);
    let groups = waits["groups"].as_array().unwrap();
    let summary: Vec<String> = groups
        .iter()
        .map(|it| {
            let what = it["meter"].as_str().or(it["unknown_type"].as_str()).unwrap();
            let value = it["estimate"]["value"]["amount"].as_str().unwrap_or("-");
            let (reason, device) = (&it["reason"], &it["subject"]);
            format!("{reason} {what} {device} {} {value}", it["events"]).replace('"', "")
        })
        .collect();
    let expected = [
        // 100 is the baseline, then 3.5; 2 is after a reset: 5.5 × 0.021 = 0.1155.
        "unknown_serial engine_hours TRK-NEW 3 0.12",
        // (4 + 6.25) × 0.0525 = 0.538125.
        "unknown_serial data_mb TRK-NEW 2 0.54",
        // 5 × 0.0525 = 0.2625.
        "unknown_serial data_mb TRK-0483126 1 0.26",
        // 3 × 0.0525 = 0.1575.
        "serial_not_assigned data_mb TRK-0483113 1 0.16",
        "no_price humidity TRK-0483113 1 -",
        "unknown_type com.x.tyre.v9 TRK-0483113 1 -",
        // 2 × 0.0525 = 0.105, half away from zero.
        "future_time data_mb TRK-0483113 1 0.11",
    ];
    assert_eq!(summary, expected);
    assert_eq!(groups[1]["first_at"], "2026-01-20T10:00:00Z");
    assert_eq!(groups[1]["last_at"], "2026-01-21T10:00:00Z");
    assert_eq!(groups[1]["segments"], Value::from(vec![1]));
    assert_eq!(
        (&groups[4]["unit"], &groups[4]["offer"]),
        (&"U-001".into(), &"smart-fleet-plan@1".into())
    );
    let total = &waits["total"];
    assert_eq!((&total["events"], &total["events_without_price"]), (&10.into(), &2.into()));
    assert_eq!(total["values"][0]["amount"], "1.19");

    let two = json(&shop, &["usage", "quarantine", "--reason", "unknown_serial", "--limit", "2"]);
    assert_eq!(two["groups"].as_array().unwrap().len(), 2);
    assert_eq!(two["total"]["groups"], 3, "the total is of all of that reason");
    let said = french(&shop, &["usage", "quarantine"]);
    assert!(said.contains("valeur estimée 1,19 € HT"), "{said}");
    assert!(said.contains("→ Ajoutez un prix pour humidity à l’offre smart-fleet-plan"), "{said}");
    // The shipment comes, and its event waits no longer.
    shop.ok(&["shipment", "import", &fleet("shipments.csv")]);
    let waits = json(&shop, &["usage", "quarantine", "--reason", "unknown_serial"]);
    assert_eq!(waits["total"]["events"], 5);
    let empty = Shop::empty();
    empty.ok(&["clock", "advance", "--to", "2026-01-01"]);
    assert!(empty.ok(&["usage", "quarantine"]).contains("Nothing waits"));
}

#[test]
fn every_line_has_its_place_in_the_equation_with_its_ids() {
    let shop = world();
    let ids = |outcome: &str| -> Vec<String> {
        let asked = ["usage", "conservation", "--day", "2026-01-25", "--ids", outcome];
        let said = json(&shop, &asked);
        let lines = said["lines"].as_array().unwrap();
        lines.iter().map(|it| it["id"].as_str().unwrap_or("-").to_owned()).collect()
    };
    assert_eq!(ids("not_yet_due"), ["e-billed", "e-sms"]);
    assert_eq!(ids("billed"), [""; 0]);
    assert_eq!(ids("free"), ["e-free"]);
    assert_eq!(ids("duplicate"), ["e-billed"]);
    assert_eq!(ids("conflict"), ["e-billed"]);
    assert_eq!(ids("rejected"), ["-"]);
    assert_eq!(ids("quarantined").len(), 10);
    shop.ok(&["clock", "advance", "--to", "2026-02-03"]);
    shop.ok(&["shipment", "import", &fleet("shipments.csv")]);
    assert_eq!(ids("billed"), ["e-billed", "e-sms"]);
    assert_eq!(ids("not_yet_due"), ["e-shipped-late"], "arrived in time, found after the bill");
    let rows = json(&shop, &["usage", "conservation"]);
    let accepted = |row: &&Value| row["outcome"] == "accepted" && row["meter"] == "data_mb";
    let row = rows.as_array().unwrap().iter().find(accepted).unwrap();
    assert_eq!((&row["lines"], &row["billed"]), (&2.into(), &1.into()));
    assert_eq!(row["not_yet_due"], 1);
    let csv = shop.ok(&["usage", "conservation", "--output", "csv"]);
    let total = csv.lines().find(|line| line.starts_with("all,")).unwrap();
    assert_eq!(total, "all,,16,2,1,1,0,0,0,1,1,1,9");
    let said = french(&shop, &["usage", "conservation", "--ids", "free"]);
    assert!(said.contains("e-free") && said.contains("1 ligne(s)"), "{said}");
    assert!(shop.ok(&["usage", "conservation", "--day", "2026-01-01"]).contains("No usage"));
}

#[test]
fn events_of_a_device_are_listed_and_all_are_exported() {
    let shop = world();
    let range = ["--from", "2026-01-14", "--to", "2026-01-20 12:00"];
    let mut asked = vec!["usage", "list", "--subject", "TRK-0483113"];
    asked.extend(range);
    let list = json(&shop, &asked);
    let ids: Vec<&str> =
        list["events"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["e-free", "e-billed", "e-sms", "e-type", "e-unpriced"]);
    asked.extend(["--limit", "2", "--output", "csv"]);
    let csv = shop.ok(&asked);
    let row = "2026-01-20 10:00:00Z,data_mb,10.5 MB,accepted,U-001,e-billed";
    assert_eq!(csv.lines().nth(2).map(|it| it.replace('\u{a0}', " ")).as_deref(), Some(row));
    assert_eq!(csv.lines().count(), 3);
    let none = french(&shop, &["usage", "list", "--subject", "TRK-0"]);
    assert!(none.contains("Aucun événement de TRK-0"), "{none}");

    let file = shop.path().join("all.csv").display().to_string();
    assert_eq!(json(&shop, &["usage", "export", "--file", &file])["events"], 13);
    let mut reader = csv::Reader::from_path(&file).unwrap();
    let names = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let cell = |row: usize, name: &str| {
        let place = names.iter().position(|it| it == name).unwrap();
        rows[row].get(place).unwrap().to_owned()
    };
    assert_eq!(rows.len(), 13, "16 lines: one duplicate, one conflict, one rejected");
    let named = ["source", "id", "meter", "subject", "time", "value", "dimensions", "arrived_on"];
    assert_eq!(
        named.map(|name| cell(0, name)),
        [
            SOURCE,
            "e-billed",
            "data_mb",
            "TRK-0483113",
            "2026-01-20T10:00:00Z",
            "10.5",
            r#"{"region":"FR"}"#,
            "2026-01-25"
        ]
    );
    let named = ["file", "line", "segment", "outcome", "unit", "account"];
    let expected = ["first.ndjson", "1", "1", "accepted", "U-001", "ACC-TRANSLOG"];
    assert_eq!(named.map(|name| cell(0, name)), expected);
    let named = ["unknown_type", "outcome", "reason", "unit"];
    let last = named.map(|name| cell(8, name));
    assert_eq!(last, ["com.x.tyre.v9", "quarantined", "unknown_type", ""]);
    let none = ["usage", "export", "--file", &file, "--to", "2026-01-25"];
    assert_eq!(json(&shop, &none)["events"], 0, "the day is not included");
    let output = shop.run(&["usage", "export", "--file", "all.xlsx"]);
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn a_parquet_file_has_what_the_csv_has() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    use std::collections::BTreeMap;

    let shop = world();
    let file = shop.path().join("all.parquet");
    let written = json(&shop, &["usage", "export", "--file", &file.display().to_string()]);
    assert_eq!(written["events"], 13);
    let reader = SerializedFileReader::new(std::fs::File::open(&file).unwrap()).unwrap();
    let rows: Vec<BTreeMap<String, String>> = reader
        .get_row_iter(None)
        .unwrap()
        .map(|row| {
            let row = row.unwrap();
            let cell = |(name, cell): (&String, &Field)| (name.clone(), cell.to_string());
            row.get_column_iter().map(cell).collect()
        })
        .collect();
    assert_eq!(rows.len(), 13);
    let cells = |row: usize, names: [&str; 6]| names.map(|name| rows[row][name].replace('"', ""));
    let names = ["id", "meter", "value", "line", "unit", "account"];
    let first = ["e-billed", "data_mb", "10.500000000", "1", "U-001", "ACC-TRANSLOG"];
    assert_eq!(cells(0, names), first);
    let names = ["time", "arrived_on", "dimensions", "reason", "unknown_type", "outcome"];
    let [time, day, dimensions, rest @ ..] = cells(0, names);
    assert!(time.starts_with("2026-01-20 10:00:00") && day.contains("2026-01-25"), "{time} {day}");
    assert_eq!(
        (dimensions.as_str(), rest),
        ("{region:FR}", ["null", "null", "accepted"].map(str::to_owned))
    );
    let names = ["id", "meter", "unknown_type", "reason", "unit", "outcome"];
    let held = ["e-type", "null", "com.x.tyre.v9", "unknown_type", "null", "quarantined"];
    assert_eq!(cells(8, names), held);
}

#[test]
fn an_event_can_be_tried_before_anybody_sends_it() {
    let shop = world();
    let pretty = r#"{
        "specversion": "1.0", "id": "t-1", "source": "urn:test",
        "type": "com.translog.usage.data.v1", "subject": "TRK-0483113",
        "time": "2026-01-24T22:50:00+01:00",
        "data": {"mb": 7.25, "region": "FR"}
    }"#;
    let file = shop.write("event.json", pretty);
    let tried = json(&shop, &["meter", "test", "--event", &file]);
    assert_eq!((&tried["outcome"], &tried["unit"]), (&"accepted".into(), &"U-001".into()));
    assert_eq!(tried["arrived_on"], "2026-01-25");
    assert_eq!(tried["steps"][0]["meter"], "data_mb");
    assert_eq!(tried["steps"][1]["value"], "7.25");
    assert_eq!(tried["quarter_at"], "2026-01-24T21:45:00Z");
    assert_eq!(tried["price"]["row"], "R02", "22:50 in Paris is off-peak");
    assert_eq!(tried["price"]["price"]["scale"]["tiers"][0]["unit_price"], "0.0090");
    // Seen from an earlier day it claims to come from the future.
    let early = json(&shop, &["meter", "test", "--event", &file, "--at", "2026-01-22"]);
    assert_eq!(early["reason"], "future_time");
    let bad = pretty.replace("7.25", "7.2512");
    let bad = json(&shop, &["meter", "test", "--event", &shop.write("bad.json", &bad)]);
    assert_eq!((&bad["outcome"], &bad["reason"]), (&"rejected".into(), &"bad_number".into()));
    // The first line of NDJSON; its id is taken.
    let first = shop.path().join("first.ndjson").display().to_string();
    let taken = json(&shop, &["meter", "test", "--event", &first]);
    assert_eq!(taken["id_taken_by"]["line"], 1);
    let said = french(&shop, &["meter", "test", "--event", &file]);
    assert!(said.contains("est mesuré par data_mb, version 1"), "{said}");
    assert!(said.contains("Rien n’a été reçu"), "{said}");
    assert_eq!(json(&shop, &["usage", "list", "--subject", "TRK-0483113"])["more"], false);
    let missing = shop.run(&["meter", "test", "--event", "nowhere.json"]);
    assert_eq!(missing.status.code(), Some(3));
}

#[test]
fn a_level_that_holds_is_used_up_to_now_and_no_longer() {
    let shop = Shop::empty();
    shop.ok(&["clock", "advance", "--to", "2026-01-01"]);
    let catalog = std::fs::read_to_string(fleet("catalog.yaml")).unwrap();
    let counter = "measure: {counter: {member: hours, decimals_max: 3}}";
    assert!(catalog.contains(counter));
    let level = "measure: {time_weighted: {member: hours, decimals_max: 3, per: hour}}";
    let catalog = shop.write("catalog.yaml", &catalog.replace(counter, level));
    shop.ok(&["apply", "--file", &catalog]);
    shop.ok(&["order", "import", &fleet("orders.csv"), "--units", &fleet("units.csv")]);
    shop.ok(&["shipment", "import", &fleet("shipments.csv")]);
    shop.ok(&["signal", "send", &fleet("signals.ndjson")]);
    shop.ok(&["clock", "advance", "--to", "2026-01-25"]);
    let two = event("e-1", (HOURS, "TRK-0483113"), "2026-01-20T10:00:00Z", r#"{"hours":2}"#);
    shop.ok(&["usage", "send", &shop.write("level.ndjson", &two)]);
    let current = json(&shop, &["usage", "current", "ACC-TRANSLOG"]);
    // Until 2026-01-24T23:00:00Z, midnight in Paris: 109 hours at 2.
    assert_eq!(current["meters"][0]["quantity"], "218");
    // 218 × 0.021 = 4.578.
    assert_eq!(current["amount"]["amount"], "4.58");
}

/// The fleet on 31 January, before its first invoice. Figures of U-001 and of the unknown devices
/// were counted from the files by a script that knows nothing of this code.
#[test]
fn the_usage_of_the_fleet_so_far_is_what_its_files_say() {
    let shop = Shop::empty();
    let story = format!(
        concat!(
            "story: January so far\nzone: Europe/Paris\nstarts_at: 2026-01-01\nsteps:\n",
            "  - publish_file: {0}/catalog.yaml\n  - import:\n      orders: {0}/orders.csv\n",
            "      units: {0}/units.csv\n      shipments: {0}/shipments.csv\n",
            "      changes: {0}/changes.csv\n      signals: {0}/signals.ndjson\n",
            "  - import_usage_days: {{directory: {0}/usage, from: 2026-01-09, until: 2026-01-31}}\n"
        ),
        fleet("").trim_end_matches('/')
    );
    shop.ok(&["simulate", &shop.write("story.yaml", &story)]);
    let current = json(&shop, &["usage", "current", "ACC-TRANSLOG"]);
    assert_eq!((&current["period_from"], &current["segment"]), (&"2026-01-01".into(), &20.into()));
    assert_eq!(current["segment_arrived_on"], "2026-01-30");
    let meters = current["meters"].as_array().unwrap();
    let of_unit = |meter: &str| {
        let meter = meters.iter().find(|it| it["meter"] == meter).unwrap();
        let units = meter["units"].as_array().unwrap();
        let unit = units.iter().find(|it| it["unit"] == "U-001").unwrap();
        (unit["quantity"].as_str().unwrap().to_owned(), unit["events"].as_i64().unwrap())
    };
    assert_eq!(of_unit("api_calls"), ("262".to_owned(), 262));
    assert_eq!(of_unit("data_mb").0, "1551.825");
    assert_eq!(of_unit("engine_hours"), ("74.5".to_owned(), 183));
    assert_eq!(of_unit("sms"), ("13".to_owned(), 13));
    // What is shown is what the invoice of tomorrow would bill.
    let preview = json(&shop, &["invoice", "preview", "ACC-TRANSLOG", "--on", "2026-02-01"]);
    let lines = preview["lines"].as_array().unwrap().iter();
    let r01 = lines.clone().find(|it| it["row"] == "R01").unwrap();
    let rows = meters.iter().flat_map(|it| it["rows"].as_array().unwrap());
    let mine = rows.clone().find(|it| it["row"] == "R01").unwrap();
    assert_eq!(mine["amount"]["amount"], r01["amount"]);
    let of_usage = lines.filter(|it| it["section"] == "usage").count();
    assert_eq!(rows.count(), of_usage);
    let said = french(&shop, &["usage", "current", "ACC-TRANSLOG", "--by", "row"]);
    assert!(said.contains("6 000 × 0,0180"), "{said}");
    assert!(said.contains("jusqu’au segment 20, arrivé le 30 janvier 2026"), "{said}");
    let unit = shop.ok(&["usage", "current", "ACC-TRANSLOG", "--by", "unit", "--output", "csv"]);
    assert!(unit.contains("U-001,262,\"1,551.825\",74.5,13"), "{unit}");
    let unknown = shop.run(&["usage", "current", "ACC-X"]);
    assert_eq!(unknown.status.code(), Some(3));

    // TRK-X001: 38.312 + 0.627 MB; a counter that fell from 8,139.23 h to 1,131.89 h.
    let waits = json(&shop, &["usage", "quarantine", "--reason", "unknown_serial"]);
    let value = |meter: &str| {
        let groups = waits["groups"].as_array().unwrap().iter();
        let mut of = groups.filter(|it| it["subject"] == "TRK-X001" && it["meter"] == meter);
        of.next().unwrap()["estimate"]["value"]["amount"].clone()
    };
    assert_eq!((value("data_mb"), value("engine_hours")), ("2.04".into(), "23.77".into()));
    assert_eq!(waits["total"]["events"], 17);
    let rows = json(&shop, &["usage", "conservation", "--day", "2026-01-20"]);
    let lines = |meter: &str| -> i64 {
        let rows = rows.as_array().unwrap().iter().filter(|row| row["meter"] == meter);
        rows.map(|row| row["lines"].as_i64().unwrap()).sum()
    };
    assert_eq!(["data_mb", "engine_hours", "api_calls", "sms"].map(lines), [645, 453, 444, 23]);
}
