//! Recomputes the promises from what is stored, sharing no code with the rules.
