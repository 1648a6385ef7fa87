//! Who may depend on whom: the folder is the rule.

use cargo_metadata::DependencyKind;

use super::Violation;
use super::workspace::{Crate, Dependency, Workspace};

/// Slices that may call a calculator. Every other pair exchanges facts.
const SLICE_EXCEPTIONS: [(&str, &str); 4] = [
    ("orders", "pricing"),
    ("subscriptions", "pricing"),
    ("rating", "pricing"),
    ("catalog", "pricing"),
];

/// What the core may take from outside: no clock, no I/O, no async.
const CORE_EXTERNAL: [&str; 5] = ["serde", "thiserror", "jiff", "rust_decimal", "ecow"];

/// What the tests of the core may take besides.
const CORE_EXTERNAL_IN_TESTS: [&str; 2] = ["proptest", "serde_json"];

/// Drivers of a database, which only a store may know.
const DATABASE_DRIVERS: [&str; 4] = ["rusqlite", "postgres", "tokio-postgres", "sqlx"];

/// The benchmark compares the stores with what the database does by itself.
const BASELINE: (&str, [&str; 2]) = ("check/bench", ["postgres", "rusqlite"]);

/// Every edge that breaks a rule.
pub fn violations(workspace: &Workspace) -> Vec<Violation> {
    let mut found = Vec::new();
    for from in &workspace.crates {
        for dependency in &from.dependencies {
            let target = workspace.crates.iter().find(|to| to.name == dependency.name);
            let broken = match target {
                Some(to) if dependency.local => broken_inside(from, to),
                _ => broken_outside(from, dependency),
            };
            if let Some((problem, remedy)) = broken {
                let path = format!("{}/Cargo.toml", from.folder);
                let line = line_of(&from.manifest, &dependency.name);
                found.push(Violation::new(&path, line, problem, remedy));
            }
        }
    }
    found
}

