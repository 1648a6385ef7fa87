//! A private PostgreSQL for one run of the tests or the benchmark: its own folder, its own socket,
//! nothing kept.
//!
//! It listens on a socket in a folder that only its user may enter, never on a port: no port can be
//! taken, no other user of the machine is trusted, and the system's own cluster does not matter.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use crate::Result;
use crate::scratch::Scratch;
use crate::system::{self, User};

/// The oldest major version that the store is written for.
const MAJOR_VERSION_MIN: u32 = 15;

/// Alike on every machine.
const SETTINGS: &str = "
listen_addresses = ''
max_connections = 200
timezone = 'UTC'
log_timezone = 'UTC'
";

/// Besides, where nothing is worth keeping.
const UNSAFE_SETTINGS: &str = "
fsync = off
synchronous_commit = off
full_page_writes = off
";

/// What a crash of the machine may take.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Durability {
    /// Everything: for tests.
    None,
    /// Nothing that was committed: the settings that PostgreSQL comes with.
    Full,
}

/// Where the server's programs are.
pub struct Programs {
    folder: PathBuf,
    version: String,
}

/// The first folder that holds a complete and recent server.
pub fn find_programs() -> Option<Programs> {
    candidate_folders().into_iter().find_map(|folder| {
        let version = system::output_of(folder.join("postgres"), &["--version"])?;
        let complete = ["initdb", "pg_ctl"].iter().all(|name| folder.join(name).is_file());
        let recent = major_version(&version)? >= MAJOR_VERSION_MIN;
        (complete && recent).then_some(Programs { folder, version })
    })
}

/// Debian puts `pg_config` on the path and the server elsewhere, one folder a version.
fn candidate_folders() -> Vec<PathBuf> {
    let configured = system::output_of("pg_config", &["--bindir"]).map(PathBuf::from);
    let mut packaged: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    packaged.sort();
    let packaged_newest_first = packaged.into_iter().rev();
    let local = PathBuf::from("/usr/local/bin");
    configured
        .into_iter()
        .chain(packaged_newest_first)
        .chain([local])
        .chain(system::path_folders())
        .collect()
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` is 15, and `17beta1` is 17.
fn major_version(text: &str) -> Option<u32> {
    let version = text.split_whitespace().nth(2)?;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// A running server. When it is dropped, or when we die, it is stopped and its folder removed.
pub struct Cluster {
    scratch: Scratch,
    url: String,
    programs: PathBuf,
}

impl Cluster {
    /// Makes a cluster that a crash of the machine may destroy, and starts it; returns when it
    /// answers.
    pub fn start() -> Result<Self> {
        Self::start_with(Durability::None)
    }

    /// The same with the settings that PostgreSQL comes with: what is committed stays.
    pub fn start_durable() -> Result<Self> {
        Self::start_with(Durability::Full)
    }

    fn start_with(durability: Durability) -> Result<Self> {
        let programs = find_programs().ok_or("no PostgreSQL 15 or later was found")?;
        let user = system::unprivileged_user()?;
        let stop = |folder: &Path| {
            let data = data_folder(folder);
            let mut words = as_user(user.as_ref(), &programs.folder.join("pg_ctl"));
            words.extend(["-D", &data, "-m", "immediate", "-w", "stop"].map(String::from));
            words
        };
        let mut scratch = Scratch::new(&std::env::temp_dir(), stop)?;
        let folder = scratch.folder().to_path_buf();
        if let Some(user) = &user {
            chown(&folder, Some(user.id), None)?;
        }
        eprintln!("    {} in {}", programs.version, folder.display());
        let data = data_folder(&folder);
        let mut server = Server { scratch: &mut scratch, programs: &programs, user: user.as_ref() };
        let like_c = ["-A", "trust", "-E", "UTF8", "--locale=C"];
        let quick = ["--no-sync", "--no-instructions"];
        server.run("initdb", &[&["-D", &data, "-U", "postgres"], &like_c[..], &quick].concat())?;
        configure(&folder, durability)?;
        let log = folder.join("log").display().to_string();
        server.run("pg_ctl", &["-D", &data, "-l", &log, "-w", "-s", "start"])?;
        let url = url(&folder);
        Ok(Self { scratch, url, programs: programs.folder })
    }

    /// For `Config::from_str` of the `postgres` crate, and for `psql`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where else a run may put files: they go when the cluster goes.
    pub fn folder(&self) -> &Path {
        self.scratch.folder()
    }

    /// The folder of the server's programs, for who needs a server of its own.
    pub fn programs(&self) -> &Path {
        &self.programs
    }

    /// Runs one step, which ends with us if we are killed.
    pub fn run(&mut self, step: &mut Command) -> Result<ExitStatus> {
        self.scratch.run(step)
    }
}

/// What it takes to run one program of the server.
struct Server<'a> {
    scratch: &'a mut Scratch,
    programs: &'a Programs,
    user: Option<&'a User>,
}

impl Server<'_> {
    fn run(&mut self, program: &str, arguments: &[&str]) -> Result<()> {
        let words = as_user(self.user, &self.programs.folder.join(program));
        let (first, rest) = words.split_first().ok_or("no program")?;
        let folder = self.scratch.folder().to_path_buf();
        let output = folder.join(program).with_extension("out");
        let file = fs::File::create(&output)?;
        let mut command = Command::new(first);
        command.args(rest).args(arguments).current_dir(&folder).env("LC_ALL", "C");
        command.stdout(file.try_clone()?).stderr(file);
        if self.scratch.run(&mut command)?.success() {
            return Ok(());
        }
        let said = fs::read_to_string(&output).unwrap_or_default();
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        Err(format!("{program} failed:\n{said}{log}").into())
    }
}

/// PostgreSQL refuses to run as root.
fn as_user(user: Option<&User>, program: &Path) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(user) = user {
        let change = [&format!("--reuid={}", user.name), "--clear-groups", "--"];
        words.push("setpriv".to_owned());
        words.extend(change.map(String::from));
    }
    words.push(program.display().to_string());
    words
}

fn data_folder(folder: &Path) -> String {
    folder.join("data").display().to_string()
}

fn configure(folder: &Path, durability: Durability) -> Result<()> {
    let path = folder.join("data/postgresql.conf");
    let mut file = OpenOptions::new().append(true).open(path)?;
    let socket = folder.display().to_string().replace('\'', "''");
    let more = if durability == Durability::None { UNSAFE_SETTINGS } else { "" };
    writeln!(file, "{SETTINGS}{more}unix_socket_directories = '{socket}'")?;
    Ok(())
}

/// The folder of the socket stands where a host would, percent-encoded.
fn url(folder: &Path) -> String {
    let mut host = String::new();
    for byte in folder.display().to_string().bytes() {
        match byte {
            b'-' | b'_' | b'.' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                host.push(char::from(byte));
            }
            _ => host.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("postgres://postgres@{host}/postgres")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_what_the_server_says() {
        let debian = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)";
        assert_eq!(major_version(debian), Some(15));
        assert_eq!(major_version("postgres (PostgreSQL) 17beta1"), Some(17));
        assert_eq!(major_version("postgres (PostgreSQL) 9.6.24"), Some(9));
        assert_eq!(major_version("something else"), None);
    }

    #[test]
    fn the_url_names_the_socket_folder_as_its_host() {
        let folder = Path::new("/tmp/a b-1");
        assert_eq!(url(folder), "postgres://postgres@%2Ftmp%2Fa%20b-1/postgres");
    }
}
