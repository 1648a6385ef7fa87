//! Who held a device, and since when its service runs: kept while the facts stand still.

use std::collections::BTreeSet;
use std::sync::Arc;

use facts::UnitId;
use facts::usage::{LineOutcome, Series};
use hashbrown::HashTable;
use jiff::Timestamp;
use metering::Possession;
use store::{Holding, Turn, Tx};
use usage_index::subject_hash;

use super::intake::{LineReceipt, Receipt};
use super::reader::{LineReader, Prepared};
use crate::Result;
use crate::contracts::{Contracts, PricedLines};
use crate::holds::{self, FreeTimes};

/// The facts that can change whose an event is.
const ABOUT_UNITS: [&str; 11] = [
    "AccountRegistered",
    "OfferPublished",
    "OrderAccepted",
    "ItemShipped",
    "ItemDelivered",
    "DeviceSignalled",
    "UnitChanged",
    "UnitUsed",
    "ServiceStarted",
    "HoldPlaced",
    "HoldReleased",
];

/// Possessions by serial. A serial that was in no shipment and no swap has none.
#[derive(Default)]
pub(crate) struct Owners {
    /// Position of the last fact that they were worked out from.
    known: i64,
    priced: PricedLines,
    /// When the service of units is held; none: not looked up yet.
    free: Option<FreeTimes>,
    held: Vec<Held>,
    /// Places in `held`, by the hash of the serial.
    places: HashTable<usize>,
    /// Units whose start can depend on what was received, until somebody asks.
    waiting: BTreeSet<UnitId>,
}

/// Who held a device.
struct Held {
    hash: u64,
    serial: Box<str>,
    possessions: Option<Box<[Possession]>>,
    /// Whether the start of one of them can depend on usage.
    asks_usage: bool,
}

impl Owners {
    /// Those of some devices, who are mostly under contracts that are loaded, for one unit of work.
    pub fn of_devices(
        tx: &mut dyn Tx,
        contracts: &Contracts,
        (serials, free): (&[String], FreeTimes),
    ) -> Result<Self> {
        let priced = PricedLines::of_contracts(tx, contracts)?;
        let mut owners = Self { priced, free: Some(free), ..Self::default() };
        for serial in serials {
            owners.place(subject_hash(serial), serial);
        }
        owners.fill(tx, 0)?;
        Ok(owners)
    }

    /// Forgets what a fact may have changed.
    fn refresh(&mut self, tx: &mut dyn Tx) -> Result<()> {
        let known = tx.last_of_kinds(&ABOUT_UNITS)?;
        if self.held.is_empty() {
            self.known = known;
        } else if known != self.known {
            *self = Self { known, ..Self::default() };
        }
        Ok(())
    }

