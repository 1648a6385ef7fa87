//! The decision: command and market in, accepted order or all reasons against it out.

use std::collections::{BTreeMap, BTreeSet};

use facts::offer::{Component, OfferPublished, QuantityRule};
use facts::order::{ContractTerm, OrderLine, OrderedUnit};
use facts::{AccountRegistered, OrderAccepted, OrderId, OrderLineId, UnitId};
use jiff::civil::Date;
use kernel::Zone;

use crate::take_over::{goes_on, is_hardware, options_left};
use crate::{
    AskTerm, Chosen, Earlier, PlaceLine, PlaceOrder, Rejection, own_invoice, own_price, term,
};

/// What an order is accepted against.
#[derive(Debug, Clone, Copy)]
pub struct Market<'a> {
    /// Every version of every offer.
    pub offers: &'a [OfferPublished],
    /// The latest version of every account that the customer can mean.
    pub accounts: &'a [AccountRegistered],
    /// Where units and lines of *other* orders belong, of those that the order names.
    pub taken: &'a BTreeMap<UnitId, OrderLineId>,
    /// The lines of other orders that the order names, of those that there are.
    pub earlier: &'a BTreeMap<OrderLineId, Earlier>,
}

/// Accepts an order, or gives every reason against it.
///
/// # Errors
/// The [`Rejection`]s; the order is then unknown as before.
pub fn accept(command: &PlaceOrder, market: Market<'_>) -> Result<OrderAccepted, Vec<Rejection>> {
    let account = find_account(&command.customer, market.accounts).map_err(|no| vec![no])?;
    let mut rejections = Vec::new();
    let mut lines = Vec::new();
    let mut names = Names { taken: market.taken.clone(), lines: BTreeSet::new() };
    for line in &command.lines {
        match accept_line((&command.order, command.ordered_on), line, account, market) {
            Ok(accepted) => {
                rejections.extend(names.claim(&accepted));
                lines.push(accepted);
            }
            Err(reasons) => rejections.extend(reasons),
        }
    }
    if !rejections.is_empty() {
        return Err(rejections);
    }
    lines.sort_by(|a, b| a.line.cmp(&b.line));
    Ok(OrderAccepted {
        order: command.order.clone(),
        account: account.account.clone(),
        ordered_on: command.ordered_on,
        lines,
    })
}

/// Names that are in use while an order is read.
struct Names {
    taken: BTreeMap<UnitId, OrderLineId>,
    lines: BTreeSet<OrderLineId>,
}

impl Names {
    fn claim(&mut self, line: &OrderLine) -> Vec<Rejection> {
        let mut rejections = Vec::new();
        if !self.lines.insert(line.line.clone()) {
            rejections.push(Rejection::LineTaken { line: line.line.clone() });
        }
        for ordered in &line.units {
            let owner = self.taken.insert(ordered.unit.clone(), line.line.clone());
            if let Some(owner) = owner {
                rejections.push(Rejection::UnitTaken { unit: ordered.unit.clone(), line: owner });
            }
        }
        rejections
    }
}

fn find_account<'a>(
    customer: &str,
    accounts: &'a [AccountRegistered],
) -> Result<&'a AccountRegistered, Rejection> {
    if let Some(account) = accounts.iter().find(|it| it.account.as_str() == customer) {
        return Ok(account);
    }
    let mut named = accounts.iter().filter(|it| it.customer == customer);
    match (named.next(), named.count()) {
        (None, _) => Err(Rejection::UnknownCustomer { customer: customer.to_owned() }),
        (Some(account), 0) => Ok(account),
        (Some(_), others) => Err(Rejection::AmbiguousCustomer {
            customer: customer.to_owned(),
            accounts: others + 1,
        }),
    }
}

/// What a line is accepted under.
struct Terms<'a> {
    offer: &'a OfferPublished,
    /// The line that it takes over.
    earlier: Option<&'a Earlier>,
    /// The offer is that of the line taken over, in its version.
    is_inherited: bool,
}

