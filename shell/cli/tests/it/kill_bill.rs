//! A bill run that dies at any of its steps goes on where it stopped: every fact, to the byte and
//! in its place, is that of a run that nobody disturbed. On the embedded store the process kills
//! itself (`kill -9`); on PostgreSQL the server is stopped as by a crash.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use engine::billing::run::Step;
use engine::clock::run_due;
use jiff::Timestamp;
use store::{Store, StoreError};
use store_postgres::PostgresStore;
use store_sqlite::SqliteStore;

use crate::cluster::Cluster;

/// Says to a child where the database is, and at which step it dies.
const DATABASE: &str = "TABOURET_KILLED_DATABASE";
const STEP: &str = "TABOURET_KILLED_AT_STEP";

/// After three bill days of half of the accounts each.
const UNTIL: &str = "2026-03-02T00:00:00Z";

const HEAD: &str = r#"
story: A few customers with a device each
zone: Europe/Paris
starts_at: 2026-01-01
steps:
  - publish:
      sellers:
        - code: flotte
          effective_from: 2026-01-01
          legal_name: Flotte Exemple SAS
          address: {lines: [1 rue de l'Exemple], postal_code: "75002", city: Paris, country: FR}
          vat_id: FR66000000018
          registration: "000000018"
          zone: Europe/Paris
          invoice_prefix: INV-
          vat_rates: {FR: 20}
          payment_days: 30
      meters: []
      offers:
        - code: sensor
          effective_from: 2026-01-01
          name: {en: Sensor, fr: Capteur}
          currency: EUR
          units: {min: 1, default: 1, max: 100}
          start: {first_of: [delivered]}
          components:
            - code: service
              name: {en: Service, fr: Service}
              kind: service
              nature: services
              charge: {recurring: {unit_price: 19.90, timing: in_advance}}
      accounts:
"#;

/// Two accounts are billed on the 1st, two on the 15th.
fn story() -> String {
    let mut text = HEAD.to_owned();
    for number in 1..=4 {
        let day = if number % 2 == 0 { 15 } else { 1 };
        write!(
            text,
            r#"
        - account: ACC-{number}
          effective_from: 2026-01-01
          customer: Client {number}
          address: {{lines: [2 quai des Exemples], postal_code: "69002", city: Lyon, country: FR}}
          seller: flotte
          currency: EUR
          zone: Europe/Paris
          bill_cycle: {day}
          language: fr"#
        )
        .unwrap();
    }
    for number in 1..=4 {
        write!(
            text,
            r#"
  - place_order: {{order: ORD-{number}, customer: Client {number}, ordered_on: 2026-01-02,
                  lines: [{{line: ORD-{number}-1, offer: sensor,
                           named_units: [{{unit: U-{number}}}]}}]}}
  - ship: {{shipment: SHP-{number}, order_line: ORD-{number}-1, unit: U-{number},
           serial: SN-{number}, shipped_at: 2026-01-02 00:00, delivered_at: 2026-01-03 00:00}}"#
        )
        .unwrap();
    }
    text
}

fn furnish(store: &mut dyn Store) {
    let story = connect::story_file::read("story.yaml", &story()).unwrap();
    stories::run(store, &story, Path::new("."), &mut |_| {}).unwrap();
}

/// Every fact, as it stands in the log.
fn facts(store: &mut dyn Store) -> Vec<String> {
    let facts = store.read().unwrap().facts_after(0, 10_000).unwrap();
    facts.iter().map(|it| format!("{it:?}")).collect()
}

fn until() -> Timestamp {
    UNTIL.parse().unwrap()
}

/// What an undisturbed run leaves, and how many steps it takes.
fn undisturbed() -> (Vec<String>, u32) {
    let mut store = SqliteStore::in_memory().unwrap();
    furnish(&mut store);
    let mut steps = 0;
    run_due(&mut store, until(), &mut |_| steps += 1).unwrap();
    let happened = run_due(&mut store, until(), &mut |_| {}).unwrap();
    assert!(happened.is_empty(), "a second run is empty");
    (facts(&mut store), steps)
}

/// Not a test by itself: the process that dies, when another test asks for it.
#[test]
fn the_child_that_is_killed() {
    let (Some(database), Ok(dies_at)) = (std::env::var_os(DATABASE), std::env::var(STEP)) else {
        return;
    };
    let mut store = SqliteStore::open(&PathBuf::from(database)).unwrap();
    let (mut steps, dies_at): (u32, u32) = (0, dies_at.parse().unwrap());
    let tell = &mut |_: Step<'_>| {
        if steps == dies_at {
            let own = std::process::id().to_string();
            let _dead = Command::new("kill").args(["-9", &own]).status();
        }
        steps += 1;
    };
    run_due(&mut store, until(), tell).unwrap();
}

#[test]
fn killed_at_any_step_it_ends_in_the_same_bytes() {
    let (expected, steps) = undisturbed();
    assert!(steps > 20, "{steps} steps are too few to try");
    let folder = tempfile::tempdir().unwrap();
    let first = folder.path().join("first.db");
    furnish(&mut SqliteStore::open(&first).unwrap());
    for step in 0..steps {
        let database = folder.path().join(format!("{step}.db"));
        std::fs::copy(&first, &database).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "kill_bill::the_child_that_is_killed"]);
        let ended = child.env(DATABASE, &database).env(STEP, step.to_string()).output().unwrap();
        assert_eq!(ended.status.code(), None, "it was killed at step {step}: {ended:?}");
        let mut store = SqliteStore::open(&database).unwrap();
        run_due(&mut store, until(), &mut |_| {}).unwrap();
        assert_eq!(facts(&mut store), expected, "killed at step {step}");
    }
}

#[test]
fn on_postgres_it_survives_a_server_that_stops_at_any_step() {
    let (expected, steps) = undisturbed();
    let cluster = Cluster::start();
    for step in (0..steps).step_by(5) {
        let tenant = format!("kill_bill_{step}");
        let open = || PostgresStore::connect(&cluster.url(), &tenant);
        let mut store = open().unwrap();
        furnish(&mut store);
        let mut told = 0;
        let stopped = run_due(&mut store, until(), &mut |_| {
            if told == step {
                cluster.stop_at_once();
            }
            told += 1;
        });
        let failed =
            matches!(stopped, Err(engine::EngineError::Store(StoreError::Database { .. })));
        assert!(failed, "the server was gone at step {step}: {stopped:?}");
        cluster.start_again();
        let mut store = open().unwrap();
        run_due(&mut store, until(), &mut |_| {}).unwrap();
        assert_eq!(facts(&mut store), expected, "stopped at step {step}");
    }
}

/// Two runs at once share the accounts: each is billed once.
#[test]
fn runs_at_once_bill_each_account_once() {
    let (expected, _) = undisturbed();
    let folder = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::open(&folder.path().join("tenant.db")).unwrap();
    furnish(&mut store);
    let mut others: Vec<_> = (0..3).filter_map(|_| store.beside().unwrap()).collect();
    std::thread::scope(|scope| {
        for other in &mut others {
            scope.spawn(|| run_due(other.as_mut(), until(), &mut |_| {}).unwrap());
        }
        run_due(&mut store, until(), &mut |_| {}).unwrap();
    });
    assert_eq!(facts(&mut store), expected);
}
