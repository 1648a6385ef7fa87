//! Lines that waited are read again when their cause is gone: each counts once, however often,
//! by whomever and in how many parts they are replayed.

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;

use connect::usage_file;
use engine::usage::{
    Cause, EventFilter, Found, Live, Received, Replay, ReplayFilter, ReplayReport, replay,
    replay_dry_run,
};
use facts::usage::{Bucket, ConservationRow, QuarantineReason, RejectReason};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use store::Store;
use store_postgres::PostgresStore;
use store_sqlite::SqliteStore;

use crate::worlds;
use sim::dice::Dice;

/// What the trucks send, and what the first catalog calls it by mistake.
const DATA: &str = "com.translog.usage.data.v1";
const MISTAKE: &str = "com.translog.usage.data.v0";
const API: &str = "com.translog.usage.api.v1";
/// In service from 16 January on.
const TRUCK: &str = "TRK-0483113";
const SOURCE: &str = "urn:test";
/// More than any test needs.
const STEPS: usize = 1_000;

fn at(instant: &str) -> Timestamp {
    instant.parse().unwrap()
}

/// A catalog in a file of its own.
fn publish(store: &mut dyn Store, text: &str, now: Timestamp) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.yaml");
    fs::write(&path, text).unwrap();
    let catalog = imports::read_catalog(&path).unwrap();
    imports::publish_catalog(store, &catalog, now).unwrap();
}

fn right_catalog() -> String {
    fs::read_to_string(worlds::fleet().join("catalog.yaml")).unwrap()
}

fn wrong_catalog() -> String {
    let right = right_catalog();
    assert!(right.contains(DATA));
    right.replace(DATA, MISTAKE)
}

/// The meter of data as it should have been, from the second day on.
fn corrected_catalog() -> String {
    let meter = "code: data_mb\n    effective_from: 2026-01-01";
    let right = right_catalog();
    assert!(right.contains(meter));
    right.replace(meter, "code: data_mb\n    effective_from: 2026-01-02")
}

/// The fleet is ordered and at work, and no meter measures its data.
fn fleet(store: &mut dyn Store, now: Timestamp) {
    let fleet = worlds::fleet();
    publish(store, &wrong_catalog(), now);
    let units = fleet.join("units.csv");
    imports::import_orders(store, &fleet.join("orders.csv"), Some(&units), now).unwrap();
    imports::import_shipments(store, &fleet.join("shipments.csv"), now).unwrap();
    imports::import_signals(store, &fleet.join("signals.ndjson"), now).unwrap();
    imports::import_changes(store, &fleet.join("changes.csv"), now).unwrap();
}

fn send(store: &mut dyn Store, name: &str, lines: &[String], now: Timestamp) -> Received {
    let text: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
    let mut received = Received::default();
    for batch in usage_file::open(name, text.as_bytes(), NonZeroUsize::MAX).unwrap() {
        received.add(imports::send_batch(store, name, batch.unwrap(), now).unwrap());
    }
    received
}

fn event(id: &str, (kind, subject): (&str, &str), time: &str, data: &str) -> String {
    format!(
        concat!(
            r#"{{"specversion":"1.0","id":"{}","source":"{}","type":"{}","#,
            r#""subject":"{}","time":"{}","data":{}}}"#
        ),
        id, SOURCE, kind, subject, time, data
    )
}

