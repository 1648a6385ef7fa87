//! Credits, by hand and by property.

mod grants;
mod property;
mod world;
