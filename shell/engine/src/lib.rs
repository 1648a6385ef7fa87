//! The use cases. Each has one shape: **load → pure decision → save** facts, state and timers in
//! one transaction. The rules are in `core`; here is only who is asked, in which order.
//!
//! | module | use cases |
//! | --- | --- |
//! | [`catalog`] | plan and publish definitions |
//! | [`orders`] | import orders |
//! | [`adoption`] | take over contracts and open items of another system |
//! | [`fulfilment`] | import shipments, receive signals |
//! | [`changes`] | record amendments of units |
//! | [`holds`] | place and release holds |
//! | [`usage`] | receive a batch of usage lines, report what became of them |
//! | [`billing`] | plan, check and issue an invoice |
//! | [`credit_notes`] | credit invoices, in part or whole |
//! | [`credits`] | grant prepaid credits and put them right; what is left of each |
//! | [`access`] | issue and revoke keys; whether one is good |
//! | [`clock`] | what time it is; advance it, carrying out what falls due |
//! | [`read`] | invoices, balances, timelines |
//! | [`reconciliation`] | where shipping, activation, billing and other systems disagree |
//! | [`impact`], [`forecast`], [`preview`] | what a draft or an order would mean; nothing is kept |
//!
//! Facts: OrderAccepted, UnitTakenOver, UnitAdopted, BalanceAdopted, ItemShipped, ItemDelivered,
//! DeviceSignalled, UnitChanged, RenewalNoticeDue, TermRenewed, TermEnded, UnitUsed,
//! ServiceStarted, KeyIssued, KeyRevoked, HoldPlaced, HoldReleased, UsageReceived, CreditGranted,
//! CreditAdjusted, CreditRanLow, CreditLapsed, InvoiceIssued, CreditNoteIssued, AccountParked,
//! AccountReleased, EntryPosted, SellerPublished, MeterPublished, FulfilmentSpecPublished,
//! OfferPublished, AccountRegistered → -

pub mod catalog;
pub mod orders;
pub mod adoption;
pub mod fulfilment;
pub mod changes;
pub mod holds;
pub mod usage;
pub mod billing;
pub mod credits;
pub mod credit_notes;
pub mod access;
pub mod clock;
pub mod read;
pub mod reconciliation;
pub mod impact;
pub mod forecast;
pub mod preview;
mod contract_terms;
mod contracts;
mod lives;
mod readers;
mod settle;

use kernel::rejection::Rejection;
use store::StoreError;

pub use ::access::Rejection as AccessRejection;
pub use ::credits::Rejection as CreditRejection;
pub use ::fulfilment::Rejection as FulfilmentRejection;
pub use ::holds::Rejection as HoldRejection;
pub use ::invoicing::{CreditNoteRejection, DraftRejection, ParkingRejection};
pub use ::orders::{AdoptRejection, Rejection as OrderRejection};

/// A use case did not take place. Nothing was saved.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The business says no, for these reasons.
    #[error("{}", .0.iter().map(|it| it.rejection.to_string()).collect::<Vec<_>>().join("; "))]
    Refused(Vec<Refusal>),
}

/// One reason, and which of the commands it is about.
#[derive(Debug)]
pub struct Refusal {
    /// Position among the commands, from 0, when it is about one of them.
    pub command: Option<usize>,
    /// The place in a draft, when it is about one: `offers[x].components[y]`.
    pub place: Option<String>,
    /// The reason.
    pub rejection: Box<dyn Rejection + Send + Sync>,
}

/// What a use case can fail with.
pub type Result<T> = std::result::Result<T, EngineError>;

impl EngineError {
    /// One reason that is about no command in particular.
    pub fn refused(rejection: impl Rejection + Send + Sync + 'static) -> Self {
        Self::Refused(vec![Refusal { command: None, place: None, rejection: Box::new(rejection) }])
    }
}

impl Refusal {
    pub(crate) fn of(command: usize, rejection: impl Rejection + Send + Sync + 'static) -> Self {
        Self { command: Some(command), place: None, rejection: Box::new(rejection) }
    }
}

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Commands that said something new.
    pub new: usize,
    /// Commands that were known to the letter.
    pub unchanged: usize,
    /// Reports that are kept until the order they name is imported.
    pub waiting: usize,
    /// Signals whose id was used with another content; the first stands.
    pub conflicts: usize,
}

