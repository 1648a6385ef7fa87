//! The use cases: load, decide, save in one transaction; the clock and the pump.
