//! What we know ourselves: one unit after the other.

use facts::charge::Charge;
use facts::offer::AfterDeadline;
use facts::unit::{ChangeAction, Held, ServiceStart, Timeline};
use facts::{AccountId, ChargeKind, UnitId};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::calendar::add_months;
use kernel::money::MoneyError;
use kernel::rounding::allocate;
use kernel::{Money, Zone};

use crate::finding::{Finding, Kind, NextAction, Stake};

/// A unit, and everything that is asked about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The unit.
    pub unit: UnitId,
    /// Who is billed.
    pub account: AccountId,
    /// Zone of the account.
    pub zone: Zone,
    /// Civil day of the report in that zone.
    pub today: Date,
    /// What happened to it, as an invoice of today knows it.
    pub timeline: Timeline,
    /// When its service starts, also when that lies ahead.
    pub start: Option<ServiceStart>,
    /// Whether a signal of its device counts as activation.
    pub can_be_activated: bool,
    /// The first such signal of a device while it held it, before or after delivery.
    pub activated_at: Option<Timestamp>,
    /// What an invoice of today would bill of it, or give back, for what is over and begun.
    pub due: Vec<Due>,
    /// What was billed of it and not given back.
    pub billed: Option<Money>,
    /// What it costs: once for the device, and in each bill period.
    pub price: Stake,
    /// What it costs when the device does not go back; none: it is sold.
    pub to_return: Option<Stake>,
    /// The next bill day of its account, when it lies ahead; none: none is set, or it is overdue.
    pub next_bill_on: Option<Date>,
}

/// The part of one unit in a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// What for.
    pub kind: ChargeKind,
    /// The first day that it is for, when it is for days; or that of a part of a price.
    pub from: Option<Date>,
    /// Which part of the price of a device, when it is one, from 1.
    pub part: Option<u16>,
    /// How much; below zero when it is given back.
    pub amount: Money,
}

impl Due {
    /// The parts of the units that share a charge, which sum to it: equal ones, and of what is left
    /// a minor unit each for the first.
    pub fn of_charge(charge: &Charge) -> impl Iterator<Item = (&UnitId, Self)> {
        let amounts = allocate(charge.amount.minor, &vec![1; charge.units.len()]);
        let amounts = amounts.unwrap_or_default().into_iter();
        let amounts = amounts.map(|minor| Money { minor, ..charge.amount });
        let part_on = charge.device.part.and_then(|part| part.due_on);
        let (kind, from) = (charge.kind, charge.period.map(|it| it.from()).or(part_on));
        let part = charge.instalment.map(|it| it.number);
        let due = move |amount| Self { kind, from, part, amount };
        charge.units.iter().zip(amounts).map(move |(unit, amount)| (unit, due(amount)))
    }

    const fn is_service(&self) -> bool {
        matches!(self.kind, ChargeKind::ServiceCharge | ChargeKind::ServiceCredit)
    }
}

impl Standing {
    /// The device that it holds, or that is on its way.
    #[must_use]
    pub fn device(&self) -> Option<&Held> {
        self.timeline.holdings.iter().rev().find(|held| held.from.is_some())
    }

    /// Whether its service is suspended today.
    #[must_use]
    pub fn is_suspended(&self) -> bool {
        let last = self.timeline.changes.iter().rev().find(|it| {
            let is_pause = matches!(it.action, ChangeAction::Suspend | ChangeAction::Resume);
            is_pause && self.zone.day_of(it.effective_at) <= self.today
        });
        last.is_some_and(|it| it.action == ChangeAction::Suspend)
    }

    /// Whether it is back.
    #[must_use]
    pub const fn is_returned(&self) -> bool {
        self.timeline.returned_at.is_some()
    }

    /// Whether service days of it are to be billed today.
    #[must_use]
    pub fn is_in_service(&self) -> bool {
        let has_ended = |at| self.zone.day_of(at) <= self.today;
        let ended = self.timeline.ended_at.is_some_and(has_ended);
        self.timeline.start.is_some() && !ended && !self.is_returned() && !self.is_suspended()
    }

    pub(crate) fn finding(&self, kind: Kind, action: NextAction, since: Option<Date>) -> Finding {
        let mut finding = Finding::new(kind, action).since(since, self.today);
        finding.account = Some(self.account.clone());
        finding.unit = Some(self.unit.clone());
        finding.serial = self.device().map(|held| held.serial.to_string());
        finding
    }

    fn day(&self, at: Option<Timestamp>) -> Option<Date> {
        at.map(|at| self.zone.day_of(at))
    }

    /// The first day that something is for: of service, or that on which a part is due.
    fn due_on(&self, due: &Due) -> Option<Date> {
        let months = i32::from(due.part.unwrap_or(1)) - 1;
        let delivered_on = self.day(self.timeline.delivered_at);
        due.from.or_else(|| add_months(delivered_on?, months).ok())
    }

