//! Faults as they are found: a reader goes on after one, to show all of them in one run.

use crate::readable::Readable;
use crate::{InputFault, InputRejection, Place};

/// The faults of one input.
#[derive(Debug, Default)]
pub struct Faults(Vec<InputFault>);

impl Faults {
    pub fn add(&mut self, place: Place, rejection: InputRejection) {
        self.0.push(InputFault { place, rejection });
    }

    /// The value, or nothing and one fault more.
    pub fn keep<T>(&mut self, place: Place, result: Result<T, InputRejection>) -> Option<T> {
        result.map_err(|rejection| self.add(place, rejection)).ok()
    }

    /// The value that a text stands for, or nothing and one fault more.
    pub fn read<T: Readable>(&mut self, place: Place, text: &str) -> Option<T> {
        self.keep(place, T::read(text))
    }

    /// All or nothing: what was read when there is no fault, else only the faults.
    pub fn or<T>(self, value: T) -> Result<T, Vec<InputFault>> {
        if self.0.is_empty() { Ok(value) } else { Err(self.0) }
    }
}
