//! How terms become one amount: summed exactly, rounded once, less what was billed before.

use facts::charge::{Computation, Term, TierShare};
use kernel::money::MoneyError;
use kernel::{Currency, Exact, Money, Rounding};

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

/// One term for each tier that holds a part.
#[must_use]
pub fn terms_of(shares: &[TierShare]) -> Vec<Term> {
    let term = |share: &TierShare| Term {
        quantity: share.quantity,
        unit_price: share.unit_price,
        days: None,
    };
    shares.iter().map(term).collect()
}
