//! JSON numbers, read to their last digit.

use rust_decimal::Decimal;

/// Digits that an `i64` holds, whatever they are.
const DIGITS_OF_I64: usize = 18;

/// A JSON number in lowest terms; none when it is not one, or does not fit 28 digits. The parsers
/// of [`Decimal`] round what is too long, which would make `0.1250…01` a number of three decimals.
pub fn exact_decimal(text: &str) -> Option<Decimal> {
    if let Some(value) = short_decimal(text) {
        return Some(value);
    }
    if let Ok(value) = Decimal::from_str_exact(text) {
        return Some(value.normalize());
    }
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let written = format!("{whole}{fraction}");
    let digits = written.trim_end_matches('0');
    if digits.trim_matches(['-', '0']).is_empty() {
        return written.contains('0').then_some(Decimal::ZERO);
    }
    let zeros = i64::try_from(written.len() - digits.len()).ok()?;
    let decimals = i64::try_from(fraction.len()).ok()? - zeros;
    let scale = decimals.checked_sub(exponent.parse().ok()?)?;
    let digits: i128 = digits.parse().ok()?;
    if let Ok(scale) = u32::try_from(scale) {
        return Decimal::try_from_i128_with_scale(digits, scale).ok();
    }
    let power = 10_i128.checked_pow(u32::try_from(scale.unsigned_abs()).ok()?)?;
    Decimal::try_from_i128_with_scale(digits.checked_mul(power)?, 0).ok()
}

/// What nearly every number is: few digits and a point. None: not so simple, look again.
fn short_decimal(text: &str) -> Option<Decimal> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let bytes = unsigned.as_bytes();
    if bytes.is_empty() || bytes.len() > DIGITS_OF_I64 {
        return None;
    }
    let (mut mantissa, mut decimals, mut zeros, mut in_fraction) = (0_i64, 0_u32, 0_u32, false);
    for byte in bytes {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + i64::from(byte - b'0');
                decimals += u32::from(in_fraction);
                zeros = if *byte == b'0' { zeros + 1 } else { 0 };
            }
            b'.' if !in_fraction && decimals == 0 => in_fraction = true,
            _ => return None,
        }
    }
    if in_fraction && (decimals == 0 || bytes[0] == b'.') {
        return None;
    }
    let redundant = zeros.min(decimals);
    mantissa /= 10_i64.pow(redundant);
    let value = Decimal::new(if negative { -mantissa } else { mantissa }, decimals - redundant);
    Some(if mantissa == 0 { Decimal::ZERO } else { value })
}
