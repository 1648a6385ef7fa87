//! A pool as text that a person can check with a pencil.

use facts::pool::{PoolShare, PoolUse, PoolWindow};
use kernel::Money;

/// What was included, how it moved, and the statement: one line each.
pub(crate) fn lines(pool: &PoolUse) -> Vec<String> {
    let mut lines = Vec::new();
    let name: Vec<String> = pool.name.line.iter().map(ToString::to_string).collect();
    let name = name.into_iter().chain(pool.name.value.clone()).collect::<Vec<_>>().join(" · ");
    let name = if name.is_empty() { name } else { format!(" {name}") };
    let (units, allowance) = (pool.active_units, pool.allowance);
    let mut whole = format!("pool{name}: allowance {allowance}, {units} units in service");
    if let Some(days) = pool.days {
        let (unit, any, all) = (days.unit_days, days.pool_days, days.period_days);
        whole += &format!(", {unit} unit days, service on {any} of {all} days");
    }
    lines.push(whole);
    if let Some(rolled) = &pool.rolled {
        let lot = |lot: &facts::pool::PoolLot| {
            format!("{} of {} ({} used)", lot.quantity, lot.granted_on, lot.used)
        };
        let lots: Vec<String> = rolled.lots.iter().map(lot).collect();
        let carried_in = if lots.is_empty() { "0".to_owned() } else { lots.join(", ") };
        lines.push(format!(
            "carried in {carried_in}; granted {}, used {}, expired {}, carried over {}",
            rolled.granted, rolled.used, rolled.expired, rolled.carried
        ));
    }
    lines.extend(pool.window.as_ref().map(window));
    lines.extend(pool.statement.iter().map(share));
    lines
}

fn window(it: &PoolWindow) -> String {
    let period =
        |it: &facts::pool::WindowPeriod| format!("{} used {} of {}", it.from, it.used, it.granted);
    let periods: Vec<String> = it.periods.iter().map(period).collect();
    let (so_far, length) = (it.periods.len(), it.length);
    format!("window, period {so_far} of {length}: {}", periods.join(", "))
}

fn share(it: &PoolShare) -> String {
    let before = it.billed_before.unwrap_or(Money::zero(it.amount.currency));
    let due = it.amount.minus(before).map_or_else(|_| String::new(), |due| due.amount_text());
    let how = match it.billed_before {
        Some(before) => {
            format!("{} less {} = {due}", it.amount.amount_text(), before.amount_text())
        }
        None => due,
    };
    let PoolShare { unit, days, used, allowance, overage, .. } = it;
    format!("{unit}: {days} days, used {used}, allowance {allowance}, overage {overage}, {how}")
}
