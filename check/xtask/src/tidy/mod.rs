//! `cargo xtask tidy`: the rules that no compiler checks, each a pure function of the tracked files
//! and the dependency graph. A violation says where, what, and what to do instead.

mod facts;
mod graph;
mod header;
mod size;
mod source;
mod sql;
mod words;
mod workspace;

use std::fmt;

use crate::Result;
use workspace::Workspace;

/// One broken rule, printed as one line.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Violation {
    path: String,
    line: usize,
    problem: String,
    remedy: String,
}

impl Violation {
    fn new(path: &str, line: usize, problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, problem: problem.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, problem, remedy } = self;
        write!(out, "{path}:{line}: {problem}; {remedy}")
    }
}

/// Checks the workspace in which it is run.
pub fn run() -> Result<()> {
    let violations = violations(&Workspace::load()?);
    for violation in &violations {
        println!("{violation}");
    }
    if !violations.is_empty() {
        return Err(format!("{} broken rules", violations.len()).into());
    }
    println!("tidy");
    Ok(())
}

/// Prints the path of the data, as the headers of the crates tell it.
pub fn print_path() -> Result<()> {
    print!("{}", facts::path_table(&Workspace::load()?));
    Ok(())
}

/// Every rule, in the order of their modules.
fn violations(workspace: &Workspace) -> Vec<Violation> {
    let rules = [
        graph::violations,
        header::violations,
        facts::violations,
        sql::violations,
        words::violations,
        size::violations,
    ];
    let mut found: Vec<Violation> = rules.iter().flat_map(|rule| rule(workspace)).collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_tidy() {
        let workspace = Workspace::load().expect("a workspace");
        let lines: Vec<String> = violations(&workspace).iter().map(Violation::to_string).collect();
        assert!(lines.is_empty(), "{}", lines.join("\n"));
    }

    #[test]
    fn a_violation_is_one_line_that_an_editor_can_follow() {
        let violation = Violation::new("core/a/src/lib.rs", 7, "a clock", "take `now`");
        assert_eq!(violation.to_string(), "core/a/src/lib.rs:7: a clock; take `now`");
    }
}
