//! The catalog as YAML: what a person writes, with the place of every value, turned into facts.
//!
//! Reading has two steps. The shape comes first: keys, lists and sections, as the types of
//! [`shape`] say; a file with a wrong shape is refused at the first place where it is wrong. Then
//! each value is read, and every value that is wrong is reported with its line and column.
//! Nothing is guessed: a price is the text that was written, never a float, and `no` is a word.

pub mod shape;
pub mod shape_meter;
pub mod shape_terms;
pub mod shape_pool;
pub mod shape_price;
pub mod written;
mod convert;
mod convert_meter;
mod convert_offer;
mod convert_terms;
mod convert_pool;
mod convert_price;
mod places;

use std::collections::BTreeMap;

use catalog::Definitions;
use facts::RowCode;
use facts::price::Model;
use serde_saphyr::{DuplicateKeyPolicy, Error, MergeKeyPolicy, Options};

use crate::faults::Faults;
use crate::readable::shortened;
use crate::{InputFault, InputRejection, Place};

pub use places::Places;
pub use shape::CatalogFile;

/// What a catalog file says, and where it says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocatedDefinitions {
    /// What it says; the versions are 0.
    pub definitions: Definitions,
    /// Where, for the objections of [`catalog::check`].
    pub places: Places,
}

/// Reads a catalog file. `file` names it in faults.
///
/// # Errors
/// The first fault of the shape, or every fault of the values.
pub fn read(file: &str, text: &str) -> Result<LocatedDefinitions, Vec<InputFault>> {
    let shape: CatalogFile = serde_saphyr::from_str_with_options(text, options())
        .map_err(|error| vec![fault(file, &error)])?;
    let definitions = shape.definitions(file)?;
    Ok(LocatedDefinitions { definitions, places: shape.places(file) })
}

/// How strictly YAML is read, for everything that holds a [`CatalogFile`].
#[must_use]
pub fn options() -> Options {
    serde_saphyr::options! {
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        reject_unsupported_tags: true,
        with_snippet: false,
    }
}

/// The JSON Schema of the file, for editors.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(CatalogFile).to_value()
}

impl CatalogFile {
    /// The definitions that it describes, with version 0. `file` names it in faults.
    ///
    /// # Errors
    /// Every value that is wrong.
    pub fn definitions(&self, file: &str) -> Result<Definitions, Vec<InputFault>> {
        let place = Place::file(file);
        let around = place.clone();
        let mut reader = convert::Reader { place, around, faults: Faults::default() };
        let definitions = reader.definitions(self);
        reader.faults.or(definitions)
    }

    /// Where each definition, component and row stands.
    #[must_use]
    pub fn places(&self, file: &str) -> Places {
        Places::of(self, &Place::file(file))
    }
}

/// Prices of single rows, by component, as an order line may have of its own. `around` is the place
/// of the line, for what has none.
///
/// # Errors
/// Every value that is wrong.
pub fn row_prices(
    written: &BTreeMap<String, BTreeMap<String, shape_price::UsagePrice>>,
    around: Place,
) -> Result<BTreeMap<String, BTreeMap<RowCode, Model>>, Vec<InputFault>> {
    let place = around.clone();
    let mut reader = convert::Reader { place, around: around.clone(), faults: Faults::default() };
    let mut prices = BTreeMap::<String, BTreeMap<RowCode, Model>>::new();
    for (component, rows) in written {
        for (row, price) in rows {
            reader.around = around.in_field(&format!("prices.{component}.{row}"));
            let code = reader.faults.read(reader.around.clone(), row);
            let model = reader.model(price);
            prices.entry(component.clone()).or_default().extend(code.zip(model));
        }
    }
    reader.faults.or(prices)
}

/// A fault of the shape, with its place, in the words of this project.
#[must_use]
pub fn fault(file: &str, error: &Error) -> InputFault {
    let place = written::place(&Place::file(file), error.location());
    InputFault { place, rejection: rejection(error) }
}

fn rejection(error: &Error) -> InputRejection {
    match error.without_snippet() {
        Error::SerdeUnknownField { field, expected, .. } => {
            InputRejection::Unknown { field: shortened(field), known: expected.join(", ") }
        }
        Error::SerdeUnknownVariant { variant, expected, .. } => {
            InputRejection::UnknownWord { text: shortened(variant), known: expected.join(", ") }
        }
        Error::SerdeMissingField { field, .. } => {
            InputRejection::Missing { field: (*field).to_owned() }
        }
        Error::DuplicateMappingKey { key, .. } => {
            InputRejection::Repeated { field: shortened(key.as_deref().unwrap_or("key")) }
        }
        Error::NullIntoString { .. } => InputRejection::Missing { field: "value".to_owned() },
        Error::Unexpected { expected, .. } => {
            InputRejection::WrongKind { expected: kind_in_words(expected).to_owned() }
        }
        Error::MultipleDocuments { .. } => {
            InputRejection::BadYaml { reason: "`---` begins a second document".to_owned() }
        }
        other => InputRejection::BadYaml { reason: reason(other) },
    }
}

/// The parser speaks of its events; a person, of what is written.
fn kind_in_words(expected: &'static str) -> &'static str {
    match expected {
        "sequence start" => "a list (`- …` lines, or `[…]`)",
        "mapping start" => "a block of keys and values (`key: …` lines, or `{key: …}`)",
        "string scalar" | "scalar" => "a single value",
        other => other,
    }
}

/// The parser's sentence without the place, which stands before it already.
fn reason(error: &Error) -> String {
    let sentence = error.to_string();
    let first = sentence.lines().next().unwrap_or_default();
    first.split(" at line ").next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
