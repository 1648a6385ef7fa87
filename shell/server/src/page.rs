//! Lists, a page at a time: a page names the cursor of the next, and a cursor is the name of the
//! last item, so that nothing is left out or said twice when something is added meanwhile.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::Problem;

/// Items of a page when nobody says how many.
const DEFAULT: u32 = 50;
/// The most.
const MAX: u32 = 100;

/// Which page.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The `next` of the page before; left out: the first page.
    pub after: Option<String>,
    /// Items of a page, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub limit: Option<u32>,
}

impl PageQuery {
    /// The limit.
    ///
    /// # Errors
    /// It is out of range.
    pub fn limit(&self) -> Result<u32, Problem> {
        limit(self.limit)
    }

    /// The cursor; the empty one comes before everything.
    pub fn cursor(&self) -> &str {
        self.after.as_deref().unwrap_or_default()
    }
}

/// A limit of items, as asked.
///
/// # Errors
/// It is out of range.
pub fn limit(asked: Option<u32>) -> Result<u32, Problem> {
    match asked.unwrap_or(DEFAULT) {
        limit @ 1..=MAX => Ok(limit),
        other => Err(Problem::bad_query(format!("`limit={other}` is not 1 to {MAX}"))),
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// The cursor of the next page; none: this is the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page of items, of which one more than `limit` was looked for.
    pub fn of(mut items: Vec<T>, limit: u32, cursor: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| has_more).map(cursor);
        Self { items, next }
    }
}
