//! What is derived from the usage log: which ids are taken, and what was measured.
