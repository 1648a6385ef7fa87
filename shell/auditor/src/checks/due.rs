//! Nothing forgotten of what is billed once: after each invoice every device, part and fee that is
//! due is billed, and what came back in time is given back.

use std::collections::{BTreeMap, BTreeSet};

use facts::offer::ChargeRule;
use facts::order::OrderLine;
use facts::{ComponentCode, InvoiceIssued, UnitId};
use jiff::civil::Date;

use crate::calendar::{days, plus_days, plus_months};
use crate::held;
use crate::life::Life;
use crate::supply::{GivenBack, part_due_on, share_at_return};
use crate::things::{device, fee, loss, part, state_change, state_changes, things_of};
use crate::world::{Contract, Knowledge, Logged, World};
use crate::{AuditFinding, Check};

pub(crate) fn check(world: &World) -> Check {
    let mut check = Check::new(
        "due",
        "After each invoice every device, part and fee that is due is billed, and what came back \
         within its window is given back.",
    );
    for invoices in world.invoices_by_account().into_values() {
        let mut net: BTreeMap<String, i64> = BTreeMap::new();
        let mut fees: BTreeMap<UnitId, BTreeSet<String>> = BTreeMap::new();
        // What is forgotten stays so until it is billed: it is said once.
        let mut said = BTreeSet::new();
        let mut early = Early::default();
        for logged in invoices {
            for (sign, things) in
                world.due_again(logged).into_iter().map(|line| things_of(&line.charge))
            {
                things.into_iter().for_each(|it| *net.entry(it).or_default() -= sign);
            }
            add(&mut net, &logged.it);
            let lines = logged.it.lines.iter();
            for (unit, fee) in lines.flat_map(|line| state_changes(&line.charge)) {
                fees.entry(unit.clone()).or_default().insert(fee);
            }
            early.add(&logged.it);
            if !world.must_be_complete(logged) {
                continue;
            }
            let account = &logged.it.account.account;
            let settled = world.settled(account, logged.sequence).into_iter();
            let settled: BTreeSet<String> =
                settled.flat_map(|line| things_of(&line.charge).1).collect();
            let due = Due::at(world, logged, &fees);
            let waits = due.waits.iter().filter(|part| early.parts.contains(*part));
            for (what, is_due) in due.things().chain(waits.map(|part| (part, false))) {
                check.examine();
                let is_billed = net.get(what).is_some_and(|times| *times > 0);
                let is_wrong = is_due != is_billed && !settled.contains(what);
                if is_wrong && said.insert(what.clone()) {
                    check.find(finding(&logged.it, what.clone(), is_due));
                }
            }
        }
    }
    check
}

fn add(net: &mut BTreeMap<String, i64>, invoice: &InvoiceIssued) {
    for line in &invoice.lines {
        let (sign, things) = things_of(&line.charge);
        for thing in things {
            *net.entry(thing).or_default() += sign;
        }
    }
}

/// The parts that are billed because their device had ended before their day.
#[derive(Default)]
struct Early {
    parts: BTreeSet<String>,
}

impl Early {
    fn add(&mut self, invoice: &InvoiceIssued) {
        for line in &invoice.lines {
            let (sign, things) = things_of(&line.charge);
            for thing in things {
                if sign < 0 {
                    self.parts.remove(&thing);
                } else if line.charge.instalment.is_some_and(|it| it.at_once) {
                    self.parts.insert(thing);
                }
            }
        }
    }
}

fn finding(invoice: &InvoiceIssued, what: String, is_due: bool) -> AuditFinding {
    let invoice = invoice.number.clone();
    if is_due {
        AuditFinding::ChargeMissing { invoice, what }
    } else {
        AuditFinding::CreditMissing { invoice, what }
    }
}

/// What an invoice must have billed by now, and what must have been given back. What is neither
/// is not due yet: `early` finds it.
#[derive(Default)]
struct Due {
    billed: BTreeSet<String>,
    given_back: BTreeSet<String>,
    /// Parts whose day is to come: they are given back if an end that turned out to be none had
    /// made them due.
    waits: BTreeSet<String>,
}

impl Due {
    /// `fees`: for which changes of the state of a unit there was a line.
    fn at(
        world: &World,
        logged: &Logged<InvoiceIssued>,
        fees: &BTreeMap<UnitId, BTreeSet<String>>,
    ) -> Self {
        let mut due = Self::default();
        let invoice = &logged.it;
        let contracts = world.contracts_of(&invoice.account.account).into_iter();
        let is_known = |contract: &Contract<'_>| contract.sequence < logged.sequence;
        let is_open =
            |contract: &Contract<'_>| held::for_billing(world, *contract, logged).is_none();
        for contract in contracts.filter(is_known).filter(is_open) {
            let zone = &invoice.account.zone;
            let life = Life::of(world, contract, zone, Knowledge::of_invoice(logged));
            due.add(contract, &life, invoice, world);
            due.add_state_fees(contract, &life, invoice, world);
            let not_due = fees.get(contract.unit).into_iter().flatten();
            let not_due = not_due.filter(|fee| !due.billed.contains(*fee)).cloned();
            due.given_back.extend(not_due.collect::<Vec<_>>());
        }
        due
    }

    fn things(&self) -> impl Iterator<Item = (&String, bool)> {
        let billed = self.billed.iter().map(|thing| (thing, true));
        billed.chain(self.given_back.iter().map(|thing| (thing, false)))
    }

