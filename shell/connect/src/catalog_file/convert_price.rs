//! From the shape of a price to its fact: the names of the field become settings of one model.

use std::collections::BTreeSet;

use facts::price::{
    AtZero, BandZone, Bounds, Condition, Dimension, DimensionSource, EventFee, Model, NumberRange,
    OrderedPrice, Package, PriceRow, PriceTable, Tier, TierCounter, TierMode, TimeBand, TimeBands,
    UsagePrice,
};
use kernel::{Overflow, Percent, Quantity, UnitPrice};

use super::convert::Reader;
use super::shape_price as shape;
use super::written::{Kind, Values, Written};
use crate::InputRejection;

/// The word for "any value, also none".
const ANY: &str = "any";

/// The prices that a row may have.
const OF_ROWS: &str = "flat, per_unit, graduated, volume, stairstep, package, percentage, \
                       graduated_percentage, overage, tiered_with_overage, high_water_mark, \
                       dynamic, cost_plus, model";

/// The prices that what is ordered may have.
const OF_ORDERED: &str = "flat, per_unit, graduated, volume, stairstep, package, overage, \
                          tiered_with_overage, model, table";

impl Reader {
    /// One price for each, or a model of the ordered quantity: exactly one of them is written.
    pub(super) fn ordered_price(
        &mut self,
        each: &Option<Written<UnitPrice>>,
        price: Option<&shape::UsagePrice>,
    ) -> Option<OrderedPrice> {
        use shape::UsagePrice as Price;
        match (each, price) {
            (Some(each), None) => self.read(each).map(OrderedPrice::Each),
            (None, Some(Price::Table(table))) => self.table(table).map(OrderedPrice::Table),
            (None, Some(price)) => match asks_events(price) {
                Some(word) => self.unknown_price(word, OF_ORDERED),
                None => self.model(price).map(OrderedPrice::Model),
            },
            (Some(each), Some(_)) => {
                let keys = "price, unit_price".to_owned();
                self.faults.add(each.place(&self.place), InputRejection::NotOne { keys });
                None
            }
            (None, None) => {
                let field = "unit_price".to_owned();
                self.faults.add(self.around.clone(), InputRejection::Missing { field });
                None
            }
        }
    }

    pub(super) fn usage_price(&mut self, it: &shape::UsagePrice) -> Option<UsagePrice> {
        match it {
            shape::UsagePrice::Table(table) => self.table(table).map(UsagePrice::Table),
            shape::UsagePrice::Pool(pool) => self.pool(pool).map(UsagePrice::Pool),
            model => self.model(model).map(UsagePrice::Model),
        }
    }

    pub(super) fn counter(&mut self, it: Option<&shape::Counter>) -> Option<TierCounter> {
        let Some(it) = it else { return Some(TierCounter::default()) };
        let usual = TierCounter::default();
        let scope = self.or(&it.scope, usual.scope);
        let reset = self.or(&it.reset, usual.reset);
        Some(TierCounter { scope: scope?, reset: reset? })
    }

