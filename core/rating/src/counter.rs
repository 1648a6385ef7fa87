//! Whose usage fills the tiers together, and how far they were filled before. Where a counter
//! stands is worked out of the usage of the earlier periods each time, and stored nowhere: late
//! usage moves every period after it, and the next invoice bills the differences.

use std::collections::BTreeMap;

use facts::billed::UsageKey;
use facts::charge::CounterShare;
use facts::offer::ChargeRule;
use facts::price::{CounterReset, CounterScope, Model, TierCounter, UsagePrice};
use facts::{
    ComponentCode, InvoiceGroup, MeterCode, OfferCode, OfferRef, OrderLineId, RowCode, UnitId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::calendar::{DateOutOfRange, add_months};
use kernel::{Overflow, Period};
use pricing::model::{Rated, Usage, rate_after};

use crate::group::{Part, Tables, Used};
use crate::{RatedUnit, RatingError, RatingInput, model_of};

/// What a counter is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    /// The order line, where it has a price of its own for the row.
    Row(OfferRef, ComponentCode, Option<RowCode>, Option<OrderLineId>, Option<InvoiceGroup>),
    Charge(OfferRef, ComponentCode, Option<InvoiceGroup>),
    Unit(OfferCode, ComponentCode, UnitId),
    Subscription(OfferCode, ComponentCode, OrderLineId),
    Pool(OfferCode, ComponentCode),
    Account(MeterCode),
}

impl Whose {
    fn of(
        scope: CounterScope,
        meter: &MeterCode,
        key: &UsageKey,
        (name, unit): (&UnitId, &RatedUnit<'_>),
    ) -> Self {
        let (version, component) = (key.offer.clone(), key.component.clone());
        let offer = version.code.clone();
        match scope {
            CounterScope::Row => {
                let (row, contract) = (key.row.clone(), key.contract.clone());
                Self::Row(version, component, row, contract, key.group.clone())
            }
            CounterScope::Charge => Self::Charge(version, component, key.group.clone()),
            CounterScope::Unit => Self::Unit(offer, component, name.clone()),
            CounterScope::Subscription => Self::Subscription(offer, component, unit.line.clone()),
            CounterScope::Pool => Self::Pool(offer, component),
            CounterScope::Account => Self::Account(meter.clone()),
        }
    }

    /// Whether the usage of a unit may be counted by it.
    fn counts(&self, name: &UnitId, unit: &RatedUnit<'_>) -> bool {
        match self {
            Self::Row(version, _, _, contract, group) => {
                unit.offer.reference() == *version
                    && contract.as_ref().is_none_or(|line| unit.line == line)
                    && unit.group == group.as_ref()
            }
            Self::Charge(version, _, group) => {
                unit.offer.reference() == *version && unit.group == group.as_ref()
            }
            Self::Unit(_, _, of) => name == of,
            Self::Subscription(_, _, line) => unit.line == line,
            Self::Pool(offer, _) => unit.offer.code == *offer,
            Self::Account(_) => true,
        }
    }

    /// Its name on the line; empty where the line is all that it counts.
    fn name(&self) -> String {
        match self {
            Self::Unit(_, _, unit) => unit.to_string(),
            Self::Subscription(_, _, line) => line.to_string(),
            _ => String::new(),
        }
    }
}

/// Whether the counter is the line itself: it begins at 0 with the period and counts nothing else.
pub(crate) fn is_the_line(counter: TierCounter, price: &UsagePrice) -> bool {
    let spans_rows = counter.scope == CounterScope::Charge && matches!(price, UsagePrice::Table(_));
    let is_line = matches!(counter.scope, CounterScope::Row | CounterScope::Charge);
    counter.reset == CounterReset::BillPeriod && is_line && !spans_rows
}

/// One bucket on its way through a counter.
struct Piece<'a> {
    at: Timestamp,
    key: &'a UsageKey,
    part: &'a Part,
    unit: RatedUnit<'a>,
}

/// What the counters of a line cost together.
#[derive(Debug, Default)]
pub(crate) struct Filled {
    pub rated: Option<Rated>,
    pub counters: Vec<CounterShare>,
}

impl Filled {
    fn add(&mut self, rated: Rated) -> Result<(), Overflow> {
        match &mut self.rated {
            Some(mine) => mine.add(rated),
            none => {
                *none = Some(rated);
                Ok(())
            }
        }
    }
}

