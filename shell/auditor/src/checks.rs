//! The checks, one module each, in the order of the path of the data.

pub(crate) mod conservation;
pub(crate) mod fates;
pub(crate) mod contracts;
pub(crate) mod holds;
pub(crate) mod early;
pub(crate) mod twice;
pub(crate) mod due;
pub(crate) mod returns;
pub(crate) mod tiling;
pub(crate) mod amounts;
pub(crate) mod prices;
pub(crate) mod ordered;
pub(crate) mod pools;
pub(crate) mod terms;
pub(crate) mod commitments;
pub(crate) mod credits;
pub(crate) mod late;
pub(crate) mod payers;
pub(crate) mod thresholds;
pub(crate) mod usage;
pub(crate) mod invoices;
pub(crate) mod credit_notes;
pub(crate) mod numbers;
pub(crate) mod ledger;
pub(crate) mod carried;
