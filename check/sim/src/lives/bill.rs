//! A few lives on one store, billed in one of three ways, and what each account came to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use connect::catalog_file::LocatedDefinitions;
use engine::clock;
use facts::credit_note::{CreditNoteIssued, CreditedPart};
use facts::{Charge, InvoiceIssued};
use jiff::Timestamp;
use jiff::civil::date;
use kernel::calendar::add_days;
use kernel::{Exact, Zone};
use store::Store;
use store_sqlite::SqliteStore;

use super::event::{self, Asked, Event, Outcome, Told};
use super::life::{FIRST_DAY, LAST_DAY, Life};

/// When what happens is told, and so what each invoice can know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Everything as it happens, or as late as its sender is. With credit notes.
    DayByDay,
    /// All that happened in a month of the calendar, after it.
    MonthByMonth,
    /// Everything after its end; one invoice bills what is left of it.
    Once,
}

/// What the lines of a component come to, as they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    /// Before any rounding, in units of the currency.
    pub exact: Exact,
    /// As billed, in minor units.
    pub minor: i64,
    /// By how many halves of a minor unit rounding can have moved it.
    pub rounded: usize,
}

/// By account and component.
pub type Sums = BTreeMap<(String, String), Sum>;

/// What came of some lives.
#[derive(Debug)]
pub struct Billed {
    /// What the accounts came to.
    pub sums: Sums,
    /// Of each life, what became of each event, but credit notes.
    pub outcomes: BTreeMap<u64, Vec<Outcome>>,
    /// How many invoices.
    pub invoices: usize,
    /// How many credit notes.
    pub notes: usize,
    /// What is wrong by itself, whatever the other ways say.
    pub wrong: Vec<String>,
}

fn offers() -> &'static LocatedDefinitions {
    static OFFERS: OnceLock<LocatedDefinitions> = OnceLock::new();
    OFFERS.get_or_init(|| {
        connect::catalog_file::read("offers.yaml", include_str!("offers.yaml")).unwrap()
    })
}

fn accounts(lives: &[Life]) -> LocatedDefinitions {
    let mut text = "accounts:\n".to_owned();
    for life in lives {
        for (place, (account, day)) in life.accounts.iter().enumerate() {
            let threshold = life.threshold.filter(|_| place == 0);
            let threshold = threshold.map_or(String::new(), |it| format!("\n    threshold: {it}"));
            let lines = [
                format!("  - account: {account}"),
                "    effective_from: 2027-01-01".to_owned(),
                format!("    customer: {account} SARL"),
                "    address: {lines: [2 quai], postal_code: \"69002\", city: Lyon, country: FR}"
                    .to_owned(),
                "    seller: seller".to_owned(),
                "    currency: EUR".to_owned(),
                format!("    zone: {}", life.zone),
                format!("    bill_cycle: {day}"),
                format!("    language: fr{threshold}\n"),
            ];
            text.push_str(&lines.join("\n"));
        }
    }
    connect::catalog_file::read("accounts.yaml", &text).unwrap()
}

/// Bills lives to their end.
#[must_use]
pub fn bill(lives: &[Life], way: Way) -> Billed {
    let mut store = SqliteStore::in_memory().unwrap();
    let store: &mut dyn Store = &mut store;
    let utc = Zone::utc();
    let start = utc.start_of(add_days(FIRST_DAY, -15).unwrap()).unwrap();
    clock::start_virtual(store, start).unwrap();
    let mut definitions = accounts(lives).definitions;
    let sold = offers().definitions.clone();
    definitions = catalog::Definitions { accounts: definitions.accounts, ..sold };
    engine::catalog::publish(store, &definitions, start).unwrap();
    let mut all: Vec<(u64, &Told)> =
        lives.iter().flat_map(|it| it.told.iter().map(|told| (it.seed, told))).collect();
    all.sort_by_key(|(_, told)| told.at);
    let mut outcomes: BTreeMap<u64, Vec<Outcome>> = BTreeMap::new();
    let mut taken: Vec<(&Told, Option<Asked>)> = Vec::new();
    for (seed, told) in all {
        if matches!(told.event, Event::Credit(_)) && way != Way::DayByDay {
            continue;
        }
        let now = told_at(told.at, way);
        clock::advance(store, now, |_| {}).unwrap();
        let (outcome, asked) = told.tell(store, now);
        if outcome == Outcome::Taken {
            taken.push((told, asked));
        }
        if !matches!(told.event, Event::Credit(_)) {
            outcomes.entry(seed).or_default().push(outcome);
        }
    }
    // Every account has a bill day after the last of what happens.
    let end = utc.start_of(date(2028, 8, 1)).unwrap();
    let happened = clock::advance(store, end, |_| {}).unwrap();
    let parked = happened.iter().filter(|it| matches!(it, clock::Happened::AccountParked(..)));
    let mut wrong: Vec<String> = parked.map(|it| format!("{it:?}")).collect();
    wrong.extend(second_run(store, &taken, end));
    let findings = auditor::audit(store).unwrap();
    wrong.extend(findings.findings().map(|it| format!("audit: {it:?}")));
    let invoices = engine::read::invoices(store).unwrap();
    let notes = engine::credit_notes::all(store).unwrap();
    let sums = sums(&invoices, &notes);
    Billed { sums, outcomes, invoices: invoices.len(), notes: notes.len(), wrong }
}

