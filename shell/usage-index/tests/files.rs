//! What happens to the files: crashes, broken bytes, full disks, two processes.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod common;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{IDENTITY, Model, batch, segment_of};
use usage_index::{Index, IndexError};

/// Applies the segments from one to another, of 200 events each.
fn apply(index: &Index, from: i64, to: i64) {
    for sequence in from..=to {
        index.apply(batch(sequence, 200), segment_of(sequence)).unwrap();
    }
}

fn model(to: i64) -> Model {
    let mut model = Model::default();
    for sequence in 1..=to {
        model.apply(&batch(sequence, 200), sequence, 200);
    }
    model
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Copies what is there at this moment; files may go meanwhile, as in a crash.
fn copy(from: &Path, to: &Path) {
    // The manifest first: a crash keeps a moment, a copy takes a while.
    let manifest = fs::read(from.join("manifest")).unwrap_or_default();
    for file in files(from) {
        if let Ok(bytes) = fs::read(&file) {
            fs::write(to.join(file.file_name().unwrap()), bytes).unwrap();
        }
    }
    fs::write(to.join("manifest"), manifest).unwrap();
}

/// The folder holds a prefix of the log, or counts as empty; and it can be continued.
fn check_prefix(folder: &Path, last: i64) -> i64 {
    let index = Index::open_sized(folder, IDENTITY, 450).unwrap();
    let applied = index.applied();
    assert!(applied <= last);
    assert_eq!(index.mark(), (applied > 0).then(|| segment_of(applied)));
    model(applied).check(&index);
    apply(&index, applied + 1, last);
    index.flush().unwrap();
    model(last).check(&index);
    let flushed = index.applied();
    drop(index);
    assert_eq!(Index::open(folder, IDENTITY).unwrap().applied(), flushed);
    applied
}

#[test]
fn a_copy_of_any_moment_is_a_prefix() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open_sized(folder.path(), IDENTITY, 450).unwrap();
    let mut held = 0;
    for sequence in 1..=30 {
        apply(&index, sequence, sequence);
        if sequence % 5 == 0 {
            let moment = tempfile::tempdir().unwrap();
            copy(folder.path(), moment.path());
            held += check_prefix(moment.path(), sequence);
        }
    }
    assert!(held > 0);
}

/// A file that a crash leaves behind, or finds in the place of another.
fn put(folder: &Path, name: &str, bytes: &[u8]) {
    fs::write(folder.join(name), bytes).unwrap();
}

#[test]
fn a_crash_between_any_two_file_operations_leaves_one_of_two_states() {
    let folder = tempfile::tempdir().unwrap();
    let old = tempfile::tempdir().unwrap();
    let index = Index::open_sized(folder.path(), IDENTITY, 450).unwrap();
    apply(&index, 1, 4);
    index.settle().unwrap();
    copy(folder.path(), old.path());
    apply(&index, 5, 6);
    index.flush().unwrap();
    drop(index);
    let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    let all = files(folder.path());
    let runs = all.iter().filter(|path| !old.path().join(name(path)).exists());
    let runs: Vec<(String, Vec<u8>)> =
        runs.map(|path| (name(path), fs::read(path).unwrap())).collect();
    assert!(runs.len() >= 2, "keys and readings: {runs:?}");
    let names = all.iter().map(name).find(|name| name.starts_with("names-")).unwrap();
    let new_names = fs::read(folder.path().join(&names)).unwrap();
    let old_names = fs::read(old.path().join(&names)).unwrap();
    assert!(new_names.starts_with(&old_names) && new_names.len() > old_names.len());
    let manifest = fs::read(folder.path().join("manifest")).unwrap();
    // Up to where the operations came: a crash may keep any part of the file at hand.
    for reached in 0..12 {
        let crashed = tempfile::tempdir().unwrap();
        let at = crashed.path();
        copy(old.path(), at);
        for (name, bytes) in &runs {
            match reached {
                0 => put(at, &format!("{name}.tmp"), &[]),
                1 => put(at, &format!("{name}.tmp"), &bytes[..bytes.len() / 2]),
                2 => put(at, &format!("{name}.tmp"), bytes),
                // The name can be on disk before the manifest asks for the content.
                3 => put(at, name, &bytes[..bytes.len() - 1]),
                _ => put(at, name, bytes),
            }
        }
        match reached {
            0..5 => {}
            5 => put(at, &names, &new_names[..old_names.len() + 1]),
            6 => put(at, &names, &[&old_names, "garbage".as_bytes()].concat()),
            _ => put(at, &names, &new_names),
        }
        match reached {
            8 => put(at, "manifest.tmp", &manifest[..manifest.len() / 2]),
            9 => put(at, "manifest.tmp", &manifest),
            10 => put(at, "manifest", &manifest),
            _ => {}
        }
        if reached == 11 {
            fs::remove_dir_all(at).unwrap();
            fs::create_dir(at).unwrap();
            copy(folder.path(), at);
        }
        let expected = if reached < 10 { 4 } else { 6 };
        assert_eq!(check_prefix(at, 7), expected, "after operation {reached}");
    }
}

