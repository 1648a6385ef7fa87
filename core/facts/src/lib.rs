//! THE PATH OF THE DATA AS TYPES. Read the modules from top to bottom: they are in the order in
//! which things happen, and this is the second file that a newcomer reads.
//!
//! A **fact** is an immutable record of something that happened, in the past tense. Facts are the
//! only domain types that are stored; each is versioned and old ones load for ever. Slices never
//! call each other: they exchange facts, and the plain values (charge, measured usage) declared
//! beside them.
//!
//! Invariants: no rule lives here. A type may refuse an impossible value, never decide.

// what the parties agreed on
pub mod ids;
pub mod text;
pub mod seller;
pub mod expression;
pub mod meter;
pub mod price;
pub mod pool;
pub mod discount;
pub mod commitment;
pub mod device;
pub mod offer;
pub mod account;
pub mod payer;
// what happens to a device
pub mod order;
pub mod unit;
pub mod adoption;
pub mod hold;
// what it consumed
pub mod usage;
// what it costs, and where that is booked
pub mod charge;
pub mod credit;
pub mod invoice;
pub mod draft;
pub mod credit_note;
pub mod parking;
pub mod billed;
pub mod carried;
pub mod posting;
// who may ask
pub mod access;

pub use access::{KeyIssued, KeyRevoked, Role};
pub use account::AccountRegistered;
pub use adoption::{BalanceAdopted, UnitAdopted};
pub use charge::{Charge, ChargeKind};
pub use credit::{CreditAdjusted, CreditGranted, CreditLapsed, CreditRanLow};
pub use credit_note::CreditNoteIssued;
pub use draft::{DraftHeld, InvoiceDrafted};
pub use hold::{HoldPlaced, HoldReleased};
pub use ids::*;
pub use invoice::InvoiceIssued;
pub use meter::MeterPublished;
pub use offer::{FulfilmentSpecPublished, OfferPublished};
pub use order::{OrderAccepted, RenewalNoticeDue, TermEnded, TermRenewed};
pub use parking::{AccountParked, AccountReleased};
pub use payer::PayerNamed;
pub use posting::EntryPosted;
pub use seller::SellerPublished;
pub use text::Text;
pub use unit::UnitTakenOver;
pub use unit::{
    DeviceSignalled, ItemDelivered, ItemShipped, ServiceStarted, UnitChanged, UnitUsed,
};
pub use usage::{UsageAmended, UsageReceived, UsageReplayed};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Everything that can have happened, in the order of the path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fact {
    /// A legal entity that sells was described.
    SellerPublished(SellerPublished),
    /// A way of measuring usage was described.
    MeterPublished(MeterPublished),
    /// A way of supplying a component was described.
    FulfilmentSpecPublished(FulfilmentSpecPublished),
    /// An offer can be ordered from a day on.
    OfferPublished(OfferPublished),
    /// A customer can be billed.
    AccountRegistered(AccountRegistered),
    /// An account pays for another.
    PayerNamed(PayerNamed),
    /// A customer ordered; units exist.
    OrderAccepted(OrderAccepted),
    /// The ERP handed a device to a carrier.
    ItemShipped(ItemShipped),
    /// The carrier handed it to the customer.
    ItemDelivered(ItemDelivered),
    /// The device cloud reported an activation.
    DeviceSignalled(DeviceSignalled),
    /// A plan change, suspension, resumption, swap or return.
    UnitChanged(UnitChanged),
    /// Another unit goes on for a unit, under another contract.
    UnitTakenOver(UnitTakenOver),
    /// A contract is renewed unless notice is given.
    RenewalNoticeDue(RenewalNoticeDue),
    /// A contract was renewed.
    TermRenewed(TermRenewed),
    /// A contract ended.
    TermEnded(TermEnded),
    /// Usage says something of the start of a unit.
    UnitUsed(UnitUsed),
    /// Billing of a unit begins, with the reason for the date.
    ServiceStarted(ServiceStarted),
    /// A unit that was billed elsewhere is billed here from a day on.
    UnitAdopted(UnitAdopted),
    /// A service holds a unit, a contract or an account.
    HoldPlaced(HoldPlaced),
    /// It holds no more.
    HoldReleased(HoldReleased),
    /// A batch of usage lines was received and each line got its fate.
    UsageReceived(UsageReceived),
    /// Lines of a batch that waited were read again.
    UsageReplayed(UsageReplayed),
    /// Lines of a batch stand in the place of earlier ones.
    UsageAmended(UsageAmended),
    /// A customer has a prepaid credit.
    CreditGranted(Box<CreditGranted>),
    /// Somebody put a credit right.
    CreditAdjusted(CreditAdjusted),
    /// A bill day came, and the invoice waits as a draft.
    InvoiceDrafted(InvoiceDrafted),
    /// Somebody looks at a draft.
    DraftHeld(DraftHeld),
    /// A consolidated invoice was issued.
    InvoiceIssued(Box<InvoiceIssued>),
    /// A part of an invoice, or all of it, was credited.
    CreditNoteIssued(Box<CreditNoteIssued>),
    /// An invoice left little of a credit.
    CreditRanLow(CreditRanLow),
    /// The time of a credit was over.
    CreditLapsed(CreditLapsed),
    /// An account could not be billed; the others were.
    AccountParked(AccountParked),
    /// It could be billed again.
    AccountReleased(AccountReleased),
    /// An open item of another system is owed here.
    BalanceAdopted(BalanceAdopted),
    /// A balanced entry was posted in one book.
    EntryPosted(EntryPosted),
    /// Somebody may ask.
    KeyIssued(KeyIssued),
    /// Somebody may ask no more.
    KeyRevoked(KeyRevoked),
}

