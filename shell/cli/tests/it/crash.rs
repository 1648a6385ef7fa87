//! `kill -9` at any moment loses nothing and doubles nothing.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::shop::{Shop, fleet};

/// How often each command is killed, at even parts of the time that it takes.
const KILLS: u32 = 10;

/// The usage that is sent: files of January, as if all had arrived on the 31st.
fn usage() -> Vec<String> {
    let days = ["16", "17", "18", "19", "20", "21", "22", "23", "24", "25"];
    days.iter().map(|day| fleet(&format!("usage/2026-01-{day}.ndjson.gz"))).collect()
}

fn send() -> Vec<String> {
    ["usage", "send"].map(str::to_owned).into_iter().chain(usage()).collect()
}

fn advance() -> Vec<String> {
    ["clock", "advance", "--to", "2026-04-01"].map(str::to_owned).to_vec()
}

fn run(shop: &Shop, arguments: &[String]) -> Duration {
    #[expect(clippy::disallowed_methods, reason = "the kill must fall into the run")]
    let began = Instant::now();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    shop.ok(&arguments);
    began.elapsed()
}

/// Runs the binary and kills it with signal 9 after a time, unless it was faster.
fn run_and_kill(shop: &Shop, arguments: &[String], after: Duration) {
    let seconds = format!("{}.{:06}", after.as_secs(), after.subsec_micros());
    Command::new("timeout")
        .args(["--signal=KILL", &seconds, env!("CARGO_BIN_EXE_tabouret"), "--lang", "en"])
        .args(arguments)
        .args(shop.place())
        .output()
        .unwrap();
}

#[test]
fn a_killed_usage_send_is_sent_again_and_nothing_is_lost_or_doubled() {
    let before = Shop::empty().of_fleet();
    let whole = before.copy();
    let takes = run(&whole, &send());
    run(&whole, &advance());
    let expected = whole.picture();
    for kill in 1..=KILLS {
        let shop = before.copy();
        run_and_kill(&shop, &send(), takes * kill / (KILLS + 1));
        run(&shop, &send());
        run(&shop, &advance());
        assert_eq!(shop.picture(), expected, "kill {kill} of {KILLS}");
    }
}

#[test]
fn a_killed_bill_day_is_resumed_and_no_invoice_is_lost_or_doubled() {
    let before = Shop::empty().of_fleet();
    run(&before, &send());
    let whole = before.copy();
    let takes = run(&whole, &advance());
    let expected = whole.picture();
    for kill in 1..=KILLS {
        let shop = before.copy();
        run_and_kill(&shop, &advance(), takes * kill / (KILLS + 1));
        run(&shop, &advance());
        assert_eq!(shop.picture(), expected, "kill {kill} of {KILLS}");
    }
}

#[test]
fn on_postgres_a_killed_client_loses_and_doubles_nothing() {
    const KILLS: u32 = 3;
    let whole = Shop::on_postgres("whole").of_fleet();
    let takes = run(&whole, &send()) + run(&whole, &advance());
    let expected = whole.picture();
    for kill in 1..=KILLS {
        let shop = Shop::on_postgres(&format!("kill_{kill}")).of_fleet();
        run_and_kill(&shop, &send(), takes * kill / (2 * KILLS));
        run(&shop, &send());
        run_and_kill(&shop, &advance(), takes * kill / (2 * KILLS));
        run(&shop, &advance());
        assert_eq!(shop.picture(), expected, "kill {kill} of {KILLS}");
    }
}
