//! A small world, recorded fact by fact: three units, two invoices, four batches of usage. Tests
//! break one thing in it and name what must be found.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::str::FromStr;

use auditor::{Finding, Report};
use facts::carried::Carried;
use facts::unit::{
    ChangeAction, DeviceSignalled, ItemDelivered, ItemShipped, ShipmentReason, UnitChanged,
};
use facts::{EntryPosted, Fact, InvoiceIssued, UsageReceived};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::rejection::Rejection;
use store::{Holding, Store, UnitState};
use store_sqlite::SqliteStore;

use crate::usage_log::{self, Batch, Sent};
use crate::{bill, catalog};

pub fn read<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

pub fn day(text: &str) -> Date {
    read(text)
}

pub fn at(text: &str) -> Timestamp {
    read(text)
}

/// The facts in the order of the log, and the rows beside them.
pub struct World {
    pub before: Vec<Fact>,
    pub first: InvoiceIssued,
    pub between: Vec<Fact>,
    pub second: InvoiceIssued,
    pub later: Vec<InvoiceIssued>,
    pub after: Vec<Fact>,
    /// The facts about batches of usage.
    pub received: Vec<UsageReceived>,
    /// The batches in the log of usage.
    pub batches: Vec<Batch>,
    /// The last batch that the index includes, from 1.
    pub indexed: i64,
    /// As recorded; none: those of the invoices.
    pub posted: Option<Vec<EntryPosted>>,
    /// As added to the balances; none: those of the invoices.
    pub balanced: Option<Vec<EntryPosted>>,
    /// What the last invoice leaves to the next.
    pub carried: Option<Carried>,
}

fn shipped(shipment: &str, unit: &str, serial: &str, instant: &str) -> ItemShipped {
    ItemShipped {
        shipment: read(shipment),
        order_line: read(if unit == "U3" { "L2" } else { "L1" }),
        unit: read(unit),
        serial: read(serial),
        reason: ShipmentReason::Sale,
        shipped_at: at(instant),
        carrier: "carrier".to_owned(),
    }
}

pub fn delivered(shipment: &str, unit: &str, instant: &str) -> Fact {
    let (shipment, unit) = (read(shipment), read(unit));
    Fact::ItemDelivered(ItemDelivered { shipment, unit, delivered_at: at(instant) })
}

pub fn signalled(id: &str, serial: &str, instant: &str) -> Fact {
    Fact::DeviceSignalled(DeviceSignalled {
        source: read("cloud"),
        id: read(id),
        event_type: catalog::ACTIVATION.to_owned(),
        serial: read(serial),
        signalled_at: at(instant),
    })
}

pub fn changed(
    change: &str,
    unit: &str,
    (recorded_at, effective_at): (&str, &str),
    action: ChangeAction,
) -> Fact {
    Fact::UnitChanged(UnitChanged {
        change: read(change),
        unit: read(unit),
        recorded_at: at(recorded_at),
        effective_at: at(effective_at),
        action,
        asked: None,
    })
}

fn life_before() -> Vec<Fact> {
    let mut facts = catalog::agreed();
    facts.extend([
        Fact::ItemShipped(shipped("SH1", "U1", "D1", "2026-01-08T08:00:00Z")),
        Fact::ItemShipped(shipped("SH2", "U2", "D2", "2026-01-08T08:00:00Z")),
        Fact::ItemShipped(shipped("SH3", "U3", "D3", "2026-01-29T08:00:00Z")),
        signalled("g0", "D1", "2026-01-09T09:00:00Z"),
        delivered("SH1", "U1", "2026-01-10T10:00:00Z"),
        delivered("SH2", "U2", "2026-01-10T10:00:00Z"),
        delivered("SH3", "U3", "2026-01-31T12:00:00Z"),
        signalled("g1", "D1", "2026-01-12T09:00:00Z"),
        signalled("g3", "D3", "2026-01-31T20:00:00Z"),
    ]);
    facts
}

fn life_between() -> Vec<Fact> {
    let mut replacement = shipped("SH9", "U2", "D9", "2026-02-17T08:00:00Z");
    replacement.reason = ShipmentReason::Replacement;
    let upgrade = ("2026-02-15T10:00:00Z", "2026-02-16T10:00:00Z");
    let suspension = ("2026-02-20T10:00:00Z", "2026-03-10T10:00:00Z");
    let swap = ("2026-02-18T10:00:00Z", "2026-02-20T10:00:00Z");
    vec![
        changed("C1", "U1", upgrade, ChangeAction::Plan(read("premium"))),
        changed("C2", "U3", suspension, ChangeAction::Suspend),
        Fact::ItemShipped(replacement),
        delivered("SH9", "U2", "2026-02-19T08:00:00Z"),
        changed("C3", "U2", swap, ChangeAction::Swap(read("D9"))),
    ]
}

