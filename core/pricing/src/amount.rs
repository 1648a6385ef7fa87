//! How terms become one amount: summed exactly, rounded once, less what was billed before.

use facts::charge::{Computation, Term, TierShare};
use kernel::money::MoneyError;
use kernel::rounding::allocate;
use kernel::{Currency, Exact, Money, Overflow, Percent, Rounding, UnitPrice};

use crate::model;

/// The computation, and its amount: `round(sum of the terms) − less`. What was billed before is
/// subtracted after the rounding, so that all the invoices of one thing sum to its rounded price
/// (smart-fleet §6.5).
///
/// # Errors
/// [`MoneyError`] when a value does not fit, or when `less` is in another currency.
pub fn total(
    terms: Vec<Term>,
    rounding: Rounding,
    currency: Currency,
    less: Option<Money>,
) -> Result<(Computation, Money), MoneyError> {
    let mut sum = Exact::ZERO;
    for term in &terms {
        sum = sum.plus(term.exact()?)?;
    }
    let rounded = Money::round(sum, currency, rounding)?;
    let amount = match less {
        Some(before) => rounded.minus(before)?,
        None => rounded,
    };
    Ok((Computation { terms, exact: sum.to_string(), rounding, rounded, less }, amount))
}

/// One term for each tier that prices a quantity, and one for each fee of a tier. A tier that has
/// only a fee prices no quantity.
///
/// # Errors
/// [`Overflow`].
pub fn terms_of<'a>(
    shares: impl IntoIterator<Item = &'a TierShare>,
) -> Result<Vec<Term>, Overflow> {
    let shares = shares.into_iter();
    let mut terms = Vec::with_capacity(shares.size_hint().0);
    for share in shares {
        let fee_only = share.flat.is_some() && share.unit_price.is_zero();
        if !fee_only {
            let (quantity, unit_price) = (share.quantity, share.unit_price);
            terms.push(Term { quantity, unit_price, days: None, part: None, percent: None });
        }
        if let Some(flat) = share.flat {
            terms.push(model::times(flat.times, flat.price)?);
        }
    }
    Ok(terms)
}

/// What the parts of a price cost: the price is rounded once, and its parts sum to that, by
/// largest remainder.
///
/// # Errors
/// [`MoneyError`] when the price does not fit, or the parts are nothing.
pub fn parts_of(
    price: UnitPrice,
    percents: &[Percent],
    rounding: Rounding,
    currency: Currency,
) -> Result<Vec<UnitPrice>, MoneyError> {
    let whole = Money::round(price.exact(), currency, rounding)?;
    let decimals = u8::try_from(Percent::DECIMALS_MAX).map_err(|_| Overflow)?;
    let weight = |it: &Percent| Rounding::Down.round(it.exact(), decimals);
    let weights: Vec<i128> = percents.iter().map(weight).collect::<Result<_, _>>()?;
    let parts = allocate(whole.minor, &weights)?;
    let price = |minor| Money { minor, currency }.amount_text().parse().map_err(|_| Overflow);
    Ok(parts.into_iter().map(price).collect::<Result<_, Overflow>>()?)
}
