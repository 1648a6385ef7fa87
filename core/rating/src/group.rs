//! Usage grouped by what prices it: offer, component, period, row.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use facts::MeterCode;
use facts::billed::UsageKey;
use facts::offer::{ChargeRule, Component};
use facts::price::{Peak, PriceRow, PriceTable, UsagePrice};
use facts::usage::Bucket;
use facts::{ComponentCode, OfferRef, RowCode, UnitId};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::calendar::DateOutOfRange;
use kernel::{BillCalendar, Overflow, Period, Quantity, Zone};
use pricing::model::Usage;
use pricing::table::{Asked, CompiledTable, Overrides};

use crate::{RatedUnit, RatingError, counter, model_of, pool};

/// The compiled tables of the offers in play: each is compiled once, for all the accounts whose
/// usage is grouped with them.
#[derive(Debug, Clone, Default)]
pub struct Tables(BTreeMap<OfferRef, BTreeMap<ComponentCode, Arc<CompiledTable<'static>>>>);

impl Tables {
    fn compiled(
        &mut self,
        offer: OfferRef,
        code: &ComponentCode,
        table: &PriceTable,
    ) -> Option<&CompiledTable<'static>> {
        let of_offer = self.0.entry(offer).or_default();
        if !of_offer.contains_key(code) {
            let compiled = CompiledTable::compile(table).ok()?.into_owned();
            of_offer.insert(code.clone(), Arc::new(compiled));
        }
        of_offer.get(code).map(Arc::as_ref)
    }

    /// Whether the price of a component asks for the time: the band of the week, or the day.
    fn asks_time(&self, offer: &OfferRef, component: &Component) -> bool {
        let compiled = self.0.get(offer).and_then(|it| it.get(&component.code));
        compiled.is_some_and(|table| table.asks_time())
    }

    /// The row of a table by its code: a table can have a hundred thousand.
    pub(crate) fn row<'a>(
        &self,
        offer: &OfferRef,
        component: &'a Component,
        code: &RowCode,
    ) -> Option<&'a PriceRow> {
        let ChargeRule::Usage { price: UsagePrice::Table(table), .. } = &component.charge else {
            return None;
        };
        match self.0.get(offer).and_then(|it| it.get(&component.code)) {
            Some(compiled) => table.rows.get(compiled.place_of(code)?),
            None => table.rows.iter().find(|row| row.code == *code),
        }
    }
}

/// Whose usage is rated, and in which periods.
#[derive(Clone, Copy)]
pub struct Served<'a> {
    /// The units of the account.
    pub units: &'a BTreeMap<UnitId, RatedUnit<'a>>,
    /// Bill periods of the account.
    pub cycle: &'a BillCalendar,
    /// Zone of the account.
    pub zone: &'a Zone,
    /// What price tables can ask of the account.
    pub attributes: &'a BTreeMap<String, String>,
}

/// Usage of an account, grouped by what prices it. It grows bucket by bucket, in any order: who
/// keeps it looks only at what is new.
#[derive(Debug, Clone, Default)]
pub struct GroupedUsage {
    pub(crate) by_key: BTreeMap<UsageKey, Used>,
    /// Some usage of a period that hits no price: an error of the invoice that would bill it.
    pub(crate) unpriced: BTreeMap<Period, RatingError>,
    pub(crate) tables: Tables,
}

/// The day and the period of instants that mostly follow each other.
struct Days<'a> {
    served: Served<'a>,
    /// The last day asked for, and the instants that it lasts.
    last: Option<(Timestamp, Timestamp, Date, Period)>,
}

impl<'a> Days<'a> {
    const fn new(served: Served<'a>) -> Self {
        Self { served, last: None }
    }

    fn of(&mut self, at: Timestamp) -> Result<(Date, Period), DateOutOfRange> {
        if let Some((from, to, day, period)) = self.last
            && (from..to).contains(&at)
        {
            return Ok((day, period));
        }
        let Served { zone, cycle, .. } = self.served;
        let day = zone.day_of(at);
        let period = cycle.period_of(day)?;
        let next = day.tomorrow().map_err(|_| DateOutOfRange)?;
        self.last = Some((zone.start_of(day)?, zone.start_of(next)?, day, period));
        Ok((day, period))
    }
}

/// Most kinds of usage of a unit that are remembered at once: a search looks at each.
const KINDS_KEPT_MAX: usize = 64;

/// Buckets of one unit and meter that one key prices.
struct RunKind<'a> {
    dimensions: &'a Arc<BTreeMap<String, String>>,
    /// The only day that it is known of, where the price may be another on the next.
    of_day: Option<Date>,
    /// The only quarter of an hour that it is known of, where the price asks for the time.
    at: Option<Timestamp>,
    by_part: bool,
    key: UsageKey,
    used: Used,
}

