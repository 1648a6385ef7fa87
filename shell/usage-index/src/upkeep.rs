//! What the thread beside intake does: it writes full memtables as runs, and joins runs of the
//! same level, [`Held::FAN_IN`] at a time. Memtables go first, then small merges, then large ones.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use crate::IndexError;
use crate::key::KeyEntry;
use crate::manifest::{Manifest, RunPlace};
use crate::reading::Reading;
use crate::run::{Age, Entry, Merge, Run, Writer};
use crate::state::{Held, Shared, Upkeep, lock, read, write};

/// Entries that a merge moves before more urgent work may come between: some milliseconds.
const STEP: usize = 32_768;

/// Does what is asked until no more will be.
pub(crate) fn run(shared: &Shared) {
    let Some(upkeep) = &shared.upkeep else { return };
    let _farewell = Farewell(upkeep);
    let mut keys = Merges::<KeyEntry>::default();
    let mut readings = Merges::<Reading>::default();
    loop {
        let (asked, tried, stop) = {
            let requests = lock(&upkeep.requests);
            (requests.asked, requests.tried, requests.stop)
        };
        if tried < asked {
            let result = flush(shared, upkeep);
            let mut requests = lock(&upkeep.requests);
            requests.failure = result.err();
            requests.tried = asked;
            upkeep.changed.notify_all();
            continue;
        }
        if stop {
            return;
        }
        let healthy = lock(&upkeep.requests).failure.is_none();
        let worked = if healthy {
            unless_forgotten(shared, || {
                // Both in turn, so that neither kind of runs waits for the other; more of the
                // keys, because each batch looks into all of their runs.
                let keys = keys.step(shared, upkeep, 4 * STEP)?;
                Ok(readings.step(shared, upkeep, STEP)? || keys)
            })
        } else {
            Ok(false)
        };
        if matches!(worked, Ok(true)) {
            continue;
        }
        let mut requests = lock(&upkeep.requests);
        if let Err(error) = worked {
            // Begun anew after the next flush that succeeds.
            (keys, readings) = (Merges::default(), Merges::default());
            requests.failure = Some(error);
        }
        requests.settled = asked;
        upkeep.changed.notify_all();
        let idle = upkeep
            .changed
            .wait_while(requests, |requests| requests.asked == requests.tried && !requests.stop);
        drop(idle.unwrap_or_else(PoisonError::into_inner));
    }
}

/// Says that the thread ended, even by a panic, to those who wait for it.
struct Farewell<'a>(&'a Upkeep);

impl Drop for Farewell<'_> {
    fn drop(&mut self) {
        lock(&self.0.requests).stopped = true;
        self.0.changed.notify_all();
    }
}

/// Writes all memtables that wait.
fn flush(shared: &Shared, upkeep: &Upkeep) -> Result<(), IndexError> {
    while unless_forgotten(shared, || flush_oldest(shared, upkeep))? {
        // Whoever waits for room looks again.
        drop(lock(&upkeep.requests));
        upkeep.changed.notify_all();
    }
    Ok(())
}

/// The result of some work; an index that started empty meanwhile removed its files, so that no
/// error counts then.
fn unless_forgotten(
    shared: &Shared,
    work: impl FnOnce() -> Result<bool, IndexError>,
) -> Result<bool, IndexError> {
    let epoch = read(&shared.state).epoch;
    work().or_else(|error| if read(&shared.state).epoch == epoch { Err(error) } else { Ok(true) })
}

/// Writes the memtable that waits longest; whether there was one.
fn flush_oldest(shared: &Shared, upkeep: &Upkeep) -> Result<bool, IndexError> {
    let (epoch, table, names) = {
        let state = read(&shared.state);
        let Some(table) = state.waiting.first() else { return Ok(false) };
        (state.epoch, Arc::clone(table), Arc::clone(&state.names))
    };
    let age = Age::new(table.sequence);
    let keys = Fresh::write(upkeep, table.sorted_keys(), age)?;
    let readings = Fresh::write(upkeep, table.sorted_readings(), age)?;
    let mut manifest = lock(&upkeep.manifest);
    if read(&shared.state).epoch != epoch {
        return Ok(true);
    }
    let mut next = manifest.clone();
    let added = read(&names).put(next.names.counts, table.names);
    next.names = upkeep.folder.append_names(next.names, &added, table.names)?;
    next.flushed = table.sequence;
    next.mark = table.mark;
    next.runs.extend(keys.place());
    next.runs.extend(readings.place());
    upkeep.folder.replace_manifest(&next)?;
    *manifest = next;
    let mut state = write(&shared.state);
    state.flushed = table.sequence;
    state.runs.keys.extend(keys.keep());
    state.runs.readings.extend(readings.keep());
    state.waiting.remove(0);
    Ok(true)
}

