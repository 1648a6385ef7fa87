//! A PostgreSQL of a test's own, which it may stop: the one of the run serves all others.

use std::os::unix::fs::{MetadataExt, chown};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// It has no port, and forgets nothing that it committed as long as the machine lives.
const SETTINGS: &str = "\nlisten_addresses = ''\nfsync = off\n";

/// A server. Dropped, it is stopped, and its folder goes.
pub struct Cluster {
    programs: PathBuf,
    folder: TempDir,
    /// Whose server it is: PostgreSQL refuses to run as root.
    user: u32,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // It may be stopped.
        let _stopped = self.pg_ctl(&["-m", "immediate", "stop"]).status();
    }
}

fn variable(name: &str) -> PathBuf {
    let told = std::env::var_os(name);
    told.unwrap_or_else(|| panic!("{name} is not set; run the tests with `cargo xtask test`"))
        .into()
}

impl Cluster {
    /// Makes one and starts it; returns when it answers.
    pub fn start() -> Self {
        let programs = variable("TABOURET_TEST_POSTGRES_PROGRAMS");
        let parent = variable("TABOURET_TEST_POSTGRES_FOLDER");
        let user = parent.metadata().unwrap().uid();
        let folder = tempfile::tempdir_in(parent).unwrap();
        if user != own_user() {
            chown(folder.path(), Some(user), None).unwrap();
        }
        let cluster = Self { programs, folder, user };
        let mut make = cluster.program("initdb");
        make.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        assert!(make.arg("-D").arg(cluster.data()).status().unwrap().success());
        let configuration = cluster.data().join("postgresql.conf");
        let socket = format!("unix_socket_directories = '{}'\n", cluster.folder.path().display());
        let settings = std::fs::read_to_string(&configuration).unwrap() + SETTINGS + &socket;
        std::fs::write(&configuration, settings).unwrap();
        cluster.start_again();
        cluster
    }

    /// For the command line.
    pub fn url(&self) -> String {
        let host = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{host}/postgres")
    }

    /// Stops it as a crash does: nobody is asked, and the next start recovers.
    pub fn stop_at_once(&self) {
        assert!(self.pg_ctl(&["-m", "immediate", "stop"]).status().unwrap().success());
    }

    /// Starts it; returns when it answers.
    pub fn start_again(&self) {
        let log = self.folder.path().join("log");
        let started = self.pg_ctl(&["-l", &log.display().to_string(), "start"]).status().unwrap();
        assert!(started.success(), "{}", std::fs::read_to_string(log).unwrap_or_default());
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn pg_ctl(&self, arguments: &[&str]) -> Command {
        let mut command = self.program("pg_ctl");
        command.args(["-w", "-s"]).arg("-D").arg(self.data()).args(arguments);
        command
    }

    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if self.user == own_user() {
            Command::new(program)
        } else {
            let mut command = Command::new("setpriv");
            command.args([&format!("--reuid={}", self.user), "--clear-groups", "--"]);
            command.arg(program);
            command
        };
        // The server must not hold the pipes of the test.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.current_dir(self.folder.path()).env("LC_ALL", "C");
        command
    }
}

/// Who we are.
fn own_user() -> u32 {
    std::fs::metadata("/proc/self").unwrap().uid()
}
