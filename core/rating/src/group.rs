//! Buckets gathered by what prices them: offer, component, period, row.

use std::collections::BTreeMap;

use facts::MeterCode;
use facts::billed::UsageKey;
use facts::offer::{ChargeRule, Component};
use facts::price::UsagePrice;
use facts::usage::Bucket;
use facts::{ComponentCode, OfferRef, RowCode};
use kernel::Quantity;
use pricing::table::CompiledTable;

use crate::{RatedUnit, RatingError, RatingInput, Used};

/// The compiled tables of the offers in play; compiled once for each invoice.
type Tables = BTreeMap<(OfferRef, ComponentCode), CompiledTable>;

/// Gathers the buckets of closed periods.
pub(crate) fn by_key(input: &RatingInput<'_>) -> Result<BTreeMap<UsageKey, Used>, RatingError> {
    let mut tables = Tables::new();
    let mut usage: BTreeMap<UsageKey, Used> = BTreeMap::new();
    for bucket in input.buckets {
        let day = input.zone.day_of(bucket.quarter_at);
        let period = input.cycle.period_of(day)?;
        if period.to() > input.issued_on {
            continue;
        }
        let no_price =
            || RatingError::NoPrice { unit: bucket.unit.clone(), quarter_at: bucket.quarter_at };
        let unit = input.units.get(&bucket.unit).ok_or_else(no_price)?;
        let component = priced_by(unit, &bucket.meter).ok_or_else(no_price)?;
        let row = match &component.charge {
            ChargeRule::Usage { price: UsagePrice::Table(_), .. } => {
                Some(row_of(unit, component, bucket, &mut tables).ok_or_else(no_price)?)
            }
            _ => None,
        };
        let key = UsageKey {
            offer: unit.offer.reference(),
            component: component.code.clone(),
            period,
            row,
        };
        add(usage.entry(key).or_default(), bucket)?;
    }
    for used in usage.values_mut() {
        let quantities = used.by_unit.values().map(|joined| joined.quantity);
        used.quantity = quantities.into_iter().try_fold(Quantity::ZERO, Quantity::plus)?;
    }
    Ok(usage)
}

fn priced_by<'a>(unit: &RatedUnit<'a>, meter: &MeterCode) -> Option<&'a Component> {
    unit.offer.components.iter().find(|component| {
        unit.components.contains_key(&component.code)
            && matches!(&component.charge, ChargeRule::Usage { meter: of, .. } if of == meter)
    })
}

fn row_of(
    unit: &RatedUnit<'_>,
    component: &Component,
    bucket: &Bucket,
    tables: &mut Tables,
) -> Option<RowCode> {
    let ChargeRule::Usage { price: UsagePrice::Table(table), .. } = &component.charge else {
        return None;
    };
    let key = (unit.offer.reference(), component.code.clone());
    let compiled = match tables.entry(key) {
        std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
        std::collections::btree_map::Entry::Vacant(entry) => {
            entry.insert(CompiledTable::compile(table).ok()?)
        }
    };
    let local = unit.ordered.zone.local(bucket.quarter_at);
    let row = compiled.price_row_of(&unit.ordered.attributes, &bucket.dimensions, local)?;
    Some(row.code.clone())
}

/// Joins a bucket to the others of its unit, as its meter measures.
fn add(used: &mut Used, bucket: &Bucket) -> Result<(), RatingError> {
    match used.by_unit.get_mut(&bucket.unit) {
        Some(joined) => joined.join(bucket)?,
        None => {
            used.by_unit.insert(bucket.unit.clone(), bucket.clone());
        }
    }
    Ok(())
}
