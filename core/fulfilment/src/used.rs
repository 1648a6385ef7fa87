//! What usage says of the start of a unit: its first usage, and the day that ends its test
//! (ADR 0038). A function of the facts about the unit and of the events of its devices.

use std::collections::BTreeMap;

use facts::offer::StartTrigger;
use facts::unit::Timeline;
use facts::{DeviceSerial, MeterCode, UnitUsed};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Quantity;

use crate::timeline::{StartRule, UnitEvidence, timeline, timeline_with};

/// Something that a device used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The device.
    pub serial: DeviceSerial,
    /// When.
    pub at: Timestamp,
    /// What was measured.
    pub meter: MeterCode,
    /// How much.
    pub quantity: Quantity,
}

/// What usage says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Uses {
    /// The first usage while the unit holds the device, not before the milestone of the policy.
    pub first_at: Option<Timestamp>,
    /// The first day by whose end the test had used what ends it.
    pub used_up_on: Option<Date>,
}

impl From<&UnitUsed> for Uses {
    fn from(said: &UnitUsed) -> Self {
        Self { first_at: said.first_at, used_up_on: said.used_up_on }
    }
}

/// Whether a unit has another life by what usage says now. What changes nothing is not worth a
/// fact: usage from after the start is not even looked at when it comes.
#[must_use]
pub fn moves(evidence: &UnitEvidence, rule: StartRule<'_>, (before, now): (Uses, Uses)) -> bool {
    before != now && timeline_with(evidence, before, rule) != timeline_with(evidence, now, rule)
}

/// Works out what events, in any order, say of the start of a unit.
#[must_use]
pub fn uses(evidence: &UnitEvidence, rule: StartRule<'_>, events: &[Use]) -> Uses {
    let evidence = UnitEvidence { used: Vec::new(), ..evidence.clone() };
    let first_at = first_use(&timeline(&evidence, rule), rule, events);
    let mut found = Uses { first_at, used_up_on: None };
    let Some(until) = rule.policy.test.as_ref().and_then(|test| test.until.as_ref()) else {
        return found;
    };
    // When the test begins can depend on the first usage.
    let life = timeline_with(&evidence, found, rule);
    let Some(test_from) = life.test_from else { return found };
    let mut by_day: BTreeMap<Date, Quantity> = BTreeMap::new();
    let counts = |it: &&Use| it.meter == until.meter && it.at >= test_from && is_held(&life, it);
    for event in events.iter().filter(counts) {
        let sum = by_day.entry(rule.zone.day_of(event.at)).or_insert(Quantity::ZERO);
        *sum = sum.plus(event.quantity).unwrap_or(*sum);
    }
    let mut so_far = Quantity::ZERO;
    found.used_up_on = by_day.into_iter().find_map(|(day, used)| {
        so_far = so_far.plus(used).unwrap_or(so_far);
        (so_far >= until.quantity).then_some(day)
    });
    found
}

fn first_use(life: &Timeline, rule: StartRule<'_>, events: &[Use]) -> Option<Timestamp> {
    if !rule.policy.first_of.contains(&StartTrigger::FirstUsage) {
        return None;
    }
    let not_before = match rule.policy.not_before {
        None => Timestamp::MIN,
        Some(milestone) => life.reached(milestone)?,
    };
    let counts = |it: &&Use| it.at >= not_before && is_held(life, it);
    events.iter().filter(counts).map(|it| it.at).min()
}

fn is_held(life: &Timeline, event: &Use) -> bool {
    life.holdings.iter().any(|it| it.serial == event.serial && it.at(event.at))
}
