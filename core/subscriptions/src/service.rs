//! Recurring service. Per unit and day, what the known facts say is compared with what was
//! billed: a day not billed at its plan is charged, a billed day without service, or at another
//! plan, is credited (`data/smart-fleet/README.md` §3).

use std::collections::{BTreeMap, BTreeSet};

use facts::billed::Billed;
use facts::charge::{DayShare, UnitStart};
use facts::device::{DeviceDetail, ServiceState};
use facts::hold::HeldDays;
use facts::offer::{Alignment, ChargeRule, Component, Every, Proration, StoppedDays, Timing};
use facts::unit::{ChangeAction, Timeline};
use facts::{Charge, ChargeKind, ComponentCode, InvoiceGroup, OfferRef, PlanCode, UnitId};
use jiff::civil::Date;
use kernel::calendar::DateOutOfRange;
use kernel::{Period, Tile, Zone};
use pricing::proration::Others;

use crate::amount::{Line, Members};
use crate::ordered::{Prices, Together};
use crate::states::days_in;
use crate::stopped::{LastDay, stops, used_later};
use crate::{BillDay, ChargeError, UnitContract};

/// The service days of a unit before `horizon`: from the day of its start (included) to the day
/// of its end (excluded), without suspended and held days. Time of day does not matter.
#[must_use]
pub fn service_days(timeline: &Timeline, zone: &Zone, horizon: Date) -> BTreeSet<Date> {
    served(timeline, zone, (Date::MIN, horizon), LastDay::Excluded).collect()
}

/// The service days of a unit from a day on and before `horizon`, in order.
pub(crate) fn served(
    timeline: &Timeline,
    zone: &Zone,
    (from, horizon): (Date, Date),
    last_day: LastDay,
) -> impl Iterator<Item = Date> {
    let ended_on = timeline.ended_at.map(|at| last_day.after(zone.day_of(at)));
    let ended_on = ended_on.map_or(horizon, |day| day.min(horizon));
    let stops = stops(timeline, zone, last_day);
    let start = timeline.start.as_ref().map(|start| zone.day_of(start.start_at).max(from));
    let days = start.into_iter().flat_map(move |start| days_between(start, ended_on));
    days.filter(move |day| !stops.iter().any(|it| it.has(*day)))
}

pub(crate) fn days_between(from: Date, to: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), |day| day.tomorrow().ok()).take_while(move |day| *day < to)
}

/// The plan of a unit on a day: that of the last change whose effective day is on or before it,
/// or the first plan of the offer. A plan of the contract before counts where this offer has it.
fn plan_on<'a>(contract: &UnitContract<'a>, zone: &Zone, day: Date) -> Option<&'a PlanCode> {
    let changed = contract.timeline.changes.iter().rev().find_map(|it| match &it.action {
        ChangeAction::Plan(plan)
            if zone.day_of(it.effective_at) <= day && contract.offer.plans.contains(plan) =>
        {
            Some(plan)
        }
        _ => None,
    });
    changed.or(contract.offer.plans.first())
}

/// The service days of a unit in a period, as known.
#[must_use]
pub fn service_days_in(timeline: &Timeline, zone: &Zone, period: Period) -> BTreeSet<Date> {
    served(timeline, zone, (period.from(), period.to()), LastDay::Excluded).collect()
}

/// What runs must share to stand on one line, in the order of the lines.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    offer: OfferRef,
    component: ComponentCode,
    kind: ChargeKind,
    period: Period,
    /// The charge period that it is a part of.
    around: Tile,
    days: DayShare,
    quantity_each: u32,
    together: Together,
    group: Option<&'a InvoiceGroup>,
}

struct Group<'a> {
    line: Line<'a>,
    members: Members,
}

pub(crate) fn due<'a>(
    units: &[UnitContract<'a>],
    prices: &mut Prices<'a>,
    billed: &Billed,
    day: BillDay<'_>,
) -> Result<Vec<Charge>, ChargeError> {
    let mut groups = BTreeMap::new();
    for contract in units {
        for component in &contract.offer.components {
            if contract.line.components.contains_key(&component.code) {
                compare(contract, component, prices, billed, day, &mut groups)?;
            }
        }
    }
    groups.into_values().map(|Group { line, members }| line.charge(members)).collect()
}

