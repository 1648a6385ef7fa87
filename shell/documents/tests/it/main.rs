//! The printed invoice: what is on it, in both languages, and that it never varies.

mod samples;
mod texts;
mod formats;
mod pages;
