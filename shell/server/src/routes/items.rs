//! What became of lines, as answers say it.

use connect::Lines;
use connect::cloud_events::read_line;
use engine::usage::intake::LineReceipt;
use engine::usage::report::words;
use facts::usage::{LineOutcome, QuarantineReason};
use serde::Serialize;
use utoipa::ToSchema;

/// What became of one line.
#[derive(Debug, Serialize, ToSchema)]
pub struct Item {
    /// Its number in the request, from 1.
    pub line: u64,
    /// As sent; none where it cannot be read.
    pub source: Option<String>,
    /// As sent; none where it cannot be read.
    pub id: Option<String>,
    /// `accepted`, `free`, `duplicate`, `conflict`, `quarantined` or `rejected`.
    pub outcome: &'static str,
    /// Why it is quarantined or rejected.
    pub reason: Option<&'static str>,
}

impl Item {
    /// Of a line and its receipt.
    pub fn new(number: u64, line: &[u8], receipt: &LineReceipt) -> Self {
        let envelope = read_line(line).unwrap_or_default();
        let (outcome, reason) = said(receipt);
        Self {
            line: number,
            source: envelope.source.map(Into::into),
            id: envelope.id.map(Into::into),
            outcome,
            reason,
        }
    }
}

/// The words for what became of a line: outcome and reason.
fn said(receipt: &LineReceipt) -> (&'static str, Option<&'static str>) {
    match (receipt.outcome, receipt.fate) {
        (LineOutcome::Taken, Some(fate)) => {
            (fate.outcome(), fate.reason().map(QuarantineReason::code))
        }
        (outcome, _) => words(outcome, None),
    }
}

/// What became of all lines of a request.
pub fn items(lines: &Lines, receipts: &[LineReceipt]) -> Vec<Item> {
    let lines = (1..).zip(lines.iter()).zip(receipts);
    lines.map(|((number, line), receipt)| Item::new(number, line, receipt)).collect()
}

/// How many lines came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Counts {
    pub accepted: u64,
    pub free: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub shadow: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub amended: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub cancelled: u64,
    pub duplicate: u64,
    pub conflict: u64,
    pub quarantined: u64,
    pub rejected: u64,
}

/// Counts that most senders never meet are left out where they are 0.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Counts {
    /// Of some receipts.
    pub fn of(receipts: &[LineReceipt]) -> Self {
        let mut counts = Self::default();
        receipts.iter().for_each(|receipt| counts.add(receipt));
        counts
    }

    /// Counts one more.
    pub fn add(&mut self, receipt: &LineReceipt) {
        let count = match said(receipt).0 {
            "rejected" => &mut self.rejected,
            "duplicate" => &mut self.duplicate,
            "conflict" => &mut self.conflict,
            "quarantined" => &mut self.quarantined,
            "free" => &mut self.free,
            "shadow" => &mut self.shadow,
            "amended" => &mut self.amended,
            "cancelled" => &mut self.cancelled,
            _ => &mut self.accepted,
        };
        *count += 1;
    }
}

/// Whether a line needs a look: it conflicts, waits or cannot be read.
pub fn is_exceptional(receipt: &LineReceipt) -> bool {
    let (outcome, _) = said(receipt);
    !matches!(outcome, "accepted" | "free" | "shadow" | "amended" | "cancelled" | "duplicate")
}
