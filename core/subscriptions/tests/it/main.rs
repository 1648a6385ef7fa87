//! What is due on a bill day: service days, devices, instalments and fees, and what is given back.
//! Figures of the Smart Fleet Plan, from the worked examples of its data set.

mod bill_days;
mod cycles;
mod days;
mod fleet;
mod intervals;
mod not_returned;
mod one_off;
mod prorations;
mod returns;
mod milestones;
mod ordered;
mod parts;
mod service;
mod state_fees;
mod states;
mod stopped;
