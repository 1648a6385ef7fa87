//! What the last invoice of an account left: what was billed, carried forward, so that the next one
//! looks only at what can have become due since (`docs/adr/0039`).
//!
//! Before the bill period of that invoice nothing is due again as long as what it was planned from
//! stands: the facts about the account and its units, the catalog, and the usage of that time. So
//! whatever is not provably unchanged is planned from all invoices and all usage. In a debug build
//! each plan is worked out in both ways, and must come to the same.

use facts::billed::Billed;
use facts::carried::Carried;
use facts::meter::Measure;
use facts::offer::{ChargeRule, Component, StoppedDays};
use facts::price::{CounterReset, UsagePrice};
use facts::{AccountId, AccountRegistered, MeterPublished};
use invoicing::Draft;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Zone;
use kernel::calendar::add_days;
use store::Tx;

use super::Basis;
use crate::Result;
use crate::contracts::Contract;
use crate::usage::Readings;

/// Most units of an account whose sum is carried: an invoice run holds 256 of them in memory.
const UNITS_MAX: usize = 1_000;

/// Days before an invoice whose usage is still carried: what comes later is compared with the
/// invoices themselves.
const LATE_DAYS: i32 = 31;

/// What the last invoice of an account left, and the position of the log of facts that it is as of.
#[derive(Debug, Clone)]
pub(super) struct Last {
    pub position: i64,
    pub carried: Carried,
}

impl Last {
    /// That of an account, unless the catalog changed since.
    pub fn of(tx: &mut dyn Tx, account: &AccountId, published: i64) -> Result<Option<Self>> {
        let found = tx.carried(account)?.filter(|(position, _)| published <= *position);
        Ok(found.map(|(position, carried)| Self { position, carried }))
    }

    /// The instant before which it knew what had happened.
    pub fn known_before(&self, zone: &Zone) -> Option<Timestamp> {
        zone.start_of(self.carried.issued_on).ok()
    }
}

/// Whether each bill period of a contract is closed by itself: nothing that was billed or used
/// before decides what a later one costs, and no later event changes an earlier one.
fn closes_each_period(contract: Contract<'_>, meters: &[MeterPublished]) -> bool {
    let Contract { ordered, offer, .. } = contract;
    ordered.after.is_none()
        && contract.uplift().is_none()
        && offer.terms.is_empty()
        // What comes late can move the start.
        && !offer.start.asks_usage()
        && offer.stopped_days != StoppedDays::UsedLater
        && offer.components.iter().all(|it| component_closes(it, meters))
}

fn component_closes(component: &Component, meters: &[MeterPublished]) -> bool {
    match &component.charge {
        ChargeRule::Recurring { every, .. } => every.is_none(),
        ChargeRule::Usage { meter, price, counter, .. } => {
            let of_meter = meters.iter().find(|it| it.code == *meter);
            counter.reset == CounterReset::BillPeriod
                && !matches!(price, UsagePrice::Pool(_))
                && of_meter.is_some_and(|it| is_of_its_instant(&it.measure))
        }
        ChargeRule::OnceDelivered { .. }
        | ChargeRule::Instalments { .. }
        | ChargeRule::Milestones { .. }
        | ChargeRule::OncePerOrder { .. }
        | ChargeRule::OnceLost { .. }
        | ChargeRule::OnceNotReturned { .. } => true,
        ChargeRule::StateChanged { .. } => false,
    }
}

/// Whether an event measures something at its own instant only.
const fn is_of_its_instant(measure: &Measure) -> bool {
    match measure {
        Measure::Count
        | Measure::Sum(_)
        | Measure::Max(_)
        | Measure::Min(_)
        | Measure::Latest(_)
        | Measure::Unique(_) => true,
        Measure::Counter(_)
        | Measure::Rollover(_)
        | Measure::TimeWeighted(_)
        | Measure::Duration(_)
        | Measure::Interval(_) => false,
    }
}

impl Basis {
    /// Whether what is billed of the account can be carried forward.
    fn can_be_carried(&self) -> Result<bool> {
        let is_alone = self.is_plain
            && self.has_one_payer()
            && self.units.len() <= UNITS_MAX
            && self.adopted.is_empty()
            && self.versions.iter().all(|it| it.terms.is_empty());
        if !is_alone {
            return Ok(false);
        }
        let contracts = self.unit_contracts()?;
        Ok(contracts.into_iter().all(|(_, it)| closes_each_period(it, &self.meters)))
    }

    /// Takes what was carried for what was billed, and leaves out the usage of the time before, if
    /// nothing of that can be due. Else nothing is taken.
    pub(super) fn go_on_from(
        &mut self,
        tx: &mut dyn Tx,
        last: Last,
        readings: &mut Readings,
    ) -> Result<()> {
        let Last { position, carried } = last;
        let then = carried.issued_on;
        let is_same = then <= self.issued_on
            && self.is_unchanged
            && self.version_on(then) == Some(self.account.version)
            && self.meters_on(then) == self.meters;
        if !is_same || !self.can_be_carried()? {
            return Ok(());
        }
        let AccountRegistered { zone, bill_cycle, .. } = &self.account;
        let news = readings.first_news(tx, (carried.segment, then, position))?;
        let first = news.map_or(then, |at| zone.day_of(at).min(then));
        let from = bill_cycle.period_of(first).map(|period| period.from());
        let Some(from) = from.ok().filter(|from| *from >= carried.from) else { return Ok(()) };
        let Ok(start) = zone.start_of(from) else { return Ok(()) };
        readings.begin_at(start);
        self.billed = invoicing::unpacked(&carried, from);
        self.carried = Some(carried);
        Ok(())
    }

    /// What an invoice of this account alone, which knew usage up to a segment, leaves to the next;
    /// none: that one reads all of them.
    pub(super) fn carry(&self, draft: &Draft, segment: i64) -> Result<Option<Carried>> {
        if draft.threshold.is_some() || !self.has_no_notes() || !self.can_be_carried()? {
            return Ok(None);
        }
        let cycle = &self.account.bill_cycle;
        let late = add_days(draft.issued_on, -LATE_DAYS).and_then(|day| cycle.period_of(day));
        let Ok(late) = late else { return Ok(None) };
        let (from, mut billed) = match &self.carried {
            Some(carried) => {
                let from: Date = late.from().max(carried.from);
                (from, invoicing::unpacked(carried, from))
            }
            None => (late.from(), Billed::clone(&self.billed)),
        };
        let added = invoicing::add_draft(&mut billed, draft);
        let as_of = (draft.issued_on, segment);
        Ok(added.ok().and_then(|()| invoicing::carry(&billed, as_of, from)))
    }
}
