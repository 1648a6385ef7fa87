//! The periods of commitments, which lines count in them, and what a minimum lacks.
//!
//! What is due for a period is what the minimum lacks by everything that was billed until now,
//! less what was billed for it: late usage, credits and a period billed in parts come out alike.

use std::collections::BTreeMap;

use facts::charge::{Computation, DayShare, Term as Summand};
use facts::commitment::{Bound, Commitment, CommitmentUse, Partial, Span};
use facts::discount::{Scope, TermKind};
use facts::invoice::TermedCharge;
use facts::offer::{ComponentKind, SupplyNature};
use facts::{AccountRegistered, Charge, ChargeKind, ComponentCode, OfferCode, OfferRef};
use jiff::civil::Date;
use kernel::calendar::{DateOutOfRange, add_months};
use kernel::{Exact, Money, Overflow, Period, Quantity, Tile, UnitPrice};

use crate::agreement::{Term, rank_of};
use crate::growth::YEAR_MONTHS;
use crate::{Agreement, TermsError};

/// The periods that a version of an agreement is about: those whose last day it is in force on, so
/// that an amendment does not reach back.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct InForce {
    /// The first day; none: since ever.
    from: Option<Date>,
    /// The day after the last; none: for ever.
    until: Option<Date>,
}

impl InForce {
    fn on_last_day_of(self, period: Period) -> bool {
        // The last day is the one before `to`.
        self.from.is_none_or(|from| from < period.to())
            && self.until.is_none_or(|until| period.to() <= until)
    }
}

/// The versions of the account, each with the days on which it is in force.
pub(crate) fn versions(agreement: Agreement<'_>) -> Vec<(&AccountRegistered, InForce)> {
    let mut sorted: Vec<&AccountRegistered> = agreement.versions.iter().collect();
    sorted.sort_by_key(|it| (it.effective_from, it.version));
    let ends = sorted.iter().skip(1).map(|it| Some(it.effective_from)).chain([None]);
    let from =
        |(number, it): (usize, &AccountRegistered)| (number > 0).then_some(it.effective_from);
    let starts = sorted.iter().copied().enumerate().map(from);
    let in_force = starts.zip(ends).map(|(from, until)| InForce { from, until });
    sorted.iter().copied().zip(in_force).collect()
}

/// A period of a commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Committed {
    pub period: Period,
    /// The days of it that the commitment has, where the amount is prorated: of all the days that
    /// the amount is for.
    pub days: Option<DayShare>,
}

impl Committed {
    /// The exact amount of the period.
    pub fn exact(self, amount: Money) -> Result<Exact, Overflow> {
        let whole = amount.exact();
        self.days.map_or(Ok(whole), |share| {
            whole.times(Exact::ratio(i128::from(share.days), i128::from(share.period_days))?)
        })
    }
}

/// The periods of a commitment: where they begin, and what of them it has.
pub(crate) struct Periods<'a> {
    commitment: &'a Commitment,
    in_force: InForce,
    agreement: Agreement<'a>,
    /// The first day of the first period.
    first: Date,
    from: Date,
    until: Option<Date>,
}

