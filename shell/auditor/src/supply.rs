//! When a device, or a part of its price, is due: read from the offer and the life of its unit.

use facts::ComponentCode;
use facts::device::PartDue;
use facts::offer::{ChargeRule, Component, Milestone, OpenParts};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::calendar::{count_days, plus_months};
use crate::life::Life;
use crate::ratio::Ratio;
use crate::world::Contract;

/// The milestone with which a component of a contract is due.
pub(crate) fn milestone_of(contract: Contract<'_>, component: &ComponentCode) -> Milestone {
    match contract.offer.component(component).map(|it| &it.charge) {
        Some(ChargeRule::OnceDelivered { at, .. } | ChargeRule::Instalments { at, .. }) => *at,
        _ => Milestone::Delivered,
    }
}

/// What of the price of a device is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GivenBack {
    /// All, when it came back within the window of the offer.
    ByWindow(bool),
    /// The part that is agreed on for its age; it stays billed.
    ByAge(Option<Ratio>),
}

impl GivenBack {
    /// Whether nothing more of the device is due.
    pub(crate) fn is_whole(self) -> bool {
        match self {
            Self::ByWindow(is_back) => is_back,
            Self::ByAge(share) => share == Ratio::new(1, 1),
        }
    }
}

/// What is given back of a component, as far as its device is known to be back.
pub(crate) fn share_at_return(
    contract: Contract<'_>,
    life: &Life<'_>,
    component: &Component,
) -> GivenBack {
    let day = |at| life.zone().day_of(at);
    let kept = life.delivered_at.zip(life.returned_at());
    let kept = kept.map(|(from, to)| count_days(day(from), day(to)));
    let steps = &component.device.return_credit;
    if steps.is_empty() {
        let window = contract.offer.return_window_days.map(i64::from);
        return GivenBack::ByWindow(kept.zip(window).is_some_and(|(kept, window)| kept <= window));
    }
    // The most of what any step gives that the device is young enough for.
    let young = |within: u16| kept.is_some_and(|kept| kept <= i64::from(within));
    let shares = steps.iter().filter(|step| young(step.within_days));
    let most = shares.max_by_key(|step| step.percent);
    GivenBack::ByAge(most.map_or(Some(Ratio::ZERO), |step| Ratio::of_percent(step.percent)))
}

/// The day on which a part of the price of a device is due, and whether that is before its time;
/// none: nothing is known of the device, or it never is due. That it came back in time is left
/// aside.
pub(crate) fn part_due_on(
    contract: Contract<'_>,
    life: &Life<'_>,
    component: &ComponentCode,
    number: u16,
) -> Option<(Date, bool)> {
    let rule = &contract.offer.component(component)?.charge;
    if let ChargeRule::Milestones { parts, on_end, .. } = rule {
        let part = parts.get(usize::from(number).checked_sub(1)?)?;
        return milestone_due_on(contract, life, part.due, *on_end);
    }
    let ChargeRule::Instalments { count, deposit, on_end, at, .. } = rule else { return None };
    if number > *count || (number == 0 && deposit.is_none()) {
        return None;
    }
    let first = life.zone().day_of(life.reached(*at)?);
    // The deposit is due with the first part.
    let months = if number == 0 { 0 } else { i64::from(number) - 1 };
    let agreed = plus_months(first, months)?;
    match (on_end, life.given_up_at().map(|at| life.zone().day_of(at))) {
        (OpenParts::DueAtOnce, Some(end)) if end < agreed => {
            Some((first.max(end), first.max(end) < agreed))
        }
        (OpenParts::Waived, Some(end)) if end < agreed => None,
        _ => Some((agreed, false)),
    }
}

/// The same of a part of a price that is due with a milestone or on a day.
fn milestone_due_on(
    contract: Contract<'_>,
    life: &Life<'_>,
    due: PartDue,
    on_end: OpenParts,
) -> Option<(Date, bool)> {
    let ordered_on = contract.order.ordered_on;
    let agreed = part_day(contract, life, due);
    let end = life.given_up_at().map(|at| life.zone().day_of(at));
    let cut = end.filter(|end| agreed.is_none_or(|agreed| *end < agreed));
    match (on_end, cut) {
        (OpenParts::DueAtOnce, Some(end)) => {
            let day = end.max(ordered_on);
            Some((day, Some(day) != agreed))
        }
        (OpenParts::Waived, Some(_)) => None,
        _ => agreed.map(|day| (day, false)),
    }
}

/// The day that was agreed on for a part, as far as it is known.
fn part_day(contract: Contract<'_>, life: &Life<'_>, due: PartDue) -> Option<Date> {
    let ordered_on = contract.order.ordered_on;
    match due {
        PartDue::Ordered => Some(ordered_on),
        PartDue::On(day) => Some(day.max(ordered_on)),
        PartDue::At(milestone) => life.reached(milestone).map(|at| life.zone().day_of(at)),
    }
}

/// The instant that a line names for a part that is due with a milestone or on a day.
pub(crate) fn part_start(
    contract: Contract<'_>,
    life: &Life<'_>,
    due: PartDue,
    at_once: bool,
) -> Option<Timestamp> {
    match due {
        PartDue::At(milestone) if !at_once => life.reached(milestone),
        PartDue::On(_) if !at_once => life.zone().start_of(part_day(contract, life, due)?).ok(),
        _ => life.zone().start_of(contract.order.ordered_on).ok(),
    }
}
