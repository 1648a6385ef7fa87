//! The contracts of units: order line, version of the offer, account. Loaded once each.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use facts::offer::{ChargeRule, Component, OfferPublished};
use facts::order::{OrderLine, OrderedUnit};
use facts::{
    AccountId, AccountRegistered, ComponentCode, Fact, FulfilmentSpecPublished, MeterCode,
    MeterPublished, OfferCode, OfferRef, OrderAccepted, OrderId, OrderLineId, SellerPublished,
    UnitId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Zone;
use metering::PricedMeters;
use store::{Tx, UnitState};
use terms::Uplift;

use crate::{EngineError, EngineRejection, Result};

/// What contracts refer to: every version of every offer, spec, meter and seller. Who looks at many
/// accounts loads it once: a price table alone can have a hundred thousand rows.
#[derive(Clone, Default)]
pub(crate) struct Sold {
    offers: Arc<BTreeMap<OfferRef, OfferPublished>>,
    specs: Arc<Vec<FulfilmentSpecPublished>>,
    meters: Arc<Vec<MeterPublished>>,
    sellers: Arc<Vec<SellerPublished>>,
}

impl Sold {
    /// Loads all of it.
    pub fn load(tx: &mut dyn Tx) -> Result<Self> {
        let offers = offers(tx)?.into_iter().map(|it| (it.reference(), it)).collect();
        Ok(Self {
            offers: Arc::new(offers),
            specs: Arc::new(specs(tx)?),
            meters: Arc::new(meters_known(tx, i64::MAX)?),
            sellers: Arc::new(sellers(tx)?),
        })
    }

    /// Every meter as it stands on a day.
    pub fn meters_on(&self, day: Date) -> Vec<MeterPublished> {
        meters_in_force(self.meters.iter().cloned(), day)
    }

    /// The seller of an account as it stands on a day.
    pub fn seller_on(&self, account: &AccountRegistered, day: Date) -> Result<SellerPublished> {
        let versions = self.sellers.iter().filter(|it| it.code == account.seller);
        let seller = in_force(versions.map(|it| (it.effective_from, it)), day);
        seller.cloned().ok_or_else(|| missing(format!("seller `{}`", account.seller)))
    }

    /// The same with these versions in place of all those of their offers.
    pub fn drafted(&self, drafts: &BTreeMap<OfferCode, OfferPublished>) -> Self {
        let offers = self
            .offers
            .iter()
            .map(|(sold, offer)| (sold.clone(), drafts.get(&sold.code).unwrap_or(offer).clone()));
        Self { offers: Arc::new(offers.collect()), ..self.clone() }
    }
}

/// What was loaded so far.
#[derive(Default)]
pub(crate) struct Contracts {
    sold: Option<Sold>,
    orders: BTreeMap<OrderId, OrderAccepted>,
    /// Where in the lines of its order each unit stands.
    places: HashMap<UnitId, (usize, usize)>,
}

/// The contract of one unit.
#[derive(Clone, Copy)]
pub(crate) struct Contract<'a> {
    pub order: &'a OrderAccepted,
    pub line: &'a OrderLine,
    pub ordered: &'a OrderedUnit,
    pub offer: &'a OfferPublished,
}

