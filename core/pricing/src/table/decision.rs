//! The rows as decisions: a node asks one column, and runs of its classes lead on. Equal nodes are
//! one node, a column that decides nothing is not asked, and building it visits every place where
//! rows meet, which is the proof that each key hits exactly one row.

use std::collections::HashMap;

use facts::price::PriceRow;

use super::column::Column;
use super::hash::Quick;
use crate::PriceFault;

/// Most places at which rows are compared; a second of work.
pub const STEPS_MAX: usize = 100_000_000;

/// Most overlaps that are reported at once.
pub const OVERLAPS_MAX: usize = 100;

/// A node, or a row where the bit is set.
type Target = u32;
const ROW: u32 = 1 << 31;

/// What was proved, ready to be asked. All nodes stand in one list of words, so that one of them
/// is found in one or two reads: first its column and how many runs it has, then the first classes
/// of its runs, then where each leads. With 0 runs, where each class leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decision {
    words: Vec<u32>,
    nodes: usize,
    root: Target,
}

/// Bits of a first word for the number of runs; the others are the column.
const RUNS_BITS: u32 = 26;
const RUNS_MAX: u32 = (1 << RUNS_BITS) - 1;

impl Decision {
    /// The row at the classes that a key has; none when a class is unknown.
    pub fn row(&self, mut class_of: impl FnMut(usize) -> Option<u32>) -> Option<usize> {
        let mut target = self.root;
        while target & ROW == 0 {
            let node = self.words.get(target as usize..)?;
            let (head, node) = node.split_first()?;
            let class = class_of((head >> RUNS_BITS) as usize)? as usize;
            let runs = (head & RUNS_MAX) as usize;
            let place = if runs == 0 {
                class
            } else {
                let starts = node.get(..runs)?;
                runs + starts.partition_point(|start| *start as usize <= class) - 1
            };
            target = *node.get(place)?;
        }
        Some((target & !ROW) as usize)
    }

    /// How many nodes and words it has.
    pub const fn size(&self) -> (usize, usize) {
        (self.nodes, self.words.len())
    }
}

/// The proof of a table, and its decisions.
///
/// # Errors
/// Every two rows of equal priority that overlap (at most [`OVERLAPS_MAX`]), a key that no row
/// takes, rows that are never hit; or that there are too many places to compare.
pub(crate) fn prove(rows: &[PriceRow], columns: &[Column]) -> Result<Decision, Vec<PriceFault>> {
    let mut builder = Builder::new(rows, columns);
    let ordinary = (0..rows.len()).filter(|row| !rows[*row].is_default);
    let ordinary: Vec<u32> = ordinary.filter_map(|row| u32::try_from(row).ok()).collect();
    match builder.down(0, ordinary) {
        Ok(root) => builder.verdict(root),
        Err(Stop::TooEntangled) => Err(vec![PriceFault::TooEntangled { steps_max: STEPS_MAX }]),
        Err(Stop::Overlaps) => builder.verdict(Found { target: ROW, gaps: 1 }),
    }
}

/// Why building ends early.
enum Stop {
    TooEntangled,
    /// There are more overlaps than are reported.
    Overlaps,
}

/// Where a set of rows leads, and how many combinations of the classes that were not asked yet no
/// row takes.
#[derive(Clone, Copy)]
struct Found {
    target: Target,
    gaps: u128,
}

/// What each row takes of one column.
struct Covers {
    /// Where the runs of each row begin, and where those of the last end.
    starts: Vec<u32>,
    runs: Vec<(u32, u32)>,
    /// Rows that take everything.
    open: Vec<bool>,
}

impl Covers {
    fn of(rows: &[PriceRow], column: &Column, at: usize) -> Self {
        let mut covers = Self { starts: vec![0], runs: Vec::new(), open: Vec::new() };
        for row in rows {
            let cover = column.cover(row, at);
            covers.open.push(cover.is_none());
            covers.runs.extend(cover.into_iter().flatten());
            covers.starts.push(u32::try_from(covers.runs.len()).unwrap_or(u32::MAX));
        }
        covers
    }

