//! When a device, or a part of its price, is due: read from the offer and the life of its unit.

use facts::ComponentCode;
use facts::offer::{ChargeRule, Component, Milestone, OpenParts};
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
