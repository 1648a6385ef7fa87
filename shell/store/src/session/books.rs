//! Numbers and the ledger.

use ::facts::carried::Carried;
use ::facts::posting::Balance;
use ::facts::{AccountId, EntryPosted};

use super::{Session, change_each, find, list};
use crate::columns::read_integer;
use crate::columns::{carried_row, check_entry, entry_rows, read_balance, read_carried};
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

    fn carried(&mut self, account: &AccountId) -> Result<Option<(i64, Carried)>> {
        let account = [account.as_str().into()];
        let found =
            self.attempt(|driver| find(driver, Statement::Carried, &account, read_carried))?;
        Ok(found.flatten())
    }

    fn save_carried(&mut self, carried: &[(AccountId, Carried)]) -> Result<()> {
        self.attempt(|driver| {
            let rows = carried.iter().map(carried_row).collect::<Result<Vec<_>>>()?;
            change_each(driver, Statement::SaveCarried, &rows)
        })
    }

    fn trial_balance(&mut self) -> Result<Vec<Balance>> {
        self.attempt(|driver| list(driver, Statement::TrialBalance, &[], read_balance))
    }
}
