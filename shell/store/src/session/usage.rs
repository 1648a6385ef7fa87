//! Usage, one row a batch.

use jiff::civil::Date;
use usage_index::Index;

use super::{Session, change_one, find, list};
use crate::columns::{
    Cell, read_segment, read_segment_head, read_sequence, read_usage_log, segment_row,
};
use crate::{Result, Segment, SegmentHead, Statement, StoreError, Usage, UsageLog};

impl Usage for Session<'_> {
    fn usage_log(&mut self) -> Result<UsageLog> {
        self.attempt(|driver| {
            let statement = Statement::UsageLog;
            find(driver, statement, &[], read_usage_log)?.ok_or_else(|| StoreError::Database {
                action: statement.action(),
                reason: "its one row is gone; restore it from a backup".to_owned(),
            })
        })
    }

    fn append_segment(&mut self, segment: &Segment) -> Result<()> {
        self.attempt(|driver| change_one(driver, Statement::AppendSegment, &segment_row(segment)?))
    }

    fn segment(&mut self, sequence: i64) -> Result<Option<Segment>> {
        self.attempt(|driver| find(driver, Statement::Segment, &[sequence.into()], read_segment))
    }

    fn segment_heads(&mut self, from: Date, to: Date) -> Result<Vec<SegmentHead>> {
        let days = [Cell::shown(from), Cell::shown(to)];
        self.attempt(|driver| list(driver, Statement::SegmentHeads, &days, read_segment_head))
    }

    fn replays_of(&mut self, sequence: i64) -> Result<Vec<i64>> {
        let statement = Statement::ReplaysOf;
        self.attempt(|driver| list(driver, statement, &[sequence.into()], read_sequence))
    }

    fn index(&self) -> Index {
        self.index.clone()
    }
}
