//! Service days, instalments and fees become charges.
