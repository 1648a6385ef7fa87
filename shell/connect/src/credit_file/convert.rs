//! From the shape of credits to commands.

use credits::{AdjustCredit, GrantCredit, GrantRollover};
use facts::Text;
use facts::credit::CreditKind;
use kernel::Quantity;

use super::shape;
use crate::catalog_file::written::Written;
use crate::faults::Faults;
use crate::readable::Readable;
use crate::{InputRejection, Place};

/// Where a credit stands among others when nothing is said.
const PRIORITY: u16 = 100;

/// Reads values, and gathers what is wrong with them.
struct Reader<'a> {
    faults: &'a mut Faults,
    around: &'a Place,
}

impl Reader<'_> {
    fn read<T: Readable>(&mut self, written: &Written<T>) -> Option<T> {
        self.faults.read(written.place(self.around), written.text())
    }

    /// The outer option is none when it is there and is wrong.
    fn optional<T: Readable>(&mut self, written: &Option<Written<T>>) -> Option<Option<T>> {
        written.as_ref().map_or(Some(None), |written| self.read(written).map(Some))
    }

    fn kind(&mut self, it: &shape::Grant) -> Option<(CreditKind, Quantity)> {
        match (&it.paid, &it.promotional, &it.units) {
            (Some(amount), None, None) => Some((CreditKind::Paid, self.read(amount)?)),
            (None, Some(amount), None) => Some((CreditKind::Promotional, self.read(amount)?)),
            (None, None, Some(units)) => {
                let quantity = self.read(&units.quantity);
                let component = self.read(&units.component);
                let rate = self.optional(&units.rate);
                let kind = CreditKind::Units { component: component?, rate: rate?.unwrap_or(1) };
                Some((kind, quantity?))
            }
            _ => {
                let keys = "paid, promotional, units".to_owned();
                self.faults.add(it.credit.place(self.around), InputRejection::NotOne { keys });
                None
            }
        }
    }

    fn rollover(&mut self, it: &shape::Rollover) -> Option<GrantRollover> {
        let limit = self.optional(&it.limit);
        let (months, times) = (self.read(&it.months), self.optional(&it.times));
        Some(GrantRollover { limit: limit?, months: months?, times: times?.unwrap_or(1) })
    }

    fn top_up(&mut self, it: &shape::TopUp) -> Option<(Quantity, Quantity)> {
        let (below, amount) = (self.read(&it.below), self.read(&it.amount));
        below.zip(amount)
    }
}

/// A grant; every wrong value is a fault.
pub(crate) fn grant(it: &shape::Grant, faults: &mut Faults, around: &Place) -> Option<GrantCredit> {
    let mut reader = Reader { faults, around };
    let credit = reader.read(&it.credit);
    let kind = reader.kind(it);
    let priority = reader.optional(&it.priority);
    let until = reader.optional(&it.until);
    let rollover = it.rollover.as_ref().map_or(Some(None), |of| reader.rollover(of).map(Some));
    let alert_below = reader.optional(&it.alert_below);
    let top_up = it.top_up.as_ref().map_or(Some(None), |of| reader.top_up(of).map(Some));
    let (kind, amount) = kind?;
    Some(GrantCredit {
        credit: credit?,
        customer: it.customer.clone(),
        name: Text { en: it.name.en.clone(), fr: it.name.fr.clone() },
        kind,
        amount,
        priority: priority?.unwrap_or(PRIORITY),
        until: until?,
        rollover: rollover?,
        alert_below: alert_below?,
        top_up: top_up?,
    })
}

/// An adjustment; every wrong value is a fault.
pub(crate) fn adjust(
    it: &shape::Adjustment,
    faults: &mut Faults,
    around: &Place,
) -> Option<AdjustCredit> {
    let mut reader = Reader { faults, around };
    let adjustment = reader.read(&it.adjustment);
    let credit = reader.read(&it.credit);
    let amount = reader.read(&it.amount);
    Some(AdjustCredit {
        adjustment: adjustment?,
        credit: credit?,
        amount: amount?,
        reason: it.reason.clone(),
    })
}
