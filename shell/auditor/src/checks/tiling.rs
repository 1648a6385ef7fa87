//! Periods tile: after each invoice the days billed are the days of service, without a gap, up to
//! its horizon; usage is billed for whole bill periods.

use std::collections::{BTreeMap, BTreeSet};

use facts::device::ServiceState;
use facts::invoice::InvoiceLine;
use facts::offer::{ChargeRule, Component, Proration, StoppedDays, Timing};
use facts::{AccountId, ChargeKind, InvoiceIssued};
use jiff::civil::Date;
use kernel::Period;

use crate::calendar::{bill_period, days};
use crate::charge_period::{charge_period, of_line};
use crate::checks::payers::payer_on;
use crate::held;
use crate::life::Life;
use crate::service::{ServiceDays, ServiceKey, run_of};
use crate::world::{Knowledge, Logged, World};
use crate::{AuditFinding, Check};

pub(crate) fn check(world: &World) -> Check {
    let mut check = Check::new(
        "tiling",
        "After each invoice the service days billed of each unit run from its start to the \
         horizon without a gap, except suspended and returned days; usage periods are whole bill \
         periods.",
    );
    for (account, invoices) in world.invoices_by_account() {
        check_service(&mut check, world, account, &invoices);
        check_usage(&mut check, account, &invoices);
    }
    check
}

fn check_service(
    check: &mut Check,
    world: &World,
    account: &AccountId,
    invoices: &[&Logged<InvoiceIssued>],
) {
    let mut service = ServiceDays::default();
    // A gap stays until it is filled: it is said once.
    let mut said = BTreeSet::new();
    for logged in invoices {
        let invoice = &logged.it;
        invoice.lines.iter().for_each(|line| check_run(check, world, logged, line));
        service.withdraw(&world.due_again(logged));
        service.add(invoice);
        if !world.must_be_complete(logged) {
            continue;
        }
        let mut settled = ServiceDays::default();
        settled.withdraw(&world.settled(account, logged.sequence));
        let mut expected = expected_days(world, account, logged);
        for key in service.net.keys() {
            expected.entry(key.clone()).or_default();
        }
        for (key, expected) in expected {
            if is_held_back(world, logged, &key) {
                continue;
            }
            check.examine();
            let waiting = used_later(world, logged, (&key, &expected), &service);
            let mut expected = waiting.unwrap_or(expected);
            let is_billed =
                |day: &Date| service.net.get(&key).is_some_and(|it| it.contains_key(day));
            expected.retain(|day| is_billed(day) || !is_for_another(world, logged, &key, *day));
            let differences = compare(invoice, &key, &expected, &service, &settled);
            if !differences.is_empty() && said.insert(key) {
                differences.into_iter().for_each(|finding| check.find(finding));
            }
        }
    }
}

/// Whether nothing of a unit is billed, because somebody holds it.
fn is_held_back(world: &World, logged: &Logged<InvoiceIssued>, (_, unit): &ServiceKey) -> bool {
    let contract = world.contract(unit);
    contract.is_some_and(|it| held::for_billing(world, it, logged).is_some())
}

/// Whether a day waits for an invoice to somebody else, whose bill day is another one: the last had
/// what was due then.
fn is_for_another(
    world: &World,
    logged: &Logged<InvoiceIssued>,
    key: &ServiceKey,
    day: Date,
) -> bool {
    let account = &logged.it.account.account;
    let payer_of = |bill: &Logged<InvoiceIssued>| {
        world.invoice(&bill.it.number).map(|invoice| &invoice.it.account.account)
    };
    let payer = payer_on(world, account, day, logged.sequence);
    if !world.has_several_payers(account) || payer == payer_of(logged) {
        return false;
    }
    let theirs = world.bills().filter(|it| {
        it.it.account.account == *account && it.it.threshold.is_none() && payer_of(it) == payer
    });
    let last = theirs.max_by_key(|it| it.sequence);
    last.and_then(|last| horizon(world, last, key)).is_some_and(|horizon| day >= horizon)
}