/// When something is told.
fn told_at(at: Timestamp, way: Way) -> Timestamp {
    let utc = Zone::utc();
    let day = utc.day_of(at);
    match way {
        Way::DayByDay => at,
        Way::MonthByMonth => {
            let next = day.last_of_month().tomorrow().unwrap();
            utc.start_of(next).unwrap()
        }
        Way::Once => utc
            .start_of(LAST_DAY)
            .unwrap()
            .checked_add(jiff::SignedDuration::from_hours(24))
            .unwrap(),
    }
}

/// Everything that was taken is told again, and the same instant is run again: nothing happens.
fn second_run(
    store: &mut dyn Store,
    taken: &[(&Told, Option<Asked>)],
    now: Timestamp,
) -> Vec<String> {
    let before = engine::read::facts(store).unwrap().len();
    let mut wrong = Vec::new();
    for (told, asked) in taken {
        let outcome = match asked {
            Some(asked) => event::credit(store, asked, now),
            None => told.tell(store, now).0,
        };
        if outcome != Outcome::Taken {
            wrong.push(format!("told again: {told}: {outcome:?}"));
        }
    }
    let happened = clock::advance(store, now, |_| {}).unwrap();
    let recorded = &engine::read::facts(store).unwrap()[before..];
    if !happened.is_empty() || !recorded.is_empty() {
        wrong.push(format!("a second run is not empty: {happened:?}, recorded: {recorded:?}"));
    }
    wrong
}

/// Sums by account and component, of all lines but those that became due again.
fn sums(invoices: &[InvoiceIssued], notes: &[CreditNoteIssued]) -> Sums {
    let due_again: BTreeSet<_> = notes
        .iter()
        .filter(|note| note.rebill)
        .flat_map(|note| {
            let whole = note.lines.iter();
            let whole =
                whole.filter(|it| matches!(it.part, CreditedPart::Whole | CreditedPart::Rest));
            whole.map(|it| (note.invoice.clone(), it.invoice_line))
        })
        .collect();
    let mut sums = Sums::new();
    for invoice in invoices {
        let standing = invoice.lines.iter();
        for line in standing.filter(|it| !due_again.contains(&(invoice.number.clone(), it.line))) {
            let account = line.account.as_ref().unwrap_or(&invoice.account.account).to_string();
            let key = (account, line.charge.component.to_string());
            let nothing = Sum { exact: Exact::ZERO, minor: 0, rounded: 0 };
            let sum = sums.entry(key).or_insert(nothing);
            let exact = exact(&line.charge);
            sum.exact = sum.exact.plus(exact).unwrap();
            sum.minor += line.charge.amount.minor;
            if exact != line.charge.amount.exact() {
                // Each unit carries its own part of the cents of a line that is priced whole.
                let of_parts = line.charge.ordered.as_ref().map(|_| 2 * line.charge.units.len());
                sum.rounded += of_parts.unwrap_or(1);
            }
        }
    }
    sums.retain(|_, sum| sum.exact != Exact::ZERO || sum.minor != 0 || sum.rounded > 0);
    sums
}

/// What a charge comes to before it is rounded. Usage is rounded once for its period, whatever the
/// number of its lines.
fn exact(charge: &Charge) -> Exact {
    if charge.kind.is_usage() {
        return charge.amount.exact();
    }
    let terms = charge.computation.terms.iter();
    terms.fold(Exact::ZERO, |sum, it| sum.plus(it.exact().unwrap()).unwrap())
}
