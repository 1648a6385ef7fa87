//! A file becomes commands, the commands are carried out, and a refusal finds its line again.
//!
//! Owns: the way from a file to a use case and back to the place of what is wrong.
//! Does not own: how a format is read (`connect`), what is accepted (`engine` and the slices).
//! Invariants: a file of orders, shipments, changes or definitions is imported whole or not at
//! all; a file of usage is received in batches, and what was received before is told apart.

mod adoption;
mod problem;
pub mod price_rows;
mod usage;

use std::path::Path;

use catalog::Plan;
use connect::catalog_file::{LocatedDefinitions, Places};
use connect::{Located, Place, cloud_events};
use engine::forecast::Horizon;
use engine::impact::Impact;
use engine::preview::Preview;
use engine::reconciliation::Outside;
use engine::usage::Trial;
use engine::{EngineError, Imported};
use facts::{AccountId, DeviceSignalled, InvoiceIssued};
use fulfilment::{ChangeUnit, ReportShipment};
use invoicing::CreditInvoice;
use jiff::Timestamp;
use jiff::civil::Date;
use orders::PlaceOrder;
use store::Store;

pub use adoption::{Adopted, Adoption, FirstInvoice, adopt, read_adoption, try_adoption};
pub use problem::{ImportError, Problem};
use problem::{located, unreadable};
pub use usage::{BATCH_LINES, UsageSource, send_batch, send_usage};

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

/// What definitions would change for each account.
///
/// # Errors
/// [`ImportError`].
pub fn catalog_impact(
    store: &mut dyn Store,
    draft: &LocatedDefinitions,
    on: Option<Date>,
    now: Timestamp,
) -> Result<Impact> {
    let impact = engine::impact::impact(store, &draft.definitions, on, now);
    impact.map_err(|error| in_catalog(error, &draft.places))
}

/// What would become of a line, priced as sold or as these definitions would.
///
/// # Errors
/// [`ImportError`].
pub fn try_usage(
    store: &mut dyn Store,
    line: &[u8],
    arrived_on: Date,
    draft: Option<&LocatedDefinitions>,
) -> Result<Trial> {
    let definitions = draft.map(|draft| &draft.definitions);
    let trial = engine::usage::trial(store, line, arrived_on, definitions);
    trial.map_err(|error| match draft {
        Some(draft) => in_catalog(error, &draft.places),
        None => error.into(),
    })
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
    import_order_files(store, OrderFiles { orders, units, prices: None }, now)
}

/// Orders, the units that they name and the prices that they have of their own.
///
/// # Errors
/// [`ImportError`]; nothing is imported then.
pub fn import_order_files(
    store: &mut dyn Store,
    files: OrderFiles<'_>,
    now: Timestamp,
) -> Result<Imported> {
    place_orders(store, read_orders(files)?, now)
}

/// Files of orders.
#[derive(Debug, Clone, Copy)]
pub struct OrderFiles<'a> {
    /// The orders.
    pub orders: &'a Path,
    /// The units that they name.
    pub units: Option<&'a Path>,
    /// Prices that their lines have of their own.
    pub prices: Option<&'a Path>,
}

fn read_orders(files: OrderFiles<'_>) -> Result<Vec<Located<PlaceOrder>>> {
    let OrderFiles { orders, units, prices } = files;
    let text = read_text(orders)?;
    let units = units.map(|path| Ok::<_, ImportError>((name_of(path), read_text(path)?)));
    let units = units.transpose()?;
    let units = units.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
    let mut placed = connect::orders_csv::read((&name_of(orders), &text), units)?;
    if let Some(path) = prices {
        connect::orders_csv::read_prices((&name_of(path), &read_text(path)?), &mut placed)?;
    }
    Ok(placed)
}

/// What files of orders would be billed, by what is published in `store`; played on `scratch`.
///
/// # Errors
/// [`ImportError`].
pub fn forecast_orders(
    store: &mut dyn Store,
    scratch: &mut dyn Store,
    files: OrderFiles<'_>,
    horizon: Horizon,
) -> Result<Vec<InvoiceIssued>> {
    let (places, placed) = split(read_orders(files)?);
    let definitions = engine::catalog::published(store)?;
    located(engine::forecast::forecast(scratch, definitions, &placed, horizon), &places)
}

/// What files of orders would do to the next invoices.
///
/// # Errors
/// [`ImportError`].
pub fn preview_orders(
    store: &mut dyn Store,
    files: OrderFiles<'_>,
    now: Timestamp,
) -> Result<Vec<Preview>> {
    let (places, placed) = split(read_orders(files)?);
    located(engine::preview::of_orders(store, &placed, now), &places)
}

