//! Numbers of ranges, in thousand-millionths: bounds have at most nine decimals, so a number is
//! compared by what is left when the further ones are cut off.

use std::iter;

use kernel::Quantity;

const DECIMALS: usize = 9;
/// More digits before the point than any bound has.
const DIGITS_MAX: usize = 28;
/// Every number of so many digits fits.
const DIGITS_OF_64_BITS: usize = 19;

/// A quantity. Bounds have at most 28 digits in all.
pub fn of_quantity(quantity: Quantity) -> i128 {
    let decimal = quantity.decimal().normalize();
    let missing = u32::try_from(DECIMALS).unwrap_or(0).saturating_sub(decimal.scale());
    decimal.mantissa().saturating_mul(10_i128.pow(missing))
}

/// What a plain decimal is worth, rounded down; none when the text is no plain decimal, or is
/// longer than any that can be measured.
pub fn scaled(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
        Some(_) => return None,
        None => (digits, ""),
    };
    if whole.is_empty() || whole.len() > DIGITS_MAX {
        return None;
    }
    let (kept, cut) = fraction.split_at_checked(DECIMALS).unwrap_or((fraction, ""));
    if !cut.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut digits =
        whole.bytes().chain(kept.bytes()).chain(iter::repeat_n(b'0', DECIMALS - kept.len()));
    let value = if whole.len() <= DIGITS_OF_64_BITS - DECIMALS {
        let digit = |byte: u8| byte.is_ascii_digit().then(|| u64::from(byte - b'0'));
        i128::from(digits.try_fold(0_u64, |value, byte| Some(value * 10 + digit(byte)?))?)
    } else {
        let digit = |byte: u8| byte.is_ascii_digit().then(|| i128::from(byte - b'0'));
        digits.try_fold(0_i128, |value, byte| Some(value * 10 + digit(byte)?))?
    };
    let below = i128::from(cut.bytes().any(|byte| byte != b'0'));
    Some(if negative { -value - below } else { value })
}

/// A bound as it is written.
pub fn text(scaled: i128) -> String {
    let decimals = u8::try_from(DECIMALS).unwrap_or(0);
    kernel::Exact::from_scaled(scaled, decimals).to_string()
}
