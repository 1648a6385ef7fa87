//! Hostile input costs no more than honest input: each is decided within a second, in a build
//! without optimization.

use std::fs;
use std::time::Duration;

/// To decide about one input, ten megabytes included.
const TIME_MAX: Duration = Duration::from_secs(1);

/// What is decided, within the time. It is processor time of this thread: on a machine that is
/// busy with something else, the clock of the wall would tell about that.
pub fn promptly<T>(input: &str, decide: impl FnOnce() -> T) -> T {
    let before = processor_time();
    let decided = decide();
    let took = processor_time() - before;
    assert!(took <= TIME_MAX, "{took:?} for {}", input.chars().take(80).collect::<String>());
    decided
}

/// Of this thread, so far.
fn processor_time() -> Duration {
    let said = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let nanoseconds = said.split(' ').next().unwrap();
    Duration::from_nanos(nanoseconds.parse().unwrap())
}

#[test]
#[should_panic(expected = " for slow")]
fn what_takes_longer_than_a_second_is_noticed() {
    promptly("slow", || {
        let began = processor_time();
        while processor_time() - began <= TIME_MAX {}
    });
}