    /// Loads who held these devices.
    pub fn load<'a>(
        &mut self,
        tx: &mut dyn Tx,
        serials: impl IntoIterator<Item = &'a str>,
    ) -> Result<()> {
        let hashed = serials.into_iter().map(|serial| (subject_hash(serial), serial));
        self.places(tx, hashed).map(|_| ())
    }

    /// Loads who held these devices, given with their hashes, and tells the place of each.
    fn places<'a>(
        &mut self,
        tx: &mut dyn Tx,
        serials: impl IntoIterator<Item = (u64, &'a str)>,
    ) -> Result<Vec<usize>> {
        self.refresh(tx)?;
        let first_new = self.held.len();
        let places = serials.into_iter().map(|(hash, serial)| self.place(hash, serial)).collect();
        self.fill(tx, first_new)?;
        Ok(places)
    }

    /// The place of a device; a new one, without possessions, unless it has one.
    fn place(&mut self, hash: u64, serial: &str) -> usize {
        let Self { held, places, .. } = self;
        let is_it = |place: &usize| held[*place].hash == hash && *held[*place].serial == *serial;
        if let Some(known) = places.find(hash, is_it) {
            return *known;
        }
        let place = held.len();
        places.insert_unique(hash, place, |place| held[*place].hash);
        let serial = serial.into();
        held.push(Held { hash, serial, possessions: None, asks_usage: false });
        place
    }

    /// Looks up who held the devices from a place on.
    fn fill(&mut self, tx: &mut dyn Tx, first_new: usize) -> Result<()> {
        if first_new == self.held.len() {
            return Ok(());
        }
        let filled = self.possessions(tx, first_new);
        if filled.is_err() {
            // Nothing is known of them, which is not the same as that nobody held them.
            *self = Self::default();
        }
        filled
    }

    fn possessions(&mut self, tx: &mut dyn Tx, first_new: usize) -> Result<()> {
        let serials: Vec<String> =
            self.held[first_new..].iter().map(|it| it.serial.to_string()).collect();
        let turns = tx.turns_of(&serials)?;
        if self.free.is_none() {
            self.free = Some(holds::free_times(tx, None)?);
        }
        for turns in turns.chunk_by(|a, b| a.holding.serial == b.holding.serial) {
            let Some(Turn { holding: Holding { serial, .. }, .. }) = turns.first() else {
                continue;
            };
            let place = self.place(subject_hash(serial), serial);
            let possessions: Result<Box<[Possession]>> =
                turns.iter().map(|turn| self.possession(tx, turn)).collect();
            self.held[place].possessions = Some(possessions?);
            let asks = turns.iter().any(|turn| self.priced.asks_usage(&turn.order_line));
            self.held[place].asks_usage = asks;
        }
        Ok(())
    }

    fn possession(&mut self, tx: &mut dyn Tx, turn: &Turn) -> Result<Possession> {
        Ok(Possession {
            unit: turn.holding.unit.clone(),
            from: turn.holding.held_from,
            until: turn.holding.held_until,
            service_from: turn.service_from,
            priced: self.priced.of(tx, (&turn.order, &turn.order_line))?,
            held: self.held_of(&turn.holding.unit),
        })
    }

    fn held_of(&self, unit: &UnitId) -> Arc<[(Timestamp, Timestamp)]> {
        let free = self.free.as_ref().and_then(|free| free.get(unit));
        free.map(Arc::clone).unwrap_or_default()
    }

    /// Who held a device that was loaded; none when nobody ever named it.
    pub fn of(&self, serial: &str) -> Option<&[Possession]> {
        let is_it = |place: &usize| *self.held[*place].serial == *serial;
        let place = self.places.find(subject_hash(serial), is_it)?;
        self.held[*place].possessions.as_deref()
    }

    /// Who held the device of a series that was loaded.
    pub fn of_series(&self, series: &Series) -> Option<&[Possession]> {
        self.of(&series.subject)
    }

    /// The units whose start can depend on what was received since this was asked last.
    pub fn take_waiting(&mut self) -> BTreeSet<UnitId> {
        std::mem::take(&mut self.waiting)
    }

    /// Units whose start can depend on what these devices used: something of it changed.
    pub fn wait<'a>(
        &mut self,
        tx: &mut dyn Tx,
        serials: impl IntoIterator<Item = &'a str>,
    ) -> Result<()> {
        let hashed = serials.into_iter().map(|serial| (subject_hash(serial), serial));
        for place in self.places(tx, hashed)? {
            let held = self.held.get(place).filter(|held| held.asks_usage);
            let owners = held.and_then(|held| held.possessions.as_deref());
            self.waiting.extend(owners.into_iter().flatten().map(|it| it.unit.clone()));
        }
        Ok(())
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
        let subjects =
            (0..readings.len()).map(|it| (readings.subject_hash(it), readings.subject(it)));
        let mut places = self.places(tx, subjects)?.into_iter().enumerate();
        let mut receipt = Receipt::default();
        receipt.lines.reserve_exact(outcomes.len());
        for (line, outcome) in prepared.lines.iter().zip(outcomes) {
            let reading = if line.outcome.takes_id() { places.next() } else { None };
            let track = line.track.and_then(|track| reader.track(track));
            let fate = match (reading, track) {
                (Some((reading, place)), Some(track)) if outcome.takes_id() => {
                    let held = &self.held[place];
                    let (owners, at) = (held.possessions.as_deref(), readings.happened_at(reading));
                    if held.asks_usage {
                        // What comes after the start does not move it.
                        let before =
                            |it: &&Possession| it.service_from.is_none_or(|from| at < from);
                        let owners = owners.into_iter().flatten().filter(before);
                        self.waiting.extend(owners.map(|it| it.unit.clone()));
                    }
                    Some(metering::fate_of(at, track, owners).0)
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
