//! Lines that waited are read again by the rules of today. A line that is something else now is
//! so from today on, durably: a segment of the log says it. Whether a line was replayed is asked of
//! the log, in the turn of the writer, so a line that counts never counts again, whoever asks, how
//! often, and wherever a replay was cut off.

use std::collections::{BTreeMap, VecDeque};

use connect::cloud_events;
use facts::usage::{
    Fate, LineOutcome, Point, QuarantineReason, RejectReason, Series, Tally, Track, UsageReplayed,
};
use facts::{Fact, MeterCode};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Digest, Money};
use store::{Segment, SegmentHead, Store, Tx};
use usage_index::{EventKey, Secret};

use super::lines::Walker;
use super::log;
use super::quarantine::Prices;
use super::reader::{LineReader, Look};
use super::replayed::{self, Again};
use super::starts;
use crate::Result;

/// Lines that waited, read in one transaction: a segment more may be begun below it.
const LINES_AT_ONCE: u64 = 10_000;
/// Segments that are read in one transaction.
const SEGMENTS_AT_ONCE: usize = 64;

/// Why a line may be read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// No meter measured its type.
    UnknownType,
    /// It claimed to happen more than a day after its day.
    FutureTime,
    /// It took its id, and an earlier replay could not read it.
    Unreadable,
}

impl Cause {
    /// The stable code, as shown.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownType => "unknown_type",
            Self::FutureTime => "future_time",
            Self::Unreadable => "unreadable",
        }
    }

    /// The cause of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::UnknownType, Self::FutureTime, Self::Unreadable]
            .into_iter()
            .find(|it| it.code() == code)
    }

    /// Why a line that took its id may be read again, by what it is.
    const fn of(outcome: LineOutcome) -> Option<Self> {
        match outcome {
            LineOutcome::Held(QuarantineReason::UnknownType) => Some(Self::UnknownType),
            LineOutcome::Held(_) => Some(Self::FutureTime),
            LineOutcome::Rejected(_) => Some(Self::Unreadable),
            LineOutcome::Taken
            | LineOutcome::Duplicate
            | LineOutcome::Conflict
            | LineOutcome::Cancels
            | LineOutcome::Superseded => None,
        }
    }
}

/// Which of the lines that may change are read again: all, or those that fit what is named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplayFilter {
    /// Why they wait.
    pub cause: Option<Cause>,
    /// Their type.
    pub event_type: Option<String>,
    /// Their source.
    pub source: Option<String>,
    /// Only in this segment of the log and later ones: where a replay of a limited number of steps
    /// goes on.
    pub from_segment: i64,
}

/// Lines of one type that waited for the same thing, and what they are by the rules of today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayGroup {
    /// Why they waited.
    pub cause: Cause,
    /// Their type.
    pub event_type: String,
    /// The meter that reads them now.
    pub meter: Option<MeterCode>,
    /// How many.
    pub lines: u64,
    /// Of them, those that are something else now: what a replay records.
    pub changed: u64,
    /// To be billed.
    pub accepted: u64,
    /// Before the start of service.
    pub free: u64,
    /// Before its charge is switched on.
    pub shadow: u64,
    /// Still waiting, and why.
    pub waiting: BTreeMap<QuarantineReason, u64>,
    /// No meter can read them, and why. Their ids stay taken.
    pub unreadable: BTreeMap<RejectReason, u64>,
    /// What the accepted ones would cost at the list price; none when nothing prices their meter.
    pub value: Option<Money>,
}

/// What a replay did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplayReport {
    /// By cause and type.
    pub groups: Vec<ReplayGroup>,
    /// How many lines are something else now.
    pub changed: u64,
    /// How many segments were appended to the log.
    pub segments: u64,
    /// How many segments with lines that wait were not looked at yet.
    pub left: usize,
    /// The first of them.
    pub next_segment: Option<i64>,
}

/// A replay under way. Each step is one transaction; what is done stays done.
pub struct Replay {
    filter: ReplayFilter,
    is_dry: bool,
    /// Segments to look at, and how many of their lines may fit.
    candidates: VecDeque<(i64, u64)>,
    walker: Walker,
    found: Found,
}

/// Points by device and meter.
type Accepted = BTreeMap<(String, MeterCode), Vec<Point>>;

/// What was found so far.
#[derive(Default)]
struct Found {
    groups: BTreeMap<(Cause, String), ReplayGroup>,
    accepted: BTreeMap<(Cause, String), Accepted>,
    changed: u64,
    segments: u64,
}

/// A line that is something else now.
struct Change {
    again: Again,
    was: (Option<MeterCode>, LineOutcome),
    meter: Option<MeterCode>,
}

