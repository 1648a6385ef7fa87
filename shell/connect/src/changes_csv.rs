//! Amendments as CSV: one row per change, which can concern several units.

use facts::offer::AfterLoss;
use facts::unit::{ChangeAction, Loss, LossCause};
use facts::{ChangeId, UnitId};
use fulfilment::{ChangeUnit, Effective};
use jiff::Timestamp;

use crate::csv_table::{self, Columns, Others};
use crate::faults::Faults;
use crate::readable::{MomentOr, shortened};
use crate::record::Record;
use crate::{InputFault, InputRejection, Located};

const COLUMNS: Columns = Columns {
    needed: &["change", "recorded_at", "effective_at", "action", "units", "detail"],
    others: Others::Refused,
};

const ACTIONS: [&str; 9] =
    ["change_tier", "suspend", "resume", "swap", "return", "cancel", "accept", "lost", "stolen"];

/// Reads amendments: one for each unit of each row, in the order of the file. Several units in
/// a cell are separated by spaces.
///
/// # Errors
/// Every fault of the file.
pub fn read(file: &str, text: &str) -> Result<Vec<Located<ChangeUnit>>, Vec<InputFault>> {
    let mut faults = Faults::default();
    let rows = csv_table::read(file, text, &COLUMNS, &mut faults);
    let mut changes = Vec::new();
    for row in &rows {
        changes.extend(changes_of(row, &mut faults).unwrap_or_default());
    }
    faults.or(changes)
}

fn changes_of(row: &Record, faults: &mut Faults) -> Option<Vec<Located<ChangeUnit>>> {
    let change = row.required::<ChangeId>("change", faults);
    let recorded_at = row.required("recorded_at", faults);
    let effective = row.required::<MomentOr<Timestamp>>("effective_at", faults);
    let action = action(row, faults);
    let units = units(row, faults);
    let (change, action) = (change?, action?);
    let recorded_at = recorded_at?;
    let effective = match effective? {
        MomentOr::Named(moment) => Effective::Named(moment),
        MomentOr::At(at) => Effective::At(at),
    };
    let of_unit = |unit| Located {
        place: row.place.clone(),
        value: ChangeUnit {
            change: change.clone(),
            unit,
            recorded_at,
            effective,
            action: action.clone(),
        },
    };
    Some(units?.into_iter().map(of_unit).collect())
}

fn action(row: &Record, faults: &mut Faults) -> Option<ChangeAction> {
    let action: String = row.required("action", faults)?;
    let without_detail = match action.as_str() {
        "change_tier" => return row.required("detail", faults).map(ChangeAction::Plan),
        "swap" => return row.required("detail", faults).map(ChangeAction::Swap),
        "suspend" => ChangeAction::Suspend,
        "resume" => ChangeAction::Resume,
        "return" => ChangeAction::Return,
        "cancel" => ChangeAction::Cancel,
        "accept" => ChangeAction::Accept,
        // What follows is said by the offer.
        "lost" => ChangeAction::Lost(Loss { cause: LossCause::Lost, then: AfterLoss::Ends }),
        "stolen" => ChangeAction::Lost(Loss { cause: LossCause::Stolen, then: AfterLoss::Ends }),
        _ => {
            let (text, known) = (shortened(&action), ACTIONS.join(", "));
            let rejection = InputRejection::UnknownWord { text, known };
            faults.add(row.place.in_field("action"), rejection);
            return None;
        }
    };
    if row.text("detail").is_some() {
        let rejection = InputRejection::Unexpected { field: "detail".to_owned(), action };
        faults.add(row.place.in_field("detail"), rejection);
        return None;
    }
    Some(without_detail)
}

fn units(row: &Record, faults: &mut Faults) -> Option<Vec<UnitId>> {
    let cell: String = row.required("units", faults)?;
    let place = row.place.in_field("units");
    let mut units = Vec::new();
    for name in cell.split_whitespace() {
        let unit = faults.read::<UnitId>(place.clone(), name)?;
        if units.contains(&unit) {
            faults.add(place, InputRejection::Repeated { field: name.to_owned() });
            return None;
        }
        units.push(unit);
    }
    if units.is_empty() {
        faults.add(place, InputRejection::Missing { field: "units".to_owned() });
        return None;
    }
    Some(units)
}

#[cfg(test)]
mod tests;
