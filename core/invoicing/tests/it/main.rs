//! Charges become a draft, a draft becomes an invoice, and a draft that breaks a promise does not.

mod apart;
mod billed;
mod carried;
mod check;
mod credit_note;
mod payers;
mod plan;
mod world;