    /// A price that is one model: not a table and not a pool.
    pub(super) fn model(&mut self, it: &shape::UsagePrice) -> Option<Model> {
        use shape::UsagePrice as Price;
        match it {
            Price::Flat(flat) => {
                let price = self.read(&flat.price);
                let at_zero = self.or(&flat.at_zero, AtZero::default());
                Some(Model { at_zero: at_zero?, ..Model::flat(price?) })
            }
            Price::PerUnit(price) => self.read(price).map(Model::per_unit),
            Price::Graduated(tiers) => self.tiered(TierMode::Graduated, tiers),
            Price::Volume(tiers) => self.tiered(TierMode::Volume, tiers),
            Price::Stairstep(steps) => self.stairstep(steps),
            Price::Package(package) => self.package(package),
            Price::Percentage(part) => self.percentage(part),
            Price::GraduatedPercentage(tiers) => self.rates(tiers),
            Price::Overage(overage) => {
                let included = self.read(&overage.included);
                let price = self.read(&overage.price);
                Some(Model { included: included?, ..Model::per_unit(price?) })
            }
            Price::TieredWithOverage(it) => {
                let tiers = self.all(&it.tiers, Self::tier);
                let overage_price = self.read(&it.overage_price);
                let (mut tiers, last) = (tiers?, Model::per_unit(overage_price?));
                tiers.extend(last.tiers);
                Some(Model::of_tiers(TierMode::Graduated, tiers))
            }
            Price::HighWaterMark(it) => {
                let peak = self.read(&it.per);
                let mode = self.or(&it.mode, TierMode::default());
                let tiers = self.all(&it.tiers, Self::tier);
                Some(Model { peak: Some(peak?), ..Model::of_tiers(mode?, tiers?) })
            }
            Price::Dynamic(limits) => {
                let model = Model::per_unit(UnitPrice::ONE);
                self.limited(model, &limits.floor, &limits.cap)
            }
            Price::CostPlus(it) => {
                let markup = self.rate(&it.markup);
                let price = markup.and_then(|markup| self.fits(UnitPrice::ONE.plus(markup)));
                self.limited(Model::per_unit(price?), &it.floor, &it.cap)
            }
            Price::Model(it) => self.written_out(it),
            Price::Table(_) => self.not_in_a_row("table"),
            Price::Pool(_) => self.not_in_a_row("pool"),
        }
    }

    fn not_in_a_row(&mut self, text: &str) -> Option<Model> {
        self.unknown_price(text, OF_ROWS)
    }

    fn unknown_price<T>(&mut self, text: &str, known: &str) -> Option<T> {
        let (text, known) = (text.to_owned(), known.to_owned());
        self.faults.add(self.around.clone(), InputRejection::UnknownWord { text, known });
        None
    }

    fn fits(&mut self, price: Result<UnitPrice, Overflow>) -> Option<UnitPrice> {
        let place = self.around.clone();
        let decimals_max = UnitPrice::DECIMALS_MAX;
        let too_large = |_| InputRejection::BadDecimal { text: "rate".to_owned(), decimals_max };
        self.faults.keep(place, price.map_err(too_large))
    }

    /// Percent as the price of one unit of value.
    fn rate(&mut self, it: &Written<Percent>) -> Option<UnitPrice> {
        let rate = self.read(it)?;
        self.fits(UnitPrice::of_rate(rate))
    }

    fn limited(
        &mut self,
        model: Model,
        floor: &Option<Written<UnitPrice>>,
        cap: &Option<Written<UnitPrice>>,
    ) -> Option<Model> {
        let floor = self.optional(floor);
        let cap = self.optional(cap);
        Some(Model { floor: floor?, cap: cap?, ..model })
    }

    fn fee(
        &mut self,
        price: &Option<Written<UnitPrice>>,
        free: &Option<Written<u32>>,
    ) -> Option<Option<EventFee>> {
        if let (None, Some(free)) = (price, free) {
            let field = "per_event".to_owned();
            self.faults.add(free.place(&self.place), InputRejection::Missing { field });
            return None;
        }
        let price = self.optional(price);
        let free = self.or(free, 0);
        let (price, free) = (price?, free?);
        Some(price.map(|price| EventFee { price, free }))
    }

    fn tiered(&mut self, mode: TierMode, tiers: &[shape::Tier]) -> Option<Model> {
        let tiers = self.all(tiers, Self::tier);
        Some(Model::of_tiers(mode, tiers?))
    }

    /// A tier without a price of one is paid by its fee alone; one of them must be written.
    fn tier(&mut self, it: &shape::Tier) -> Option<Tier> {
        let up_to = self.optional(&it.up_to);
        let unit_price = self.optional(&it.unit_price);
        let flat = self.optional(&it.flat);
        let (up_to, unit_price, flat) = (up_to?, unit_price?, flat?);
        if unit_price.is_none() && flat.is_none() {
            let place = it.up_to.as_ref().map(|it| it.place(&self.place));
            let place = place.unwrap_or_else(|| self.around.clone());
            let field = "unit_price".to_owned();
            self.faults.add(place, InputRejection::Missing { field });
            return None;
        }
        Some(Tier { up_to, unit_price: unit_price.unwrap_or(UnitPrice::ZERO), flat })
    }

