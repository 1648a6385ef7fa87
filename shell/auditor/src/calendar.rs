//! Our own day arithmetic, so that a fault in the calendar of the rules cannot hide here too.

use jiff::civil::Date;
use kernel::{BillCalendar, BillCycle};

/// How many days a month has.
const fn month_days(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// The day of a month counted from year 0, or its last day where it is shorter.
fn clamped(months: i64, day: i64) -> Option<Date> {
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
    let day = day.min(month_days(year, month));
    let (year, month, day) =
        (i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Date::new(year, month, day).ok()
}

/// Counted from year 0.
pub(crate) fn month_of(day: Date) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month()) - 1
}

/// The same day of a later month, or its last day where it is shorter.
pub(crate) fn plus_months(day: Date, months: i64) -> Option<Date> {
    clamped(month_of(day) + months, i64::from(day.day()))
}

/// The day so many days later, counted one by one.
pub(crate) fn plus_days(day: Date, days: u16) -> Option<Date> {
    (0..days).try_fold(day, |day, _| day.tomorrow().ok())
}

/// The days from `from` (included) to `to` (excluded).
pub(crate) fn days(from: Date, to: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), |day| day.tomorrow().ok()).take_while(move |day| *day < to)
}

/// How many days lie between two days.
pub(crate) fn count_days(from: Date, to: Date) -> i64 {
    number_of(to) - number_of(from)
}

/// The days since 1 March of year 0 (Gregorian): a year that begins in March has its leap day
/// last, so that the lengths of its months do not depend on it.
fn number_of(day: Date) -> i64 {
    let months = month_of(day) - 2;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12));
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // 31 30 31 30 31, twice and a bit: 153 days for each five months.
    let before_month = (153 * month + 2) / 5;
    year * 365 + leap_days + before_month + i64::from(day.day()) - 1
}

/// The first day and the end day (excluded) of the bill period that contains `day`.
pub(crate) fn bill_period(calendar: &BillCalendar, day: Date) -> Option<(Date, Date)> {
    if calendar.changes().is_empty() {
        return cycle_period(calendar.first(), day);
    }
    let (from, to, _) = stretch(calendar, day, &begins_on)?;
    Some((from, to))
}

/// The period that the price of the bill period of `day` is for.
pub(crate) fn whole_period(calendar: &BillCalendar, day: Date) -> Option<(Date, Date)> {
    let (_, _, cycle) = stretch(calendar, day, &begins_on)?;
    cycle_period(cycle, day)
}

fn begins_on(cycle: BillCycle, day: Date) -> bool {
    clamped(month_of(day), i64::from(u8::from(cycle))) == Some(day)
}

/// Day by day, from the first change of a calendar or before: a period ends where the next one of
/// its cycle begins, and another cycle takes its turn there. The period of a day, and its cycle.
pub(crate) fn stretch(
    calendar: &BillCalendar,
    day: Date,
    begins: &dyn Fn(BillCycle, Date) -> bool,
) -> Option<(Date, Date, BillCycle)> {
    let mut cycle = calendar.first();
    let mut from = calendar.changes().first().map_or(day, |it| it.from.min(day));
    while !begins(cycle, from) {
        from = from.yesterday().ok()?;
    }
    loop {
        let turned = calendar.changes().iter().rev().find(|it| it.from <= from);
        cycle = turned.map_or(cycle, |it| it.day);
        let mut to = from.tomorrow().ok()?;
        while !begins(cycle, to) {
            to = to.tomorrow().ok()?;
        }
        if day < to {
            return Some((from, to, cycle));
        }
        from = to;
    }
}

/// The period of a cycle that contains a day.
pub(crate) fn cycle_period(cycle: BillCycle, day: Date) -> Option<(Date, Date)> {
    let cycle_day = i64::from(u8::from(cycle));
    let month = month_of(day);
    let boundary = clamped(month, cycle_day)?;
    if day < boundary {
        Some((clamped(month - 1, cycle_day)?, boundary))
    } else {
        Some((boundary, clamped(month + 1, cycle_day)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn period(cycle: u8, on: &str) -> (String, String) {
        let (from, to) = bill_period(&BillCycle::new(cycle).unwrap().into(), day(on)).unwrap();
        (from.to_string(), to.to_string())
    }

    #[test]
    fn months_end_where_they_end() {
        let later = |months| plus_months(day("2027-10-31"), months).unwrap().to_string();
        assert_eq!(later(1), "2027-11-30");
        assert_eq!(later(4), "2028-02-29");
        assert_eq!(later(16), "2029-02-28");
    }

    #[test]
    fn bill_periods_tile() {
        assert_eq!(period(1, "2026-02-28"), ("2026-02-01".into(), "2026-03-01".into()));
        assert_eq!(period(31, "2026-02-27"), ("2026-01-31".into(), "2026-02-28".into()));
        assert_eq!(period(31, "2026-02-28"), ("2026-02-28".into(), "2026-03-31".into()));
        assert_eq!(period(15, "2026-01-14"), ("2025-12-15".into(), "2026-01-15".into()));
    }

    #[test]
    fn days_are_counted_as_they_pass() {
        for (from, to) in [("1999-12-31", "2000-03-01"), ("2026-02-27", "2029-01-02")] {
            let passed = days(day(from), day(to)).count();
            assert_eq!(count_days(day(from), day(to)), i64::try_from(passed).unwrap());
        }
        assert_eq!(plus_days(day("2026-02-27"), 30), Some(day("2026-03-29")));
    }
}
