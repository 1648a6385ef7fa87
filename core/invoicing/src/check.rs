//! The check: an independent look at a draft before it gets a number. It knows the promises
//! (DESIGN §1.2, §1.3), not the rules that made the charges, and refuses what breaks one.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::{fmt, slice};

use facts::billed::Billed;
use facts::charge::{RatedUsage, UnitStart};
use facts::device::ServiceState;
use facts::discount::{TermEffect, TermKind};
use facts::invoice::InvoiceLine;
use facts::pool::PoolName;
use facts::unit::{StartEvidence, Timeline};
use facts::{
    AccountId, Charge, ChargeKind, ComponentCode, InvoiceGroup, OfferRef, OrderId, OrderLineId,
    RowCode, TermCode, UnitId,
};
use jiff::civil::Date;
use kernel::{Exact, Money, Period, Zone};

use crate::Draft;

/// What a draft is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// What is known about the units, as of the invoice.
    pub timelines: &'a BTreeMap<UnitId, Timeline>,
    /// What earlier invoices billed.
    pub billed: &'a Billed,
    /// Zone of the account.
    pub zone: &'a Zone,
    /// The last day that may be billed in advance (excluded).
    pub horizon: Date,
    /// The same of charges that have charge periods of their own.
    pub horizons: &'a BTreeMap<(OfferRef, ComponentCode), Date>,
}

impl Evidence<'_> {
    fn horizon_of(&self, charge: &Charge) -> Date {
        let of_service =
            matches!(charge.kind, ChargeKind::ServiceCharge | ChargeKind::ServiceCredit);
        let own = self.horizons.get(&(charge.offer.clone(), charge.component.clone()));
        own.copied().filter(|_| of_service).unwrap_or(self.horizon)
    }
}

kernel::rejections! {
    /// Why a draft is not issued. Each is a broken promise: nothing is issued, a person looks.
    pub enum Objection {
        /// A unit is billed before the evidence for it.
        TooEarly {
            /// The line.
            line: u32,
            /// The unit.
            unit: UnitId,
        } = "billed-too-early",
            "line {line} bills unit `{unit}` before the evidence that its charge starts; look at \
             the unit's timeline";
        /// The same thing is billed again.
        Twice {
            /// The line.
            line: u32,
            /// What.
            what: String,
        } = "draft-billed-twice",
            "line {line} bills {what} a second time; look at earlier invoices";
        /// A period lies outside of what this invoice may bill.
        OutOfPeriod {
            /// The line.
            line: u32,
        } = "out-of-period", "line {line} bills days after the end of the current bill period";
        /// The amount is not what its terms come to.
        WrongAmount {
            /// The line.
            line: u32,
        } = "wrong-amount", "the amount of line {line} is not the rounded sum of its terms";
        /// A term does something else than it says.
        WrongEffect {
            /// The line.
            line: u32,
            /// The term.
            term: TermCode,
        } = "wrong-effect",
            "term `{term}` takes off line {line} what is not its part of the base, or more than \
             is left";
        /// The totals are not the sum of the lines.
        WrongTotal {
            /// Which total.
            what: String,
        } = "wrong-total", "the {what} of the invoice is not the sum of its parts";
    }
}

/// All objections against a draft; none means that it may be issued.
#[must_use]
pub fn check(draft: &Draft, evidence: Evidence<'_>) -> Vec<Objection> {
    let mut objections = check_part(slice::from_ref(draft), None, evidence);
    objections.extend(check_totals(draft));
    objections
}

/// The objections against the totals of a draft.
#[must_use]
pub fn check_totals(draft: &Draft) -> Vec<Objection> {
    let mut objections = wrong_totals(draft);
    objections.extend(wrong_prepaid(draft));
    objections
}

