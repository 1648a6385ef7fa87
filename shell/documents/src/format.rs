//! Figures and dates as people write them. Everything is made from exact text: no float, no
//! locale of the machine.
//!
//! English: `€1,234.56`, `20%`, `1 February 2026`. French: `1 234,56 €`, `20 %`,
//! `1er février 2026`, where every space inside a figure is a narrow no-break space (U+202F).
//! A minus is U+2212, as wide as a digit, in both.

use facts::text::Language;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Currency, Money, Percent, Period, Quantity, UnitPrice, Zone};

use crate::words::words;

/// Between groups of digits and before a symbol, in French.
const NARROW_SPACE: char = '\u{202f}';
/// Between a currency code and its amount, in English.
const NO_BREAK_SPACE: char = '\u{a0}';
const MINUS: char = '\u{2212}';
const GROUP: usize = 3;

/// The mark before the decimals.
#[must_use]
pub const fn decimal_mark(language: Language) -> char {
    match language {
        Language::En => '.',
        Language::Fr => ',',
    }
}

const fn group_mark(language: Language) -> char {
    match language {
        Language::En => ',',
        Language::Fr => NARROW_SPACE,
    }
}

/// A plain decimal text (`-1234.5`, `43.37…`) in the marks of a language.
#[must_use]
pub fn decimal(plain: &str, language: Language) -> String {
    let (sign, unsigned) = split_sign(plain);
    format!("{sign}{}", unsigned_decimal(unsigned, language))
}

fn split_sign(plain: &str) -> (String, &str) {
    match plain.strip_prefix('-') {
        Some(unsigned) => (MINUS.to_string(), unsigned),
        None => (String::new(), plain),
    }
}

fn unsigned_decimal(plain: &str, language: Language) -> String {
    let end = plain.find(|c: char| !c.is_ascii_digit()).unwrap_or(plain.len());
    let (whole, rest) = plain.split_at(end);
    let mut text = String::with_capacity(plain.len() + whole.len() / GROUP * 3);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(GROUP) {
            text.push(group_mark(language));
        }
        text.push(digit);
    }
    text.extend(rest.chars().map(|c| if c == '.' { decimal_mark(language) } else { c }));
    text
}

/// An amount without its currency, for columns that name it once: `5,970.00`.
#[must_use]
pub fn amount(amount: Money, language: Language) -> String {
    decimal(&amount.amount_text(), language)
}

/// An amount with its currency: `€1,234.56`, `1 234,56 €`; a code where no symbol is usual.
#[must_use]
pub fn money(amount: Money, language: Language) -> String {
    with_currency(&amount.amount_text(), amount.currency, language)
}

fn with_currency(plain: &str, currency: Currency, language: Language) -> String {
    let (sign, unsigned) = split_sign(plain);
    let figures = unsigned_decimal(unsigned, language);
    let code = currency.code();
    match (language, symbol(code, language)) {
        (Language::En, Some(symbol)) => format!("{sign}{symbol}{figures}"),
        (Language::En, None) => format!("{sign}{code}{NO_BREAK_SPACE}{figures}"),
        (Language::Fr, symbol) => {
            format!("{sign}{figures}{NARROW_SPACE}{}", symbol.unwrap_or(code))
        }
    }
}

/// Symbols that the readers of each language know (CLDR); all others are shown by code.
fn symbol(code: &str, language: Language) -> Option<&'static str> {
    match (code, language) {
        ("EUR", _) => Some("€"),
        ("JPY", _) => Some("¥"),
        ("USD", Language::En) => Some("$"),
        ("USD", Language::Fr) => Some("$US"),
        ("GBP", Language::En) => Some("£"),
        ("GBP", Language::Fr) => Some("£GB"),
        _ => None,
    }
}

/// A quantity, without zeros that say nothing: `7,240.397`, `30`.
#[must_use]
pub fn quantity(quantity: Quantity, language: Language) -> String {
    decimal(&quantity.normalized().to_string(), language)
}

/// A quantity with at least so many decimals, for columns: `7.500`.
#[must_use]
pub fn quantity_with_decimals(
    quantity: Quantity,
    decimals_min: usize,
    language: Language,
) -> String {
    decimal(&with_decimals_min(quantity.normalized().to_string(), decimals_min), language)
}

/// An exact value (`126.605955`, `43.374193548387…`) with at least the currency's decimals.
#[must_use]
pub fn exact(plain: &str, currency: Currency, language: Language) -> String {
    let decimals_min = usize::from(currency.exponent());
    decimal(&with_decimals_min(plain.to_owned(), decimals_min), language)
}

/// A whole number: `1,240`.
#[must_use]
pub fn count(count: i64, language: Language) -> String {
    decimal(&count.to_string(), language)
}