fn unit(unit: &str, line: &str, held: &[(&str, &str, Option<&str>)]) -> (UnitState, Vec<Holding>) {
    let state = UnitState {
        unit: read(unit),
        account: read("A"),
        order: read("O1"),
        order_line: read(line),
        shipped_at: None,
        delivered_at: None,
        start: None,
    };
    let holding = |(serial, from, until): &(&str, &str, Option<&str>)| Holding {
        serial: (*serial).to_owned(),
        unit: state.unit.clone(),
        held_from: Some(at(from)),
        held_until: until.map(at),
    };
    let holdings = held.iter().map(holding).collect();
    (state, holdings)
}

fn units() -> Vec<(UnitState, Vec<Holding>)> {
    let (shipped, swapped) = ("2026-01-08T08:00:00Z", "2026-02-20T10:00:00Z");
    vec![
        unit("U1", "L1", &[("D1", shipped, None)]),
        unit("U2", "L1", &[("D2", shipped, Some(swapped)), ("D9", swapped, None)]),
        unit("U3", "L2", &[("D3", "2026-01-29T08:00:00Z", None)]),
    ]
}

/// The world in which every promise is kept.
pub fn clean() -> World {
    let batches = usage_log::batches();
    World {
        before: life_before(),
        first: bill::first_invoice(),
        between: life_between(),
        second: bill::second_invoice(),
        later: Vec::new(),
        after: Vec::new(),
        received: batches.iter().map(Batch::received).collect(),
        batches,
        indexed: i64::MAX,
        posted: None,
        balanced: None,
        carried: None,
    }
}

impl World {
    /// The entries of the invoices.
    pub fn entries(&self) -> Vec<EntryPosted> {
        let invoices = [&self.first, &self.second].into_iter().chain(&self.later);
        invoices.flat_map(bill::entries).collect()
    }

    fn facts(&self) -> Vec<Fact> {
        let invoice = |it: &InvoiceIssued| Fact::InvoiceIssued(Box::new(it.clone()));
        let mut facts = self.before.clone();
        facts.extend(self.received.iter().cloned().map(Fact::UsageReceived));
        facts.push(invoice(&self.first));
        facts.extend(self.between.iter().cloned());
        facts.push(invoice(&self.second));
        facts.extend(self.later.iter().map(invoice));
        facts.extend(self.after.iter().cloned());
        let posted = self.posted.clone().unwrap_or_else(|| self.entries());
        facts.extend(posted.into_iter().map(Fact::EntryPosted));
        facts
    }

    /// Posts and adds up other entries than those of the invoices.
    pub fn book(&mut self, change: impl FnOnce(&mut Vec<EntryPosted>)) {
        let mut entries = self.entries();
        change(&mut entries);
        self.posted = Some(entries.clone());
        self.balanced = Some(entries);
    }

    /// A line of usage, by its batch and place.
    pub fn line(&mut self, (batch, line): (usize, usize)) -> &mut Sent {
        &mut self.batches[batch].lines[line]
    }

    /// Records everything.
    pub fn store(self) -> SqliteStore {
        let mut store = SqliteStore::in_memory().unwrap();
        let mut tx = store.begin().unwrap();
        for fact in self.facts() {
            assert!(tx.record(&fact, at("2026-03-02T00:00:00Z")).unwrap().is_some(), "{fact:?}");
        }
        for (unit, holdings) in units() {
            tx.save_unit(&unit, &holdings).unwrap();
        }
        let balanced = self.balanced.clone().unwrap_or_else(|| self.entries());
        balanced.iter().for_each(|entry| tx.save_entry(entry).unwrap());
        usage_log::write(&self, tx.as_mut());
        let carried = self.carried.map(|it| (read("A"), it));
        tx.save_carried(&carried.into_iter().collect::<Vec<_>>()).unwrap();
        tx.commit().unwrap();
        store
    }

    /// Records everything and has it audited.
    pub fn audit(self) -> Report {
        auditor::audit(&mut self.store()).unwrap()
    }

    /// Records everything and has it audited, line by line.
    pub fn audit_deep(self) -> Report {
        auditor::audit_deep(&mut self.store()).unwrap()
    }
}

/// One way to break the world, and every code that must be found then.
pub struct Case {
    pub name: &'static str,
    pub breaks: fn(&mut World),
    pub finds: &'static [&'static str],
}

/// Breaks the world in each way; all that is found must be what is expected, and nothing else.
pub fn check(cases: &[Case]) {
    for case in cases {
        expect(case, findings(case.breaks));
    }
}

/// The same, with the raw lines of usage.
pub fn check_deep(cases: &[Case]) {
    for case in cases {
        let mut world = clean();
        (case.breaks)(&mut world);
        expect(case, world.audit_deep().findings().cloned().collect());
    }
}

fn expect(case: &Case, findings: Vec<Finding>) {
    let found: BTreeSet<&str> = findings.iter().map(Rejection::code).collect();
    let expected: BTreeSet<&str> = case.finds.iter().copied().collect();
    let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected, "{}: {said:#?}", case.name);
}

/// The findings of a world that was broken.
pub fn findings(break_it: impl FnOnce(&mut World)) -> Vec<Finding> {
    let mut world = clean();
    break_it(&mut world);
    world.audit().findings().cloned().collect()
}
