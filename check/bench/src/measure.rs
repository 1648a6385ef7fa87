//! What was measured, as a line of JSON for programs and a table for people.

use std::fmt;
use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};

/// A number with three decimals: no float is needed to tell how fast something was.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Thousandths(u64);

impl Thousandths {
    /// A whole number.
    pub const fn whole(number: u64) -> Self {
        Self(number.saturating_mul(1_000))
    }

    /// A number of thousandths.
    pub const fn new(thousandths: u64) -> Self {
        Self(thousandths)
    }

    /// How many.
    pub const fn thousandths(self) -> u64 {
        self.0
    }

    /// How often one number goes into another; 0 when it cannot be said.
    pub fn ratio(number: u64, by: u64) -> Self {
        let thousandths = (u128::from(number) * 1_000).checked_div(u128::from(by));
        Self(thousandths.and_then(|it| u64::try_from(it).ok()).unwrap_or_default())
    }

    /// Milliseconds.
    pub fn millis(time: Duration) -> Self {
        Self(u64::try_from(time.as_micros()).unwrap_or(u64::MAX))
    }

    /// Seconds.
    pub fn seconds(time: Duration) -> Self {
        Self(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
    }
}

impl fmt::Display for Thousandths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 1_000, self.0 % 1_000);
        if part == 0 { f.pad(&whole.to_string()) } else { f.pad(&format!("{whole}.{part:03}")) }
    }
}

/// Events in a time, as events a second.
pub fn per_second(events: u64, time: Duration) -> u64 {
    let per_second = (u128::from(events) * 1_000_000).checked_div(time.as_micros());
    per_second.and_then(|it| u64::try_from(it).ok()).unwrap_or_default()
}

/// What is good enough.
#[derive(Clone, Copy)]
pub enum Goal {
    /// At least so many times the baseline.
    TimesBaseline(Thousandths),
    /// At least this value.
    AtLeast(Thousandths),
    /// At most this value.
    AtMost(Thousandths),
}

/// One figure.
pub struct Measure {
    /// Its stable name.
    pub name: &'static str,
    /// The figure.
    pub value: Thousandths,
    /// What it counts.
    pub unit: &'static str,
    /// What it is compared with, measured in the same run.
    pub baseline: Option<Thousandths>,
    /// What it should be.
    pub goal: Goal,
    /// Whatever helps to read it.
    pub more: Vec<(&'static str, Value)>,
}

impl Measure {
    /// The figure, compared with its baseline.
    fn ratio(&self) -> Option<Thousandths> {
        self.baseline.map(|baseline| Thousandths::ratio(self.value.0, baseline.0))
    }

    /// Whether the goal is reached.
    pub fn is_reached(&self) -> bool {
        match self.goal {
            Goal::TimesBaseline(least) => self.ratio().is_some_and(|ratio| ratio >= least),
            Goal::AtLeast(least) => self.value >= least,
            Goal::AtMost(most) => self.value <= most,
        }
    }

    fn json(&self, note: Option<&str>) -> String {
        let (goal, sense) = match self.goal {
            Goal::TimesBaseline(least) => (least, "ratio at least"),
            Goal::AtLeast(least) => (least, "value at least"),
            Goal::AtMost(most) => (most, "value at most"),
        };
        let number = |it: Option<Thousandths>| it.map_or("null".to_owned(), |it| it.to_string());
        let mut members = vec![
            ("measure", json!(self.name).to_string()),
            ("value", self.value.to_string()),
            ("unit", json!(self.unit).to_string()),
            ("baseline", number(self.baseline)),
            ("ratio", number(self.ratio())),
            ("goal", goal.to_string()),
            ("goal_is", json!(sense).to_string()),
            ("ok", self.is_reached().to_string()),
        ];
        members.extend(self.more.iter().map(|(name, value)| (*name, value.to_string())));
        members.extend(note.map(|note| ("note", json!(note).to_string())));
        let members: Vec<_> =
            members.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    }