/// A fact as stored: where it stands in the log, and when it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Position in the log, rising, without meaning beyond order.
    pub sequence: i64,
    /// When Tabouret wrote it (the engine's clock).
    pub recorded_at: Timestamp,
    /// What happened.
    pub fact: Fact,
}

impl Fact {
    /// Version of the stored shape. A change of shape adds a version and keeps loading the old.
    pub const VERSION: i32 = 1;

    /// The names of all kinds, in the order of the path.
    pub const KINDS: [&'static str; 37] = [
        "SellerPublished",
        "MeterPublished",
        "FulfilmentSpecPublished",
        "OfferPublished",
        "AccountRegistered",
        "PayerNamed",
        "OrderAccepted",
        "ItemShipped",
        "ItemDelivered",
        "DeviceSignalled",
        "UnitChanged",
        "UnitTakenOver",
        "RenewalNoticeDue",
        "TermRenewed",
        "TermEnded",
        "UnitUsed",
        "ServiceStarted",
        "UnitAdopted",
        "HoldPlaced",
        "HoldReleased",
        "UsageReceived",
        "UsageReplayed",
        "UsageAmended",
        "CreditGranted",
        "CreditAdjusted",
        "InvoiceDrafted",
        "DraftHeld",
        "InvoiceIssued",
        "CreditNoteIssued",
        "CreditRanLow",
        "CreditLapsed",
        "AccountParked",
        "AccountReleased",
        "BalanceAdopted",
        "EntryPosted",
        "KeyIssued",
        "KeyRevoked",
    ];

