//! Measured usage becomes charges. Figures of the Smart Fleet Plan, from the worked examples of
//! its data set.

mod adjust;
mod apart;
mod contracts;
mod counters;
mod fleet;
mod late;
mod pools;
mod rows;
mod split;
