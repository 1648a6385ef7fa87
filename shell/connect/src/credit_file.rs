//! Prepaid credits to grant and to put right, as YAML: a list of each. Strict in the same way as
//! the catalog file.

pub mod shape;
mod convert;

use credits::Command;

use crate::catalog_file;
use crate::faults::Faults;
use crate::{InputFault, Located, Place};

pub(crate) use convert::{adjust, grant};
pub use shape::CreditFile;

/// Reads a file of credits: what is granted, then what is put right. `file` names it in faults.
///
/// # Errors
/// The first fault of the shape, or every fault of the values.
pub fn read(file: &str, text: &str) -> Result<Vec<Located<Command>>, Vec<InputFault>> {
    let shape: CreditFile = serde_saphyr::from_str_with_options(text, catalog_file::options())
        .map_err(|error| vec![catalog_file::fault(file, &error)])?;
    let around = Place::file(file);
    let mut faults = Faults::default();
    let mut commands = Vec::new();
    for it in &shape.credits {
        let value = grant(it, &mut faults, &around).map(Command::Grant);
        let place = it.credit.place(&around);
        commands.extend(value.map(|value| Located { place, value }));
    }
    for it in &shape.adjustments {
        let value = adjust(it, &mut faults, &around).map(Command::Adjust);
        let place = it.adjustment.place(&around);
        commands.extend(value.map(|value| Located { place, value }));
    }
    faults.or(commands)
}

/// The JSON Schema of the file, for editors.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(CreditFile).to_value()
}

#[cfg(test)]
mod tests;
