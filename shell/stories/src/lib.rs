//! Business-readable scripts, run on the production engine: the same use cases, clock and pump
//! that serve a customer. A story is how a pricing is tried before it is sold.
//!
//! Owns: carrying out the steps of a story, and the report of what came of it.
//! Does not own: the format (`connect::story_file`), any rule, how a report is shown (`cli`).
//! Invariants: a story reads no clock; the same story on an empty store gives the same report on
//! every engine.

mod pool;
pub mod report;

use std::num::NonZeroUsize;
use std::path::Path;

use connect::story_file::{Files, Step, Story};
use connect::{Located, Place, usage_file};
use engine::clock::{self, Happened};
use engine::usage::{Intake, Received};
use imports::ImportError;
use jiff::Timestamp;
use jiff::civil::Date;
use store::Store;

pub use report::Report;

/// What a story tells while it runs.
#[derive(Debug, Clone)]
pub enum Told {
    /// Something fell due and was carried out.
    Happened(Happened),
    /// Usage of a day was received.
    Usage(Date, Received),
}

/// Runs a story to its end. `base` is the directory that its paths are relative to.
///
/// # Errors
/// [`ImportError`] of the first step that fails; the steps before it stay done.
pub fn run(
    store: &mut dyn Store,
    story: &Story,
    base: &Path,
    tell: &mut dyn FnMut(&Told),
) -> Result<(), ImportError> {
    clock::start_virtual(store, story.starts_at)?;
    for step in &story.steps {
        let mut stage = Stage { store, story, base, tell };
        stage.play(step).map_err(|error| in_step(error, &step.place))?;
    }
    Ok(())
}

/// A refusal that has no place of its own is about the step.
fn in_step(error: ImportError, place: &Place) -> ImportError {
    match error {
        ImportError::Problems(mut problems) => {
            for problem in &mut problems {
                problem.place.get_or_insert_with(|| place.clone());
            }
            ImportError::Problems(problems)
        }
        store @ ImportError::Store(_) => store,
    }
}

fn at<T>(step: &Located<Step>, value: T) -> Located<T> {
    Located { place: step.place.clone(), value }
}

struct Stage<'a> {
    store: &'a mut dyn Store,
    story: &'a Story,
    base: &'a Path,
    tell: &'a mut dyn FnMut(&Told),
}

impl Stage<'_> {
    fn now(&mut self) -> Result<Timestamp, ImportError> {
        Ok(clock::now(self.store, self.story.starts_at)?)
    }

    fn play(&mut self, step: &Located<Step>) -> Result<(), ImportError> {
        let now = self.now()?;
        match step.value.clone() {
            Step::Publish(draft) => {
                imports::publish_catalog(self.store, &draft, now)?;
            }
            Step::PublishFile(path) => {
                let draft = imports::read_catalog(&self.base.join(path))?;
                imports::publish_catalog(self.store, &draft, now)?;
            }
            Step::PlaceOrder(order) => {
                imports::place_orders(self.store, vec![at(step, order)], now)?;
            }
            Step::Ship(report) => {
                imports::report_shipments(self.store, vec![at(step, report)], now)?;
            }
            Step::Signal(signal) => {
                imports::send_signals(self.store, vec![at(step, signal)], now)?;
            }
            Step::Change(changes) => {
                let changes = changes.into_iter().map(|it| at(step, it)).collect();
                imports::record_changes(self.store, changes, now)?;
            }
            Step::Hold(it) => {
                imports::record_holds(self.store, vec![at(step, it)], now)?;
            }
            Step::Credit(it) => {
                imports::grant_credits(self.store, vec![at(step, it)], now)?;
            }
            Step::CreditInvoice(it) => {
                imports::credit_invoice(self.store, at(step, it), now)?;
            }
            Step::IssueDraft(account) => {
                imports::issue_draft(self.store, &at(step, account), now)?;
            }
            Step::HoldDraft(account, reason) => {
                imports::hold_draft(self.store, &at(step, account), &reason, now)?;
            }
            Step::Use(event) => self.use_once(&step.place, &event, now)?,
            Step::Import(files) => self.import(&files, now)?,
            Step::ImportUsageDays { directory, from, until } => {
                self.import_days(&directory, from, until)?;
            }
            Step::AdvanceTo(to) => self.advance(to)?,
        }
        Ok(())
    }

    fn advance(&mut self, to: Timestamp) -> Result<(), ImportError> {
        let tell = &mut self.tell;
        clock::advance(self.store, to, |it| tell(&Told::Happened(it.clone())))?;
        Ok(())
    }

    /// One event, as a batch of one line: the story's. The same event in another step is then
    /// the same event sent again.
    fn use_once(&mut self, place: &Place, event: &str, now: Timestamp) -> Result<(), ImportError> {
        let batches = usage_file::open(&place.file, event.as_bytes(), NonZeroUsize::MIN);
        let batches = batches.map_err(|fault| vec![*fault])?;
        for batch in batches.from_line(place.line.unwrap_or(1)) {
            let batch = batch.map_err(|fault| vec![*fault])?;
            imports::send_batch(self.store, &place.file, batch, now)?;
        }
        Ok(())
    }

    fn import(&mut self, files: &Files, now: Timestamp) -> Result<(), ImportError> {
        let units = files.units.as_ref().map(|path| self.base.join(path));
        if let Some(path) = &files.orders {
            let orders = self.base.join(path);
            imports::import_orders(self.store, &orders, units.as_deref(), now)?;
        }
        if let Some(path) = &files.shipments {
            imports::import_shipments(self.store, &self.base.join(path), now)?;
        }
        if let Some(path) = &files.signals {
            imports::import_signals(self.store, &self.base.join(path), now)?;
        }
        if let Some(path) = &files.changes {
            imports::import_changes(self.store, &self.base.join(path), now)?;
        }
        if let Some(path) = &files.usage {
            let path = self.base.join(path);
            self.send_usage(&path, now)?;
        }
        Ok(())
    }

    fn send_usage(&mut self, path: &Path, now: Timestamp) -> Result<Received, ImportError> {
        let mut intake = Intake::open(self.store, now)?;
        imports::send_usage(self.store, &mut intake, path.into(), now, &mut |_| {})
    }

    /// Each day's file arrives at the beginning of its day; days without a file pass.
    fn import_days(
        &mut self,
        directory: &Path,
        from: Date,
        until: Date,
    ) -> Result<(), ImportError> {
        let mut day = from;
        while day < until {
            self.advance_to_day(day)?;
            let path = self.base.join(directory).join(format!("{day}.ndjson.gz"));
            if path.exists() {
                let now = self.now()?;
                let received = self.send_usage(&path, now)?;
                (self.tell)(&Told::Usage(day, received));
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        self.advance_to_day(until)
    }

    fn advance_to_day(&mut self, day: Date) -> Result<(), ImportError> {
        let now = self.now()?;
        match self.story.zone.start_of(day) {
            Ok(start) if start > now => self.advance(start),
            _ => Ok(()),
        }
    }
}
