//! What an account used, folded from the readings of its devices.

use std::collections::{BTreeMap, BTreeSet};

use facts::meter::MeterPublished;
use facts::usage::{Bucket, Point, Series};
use facts::{AccountId, UnitId};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Overflow;
use kernel::calendar::add_days;
use store::{Store, Tx, UnitState};

use super::evidence::{self, Counted};
use super::log;
use super::owners::Owners;
use crate::Result;
use crate::billing::cannot_bill;
use crate::contracts::{Contracts, Sold};
use crate::holds;

/// The facts that say that lines stand no more.
const AMENDING: [&str; 2] = ["UsageAmended", "UsageReplayed"];

/// Buckets, unless a quantity leaves its range.
pub(super) type Folded = std::result::Result<Vec<Bucket>, Overflow>;

/// The accepted usage of an account's units, of any time, that arrived before a day, device by
/// device.
///
/// # Errors
/// The store failed; the inner one when a quantity leaves its range.
pub(crate) fn buckets_of(
    tx: &mut dyn Tx,
    under: UnderContract<'_>,
    meters: &[MeterPublished],
    arrived_before: Date,
) -> Result<Folded> {
    let Readings { devices, series, .. } = readings_of(tx, under)?;
    Ok(devices.fold(&series, meters, arrived_before))
}

/// An account, its units, and their contracts.
#[derive(Clone, Copy)]
pub(crate) struct UnderContract<'a> {
    pub account: &'a AccountId,
    pub units: &'a [UnitState],
    pub contracts: &'a Contracts,
}

/// The devices of an account, and all that they reported.
pub(crate) struct Readings {
    pub devices: Devices,
    pub series: Vec<Series>,
    /// All segments up to this one are in; some after it may be.
    pub segment: i64,
}

/// The devices of an account, and all that they reported.
pub(crate) fn readings_of(tx: &mut dyn Tx, under: UnderContract<'_>) -> Result<Readings> {
    let index = log::caught_up(tx)?;
    let segment = index.applied();
    let devices = Devices::load(tx, under)?;
    let series = index.series(&devices.serials()).map_err(log::index_failed)?;
    Ok(Readings { devices, series, segment })
}

impl Readings {
    /// The first instant of which something was told, or taken back, that an invoice did not know.
    /// It knew the log up to a segment, as of its day, and its place in the log of facts.
    pub fn first_news(
        &self,
        tx: &mut dyn Tx,
        (segment, issued_on, position): (i64, Date, i64),
    ) -> Result<Option<Timestamp>> {
        // Days of arrival are those of a seller, who can be a day behind.
        let known_on = add_days(issued_on, -2).unwrap_or(issued_on);
        let points = || self.series.iter().flat_map(|series| &series.points);
        let is_amended = points().any(|it| it.amended_on.is_some());
        let amended_since = is_amended && tx.last_of_kinds(&AMENDING)? > position;
        let is_new = |it: &&Point| {
            let is_amended = |on: Date| amended_since || on >= known_on;
            it.segment > segment
                || it.known_on >= issued_on
                || it.amended_on.is_some_and(is_amended)
        };
        Ok(points().filter(is_new).map(|it| it.happened_at).min())
    }

    /// Leaves out what happened before an instant.
    pub fn begin_at(&mut self, start: Timestamp) {
        for series in &mut self.series {
            let before = series.points.partition_point(|it| it.happened_at < start);
            series.points.drain(..before);
        }
    }
}

/// The accepted usage of an account, of any time, that arrived before a day, as measured by the
/// meters of that day: one bucket per unit, meter, quarter of an hour and attributes, in that
/// order.
///
/// # Errors
/// [`crate::EngineError`].
pub fn of_account(
    store: &mut dyn Store,
    account: &AccountId,
    arrived_before: Date,
) -> Result<Vec<Bucket>> {
    let mut tx = store.read()?;
    let sold = Sold::load(tx.as_mut())?;
    let meters = sold.meters_on(arrived_before);
    let units = tx.units_of_account(account)?;
    let mut contracts = Contracts::under(sold);
    contracts.load(tx.as_mut(), &units)?;
    let under = UnderContract { account, units: &units, contracts: &contracts };
    let folded = buckets_of(tx.as_mut(), under, &meters, arrived_before)?;
    let buckets = folded.and_then(|folded| sum(folded.into_iter()));
    buckets.map_err(|no| cannot_bill(account, arrived_before, &no))
}