impl<'a> Periods<'a> {
    /// None before the first service of a unit that it is about: nothing is committed early.
    pub fn of(
        term: Term<'a>,
        (commitment, in_force): (&'a Commitment, InForce),
        agreement: Agreement<'a>,
    ) -> Result<Option<Self>, TermsError> {
        let units = agreement.units.iter().filter(|(unit, _)| {
            agreement.sold.get(unit).is_some_and(|sold| is_of(term, commitment, sold))
        });
        let dates: Vec<_> = units.map(|(_, dates)| *dates).collect();
        let Some(started_on) = dates.iter().filter_map(|it| it.started_on).min() else {
            return Ok(None);
        };
        let from = commitment.from.map_or(started_on, |from| from.max(started_on));
        let ends: Option<Vec<Date>> = dates.iter().map(|it| it.ended_on).collect();
        let ended_on = ends.and_then(|it| it.into_iter().max()).filter(|_| term.offer.is_some());
        let until = commitment.until.into_iter().chain(ended_on).min();
        if until.is_some_and(|until| until <= from) {
            return Ok(None);
        }
        let first = agreement.account.bill_cycle.period_of(from)?.from();
        Ok(Some(Self { commitment, in_force, agreement, first, from, until }))
    }

    /// The period that a line of a day counts in, if this version is about it.
    pub fn about(&self, day: Date) -> Result<Option<Committed>, TermsError> {
        Ok(self.on(day)?.filter(|it| self.in_force.on_last_day_of(it.period)))
    }

    /// The period that a day is in.
    fn on(&self, day: Date) -> Result<Option<Committed>, TermsError> {
        if day < self.first {
            return Ok(None);
        }
        let cycle = &self.agreement.account.bill_cycle;
        let Tile { period, whole } = match self.commitment.each {
            Span::Period => cycle.tile_of(day)?,
            Span::Year => self.year_of(day)?.into(),
        };
        if self.until.is_some_and(|until| until <= period.from()) {
            return Ok(None);
        }
        let from = self.from.max(period.from());
        let to = self.until.map_or(period.to(), |until| until.min(period.to()));
        let days = Period::new(from, to).map_err(|_| DateOutOfRange)?.days();
        let share = DayShare { days, period_days: whole.days() };
        let is_part = self.commitment.partial == Partial::Prorated && days < share.period_days;
        Ok(Some(Committed { period, days: is_part.then_some(share) }))
    }

    /// The year that a day is in, counted in bill periods from the first.
    fn year_of(&self, day: Date) -> Result<Period, TermsError> {
        let months = i32::from(YEAR_MONTHS);
        let cycle = &self.agreement.account.bill_cycle;
        // The bill period that begins in a month is that of its last day.
        let year_from = |year: i32| -> Result<Date, DateOutOfRange> {
            if year == 0 {
                return Ok(self.first);
            }
            let month = add_months(self.first.first_of_month(), year * months)?;
            Ok(cycle.period_of(month.last_of_month())?.from())
        };
        let mut year = 0;
        while year_from(year + 1)? <= day {
            year += 1;
        }
        let period = Period::new(year_from(year)?, year_from(year + 1)?);
        Ok(period.map_err(|_| DateOutOfRange)?)
    }

    /// The periods that are over on the bill day, in order.
    fn closed(&self) -> Result<Vec<Committed>, TermsError> {
        let mut closed = Vec::new();
        let mut at = self.on(self.first)?;
        while let Some(it) = at.filter(|it| it.period.to() <= self.agreement.issued_on) {
            if self.in_force.on_last_day_of(it.period) {
                closed.push(it);
            }
            at = self.on(it.period.to())?;
        }
        Ok(closed)
    }
}

/// Whether a commitment is about the units of an offer.
fn is_of(term: Term<'_>, commitment: &Commitment, sold: &OfferRef) -> bool {
    match (term.offer, &commitment.scope) {
        (Some(offer), _) => offer.reference() == *sold,
        (None, Scope::Offer(code)) => sold.code == *code,
        (None, _) => true,
    }
}

/// Whether a line counts for a commitment. True-ups do for what is wider, or as wide and longer.
pub(crate) fn counts(commitment: &Commitment, charge: &Charge) -> bool {
    let of_scope = match &commitment.scope {
        Scope::Components(all) => all.contains(&charge.component),
        Scope::Offer(offer) => *offer == charge.offer.code,
        Scope::Account => true,
    };
    let Some(use_of) = &charge.commitment else {
        let kinds = &commitment.counts;
        return of_scope && (kinds.is_empty() || kinds.contains(&charge.component_kind));
    };
    let reach = |scope, each| (rank_of(scope), each);
    let is_wider = reach(&commitment.scope, commitment.each) > reach(&use_of.scope, use_of.each);
    of_scope && is_wider && commitment.bound == Bound::Minimum
}

/// The day by which a line belongs to a period: the first of its own, or that of its invoice.
pub(crate) fn day_of(charge: &Charge, issued_on: Date) -> Date {
    charge.period.map_or(issued_on, Period::from)
}

/// The true-ups of a minimum: one line for each closed period in which something else is due than
/// was billed.
pub(crate) fn true_ups(
    term: Term<'_>,
    (commitment, in_force): (&Commitment, InForce),
    lines: &[TermedCharge],
    agreement: Agreement<'_>,
) -> Result<Vec<TermedCharge>, TermsError> {
    let Some(periods) = Periods::of(term, (commitment, in_force), agreement)? else {
        return Ok(Vec::new());
    };
    let closed = periods.closed()?;
    if closed.is_empty() {
        return Ok(Vec::new());
    }
    let sums = sums(term, commitment, &periods, lines, agreement)?;
    let mut due = Vec::new();
    for period in closed {
        let zero = Money::zero(commitment.amount.currency);
        let (counted, billed) = sums.get(&period.period).copied().unwrap_or((zero, zero));
        let charge = true_up(term, commitment, period, (counted, billed), agreement)?;
        due.extend(charge.map(TermedCharge::from));
    }
    Ok(due)
}

/// By period: what was billed for the lines that count, and as true-up.
fn sums(
    term: Term<'_>,
    commitment: &Commitment,
    periods: &Periods<'_>,
    lines: &[TermedCharge],
    agreement: Agreement<'_>,
) -> Result<BTreeMap<Period, (Money, Money)>, TermsError> {
    let past = agreement.invoices.iter().flat_map(|invoice| {
        let lines = invoice.lines.iter();
        lines.map(move |it| (invoice.issued_on, &it.charge, &it.effects))
    });
    let now = lines.iter().map(|it| (agreement.issued_on, &it.charge, &it.effects));
    let zero = Money::zero(commitment.amount.currency);
    let mut sums: BTreeMap<Period, (Money, Money)> = BTreeMap::new();
    for (issued_on, charge, effects) in past.chain(now) {
        if term.offer.is_some_and(|offer| offer.reference() != charge.offer) {
            continue;
        }
        let is_own = is_own(term, charge);
        if !is_own && !counts(commitment, charge) {
            continue;
        }
        let Some(at) = periods.about(day_of(charge, issued_on))? else { continue };
        // A credit pays what is billed; it does not make it less.
        let priced = effects.iter().filter(|it| it.kind != TermKind::Credit);
        let net = priced.map(|it| it.amount).try_fold(charge.amount, Money::plus)?;
        let (counted, billed) = sums.entry(at.period).or_insert((zero, zero));
        let sum = if is_own { billed } else { counted };
        *sum = sum.plus(net)?;
    }
    Ok(sums)
}

fn is_own(term: Term<'_>, charge: &Charge) -> bool {
    let offer = term.offer.map(facts::OfferPublished::reference);
    charge.commitment.as_ref().is_some_and(|it| it.term == *term.code() && it.offer == offer)
}

/// What a minimum lacks in one period, less what was billed of it.
fn true_up(
    term: Term<'_>,
    commitment: &Commitment,
    at: Committed,
    (counted, billed): (Money, Money),
    agreement: Agreement<'_>,
) -> Result<Option<Charge>, TermsError> {
    let amount = commitment.amount;
    let lacking = at.exact(amount)?.minus(counted.exact())?.max(Exact::ZERO);
    let rounding = term.rounding();
    let rounded = Money::round(lacking, amount.currency, rounding)?;
    let due = rounded.minus(billed)?;
    if due.minor == 0 {
        return Ok(None);
    }
    let price = |money: Money| money.amount_text().parse::<UnitPrice>().map_err(|_| Overflow);
    let summands = [
        summand(Quantity::ONE, price(amount)?, at.days),
        summand(Quantity::ONE.negated(), price(counted)?, None),
    ];
    let is_lacking = lacking != Exact::ZERO;
    let (offer, component) = names(term, commitment, agreement)?;
    Ok(Some(Charge {
        offer,
        component,
        name: commitment.name.clone(),
        component_kind: ComponentKind::Fee,
        nature: SupplyNature::Services,
        kind: ChargeKind::CommitmentTrueUp,
        period: Some(at.period),
        quantity: Quantity::ONE,
        unit_price: None,
        instalment: None,
        days: at.days,
        rated: None,
        ordered: None,
        units: Vec::new(),
        orders: Vec::new(),
        starts: Vec::new(),
        computation: Computation {
            // Where nothing is lacking there is nothing to add up.
            terms: if is_lacking { summands.into() } else { Vec::new() },
            exact: lacking.to_string(),
            rounding,
            rounded,
            less: (billed.minor != 0).then_some(billed),
        },
        device: facts::device::DeviceDetail::default(),
        // What a minimum lacks is of the account, whatever its orders asked for.
        group: None,
        commitment: Some(CommitmentUse {
            term: commitment.code.clone(),
            offer: term.offer.map(facts::OfferPublished::reference),
            scope: commitment.scope.clone(),
            each: commitment.each,
            committed: amount,
            counted,
        }),
        amount: due,
    }))
}

const fn summand(quantity: Quantity, unit_price: UnitPrice, days: Option<DayShare>) -> Summand {
    Summand { quantity, unit_price, part: None, percent: None, days }
}

/// Of an account's own term, the account stands in place of an offer.
fn names(
    term: Term<'_>,
    commitment: &Commitment,
    agreement: Agreement<'_>,
) -> Result<(OfferRef, ComponentCode), TermsError> {
    let offer = match term.offer {
        Some(offer) => offer.reference(),
        None => {
            let account = agreement.account;
            let code = OfferCode::new(account.account.as_str()).map_err(|_| Overflow)?;
            OfferRef { code, version: account.version }
        }
    };
    Ok((offer, ComponentCode::new(commitment.code.as_str()).map_err(|_| Overflow)?))
}
