//! The binary with too little room. A limit of the system on the length of files makes writes fail
//! part of the way, as a full disk does, without a disk of its own and without rights.

use std::path::Path;
use std::process::Command;

use crate::shop::command;

/// What `ulimit -f` counts in.
const BLOCK: u64 = 512;

/// The signal that comes with the error is ignored, so that only the error is left. The limit is
/// soft: it can be lifted while the program runs.
const LIMITED: &str = r#"trap "" XFSZ; ulimit -S -f "$0" && exec "$@""#;

/// How long a file may become.
#[derive(Clone, Copy)]
pub struct Room {
    blocks: u64,
}

impl Room {
    /// What a folder has now, and so much more for its longest file.
    pub fn beyond(folder: &Path, bytes: u64) -> Self {
        Self { blocks: (longest_file(folder) + bytes).div_ceil(BLOCK) }
    }
}

/// The length of the longest file in a folder.
pub fn longest_file(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let files = entries.map(|entry| entry.metadata().unwrap()).filter(|it| it.is_file());
    files.map(|file| file.len()).max().unwrap_or_default()
}

/// The binary with these arguments, in English, and no room for longer files.
pub fn command_limited(place: &[String], arguments: &[&str], room: Room) -> Command {
    let inner = command(place, arguments);
    let mut limited = Command::new("sh");
    limited.args(["-c", LIMITED, &room.blocks.to_string()]);
    limited.arg(inner.get_program()).args(inner.get_args());
    limited
}
