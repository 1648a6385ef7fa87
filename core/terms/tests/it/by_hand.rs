//! Cases worked out with a pencil; the arithmetic stands beside each.

use facts::ChargeKind;
use facts::discount::{Basis, Discount, Each, Growth, RampStep, Reduction, Scope, Terms, Window};
use terms::TermsError;

use crate::world::{
    World, added, amount, cents, charge, percent, read, service, shown, total, usage, yearly,
};

fn january(minor: i64) -> facts::Charge {
    service("2026-01-01", "2026-02-01", minor)
}

#[test]
fn stacked_takes_each_of_the_whole_and_sequential_of_what_is_left() {
    let stacked = |it: Discount| Discount { basis: Basis::Undiscounted, ..it };
    let both = vec![stacked(percent("a", "10")), stacked(percent("b", "20"))];
    // 100.00 − 10.00 − 20.00 = 70.00
    let lines = World::of_account(both).apply(vec![january(10_000)]);
    assert_eq!(shown(&lines[0]), ["10 % of 100.00: -10.00", "20 % of 100.00: -20.00"]);
    // 100.00 − 10.00 = 90.00; 90.00 − 18.00 = 72.00
    let both = vec![percent("a", "10"), percent("b", "20")];
    let lines = World::of_account(both).apply(vec![january(10_000)]);
    assert_eq!(shown(&lines[0]), ["10 % of 100.00: -10.00", "20 % of 90.00: -18.00"]);
}

#[test]
fn stacked_discounts_end_at_nothing() {
    let stacked = |it: Discount| Discount { basis: Basis::Undiscounted, ..it };
    let both = vec![stacked(percent("a", "60")), stacked(percent("b", "60"))];
    let lines = World::of_account(both).apply(vec![january(10_001)]);
    // 60 % of 100.01 is 60.006; 40.00 (100.01 − 60.01) is all that is left.
    assert_eq!(added(&lines), [[-6001, -4000]]);
}

#[test]
fn the_order_is_component_then_offer_then_account() {
    let mut world = World::of_account(vec![
        percent("of-account", "50"),
        Discount { scope: Scope::Offer(read("plan")), ..percent("of-offer", "10") },
        Discount {
            scope: Scope::Components([read("service")].into()),
            ..percent("of-component", "20")
        },
    ]);
    world.offer.terms.escalations = vec![yearly("3")];
    let line = service("2027-01-01", "2027-02-01", 10_000);
    // 100.00 + 3.00 = 103.00; − 20.60 = 82.40; − 8.24 = 74.16; − 37.08 = 37.08
    let lines = world.apply(vec![line]);
    let expected = [
        "3 % of 100.00: 3.00",
        "20 % of 103.00: -20.60",
        "10 % of 82.40: -8.24",
        "50 % of 74.16: -37.08",
    ];
    assert_eq!(shown(&lines[0]), expected);
}

#[test]
fn an_amount_is_shared_by_largest_remainder() {
    let world = World::of_account(vec![amount("ten", 1000, Each::Period)]);
    let other = |component, minor| charge(component, ChargeKind::ServiceCharge, Some(day()), minor);
    // 10.00 over three equal lines: 3.34 + 3.33 + 3.33
    let lines = world.apply(vec![other("c", 5000), other("a", 5000), other("b", 5000)]);
    assert_eq!(added(&lines), [[-334], [-333], [-333]]);
    // Never more than there is: 4.00 of 10.00.
    assert_eq!(total(&world.apply(vec![other("a", 300), other("b", 100)])), -400);
}

fn day() -> kernel::Period {
    crate::world::period("2026-01-01", "2026-02-01")
}

#[test]
fn an_amount_once_goes_on_until_it_is_used_up() {
    let mut world = World::of_account(vec![amount("voucher", 5000, Each::Once)]);
    assert_eq!(total(&world.bill(vec![january(3000)])), -3000);
    assert_eq!(total(&world.bill(vec![service("2026-02-01", "2026-03-01", 3000)])), -2000);
    assert_eq!(total(&world.bill(vec![service("2026-03-01", "2026-04-01", 3000)])), 0);
}

#[test]
fn what_is_given_back_gives_its_discount_back() {
    let mut world = World::of_account(vec![amount("fifty", 5000, Each::Period)]);
    assert_eq!(total(&world.bill(vec![january(4000)])), -4000);
    let credit = charge("service", ChargeKind::ServiceCredit, Some(day()), -4000);
    assert_eq!(added(&world.bill(vec![credit])), [[4000]]);
}

#[test]
fn a_window_of_dates_cuts_a_line_by_its_days() {
    let dates = Window::Dates { from: Some(read("2026-01-11")), until: Some(read("2026-01-21")) };
    let world = World::of_account(vec![Discount { window: dates, ..percent("promo", "50") }]);
    // 10 of 31 days: 31.00 × 10 ÷ 31 = 10.00, half of it 5.00
    assert_eq!(shown(&world.apply(vec![january(3100)])[0]), ["50 % of 10.00: -5.00"]);
}

#[test]
fn free_months_are_counted_for_each_unit_from_its_start() {
    let mut world = World::started("2026-01-16", "2026-02-11");
    let free = Discount { window: Window::Months { count: 1 }, ..percent("free", "100") };
    world.account.terms.discounts = vec![free];
    let mut february = service("2026-02-01", "2026-03-01", 5600);
    february.units = vec![read("U-1"), read("U-2")];
    // U-1 is free until 16 February: 15 of 28 days. U-2 began on the 11th, and its days before
    // that are in no month yet; such days are never on a line. Here they count as its first.
    // (15 + 28) ÷ 56 of 56.00 = 43.00
    assert_eq!(shown(&world.apply(vec![february])[0]), ["100 % of 43.00: -43.00"]);
}