kernel::rejections! {
    /// What the engine itself refuses.
    pub enum EngineRejection {
        /// Time goes one way.
        ClockBackwards {
            /// The clock.
            now: jiff::Timestamp,
            /// As asked.
            to: jiff::Timestamp,
        } = "clock-backwards", "the clock stands at {now} and cannot go back to {to}";
        /// A tenant that lives by the system clock has no time machine.
        ClockIsLive {
            /// As asked.
            to: jiff::Timestamp,
        } = "clock-is-live",
            "this store holds records made by the system clock, so its time cannot be set to \
             {to}; use a new store for simulations";
        /// Nobody sells yet.
        NoSeller {} = "no-seller",
            "no seller is described; publish one with `tabouret apply` first";
        /// No such account.
        UnknownAccount {
            /// As asked.
            account: String,
        } = "unknown-account", "there is no billing account `{account}`";
        /// Two keys would have one name.
        KeyTaken {
            /// The name.
            key: String,
        } = "key-taken", "a key `{key}` was issued before; ask for one again";
        /// No such unit.
        UnknownUnit {
            /// As asked.
            unit: String,
        } = "unknown-unit-name", "there is no unit `{unit}`";
        /// No such offer.
        OfferNotPublished {
            /// As asked.
            offer: String,
            /// What there is.
            known: String,
        } = "offer-not-published", "there is no offer `{offer}`; there are: {known}";
        /// No such table.
        NoPriceTable {
            /// The offer.
            offer: String,
            /// As asked.
            component: String,
            /// What there is.
            known: String,
        } = "no-price-table",
            "`{component}` of offer `{offer}` has no price table; there are tables in: {known}";
        /// A file that is made for other tables.
        UnknownDimension {
            /// As asked.
            dimension: String,
            /// What there is.
            known: String,
        } = "unknown-table-dimension",
            "the table asks nothing of `{dimension}`; give `NAME=VALUE` for some of: {known}";
        /// A key that nothing prices.
        NoRowForKey {
            /// As asked.
            key: String,
        } = "no-row-for-key",
            "no row can price `{key}`; name each part of the week as the table does";
        /// Columns that cannot say what a row says.
        RowsNotExportable {
            /// The component.
            component: String,
        } = "rows-not-exportable",
            "a row of `{component}` says what the columns of a sheet cannot (excluded bounds, or \
             several texts that look like something else); edit it in the catalog file";
        /// A forecast of service that nobody had ordered yet.
        ServiceBeforeOrder {
            /// The order.
            order: String,
            /// Its day.
            ordered_on: jiff::civil::Date,
            /// As asked.
            starts_on: jiff::civil::Date,
        } = "service-before-order",
            "order `{order}` is of {ordered_on}, so its service cannot begin on {starts_on}; look \
             ahead from {ordered_on} or later";
        /// No such invoice.
        UnknownInvoice {
            /// As asked.
            number: String,
        } = "unknown-invoice", "there is no invoice `{number}`; see `tabouret invoice list`";
        /// No such line.
        UnknownLine {
            /// The invoice.
            number: String,
            /// As asked.
            line: u32,
            /// How many there are.
            lines: usize,
        } = "unknown-line", "invoice `{number}` has lines 1 to {lines}, not {line}";
        /// No such event of a source.
        UnknownEvent {
            /// As asked.
            id: String,
            /// As asked.
            source: String,
        } = "unknown-event",
            "no event `{id}` of `{source}` took its id; leave the source out to look for the id \
             in every line, or see `tabouret usage exceptions` for lines that were rejected";
        /// No such event.
        UnknownEventId {
            /// As asked.
            id: String,
            /// How many were searched.
            segments: i64,
        } = "unknown-event-id",
            "no event took the id `{id}` ({segments} segments searched); see `tabouret usage \
             exceptions` for lines that were rejected";
        /// An invoice could not be planned or was refused by its check.
        CannotBill {
            /// The account.
            account: facts::AccountId,
            /// The bill day.
            issued_on: jiff::civil::Date,
            /// Why.
            reason: String,
        } = "cannot-bill",
            "account `{account}` cannot be billed on {issued_on}: {reason}; nothing was issued";
        /// Something that should be there is not: a broken invariant.
        Missing {
            /// What.
            what: String,
        } = "missing-record",
            "{what} is not in the store although other records refer to it; run `tabouret doctor`";
    }
}
