//! Where something stands in what was read.

use std::fmt;

use crate::InputRejection;

/// A place in an input. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// The file, as the caller names it.
    pub file: String,
    /// The line.
    pub line: Option<u32>,
    /// The character in the line.
    pub column: Option<u32>,
    /// The column of a table or the member of an object.
    pub field: Option<String>,
}

impl Place {
    /// The whole of a file.
    #[must_use]
    pub fn file(file: &str) -> Self {
        Self { file: file.to_owned(), line: None, column: None, field: None }
    }

    /// A line of it.
    #[must_use]
    pub fn at_line(&self, line: u32) -> Self {
        Self { line: Some(line), ..self.clone() }
    }

    /// A character of it.
    #[must_use]
    pub fn at(&self, line: u32, column: u32) -> Self {
        Self { line: Some(line), column: Some(column), ..self.clone() }
    }

    /// A field of the record that stands here.
    #[must_use]
    pub fn in_field(&self, field: &str) -> Self {
        Self { field: Some(field.to_owned()), ..self.clone() }
    }
}

impl fmt::Display for Place {
    /// `orders.csv:3:17 (units)`, as editors and terminals make links of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        for number in [self.line, self.column].into_iter().flatten() {
            write!(f, ":{number}")?;
        }
        self.field.as_ref().map_or(Ok(()), |field| write!(f, " ({field})"))
    }
}

/// A value and where it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// Where.
    pub place: Place,
    /// What.
    pub value: T,
}

/// Something in an input that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFault {
    /// Where.
    pub place: Place,
    /// What is wrong, and what would be right.
    pub rejection: InputRejection,
}

impl fmt::Display for InputFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.rejection)
    }
}

impl std::error::Error for InputFault {}
