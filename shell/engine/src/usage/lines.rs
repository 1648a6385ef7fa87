//! The lines of a segment with everything that can be said about them: what they say, what became
//! of them, whose they are and whether an invoice has them.

use facts::usage::{Fate, LineOutcome};
use facts::{AccountId, UnitId};
use store::{SegmentHead, Tx};

use super::dues::{Dues, Told};
use super::log;
use super::owners::Owners;
use super::reader::{LineReader, Look};
use crate::Result;

/// Walks through segments; what it learned about devices and accounts serves the next one.
#[derive(Default)]
pub(super) struct Walker {
    pub owners: Owners,
    dues: Option<Dues>,
    reader: Option<LineReader>,
}

/// A line, and what is known about it now.
pub(super) struct Walked<'a> {
    /// Its number, from 1.
    pub line: u32,
    /// As received.
    pub raw: &'a [u8],
    /// What became of it when it arrived.
    pub outcome: LineOutcome,
    /// What it says.
    pub look: Look,
    /// Whose it is, when it took its id.
    pub fate: Option<Fate>,
    /// The account of its unit; only when bills are asked for.
    pub account: Option<AccountId>,
    /// Whether the last invoice of that account has it; only when bills are asked for.
    pub is_billed: bool,
}

/// Which lines are looked at: by what became of them, and their text.
pub(super) type Wanted<'a> = &'a dyn Fn(LineOutcome, &[u8]) -> bool;

impl Walker {
    /// One that also asks what the last invoices have.
    pub fn with_bills() -> Self {
        Self { dues: Some(Dues::default()), ..Self::default() }
    }

    /// Hands over the lines of a segment that are wanted, in their order.
    pub fn walk(
        &mut self,
        tx: &mut dyn Tx,
        sequence: i64,
        wanted: Wanted<'_>,
        each: &mut dyn FnMut(&SegmentHead, Walked<'_>) -> Result<()>,
    ) -> Result<()> {
        let segment = log::segment(tx, sequence)?;
        let unpacked = log::unpack(&segment)?;
        let head = &segment.head;
        let reader = match self.reader.take().filter(|it| it.reads(head.catalog, head.arrived_on)) {
            Some(same) => self.reader.insert(same),
            None => self.reader.insert(LineReader::then(tx, head.catalog, head.arrived_on)?),
        };
        let lines = unpacked.lines.iter().zip(&unpacked.outcomes).zip(head.first_line..);
        let looked: Vec<Walked<'_>> = lines
            .filter(|((raw, outcome), _)| wanted(**outcome, raw))
            .map(|((raw, outcome), line)| Walked {
                line,
                raw,
                outcome: *outcome,
                look: reader.look(raw),
                fate: None,
                account: None,
                is_billed: false,
            })
            .collect();
        let taken = looked.iter().filter(|it| it.outcome.takes_id());
        self.owners.load(tx, taken.filter_map(|it| it.look.subject.as_deref()))?;
        for mut it in looked {
            self.tell(tx, head, &mut it)?;
            each(head, it)?;
        }
        Ok(())
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
                arrived_on: head.arrived_on,
                segment: head.sequence,
            };
            it.is_billed = matches!(fate, Fate::Accepted(_)) && dues.is_billed(unit, told);
        }
        it.fate = Some(fate);
        Ok(())
    }
}

/// The unit that a fate names.
pub(super) const fn unit_of(fate: &Fate) -> Option<&UnitId> {
    match fate {
        Fate::Accepted(unit) | Fate::Free(unit) => Some(unit),
        Fate::Quarantined(_) => None,
    }
}
