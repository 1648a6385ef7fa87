//! Attributes that a measure keeps for itself: their names begin with `$`, which no attribute of a
//! meter does (publication sees to that), and no bucket has them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use facts::usage::Point;

use super::Dimensions;

/// What begins the name of an attribute that only the measure reads.
const OWN: char = '$';

/// What is counted once, or pairs a start and a stop: `"text` or a number in lowest terms.
pub const KEY: &str = "$key";

/// How long an interval lasted, in microseconds.
pub const LASTED: &str = "$lasted";

/// The attributes that price tables can ask, each kept once.
#[derive(Debug, Default)]
pub(super) struct Attributes(BTreeSet<Dimensions>);

impl Attributes {
    pub(super) fn of(&mut self, point: &Point) -> Dimensions {
        let asked = point.dimensions.iter().filter(|(name, _)| !name.starts_with(OWN));
        let kept: BTreeMap<String, String> =
            asked.map(|(name, value)| (name.clone(), value.clone())).collect();
        if let Some(known) = self.0.get(&kept) {
            return Arc::clone(known);
        }
        let kept = Arc::new(kept);
        self.0.insert(Arc::clone(&kept));
        kept
    }
}