/// Compares the days that one component of one unit should be billed with those that were.
fn compare<'a>(
    contract: &UnitContract<'a>,
    component: &'a Component,
    prices: &mut Prices<'a>,
    billed: &Billed,
    day: BillDay<'_>,
    groups: &mut BTreeMap<Key<'a>, Group<'a>>,
) -> Result<(), ChargeError> {
    let ChargeRule::Recurring { price, timing, plan, every, state } = &component.charge else {
        return Ok(());
    };
    let nothing = BTreeSet::new();
    let key = (component.code.clone(), contract.unit.clone());
    let billed_days = billed.service_days.get(&key).unwrap_or(&nothing);
    let periods = ChargePeriods::of(contract, *every, billed_days, day);
    let horizon = periods.horizon(*timing)?;
    let policy = contract.offer.proration;
    let range = (billed.from.unwrap_or(Date::MIN), horizon, LastDay::of(policy));
    let wanted = wanted(contract, (*state, plan.as_ref()), day.zone, range);
    let quantity_each = contract.line.components.get(&component.code).copied().unwrap_or_default();
    let is_first = !has_been_billed(billed, contract);
    let settled = billed.service_days_settled.get(&key).unwrap_or(&nothing);
    let goes_on = goes_on(contract, plan.as_ref(), day.zone, horizon);
    // Only days of service are paid in advance, so that only these can be used later.
    let later = (state.is_active() && contract.offer.stopped_days == StoppedDays::UsedLater)
        .then(|| stops(contract.timeline, day.zone, LastDay::of(policy)));
    let sides = sides((later.as_deref(), goes_on), [&wanted, billed_days, settled]);
    let mut held = Held::of(policy, billed_days);
    for (kind, days) in sides {
        for (run, around) in runs(days.into_iter(), periods)? {
            let share = prices.of_unit(contract, component, price)?;
            let together = share.together(contract.order);
            let others = held.others(kind, run, around.period);
            let days = pricing::proration::share(policy, others, run, around, periods.months());
            let line = Line {
                offer: contract.offer,
                component,
                kind,
                share,
                quantity_each,
                period: Some(run),
                days: Some(days),
                instalment: None,
                device: DeviceDetail {
                    ownership: component.device.ownership,
                    state: *state,
                    ..DeviceDetail::default()
                },
                group: contract.line.invoice.as_ref(),
            };
            let key = Key {
                offer: contract.offer.reference(),
                component: component.code.clone(),
                kind,
                period: run,
                around,
                days,
                quantity_each,
                together,
                group: line.group,
            };
            let group = groups.entry(key).or_insert(Group { line, members: Members::default() });
            group.members.units.push(contract.unit.clone());
            if is_first && state.is_active() && begins(contract, day.zone, run) {
                group.members.starts.extend(start_of(contract));
            }
        }
    }
    Ok(())
}

/// The days in a state, and on a plan where one is named.
fn wanted(
    contract: &UnitContract<'_>,
    (state, plan): (ServiceState, Option<&PlanCode>),
    zone: &Zone,
    range: (Date, Date, LastDay),
) -> BTreeSet<Date> {
    let mut days = days_in(state, contract.timeline, zone, range);
    if plan.is_some() {
        days.retain(|day| plan_on(contract, zone, *day) == plan);
    }
    days
}

/// The days of a component of a unit that are charged, from run to run.
struct Held(Option<BTreeSet<Date>>);

impl Held {
    /// Where each day costs the same, nobody asks for the others.
    fn of(policy: Proration, billed_days: &BTreeSet<Date>) -> Self {
        let by_day = matches!(policy, Proration::DaysHalfOpen | Proration::DaysInclusive);
        Self((!by_day).then(|| billed_days.clone()))
    }

    /// The other days of its period, while a run is charged or given back.
    fn others(&mut self, kind: ChargeKind, run: Period, period: Period) -> Others {
        let Some(days) = &mut self.0 else { return Others::default() };
        days.retain(|day| !run.contains(*day));
        let of_period = days.range(period.from()..period.to());
        let others = Others {
            days: i64::try_from(of_period.count()).unwrap_or(i64::MAX),
            have_first: days.contains(&period.from()),
        };
        if kind == ChargeKind::ServiceCharge {
            days.extend(run.each_day());
        }
        others
    }
}

/// The days to give back and the days to charge: in this order, so that a charge finds what is
/// left.
fn sides(
    (used_later_of, goes_on): (Option<&[HeldDays]>, bool),
    [wanted, billed, settled]: [&BTreeSet<Date>; 3],
) -> [(ChargeKind, Vec<Date>); 2] {
    let given_back = billed.difference(wanted).filter(|day| !settled.contains(*day));
    let mut to_charge: Vec<Date> = wanted.difference(billed).copied().collect();
    let mut to_give_back: Vec<Date> = given_back.copied().collect();
    if let Some(stops) = used_later_of {
        (to_charge, to_give_back) = used_later(to_charge, to_give_back, stops, goes_on);
    }
    [(ChargeKind::ServiceCredit, to_give_back), (ChargeKind::ServiceCharge, to_charge)]
}

/// Whether the unit is in service after a day, and on this plan.
fn goes_on(
    contract: &UnitContract<'_>,
    plan: Option<&PlanCode>,
    zone: &Zone,
    horizon: Date,
) -> bool {
    let has_ended = contract.timeline.ended_at.is_some_and(|at| zone.day_of(at) <= horizon);
    let has_started = contract.timeline.start.is_some();
    has_started && !has_ended && plan.is_none_or(|it| plan_on(contract, zone, horizon) == Some(it))
}

