//! Random lives of contracts: what customers, carriers, devices and operators do, out of a seed,
//! billed day by day, month by month and once at the end. The three must agree, and each must keep
//! every promise under the auditor; a second run must be empty.
//!
//! What is compared: the outcome of every request (taken, or refused for the same reason), and by
//! account and component the sum of all lines that stand. Before rounding the sums are equal.
//! Rounded, they differ at most by what the rounding of single lines explains: a month that is
//! charged whole and given back in part is rounded twice, where half a month is rounded once.
//! Nothing but service is rounded line by line, and a service whose shares of days are whole cents
//! is equal to the cent.
//!
//! Lives are billed some at once on one store, which is faster; one that fails is billed alone, and
//! then without what it does not need to fail.

#![expect(clippy::unwrap_used, reason = "a proof stops at the first surprise")]

mod bill;
mod event;
mod life;

use std::{fmt, panic};

pub use bill::{Billed, Sum, Way, bill};
pub use event::{Event, Outcome, Told};
pub use life::Life;

/// Lives that share a store.
pub const TOGETHER: u64 = 16;

/// What some lives had in them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// How many lives.
    pub lives: u64,
    /// What was told.
    pub events: usize,
    /// What was refused of that.
    pub refused: usize,
    /// Invoices of the lives that were billed day by day.
    pub invoices: usize,
    /// Their credit notes.
    pub notes: usize,
}

/// A life that broke a promise.
#[derive(Debug)]
pub struct Broken {
    /// The life, without what it does not need to fail.
    pub life: Life,
    /// What is wrong.
    pub wrong: Vec<String>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Life { seed, zone, accounts, threshold, told } = &self.life;
        writeln!(f, "seed {seed}: `cargo xtask lives --from {seed} --seeds 1`; zone {zone}")?;
        for (account, day) in accounts {
            writeln!(f, "  account {account}, bill day {day}")?;
        }
        threshold.map_or(Ok(()), |it| writeln!(f, "  the first has a threshold of {it} euros"))?;
        told.iter().try_for_each(|it| writeln!(f, "  {it}"))?;
        self.wrong.iter().try_for_each(|it| writeln!(f, "wrong: {it}"))
    }
}

/// Checks the lives of these seeds.
///
/// # Errors
/// The first that breaks a promise.
pub fn check(seeds: std::ops::Range<u64>) -> Result<Seen, Box<Broken>> {
    let mut seen = Seen::default();
    let mut from = seeds.start;
    while from < seeds.end {
        let to = (from + TOGETHER).min(seeds.end);
        let lives: Vec<Life> = (from..to).map(Life::of).collect();
        let (together, wrong) = wrong_with(&lives);
        if !wrong.is_empty() {
            return Err(Box::new(first_broken(&lives, wrong)));
        }
        seen = seen.and(together);
        from = to;
    }
    Ok(seen)
}

impl Seen {
    /// Both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            lives: self.lives + other.lives,
            events: self.events + other.events,
            refused: self.refused + other.refused,
            invoices: self.invoices + other.invoices,
            notes: self.notes + other.notes,
        }
    }
}

/// Bills lives in the three ways and compares.
fn wrong_with(lives: &[Life]) -> (Seen, Vec<String>) {
    panic::catch_unwind(|| compare(lives)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().cloned().unwrap_or_default();
        (Seen::default(), vec![format!("it panics: {said}")])
    })
}

fn compare(lives: &[Life]) -> (Seen, Vec<String>) {
    let day = bill(lives, Way::DayByDay);
    let mut wrong = of_way(Way::DayByDay, &day);
    for way in [Way::MonthByMonth, Way::Once] {
        let other = bill(lives, way);
        wrong.extend(of_way(way, &other));
        wrong.extend(differences(way, &day, &other));
    }
    let outcomes = day.outcomes.values().flatten();
    let refused = outcomes.filter(|it| matches!(it, Outcome::Refused(_))).count();
    let seen = Seen {
        lives: u64::try_from(lives.len()).unwrap(),
        events: day.outcomes.values().map(Vec::len).sum(),
        refused,
        invoices: day.invoices,
        notes: day.notes,
    };
    (seen, wrong)
}

fn of_way(way: Way, billed: &Billed) -> Vec<String> {
    billed.wrong.iter().map(|it| format!("{way:?}: {it}")).collect()
}

fn differences(way: Way, day: &Billed, other: &Billed) -> Vec<String> {
    let mut wrong = Vec::new();
    for (seed, outcomes) in &day.outcomes {
        if other.outcomes.get(seed) != Some(outcomes) {
            let other = other.outcomes.get(seed);
            wrong.push(format!("{way:?}: seed {seed}: {other:?} instead of {outcomes:?}"));
        }
    }
    let nothing = Sum { exact: kernel::Exact::ZERO, minor: 0, rounded: 0 };
    let keys: std::collections::BTreeSet<_> = day.sums.keys().chain(other.sums.keys()).collect();
    for key in keys {
        let one = day.sums.get(key).copied().unwrap_or(nothing);
        let two = other.sums.get(key).copied().unwrap_or(nothing);
        let explained = u64::try_from(one.rounded + two.rounded).unwrap();
        let apart = one.minor.abs_diff(two.minor);
        if one.exact != two.exact || apart * 2 > explained {
            wrong.push(format!("{key:?}: {way:?} comes to {two:?}, day by day to {one:?}"));
        }
    }
    wrong
}

/// The first of these that is broken by itself, as small as it can be.
fn first_broken(lives: &[Life], together: Vec<String>) -> Broken {
    for life in lives {
        let (_, wrong) = wrong_with(std::slice::from_ref(life));
        if !wrong.is_empty() {
            return smallest(life.clone(), wrong);
        }
    }
    let life = Life { told: Vec::new(), ..lives[0].clone() };
    Broken { life, wrong: together }
}

/// Leaves out what the life does not need to be broken.
fn smallest(mut life: Life, mut wrong: Vec<String>) -> Broken {
    let mut place = life.told.len();
    while place > 0 {
        place -= 1;
        let mut less = life.clone();
        less.told.remove(place);
        let (_, still) = wrong_with(std::slice::from_ref(&less));
        if !still.is_empty() {
            (life, wrong) = (less, still);
        }
    }
    Broken { life, wrong }
}
