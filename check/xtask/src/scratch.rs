//! A temporary folder that cannot outlive its run, however the run ends.
//!
//! A destructor does not run on Ctrl-C or a kill, and a signal handler would need unsafe code or
//! one more dependency. So a small shell process watches us through a pipe: when the pipe closes,
//! by our own hand or because we died, it ends the step that was running, stops the server and
//! removes the folder. A normal end takes the same way, so that the way is proved on every run.

use std::fs;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::Result;

/// Reads the process group of the running step, one a line (empty: none), until the pipe closes.
/// Its arguments are the folder and then, optionally, the command that stops the server.
const WATCHER: &str = r#"
trap '' HUP INT TERM
group=
while read -r line; do group=$line; done
[ -z "$group" ] || kill -s TERM -- "-$group" 2>/dev/null
folder=$1
shift
[ $# -eq 0 ] || "$@" >/dev/null 2>&1
rm -rf -- "$folder"
"#;

/// A temporary folder, and the processes that live only as long as it does.
pub struct Scratch {
    folder: PathBuf,
    watcher: Child,
}

impl Scratch {
    /// Makes a folder in `parent`. `stop` is run when the scratch ends, before the folder goes; it
    /// may be empty, and may fail when there is nothing to stop.
    pub fn new(parent: &Path, stop: impl FnOnce(&Path) -> Vec<String>) -> Result<Self> {
        let made = tempfile::Builder::new().prefix("tabouret-").tempdir_in(parent)?;
        let mut watcher = Command::new("sh");
        watcher.args(["-c", WATCHER, "watcher"]).arg(made.path()).args(stop(made.path()));
        // A group of its own: Ctrl-C reaches the whole group of the terminal.
        let watcher = watcher.current_dir("/").stdin(Stdio::piped()).process_group(0).spawn()?;
        Ok(Self { folder: made.keep(), watcher })
    }

    /// Where the folder is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs one step, which ends with us if we are killed. It has no standard input.
    pub fn run(&mut self, step: &mut Command) -> Result<ExitStatus> {
        let mut child = step
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(|error| format!("cannot run {:?}: {error}", step.get_program()))?;
        self.tell(&child.id().to_string())?;
        let status = child.wait()?;
        self.tell("")?;
        Ok(status)
    }

    fn tell(&mut self, group: &str) -> Result<()> {
        match self.watcher.stdin.as_mut() {
            Some(pipe) => Ok(writeln!(pipe, "{group}")?),
            None => Err("the watcher is gone".into()),
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        let cleaned = self.watcher.wait();
        if cleaned.is_err() || fs::exists(&self.folder).unwrap_or(true) {
            eprintln!("could not remove {}", self.folder.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_runs_the_stop_command_and_then_removes_the_folder() {
        let outside = tempfile::tempdir().expect("a folder");
        let proof = outside.path().join("stopped");
        let stop = |folder: &Path| {
            // Fails unless the folder is still there.
            vec![
                "cp".into(),
                folder.join("full").display().to_string(),
                proof.display().to_string(),
            ]
        };
        let mut scratch = Scratch::new(outside.path(), stop).expect("a scratch");
        let folder = scratch.folder().to_path_buf();
        let status = scratch.run(Command::new("touch").arg(folder.join("full"))).expect("a step");
        assert!(status.success() && folder.join("full").exists());
        drop(scratch);
        assert!(!folder.exists());
        assert!(proof.exists());
    }

    #[test]
    fn a_step_that_still_runs_is_ended() {
        let outside = tempfile::tempdir().expect("a folder");
        let mut scratch = Scratch::new(outside.path(), |_| Vec::new()).expect("a scratch");
        // `cat` on a pipe that we keep open never ends by itself.
        let mut endless = Command::new("cat");
        endless.stdin(Stdio::piped()).stdout(Stdio::null()).process_group(0);
        let mut child = endless.spawn().expect("a child");
        scratch.tell(&child.id().to_string()).expect("a watcher");
        let kept = child.stdin.take();
        drop(scratch);
        // Only now could it end in peace.
        drop(kept);
        assert!(!child.wait().expect("an end").success());
    }

    #[test]
    fn a_program_that_is_missing_is_named() {
        let mut scratch = Scratch::new(&std::env::temp_dir(), |_| Vec::new()).expect("a scratch");
        let error = scratch.run(&mut Command::new("no-such-program")).expect_err("an error");
        assert!(error.to_string().contains("no-such-program"), "{error}");
    }
}