type Broken = Option<(String, &'static str)>;

fn broken_inside(from: &Crate, to: &Crate) -> Broken {
    let problem = format!("{} depends on {}", from.folder, to.folder);
    let rank =
        |crate_: &Crate| ["core", "shell", "check"].iter().position(|l| *l == crate_.layer());
    let exchange = "exchange a fact instead";
    if rank(to) > rank(from) {
        return Some((problem, "core <- shell <- check: nothing points back"));
    }
    match (from.name.as_str(), to.name.as_str()) {
        ("kernel", _) => Some((problem, "the kernel knows no other crate")),
        ("facts", to) if to != "kernel" => Some((problem, "facts are made of kernel words only")),
        ("auditor", _) if to.is_slice() => {
            Some((problem, "the auditor shares no code with the rules that it checks"))
        }
        pair if from.is_slice() && to.is_slice() && !SLICE_EXCEPTIONS.contains(&pair) => {
            Some((problem, exchange))
        }
        _ => None,
    }
}

fn broken_outside(from: &Crate, dependency: &Dependency) -> Broken {
    let name = dependency.name.as_str();
    let problem = format!("{} depends on {name}", from.folder);
    let in_tests = dependency.kind == DependencyKind::Development;
    let allowed = (CORE_EXTERNAL.contains(&name) && dependency.kind != DependencyKind::Build)
        || (in_tests && CORE_EXTERNAL_IN_TESTS.contains(&name));
    if from.layer() == "core" && !allowed {
        return Some((problem, "the core is pure: move this to the shell"));
    }
    let is_store = from.folder.starts_with("shell/store-");
    let is_baseline = from.folder == BASELINE.0 && BASELINE.1.contains(&name);
    if DATABASE_DRIVERS.contains(&name) && !is_store && !is_baseline {
        return Some((problem, "ask a question of the store port instead"));
    }
    None
}

/// Where a manifest names a dependency.
fn line_of(manifest: &str, name: &str) -> usize {
    let names =
        |line: &str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['.', ' ', '=']));
    manifest.lines().position(names).map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crate_(folder: &str, dependencies: &[&str]) -> Crate {
        let dependency = |text: &&str| {
            let (kind, name) = text.split_once(' ').unwrap_or(("", text));
            let kind = match kind {
                "dev" => DependencyKind::Development,
                "build" => DependencyKind::Build,
                _ => DependencyKind::Normal,
            };
            let local = name.contains('/');
            Dependency { name: last(name), local, kind }
        };
        Crate {
            name: last(folder),
            folder: folder.to_owned(),
            stage: String::new(),
            manifest: "[dependencies]\nserde.workspace = true\nserde_json = \"1\"\n".to_owned(),
            dependencies: dependencies.iter().map(dependency).collect(),
        }
    }

    fn last(folder: &str) -> String {
        folder.rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// How many of the dependencies of `folder` break a rule.
    fn broken(folder: &str, dependencies: &[&str]) -> usize {
        let mut crates = vec![crate_(folder, dependencies)];
        for dependency in dependencies {
            let target = dependency.rsplit(' ').next().unwrap_or_default();
            if target.contains('/') {
                crates.push(crate_(target, &[]));
            }
        }
        violations(&Workspace { crates, ..Workspace::default() }).len()
    }

    #[test]
    fn layers_point_one_way() {
        assert_eq!(broken("shell/engine", &["core/kernel", "core/orders", "shell/store"]), 0);
        assert_eq!(broken("check/sim", &["core/kernel", "shell/engine", "check/bench"]), 0);
        assert_eq!(broken("core/orders", &["shell/store"]), 1);
        assert_eq!(broken("core/orders", &["dev shell/store"]), 1);
        assert_eq!(broken("shell/cli", &["check/sim"]), 1);
    }

    #[test]
    fn kernel_then_facts_then_slices() {
        assert_eq!(broken("core/kernel", &["core/facts"]), 1);
        assert_eq!(broken("core/facts", &["core/kernel"]), 0);
        assert_eq!(broken("core/facts", &["core/orders"]), 1);
        assert_eq!(broken("core/orders", &["core/kernel", "core/facts"]), 0);
    }

    #[test]
    fn slices_exchange_facts_and_share_the_calculator_only() {
        for slice in ["orders", "subscriptions", "rating", "catalog"] {
            assert_eq!(broken(&format!("core/{slice}"), &["core/pricing"]), 0, "{slice}");
        }
        assert_eq!(broken("core/invoicing", &["core/pricing"]), 1);
        assert_eq!(broken("core/invoicing", &["core/rating"]), 1);
        assert_eq!(broken("core/invoicing", &["dev core/rating"]), 1);
        assert_eq!(broken("core/pricing", &["core/orders"]), 1);
    }

    #[test]
    fn the_auditor_shares_no_code_with_the_rules() {
        assert_eq!(broken("shell/auditor", &["core/facts", "shell/store"]), 0);
        assert_eq!(broken("shell/auditor", &["core/pricing"]), 1);
    }

    #[test]
    fn the_core_takes_four_crates_from_outside() {
        assert_eq!(broken("core/kernel", &["serde", "thiserror", "jiff", "rust_decimal"]), 0);
        assert_eq!(broken("core/kernel", &["dev proptest", "dev serde_json", "dev jiff"]), 0);
        assert_eq!(
            broken("core/kernel", &["serde_json", "proptest", "dev tokio", "build serde"]),
            4
        );
    }

    #[test]
    fn only_a_store_knows_a_database() {
        assert_eq!(broken("shell/store-sqlite", &["rusqlite"]), 0);
        assert_eq!(broken("shell/cli", &["rusqlite", "dev postgres", "clap"]), 2);
        assert_eq!(broken("check/bench", &["postgres", "rusqlite", "sqlx"]), 1);
    }

    #[test]
    fn a_violation_points_at_the_manifest_line() {
        let crates = vec![crate_("core/kernel", &["serde_json"])];
        let found = violations(&Workspace { crates, ..Workspace::default() });
        assert!(
            matches!(&found[..], [one] if one.path == "core/kernel/Cargo.toml" && one.line == 3)
        );
    }
}
