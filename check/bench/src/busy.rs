//! What an account costs now, asked again and again while files come in as fast as they can.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use engine::usage::{Intake, Live};
use jiff::Timestamp;
use serde_json::json;
use store::Store;
use store_sqlite::SqliteStore;

use crate::history::{History, Lines};
use crate::ingest::Sent;
use crate::latency::Latencies;
use crate::measure::{Goal, Measure, Report, Thousandths};
use crate::stopwatch::Stopwatch;
use crate::workload::UNITS_PER_ACCOUNT;
use crate::{Bench, Result, fleet};

/// Measures it on a second connection in another thread, as a server would.
pub fn measure(
    bench: &Bench,
    report: &mut Report,
    (store, intake): (&mut SqliteStore, &mut Intake),
    history: &mut History,
    sent: &mut Sent,
) -> Result<()> {
    let files: Vec<Lines> = (0..bench.scale.busy_files)
        .map(|_| history.next_file(bench.scale.file_lines))
        .collect::<Result<_>>()?;
    let now = files.last().ok_or("no file to send meanwhile")?.now;
    let mut beside = store.beside()?.ok_or("the store is in memory")?;
    let accounts = bench.scale.accounts_asked.min(bench.scale.devices / UNITS_PER_ACCOUNT);
    let is_over = AtomicBool::new(false);
    let before = sent.files.len();
    let Answers { first, again } = thread::scope(|scope| {
        let asking = scope.spawn(|| ask(beside.as_mut(), accounts, now, &is_over));
        let outcome = files.iter().try_for_each(|lines| sent.send(store, intake, lines));
        is_over.store(true, Ordering::Relaxed);
        let answers = asking.join().map_err(|_| "the thread that asks broke down")??;
        outcome.map(|()| answers)
    })?;
    // On a machine that is too busy there may be no second time: then the first one is judged.
    let judged = if again.count() > 0 { &again } else { &first };
    let busy = Sent { files: sent.files.split_off(before), ..Sent::default() };
    report.add(Measure {
        name: "current_cost_p99",
        value: Thousandths::millis(judged.percentile(99)),
        unit: "ms",
        baseline: None,
        goal: Goal::AtMost(Thousandths::whole(10)),
        more: vec![
            ("median_ms", json!(Thousandths::millis(judged.percentile(50)).to_string())),
            ("longest_ms", json!(Thousandths::millis(judged.longest()).to_string())),
            ("questions", json!(again.count())),
            ("first_time_p99_ms", json!(Thousandths::millis(first.percentile(99)).to_string())),
            ("accounts", json!(first.count())),
            ("units", json!(UNITS_PER_ACCOUNT)),
            ("events_per_s_meanwhile", json!(busy.rate())),
        ],
    })
}

/// How long answers took: of accounts that were not asked for before, and of the others.
#[derive(Default)]
struct Answers {
    first: Latencies,
    again: Latencies,
}

/// Asks for one account after the other, round and round, until it is over.
fn ask(
    store: &mut dyn Store,
    accounts: u64,
    now: Timestamp,
    is_over: &AtomicBool,
) -> Result<Answers> {
    let mut live = Live::default();
    let mut answers = Answers::default();
    for question in 0_u64.. {
        let account = fleet::account(question % accounts)?;
        let stopwatch = Stopwatch::start();
        let current = live.current(store, &account, now)?;
        let took = stopwatch.elapsed();
        if current.charges.is_empty() {
            return Err(format!("account {account} costs nothing").into());
        }
        if question < accounts {
            answers.first.add(took)
        } else {
            answers.again.add(took)
        }
        if is_over.load(Ordering::Relaxed) {
            break;
        }
    }
    Ok(answers)
}