/// A unit price without its currency, with all the decimals it was agreed with and at least those
/// of the currency: `24.90`, `0.0180`.
#[must_use]
pub fn unit_price(price: UnitPrice, currency: Currency, language: Language) -> String {
    let decimals_min = usize::from(currency.exponent());
    decimal(&with_decimals_min(price.to_string(), decimals_min), language)
}

/// A text that ends in `…` has more decimals than are shown, so it gets none.
fn with_decimals_min(mut plain: String, decimals_min: usize) -> String {
    let decimals = plain.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let missing = if plain.ends_with('…') { 0 } else { decimals_min.saturating_sub(decimals) };
    if missing > 0 && decimals == 0 {
        plain.push('.');
    }
    plain.extend(std::iter::repeat_n('0', missing));
    plain
}

/// By what part of the first amount the second differs from it, to a tenth of a percent: `4.5%`,
/// `-0.3%`. None of nothing, or of another currency.
#[must_use]
pub fn change(from: Money, to: Money, language: Language) -> Option<String> {
    if from.minor == 0 || from.currency != to.currency {
        return None;
    }
    let difference = (i128::from(to.minor) - i128::from(from.minor)) * 1_000;
    let whole = i128::from(from.minor).abs();
    // Half away from zero.
    let tenths = (2 * difference.abs() + whole) / (2 * whole) * difference.signum();
    let sign = if tenths < 0 { "-" } else { "" };
    let figures = format!("{sign}{}.{}", tenths.abs() / 10, tenths.abs() % 10);
    Some(with_percent(&decimal(&figures, language), language))
}

fn with_percent(figures: &str, language: Language) -> String {
    match language {
        Language::En => format!("{figures}%"),
        Language::Fr => format!("{figures}{NARROW_SPACE}%"),
    }
}

/// A rate: `20%`, `5,5 %`.
#[must_use]
pub fn percent(percent: Percent, language: Language) -> String {
    let figures = decimal(&percent.decimal().normalize().to_string(), language);
    with_percent(&figures, language)
}

/// A day: `1 February 2026`, `1er février 2026`.
#[must_use]
pub fn date(day: Date, language: Language) -> String {
    words(language).with(
        "date",
        &[
            ("day", &day_of_month(day, language)),
            ("month", &month(day, language)),
            ("year", &day.year().to_string()),
        ],
    )
}

/// French writes the first of a month as an ordinal: `1er février`.
fn day_of_month(day: Date, language: Language) -> String {
    match (language, day.day()) {
        (Language::Fr, 1) => "1er".to_owned(),
        (_, day) => day.to_string(),
    }
}

fn month(day: Date, language: Language) -> String {
    words(language).text(&format!("month-{}", day.month()))
}

/// The days of a period as customers read them, the last day included: `1–28 February 2026`,
/// `14 January – 13 February 2026`.
#[must_use]
pub fn period(period: Period, language: Language) -> String {
    let first = period.from();
    // A period has at least one day, so the day before its end exists.
    let last = period.to().yesterday().unwrap_or(period.to());
    let key = if first == last {
        return date(first, language);
    } else if (first.year(), first.month()) == (last.year(), last.month()) {
        "period-in-month"
    } else if first.year() == last.year() {
        "period-in-year"
    } else {
        "period-over-years"
    };
    words(language).with(
        key,
        &[
            ("first", &day_of_month(first, language)),
            ("first-month", &month(first, language)),
            ("first-year", &first.year().to_string()),
            ("last", &day_of_month(last, language)),
            ("month", &month(last, language)),
            ("year", &last.year().to_string()),
        ],
    )
}

/// An instant on the clocks of a zone, to the second, because a second can decide a month:
/// `13 January 2026, 15:59:08`.
#[must_use]
pub fn instant(instant: Timestamp, zone: &Zone, language: Language) -> String {
    let local = zone.local(instant);
    let time = local.time();
    let clock = format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
    let date = date(local.date(), language);
    words(language).with("instant", &[("date", &date), ("clock", &clock)])
}

/// An account number in groups of four, as banks print it.
#[must_use]
pub fn iban(iban: &str) -> String {
    grouped(iban, 4)
}

/// A registration number in groups of three where it is a SIREN, as it is otherwise.
#[must_use]
pub fn registration(number: &str) -> String {
    let digits = number.chars().filter(|c| !c.is_whitespace());
    let is_siren = digits.clone().count() == 9 && digits.clone().all(|c| c.is_ascii_digit());
    if is_siren { grouped(number, GROUP) } else { number.to_owned() }
}

fn grouped(text: &str, size: usize) -> String {
    let mut grouped = String::with_capacity(text.len() * 2);
    for (index, c) in text.chars().filter(|c| !c.is_whitespace()).enumerate() {
        if index > 0 && index.is_multiple_of(size) {
            grouped.push(NO_BREAK_SPACE);
        }
        grouped.push(c);
    }
    grouped
}
