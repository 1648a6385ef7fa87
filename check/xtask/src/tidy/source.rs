//! A Rust file, split by a small scanner into what is code and what is only quoted, so that a rule
//! about code is not misled by a comment or a message that speaks about it.

/// One file, three times the same lines.
pub struct Source {
    /// Relative to the root of the repository.
    pub path: String,
    /// As it is.
    pub text: String,
    /// Without comments, and with the content of literals blanked.
    pub code: String,
    /// Only the content of string literals.
    pub literals: String,
}

impl Source {
    /// Scans `text`.
    pub fn new(path: &str, text: impl Into<String>) -> Self {
        let text = text.into();
        let mut scanner = Scanner::new(&text);
        scanner.scan();
        let Scanner { code, literals, .. } = scanner;
        Self { path: path.to_owned(), text, code, literals }
    }

    /// The lines of code, counted from 1.
    pub fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.code.lines())
    }

    /// The first line that belongs to tests only, if there is one.
    pub fn tests_from(&self) -> Option<usize> {
        let file = self.path.rsplit('/').next().unwrap_or_default();
        if self.path.contains("/tests/") || file == "tests.rs" || file.ends_with("_tests.rs") {
            return Some(1);
        }
        self.code_lines().find(|(_, line)| line.contains("#[cfg(test)]")).map(|(number, _)| number)
    }
}

/// Where each character of the input goes.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Code,
    Literal,
    Nowhere,
}

struct Scanner {
    input: Vec<char>,
    at: usize,
    code: String,
    literals: String,
}

impl Scanner {
    fn new(text: &str) -> Self {
        let input = text.chars().collect();
        Self { input, at: 0, code: String::new(), literals: String::new() }
    }

    fn scan(&mut self) {
        while let Some(current) = self.peek(0) {
            match (current, self.peek(1)) {
                ('/', Some('/')) => self.line_comment(),
                ('/', Some('*')) => self.block_comment(),
                ('"', _) => self.string(),
                ('\'', _) => self.quote(),
                ('r', _) if !self.inside_word() => self.raw_string(),
                _ => self.take(1, Place::Code),
            }
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.input.get(self.at + ahead).copied()
    }

    /// Moves on; a line break goes everywhere, so that line numbers agree.
    fn take(&mut self, count: usize, into: Place) {
        for _ in 0..count {
            let Some(current) = self.peek(0) else { return };
            let shown = |to: Place| if current == '\n' || to == into { current } else { ' ' };
            self.code.push(shown(Place::Code));
            self.literals.push(shown(Place::Literal));
            self.at += 1;
        }
    }

    /// `b` of `br"…"` is no word of its own.
    fn inside_word(&self) -> bool {
        let before = |back: usize| self.at.checked_sub(back).and_then(|at| self.input.get(at));
        let is_word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric() || *c == '_');
        match before(1) {
            Some('b' | 'c') => is_word(before(2)),
            other => is_word(other),
        }
    }

    fn line_comment(&mut self) {
        while self.peek(0).is_some_and(|current| current != '\n') {
            self.take(1, Place::Nowhere);
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                (None, _) => return,
                _ => {
                    self.take(1, Place::Nowhere);
                    continue;
                }
            }
            self.take(2, Place::Nowhere);
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        self.take(1, Place::Code);
        while let Some(current) = self.peek(0) {
            match current {
                '"' => return self.take(1, Place::Code),
                '\\' => self.take(2, Place::Literal),
                _ => self.take(1, Place::Literal),
            }
        }
    }

    /// `r"…"` or `r#"…"#`; anything else that begins with r is code.
    fn raw_string(&mut self) {
        let hashes = (1..).take_while(|ahead| self.peek(*ahead) == Some('#')).count();
        if self.peek(1 + hashes) != Some('"') {
            return self.take(1, Place::Code);
        }
        self.take(2 + hashes, Place::Code);
        let closes = |scanner: &Self| {
            scanner.peek(0) == Some('"') && (1..=hashes).all(|n| scanner.peek(n) == Some('#'))
        };
        while self.peek(0).is_some() && !closes(self) {
            self.take(1, Place::Literal);
        }
        self.take(1 + hashes, Place::Code);
    }

    /// A character literal is blanked; a lifetime is code.
    fn quote(&mut self) {
        if self.peek(1) == Some('\\') {
            self.take(3, Place::Nowhere);
            while self.peek(0).is_some_and(|current| current != '\'') {
                self.take(1, Place::Nowhere);
            }
            self.take(1, Place::Nowhere);
        } else if self.peek(2) == Some('\'') {
            self.take(3, Place::Nowhere);
        } else {
            self.take(1, Place::Code);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> String {
        Source::new("a.rs", text).code
    }

    #[test]
    fn comments_and_quoted_text_are_not_code() {
        assert_eq!(code("a // b\nc"), "a     \nc");
        assert_eq!(code("a /* b /* c */ d */ e"), "a                   e");
        assert_eq!(code(r#"f("g\"h") i"#), r#"f("    ") i"#);
        assert_eq!(code("r#\"a \" b\"# c"), "r#\"     \"# c");
        assert_eq!(code("br\"\\\" c"), "br\" \" c");
        assert_eq!(code("for x"), "for x");
        assert_eq!(code("r#type"), "r#type");
    }

    #[test]
    fn a_quote_is_a_character_or_a_lifetime() {
        assert_eq!(code("'\"' + a"), "    + a");
        assert_eq!(code(r"'\'' + a"), "     + a");
        assert_eq!(code(r"'\u{1F4A9}' + a"), "            + a");
        assert_eq!(code("&'a str, 'b'"), "&'a str,    ");
    }

    #[test]
    fn literals_keep_their_line() {
        let source = Source::new("a.rs", "a(\"one\ntwo\") // three");
        assert_eq!(source.literals.lines().map(str::trim).collect::<Vec<_>>(), ["one", "two"]);
    }

    #[test]
    fn tests_begin_at_their_module_or_with_their_file() {
        let from = |path: &str, text: &str| Source::new(path, text).tests_from();
        assert_eq!(from("core/a/src/lib.rs", "fn a() {}\n#[cfg(test)]\nmod tests {}"), Some(2));
        assert_eq!(from("core/a/src/lib.rs", "// #[cfg(test)]"), None);
        assert_eq!(from("core/a/tests/it/main.rs", ""), Some(1));
        assert_eq!(from("core/a/src/money_tests.rs", ""), Some(1));
    }
}