/// The objections against the lines of one account, on all documents of the day; none: that of the
/// invoice.
#[must_use]
pub fn check_part(
    drafts: &[Draft],
    account: Option<&AccountId>,
    evidence: Evidence<'_>,
) -> Vec<Objection> {
    let mut objections = Vec::new();
    let mut seen = Seen::default();
    let lines = drafts.iter().flat_map(|draft| &draft.lines);
    for line in lines.filter(|line| line.account.as_ref() == account) {
        let (number, charge) = (line.line, &line.charge);
        objections.extend(wrong_effects(line));
        objections.extend(too_early(number, charge, evidence));
        objections.extend(twice(number, charge, evidence.billed, &mut seen));
        if charge.period.is_some_and(|period| period.to() > evidence.horizon_of(charge)) {
            objections.push(Objection::OutOfPeriod { line: number });
        }
        if !amount_is_right(charge) {
            objections.push(Objection::WrongAmount { line: number });
        }
    }
    objections
}

fn too_early(line: u32, charge: &Charge, evidence: Evidence<'_>) -> Vec<Objection> {
    let starts: HashMap<&UnitId, &UnitStart> =
        charge.starts.iter().map(|it| (&it.unit, it)).collect();
    let starts_by = |unit: &UnitId, timeline: &Timeline| match charge.kind {
        ChargeKind::HardwareSale | ChargeKind::HardwareInstalment => {
            is_supplied(starts.get(unit).copied(), timeline)
        }
        ChargeKind::ServiceCharge => {
            let start = timeline.start.as_ref().map(|it| it.start_at);
            let since = match charge.device.state {
                ServiceState::Active | ServiceState::Suspended => start,
                ServiceState::Stored => timeline.stored_from,
                ServiceState::Test => timeline.test_from,
            };
            let since = since.map(|at| evidence.zone.day_of(at));
            let from = charge.period.map(|period| period.from());
            since.zip(from).is_some_and(|(start, from)| start <= from)
        }
        kind if kind.is_usage() => timeline.start.is_some(),
        _ => true,
    };
    let of_unit = |unit: &UnitId| evidence.timelines.get(unit).map(|it| starts_by(unit, it));
    let is_early = |unit: &&UnitId| !of_unit(unit).unwrap_or(false);
    let early = charge.units.iter().filter(is_early);
    early.map(|unit| Objection::TooEarly { line, unit: unit.clone() }).collect()
}

/// Whether a unit passed the milestone that the line names for it; delivery where it names none.
fn is_supplied(start: Option<&UnitStart>, timeline: &Timeline) -> bool {
    match start.map(|it| (&it.evidence, it.start_at)) {
        Some((StartEvidence::Shipped, at)) => timeline.shipped_at == Some(at),
        Some((StartEvidence::Accepted, at)) => timeline.accepted_at == Some(at),
        Some((StartEvidence::Ordered | StartEvidence::Agreed, _)) => true,
        _ => timeline.delivered_at.is_some(),
    }
}

/// Which line of a component: a row of its table, under a contract of its own, or one of its pools.
type Part<'a> = (Option<&'a RowCode>, Option<&'a OrderLineId>, Option<&'a PoolName>);

/// The bill period of usage, and the invoice of its own on which it stands.
type Place<'a> = (Option<Period>, Option<&'a InvoiceGroup>);

/// A thing that can be billed once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Thing<'a> {
    /// A device, or a part of its price.
    Device(&'a UnitId, Option<u16>),
    /// A change of the state of a unit, on its day.
    Change(&'a UnitId, Date),
    /// An order.
    Order(&'a OrderId),
    /// All usage under one price, or under one minimum.
    Usage(&'a OfferRef, Place<'a>, Part<'a>),
}

impl fmt::Display for Thing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device(unit, None) => write!(f, "{unit}"),
            Self::Device(unit, Some(number)) => write!(f, "{unit} instalment {number}"),
            Self::Change(unit, day) => write!(f, "{unit} {day}"),
            Self::Order(order) => write!(f, "{order}"),
            Self::Usage(offer, (period, group), (row, contract, pool)) => {
                write!(f, "{offer}")?;
                period.map_or(Ok(()), |period| write!(f, " {period}"))?;
                row.map_or(Ok(()), |row| write!(f, " {row}"))?;
                contract.map_or(Ok(()), |line| write!(f, " {line}"))?;
                let line = pool.and_then(|pool| pool.line.as_ref());
                line.map_or(Ok(()), |line| write!(f, " {line}"))?;
                let value = pool.and_then(|pool| pool.value.as_ref());
                value.map_or(Ok(()), |value| write!(f, " {value}"))?;
                group.map_or(Ok(()), |group| write!(f, " {group}"))
            }
        }
    }
}

