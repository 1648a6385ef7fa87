//! Amounts and currencies.

use kernel::money::MoneyError;
use kernel::{Currency, Exact, Money, Overflow, Rounding, UnitPrice};
use proptest::prelude::*;

use crate::{loads, read, round_trip};

fn money(minor: i64, currency: &str) -> Money {
    Money::from_minor(minor, read(currency))
}

#[test]
fn the_currency_decides_the_decimals() {
    let table = [
        (-623, "EUR", "-6.23"),
        (0, "EUR", "0.00"),
        (5, "EUR", "0.05"),
        (-5, "EUR", "-0.05"),
        (100, "EUR", "1.00"),
        (1_500, "JPY", "1500"),
        (-1, "JPY", "-1"),
        (1, "TND", "0.001"),
        (-6_225, "TND", "-6.225"),
        (12_345, "CLF", "1.2345"),
        (i64::MAX, "EUR", "92233720368547758.07"),
        (i64::MIN, "EUR", "-92233720368547758.08"),
    ];
    for (minor, currency, expected) in table {
        let amount = money(minor, currency);
        assert_eq!(amount.amount_text(), expected);
        assert_eq!(amount.to_string(), format!("{expected} {currency}"));
    }
}

#[test]
fn sums_are_checked_and_currencies_never_mix() {
    let (one, most) = (money(1, "EUR"), money(i64::MAX, "EUR"));
    let least = money(i64::MIN, "EUR");
    let overflow = Err(MoneyError::Overflow(Overflow));
    assert_eq!(most.plus(one), overflow);
    assert_eq!(least.minus(one), overflow);
    assert_eq!(least.negated(), Err(Overflow));
    assert_eq!(money(-1, "EUR").minus(least), Ok(most), "the difference fits");
    assert_eq!(money(0, "EUR").minus(least), overflow);
    assert_eq!(least.minus(least), Ok(Money::zero(Currency::EUR)));
    let (left, right) = (Currency::EUR, read("USD"));
    let mismatch = Err(MoneyError::CurrencyMismatch { left, right });
    assert_eq!(one.plus(money(1, "USD")), mismatch);
    assert_eq!(one.minus(money(1, "USD")), mismatch);
    assert_eq!(one.minus(money(i64::MIN, "USD")), mismatch);
    assert_eq!(Money::sum(Currency::EUR, [one, money(1, "USD")]), mismatch);
    assert_eq!(Money::sum(Currency::EUR, []), Ok(Money::zero(Currency::EUR)));
}

#[test]
fn a_calculation_becomes_money_once() {
    let round = |text: &str, currency: &str| {
        let exact = read::<UnitPrice>(text).exact();
        Money::round(exact, read(currency), Rounding::HalfAwayFromZero).map(|it| it.minor)
    };
    assert_eq!(round("6.225", "EUR"), Ok(623));
    assert_eq!(round("-6.225", "EUR"), Ok(-623));
    assert_eq!(round("6.225", "JPY"), Ok(6));
    assert_eq!(round("6.225", "TND"), Ok(6_225));
    assert_eq!(round("92233720368547758.07", "EUR"), Ok(i64::MAX));
    assert_eq!(round("92233720368547758.075", "EUR"), Err(Overflow));
    assert_eq!(round("-92233720368547758.08", "EUR"), Ok(i64::MIN));
}

/// Examples of ISO 4217 table A.1, one or more of each number of decimals.
#[test]
fn the_exponents_are_those_of_iso_4217() {
    let table = [
        (2, "EUR USD GBP CHF PLN SEK MGA MRU XCD XCG VED SLE"),
        (0, "JPY KRW XOF XAF XPF CLP ISK VND UGX PYG"),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"),
    ];
    for (exponent, codes) in table {
        for code in codes.split(' ') {
            let currency: Currency = read(code);
            assert_eq!((currency.exponent(), currency.code()), (exponent, code));
        }
    }
}

#[test]
fn only_active_codes_are_currencies() {
    let gone = ["DEM", "FRF", "HRK", "BGN", "ANG", "ZWL", "CUC", "SLL", "VEF"];
    let never = ["", "eur", "Eur", "EU", "EURO", " EUR", "EUR ", "€", "XXX", "XTS", "XAU", "E€"];
    for code in gone.into_iter().chain(never) {
        assert!(code.parse::<Currency>().is_err(), "{code:?}");
    }
}

/// No code stands in two lists: what is read is what was meant.
#[test]
fn every_code_reads_back() {
    let letters = || (b'A'..=b'Z').map(char::from);
    let pairs = || letters().flat_map(|a| letters().map(move |b| (a, b)));
    let codes = pairs().flat_map(|(a, b)| letters().map(move |c| format!("{a}{b}{c}")));
    let known: Vec<Currency> = codes.filter_map(|code| code.parse().ok()).collect();
    for currency in &known {
        round_trip(currency, &format!("\"{currency}\""));
        assert!(matches!(currency.exponent(), 0 | 2..=4), "{currency}");
    }
    assert!(known.len() > 150, "{}", known.len());
    assert!(known.is_sorted());
}

#[test]
fn json_holds_whole_minor_units() {
    round_trip(&money(-623, "EUR"), r#"{"minor":-623,"currency":"EUR"}"#);
    round_trip(&money(i64::MIN, "JPY"), r#"{"minor":-9223372036854775808,"currency":"JPY"}"#);
    for minor in ["1.5", "1e2", "\"1\"", "9223372036854775808", "null"] {
        let json = format!(r#"{{"minor":{minor},"currency":"EUR"}}"#);
        assert!(!loads::<Money>(&json), "{json}");
    }
}

proptest! {
    #[test]
    fn text_and_value_agree(
        minor in any::<i64>(), code in prop::sample::select(vec!["EUR", "JPY", "TND", "CLF"]),
    ) {
        let amount = money(minor, code);
        let text = amount.amount_text();
        prop_assert_eq!(text.parse::<UnitPrice>().unwrap().exact(), amount.exact());
        let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        prop_assert_eq!(decimals, usize::from(amount.currency.exponent()));
        let rounded = Money::round(amount.exact(), amount.currency, Rounding::Down);
        prop_assert_eq!(rounded, Ok(amount));
    }

    #[test]
    fn sums_agree_with_wide_integers(a in any::<i64>(), b in any::<i64>()) {
        let (left, right) = (money(a, "EUR"), money(b, "EUR"));
        let minor = |result: Result<Money, MoneyError>| result.ok().map(|it| it.minor);
        prop_assert_eq!(minor(left.plus(right)), a.checked_add(b));
        prop_assert_eq!(minor(left.minus(right)), a.checked_sub(b));
        prop_assert_eq!(left.exact().cmp(&right.exact()), a.cmp(&b));
        prop_assert_eq!(left.exact(), Exact::ratio(a.into(), 100).unwrap());
    }
}
