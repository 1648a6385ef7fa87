//! The timelines of units. Units that go on for each other share a device: what is recorded about
//! one of them is about all, and each has the part of its own contract.

use std::collections::{BTreeMap, BTreeSet};

use ::fulfilment::{Span, StartRule, UnitEvidence, Uses, moves, timeline, uses};
use ::holds::Holds;
use facts::hold::Blocked;
use facts::unit::{ChangeAction, Timeline};
use facts::{
    AccountId, DeviceSerial, DeviceSignalled, Fact, Recorded, UnitChanged, UnitId, UnitTakenOver,
    UnitUsed,
};
use jiff::Timestamp;
use kernel::Zone;
use store::{Tx, UnitState};

use crate::Result;
use crate::contracts::{self, Contracts};
use crate::holds;
use crate::usage;

/// The kinds of fact about a unit.
const ABOUT_UNIT: [&str; 5] =
    ["ItemShipped", "ItemDelivered", "UnitChanged", "UnitTakenOver", "UnitUsed"];

/// What is recorded about units and their devices.
pub(crate) struct Records {
    of_unit: BTreeMap<UnitId, UnitEvidence>,
    signals: BTreeMap<DeviceSerial, Vec<DeviceSignalled>>,
    /// The unit that each goes on for.
    before: BTreeMap<UnitId, UnitId>,
    /// The units that share their device with others.
    members: BTreeMap<UnitId, UnitState>,
    /// The holds of the accounts of the units.
    holds: BTreeMap<AccountId, Holds>,
    /// What stands in the log of facts from here on is not known.
    before_sequence: i64,
}

impl Default for Records {
    fn default() -> Self {
        Self {
            of_unit: BTreeMap::new(),
            signals: BTreeMap::new(),
            before: BTreeMap::new(),
            members: BTreeMap::new(),
            holds: BTreeMap::new(),
            before_sequence: i64::MAX,
        }
    }
}

impl Records {
    /// Of facts about the units of an account, those before a position of the log.
    pub fn of(facts: Vec<Recorded>, before_sequence: i64) -> Self {
        let mut records = Self { before_sequence, ..Self::default() };
        records.add(facts);
        records
    }

    fn add(&mut self, facts: Vec<Recorded>) {
        for recorded in facts.into_iter().filter(|it| it.sequence < self.before_sequence) {
            let unit = match &recorded.fact {
                Fact::ItemShipped(it) => it.unit.clone(),
                Fact::ItemDelivered(it) => it.unit.clone(),
                Fact::UnitChanged(it) => it.unit.clone(),
                Fact::UnitTakenOver(it) => it.unit.clone(),
                Fact::UnitUsed(it) => it.unit.clone(),
                _ => {
                    if let Fact::DeviceSignalled(it) = recorded.fact {
                        self.signals.entry(it.serial.clone()).or_default().push(it);
                    }
                    continue;
                }
            };
            let evidence = self.of_unit.entry(unit).or_default();
            match recorded.fact {
                Fact::ItemShipped(it) => evidence.shipments.push(it),
                Fact::ItemDelivered(it) => evidence.deliveries.push(it),
                Fact::UnitChanged(it) => evidence.changes.push(it),
                Fact::UnitTakenOver(it) => {
                    self.before.insert(it.by.clone(), it.unit.clone());
                    evidence.taken_over.push(it);
                }
                Fact::UnitUsed(it) => evidence.used.push(it),
                _ => {}
            }
        }
    }

    /// Loads what is recorded about one unit, the other units of its device, and the device.
    pub fn load(tx: &mut dyn Tx, contracts: &mut Contracts, unit: &UnitState) -> Result<Self> {
        let mut records = Self::default();
        records.load_unit(tx, &unit.unit)?;
        records.complete(tx, contracts, std::slice::from_ref(unit))?;
        records.load_signals(tx, &unit.unit)?;
        Ok(records)
    }

    fn load_unit(&mut self, tx: &mut dyn Tx, unit: &UnitId) -> Result<()> {
        for kind in ABOUT_UNIT {
            self.add(tx.facts_about(kind, unit.as_str())?);
        }
        Ok(())
    }

    /// The signals of every device that a unit or one of its device ever had.
    fn load_signals(&mut self, tx: &mut dyn Tx, unit: &UnitId) -> Result<()> {
        let evidence = self.joined(unit);
        for serial in serials_of(&evidence) {
            if !self.signals.contains_key(serial) {
                self.signals.insert(serial.clone(), Vec::new());
                self.add(tx.facts_about("DeviceSignalled", serial.as_str())?);
            }
        }
        Ok(())
    }

