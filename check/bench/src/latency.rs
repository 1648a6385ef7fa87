//! How long single things took, and the few that took longest.

use std::time::Duration;

/// Times, in any order.
#[derive(Default)]
pub struct Latencies(Vec<Duration>);

impl Latencies {
    /// One more.
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The time that `percent` of them do not exceed.
    pub fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).copied().unwrap_or_default()
    }

    /// The longest.
    pub fn longest(&self) -> Duration {
        self.0.iter().max().copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_times() {
        let mut some = Latencies::default();
        assert_eq!(some.percentile(99), Duration::ZERO);
        (1..=200).rev().for_each(|millis| some.add(Duration::from_millis(millis)));
        assert_eq!(some.percentile(50), Duration::from_millis(100));
        assert_eq!(some.percentile(99), Duration::from_millis(198));
        assert_eq!(some.percentile(100), some.longest());
        assert_eq!(some.count(), 200);
    }
}
