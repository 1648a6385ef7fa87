//! Nothing early: each line bills what had happened, and was known, at 00:00 of the bill day.

use std::collections::BTreeMap;

use facts::charge::{Charge, UnitStart};
use facts::device::ServiceState;
use facts::invoice::InvoiceLine;
use facts::offer::{ChargeRule, Milestone, StartDeadline, StartTrigger, Timing};
use facts::unit::StartEvidence;
use facts::{ChargeKind, ComponentCode, InvoiceIssued, UnitId};
use jiff::Timestamp;

use crate::charge_period::charge_period;
use crate::life::Life;
use crate::supply::{milestone_of, part_due_on, part_start};
use crate::world::{Knowledge, Logged, World};
use crate::{AuditFinding, Check};

pub(crate) fn check(world: &World) -> Check {
    let mut check = Check::new(
        "early",
        "No line bills before its evidence: delivery for devices, the start of each unit for \
         service and usage, and each start has a fact that bears it out.",
    );
    for logged in world.bills() {
        let desk = Desk::new(world, logged);
        for line in &logged.it.lines {
            check.examine();
            check_line(&mut check, &desk, line);
        }
    }
    check
}

/// What an invoice could know.
struct Desk<'a> {
    world: &'a World,
    logged: &'a Logged<InvoiceIssued>,
    invoice: &'a InvoiceIssued,
    knowledge: Knowledge,
    lives: BTreeMap<&'a UnitId, Life<'a>>,
}

impl<'a> Desk<'a> {
    fn new(world: &'a World, logged: &'a Logged<InvoiceIssued>) -> Self {
        let invoice = &logged.it;
        let knowledge = Knowledge::of_invoice(logged);
        let lives = world.contracts_of(&invoice.account.account).into_iter().map(|contract| {
            let life = Life::of(world, contract, &invoice.account.zone, knowledge);
            (contract.unit, life)
        });
        Self { world, logged, invoice, knowledge, lives: lives.collect() }
    }

    fn delivered_at(&self, unit: &UnitId) -> Option<Timestamp> {
        self.lives.get(unit)?.delivered_at
    }

    /// When a unit passed the milestone with which a device is due.
    fn supplied_at(&self, unit: &UnitId, component: &ComponentCode) -> Option<Timestamp> {
        let milestone = milestone_of(self.world.contract(unit)?, component);
        self.lives.get(unit)?.reached(milestone)
    }
}

fn check_line(check: &mut Check, desk: &Desk<'_>, line: &InvoiceLine) {
    match line.charge.kind {
        ChargeKind::HardwareSale => check_hardware(check, desk, line),
        ChargeKind::HardwareInstalment => check_instalment(check, desk, line),
        ChargeKind::OrderFee => check_fee(check, desk, line),
        ChargeKind::LossFee => check_loss(check, desk, line),
        ChargeKind::StateFee => check_state_fee(check, desk, line),
        ChargeKind::ServiceCharge => check_service(check, desk, line),
        ChargeKind::UsageCharge
        | ChargeKind::UsageAdjustment
        | ChargeKind::UsageCredit
        | ChargeKind::UsageRecharge
        | ChargeKind::UsageWriteOff
        | ChargeKind::UsageShadow => check_usage(check, desk, line),
        ChargeKind::HardwareReturnCredit
        | ChargeKind::HardwareInstalmentCredit
        | ChargeKind::ServiceCredit
        | ChargeKind::StateFeeCredit => {}
        // `commitments` knows when each is due.
        ChargeKind::CommitmentTrueUp => {}
    }
    for start in &line.charge.starts {
        check_start(check, desk, line, start);
    }
}

/// A device, or a part of its price, is billed after the milestone that its offer names.
fn check_hardware(check: &mut Check, desk: &Desk<'_>, line: &InvoiceLine) {
    for unit in &line.charge.units {
        let reached = desk.supplied_at(unit, &line.charge.component);
        check.expect(reached.is_some(), || AuditFinding::HardwareEarly {
            invoice: desk.invoice.number.clone(),
            line: line.line,
            unit: unit.clone(),
        });
    }
}

/// Part k is due k − 1 months after the day of the milestone, counted from that day each time; or
/// when the device is cancelled or goes back, where the offer says so.
fn check_instalment(check: &mut Check, desk: &Desk<'_>, line: &InvoiceLine) {
    let is_of_price = line.charge.device.part.is_some();
    if !is_of_price {
        check_hardware(check, desk, line);
    }
    let (component, part) = (&line.charge.component, line.charge.instalment);
    let number = part.map_or(u16::MAX, |it| it.number);
    for unit in &line.charge.units {
        if !is_of_price && desk.supplied_at(unit, component).is_none() {
            continue;
        }
        let of_unit = desk.world.contract(unit).zip(desk.lives.get(unit));
        let of_unit =
            of_unit.filter(|(it, _)| !is_of_price || it.order.ordered_on < desk.invoice.issued_on);
        let due = of_unit.and_then(|(it, life)| part_due_on(it, life, component, number));
        let is_due = due.is_some_and(|(due_on, at_once)| {
            due_on <= desk.invoice.issued_on && part.is_some_and(|it| it.at_once == at_once)
        });
        check.expect(is_due, || AuditFinding::InstalmentEarly {
            invoice: desk.invoice.number.clone(),
            line: line.line,
            unit: unit.clone(),
            number,
            due_on: due.map_or_else(|| "no day".to_owned(), |(day, _)| day.to_string()),
        });
    }
}

