//! Quarters of an hour divide the day of every zone, also before 1970 and when clocks change.

use jiff::Timestamp;
use kernel::Zone;
use metering::quarter_of;
use proptest::prelude::*;

use crate::line::read;

#[test]
fn a_quarter_begins_at_or_before_its_instants() {
    for (instant, quarter) in [
        ("2026-02-03T10:00:00Z", "2026-02-03T10:00:00Z"),
        ("2026-02-03T10:14:59.999999999Z", "2026-02-03T10:00:00Z"),
        ("2026-02-03T10:15:00Z", "2026-02-03T10:15:00Z"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        ("1969-12-31T23:59:59Z", "1969-12-31T23:45:00Z"),
        ("1969-12-31T23:59:59.5Z", "1969-12-31T23:45:00Z"),
        ("1969-12-31T23:45:00Z", "1969-12-31T23:45:00Z"),
        ("1969-12-31T23:44:59.999999999Z", "1969-12-31T23:30:00Z"),
        // 02:00 in Paris becomes 03:00 on 29 March, and 03:00 becomes 02:00 on 25 October.
        ("2026-03-29T00:59:59Z", "2026-03-29T00:45:00Z"),
        ("2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"),
        ("2026-10-25T00:59:59Z", "2026-10-25T00:45:00Z"),
        ("2026-10-25T01:00:00Z", "2026-10-25T01:00:00Z"),
    ] {
        assert_eq!(quarter_of(read(instant)), read(quarter), "{instant}");
    }
}

proptest! {
    #[test]
    fn a_quarter_never_cuts_an_hour_of_any_zone(
        milliseconds in -62_000_000_000_000_i64..250_000_000_000_000,
        zone in prop::sample::select(vec![
            "Europe/Paris", "America/Toronto", "Asia/Kathmandu", "Australia/Lord_Howe",
        ]),
    ) {
        let instant = Timestamp::from_millisecond(milliseconds).unwrap();
        let quarter = quarter_of(instant);
        prop_assert!(quarter <= instant);
        prop_assert!(instant.duration_since(quarter).as_secs() < 900);
        prop_assert_eq!(quarter_of(quarter), quarter);
        // Since 1986 every offset is a whole number of quarters.
        if quarter > read::<Timestamp>("1986-01-02T00:00:00Z") {
            let zone: Zone = read(zone);
            let (local, of_quarter) = (zone.local(instant), zone.local(quarter));
            prop_assert_eq!(local.date(), of_quarter.date());
            prop_assert_eq!(of_quarter.minute() % 15, 0);
        }
    }
}
