//! Terms become effects, one term after the other.
//!
//! For each pot the wanted effects of all lines, of this invoice and of those before it, are added
//! up exactly and rounded once; what earlier invoices gave is subtracted, and the difference is
//! shared among the lines of this invoice. A late adjustment is so discounted as its period was,
//! and a period billed in parts has the discount of the period billed whole.

use std::collections::BTreeMap;

use facts::Charge;
use facts::discount::{Basis, Each, Pot, Reduction, Scope, TermEffect, TermKind};
use facts::invoice::TermedCharge;
use kernel::rounding::allocate;
use kernel::{Exact, Money, Overflow, Percent};

use crate::agreement::{Rule, Term, terms_in_order};
use crate::commitment::{Periods, day_of, true_ups};
use crate::share::{Limits, apportion, parts_of, rounded};
use crate::window::{bill_period, is_about, parts};
use crate::{Agreement, TermsError};

/// Charges with what the terms do to them. The result is in an order of its own.
///
/// # Errors
/// [`TermsError`]; nothing is billed then.
pub fn apply(
    charges: Vec<Charge>,
    agreement: Agreement<'_>,
) -> Result<Vec<TermedCharge>, TermsError> {
    let terms = terms_in_order(agreement);
    let mut lines: Vec<TermedCharge> = charges.into_iter().map(TermedCharge::from).collect();
    if terms.is_empty() {
        return Ok(lines);
    }
    // By what they are, so that remainders fall on the same lines in whatever order they come.
    lines.sort_by(|a, b| a.charge.rank().cmp(&b.charge.rank()));
    for term in terms {
        if let Rule::Minimum(commitment, in_force) = term.rule {
            lines.extend(true_ups(term, (commitment, in_force), &lines, agreement)?);
            continue;
        }
        for (pot, claims) in pots(term, &lines, agreement)? {
            let past = past_of(term, &pot, agreement);
            let amounts = amounts(term, &past, &claims)?;
            for (claim, minor) in claims.iter().zip(amounts) {
                lines[claim.line].effects.push(claim.effect(term, &pot, minor));
            }
        }
    }
    Ok(lines)
}

/// What a term asks of the lines, by what is worked out together.
fn pots(
    term: Term<'_>,
    lines: &[TermedCharge],
    agreement: Agreement<'_>,
) -> Result<BTreeMap<Pot, Vec<Claim>>, TermsError> {
    let mut pots: BTreeMap<Pot, Vec<Claim>> = BTreeMap::new();
    let periods = match term.rule {
        Rule::Maximum(it, in_force) => match Periods::of(term, (it, in_force), agreement)? {
            None => return Ok(pots),
            some => some,
        },
        _ => None,
    };
    for (line, termed) in lines.iter().enumerate() {
        let charge = &termed.charge;
        if !is_about(term, charge) {
            continue;
        }
        let mut pot = pot_of(term, charge, agreement)?;
        let mut claims = claims(term, line, termed, agreement)?;
        if let (Rule::Maximum(it, _), Some(periods)) = (term.rule, &periods) {
            let Some(at) = periods.about(day_of(charge, agreement.issued_on))? else { continue };
            let maximum = Money::round(at.exact(it.amount)?, it.amount.currency, term.rounding())?;
            pot.period = Some(at.period);
            claims.iter_mut().for_each(|claim| claim.of_amount = Some(maximum));
        }
        pots.entry(pot).or_default().extend(claims);
    }
    pots.retain(|_, claims| !claims.is_empty());
    Ok(pots)
}

/// What a term asks of a line.
struct Claim {
    line: usize,
    percent: Option<Percent>,
    of_amount: Option<Money>,
    /// The part of the line that it is about.
    base: Money,
    /// What of that part was left before it.
    before: Money,
}

impl Claim {
    fn effect(&self, term: Term<'_>, pot: &Pot, minor: i64) -> TermEffect {
        TermEffect {
            term: term.code().clone(),
            name: term.name().clone(),
            kind: term.kind(),
            pot: pot.clone(),
            percent: self.percent,
            of_amount: self.of_amount,
            base: self.base,
            before: self.before,
            amount: Money { minor, ..self.base },
            quantity: None,
        }
    }
}

fn claims(
    term: Term<'_>,
    line: usize,
    termed: &TermedCharge,
    agreement: Agreement<'_>,
) -> Result<Vec<Claim>, TermsError> {
    let left = after(termed, |_| true)?;
    let of_amount = match term.rule {
        Rule::Discount(it) => match it.reduction {
            Reduction::Amount { amount, .. } => Some(amount),
            _ => None,
        },
        _ => None,
    };
    let of = match term.rule {
        Rule::Discount(it) if it.basis == Basis::Undiscounted => {
            after(termed, |kind| kind == TermKind::Escalation)?
        }
        _ => left,
    };
    let parts = parts(term, &termed.charge, agreement)?;
    let shares: Vec<Exact> = parts.iter().map(|(_, share)| *share).collect();
    let (bases, befores) = (parts_of(of.minor, &shares)?, parts_of(left.minor, &shares)?);
    let claims = parts.iter().zip(bases.into_iter().zip(befores));
    let claims = claims.filter(|(_, (base, _))| *base != 0);
    let money = |minor| Money { minor, ..left };
    Ok(claims
        .map(|((percent, _), (base, before))| Claim {
            line,
            percent: *percent,
            of_amount,
            base: money(base),
            before: money(before),
        })
        .collect())
}

