//! What is wrong, and where: one shape for what cannot be read and for what is refused.

use std::fmt;
use std::path::Path;

use connect::{InputFault, InputRejection, Place};
use engine::{EngineError, Refusal};
use kernel::rejection::Rejection;
use store::StoreError;

/// An import that did not take place.
#[derive(Debug)]
pub enum ImportError {
    /// The database failed.
    Store(StoreError),
    /// The input is wrong, or the business says no. Never empty.
    Problems(Vec<Problem>),
}

/// One thing that is wrong.
#[derive(Debug)]
pub struct Problem {
    /// Where, when it is about a place.
    pub place: Option<Place>,
    /// What, and what would be right.
    pub rejection: Box<dyn Rejection + Send + Sync>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        fmt::Display::fmt(&self.rejection, f)
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => fmt::Display::fmt(error, f),
            Self::Problems(problems) => {
                let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
                f.write_str(&lines.join("\n"))
            }
        }
    }
}

impl std::error::Error for ImportError {}

impl From<Vec<InputFault>> for ImportError {
    fn from(faults: Vec<InputFault>) -> Self {
        let problem = |fault: InputFault| Problem {
            place: Some(fault.place),
            rejection: Box::new(fault.rejection),
        };
        Self::Problems(faults.into_iter().map(problem).collect())
    }
}

impl From<EngineError> for ImportError {
    fn from(error: EngineError) -> Self {
        Self::from_engine(error, |_| None)
    }
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl ImportError {
    /// An error of the engine, each refusal at its place.
    pub(crate) fn from_engine(
        error: EngineError,
        place_of: impl Fn(&Refusal) -> Option<Place>,
    ) -> Self {
        match error {
            EngineError::Store(error) => Self::Store(error),
            EngineError::Refused(refusals) => {
                let problem = |refusal: Refusal| Problem {
                    place: place_of(&refusal),
                    rejection: refusal.rejection,
                };
                Self::Problems(refusals.into_iter().map(problem).collect())
            }
        }
    }
}

/// A result of the engine, each refusal at the place of its command.
pub(crate) fn located<T>(
    result: engine::Result<T>,
    places: &[Place],
) -> std::result::Result<T, ImportError> {
    result.map_err(|error| {
        ImportError::from_engine(error, |refusal| {
            let place = places.get(refusal.command?)?;
            Some(refusal.place.as_ref().map_or_else(|| place.clone(), |name| place.in_field(name)))
        })
    })
}

/// A file that cannot be opened or read.
pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> ImportError {
    let place = Place::file(&path.display().to_string());
    let rejection = InputRejection::CannotOpen { reason: error.to_string() };
    ImportError::from(vec![InputFault { place, rejection }])
}
