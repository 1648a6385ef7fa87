//! A pool in words: what was included, how it moved between periods, and the statement per unit.

use facts::charge::RatedUsage;
use facts::pool::{Allocation, PoolName, PoolUse, PoolWindow, RolledOver};
use facts::text::Language;
use kernel::Quantity;

use crate::format;
use crate::words::words;

/// One unit of a statement, each column as text.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct StatementRow {
    /// The unit; the word for the sum in the last row.
    pub unit: String,
    /// Its service days.
    pub days: String,
    /// What it used.
    pub used: String,
    /// Its share of the allowance.
    pub allowance: String,
    /// Its share of the overage.
    pub overage: String,
    /// Its share of what earlier invoices billed.
    pub before: String,
    /// Its share of the line.
    pub amount: String,
}

/// The allowance and how far it reached, a sentence for each thing that is special about it.
#[must_use]
pub fn pool(rated: &RatedUsage, pool: &PoolUse, language: Language) -> Vec<String> {
    let words = words(language);
    let quantity = |it| format::quantity(it, language);
    let active = usize::try_from(pool.active_units).unwrap_or(usize::MAX);
    let shown = number(pool.active_units, language);
    let units = words.counted("active-units", active, &shown);
    let used = pool.used(rated.quantity).unwrap_or(rated.quantity);
    let (used, allowance) = (quantity(used), quantity(pool.allowance));
    let args = [("used", used.as_str()), ("allowance", &allowance), ("units", &units)];
    let mut notes = vec![words.with("pool", &args)];
    if let Some(days) = pool.days {
        let [unit, pool, period] =
            [days.unit_days, days.pool_days, days.period_days].map(|it| number(it, language));
        let args = [("unit-days", unit.as_str()), ("pool-days", &pool), ("period-days", &period)];
        notes.push(words.with("pool-days", &args));
    }
    notes.extend(pool.rolled.as_ref().into_iter().flat_map(|it| rolled(it, language)));
    notes.extend(pool.window.as_ref().into_iter().flat_map(|it| window(it, rated, pool, language)));
    notes
}

/// Each period of the window, and what that means: not over, over with or without overage.
fn window(it: &PoolWindow, rated: &RatedUsage, pool: &PoolUse, language: Language) -> Vec<String> {
    let words = words(language);
    let quantity = |it| format::quantity(it, language);
    let mut notes = Vec::new();
    for period in &it.periods {
        let day = format::date(period.from, language);
        let (used, granted) = (quantity(period.used), quantity(period.granted));
        let args = [("day", day.as_str()), ("used", &used), ("granted", &granted)];
        notes.push(words.with("pool-window-period", &args));
    }
    let overage = pool.overage(rated.quantity).unwrap_or(Quantity::ZERO);
    let how = match (it.is_complete(), overage.is_zero()) {
        (false, _) => "pool-window-open",
        (true, true) => "pool-window-moves",
        (true, false) => "pool-window-settled",
    };
    let so_far = u64::try_from(it.periods.len()).unwrap_or(u64::MAX);
    let (so_far, length) = (number(so_far, language), number(it.length.into(), language));
    let overage = quantity(overage);
    let args = [("so-far", so_far.as_str()), ("length", &length), ("overage", &overage)];
    notes.push(words.with(how, &args));
    notes
}

fn rolled(it: &RolledOver, language: Language) -> Vec<String> {
    let words = words(language);
    let quantity = |it| format::quantity(it, language);
    let mut notes = Vec::new();
    for lot in &it.lots {
        let day = format::date(lot.granted_on, language);
        let (left, used) = (quantity(lot.quantity), quantity(lot.used));
        let args = [("quantity", left.as_str()), ("day", &day), ("used", &used)];
        notes.push(words.with("pool-lot", &args));
    }
    let names = ["granted", "used", "expired", "carried"];
    let values = [it.granted, it.used, it.expired, it.carried].map(quantity);
    let args: Vec<(&str, &str)> =
        names.into_iter().zip(values.iter().map(String::as_str)).collect();
    notes.push(words.with("pool-rolled", &args));
    notes
}

/// Which of several pools: `ORD-1002-1 · europe`. Empty where there is one.
#[must_use]
pub fn name(name: &PoolName, language: Language) -> String {
    let line = name.line.as_ref().map(ToString::to_string);
    let value = name.value.as_ref().map(|value| match value.as_str() {
        "" => words(language).text("pool-no-value"),
        value => value.to_owned(),
    });
    line.into_iter().chain(value).collect::<Vec<String>>().join(" · ")
}

/// How the statement is made, in a sentence.
#[must_use]
pub fn allocation(pool: &PoolUse, language: Language) -> String {
    words(language).text(match pool.allocation {
        Allocation::ByExcess => "pool-by-excess",
        Allocation::ByUsage => "pool-by-usage",
    })
}

/// The statement, and its sums in the last row; none where there is no statement.
#[must_use]
pub fn statement(rated: &RatedUsage, language: Language) -> Option<Vec<StatementRow>> {
    let pool = rated.pool.as_ref().filter(|pool| !pool.statement.is_empty())?;
    let zero = kernel::Money::zero(rated.amount.currency);
    let columns = pool.statement.iter().flat_map(|it| [it.used, it.allowance, it.overage]);
    let decimals = columns.map(decimals).max().unwrap_or(0);
    let quantity = |it| format::quantity_with_decimals(it, decimals, language);
    let mut rows = Vec::with_capacity(pool.statement.len() + 1);
    let (mut days, mut overage) = (0_u64, Quantity::ZERO);
    for share in &pool.statement {
        let before = share.billed_before.unwrap_or(zero);
        let amount = share.amount.minus(before).unwrap_or(share.amount);
        days = days.saturating_add(share.days);
        overage = overage.plus(share.overage).unwrap_or(overage);
        rows.push(StatementRow {
            unit: share.unit.to_string(),
            days: number(share.days, language),
            used: quantity(share.used),
            allowance: quantity(share.allowance),
            overage: quantity(share.overage),
            before: format::amount(before, language),
            amount: format::amount(amount, language),
        });
    }
    let amount = rated.amount.minus(rated.billed_before).unwrap_or(rated.amount);
    rows.push(StatementRow {
        unit: words(language).text("pool-sum"),
        days: number(days, language),
        used: quantity(pool.used(rated.quantity).unwrap_or(rated.quantity)),
        allowance: quantity(pool.allowance),
        overage: quantity(overage),
        before: format::amount(rated.billed_before, language),
        amount: format::amount(amount, language),
    });
    Some(rows)
}

fn decimals(quantity: Quantity) -> usize {
    usize::try_from(quantity.normalized().decimal().scale()).unwrap_or(0)
}

fn number(number: u64, language: Language) -> String {
    format::decimal(&number.to_string(), language)
}
