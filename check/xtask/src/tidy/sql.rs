//! SQL lives in the two stores, in files of the same name: `diff -ru` shows only the dialect.

use super::Violation;
use super::workspace::Workspace;

const TWINS: [&str; 2] = ["shell/store-sqlite/sql/", "shell/store-postgres/sql/"];

/// Quotes what it forbids.
const THIS_CRATE: &str = "check/xtask/";

/// What the stores are compared with: a database that is used without them.
const BASELINES: [&str; 2] = ["check/bench/src/baseline.rs", "check/bench/src/bill/rows.rs"];

/// Words that, in this order in one string, make a statement.
const STATEMENTS: [(&str, &str); 5] = [
    ("SELECT ", " FROM "),
    ("INSERT INTO ", "("),
    ("UPDATE ", " SET "),
    ("DELETE FROM ", ""),
    ("CREATE TABLE ", ""),
];

/// SQL outside the stores, and statements that only one store has.
pub fn violations(workspace: &Workspace) -> Vec<Violation> {
    let mut found = statements_elsewhere(workspace);
    for (here, there) in [(TWINS[0], TWINS[1]), (TWINS[1], TWINS[0])] {
        for name in workspace.paths.iter().filter_map(|path| path.strip_prefix(here)) {
            let twin = format!("{there}{name}");
            if !workspace.paths.contains(&twin) {
                let problem = format!("{twin} is missing");
                let remedy = "write the same statement for both engines";
                found.push(Violation::new(&format!("{here}{name}"), 1, problem, remedy));
            }
        }
    }
    found
}

fn statements_elsewhere(workspace: &Workspace) -> Vec<Violation> {
    let elsewhere = |path: &str| {
        !path.starts_with("shell/store-")
            && !path.starts_with(THIS_CRATE)
            && !BASELINES.contains(&path)
    };
    let remedy = "move it to shell/store-*, behind a question of the port";
    let mut found = Vec::new();
    for path in workspace.paths.iter().filter(|path| elsewhere(path) && path.ends_with(".sql")) {
        found.push(Violation::new(path, 1, "SQL outside a store", remedy));
    }
    for source in workspace.sources.iter().filter(|source| elsewhere(&source.path)) {
        for (number, line) in (1..).zip(source.literals.lines()) {
            if is_statement(line) {
                found.push(Violation::new(&source.path, number, "SQL outside a store", remedy));
            }
        }
    }
    found
}

fn is_statement(line: &str) -> bool {
    let begins = |(verb, then): &(&str, &str)| {
        line.split_once(verb).is_some_and(|(_, rest)| format!(" {rest}").contains(then))
    };
    STATEMENTS.iter().any(begins)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::source::Source;

    fn problems(sources: &[(&str, &str)], paths: &[&str]) -> Vec<String> {
        let sources = sources.iter().map(|(path, text)| Source::new(path, *text)).collect();
        let paths = paths.iter().map(|path| (*path).to_owned()).collect();
        let workspace = Workspace { sources, paths, ..Workspace::default() };
        violations(&workspace).into_iter().map(|found| found.problem).collect()
    }

    #[test]
    fn a_statement_belongs_to_a_store() {
        for statement in [
            "SELECT a FROM b",
            "INSERT INTO a (b) VALUES (1)",
            "UPDATE a SET b = 1",
            "DELETE FROM a",
            "CREATE TABLE a (b INT)",
        ] {
            let text = format!("fn a() {{ run(\"{statement}\") }}");
            assert_eq!(problems(&[("shell/engine/src/a.rs", &text)], &[]), ["SQL outside a store"]);
            assert_eq!(problems(&[("shell/store-sqlite/src/a.rs", &text)], &[]), [""; 0]);
        }
        assert_eq!(problems(&[], &["shell/engine/src/a.sql"]), ["SQL outside a store"]);
        assert_eq!(problems(&[("a.rs", "// SELECT a FROM b\nf(\"SELECT one\")")], &[]), [""; 0]);
    }

    #[test]
    fn both_stores_have_the_same_statements() {
        let both = ["shell/store-sqlite/sql/a/b.sql", "shell/store-postgres/sql/a/b.sql"];
        assert_eq!(problems(&[], &both), [""; 0]);
        assert_eq!(problems(&[], &both[..1]), [format!("{} is missing", both[1])]);
        assert_eq!(problems(&[], &both[1..]), [format!("{} is missing", both[0])]);
    }
}
