//! Buckets gathered by what prices them: offer, component, period, row.

use std::collections::BTreeMap;

use facts::MeterCode;
use facts::billed::UsageKey;
use facts::offer::{ChargeRule, Component};
use facts::price::{Peak, UsagePrice};
use facts::usage::Bucket;
use facts::{ComponentCode, OfferRef, RowCode, UnitId};
use jiff::civil::Date;
use kernel::{Overflow, Quantity};
use pricing::model::Usage;
use pricing::table::{Asked, CompiledTable};

use crate::{RatedUnit, RatingError, RatingInput};

/// The compiled tables of the offers in play; compiled once for each invoice.
type Tables<'a> = BTreeMap<(OfferRef, ComponentCode), CompiledTable<'a>>;

/// One bucket where it belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'a> {
    /// The civil day, in the account's zone.
    pub day: Date,
    pub bucket: &'a Bucket,
    pub unit: RatedUnit<'a>,
}

/// What was used under each key, bucket by bucket.
pub(crate) type Parts<'a> = BTreeMap<UsageKey, Vec<Part<'a>>>;

/// Gathers the buckets of closed periods.
pub(crate) fn by_key<'a>(input: &RatingInput<'a>) -> Result<Parts<'a>, RatingError> {
    let mut tables = Tables::new();
    let mut parts = Parts::new();
    for bucket in input.buckets {
        let day = input.zone.day_of(bucket.quarter_at);
        let period = input.cycle.period_of(day)?;
        if period.to() > input.issued_on {
            continue;
        }
        let no_price =
            || RatingError::NoPrice { unit: bucket.unit.clone(), quarter_at: bucket.quarter_at };
        let unit = *input.units.get(&bucket.unit).ok_or_else(no_price)?;
        let component = priced_by(&unit, &bucket.meter).ok_or_else(no_price)?;
        let row = match &component.charge {
            ChargeRule::Usage { price: UsagePrice::Table(_), .. } => {
                Some(row_of(input, &unit, component, bucket, &mut tables).ok_or_else(no_price)?)
            }
            _ => None,
        };
        let key = UsageKey {
            offer: unit.offer.reference(),
            component: component.code.clone(),
            period,
            row,
        };
        parts.entry(key).or_default().push(Part { day, bucket, unit });
    }
    Ok(parts)
}

fn priced_by<'a>(unit: &RatedUnit<'a>, meter: &MeterCode) -> Option<&'a Component> {
    unit.offer.components.iter().find(|component| {
        unit.components.contains_key(&component.code)
            && matches!(&component.charge, ChargeRule::Usage { meter: of, .. } if of == meter)
    })
}

fn row_of<'a>(
    input: &RatingInput<'_>,
    unit: &RatedUnit<'a>,
    component: &'a Component,
    bucket: &Bucket,
    tables: &mut Tables<'a>,
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
    let row = compiled.price_row_of(&Asked {
        unit: &unit.ordered.attributes,
        event: &bucket.dimensions,
        account: input.account_attributes,
        at_device: unit.ordered.zone.local(bucket.quarter_at),
        at_account: input.zone.local(bucket.quarter_at),
    })?;
    Some(row.code.clone())
}

/// What was used under one key.
#[derive(Debug, Default)]
pub(crate) struct Used {
    pub quantity: Quantity,
    /// The buckets of each unit, joined: its greatest, its latest, its sum.
    pub by_unit: BTreeMap<UnitId, Bucket>,
    /// The day whose usage it is, where the greatest day counts.
    pub peak_on: Option<Date>,
}

impl Used {
    /// Joins buckets to what they say together.
    pub fn of<'a>(buckets: impl IntoIterator<Item = &'a Bucket>) -> Result<Self, Overflow> {
        let mut by_unit: BTreeMap<UnitId, Bucket> = BTreeMap::new();
        for bucket in buckets {
            match by_unit.get_mut(&bucket.unit) {
                Some(joined) => joined.join(bucket)?,
                None => {
                    by_unit.insert(bucket.unit.clone(), bucket.clone());
                }
            }
        }
        let quantities = by_unit.values().map(|joined| joined.quantity);
        let quantity = quantities.into_iter().try_fold(Quantity::ZERO, Quantity::plus)?;
        Ok(Self { quantity, by_unit, peak_on: None })
    }

    /// What counts of the parts of one key: all of them, or those of the greatest day; of two
    /// that are equal, the earlier.
    pub fn counted(parts: &[Part<'_>], peak: Option<Peak>) -> Result<Self, Overflow> {
        match peak {
            None => Self::of(parts.iter().map(|part| part.bucket)),
            Some(Peak::Day) => {
                let mut days: BTreeMap<Date, Vec<&Bucket>> = BTreeMap::new();
                for part in parts {
                    days.entry(part.day).or_default().push(part.bucket);
                }
                let mut greatest = Self::default();
                for (day, buckets) in days {
                    let used = Self::of(buckets)?;
                    if greatest.peak_on.is_none() || used.quantity > greatest.quantity {
                        greatest = Self { peak_on: Some(day), ..used };
                    }
                }
                Ok(greatest)
            }
        }
    }

    /// As a counter counts it.
    pub fn usage(&self) -> Result<Usage, Overflow> {
        let events = self.by_unit.values().map(|joined| joined.events);
        let events =
            events.into_iter().try_fold(0_i64, |sum, it| sum.checked_add(it).ok_or(Overflow))?;
        Ok(Usage { quantity: self.quantity, events })
    }
}
