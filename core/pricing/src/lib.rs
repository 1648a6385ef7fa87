//! The calculator: price models, tiers, decision tables, proration. No state, no fact of its own.
