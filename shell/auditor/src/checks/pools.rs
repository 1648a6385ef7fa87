//! Pools: what a period grants, what was left of earlier ones, and the statement per unit, each
//! from its definition: every period of a pool is gone through again, day by day.

mod window;

use std::collections::{BTreeMap, BTreeSet};

use facts::charge::{Charge, RatedUsage};
use facts::offer::{ChargeRule, Component};
use facts::pool::{
    Allocation, AllowanceProration, Overage, Pool, PoolAttribute, PoolName, PoolScope, PoolShare,
    PoolUse, RolloverLimit,
};
use facts::price::UsagePrice;
use facts::{ChargeKind, ComponentCode, InvoiceGroup, InvoiceIssued, OfferCode, OfferRef, UnitId};
use jiff::civil::Date;
use kernel::{Period, Rounding};

use crate::calendar::{bill_period, count_days, days, whole_period};
use crate::life::Life;
use crate::models;
use crate::ratio::{Ratio, shown};
use crate::world::{Contract, Knowledge, Logged, World};
use crate::{AuditFinding, Check};
pub(crate) use window::overage;
use window::{
    Past, computed_window, fair, in_sum, move_window, settles_at_end, stated_window, used_in_all,
};

/// One pool of an account; the version of the offer where each has pools of its own; the invoice of
/// its own on which it is billed.
pub(crate) type Name = (OfferCode, Option<u32>, ComponentCode, PoolName, Option<InvoiceGroup>);

/// What each unit of a pool used in each period, as rated last.
type Used = BTreeMap<Name, BTreeMap<Date, BTreeMap<UnitId, Ratio>>>;

/// Nine decimals of a quantity.
const DECIMALS: u8 = 9;

pub(crate) fn check(world: &World) -> Check {
    let mut check = Check::new(
        "pools",
        "The allowance of each pool is what its units bring by their service days and what is left \
         of earlier periods, and its statement sums to its line.",
    );
    for invoices in world.invoices_by_account().into_values() {
        let mut used = Used::new();
        for logged in invoices {
            // What is given back says nothing of what was used.
            let lines = logged.it.lines.iter();
            let lines: Vec<_> =
                lines.filter(|it| it.charge.kind != ChargeKind::UsageCredit).collect();
            for line in &lines {
                remember(world, &line.charge, &mut used);
            }
            for line in lines {
                let charge = &line.charge;
                let Some((rated, pool)) = stated(charge) else { continue };
                let Some(name) = name_of(world, charge) else { continue };
                check.examine();
                let bill = Bill { world, logged, charge, rated, name: &name };
                let found = bill.compare(pool, used.get(&name)).unwrap_or_default();
                for (what, stated, computed) in found {
                    let invoice = logged.it.number.clone();
                    let line = line.line;
                    check.find(AuditFinding::RatedDiffers {
                        invoice,
                        line,
                        what,
                        stated,
                        computed,
                    });
                }
            }
        }
    }
    check
}

/// What a quantity above the stated allowance costs.
pub(crate) fn cost(pool: &Pool, rated: &RatedUsage) -> Option<Ratio> {
    let over = overage(rated, rated.pool.as_ref()?)?;
    match &pool.overage {
        Overage::Price(price) => over.times(Ratio::of_price(*price)?),
        Overage::Model(model) => models::cost(model, over, 0),
    }
}

fn above_zero(value: Ratio) -> Option<Ratio> {
    Some(if value.is_below(Ratio::ZERO)? { Ratio::ZERO } else { value })
}

fn stated(charge: &Charge) -> Option<(&RatedUsage, &PoolUse)> {
    let rated = charge.rated.as_ref()?;
    Some((rated, rated.pool.as_ref()?))
}

fn pool_of(component: &Component) -> Option<&Pool> {
    match &component.charge {
        ChargeRule::Usage { price: UsagePrice::Pool(pool), .. } => Some(pool),
        _ => None,
    }
}

/// The pool of a component of a version of an offer.
pub(crate) fn pool_at<'a>(
    world: &'a World,
    offer: &OfferRef,
    component: &ComponentCode,
) -> Option<&'a Pool> {
    pool_of(world.offers.get(offer)?.component(component)?)
}