/// The devices of an account, and who held them when.
pub(crate) struct Devices {
    serials: Vec<String>,
    units: BTreeSet<UnitId>,
    owners: Owners,
}

impl Devices {
    pub fn load(tx: &mut dyn Tx, under: UnderContract<'_>) -> Result<Self> {
        let serials = tx.serials_of_account(under.account)?;
        let units = under.units.iter().map(|it| it.unit.clone()).collect();
        // A hold that came with a unit of another account is of that account.
        let is_ours = |after: &UnitId| under.units.iter().any(|it| it.unit == *after);
        let mut whose = Some(under.account);
        for unit in under.units {
            let after = under.contracts.of(unit)?.ordered.after.as_ref();
            if after.is_some_and(|after| !is_ours(after)) {
                whose = None;
            }
        }
        let free = holds::free_times(tx, whose)?;
        let owners = Owners::of_devices(tx, under.contracts, (&serials, free))?;
        Ok(Self { serials, units, owners })
    }

    /// Whether nobody else ever held one of them: what is recorded of the units of others says
    /// nothing of what these used.
    pub fn are_ours_alone(&self) -> bool {
        let held = self.serials.iter().filter_map(|serial| self.owners.of(serial)).flatten();
        held.into_iter().all(|it| self.units.contains(&it.unit))
    }

    pub fn serials(&self) -> Vec<&str> {
        self.serials.iter().map(String::as_str).collect()
    }

    /// The events between two instants that are rated for the account's units, of what was known
    /// before a day.
    pub fn events<'a>(
        &self,
        series: &'a [Series],
        (from, to): (Timestamp, Timestamp),
        known_before: Date,
    ) -> Vec<Counted<'a>> {
        let mut counted = Vec::new();
        for series in series {
            let Some(meter) = &series.track.meter else { continue };
            let owners = self.owners.of_series(series);
            let is_asked =
                |it: &&Point| (from..to).contains(&it.happened_at) && it.stood_before(known_before);
            for point in series.points.iter().filter(is_asked) {
                let (fate, holder) = metering::fate_of(point.happened_at, &series.track, owners);
                let ours = holder.filter(|it| fate.is_rated() && self.units.contains(&it.unit));
                if let Some(holder) = ours {
                    counted.push(Counted {
                        unit: holder.unit.clone(),
                        meter,
                        point,
                        digest: evidence::digest(&series.subject, meter, point),
                    });
                }
            }
        }
        counted
    }

    /// What these series were used for by the units of the account, device by device.
    pub fn fold<'a>(
        &self,
        series: impl IntoIterator<Item = &'a Series>,
        meters: &[MeterPublished],
        arrived_before: Date,
    ) -> Folded {
        let mut ours = Vec::new();
        for series in series {
            let buckets = fold(series, meters, &self.owners, arrived_before)?;
            // A device that changed hands was used for another account too.
            ours.extend(buckets.into_iter().filter(|it| self.units.contains(&it.unit)));
        }
        Ok(ours)
    }
}

fn fold(
    series: &Series,
    meters: &[MeterPublished],
    owners: &Owners,
    arrived_before: Date,
) -> std::result::Result<Vec<Bucket>, Overflow> {
    let code = series.track.meter.as_ref().filter(|_| series.track.held.is_none());
    let meter = meters.iter().find(|meter| Some(&meter.code) == code);
    match (meter, owners.of_series(series)) {
        (Some(meter), Some(owners)) => {
            metering::buckets(series, &meter.measure, owners, arrived_before)
        }
        _ => Ok(Vec::new()),
    }
}

/// Buckets of two devices of one unit (before and after a swap) become one.
fn sum(buckets: impl Iterator<Item = Bucket>) -> std::result::Result<Vec<Bucket>, Overflow> {
    let mut sums: BTreeMap<_, Bucket> = BTreeMap::new();
    for bucket in buckets {
        let key = (
            bucket.unit.clone(),
            bucket.meter.clone(),
            bucket.quarter_at,
            bucket.dimensions.clone(),
        );
        match sums.entry(key) {
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(bucket);
            }
            std::collections::btree_map::Entry::Occupied(mut there) => {
                there.get_mut().join(&bucket)?;
            }
        }
    }
    Ok(sums.into_values().collect())
}
