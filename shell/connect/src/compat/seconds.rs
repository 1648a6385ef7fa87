//! Seconds since 1970 with decimals, without a float.

use jiff::Timestamp;

/// Digits that a number of seconds or its exponent may have: more is no time of our calendar.
const DIGITS_MAX: usize = 36;

/// The instant of a decimal number of seconds, also with an exponent as `1.651240791123E9`; cut to
/// whole microseconds. None when it is no such number, or beyond the calendar.
pub fn read(text: &str) -> Option<Timestamp> {
    let (is_negative, unsigned) = text.strip_prefix('-').map_or((false, text), |it| (true, it));
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    if !is_digits(whole)
        || !is_digits(fraction)
        || !is_digits(exponent.trim_start_matches(['-', '+']))
    {
        return None;
    }
    let digits = format!("{whole}{fraction}");
    let exponent = exponent.parse::<i64>().ok()?;
    // Where the point goes, counted in digits, when microseconds are the unit.
    let point = i64::try_from(whole.len()).ok()?.checked_add(exponent)?.checked_add(6)?;
    let micros = digits.chars().chain(std::iter::repeat('0'));
    let micros: String = micros.take(usize::try_from(point.clamp(0, 64)).ok()?).collect();
    let micros = micros.trim_start_matches('0');
    let micros: i64 = if micros.is_empty() { 0 } else { micros.parse().ok()? };
    Timestamp::from_microsecond(if is_negative { -micros } else { micros }).ok()
}

fn is_digits(text: &str) -> bool {
    (1..=DIGITS_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}
