//! What others say: the ERP, the device cloud, and devices whose usage nobody pays for.

use std::collections::{BTreeMap, BTreeSet};

use facts::unit::Held;
use facts::{ItemDelivered, ItemShipped, ShipmentId, UnitId};
use jiff::civil::Date;
use kernel::Money;

use crate::finding::{Finding, Kind, NextAction};
use crate::unit::Standing;

/// A shipment and its delivery, as one system has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErpShipment {
    /// The shipment.
    pub shipped: ItemShipped,
    /// Its delivery, when there is one.
    pub delivered: Option<ItemDelivered>,
}

/// A device as its cloud lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudDevice {
    /// The device.
    pub serial: String,
    /// What the cloud says of it.
    pub state: CloudState,
    /// Since when, when it says so.
    pub since: Option<Date>,
}

/// What a device cloud says of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloudState {
    /// Known, and never seen.
    Registered,
    /// Connected, or allowed to be.
    Active,
    /// Paused.
    Suspended,
    /// Gone for good.
    Retired,
}

impl CloudState {
    /// The stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Retired => "retired",
        }
    }
}

/// Usage of one device that waits in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldUsage {
    /// The device, as its events name it.
    pub serial: String,
    /// Who holds it, when a price is what is missing.
    pub unit: Option<UnitId>,
    /// How many events.
    pub events: i64,
    /// Civil day of the first.
    pub first_on: Date,
    /// Their estimated value; none when nothing prices their meter.
    pub value: Option<Money>,
}

/// Usage that no subscription pays for, by device.
#[must_use]
pub fn held_usage(held: Vec<HeldUsage>, today: Date) -> Vec<Finding> {
    let finding = |it: HeldUsage| {
        let kind = Kind::UsageWithoutSubscription;
        let mut finding =
            Finding::new(kind, NextAction::AssignDevice).since(Some(it.first_on), today);
        (finding.serial, finding.unit) = (Some(it.serial), it.unit);
        finding.events = Some(it.events);
        finding.stake.once = it.value;
        finding
    };
    held.into_iter().map(finding).collect()
}

/// Where the ERP and we tell different stories of shipments. Days are those of the zone of the
/// account, or of UTC where the unit is not known.
#[must_use]
pub fn erp(
    theirs: &[ErpShipment],
    ours: &[ErpShipment],
    standings: &[Standing],
    today: Date,
) -> Vec<Finding> {
    let by_unit: BTreeMap<&UnitId, &Standing> = standings.iter().map(|it| (&it.unit, it)).collect();
    let by_id = |all: &[ErpShipment]| -> BTreeMap<ShipmentId, ErpShipment> {
        all.iter().map(|it| (it.shipped.shipment.clone(), it.clone())).collect()
    };
    let (theirs, ours) = (by_id(theirs), by_id(ours));
    let finding = |kind, action, it: &ErpShipment| {
        let standing = by_unit.get(&it.shipped.unit).copied();
        let zone = standing.map(|it| it.zone.clone()).unwrap_or_else(kernel::Zone::utc);
        let mut finding = Finding::new(kind, action)
            .since(Some(zone.day_of(it.shipped.shipped_at)), standing.map_or(today, |it| it.today));
        finding.account = standing.map(|it| it.account.clone());
        finding.unit = Some(it.shipped.unit.clone());
        finding.serial = Some(it.shipped.serial.to_string());
        if let Some(standing) = standing {
            finding.stake = standing.price;
        }
        finding
    };
    let mut findings = Vec::new();
    for (id, their) in &theirs {
        match ours.get(id) {
            None => {
                let mut it = finding(Kind::ErpOnly, NextAction::ImportShipment, their);
                it.theirs = Some(id.to_string());
                findings.push(it);
            }
            Some(our) => {
                let differences = differences(our, their);
                if !differences.is_empty() {
                    let mut it = finding(Kind::ErpDiffers, NextAction::CompareShipment, our);
                    let side = |side: fn(&(String, String)) -> &String| {
                        let all: Vec<&str> =
                            differences.iter().map(|it| side(it).as_str()).collect();
                        Some(format!("{id}: {}", all.join(", ")))
                    };
                    (it.ours, it.theirs) = (side(|it| &it.0), side(|it| &it.1));
                    findings.push(it);
                }
            }
        }
    }
    for (id, our) in ours.iter().filter(|(id, _)| !theirs.contains_key(*id)) {
        let mut it = finding(Kind::NotInErp, NextAction::AskErp, our);
        it.ours = Some(id.to_string());
        findings.push(it);
    }
    findings
}