    fn stairstep(&mut self, steps: &[shape::Step]) -> Option<Model> {
        let tiers = self.all(steps, |reader, step| {
            let up_to = reader.optional(&step.up_to);
            let flat = reader.read(&step.price);
            Some(Tier { up_to: up_to?, unit_price: UnitPrice::ZERO, flat: Some(flat?) })
        });
        Some(Model::of_tiers(TierMode::Volume, tiers?))
    }

    fn rates(&mut self, tiers: &[shape::RateTier]) -> Option<Model> {
        let tiers = self.all(tiers, |reader, tier| {
            let up_to = reader.optional(&tier.up_to);
            let unit_price = reader.rate(&tier.rate);
            let flat = reader.optional(&tier.flat);
            Some(Tier { up_to: up_to?, unit_price: unit_price?, flat: flat? })
        });
        Some(Model::of_tiers(TierMode::Graduated, tiers?))
    }

    fn package(&mut self, it: &shape::Package) -> Option<Model> {
        let size = self.read(&it.size);
        let price = self.read(&it.price);
        let included = self.or(&it.included, Quantity::ZERO);
        let package = Some(Package { size: size? });
        Some(Model { included: included?, package, ..Model::per_unit(price?) })
    }

    fn percentage(&mut self, it: &shape::Percentage) -> Option<Model> {
        let price = self.rate(&it.rate);
        let included = self.or(&it.included, Quantity::ZERO);
        let per_event = self.fee(&it.per_event, &it.free_events);
        let model = Model { included: included?, per_event: per_event?, ..Model::per_unit(price?) };
        self.limited(model, &it.floor, &it.cap)
    }

    fn written_out(&mut self, it: &shape::Model) -> Option<Model> {
        let peak = self.optional(&it.peak);
        let included = self.or(&it.included, Quantity::ZERO);
        let package = self.optional(&it.package_size);
        let mode = self.or(&it.mode, TierMode::default());
        let tiers = self.all(&it.tiers, Self::tier);
        let bounds = self.or(&it.bounds, Bounds::default());
        let at_zero = self.or(&it.at_zero, AtZero::default());
        let per_event = self.fee(&it.per_event, &it.free_events);
        let model = Model {
            peak: peak?,
            included: included?,
            package: package?.map(|size| Package { size }),
            mode: mode?,
            tiers: tiers?,
            bounds: bounds?,
            at_zero: at_zero?,
            per_event: per_event?,
            floor: None,
            cap: None,
        };
        self.limited(model, &it.floor, &it.cap)
    }

    fn table(&mut self, it: &shape::PriceTable) -> Option<PriceTable> {
        let dimensions = self.all(&it.dimensions, Self::dimension);
        let names: Vec<&str> = it.dimensions.iter().map(|it| it.name.as_str()).collect();
        let rows = self.all(&it.rows, |reader, row| reader.row(row, &names));
        Some(PriceTable { dimensions: dimensions?, rows: rows? })
    }

    fn dimension(&mut self, it: &shape::Dimension) -> Option<Dimension> {
        let source = match &it.source {
            shape::DimensionSource::Unit(attribute) => DimensionSource::Unit(attribute.clone()),
            shape::DimensionSource::Event(member) => DimensionSource::Event(member.clone()),
            shape::DimensionSource::Account(name) => DimensionSource::Account(name.clone()),
            shape::DimensionSource::TimeOfDay(day) => {
                let bands = self.all(&day.bands, Self::time_band);
                let zone = self.or(&day.zone, BandZone::default());
                let holidays = self.all(&day.holidays, Self::read);
                DimensionSource::TimeBand(TimeBands {
                    bands: bands?,
                    otherwise: day.otherwise.clone(),
                    zone: zone?,
                    holidays: holidays?.into_iter().collect(),
                    on_holidays: day.on_holidays.clone(),
                })
            }
        };
        Some(Dimension { name: it.name.clone(), source })
    }