impl Contracts {
    /// Loads what the contracts of these units need.
    pub fn load<'a>(
        &mut self,
        tx: &mut dyn Tx,
        units: impl IntoIterator<Item = &'a UnitState>,
    ) -> Result<()> {
        if self.sold.is_none() {
            self.sold = Some(Sold::load(tx)?);
        }
        for unit in units {
            if !self.orders.contains_key(&unit.order) {
                let order = order(tx, &unit.order)?;
                let order = order.ok_or_else(|| missing(format!("order `{}`", unit.order)))?;
                for (at, line) in order.lines.iter().enumerate() {
                    let places = line.units.iter().enumerate();
                    let place = |(place, it): (_, &OrderedUnit)| (it.unit.clone(), (at, place));
                    self.places.extend(places.map(place));
                }
                self.orders.insert(unit.order.clone(), order);
            }
        }
        Ok(())
    }

    /// None, that refer to what was loaded for others; or to something else than was sold.
    pub fn under(sold: Sold) -> Self {
        Self { sold: Some(sold), ..Self::default() }
    }

    /// Takes every unit as if it had been sold this.
    pub fn sell_as(&mut self, sold: &Sold) {
        self.sold = Some(sold.clone());
    }

    /// The contract of a unit that was loaded.
    pub fn of(&self, unit: &UnitState) -> Result<Contract<'_>> {
        let absent = || missing(format!("the contract of unit `{}`", unit.unit));
        let order = self.orders.get(&unit.order).ok_or_else(absent)?;
        let (line, place) = *self.places.get(&unit.unit).ok_or_else(absent)?;
        let line = order.lines.get(line).filter(|it| it.line == unit.order_line);
        let line = line.ok_or_else(absent)?;
        let ordered = line.units.get(place).ok_or_else(absent)?;
        let sold = self.sold.as_ref().ok_or_else(absent)?;
        let offer = sold.offers.get(&line.offer).ok_or_else(absent)?;
        Ok(Contract { order, line, ordered, offer })
    }

    /// A component of a version of an offer.
    pub fn component(&self, offer: &OfferRef, component: &ComponentCode) -> Option<&Component> {
        self.sold.as_ref()?.offers.get(offer)?.component(component)
    }

    /// The signal types that activate a device of this contract: those of every version of the
    /// fulfilment specs of its components, because devices in the field speak the older ones.
    pub fn activation_signals(&self, contract: Contract<'_>) -> BTreeSet<String> {
        let taken = |code| contract.line.components.contains_key(code);
        let components = contract.offer.components.iter().filter(|it| taken(&it.code));
        let codes: BTreeSet<_> = components.filter_map(|it| it.fulfilment.as_ref()).collect();
        let specs = self.sold.iter().flat_map(|sold| sold.specs.iter());
        let specs = specs.filter(|spec| codes.contains(&spec.code));
        specs.filter_map(|spec| spec.activation_signal.clone()).collect()
    }
}

impl Contract<'_> {
    /// When the contract ends by itself; none: it is renewed, or goes on until it is cancelled.
    pub fn ends_at(&self, zone: &Zone) -> Option<Timestamp> {
        let term = self.line.term.as_ref().filter(|term| term.renewal.is_none())?;
        zone.start_of(term.until).ok()
    }

    /// How prices rise with the renewals of the contract.
    pub fn uplift(&self) -> Option<Uplift> {
        let term = self.line.term.as_ref()?;
        let renewal = term.renewal?;
        let (percent, months) = (renewal.uplift?, renewal.months);
        Some(Uplift { percent, first: term.until, months })
    }

    /// The first day on which something can be said of the contract.
    pub fn first_day(&self) -> Date {
        self.line.takes_over.as_ref().map_or(self.order.ordered_on, |it| it.on)
    }

    /// The meters that the contract has a price for. The zone is that of its account.
    pub fn priced_meters(&self, zone: &Zone) -> Result<PricedMeters> {
        priced_meters(self.line, self.offer, &mut |_| Ok(zone.clone()))
    }
}

/// The meters that a line has a price for; the zone of its account is asked only where a price is
/// not billed from the beginning.
fn priced_meters(
    line: &OrderLine,
    offer: &OfferPublished,
    zone: &mut dyn FnMut(()) -> Result<Zone>,
) -> Result<PricedMeters> {
    let taken = |code| line.components.contains_key(code);
    let mut priced = PricedMeters::new();
    for component in offer.components.iter().filter(|it| taken(&it.code)) {
        if let ChargeRule::Usage { meter, shadow, .. } = &component.charge {
            let until = match shadow {
                None => None,
                Some(shadow) => Some(
                    zone(())?
                        .start_of(shadow.until)
                        .map_err(|_| missing(format!("the day {} of a shadow", shadow.until)))?,
                ),
            };
            priced.entry(meter.clone()).or_insert(until);
        }
    }
    Ok(priced)
}

