//! A file, a function and a line that a reader can hold.

use super::Violation;
use super::source::Source;
use super::workspace::Workspace;

const FILE_LINES_MAX: usize = 600;
const FUNCTION_LINES_MAX: usize = 70;
const LINE_COLUMNS_MAX: usize = 100;

/// Everything that is too large.
pub fn violations(workspace: &Workspace) -> Vec<Violation> {
    workspace.sources.iter().flat_map(in_source).collect()
}

fn in_source(source: &Source) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut report = |line: usize, problem: String, remedy: &str| {
        found.push(Violation::new(&source.path, line, problem, remedy));
    };
    let lines = source.text.lines().count();
    if lines > FILE_LINES_MAX {
        let remedy = "split it by concept, or move its tests to a file of their own";
        report(1, format!("{lines} lines in a file (at most {FILE_LINES_MAX})"), remedy);
    }
    for (number, line) in (1..).zip(source.text.lines()) {
        let columns = line.chars().count();
        if columns > LINE_COLUMNS_MAX {
            let problem = format!("{columns} columns in a line (at most {LINE_COLUMNS_MAX})");
            report(number, problem, "wrap it");
        }
    }
    for (number, lines) in functions(&source.code) {
        if lines > FUNCTION_LINES_MAX {
            let problem = format!("{lines} lines in a function (at most {FUNCTION_LINES_MAX})");
            report(number, problem, "give its steps names of their own");
        }
    }
    found
}

/// The first line of each function that has a body, and how many lines it takes.
fn functions(code: &str) -> Vec<(usize, usize)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    for (at, keyword) in code.match_indices("fn ") {
        let alone = !code[..at].ends_with(is_word);
        let body = body_lines(&code[at + keyword.len()..]).filter(|_| alone);
        if let Some(breaks) = body {
            found.push((1 + code[..at].matches('\n').count(), 1 + breaks));
        }
    }
    found
}

/// The line breaks from the name of a function to the brace that closes it; none for a declaration.
fn body_lines(code: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, current) in code.char_indices() {
        match current {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' => depth = depth.checked_sub(1)?,
            '}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(code[..at].matches('\n').count());
                }
            }
            ';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<(usize, String)> {
        let found = in_source(&Source::new("core/a/src/lib.rs", text));
        found.into_iter().map(|violation| (violation.line, violation.problem)).collect()
    }

    #[test]
    fn a_file_has_a_limit() {
        assert_eq!(problems(&"a\n".repeat(600)), []);
        let expected = (1, "601 lines in a file (at most 600)".to_owned());
        assert_eq!(problems(&"a\n".repeat(601)), [expected]);
    }

    #[test]
    fn a_line_is_counted_in_characters() {
        assert_eq!(problems(&"é".repeat(100)), []);
        let expected = (2, "101 columns in a line (at most 100)".to_owned());
        assert_eq!(problems(&format!("a\n{}", "é".repeat(101))), [expected]);
    }

    #[test]
    fn a_function_ends_at_its_own_brace() {
        let function =
            |lines: usize| format!("x\npub fn a(b: [u8; 2]) {{\n{}}}\n", "{};\n".repeat(lines));
        assert_eq!(problems(&function(68)), []);
        let expected = (2, "71 lines in a function (at most 70)".to_owned());
        assert_eq!(problems(&function(69)), [expected]);
        assert_eq!(functions("fn a();\ntype B = fn(u8);\nfn c() {\n}\n"), [(3, 2)]);
        assert_eq!(functions("trait A { fn a(); }\nfn b() { let fn_ = 1; }"), [(2, 1)]);
    }
}
