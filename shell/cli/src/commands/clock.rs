//! The virtual clock.

use std::process::ExitCode;

use connect::readable::{Readable, When};
use engine::clock::Happened;
use facts::{AccountId, OrderLineId};
use jiff::Timestamp;
use kernel::Zone;
use serde_json::{Value, json};

use super::TO_ACT_ON;
use crate::args::{Clock, Common};
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

pub fn run(common: &Common, command: &Clock, texts: &Texts) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let happened = match command {
        Clock::Show => return show(common, store.as_mut(), texts),
        Clock::Advance { to, zone } => {
            let zone = Zone::read(zone).map_err(Failure::refused)?;
            let bad = || connect::InputRejection::BadWhen { text: to.clone() };
            let to = When::read(to).map_err(Failure::refused)?.in_zone(&zone);
            let to = to.ok_or_else(|| Failure::refused(bad()))?;
            engine::clock::advance(store.as_mut(), to, |_| {})?
        }
        Clock::Run => {
            let now = compose::now(store.as_mut())?;
            engine::clock::run_due(store.as_mut(), now, &mut |_| {})?
        }
    };
    let now = compose::now(store.as_mut())?;
    let mut table = table(texts);
    table.rows = happened.iter().map(|it| row(it, texts)).collect();
    Shown {
        json: json!({
            "now": now.to_string(),
            "happened": happened.iter().map(as_json).collect::<Vec<_>>(),
        }),
        tables: if happened.is_empty() { Vec::new() } else { vec![table] },
        after: vec![texts.with("clock-now", &[("now", &now.to_string())])],
        ..Shown::default()
    }
    .print(common.output)?;
    let is_parked = |it: &Happened| matches!(it, Happened::AccountParked(..));
    let is_clear = !happened.iter().any(is_parked);
    Ok(if is_clear { ExitCode::SUCCESS } else { ExitCode::from(TO_ACT_ON) })
}

/// An empty table of what happened.
pub fn table(texts: &Texts) -> Table {
    let columns = ["column-at", "column-happened"];
    Table::new(None, columns.map(|key| (texts.text(key), Kind::Words)).to_vec())
}

fn show(common: &Common, store: &mut dyn store::Store, texts: &Texts) -> Result<ExitCode, Failure> {
    let now = compose::now(store)?;
    let timers = engine::read::timers(store)?;
    let mut table = Table::new(
        Some(texts.text("clock-due")),
        vec![
            (texts.text("column-at"), Kind::Words),
            (texts.text("column-what"), Kind::Words),
            (texts.text("column-subject"), Kind::Words),
        ],
    );
    let what = |timer: &store::Timer| texts.text(&format!("timer-{}", name_of(timer)));
    table.rows =
        timers.iter().map(|it| vec![it.due_at.to_string(), what(it), it.subject.clone()]).collect();
    let timer = |it: &store::Timer| {
        let due_at = it.due_at.to_string();
        json!({ "due_at": due_at, "kind": name_of(it), "subject": it.subject })
    };
    Shown {
        json: json!({
            "now": now.to_string(),
            "timers": timers.iter().map(timer).collect::<Vec<_>>(),
        }),
        before: vec![texts.with("clock-now", &[("now", &now.to_string())])],
        tables: vec![table],
        ..Shown::default()
    }
    .print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

/// The name of a timer's kind, without the digit that orders kinds.
const fn name_of(timer: &store::Timer) -> &'static str {
    match timer.kind {
        store::TimerKind::ReviewTerm => "review-term",
        store::TimerKind::LookAtUsage => "look-at-usage",
        store::TimerKind::StartService => "start-service",
        store::TimerKind::IssueInvoice => "issue-invoice",
        store::TimerKind::LapseCredit => "lapse-credit",
    }
}

pub fn row(it: &Happened, texts: &Texts) -> Vec<String> {
    match it {
        Happened::ServiceStarted(unit, at) => {
            vec![at.to_string(), texts.with("happened-started", &[("unit", unit.as_str())])]
        }
        Happened::NoticeDue(line, account, at) => {
            vec![at.to_string(), of_line("happened-notice", line, account, texts)]
        }
        Happened::TermRenewed(line, account, at) => {
            vec![at.to_string(), of_line("happened-renewed", line, account, texts)]
        }
        Happened::TermEnded(line, account, at) => {
            vec![at.to_string(), of_line("happened-ended", line, account, texts)]
        }
        Happened::InvoiceIssued(number, account, at) => vec![
            at.to_string(),
            texts.with(
                "happened-invoice",
                &[("number", number.as_str()), ("account", account.as_str())],
            ),
        ],
        Happened::InvoiceDrafted(account, issue_on, at) => {
            let day = documents::format::date(*issue_on, texts.language);
            let values = [("account", account.as_str()), ("day", day.as_str())];
            vec![at.to_string(), texts.with("happened-drafted", &values)]
        }
        Happened::DraftHeld(account, at) => {
            vec![at.to_string(), texts.with("happened-held", &[("account", account.as_str())])]
        }
        Happened::NothingToBill(account, at) => {
            vec![at.to_string(), texts.with("happened-nothing", &[("account", account.as_str())])]
        }
        Happened::AccountParked(account, reason, at) => vec![
            at.to_string(),
            texts.with("happened-parked", &[("account", account.as_str()), ("reason", reason)]),
        ],
        Happened::CreditLapsed(credit, at) => {
            vec![at.to_string(), texts.with("happened-lapsed", &[("credit", credit.as_str())])]
        }
    }
}

fn of_line(key: &str, line: &OrderLineId, account: &AccountId, texts: &Texts) -> String {
    texts.with(key, &[("line", line.as_str()), ("account", account.as_str())])
}

fn news(what: &str, line: &OrderLineId, account: &AccountId, at: Timestamp) -> Value {
    json!({ "what": what, "line": line, "account": account, "at": at.to_string() })
}

pub fn as_json(it: &Happened) -> Value {
    match it {
        Happened::NoticeDue(line, account, at) => news("notice_due", line, account, *at),
        Happened::TermRenewed(line, account, at) => news("term_renewed", line, account, *at),
        Happened::TermEnded(line, account, at) => news("term_ended", line, account, *at),
        Happened::ServiceStarted(unit, at) => {
            json!({ "what": "service_started", "unit": unit, "at": at.to_string() })
        }
        Happened::InvoiceIssued(number, account, at) => json!({
            "what": "invoice_issued", "number": number, "account": account, "at": at.to_string(),
        }),
        Happened::InvoiceDrafted(account, issue_on, at) => json!({
            "what": "invoice_drafted", "account": account, "issue_on": issue_on.to_string(),
            "at": at.to_string(),
        }),
        Happened::DraftHeld(account, at) => {
            json!({ "what": "draft_held", "account": account, "at": at.to_string() })
        }
        Happened::NothingToBill(account, at) => {
            json!({ "what": "nothing_to_bill", "account": account, "at": at.to_string() })
        }
        Happened::AccountParked(account, reason, at) => json!({
            "what": "account_parked", "account": account, "reason": reason, "at": at.to_string(),
        }),
        Happened::CreditLapsed(credit, at) => {
            json!({ "what": "credit_lapsed", "credit": credit, "at": at.to_string() })
        }
    }
}