/// Whether any service of the unit is on an earlier invoice.
fn has_been_billed(billed: &Billed, contract: &UnitContract<'_>) -> bool {
    contract.offer.components.iter().any(|component| {
        let ChargeRule::Recurring { state: ServiceState::Active, .. } = component.charge else {
            return false;
        };
        let key: (ComponentCode, UnitId) = (component.code.clone(), contract.unit.clone());
        billed.service_days.get(&key).is_some_and(|days| !days.is_empty())
    })
}

fn begins(contract: &UnitContract<'_>, zone: &Zone, run: Period) -> bool {
    contract.timeline.start.as_ref().is_some_and(|it| zone.day_of(it.start_at) == run.from())
}

fn start_of(contract: &UnitContract<'_>) -> Option<UnitStart> {
    let start = contract.timeline.start.as_ref()?;
    Some(UnitStart {
        unit: contract.unit.clone(),
        start_at: start.start_at,
        evidence: start.evidence.clone(),
    })
}

/// The charge periods of one component of one unit.
#[derive(Clone, Copy)]
pub(crate) struct ChargePeriods<'a> {
    every: Option<Every>,
    /// The day that they are counted from, where it is one of the unit.
    anchor: Date,
    day: BillDay<'a>,
}

impl<'a> ChargePeriods<'a> {
    /// Of a unit that has no start any more, whose days are given back: counted from the first
    /// day that was billed.
    fn of(
        contract: &UnitContract<'_>,
        every: Option<Every>,
        billed_days: &BTreeSet<Date>,
        day: BillDay<'a>,
    ) -> Self {
        let started_on = contract.timeline.start.as_ref().map(|it| day.zone.day_of(it.start_at));
        let anchor = match every.map(|it| it.align) {
            Some(Alignment::Order) => contract.ordered_on,
            _ => started_on.or(billed_days.first().copied()).unwrap_or(day.issued_on),
        };
        Self { every, anchor, day }
    }

    fn tile_of(self, day: Date) -> Result<Tile, DateOutOfRange> {
        match self.every {
            None => self.day.cycle.tile_of(day),
            Some(Every { interval, align: Alignment::Account }) => {
                interval.in_calendar(self.day.cycle, day)
            }
            Some(Every { interval, .. }) => Ok(interval.period_of(self.anchor, day)?.into()),
        }
    }

    /// The end of what is due: of the period that has begun, or of the last that has ended.
    fn horizon(self, timing: Timing) -> Result<Date, DateOutOfRange> {
        let current = self.tile_of(self.day.issued_on)?.period;
        Ok(match timing {
            Timing::InAdvance => current.to(),
            Timing::InArrears => current.from(),
        })
    }

    /// Of one period; weeks are not counted in months.
    fn months(self) -> u16 {
        self.every.and_then(|it| it.interval.months()).unwrap_or(1)
    }
}

/// The end of what each charge with periods of its own may bill of any unit.
pub(crate) fn horizons(
    units: &[UnitContract<'_>],
    billed: &Billed,
    day: BillDay<'_>,
) -> Result<BTreeMap<(OfferRef, ComponentCode), Date>, ChargeError> {
    let nothing = BTreeSet::new();
    let mut horizons = BTreeMap::new();
    for contract in units {
        for component in &contract.offer.components {
            let ChargeRule::Recurring { timing, every: Some(every), .. } = component.charge else {
                continue;
            };
            let billed = billed.service_days.get(&(component.code.clone(), contract.unit.clone()));
            let billed = billed.unwrap_or(&nothing);
            let periods = ChargePeriods::of(contract, Some(every), billed, day);
            // What is given back was billed, and can lie beyond it.
            let billed_to = billed.last().and_then(|day| day.tomorrow().ok());
            let horizon = billed_to.into_iter().chain([periods.horizon(timing)?]).max();
            let key = (contract.offer.reference(), component.code.clone());
            let most = horizons.entry(key).or_insert(Date::MIN);
            *most = horizon.unwrap_or(*most).max(*most);
        }
    }
    Ok(horizons)
}

/// Maximal runs of consecutive days, each inside one charge period.
fn runs(
    days: impl Iterator<Item = Date>,
    periods: ChargePeriods<'_>,
) -> Result<Vec<(Period, Tile)>, DateOutOfRange> {
    let mut runs: Vec<(Period, Tile)> = Vec::new();
    for this in days {
        let next = this.tomorrow().map_err(|_| DateOutOfRange)?;
        if let Some((run, around)) = runs.last_mut()
            && run.to() == this
            && around.period.contains(this)
        {
            *run = Period::new(run.from(), next).map_err(|_| DateOutOfRange)?;
        } else {
            let run = Period::new(this, next).map_err(|_| DateOutOfRange)?;
            runs.push((run, periods.tile_of(this)?));
        }
    }
    Ok(runs)
}
