//! How a quantity becomes terms, for every model (`reference/commercial-systems.md` §2.4;
//! `docs/adr/0013-one-price-model.md`).
//!
//! Four steps: what is counted, how it falls on tiers, what events cost besides, and between
//! which limits the whole stays. Everything is a function of a counter before and after, so that
//! *a*, then *b* after *a*, is what *a* and *b* are together.

use std::collections::BTreeMap;

use facts::charge::{Counted, EventShare, FlatShare, Limit, LimitShare, Term, TierShare};
use facts::price::{AtZero, Bounds, Model, Tier, TierMode};
use kernel::{Exact, Overflow, Quantity, UnitPrice};

use crate::amount::terms_of;

/// What a counter counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// How much was used.
    pub quantity: Quantity,
    /// In how many events.
    pub events: i64,
}

impl Usage {
    /// Nothing.
    pub const ZERO: Self = Self { quantity: Quantity::ZERO, events: 0 };

    /// A quantity whose events have no fee.
    #[must_use]
    pub const fn of(quantity: Quantity) -> Self {
        Self { quantity, events: 0 }
    }

    /// The sum.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        let events = self.events.checked_add(other.events).ok_or(Overflow)?;
        Ok(Self { quantity: self.quantity.plus(other.quantity)?, events })
    }
}

/// What some usage costs, and how that came about. The terms sum to the cost exactly.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rated {
    /// How the quantity became the one that the tiers hold, where they differ.
    pub counted: Option<Counted>,
    /// How that fell on the tiers; their quantities sum to it.
    pub tiers: Vec<TierShare>,
    /// What the events cost, where each has a fee.
    pub events: Option<EventShare>,
    /// Limits that stand in place of the tiers and events.
    pub limits: Vec<LimitShare>,
    /// What is added.
    pub terms: Vec<Term>,
}

/// What the usage of a counter costs that began at 0. Graduated: the tiers that hold a part, in
/// order. Volume: the one tier that contains it. With nothing to price: the first tier with 0.
///
/// # Errors
/// [`Overflow`] when no tier contains the quantity: it is negative, or the model did not pass
/// [`crate::check`] and ends below it; and when a number does not fit. A negative quantity has no
/// price of its own: to give usage back, rate what remains and bill the difference, so that tiers
/// are left in the order of entry.
pub fn rate(model: &Model, used: Usage) -> Result<Rated, Overflow> {
    Stand::at(model, used)?.rated()
}

/// What `added` costs on a counter that stands at `before`: what both cost together, less what
/// `before` did.
///
/// # Errors
/// As [`rate`].
pub fn rate_after(model: &Model, before: Usage, added: Usage) -> Result<Rated, Overflow> {
    if before == Usage::ZERO {
        return rate(model, added);
    }
    let now = Stand::at(model, before.plus(added)?)?;
    now.less(&Stand::at(model, before)?)
}

/// What [`rate`] comes to, without how it came about: for who asks many prices and shows none.
///
/// # Errors
/// As [`rate`].
pub fn cost(model: &Model, used: Usage) -> Result<Exact, Overflow> {
    let (_, priced) = count(model, used)?;
    let cost = unlimited(model, used, priced)?;
    Ok(limit(model, used, cost).map_or(cost, |limit| limit.price.exact()))
}

/// What tiers and events cost, before any limit.
#[inline]
fn unlimited(model: &Model, used: Usage, priced: Quantity) -> Result<Exact, Overflow> {
    let mut cost = cost_of_events(events(model, used))?;
    each_part(model, priced, |part| {
        cost = cost.plus(part.quantity.exact().times(part.tier.unit_price.exact())?)?;
        if let Some(fee) = part.fee {
            cost = cost.plus(fee.exact())?;
        }
        Ok(())
    })?;
    Ok(cost)
}

/// The exact sum of terms.
///
/// # Errors
/// [`Overflow`].
pub fn exact_sum(terms: &[Term]) -> Result<Exact, Overflow> {
    terms.iter().try_fold(Exact::ZERO, |sum, term| sum.plus(term.exact()?))
}

/// All that a counter costs where it stands.
struct Stand {
    counted: Option<Counted>,
    /// What neighbouring tiers hold, in their order.
    shares: Vec<TierShare>,
    /// The place of the first of them in the model.
    first: usize,
    events: Option<EventShare>,
    limit: Option<LimitShare>,
}

impl Stand {
    fn at(model: &Model, used: Usage) -> Result<Self, Overflow> {
        let (counted, priced) = count(model, used)?;
        let mut shares = Vec::with_capacity(model.tiers.len());
        let mut last = 0;
        each_part(model, priced, |Part { tier, place, over, quantity, fee }| {
            let (up_to, unit_price) = (tier.up_to, tier.unit_price);
            let flat = fee.map(|price| FlatShare { price, times: 1 });
            shares.push(TierShare { over, up_to, quantity, unit_price, flat });
            last = place;
            Ok(())
        })?;
        let (first, events) = (last + 1 - shares.len(), events(model, used));
        let limit = match (model.floor, model.cap) {
            (None, None) => None,
            _ => limit(model, used, unlimited(model, used, priced)?),
        };
        Ok(Self { counted, shares, first, events, limit })
    }

