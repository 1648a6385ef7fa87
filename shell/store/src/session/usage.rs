//! Usage, one row an event.

use ::facts::usage::{Bucket, ConservationRow, CounterReading, Fate, Refusal, UsageEvent};
use ::facts::{AccountId, EventId, EventSource, MeterCode};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Session, change_each, find, list, set_of};
use crate::columns::{
    Cell, Changes, Row, event_row, fate_rows, read_conservation, read_event, read_event_and_raw,
    read_instant_or_none, read_line, read_reading, read_seen, refusal_row, sum_buckets,
};
use crate::{BucketChange, Result, SeenEvent, Statement, StoredLine, Usage};

impl Usage for Session<'_> {
    fn seen_events(&mut self, ids: &[(EventSource, EventId)]) -> Result<Vec<SeenEvent>> {
        let key = |(source, id): &'_ (EventSource, EventId)| -> Row<'static> {
            vec![Cell::shown(source), Cell::shown(id)]
        };
        let asked: Vec<Row<'_>> = ids.iter().map(key).collect();
        self.attempt(|driver| {
            let rows = driver.rows_of_set(Statement::SeenEvents, &asked)?;
            rows.into_iter().map(read_seen).collect()
        })
    }

    fn save_events(&mut self, events: &[(UsageEvent, String)]) -> Result<()> {
        self.attempt(|driver| {
            let rows = events.iter().map(|(event, raw)| event_row(event, raw));
            change_each(driver, Statement::SaveEvents, &rows.collect::<Result<Vec<_>>>()?)
        })
    }

    fn save_refusals(&mut self, refusals: &[(Refusal, String)]) -> Result<()> {
        let rows = refusals.iter().map(|(refusal, raw)| refusal_row(refusal, raw));
        let rows: Vec<Row<'_>> = rows.collect();
        self.attempt(|driver| change_each(driver, Statement::SaveRefusals, &rows))
    }

    fn events_of_serials(&mut self, serials: &[String]) -> Result<Vec<UsageEvent>> {
        let mut events: Vec<UsageEvent> = self.attempt(|driver| {
            let rows = driver.rows_of_set(Statement::EventsOfSerials, &set_of(serials))?;
            rows.into_iter().map(read_event).collect()
        })?;
        events.sort_unstable_by(|a, b| (&a.source, &a.id).cmp(&(&b.source, &b.id)));
        Ok(events)
    }

    fn event(
        &mut self,
        source: &EventSource,
        id: &EventId,
    ) -> Result<Option<(UsageEvent, String)>> {
        let key = [source.as_str().into(), id.as_str().into()];
        self.attempt(|driver| find(driver, Statement::Event, &key, read_event_and_raw))
    }

    fn change_fates(&mut self, fates: &[(EventSource, EventId, Fate)]) -> Result<()> {
        self.attempt(|driver| change_each(driver, Statement::ChangeFates, &fate_rows(fates)))
    }

    fn change_buckets(&mut self, changes: &[BucketChange]) -> Result<()> {
        self.attempt(|driver| {
            let changes = Changes::of(changes)?;
            let stored = driver.rows_of_set(Statement::StoredBuckets, &changes.keys()?)?;
            let writes = changes.added_to(stored)?;
            change_each(driver, Statement::SaveBuckets, &writes.saved)?;
            change_each(driver, Statement::DeleteBuckets, &writes.emptied)
        })
    }

    fn buckets(
        &mut self,
        account: &AccountId,
        from: Timestamp,
        to: Timestamp,
        arrived_before: Date,
    ) -> Result<Vec<Bucket>> {
        let question =
            [account.as_str().into(), from.into(), to.into(), Cell::shown(arrived_before)];
        self.attempt(|driver| sum_buckets(driver.rows(Statement::Buckets, &question)?))
    }

    fn counter_readings(
        &mut self,
        account: &AccountId,
        meter: &MeterCode,
        arrived_before: Date,
    ) -> Result<Vec<CounterReading>> {
        let question =
            [account.as_str().into(), meter.as_str().into(), Cell::shown(arrived_before)];
        self.attempt(|driver| list(driver, Statement::CounterReadings, &question, read_reading))
    }

    fn earliest_usage(&mut self, account: &AccountId) -> Result<Option<Timestamp>> {
        let account = [account.as_str().into()];
        let first = self.attempt(|driver| {
            find(driver, Statement::EarliestUsage, &account, read_instant_or_none)
        })?;
        Ok(first.flatten())
    }

    fn conservation(&mut self, from: Date, to: Date) -> Result<Vec<ConservationRow>> {
        let days = [Cell::shown(from), Cell::shown(to)];
        let mut rows =
            self.attempt(|driver| list(driver, Statement::Conservation, &days, read_conservation))?;
        rows.sort_unstable();
        Ok(rows)
    }

    fn exceptional_lines(&mut self, from: Date, to: Date, limit: u32) -> Result<Vec<StoredLine>> {
        let page = [Cell::shown(from), Cell::shown(to), i64::from(limit).into()];
        self.attempt(|driver| list(driver, Statement::ExceptionalLines, &page, read_line))
    }
}
