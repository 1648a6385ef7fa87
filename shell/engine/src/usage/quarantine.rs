//! What waits, grouped by what it waits for, and what it would be worth.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use connect::cloud_events;
use facts::usage::{Fate, LineOutcome, Point, QuarantineReason, Series, Track};
use facts::{MeterCode, MeterPublished, OfferPublished, OfferRef, UnitId};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::calendar::add_days;
use kernel::{Money, Quantity, UnitPrice};
use metering::Possession;
use store::{SegmentHead, Store, Tx};

use super::explain::standing;
use super::lines::Walker;
use super::owners::Owners;
use super::reader::LineReader;
use super::report::SUBJECTS_AT_ONCE;
use super::{log, price};
use crate::{Result, contracts};

/// Events of one device and meter that wait for the same thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Why they wait.
    pub reason: QuarantineReason,
    /// Their meter.
    pub meter: Option<MeterCode>,
    /// Their type, when no meter measures it.
    pub unknown_type: Option<String>,
    /// The device, as sent.
    pub subject: String,
    /// How many.
    pub events: i64,
    /// When the first happened.
    pub first_at: Timestamp,
    /// When the last happened.
    pub last_at: Timestamp,
    /// The segments that say so: those that hold them, or replays of them.
    pub segments: BTreeSet<i64>,
    /// What they would cost; none when nothing prices their meter.
    pub estimate: Option<Estimate>,
    /// Who held the device and under which offer, when a price is what is missing.
    pub holder: Option<(UnitId, OfferRef)>,
}

/// What events would cost at the list price, as if one unit had held the device for ever with
/// its service started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// What the meter makes of these events alone.
    pub quantity: Quantity,
    /// The list price: of the newest offer that prices the meter the first tier, in a table that
    /// of the default row, in a pool that of the overage.
    pub unit_price: UnitPrice,
    /// The offer.
    pub offer: OfferRef,
    /// Quantity × price, rounded once as the offer says.
    pub value: Money,
}

/// Reasons by what can be done about them: facts that can still come, then what is final.
const ORDER: [QuarantineReason; 5] = [
    QuarantineReason::UnknownSerial,
    QuarantineReason::SerialNotAssigned,
    QuarantineReason::NoPrice,
    QuarantineReason::UnknownType,
    QuarantineReason::FutureTime,
];

/// Everything that waits: by reason, then the most events first, then by device.
///
/// # Errors
/// [`crate::EngineError`].
pub fn quarantine(store: &mut dyn Store, now: Timestamp) -> Result<Vec<Waiting>> {
    let mut tx = store.read()?;
    let tx = tx.as_mut();
    if tx.usage_log()?.last == 0 {
        return Ok(Vec::new());
    }
    let today = LineReader::now(tx, now)?.rules().day().arrived_on;
    let prices = Prices::load(tx, today)?;
    let mut groups = of_known_types(tx, &prices)?;
    groups.extend(of_unknown_types(tx)?);
    for group in groups.iter_mut().filter(|it| it.reason == QuarantineReason::NoPrice) {
        let around = standing(
            tx,
            &group.subject,
            (group.last_at, None),
            &BTreeMap::new(),
            &BTreeMap::new(),
        )?;
        group.holder = around.holder().map(|turn| (turn.unit.clone(), turn.offer.clone()));
    }
    let rank = |reason| ORDER.iter().position(|it| *it == reason);
    groups.sort_by(|a, b| {
        let key = |it: &Waiting| (rank(it.reason), -it.events);
        let names = |it: &Waiting| (it.subject.clone(), it.meter.clone(), it.unknown_type.clone());
        key(a).cmp(&key(b)).then_with(|| names(a).cmp(&names(b)))
    });
    Ok(groups)
}

fn of_known_types(tx: &mut dyn Tx, prices: &Prices) -> Result<Vec<Waiting>> {
    let index = log::caught_up(tx)?;
    let mut owners = Owners::default();
    let mut groups = Vec::new();
    for subjects in index.subjects().chunks(SUBJECTS_AT_ONCE) {
        let subjects: Vec<&str> = subjects.iter().map(String::as_str).collect();
        owners.load(tx, subjects.iter().copied())?;
        for series in index.series(&subjects).map_err(log::index_failed)? {
            if series.track.meter.is_none() {
                continue;
            }
            let owners = owners.of_series(&series);
            let mut waiting: BTreeMap<QuarantineReason, Vec<Point>> = BTreeMap::new();
            for point in series.points.iter().filter(|it| it.amended_on.is_none()) {
                let fate = metering::attribute(point.happened_at, &series.track, owners);
                if let Fate::Quarantined(reason) = fate {
                    waiting.entry(reason).or_default().push(point.clone());
                }
            }
            let track = Track { meter: series.track.meter.clone(), held: None };
            for (reason, points) in waiting {
                let (subject, track) = (series.subject.clone(), track.clone());
                groups.extend(prices.group(reason, Series { subject, track, points }));
            }
        }
    }
    Ok(groups)
}