/// What the lines before bill.
#[derive(Default)]
struct Seen<'a> {
    things: BTreeSet<(ChargeKind, &'a ComponentCode, Thing<'a>)>,
    /// The days of service of a unit: a large fleet has too many to keep each.
    service: HashMap<(&'a ComponentCode, &'a UnitId), Vec<Period>>,
}

impl<'a> Seen<'a> {
    /// The days of service of a unit that a line before bills as well.
    fn serve(&mut self, charge: &'a Charge, unit: &'a UnitId, period: Period) -> BTreeSet<Date> {
        let before = self.service.entry((&charge.component, unit)).or_default();
        let shared = |it: &Period| {
            let (from, to) = (it.from().max(period.from()), it.to().min(period.to()));
            Period::new(from, to).ok()
        };
        let again = before.iter().filter_map(shared).flat_map(Period::each_day).collect();
        before.push(period);
        again
    }
}

/// What a line bills, but for days of service.
fn billed_things(charge: &Charge) -> Vec<Thing<'_>> {
    let units = charge.units.iter();
    let place = (charge.period, charge.group.as_ref());
    match charge.kind {
        ChargeKind::HardwareSale | ChargeKind::HardwareInstalment | ChargeKind::LossFee => {
            let part = charge.instalment.map(|it| it.number);
            units.map(|unit| Thing::Device(unit, part)).collect()
        }
        ChargeKind::StateFee => {
            let days = charge.period.into_iter().flat_map(Period::each_day);
            days.flat_map(|day| units.clone().map(move |unit| Thing::Change(unit, day))).collect()
        }
        ChargeKind::OrderFee => charge.orders.iter().map(Thing::Order).collect(),
        kind if kind.is_usage() => {
            let part = charge.rated.as_ref().map(RatedUsage::part).unwrap_or_default();
            vec![Thing::Usage(&charge.offer, place, part)]
        }
        ChargeKind::CommitmentTrueUp => {
            vec![Thing::Usage(&charge.offer, place, Part::default())]
        }
        _ => Vec::new(),
    }
}

fn twice<'a>(
    line: u32,
    charge: &'a Charge,
    billed: &Billed,
    seen: &mut Seen<'a>,
) -> Vec<Objection> {
    let mut objections = Vec::new();
    for thing in billed_things(charge) {
        if !seen.things.insert((charge.kind, &charge.component, thing)) {
            let what = format!("{} {thing}", charge.component);
            objections.push(Objection::Twice { line, what });
        }
    }
    for unit in &charge.units {
        let served = charge.period.filter(|_| charge.kind == ChargeKind::ServiceCharge);
        for day in served.map(|period| seen.serve(charge, unit, period)).unwrap_or_default() {
            let what = format!("{} {unit} {day}", charge.component);
            objections.push(Objection::Twice { line, what });
        }
        let key = (charge.component.clone(), unit.clone());
        let again = match charge.kind {
            ChargeKind::HardwareSale => billed.devices.contains(&key),
            ChargeKind::LossFee => billed.losses.contains(&key),
            ChargeKind::StateFee => billed
                .state_changes
                .get(&key)
                .is_some_and(|days| charge.period.is_some_and(|it| days.contains_key(&it.from()))),
            ChargeKind::HardwareInstalment => charge.instalment.is_some_and(|it| {
                billed.instalments.contains(&(key.0.clone(), key.1.clone(), it.number))
            }),
            ChargeKind::ServiceCharge => billed.service_days.get(&key).is_some_and(|days| {
                let period = charge.period;
                period.is_some_and(|it| days.range(it.from()..it.to()).next().is_some())
            }),
            _ => false,
        };
        if again {
            let what = format!("{} of {unit}", charge.component);
            objections.push(Objection::Twice { line, what });
        }
    }
    for order in &charge.orders {
        let key = (charge.component.clone(), order.clone());
        if charge.kind == ChargeKind::OrderFee && billed.order_fees.contains(&key) {
            let what = format!("{} of {order}", charge.component);
            objections.push(Objection::Twice { line, what });
        }
    }
    objections
}

