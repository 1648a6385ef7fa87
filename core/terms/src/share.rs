//! Parts that sum to the whole, signed.

use kernel::{Exact, Overflow, Rounding};

/// What a part may be, both ends included.
pub type Limits = (i64, i64);

/// Splits `total` into whole parts as near to their exact values as they can be: each is rounded
/// down, and what is left goes one by one to the largest remainders, of equal ones to the first,
/// never beyond the limits of a part (`reference/accounting-and-einvoicing.md` A2). The parts sum
/// to `total` unless all of them stand at a limit.
///
/// # Errors
/// [`Overflow`].
pub fn apportion(total: i64, exact: &[Exact], limits: &[Limits]) -> Result<Vec<i64>, Overflow> {
    let mut parts = Vec::with_capacity(exact.len());
    let mut remainders = Vec::with_capacity(exact.len());
    for (value, (least, most)) in exact.iter().zip(limits) {
        let floor = value.numerator().div_euclid(value.denominator());
        remainders.push(value.minus(Exact::from_integer(floor))?);
        parts.push(i64::try_from(floor).map_err(|_| Overflow)?.clamp(*least, *most));
    }
    let given = parts.iter().try_fold(0_i64, |sum, it| sum.checked_add(*it)).ok_or(Overflow)?;
    let mut left = total.checked_sub(given).ok_or(Overflow)?;
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|a, b| remainders[*b].cmp(&remainders[*a]).then(a.cmp(b)));
    if left < 0 {
        order.reverse();
    }
    let step = left.signum();
    while left != 0 {
        let before = left;
        for index in &order {
            let moved = parts[*index].checked_add(step).ok_or(Overflow)?;
            if left != 0 && (limits[*index].0..=limits[*index].1).contains(&moved) {
                parts[*index] = moved;
                left -= step;
            }
        }
        if left == before {
            break;
        }
    }
    Ok(parts)
}

/// The parts of an amount by share; what no share takes is left out. Parts and rest sum to it.
///
/// # Errors
/// [`Overflow`].
pub(crate) fn parts_of(minor: i64, shares: &[Exact]) -> Result<Vec<i64>, Overflow> {
    let whole = Exact::from_integer(i128::from(minor));
    let mut rest = Exact::from_integer(1);
    let mut exact = Vec::with_capacity(shares.len() + 1);
    for share in shares {
        exact.push(whole.times(*share)?);
        rest = rest.minus(*share)?;
    }
    exact.push(whole.times(rest)?);
    let mut parts = apportion(minor, &exact, &vec![(i64::MIN, i64::MAX); exact.len()])?;
    parts.truncate(shares.len());
    Ok(parts)
}

/// A whole number of minor units.
pub(crate) fn rounded(minor: Exact, mode: Rounding) -> Result<i64, Overflow> {
    i64::try_from(mode.round(minor, 0)?).map_err(|_| Overflow)
}
