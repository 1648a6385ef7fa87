//! The fate of a usage event, and what it measures.