    /// The runs of a row; none when it takes everything.
    fn of_row(&self, row: usize) -> Option<&[(u32, u32)]> {
        let runs = self.starts[row] as usize..self.starts[row + 1] as usize;
        (!self.open[row]).then(|| &self.runs[runs])
    }
}

/// A column, the first classes of its runs, and where each leads.
type Runs = (u32, Box<[u32]>, Box<[Target]>);

struct Builder<'a> {
    rows: &'a [PriceRow],
    columns: &'a [Column],
    /// The columns in the order in which they are asked.
    order: Vec<usize>,
    /// By place in the order: the classes that each row takes.
    covers: Vec<Covers>,
    /// By row: after how many columns of the order it takes everything.
    open_from: Vec<usize>,
    default: Option<u32>,
    known: HashMap<(usize, Box<[u32]>), Found, Quick>,
    unique: HashMap<Runs, Target, Quick>,
    decision: Decision,
    /// The class that was taken at each place of the order; none where it does not matter.
    path: Vec<Option<u32>>,
    overlaps: Vec<((u32, u32), String)>,
    gap: Option<String>,
    hit: Vec<bool>,
    steps: usize,
}

impl<'a> Builder<'a> {
    fn new(rows: &'a [PriceRow], columns: &'a [Column]) -> Self {
        let mut by_width: Vec<(u128, usize, Covers)> = (0..columns.len())
            .map(|at| {
                let covers = Covers::of(rows, &columns[at], at);
                let classes = u128::from(columns[at].class_count());
                let widths = (0..rows.len()).map(|row| match covers.of_row(row) {
                    None => classes,
                    Some(runs) => runs.iter().map(|(from, to)| u128::from(to - from)).sum(),
                });
                // The part of its classes that a row takes, in millionths: what is asked first
                // should leave the fewest rows.
                (widths.sum::<u128>() * 1_000_000 / classes, at, covers)
            })
            .collect();
        by_width.sort_by_key(|(width, at, _)| (*width, *at));
        let order: Vec<usize> = by_width.iter().map(|(_, at, _)| *at).collect();
        let covers: Vec<_> = by_width.into_iter().map(|(_, _, covers)| covers).collect();
        let open_from = (0..rows.len())
            .map(|row| {
                covers
                    .iter()
                    .rposition(|covers| covers.of_row(row).is_some())
                    .map_or(0, |it| it + 1)
            })
            .collect();
        let default = rows.iter().position(|row| row.is_default);
        Self {
            rows,
            columns,
            path: vec![None; order.len()],
            order,
            covers,
            open_from,
            default: default.and_then(|row| u32::try_from(row).ok()),
            known: HashMap::default(),
            unique: HashMap::default(),
            decision: Decision { words: Vec::new(), nodes: 0, root: ROW },
            overlaps: Vec::new(),
            gap: None,
            hit: vec![false; rows.len()],
            steps: 0,
        }
    }

    fn classes(&self, place: usize) -> u32 {
        self.order.get(place).map_or(1, |at| self.columns[*at].class_count())
    }

    fn priority(&self, row: u32) -> i32 {
        self.rows[row as usize].priority
    }

