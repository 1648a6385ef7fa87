//! Words that must not appear in code: floats, clocks, sleeps, tests that do not run.

use super::Violation;
use super::source::Source;
use super::workspace::Workspace;

const PURE: [&str; 2] = ["core/", "shell/engine/"];

const CLOCKS: [&str; 5] =
    ["Timestamp::now", "Zoned::now", "SystemTime::now", "Instant::now", "Utc::now"];

/// Every forbidden word, line by line.
pub fn violations(workspace: &Workspace) -> Vec<Violation> {
    workspace.sources.iter().flat_map(in_source).collect()
}

fn in_source(source: &Source) -> Vec<Violation> {
    let pure = PURE.iter().any(|folder| source.path.starts_with(folder));
    let core = source.path.starts_with("core/");
    let tests_from = source.tests_from().unwrap_or(usize::MAX);
    let mut found = Vec::new();
    for (number, line) in source.code_lines() {
        let mut report = |broken: bool, problem: &str, remedy: &str| {
            if broken {
                found.push(Violation::new(&source.path, number, problem, remedy));
            }
        };
        report(core && has_float(line), "a float", "use Decimal or Money: a float loses money");
        let clock = CLOCKS.iter().any(|clock| line.contains(clock));
        report(pure && clock, "a clock", "take `now` as an argument: time is an input");
        report(line.contains("#[ignore"), "a test that does not run", "run it, or remove it");
        let sleeps = number >= tests_from && line.contains("thread::sleep");
        report(sleeps, "a test that sleeps", "advance the virtual clock, or wait for the event");
        let allows = line.contains("#[allow(") || line.contains("#![allow(");
        report(allows, "`allow`", "use `expect` with a reason: it goes stale loudly");
    }
    found
}

/// The types, and literals such as `1f64`; `0xf64` is an integer.
fn has_float(line: &str) -> bool {
    let is_float = |word: &str| {
        let number = word.starts_with(|c: char| c.is_ascii_digit()) && !word.starts_with("0x");
        ["f32", "f64"].iter().any(|float| word == *float || (number && word.ends_with(float)))
    };
    line.split(|c: char| !c.is_alphanumeric() && c != '_').any(is_float)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(path: &str, text: &str) -> Vec<String> {
        in_source(&Source::new(path, text)).into_iter().map(|found| found.problem).collect()
    }

    #[test]
    fn no_float_in_the_core() {
        for text in ["let a: f64 = b;", "a as f32", "a(1f64)", "1_000_f32"] {
            assert_eq!(problems("core/kernel/src/money.rs", text), ["a float"], "{text}");
        }
        for text in ["// f64", "\"f64\"", "0xf64", "to_f64x()", "xf64"] {
            assert_eq!(problems("core/kernel/src/money.rs", text), [""; 0], "{text}");
        }
        assert_eq!(problems("shell/documents/src/lib.rs", "a as f64"), [""; 0]);
    }

    #[test]
    fn no_clock_in_what_is_simulated() {
        for clock in CLOCKS {
            let text = format!("let now = {clock}();");
            assert_eq!(problems("core/orders/src/lib.rs", &text), ["a clock"]);
            assert_eq!(problems("shell/engine/src/pump.rs", &text), ["a clock"]);
            assert_eq!(problems("shell/cli/src/main.rs", &text), [""; 0]);
        }
    }

    #[test]
    fn every_test_runs_and_none_sleeps() {
        let ignored = "#[test]\n#[ignore]\nfn a() {}";
        assert_eq!(problems("shell/store/src/lib.rs", ignored), ["a test that does not run"]);
        let reason = "#[ignore = \"slow\"]";
        assert_eq!(problems("shell/store/src/lib.rs", reason), ["a test that does not run"]);
        let sleeps = "#[cfg(test)]\nmod tests {\nfn a() { std::thread::sleep(b) }\n}";
        assert_eq!(problems("shell/store/src/lib.rs", sleeps), ["a test that sleeps"]);
        assert_eq!(
            problems("shell/store/tests/it/a.rs", "thread::sleep(b)"),
            ["a test that sleeps"]
        );
        assert_eq!(problems("shell/store/src/lib.rs", "thread::sleep(b)"), [""; 0]);
    }

    #[test]
    fn exceptions_are_expected_not_allowed() {
        assert_eq!(problems("shell/cli/src/main.rs", "#[allow(dead_code)]"), ["`allow`"]);
        assert_eq!(problems("shell/cli/src/main.rs", "#![allow(dead_code)]"), ["`allow`"]);
        assert_eq!(
            problems("shell/cli/src/main.rs", "#[expect(dead_code, reason = \"\")]"),
            [""; 0]
        );
    }
}
