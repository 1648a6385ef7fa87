//! The log of usage read again from its raw lines, sharing nothing with the reader: what each line
//! says, which ids were taken, and what the index must hold because of it.
//!
//! It does not ask what was stored about a line before it made up its own mind.

mod again;
mod amended;
mod json;
mod line;
mod replay;
mod readings;

use std::collections::BTreeSet;

use facts::MeterCode;
use store::{StoreError, Tx};

use crate::Check;
use crate::usage_log::UsageLog;
use crate::world::World;

/// Checks the lines, then the index.
pub(crate) fn checks(
    world: &World,
    log: &UsageLog,
    tx: &mut dyn Tx,
) -> Result<Vec<Check>, StoreError> {
    let mut lines = Check::new(
        "lines",
        "Each line of the log has the outcome that it gets when the log is read from its first \
         line on by the rules of its day.",
    );
    let mut keys =
        Check::new("keys", "The index knows of each id which line took it, and of nothing else.");
    let replayed = replay::replay(world, log, tx, &mut lines, &mut keys)?;
    let readings = readings::check(log, replayed, &passed_over(world))?;
    Ok(vec![lines, keys, readings])
}

/// The meters whose lines are not read.
pub(crate) fn passed_over(world: &World) -> BTreeSet<MeterCode> {
    let meters = world.meters.iter().map(|meter| &meter.it);
    meters.filter(|meter| !line::is_read(meter)).map(|meter| meter.code.clone()).collect()
}