#[test]
fn periods_count_that_of_the_start_as_the_first() {
    let mut world = World::started("2026-01-20", "2026-01-20");
    let two = Discount { window: Window::Periods { count: 2 }, ..percent("two", "10") };
    world.account.terms.discounts = vec![two];
    let of = |from, to| total(&world.apply(vec![service(from, to, 1000)]));
    assert_eq!(of("2026-01-20", "2026-02-01"), -100);
    assert_eq!(of("2026-02-01", "2026-03-01"), -100);
    assert_eq!(of("2026-03-01", "2026-04-01"), 0);
}

#[test]
fn a_ramp_takes_less_each_year() {
    let mut world = World::started("2026-01-15", "2026-01-15");
    let step = |percent| RampStep { months: 12, percent: read(percent) };
    let ramp = Discount {
        reduction: Reduction::Ramp(vec![step("30"), step("15")]),
        ..percent("ramp", "1")
    };
    world.account.terms.discounts = vec![ramp];
    let of = |from, to| shown(&world.apply(vec![service(from, to, 3100)])[0]);
    assert_eq!(of("2026-12-01", "2027-01-01"), ["30 % of 31.00: -9.30"]);
    // 14 days of year 1 and 17 of year 2: 4.20 and 2.55
    assert_eq!(of("2027-01-01", "2027-02-01"), ["15 % of 17.00: -2.55", "30 % of 14.00: -4.20"]);
    assert_eq!(of("2028-02-01", "2028-03-01"), [""; 0]);
}

#[test]
fn a_price_rises_at_each_anniversary_of_what_it_was() {
    let mut world = World::started("2026-01-01", "2026-01-01");
    world.offer.terms.escalations = vec![yearly("3")];
    let of = |year: i16| {
        let (from, to) = (format!("{year}-01-01"), format!("{year}-02-01"));
        shown(&world.apply(vec![service(&from, &to, 10_000)])[0])
    };
    assert_eq!(of(2026), [""; 0]);
    assert_eq!(of(2027), ["3 % of 100.00: 3.00"]);
    // 1.03² = 1.0609, 1.03³ = 1.092727
    assert_eq!(of(2028), ["6.09 % of 100.00: 6.09"]);
    assert_eq!(of(2029), ["9.2727 % of 100.00: 9.27"]);
    let once = charge("hardware", ChargeKind::HardwareSale, None, 10_000);
    assert_eq!(added(&world.apply(vec![once])), [[0_i64; 0]]);
}

#[test]
fn a_price_follows_an_index_that_is_known() {
    let mut world = World::started("2026-01-01", "2026-01-01");
    let mut index = yearly("3");
    index.by = Growth::Index(read("SYNTEC"));
    world.offer.terms.escalations = vec![index];
    let line = || vec![service("2027-01-01", "2027-02-01", 10_000)];
    let missing = world.try_apply(line()).expect_err("no value is published");
    assert!(matches!(missing, TermsError::NoIndexValue { .. }), "{missing}");
    let values = [(read("2025-12-01"), read("310.5")), (read("2026-12-01"), read("318.2"))];
    world.seller.indexes.insert(read("SYNTEC"), values.into_iter().collect());
    // 318.2 ÷ 310.5 = 1.024798…: 2.4799 %
    assert_eq!(shown(&world.apply(line())[0]), ["2.4799 % of 100.00: 2.48"]);
}

#[test]
fn late_usage_is_discounted_as_its_period_was() {
    let mut world = World::of_account(vec![percent("tenth", "10")]);
    let used = [("U-1", "1")];
    // 10 % of 124.65 is 12.465 → 12.47; of 113.95 it is 11.395 → 11.40, so 1.07 comes back.
    let first = usage("2026-02-01", "2026-03-01", 12_465, &used);
    assert_eq!(total(&world.bill(vec![first])), -1247);
    let mut late = usage("2026-02-01", "2026-03-01", -1070, &used);
    late.kind = ChargeKind::UsageAdjustment;
    assert_eq!(added(&world.bill(vec![late])), [[107]]);
}

#[test]
fn usage_is_shared_by_who_used_it() {
    let mut world = World::started("2025-06-01", "2026-01-01");
    let new = Discount { window: Window::Months { count: 3 }, ..percent("new", "50") };
    world.account.terms.discounts = vec![new];
    let line = usage("2026-02-01", "2026-03-01", 4000, &[("U-1", "30"), ("U-2", "10.0")]);
    // U-2 used a quarter: 10.00, half of it 5.00
    assert_eq!(shown(&world.apply(vec![line])[0]), ["50 % of 10.00: -5.00"]);
}

#[test]
fn terms_never_reach_back() {
    let mut world = World::of_account(Vec::new());
    world.bill(vec![january(10_000)]);
    world.account.terms = Terms { discounts: vec![percent("late", "10")], ..Terms::default() };
    let credit = charge("service", ChargeKind::ServiceCredit, Some(day()), -1000);
    assert_eq!(added(&world.bill(vec![credit])), [[100]]);
}

#[test]
fn what_does_not_fit_is_an_error() {
    let world = World::of_account(vec![percent("a", "100")]);
    let huge = || january(i64::MAX);
    assert!(world.try_apply(vec![huge(), huge()]).is_err());
    assert_eq!(world.apply(vec![january(0)])[0].effects, []);
    assert_eq!(cents(0).minor, 0);
}