/// The pool that a contract is in, of one component.
pub(crate) fn name_in(
    world: &World,
    contract: Contract<'_>,
    component: &ComponentCode,
    invoice: &InvoiceIssued,
) -> Option<Name> {
    let offer = &contract.line.offer;
    let pool = pool_at(world, offer, component)?;
    let value = match &pool.split_by {
        None => None,
        Some(PoolAttribute::Unit(name)) => Some(contract.ordered.attributes.get(name)),
        Some(PoolAttribute::Account(name)) => Some(invoice.account.attributes.get(name)),
    };
    let line = (pool.scope == PoolScope::Subscription).then(|| contract.line.line.clone());
    let name = PoolName { line, value: value.map(|it| it.cloned().unwrap_or_default()) };
    let group = contract.line.invoice.clone();
    Some((offer.code.clone(), version(pool, offer), component.clone(), name, group))
}

fn version(pool: &Pool, offer: &OfferRef) -> Option<u32> {
    (pool.scope == PoolScope::Charge).then_some(offer.version)
}

/// The pool that a line is of.
pub(crate) fn name_of(world: &World, charge: &Charge) -> Option<Name> {
    let pool = pool_at(world, &charge.offer, &charge.component)?;
    let (_, stated) = stated(charge)?;
    let (code, component) = (charge.offer.code.clone(), charge.component.clone());
    let (name, group) = (stated.name.clone(), charge.group.clone());
    Some((code, version(pool, &charge.offer), component, name, group))
}

/// A line says all that its period used. One of a version that leads no more says nothing, and
/// takes nothing from what the line of the other says.
fn remember(world: &World, charge: &Charge, used: &mut Used) {
    let (Some(name), Some(period)) = (name_of(world, charge), charge.period) else { return };
    let Some((rated, _)) = stated(charge) else { return };
    let units = rated.by_unit.iter();
    let units: Option<BTreeMap<UnitId, Ratio>> =
        units.map(|it| Some((it.unit.clone(), Ratio::of_quantity(it.quantity)?))).collect();
    let of_pool = used.entry(name).or_default();
    let is_led = !rated.by_unit.is_empty() || !of_pool.contains_key(&period.from());
    if let Some(units) = units.filter(|_| is_led || leads(rated)) {
        of_pool.insert(period.from(), units);
    }
}

/// Whether a line without usage is that of a pool: its units are in service.
fn leads(rated: &RatedUsage) -> bool {
    rated.pool.as_ref().is_some_and(|pool| pool.active_units > 0)
}

/// What differs: what it is, what the line says, what it should say.
type Differences = Vec<(&'static str, String, String)>;

struct Bill<'a> {
    world: &'a World,
    logged: &'a Logged<InvoiceIssued>,
    charge: &'a Charge,
    rated: &'a RatedUsage,
    name: &'a Name,
}

/// A unit in one period.
struct Member<'a> {
    unit: &'a UnitId,
    offer: &'a OfferRef,
    pool: &'a Pool,
    days: BTreeSet<Date>,
    used: Ratio,
}

/// What one period comes to; of a window that is settled at its end, with all its periods so far.
struct Month<'a> {
    members: Vec<Member<'a>>,
    /// The settings, and the version that they are of.
    lead: (&'a OfferRef, &'a Pool),
    granted: Ratio,
    carried_in: Ratio,
    expired: Ratio,
    carried: Ratio,
    window: Vec<Past<'a>>,
}

impl<'a> Bill<'a> {
    /// None when a number does not fit: then nothing can be said.
    fn compare(
        &self,
        pool: &PoolUse,
        used: Option<&BTreeMap<Date, BTreeMap<UnitId, Ratio>>>,
    ) -> Option<Differences> {
        let period = self.charge.period?;
        let nothing = BTreeMap::new();
        let month = self.follow(period, used.unwrap_or(&nothing))?;
        let mut found = Differences::new();
        let Some(month) = month.filter(|month| *month.lead.0 == self.charge.offer) else {
            if self.rated.amount.minor != 0 {
                let stated = self.rated.amount.to_string();
                found.push(("line of a version that does not lead its pool", stated, "0".into()));
            }
            return Some(found);
        };
        let active = month.members.iter().filter(|it| !it.days.is_empty()).count();
        let mut expect = |what, stated: String, computed: String| {
            if stated != computed {
                found.push((what, stated, computed));
            }
        };
        expect("active units", pool.active_units.to_string(), active.to_string());
        let ratio = |quantity| shown(Ratio::of_quantity(quantity));
        let mut total = month.granted.plus(month.carried_in)?;
        if settles_at_end(month.lead.1) {
            total = Ratio::sum(month.window.iter().map(|it| Some(it.granted)))?;
            expect("window", stated_window(pool), computed_window(&month));
        }
        expect("allowance", ratio(pool.allowance), total.to_string());
        if let Some(rolled) = &pool.rolled {
            expect("granted", ratio(rolled.granted), month.granted.to_string());
            expect("expired", ratio(rolled.expired), month.expired.to_string());
            expect("carried over", ratio(rolled.carried), month.carried.to_string());
        } else {
            expect("carried over", "0".into(), month.carried.to_string());
        }
        found.extend(self.statement(pool, &month, period)?);
        Some(found)
    }

