//! Contracts follow each other: every take-over that an order agrees on is said once of the unit
//! that ends, nothing is sold twice with it, and what was said of terms lies on days on which terms
//! end.

use std::collections::BTreeMap;

use facts::offer::ChargeRule;
use facts::order::{ContractTerm, OrderLine, OrderedUnit};
use facts::{OrderLineId, UnitId};
use jiff::civil::Date;

use crate::calendar::plus_months;
use crate::world::World;
use crate::{AuditFinding, Check};

pub(crate) fn check(world: &World) -> Check {
    let mut check = Check::new(
        "contracts",
        "Each unit that goes on for another is under a line that takes over, from its day on, and \
         is the only one; hardware is sold once; terms are renewed and end on their days.",
    );
    let mut agreed: BTreeMap<&UnitId, (&UnitId, &OrderLineId, Date)> = BTreeMap::new();
    for line in world.orders.iter().flat_map(|order| &order.it.lines) {
        for unit in &line.units {
            check.examine();
            let on = line.takes_over.as_ref().map(|it| it.on);
            let (Some(after), Some(on)) = (&unit.after, on) else {
                check.expect(unit.after.is_none() && on.is_none(), || {
                    differs(&unit.unit, "line of a unit that goes on", "one without the other")
                });
                continue;
            };
            check_line(&mut check, world, line, (unit, after, on));
            let other = agreed.insert(after, (&unit.unit, &line.line, on));
            check.expect(other.is_none(), || differs(after, "units that go on", "two"));
        }
    }
    for (unit, facts) in &world.units {
        let said = facts.taken_over.iter().map(|it| (&it.it.by, &it.it.order_line, it.it.on));
        let said: Vec<_> = said.collect();
        let agreed: Vec<_> = agreed.remove(unit).into_iter().collect();
        check.expect(said == agreed, || {
            differs(unit, "take-over", &format!("{said:?}, not as ordered: {agreed:?}"))
        });
    }
    for unit in agreed.into_keys() {
        check.find(differs(unit, "take-over", "an order, but nothing that says so"));
    }
    check_terms(&mut check, world);
    check
}

fn check_line(
    check: &mut Check,
    world: &World,
    line: &OrderLine,
    (unit, after, on): (&OrderedUnit, &UnitId, Date),
) {
    let before = world.contract(after);
    let first_day =
        before.map(|it| it.line.takes_over.as_ref().map_or(it.order.ordered_on, |it| it.on));
    check.expect(first_day.is_some_and(|first| first <= on), || {
        differs(&unit.unit, "day of a take-over", "before the contract that it takes over")
    });
    let of_line = world.offers.get(&line.offer).into_iter().flat_map(|it| &it.components);
    let sold = of_line.filter(|it| line.components.contains_key(&it.code)).find(|it| {
        matches!(it.charge, ChargeRule::OnceDelivered { .. } | ChargeRule::Instalments { .. })
    });
    check.expect(sold.is_none(), || differs(&unit.unit, "hardware", "sold again"));
}

fn check_terms(check: &mut Check, world: &World) {
    let lines = world.orders.iter().flat_map(|order| &order.it.lines);
    let terms: BTreeMap<&OrderLineId, &ContractTerm> =
        lines.filter_map(|line| Some((&line.line, line.term.as_ref()?))).collect();
    for (line, day) in &world.term_days {
        check.examine();
        let is_an_end = terms.get(line).is_some_and(|term| ends_on(term, *day) == Some(true));
        check.expect(is_an_end, || AuditFinding::TermDayWrong { line: line.clone(), day: *day });
    }
}

/// Whether a term of a line ends on a day: one after the other, each counted from the first.
fn ends_on(term: &ContractTerm, day: Date) -> Option<bool> {
    let months = term.renewal.map_or(0, |it| i64::from(it.months));
    let mut passed = 0;
    loop {
        let end = plus_months(term.until, passed)?;
        if end >= day || months == 0 {
            return Some(end == day);
        }
        passed += months;
    }
}

fn differs(unit: &UnitId, what: &'static str, stated: &str) -> AuditFinding {
    AuditFinding::ContractBroken { unit: unit.clone(), what, stated: stated.to_owned() }
}
