//! Prices that an order line has of its own, in place of single rows of the price tables of its
//! offer. They are proved as those of the offer were, so that none of them fails on a bill day.

use std::collections::BTreeMap;

use facts::offer::{ChargeRule, Component, OfferPublished};
use facts::price::{PriceTable, UsagePrice};
use facts::{ComponentCode, RowCode};
use pricing::PriceFault;
use pricing::table::{Overrides, model_under, override_faults};

use crate::accept::listed;
use crate::{Chosen, PlaceLine, Rejection};

/// The prices of the line, and why they cannot stand.
pub(crate) fn choose(
    line: &PlaceLine,
    offer: &OfferPublished,
    taken: &Chosen,
    rejections: &mut Vec<Rejection>,
) -> BTreeMap<ComponentCode, Overrides> {
    let is_taken = |it: &&Component| taken.contains_key(&it.code);
    let tabled: Vec<_> = offer
        .components
        .iter()
        .filter(is_taken)
        .filter_map(|component| Some((component, component.charge.table()?)))
        .collect();
    let mut chosen = BTreeMap::new();
    for (asked, own) in line.prices.iter().filter(|(_, own)| !own.is_empty()) {
        let found = tabled.iter().find(|(component, _)| component.code.as_str() == asked);
        let Some((component, table)) = found else {
            let known = listed(tabled.iter().map(|(component, _)| component.code.as_str()));
            rejections.push(Rejection::PriceOfNoTable { component: asked.clone(), known });
            continue;
        };
        let own_price = |fault| Rejection::OwnPrice {
            line: line.line.clone(),
            component: component.code.clone(),
            fault,
        };
        rejections.extend(faults(component, table, own).into_iter().map(own_price));
        chosen.insert(component.code.clone(), own.clone());
    }
    chosen
}

/// What the rows that are replaced would be refused for, had the offer them.
fn faults(component: &Component, table: &PriceTable, own: &Overrides) -> Vec<PriceFault> {
    let mut faults = override_faults(table, own);
    let is_own = |row: &RowCode| own.contains_key(row);
    let mut replaced = table.clone();
    replaced.rows.retain(|row| is_own(&row.code));
    for row in &mut replaced.rows {
        row.model = model_under(row, Some(own)).clone();
    }
    match &component.charge {
        ChargeRule::Usage { counter, .. } => {
            let price = UsagePrice::Table(replaced);
            faults.extend(pricing::check::counter(*counter, &price));
        }
        _ => faults.extend(
            replaced
                .rows
                .iter()
                .filter_map(|row| pricing::check::ordered_setting(row.code.as_str(), &row.model)),
        ),
    }
    faults
}
