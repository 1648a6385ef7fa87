//! The lines of a segment with everything that can be said about them: what they say, what became
//! of them, whose they are and whether an invoice has them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use facts::usage::{Fate, LineOutcome};
use facts::{AccountId, UnitId};
use jiff::civil::Date;
use store::{SegmentHead, Tx};

use super::dues::{Dues, Told};
use super::log;
use super::owners::Owners;
use super::reader::Look;
use super::replayed::{self, Readers, Replayed, Standing};
use super::report::{AMENDED, words};
use super::revisions;
use crate::Result;

/// Walks through segments; what it learned about devices and accounts serves the next one.
#[derive(Default)]
pub(super) struct Walker {
    pub owners: Owners,
    dues: Option<Dues>,
    readers: Readers,
    /// The replays of the segment at hand that were asked what a line is.
    replays: BTreeMap<i64, SegmentHead>,
}

/// A line, and what is known about it now.
pub(super) struct Walked<'a> {
    /// Its number, from 1.
    pub line: u32,
    /// As received.
    pub raw: &'a [u8],
    /// What became of it when it arrived, or by the last replay.
    pub outcome: LineOutcome,
    /// What replays made of it, in the order of the log.
    pub replays: Vec<Replayed>,
    /// What it says, by the rules that its outcome comes from.
    pub look: Look,
    /// Whether another line stands in its place.
    pub is_amended: bool,
    /// Whose it is, when it took its id.
    pub fate: Option<Fate>,
    /// The account of its unit; only when bills are asked for.
    pub account: Option<AccountId>,
    /// Whether the last invoice of that account has it; only when bills are asked for.
    pub is_billed: bool,
}

impl Walked<'_> {
    /// What is said of it: outcome and reason.
    pub fn words(&self) -> (&'static str, Option<&'static str>) {
        if self.is_amended { AMENDED } else { words(self.outcome, self.fate.as_ref()) }
    }

    /// The segment that said last what it is.
    pub fn since(&self, head: &SegmentHead) -> i64 {
        self.replays.last().map_or(head.sequence, |it| it.segment)
    }

    /// The day since which it is what it is.
    pub fn known_on(&self, head: &SegmentHead) -> Date {
        self.replays.last().map_or(head.arrived_on, |it| it.replayed_on)
    }
}

/// Which lines are looked at: by what they are, and their text.
pub(super) type Wanted<'a> = &'a dyn Fn(&Standing, &[u8]) -> bool;

impl Walker {
    /// One that also asks what the last invoices have.
    pub fn with_bills() -> Self {
        Self { dues: Some(Dues::default()), ..Self::default() }
    }

    /// Hands over the lines of a segment that are wanted, in their order. A replay has none of its
    /// own: what it says is told of the lines where they arrived.
    pub fn walk(
        &mut self,
        tx: &mut dyn Tx,
        sequence: i64,
        wanted: Wanted<'_>,
        each: &mut dyn FnMut(&SegmentHead, Walked<'_>) -> Result<()>,
    ) -> Result<()> {
        let segment = log::segment(tx, sequence)?;
        let head = &segment.head;
        if head.replay.is_some() {
            return Ok(());
        }
        let unpacked = log::unpack(&segment)?;
        self.replays.clear();
        let mut looked = Vec::new();
        let standings = replayed::standings(tx, head, &unpacked.outcomes)?;
        for ((raw, standing), line) in unpacked.lines.iter().zip(standings).zip(head.first_line..) {
            if wanted(&standing, raw) {
                let look = self.look(tx, head, &standing, raw)?;
                looked.push(Walked {
                    line,
                    raw,
                    outcome: standing.outcome,
                    replays: standing.replays,
                    is_amended: false,
                    look,
                    fate: None,
                    account: None,
                    is_billed: false,
                });
            }
        }
        self.amend(tx, head, &mut looked)?;
        let taken = looked.iter().filter(|it| it.outcome.takes_id());
        self.owners.load(tx, taken.filter_map(|it| it.look.subject.as_deref()))?;
        for mut it in looked {
            self.tell(tx, head, &mut it)?;
            each(head, it)?;
        }
        Ok(())
    }

    /// Says of lines that another stands in their place.
    fn amend(
        &mut self,
        tx: &mut dyn Tx,
        head: &SegmentHead,
        looked: &mut [Walked<'_>],
    ) -> Result<()> {
        let index = log::caught_up(tx)?;
        let reader = self.readers.of(tx, head)?;
        let place = |line: u32| usize::try_from(line.saturating_sub(head.first_line)).ok();
        let taken = looked.iter().filter(|it| it.outcome.takes_id());
        let keys = taken.filter_map(|it| {
            let (source, id) = it.look.event.as_ref()?;
            Some((reader.secret().key(source.as_str(), id.as_str()), place(it.line)?))
        });
        let keys: Vec<_> = keys.collect();
        let amended = revisions::amended(tx, &index, reader, head.sequence, &keys)?;
        for line in looked {
            let is_superseded = line.outcome == LineOutcome::Superseded;
            line.is_amended =
                is_superseded || place(line.line).is_some_and(|it| amended.contains(&it));
        }
        Ok(())
    }

    /// What a line says. One that a replay could not read keeps the names that it arrived with.
    fn look(
        &mut self,
        tx: &mut dyn Tx,
        head: &SegmentHead,
        standing: &Standing,
        raw: &[u8],
    ) -> Result<Look> {
        let Some(last) = standing.replays.last() else {
            return Ok(self.readers.of(tx, head)?.look(raw));
        };
        let replay = match self.replays.entry(last.segment) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert(log::segment(tx, last.segment)?.head),
        };
        let look = self.readers.of(tx, replay)?.look(raw);
        if look.outcome.takes_id() {
            return Ok(look);
        }
        let first = self.readers.of(tx, head)?.look(raw);
        Ok(Look { track: look.track, outcome: look.outcome, ..first })
    }

    fn tell(&mut self, tx: &mut dyn Tx, head: &SegmentHead, it: &mut Walked<'_>) -> Result<()> {
        let (Some(subject), Some(happened_at), true) =
            (it.look.subject.as_deref(), it.look.happened_at, it.outcome.takes_id())
        else {
            return Ok(());
        };
        let fate = metering::attribute(happened_at, &it.look.track, self.owners.of(subject));
        if let (Some(dues), Some(unit)) = (&mut self.dues, unit_of(&fate)) {
            dues.load(tx, unit)?;
            it.account = dues.account_of(unit).cloned();
            let told = Told {
                subject,
                track: &it.look.track,
                happened_at,
                known_on: it.known_on(head),
                segment: it.since(head),
            };
            let may_be = matches!(fate, Fate::Accepted(_)) && !it.is_amended;
            it.is_billed = may_be && dues.is_billed(unit, told);
        }
        it.fate = Some(fate);
        Ok(())
    }
}

/// The unit that a fate names.
pub(super) const fn unit_of(fate: &Fate) -> Option<&UnitId> {
    match fate {
        Fate::Accepted(unit) | Fate::Free(unit) | Fate::Shadow(unit) => Some(unit),
        Fate::Quarantined(_) => None,
    }
}