    fn time_band(&mut self, it: &shape::TimeBand) -> Option<TimeBand> {
        let from = self.read(&it.from);
        let to = self.read(&it.to);
        let days = self.all(&it.days, Self::read);
        let days = days?.into_iter().collect();
        Some(TimeBand { name: it.name.clone(), from: from?, to: to?, days })
    }

    fn row(&mut self, it: &shape::PriceRow, dimensions: &[&str]) -> Option<PriceRow> {
        let code = self.read(&it.row);
        let is_default = self.or(&it.default, false);
        self.refuse_unknown_dimensions(it, dimensions);
        let conditions = self.conditions(it, dimensions, is_default == Some(true));
        self.around = it.row.place(&self.place);
        let model = self.model(&it.price);
        let priority = self.or(&it.priority, 0);
        let from = self.optional(&it.from);
        let until = self.optional(&it.until);
        Some(PriceRow {
            code: code?,
            conditions: conditions?,
            is_default: is_default?,
            priority: i32::try_from(priority?).unwrap_or(i32::MAX),
            from: from?,
            until: until?,
            model: model?,
        })
    }

    fn refuse_unknown_dimensions(&mut self, it: &shape::PriceRow, dimensions: &[&str]) {
        for (name, values) in &it.when {
            if !dimensions.contains(&name.as_str()) {
                let (field, known) = (name.clone(), dimensions.join(", "));
                let place = values.place(&self.place);
                self.faults.add(place, InputRejection::Unknown { field, known });
            }
        }
    }

    /// One condition per dimension. What is left out means any in the default row, and is a fault
    /// in others: a dimension that is added later must not widen the rows in silence.
    fn conditions(
        &mut self,
        it: &shape::PriceRow,
        dimensions: &[&str],
        is_default: bool,
    ) -> Option<Vec<Condition>> {
        self.all(dimensions, |reader, dimension| match it.when.get(*dimension) {
            Some(values) => reader.condition(values),
            None if is_default => Some(Condition::Any),
            None => {
                let (row, dimension) = (it.row.text().to_owned(), (*dimension).to_owned());
                let place = it.row.place(&reader.place).in_field("when");
                reader.faults.add(place, InputRejection::NoCondition { row, dimension });
                None
            }
        })
    }

    fn condition(&mut self, values: &Values) -> Option<Condition> {
        match values.kind() {
            Kind::One(any) if any == ANY => Some(Condition::Any),
            Kind::One(value) => Some(Condition::OneOf(BTreeSet::from([value.clone()]))),
            Kind::Listed(values) => Some(Condition::OneOf(values.iter().cloned().collect())),
            Kind::Range { from, below } => {
                let place = values.place(&self.place);
                let mut bound = |text: &Option<String>| match text {
                    None => Some(None),
                    Some(text) => self.faults.read(place.clone(), text).map(Some),
                };
                let (from, below) = (bound(from), bound(below));
                Some(Condition::Range(NumberRange { from: from?, below: below? }))
            }
            Kind::BeginsWith(texts) => Some(Condition::Prefix(texts.iter().cloned().collect())),
            Kind::Untyped(read_as) => {
                let read_as = (*read_as).to_owned();
                let place = values.place(&self.place);
                self.faults.add(place, InputRejection::QuotesNeeded { read_as });
                None
            }
        }
    }
}

/// The name of a price that asks events, whose value or time what is ordered does not have.
const fn asks_events(price: &shape::UsagePrice) -> Option<&'static str> {
    use shape::UsagePrice as Price;
    match price {
        Price::Percentage(_) => Some("percentage"),
        Price::GraduatedPercentage(_) => Some("graduated_percentage"),
        Price::HighWaterMark(_) => Some("high_water_mark"),
        Price::Dynamic(_) => Some("dynamic"),
        Price::CostPlus(_) => Some("cost_plus"),
        Price::Pool(_) => Some("pool"),
        _ => None,
    }
}
