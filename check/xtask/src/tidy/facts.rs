//! The path of the data: who makes each fact, and who reads it, as the crates' headers say.

use super::Violation;
use super::header;
use super::source::Source;
use super::workspace::{Crate, Workspace};

/// Where the facts may be declared.
const FACT_FILES: [&str; 2] = ["core/facts/src/fact.rs", "core/facts/src/lib.rs"];

/// The `//! Facts:` field of one crate: `consumed → produced`.
struct Flow<'a> {
    member: &'a Crate,
    path: &'a str,
    line: usize,
    consumed: Vec<String>,
    produced: Vec<String>,
}

/// Facts that nobody makes, that two make, or that nobody reads; and names of no fact.
pub fn violations(workspace: &Workspace) -> Vec<Violation> {
    let declared = FACT_FILES
        .iter()
        .filter_map(|path| workspace.source(path))
        .find_map(|source| Some((source.path.as_str(), fact_names(source)?)));
    let Some((path, facts)) = declared else {
        let remedy = "declare it here or in fact.rs: it is the list of all facts";
        return vec![Violation::new(FACT_FILES[1], 1, "there is no `pub enum Fact`", remedy)];
    };
    let flows = flows(workspace);
    let mut found = Vec::new();
    for (line, fact) in &facts {
        for (problem, remedy) in broken_fact(&flows, fact) {
            found.push(Violation::new(path, *line, format!("{fact} {problem}"), remedy));
        }
    }
    for flow in &flows {
        for name in flow.consumed.iter().chain(&flow.produced) {
            if !facts.iter().any(|(_, fact)| fact == name) {
                let problem = format!("the header names `{name}`, which is no fact");
                let remedy = "write `FactA, FactB → FactC`, with `-` for none";
                found.push(Violation::new(flow.path, flow.line, problem, remedy));
            }
        }
    }
    found.extend(unreadable_flows(workspace));
    found
}

fn broken_fact(flows: &[Flow<'_>], fact: &String) -> Vec<(String, &'static str)> {
    let producers: Vec<&str> = flows
        .iter()
        .filter(|flow| flow.produced.contains(fact))
        .map(|flow| flow.member.name.as_str())
        .collect();
    let mut broken = Vec::new();
    match producers.as_slice() {
        [] => broken.push((
            "has no producer".to_owned(),
            "name it right of the → in the `//! Facts:` of the crate that makes it",
        )),
        [_] => {}
        many => broken.push((
            format!("has {} producers: {}", many.len(), many.join(", ")),
            "let one crate make it, or split it into two facts",
        )),
    }
    if !flows.iter().any(|flow| flow.consumed.contains(fact)) {
        broken.push((
            "has no consumer".to_owned(),
            "name it left of the → in the `//! Facts:` of a crate that reads it, or remove it",
        ));
    }
    broken
}

/// A header that has the field but no arrow in it.
fn unreadable_flows(workspace: &Workspace) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in workspace.crates.iter().filter_map(|member| member.entry(workspace)) {
        let field = header::field(&source.text, "Facts");
        if let Some(field) = field.filter(|field| sides(&field.text).is_none()) {
            let remedy = "write `FactA, FactB → FactC`, with `-` for none";
            found.push(Violation::new(&source.path, field.line, "no → between the facts", remedy));
        }
    }
    found
}

fn flows(workspace: &Workspace) -> Vec<Flow<'_>> {
    let flow = |member| {
        let source = Crate::entry(member, workspace)?;
        let field = header::field(&source.text, "Facts")?;
        let (consumed, produced) = sides(&field.text)?;
        Some(Flow { member, path: &source.path, line: field.line, consumed, produced })
    };
    workspace.crates.iter().filter_map(flow).collect()
}

/// What stands left and right of the one arrow.
fn sides(text: &str) -> Option<(Vec<String>, Vec<String>)> {
    let (left, right) = text.split_once('→')?;
    (!right.contains('→')).then(|| (names(left), names(right)))
}

/// The names between commas; `-` is none.
fn names(text: &str) -> Vec<String> {
    let plain = |name: &str| {
        name.trim_matches(|c: char| c.is_whitespace() || ['.', '`', '[', ']'].contains(&c))
            .to_owned()
    };
    text.split(',').map(plain).filter(|name| !["", "-"].contains(&name.as_str())).collect()
}

/// The variants of `pub enum Fact`, with their lines.
fn fact_names(source: &Source) -> Option<Vec<(usize, String)>> {
    const HEAD: &str = "pub enum Fact ";
    let body = source.code.find(HEAD)? + HEAD.len();
    let mut line = 1 + source.code[..body].matches('\n').count();
    let mut depth = 0_usize;
    let mut expects_name = false;
    let mut word = String::new();
    let mut facts = Vec::new();
    for current in source.code[body..].chars() {
        if depth == 1 && expects_name && (current.is_alphanumeric() || current == '_') {
            word.push(current);
            continue;
        }
        if !word.is_empty() {
            facts.push((line, std::mem::take(&mut word)));
            expects_name = false;
        }
        match current {
            '\n' => line += 1,
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            _ => {}
        }
        match (current, depth) {
            ('}', 0) => break,
            ('{' | ',', 1) => expects_name = true,
            _ => {}
        }
    }
    Some(facts)
}

