//! One order becomes units, one per device.
