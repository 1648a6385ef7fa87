//! What is billed once: devices, parts of their price, fees of orders; in words that tell all of
//! them apart and stand in a sentence.

use facts::charge::Charge;
use facts::{ChargeKind, ComponentCode, OrderId, UnitId};
use jiff::civil::Date;

/// A device.
pub(crate) fn device(component: &ComponentCode, unit: &UnitId) -> String {
    format!("{component} of unit {unit}")
}

/// A part of the price of a device.
pub(crate) fn part(number: u16, component: &ComponentCode, unit: &UnitId) -> String {
    format!("part {number} of {component} of unit {unit}")
}

/// A fee of an order.
pub(crate) fn fee(component: &ComponentCode, order: &OrderId) -> String {
    format!("{component} of order {order}")
}

/// What a loss costs.
pub(crate) fn loss(component: &ComponentCode, unit: &UnitId) -> String {
    format!("{component} for the loss of unit {unit}")
}

/// A change of the state of a unit.
pub(crate) fn state_change(component: &ComponentCode, unit: &UnitId, day: Date) -> String {
    format!("{component} for the state of unit {unit} from {day}")
}

/// What a charge bills (1) or gives back (−1) once.
pub(crate) fn things_of(charge: &Charge) -> (i64, Vec<String>) {
    let component = &charge.component;
    let number = charge.instalment.map_or(0, |it| it.number);
    let devices = || charge.units.iter().map(|unit| device(component, unit)).collect();
    let parts = || charge.units.iter().map(|unit| part(number, component, unit)).collect();
    match charge.kind {
        // What is given back by age is judged by `returns`: the device stays billed.
        _ if charge.device.returned.is_some() => (0, Vec::new()),
        ChargeKind::HardwareSale => (1, devices()),
        ChargeKind::HardwareReturnCredit => (-1, devices()),
        ChargeKind::HardwareInstalment => (1, parts()),
        ChargeKind::HardwareInstalmentCredit => (-1, parts()),
        ChargeKind::LossFee => (1, charge.units.iter().map(|unit| loss(component, unit)).collect()),
        ChargeKind::StateFee => (1, state_changes(charge).map(|(_, thing)| thing).collect()),
        ChargeKind::StateFeeCredit => (-1, state_changes(charge).map(|(_, thing)| thing).collect()),
        ChargeKind::OrderFee => {
            (1, charge.orders.iter().map(|order| fee(component, order)).collect())
        }
        ChargeKind::ServiceCharge
        | ChargeKind::ServiceCredit
        | ChargeKind::UsageCharge
        | ChargeKind::UsageAdjustment
        | ChargeKind::UsageCredit
        | ChargeKind::UsageRecharge
        | ChargeKind::UsageWriteOff
        | ChargeKind::UsageShadow
        | ChargeKind::CommitmentTrueUp => (0, Vec::new()),
    }
}

/// The changes of state that a charge is for, each with its unit; none of another charge.
pub(crate) fn state_changes(charge: &Charge) -> impl Iterator<Item = (&UnitId, String)> {
    let day = charge.device.change.and(charge.period).map(|period| period.from());
    day.into_iter().flat_map(move |day| {
        let of_unit = move |unit| (unit, state_change(&charge.component, unit, day));
        charge.units.iter().map(of_unit)
    })
}
