//! The port: the questions that the engine asks a database, in the words of the business.
//!
//! One [`Tx`] is one unit of work: everything saved in it is durable after [`Tx::commit`] and
//! nothing of it before, or when it is dropped. Writers of one tenant take turns: `begin` waits.
//! A tenant is a store: one SQLite file, or one PostgreSQL schema.
//!
//! Rules for both engines: instants are whole microseconds; decimals are text; "not found" is
//! `None`; every list has a documented order; row counts are checked. SQL lives in files of the
//! same name in both engines, so that `diff -ru` shows exactly the difference of the dialects.

pub mod columns;
mod session;
mod statements;
pub mod units;
pub mod usage;

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;

#[cfg(test)]
mod golden_tests;

use std::path::Path;

use facts::carried::Carried;
use facts::posting::Balance;
use facts::{AccountId, EntryPosted, Fact, Recorded};
use jiff::Timestamp;
use usage_index::{EventKey, Index, Secret};

pub use session::{Driver, Session};
pub use statements::Statement;
pub use units::{Holding, Turn, UnitState, Units};
pub use usage::{Replay, Segment, SegmentHead, Usage, UsageLog};

/// A database said no, or holds what it cannot hold.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database answered with an error.
    #[error("the database could not {action}: {reason}")]
    Database {
        /// What was tried.
        action: &'static str,
        /// The database's own words.
        reason: String,
    },
    /// A stored row cannot be read back: a bug or a hand-made change.
    #[error("row `{row}` of {table} is inconsistent: {reason}; restore it from a backup")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// Its key.
        row: String,
        /// What is wrong.
        reason: String,
    },
}

/// What a use case can fail with at the database.
pub type Result<T> = std::result::Result<T, StoreError>;

/// A database of one tenant.
pub trait Store {
    /// Begins a unit of work and waits for the writer before it.
    ///
    /// # Errors
    /// [`StoreError`].
    fn begin(&mut self) -> Result<Box<dyn Tx + '_>>;

    /// Begins to read, without waiting for writers: what was committed before. It cannot save.
    ///
    /// # Errors
    /// [`StoreError`].
    fn read(&mut self) -> Result<Box<dyn Tx + '_>>;

    /// The same tenant once more, for another thread: it shares what is derived from usage. None
    /// where the tenant is in this memory only.
    ///
    /// # Errors
    /// [`StoreError`].
    fn beside(&self) -> Result<Option<OwnStore>>;

    /// Takes some work, by its name, unless another process does it: that is only so that two do
    /// not prepare the same; what is saved depends on the unit of work alone. It is ours until it
    /// is given back or the connection ends. An engine whose processes have one disk in common
    /// leaves everybody everything.
    ///
    /// # Errors
    /// [`StoreError`].
    fn claim(&mut self, _work: &str) -> Result<bool> {
        Ok(true)
    }

    /// Takes some work as [`Self::claim`] does, after whoever does it now.
    ///
    /// # Errors
    /// [`StoreError`].
    fn claim_next(&mut self, _work: &str) -> Result<()> {
        Ok(())
    }

    /// Gives back what was taken.
    ///
    /// # Errors
    /// [`StoreError`].
    fn give_back(&mut self, _work: &str) -> Result<()> {
        Ok(())
    }
}

/// A store that a thread can take with it.
pub type OwnStore = Box<dyn Store + Send>;

/// Opens what is derived from the usage of a store, in a folder of this machine. A folder that
/// belongs to another store, or is ahead of this one because it was restored from a backup,
/// begins anew.
///
/// # Errors
/// [`StoreError`].
pub fn open_index(store: &mut dyn Store, folder: &Path) -> Result<Index> {
    let mut tx = store.read()?;
    let log = tx.usage_log()?;
    let index = Index::open(folder, identity(log.secret)).map_err(|error| {
        StoreError::Database { action: "open the index of usage", reason: error.to_string() }
    })?;
    if let Some(mark) = index.mark() {
        let known = tx.segment(index.applied())?.map(|segment| segment.head.batch.0);
        if known != Some(mark) {
            index.forget();
        }
    }
    Ok(index)
}

