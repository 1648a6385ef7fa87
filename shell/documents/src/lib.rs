//! The invoice as a PDF, in French and English.
