//! The folder of an index: its lock, its manifest and its names. Each file is complete on disk
//! before another one names it, so that a crash at any point leaves what the manifest says.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::IndexError;
use crate::manifest::{Manifest, NamesPlace};
use crate::run::Kind;

const MANIFEST: &str = "manifest";
const LOCK: &str = "lock";

/// The folder of an index.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    /// Held as long as this process may write.
    lock: Option<File>,
}

impl Folder {
    /// Opens or creates the folder, and takes its lock if it is free.
    ///
    /// # Errors
    /// [`IndexError::Io`] when the folder cannot be created or its lock file cannot be opened.
    pub(crate) fn open(path: &Path) -> Result<Self, IndexError> {
        fs::create_dir_all(path).map_err(IndexError::io("create", path))?;
        let at = path.join(LOCK);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&at);
        let file = file.map_err(IndexError::io("open", &at))?;
        let lock = match file.try_lock() {
            Ok(()) => Some(file),
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Error(error)) => return Err(IndexError::io("lock", &at)(error)),
        };
        Ok(Self { path: path.to_owned(), lock })
    }

    /// Whether this process may write.
    pub(crate) const fn writable(&self) -> bool {
        self.lock.is_some()
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The manifest; nothing when there is none that can be read.
    pub(crate) fn manifest(&self) -> Option<Manifest> {
        Manifest::read(&fs::read(self.path.join(MANIFEST)).ok()?)
    }

    /// Replaces the manifest. All files that it names must be complete; their names are brought to
    /// disk before.
    ///
    /// # Errors
    /// [`IndexError::Io`] when it cannot be written; the old one stands.
    pub(crate) fn replace_manifest(&self, manifest: &Manifest) -> Result<(), IndexError> {
        self.sync().map_err(IndexError::io("sync", &self.path))?;
        let name = self.path.join(MANIFEST);
        let path = self.path.join(format!("{MANIFEST}.tmp"));
        let mut file = File::create(&path).map_err(IndexError::io("create", &path))?;
        file.write_all(&manifest.put()).map_err(IndexError::io("write", &path))?;
        file.sync_all().map_err(IndexError::io("sync", &path))?;
        fs::rename(&path, &name).map_err(IndexError::io("rename", &path))?;
        // The new manifest stands. If its name is not on disk yet, a crash brings the old one
        // back, which counts unless a run that it names was removed: then the index is empty.
        self.sync().unwrap_or_default();
        Ok(())
    }

    /// Brings the names of new files to disk.
    fn sync(&self) -> std::io::Result<()> {
        File::open(&self.path)?.sync_all()
    }

    /// Appends to the names that count; gives what will count then.
    ///
    /// # Errors
    /// [`IndexError::Io`] when they cannot be written; what counted before is as it was.
    pub(crate) fn append_names(
        &self,
        place: NamesPlace,
        bytes: &[u8],
        counts: [u32; 3],
    ) -> Result<NamesPlace, IndexError> {
        if bytes.is_empty() {
            return Ok(place);
        }
        let path = self.path.join(names_file(place.number));
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(IndexError::io("open", &path))?;
        file.write_all_at(bytes, place.length).map_err(IndexError::io("write", &path))?;
        file.sync_all().map_err(IndexError::io("sync", &path))?;
        let mut checksum = crc32fast::Hasher::new_with_initial(place.checksum);
        checksum.update(bytes);
        let length = place.length + bytes.len() as u64;
        Ok(NamesPlace { length, checksum: checksum.finalize(), counts, ..place })
    }

    /// The bytes of the names that count; nothing unless they are as written.
    pub(crate) fn names(&self, place: NamesPlace) -> Option<Vec<u8>> {
        let length = usize::try_from(place.length).ok()?;
        if length == 0 {
            return Some(Vec::new());
        }
        let file = File::open(self.path.join(names_file(place.number))).ok()?;
        if file.metadata().ok()?.len() < place.length {
            return None;
        }
        let mut bytes = vec![0; length];
        file.read_exact_at(&mut bytes, 0).ok()?;
        (crc32fast::hash(&bytes) == place.checksum).then_some(bytes)
    }

    /// Removes the files that do not count: all, without a manifest. What cannot be removed is
    /// tried again at the next opening.
    pub(crate) fn remove_others(&self, manifest: Option<&Manifest>) {
        let mut keep = vec![LOCK.to_owned()];
        if let Some(manifest) = manifest {
            keep.push(MANIFEST.to_owned());
            keep.push(names_file(manifest.names.number));
            keep.extend(manifest.runs.iter().map(|run| run.kind.file_name(run.number)));
        } else {
            // First, so that it never names what is gone.
            fs::remove_file(self.path.join(MANIFEST)).unwrap_or_default();
        }
        let Ok(entries) = fs::read_dir(&self.path) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            if is_ours(name) && !keep.iter().any(|kept| kept == name) {
                fs::remove_file(entry.path()).unwrap_or_default();
            }
        }
    }
}

fn names_file(number: u64) -> String {
    format!("names-{number}")
}

/// Whether the index made a file of this name: others are left alone.
fn is_ours(name: &str) -> bool {
    let name = name.strip_suffix(".tmp").unwrap_or(name);
    let number = |rest: Option<&str>| {
        rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    name == MANIFEST
        || number(name.strip_prefix("names-"))
        || Kind::ALL.iter().any(|kind| {
            number(name.strip_prefix(kind.prefix()).and_then(|rest| rest.strip_suffix(".run")))
        })
}
