//! Figures and dates in both languages. `_` stands for the narrow no-break space.

use documents::format;
use facts::text::Language::{En, Fr};
use jiff::civil::date;
use kernel::{Money, Period};

fn both(of: impl Fn(facts::text::Language) -> String) -> [String; 2] {
    [of(En), of(Fr).replace('\u{202f}', "_")]
}

#[test]
fn money_has_the_decimals_of_its_currency() {
    for (minor, code, en, fr) in [
        (123_456, "EUR", "€1,234.56", "1_234,56_€"),
        (-623, "EUR", "−€6.23", "−6,23_€"),
        (0, "EUR", "€0.00", "0,00_€"),
        (99_999, "USD", "$999.99", "999,99_$US"),
        (1_500_000, "JPY", "¥1,500,000", "1_500_000_¥"),
        (1_234_567, "TND", "TND\u{a0}1,234.567", "1_234,567_TND"),
        (-5, "CHF", "−CHF\u{a0}0.05", "−0,05_CHF"),
        (i64::MIN, "EUR", "−€92,233,720,368,547,758.08", "−92_233_720_368_547_758,08_€"),
    ] {
        let money = Money::from_minor(minor, code.parse().unwrap());
        assert_eq!(both(|language| format::money(money, language)), [en, fr]);
    }
}

#[test]
fn quantities_lose_only_zeros_that_say_nothing() {
    for (plain, en, fr) in [
        ("7240.397", "7,240.397", "7_240,397"),
        ("30.000", "30", "30"),
        ("-10", "−10", "−10"),
        ("999", "999", "999"),
        ("1000000", "1,000,000", "1_000_000"),
        ("0.5", "0.5", "0,5"),
    ] {
        let quantity = plain.parse().unwrap();
        assert_eq!(both(|language| format::quantity(quantity, language)), [en, fr]);
    }
}

#[test]
fn unit_prices_keep_their_decimals() {
    for (plain, code, en, fr) in [
        ("0.0180", "EUR", "0.0180", "0,0180"),
        ("199", "EUR", "199.00", "199,00"),
        ("24.9", "EUR", "24.90", "24,90"),
        ("12", "JPY", "12", "12"),
        ("1234.5", "TND", "1,234.500", "1_234,500"),
    ] {
        let (price, currency) = (plain.parse().unwrap(), code.parse().unwrap());
        let shown = both(|language| format::unit_price(price, currency, language));
        assert_eq!(shown, [en, fr]);
    }
}

#[test]
fn rates_are_percent() {
    let rate = |plain: &str| both(|it| format::percent(plain.parse().unwrap(), it));
    assert_eq!(rate("20"), ["20%", "20_%"]);
    assert_eq!(rate("5.50"), ["5.5%", "5,5_%"]);
}

#[test]
fn dates_name_the_month() {
    let day = date(2026, 2, 1);
    assert_eq!(both(|it| format::date(day, it)), ["1 February 2026", "1er février 2026"]);
}

#[test]
fn periods_show_their_last_day() {
    for ((from, to), en, fr) in [
        (((2026, 2, 1), (2026, 3, 1)), "1–28 February 2026", "1er–28 février 2026"),
        (((2026, 1, 31), (2026, 2, 1)), "31 January 2026", "31 janvier 2026"),
        (
            ((2026, 1, 14), (2026, 2, 14)),
            "14 January – 13 February 2026",
            "14 janvier – 13 février 2026",
        ),
        (
            ((2025, 12, 15), (2026, 1, 15)),
            "15 December 2025 – 14 January 2026",
            "15 décembre 2025 – 14 janvier 2026",
        ),
    ] {
        let day = |(year, month, day)| date(year, month, day);
        let period = Period::new(day(from), day(to)).unwrap();
        assert_eq!(both(|language| format::period(period, language)), [en, fr]);
    }
}

#[test]
fn instants_are_on_the_clocks_of_the_zone() {
    let instant = "2026-01-31T22:59:59Z".parse().unwrap();
    let zone = "Europe/Paris".parse().unwrap();
    assert_eq!(
        both(|language| format::instant(instant, &zone, language)),
        ["31 January 2026, 23:59:59", "31 janvier 2026 à 23:59:59"],
    );
}