    /// Goes on with the rows that take every class so far. As deep as there are columns.
    fn down(&mut self, mut place: usize, mut rows: Vec<u32>) -> Result<Found, Stop> {
        let begun = place;
        let highest_open = rows.iter().filter(|row| self.open_from[**row as usize] <= place);
        if let Some(highest) = highest_open.map(|row| self.priority(*row)).max() {
            rows.retain(|row| self.priority(*row) >= highest);
        }
        while place < self.order.len()
            && rows.iter().all(|row| self.covers[place].of_row(*row as usize).is_none())
        {
            self.path[place] = None;
            place += 1;
        }
        let skipped: u128 = (begun..place).map(|place| u128::from(self.classes(place))).product();
        let found = if place == self.order.len() {
            self.arrive(&rows)?
        } else {
            let key = (place, rows.into_boxed_slice());
            match self.known.get(&key) {
                Some(found) => *found,
                None => {
                    let found = self.split(place, &key.1)?;
                    self.known.insert(key, found);
                    found
                }
            }
        };
        Ok(Found { gaps: found.gaps.saturating_mul(skipped), ..found })
    }

    /// All columns are decided, or do not matter to these rows.
    fn arrive(&mut self, rows: &[u32]) -> Result<Found, Stop> {
        let highest = rows.iter().map(|row| self.priority(*row)).max();
        let taking = rows.iter().filter(|row| Some(self.priority(**row)) == highest);
        let taking: Vec<u32> = taking.copied().collect();
        let row = match taking.as_slice() {
            [] => self.default,
            [row] => Some(*row),
            several => {
                self.overlap(several)?;
                several.first().copied()
            }
        };
        for row in &taking {
            self.hit[*row as usize] = true;
        }
        if row.is_none() && self.gap.is_none() {
            self.gap = Some(self.example());
        }
        Ok(Found { target: ROW | row.unwrap_or(0), gaps: u128::from(row.is_none()) })
    }

    fn overlap(&mut self, rows: &[u32]) -> Result<(), Stop> {
        for (index, second) in rows.iter().enumerate() {
            for first in &rows[..index] {
                let pair = (*first, *second);
                if self.overlaps.iter().any(|(known, _)| *known == pair) {
                    continue;
                }
                if self.overlaps.len() == OVERLAPS_MAX {
                    return Err(Stop::Overlaps);
                }
                self.overlaps.push((pair, self.example()));
            }
        }
        Ok(())
    }

    /// Where the walk is, in words, in the order of the columns.
    fn example(&self) -> String {
        let mut taken = vec![0; self.columns.len()];
        for (at, class) in self.order.iter().zip(&self.path) {
            taken[*at] = class.unwrap_or(0);
        }
        let parts = self.columns.iter().zip(taken);
        let parts: Vec<_> = parts.map(|(column, class)| column.example(class)).collect();
        if parts.is_empty() { "(every event)".to_owned() } else { parts.join(", ") }
    }

    /// Asks one column: cuts its classes where the rows tell them apart, and goes on in each run.
    fn split(&mut self, place: usize, rows: &[u32]) -> Result<Found, Stop> {
        let classes = self.classes(place);
        let (starts, open, taking) = self.cut(place, rows);
        let mut targets: Vec<Target> = Vec::with_capacity(starts.len());
        let mut firsts: Vec<u32> = Vec::with_capacity(starts.len());
        let mut bare: Option<Found> = None;
        let mut gaps = 0_u128;
        for (index, list) in taking.iter().enumerate() {
            let from = starts[index];
            let to = starts.get(index + 1).copied().unwrap_or(classes);
            self.steps += open.len() + list.len() + 1;
            if self.steps > STEPS_MAX {
                return Err(Stop::TooEntangled);
            }
            let found = match bare {
                Some(found) if list.is_empty() => found,
                _ => {
                    self.path[place] = Some(from);
                    let found = self.down(place + 1, merged(&open, list))?;
                    self.path[place] = None;
                    if list.is_empty() {
                        bare = Some(found);
                    }
                    found
                }
            };
            gaps = gaps.saturating_add(found.gaps.saturating_mul(u128::from(to - from)));
            if targets.last() != Some(&found.target) {
                firsts.push(from);
                targets.push(found.target);
            }
        }
        let target = match targets.as_slice() {
            [only] => *only,
            _ => self.node(place, firsts, targets),
        };
        Ok(Found { target, gaps })
    }

