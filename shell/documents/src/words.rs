//! The words of the documents, from `texts/*.ftl`. Nothing shown to a customer is written in Rust.

use std::sync::LazyLock;

use facts::text::Language;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// The texts of one language.
pub struct Words {
    bundle: FluentBundle<FluentResource>,
}

static EN: LazyLock<Words> = LazyLock::new(|| Words::read("en", source(Language::En)));
static FR: LazyLock<Words> = LazyLock::new(|| Words::read("fr", source(Language::Fr)));

/// The Fluent file of a language, as compiled in.
#[must_use]
pub const fn source(language: Language) -> &'static str {
    match language {
        Language::En => include_str!("../texts/en.ftl"),
        Language::Fr => include_str!("../texts/fr.ftl"),
    }
}

/// The words of a language.
#[must_use]
pub fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &EN,
        Language::Fr => &FR,
    }
}

impl Words {
    /// A message that does not parse is left out, and a test finds it: a misplaced brace in a
    /// text must never stop an invoice.
    #[must_use]
    pub fn read(tag: &str, ftl: &str) -> Self {
        let resource =
            FluentResource::try_new(ftl.to_owned()).unwrap_or_else(|(readable, _)| readable);
        let locale: LanguageIdentifier = tag.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // Marks around values are for mixed writing directions; they would break text search.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Self { bundle }
    }

    /// The text of a key.
    #[must_use]
    pub fn text(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// The text of a key with values in it.
    #[must_use]
    pub fn with(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set(*name, FluentValue::from(*value));
        }
        self.render(key, &args)
    }

    /// The text of a key for a number of things: `$count` chooses singular or plural, `$shown`
    /// is what is printed.
    #[must_use]
    pub fn counted(&self, key: &str, count: usize, shown: &str) -> String {
        let mut args = FluentArgs::new();
        args.set("count", FluentValue::from(count));
        args.set("shown", FluentValue::from(shown));
        self.render(key, &args)
    }

    /// Whether there is a text of this key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    /// The text of a key if there is one: for lists that are open, such as countries.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<String> {
        self.bundle.has_message(key).then(|| self.text(key))
    }

    /// An unknown key gives the key, so that a slip is seen and never stops an invoice.
    fn render(&self, key: &str, args: &FluentArgs<'_>) -> String {
        let pattern = self.bundle.get_message(key).and_then(|message| message.value());
        match pattern {
            Some(pattern) => {
                let mut errors = Vec::new();
                let text = self.bundle.format_pattern(pattern, Some(args), &mut errors);
                // A long text is wrapped in its file; on the page it wraps where the page ends.
                text.replace('\n', " ")
            }
            None => key.to_owned(),
        }
    }
}