    /// Goes through the periods of the pool from the first service day of the account.
    fn follow(
        &self,
        last: Period,
        used: &BTreeMap<Date, BTreeMap<UnitId, Ratio>>,
    ) -> Option<Option<Month<'a>>> {
        let cycle = &self.logged.it.account.bill_cycle;
        let lives = self.lives();
        let starts = lives.iter().filter_map(|(_, _, life)| life.started_at());
        let first = starts.map(|at| self.logged.it.account.zone.day_of(at)).min();
        let used_first = used.keys().next().copied();
        let from = first.into_iter().chain(used_first).min().unwrap_or(last.from());
        let (mut from, mut to) = bill_period(cycle, from)?;
        let mut carry = Carry::default();
        let mut window = Vec::new();
        let mut lead = None;
        loop {
            let nothing = BTreeMap::new();
            let members = members(&lives, (from, to), used.get(&from).unwrap_or(&nothing));
            let newest = members.iter().max_by_key(|it| it.offer.version);
            lead = newest.map(|it| (it.offer, it.pool)).or(lead);
            let mut month = match lead {
                Some(lead) => Some(month(members, lead, whole_period(cycle, from)?, &mut carry)?),
                None => None,
            };
            month.as_mut().map_or(Some(()), |it| move_window(it, (from, to), &mut window))?;
            if from >= last.from() {
                return Some(month.filter(|_| from == last.from()));
            }
            (from, to) = bill_period(cycle, to)?;
        }
    }

    /// The units that can be in the pool, and what the invoice knows of them.
    fn lives(&self) -> Vec<(Contract<'a>, &'a Pool, Life<'a>)> {
        let invoice = &self.logged.it;
        let contracts = self.world.contracts_of(&invoice.account.account).into_iter();
        let component = &self.name.2;
        let known = contracts.filter(|it| {
            it.sequence < self.logged.sequence
                && it.line.components.contains_key(component)
                && name_in(self.world, *it, component, invoice).as_ref() == Some(self.name)
        });
        let life = |contract: Contract<'a>| {
            let pool = pool_at(self.world, &contract.line.offer, component)?;
            let knowledge = Knowledge::of_invoice(self.logged);
            let life = Life::of(self.world, contract, &invoice.account.zone, knowledge);
            Some((contract, pool, life))
        };
        known.filter_map(life).collect()
    }

    /// The columns have the sums of the pool, and each share is its part of them to one step.
    fn statement(&self, pool: &PoolUse, month: &Month<'_>, period: Period) -> Option<Differences> {
        let mut found = Differences::new();
        if pool.statement.is_empty() {
            return Some(found);
        }
        let over = overage(self.rated, pool)?;
        let sum =
            |of: &dyn Fn(&PoolShare) -> Option<Ratio>| Ratio::sum(pool.statement.iter().map(of));
        let columns = [
            (
                "used in the statement",
                sum(&|it| Ratio::of_quantity(it.used)),
                used_in_all(self.rated, pool),
            ),
            (
                "allowance in the statement",
                sum(&|it| Ratio::of_quantity(it.allowance)),
                Ratio::of_quantity(pool.allowance),
            ),
            ("overage in the statement", sum(&|it| Ratio::of_quantity(it.overage)), Some(over)),
            (
                "amount in the statement",
                sum(&|it| Ratio::of_money(it.amount)),
                Ratio::of_money(self.rated.amount),
            ),
        ];
        for (what, stated, computed) in columns {
            if stated != computed {
                found.push((what, shown(stated), shown(computed)));
            }
        }
        for (what, stated, computed, step) in self.shares(pool, month, period, over)? {
            let off = stated.minus(computed)?;
            let is_near = off.is_below(step)? && Ratio::ZERO.minus(step)?.is_below(off)?;
            if !is_near {
                found.push((what, stated.to_string(), computed.to_string()));
            }
        }
        Some(found)
    }

    /// What each unit should have, and how far off rounding may take it.
    fn shares(
        &self,
        pool: &PoolUse,
        month: &Month<'_>,
        period: Period,
        over: Ratio,
    ) -> Option<Vec<(&'static str, Ratio, Ratio, Ratio)>> {
        let (allowance, amount) =
            (Ratio::of_quantity(pool.allowance)?, Ratio::of_money(self.rated.amount)?);
        let (members, times) = match settles_at_end(month.lead.1) {
            true => (in_sum(&month.window)?, month.window.len()),
            false => (fair(month, allowance, (period.from(), period.to()))?, 1),
        };
        // Each period of a window rounds by itself.
        let times = i128::try_from(times).ok()?.max(1);
        let step = Ratio::new(times, 10_i128.checked_pow(DECIMALS.into())?)?;
        let exponent = self.rated.amount.currency.exponent();
        let cent = Ratio::new(1, 10_i128.checked_pow(exponent.into())?)?;
        let share = |unit: &UnitId| pool.statement.iter().find(|it| it.unit == *unit);
        let mut excess = Vec::new();
        for member in &members {
            let own = Ratio::of_quantity(share(member.unit)?.allowance)?;
            excess.push(match month.lead.1.allocation {
                Allocation::ByExcess => above_zero(member.used.minus(own)?)?,
                Allocation::ByUsage => above_zero(member.used)?,
            });
        }
        let mut all = Vec::new();
        for (member, excess_of) in members.iter().zip(&excess) {
            let stated = share(member.unit)?;
            let days = |count: usize| Ratio::new(i128::try_from(count).ok()?, 1);
            let stated_days = Ratio::new(stated.days.into(), 1)?;
            all.push(("service days of a unit", stated_days, days(member.days)?, step));
            let used = Ratio::of_quantity(stated.used)?;
            all.push(("usage of a unit", used, member.used, step));
            let own = Ratio::of_quantity(stated.allowance)?;
            all.push(("allowance of a unit", own, member.allowance, step));
            let beyond = Ratio::of_quantity(stated.overage)?;
            all.push(("overage of a unit", beyond, part(over, *excess_of, &excess)?, step));
            let shares = pool.statement.iter().map(|it| Ratio::of_quantity(it.overage));
            let shares: Vec<Ratio> = shares.collect::<Option<_>>()?;
            let price = part(amount, beyond, &shares)?;
            all.push(("amount of a unit", Ratio::of_money(stated.amount)?, price, cent));
        }
        Some(all)
    }
}

