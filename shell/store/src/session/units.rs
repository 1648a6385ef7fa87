//! Units and what they hold.

use ::facts::{AccountId, OrderLineId, Recorded, UnitId};
use jiff::Timestamp;

use super::{Session, change_each, change_one, find, list, set_of};
use crate::columns::{holding_rows, read_fact, read_text, read_turn, read_unit, unit_row};
use crate::{Holding, Result, Statement, Turn, UnitState, Units};

impl Units for Session<'_> {
    fn save_unit(&mut self, unit: &UnitState, holdings: &[Holding]) -> Result<()> {
        self.attempt(|driver| {
            let holdings = holding_rows(unit, holdings)?;
            change_one(driver, Statement::SaveUnit, &unit_row(unit)?)?;
            driver.change(Statement::DeleteHoldings, &[unit.unit.as_str().into()])?;
            change_each(driver, Statement::SaveHoldings, &holdings)
        })
    }

    fn unit(&mut self, unit: &UnitId) -> Result<Option<UnitState>> {
        let unit = [unit.as_str().into()];
        self.attempt(|driver| find(driver, Statement::Unit, &unit, read_unit))
    }

    fn units_of_account(&mut self, account: &AccountId) -> Result<Vec<UnitState>> {
        let account = [account.as_str().into()];
        self.attempt(|driver| list(driver, Statement::UnitsOfAccount, &account, read_unit))
    }

    fn units_after(
        &mut self,
        account: &AccountId,
        after: &str,
        limit: u32,
    ) -> Result<Vec<UnitState>> {
        let page = [account.as_str().into(), after.into(), i64::from(limit).into()];
        self.attempt(|driver| list(driver, Statement::UnitsAfter, &page, read_unit))
    }

    fn units_of_line(&mut self, line: &OrderLineId) -> Result<Vec<UnitState>> {
        let line = [line.as_str().into()];
        self.attempt(|driver| list(driver, Statement::UnitsOfLine, &line, read_unit))
    }

    fn read_ahead(&mut self, accounts: &[&str]) -> Result<()> {
        self.attempt(|driver| driver.read_ahead(accounts))
    }

    fn turns_of(&mut self, serials: &[String]) -> Result<Vec<Turn>> {
        let mut turns: Vec<Turn> = self.attempt(|driver| {
            let rows = driver.rows_of_set(Statement::TurnsOf, &set_of(serials))?;
            rows.into_iter().map(read_turn).collect()
        })?;
        // Stable: turns of one unit that begin together keep their order.
        turns.sort_by(|a, b| in_order(&a.holding).cmp(&in_order(&b.holding)));
        Ok(turns)
    }

    fn serials_of_account(&mut self, account: &AccountId) -> Result<Vec<String>> {
        let account = [account.as_str().into()];
        self.attempt(|driver| list(driver, Statement::SerialsOfAccount, &account, read_text))
    }

    fn unit_facts_of_account(&mut self, account: &AccountId) -> Result<Vec<Recorded>> {
        let account = [account.as_str().into()];
        self.attempt(|driver| list(driver, Statement::UnitFactsOfAccount, &account, read_fact))
    }
}

/// By serial, instant and unit; what was not swapped in yet comes last.
fn in_order(holding: &Holding) -> (&str, bool, Option<Timestamp>, &UnitId) {
    let waits = holding.held_from.is_none();
    (&holding.serial, waits, holding.held_from, &holding.unit)
}
