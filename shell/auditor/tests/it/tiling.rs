//! Days that are missing, or billed without service.

use facts::ChargeKind;
use facts::charge::DayShare;
use facts::unit::ChangeAction;

use crate::bill::{period, price, run, second, share};
use crate::world::{Case, changed, check};

pub const CASES: &[Case] = &[
    Case {
        name: "a period is not billed",
        breaks: |world| world.unbill_second(second::U2_MARCH),
        finds: &["service-missing"],
    },
    Case {
        name: "a day before the suspension is not billed",
        breaks: |world| {
            world.change_second(second::U3_MARCH, |charge| {
                run(charge, period("2026-03-01", "2026-03-09"), 643);
            });
        },
        finds: &["service-missing"],
    },
    Case {
        name: "the first day of the suspension is billed",
        breaks: |world| {
            world.change_second(second::U3_MARCH, |charge| {
                run(charge, period("2026-03-01", "2026-03-11"), 803);
            });
        },
        finds: &["service-excess"],
    },
    Case {
        name: "days after the resumption are not billed",
        breaks: |world| {
            let times = ("2026-02-21T10:00:00Z", "2026-03-20T10:00:00Z");
            world.between.push(changed("C4", "U3", times, ChangeAction::Resume));
        },
        finds: &["service-missing"],
    },
    Case {
        name: "an upgrade is not billed",
        breaks: |world| {
            for line in [second::CREDIT, second::PREMIUM_MARCH, second::PREMIUM_FEBRUARY] {
                world.unbill_second(line);
            }
        },
        finds: &["service-missing", "service-excess"],
    },
    Case {
        name: "days after the return are billed",
        breaks: |world| {
            let times = ("2026-02-25T10:00:00Z", "2026-02-25T10:00:00Z");
            world.between.push(changed("C4", "U1", times, ChangeAction::Return));
        },
        // The statement of the pool counts the days as well.
        finds: &["service-excess", "credit-missing", "rated-differs"],
    },
    Case {
        name: "a return that nobody knew of changes nothing",
        breaks: |world| {
            let times = ("2026-03-01T10:00:00Z", "2026-02-25T10:00:00Z");
            world.between.push(changed("C4", "U1", times, ChangeAction::Return));
        },
        finds: &[],
    },
    Case {
        name: "a line goes over the end of a bill period",
        breaks: |world| {
            world.change_second(second::U2_FEBRUARY, |charge| {
                charge.period = Some(period("2026-02-09", "2026-04-01"));
                share(charge, Some(DayShare { days: 51, period_days: 28 }));
                price(charge, 4535);
            });
            world.unbill_second(second::U2_MARCH);
        },
        finds: &["run-crosses"],
    },
    Case {
        name: "a line of service does not say for when",
        breaks: |world| {
            world.change_second(second::U2_MARCH, |charge| {
                charge.period = None;
                share(charge, None);
            });
        },
        finds: &["line-without-period", "service-missing"],
    },
    Case {
        name: "usage of half a bill period",
        breaks: |world| {
            for line in &mut world.second.lines {
                let charge = &mut line.charge;
                if charge.kind == ChargeKind::UsageCharge {
                    charge.period = Some(period("2026-02-01", "2026-02-15"));
                }
            }
        },
        finds: &["usage-period-not-whole", "usage-not-billed"],
    },
    Case {
        name: "usage of two periods with common days",
        breaks: |world| {
            world.change_second(second::DATA, |charge| {
                charge.period = Some(period("2026-02-01", "2026-02-15"));
            });
        },
        finds: &["usage-period-not-whole", "usage-periods-overlap", "usage-not-billed"],
    },
];

#[test]
fn gaps_and_excess_days_are_found() {
    check(CASES);
}
