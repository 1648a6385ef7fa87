//! What is given back by age: after each invoice, of every device and part that is billed, the
//! share that the offer names for the age at which the device came back.

use std::collections::{BTreeMap, BTreeSet};

use facts::InvoiceIssued;
use facts::charge::Charge;
use facts::device::ReturnShare;
use facts::invoice::InvoiceLine;
use facts::offer::{ChargeRule, Component};

use crate::held;
use crate::life::Life;
use crate::ratio::{Ratio, shown};
use crate::supply::{GivenBack, part_due_on, share_at_return};
use crate::things::{device, part, things_of};
use crate::world::{Contract, Knowledge, Logged, World};
use crate::{AuditFinding, Check};

pub(crate) fn check(world: &World) -> Check {
    let mut check = Check::new(
        "returns",
        "Of each device that came back the part of the price is given back that the offer names \
         for its age, once.",
    );
    for invoices in world.invoices_by_account().into_values() {
        let mut account = Account::default();
        let mut said = BTreeSet::new();
        for logged in invoices {
            for line in world.due_again(logged) {
                account.add(&line.charge, -1);
            }
            let lines: Vec<&InvoiceLine> = logged.it.lines.iter().collect();
            for line in &lines {
                check_line(&mut check, world, logged, line, &account);
            }
            lines.iter().for_each(|line| account.add(&line.charge, 1));
            if !world.must_be_complete(logged) {
                continue;
            }
            for (what, expected) in wanted(world, logged) {
                if account.times.get(&what).is_none_or(|times| *times <= 0) {
                    continue;
                }
                let given = account.given.get(&what).copied().unwrap_or(Some(Ratio::ZERO));
                if given != expected && said.insert(what.clone()) {
                    check.find(finding(&logged.it, what, given, expected));
                }
            }
        }
    }
    check
}

/// What is billed of an account, and what part of it was given back by age.
#[derive(Default)]
struct Account {
    times: BTreeMap<String, i64>,
    given: BTreeMap<String, Option<Ratio>>,
}

impl Account {
    fn add(&mut self, charge: &Charge, sign: i64) {
        let (times, things) = things_of(charge);
        for thing in things {
            *self.times.entry(thing).or_default() += sign * times;
        }
        let Some(returned) = charge.device.returned else { return };
        let now = now_of(returned).zip(Ratio::new(i128::from(sign), 1));
        let now = now.and_then(|(now, sign)| now.times(sign));
        for thing in returned_things(charge) {
            let so_far = self.given.entry(thing).or_insert(Some(Ratio::ZERO));
            *so_far = so_far.zip(now).and_then(|(a, b)| a.plus(b));
        }
    }
}

/// What a line says that it gives back, as a part of the price.
fn now_of(returned: ReturnShare) -> Option<Ratio> {
    Ratio::of_percent(returned.percent)?.minus(Ratio::of_percent(returned.before)?)
}

fn returned_things(charge: &Charge) -> Vec<String> {
    let component = &charge.component;
    let name = |unit| match charge.instalment {
        Some(it) => part(it.number, component, unit),
        None => device(component, unit),
    };
    charge.units.iter().map(name).collect()
}

/// The line explains itself: its terms take the share, and it knows what was given back before.
fn check_line(
    check: &mut Check,
    world: &World,
    logged: &Logged<InvoiceIssued>,
    line: &InvoiceLine,
    account: &Account,
) {
    let charge = &line.charge;
    let differs = |what, stated: Option<Ratio>, computed: Option<Ratio>| {
        let (invoice, line) = (logged.it.number.clone(), line.line);
        let (stated, computed) = (shown(stated), shown(computed));
        AuditFinding::RatedDiffers { invoice, line, what, stated, computed }
    };
    check.examine();
    let now = charge.device.returned.and_then(now_of);
    for term in &charge.computation.terms {
        let stated = term.percent.and_then(Ratio::of_percent);
        check.expect(stated == now, || differs("share of its price", stated, now));
    }
    let Some(returned) = charge.device.returned else { return };
    let before = Ratio::of_percent(returned.before);
    let due: BTreeMap<String, Option<Ratio>> = wanted(world, logged).into_iter().collect();
    let said = Ratio::of_percent(returned.percent);
    for what in returned_things(charge) {
        let given = account.given.get(&what).copied().unwrap_or(Some(Ratio::ZERO));
        check.expect(given == before, || differs("share given back before", before, given));
        let expected = due.get(&what).copied().flatten();
        check.expect(said == expected, || differs("share given back", said, expected));
    }
}

fn finding(
    invoice: &InvoiceIssued,
    what: String,
    given: Option<Ratio>,
    expected: Option<Ratio>,
) -> AuditFinding {
    let invoice = invoice.number.clone();
    let too_little = given.zip(expected).and_then(|(given, expected)| given.is_below(expected));
    if too_little == Some(true) {
        AuditFinding::CreditMissing { invoice, what }
    } else {
        AuditFinding::ChargeMissing { invoice, what }
    }
}

/// What part of each device and part is to be given back, where age decides.
fn wanted(world: &World, logged: &Logged<InvoiceIssued>) -> Vec<(String, Option<Ratio>)> {
    let account = &logged.it.account;
    let settled = world.settled(&account.account, logged.sequence).into_iter();
    let settled: BTreeSet<String> = settled.flat_map(|line| things_of(&line.charge).1).collect();
    let mut wanted = Vec::new();
    for contract in world.contracts_of(&account.account) {
        let by_age = contract.components().any(|it| !it.device.return_credit.is_empty());
        let is_known = contract.sequence < logged.sequence;
        if !by_age || !is_known || held::for_billing(world, contract, logged).is_some() {
            continue;
        }
        let life = Life::of(world, contract, &account.zone, Knowledge::of_invoice(logged));
        wanted.extend(of_contract(contract, &life));
    }
    wanted.retain(|(what, _)| !settled.contains(what));
    wanted
}

fn of_contract(contract: Contract<'_>, life: &Life<'_>) -> Vec<(String, Option<Ratio>)> {
    let mut wanted = Vec::new();
    for component in contract.components() {
        let share = match share_at_return(contract, life, component) {
            GivenBack::ByWindow(_) => continue,
            GivenBack::ByAge(share) => share,
        };
        let code = &component.code;
        let whole = Ratio::new(1, 1);
        wanted.push((device(code, contract.unit), share));
        for number in 0..=parts_of(component) {
            let is_waived = part_due_on(contract, life, code, number).is_none();
            let share = if is_waived { whole } else { share };
            wanted.push((part(number, code, contract.unit), share));
        }
    }
    wanted
}

/// How many parts a component has at most.
fn parts_of(component: &Component) -> u16 {
    match &component.charge {
        ChargeRule::Instalments { count, .. } => *count,
        ChargeRule::Milestones { parts, .. } => u16::try_from(parts.len()).unwrap_or(u16::MAX),
        _ => 0,
    }
}
