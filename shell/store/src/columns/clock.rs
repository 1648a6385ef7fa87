//! Columns of `timers`.

use super::{Cell, Reader, Row, Table};
use crate::{Result, Timer, TimerKind};

const TIMERS: Table = Table { name: "timers", key_columns: 2 };

/// `kind, subject, due_at`.
#[must_use]
pub fn timer_row(timer: &Timer) -> Row<'_> {
    vec![Cell::from(timer.kind.code()), timer.subject.as_str().into(), timer.due_at.into()]
}

/// The columns of [`timer_row`].
///
/// # Errors
/// [`crate::StoreError::Inconsistent`].
pub fn read_timer(row: Row<'static>) -> Result<Timer> {
    let mut reader = Reader::new(TIMERS, row);
    let kind = reader.coded(TimerKind::from_code)?;
    let subject = reader.text()?;
    Ok(Timer { due_at: reader.instant()?, kind, subject })
}