fn data(id: &str, time: &str, mb: &str) -> String {
    event(id, (DATA, TRUCK), time, &format!(r#"{{"mb":{mb},"region":"FR"}}"#))
}

fn used(store: &mut dyn Store, before: Date) -> Vec<Bucket> {
    engine::usage::of_account(store, &"ACC-TRANSLOG".parse().unwrap(), before).unwrap()
}

fn conservation(store: &mut dyn Store) -> Vec<ConservationRow> {
    engine::usage::conservation(store, Date::MIN, Date::MAX).unwrap()
}

fn outcomes(store: &mut dyn Store) -> BTreeMap<String, i64> {
    let mut outcomes = BTreeMap::new();
    for row in conservation(store) {
        let meter = row.meter.map_or("none".to_owned(), |it| it.to_string());
        let reason = row.reason.map(|it| format!(" {it}")).unwrap_or_default();
        *outcomes.entry(format!("{meter} {}{reason}", row.outcome)).or_default() += row.lines;
    }
    outcomes
}

fn assert_outcomes(store: &mut dyn Store, expected: &[(&str, i64)]) {
    let expected = expected.iter().map(|(name, lines)| ((*name).to_owned(), *lines)).collect();
    assert_eq!(outcomes(store), expected);
}

fn find(store: &mut dyn Store, id: &str) -> Found {
    engine::usage::find(store, &SOURCE.parse().unwrap(), &id.parse().unwrap()).unwrap().unwrap()
}

fn assert_sound(store: &mut dyn Store) {
    let report = auditor::audit_deep(store).unwrap();
    let findings: Vec<String> = report.findings().map(ToString::to_string).collect();
    assert_eq!(findings, [""; 0]);
    let reported = conservation(store);
    let check = auditor::audit_reported(store, &reported).unwrap();
    assert_eq!(check.findings, []);
}

fn by_cause(report: &ReplayReport, cause: Cause) -> &engine::usage::ReplayGroup {
    report.groups.iter().find(|it| it.cause == cause).unwrap()
}

fn advance(store: &mut dyn Store, to: &str) -> Timestamp {
    let to = at(to);
    engine::clock::advance(store, to, |_| {}).unwrap();
    to
}

/// What was kept of the current cost, and added to, is what is worked out anew.
fn assert_live(store: &mut dyn Store, live: &mut Live, now: Timestamp) {
    let account = "ACC-TRANSLOG".parse().unwrap();
    let kept = live.current(store, &account, now).unwrap();
    assert_eq!(kept, Live::default().current(store, &account, now).unwrap());
}

/// What was replayed keeps its id. What the meter cannot read is told so before its id is asked.
fn assert_ids_stay_taken(store: &mut dyn Store, lines: &[String], now: Timestamp) {
    let reversed: Vec<String> = lines.iter().rev().cloned().collect();
    let again = send(store, "again", &reversed, now);
    assert_eq!((again.duplicate, again.conflict, again.rejected), (6, 0, 1));
    let repaired = [data("E-bad", "2026-01-20T10:00:00Z", "1")];
    assert_eq!(send(store, "repaired", &repaired, now).conflict, 1);
}

/// From the cause to the invoice.
fn story(store: &mut dyn Store) {
    let now = advance(store, "2026-01-01T00:00:00Z");
    fleet(store, now);
    let now = advance(store, "2026-01-25T12:00:00Z");
    let lines = [
        data("E-1", "2026-01-20T10:00:00Z", "10.5"),
        data("E-bad", "2026-01-20T10:00:00Z", "-1"),
        data("E-early", "2026-01-14T10:00:00Z", "3"),
        event("E-nobody", (DATA, "TRK-NOBODY"), "2026-01-20T10:00:00Z", r#"{"mb":1}"#),
        event("E-type", ("com.x", TRUCK), "2026-01-20T10:00:00Z", "{}"),
        event("E-ahead", (API, TRUCK), "2026-01-29T10:00:00Z", "{}"),
        data("E-both", "2026-01-29T10:00:00Z", "2"),
    ];
    assert_eq!(send(store, "first", &lines, now).quarantined, 7);
    let now = advance(store, "2026-01-26T12:00:00Z");
    publish(store, &corrected_catalog(), now);
    let mut live = Live::default();
    assert_live(store, &mut live, now);

    // The dry run says what will be, and changes nothing.
    let all = ReplayFilter::default();
    let before = (conservation(store), engine::usage::quarantine(store, now).unwrap());
    let dry = replay_dry_run(store, all.clone(), now).unwrap();
    assert_eq!((conservation(store), engine::usage::quarantine(store, now).unwrap()), before);
    assert_eq!((dry.changed, dry.segments, dry.left), (5, 0, 0));
    let of_data = dry.groups.iter().find(|it| it.event_type == DATA).unwrap();
    assert_eq!(of_data.meter.as_ref().unwrap().as_str(), "data_mb");
    assert_eq!((of_data.lines, of_data.accepted, of_data.free), (5, 1, 1));
    let waiting = [(QuarantineReason::FutureTime, 1), (QuarantineReason::UnknownSerial, 1)];
    assert_eq!(of_data.waiting, waiting.into());
    assert_eq!(of_data.unreadable, [(RejectReason::BadNumber, 1)].into());
    // 10.5 MB at the list price of the default row, 0.0525.
    assert_eq!(of_data.value.unwrap().amount_text(), "0.55");
    assert_eq!(by_cause(&dry, Cause::FutureTime).changed, 0);

    // Only what is asked for, then all of it.
    let other = ReplayFilter { source: Some("urn:other".to_owned()), ..all.clone() };
    assert_eq!(replay(store, other, now, STEPS).unwrap().changed, 0);
    let done = replay(store, all.clone(), now, STEPS).unwrap();
    assert_eq!(done, ReplayReport { segments: 1, ..dry });
    assert_eq!(replay(store, all.clone(), now, STEPS).unwrap().changed, 0);
    assert_outcomes(
        store,
        &[
            ("api_calls quarantined future_time", 1),
            ("data_mb accepted", 1),
            ("data_mb free", 1),
            ("data_mb quarantined future_time", 1),
            ("data_mb quarantined unknown_serial", 1),
            ("data_mb rejected bad_number", 1),
            ("none quarantined unknown_type", 1),
        ],
    );
    assert_ids_stay_taken(store, &lines, now);
    assert_sound(store);
    assert_live(store, &mut live, now);

    let now = advance(store, "2026-01-28T12:00:00Z");
    let ahead = ReplayFilter { cause: Some(Cause::FutureTime), ..all.clone() };
    let done = replay(store, ahead, now, STEPS).unwrap();
    assert_eq!((done.changed, by_cause(&done, Cause::FutureTime).accepted), (2, 1));
    assert_live(store, &mut live, now);
    assert_sound(store);
    assert_invoices(store);
}

/// What was replayed before the bill day is on its invoice; what is replayed later is on the next,
/// under the period in which it happened.
fn assert_invoices(store: &mut dyn Store) {
    let now = advance(store, "2026-01-31T12:00:00Z");
    let lines = [
        event("L-1", ("com.translog.usage.api.v3", TRUCK), "2026-01-21T10:00:00Z", "{}"),
        data("L-2", "2026-01-21T10:00:00Z", "1"),
    ];
    send(store, "late", &lines, now);
    let now = advance(store, "2026-02-10T12:00:00Z");
    let billed = |store: &mut dyn Store, id: &str| {
        let found = find(store, id);
        engine::usage::billing_of(store, &found).unwrap()
    };
    let first = billed(store, "E-1").unwrap();
    assert!(first.is_billed, "{first:?}");
    assert!(billed(store, "L-1").is_none());
    let catalog = corrected_catalog();
    let meter = "code: api_calls\n    effective_from: 2026-01-01";
    assert!(catalog.contains(meter) && catalog.contains(API));
    let catalog = catalog
        .replace(meter, "code: api_calls\n    effective_from: 2026-01-03")
        .replace(API, "com.translog.usage.api.v3");
    publish(store, &catalog, now);
    let asked = ReplayFilter {
        event_type: Some("com.translog.usage.api.v3".to_owned()),
        ..ReplayFilter::default()
    };
    let done = replay(store, asked, now, STEPS).unwrap();
    assert_eq!((done.changed, done.groups.len(), done.groups[0].accepted), (1, 1, 1));
    let waits = billed(store, "L-1").unwrap();
    assert!(!waits.is_billed, "{waits:?}");
    assert_eq!(waits.due_on, Some(date(2026, 3, 1)));
    let found = find(store, "L-1");
    assert_eq!((found.outcome, found.replays.len()), ("accepted", 1));
    assert_eq!(found.arrival.arrived_on, date(2026, 1, 31));
    assert_eq!(found.known_on(), date(2026, 2, 10));
    assert_sound(store);
    advance(store, "2026-03-02T12:00:00Z");
    let billing = billed(store, "L-1").unwrap();
    assert!(billing.is_billed, "{billing:?}");
    assert_eq!(billing.period.from(), date(2026, 1, 1));
    let invoices: Vec<Date> = billing.lines.iter().map(|it| it.issued_on).collect();
    assert_eq!(invoices.last(), Some(&date(2026, 3, 1)), "{billing:?}");
    assert!(!billing.lines.iter().any(|it| it.includes_it && it.issued_on < date(2026, 3, 1)));
    assert_sound(store);
    worlds::assert_books_balance(store);
}

#[test]
fn what_waited_is_replayed_and_billed_on_sqlite() {
    story(&mut worlds::sqlite());
}

#[test]
fn what_waited_is_replayed_and_billed_on_postgres() {
    worlds::on_postgres(story);
}

/// A folder with a store whose data no meter measures.
struct World {
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let world = Self { folder: tempfile::tempdir().unwrap() };
        let mut store = SqliteStore::open(&world.file("template")).unwrap();
        fleet(&mut store, at("2026-04-01T00:00:00Z"));
        world
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn store(&self, name: &str) -> SqliteStore {
        fs::copy(self.file("template"), self.file(name)).unwrap();
        SqliteStore::open(&self.file(name)).unwrap()
    }

    fn again(&self, name: &str) -> SqliteStore {
        SqliteStore::open(&self.file(name)).unwrap()
    }

    /// What is derived is lost.
    fn forget(&self, name: &str) {
        fs::remove_dir_all(self.file(&format!("{name}-usage"))).unwrap();
    }
}

/// Data of many segments, three lines each.
fn segments(store: &mut dyn Store, count: usize, now: Timestamp) {
    for segment in 0..count {
        let lines: Vec<String> = (0..3)
            .map(|line| data(&format!("E-{segment}-{line}"), "2026-03-10T10:00:00Z", "1.5"))
            .collect();
        send(store, &format!("file-{segment}"), &lines, now);
    }
}

#[test]
fn a_replay_that_was_cut_off_goes_on() {
    let world = World::new();
    let now = at("2026-04-02T10:00:00Z");
    let mut store = world.store("t");
    segments(&mut store, 150, now);
    publish(&mut store, &corrected_catalog(), now);
    let mut cut_off = Replay::begin(&mut store, ReplayFilter::default()).unwrap();
    assert!(cut_off.step(&mut store, now).unwrap());
    // The program is gone, and with it what it derived; half is done.
    drop((cut_off, store));
    world.forget("t");
    let mut store = world.again("t");
    assert_outcomes(
        &mut store,
        &[("data_mb accepted", 192), ("none quarantined unknown_type", 258)],
    );
    assert_sound(&mut store);
    let part = replay(&mut store, ReplayFilter::default(), now, 1).unwrap();
    assert_eq!((part.changed, part.left), (192, 22));
    let rest = replay(&mut store, ReplayFilter::default(), now, STEPS).unwrap();
    assert_eq!((rest.changed, rest.segments, rest.left), (66, 22, 0));
    assert_outcomes(&mut store, &[("data_mb accepted", 450)]);
    let events: i64 = used(&mut store, date(2026, 4, 4)).iter().map(|it| it.events).sum();
    assert_eq!(events, 450);
    assert_sound(&mut store);
}

/// Several replay, and one sends, at once.
fn at_once(open: &(dyn Fn() -> Box<dyn Store> + Sync)) {
    let now = at("2026-04-02T10:00:00Z");
    let changed: Vec<u64> = thread::scope(|scope| {
        let replays: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(move || {
                    let mut store = open();
                    replay(store.as_mut(), ReplayFilter::default(), now, STEPS).unwrap().changed
                })
            })
            .collect();
        let sent = scope.spawn(move || {
            let mut store = open();
            let line = data("E-0-0", "2026-03-10T10:00:00Z", "1.5");
            // Written otherwise each time, or it would be the same batch.
            let line = |blanks: usize| format!("{}{line}", " ".repeat(blanks));
            (1..=20)
                .map(|it| send(store.as_mut(), "again", &[line(it)], now).duplicate)
                .sum::<u64>()
        });
        assert_eq!(sent.join().unwrap(), 20);
        replays.into_iter().map(|it| it.join().unwrap()).collect()
    });
    assert_eq!(changed.iter().sum::<u64>(), 300, "{changed:?}");
    let mut store = open();
    assert_outcomes(store.as_mut(), &[("data_mb accepted", 300), ("data_mb duplicate", 20)]);
    assert_sound(store.as_mut());
}

#[test]
fn replays_at_once_count_each_line_once_on_sqlite() {
    let world = World::new();
    let now = at("2026-04-02T10:00:00Z");
    let mut store = world.store("t");
    segments(&mut store, 100, now);
    publish(&mut store, &corrected_catalog(), now);
    drop(store);
    at_once(&|| Box::new(world.again("t")));
}

#[test]
fn replays_at_once_count_each_line_once_on_postgres() {
    let url = worlds::postgres_url();
    let tenant = format!("sim_replay_{}", std::process::id());
    let now = at("2026-04-02T10:00:00Z");
    let mut store = PostgresStore::connect(&url, &tenant).unwrap();
    fleet(&mut store, now);
    segments(&mut store, 100, now);
    publish(&mut store, &corrected_catalog(), now);
    drop(store);
    at_once(&|| Box::new(PostgresStore::connect(&url, &tenant).unwrap()));
    store_postgres::drop_tenant(&url, &tenant).unwrap();
}

/// A line of any kind; some have an id that was there.
fn any_line(dice: &mut Dice, number: usize) -> String {
    let id = format!("E-{number}");
    let day = 1 + dice.below(28);
    let time = format!("2026-03-{day:02}T{:02}:00:00Z", dice.below(24));
    let api = (API, TRUCK);
    let earlier = format!("A-{}", dice.below(number + 1));
    match dice.below(12) {
        0 => data(&id, &time, "-1"),
        1 => event(&id, (DATA, TRUCK), &time, r#"{"region":"FR"}"#),
        2 => event(&id, (DATA, "TRK-NOBODY"), &time, r#"{"mb":1}"#),
        3 => data(&id, "2026-05-01T00:00:00Z", "1"),
        4 => event(&id, api, "2026-05-01T00:00:00Z", "{}"),
        5 => event(&id, ("com.x", TRUCK), &time, "{}"),
        6 => "no JSON".to_owned(),
        7 => event(&earlier, api, "2026-03-01T00:00:00Z", "{}"),
        8 => event(&earlier, api, &time, "{}"),
        // What can be read by the meter may come twice.
        9 => data(&earlier.replace('A', "D"), "2026-03-02T00:00:00Z", "2.5"),
        _ => data(&id, &time, &format!("{}.25", dice.below(90))),
    }
}

/// Everything that is reported; a line that was refused is told without the meter that it had when
/// it came.
fn picture(store: &mut dyn Store) -> (Vec<Bucket>, BTreeMap<Vec<String>, i64>, Vec<String>) {
    let mut rows = BTreeMap::new();
    for row in conservation(store) {
        let is_event = !["duplicate", "conflict"].contains(&row.outcome.as_str());
        let meter = row.meter.filter(|_| is_event).map_or("-".to_owned(), |it| it.to_string());
        let reason = row.reason.unwrap_or_default();
        let cell = vec![row.arrived_on.to_string(), meter, row.outcome, reason];
        *rows.entry(cell).or_default() += row.lines;
    }
    let mut events = Vec::new();
    engine::usage::export(store, (Date::MIN, Date::MAX), &mut |it| {
        let Found { id, meter, value, dimensions, outcome, reason, unit, subject, .. } = it.event;
        // What no meter could read took no id when the meter was there first.
        if outcome != "rejected" {
            events.push(format!(
                "{id} {subject} {meter:?} {value} {dimensions:?} {outcome} {reason:?} {unit:?}"
            ));
        }
        true
    })
    .unwrap();
    (used(store, date(2026, 4, 4)), rows, events)
}

#[test]
fn to_publish_and_send_is_to_send_and_publish_and_replay() {
    let world = World::new();
    let now = at("2026-04-02T10:00:00Z");
    let mut replayed = 0;
    for seed in 0..40 {
        let mut dice = Dice::new(seed);
        let count = 1 + dice.below(80);
        let lines: Vec<String> = (0..count).map(|it| any_line(&mut dice, it)).collect();
        let size = 1 + dice.below(count);
        let send_all = |store: &mut dyn Store| {
            for (place, part) in lines.chunks(size).enumerate() {
                send(store, &format!("file-{place}"), part, now);
            }
        };
        let (first, then) = (format!("first-{seed}"), format!("then-{seed}"));
        let mut store = world.store(&first);
        publish(&mut store, &corrected_catalog(), now);
        send_all(&mut store);
        let expected = picture(&mut store);
        let mut store = world.store(&then);
        send_all(&mut store);
        publish(&mut store, &corrected_catalog(), now);
        let part = ReplayFilter { event_type: Some(API.to_owned()), ..ReplayFilter::default() };
        assert_eq!(replay(&mut store, part, now, STEPS).unwrap().changed, 0);
        let cause = Some(Cause::UnknownType);
        let part = ReplayFilter { cause, ..ReplayFilter::default() };
        replayed += replay(&mut store, part, now, dice.below(2)).unwrap().changed;
        let dry = replay_dry_run(&mut store, ReplayFilter::default(), now).unwrap();
        let done = replay(&mut store, ReplayFilter::default(), now, STEPS).unwrap();
        replayed += done.changed;
        assert_eq!(ReplayReport { segments: 0, ..done }, dry, "seed {seed}");
        assert_eq!(picture(&mut store), expected, "seed {seed}");
        assert_sound(&mut store);
        // The clock passes what was ahead of it.
        let later = at("2026-05-02T10:00:00Z");
        replay(&mut store, ReplayFilter::default(), later, STEPS).unwrap();
        let live = (picture(&mut store), engine::usage::quarantine(&mut store, later).unwrap());
        drop(store);
        world.forget(&then);
        let mut store = world.again(&then);
        let rebuilt = (picture(&mut store), engine::usage::quarantine(&mut store, later).unwrap());
        assert_eq!(rebuilt, live, "seed {seed}");
        let of_truck =
            EventFilter { subject: TRUCK.to_owned(), from: Timestamp::MIN, to: Timestamp::MAX };
        let listed = engine::usage::list(&mut store, &of_truck, 1_000).unwrap();
        let ahead = listed.iter().filter(|it| it.reason == Some("future_time")).count();
        assert_eq!(ahead, 0, "seed {seed}");
        assert_sound(&mut store);
    }
    assert!(replayed > 200, "{replayed}");
}
