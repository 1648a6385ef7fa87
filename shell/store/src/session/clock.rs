//! The clock and the timers.

use jiff::Timestamp;

use super::{Session, change_one, find, list};
use crate::columns::{read_instant, read_timer, timer_row};
use crate::{Clock, Result, Statement, Timer, TimerKind};

impl Clock for Session<'_> {
    fn clock(&mut self) -> Result<Option<Timestamp>> {
        self.attempt(|driver| find(driver, Statement::ReadClock, &[], read_instant))
    }

    fn set_clock(&mut self, now: Timestamp) -> Result<()> {
        self.attempt(|driver| change_one(driver, Statement::SetClock, &[now.into()]))
    }

    fn set_timer(&mut self, timer: &Timer) -> Result<()> {
        self.attempt(|driver| change_one(driver, Statement::SetTimer, &timer_row(timer)))
    }

    fn clear_timer(&mut self, kind: TimerKind, subject: &str) -> Result<()> {
        let name = [kind.code().into(), subject.into()];
        self.attempt(|driver| driver.change(Statement::ClearTimer, &name).map(|_| ()))
    }

    fn first_due_timer(&mut self, now: Timestamp) -> Result<Option<Timer>> {
        self.attempt(|driver| find(driver, Statement::FirstDueTimer, &[now.into()], read_timer))
    }

    fn timers(&mut self) -> Result<Vec<Timer>> {
        self.attempt(|driver| list(driver, Statement::Timers, &[], read_timer))
    }
}
