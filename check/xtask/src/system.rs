//! What the tests need from the system, and who we are on it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Result, postgres};

/// One need: how to see that it is met, and the Debian package that meets it.
struct Tool {
    name: &'static str,
    package: &'static str,
    why: &'static str,
    found: fn() -> bool,
}

const TOOLS: [Tool; 4] = [
    Tool {
        name: "git",
        package: "git",
        why: "tidy reads the files that it tracks",
        found: || on_path("git"),
    },
    Tool {
        name: "PostgreSQL 15 or later",
        package: "postgresql",
        why: "the second store",
        found: || postgres::find_programs().is_some(),
    },
    Tool {
        name: "pdftotext",
        package: "poppler-utils",
        why: "reads an invoice as its receiver does",
        found: || on_path("pdftotext"),
    },
    Tool {
        name: "pdftoppm",
        package: "poppler-utils",
        why: "shows an invoice as its receiver sees it",
        found: || on_path("pdftoppm"),
    },
];

/// Installs what is missing with apt; where that cannot be done, says what to install.
pub fn ensure_tools() -> Result<()> {
    let missing: Vec<&Tool> = TOOLS.iter().filter(|tool| !(tool.found)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut packages: Vec<&str> = missing.iter().map(|tool| tool.package).collect();
    packages.dedup();
    for tool in &missing {
        println!("    missing: {} ({}): package {}", tool.name, tool.why, tool.package);
    }
    if !is_root()? || !on_path("apt-get") {
        return Err(format!("install these Debian packages first: {}", packages.join(" ")).into());
    }
    apt(&["update"])?;
    apt(&[&["install", "-y", "--no-install-recommends"], packages.as_slice()].concat())?;
    match missing.iter().find(|tool| !(tool.found)()) {
        None => Ok(()),
        Some(tool) => Err(format!("{} is still missing after the install", tool.name).into()),
    }
}

fn apt(arguments: &[&str]) -> Result<()> {
    let mut apt = Command::new("apt-get");
    apt.arg("-q").args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    if apt.stdin(std::process::Stdio::null()).status()?.success() {
        return Ok(());
    }
    Err(format!("apt-get {} failed", arguments.join(" ")).into())
}

/// The folders in which the shell looks for programs.
pub fn path_folders() -> Vec<PathBuf> {
    env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default()
}

fn on_path(program: &str) -> bool {
    path_folders().iter().any(|folder| folder.join(program).is_file())
}

/// The standard output of a command, or nothing if it cannot be run or fails.
pub fn output_of(program: impl AsRef<Path>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program.as_ref()).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A user of the system, by number as well as by name.
pub struct User {
    /// As `setpriv` takes it.
    pub name: &'static str,
    /// As `chown` takes it.
    pub id: u32,
}

/// The user for a server that refuses to run as root; `None` when we are not root ourselves.
pub fn unprivileged_user() -> Result<Option<User>> {
    if !is_root()? {
        return Ok(None);
    }
    let known = |name: &'static str| {
        let id = output_of("id", &["-u", name])?.parse().ok()?;
        Some(User { name, id })
    };
    match known("postgres").or_else(|| known("nobody")) {
        Some(user) => Ok(Some(user)),
        None => Err("PostgreSQL refuses root, and there is no user postgres or nobody".into()),
    }
}

fn is_root() -> Result<bool> {
    let id = output_of("id", &["-u"]).ok_or("cannot tell the user: `id -u` failed")?;
    Ok(id == "0")
}