impl RunKind<'_> {
    fn prices(&self, day: Date, period: Period, bucket: &Bucket) -> bool {
        let same = Arc::ptr_eq(self.dimensions, &bucket.dimensions)
            || *self.dimensions == bucket.dimensions;
        self.key.period == period
            && self.of_day.is_none_or(|it| it == day)
            && self.at.is_none_or(|it| it == bucket.quarter_at)
            && same
    }
}

/// One bucket where it belongs.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// The civil day, in the account's zone.
    pub day: Date,
    pub bucket: Bucket,
}

/// What was used under one key: the buckets of each unit, joined (its greatest, its latest, its
/// sum).
#[derive(Debug, Clone, Default)]
pub(crate) struct Used {
    pub by_unit: BTreeMap<UnitId, Bucket>,
    /// Bucket by bucket, where the price asks for more than the whole: a greatest day, or a
    /// counter that is not the line itself.
    pub parts: Vec<Part>,
    /// The day whose usage it is, where the greatest day counts.
    pub peak_on: Option<Date>,
}

impl Used {
    /// Joins buckets to what they say together.
    pub(crate) fn of<'a>(buckets: impl IntoIterator<Item = &'a Bucket>) -> Result<Self, Overflow> {
        let mut used = Self::default();
        buckets.into_iter().try_for_each(|bucket| used.add(bucket))?;
        Ok(used)
    }

    /// Of all units.
    pub(crate) fn quantity(&self) -> Result<Quantity, Overflow> {
        let quantities = self.by_unit.values().map(|joined| joined.quantity);
        quantities.into_iter().try_fold(Quantity::ZERO, Quantity::plus)
    }

    /// As a counter counts it.
    pub(crate) fn usage(&self) -> Result<Usage, Overflow> {
        let mut events = self.by_unit.values().map(|joined| joined.events);
        let events = events.try_fold(0_i64, |sum, it| sum.checked_add(it).ok_or(Overflow))?;
        Ok(Usage { quantity: self.quantity()?, events })
    }

    /// What of it is on the greatest day; of two that are equal, the earlier.
    pub(crate) fn on_peak(&self, peak: Peak) -> Result<Self, Overflow> {
        let mut days: BTreeMap<Date, Vec<&Bucket>> = BTreeMap::new();
        for part in &self.parts {
            match peak {
                Peak::Day => days.entry(part.day).or_default().push(&part.bucket),
            }
        }
        let mut greatest = (Quantity::ZERO, Self::default());
        for (day, buckets) in days {
            let used = Self::of(buckets)?;
            let quantity = used.quantity()?;
            if greatest.1.peak_on.is_none() || quantity > greatest.0 {
                greatest = (quantity, Self { peak_on: Some(day), ..used });
            }
        }
        Ok(greatest.1)
    }

    /// Joins what was used under the same key.
    fn join(&mut self, other: Self) -> Result<(), Overflow> {
        for (unit, bucket) in other.by_unit {
            match self.by_unit.entry(unit) {
                Entry::Occupied(mut joined) => joined.get_mut().join(&bucket)?,
                Entry::Vacant(free) => {
                    free.insert(bucket);
                }
            }
        }
        self.parts.extend(other.parts);
        Ok(())
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
    /// None, with tables that others compiled.
    #[must_use]
    pub fn with(tables: Tables) -> Self {
        Self { tables, ..Self::default() }
    }

    /// The tables, for the usage of others.
    #[must_use]
    pub fn into_tables(self) -> Tables {
        self.tables
    }

    /// Adds buckets; together with those that are here, each once.
    ///
    /// # Errors
    /// [`RatingError`]; then the group is not to be used any more.
    pub fn add(&mut self, served: Served<'_>, buckets: &[Bucket]) -> Result<(), RatingError> {
        for run in buckets.chunk_by(|a, b| (&a.unit, &a.meter) == (&b.unit, &b.meter)) {
            self.add_run(served, run)?;
        }
        Ok(())
    }

    /// Adds buckets of one unit and meter. Most of them are priced as one before them, so what
    /// prices each kind is asked once.
    fn add_run(&mut self, served: Served<'_>, run: &[Bucket]) -> Result<(), RatingError> {
        let mut days = Days::new(served);
        let mut kinds: Vec<RunKind<'_>> = Vec::new();
        for bucket in run {
            let (day, period) = days.of(bucket.quarter_at)?;
            let is_over = |it: &RunKind<'_>| it.at.is_some_and(|at| at != bucket.quarter_at);
            if kinds.len() == KINDS_KEPT_MAX || kinds.first().is_some_and(is_over) {
                self.close(&mut kinds)?;
            }
            let known = kinds.iter_mut().find(|it| it.prices(day, period, bucket));
            let kind = match known {
                Some(kind) => kind,
                None => {
                    let Some(kind) = self.kind_of(served, (day, period), bucket) else {
                        let (unit, quarter_at) = (bucket.unit.clone(), bucket.quarter_at);
                        let no_price = RatingError::NoPrice { unit, quarter_at };
                        self.unpriced.entry(period).or_insert(no_price);
                        continue;
                    };
                    kinds.push(kind);
                    kinds.last_mut().ok_or(Overflow)?
                }
            };
            kind.used.add(bucket)?;
            if kind.by_part {
                kind.used.parts.push(Part { day, bucket: bucket.clone() });
            }
        }
        Ok(self.close(&mut kinds)?)
    }

    fn close(&mut self, kinds: &mut Vec<RunKind<'_>>) -> Result<(), Overflow> {
        kinds.drain(..).try_for_each(|it| self.by_key.entry(it.key).or_default().join(it.used))
    }

    fn kind_of<'b>(
        &mut self,
        served: Served<'_>,
        (day, period): (Date, Period),
        bucket: &'b Bucket,
    ) -> Option<RunKind<'b>> {
        let (key, component) = self.key_of(served, (day, period), bucket)?;
        let own = served.units.get(&bucket.unit)?.overrides.get(&component.code);
        let by_part = needs_parts(&self.tables, component, &key, own);
        let offer = &served.units.get(&bucket.unit)?.offer.reference();
        let asks_time = self.tables.asks_time(offer, component);
        let is_shadowed = matches!(&component.charge, ChargeRule::Usage { shadow: Some(_), .. });
        let of_day = (asks_time || is_shadowed).then_some(day);
        let at = asks_time.then_some(bucket.quarter_at);
        let dimensions = &bucket.dimensions;
        Some(RunKind { dimensions, of_day, at, by_part, key, used: Used::default() })
    }

    /// What prices a bucket; none when nothing does.
    ///
    /// # Errors
    /// [`DateOutOfRange`].
    pub fn key(
        &mut self,
        served: Served<'_>,
        bucket: &Bucket,
    ) -> Result<Option<UsageKey>, DateOutOfRange> {
        let day = served.zone.day_of(bucket.quarter_at);
        let period = served.cycle.period_of(day)?;
        Ok(self.key_of(served, (day, period), bucket).map(|(key, _)| key))
    }

    /// What prices a bucket.
    fn key_of<'a>(
        &mut self,
        served: Served<'a>,
        (day, period): (Date, Period),
        bucket: &Bucket,
    ) -> Option<(UsageKey, &'a Component)> {
        let unit = served.units.get(&bucket.unit)?;
        let component = priced_by(unit, &bucket.meter)?;
        let row = match &component.charge {
            ChargeRule::Usage { price: UsagePrice::Table(_), .. } => {
                Some(row_of(served, unit, component, bucket, &mut self.tables)?)
            }
            _ => None,
        };
        let pool = pool::of(component).map(|it| pool::name(it, unit, served.attributes));
        let (offer, code) = (unit.offer.reference(), component.code.clone());
        let contract = unit.contract_for(&code, row.as_ref()).cloned();
        let pool = pool.unwrap_or_default();
        let is_shadow = component.charge.is_shadow_on(day);
        let group = unit.group.cloned();
        let key =
            UsageKey { offer, component: code, period, row, contract, pool, is_shadow, group };
        Some((key, component))
    }
}