/// Whether a segment holds lines that waited whatever the facts.
pub(super) fn has_held(head: &SegmentHead) -> bool {
    let outcomes = head.tallies.iter().filter_map(|it| LineOutcome::from_code(it.outcome));
    head.replay.is_none() && outcomes.into_iter().any(|it| matches!(it, LineOutcome::Held(_)))
}

/// What is asked for the value of usage that nobody is billed for.
pub(super) struct Prices {
    offers: Vec<OfferPublished>,
    meters: Vec<MeterPublished>,
    today: Date,
}

impl Prices {
    pub fn load(tx: &mut dyn Tx, today: Date) -> Result<Self> {
        let (offers, meters) = (contracts::offers(tx)?, contracts::meters(tx, i64::MAX, today)?);
        Ok(Self { offers, meters, today })
    }

    /// The points of one series that wait for the same thing.
    fn group(&self, reason: QuarantineReason, waiting: Series) -> Option<Waiting> {
        let (first, last) = (waiting.points.first()?, waiting.points.last()?);
        Some(Waiting {
            reason,
            meter: waiting.track.meter.clone(),
            unknown_type: None,
            subject: waiting.subject.clone(),
            events: i64::try_from(waiting.points.len()).unwrap_or(i64::MAX),
            first_at: first.happened_at,
            last_at: last.happened_at,
            segments: waiting.points.iter().map(|point| point.segment).collect(),
            estimate: self.estimate(&waiting),
            holder: None,
        })
    }

    /// What the points of a series would cost.
    pub fn estimate(&self, waiting: &Series) -> Option<Estimate> {
        let meter = waiting.track.meter.as_ref()?;
        let measure = &self.meters.iter().find(|it| it.code == *meter)?.measure;
        let list = price::list_price(&self.offers, meter, self.today)?;
        let holder = Possession {
            unit: UnitId::new("any").ok()?,
            from: Some(Timestamp::MIN),
            until: None,
            service_from: Some(Timestamp::MIN),
            priced: Arc::new(BTreeMap::from([(meter.clone(), None)])),
            held: Arc::default(),
        };
        let tomorrow = add_days(self.today, 1).ok()?;
        let buckets = metering::buckets(waiting, measure, &[holder], tomorrow).ok()?;
        let quantity = metering::combine(&buckets).ok()?.normalized();
        let value = list.of(quantity).ok()?;
        let (unit_price, offer) = (list.unit_price, list.offer.reference());
        Some(Estimate { quantity, unit_price, offer, value })
    }
}

/// Their types stand in the lines only.
fn of_unknown_types(tx: &mut dyn Tx) -> Result<Vec<Waiting>> {
    let unknown = LineOutcome::Held(QuarantineReason::UnknownType);
    let mut walker = Walker::default();
    let mut groups: BTreeMap<(String, String), Waiting> = BTreeMap::new();
    for head in tx.segment_heads(Date::MIN, Date::MAX)? {
        if !has_held(&head) {
            continue;
        }
        walker.walk(tx, head.sequence, &|it, _| it.outcome == unknown, &mut |head, line| {
            let event_type = cloud_events::read_line(line.raw)
                .and_then(|it| it.event_type)
                .map(std::borrow::Cow::into_owned);
            let (Some(subject), Some(at), Some(event_type)) =
                (line.look.subject, line.look.happened_at, event_type)
            else {
                return Ok(());
            };
            let key = (event_type.clone(), subject.clone());
            let group = groups.entry(key).or_insert_with(|| Waiting {
                reason: QuarantineReason::UnknownType,
                meter: None,
                unknown_type: Some(event_type),
                subject,
                events: 0,
                first_at: at,
                last_at: at,
                segments: BTreeSet::new(),
                estimate: None,
                holder: None,
            });
            group.events += 1;
            group.first_at = group.first_at.min(at);
            group.last_at = group.last_at.max(at);
            group.segments.insert(head.sequence);
            Ok(())
        })?;
    }
    Ok(groups.into_values().collect())
}