    fn terms(&self) -> Result<Vec<Term>, Overflow> {
        terms(&self.shares, self.events, self.limit.as_slice())
    }

    /// What the tiers hold, by their places in the model.
    fn by_place(&self) -> impl Iterator<Item = (usize, &TierShare)> {
        (self.first..).zip(&self.shares)
    }

    fn rated(self) -> Result<Rated, Overflow> {
        let terms = self.terms()?;
        let limits: Vec<LimitShare> = self.limit.into_iter().collect();
        Ok(Rated { counted: self.counted, tiers: self.shares, events: self.events, limits, terms })
    }

    /// What it costs more than another stand of the same counter.
    fn less(self, before: &Self) -> Result<Rated, Overflow> {
        let mine = self.by_place().map(|(place, share)| (place, share.clone()));
        let mut shares: BTreeMap<usize, TierShare> = mine.collect();
        for (place, share) in before.by_place() {
            let nothing = || TierShare { quantity: Quantity::ZERO, flat: None, ..share.clone() };
            let mine = shares.entry(place).or_insert_with(nothing);
            mine.quantity = mine.quantity.minus(share.quantity)?.normalized();
            mine.flat = flat_less(mine.flat, share.flat)?;
        }
        let reached = shares.keys().next_back().copied();
        shares.retain(|place, share| {
            !share.quantity.is_zero() || share.flat.is_some() || Some(*place) == reached
        });
        let tiers: Vec<TierShare> = shares.into_values().collect();
        let events = match (self.events, before.events) {
            (Some(now), Some(then)) => Some(EventShare { paid: now.paid - then.paid, ..now }),
            (events, _) => events,
        };
        let counted = match (self.counted, before.counted) {
            (Some(now), Some(then)) => Some(Counted {
                included: now.included.minus(then.included)?.normalized(),
                priced: now.priced.minus(then.priced)?.normalized(),
                ..now
            }),
            (counted, _) => counted,
        };
        let limits: Vec<LimitShare> = self
            .limit
            .into_iter()
            .chain(before.limit.map(|it| LimitShare { times: -1, ..it }))
            .collect();
        let terms = if limits.is_empty() {
            terms(&tiers, events, &[])?
        } else {
            let mut terms = self.terms()?;
            terms.extend(before.terms()?.into_iter().map(negated));
            terms
        };
        Ok(Rated { counted, tiers, events, limits, terms })
    }
}

fn negated(term: Term) -> Term {
    Term { quantity: term.quantity.negated(), ..term }
}

fn flat_less(
    now: Option<FlatShare>,
    before: Option<FlatShare>,
) -> Result<Option<FlatShare>, Overflow> {
    let Some(of) = now.or(before) else { return Ok(None) };
    let times = |it: Option<FlatShare>| it.map_or(0, |it| it.times);
    let times = times(now).checked_sub(times(before)).ok_or(Overflow)?;
    Ok((times != 0).then_some(FlatShare { times, ..of }))
}

/// The terms of tiers and events, or of the limits that stand in their place.
fn terms<'a>(
    tiers: impl IntoIterator<Item = &'a TierShare>,
    events: Option<EventShare>,
    limits: &[LimitShare],
) -> Result<Vec<Term>, Overflow> {
    if !limits.is_empty() {
        return limits.iter().map(|it| times(it.times, it.price)).collect();
    }
    let mut terms = terms_of(tiers)?;
    if let Some(share) = events {
        terms.push(times(share.paid, share.price)?);
    }
    Ok(terms)
}

/// So many times a price.
pub(crate) fn times(times: i64, unit_price: UnitPrice) -> Result<Term, Overflow> {
    Ok(Term {
        quantity: Quantity::ONE.times(times)?,
        unit_price,
        days: None,
        part: None,
        percent: None,
    })
}

#[inline]
fn cost_of_events(share: Option<EventShare>) -> Result<Exact, Overflow> {
    let cost = |it: EventShare| Exact::from_integer(it.paid.into()).times(it.price.exact());
    share.map_or(Ok(Exact::ZERO), cost)
}

/// The events that cost a fee.
fn events(model: &Model, used: Usage) -> Option<EventShare> {
    model.per_event.map(|fee| EventShare {
        paid: used.events.saturating_sub(i64::from(fee.free)).max(0),
        price: fee.price,
    })
}

/// The limit that holds, if one does. A floor holds only what is used, or what costs something
/// without use.
fn limit(model: &Model, used: Usage, cost: Exact) -> Option<LimitShare> {
    if model.floor.is_none() && model.cap.is_none() {
        return None;
    }
    let counts = used != Usage::ZERO || model.at_zero == AtZero::Flat;
    let floor = model.floor.filter(|floor| counts && cost < floor.exact());
    let cap = model.cap.filter(|cap| cap.exact() < cost);
    let share = |limit, price| LimitShare { limit, price, times: 1 };
    floor.map(|it| share(Limit::Floor, it)).or(cap.map(|it| share(Limit::Cap, it)))
}

