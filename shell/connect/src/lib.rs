//! What the outside world sends, read strictly: CSV of the ERP, CloudEvents of devices, the
//! catalog file. A reader answers with the commands and facts of the core, or with every fault of
//! the file and where it is; never with a part of it.
//!
//! Owns: the shape of what comes in, and the words of what is wrong with it.
//! Does not own: any business rule. Whether a device may be delivered before it was shipped is
//! for `fulfilment`, whether an offer exists for `orders`, whether an event counts for `metering`.
//! Invariants: no reader panics, whatever it is given; numbers are read as text, never as floats.
//!
//! | module | reads |
//! | --- | --- |
//! | [`catalog_file`] | the catalog as YAML |
//! | [`orders_csv`] | orders, and the units that they name |
//! | [`shipments`] | shipments, as CSV or JSON |
//! | [`device_list`] | the devices of a device cloud, as CSV or JSON |
//! | [`changes_csv`] | amendments |
//! | [`cloud_events`] | activation signals, and single usage events |
//! | [`usage_file`] | files of usage events, in batches of lines |
//! | [`price_rows_csv`], [`price_rows_xlsx`] | the rows of a price table, and write them |
//! | [`lines`] | nothing: lines one after the other, as they are handed over |
//! | [`compat`] | usage as other products take it |
//! | [`credit_file`] | prepaid credits to grant and to put right, as YAML |
//! | [`story_file`] | a script of what happens, as YAML |

pub mod place;
pub mod rejection;
pub mod readable;
mod faults;
mod record;
mod csv_table;
mod json;
pub mod catalog_file;
pub mod orders_csv;
pub mod shipments;
pub mod device_list;
pub mod changes_csv;
pub mod cloud_events;
pub mod lines;
pub mod usage_file;
pub mod price_rows_csv;
pub mod price_rows_xlsx;
pub mod compat;
pub mod credit_file;
pub mod story_file;

pub use lines::Lines;
pub use place::{InputFault, Located, Place};
pub use rejection::InputRejection;
