//! What is held on a day, asked of one hold after the other.

use facts::hold::{Blocked, HoldTarget};
use facts::{HoldPlaced, InvoiceIssued};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::world::{Contract, Knowledge, Logged, World};

/// The last day of a hold, as far as its release is known: the first day that is not held.
fn ends_on(world: &World, hold: &HoldPlaced, knowledge: Knowledge) -> Option<Date> {
    let of_hold = world.releases.iter().filter(|it| it.it.hold == hold.hold);
    let mut known = of_hold.filter(|it| knowledge.has(it, it.it.recorded_at));
    known.next().map(|it| it.it.until)
}

/// Whether a hold that is known lasts on a day.
fn lasts(world: &World, hold: &Logged<HoldPlaced>, knowledge: Knowledge, day: Date) -> bool {
    let is_known = knowledge.has(hold, hold.it.recorded_at);
    let is_over = ends_on(world, &hold.it, knowledge).is_some_and(|end| end <= day);
    is_known && hold.it.from <= day && !is_over
}

/// The holds that concern a unit: its own, those of units that it goes on for, of its contract and
/// of its account.
pub(crate) fn of_unit<'a>(
    world: &'a World,
    contract: Contract<'_>,
    what: Blocked,
) -> Vec<&'a Logged<HoldPlaced>> {
    if world.holds.is_empty() {
        return Vec::new();
    }
    let mut units = Vec::new();
    for it in world.contracts_of_device(contract.unit) {
        units.push(it.unit);
        if it.unit == contract.unit {
            break;
        }
    }
    let concerns = |it: &&Logged<HoldPlaced>| match &it.it.target {
        HoldTarget::Unit(unit) => units.contains(&unit),
        HoldTarget::Line(line) => *line == contract.line.line,
        HoldTarget::Account => it.it.account == contract.order.account,
    };
    let blocks = |it: &&Logged<HoldPlaced>| it.it.blocks.contains(&what);
    world.holds.iter().filter(blocks).filter(concerns).collect()
}

/// The hold among some that lasts on a day; none: nobody holds.
pub(crate) fn on_day<'a>(
    world: &World,
    holds: &[&'a Logged<HoldPlaced>],
    knowledge: Knowledge,
    day: Date,
) -> Option<&'a HoldPlaced> {
    holds.iter().find(|it| lasts(world, it, knowledge, day)).map(|it| &it.it)
}

/// The days on which the service of a unit is held, as far as it is known.
pub(crate) fn spans(
    world: &World,
    contract: Contract<'_>,
    knowledge: Knowledge,
) -> Vec<(Date, Option<Date>)> {
    let known = |it: &&Logged<HoldPlaced>| knowledge.has(it, it.it.recorded_at);
    let holds = of_unit(world, contract, Blocked::Service).into_iter().filter(known);
    holds.map(|it| (it.it.from, ends_on(world, &it.it, knowledge))).collect()
}

/// Who holds a unit for billing on the day of an invoice, by all that was recorded before it.
pub(crate) fn for_billing<'a>(
    world: &'a World,
    contract: Contract<'_>,
    invoice: &Logged<InvoiceIssued>,
) -> Option<&'a HoldPlaced> {
    let holds = of_unit(world, contract, Blocked::Billing);
    on_day(world, &holds, recorded_before(invoice.sequence), invoice.it.issued_on)
}

/// What stood in the log before a position, whenever it happened.
pub(crate) const fn recorded_before(sequence: i64) -> Knowledge {
    Knowledge { before_sequence: sequence, before: Timestamp::MAX }
}
