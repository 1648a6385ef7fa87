//! The columns of an order line that goes on for an earlier one, of its term, and of the invoice on
//! which it stands. All of them can be left out of a file.

use std::collections::BTreeMap;

use facts::order::Renewal;
use facts::{OrderLineId, UnitId};
use jiff::civil::Date;
use kernel::Percent;
use orders::{AskInvoice, AskTerm, FirstDay, GoOnFor};

use crate::InputRejection;
use crate::faults::Faults;
use crate::readable::{MomentOr, shortened};
use crate::record::Record;

/// Their names.
pub(super) const COLUMNS: [&str; 12] = [
    "takes_over",
    "taken_units",
    "from",
    "components",
    "term_months",
    "term_from",
    "term_with",
    "renewal_months",
    "notice_days",
    "reminder_days",
    "uplift_percent",
    "invoice",
];

/// The word for a term that does not end.
const EVERGREEN: &str = "evergreen";

/// The line that is taken over; the outer option is none where something is wrong.
pub(super) fn takes_over(row: &Record, faults: &mut Faults) -> Option<Option<GoOnFor>> {
    let Some(line) = row.optional::<OrderLineId>("takes_over", faults)? else {
        return Some(None);
    };
    let on = match row.required::<MomentOr<Date>>("from", faults)? {
        MomentOr::Named(moment) => FirstDay::At(moment),
        MomentOr::At(on) => FirstDay::On(on),
    };
    let place = row.place.in_field("taken_units");
    let mut units = Vec::new();
    for name in row.text("taken_units").unwrap_or_default().split_whitespace() {
        units.push(faults.read::<UnitId>(place.clone(), name)?);
    }
    Some(Some(GoOnFor { line, units, on }))
}

/// Quantities by component: `service=2 antenna=1`.
pub(super) fn components(row: &Record, faults: &mut Faults) -> Option<BTreeMap<String, u32>> {
    let place = row.place.in_field("components");
    let mut components = BTreeMap::new();
    for pair in row.text("components").unwrap_or_default().split_whitespace() {
        let Some((component, quantity)) = pair.split_once('=') else {
            let (text, known) = (shortened(pair), "COMPONENT=QUANTITY".to_owned());
            faults.add(place, InputRejection::UnknownWord { text, known });
            return None;
        };
        components.insert(component.to_owned(), faults.read(place.clone(), quantity)?);
    }
    Some(components)
}

/// The term; the outer option is none where something is wrong.
pub(super) fn term(row: &Record, faults: &mut Faults) -> Option<Option<AskTerm>> {
    if let Some(line) = row.optional::<OrderLineId>("term_with", faults)? {
        return Some(Some(AskTerm::With(line)));
    }
    if row.text("term_months") == Some(EVERGREEN) {
        return Some(Some(AskTerm::Evergreen));
    }
    let Some(count) = row.optional::<u16>("term_months", faults)? else { return Some(None) };
    let from = row.optional::<Date>("term_from", faults)?;
    let renewal = match row.optional::<u16>("renewal_months", faults)? {
        None => None,
        Some(months) => Some(Renewal {
            months,
            notice_days: row.optional("notice_days", faults)?.unwrap_or_default(),
            reminder_days: row.optional("reminder_days", faults)?.unwrap_or_default(),
            uplift: row.optional::<Percent>("uplift_percent", faults)?,
        }),
    };
    Some(Some(AskTerm::Months { from, count, renewal }))
}

/// On which invoice the line stands; the outer option is none where something is wrong.
pub(super) fn invoice(row: &Record, faults: &mut Faults) -> Option<Option<AskInvoice>> {
    row.optional("invoice", faults)
}