    fn add(
        &mut self,
        contract: Contract<'_>,
        life: &Life<'_>,
        invoice: &InvoiceIssued,
        world: &World,
    ) {
        // What was due before this day was billed elsewhere.
        let elsewhere = world.adopted.get(contract.unit).map(|it| it.paid_until);
        let zone = &invoice.account.zone;
        for component in contract.components() {
            let code = &component.code;
            let back = share_at_return(contract, life, component);
            let by_age = matches!(back, GivenBack::ByAge(_));
            match component.charge {
                ChargeRule::Milestones { ref parts, .. } => {
                    let numbers = (1..).zip(parts).map(|(number, _)| number);
                    let of_price = Price { contract, life, code, back, elsewhere };
                    numbers.for_each(|number| self.add_part(&of_price, number, invoice));
                }
                ChargeRule::OnceDelivered { at, .. } if elsewhere.is_none() => {
                    let is_back = back == GivenBack::ByWindow(true);
                    let of_device = if is_back { &mut self.given_back } else { &mut self.billed };
                    let is_due = life.reached(at).is_some();
                    of_device.extend(is_due.then(|| device(code, contract.unit)));
                }
                ChargeRule::OnceNotReturned { within_days, .. } => {
                    let is_due = is_kept(life, within_days, invoice.issued_on);
                    let things = if is_due { &mut self.billed } else { &mut self.given_back };
                    things.insert(device(code, contract.unit));
                }
                ChargeRule::OnceLost { .. } => {
                    let is_lost = life.lost_on().is_some_and(|day| day <= invoice.issued_on);
                    self.billed.extend(is_lost.then(|| loss(code, contract.unit)));
                }
                ChargeRule::Instalments { count, at, .. } => {
                    let Some(first) = life.reached(at).map(|at| zone.day_of(at)) else { continue };
                    for number in 0..=count {
                        let months = i64::from(number.max(1)) - 1;
                        let agreed = plus_months(first, months);
                        if agreed.zip(elsewhere).is_some_and(|(day, until)| day < until) {
                            continue;
                        }
                        let thing = part(number, code, contract.unit);
                        match part_due_on(contract, life, code, number) {
                            // What is given back of it is judged by `returns`.
                            _ if by_age && back.is_whole() => false,
                            None if by_age => false,
                            _ if back.is_whole() => self.given_back.insert(thing),
                            None => self.given_back.insert(thing),
                            Some((due_on, _)) if due_on <= invoice.issued_on => {
                                self.billed.insert(thing)
                            }
                            Some(_) => self.waits.insert(thing),
                        };
                    }
                }
                _ => {}
            }
        }
        if life.delivered_at.is_none() {
            return;
        }
        let fees = contract
            .components()
            .filter(|component| matches!(component.charge, ChargeRule::OncePerOrder { .. }))
            .filter(|_| !contract.order.lines.iter().any(|line| has_adopted(world, line)));
        self.billed.extend(fees.map(|component| fee(&component.code, &contract.order.order)));
    }

    /// The changes of state before the day of the invoice that cost something: day after day.
    fn add_state_fees(
        &mut self,
        contract: Contract<'_>,
        life: &Life<'_>,
        invoice: &InvoiceIssued,
        world: &World,
    ) {
        let elsewhere = world.adopted.get(contract.unit).map(|it| it.paid_until);
        let first = elsewhere.map_or(life.first_day(), |day| day.max(life.first_day()));
        for component in contract.components() {
            let ChargeRule::StateChanged { from, to, .. } = &component.charge else { continue };
            for day in days(first, invoice.issued_on) {
                let change = life.change_on(day).filter(|it| it.to == *to);
                if change.is_some_and(|it| from.is_empty() || from.contains(&it.from)) {
                    self.billed.insert(state_change(&component.code, contract.unit, day));
                }
            }
        }
    }

    /// A part of a price that is due with a milestone or on a day.
    fn add_part(&mut self, price: &Price<'_>, number: u16, invoice: &InvoiceIssued) {
        let Price { contract, life, code, back, elsewhere } = *price;
        if contract.order.ordered_on >= invoice.issued_on {
            return;
        }
        let due_on = part_due_on(contract, life, code, number).map(|(day, _)| day);
        if due_on.zip(elsewhere).is_some_and(|(day, until)| day < until) {
            return;
        }
        // What is given back by age is judged by `returns`.
        let by_age = matches!(back, GivenBack::ByAge(_));
        let gone = back.is_whole() || due_on.is_none();
        if gone && !by_age {
            self.given_back.insert(part(number, code, contract.unit));
        } else if !gone {
            let is_due = due_on.is_some_and(|day| day <= invoice.issued_on);
            let parts = if is_due { &mut self.billed } else { &mut self.waits };
            parts.insert(part(number, code, contract.unit));
        }
    }
}

/// Whether a device that should have gone back is still with the customer, days after its contract.
fn is_kept(life: &Life<'_>, within_days: u16, today: Date) -> bool {
    let Some(until) = life.over_on().and_then(|day| plus_days(day, within_days)) else {
        return false;
    };
    let back = life.returned_at().map(|at| life.zone().day_of(at));
    let in_time = back.is_some_and(|back| back <= until);
    life.delivered_at.is_some() && until < today && !in_time && !life.is_gone()
}

/// The price of a component of a unit that is paid in parts.
#[derive(Clone, Copy)]
struct Price<'a> {
    contract: Contract<'a>,
    life: &'a Life<'a>,
    code: &'a ComponentCode,
    back: GivenBack,
    /// The day from which it is billed here, when it was adopted.
    elsewhere: Option<Date>,
}

fn has_adopted(world: &World, line: &OrderLine) -> bool {
    line.units.iter().any(|unit| world.adopted.contains_key(&unit.unit))
}