fn accept_line(
    (order, ordered_on): (&OrderId, Date),
    line: &PlaceLine,
    account: &AccountRegistered,
    market: Market<'_>,
) -> Result<OrderLine, Vec<Rejection>> {
    let terms = terms(ordered_on, line, market).map_err(|no| vec![no])?;
    let Terms { offer, earlier, is_inherited } = terms;
    let mut rejections = Vec::new();
    if offer.currency != account.currency {
        rejections.push(Rejection::OtherCurrency {
            account: account.account.clone(),
            expected: account.currency.to_string(),
            actual: offer.currency.to_string(),
        });
    }
    let (takes_over, units) = match (&line.takes_over, earlier) {
        (Some(asked), Some(earlier)) => {
            let taken = earlier.take_over(asked.on, ordered_on, account).map_err(|no| vec![no])?;
            let units = earlier.successors(asked, taken.on, &mut rejections);
            (Some(taken), units)
        }
        _ => (None, new_units(line, offer, account, &mut rejections)),
    };
    let mut options = line.options.clone();
    if let Some(earlier) = earlier {
        options_left(&earlier.line, offer).into_iter().for_each(|(option, value)| {
            options.entry(option).or_insert(value);
        });
    }
    let options = choose_options(&options, offer, &mut rejections);
    let components = choose_components(line, &terms, &options, &mut rejections);
    let mut overrides = own_price::choose(line, offer, &components, &mut rejections);
    if let Some(earlier) = earlier.filter(|_| is_inherited) {
        for (component, own) in &earlier.line.overrides {
            overrides.entry(component.clone()).or_insert_with(|| own.clone());
        }
    }
    let first_day = takes_over.as_ref().map_or(ordered_on, |it| it.on);
    let term = agree_term(line, &terms, first_day, market);
    let term = term.map_err(|no| rejections.push(no)).unwrap_or_default();
    let invoice = own_invoice::choose((order, line), (offer, &components), account, earlier);
    let invoice = invoice.map_err(|no| rejections.extend(no)).unwrap_or_default();
    if !rejections.is_empty() {
        return Err(rejections);
    }
    let (line, offer) = (line.line.clone(), offer.reference());
    Ok(OrderLine { line, offer, options, components, units, overrides, takes_over, term, invoice })
}

/// The offer and the earlier line, by what is said and what is not.
fn terms<'a>(
    ordered_on: Date,
    line: &PlaceLine,
    market: Market<'a>,
) -> Result<Terms<'a>, Rejection> {
    let earlier = match &line.takes_over {
        None => None,
        Some(asked) => {
            let unknown = || Rejection::UnknownLine { line: asked.line.clone() };
            Some(market.earlier.get(&asked.line).ok_or_else(unknown)?)
        }
    };
    let Some(earlier) = earlier.filter(|_| line.offer.is_empty()) else {
        if line.offer.is_empty() {
            return Err(Rejection::NoOffer { line: line.line.clone() });
        }
        let offer = find_offer(&line.offer, ordered_on, market.offers)?;
        return Ok(Terms { offer, earlier, is_inherited: false });
    };
    let sold = |offer: &&OfferPublished| offer.reference() == earlier.line.offer;
    let offer = market.offers.iter().find(sold);
    let offer = offer.ok_or_else(|| Rejection::NoOffer { line: line.line.clone() })?;
    Ok(Terms { offer, earlier: Some(earlier), is_inherited: true })
}

fn new_units(
    line: &PlaceLine,
    offer: &OfferPublished,
    account: &AccountRegistered,
    rejections: &mut Vec<Rejection>,
) -> Vec<OrderedUnit> {
    let quantity = line.units.unwrap_or(offer.units.default);
    rejections.extend(check_quantity(offer.code.as_str(), quantity, offer.units));
    name_units(line, quantity, &account.zone, rejections)
}

/// The term of a line: what is asked; else that of the line taken over, which begins anew with
/// other prices, so that the rises of its renewals do not count for them.
fn agree_term(
    line: &PlaceLine,
    terms: &Terms<'_>,
    first_day: Date,
    market: Market<'_>,
) -> Result<Option<ContractTerm>, Rejection> {
    let Some(asked) = &line.term else {
        let before = terms.earlier.and_then(|earlier| earlier.line.term.as_ref());
        let is_kept = terms.is_inherited && line.prices.is_empty();
        let kept = before.filter(|_| is_kept).cloned();
        return Ok(kept.or_else(|| before.and_then(|it| term::anew(it, first_day))));
    };
    let joined = match asked {
        AskTerm::With(other) => {
            let unknown = || Rejection::UnknownLine { line: other.clone() };
            market.earlier.get(other).ok_or_else(unknown)?.line.term.as_ref()
        }
        _ => None,
    };
    term::agreed(asked, &line.line, first_day, joined)
}

/// The version in force on the day: the latest that is effective.
fn find_offer<'a>(
    asked: &str,
    ordered_on: Date,
    offers: &'a [OfferPublished],
) -> Result<&'a OfferPublished, Rejection> {
    let answers = |offer: &&OfferPublished| {
        offer.code.as_str() == asked || offer.name.en == asked || offer.name.fr == asked
    };
    let versions: Vec<_> = offers.iter().filter(answers).collect();
    let in_force = versions.iter().filter(|offer| offer.effective_from <= ordered_on);
    if let Some(offer) = in_force.max_by_key(|offer| offer.version) {
        return Ok(offer);
    }
    match versions.iter().min_by_key(|offer| offer.effective_from) {
        Some(first) => Err(Rejection::OfferNotYetEffective {
            offer: first.code.clone(),
            ordered_on,
            effective_from: first.effective_from,
        }),
        None => Err(Rejection::UnknownOffer {
            offer: asked.to_owned(),
            known: listed(offers.iter().map(|offer| offer.code.as_str())),
        }),
    }
}

