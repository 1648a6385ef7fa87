//! Discounts and escalations, by hand and by property.

mod by_hand;
mod commitments;
mod naive;
mod property;
mod world;
