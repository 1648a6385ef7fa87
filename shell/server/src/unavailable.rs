//! Why lines could not be received. Nothing of them was acknowledged; they can be sent again.

use engine::EngineError;

/// Why nothing can be received now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unavailable {
    /// The database has no space left.
    StorageFull(String),
    /// The database does not answer, or with an error.
    Storage(String),
    /// The business says no to all usage: nobody sells yet.
    Refused {
        /// The code of the rejection.
        code: String,
        /// What it says.
        detail: String,
    },
    /// The writer did not answer in time.
    Slow,
    /// The service stops.
    Stopping,
    /// A bug: the thread that worked on it panicked.
    Broken,
}

impl From<EngineError> for Unavailable {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Store(error) => error.into(),
            EngineError::Refused(refusals) => {
                let code = refusals.first().map(|it| it.rejection.code().to_owned());
                let detail: Vec<String> =
                    refusals.iter().map(|it| it.rejection.to_string()).collect();
                Self::Refused { code: code.unwrap_or_default(), detail: detail.join("; ") }
            }
        }
    }
}

impl From<store::StoreError> for Unavailable {
    fn from(error: store::StoreError) -> Self {
        let said = error.to_string();
        if is_full(&said) { Self::StorageFull(said) } else { Self::Storage(said) }
    }
}

/// Both engines say in words of their own or of the system that the disk is full. Whether these
/// words are understood only chooses between two errors.
fn is_full(said: &str) -> bool {
    const WORDS: [&str; 3] = ["disk is full", "No space left on device", "Disk quota exceeded"];
    WORDS.iter().any(|words| said.contains(words))
}