fn check_quantity(what: &str, quantity: u32, rule: QuantityRule) -> Option<Rejection> {
    if (rule.min..=rule.max).contains(&quantity) {
        return None;
    }
    let (min, max) = (rule.min, rule.max);
    Some(Rejection::QuantityOutOfLimits { what: what.to_owned(), quantity, min, max })
}

fn choose_options(
    asked: &BTreeMap<String, String>,
    offer: &OfferPublished,
    rejections: &mut Vec<Rejection>,
) -> BTreeMap<String, String> {
    for option in asked.keys().filter(|option| !offer.options.contains_key(*option)) {
        rejections.push(Rejection::UnknownOption {
            option: option.clone(),
            known: listed(offer.options.keys().map(String::as_str)),
        });
    }
    let mut chosen = BTreeMap::new();
    for (option, values) in &offer.options {
        let value = asked.get(option).or(values.first());
        match value.filter(|value| values.contains(value)) {
            Some(value) => {
                chosen.insert(option.clone(), value.clone());
            }
            None => rejections.push(Rejection::UnknownOptionValue {
                option: option.clone(),
                value: value.cloned().unwrap_or_default(),
                known: listed(values.iter().map(String::as_str)),
            }),
        }
    }
    chosen
}

fn choose_components(
    line: &PlaceLine,
    terms: &Terms<'_>,
    options: &BTreeMap<String, String>,
    rejections: &mut Vec<Rejection>,
) -> Chosen {
    let available: Vec<_> = terms
        .offer
        .components
        .iter()
        .filter(|component| is_available(component, options))
        .collect();
    for asked in line.components.keys() {
        if !available.iter().any(|component| component.code.as_str() == asked) {
            rejections.push(Rejection::UnknownComponent {
                component: asked.clone(),
                known: listed(available.iter().map(|component| component.code.as_str())),
            });
        }
    }
    let mut chosen = Chosen::new();
    for component in available {
        let asked = line.components.get(component.code.as_str()).copied();
        if asked.is_some() && terms.earlier.is_some() && is_hardware(component) {
            let component = component.code.clone();
            rejections.push(Rejection::HardwareAgain { component });
            continue;
        }
        let Some(quantity) = asked.or_else(|| unasked(component, terms)) else { continue };
        rejections.extend(check_quantity(component.code.as_str(), quantity, component.quantity));
        if quantity > 0 {
            chosen.insert(component.code.clone(), quantity);
        }
    }
    chosen
}

/// The quantity of a component that nobody speaks of: the default, or what it was before.
fn unasked(component: &Component, terms: &Terms<'_>) -> Option<u32> {
    let default = (!component.optional).then_some(component.quantity.default);
    let Some(earlier) = terms.earlier else { return default };
    if !goes_on(component) {
        return None;
    }
    let before = earlier.line.components.get(&component.code).copied();
    before.or_else(|| default.filter(|_| !terms.is_inherited))
}

fn is_available(component: &Component, options: &BTreeMap<String, String>) -> bool {
    component.only_if.as_ref().is_none_or(|it| options.get(&it.option) == Some(&it.value))
}

fn name_units(
    line: &PlaceLine,
    quantity: u32,
    zone: &Zone,
    rejections: &mut Vec<Rejection>,
) -> Vec<OrderedUnit> {
    if line.named_units.is_empty() {
        // A refused line keeps no unit; its quantity may be beyond every limit.
        if !rejections.is_empty() {
            return Vec::new();
        }
        let named = |number| {
            UnitId::new(format!("{}/{number:03}", line.line)).ok().map(|unit| OrderedUnit {
                unit,
                attributes: BTreeMap::new(),
                zone: zone.clone(),
                after: None,
            })
        };
        return (1..=quantity).filter_map(named).collect();
    }
    if u32::try_from(line.named_units.len()) != Ok(quantity) {
        rejections.push(Rejection::UnitCountDiffers {
            line: line.line.clone(),
            ordered: quantity,
            named: line.named_units.len(),
        });
    }
    let mut units = line.named_units.clone();
    units.sort_by(|a, b| a.unit.cmp(&b.unit));
    units
}

/// Names for a person to choose from, each once.
pub(crate) fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: BTreeSet<_> = names.collect();
    if names.is_empty() {
        return "none".to_owned();
    }
    names.into_iter().collect::<Vec<_>>().join(", ")
}