/// The variable that makes this program the one that is killed.
const VICTIM: &str = "USAGE_INDEX_VICTIM";

#[test]
fn a_killed_process_leaves_a_prefix() {
    if let Ok(folder) = std::env::var(VICTIM) {
        let index = Index::open_sized(Path::new(&folder), IDENTITY, 450).unwrap();
        for sequence in index.applied() + 1..10_000 {
            apply(&index, sequence, sequence);
            println!("applied {sequence}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let mut held = 0;
    for round in 1..=3 {
        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_killed_process_leaves_a_prefix", "--nocapture"])
            .env(VICTIM, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(victim.stdout.take().unwrap()).lines().map(Result::unwrap);
        let applied = lines.filter_map(|line| line.strip_prefix("applied ")?.parse().ok());
        let last: i64 = applied.take(7 + 4 * round).last().unwrap();
        victim.kill().unwrap();
        victim.wait().unwrap();
        let moment = tempfile::tempdir().unwrap();
        copy(folder.path(), moment.path());
        // It may have come further than what it could say.
        held = check_prefix(moment.path(), last.max(held) + 40);
    }
    assert!(held > 0);
}

#[test]
fn a_shortened_or_changed_file_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open_sized(folder.path(), IDENTITY, 450).unwrap();
    apply(&index, 1, 7);
    index.settle().unwrap();
    drop(index);
    for file in files(folder.path()) {
        let bytes = fs::read(&file).unwrap();
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let length = bytes.len();
        for cut in [0, length / 2, length.saturating_sub(1)] {
            let other = tempfile::tempdir().unwrap();
            copy(folder.path(), other.path());
            fs::write(other.path().join(&name), &bytes[..cut.min(length)]).unwrap();
            let applied = check_prefix(other.path(), 7);
            assert!(applied == 0 || name == "lock", "{name} cut to {cut}");
        }
        for place in (0..length).step_by(length / 7 + 1) {
            let other = tempfile::tempdir().unwrap();
            copy(folder.path(), other.path());
            let mut broken = bytes.clone();
            broken[place] ^= 0x40;
            fs::write(other.path().join(&name), broken).unwrap();
            changed(other.path(), &format!("{name} at {place}"));
        }
        let other = tempfile::tempdir().unwrap();
        copy(folder.path(), other.path());
        fs::remove_file(other.path().join(&name)).unwrap();
        assert!(check_prefix(other.path(), 7) == 0 || name == "lock", "{name} removed");
    }
}

/// A changed byte is noticed when the files are opened, or when the block is read.
fn changed(folder: &Path, what: &str) {
    let index = Index::open(folder, IDENTITY).unwrap();
    if index.applied() == 0 {
        return model(0).check(&index);
    }
    let keys: Vec<_> = (1..=7).flat_map(|sequence| common::keys(sequence, 200)).collect();
    let subjects = index.subjects();
    let subjects: Vec<&str> = subjects.iter().map(String::as_str).collect();
    let noticed = index.seen(&keys).err().or_else(|| index.series(&subjects).err());
    assert!(matches!(noticed, Some(IndexError::Broken { .. })), "{what}: {noticed:?}");
    index.forget();
    apply(&index, 1, 7);
    model(7).check(&index);
}

#[test]
fn files_of_another_store_count_as_none() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open_sized(folder.path(), IDENTITY, 450).unwrap();
    apply(&index, 1, 5);
    index.flush().unwrap();
    drop(index);
    fs::write(folder.path().join("notes.txt"), "not ours").unwrap();
    fs::write(folder.path().join("keys-900.run"), "left by a crash").unwrap();
    fs::write(folder.path().join("readings-901.run.tmp"), "left by a crash").unwrap();
    let index = Index::open(folder.path(), IDENTITY).unwrap();
    assert_eq!(index.applied(), 5);
    assert!(!folder.path().join("keys-900.run").exists());
    assert!(!folder.path().join("readings-901.run.tmp").exists());
    drop(index);
    let index = Index::open(folder.path(), [6; 16]).unwrap();
    assert_eq!(index.applied(), 0);
    model(0).check(&index);
    drop(index);
    let names: Vec<PathBuf> = files(folder.path());
    let expected = [folder.path().join("lock"), folder.path().join("notes.txt")];
    assert_eq!(names, expected);
}

#[test]
fn another_process_reads_and_never_writes() {
    let folder = tempfile::tempdir().unwrap();
    let writer = Index::open_sized(folder.path(), IDENTITY, 450).unwrap();
    apply(&writer, 1, 9);
    writer.settle().unwrap();
    let reader = Index::open_sized(folder.path(), IDENTITY, 450).unwrap();
    assert_eq!(reader.applied(), 9);
    let before = files(folder.path());
    apply(&reader, 10, 20);
    reader.flush().unwrap();
    reader.forget();
    assert_eq!(reader.applied(), 0);
    apply(&reader, 1, 20);
    assert_eq!(files(folder.path()), before);
    model(20).check(&reader);
    // The writer merges what another reader has open.
    let late = Index::open(folder.path(), IDENTITY).unwrap();
    apply(&writer, 10, 30);
    writer.settle().unwrap();
    model(9).check(&late);
    model(30).check(&writer);
    drop(late);
    drop(reader);
    assert_eq!(writer.flushed(), 30);
}

#[test]
fn what_is_worth_a_run_is_kept_when_the_last_handle_goes() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path(), IDENTITY).unwrap();
    apply(&index, 1, 3);
    drop(index.clone());
    drop(index);
    let index = Index::open(folder.path(), IDENTITY).unwrap();
    assert_eq!(index.applied(), 0);
    index.apply(batch(1, 17_000), segment_of(1)).unwrap();
    let other = index.clone();
    drop(index);
    assert_eq!(other.flushed(), 0);
    drop(other);
    let index = Index::open(folder.path(), IDENTITY).unwrap();
    assert_eq!((index.applied(), index.flushed()), (1, 1));
}