/// A loss is billed from the day on which the device was gone.
fn check_loss(check: &mut Check, desk: &Desk<'_>, line: &InvoiceLine) {
    for unit in &line.charge.units {
        let lost_on = desk.lives.get(unit).and_then(Life::lost_on);
        check.expect(lost_on.is_some_and(|day| day <= desk.invoice.issued_on), || {
            AuditFinding::HardwareEarly {
                invoice: desk.invoice.number.clone(),
                line: line.line,
                unit: unit.clone(),
            }
        });
    }
}

/// A change of state is billed after its day, which is the one that the line says.
fn check_state_fee(check: &mut Check, desk: &Desk<'_>, line: &InvoiceLine) {
    let day = line.charge.period.map(|period| period.from());
    let day = day.filter(|day| *day < desk.invoice.issued_on);
    for unit in &line.charge.units {
        let change = desk.lives.get(unit).zip(day).and_then(|(life, day)| life.change_on(day));
        let is_it = change.is_some() && change == line.charge.device.change;
        check.expect(is_it, || AuditFinding::HardwareEarly {
            invoice: desk.invoice.number.clone(),
            line: line.line,
            unit: unit.clone(),
        });
    }
}

fn check_fee(check: &mut Check, desk: &Desk<'_>, line: &InvoiceLine) {
    for order in &line.charge.orders {
        let of_order = desk.world.contracts_of(&desk.invoice.account.account).into_iter();
        let mut of_order = of_order.filter(|contract| contract.order.order == *order);
        let is_known = of_order.any(|contract| desk.delivered_at(contract.unit).is_some());
        check.expect(is_known, || AuditFinding::FeeEarly {
            invoice: desk.invoice.number.clone(),
            line: line.line,
            order: order.clone(),
        });
    }
}

fn check_service(check: &mut Check, desk: &Desk<'_>, line: &InvoiceLine) {
    let Some(period) = line.charge.period else { return };
    let invoice = desk.invoice;
    let offer = desk.world.offers.get(&line.charge.offer);
    let component = offer.and_then(|offer| offer.component(&line.charge.component));
    let state = match component.map(|it| &it.charge) {
        Some(ChargeRule::Recurring { state, .. }) => *state,
        _ => ServiceState::Active,
    };
    for unit in &line.charge.units {
        let started_at = desk.lives.get(unit).and_then(|life| life.since(state));
        let started_on = started_at.map(|at| invoice.account.zone.day_of(at));
        let has_started = started_on.is_some_and(|day| day <= period.from());
        check.expect(has_started, || AuditFinding::ServiceEarly {
            invoice: invoice.number.clone(),
            line: line.line,
            unit: unit.clone(),
            from: period.from(),
            started_on: started_on.map_or_else(|| "no day".to_owned(), |day| day.to_string()),
        });
    }
    let Some(horizon) = horizon(desk, &line.charge) else { return };
    check.expect(period.to() <= horizon, || AuditFinding::ServiceAhead {
        invoice: invoice.number.clone(),
        line: line.line,
        to: period.to(),
        horizon,
    });
}

/// The end day of what may be billed: the charge period that begins, or the one that ended; of
/// units that differ, the earliest.
fn horizon(desk: &Desk<'_>, charge: &Charge) -> Option<jiff::civil::Date> {
    let component = desk.world.offers.get(&charge.offer)?.component(&charge.component)?;
    let ChargeRule::Recurring { timing, .. } = component.charge else { return None };
    let today = desk.invoice.issued_on;
    let of_unit = |unit| {
        let key = (&charge.component, unit);
        let (begins, ends) = charge_period(desk.world, desk.logged, key, today)?;
        Some(if timing == Timing::InAdvance { ends } else { begins })
    };
    charge.units.iter().filter_map(of_unit).min()
}

