//! Prices in parts: billed early, for another price, or as another part than was agreed on.

use facts::device::{DeviceDetail, PartDue, PartShare, PricePart};
use facts::offer::{ChargeRule, Milestone, OpenParts};
use facts::unit::StartEvidence;
use facts::{ChargeKind, Fact};
use jiff::civil::Date;

use crate::world::{Case, World, at, check, day, read};

/// U3, delivered on 31 January, has a price of 35.00 in two parts: 50 % on delivery, 50 % on a day.
fn in_parts(world: &mut World, price: &str, on: Date) {
    let parts = [PartDue::At(Milestone::Delivered), PartDue::On(on)]
        .map(|due| PricePart { percent: read("50"), due });
    for fact in &mut world.before {
        let Fact::OfferPublished(offer) = fact else { continue };
        for component in offer.components.iter_mut().filter(|it| it.code.as_str() == "part") {
            component.charge = ChargeRule::Milestones {
                unit_price: read(price),
                parts: parts.to_vec(),
                on_end: OpenParts::GoOn,
            };
        }
    }
    let lines = world.first.lines.iter_mut().chain(&mut world.second.lines);
    for charge in lines.map(|line| &mut line.charge) {
        if charge.kind != ChargeKind::HardwareInstalment {
            continue;
        }
        let Some(instalment) = &mut charge.instalment else { continue };
        instalment.count = 2;
        let (first, second) = (day("2026-01-31"), day("2026-03-01"));
        let is_first = instalment.number == 1;
        let part = PartShare {
            percent: read("50"),
            of: read(price),
            due: parts[usize::from(!is_first)].due,
            due_on: Some(if is_first { first } else { second }),
        };
        charge.device = DeviceDetail { part: Some(part), ..DeviceDetail::default() };
        for start in charge.starts.iter_mut().filter(|_| !is_first) {
            start.evidence = StartEvidence::Agreed;
            start.start_at = at("2026-02-28T23:00:00Z");
        }
    }
}

pub const CASES: &[Case] = &[
    Case {
        name: "each part is billed on its day",
        breaks: |world| in_parts(world, "35", day("2026-03-01")),
        finds: &[],
    },
    Case {
        name: "a part is billed before the day that was agreed on",
        breaks: |world| in_parts(world, "35", day("2026-03-02")),
        finds: &["instalment-early", "start-differs"],
    },
    Case {
        name: "the parts are those of another price",
        breaks: |world| in_parts(world, "36", day("2026-03-01")),
        finds: &["rated-differs"],
    },
    Case {
        name: "a line names another part than it bills",
        breaks: |world| {
            in_parts(world, "35", day("2026-03-01"));
            for line in &mut world.second.lines {
                if let Some(part) = &mut line.charge.device.part {
                    part.percent = read("60");
                }
            }
        },
        finds: &["rated-differs"],
    },
];

#[test]
fn prices_in_parts_are_judged() {
    check(CASES);
}
