//! Numbers and the ledger.

use ::facts::EntryPosted;
use ::facts::posting::Balance;

use super::{Session, change_each, find, list};
use crate::columns::{check_entry, entry_rows, read_balance, read_integer};
use crate::{Books, Result, Statement, StoreError};

impl Books for Session<'_> {
    fn take_number(&mut self, series: &str) -> Result<i64> {
        self.attempt(|driver| {
            let statement = Statement::TakeNumber;
            let taken = find(driver, statement, &[series.into()], read_integer)?;
            taken.ok_or_else(|| StoreError::Database {
                action: statement.action(),
                reason: "it returned none".to_owned(),
            })
        })
    }

    fn save_entry(&mut self, entry: &EntryPosted) -> Result<()> {
        self.attempt(|driver| {
            check_entry(entry)?;
            change_each(driver, Statement::SaveEntry, &entry_rows(entry))
        })
    }

    fn trial_balance(&mut self) -> Result<Vec<Balance>> {
        self.attempt(|driver| list(driver, Statement::TrialBalance, &[], read_balance))
    }
}
