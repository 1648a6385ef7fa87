//! What went wrong, for people and for programs.

use std::path::Path;
use std::process::ExitCode;

use documents::DocumentError;
use engine::EngineError;
use imports::{ImportError, Problem};
use kernel::rejection::Rejection;
use serde_json::{Value, json};
use store::StoreError;

use crate::args::Format;
use crate::texts::Texts;

/// A command that did not do what it was asked.
pub enum Failure {
    /// The database or the file system.
    Technical(String),
    /// The input is wrong or the business says no. Nothing was changed.
    Refused(Vec<Problem>),
}

impl Failure {
    /// A file or folder that cannot be used.
    pub fn file(path: &Path, error: &std::io::Error) -> Self {
        Self::Technical(format!("{}: {error}", path.display()))
    }

    /// One refusal.
    pub fn refused(rejection: impl Rejection + Send + Sync + 'static) -> Self {
        Self::Refused(vec![Problem { place: None, rejection: Box::new(rejection) }])
    }

    /// One refusal about a file.
    pub fn at(path: &Path, rejection: impl Rejection + Send + Sync + 'static) -> Self {
        let place = Some(connect::Place::file(&path.display().to_string()));
        Self::Refused(vec![Problem { place, rejection: Box::new(rejection) }])
    }

    const fn exit_code(&self) -> u8 {
        match self {
            Self::Technical(_) => 1,
            Self::Refused(_) => 3,
        }
    }

    /// Says it on standard error; gives the exit code.
    pub fn show(&self, format: Format, texts: &Texts) -> ExitCode {
        match format {
            Format::Json => eprintln!("{}", self.as_json(texts)),
            Format::Table | Format::Csv => self.as_lines(texts).iter().for_each(|line| {
                eprintln!("{line}");
            }),
        }
        ExitCode::from(self.exit_code())
    }

    fn as_lines(&self, texts: &Texts) -> Vec<String> {
        match self {
            Self::Technical(reason) => {
                vec![texts.with("failure-technical", &[("reason", reason)])]
            }
            Self::Refused(problems) => {
                let count = problems.len().to_string();
                let mut lines: Vec<String> =
                    problems.iter().map(|problem| self.line(problem, texts)).collect();
                lines.push(texts.with("failure-refused", &[("count", &count)]));
                lines
            }
        }
    }

    fn line(&self, problem: &Problem, texts: &Texts) -> String {
        let sentence = texts.rejection(problem.rejection.as_ref());
        match &problem.place {
            Some(place) => format!("{place}: {sentence}"),
            None => sentence,
        }
    }

    fn as_json(&self, texts: &Texts) -> Value {
        match self {
            Self::Technical(reason) => json!({ "error": "technical", "detail": reason }),
            Self::Refused(problems) => {
                let problem = |it: &Problem| {
                    let place = it.place.as_ref();
                    json!({
                        "code": it.rejection.code(),
                        "detail": texts.rejection(it.rejection.as_ref()),
                        "values": it.rejection.args().into_iter()
                            .map(|(name, value)| (name.to_owned(), Value::from(value)))
                            .collect::<serde_json::Map<_, _>>(),
                        "file": place.map(|it| it.file.clone()),
                        "line": place.and_then(|it| it.line),
                        "column": place.and_then(|it| it.column),
                        "field": place.and_then(|it| it.field.clone()),
                    })
                };
                let problems: Vec<Value> = problems.iter().map(problem).collect();
                json!({ "error": "refused", "problems": problems })
            }
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Technical(error.to_string())
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        ImportError::from(error).into()
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Store(error) => error.into(),
            ImportError::Problems(problems) => Self::Refused(problems),
        }
    }
}

impl From<DocumentError> for Failure {
    fn from(error: DocumentError) -> Self {
        Self::Technical(error.to_string())
    }
}
