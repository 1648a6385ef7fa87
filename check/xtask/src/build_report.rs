//! `cargo xtask build-report`: what the product costs to build, as numbers with a goal.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use cargo_metadata::{Metadata, MetadataCommand};
use serde_json::json;

use crate::Result;
use crate::scratch::Scratch;
use crate::stopwatch::Stopwatch;

const BINARY: &str = "tabouret";

/// On two cores.
const CLEAN_BUILD_S_MAX: u64 = 720;

/// One number. `baseline` is what it is compared with, `max` what it may not exceed.
struct Measure {
    name: String,
    value: u64,
    unit: &'static str,
    baseline: Option<u64>,
    max: Option<u64>,
}

impl Measure {
    fn new(name: impl Into<String>, value: u64, unit: &'static str) -> Self {
        Self { name: name.into(), value, unit, baseline: None, max: None }
    }

    fn ok(&self) -> bool {
        self.max.is_none_or(|max| self.value < max)
    }

    fn goal(&self) -> Option<String> {
        self.max.map(|max| format!("< {max}"))
    }

    #[expect(
        clippy::float_arithmetic,
        clippy::cast_precision_loss,
        reason = "for a person to read"
    )]
    fn ratio(&self) -> Option<f64> {
        self.baseline.map(|baseline| self.value as f64 / baseline as f64)
    }

    fn json(&self) -> String {
        json!({
            "measure": self.name,
            "value": self.value,
            "unit": self.unit,
            "baseline": self.baseline,
            "ratio": self.ratio(),
            "goal": self.goal(),
            "ok": self.ok(),
        })
        .to_string()
    }
}

/// Prints the measures, first for a person, then one JSON object a line for a program.
pub fn run(clean: bool) -> Result<()> {
    let metadata = MetadataCommand::new().no_deps().exec()?;
    let mut measures = vec![locked_packages(&metadata)?];
    for package in &metadata.packages {
        let name = package.name.to_string();
        let count = packages_of(&name)?;
        measures.push(Measure::new(format!("packages_of_{name}"), count, "packages"));
    }
    if clean {
        measures.extend(clean_build(&metadata)?);
    }
    for Measure { name, value, unit, .. } in &measures {
        println!("{name:30} {value:>12} {unit}");
    }
    for measure in &measures {
        println!("{}", measure.json());
    }
    match measures.iter().find(|measure| !measure.ok()) {
        None => Ok(()),
        Some(missed) => Err(format!("{} misses its goal", missed.name).into()),
    }
}

fn locked_packages(metadata: &Metadata) -> Result<Measure> {
    let lock = fs::read_to_string(metadata.workspace_root.join("Cargo.lock"))?;
    Ok(Measure::new("locked_packages", locked(&lock)?, "packages"))
}

fn locked(lock: &str) -> Result<u64> {
    Ok(u64::try_from(lock.lines().filter(|line| *line == "[[package]]").count())?)
}

/// What cargo builds for one crate alone on this platform, itself included; no test dependency.
fn packages_of(name: &str) -> Result<u64> {
    let mut tree = cargo();
    tree.args(["tree", "--locked", "--package", name]);
    let output = tree.args(["--edges", "normal,build", "--prefix", "none"]).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    distinct(&String::from_utf8_lossy(&output.stdout))
}

/// `cargo tree` repeats a package wherever it is used; name and version tell it apart.
fn distinct(tree: &str) -> Result<u64> {
    let package = |line: &str| -> Option<(String, String)> {
        let mut words = line.split_whitespace().map(String::from);
        Some((words.next()?, words.next()?))
    };
    let packages: BTreeSet<_> = tree.lines().filter_map(package).collect();
    Ok(u64::try_from(packages.len())?)
}

/// Builds from nothing, without the time of the downloads, in a folder that goes away again.
fn clean_build(metadata: &Metadata) -> Result<Vec<Measure>> {
    // Beside the usual target folder, which has the room for it.
    fs::create_dir_all(&metadata.target_directory)?;
    let mut scratch = Scratch::new(metadata.target_directory.as_std_path(), |_| Vec::new())?;
    let mut fetch = cargo();
    if !scratch.run(fetch.args(["fetch", "--locked"]))?.success() {
        return Err("cargo fetch failed".into());
    }
    let mut build = cargo();
    build.args(["build", "--release", "--locked", "--bin", BINARY]);
    build.current_dir(&metadata.workspace_root).env("CARGO_TARGET_DIR", scratch.folder());
    let stopwatch = Stopwatch::start();
    if !scratch.run(&mut build)?.success() {
        return Err("the clean build failed".into());
    }
    let seconds = stopwatch.elapsed().as_secs();
    let size_bytes = fs::metadata(scratch.folder().join("release").join(BINARY))?.len();
    let time = Measure::new("clean_release_build", seconds, "s");
    Ok(vec![
        Measure { max: Some(CLEAN_BUILD_S_MAX), ..time },
        Measure::new("binary_size", size_bytes, "bytes"),
    ])
}

fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_says_whether_it_meets_its_goal() {
        let time = |value| Measure { max: Some(720), ..Measure::new("build", value, "s") };
        assert!(time(719).ok());
        assert!(!time(720).ok());
        assert!(Measure::new("size", u64::MAX, "bytes").ok());
    }

    #[test]
    fn a_measure_is_one_json_line() {
        let measure =
            Measure { baseline: Some(960), max: Some(720), ..Measure::new("build", 480, "s") };
        let expected = json!({
            "measure": "build", "value": 480, "unit": "s", "baseline": 960, "ratio": 0.5,
            "goal": "< 720", "ok": true,
        });
        assert_eq!(measure.json(), expected.to_string());
    }

    #[test]
    fn packages_are_counted_once() {
        let tree = "a v1.0.0 (/x)\nb v1.0.0\nb v2.0.0\n\nb v1.0.0 (*)\n";
        assert_eq!(distinct(tree).expect("a count"), 3);
        assert_eq!(locked("[[package]]\nname = \"a\"\n\n[[package]]\n").expect("a count"), 2);
    }
}
