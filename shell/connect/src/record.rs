//! A record of named texts: a row of a CSV file or an object of JSON. What is done with it is the
//! same for both.

use crate::faults::Faults;
use crate::readable::Readable;
use crate::{InputRejection, Place};

/// Texts by name, and where the whole stands.
#[derive(Debug, Clone)]
pub struct Record {
    /// Where it begins.
    pub place: Place,
    /// Name and text, in the order of the input.
    pub cells: Vec<(String, String)>,
}

impl Record {
    /// The text of a field; none when it is absent or empty.
    pub fn text(&self, field: &str) -> Option<&str> {
        let cell = self.cells.iter().find(|(name, _)| name == field);
        cell.map(|(_, text)| text.as_str()).filter(|text| !text.is_empty())
    }

    /// A value that must be there.
    pub fn required<T: Readable>(&self, field: &str, faults: &mut Faults) -> Option<T> {
        let place = self.place.in_field(field);
        match self.text(field) {
            Some(text) => faults.read(place, text),
            None => {
                faults.add(place, InputRejection::Missing { field: field.to_owned() });
                None
            }
        }
    }

    /// A value that may be left out. The outer option is none when it is there and is wrong.
    pub fn optional<T: Readable>(&self, field: &str, faults: &mut Faults) -> Option<Option<T>> {
        match self.text(field) {
            Some(text) => faults.read(self.place.in_field(field), text).map(Some),
            None => Some(None),
        }
    }

    /// The fields that are none of these, and not empty.
    pub fn others<'a>(&'a self, known: &'a [&str]) -> impl Iterator<Item = (&'a str, &'a str)> {
        let cells = self.cells.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        cells.filter(|(name, text)| !known.contains(name) && !text.is_empty())
    }
}