fn needs_parts(
    tables: &Tables,
    component: &Component,
    key: &UsageKey,
    own: Option<&Overrides>,
) -> bool {
    let ChargeRule::Usage { price, counter, .. } = &component.charge else { return false };
    let has_peak = model_of(tables, component, key, own).is_some_and(|model| model.peak.is_some());
    has_peak || !counter::is_the_line(*counter, price)
}

fn priced_by<'a>(unit: &RatedUnit<'a>, meter: &MeterCode) -> Option<&'a Component> {
    unit.offer.components.iter().find(|component| {
        unit.components.contains_key(&component.code)
            && matches!(&component.charge, ChargeRule::Usage { meter: of, .. } if of == meter)
    })
}

fn row_of(
    served: Served<'_>,
    unit: &RatedUnit<'_>,
    component: &Component,
    bucket: &Bucket,
    tables: &mut Tables,
) -> Option<RowCode> {
    let ChargeRule::Usage { price: UsagePrice::Table(table), .. } = &component.charge else {
        return None;
    };
    let compiled = tables.compiled(unit.offer.reference(), &component.code, table)?;
    let row = compiled.price_row_of(&Asked {
        unit: &unit.ordered.attributes,
        event: &bucket.dimensions,
        account: served.attributes,
        at_device: unit.ordered.zone.local(bucket.quarter_at),
        at_account: served.zone.local(bucket.quarter_at),
    })?;
    Some(row.code.clone())
}