/// What each line costs whose counter is not the line itself.
pub(crate) fn fill(
    input: &RatingInput<'_>,
    usage: &BTreeMap<&UsageKey, &Used>,
) -> Result<BTreeMap<UsageKey, Filled>, RatingError> {
    let mut counters: BTreeMap<(Whose, Option<Date>, bool), Vec<Piece<'_>>> = BTreeMap::new();
    let mut anchors: BTreeMap<Whose, Option<Date>> = BTreeMap::new();
    for (key, used) in usage {
        for part in &used.parts {
            let name = &part.bucket.unit;
            let Some(unit) = input.units.get(name) else { continue };
            let component = unit.offer.component(&key.component);
            let charge = component.map(|component| &component.charge);
            let Some(ChargeRule::Usage { meter, price, counter, .. }) = charge else { continue };
            if is_the_line(*counter, price) {
                continue;
            }
            let whose = Whose::of(counter.scope, meter, key, (name, unit));
            let begun_on = match counter.reset {
                CounterReset::BillPeriod => Some(key.period.from()),
                CounterReset::ContractYear => {
                    let anchor = anchors
                        .entry(whose.clone())
                        .or_insert_with_key(|whose| anchor(input, whose));
                    anchor.map(|anchor| year_of(anchor, part.day)).transpose()?
                }
                CounterReset::Never => None,
            };
            let piece = Piece { at: part.bucket.quarter_at, key, part, unit: *unit };
            // What is only shown fills no counter of what is billed.
            counters.entry((whose, begun_on, key.is_shadow)).or_default().push(piece);
        }
    }
    let mut filled = BTreeMap::new();
    for ((whose, ..), pieces) in counters {
        let mut lines = pieces.iter().map(|Piece { key, .. }| {
            (&key.offer, &key.component, &key.row, &key.contract, &key.group)
        });
        let first = lines.next();
        if lines.all(|line| Some(line) == first) {
            fill_one_line(&input.usage.tables, &whose, &pieces, &mut filled)?;
        } else {
            fill_several(&input.usage.tables, &whose, pieces, &mut filled)?;
        }
    }
    Ok(filled)
}

/// The first order day of what a counter counts.
fn anchor(input: &RatingInput<'_>, whose: &Whose) -> Option<Date> {
    let counted = input.units.iter().filter(|(name, unit)| whose.counts(name, unit));
    counted.map(|(_, unit)| unit.ordered_on).min()
}

/// The anniversary of `anchor` on which the contract year begins that `day` is in. Anniversaries
/// are counted from the anchor: 29 February, 28 February, …, 29 February.
fn year_of(anchor: Date, day: Date) -> Result<Date, DateOutOfRange> {
    let anniversary = |years: i32| add_months(anchor, years.saturating_mul(12));
    let years = i32::from(day.year()) - i32::from(anchor.year());
    let this = anniversary(years)?;
    if this <= day { Ok(this) } else { anniversary(years - 1) }
}

fn model<'a>(tables: &Tables, piece: &Piece<'a>) -> Result<&'a Model, Overflow> {
    let component = piece.unit.offer.component(&piece.key.component);
    let own = piece.unit.overrides.get(&piece.key.component);
    let model = component.and_then(|it| model_of(tables, it, piece.key, own));
    model.ok_or(Overflow)
}

/// A counter of one line and its periods: each is priced as a whole after those before it.
fn fill_one_line(
    tables: &Tables,
    whose: &Whose,
    pieces: &[Piece<'_>],
    filled: &mut BTreeMap<UsageKey, Filled>,
) -> Result<(), Overflow> {
    let mut periods: BTreeMap<Period, Vec<&Piece<'_>>> = BTreeMap::new();
    for piece in pieces {
        periods.entry(piece.key.period).or_default().push(piece);
    }
    let mut stand = Usage::ZERO;
    for pieces in periods.values() {
        let Some(first) = pieces.first() else { continue };
        let used = Used::of(pieces.iter().map(|piece| &piece.part.bucket))?.usage()?;
        let rated = rate_after(model(tables, first)?, stand, used)?;
        let line = filled.entry(first.key.clone()).or_default();
        line.add(rated)?;
        line.counters.push(share(whose, stand, used));
        stand = stand.plus(used)?;
    }
    Ok(())
}

/// A counter that several rows or offers share: the tiers are filled in the order of time; of one
/// quarter of an hour in that of the lines and units. Such counters have graduated tiers only.
fn fill_several(
    tables: &Tables,
    whose: &Whose,
    mut pieces: Vec<Piece<'_>>,
    filled: &mut BTreeMap<UsageKey, Filled>,
) -> Result<(), Overflow> {
    pieces.sort_by(|a, b| (a.at, a.key, &a.part.bucket).cmp(&(b.at, b.key, &b.part.bucket)));
    let mut stand = Usage::ZERO;
    let mut shares: BTreeMap<&UsageKey, CounterShare> = BTreeMap::new();
    for piece in &pieces {
        let bucket = &piece.part.bucket;
        let used = Usage { quantity: bucket.quantity, events: bucket.events };
        let rated = rate_after(model(tables, piece)?, stand, used)?;
        filled.entry(piece.key.clone()).or_default().add(rated)?;
        let line = shares.entry(piece.key).or_insert_with(|| share(whose, stand, Usage::ZERO));
        line.quantity = line.quantity.plus(used.quantity)?.normalized();
        line.events = line.events.checked_add(used.events).ok_or(Overflow)?;
        stand = stand.plus(used)?;
    }
    for (key, share) in shares {
        filled.entry(key.clone()).or_default().counters.push(share);
    }
    Ok(())
}

fn share(whose: &Whose, before: Usage, used: Usage) -> CounterShare {
    CounterShare {
        of: whose.name(),
        before: before.quantity.normalized(),
        quantity: used.quantity.normalized(),
        events_before: before.events,
        events: used.events,
    }
}
