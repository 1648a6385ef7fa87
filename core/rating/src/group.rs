//! Usage grouped by what prices it: offer, component, period, row.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use facts::MeterCode;
use facts::billed::UsageKey;
use facts::offer::{ChargeRule, Component};
use facts::price::UsagePrice;
use facts::usage::Bucket;
use facts::{ComponentCode, OfferRef, RowCode, UnitId};
use kernel::{BillCycle, Overflow, Period, Quantity, Zone};
use pricing::table::CompiledTable;

use crate::{RatedUnit, RatingError};

/// The compiled tables of the offers in play; compiled once.
type Tables = BTreeMap<(OfferRef, ComponentCode), Arc<CompiledTable>>;

/// Whose usage is rated, and in which periods.
#[derive(Clone, Copy)]
pub struct Served<'a> {
    /// The units of the account.
    pub units: &'a BTreeMap<UnitId, RatedUnit<'a>>,
    /// Cycle of the account.
    pub cycle: BillCycle,
    /// Zone of the account.
    pub zone: &'a Zone,
}

/// Usage of an account, grouped by what prices it. It grows bucket by bucket, in any order: who
/// keeps it looks only at what is new.
#[derive(Debug, Clone, Default)]
pub struct GroupedUsage {
    pub(crate) by_key: BTreeMap<UsageKey, Used>,
    /// Some usage of a period that hits no price: an error of the invoice that would bill it.
    pub(crate) unpriced: BTreeMap<Period, RatingError>,
    tables: Tables,
}

/// What was used under one key: the buckets of each unit, joined (its greatest, its latest, its
/// sum).
#[derive(Debug, Clone, Default)]
pub(crate) struct Used {
    pub by_unit: BTreeMap<UnitId, Bucket>,
}

impl Used {
    /// Of all units.
    pub(crate) fn quantity(&self) -> Result<Quantity, Overflow> {
        let quantities = self.by_unit.values().map(|joined| joined.quantity);
        quantities.into_iter().try_fold(Quantity::ZERO, Quantity::plus)
    }

    /// Joins a bucket to the others of its unit, as its meter measures.
    fn add(&mut self, bucket: &Bucket) -> Result<(), Overflow> {
        match self.by_unit.get_mut(&bucket.unit) {
            Some(joined) => joined.join(bucket),
            None => {
                self.by_unit.insert(bucket.unit.clone(), bucket.clone());
                Ok(())
            }
        }
    }
}

impl GroupedUsage {
    /// Adds buckets; together with those that are here, each once.
    ///
    /// # Errors
    /// [`RatingError`]; then the group is not to be used any more.
    pub fn add(&mut self, served: Served<'_>, buckets: &[Bucket]) -> Result<(), RatingError> {
        for bucket in buckets {
            let period = served.cycle.period_of(served.zone.day_of(bucket.quarter_at))?;
            if let Some(key) = self.key_of(served, period, bucket) {
                self.by_key.entry(key).or_default().add(bucket)?;
            } else {
                let (unit, quarter_at) = (bucket.unit.clone(), bucket.quarter_at);
                let no_price = RatingError::NoPrice { unit, quarter_at };
                self.unpriced.entry(period).or_insert(no_price);
            }
        }
        Ok(())
    }

    /// What prices a bucket.
    fn key_of(&mut self, served: Served<'_>, period: Period, bucket: &Bucket) -> Option<UsageKey> {
        let unit = served.units.get(&bucket.unit)?;
        let component = priced_by(unit, &bucket.meter)?;
        let row = match &component.charge {
            ChargeRule::Usage { price: UsagePrice::Table(_), .. } => {
                Some(row_of(unit, component, bucket, &mut self.tables)?)
            }
            _ => None,
        };
        let (offer, component) = (unit.offer.reference(), component.code.clone());
        Some(UsageKey { offer, component, period, row })
    }
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
        Entry::Occupied(entry) => entry.into_mut(),
        Entry::Vacant(entry) => entry.insert(Arc::new(CompiledTable::compile(table).ok()?)),
    };
    let local = unit.ordered.zone.local(bucket.quarter_at);
    let row = compiled.price_row_of(&unit.ordered.attributes, &bucket.dimensions, local)?;
    Some(row.code.clone())
}
