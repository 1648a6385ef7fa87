//! Drafts of invoices: list, issue, hold.

use connect::readable::Readable;
use documents::format;
use engine::billing::drafts::{self, Waiting};
use facts::AccountId;
use serde_json::json;
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
    table.rows = waiting.iter().map(|it| row(it, texts)).collect();
    let none = waiting.is_empty();
    Ok(Shown {
        json: waiting.iter().map(as_json).collect(),
        tables: if none { Vec::new() } else { vec![table] },
        after: vec![texts.text(if none { "draft-none" } else { "draft-how-to-issue" })],
        ..Shown::default()
    })
}

fn row(it: &Waiting, texts: &Texts) -> Vec<String> {
    let money = |amount| format::money(amount, texts.language);
    let day = |day| format::date(day, texts.language);
    let nothing = || (texts.text("bill-no-invoice"), String::new());
    let amounts = it.invoice.as_ref().map(|it| (money(it.net), money(it.total)));
    let (net, total) = amounts.unwrap_or_else(nothing);
    let held = it.held.as_ref().map(|it| it.reason.clone()).unwrap_or_default();
    let drafted = &it.drafted;
    let (drafted_on, issue_on) = (day(drafted.drafted_on), day(drafted.issue_on));
    vec![drafted.account.to_string(), drafted_on, issue_on, net, total, held]
}

fn as_json(it: &Waiting) -> serde_json::Value {
    json!({
        "account": it.drafted.account,
        "drafted_on": it.drafted.drafted_on.to_string(),
        "issue_on": it.drafted.issue_on.to_string(),
        "held": it.held.as_ref().map(|it| &it.reason),
        "lines": it.invoice.as_ref().map(|it| it.lines.len()),
        "net": it.invoice.as_ref().map(|it| it.net.amount_text()),
        "total": it.invoice.as_ref().map(|it| it.total.amount_text()),
    })
}

/// Issues a draft today.
pub fn issue(store: &mut dyn Store, account: &str, texts: &Texts) -> Result<Shown, Failure> {
    let account = AccountId::read(account).map_err(Failure::refused)?;
    let now = compose::now(store)?;
    let invoice = drafts::issue_draft(store, &account, now)?;
    let after = match &invoice {
        Some(it) => {
            let values = [("number", it.number.as_str()), ("account", account.as_str())];
            texts.with("happened-invoice", &values)
        }
        None => texts.with("happened-nothing", &[("account", account.as_str())]),
    };
    let number = invoice.map(|it| it.number);
    Ok(Shown {
        json: json!({ "account": account, "invoice": number }),
        after: vec![after],
        ..Shown::default()
    })
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