/// The day before which a component of a unit is billed.
fn horizon(
    world: &World,
    logged: &Logged<InvoiceIssued>,
    (component, unit): &ServiceKey,
) -> Option<Date> {
    let rule = &world.contract(unit)?.offer.component(component)?.charge;
    let ChargeRule::Recurring { timing, .. } = rule else { return None };
    let (begins, ends) = charge_period(world, logged, (component, unit), logged.it.issued_on)?;
    Some(if *timing == Timing::InAdvance { ends } else { begins })
}

/// The days that each component of each unit of an account is to be billed by now.
fn expected_days(
    world: &World,
    account: &AccountId,
    logged: &Logged<InvoiceIssued>,
) -> BTreeMap<ServiceKey, BTreeSet<Date>> {
    let invoice = &logged.it;
    let mut expected = BTreeMap::new();
    let contracts = world.contracts_of(account).into_iter();
    for contract in contracts.filter(|contract| contract.sequence < logged.sequence) {
        let zone = &invoice.account.zone;
        let life = Life::of(world, contract, zone, Knowledge::of_invoice(logged));
        for component in contract.components() {
            let key = (&component.code, contract.unit);
            let period = charge_period(world, logged, key, invoice.issued_on);
            let policy = contract.offer.proration;
            if let Some(mut days) = days_of(&life, component, (zone, policy), period) {
                if let Some(adopted) = world.adopted.get(contract.unit) {
                    days.retain(|day| *day >= adopted.paid_until);
                }
                expected.insert((component.code.clone(), contract.unit.clone()), days);
            }
        }
    }
    expected
}

/// The service days of one component before the horizon; none for what is not recurring.
fn days_of(
    life: &Life<'_>,
    component: &Component,
    (zone, policy): (&kernel::Zone, Proration),
    period: Option<(Date, Date)>,
) -> Option<BTreeSet<Date>> {
    let ChargeRule::Recurring { timing, plan, state, .. } = &component.charge else { return None };
    let Some(started_at) = life.since(*state) else { return Some(BTreeSet::new()) };
    let (begins, ends) = period?;
    let horizon = match timing {
        Timing::InAdvance => ends,
        Timing::InArrears => begins,
    };
    let run = days(zone.day_of(started_at), horizon);
    let is_on_plan = |day: Date| plan.is_none() || life.plan_on(day) == plan.as_ref();
    let with_last_day = policy == Proration::DaysInclusive;
    let serves = |day: Date| life.state_on(day, with_last_day) == Some(*state);
    Some(run.filter(|day| serves(*day) && is_on_plan(*day)).collect())
}

/// The days that must be billed where days that were stopped are used later; none where they are
/// given back. Day by day: a stopped day that is billed waits, and stands in for the next day of
/// service that is not. What waits at the end may, unless the service is over or on another plan.
fn used_later(
    world: &World,
    logged: &Logged<InvoiceIssued>,
    ((component, unit), expected): (&ServiceKey, &BTreeSet<Date>),
    service: &ServiceDays,
) -> Option<BTreeSet<Date>> {
    let contract = world.contract(unit)?;
    if contract.offer.stopped_days == StoppedDays::Credited {
        return None;
    }
    let ChargeRule::Recurring { plan, state, .. } = &contract.offer.component(component)?.charge
    else {
        return None;
    };
    if *state != ServiceState::Active {
        return None;
    }
    let zone = &logged.it.account.zone;
    let life = Life::of(world, contract, zone, Knowledge::of_invoice(logged));
    let key = (component.clone(), unit.clone());
    let billed = service.net.get(&key)?;
    let is_billed = |day: &Date| billed.get(day).is_some_and(|times| *times > 0);
    let mut all: BTreeSet<Date> = expected.clone();
    all.extend(billed.iter().filter(|(_, times)| **times > 0).map(|(day, _)| *day));
    let (mut must, mut waiting) = (expected.clone(), Vec::new());
    for day in all {
        match (expected.contains(&day), is_billed(&day)) {
            (false, true) if life.is_stopped_on(day) => waiting.push(day),
            (true, false) if !waiting.is_empty() => {
                // The two cancel out: neither is missing, neither is too much.
                must.remove(&day);
                must.insert(waiting.remove(0));
            }
            _ => {}
        }
    }
    let horizon = horizon(world, logged, &key)?;
    let is_over = life.ends_at().is_some_and(|at| zone.day_of(at) <= horizon);
    let is_on_plan = plan.is_none() || life.plan_on(horizon) == plan.as_ref();
    if !is_over && is_on_plan && life.started_at().is_some() {
        must.extend(waiting);
    }
    Some(must)
}

