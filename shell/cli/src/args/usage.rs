//! What can be asked about usage.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

/// Usage.
#[derive(Debug, Subcommand)]
pub enum Usage {
    /// Send usage (CloudEvents as NDJSON, plain, gzip or zstd). A file can be sent again at any
    /// time.
    Send {
        /// The files, in order of arrival; `-` is standard input.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Go on after this line: the ones up to it were received before (one file only).
        #[arg(long, value_name = "LINE", default_value_t = 0)]
        after_line: u32,
    },
    /// Follow one event from its arrival to the invoice line that bills it.
    Explain {
        /// The event's `id`.
        id: String,
        /// Its `source`; left out: every source that has the id, by a search through all lines.
        #[arg(long)]
        source: Option<String>,
        /// Also look for the lines that repeat or contradict it (a search through all lines).
        #[arg(long)]
        copies: bool,
    },
    /// The events of a device, by time.
    List {
        /// The device, as its events name it.
        #[arg(long, value_name = "SERIAL")]
        subject: String,
        /// Only events at this time or later: a day, a local time or an RFC 3339 instant.
        #[arg(long, value_name = "WHEN")]
        from: Option<String>,
        /// Only events before this time.
        #[arg(long, value_name = "WHEN")]
        to: Option<String>,
        /// Zone in which a day or local time is read.
        #[arg(long, default_value = "Europe/Paris")]
        zone: String,
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Write every event that took its id to a file.
    Export {
        /// The file to write, *.csv or *.parquet; one that is there is replaced when the new one
        /// is complete.
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
        /// Only events that arrived on this day or later.
        #[arg(long, value_name = "DAY")]
        from: Option<String>,
        /// Only events that arrived before this day.
        #[arg(long, value_name = "DAY")]
        to: Option<String>,
    },
    /// What an account has used so far in the bill period that runs, and what that costs.
    Current {
        /// The account.
        account: String,
        /// What the table shows.
        #[arg(long, value_enum, default_value_t = By::Meter)]
        by: By,
    },
    /// What waits, grouped by what it waits for, with its estimated value and the remedy.
    Quarantine {
        /// Only what waits for this reason.
        #[arg(long, value_enum)]
        reason: Option<Reason>,
        /// At most so many groups.
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Read lines that waited again by the rules of today: of a type that has a meter now, or of
    /// a time that has passed. Each counts once, however often this is run.
    Replay {
        /// Only what waits for this reason.
        #[arg(long, value_enum)]
        reason: Option<ReplayReason>,
        /// Only events of this type.
        #[arg(long = "type", value_name = "TYPE")]
        event_type: Option<String>,
        /// Only events of this source.
        #[arg(long)]
        source: Option<String>,
        /// Only tell what would become of them.
        #[arg(long)]
        dry_run: bool,
    },
    /// What became of the lines, by arrival day and meter.
    Conservation {
        /// Only the lines that arrived on this day.
        #[arg(long, value_name = "DAY")]
        day: Option<String>,
        /// The events behind a figure, instead of the figures.
        #[arg(long, value_enum, value_name = "OUTCOME")]
        ids: Option<Outcome>,
        /// At most so many events.
        #[arg(long, default_value_t = 1_000)]
        limit: usize,
    },
    /// The lines that wait or were refused.
    Exceptions {
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
}

/// Meters.
#[derive(Debug, Subcommand)]
pub enum Meter {
    /// What would become of an event, step by step. Nothing is received.
    Test {
        /// A file with the event (JSON, or the first line of NDJSON); `-` is standard input.
        #[arg(long, value_name = "FILE")]
        event: PathBuf,
        /// The day of its arrival, which chooses the versions of meters; left out: today.
        #[arg(long, value_name = "DAY")]
        at: Option<String>,
    },
}

/// What a table of usage shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// One row for each meter.
    Meter,
    /// One row for each unit.
    Unit,
    /// One row for each price: the rows of price tables, and how each came about.
    Row,
}

/// Why an event waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Reason {
    /// No shipment and no swap names the device.
    UnknownSerial,
    /// No unit held the device at that time.
    SerialNotAssigned,
    /// The contract has no price for the meter.
    NoPrice,
    /// No meter measures the type.
    UnknownType,
    /// The clock of the device is ahead.
    FutureTime,
}

impl Reason {
    /// Its stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownSerial => "unknown_serial",
            Self::SerialNotAssigned => "serial_not_assigned",
            Self::NoPrice => "no_price",
            Self::UnknownType => "unknown_type",
            Self::FutureTime => "future_time",
        }
    }
}

/// Why a line may be read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum ReplayReason {
    /// No meter measured the type.
    UnknownType,
    /// The time was still to come.
    FutureTime,
    /// An earlier replay could not read it.
    Unreadable,
}

impl ReplayReason {
    /// Its stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownType => "unknown_type",
            Self::FutureTime => "future_time",
            Self::Unreadable => "unreadable",
        }
    }
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Outcome {
    /// Accepted, and on the last invoice of its account.
    Billed,
    /// Accepted, and not yet on an invoice.
    NotYetDue,
    /// Before the start of service.
    Free,
    /// Before its charge is switched on.
    Shadow,
    /// A newer revision of the event stands in its place.
    Amended,
    /// It says that its event never was.
    Cancelled,
    /// The same event again.
    Duplicate,
    /// The same id with another content.
    Conflict,
    /// Cannot be read.
    Rejected,
    /// Waits.
    Quarantined,
}

impl Outcome {
    /// All, in the order of the equation.
    pub const ALL: [Self; 10] = [
        Self::Billed,
        Self::NotYetDue,
        Self::Free,
        Self::Shadow,
        Self::Amended,
        Self::Cancelled,
        Self::Duplicate,
        Self::Conflict,
        Self::Rejected,
        Self::Quarantined,
    ];

    /// Its stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Billed => "billed",
            Self::NotYetDue => "not_yet_due",
            Self::Free => "free",
            Self::Shadow => "shadow",
            Self::Amended => "amended",
            Self::Cancelled => "cancelled",
            Self::Duplicate => "duplicate",
            Self::Conflict => "conflict",
            Self::Rejected => "rejected",
            Self::Quarantined => "quarantined",
        }
    }
}