/// The meters that order lines have a price for: of many lines, without keeping their orders.
#[derive(Default)]
pub(crate) struct PricedLines {
    sold: Option<Sold>,
    by_line: HashMap<OrderLineId, Arc<PricedMeters>>,
    /// Each once, so that the few that there are stay near the processor.
    sets: BTreeSet<Arc<PricedMeters>>,
    /// Lines of which the start of a unit can depend on usage.
    ask_usage: HashSet<OrderLineId>,
}

impl PricedLines {
    /// Those of contracts that are loaded.
    pub fn of_contracts(tx: &mut dyn Tx, contracts: &Contracts) -> Result<Self> {
        let mut lines = Self { sold: contracts.sold.clone(), ..Self::default() };
        contracts.orders.values().try_for_each(|order| lines.learn(tx, order))?;
        Ok(lines)
    }

    /// Those of a line of an order, which is loaded with all its lines.
    pub fn of(
        &mut self,
        tx: &mut dyn Tx,
        (order_id, line): (&OrderId, &OrderLineId),
    ) -> Result<Arc<PricedMeters>> {
        if let Some(known) = self.by_line.get(line) {
            return Ok(Arc::clone(known));
        }
        if self.sold.is_none() {
            self.sold = Some(Sold::load(tx)?);
        }
        if let Some(order) = order(tx, order_id)? {
            self.learn(tx, &order)?;
        }
        let known = self.by_line.get(line).map(Arc::clone);
        known.ok_or_else(|| missing(format!("the contract of order line `{line}`")))
    }

    /// Whether the start of a unit of a line that is known can depend on usage.
    pub fn asks_usage(&self, line: &OrderLineId) -> bool {
        self.ask_usage.contains(line)
    }

    /// Learns the lines of an order that is loaded.
    fn learn(&mut self, tx: &mut dyn Tx, order: &OrderAccepted) -> Result<()> {
        for line in &order.lines {
            let sold = self.sold.as_ref();
            if let Some(offer) = sold.and_then(|sold| sold.offers.get(&line.offer)) {
                let mut zone = |()| Ok(account(tx, &order.account)?.zone);
                let priced = Arc::new(priced_meters(line, offer, &mut zone)?);
                let priced = self.sets.get(&priced).cloned().unwrap_or(priced);
                self.sets.insert(Arc::clone(&priced));
                self.by_line.insert(line.line.clone(), priced);
                // A unit that goes on for another started under the offer of the first.
                let first_is_unknown = line.takes_over.is_some();
                let mut all = sold.into_iter().flat_map(|sold| sold.offers.values());
                let asks = offer.start.asks_usage()
                    || (first_is_unknown && all.any(|it| it.start.asks_usage()));
                if asks {
                    self.ask_usage.insert(line.line.clone());
                }
            }
        }
        Ok(())
    }
}

/// Every meter as it stands on a day, of those that stand in the log of facts up to `known`.
pub(crate) fn meters(tx: &mut dyn Tx, known: i64, day: Date) -> Result<Vec<MeterPublished>> {
    Ok(meters_in_force(meters_known(tx, known)?, day))
}

fn meters_in_force(
    versions: impl IntoIterator<Item = MeterPublished>,
    day: Date,
) -> Vec<MeterPublished> {
    let mut by_code: BTreeMap<MeterCode, Vec<_>> = BTreeMap::new();
    for meter in versions {
        let version = (meter.effective_from, meter.clone());
        by_code.entry(meter.code).or_default().push(version);
    }
    by_code.into_values().filter_map(|it| in_force(it, day)).collect()
}

