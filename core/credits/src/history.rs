//! The ledger of each credit, worked out of the facts about it.

use facts::credit::CreditAmount;
use facts::discount::TermKind;
use facts::{
    CreditAdjusted, CreditGranted, CreditId, CreditLapsed, CreditNoteIssued, InvoiceIssued,
};
use jiff::civil::Date;
use kernel::Money;

use crate::CreditError;

/// What is known about the credits of one account.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// Every credit, in the order of the log.
    pub granted: Vec<CreditGranted>,
    /// What was put right.
    pub adjusted: Vec<CreditAdjusted>,
    /// What lapsed.
    pub lapsed: Vec<CreditLapsed>,
    /// What they burnt on.
    pub invoices: Vec<InvoiceIssued>,
    /// What credit notes gave back of that.
    pub notes: Vec<CreditNoteIssued>,
}

/// A credit and its ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// As granted.
    pub granted: CreditGranted,
    /// In the order of their days; at least the grant.
    pub entries: Vec<Entry>,
    /// What they sum to.
    pub left: CreditAmount,
    /// The day after the last; none: for ever. Rolled over, it is later than granted.
    pub until: Option<Date>,
    /// How often it rolled over.
    pub rolled: u16,
}

/// An entry of the ledger of a credit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Civil day.
    pub day: Date,
    /// What happened.
    pub kind: EntryKind,
    /// The credit, invoice or adjustment that says so.
    pub source: String,
    /// What it adds; below zero where it takes away.
    pub amount: CreditAmount,
    /// What is left after it.
    pub left: CreditAmount,
}

/// What happened to a credit. On one day, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// It was granted.
    Grant,
    /// Somebody put it right.
    Adjustment,
    /// An invoice burnt of it.
    Burn,
    /// A credit note gave back what an invoice burnt.
    GivenBack,
    /// Its time was over.
    Expiry,
    /// What goes on: adds nothing.
    Rollover,
}

impl EntryKind {
    /// The stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Adjustment => "adjustment",
            Self::Burn => "burn",
            Self::GivenBack => "given-back",
            Self::Expiry => "expiry",
            Self::Rollover => "rollover",
        }
    }
}

impl Account {
    /// Every credit with its ledger, in the order in which they burn: the least priority, then the
    /// soonest end, then the oldest, then by name. Among those that act on one thing, that is: what
    /// covers usage comes before gifts, gifts before what was paid.
    ///
    /// # Errors
    /// [`CreditError`].
    pub fn credits(&self) -> Result<Vec<Credit>, CreditError> {
        let credits = self.granted.iter().map(|it| self.credit(it));
        let mut credits: Vec<Credit> = credits.collect::<Result<_, _>>()?;
        credits.sort_by(|a, b| order(a).cmp(&order(b)));
        Ok(credits)
    }

    fn credit(&self, granted: &CreditGranted) -> Result<Credit, CreditError> {
        let zero = granted.amount.zero();
        let mut rows = vec![(
            (granted.granted_on, EntryKind::Grant),
            granted.credit.to_string(),
            granted.amount,
        )];
        let is_of = |credit: &CreditId| *credit == granted.credit;
        for it in self.adjusted.iter().filter(|it| is_of(&it.credit)) {
            let place = (it.adjusted_on, EntryKind::Adjustment);
            rows.push((place, it.adjustment.to_string(), it.amount));
        }
        for it in &self.invoices {
            let burnt = zero.minus(burnt(granted, it)?)?;
            if !burnt.is_zero() {
                rows.push(((it.issued_on, EntryKind::Burn), it.number.to_string(), burnt));
            }
        }
        for note in &self.notes {
            for it in note.given_back.iter().filter(|it| is_of(&it.credit)) {
                let place = (note.issued_on, EntryKind::GivenBack);
                rows.push((place, note.number.to_string(), it.amount));
            }
        }
        let (mut until, mut rolled) = (granted.until, 0);
        for it in self.lapsed.iter().filter(|it| is_of(&it.credit)) {
            let source = granted.credit.to_string();
            if !it.expired.is_zero() {
                let expired = zero.minus(it.expired)?;
                rows.push(((it.lapsed_on, EntryKind::Expiry), source.clone(), expired));
            }
            if !it.rolled.is_zero() {
                rows.push(((it.lapsed_on, EntryKind::Rollover), source, zero));
                (until, rolled) = (it.until, rolled + 1);
            }
        }
        rows.sort_by_key(|(place, ..)| *place);
        let mut left = zero;
        let mut entries = Vec::with_capacity(rows.len());
        for ((day, kind), source, amount) in rows {
            left = left.plus(amount)?;
            entries.push(Entry { day, kind, source, amount, left });
        }
        Ok(Credit { granted: granted.clone(), entries, left, until, rolled })
    }
}

fn order(credit: &Credit) -> impl Ord + '_ {
    let it = &credit.granted;
    // `None` would come first, and lasts for ever.
    let end = (credit.until.is_none(), credit.until);
    (it.priority, end, it.granted_on, &it.credit)
}

impl Credit {
    /// Whether an invoice of a day may burn it.
    #[must_use]
    pub fn burns_on(&self, issued_on: Date) -> bool {
        self.granted.granted_on < issued_on
            && self.until.is_none_or(|until| issued_on <= until)
            && self.left.is_above_zero()
    }
}

/// What an invoice burnt of a credit.
fn burnt(granted: &CreditGranted, invoice: &InvoiceIssued) -> Result<CreditAmount, CreditError> {
    let mut sum = granted.amount.zero();
    for it in invoice.prepaid.iter().filter(|it| it.credit == granted.credit) {
        sum = sum.plus(CreditAmount::Money(it.amount))?;
    }
    let effects = invoice.lines.iter().flat_map(|line| &line.effects);
    let effects = effects.filter(|it| it.kind == TermKind::Credit);
    for it in effects.filter(|it| it.term.as_str() == granted.credit.as_str()) {
        sum = sum.plus(match (it.quantity, &granted.kind) {
            (Some(covered), facts::credit::CreditKind::Units { rate, .. }) => {
                CreditAmount::Units(covered.times(i64::from(*rate))?)
            }
            _ => CreditAmount::Money(Money { minor: -it.amount.minor, ..it.amount }),
        })?;
    }
    Ok(sum)
}