/// What two systems say of one shipment, ours first.
fn differences(ours: &ErpShipment, theirs: &ErpShipment) -> Vec<(String, String)> {
    let delivered = |it: &ErpShipment| match &it.delivered {
        Some(it) => format!("delivered_at {}", it.delivered_at),
        None => "not delivered".to_owned(),
    };
    let (a, b) = (&ours.shipped, &theirs.shipped);
    let pair = |name: &str, a: &dyn ToString, b: &dyn ToString| {
        (format!("{name} {}", a.to_string()), format!("{name} {}", b.to_string()))
    };
    let all = [
        (a.order_line != b.order_line).then(|| pair("order_line", &a.order_line, &b.order_line)),
        (a.unit != b.unit).then(|| pair("unit", &a.unit, &b.unit)),
        (a.serial != b.serial).then(|| pair("serial", &a.serial, &b.serial)),
        (a.shipped_at != b.shipped_at).then(|| pair("shipped_at", &a.shipped_at, &b.shipped_at)),
        (ours.delivered.as_ref().map(|it| it.delivered_at)
            != theirs.delivered.as_ref().map(|it| it.delivered_at))
        .then(|| (delivered(ours), delivered(theirs))),
    ];
    all.into_iter().flatten().collect()
}

/// Where the device cloud and we tell different stories of devices.
#[must_use]
pub fn cloud(devices: &[CloudDevice], standings: &[Standing], today: Date) -> Vec<Finding> {
    let mut holders: BTreeMap<&str, &Standing> = BTreeMap::new();
    for it in standings {
        for held in it.timeline.holdings.iter().filter(|held| held.from.is_some()) {
            // Of all who held it, who holds it still, or else who held it last.
            let known = holders.entry(held.serial.as_str()).or_insert(it);
            if last_turn(known, &held.serial) < last_turn(it, &held.serial) {
                *known = it;
            }
        }
    }
    let mut findings = Vec::new();
    for device in devices {
        let holder = holders.get(device.serial.as_str()).copied();
        findings.extend(of_device(device, holder, today));
    }
    let listed: BTreeSet<&str> = devices.iter().map(|it| it.serial.as_str()).collect();
    let missing = |it: &&Standing| {
        let held = it.device().filter(|_| it.is_in_service());
        held.is_some_and(|held| !listed.contains(held.serial.as_str()))
    };
    for it in standings.iter().filter(missing) {
        let since = it.timeline.start.as_ref().map(|start| it.zone.day_of(start.start_at));
        let mut finding = it.finding(Kind::NotInCloud, NextAction::RegisterDevice, since);
        finding.stake.per_period = it.price.per_period;
        findings.push(finding);
    }
    findings
}

/// When the turn of a holder with a device ends: later is more, and an open end is most.
fn last_turn(it: &Standing, serial: &facts::DeviceSerial) -> (bool, Option<jiff::Timestamp>) {
    let turns = it.timeline.holdings.iter().filter(|held| held.serial == *serial);
    let end = |held: &Held| (held.until.is_none(), held.until.or(held.from));
    turns.map(end).max().unwrap_or_default()
}

fn of_device(device: &CloudDevice, holder: Option<&Standing>, today: Date) -> Option<Finding> {
    let is_active = device.state == CloudState::Active;
    let Some(it) = holder else {
        let finding = Finding::new(Kind::CloudWithoutUnit, NextAction::AssignOrRetire);
        let mut finding = finding.since(device.since, today);
        finding.serial = Some(device.serial.clone());
        finding.theirs = Some(device.state.key().to_owned());
        return is_active.then_some(finding);
    };
    let holds = it.device().is_some_and(|held| held.serial.as_str() == device.serial);
    let (kind, action, ours) = match (is_active, it) {
        (true, it) if it.is_returned() => {
            (Kind::CloudActiveNotServed, NextAction::Deactivate, "returned")
        }
        (true, _) if !holds => {
            (Kind::CloudActiveNotServed, NextAction::Deactivate, "no longer held")
        }
        (true, it) if it.is_suspended() => {
            (Kind::CloudActiveNotServed, NextAction::Deactivate, "suspended")
        }
        (true, it) if it.timeline.start.is_none() => {
            (Kind::CloudActiveNotStarted, NextAction::SendSignal, "not started")
        }
        (false, it) if it.is_in_service() && holds => {
            (Kind::CloudInactiveBilled, NextAction::CheckDevice, "in service")
        }
        _ => return None,
    };
    let mut finding = it.finding(kind, action, device.since);
    finding.serial = Some(device.serial.clone());
    // What is not served is not paid: its connectivity costs, and that is not our price.
    let is_paid = kind != Kind::CloudActiveNotServed;
    finding.stake.per_period = it.price.per_period.filter(|_| is_paid);
    finding.ours = Some(ours.to_owned());
    finding.theirs = Some(device.state.key().to_owned());
    Some(finding)
}