/// Every version of every meter, in order.
fn meters_known(tx: &mut dyn Tx, known: i64) -> Result<Vec<MeterPublished>> {
    let facts = tx.facts_of_kind("MeterPublished")?.into_iter();
    let meters = facts.filter(|it| it.sequence <= known).filter_map(|it| match it.fact {
        Fact::MeterPublished(meter) => Some(meter),
        _ => None,
    });
    Ok(meters.collect())
}

pub(crate) fn missing(what: String) -> EngineError {
    EngineError::refused(EngineRejection::Missing { what })
}

/// Every version of every offer.
pub(crate) fn offers(tx: &mut dyn Tx) -> Result<Vec<OfferPublished>> {
    let facts = tx.facts_of_kind("OfferPublished")?;
    Ok(facts.into_iter().filter_map(|it| offer_of(it.fact)).collect())
}

fn offer_of(fact: Fact) -> Option<OfferPublished> {
    if let Fact::OfferPublished(it) = fact { Some(it) } else { None }
}

fn specs(tx: &mut dyn Tx) -> Result<Vec<FulfilmentSpecPublished>> {
    let facts = tx.facts_of_kind("FulfilmentSpecPublished")?;
    let spec = |fact| if let Fact::FulfilmentSpecPublished(it) = fact { Some(it) } else { None };
    Ok(facts.into_iter().filter_map(|it| spec(it.fact)).collect())
}

pub(crate) fn order(tx: &mut dyn Tx, order: &OrderId) -> Result<Option<OrderAccepted>> {
    let recorded = tx.fact("OrderAccepted", order.as_str())?;
    Ok(recorded.and_then(|it| match it.fact {
        Fact::OrderAccepted(order) => Some(order),
        _ => None,
    }))
}

/// The latest version of an account.
pub(crate) fn account(tx: &mut dyn Tx, account: &AccountId) -> Result<AccountRegistered> {
    let versions = tx.facts_about("AccountRegistered", account.as_str())?;
    let latest = versions.into_iter().rev().find_map(|it| match it.fact {
        Fact::AccountRegistered(account) => Some(account),
        _ => None,
    });
    latest.ok_or_else(|| unknown_account(account))
}

/// Every version of an account and the day from which it counts, in order.
pub(crate) fn account_versions(
    tx: &mut dyn Tx,
    account: &AccountId,
) -> Result<Vec<(Date, AccountRegistered)>> {
    let versions = tx.facts_about("AccountRegistered", account.as_str())?.into_iter();
    let version = versions.filter_map(|it| match it.fact {
        Fact::AccountRegistered(account) => Some((account.effective_from, account)),
        _ => None,
    });
    Ok(version.collect())
}

pub(crate) fn unknown_account(account: &AccountId) -> EngineError {
    EngineError::refused(EngineRejection::UnknownAccount { account: account.to_string() })
}

/// Every version of every seller, in order.
fn sellers(tx: &mut dyn Tx) -> Result<Vec<SellerPublished>> {
    let facts = tx.facts_of_kind("SellerPublished")?.into_iter();
    let seller = |fact| if let Fact::SellerPublished(it) = fact { Some(it) } else { None };
    Ok(facts.filter_map(|it| seller(it.fact)).collect())
}

/// The last version that is effective on a day; before the first, the first. Versions come in
/// order.
pub(crate) fn in_force<T>(versions: impl IntoIterator<Item = (Date, T)>, day: Date) -> Option<T> {
    let mut chosen = None;
    for (effective_from, version) in versions {
        if chosen.is_none() || effective_from <= day {
            chosen = Some(version);
        }
    }
    chosen
}

/// A unit that others refer to.
pub(crate) fn unit(tx: &mut dyn Tx, unit: &UnitId) -> Result<UnitState> {
    tx.unit(unit)?.ok_or_else(|| missing(format!("unit `{unit}`")))
}
