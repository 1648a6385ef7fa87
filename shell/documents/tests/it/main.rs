//! The printed invoice: what is on it, in both languages, and that it never varies.

// `cfg(test)` tells clippy that the helpers in these modules are tests too.
#[cfg(test)]
mod formats;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod texts;