impl Replay {
    /// Looks for what may be replayed.
    ///
    /// # Errors
    /// [`crate::EngineError`].
    pub fn begin(store: &mut dyn Store, filter: ReplayFilter) -> Result<Self> {
        let candidates = candidates(store.read()?.as_mut(), &filter)?;
        let (walker, found) = (Walker::default(), Found::default());
        Ok(Self { filter, is_dry: false, candidates, walker, found })
    }

    /// Replays the next lines, in one transaction. Whether there are more.
    ///
    /// # Errors
    /// [`crate::EngineError`]; then nothing of this step was done, and it can be tried again.
    pub fn step(&mut self, store: &mut dyn Store, now: Timestamp) -> Result<bool> {
        let count = self.next_segments();
        let next: Vec<i64> = self.candidates.iter().take(count).map(|(it, _)| *it).collect();
        let mut found = Found::default();
        let mut tx = if self.is_dry { store.read()? } else { store.begin()? };
        let mut last = tx.usage_log()?.last;
        let reader = LineReader::now(tx.as_mut(), now)?;
        for sequence in next {
            let (head, changes) = self.read(tx.as_mut(), sequence, &reader, &mut found)?;
            if let (Some(head), false) = (head, self.is_dry || changes.is_empty()) {
                last += 1;
                record(tx.as_mut(), (&head, &changes), (&reader, last), now)?;
                found.segments += 1;
            }
        }
        let waiting = self.walker.owners.take_waiting();
        if self.is_dry {
            drop(tx);
        } else {
            let replayed_on = reader.rules().day().arrived_on;
            starts::look_after(tx.as_mut(), waiting, (replayed_on, now))?;
            tx.commit()?;
            if found.segments > 0 {
                // Durable by now: who needs the index next catches it up, and is told if it fails.
                let _behind = store.read().map(|mut tx| log::caught_up(tx.as_mut()));
            }
        }
        self.found.add(found);
        self.candidates.drain(..count);
        Ok(!self.candidates.is_empty())
    }

    /// What it did, with the values by the offers of today.
    ///
    /// # Errors
    /// [`crate::EngineError`].
    pub fn report(self, store: &mut dyn Store, now: Timestamp) -> Result<ReplayReport> {
        let left = self.candidates.len();
        let next_segment = self.candidates.front().map(|(segment, _)| *segment);
        let Found { groups, mut accepted, changed, segments } = self.found;
        let mut groups = groups;
        if groups.values().any(|group| group.accepted > 0) {
            let mut tx = store.read()?;
            let today = LineReader::now(tx.as_mut(), now)?.rules().day().arrived_on;
            let prices = Prices::load(tx.as_mut(), today)?;
            for (key, group) in &mut groups {
                group.value = accepted.remove(key).and_then(|of| value(&prices, of));
            }
        }
        let groups = groups.into_values().collect();
        Ok(ReplayReport { groups, changed, segments, left, next_segment })
    }

    /// How many segments are next.
    fn next_segments(&self) -> usize {
        let mut lines = 0;
        let fits = |(_, waiting): &&(i64, u64)| {
            let before = lines;
            lines += waiting;
            before < LINES_AT_ONCE
        };
        self.candidates.iter().take(SEGMENTS_AT_ONCE).take_while(fits).count()
    }

    /// The lines of a segment that fit, as they are now: what changes of them.
    fn read(
        &mut self,
        tx: &mut dyn Tx,
        sequence: i64,
        reader: &LineReader,
        found: &mut Found,
    ) -> Result<(Option<SegmentHead>, Vec<Change>)> {
        let Self { filter, walker, .. } = self;
        let fits =
            |outcome| Cause::of(outcome).filter(|it| filter.cause.is_none_or(|one| one == *it));
        let (mut head, mut changes, mut read) = (None, Vec::new(), Vec::new());
        let wanted =
            |it: &replayed::Standing, _: &[u8]| it.may_change() && fits(it.outcome).is_some();
        walker.walk(tx, sequence, &wanted, &mut |of, line| {
            let (Some(cause), Some((event_type, source)), false) =
                (Cause::of(line.outcome), names(line.raw), line.is_amended)
            else {
                return Ok(());
            };
            let is_asked =
                |asked: &Option<String>, it: &str| asked.as_ref().is_none_or(|asked| asked == it);
            if !is_asked(&filter.event_type, &event_type) || !is_asked(&filter.source, &source) {
                return Ok(());
            }
            let look = reader.look(line.raw);
            if look.outcome != line.outcome {
                changes.push(Change {
                    again: Again { line: line.line, since: line.since(of), outcome: look.outcome },
                    was: (line.look.track.meter.clone(), line.outcome),
                    meter: look.track.meter.clone(),
                });
            }
            read.push(((cause, event_type), line.outcome, look));
            head.get_or_insert_with(|| of.clone());
            Ok(())
        })?;
        let subjects = || read.iter().filter_map(|(_, _, look)| look.subject.as_deref());
        walker.owners.load(tx, subjects())?;
        walker.owners.wait(tx, subjects())?;
        for (key, was, look) in read {
            let owners = look.subject.as_deref().and_then(|it| walker.owners.of(it));
            let fate = look
                .happened_at
                .map(|happened_at| metering::attribute(happened_at, &look.track, owners));
            found.count(key, (was, look), fate, reader.rules().day().arrived_on);
        }
        Ok((head, changes))
    }
}

