//! The clock and the timers.

use jiff::Timestamp;

use super::{Session, change_each, change_one, find, list};
use crate::columns::{read_instant, read_integer, read_text, read_timer, timer_row};
use crate::{Clock, Result, Statement, Timer, TimerKind};

impl Clock for Session<'_> {
    fn clock(&mut self) -> Result<Option<Timestamp>> {
        self.attempt(|driver| find(driver, Statement::ReadClock, &[], read_instant))
    }

    fn set_clock(&mut self, now: Timestamp) -> Result<()> {
        self.attempt(|driver| change_one(driver, Statement::SetClock, &[now.into()]))
    }

    fn set_timers(&mut self, timers: &[Timer]) -> Result<()> {
        self.attempt(|driver| {
            let rows: Vec<_> = timers.iter().map(timer_row).collect();
            change_each(driver, Statement::SetTimers, &rows)
        })
    }

    fn clear_timer(&mut self, kind: TimerKind, subject: &str) -> Result<()> {
        let name = [kind.code().into(), subject.into()];
        self.attempt(|driver| driver.change(Statement::ClearTimer, &name).map(|_| ()))
    }

    fn first_due_timer(&mut self, now: Timestamp) -> Result<Option<Timer>> {
        self.attempt(|driver| find(driver, Statement::FirstDueTimer, &[now.into()], read_timer))
    }

    fn timers_together(&mut self, first: &Timer, limit: u32) -> Result<Vec<Timer>> {
        let Timer { due_at, kind, subject } = first;
        let from = [
            (*due_at).into(),
            kind.code().into(),
            subject.as_str().into(),
            i64::from(limit).into(),
        ];
        self.attempt(|driver| list(driver, Statement::TimersTogether, &from, read_timer))
    }

    fn parts_of_timers(&mut self, kind: TimerKind, size: u32) -> Result<Vec<String>> {
        let asked = [kind.code().into(), i64::from(size).into()];
        self.attempt(|driver| list(driver, Statement::PartsOfTimers, &asked, read_text))
    }

    fn count_due_timers(&mut self, kind: TimerKind, now: Timestamp) -> Result<i64> {
        let due = [now.into(), kind.code().into()];
        let counted =
            self.attempt(|driver| find(driver, Statement::CountDueTimers, &due, read_integer))?;
        Ok(counted.unwrap_or_default())
    }

    fn timers(&mut self) -> Result<Vec<Timer>> {
        self.attempt(|driver| list(driver, Statement::Timers, &[], read_timer))
    }
}