    /// Loads what is missing about the other units of the devices of these, which can be of other
    /// accounts.
    pub fn complete(
        &mut self,
        tx: &mut dyn Tx,
        contracts: &mut Contracts,
        units: &[UnitState],
    ) -> Result<()> {
        let known: BTreeMap<&UnitId, &UnitState> = units.iter().map(|it| (&it.unit, it)).collect();
        for unit in units {
            self.load_holds(tx, &unit.account)?;
            let is_next = contracts.of(unit)?.ordered.after.is_some();
            let evidence = self.of_unit.get(&unit.unit);
            if !is_next && evidence.is_none_or(|it| it.taken_over.is_empty()) {
                continue;
            }
            let (mut names, mut is_elsewhere) = (vec![unit.unit.clone()], false);
            while let Some(name) = names.pop() {
                if self.members.contains_key(&name) {
                    continue;
                }
                let state = match known.get(&name) {
                    Some(state) => (*state).clone(),
                    None => {
                        let state = contracts::unit(tx, &name)?;
                        contracts.load(tx, [&state])?;
                        self.load_unit(tx, &name)?;
                        self.load_holds(tx, &state.account)?;
                        is_elsewhere = true;
                        state
                    }
                };
                names.extend(contracts.of(&state)?.ordered.after.clone());
                let evidence = self.of_unit.get(&name).into_iter();
                names.extend(evidence.flat_map(|it| &it.taken_over).map(|it| it.by.clone()));
                self.members.insert(name, state);
            }
            if is_elsewhere {
                self.load_signals(tx, &unit.unit)?;
            }
        }
        Ok(())
    }

    fn load_holds(&mut self, tx: &mut dyn Tx, account: &AccountId) -> Result<()> {
        if !self.holds.contains_key(account) {
            let holds = holds::of_account(tx, account, self.before_sequence)?;
            self.holds.insert(account.clone(), holds);
        }
        Ok(())
    }

    /// The holds that can lie on a unit, and the units up to it that its device was: a hold of one
    /// of them goes on with it.
    pub fn holds_of(&self, unit: &UnitState) -> (Holds, Vec<UnitId>) {
        let mut holds = self.holds.get(&unit.account).cloned().unwrap_or_default();
        let mut units = vec![unit.unit.clone()];
        while let Some(before) = units.last().and_then(|it| self.before.get(it)) {
            let account = self.members.get(before).map(|it| &it.account);
            if let Some(other) = account.filter(|it| **it != unit.account) {
                holds.join(self.holds.get(other).cloned().unwrap_or_default());
            }
            units.push(before.clone());
        }
        (holds, units)
    }

    /// Whether no unit shares its device with another, and nobody holds anything.
    pub fn are_plain(&self) -> bool {
        self.members.is_empty() && self.holds.values().all(Holds::is_empty)
    }

    /// The units that share a device, or the one that has its own.
    pub fn units_of(&self, unit: &UnitState) -> Vec<UnitState> {
        if self.members.is_empty() {
            return vec![unit.clone()];
        }
        self.members.values().cloned().collect()
    }

    /// What is recorded about a unit and the others of its device.
    fn joined(&self, unit: &UnitId) -> UnitEvidence {
        let mut evidence = UnitEvidence::default();
        for unit in self.chain(unit) {
            evidence.join(self.of_unit.get(unit).cloned().unwrap_or_default());
        }
        evidence
    }

    /// The units of a device in their order, of which this is one.
    fn chain<'a>(&'a self, unit: &'a UnitId) -> Vec<&'a UnitId> {
        let mut chain = vec![unit];
        if !self.members.contains_key(unit) {
            return chain;
        }
        while let Some(before) = chain.first().and_then(|it| self.before.get(*it)) {
            chain.insert(0, before);
        }
        while let Some(next) = chain.last().and_then(|it| self.next(it)) {
            chain.push(&next.by);
        }
        chain
    }

    /// The unit that goes on for a unit.
    pub fn next(&self, unit: &UnitId) -> Option<&UnitTakenOver> {
        self.of_unit.get(unit)?.taken_over.first()
    }

    /// The amendments of a device, whichever of its units they name.
    pub fn changes(&self, unit: &UnitId) -> Vec<UnitChanged> {
        self.joined(unit).changes
    }

    /// The unit that a device was sold as.
    fn first_of<'a>(&'a self, unit: &'a UnitState) -> &'a UnitState {
        let chain = self.chain(&unit.unit);
        chain.first().and_then(|first| self.members.get(*first)).unwrap_or(unit)
    }