/// A share by weight; nothing where nothing weighs.
fn part(total: Ratio, weight: Ratio, weights: &[Ratio]) -> Option<Ratio> {
    let whole = Ratio::sum(weights.iter().map(|it| Some(*it)))?;
    if whole == Ratio::ZERO { Some(Ratio::ZERO) } else { total.times(weight)?.divided_by(whole) }
}

fn members<'a>(
    lives: &[(Contract<'a>, &'a Pool, Life<'a>)],
    (from, to): (Date, Date),
    used: &BTreeMap<UnitId, Ratio>,
) -> Vec<Member<'a>> {
    let member = |(contract, pool, life): &(Contract<'a>, &'a Pool, Life<'a>)| {
        let days: BTreeSet<Date> = days(from, to).filter(|day| life.serves_on(*day)).collect();
        let of_unit = used.get(contract.unit);
        let used = of_unit.copied().unwrap_or(Ratio::ZERO);
        let (unit, offer) = (contract.unit, &contract.line.offer);
        let is_there = !days.is_empty() || of_unit.is_some();
        is_there.then_some(Member { unit, offer, pool, days, used })
    };
    let mut members: Vec<Member<'_>> = lives.iter().filter_map(member).collect();
    members.sort_by_key(|member| member.unit);
    members
}