    /// The name of the kind, as stored.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::SellerPublished(_) => "SellerPublished",
            Self::MeterPublished(_) => "MeterPublished",
            Self::FulfilmentSpecPublished(_) => "FulfilmentSpecPublished",
            Self::OfferPublished(_) => "OfferPublished",
            Self::AccountRegistered(_) => "AccountRegistered",
            Self::PayerNamed(_) => "PayerNamed",
            Self::OrderAccepted(_) => "OrderAccepted",
            Self::ItemShipped(_) => "ItemShipped",
            Self::ItemDelivered(_) => "ItemDelivered",
            Self::DeviceSignalled(_) => "DeviceSignalled",
            Self::UnitChanged(_) => "UnitChanged",
            Self::UnitTakenOver(_) => "UnitTakenOver",
            Self::RenewalNoticeDue(_) => "RenewalNoticeDue",
            Self::TermRenewed(_) => "TermRenewed",
            Self::TermEnded(_) => "TermEnded",
            Self::UnitUsed(_) => "UnitUsed",
            Self::ServiceStarted(_) => "ServiceStarted",
            Self::UnitAdopted(_) => "UnitAdopted",
            Self::HoldPlaced(_) => "HoldPlaced",
            Self::HoldReleased(_) => "HoldReleased",
            Self::UsageReceived(_) => "UsageReceived",
            Self::UsageReplayed(_) => "UsageReplayed",
            Self::UsageAmended(_) => "UsageAmended",
            Self::CreditGranted(_) => "CreditGranted",
            Self::CreditAdjusted(_) => "CreditAdjusted",
            Self::InvoiceDrafted(_) => "InvoiceDrafted",
            Self::DraftHeld(_) => "DraftHeld",
            Self::InvoiceIssued(_) => "InvoiceIssued",
            Self::CreditNoteIssued(_) => "CreditNoteIssued",
            Self::CreditRanLow(_) => "CreditRanLow",
            Self::CreditLapsed(_) => "CreditLapsed",
            Self::AccountParked(_) => "AccountParked",
            Self::AccountReleased(_) => "AccountReleased",
            Self::BalanceAdopted(_) => "BalanceAdopted",
            Self::EntryPosted(_) => "EntryPosted",
            Self::KeyIssued(_) => "KeyIssued",
            Self::KeyRevoked(_) => "KeyRevoked",
        }
    }

    /// The natural key: a kind and key are recorded at most once, for ever. This is what makes
    /// every import idempotent.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::SellerPublished(it) => format!("{}@{}", it.code, it.version),
            Self::MeterPublished(it) => format!("{}@{}", it.code, it.version),
            Self::FulfilmentSpecPublished(it) => format!("{}@{}", it.code, it.version),
            Self::OfferPublished(it) => format!("{}@{}", it.code, it.version),
            Self::AccountRegistered(it) => format!("{}@{}", it.account, it.version),
            Self::PayerNamed(it) => format!("{} {}", it.payer, it.account),
            Self::OrderAccepted(it) => it.order.to_string(),
            Self::ItemShipped(it) => it.shipment.to_string(),
            Self::ItemDelivered(it) => it.shipment.to_string(),
            Self::DeviceSignalled(it) => format!("{} {}", it.source, it.id),
            Self::UnitChanged(it) => format!("{} {}", it.change, it.unit),
            Self::UnitTakenOver(it) => it.unit.to_string(),
            Self::RenewalNoticeDue(it) => format!("{} {}", it.line, it.until),
            Self::TermRenewed(it) => format!("{} {}", it.line, it.from),
            Self::TermEnded(it) => format!("{} {}", it.line, it.ended_on),
            Self::UnitUsed(it) => format!("{} {}", it.unit, it.revision),
            Self::ServiceStarted(it) => format!("{} {}", it.unit, it.revision),
            Self::UnitAdopted(it) => it.unit.to_string(),
            Self::HoldPlaced(it) => it.hold.to_string(),
            Self::HoldReleased(it) => it.hold.to_string(),
            Self::UsageReceived(it) => it.batch.to_string(),
            Self::UsageReplayed(it) => it.replay.to_string(),
            Self::UsageAmended(it) => it.batch.to_string(),
            Self::CreditGranted(it) => it.credit.to_string(),
            Self::CreditAdjusted(it) => it.adjustment.to_string(),
            Self::InvoiceDrafted(it) => format!("{} {}", it.account, it.drafted_on),
            Self::DraftHeld(it) => format!("{} {}", it.account, it.drafted_on),
            Self::InvoiceIssued(it) => it.number.to_string(),
            Self::CreditNoteIssued(it) => it.number.to_string(),
            Self::CreditRanLow(it) => format!("{} {}", it.credit, it.invoice),
            Self::CreditLapsed(it) => format!("{} {}", it.credit, it.lapsed_on),
            Self::AccountParked(it) => format!("{} {}", it.account, it.number),
            Self::AccountReleased(it) => format!("{} {}", it.account, it.number),
            Self::BalanceAdopted(it) => it.balance.to_string(),
            Self::EntryPosted(it) => it.entry.to_string(),
            Self::KeyIssued(it) => it.key.to_string(),
            Self::KeyRevoked(it) => it.key.to_string(),
        }
    }

    /// What the fact is about: a unit, a serial, an order, a code, a number.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::SellerPublished(it) => it.code.to_string(),
            Self::MeterPublished(it) => it.code.to_string(),
            Self::FulfilmentSpecPublished(it) => it.code.to_string(),
            Self::OfferPublished(it) => it.code.to_string(),
            Self::AccountRegistered(it) => it.account.to_string(),
            Self::PayerNamed(it) => it.payer.to_string(),
            Self::OrderAccepted(it) => it.order.to_string(),
            Self::ItemShipped(it) => it.unit.to_string(),
            Self::ItemDelivered(it) => it.unit.to_string(),
            Self::DeviceSignalled(it) => it.serial.to_string(),
            Self::UnitChanged(it) => it.unit.to_string(),
            Self::UnitTakenOver(it) => it.unit.to_string(),
            Self::RenewalNoticeDue(it) => it.account.to_string(),
            Self::TermRenewed(it) => it.account.to_string(),
            Self::TermEnded(it) => it.account.to_string(),
            Self::UnitUsed(it) => it.unit.to_string(),
            Self::ServiceStarted(it) => it.unit.to_string(),
            Self::UnitAdopted(it) => it.account.to_string(),
            Self::HoldPlaced(it) => it.account.to_string(),
            Self::HoldReleased(it) => it.account.to_string(),
            Self::UsageReceived(it) => it.name.clone(),
            Self::UsageReplayed(it) => it.name.clone(),
            Self::UsageAmended(it) => it.name.clone(),
            Self::CreditGranted(it) => it.account.to_string(),
            Self::CreditAdjusted(it) => it.account.to_string(),
            Self::InvoiceDrafted(it) => it.account.to_string(),
            Self::DraftHeld(it) => it.account.to_string(),
            Self::InvoiceIssued(it) => it.account.account.to_string(),
            Self::CreditNoteIssued(it) => it.account.to_string(),
            Self::CreditRanLow(it) => it.account.to_string(),
            Self::CreditLapsed(it) => it.account.to_string(),
            Self::AccountParked(it) => it.account.to_string(),
            Self::AccountReleased(it) => it.account.to_string(),
            Self::BalanceAdopted(it) => it.account.to_string(),
            Self::EntryPosted(it) => it.seller.to_string(),
            Self::KeyIssued(it) => it.key.to_string(),
            Self::KeyRevoked(it) => it.key.to_string(),
        }
    }
}