    /// What is recorded about a device, with the signals of what it was.
    fn evidence_of(&self, unit: &UnitState, rule: StartRule<'_>) -> UnitEvidence {
        let mut evidence = self.joined(&unit.unit).of_line(&self.first_of(unit).order_line);
        for held in timeline(&evidence, rule).holdings {
            evidence.signals.extend(self.signals.get(&held.serial).into_iter().flatten().cloned());
        }
        evidence
    }

    /// What usage that arrived before a day says of a device whose start can depend on it, where
    /// that gives it another start; that day begins at `known_before`. What came later is looked at
    /// when its day is over.
    pub fn news_of_usage(
        &mut self,
        tx: &mut dyn Tx,
        (contracts, unit): (&Contracts, &UnitState),
        (zone, known_before, now): (&Zone, Timestamp, Timestamp),
    ) -> Result<Option<UnitUsed>> {
        let first = self.first_of(unit);
        let sold = contracts.of(first)?;
        if !sold.offer.start.asks_usage() {
            return Ok(None);
        }
        let rule = StartRule {
            policy: &sold.offer.start,
            activation_signals: &contracts.activation_signals(sold),
            ordered_on: sold.order.ordered_on,
            zone,
        };
        let evidence = self.evidence_of(unit, rule);
        let serials: BTreeSet<&DeviceSerial> = serials_of(&evidence).collect();
        let looked = usage::look(tx, serials, zone.day_of(known_before))?;
        if let Some(day) = looked.next {
            usage::look_after(tx, [first.unit.clone()].into(), (day, now))?;
        }
        let found = uses(&evidence, rule, &looked.uses);
        let known = evidence.used.iter().filter(|it| it.known_before <= known_before);
        let last = known.max_by_key(|it| (it.known_before, it.revision));
        let before = last.map(Uses::from).unwrap_or_default();
        if !moves(&evidence, rule, (before, found)) {
            return Ok(None);
        }
        let revision = evidence.used.iter().map(|it| it.revision).max().unwrap_or_default();
        let said = UnitUsed {
            unit: first.unit.clone(),
            revision: revision.saturating_add(1),
            known_before,
            first_at: found.first_at,
            used_up_on: found.used_up_on,
        };
        self.of_unit.entry(said.unit.clone()).or_default().used.push(said.clone());
        Ok(Some(said))
    }

    /// The timeline of a unit, as it was known before an instant.
    pub fn timeline(
        &self,
        contracts: &Contracts,
        unit: &UnitState,
        zone: &Zone,
        known_before: Option<Timestamp>,
    ) -> Result<Timeline> {
        let first = self.first_of(unit);
        let sold = contracts.of(first)?;
        let rule = StartRule {
            policy: &sold.offer.start,
            activation_signals: &contracts.activation_signals(sold),
            ordered_on: sold.order.ordered_on,
            zone,
        };
        let mut evidence = self.evidence_of(unit, rule);
        if let Some(instant) = known_before {
            evidence = evidence.known_before(instant);
        }
        let mut life = timeline(&evidence, rule);
        // A start lies in the past of who knows it; that it goes on under another contract is
        // known since that was agreed.
        let is_reached = |at: Timestamp| known_before.is_none_or(|before| at < before);
        life.start = life.start.filter(|start| is_reached(start.start_at));
        life.test_from = life.test_from.filter(|at| is_reached(*at));
        let contract = contracts.of(unit)?;
        let after = contract.ordered.after.as_ref();
        let ends_at = contract.ends_at(zone);
        let span = Span::of(&unit.unit, after, &evidence.taken_over, ends_at);
        let mut life = span.map(|span| span.cut(life)).unwrap_or_default();
        let (holds, units) = self.holds_of(unit);
        if !holds.is_empty() {
            let known = known_before.map(|instant| holds.known_before(instant)).unwrap_or(holds);
            let place = holds::place_of(&unit.order_line, &units);
            life.held = known.held_days(Blocked::Service, place);
        }
        Ok(life)
    }
}

/// Every device that some facts name.
fn serials_of(evidence: &UnitEvidence) -> impl Iterator<Item = &DeviceSerial> {
    let shipped = evidence.shipments.iter().map(|it| &it.serial);
    let swapped = evidence.changes.iter().filter_map(|it| match &it.action {
        ChangeAction::Swap(serial) => Some(serial),
        _ => None,
    });
    shipped.chain(swapped)
}
