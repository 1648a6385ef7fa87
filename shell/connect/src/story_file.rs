//! A story: a script that a business person reads and the production engine carries out. Strict
//! in the same way as the catalog file; instants may be written in the zone of the story.

pub mod shape;
mod convert;

use std::path::PathBuf;

use facts::{AccountId, DeviceSignalled};
use fulfilment::{ChangeUnit, ReportShipment};
use invoicing::CreditInvoice;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Zone;
use orders::PlaceOrder;

use crate::catalog_file::{self, LocatedDefinitions};
use crate::{InputFault, Located};

pub use shape::StoryFile;

/// A story, read.
#[derive(Debug, Clone)]
pub struct Story {
    /// What it is called.
    pub title: String,
    /// What it shows.
    pub description: Option<String>,
    /// Zone in which its days and local instants are read.
    pub zone: Zone,
    /// Where its clock begins.
    pub starts_at: Timestamp,
    /// What happens, in order.
    pub steps: Vec<Located<Step>>,
}

/// One thing that happens. Paths are as written, relative to the story file.
#[derive(Debug, Clone)]
pub enum Step {
    /// Definitions are published.
    Publish(LocatedDefinitions),
    /// The definitions of a file are published.
    PublishFile(PathBuf),
    /// A customer orders.
    PlaceOrder(PlaceOrder),
    /// The ERP reports a shipment or its delivery.
    Ship(ReportShipment),
    /// The device cloud reports an activation.
    Signal(DeviceSignalled),
    /// Units are amended.
    Change(Vec<ChangeUnit>),
    /// A hold is placed or released.
    Hold(holds::Command),
    /// A credit is granted or put right.
    Credit(credits::Command),
    /// An invoice is credited, in part or whole.
    CreditInvoice(CreditInvoice),
    /// The draft of an account is issued.
    IssueDraft(AccountId),
    /// The draft of an account is held for review, for a reason.
    HoldDraft(AccountId, String),
    /// A device uses something: one CloudEvent, as JSON.
    Use(String),
    /// Files are imported.
    Import(Files),
    /// Files of usage arrive day by day: `DIRECTORY/YYYY-MM-DD.ndjson.gz` on that day.
    ImportUsageDays {
        /// The directory.
        directory: PathBuf,
        /// The first day.
        from: Date,
        /// The day after the last; the clock stands at its 00:00 afterwards.
        until: Date,
    },
    /// Time passes; what falls due is carried out.
    AdvanceTo(Timestamp),
}

/// Files to import, in this order.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// Orders (CSV).
    pub orders: Option<PathBuf>,
    /// The units of the orders (CSV).
    pub units: Option<PathBuf>,
    /// Shipments (CSV or JSON).
    pub shipments: Option<PathBuf>,
    /// Activation signals (NDJSON or JSON).
    pub signals: Option<PathBuf>,
    /// Amendments (CSV).
    pub changes: Option<PathBuf>,
    /// Usage (NDJSON, plain or gzip).
    pub usage: Option<PathBuf>,
}

/// Reads a story file. `file` names it in faults.
///
/// # Errors
/// The first fault of the shape, or every fault of the values.
pub fn read(file: &str, text: &str) -> Result<Story, Vec<InputFault>> {
    let shape: StoryFile = serde_saphyr::from_str_with_options(text, catalog_file::options())
        .map_err(|error| vec![catalog_file::fault(file, &error)])?;
    convert::story(file, &shape)
}

/// The JSON Schema of the file, for editors.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(StoryFile).to_value()
}

#[cfg(test)]
mod tests;
