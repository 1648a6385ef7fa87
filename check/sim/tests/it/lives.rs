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
