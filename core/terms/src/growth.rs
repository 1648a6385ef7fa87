//! By how much a price stands above that of the first year of a contract.

use std::collections::BTreeSet;

use facts::discount::{Escalation, Growth};
use facts::{TermCode, Text};
use jiff::civil::Date;
use kernel::calendar::add_months;
use kernel::id::BadId;
use kernel::{Exact, Overflow, Percent, Rounding};
use rust_decimal::Decimal;

use crate::{Agreement, TermsError};

/// Months of a contract year.
pub(crate) const YEAR_MONTHS: u16 = 12;

/// The rise in percent after so many anniversaries, to 4 decimals, half away from zero: the
/// coefficient has 6 decimals, and is rounded at each anniversary from that of the one before.
///
/// # Errors
/// [`TermsError`], also when an index is not known.
pub(crate) fn rise(
    escalation: &Escalation,
    anniversaries: u16,
    started_on: Date,
    agreement: Agreement<'_>,
) -> Result<Percent, TermsError> {
    match &escalation.by {
        Growth::Percent(yearly) => Ok(compounded(*yearly, anniversaries)?),
        Growth::Index(code) => {
            let months = i32::from(anniversaries) * i32::from(YEAR_MONTHS);
            let value_on = |day: Date| {
                let values = agreement.seller.indexes.get(code);
                let value = values.and_then(|it| it.range(..=day).next_back());
                value.map(|(_, value)| value.exact()).ok_or_else(|| TermsError::NoIndexValue {
                    term: escalation.code.clone(),
                    index: code.clone(),
                    day,
                })
            };
            let (first, now) = (value_on(started_on)?, value_on(add_months(started_on, months)?)?);
            Ok(to_percent(now.divided_by(first)?)?)
        }
    }
}

/// The rise after so many of the same.
pub(crate) fn compounded(each: Percent, times: u16) -> Result<Percent, Overflow> {
    let step = one_more(each)?;
    let mut rise = Percent::ZERO;
    for _ in 0..times {
        rise = to_percent(one_more(rise)?.times(step)?)?;
    }
    Ok(rise)
}

/// What the rise of a renewed contract is called on a line. By how much it rises is agreed on with
/// each contract.
///
/// # Errors
/// Never, as long as its code is one.
pub fn at_renewals() -> Result<Escalation, BadId> {
    let name = Text { en: "Renewal".to_owned(), fr: "Renouvellement".to_owned() };
    let by = Growth::Percent(Percent::ZERO);
    Ok(Escalation { code: TermCode::new("renewal-uplift")?, name, components: BTreeSet::new(), by })
}

/// 3 % more is 1.03.
fn one_more(percent: Percent) -> Result<Exact, Overflow> {
    Exact::from_integer(1).plus(percent.fraction()?)
}

/// 1.0609 is 6.09 % more.
fn to_percent(factor: Exact) -> Result<Percent, Overflow> {
    let decimals = u8::try_from(Percent::DECIMALS_MAX).map_err(|_| Overflow)?;
    let percent = factor.minus(Exact::from_integer(1))?.times(Exact::from_integer(100))?;
    let scaled = Rounding::HalfAwayFromZero.round(percent, decimals)?;
    let rounded = Decimal::try_from_i128_with_scale(scaled, Percent::DECIMALS_MAX);
    Percent::new(rounded.map_err(|_| Overflow)?.normalize()).map_err(|_| Overflow)
}