/// The name of a store on its files, which must not tell its secret.
fn identity(secret: [u8; 16]) -> [u8; 16] {
    let EventKey(key) = Secret(secret).key("tabouret", "identity");
    let mut identity = [0; 16];
    identity.iter_mut().zip(key).for_each(|(to, from)| *to = from);
    identity
}

/// One unit of work.
///
/// After an error it is only good for dropping: every later question, and the commit, fail too.
/// What was half done can so never become durable.
pub trait Tx: Facts + Units + Usage + Books + Clock {
    /// Makes everything durable.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was saved.
    fn commit(self: Box<Self>) -> Result<()>;
}

/// The log of facts.
pub trait Facts {
    /// Appends a fact. Returns its position, or `None` when its kind and key are recorded
    /// already; then nothing is written and the caller compares.
    ///
    /// # Errors
    /// [`StoreError`].
    fn record(&mut self, fact: &Fact, recorded_at: Timestamp) -> Result<Option<i64>>;

    /// Appends facts whose kinds and keys nobody can have recorded, in this order.
    ///
    /// # Errors
    /// [`StoreError`], also when one is recorded already.
    fn record_new(&mut self, facts: &[Fact], recorded_at: Timestamp) -> Result<()>;

    /// The fact of this kind and key.
    ///
    /// # Errors
    /// [`StoreError`].
    fn fact(&mut self, kind: &str, key: &str) -> Result<Option<Recorded>>;

    /// All facts of a kind, in the order of the log.
    ///
    /// # Errors
    /// [`StoreError`].
    fn facts_of_kind(&mut self, kind: &str) -> Result<Vec<Recorded>>;

    /// All facts of a kind about a subject, in the order of the log.
    ///
    /// # Errors
    /// [`StoreError`].
    fn facts_about(&mut self, kind: &str, subject: &str) -> Result<Vec<Recorded>>;

    /// Position of the last fact of any of these kinds, 0 when there is none: whether what was
    /// worked out from them still holds.
    ///
    /// # Errors
    /// [`StoreError`].
    fn last_of_kinds(&mut self, kinds: &[&str]) -> Result<i64>;

    /// The facts after a position, at most `limit`, in the order of the log.
    ///
    /// # Errors
    /// [`StoreError`].
    fn facts_after(&mut self, sequence: i64, limit: u32) -> Result<Vec<Recorded>>;

    /// The facts of a kind whose keys come after a key, at most `limit`, by key.
    ///
    /// # Errors
    /// [`StoreError`].
    fn page_of_kind(&mut self, kind: &str, after: &str, limit: u32) -> Result<Vec<Recorded>>;

    /// What the facts of a kind are about, after a subject, at most `limit`, in order.
    ///
    /// # Errors
    /// [`StoreError`].
    fn subjects_of_kind(&mut self, kind: &str, after: &str, limit: u32) -> Result<Vec<String>>;
}

/// Numbers and balances.
pub trait Books {
    /// The next numbers of a series, which begins at 1: the first of so many, at least one. Taken
    /// in the transaction that uses them, so that none is ever lost: a roll-back gives them back.
    ///
    /// # Errors
    /// [`StoreError`].
    fn take_numbers(&mut self, series: &str, count: u32) -> Result<i64>;

    /// The next number of a series.
    ///
    /// # Errors
    /// [`StoreError`].
    fn take_number(&mut self, series: &str) -> Result<i64> {
        self.take_numbers(series, 1)
    }

    /// Adds the lines of posted entries to the balances.
    ///
    /// # Errors
    /// [`StoreError`].
    fn save_entries(&mut self, entries: &[&EntryPosted]) -> Result<()>;

    /// Adds the lines of a posted entry to the balances.
    ///
    /// # Errors
    /// [`StoreError`].
    fn save_entry(&mut self, entry: &EntryPosted) -> Result<()> {
        self.save_entries(&[entry])
    }

    /// What was billed of an account as of its last invoice, with the position of the log up to
    /// which that holds. None when nobody saved it in this shape, or when the account, an invoice
    /// to it or a credit note of it was recorded since.
    ///
    /// # Errors
    /// [`StoreError`].
    fn carried(&mut self, account: &AccountId) -> Result<Option<(i64, Carried)>>;

