//! Contracts of another system are taken over: nothing that was billed there is billed here, and
//! nothing of it is given back.

use std::path::PathBuf;

use facts::{ChargeKind, InvoiceIssued};
use imports::{ImportError, adopt, read_adoption, try_adoption};
use jiff::Timestamp;
use store::Store;
use store_sqlite::SqliteStore;

use crate::worlds::{self, assert_books_balance};

fn folder() -> PathBuf {
    worlds::fleet().join("../adoption")
}

/// A store with the offer of the fleet, on 1 March.
fn begun() -> (SqliteStore, Timestamp) {
    let mut store = worlds::sqlite();
    let now = "2026-03-01T09:00:00+01:00".parse().unwrap();
    engine::clock::start_virtual(&mut store, now).unwrap();
    let catalog = imports::read_catalog(&worlds::fleet().join("catalog.yaml")).unwrap();
    imports::publish_catalog(&mut store, &catalog, now).unwrap();
    (store, now)
}

fn advance(store: &mut dyn Store, to: &str) -> Vec<InvoiceIssued> {
    engine::clock::advance(store, to.parse().unwrap(), |_| ()).unwrap();
    engine::read::invoices(store).unwrap()
}

fn lines(invoice: &InvoiceIssued) -> Vec<String> {
    let line = |it: &facts::invoice::InvoiceLine| {
        let period = it.charge.period.map(|it| format!(" {it}")).unwrap_or_default();
        let part = it.charge.instalment.map(|it| format!(" no. {}", it.number));
        format!("{}{period}{} {}", it.charge.kind.key(), part.unwrap_or_default(), it.charge.amount)
    };
    invoice.lines.iter().map(line).collect()
}

#[test]
fn what_was_billed_elsewhere_is_not_billed_here() {
    let (mut store, now) = begun();
    let adoption = read_adoption(&folder()).unwrap();
    let (tried, first) = try_adoption(&mut store, &mut worlds::sqlite(), &adoption, now).unwrap();
    assert_eq!(
        (tried.accounts, tried.contracts.new, tried.units.new, tried.balances.new),
        (2, 2, 3, 2)
    );
    assert!(engine::read::invoices(&mut store).unwrap().is_empty());
    assert_eq!(engine::catalog::published(&mut store).unwrap().accounts.len(), 1, "only tried");

    let adopted = adopt(&mut store, &adoption, now).unwrap();
    assert_eq!(adopted, tried);
    assert_books_balance(&mut store);
    let again = adopt(&mut store, &adoption, now).unwrap();
    assert_eq!((again.accounts, again.units.new, again.balances.new), (0, 0, 0));

    let invoices = advance(&mut store, "2026-05-02T00:00:00+02:00");
    let of = |account: &str| -> Vec<&InvoiceIssued> {
        invoices.iter().filter(|it| it.account.account.as_str() == account).collect()
    };
    // N-1 is paid until 1 March, N-2 until 15 March: 24.90 for March, 24.90 x 17/31 = 13.6548 for
    // the rest of it, 2 x 24.90 for April.
    let nord = of("ACC-NORD");
    assert_eq!(
        lines(nord[0]),
        [
            "service.charge 2026-03-01..2026-04-01 24.90 EUR",
            "service.charge 2026-03-15..2026-04-01 13.65 EUR",
            "service.charge 2026-04-01..2026-05-01 49.80 EUR",
        ]
    );
    // 88.35 and 20 % of it, 17.67.
    assert_eq!(nord[0].total.amount_text(), "106.02");
    assert_eq!(first[0].total, Some(nord[0].total), "as the trial said");
    // S-1: delivered on 10 January, parts due on the 10th; the three before 15 March are paid. The
    // invoice of 15 March has no part, that of 15 April has the fourth.
    let sud = of("ACC-SUD");
    assert_eq!(lines(sud[0]), ["service.charge 2026-03-15..2026-04-15 24.90 EUR"]);
    assert_eq!(
        lines(sud[1]),
        ["hardware.instalment no. 4 17.50 EUR", "service.charge 2026-04-15..2026-05-15 24.90 EUR",]
    );
    let kinds = invoices.iter().flat_map(|it| &it.lines).map(|it| it.charge.kind);
    assert!(kinds.clone().all(|it| it != ChargeKind::HardwareSale && it != ChargeKind::OrderFee));

    let report = auditor::audit(&mut store).unwrap();
    assert!(report.is_clean(), "{report:#?}");
}

#[test]
fn what_came_back_is_not_given_back_a_second_time() {
    let (mut store, now) = begun();
    adopt(&mut store, &read_adoption(&folder()).unwrap(), now).unwrap();
    // N-1 goes back on 10 March, inside its 60 days: elsewhere billed days and device stay there.
    let changes = tempfile::tempdir().unwrap();
    let path = changes.path().join("changes.csv");
    let text = "change,recorded_at,effective_at,action,units,detail\n\
                C-1,2026-03-01T10:00:00+01:00,2026-02-20T10:00:00+01:00,return,N-1,\n";
    std::fs::write(&path, text).unwrap();
    imports::import_changes(&mut store, &path, now).unwrap();
    let invoices = advance(&mut store, "2026-04-02T00:00:00+02:00");
    let nord = invoices.iter().find(|it| it.account.account.as_str() == "ACC-NORD").unwrap();
    assert_eq!(
        lines(nord),
        [
            "service.charge 2026-03-15..2026-04-01 13.65 EUR",
            "service.charge 2026-04-01..2026-05-01 24.90 EUR",
        ]
    );
    let report = auditor::audit(&mut store).unwrap();
    assert!(report.is_clean(), "{report:#?}");
}

#[test]
fn wrong_rows_are_named_and_nothing_is_taken_over() {
    let (mut store, now) = begun();
    let copy = tempfile::tempdir().unwrap();
    for name in ["accounts.csv", "contracts.csv", "units.csv", "balances.csv"] {
        std::fs::copy(folder().join(name), copy.path().join(name)).unwrap();
    }
    let units = std::fs::read_to_string(folder().join("units.csv")).unwrap();
    let wrong = units
        .replace("TRK-N1,2026-01-12,2026-03-01", "TRK-N1,2026-01-12,2026-01-01")
        .replace("N-2,OLD-1-1", "N-2,OLD-1-9");
    std::fs::write(copy.path().join("units.csv"), wrong).unwrap();
    let said =
        |error: ImportError| error.to_string().replace(&copy.path().display().to_string(), "");
    let faults = said(read_adoption(copy.path()).unwrap_err());
    assert!(faults.contains("/units.csv:3 (order_line)"), "{faults}");
    let wrong = units.replace("TRK-N1,2026-01-12,2026-03-01", "TRK-N1,2026-01-12,2026-01-01");
    std::fs::write(copy.path().join("units.csv"), wrong).unwrap();
    let adoption = read_adoption(copy.path()).unwrap();
    let refused = try_adoption(&mut store, &mut worlds::sqlite(), &adoption, now).unwrap_err();
    let refused = said(refused);
    assert!(refused.starts_with("/units.csv:2: unit `N-1` cannot be paid until"), "{refused}");
    assert_eq!(engine::catalog::published(&mut store).unwrap().accounts.len(), 1);
}
