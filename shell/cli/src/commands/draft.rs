//! Drafts of invoices: list, issue, hold.

use connect::readable::Readable;
use documents::format;
use engine::billing::drafts::{self, Waiting};
use engine::preview::Totals;
use facts::{AccountId, InvoiceIssued};
use serde_json::{Value, json};
use store::Store;

use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

/// The drafts that wait, and what each comes to now.
pub fn list(store: &mut dyn Store, texts: &Texts) -> Result<Shown, Failure> {
    let now = compose::now(store)?;
    let waiting = drafts::waiting(store, now)?;
    let words = |key| (texts.text(key), Kind::Words);
    let columns = vec![
        words("column-account"),
        words("column-bill-day"),
        words("column-issue-day"),
        (texts.text("net"), Kind::Figures),
        (texts.text("total"), Kind::Figures),
        words("column-held"),
    ];
    let mut table = Table::new(None, columns);
    table.rows = waiting.iter().map(|it| row(it, texts)).collect::<Result<_, _>>()?;
    let none = waiting.is_empty();
    Ok(Shown {
        json: waiting.iter().map(as_json).collect::<Result<_, _>>()?,
        tables: if none { Vec::new() } else { vec![table] },
        after: vec![texts.text(if none { "draft-none" } else { "draft-how-to-issue" })],
        ..Shown::default()
    })
}

/// What the invoices of a draft come to together; most have one.
fn totals(it: &Waiting) -> Result<Option<Totals>, Failure> {
    Totals::of(&it.invoices).map_err(|no| Failure::Technical(no.to_string()))
}

fn row(it: &Waiting, texts: &Texts) -> Result<Vec<String>, Failure> {
    let money = |amount| format::money(amount, texts.language);
    let day = |day| format::date(day, texts.language);
    let nothing = || (texts.text("bill-no-invoice"), String::new());
    let amounts = totals(it)?.map(|it| (money(it.net), money(it.total)));
    let (net, total) = amounts.unwrap_or_else(nothing);
    let held = it.held.as_ref().map(|it| it.reason.clone()).unwrap_or_default();
    let drafted = &it.drafted;
    let (drafted_on, issue_on) = (day(drafted.drafted_on), day(drafted.issue_on));
    Ok(vec![drafted.account.to_string(), drafted_on, issue_on, net, total, held])
}

fn as_json(it: &Waiting) -> Result<Value, Failure> {
    let totals = totals(it)?;
    Ok(json!({
        "account": it.drafted.account,
        "drafted_on": it.drafted.drafted_on.to_string(),
        "issue_on": it.drafted.issue_on.to_string(),
        "held": it.held.as_ref().map(|it| &it.reason),
        "lines": totals.map(|it| it.lines),
        "net": totals.map(|it| it.net.amount_text()),
        "total": totals.map(|it| it.total.amount_text()),
    }))
}

/// Issues a draft today.
pub fn issue(store: &mut dyn Store, account: &str, texts: &Texts) -> Result<Shown, Failure> {
    let account = AccountId::read(account).map_err(Failure::refused)?;
    let now = compose::now(store)?;
    let invoices = drafts::issue_draft(store, &account, now)?;
    Ok(Shown {
        json: issued_json(&account, &invoices),
        after: issued(&account, &invoices, texts),
        ..Shown::default()
    })
}

/// The invoices that were issued, as data: `invoice` is the first.
pub fn issued_json(account: &AccountId, invoices: &[InvoiceIssued]) -> Value {
    let numbers: Vec<_> = invoices.iter().map(|it| &it.number).collect();
    json!({ "account": account, "invoice": numbers.first(), "invoices": numbers })
}

/// The same in words.
pub fn issued(account: &AccountId, invoices: &[InvoiceIssued], texts: &Texts) -> Vec<String> {
    let account = ("account", account.as_str());
    if invoices.is_empty() {
        return vec![texts.with("happened-nothing", &[account])];
    }
    let number = |it: &InvoiceIssued| {
        texts.with("happened-invoice", &[("number", it.number.as_str()), account])
    };
    invoices.iter().map(number).collect()
}

/// Holds a draft for review.
pub fn hold(
    store: &mut dyn Store,
    account: &str,
    reason: &str,
    texts: &Texts,
) -> Result<Shown, Failure> {
    let account = AccountId::read(account).map_err(Failure::refused)?;
    let now = compose::now(store)?;
    drafts::hold(store, &account, reason, now)?;
    Ok(Shown {
        json: json!({ "account": account, "held": reason }),
        after: vec![texts.with("draft-held", &[("account", account.as_str())])],
        ..Shown::default()
    })
}
