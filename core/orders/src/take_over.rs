//! Units of a line go on for those of an earlier one: an upgrade, another price, quantity or term,
//! another owner. What is not said stays as it was agreed on.

use std::collections::BTreeMap;

use facts::offer::{ChargeRule, Component, OfferPublished};
use facts::order::{Moment, OrderLine, OrderedUnit, TakeOver};
use facts::{AccountRegistered, OrderAccepted, OrderLineId, UnitId, UnitTakenOver};
use jiff::civil::Date;
use kernel::calendar::DateOutOfRange;

use crate::{FirstDay, GoOnFor, Rejection, term};

/// A line that others name: to take it over, or to end with it.
#[derive(Debug, Clone)]
pub struct Earlier {
    /// Its order.
    pub order: OrderAccepted,
    /// The line.
    pub line: OrderLine,
    /// The account that is billed for it.
    pub account: AccountRegistered,
    /// What became of its units, of those of which there is something to say.
    pub units: BTreeMap<UnitId, Standing>,
}

/// What became of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// The one that goes on for it, and since when; not that of the order itself, when it is sent
    /// again.
    pub taken_over: Option<(UnitId, Date)>,
    /// The day on which its service ends.
    pub ended_on: Option<Date>,
    /// It went over to the very line that is asked for, which is sent again.
    pub is_ours: bool,
}

impl Earlier {
    /// The first day under the line.
    fn first_day(&self) -> Date {
        self.line.takes_over.as_ref().map_or(self.order.ordered_on, |it| it.on)
    }

    /// The day that is asked for.
    fn day(&self, asked: FirstDay, ordered_on: Date) -> Result<TakeOver, Rejection> {
        let on = match asked {
            FirstDay::On(on) => return Ok(TakeOver { on, asked: None }),
            FirstDay::At(Moment::Now) => ordered_on,
            FirstDay::At(Moment::EndOfPeriod) => {
                let period = self.account.bill_cycle.period_of(ordered_on);
                period.map_err(|_| Rejection::NoTerm { line: self.line.line.clone() })?.to()
            }
            FirstDay::At(Moment::EndOfTerm) => {
                term::end_of_term(&self.line.line, self.line.term.as_ref(), ordered_on)?
            }
        };
        let asked = if let FirstDay::At(moment) = asked { Some(moment) } else { None };
        Ok(TakeOver { on, asked })
    }

    /// The day from which another line takes this one over.
    pub(crate) fn take_over(
        &self,
        asked: FirstDay,
        ordered_on: Date,
        next: &AccountRegistered,
    ) -> Result<TakeOver, Rejection> {
        if self.account.zone != next.zone {
            let (expected, actual) = (self.account.zone.to_string(), next.zone.to_string());
            return Err(Rejection::OtherZone { expected, actual });
        }
        let taken = self.day(asked, ordered_on)?;
        // Two units of one device cannot begin on one day.
        let first = match self.line.takes_over {
            Some(_) => self.first_day().tomorrow().unwrap_or(Date::MAX),
            None => self.first_day(),
        };
        if taken.on < first {
            let line = self.line.line.clone();
            return Err(Rejection::TooEarly { line, on: taken.on, first });
        }
        Ok(taken)
    }

    /// The units that go on for those that are named, or for all that are left.
    pub(crate) fn successors(
        &self,
        asked: &GoOnFor,
        on: Date,
        rejections: &mut Vec<Rejection>,
    ) -> Vec<OrderedUnit> {
        let mut units = Vec::new();
        for name in asked.units.iter().filter(|unit| self.unit(unit).is_none()) {
            let (unit, line) = (name.clone(), self.line.line.clone());
            rejections.push(Rejection::UnitOfOtherLine { unit, line });
        }
        // Told again, "all that are left" are those that were left when it was told first.
        let was_accepted = self.units.values().any(|it| it.is_ours);
        let is_ours = |unit: &UnitId| self.units.get(unit).is_some_and(|it| it.is_ours);
        let is_asked = |it: &&OrderedUnit| match asked.units.as_slice() {
            [] => !was_accepted || is_ours(&it.unit),
            named => named.contains(&it.unit),
        };
        for unit in self.line.units.iter().filter(is_asked) {
            let over = self.is_over(on).map(|ended_on| {
                let unit = unit.unit.clone();
                Rejection::Ended { unit, ended_on }
            });
            match self.objection(&unit.unit, on).or(over) {
                None => units.extend(successor(unit)),
                Some(_) if asked.units.is_empty() => {}
                Some(no) => rejections.push(no),
            }
        }
        if units.is_empty() && rejections.is_empty() {
            rejections.push(Rejection::NothingLeft { line: self.line.line.clone() });
        }
        units
    }

