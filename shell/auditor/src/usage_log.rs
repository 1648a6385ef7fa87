//! The log of usage without its lines, and what is derived from it.

use std::collections::BTreeMap;

use facts::MeterCode;
use facts::usage::{LineOutcome, Series};
use jiff::civil::Date;
use store::{SegmentHead, StoreError, Tx};
use usage_index::{EventKey, Index, IndexError, Secret, Seen};

/// Every civil day whose text has the order of its days.
const FIRST_DAY: Date = Date::constant(1, 1, 1);
const LAST_DAY: Date = Date::MAX;

/// How many devices are read at once.
const SUBJECTS_AT_ONCE: usize = 1_000;

/// Lines by arrival day, meter and outcome.
pub(crate) type Tallied = BTreeMap<(Date, Option<MeterCode>, LineOutcome), i64>;

/// The log of usage, as somebody saw it who began to read now.
pub(crate) struct UsageLog {
    /// Sequence of the last segment.
    pub last: i64,
    pub secret: Secret,
    /// In the order of the log.
    pub heads: Vec<SegmentHead>,
    index: Index,
}

impl UsageLog {
    pub(crate) fn load(tx: &mut dyn Tx) -> Result<Self, StoreError> {
        let log = tx.usage_log()?;
        let mut heads = tx.segment_heads(FIRST_DAY, LAST_DAY)?;
        heads.sort_by_key(|head| head.sequence);
        Ok(Self { last: log.last, secret: Secret(log.secret), heads, index: tx.index() })
    }

    /// The last segment that the index includes.
    pub(crate) fn applied(&self) -> i64 {
        self.index.applied()
    }

    /// Whether the index includes the whole log. What another thread receives meanwhile is passed
    /// over.
    pub(crate) fn is_included(&self) -> bool {
        self.applied() >= self.last
    }

    /// What the stored tallies say, less what replays withdrew. A code that nobody knows is no
    /// line.
    pub(crate) fn tallied(&self) -> Tallied {
        let mut tallied = Tallied::new();
        for head in &self.heads {
            let withdrawn = head.replay.iter().flat_map(|it| &it.withdrawn);
            let withdrawn = withdrawn.map(|tally| (tally, -1));
            for (tally, sign) in head.tallies.iter().map(|it| (it, 1)).chain(withdrawn) {
                let Some(outcome) = LineOutcome::from_code(tally.outcome) else { continue };
                let key = (head.arrived_on, tally.meter.clone(), outcome);
                *tallied.entry(key).or_default() += sign * i64::from(tally.lines);
            }
        }
        tallied
    }

    /// The devices that have readings.
    pub(crate) fn subjects(&self) -> Vec<String> {
        self.index.subjects()
    }

    /// The readings of some devices, as far as the log goes.
    pub(crate) fn series(&self, subjects: &[&str]) -> Result<Vec<Series>, StoreError> {
        let mut series = self.index.series(subjects).map_err(index_failed)?;
        for one in &mut series {
            one.points.retain(|point| point.segment <= self.last);
        }
        Ok(series)
    }

    /// Every reading, device by device.
    pub(crate) fn each_series(&self, mut each: impl FnMut(&Series)) -> Result<(), StoreError> {
        for subjects in self.subjects().chunks(SUBJECTS_AT_ONCE) {
            let subjects: Vec<&str> = subjects.iter().map(String::as_str).collect();
            self.series(&subjects)?.iter().for_each(&mut each);
        }
        Ok(())
    }

    /// What the index knows of some keys, in their order.
    pub(crate) fn seen(&self, keys: &[EventKey]) -> Result<Vec<Option<Seen>>, StoreError> {
        self.index.seen(keys).map_err(index_failed)
    }

    /// How many keys the index holds; none while it grows under our eyes.
    pub(crate) fn keys(&self) -> Option<u64> {
        let keys = self.index.stats().keys;
        (self.applied() == self.last).then_some(keys)
    }
}

fn index_failed(error: IndexError) -> StoreError {
    StoreError::Database { action: "use the index of usage", reason: error.to_string() }
}

/// The meter of a line in a sentence.
pub(crate) fn meter_or_none(meter: Option<&MeterCode>) -> String {
    meter.map_or("none", MeterCode::as_str).to_owned()
}

/// An outcome in a sentence.
pub(crate) fn words(outcome: LineOutcome) -> String {
    match outcome {
        LineOutcome::Taken => "taken".to_owned(),
        LineOutcome::Held(reason) => format!("held ({reason})"),
        LineOutcome::Duplicate => "duplicate".to_owned(),
        LineOutcome::Conflict => "conflict".to_owned(),
        LineOutcome::Cancels => "cancels".to_owned(),
        LineOutcome::Superseded => "superseded".to_owned(),
        LineOutcome::Rejected(reason) => format!("rejected ({reason})"),
    }
}