#[test]
fn nothing_is_lost_when_the_disk_refuses() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("index");
    let away = place.path().join("away");
    let index = Index::open_sized(&folder, IDENTITY, 450).unwrap();
    apply(&index, 1, 4);
    index.settle().unwrap();
    // A file in the place of the folder: whoever runs the test, nothing can be written there.
    fs::rename(&folder, &away).unwrap();
    fs::write(&folder, "").unwrap();
    apply(&index, 5, 8);
    assert!(matches!(index.flush(), Err(IndexError::Io { .. })));
    assert!(index.health().is_err());
    let mut last = 8;
    let refused = loop {
        match index.apply(batch(last + 1, 200), segment_of(last + 1)) {
            Ok(()) => last += 1,
            Err(error) => break error,
        }
        assert!(last < 50, "memory is not bounded");
    };
    assert!(matches!(refused, IndexError::Io { .. }), "{refused}");
    assert!(last >= 16, "refused after {last}");
    model(last).check(&index);
    // Room again.
    fs::remove_file(&folder).unwrap();
    fs::rename(&away, &folder).unwrap();
    apply(&index, last + 1, last + 3);
    index.settle().unwrap();
    index.health().unwrap();
    model(last + 3).check(&index);
    drop(index);
    assert_eq!(check_prefix(&folder, last + 3), last + 3);
}

#[test]
fn a_folder_that_cannot_be_is_an_error() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(Index::open(&file, IDENTITY), Err(IndexError::Io { .. })));
    assert!(matches!(Index::open(&file.join("below"), IDENTITY), Err(IndexError::Io { .. })));
}