/// What a replay of today would do; nothing is recorded.
///
/// # Errors
/// [`crate::EngineError`].
pub fn replay_dry_run(
    store: &mut dyn Store,
    filter: ReplayFilter,
    now: Timestamp,
) -> Result<ReplayReport> {
    let mut replay = Replay::begin(store, filter)?;
    replay.is_dry = true;
    while !replay.candidates.is_empty() {
        replay.step(store, now)?;
    }
    replay.report(store, now)
}

/// Replays everything that fits, at most so many steps; what is left is told.
///
/// # Errors
/// [`crate::EngineError`]; what was done before it stays done.
pub fn replay(
    store: &mut dyn Store,
    filter: ReplayFilter,
    now: Timestamp,
    steps_max: usize,
) -> Result<ReplayReport> {
    let mut replay = Replay::begin(store, filter)?;
    let mut steps = 0;
    while !replay.candidates.is_empty() && steps < steps_max {
        replay.step(store, now)?;
        steps += 1;
    }
    replay.report(store, now)
}

/// The segments with lines that may change, and how many; counted by their tallies.
fn candidates(tx: &mut dyn Tx, filter: &ReplayFilter) -> Result<VecDeque<(i64, u64)>> {
    let may_change = |tally: &Tally, is_replay: bool| {
        let outcome = LineOutcome::from_code(tally.outcome);
        // What is rejected when it arrives takes no id.
        let outcome = outcome.filter(|it| is_replay || it.takes_id());
        let of = outcome.and_then(Cause::of);
        of.is_some_and(|of| filter.cause.is_none_or(|cause| cause == of))
    };
    let mut waiting: BTreeMap<i64, u64> = BTreeMap::new();
    for head in tx.segment_heads(Date::MIN, Date::MAX)? {
        let sum = |tallies: &[Tally], is_replay| {
            let of = tallies.iter().filter(|it| may_change(it, is_replay));
            of.map(|it| u64::from(it.lines)).sum::<u64>()
        };
        let (segment, withdrawn) = match &head.replay {
            None => (head.sequence, 0),
            Some(replay) => (replay.segment, sum(&replay.withdrawn, true)),
        };
        let lines = waiting.entry(segment).or_default();
        // The segment stands before its replays, so nothing is withdrawn that was not counted.
        *lines = (*lines + sum(&head.tallies, head.replay.is_some())).saturating_sub(withdrawn);
    }
    let fits = |(segment, lines): &(i64, u64)| *lines > 0 && *segment >= filter.from_segment;
    Ok(waiting.into_iter().filter(fits).collect())
}

/// The type and the source of a line that took its id.
fn names(raw: &[u8]) -> Option<(String, String)> {
    let envelope = cloud_events::read_line(raw)?;
    Some((envelope.event_type?.into_owned(), envelope.source?.into_owned()))
}

/// Appends what changes of the lines of a segment.
fn record(
    tx: &mut dyn Tx,
    (origin, changes): (&SegmentHead, &[Change]),
    (reader, sequence): (&LineReader, i64),
    now: Timestamp,
) -> Result<()> {
    let refs = replayed::written(changes.iter().map(|it| &it.again));
    let codes: Vec<u8> = changes.iter().map(|it| it.again.outcome.code()).collect();
    let replayed_on = reader.rules().day().arrived_on;
    let secret = Secret(tx.usage_log()?.secret);
    let lines = u32::try_from(changes.len()).unwrap_or(u32::MAX);
    let head = SegmentHead {
        sequence,
        batch: digest(secret, (sequence, origin.sequence), (&refs, &codes), now),
        name: origin.name.clone(),
        arrived_on: origin.arrived_on,
        first_line: changes.first().map_or(origin.first_line, |it| it.again.line),
        lines,
        catalog: reader.catalog(),
        tallies: tallies(changes.iter().map(|it| (it.meter.clone(), it.again.outcome))),
        replay: Some(store::Replay {
            segment: origin.sequence,
            replayed_on,
            withdrawn: tallies(changes.iter().map(|it| it.was.clone())),
        }),
    };
    let fact = Fact::UsageReplayed(UsageReplayed {
        replay: head.batch,
        batch: origin.batch,
        name: origin.name.clone(),
        replayed_on,
        lines,
    });
    tx.record(&fact, now)?;
    tx.append_segment(&Segment { head, raw: log::pack(&refs), outcomes: log::pack(&codes) })?;
    Ok(())
}

