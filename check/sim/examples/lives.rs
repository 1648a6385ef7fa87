//! Explores random lives of contracts: `cargo xtask lives --from S --seeds N`.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use sim::lives::{self, Broken, Seen, TOGETHER};

const USAGE: &str = "usage: lives [--from SEED] [--seeds COUNT]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (mut from, mut seeds) = (0, 10_000);
    for pair in arguments.chunks(2) {
        let [name, value] = pair else { return usage() };
        let Ok(value) = value.parse() else { return usage() };
        match name.as_str() {
            "--from" => from = value,
            "--seeds" => seeds = value,
            _ => return usage(),
        }
    }
    match explore(from, from.saturating_add(seeds)) {
        Ok(seen) => {
            println!("{seen:?}");
            ExitCode::SUCCESS
        }
        Err(broken) => {
            eprintln!("{broken}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::FAILURE
}

/// Shares the seeds out among the cores.
fn explore(from: u64, to: u64) -> Result<Seen, Box<Broken>> {
    let next = AtomicU64::new(from);
    let work = || -> Result<Seen, Box<Broken>> {
        let mut seen = Seen::default();
        loop {
            let from = next.fetch_add(TOGETHER, Ordering::Relaxed);
            if from >= to {
                return Ok(seen);
            }
            seen = seen.and(lives::check(from..(from + TOGETHER).min(to))?);
        }
    };
    let cores = thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_fold(Seen::default(), |seen, worker| match worker.join() {
            Ok(of_worker) => Ok(seen.and(of_worker?)),
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}