/// The line after the effects of some kinds.
fn after(termed: &TermedCharge, counts: impl Fn(TermKind) -> bool) -> Result<Money, TermsError> {
    let effects = termed.effects.iter().filter(|it| counts(it.kind));
    Ok(effects.map(|it| it.amount).try_fold(termed.charge.amount, Money::plus)?)
}

fn pot_of(term: Term<'_>, charge: &Charge, agreement: Agreement<'_>) -> Result<Pot, TermsError> {
    let (by_component, once) = match term.rule {
        Rule::Escalation(_) | Rule::Renewal(_) => (true, false),
        Rule::Discount(it) => (
            matches!(it.scope, Scope::Components(_)),
            matches!(it.reduction, Reduction::Amount { each: Each::Once, .. }),
        ),
        Rule::Maximum(..) | Rule::Minimum(..) => (false, false),
    };
    Ok(Pot {
        offer: term.offer.map(facts::OfferPublished::reference),
        component: by_component.then(|| charge.component.clone()),
        period: if once { None } else { Some(bill_period(charge, agreement)?) },
    })
}

fn past_of<'a>(term: Term<'_>, pot: &Pot, agreement: Agreement<'a>) -> Vec<&'a TermEffect> {
    let lines = agreement.invoices.iter().flat_map(|invoice| &invoice.lines);
    let effects = lines.flat_map(|line| &line.effects);
    effects
        .filter(|it| it.kind == term.kind() && it.term == *term.code() && it.pot == *pot)
        .collect()
}

/// What is added to each line of a pot, in minor units.
fn amounts(term: Term<'_>, past: &[&TermEffect], claims: &[Claim]) -> Result<Vec<i64>, TermsError> {
    let mut given = 0_i64;
    for effect in past {
        given = given.checked_add(effect.amount.minor).ok_or(Overflow)?;
    }
    let kind = term.kind();
    if let Some(amount) = claims.iter().find_map(|it| it.of_amount) {
        return of_amount((kind, amount.minor), given, past, claims);
    }
    let mut sum = Exact::ZERO;
    for effect in past {
        let percent = effect.percent.unwrap_or_default();
        sum = sum.plus(wanted(kind, percent, effect.base.minor, effect.before.minor)?)?;
    }
    let mut exact = Vec::with_capacity(claims.len());
    let mut limits = Vec::with_capacity(claims.len());
    for claim in claims {
        let percent = claim.percent.unwrap_or_default();
        let value = wanted(kind, percent, claim.base.minor, claim.before.minor)?;
        sum = sum.plus(value)?;
        exact.push(value);
        limits.push(limits_of(kind, claim.before.minor)?);
    }
    let due = rounded(sum, term.rounding())?.checked_sub(given).ok_or(Overflow)?;
    Ok(apportion(due, &exact, &limits)?)
}

/// The exact effect of a percentage on a part of a line, in minor units.
fn wanted(kind: TermKind, percent: Percent, base: i64, before: i64) -> Result<Exact, Overflow> {
    let of_base = Exact::from_integer(i128::from(base)).times(percent.fraction()?)?;
    match kind {
        TermKind::Escalation => Ok(of_base),
        _ => {
            let before = Exact::from_integer(i128::from(before));
            let (least, most) = (before.min(Exact::ZERO), before.max(Exact::ZERO));
            Exact::ZERO.minus(of_base.clamp(least, most))
        }
    }
}

/// A discount takes at most what is left, and never puts anything on.
fn limits_of(kind: TermKind, before: i64) -> Result<Limits, Overflow> {
    let opposite = before.checked_neg().ok_or(Overflow)?;
    Ok(match kind {
        TermKind::Escalation => (i64::MIN, i64::MAX),
        _ => (opposite.min(0), opposite.max(0)),
    })
}

/// An amount falls on the lines in proportion to what can be taken off each; of a maximum, what
/// they are above it. Where lines give back what was discounted before, they give the discount
/// back with it.
fn of_amount(
    (kind, amount): (TermKind, i64),
    given: i64,
    past: &[&TermEffect],
    claims: &[Claim],
) -> Result<Vec<i64>, TermsError> {
    let mut room = 0_i64;
    for effect in past {
        let of = room_of(effect.base.minor, effect.before.minor);
        room = room.checked_add(of).ok_or(Overflow)?;
    }
    let mut rooms = Vec::with_capacity(claims.len());
    for claim in claims {
        let of = room_of(claim.base.minor, claim.before.minor);
        room = room.checked_add(of).ok_or(Overflow)?;
        rooms.push(of);
    }
    // `given` is below zero: what was taken off.
    let whole = match kind {
        TermKind::Maximum => room.checked_sub(amount).ok_or(Overflow)?,
        _ => amount.min(room),
    };
    let due = whole.max(0).checked_add(given).ok_or(Overflow)?;
    let weights: Vec<i128> = rooms
        .iter()
        .map(|it| i128::from(*it) * i128::from(due.signum()))
        .map(|it| it.max(0))
        .collect();
    let most: i128 = weights.iter().sum();
    if most == 0 {
        return Ok(vec![0; claims.len()]);
    }
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let shares = allocate(due.clamp(-most, most), &weights)?;
    Ok(shares.into_iter().map(|share| -share).collect())
}

/// How much of a part can be taken off: its base, or what is left of it.
fn room_of(base: i64, before: i64) -> i64 {
    if base >= 0 { base.min(before).max(0) } else { base.max(before).min(0) }
}