/// What is left above what is included, in packages where there are any.
fn count(model: &Model, used: Usage) -> Result<(Option<Counted>, Quantity), Overflow> {
    if used.quantity.is_negative() || used.events < 0 {
        return Err(Overflow);
    }
    let quantity = used.quantity;
    if model.included.is_zero() && model.package.is_none() {
        return Ok((None, quantity));
    }
    let included = quantity.min(model.included).normalized();
    let rest = quantity.minus(included)?;
    let (package, priced) = match model.package {
        None => (None, rest.normalized()),
        Some(package) => (Some(package.size), packages(rest, package.size)?),
    };
    Ok((Some(Counted { included, package, priced }), priced))
}

/// How many packages hold a quantity; a part of one is a whole one.
fn packages(quantity: Quantity, size: Quantity) -> Result<Quantity, Overflow> {
    let ratio = quantity.exact().divided_by(size.exact())?;
    let (whole, rest) =
        (ratio.numerator() / ratio.denominator(), ratio.numerator() % ratio.denominator());
    let count = u64::try_from(whole).map_err(|_| Overflow)?;
    Ok(Quantity::from_count(count.checked_add(u64::from(rest > 0)).ok_or(Overflow)?))
}

/// What of a quantity a tier holds.
struct Part<'a> {
    tier: &'a Tier,
    /// Its place in the model.
    place: usize,
    /// Where the tier before it ends.
    over: Quantity,
    quantity: Quantity,
    /// Its fee, where one is due.
    fee: Option<UnitPrice>,
}

/// Tells of each tier with a part of the quantity, in their order: all up to the one where the
/// quantity ends, or, by volume, that one alone.
#[inline]
fn each_part<'a>(
    model: &'a Model,
    priced: Quantity,
    mut take: impl FnMut(Part<'a>) -> Result<(), Overflow>,
) -> Result<(), Overflow> {
    let is_free = priced.is_zero() && model.at_zero == AtZero::Nothing;
    let mut end = Quantity::ZERO;
    for (place, tier) in model.tiers.iter().enumerate() {
        let ends_here = is_within(model, priced, tier.up_to);
        let over = end;
        end = tier.up_to.unwrap_or(over);
        let quantity = match (model.mode, ends_here) {
            (TierMode::Graduated, true) => priced.minus(over)?,
            (TierMode::Graduated, false) => end.minus(over)?,
            (TierMode::Volume, true) => priced,
            (TierMode::Volume, false) => continue,
        };
        let fee = if is_free { None } else { tier.flat };
        take(Part { tier, place, over, quantity, fee })?;
        if ends_here {
            return Ok(());
        }
    }
    Err(Overflow)
}

/// Whether a quantity lies below the bound of a tier, or on it where it belongs to the tier.
#[inline]
fn is_within(model: &Model, quantity: Quantity, up_to: Option<Quantity>) -> bool {
    match (up_to, model.bounds) {
        (None, _) => true,
        (Some(bound), Bounds::Included) => quantity <= bound,
        (Some(bound), Bounds::Excluded) => quantity < bound,
    }
}

impl Rated {
    /// Adds what another counter of the same model costs. Shares of one tier become one share,
    /// and terms of one price one term.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn add(&mut self, other: Self) -> Result<(), Overflow> {
        self.counted = match (self.counted, other.counted) {
            (Some(mine), Some(theirs)) => Some(Counted {
                included: mine.included.plus(theirs.included)?.normalized(),
                priced: mine.priced.plus(theirs.priced)?.normalized(),
                ..mine
            }),
            (mine, theirs) => mine.or(theirs),
        };
        for share in other.tiers {
            add_share(&mut self.tiers, share)?;
        }
        self.events = match (self.events, other.events) {
            (Some(mine), Some(theirs)) => {
                let paid = mine.paid.checked_add(theirs.paid).ok_or(Overflow)?;
                Some(EventShare { paid, ..mine })
            }
            (mine, theirs) => mine.or(theirs),
        };
        for limit in other.limits {
            let mut same = self.limits.iter_mut();
            match same.find(|it| it.limit == limit.limit && it.price == limit.price) {
                Some(mine) => {
                    mine.times = mine.times.checked_add(limit.times).ok_or(Overflow)?;
                }
                None => self.limits.push(limit),
            }
        }
        for term in other.terms {
            let mut same = self.terms.iter_mut();
            match same.find(|it| it.unit_price == term.unit_price && it.days == term.days) {
                Some(mine) => mine.quantity = mine.quantity.plus(term.quantity)?.normalized(),
                None => self.terms.push(term),
            }
        }
        Ok(())
    }
}

/// Puts a share to that of the same tier; tiers stay in their order.
fn add_share(shares: &mut Vec<TierShare>, share: TierShare) -> Result<(), Overflow> {
    let place = shares.partition_point(|it| it.over < share.over);
    match shares.get_mut(place).filter(|it| it.over == share.over) {
        Some(mine) => {
            mine.quantity = mine.quantity.plus(share.quantity)?.normalized();
            let taken = share.flat.map(|it| FlatShare { times: -it.times, ..it });
            mine.flat = flat_less(mine.flat, taken)?;
        }
        None => shares.insert(place, share),
    }
    Ok(())
}