/// A run that no manifest names yet: its file goes unless it is kept.
struct Fresh<E: Entry>(Option<Run<E>>);

impl<E: Entry> Fresh<E> {
    /// Writes sorted entries, if there are any.
    fn write(upkeep: &Upkeep, entries: Vec<E>, age: Age) -> Result<Self, IndexError> {
        if entries.is_empty() {
            return Ok(Self(None));
        }
        let number = lock(&upkeep.manifest).take_number();
        let count = entries.len() as u64;
        let mut writer = Writer::create(upkeep.folder.path(), number, age, count)?;
        for entry in entries {
            writer.push(entry)?;
        }
        writer.finish().map(|run| Self(Some(run)))
    }

    fn place(&self) -> Option<RunPlace> {
        self.0.as_ref().map(|run| RunPlace {
            kind: E::KIND,
            age: run.age,
            number: run.number,
            checksum: run.checksum,
        })
    }

    fn keep(mut self) -> Option<Arc<Run<E>>> {
        self.0.take().map(Arc::new)
    }
}

impl<E: Entry> Drop for Fresh<E> {
    fn drop(&mut self) {
        if let Some(run) = &self.0 {
            run.remove_file();
        }
    }
}

/// The merges of one kind of runs that are under way, at most one a level.
struct Merges<E: Entry> {
    epoch: u64,
    by_level: BTreeMap<u8, Merge<E>>,
}

impl<E: Entry> Default for Merges<E> {
    fn default() -> Self {
        Self { epoch: 0, by_level: BTreeMap::new() }
    }
}

impl<E: Held> Merges<E> {
    /// Moves some entries of the smallest merge; whether there was one.
    fn step(
        &mut self,
        shared: &Shared,
        upkeep: &Upkeep,
        entries: usize,
    ) -> Result<bool, IndexError> {
        let runs = {
            let state = read(&shared.state);
            if state.epoch != self.epoch {
                self.by_level.clear();
                self.epoch = state.epoch;
            }
            E::of(&state.runs).clone()
        };
        for inputs in due(&runs) {
            if !self.by_level.contains_key(&inputs[0].age.level) {
                let number = lock(&upkeep.manifest).take_number();
                let level = inputs[0].age.level;
                let merge = Merge::begin(inputs, upkeep.folder.path(), number)?;
                self.by_level.insert(level, merge);
            }
        }
        let Some(mut smallest) = self.by_level.first_entry() else { return Ok(false) };
        if smallest.get_mut().step(entries)? {
            let merge = smallest.remove();
            let inputs = merge.inputs.clone();
            let run = merge.finish()?;
            self.install(shared, upkeep, &inputs, Fresh(Some(run)))?;
        }
        Ok(true)
    }

    /// Puts a run in the place of those that it was made of.
    fn install(
        &self,
        shared: &Shared,
        upkeep: &Upkeep,
        inputs: &[Arc<Run<E>>],
        merged: Fresh<E>,
    ) -> Result<(), IndexError> {
        let mut manifest = lock(&upkeep.manifest);
        if read(&shared.state).epoch != self.epoch {
            return Ok(());
        }
        let replaced = |number: u64| inputs.iter().any(|input| input.number == number);
        let mut next: Manifest = manifest.clone();
        next.runs.retain(|run| run.kind != E::KIND || !replaced(run.number));
        next.runs.extend(merged.place());
        upkeep.folder.replace_manifest(&next)?;
        *manifest = next;
        {
            let mut state = write(&shared.state);
            let runs = E::of_mut(&mut state.runs);
            runs.retain(|run| !replaced(run.number));
            runs.extend(merged.keep());
        }
        drop(manifest);
        // Readers that still have them keep them open.
        inputs.iter().for_each(|input| input.remove_file());
        Ok(())
    }
}

/// The runs to join: the oldest of each level that has enough.
fn due<E: Held>(runs: &[Arc<Run<E>>]) -> Vec<Vec<Arc<Run<E>>>> {
    let mut levels: BTreeMap<u8, Vec<Arc<Run<E>>>> = BTreeMap::new();
    for run in runs {
        levels.entry(run.age.level).or_default().push(Arc::clone(run));
    }
    let mut due: Vec<_> = levels.into_values().filter(|runs| runs.len() >= E::FAN_IN).collect();
    due.iter_mut().for_each(|runs| runs.truncate(E::FAN_IN));
    due
}