    fn row(&self) -> String {
        let or_none = |it: Option<Thousandths>| it.map_or("-".to_owned(), |it| it.to_string());
        let goal = match self.goal {
            Goal::TimesBaseline(least) => format!(">= {least} x"),
            Goal::AtLeast(least) => format!(">= {least}"),
            Goal::AtMost(most) => format!("<= {most}"),
        };
        format!(
            "{:<26} {:>14} {:<10} {:>14} {:>8} {:>12} {}",
            self.name,
            self.value,
            self.unit,
            or_none(self.baseline),
            or_none(self.ratio()),
            goal,
            if self.is_reached() { "ok" } else { "MISSED" }
        )
    }
}

/// All figures of a run.
pub struct Report {
    note: Option<&'static str>,
    measures: Vec<Measure>,
}

impl Report {
    /// None yet. The note goes with each.
    pub const fn new(note: Option<&'static str>) -> Self {
        Self { note, measures: Vec::new() }
    }

    /// Prints a figure as a line of JSON, at once: a run that fails later has told what it found.
    pub fn add(&mut self, measure: Measure) -> crate::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "{}", measure.json(self.note))?;
        out.flush()?;
        self.measures.push(measure);
        Ok(())
    }

    /// The table for the person who waits.
    pub fn print_table(&self) {
        eprintln!(
            "\n{:<26} {:>14} {:<10} {:>14} {:>8} {:>12}",
            "measure", "value", "unit", "baseline", "ratio", "goal"
        );
        self.measures.iter().for_each(|measure| eprintln!("{}", measure.row()));
        if let Some(note) = self.note {
            eprintln!("{note}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(value: u64, baseline: Option<u64>, goal: Goal) -> Measure {
        Measure {
            name: "speed",
            value: Thousandths::whole(value),
            unit: "events/s",
            baseline: baseline.map(Thousandths::whole),
            goal,
            more: vec![("rounds", json!(3))],
        }
    }

    #[test]
    fn a_figure_is_one_line_of_json() {
        let goal = Goal::TimesBaseline(Thousandths::new(1_800));
        let line = measure(900, Some(500), goal).json(Some("quick"));
        let expected = "{\"measure\":\"speed\",\"value\":900,\"unit\":\"events/s\",\
            \"baseline\":500,\"ratio\":1.800,\"goal\":1.800,\"goal_is\":\"ratio at least\",\
            \"ok\":true,\"rounds\":3,\"note\":\"quick\"}";
        assert_eq!(line, expected);
        let none = measure(900, None, Goal::AtMost(Thousandths::whole(1))).json(None);
        let value: Value = serde_json::from_str(&none).expect("JSON");
        assert_eq!(value["baseline"], Value::Null);
    }

    #[test]
    fn a_goal_is_reached_or_missed() {
        let half = Thousandths::new(500);
        assert!(!measure(249, Some(500), Goal::TimesBaseline(half)).is_reached());
        assert!(measure(250, Some(500), Goal::TimesBaseline(half)).is_reached());
        assert!(!measure(250, None, Goal::TimesBaseline(half)).is_reached());
        assert!(!measure(250, Some(0), Goal::TimesBaseline(half)).is_reached());
        assert!(measure(3, None, Goal::AtMost(Thousandths::whole(3))).is_reached());
        assert!(!measure(4, None, Goal::AtMost(Thousandths::whole(3))).is_reached());
        assert!(measure(3, None, Goal::AtLeast(Thousandths::whole(3))).is_reached());
    }

    #[test]
    fn rates_are_whole_numbers() {
        assert_eq!(per_second(1_000_000, Duration::from_millis(1_500)), 666_666);
        assert_eq!(per_second(1, Duration::ZERO), 0);
        assert_eq!(Thousandths::ratio(2, 3).to_string(), "0.666");
        assert_eq!(Thousandths::millis(Duration::from_micros(1_500)).to_string(), "1.500");
    }
}
