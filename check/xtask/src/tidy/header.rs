//! The first lines of a crate tell a newcomer what it is for.

use super::Violation;
use super::workspace::Workspace;

/// What the header of a slice says, in this order.
const SLICE_FIELDS: [(&str, &str); 5] = [
    ("Owns", "say which decisions are taken here and nowhere else"),
    ("Does not own", "say what a reader may look for here, and where it is"),
    ("Facts", "say `consumed → produced`, with `-` for none"),
    ("Invariants", "say what is always true"),
    ("Dates", "say what each date means"),
];

/// A labelled paragraph of a header: `//! Owns: …`.
#[derive(Debug, PartialEq)]
pub struct Field {
    /// Where it starts, from 1.
    pub line: usize,
    /// Its lines, joined by a space.
    pub text: String,
}

/// Crates without a header, and slices without one of its fields.
pub fn violations(workspace: &Workspace) -> Vec<Violation> {
    let mut found = Vec::new();
    for member in &workspace.crates {
        let Some(source) = member.entry(workspace) else { continue };
        if !source.text.starts_with("//!") {
            let remedy = "open with a `//!` line that says what the crate is for";
            found.push(Violation::new(&source.path, 1, "the crate has no header", remedy));
        }
        for (name, remedy) in SLICE_FIELDS.iter().filter(|_| member.is_slice()) {
            if field(&source.text, name).is_none_or(|field| field.text.is_empty()) {
                let problem = format!("the header has no `//! {name}:`");
                found.push(Violation::new(&source.path, 1, problem, *remedy));
            }
        }
    }
    found
}

/// A field of the header of a file. It goes on until an empty line or the next label.
pub fn field(text: &str, name: &str) -> Option<Field> {
    let header = (1..).zip(text.lines().map_while(|line| line.strip_prefix("//!")));
    let mut found: Option<Field> = None;
    for (line, content) in header.map(|(line, content)| (line, content.trim())) {
        match (&mut found, label(content)) {
            (None, Some((word, rest))) if word == name => {
                found = Some(Field { line, text: rest.to_owned() });
            }
            (None, _) => {}
            (Some(_), Some(_)) => break,
            (Some(_), None) if content.is_empty() => break,
            (Some(field), None) => {
                field.text.push(' ');
                field.text.push_str(content);
            }
        }
    }
    found.map(|field| Field { text: field.text.trim().to_owned(), ..field })
}

/// `Does not own: …` is a label and its text; a path such as `a::b` is not.
fn label(content: &str) -> Option<(&str, &str)> {
    let (word, rest) = content.split_once(':')?;
    let plain = word.chars().all(|c| c.is_ascii_alphabetic() || c == ' ');
    let short = word.split(' ').count() <= 3;
    let is_label = plain && short && word.starts_with(|c: char| c.is_ascii_uppercase());
    (is_label && !rest.starts_with(':')).then(|| (word, rest.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::source::Source;
    use crate::tidy::workspace::Crate;

    const WHOLE: &str = "//! One order becomes units.\n//!\n//! Owns: the order.\n\
        //! Does not own: prices, which are\n//! in `pricing::quote`.\n\
        //! Facts: OfferPublished\n//!   → OrderAccepted\n\
        //! Invariants: units = quantity.\n//! Dates: `ordered_on`.\n\nuse x;\n";

    fn problems(folder: &str, text: &str) -> Vec<String> {
        let member = Crate {
            name: folder.rsplit('/').next().unwrap_or_default().to_owned(),
            folder: folder.to_owned(),
            stage: String::new(),
            manifest: String::new(),
            dependencies: Vec::new(),
        };
        let sources = vec![Source::new(&format!("{folder}/src/lib.rs"), text)];
        let workspace = Workspace { crates: vec![member], sources, ..Workspace::default() };
        violations(&workspace).into_iter().map(|violation| violation.problem).collect()
    }

    #[test]
    fn a_slice_says_five_things() {
        assert_eq!(problems("core/orders", WHOLE), [""; 0]);
        for (name, _) in SLICE_FIELDS {
            let without = WHOLE.replace(&format!("//! {name}:"), "//! Something:");
            assert_eq!(
                problems("core/orders", &without),
                [format!("the header has no `//! {name}:`")]
            );
        }
        let empty = WHOLE.replace(" the order.", "");
        assert_eq!(problems("core/orders", &empty), ["the header has no `//! Owns:`"]);
    }

    #[test]
    fn other_crates_say_at_least_what_they_are_for() {
        assert_eq!(problems("shell/engine", "//! Use cases.\n"), [""; 0]);
        assert_eq!(problems("core/kernel", "//! Words.\n"), [""; 0]);
        assert_eq!(problems("shell/engine", "use x;\n//! Late.\n"), ["the crate has no header"]);
    }

    #[test]
    fn a_field_goes_on_until_the_next_label_or_an_empty_line() {
        let facts = field(WHOLE, "Facts").map(|field| (field.line, field.text));
        assert_eq!(facts, Some((6, "OfferPublished → OrderAccepted".to_owned())));
        let paths = field(WHOLE, "Does not own").map(|field| field.text);
        assert_eq!(paths, Some("prices, which are in `pricing::quote`.".to_owned()));
        let prose = "//! Dates: none\n//!\n//! More prose.";
        assert_eq!(field(prose, "Dates").map(|field| field.text), Some("none".to_owned()));
        assert_eq!(field("//! Text.\nuse x;\n//! Owns: late", "Owns"), None);
    }
}