    fn unit(&self, unit: &UnitId) -> Option<&OrderedUnit> {
        self.line.units.iter().find(|it| it.unit == *unit)
    }

    fn objection(&self, unit: &UnitId, on: Date) -> Option<Rejection> {
        let standing = self.units.get(unit).filter(|it| !it.is_ours)?;
        if let Some((by, on)) = &standing.taken_over {
            let (unit, by) = (unit.clone(), by.clone());
            return Some(Rejection::TakenOver { unit, by, on: *on });
        }
        let ended_on = standing.ended_on.filter(|ended_on| *ended_on <= on)?;
        Some(Rejection::Ended { unit: unit.clone(), ended_on })
    }

    /// Whether the line is over before another could go on for it; on the day of its end, one can.
    fn is_over(&self, on: Date) -> Option<Date> {
        let term = self.line.term.as_ref().filter(|term| term.renewal.is_none())?;
        (term.until < on).then_some(term.until)
    }
}

/// The same device under its next name: `U-042`, `U-042.2`, `U-042.3`.
fn successor(unit: &OrderedUnit) -> Option<OrderedUnit> {
    let name = unit.unit.as_str();
    let numbered = unit.after.as_ref().and_then(|_| {
        let (stem, number) = name.rsplit_once('.')?;
        Some((stem, number.parse::<u32>().ok()?))
    });
    let (stem, number) = numbered.unwrap_or((name, 1));
    let next = UnitId::new(format!("{stem}.{}", number.checked_add(1)?)).ok()?;
    Some(OrderedUnit { unit: next, after: Some(unit.unit.clone()), ..unit.clone() })
}

/// Whether a component is sold again with a unit that goes on: hardware never, fees when they are
/// asked for.
pub(crate) const fn goes_on(component: &Component) -> bool {
    matches!(
        component.charge,
        ChargeRule::Recurring { .. }
            | ChargeRule::Usage { .. }
            | ChargeRule::OnceLost { .. }
            | ChargeRule::OnceNotReturned { .. }
            | ChargeRule::StateChanged { .. }
    )
}

pub(crate) const fn is_hardware(component: &Component) -> bool {
    matches!(
        component.charge,
        ChargeRule::OnceDelivered { .. }
            | ChargeRule::Instalments { .. }
            | ChargeRule::Milestones { .. }
    )
}

/// The choices of the earlier line that the offer still has.
pub(crate) fn options_left(
    earlier: &OrderLine,
    offer: &OfferPublished,
) -> BTreeMap<String, String> {
    let has = |option: &String, value: &String| {
        offer.options.get(option).is_some_and(|values| values.contains(value))
    };
    let options = earlier.options.iter().filter(|(option, value)| has(option, value));
    options.map(|(option, value)| (option.clone(), value.clone())).collect()
}

/// What the acceptance of an order means for the units that others go on for.
///
/// # Errors
/// [`DateOutOfRange`] when its days are beyond the calendar of the account.
pub fn taken_over(
    order: &OrderAccepted,
    account: &AccountRegistered,
) -> Result<Vec<UnitTakenOver>, DateOutOfRange> {
    let agreed_at = account.zone.start_of(order.ordered_on)?;
    let mut all = Vec::new();
    for line in &order.lines {
        let Some(TakeOver { on, .. }) = line.takes_over else { continue };
        let at = account.zone.start_of(on)?;
        all.extend(line.units.iter().filter_map(|unit| {
            let (by, order_line) = (unit.unit.clone(), OrderLineId::clone(&line.line));
            Some(UnitTakenOver { unit: unit.after.clone()?, by, order_line, agreed_at, on, at })
        }));
    }
    Ok(all)
}