    /// Where the runs of one column begin, the rows that take all of it, and those that take each
    /// run. Rows stay in their order.
    fn cut(&self, place: usize, rows: &[u32]) -> (Vec<u32>, Vec<u32>, Vec<Vec<u32>>) {
        let classes = self.classes(place);
        let covers = &self.covers[place];
        let mut starts = vec![0];
        let mut open = Vec::new();
        for row in rows {
            match covers.of_row(*row as usize) {
                None => open.push(*row),
                Some(runs) => starts.extend(runs.iter().flat_map(|(from, to)| [*from, *to])),
            }
        }
        starts.sort_unstable();
        starts.dedup();
        starts.retain(|start| *start < classes);
        let mut taking = vec![Vec::new(); starts.len()];
        for row in rows {
            for (from, to) in covers.of_row(*row as usize).into_iter().flatten() {
                let first = starts.partition_point(|start| start < from);
                let last = starts.partition_point(|start| start < to);
                for list in &mut taking[first..last] {
                    list.push(*row);
                }
            }
        }
        (starts, open, taking)
    }

    /// The node of these runs; equal ones are one.
    fn node(&mut self, place: usize, starts: Vec<u32>, targets: Vec<Target>) -> Target {
        /// A node has a target for each class when it has at most so many classes a run.
        const CLASSES_PER_RUN: usize = 3;
        let column = u32::try_from(self.order[place]).unwrap_or(u32::MAX);
        let key = (column, starts.into_boxed_slice(), targets.into_boxed_slice());
        if let Some(known) = self.unique.get(&key) {
            return *known;
        }
        let (_, starts, targets) = &key;
        let classes = self.classes(place) as usize;
        let words = &mut self.decision.words;
        let target = u32::try_from(words.len()).unwrap_or(u32::MAX);
        if classes <= CLASSES_PER_RUN * starts.len() {
            words.push(column << RUNS_BITS);
            for (index, target) in targets.iter().enumerate() {
                let end = starts.get(index + 1).map_or(classes, |start| *start as usize);
                let run = end - starts[index] as usize;
                words.extend(std::iter::repeat_n(*target, run));
            }
        } else {
            words.push(column << RUNS_BITS | u32::try_from(starts.len()).unwrap_or(RUNS_MAX));
            words.extend_from_slice(starts);
            words.extend_from_slice(targets);
        }
        self.decision.nodes += 1;
        self.unique.insert(key, target);
        target
    }

    fn verdict(mut self, root: Found) -> Result<Decision, Vec<PriceFault>> {
        let mut faults = Vec::new();
        self.overlaps.sort();
        let code = |row: u32| self.rows[row as usize].code.clone();
        for ((first, second), key) in &self.overlaps {
            let (first, second, key) = (code(*first), code(*second), key.clone());
            faults.push(PriceFault::Overlap { first, second, key });
        }
        if let Some(key) = &self.gap {
            faults.push(PriceFault::Gap { key: key.clone(), keys: root.gaps.to_string() });
        }
        if faults.is_empty() {
            let rows = self.rows.iter().zip(&self.hit);
            let never = rows.filter(|(row, hit)| !row.is_default && !**hit);
            faults.extend(never.map(|(row, _)| PriceFault::NeverHit { row: row.code.clone() }));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        self.decision.root = root.target;
        Ok(self.decision)
    }
}

/// Two rising lists as one.
fn merged(open: &[u32], taking: &[u32]) -> Vec<u32> {
    let mut all = Vec::with_capacity(open.len() + taking.len());
    let (mut left, mut right) = (open, taking);
    while let ([a, rest_a @ ..], [b, rest_b @ ..]) = (left, right) {
        if a < b {
            all.push(*a);
            left = rest_a;
        } else {
            all.push(*b);
            right = rest_b;
        }
    }
    all.extend_from_slice(left);
    all.extend_from_slice(right);
    all
}
