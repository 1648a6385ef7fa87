//! What is billed before its evidence.

use facts::offer::DeadlineFrom;
use facts::order::OrderLine;
use facts::unit::{ItemDelivered, StartEvidence};
use facts::{ChargeKind, Fact, OrderAccepted};

use crate::bill::{STANDARD, charge, first, period, run, second, service};
use crate::catalog::order_line;
use crate::world::{Case, World, at, check, day, delivered, read, signalled};

/// The delivery of a shipment is recorded only after the first invoice.
fn deliver_later(world: &mut World, shipment: &str) {
    let is_it = |fact: &Fact| {
        matches!(fact, Fact::ItemDelivered(ItemDelivered { shipment: of, .. })
            if of.as_str() == shipment)
    };
    let late = world.before.extract_if(.., |fact| is_it(fact)).collect::<Vec<_>>();
    world.between.extend(late);
}

/// An order of one unit that was never shipped.
fn order_undelivered(world: &mut World) {
    let line: OrderLine = order_line("L4", "upfront", "device", &["U4"]);
    world.before.push(Fact::OrderAccepted(OrderAccepted {
        order: read("O2"),
        account: read("A"),
        ordered_on: day("2026-01-05"),
        lines: vec![line],
    }));
}

pub const CASES: &[Case] = &[
    Case {
        name: "a device was delivered, but nobody knew",
        breaks: |world| deliver_later(world, "SH2"),
        finds: &["hardware-early", "start-unproven"],
    },
    Case {
        name: "a device was never delivered",
        breaks: |world| {
            order_undelivered(world);
            world.bill_first(charge(ChargeKind::HardwareSale, "device", &["U4"], "199", 19_900));
        },
        finds: &["hardware-early"],
    },
    Case {
        name: "a replacement was delivered, the device that was sold was not",
        breaks: |world| {
            deliver_later(world, "SH2");
            world.between.retain(|fact| {
                !matches!(fact, Fact::ItemDelivered(it)
                if it.shipment.as_str() == "SH2")
            });
        },
        finds: &[
            "hardware-early",
            "service-early",
            "service-excess",
            "start-unproven",
            "usage-before-start",
            "usage-not-billed",
            "rated-differs",
        ],
    },
    Case {
        name: "a part is not due yet",
        breaks: |world| {
            world.change_second(second::PART, |charge| {
                charge.instalment.as_mut().unwrap().number = 3;
            });
        },
        finds: &["instalment-early", "charge-missing"],
    },
    Case {
        name: "a fee of an order of which nothing was delivered",
        breaks: |world| {
            order_undelivered(world);
            let mut fee = charge(ChargeKind::OrderFee, "setup", &[], "49", 4900);
            fee.charge.orders = vec![read("O2")];
            world.bill_first(fee);
        },
        finds: &["fee-early"],
    },
    Case {
        name: "service a day before its start",
        breaks: |world| {
            world.change_first(first::U1_JANUARY, |charge| {
                run(charge, period("2026-01-11", "2026-02-01"), 1687);
            });
        },
        finds: &["service-early", "service-excess"],
    },
    Case {
        name: "service of a period that has not come",
        breaks: |world| {
            let day = period("2026-03-01", "2026-03-02");
            world.bill_first(service(ChargeKind::ServiceCharge, STANDARD, &["U3"], day, 31, 80));
            world.change_second(second::U3_MARCH, |charge| {
                run(charge, period("2026-03-02", "2026-03-10"), 643);
            });
        },
        finds: &["service-ahead", "service-excess"],
    },
    Case {
        name: "a start by a signal that was never received",
        breaks: |world| {
            world.change_first(first::U1_JANUARY, |charge| {
                if let StartEvidence::Activated { id, .. } = &mut charge.starts[0].evidence {
                    *id = read("g9");
                }
            });
        },
        finds: &["start-unproven"],
    },
    Case {
        name: "a start by the signal of another device",
        breaks: |world| {
            world.change_first(first::U1_JANUARY, |charge| {
                if let StartEvidence::Activated { serial, .. } = &mut charge.starts[0].evidence {
                    *serial = read("D3");
                }
            });
        },
        finds: &["start-unproven"],
    },
    Case {
        name: "a start by a signal that came before the delivery",
        breaks: |world| {
            world.change_first(first::U1_JANUARY, |charge| {
                let start = &mut charge.starts[0];
                start.start_at = at("2026-01-09T09:00:00Z");
                if let StartEvidence::Activated { id, .. } = &mut start.evidence {
                    *id = read("g0");
                }
            });
        },
        finds: &["start-differs"],
    },
    Case {
        name: "an earlier signal was received and not seen",
        breaks: |world| world.before.push(signalled("g2", "D1", "2026-01-12T08:00:00Z")),
        finds: &["start-differs"],
    },
    Case {
        name: "a fallback of other days than the policy's",
        breaks: |world| {
            world.change_second(second::U2_FEBRUARY, |charge| {
                if let StartEvidence::Fallback { days, .. } = &mut charge.starts[0].evidence {
                    *days = 31;
                }
            });
        },
        finds: &["start-unproven"],
    },
    Case {
        name: "a deadline that the policy does not have",
        breaks: |world| {
            world.change_second(second::U2_FEBRUARY, |charge| {
                let evidence = &mut charge.starts[0].evidence;
                if let StartEvidence::Fallback { counted_from, days, .. } = *evidence {
                    let after = DeadlineFrom::Delivered;
                    *evidence = StartEvidence::Deadline { after, counted_from, days };
                }
            });
        },
        finds: &["start-unproven"],
    },
    Case {
        name: "a test that the policy does not have",
        breaks: |world| {
            world.change_second(second::U2_FEBRUARY, |charge| {
                let start = &mut charge.starts[0];
                let (since, began) = (start.start_at, Box::new(start.evidence.clone()));
                start.evidence = StartEvidence::Tested { since, began, days: 0 };
            });
        },
        finds: &["start-unproven"],
    },
    Case {
        name: "a fallback at midnight of another zone",
        breaks: |world| {
            world.change_second(second::U2_FEBRUARY, |charge| {
                charge.starts[0].start_at = at("2026-02-09T00:00:00Z");
            });
        },
        finds: &["start-unproven"],
    },
    Case {
        name: "usage of a period that is not over",
        breaks: |world| {
            world.change_second(second::DATA, |charge| {
                charge.period = Some(period("2026-03-01", "2026-04-01"));
            });
        },
        finds: &["usage-unfinished", "usage-not-billed"],
    },
    Case {
        name: "usage of a unit that started after the period",
        breaks: |world| {
            world.change_first(first::DATA, |charge| {
                let rated = charge.rated.as_mut().unwrap();
                let mut share = rated.by_unit[0].clone();
                (share.unit, share.quantity) = (read("U2"), read("0"));
                rated.by_unit.push(share);
            });
        },
        finds: &["usage-before-start"],
    },
    Case {
        name: "a delivery that is reported again changes nothing",
        breaks: |world| world.after.push(delivered("SH8", "U1", "2026-01-09T10:00:00Z")),
        finds: &[],
    },
];

#[test]
fn what_is_billed_early_is_found() {
    check(CASES);
}
