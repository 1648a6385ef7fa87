//! Random lives of contracts keep every promise, however often they are billed. Here are a few, to
//! fail early; `cargo xtask lives` bills ten thousand, in release.

use sim::lives;

#[test]
fn lives_come_to_the_same_billed_day_by_day_month_by_month_and_once() {
    let seen = lives::check(0..lives::TOGETHER).unwrap_or_else(|broken| panic!("{broken}"));
    // The property says something only if lives have what could go wrong.
    assert!(seen.refused > 0 && seen.refused < seen.events / 2, "{seen:?}");
    assert!(seen.invoices > 50 && seen.notes > 0, "{seen:?}");
}

/// What each had in it that once broke a promise.
const BROKEN_ONCE: [(u64, &str); 10] = [
    (
        137,
        "usage of a test that its days end first was a fact when the contract was looked at again",
    ),
    (3393, "parts due at once stayed due when the end that made them so was undone"),
    (3872, "a device due again and returned was charged to one payer and given back to another"),
    (4449, "what an earlier payer was never billed was not missed"),
    (4511, "an order that takes over all that is left took over less when it was told again"),
    (4599, "a device that reported usage today could not come back, though it was there"),
    (7333, "usage of an earlier payer was not missed"),
    (8083, "the audit asked one payer for what is due to another on another bill day"),
    (8108, "as 4511, of units that came back"),
    (8755, "a return in the test of a device that was never reported delivered was refused"),
];

#[test]
fn lives_that_broke_a_promise_once_keep_it() {
    for (seed, effect) in BROKEN_ONCE {
        lives::check(seed..seed + 1).unwrap_or_else(|broken| panic!("{effect}: {broken}"));
    }
}
