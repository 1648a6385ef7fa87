//! Why the index could not do what was asked.

use std::io;
use std::path::{Path, PathBuf};

/// Why the index could not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// A file could not be read or written.
    #[error("cannot {doing} `{}`: {message}", path.display())]
    Io {
        /// What was tried, as a verb.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        message: String,
    },
    /// A file does not hold what was written. [`Index::forget`](crate::Index::forget), then apply
    /// all segments again.
    #[error("`{}` is broken: {what}", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// The part of it.
        what: &'static str,
    },
    /// A reading has a number for a name that is not known: its file is broken in a way that the
    /// checksums do not show. As for [`IndexError::Broken`].
    #[error("a reading in the index has a number without a name")]
    Nameless,
    /// A segment came that is not the next one.
    #[error("segment {given} cannot follow segment {applied}")]
    OutOfOrder {
        /// The last one included.
        applied: i64,
        /// The one given.
        given: i64,
    },
    /// A reading names a track that its builder was not given.
    #[error("track {track} of {tracks}")]
    UnknownTrack {
        /// Its place, from 0.
        track: u16,
        /// How many there are.
        tracks: usize,
    },
    /// A limit of the files is reached.
    #[error("the index cannot hold more {what}")]
    Full {
        /// What is too many.
        what: &'static str,
    },
    /// The thread that writes files ended.
    #[error("the thread that writes the index ended")]
    Stopped,
}

impl IndexError {
    /// For `map_err`: what was tried, and where.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::Io { doing, path: path.to_owned(), message: error.to_string() }
    }
}