fn amount_is_right(charge: &Charge) -> bool {
    let computation = &charge.computation;
    let sum = computation.terms.iter().try_fold(Exact::ZERO, |sum, term| sum.plus(term.exact()?));
    let Ok(rounded) =
        sum.and_then(|sum| Money::round(sum, charge.amount.currency, computation.rounding))
    else {
        return false;
    };
    let less = computation.less.unwrap_or(Money::zero(charge.amount.currency));
    let cents = charge.ordered.as_ref().and_then(|rate| rate.cents);
    let cents = cents.unwrap_or(Money::zero(charge.amount.currency));
    let is_a_part = computation.terms.iter().any(|term| term.part.is_some());
    let amount = rounded.plus(cents).and_then(|it| it.minus(less));
    rounded == computation.rounded && amount == Ok(charge.amount) && (is_a_part || cents.minor == 0)
}

/// Terms say what they do: the part of a base that a percentage is, but for the one minor unit
/// that a shared rounding may move; never more than is left; and the line stays on its side of
/// zero.
fn wrong_effects(line: &InvoiceLine) -> Vec<Objection> {
    let mut left = i128::from(line.charge.amount.minor);
    let mut objections = Vec::new();
    for effect in &line.effects {
        let is_right = is_near_its_percentage(effect)
            && (effect.kind == TermKind::Escalation || stays_on_its_side(effect, left));
        left += i128::from(effect.amount.minor);
        if !is_right {
            let (line, term) = (line.line, effect.term.clone());
            objections.push(Objection::WrongEffect { line, term });
        }
    }
    objections
}

/// A discount moves towards zero and not beyond it.
fn stays_on_its_side(effect: &TermEffect, left: i128) -> bool {
    let taken = -i128::from(effect.amount.minor);
    if left >= 0 { (0..=left).contains(&taken) } else { (left..=0).contains(&taken) }
}

fn is_near_its_percentage(effect: &TermEffect) -> bool {
    let Some(percent) = effect.percent else { return true };
    let base = Exact::from_integer(i128::from(effect.base.minor));
    let Ok(exact) = percent.fraction().and_then(|it| base.times(it)) else { return false };
    let before = Exact::from_integer(i128::from(effect.before.minor));
    let expected = match effect.kind {
        TermKind::Escalation => Ok(exact),
        _ => {
            let limited = exact.clamp(before.min(Exact::ZERO), before.max(Exact::ZERO));
            Exact::ZERO.minus(limited)
        }
    };
    let stated = Exact::from_integer(i128::from(effect.amount.minor));
    let one = Exact::from_integer(1);
    expected.and_then(|it| stated.minus(it)).is_ok_and(|difference| {
        difference <= one && Exact::ZERO.minus(one).is_ok_and(|least| least <= difference)
    })
}

/// Credits pay, each something, and together not more than is asked for.
fn wrong_prepaid(draft: &Draft) -> Option<Objection> {
    let paid: i128 = draft.prepaid.iter().map(|it| i128::from(it.amount.minor)).sum();
    let is_right = draft.prepaid.iter().all(|it| it.amount.minor > 0)
        && paid <= i128::from(draft.total.minor.max(0));
    (!is_right).then(|| Objection::WrongTotal { what: "amount paid by credits".to_owned() })
}

fn wrong_totals(draft: &Draft) -> Vec<Objection> {
    let currency = draft.net.currency;
    let nets: Result<Vec<Money>, _> = draft.lines.iter().map(InvoiceLine::net).collect();
    let net = nets.and_then(|nets| Money::sum(currency, nets));
    let base = Money::sum(currency, draft.taxes.iter().map(|tax| tax.base));
    let tax = Money::sum(currency, draft.taxes.iter().map(|tax| tax.amount));
    let total = tax.and_then(|tax| draft.net.plus(tax));
    [("net", net, draft.net), ("tax base", base, draft.net), ("total", total, draft.total)]
        .into_iter()
        .filter(|(_, computed, stated)| *computed != Ok(*stated))
        .map(|(what, ..)| Objection::WrongTotal { what: what.to_owned() })
        .collect()
}
