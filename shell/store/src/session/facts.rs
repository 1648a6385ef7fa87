//! The log of facts.

use ::facts::{Fact, Recorded};
use jiff::Timestamp;

use super::{Session, change_each, find, list};
use crate::columns::{Cell, Row, fact_row, read_fact, read_integer, read_text};
use crate::{Facts, Result, Statement};

impl Facts for Session<'_> {
    fn record(&mut self, fact: &Fact, recorded_at: Timestamp) -> Result<Option<i64>> {
        self.attempt(|driver| {
            let row = fact_row(fact, recorded_at)?;
            find(driver, Statement::RecordFact, &row, read_integer)
        })
    }

    fn record_new(&mut self, facts: &[Fact], recorded_at: Timestamp) -> Result<()> {
        self.attempt(|driver| {
            let rows = facts.iter().map(|fact| fact_row(fact, recorded_at));
            change_each(driver, Statement::RecordNewFacts, &rows.collect::<Result<Vec<_>>>()?)
        })
    }

    fn fact(&mut self, kind: &str, key: &str) -> Result<Option<Recorded>> {
        let name = [kind.into(), key.into()];
        self.attempt(|driver| find(driver, Statement::FactByKey, &name, read_fact))
    }

    fn facts_of_kind(&mut self, kind: &str) -> Result<Vec<Recorded>> {
        self.attempt(|driver| list(driver, Statement::FactsOfKind, &[kind.into()], read_fact))
    }

    fn facts_about(&mut self, kind: &str, subject: &str) -> Result<Vec<Recorded>> {
        let about = [kind.into(), subject.into()];
        self.attempt(|driver| list(driver, Statement::FactsAbout, &about, read_fact))
    }

    fn last_of_kinds(&mut self, kinds: &[&str]) -> Result<i64> {
        let kinds: Vec<Row<'_>> = kinds.iter().map(|kind| vec![Cell::from(*kind)]).collect();
        let positions = self.attempt(|driver| {
            let rows = driver.rows_of_set(Statement::LastOfKinds, &kinds)?;
            rows.into_iter().map(read_integer).collect::<Result<Vec<i64>>>()
        })?;
        Ok(positions.into_iter().max().unwrap_or_default())
    }

    fn facts_after(&mut self, sequence: i64, limit: u32) -> Result<Vec<Recorded>> {
        let page = [sequence.into(), i64::from(limit).into()];
        self.attempt(|driver| list(driver, Statement::FactsAfter, &page, read_fact))
    }

    fn page_of_kind(&mut self, kind: &str, after: &str, limit: u32) -> Result<Vec<Recorded>> {
        let page = [kind.into(), after.into(), i64::from(limit).into()];
        self.attempt(|driver| list(driver, Statement::PageOfKind, &page, read_fact))
    }

    fn subjects_of_kind(&mut self, kind: &str, after: &str, limit: u32) -> Result<Vec<String>> {
        let page = [kind.into(), after.into(), i64::from(limit).into()];
        self.attempt(|driver| list(driver, Statement::SubjectsOfKind, &page, read_text))
    }
}
