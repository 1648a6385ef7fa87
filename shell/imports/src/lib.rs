//! A file becomes commands, the commands are carried out, and a refusal finds its line again.
//!
//! Owns: the way from a file to a use case and back to the place of what is wrong.
//! Does not own: how a format is read (`connect`), what is accepted (`engine` and the slices).
//! Invariants: a file of orders, shipments, changes or definitions is imported whole or not at
//! all; a file of usage is received in batches, and what was received before is told apart.

mod problem;

use std::fs::File;
use std::num::NonZeroUsize;
use std::path::Path;

use catalog::Plan;
use connect::catalog_file::{LocatedDefinitions, Places};
use connect::{Located, Place, cloud_events, usage_file};
use engine::usage::{Received, UsageBatch};
use engine::{EngineError, Imported};
use facts::{DeviceSignalled, UnitChanged};
use fulfilment::ReportShipment;
use jiff::Timestamp;
use orders::PlaceOrder;
use store::Store;

pub use problem::{ImportError, Problem};
use problem::{located, unreadable};

/// Lines of usage that are received in one transaction: enough that a commit costs little of it,
/// few enough that a crash repeats little.
const BATCH_LINES: NonZeroUsize = match NonZeroUsize::new(10_000) {
    Some(lines) => lines,
    None => NonZeroUsize::MIN,
};

/// What an import can fail with.
pub type Result<T> = std::result::Result<T, ImportError>;

/// Reads a text file.
///
/// # Errors
/// [`ImportError::Problems`] naming the file.
pub fn read_text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))
}

fn name_of(path: &Path) -> String {
    path.display().to_string()
}

/// A catalog file, as definitions and where each stands.
///
/// # Errors
/// [`ImportError::Problems`] with every fault of the file.
pub fn read_catalog(path: &Path) -> Result<LocatedDefinitions> {
    Ok(connect::catalog_file::read(&name_of(path), &read_text(path)?)?)
}

/// What publishing definitions would change.
///
/// # Errors
/// [`ImportError`].
pub fn preview_catalog(store: &mut dyn Store, draft: &LocatedDefinitions) -> Result<Plan> {
    let planned = engine::catalog::preview(store, &draft.definitions);
    planned.map_err(|error| in_catalog(error, &draft.places))
}

/// Publishes definitions.
///
/// # Errors
/// [`ImportError`]; nothing is published then.
pub fn publish_catalog(
    store: &mut dyn Store,
    draft: &LocatedDefinitions,
    now: Timestamp,
) -> Result<Plan> {
    let published = engine::catalog::publish(store, &draft.definitions, now);
    published.map_err(|error| in_catalog(error, &draft.places))
}

fn in_catalog(error: EngineError, places: &Places) -> ImportError {
    ImportError::from_engine(error, |refusal| {
        let name = refusal.place.as_deref()?;
        Some(Place { field: Some(name.to_owned()), ..places.find(name).clone() })
    })
}

/// Orders, and the units that they name.
///
/// # Errors
/// [`ImportError`]; nothing is imported then.
pub fn import_orders(
    store: &mut dyn Store,
    orders: &Path,
    units: Option<&Path>,
    now: Timestamp,
) -> Result<Imported> {
    let text = read_text(orders)?;
    let units = units.map(|path| Ok::<_, ImportError>((name_of(path), read_text(path)?)));
    let units = units.transpose()?;
    let units = units.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
    let commands = connect::orders_csv::read((&name_of(orders), &text), units)?;
    place_orders(store, commands, now)
}

/// Orders that were read already.
///
/// # Errors
/// [`ImportError`]; nothing is imported then.
pub fn place_orders(
    store: &mut dyn Store,
    commands: Vec<Located<PlaceOrder>>,
    now: Timestamp,
) -> Result<Imported> {
    let (places, values) = split(commands);
    located(engine::orders::import(store, &values, now), &places)
}

/// Shipments of an ERP: CSV, or JSON when the file begins with `{` or `[`.
///
/// # Errors
/// [`ImportError`]; nothing is imported then.
pub fn import_shipments(store: &mut dyn Store, path: &Path, now: Timestamp) -> Result<Imported> {
    let (name, text) = (name_of(path), read_text(path)?);
    let commands = if text.trim_start().starts_with(['{', '[']) {
        connect::shipments::read_json(&name, &text)?
    } else {
        connect::shipments::read_csv(&name, &text)?
    };
    report_shipments(store, commands, now)
}

