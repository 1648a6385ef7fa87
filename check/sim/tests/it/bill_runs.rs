//! A bill run of more accounts than are written at once: threads plan ahead of the writer.

use std::fmt::Write;
use std::path::Path;

use connect::story_file;
use engine::billing::run::Step;
use engine::clock::{Happened, run_due};
use facts::Fact;
use jiff::Timestamp;
use store::Store;
use store_sqlite::SqliteStore;

use crate::worlds;

/// More than one unit of work, and one that is in the second.
const ACCOUNTS: u32 = 400;
const LATE: u32 = 300;

/// The bill day of all of them.
const NIGHT: &str = "2026-02-01T00:00:00Z";

const HEAD: &str = r#"
story: Many customers with a device each
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
              charge: {recurring: {unit_price: 31.00, timing: in_arrears}}
      accounts:
"#;

fn story() -> String {
    let mut text = HEAD.to_owned();
    for number in 1..=ACCOUNTS {
        write!(
            text,
            r#"
        - {{account: ACC-{number:03}, effective_from: 2026-01-01, customer: Client {number},
           address: {{lines: [2 quai des Exemples], postal_code: "69002", city: Lyon, country: FR}},
           seller: flotte, currency: EUR, zone: Europe/Paris, bill_cycle: 1, language: fr}}"#
        )
        .unwrap();
    }
    for number in 1..=ACCOUNTS {
        write!(
            text,
            r#"
  - place_order: {{order: ORD-{number}, customer: Client {number}, ordered_on: 2026-01-02,
                  lines: [{{line: ORD-{number}-1, offer: sensor,
                           named_units: [{{unit: U-{number}}}]}}]}}"#
        )
        .unwrap();
        text.push_str(&ship(number));
    }
    text
}

fn ship(number: u32) -> String {
    format!(
        r#"
  - ship: {{shipment: SHP-{number}, order_line: ORD-{number}-1, unit: U-{number},
           serial: SN-{number}, shipped_at: 2026-01-02 00:00, delivered_at: 2026-01-03 00:00}}"#
    )
}

fn tell(store: &mut dyn Store, story: &str) {
    let story = story_file::read("story.yaml", story).unwrap();
    stories::run(store, &story, Path::new("."), &mut |_| {}).unwrap();
}

fn night() -> Timestamp {
    NIGHT.parse().unwrap()
}

fn facts(store: &mut dyn Store) -> Vec<String> {
    let facts = engine::read::facts(store).unwrap();
    facts.iter().map(|it| format!("{it:?}")).collect()
}

/// A store of its own in a file, so that threads can open it beside.
fn in_file() -> (tempfile::TempDir, SqliteStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("tabouret.db")).unwrap();
    (folder, store)
}

#[test]
fn threads_that_plan_ahead_record_what_one_after_the_other_does() {
    let mut alone = worlds::sqlite();
    let (_folder, mut ahead) = in_file();
    for store in [&mut alone as &mut dyn Store, &mut ahead] {
        tell(store, &story());
        let happened = run_due(store, night(), &mut |_| {}).unwrap();
        let is_invoice = |it: &&Happened| matches!(it, Happened::InvoiceIssued(..));
        assert_eq!(happened.iter().filter(is_invoice).count(), ACCOUNTS as usize);
        assert!(run_due(store, night(), &mut |_| {}).unwrap().is_empty(), "a second run is empty");
    }
    assert_eq!(facts(&mut ahead), facts(&mut alone));
}

#[test]
fn what_comes_between_planning_and_writing_is_on_the_invoice() {
    let (_folder, mut store) = in_file();
    // The device of an account beyond the first unit of work is shipped while that is billed.
    let late = ship(LATE);
    tell(&mut store, &story().replace(&late, ""));
    let mut beside = store.beside().unwrap().unwrap();
    let mut is_first = true;
    run_due(&mut store, night(), &mut |step| {
        if matches!(step, Step::Planned(_)) && std::mem::take(&mut is_first) {
            let head = HEAD.split_once("  - publish:").unwrap().0;
            tell(beside.as_mut(), &format!("{head}{late}"));
        }
    })
    .unwrap();
    let invoices = engine::read::invoices(&mut store).unwrap();
    assert_eq!(invoices.len(), ACCOUNTS as usize);
    // From the 3rd: 31.00 × 29/31 and a fifth of it.
    assert!(invoices.iter().all(|it| it.total.minor == 34_80));
    let numbers = engine::read::facts(&mut store).unwrap();
    let numbers = numbers.into_iter().filter_map(|it| match it.fact {
        Fact::InvoiceIssued(it) => Some(it.number),
        _ => None,
    });
    let expected = (1..=ACCOUNTS).map(|it| format!("INV-2026-{it:06}"));
    assert!(numbers.map(|it| it.to_string()).eq(expected), "numbers without a gap, in order");
}

/// Two runs on PostgreSQL share the accounts: while one works on the first part, the other plans
/// the second only, and ends when there is nothing left of either.
#[test]
fn runs_at_once_plan_different_accounts() {
    worlds::on_postgres(|store| {
        tell(store, &story());
        let mut other = store.beside().unwrap().unwrap();
        let (to_first, planned) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            let mut other_run = Some(move || {
                let mut all = 0;
                let happened = run_due(other.as_mut(), night(), &mut |step| match step {
                    Step::Planned(some) => all += some,
                    Step::Happened(_) => to_first.send(all).unwrap(),
                    _ => {}
                });
                (all, happened.unwrap().len())
            });
            let mut others = None;
            let mut billed = 0;
            let happened = run_due(store, night(), &mut |step| match step {
                Step::Planned(_) => {
                    if let Some(run) = other_run.take() {
                        others = Some(scope.spawn(run));
                        // The first part waits until the other run has the second.
                        assert_eq!(planned.recv().unwrap(), 144);
                    }
                }
                Step::Happened(Happened::InvoiceIssued(..)) => billed += 1,
                _ => {}
            });
            happened.unwrap();
            assert_eq!(billed, 256);
            assert_eq!(others.unwrap().join().unwrap(), (144, 144));
        });
        assert_eq!(engine::read::invoices(store).unwrap().len(), ACCOUNTS as usize);
    });
}
