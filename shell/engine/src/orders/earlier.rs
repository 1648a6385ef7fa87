//! The lines of other orders that an order names: to take them over, or to end with them.

use std::collections::{BTreeMap, BTreeSet};

use ::orders::{AskTerm, Earlier, PlaceLine, PlaceOrder, Standing};
use facts::unit::ChangeAction;
use facts::{OrderLineId, UnitId};
use store::Tx;

use crate::Result;
use crate::contracts::{self, Contracts};
use crate::lives::Records;

/// Those that there are, by name.
pub(super) fn named(tx: &mut dyn Tx, place: &PlaceOrder) -> Result<BTreeMap<OrderLineId, Earlier>> {
    let mut named: BTreeMap<&OrderLineId, BTreeSet<&OrderLineId>> = BTreeMap::new();
    for line in &place.lines {
        if let Some(asked) = &line.takes_over {
            named.entry(&asked.line).or_default().insert(&line.line);
        }
        if let PlaceLine { term: Some(AskTerm::With(other)), .. } = line {
            named.entry(other).or_default();
        }
    }
    let mut earlier = BTreeMap::new();
    for (line, by) in named {
        earlier.extend(load(tx, line, &by)?.map(|it| (line.clone(), it)));
    }
    Ok(earlier)
}

/// A line, and what became of its units, as far as lines other than these are concerned.
fn load(
    tx: &mut dyn Tx,
    line: &OrderLineId,
    by: &BTreeSet<&OrderLineId>,
) -> Result<Option<Earlier>> {
    let units = tx.units_of_line(line)?;
    let Some(first) = units.first() else { return Ok(None) };
    let absent = || contracts::missing(format!("the order of line `{line}`"));
    let order = contracts::order(tx, &first.order)?.ok_or_else(absent)?;
    let account = contracts::account(tx, &order.account)?;
    let found = order.lines.iter().find(|it| it.line == *line).cloned().ok_or_else(absent)?;
    let mut standings = BTreeMap::new();
    if !by.is_empty() {
        let mut contracts = Contracts::default();
        contracts.load(tx, &units)?;
        let facts = tx.unit_facts_of_account(&account.account)?;
        let mut records = Records::of(facts, i64::MAX);
        records.complete(tx, &mut contracts, &units)?;
        for unit in &units {
            let mut standing = standing(&records, &unit.unit, &account.zone, by);
            let life = records.timeline(&contracts, unit, &account.zone, None)?;
            let lapsed_on = life.lapsed_at().map(|at| account.zone.day_of(at));
            standing.ended_on = standing.ended_on.into_iter().chain(lapsed_on).min();
            if standing != Standing::default() {
                standings.insert(unit.unit.clone(), standing);
            }
        }
    }
    Ok(Some(Earlier { order, line: found, account, units: standings }))
}

fn standing(
    records: &Records,
    unit: &UnitId,
    zone: &kernel::Zone,
    by: &BTreeSet<&OrderLineId>,
) -> Standing {
    let next = records.next(unit);
    let ends = records.changes(unit).into_iter().filter(|change| match change.action {
        ChangeAction::Return | ChangeAction::Cancel => true,
        ChangeAction::Lost(loss) => loss.then.is_end(),
        _ => false,
    });
    Standing {
        taken_over: next.map(|it| (it.by.clone(), it.on)),
        ended_on: ends.map(|it| zone.day_of(it.effective_at)).min(),
        is_ours: next.is_some_and(|it| by.contains(&it.order_line)),
    }
}