fn check_usage(check: &mut Check, desk: &Desk<'_>, line: &InvoiceLine) {
    let Some(period) = line.charge.period else { return };
    let invoice = desk.invoice;
    // One that did not wait for the bill day is of the period that runs (`thresholds`).
    let is_early = invoice.threshold.is_some();
    check.expect(is_early || period.to() <= invoice.issued_on, || AuditFinding::UsageUnfinished {
        invoice: invoice.number.clone(),
        line: line.line,
        to: period.to(),
        issued_on: invoice.issued_on,
    });
    let Ok(end) = invoice.account.zone.start_of(period.to()) else { return };
    let shares = line.charge.rated.iter().flat_map(|rated| &rated.by_unit);
    let units = shares.map(|share| &share.unit).chain(&line.charge.units);
    let mut units: Vec<&UnitId> = units.collect();
    units.sort_unstable();
    units.dedup();
    for unit in units {
        let start_at = desk.lives.get(unit).and_then(|life| life.start_at);
        check.expect(start_at.is_some_and(|at| at < end), || AuditFinding::UsageBeforeStart {
            invoice: invoice.number.clone(),
            line: line.line,
            unit: unit.clone(),
        });
    }
}

fn check_start(check: &mut Check, desk: &Desk<'_>, line: &InvoiceLine, start: &UnitStart) {
    let life = desk.lives.get(&start.unit);
    if !life.is_some_and(|life| is_proven(desk, life, start)) {
        check.find(AuditFinding::StartUnproven {
            invoice: desk.invoice.number.clone(),
            line: line.line,
            unit: start.unit.clone(),
            evidence: format!("{:?} at {}", start.evidence, start.start_at),
        });
        return;
    }
    let part = line.charge.device.part.zip(line.charge.instalment);
    let expected = life.and_then(|life| match (line.charge.kind, part) {
        (ChargeKind::ServiceCharge, _) => life.started_at(),
        (_, Some((part, number))) => {
            let contract = desk.world.contract(&start.unit)?;
            part_start(contract, life, part.due, number.at_once)
        }
        _ => desk.supplied_at(&start.unit, &line.charge.component),
    });
    check.expect(expected == Some(start.start_at), || AuditFinding::StartDiffers {
        invoice: desk.invoice.number.clone(),
        line: line.line,
        unit: start.unit.clone(),
        stated: start.start_at,
        expected: expected.map_or_else(|| "no start".to_owned(), |at| at.to_string()),
    });
}

/// Whether a recorded fact says what the evidence says.
fn is_proven(desk: &Desk<'_>, life: &Life<'_>, start: &UnitStart) -> bool {
    match &start.evidence {
        StartEvidence::Activated { source, id, serial } => {
            let mut signals = desk.world.signals.get(serial).into_iter().flatten();
            signals.any(|signal| {
                let it = &signal.it;
                let is_it = it.source == *source && it.id == *id;
                is_it
                    && it.signalled_at == start.start_at
                    && desk.knowledge.has(signal, it.signalled_at)
            })
        }
        StartEvidence::Fallback { milestone, counted_from, days } => {
            let trigger = StartTrigger::DaysAfter { milestone: *milestone, days: *days };
            life.triggers().any(|it| *it == trigger)
                && life.reached(*milestone) == Some(*counted_from)
                && life.days_after(*milestone, *days) == Some(start.start_at)
        }
        StartEvidence::Deadline { after, counted_from, days } => {
            let is_it = |it: &StartDeadline| it.after == *after && it.days == *days;
            life.deadline().filter(is_it).is_some_and(|it| {
                life.deadline_from(it) == Some(*counted_from)
                    && life.days_from(*counted_from, *days).is_some_and(|at| at <= start.start_at)
            })
        }
        StartEvidence::Tested { since, began, days } => {
            let evidence = began.as_ref().clone();
            let began = UnitStart { unit: start.unit.clone(), start_at: *since, evidence };
            life.test_days() == Some(*days)
                && life.days_from(*since, *days) == Some(start.start_at)
                && is_proven(desk, life, &began)
        }
        // The life finds the instant in the log of usage; `check_start` compares it.
        StartEvidence::Used => life.triggers().any(|it| *it == StartTrigger::FirstUsage),
        StartEvidence::UsedUp { since, began, meter, quantity, on } => {
            let evidence = began.as_ref().clone();
            let began = UnitStart { unit: start.unit.clone(), start_at: *since, evidence };
            life.test_until().is_some_and(|it| it.meter == *meter && it.quantity == *quantity)
                && life.is_used_up(*on, start.start_at)
                && is_proven(desk, life, &began)
        }
        StartEvidence::TakenOver { after } => {
            life.goes_on_for().is_some_and(|(unit, at)| unit == after && at == start.start_at)
        }
        // The order and the offer prove these; their day is judged with the line.
        StartEvidence::Ordered | StartEvidence::Agreed => true,
        StartEvidence::Shipped => life.reached(Milestone::Shipped) == Some(start.start_at),
        StartEvidence::Delivered => life.reached(Milestone::Delivered) == Some(start.start_at),
        StartEvidence::Accepted => life.reached(Milestone::Accepted) == Some(start.start_at),
    }
}