    /// Saves what was billed of accounts, in place of what was saved before: as of the end of the
    /// log of facts, with the invoices that were recorded in this unit of work.
    ///
    /// # Errors
    /// [`StoreError`].
    fn save_carried(&mut self, carried: &[(AccountId, Carried)]) -> Result<()>;

    /// Debits and credits per book, seller, currency and account, in that order.
    ///
    /// # Errors
    /// [`StoreError`].
    fn trial_balance(&mut self) -> Result<Vec<Balance>>;
}

/// Something that must happen at an instant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timer {
    /// When.
    pub due_at: Timestamp,
    /// What.
    pub kind: TimerKind,
    /// For whom: an account for a bill run, a unit for a start.
    pub subject: String,
}

/// What a timer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimerKind {
    /// The term of an order line is near its end, or is over.
    ReviewTerm,
    /// Usage that can start a unit had arrived before this day: of a unit and a day.
    LookAtUsage,
    /// The fallback start of a unit is reached.
    StartService,
    /// The bill day of an account begins.
    IssueInvoice,
    /// The time of a credit is over.
    LapseCredit,
}

impl TimerKind {
    /// The stable code. At one instant, terms and starts come before invoices, and these before
    /// ends.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ReviewTerm => "0-review-term",
            Self::LookAtUsage => "1-look-at-usage",
            Self::StartService => "1-start-service",
            Self::IssueInvoice => "2-issue-invoice",
            Self::LapseCredit => "3-lapse-credit",
        }
    }

    /// The value of a stored code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let kinds = [
            Self::ReviewTerm,
            Self::LookAtUsage,
            Self::StartService,
            Self::IssueInvoice,
            Self::LapseCredit,
        ];
        kinds.into_iter().find(|kind| kind.code() == code)
    }
}

/// The clock of the tenant and its timers.
pub trait Clock {
    /// The virtual clock's time; `None` in a tenant that lives by the system clock.
    ///
    /// # Errors
    /// [`StoreError`].
    fn clock(&mut self) -> Result<Option<Timestamp>>;

    /// Sets the virtual clock.
    ///
    /// # Errors
    /// [`StoreError`].
    fn set_clock(&mut self, now: Timestamp) -> Result<()>;

    /// Sets the one timer of each kind and subject, in place of the one before it. No two are of
    /// one kind and subject.
    ///
    /// # Errors
    /// [`StoreError`].
    fn set_timers(&mut self, timers: &[Timer]) -> Result<()>;

    /// Sets the one timer of this kind and subject, in place of the one before it.
    ///
    /// # Errors
    /// [`StoreError`].
    fn set_timer(&mut self, timer: &Timer) -> Result<()> {
        self.set_timers(std::slice::from_ref(timer))
    }

    /// Removes the timer of this kind and subject, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    fn clear_timer(&mut self, kind: TimerKind, subject: &str) -> Result<()>;

    /// The first timer due at or before `now`, by instant, kind and subject.
    ///
    /// # Errors
    /// [`StoreError`].
    fn first_due_timer(&mut self, now: Timestamp) -> Result<Option<Timer>>;

    /// A timer and those of its instant and kind that come after it, by subject.
    ///
    /// # Errors
    /// [`StoreError`].
    fn timers_together(&mut self, first: &Timer, limit: u32) -> Result<Vec<Timer>>;

    /// The subjects of a kind of timer, whenever they are due, cut into parts of so many: the first
    /// of each part, in order.
    ///
    /// # Errors
    /// [`StoreError`].
    fn parts_of_timers(&mut self, kind: TimerKind, size: u32) -> Result<Vec<String>>;

    /// How many timers of a kind are due at or before `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    fn count_due_timers(&mut self, kind: TimerKind, now: Timestamp) -> Result<i64>;

    /// All timers, by instant, kind and subject.
    ///
    /// # Errors
    /// [`StoreError`].
    fn timers(&mut self) -> Result<Vec<Timer>>;
}
