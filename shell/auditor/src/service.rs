//! The service days that invoices billed, net of what they gave back.

use std::collections::BTreeMap;

use facts::invoice::InvoiceLine;
use facts::{ChargeKind, ComponentCode, InvoiceIssued, UnitId};
use jiff::civil::Date;

use crate::calendar::days;

/// One component of one unit.
pub(crate) type ServiceKey = (ComponentCode, UnitId);

/// How many times each day is billed, after so many invoices of one account.
#[derive(Debug, Default)]
pub(crate) struct ServiceDays {
    pub net: BTreeMap<ServiceKey, BTreeMap<Date, i64>>,
}

impl ServiceDays {
    /// Adds an invoice; returns the days that it touches.
    pub(crate) fn add(&mut self, invoice: &InvoiceIssued) -> Vec<(ServiceKey, Date)> {
        self.add_lines(&invoice.lines, 1)
    }

    /// Takes back lines that became due again.
    pub(crate) fn withdraw(&mut self, lines: &[&InvoiceLine]) {
        self.add_lines(lines.iter().copied(), -1);
    }

    fn add_lines<'a>(
        &mut self,
        lines: impl IntoIterator<Item = &'a InvoiceLine>,
        times: i64,
    ) -> Vec<(ServiceKey, Date)> {
        let mut touched = Vec::new();
        for charge in lines.into_iter().map(|line| &line.charge) {
            let sign = match charge.kind {
                ChargeKind::ServiceCharge => times,
                ChargeKind::ServiceCredit => -times,
                _ => continue,
            };
            let Some(period) = charge.period else { continue };
            for unit in &charge.units {
                let key = (charge.component.clone(), unit.clone());
                let net = self.net.entry(key.clone()).or_default();
                for day in days(period.from(), period.to()) {
                    *net.entry(day).or_default() += sign;
                    touched.push((key.clone(), day));
                }
            }
        }
        touched
    }
}

/// Days gathered for one sentence: the first, and how many.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub first: Date,
    pub days: u64,
}

/// The first of some days in order, and their number; none when there are none.
pub(crate) fn run_of(days: impl IntoIterator<Item = Date>) -> Option<Run> {
    let mut days = days.into_iter();
    let first = days.next()?;
    let others = u64::try_from(days.count()).unwrap_or(u64::MAX);
    Some(Run { first, days: others.saturating_add(1) })
}