/// Stage, crate, facts in and out, in the order of the root manifest.
pub fn path_table(workspace: &Workspace) -> String {
    let mut rows = vec![["stage", "crate", "facts in", "→ facts out"].map(String::from)];
    let mut stage = "";
    for flow in flows(workspace) {
        let shown = if flow.member.stage == stage { "" } else { &flow.member.stage };
        stage = &flow.member.stage;
        let height = flow.consumed.len().max(flow.produced.len()).max(1);
        for index in 0..height {
            let first = |text: &str| if index == 0 { text.to_owned() } else { String::new() };
            let cell = |names: &[String]| names.get(index).cloned();
            rows.push([
                first(shown),
                first(&flow.member.name),
                cell(&flow.consumed).unwrap_or_else(|| first("-")),
                cell(&flow.produced).map_or_else(|| first("→ -"), |name| format!("→ {name}")),
            ]);
        }
    }
    aligned(&rows)
}

fn aligned(rows: &[[String; 4]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths = [0, 1, 2, 3].map(|column| width(column).unwrap_or(0));
    let mut table = String::new();
    for row in rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        table.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        table.push('\n');
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENUM: &str = "//! Facts.\n/// All.\n#[derive(Clone)]\npub enum Fact {\n\
        /// Sold, or, asked.\nOrderAccepted(OrderAccepted),\n#[serde(rename = \"x, y\")]\n\
        ItemShipped { a: u8, b: u8 },\nEnded,\n}\npub enum Other { Ignored }\n";

    fn workspace(facts: &str, headers: &[(&str, &str)]) -> Workspace {
        let member = |folder: &str, stage: &str| Crate {
            name: folder.rsplit('/').next().unwrap_or_default().to_owned(),
            folder: folder.to_owned(),
            stage: stage.to_owned(),
            manifest: String::new(),
            dependencies: Vec::new(),
        };
        let mut workspace = Workspace::default();
        workspace.crates.push(member("core/facts", "PURE"));
        workspace.sources.push(Source::new("core/facts/src/lib.rs", facts));
        for (folder, header) in headers {
            workspace.crates.push(member(folder, "order -> service"));
            let text = format!("//! A.\n//! Facts: {header}\n");
            workspace.sources.push(Source::new(&format!("{folder}/src/lib.rs"), text));
        }
        workspace
    }

    fn problems(facts: &str, headers: &[(&str, &str)]) -> Vec<String> {
        violations(&workspace(facts, headers)).into_iter().map(|found| found.problem).collect()
    }

    const WHOLE: [(&str, &str); 2] = [
        ("core/orders", "Ended → OrderAccepted"),
        ("core/fulfilment", "OrderAccepted, `ItemShipped` → ItemShipped,\n//!   Ended."),
    ];

    #[test]
    fn variants_are_read_past_attributes_fields_and_comments() {
        let names = fact_names(&Source::new("x.rs", ENUM)).expect("an enum");
        let expected = [(6, "OrderAccepted"), (8, "ItemShipped"), (9, "Ended")];
        assert_eq!(names, expected.map(|(line, name)| (line, name.to_owned())));
    }

    #[test]
    fn each_fact_has_one_producer_and_a_consumer() {
        assert_eq!(problems(ENUM, &WHOLE), [""; 0]);
        let no_consumer = [("core/orders", "- → OrderAccepted"), WHOLE[1]];
        assert_eq!(problems(ENUM, &no_consumer), ["Ended has no consumer"]);
        let no_producer = [("core/orders", "Ended → -"), WHOLE[1]];
        assert_eq!(problems(ENUM, &no_producer), ["OrderAccepted has no producer"]);
        let two = [WHOLE[0], WHOLE[1], ("core/rating", "- → Ended")];
        assert_eq!(problems(ENUM, &two), ["Ended has 2 producers: fulfilment, rating"]);
    }

    #[test]
    fn a_header_names_facts_and_has_an_arrow() {
        let unknown = [WHOLE[0], WHOLE[1], ("core/rating", "Endedd → -")];
        assert_eq!(problems(ENUM, &unknown), ["the header names `Endedd`, which is no fact"]);
        let no_arrow = [WHOLE[0], WHOLE[1], ("core/rating", "none")];
        assert_eq!(problems(ENUM, &no_arrow), ["no → between the facts"]);
        assert_eq!(problems("//! None.\n", &[]), ["there is no `pub enum Fact`"]);
    }

    #[test]
    fn the_path_is_a_table_in_the_order_of_the_manifest() {
        let expected = "\
stage             crate       facts in       → facts out
order -> service  orders      Ended          → OrderAccepted
                  fulfilment  OrderAccepted  → ItemShipped
                              ItemShipped    → Ended
";
        assert_eq!(path_table(&workspace(ENUM, &WHOLE)), expected);
    }
}