fn compare(
    invoice: &InvoiceIssued,
    (component, unit): &ServiceKey,
    expected: &BTreeSet<Date>,
    service: &ServiceDays,
    settled: &ServiceDays,
) -> Vec<AuditFinding> {
    let key = (component.clone(), unit.clone());
    let net = service.net.get(&key);
    let is_settled = |day: &Date| settled.net.get(&key).is_some_and(|it| it.contains_key(day));
    let billed: BTreeSet<Date> =
        net.into_iter().flatten().filter(|(_, times)| **times > 0).map(|(day, _)| *day).collect();
    let missing = run_of(expected.difference(&billed).copied());
    let missing = missing.map(|run| AuditFinding::ServiceMissing {
        invoice: invoice.number.clone(),
        component: component.clone(),
        unit: unit.clone(),
        day: run.first,
        days: run.days,
    });
    let excess = run_of(billed.difference(expected).copied().filter(|day| !is_settled(day)));
    let excess = excess.map(|run| AuditFinding::ServiceExcess {
        invoice: invoice.number.clone(),
        component: component.clone(),
        unit: unit.clone(),
        day: run.first,
        days: run.days,
    });
    missing.into_iter().chain(excess).collect()
}

/// A line of service lies inside one charge period, or its share of days has no meaning.
fn check_run(check: &mut Check, world: &World, logged: &Logged<InvoiceIssued>, line: &InvoiceLine) {
    let (invoice, charge) = (&logged.it, &line.charge);
    let is_service = matches!(charge.kind, ChargeKind::ServiceCharge | ChargeKind::ServiceCredit);
    let is_usage = charge.kind.is_usage();
    let Some(period) = charge.period else {
        check.expect(!is_service && !is_usage, || AuditFinding::LineWithoutPeriod {
            invoice: invoice.number.clone(),
            line: line.line,
        });
        return;
    };
    if !is_service {
        return;
    }
    let around = of_line(world, logged, charge);
    let fits = around.is_some_and(|((_, end), _)| period.to() <= end);
    check.expect(fits, || AuditFinding::RunCrosses {
        invoice: invoice.number.clone(),
        line: line.line,
        from: period.from(),
        to: period.to(),
    });
}

fn check_usage(check: &mut Check, account: &AccountId, invoices: &[&Logged<InvoiceIssued>]) {
    let mut periods = BTreeSet::new();
    for invoice in invoices.iter().map(|it| &it.it) {
        for line in &invoice.lines {
            let kind = line.charge.kind;
            if kind.is_usage() {
                check.examine();
                check_whole(check, invoice, line);
                periods.extend(line.charge.period);
            }
        }
    }
    let periods: Vec<Period> = periods.into_iter().collect();
    for pair in periods.windows(2) {
        let [first, second] = pair else { continue };
        check.expect(first.to() <= second.from(), || AuditFinding::UsagePeriodsOverlap {
            account: account.clone(),
            first: *first,
            second: *second,
        });
    }
}

fn check_whole(check: &mut Check, invoice: &InvoiceIssued, line: &InvoiceLine) {
    let Some(period) = line.charge.period else { return };
    let whole = bill_period(&invoice.account.bill_cycle, period.from());
    check.expect(whole == Some((period.from(), period.to())), || {
        AuditFinding::UsagePeriodNotWhole {
            invoice: invoice.number.clone(),
            line: line.line,
            from: period.from(),
            to: period.to(),
        }
    });
}
