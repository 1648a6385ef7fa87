//! The words of the command line, from `texts/*.ftl`. English sentences of rejections stand
//! beside their codes in the core; `fr-rejections.ftl`
//! has the French one of every code.

use documents::words::Words;
use facts::text::Language;
use kernel::rejection::Rejection;

/// The words of one language.
pub struct Texts {
    /// The language.
    pub language: Language,
    words: Words,
}

/// The Fluent text of a language, as compiled in.
pub const fn source(language: Language) -> &'static str {
    match language {
        Language::En => include_str!("../texts/en.ftl"),
        Language::Fr => concat!(
            include_str!("../texts/fr.ftl"),
            "\n",
            include_str!("../texts/fr-rejections.ftl")
        ),
    }
}

impl Texts {
    /// The words of a language.
    pub fn of(language: Language) -> Self {
        let tag = match language {
            Language::En => "en",
            Language::Fr => "fr",
        };
        Self { language, words: Words::read(tag, source(language)) }
    }

    /// A text without values.
    pub fn text(&self, key: &str) -> String {
        self.words.text(key)
    }

    /// A text with values.
    pub fn with(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.words.with(key, values)
    }

    /// The sentence of a rejection.
    pub fn rejection(&self, rejection: &dyn Rejection) -> String {
        let args = rejection.args();
        let values: Vec<(&str, &str)> =
            args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let key = format!("rejection-{}", rejection.code());
        match self.language {
            Language::Fr if self.words.has(&key) => self.words.with(&key, &values),
            _ => rejection.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn keys(language: Language) -> BTreeSet<&'static str> {
        let of_line = |line: &'static str| line.split_once(" =").map(|(key, _)| key);
        let starts = |key: &&str| key.starts_with(|c: char| c.is_ascii_lowercase());
        source(language).lines().filter_map(of_line).filter(starts).collect()
    }

    #[test]
    fn every_text_exists_in_both_languages() {
        let is_ours = |key: &&&str| !key.starts_with("rejection-");
        let (en, fr) = (keys(Language::En), keys(Language::Fr));
        let (en, fr): (Vec<_>, Vec<_>) =
            (en.iter().filter(is_ours).collect(), fr.iter().filter(is_ours).collect());
        assert_eq!(en, fr);
    }

    /// Found in a report that said `audit-pools`.
    #[test]
    fn every_promise_of_an_audit_has_its_sentence() {
        let mut store = store_sqlite::SqliteStore::in_memory().unwrap();
        let report = auditor::audit_deep(&mut store).unwrap();
        for language in [Language::En, Language::Fr] {
            let texts = Texts::of(language);
            for check in &report.checks {
                let key = format!("audit-{}", check.code);
                assert_ne!(texts.text(&key), key);
            }
        }
    }

    #[test]
    fn every_rejection_has_a_french_sentence() {
        let codes = [
            catalog::CatalogFault::CODES,
            catalog::PriceFault::CODES,
            catalog::TermFault::CODES,
            connect::InputRejection::CODES,
            engine::EngineRejection::CODES,
            engine::OrderRejection::CODES,
            engine::AdoptRejection::CODES,
            engine::FulfilmentRejection::CODES,
            engine::HoldRejection::CODES,
            engine::AccessRejection::CODES,
            engine::CreditRejection::CODES,
            engine::CreditNoteRejection::CODES,
            engine::ParkingRejection::CODES,
            engine::DraftRejection::CODES,
            auditor::AuditFinding::CODES,
        ];
        let fr = keys(Language::Fr);
        let missing: Vec<&str> = codes
            .into_iter()
            .flatten()
            .copied()
            .filter(|code| !fr.contains(format!("rejection-{code}").as_str()))
            .collect();
        assert!(missing.is_empty(), "no French for {missing:?}");
    }
}
