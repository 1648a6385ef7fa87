//! Who held a device, and since when its service runs: kept while the facts stand still.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use facts::UnitId;
use facts::usage::{LineOutcome, Series};
use jiff::Timestamp;
use metering::Possession;
use store::Tx;

use super::intake::{LineReceipt, Receipt};
use super::reader::{LineReader, Prepared};
use crate::Result;
use crate::contracts::{self, Contracts};

/// The facts that can change whose an event is.
const ABOUT_UNITS: [&str; 7] = [
    "OfferPublished",
    "OrderAccepted",
    "ItemShipped",
    "ItemDelivered",
    "DeviceSignalled",
    "UnitChanged",
    "ServiceStarted",
];

/// Possessions by serial. A serial that was in no shipment and no swap has none.
#[derive(Default)]
pub(crate) struct Owners {
    /// Position of the last fact that they were worked out from.
    known: i64,
    /// Place among `held`.
    by_serial: HashMap<String, usize>,
    held: Vec<Option<Vec<Possession>>>,
}

impl Owners {
    /// Forgets what a fact may have changed.
    fn refresh(&mut self, tx: &mut dyn Tx) -> Result<()> {
        let known = tx.last_of_kinds(&ABOUT_UNITS)?;
        if known != self.known {
            self.by_serial.clear();
            self.held.clear();
            self.known = known;
        }
        Ok(())
    }

    /// Loads who held these devices.
    pub fn load<'a>(
        &mut self,
        tx: &mut dyn Tx,
        serials: impl IntoIterator<Item = &'a str>,
    ) -> Result<()> {
        self.places(tx, serials).map(|_| ())
    }

    /// Loads who held these devices, and tells the place of each.
    fn places<'a>(
        &mut self,
        tx: &mut dyn Tx,
        serials: impl IntoIterator<Item = &'a str>,
    ) -> Result<Vec<usize>> {
        self.refresh(tx)?;
        let mut new = BTreeSet::new();
        let found: Vec<std::result::Result<usize, &str>> = serials
            .into_iter()
            .map(|serial| {
                self.by_serial.get(serial).copied().ok_or_else(|| {
                    new.insert(serial);
                    serial
                })
            })
            .collect();
        let new: Vec<String> = new.into_iter().map(str::to_owned).collect();
        let mut possessions = possessions(tx, &new)?;
        for serial in new {
            self.held.push(possessions.remove(&serial));
            self.by_serial.insert(serial, self.held.len() - 1);
        }
        Ok(found.into_iter().map(|it| it.unwrap_or_else(|new| self.by_serial[new])).collect())
    }

    /// Who held a device that was loaded; none when nobody ever named it.
    pub fn of(&self, serial: &str) -> Option<&[Possession]> {
        self.held[*self.by_serial.get(serial)?].as_deref()
    }

    /// Who held the device of a series that was loaded.
    pub fn of_series(&self, series: &Series) -> Option<&[Possession]> {
        self.of(&series.subject)
    }

    /// The receipt of a batch: whose each event is, by what is known now.
    pub fn attribute(
        &mut self,
        tx: &mut dyn Tx,
        reader: &LineReader,
        prepared: &Prepared,
        outcomes: &[LineOutcome],
    ) -> Result<Receipt> {
        let readings = &prepared.readings;
        let subjects = (0..readings.len()).map(|place| readings.subject(place));
        let mut places = self.places(tx, subjects)?.into_iter().enumerate();
        let mut receipt = Receipt::default();
        receipt.lines.reserve_exact(outcomes.len());
        for (line, outcome) in prepared.lines.iter().zip(outcomes) {
            let reading = if line.outcome.takes_id() { places.next() } else { None };
            let track = line.track.and_then(|track| reader.track(track));
            let fate = match (reading, track) {
                (Some((reading, place)), Some(track)) if outcome.takes_id() => {
                    let owners = self.held[place].as_deref();
                    Some(metering::fate_of(readings.happened_at(reading), track, owners).0)
                }
                _ => None,
            };
            let line = LineReceipt { outcome: *outcome, fate };
            receipt.received.count(line);
            receipt.lines.push(line);
        }
        Ok(receipt)
    }
}

/// Who held these devices, by serial, in the order of their turns.
fn possessions(tx: &mut dyn Tx, serials: &[String]) -> Result<BTreeMap<String, Vec<Possession>>> {
    let mut contracts = Contracts::default();
    let mut units: BTreeMap<UnitId, (Option<Timestamp>, _)> = BTreeMap::new();
    let mut possessions: BTreeMap<String, Vec<Possession>> = BTreeMap::new();
    for holding in tx.holdings_of(serials)? {
        if !units.contains_key(&holding.unit) {
            let state = contracts::unit(tx, &holding.unit)?;
            contracts.load(tx, [&state])?;
            let priced = contracts.of(&state)?.priced_meters();
            let service_from = state.start.map(|start| start.start_at);
            units.insert(holding.unit.clone(), (service_from, priced));
        }
        let (service_from, priced) = units[&holding.unit].clone();
        possessions.entry(holding.serial).or_default().push(Possession {
            unit: holding.unit,
            from: holding.held_from,
            until: holding.held_until,
            service_from,
            priced,
        });
    }
    Ok(possessions)
}