/// What a file of amendments would do to the next invoices.
///
/// # Errors
/// [`ImportError`].
pub fn preview_changes(store: &mut dyn Store, path: &Path, now: Timestamp) -> Result<Vec<Preview>> {
    let commands = connect::changes_csv::read(&name_of(path), &read_text(path)?)?;
    let (places, values) = split(commands);
    located(engine::preview::of_changes(store, &values, now), &places)
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
    report_shipments(store, read_shipments(path)?, now)
}

fn read_shipments(path: &Path) -> Result<Vec<Located<ReportShipment>>> {
    let (name, text) = (name_of(path), read_text(path)?);
    Ok(if is_json(&text) {
        connect::shipments::read_json(&name, &text)?
    } else {
        connect::shipments::read_csv(&name, &text)?
    })
}

fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

/// What the ERP (its shipments) and the device cloud (its devices) say, to be compared with ours:
/// CSV, or JSON when a file begins with `{` or `[`. Nothing is imported.
///
/// # Errors
/// [`ImportError::Problems`] with every fault of the files.
pub fn read_outside(erp: Option<&Path>, cloud: Option<&Path>) -> Result<Outside> {
    let erp = erp.map(|path| Ok::<_, ImportError>(split(read_shipments(path)?).1));
    let cloud = cloud.map(|path| {
        let (name, text) = (name_of(path), read_text(path)?);
        let devices = if is_json(&text) {
            connect::device_list::read_json(&name, &text)?
        } else {
            connect::device_list::read_csv(&name, &text)?
        };
        Ok::<_, ImportError>(split(devices).1)
    });
    Ok(Outside { erp: erp.transpose()?, cloud: cloud.transpose()? })
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
    commands: Vec<Located<ChangeUnit>>,
    now: Timestamp,
) -> Result<Imported> {
    let (places, values) = split(commands);
    located(engine::changes::record(store, &values, now), &places)
}

/// Holds to place and to release that were read already.
///
/// # Errors
/// [`ImportError`]; nothing is recorded then.
pub fn record_holds(
    store: &mut dyn Store,
    commands: Vec<Located<holds::Command>>,
    now: Timestamp,
) -> Result<Imported> {
    let (places, values) = split(commands);
    located(engine::holds::record(store, &values, now), &places)
}

/// Credits to grant and to put right.
///
/// # Errors
/// [`ImportError`]; nothing is imported then.
pub fn import_credits(store: &mut dyn Store, path: &Path, now: Timestamp) -> Result<Imported> {
    let commands = connect::credit_file::read(&name_of(path), &read_text(path)?)?;
    grant_credits(store, commands, now)
}

/// Credits that were read already.
///
/// # Errors
/// [`ImportError`]; nothing is imported then.
pub fn grant_credits(
    store: &mut dyn Store,
    commands: Vec<Located<credits::Command>>,
    now: Timestamp,
) -> Result<Imported> {
    let (places, values) = split(commands);
    located(engine::credits::import(store, &values, now), &places)
}

/// A request to credit an invoice that was read already. The same again changes nothing.
///
/// # Errors
/// [`ImportError`]; nothing is credited then.
pub fn credit_invoice(
    store: &mut dyn Store,
    asked: Located<CreditInvoice>,
    now: Timestamp,
) -> Result<()> {
    let issued = engine::credit_notes::issue(store, &asked.value, now);
    let at = |_: &engine::Refusal| Some(asked.place.clone());
    issued.map(|_| ()).map_err(|error| ImportError::from_engine(error, at))
}

/// Issues the draft of an account.
///
/// # Errors
/// [`ImportError`]; nothing is issued then.
pub fn issue_draft(
    store: &mut dyn Store,
    account: &Located<AccountId>,
    now: Timestamp,
) -> Result<()> {
    let issued = engine::billing::drafts::issue_draft(store, &account.value, now);
    let at = |_: &engine::Refusal| Some(account.place.clone());
    issued.map(|_| ()).map_err(|error| ImportError::from_engine(error, at))
}

/// Holds the draft of an account for review.
///
/// # Errors
/// [`ImportError`]; nothing is held then.
pub fn hold_draft(
    store: &mut dyn Store,
    account: &Located<AccountId>,
    reason: &str,
    now: Timestamp,
) -> Result<()> {
    let held = engine::billing::drafts::hold(store, &account.value, reason, now);
    let at = |_: &engine::Refusal| Some(account.place.clone());
    held.map_err(|error| ImportError::from_engine(error, at))
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

fn split<T>(located: Vec<Located<T>>) -> (Vec<Place>, Vec<T>) {
    located.into_iter().map(|it| (it.place, it.value)).unzip()
}