    /// Who bills or gives back what is due: the next invoice, or somebody who looks why there is
    /// none.
    fn billing(&self, kind: Kind, since: Option<Date>, once: Money) -> Finding {
        let action = match self.next_bill_on {
            Some(_) => NextAction::WaitForInvoice,
            None => NextAction::RunBilling,
        };
        let mut finding = self.finding(kind, action, since);
        finding.resolves_on = self.next_bill_on;
        finding.stake.once = Some(once);
        finding
    }
}

/// What there is to say about units, in their order.
///
/// # Errors
/// [`MoneyError`] when a sum leaves its range.
pub fn units(standings: &[Standing]) -> Result<Vec<Finding>, MoneyError> {
    let mut findings = Vec::new();
    for it in standings {
        findings.extend(overdue(it).or_else(|| supply(it)));
        findings.extend(billing(it)?);
        findings.extend(kept(it));
    }
    Ok(findings)
}

/// The deadline for a start has passed, and somebody wants to be told.
fn overdue(it: &Standing) -> Option<Finding> {
    let missed = it.timeline.missed.filter(|it| it.then == AfterDeadline::Report)?;
    let since = it.zone.day_of(missed.at);
    let has_ended = it.timeline.ended_at.is_some_and(|at| it.zone.day_of(at) <= it.today);
    if it.today < since || has_ended {
        return None;
    }
    let mut finding = it.finding(Kind::StartOverdue, NextAction::ActivateOrCancel, Some(since));
    finding.stake = it.price;
    Some(finding)
}

/// A device that is not sold, with a customer whose contract is over.
fn kept(it: &Standing) -> Option<Finding> {
    let stake = it.to_return?;
    let Timeline { over_at, delivered_at, .. } = it.timeline;
    let over_on = it.day(over_at).filter(|day| *day <= it.today)?;
    let is_there = delivered_at.is_some() && !it.is_returned() && !it.timeline.is_gone();
    is_there.then(|| {
        let finding = it.finding(Kind::NotReturned, NextAction::AskForDevice, Some(over_on));
        Finding { stake, ..finding }
    })
}

/// Between the warehouse and the first signal.
fn supply(it: &Standing) -> Option<Finding> {
    let Timeline { shipped_at, delivered_at, returned_at, ended_at, .. } = it.timeline;
    let has_ended = ended_at.is_some_and(|at| it.zone.day_of(at) <= it.today);
    if shipped_at.is_none() || returned_at.is_some() || has_ended {
        return None;
    }
    let Some(delivered_at) = delivered_at else { return Some(not_delivered(it)) };
    if it.activated_at.is_some() || !it.can_be_activated {
        return None;
    }
    let starts_on = it.start.as_ref().map(|start| it.zone.day_of(start.start_at));
    let ahead = starts_on.filter(|day| *day > it.today);
    let action = if ahead.is_some() { NextAction::WaitForStart } else { NextAction::CheckDevice };
    let since = it.day(Some(delivered_at));
    let mut finding = it.finding(Kind::DeliveredNotActivated, action, since);
    finding.resolves_on = ahead;
    finding.stake.per_period = it.price.per_period;
    Some(finding)
}

fn not_delivered(it: &Standing) -> Finding {
    let since = it.day(it.timeline.shipped_at);
    let billed = it.billed.filter(|billed| billed.minor != 0);
    let (kind, action, once) = match (billed, it.activated_at) {
        (Some(billed), _) => {
            let once = billed.negated().ok();
            (Kind::BilledNotDelivered, NextAction::CreditOrDeliver, once)
        }
        (None, Some(_)) => (Kind::ActivatedNotDelivered, NextAction::ReportDelivery, it.price.once),
        (None, None) => (Kind::ShippedNotDelivered, NextAction::AskCarrier, it.price.once),
    };
    let mut finding = it.finding(kind, action, since);
    finding.stake = Stake { once, per_period: it.price.per_period };
    finding
}

/// Between what happened and what was billed.
fn billing(it: &Standing) -> Result<Vec<Finding>, MoneyError> {
    let mut findings = Vec::new();
    let (service, devices): (Vec<&Due>, Vec<&Due>) =
        it.due.iter().partition(|due| due.is_service());
    for (dues, owed) in [(devices, Kind::DeliveredNotBilled), (service, Kind::ActivatedNotBilled)] {
        let Some(first) = dues.first() else { continue };
        let sum = Money::sum(first.amount.currency, dues.iter().map(|due| due.amount))?;
        let from = dues.iter().filter_map(|due| it.due_on(due)).min();
        let kind = match sum.minor {
            0 => continue,
            1.. => owed,
            _ if it.is_returned() => Kind::ReturnedStillBilled,
            _ => Kind::BilledNotServed,
        };
        let since = match kind {
            Kind::ReturnedStillBilled => it.day(it.timeline.returned_at),
            _ => from,
        };
        findings.push(it.billing(kind, since, sum));
    }
    Ok(findings)
}