/// Shipments that were read already.
///
/// # Errors
/// [`ImportError`]; nothing is imported then.
pub fn report_shipments(
    store: &mut dyn Store,
    commands: Vec<Located<ReportShipment>>,
    now: Timestamp,
) -> Result<Imported> {
    let (places, values) = split(commands);
    located(engine::fulfilment::import_shipments(store, &values, now), &places)
}

/// Amendments.
///
/// # Errors
/// [`ImportError`]; nothing is imported then.
pub fn import_changes(store: &mut dyn Store, path: &Path, now: Timestamp) -> Result<Imported> {
    let commands = connect::changes_csv::read(&name_of(path), &read_text(path)?)?;
    record_changes(store, commands, now)
}

/// Amendments that were read already.
///
/// # Errors
/// [`ImportError`]; nothing is imported then.
pub fn record_changes(
    store: &mut dyn Store,
    commands: Vec<Located<UnitChanged>>,
    now: Timestamp,
) -> Result<Imported> {
    let (places, values) = split(commands);
    located(engine::fulfilment::record_changes(store, &values, now), &places)
}

/// Activation signals: NDJSON, or the JSON body of a request when the file begins with `[` or
/// holds one event over several lines.
///
/// # Errors
/// [`ImportError`]; nothing is imported then.
pub fn import_signals(store: &mut dyn Store, path: &Path, now: Timestamp) -> Result<Imported> {
    let (name, text) = (name_of(path), read_text(path)?);
    let is_body = text.trim_start().starts_with('[') || text.trim() == "{" || {
        let first = text.trim_start().lines().next().unwrap_or_default();
        first.starts_with('{') && !first.trim_end().ends_with('}')
    };
    let signals = if is_body {
        cloud_events::read_signals_json(&name, &text)?
    } else {
        cloud_events::read_signals_ndjson(&name, &text)?
    };
    send_signals(store, signals, now)
}

/// Signals that were read already.
///
/// # Errors
/// [`ImportError`].
pub fn send_signals(
    store: &mut dyn Store,
    signals: Vec<Located<DeviceSignalled>>,
    now: Timestamp,
) -> Result<Imported> {
    let (places, values) = split(signals);
    located(engine::fulfilment::send_signals(store, &values, now), &places)
}

/// A file of usage, plain or gzip. `progress` is told the lines of each batch when it is durable.
///
/// # Errors
/// [`ImportError`]; the batches before it stay received, and the file can be sent again.
pub fn send_usage(
    store: &mut dyn Store,
    path: &Path,
    now: Timestamp,
    progress: &mut dyn FnMut(u64),
) -> Result<Received> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let name = path.file_name().map_or_else(|| name_of(path), |it| it.display().to_string());
    let mut received = Received::default();
    let batches = usage_file::open(&name_of(path), file, BATCH_LINES);
    for batch in batches.map_err(|fault| vec![*fault])? {
        let batch = batch.map_err(|fault| vec![*fault])?;
        let lines = u64::try_from(batch.lines.len()).unwrap_or(u64::MAX);
        received.add(send_batch(store, &name, batch, now)?);
        progress(lines);
    }
    Ok(received)
}

/// A batch of usage that was read already.
///
/// # Errors
/// [`ImportError`]; nothing of the batch is received then.
pub fn send_batch(
    store: &mut dyn Store,
    name: &str,
    batch: usage_file::Batch,
    now: Timestamp,
) -> Result<Received> {
    let read = |line: String| {
        let envelope = cloud_events::read_line(&line);
        (line, envelope)
    };
    let batch = UsageBatch {
        digest: batch.digest,
        name: name.to_owned(),
        first_line: batch.first_line,
        lines: batch.lines.into_iter().map(read).collect(),
    };
    located(engine::usage::receive(store, batch, now), &[])
}

fn split<T>(located: Vec<Located<T>>) -> (Vec<Place>, Vec<T>) {
    located.into_iter().map(|it| (it.place, it.value)).unzip()
}