/// What each member brings: its own part, and its share of the common one.
fn brought(members: &[Member<'_>], pool: &Pool, (from, to): (Date, Date)) -> Option<Vec<Ratio>> {
    let whole = pool.proration == AllowanceProration::Whole;
    let any: BTreeSet<Date> = members.iter().flat_map(|it| it.days.clone()).collect();
    let count = |days: usize| {
        let days = if whole { days.min(1) } else { days };
        Ratio::new(i128::try_from(days).ok()?, 1)
    };
    let length = Ratio::new(if whole { 1 } else { count_days(from, to) }.into(), 1)?;
    let all = Ratio::sum(members.iter().map(|it| count(it.days.len())))?;
    let common = Ratio::of_quantity(pool.included)?.times(count(any.len())?)?;
    let brings = |member: &Member<'_>| {
        let mut each = Ratio::of_quantity(member.pool.included_per_active_unit)?;
        if all != Ratio::ZERO {
            each = each.plus(common.divided_by(all)?)?;
        }
        each.times(count(member.days.len())?)?.divided_by(length)
    };
    members.iter().map(brings).collect()
}

/// What goes from period to period.
#[derive(Default)]
struct Carry {
    /// How old, and how much is left, the oldest first.
    lots: Vec<(u32, Ratio)>,
    /// Of a window, how many periods are to come.
    window_left: u16,
}

/// One period: grants, burns what is oldest first, and lets the rest age.
fn month<'a>(
    members: Vec<Member<'a>>,
    lead: (&'a OfferRef, &'a Pool),
    dates: (Date, Date),
    Carry { lots, window_left }: &mut Carry,
) -> Option<Month<'a>> {
    let zero = Ratio::ZERO;
    let (granted, carried_in) = (zero, Ratio::sum(lots.iter().map(|lot| Some(lot.1)))?);
    let (expired, carried, window) = (zero, zero, Vec::new());
    let mut month = Month { members, lead, granted, carried_in, expired, carried, window };
    let sum = Ratio::sum(brought(&month.members, lead.1, dates)?.into_iter().map(Some))?;
    month.granted = rounded(sum)?;
    if settles_at_end(lead.1) {
        lots.clear();
        *window_left = 0;
        month.carried_in = zero;
        return Some(month);
    }
    let is_inside = *window_left > 0;
    *window_left = window_left.saturating_sub(1);
    if let Some(window) = lead.1.window {
        let begins = !is_inside && month.members.iter().any(|it| !it.days.is_empty());
        let times = if begins { window } else { 0 };
        if begins {
            *window_left = window.saturating_sub(1);
        }
        month.granted = month.granted.times(Ratio::new(times.into(), 1)?)?;
    }
    lots.push((0, month.granted));
    let mut rest = Ratio::sum(month.members.iter().map(|it| Some(it.used)))?;
    for (_, left) in lots.iter_mut() {
        let taken = if rest.is_below(*left)? { rest } else { *left };
        *left = left.minus(taken)?;
        rest = rest.minus(taken)?;
    }
    let before = Ratio::sum(lots.iter().map(|lot| Some(lot.1)))?;
    let rollover = lead.1.rollover;
    let periods = rollover.map_or(0, |it| u32::from(it.periods));
    let periods = lead.1.window.map_or(periods, |window| u32::from(window.saturating_sub(1)));
    lots.retain(|(age, _)| *age < periods);
    let room = match rollover.and_then(|it| it.limit) {
        None => before,
        Some(RolloverLimit::Quantity(most)) => Ratio::of_quantity(most)?,
        Some(RolloverLimit::Share(share)) => {
            rounded(month.granted.times(Ratio::of_percent(share)?)?)?
        }
    };
    let mut too_much = above_zero(Ratio::sum(lots.iter().map(|lot| Some(lot.1)))?.minus(room)?)?;
    for (age, left) in lots.iter_mut().rev() {
        let cut = if too_much.is_below(*left)? { too_much } else { *left };
        *left = left.minus(cut)?;
        too_much = too_much.minus(cut)?;
        *age += 1;
    }
    month.carried = Ratio::sum(lots.iter().map(|lot| Some(lot.1)))?;
    month.expired = before.minus(month.carried)?;
    Some(month)
}

/// To nine decimals, half away from zero.
fn rounded(value: Ratio) -> Option<Ratio> {
    let steps = value.round(DECIMALS, Rounding::HalfAwayFromZero)?;
    Ratio::new(steps, 10_i128.checked_pow(DECIMALS.into())?)
}