fn tallies(lines: impl Iterator<Item = (Option<MeterCode>, LineOutcome)>) -> Vec<Tally> {
    let mut counted: BTreeMap<(Option<MeterCode>, u8), u32> = BTreeMap::new();
    for (meter, outcome) in lines {
        *counted.entry((meter, outcome.code())).or_default() += 1;
    }
    let tally = |((meter, outcome), lines)| Tally { meter, outcome, lines };
    counted.into_iter().map(tally).collect()
}

/// The fingerprint of a replay: of its place, its content and its time, so that a store restored
/// from a backup does not take another one for it.
fn digest(
    secret: Secret,
    (sequence, origin): (i64, i64),
    (refs, codes): (&[u8], &[u8]),
    now: Timestamp,
) -> Digest {
    let place = format!("{sequence} {origin} {}", now.as_microsecond());
    let content: String = [refs, codes].concat().iter().map(|byte| format!("{byte:02x}")).collect();
    let EventKey(first) = secret.key(&place, &content);
    let EventKey(second) = secret.key(&content, &place);
    let mut digest = [0; 16];
    digest.iter_mut().zip(first.into_iter().chain(second)).for_each(|(to, from)| *to = from);
    Digest(digest)
}

impl Found {
    fn count(
        &mut self,
        key: (Cause, String),
        (was, look): (LineOutcome, Look),
        fate: Option<Fate>,
        today: Date,
    ) {
        let group = self.groups.entry(key.clone()).or_insert_with(|| ReplayGroup {
            cause: key.0,
            event_type: key.1.clone(),
            meter: None,
            lines: 0,
            changed: 0,
            accepted: 0,
            free: 0,
            shadow: 0,
            waiting: BTreeMap::new(),
            unreadable: BTreeMap::new(),
            value: None,
        });
        group.meter.clone_from(&look.track.meter);
        group.lines += 1;
        group.changed += u64::from(look.outcome != was);
        self.changed += u64::from(look.outcome != was);
        match (look.outcome, fate) {
            (LineOutcome::Rejected(reason), _) => {
                *group.unreadable.entry(reason).or_default() += 1;
            }
            (_, Some(Fate::Accepted(_))) => {
                group.accepted += 1;
                self.keep(key, look, today);
            }
            (_, Some(Fate::Free(_))) => group.free += 1,
            (_, Some(Fate::Shadow(_))) => group.shadow += 1,
            (_, Some(Fate::Quarantined(reason))) => {
                *group.waiting.entry(reason).or_default() += 1;
            }
            // What can be read has a time, and so a fate.
            (_, None) => {}
        }
    }

    /// For the value.
    fn keep(&mut self, key: (Cause, String), look: Look, today: Date) {
        let (Some(subject), Some(happened_at), Some(meter)) =
            (look.subject, look.happened_at, look.track.meter)
        else {
            return;
        };
        let point = Point {
            happened_at,
            arrived_on: today,
            known_on: today,
            value: look.value,
            dimensions: look.dimensions.into(),
            segment: 0,
            amended_on: None,
        };
        let accepted = self.accepted.entry(key).or_default();
        accepted.entry((subject, meter)).or_default().push(point);
    }

    /// Adds what another step found.
    fn add(&mut self, other: Self) {
        self.changed += other.changed;
        self.segments += other.segments;
        for (key, it) in other.groups {
            match self.groups.get_mut(&key) {
                Some(group) => group.add(it),
                None => drop(self.groups.insert(key, it)),
            }
        }
        for (key, accepted) in other.accepted {
            let mine = self.accepted.entry(key).or_default();
            for (series, points) in accepted {
                mine.entry(series).or_default().extend(points);
            }
        }
    }
}

impl ReplayGroup {
    fn add(&mut self, other: Self) {
        self.meter = other.meter;
        self.lines += other.lines;
        self.changed += other.changed;
        self.accepted += other.accepted;
        self.free += other.free;
        self.shadow += other.shadow;
        for (reason, lines) in other.waiting {
            *self.waiting.entry(reason).or_default() += lines;
        }
        for (reason, lines) in other.unreadable {
            *self.unreadable.entry(reason).or_default() += lines;
        }
    }
}

/// The list price of accepted lines, device by device.
fn value(prices: &Prices, accepted: BTreeMap<(String, MeterCode), Vec<Point>>) -> Option<Money> {
    let values = accepted.into_iter().map(|((subject, meter), mut points)| {
        points.sort_by(|a, b| {
            (a.happened_at, a.value, &a.dimensions).cmp(&(b.happened_at, b.value, &b.dimensions))
        });
        let track = Track { meter: Some(meter), held: None };
        Some(prices.estimate(&Series { subject, track, points })?.value)
    });
    values.reduce(|sum, value| sum?.plus(value?).ok())?
}
