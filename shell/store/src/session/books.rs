//! Numbers and the ledger.

use ::facts::EntryPosted;
use ::facts::posting::Balance;

use super::{Session, change_each, find, list};
use crate::columns::{check_entry, entry_rows, read_balance, read_integer};
use crate::{Books, Result, Statement, StoreError};

impl Books for Session<'_> {
    fn take_numbers(&mut self, series: &str, count: u32) -> Result<i64> {
        let (statement, count) = (Statement::TakeNumbers, i64::from(count));
        let last = self.attempt(|driver| {
            let taken = find(driver, statement, &[series.into(), count.into()], read_integer)?;
            taken.ok_or_else(|| StoreError::Database {
                action: statement.action(),
                reason: "it returned none".to_owned(),
            })
        })?;
        Ok(last - count + 1)
    }

    fn save_entries(&mut self, entries: &[&EntryPosted]) -> Result<()> {
        self.attempt(|driver| {
            entries.iter().try_for_each(|entry| check_entry(entry))?;
            let rows: Vec<_> = entries.iter().flat_map(|entry| entry_rows(entry)).collect();
            change_each(driver, Statement::SaveEntry, &rows)
        })
    }

    fn trial_balance(&mut self) -> Result<Vec<Balance>> {
        self.attempt(|driver| list(driver, Statement::TrialBalance, &[], read_balance))
    }
}
