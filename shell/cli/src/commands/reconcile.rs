//! The split-brain report: where our own facts, the ERP and the device cloud disagree.

use std::collections::BTreeMap;
use std::process::ExitCode;

use documents::format;
use engine::reconciliation::{Filter, Report};
use facts::AccountId;
use jiff::civil::Date;
use kernel::Money;
use reconciliation::{Finding, Kind};
use serde_json::{Value, json};

use super::usage::say;
use crate::args::{Common, Format, Reconcile};
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind as Column, Shown, Table};
use crate::texts::Texts;

pub fn run(common: &Common, asked: &Reconcile, texts: &Texts) -> Result<ExitCode, Failure> {
    let outside = ::imports::read_outside(asked.erp.as_deref(), asked.cloud.as_deref())?;
    let mut store = compose::open(common)?;
    let now = compose::now(store.as_mut())?;
    let is_asked = |kind: &&Kind| asked.kind.iter().any(|it| it == kind.key());
    let filter = Filter {
        kinds: Kind::ALL.iter().filter(is_asked).copied().collect(),
        account: asked.account.as_deref().map(account).transpose()?,
        age_days_min: asked.age,
    };
    let mut report = engine::reconciliation::reconcile(store.as_mut(), &outside, &filter, now)?;
    if asked.to_do {
        report.findings.retain(Finding::needs_action);
    }
    let to_do = report.findings.iter().filter(|it| it.needs_action()).count();
    Shown {
        json: json!({
            "at": now,
            "units": report.units,
            "findings": report.findings.iter().map(|it| as_json(it, texts)).collect::<Vec<_>>(),
            "to_do": to_do,
            "kinds": totals(&report).iter().map(Total::json).collect::<Vec<_>>(),
        }),
        tables: match common.output {
            Format::Csv => vec![flat(&report, texts)],
            _ => by_kind(&report, asked.limit, texts),
        },
        after: after(&report, to_do, texts),
        ..Shown::default()
    }
    .print(common.output)?;
    Ok(if to_do == 0 { ExitCode::SUCCESS } else { ExitCode::from(4) })
}

fn account(name: &str) -> Result<AccountId, Failure> {
    AccountId::new(name).map_err(|_| {
        Failure::refused(engine::EngineRejection::UnknownAccount { account: name.to_owned() })
    })
}

/// What one kind comes to.
struct Total {
    kind: Kind,
    findings: usize,
    to_do: usize,
    once: BTreeMap<String, Option<Money>>,
    per_period: BTreeMap<String, Option<Money>>,
}

fn totals(report: &Report) -> Vec<Total> {
    let mut totals: Vec<Total> = Vec::new();
    for it in &report.findings {
        if totals.last().is_none_or(|total| total.kind != it.kind) {
            let (once, per_period) = (BTreeMap::new(), BTreeMap::new());
            totals.push(Total { kind: it.kind, findings: 0, to_do: 0, once, per_period });
        }
        let Some(total) = totals.last_mut() else { continue };
        total.findings += 1;
        total.to_do += usize::from(it.needs_action());
        add(&mut total.once, it.stake.once);
        add(&mut total.per_period, it.stake.per_period);
    }
    totals
}

/// A sum that leaves its range is none, rather than a wrong one.
fn add(sums: &mut BTreeMap<String, Option<Money>>, amount: Option<Money>) {
    let Some(amount) = amount else { return };
    let zero = Some(Money::zero(amount.currency));
    let sum = sums.entry(amount.currency.to_string()).or_insert(zero);
    *sum = sum.and_then(|sum| sum.plus(amount).ok());
}

impl Total {
    fn json(&self) -> Value {
        let sums = |sums: &BTreeMap<String, Option<Money>>| -> Vec<Value> {
            sums.values().flatten().map(|it| say::amount(*it)).collect()
        };
        json!({
            "kind": self.kind.key(),
            "findings": self.findings,
            "to_do": self.to_do,
            "amounts": sums(&self.once),
            "per_period": sums(&self.per_period),
        })
    }

    fn text(&self, texts: &Texts) -> String {
        let sums = |sums: &BTreeMap<String, Option<Money>>| -> String {
            let all = sums.values().flatten().map(|it| format::money(*it, texts.language));
            all.collect::<Vec<_>>().join(" + ")
        };
        let (once, each) = (sums(&self.once), sums(&self.per_period));
        let mut parts = vec![once];
        if !each.is_empty() {
            parts.push(texts.with("reconcile-per-period", &[("amount", &each)]));
        }
        parts.retain(|it| !it.is_empty());
        parts.join(" · ")
    }
}

fn after(report: &Report, to_do: usize, texts: &Texts) -> Vec<String> {
    let (units, to_do) = (report.units.to_string(), to_do.to_string());
    let findings = report.findings.len().to_string();
    let values = [("units", &*units), ("findings", &*findings), ("to-do", &*to_do)];
    if report.findings.is_empty() {
        return vec![texts.with("reconcile-none", &values)];
    }
    vec![texts.with("reconcile-total", &values), texts.text("reconcile-stake")]
}

fn by_kind(report: &Report, limit: usize, texts: &Texts) -> Vec<Table> {
    let of_total = |total: Total| {
        let of_kind: Vec<&Finding> =
            report.findings.iter().filter(|it| it.kind == total.kind).collect();
        let kind = total.kind.key();
        let count = of_kind.len().to_string();
        let text = texts.text(&format!("reconcile-{kind}"));
        let mut title = format!("{kind} ({count}) · {text}");
        let stake = total.text(texts);
        if !stake.is_empty() {
            title = format!("{title}\n= {stake}");
        }
        if of_kind.len() > limit {
            let limit = limit.to_string();
            let more = [("limit", &*limit), ("count", &*count)];
            title = format!("{title}\n{}", texts.with("reconcile-more", &more));
        }
        table(title, &of_kind, limit, texts)
    };
    totals(report).into_iter().map(of_total).collect()
}

fn table(title: String, of_kind: &[&Finding], limit: usize, texts: &Texts) -> Table {
    let has_sides = of_kind.iter().any(|it| it.ours.is_some() || it.theirs.is_some());
    let has_events = of_kind.iter().any(|it| it.events.is_some());
    let words = |key: &str| (texts.text(&format!("column-{key}")), Column::Words);
    let figures = |key: &str| (texts.text(&format!("column-{key}")), Column::Figures);
    let mut columns = vec![words("account"), words("unit"), words("device"), words("since")];
    columns.push(figures("age"));
    columns.extend(has_events.then(|| figures("events")));
    columns.extend(has_sides.then(|| words("ours")));
    columns.extend(has_sides.then(|| words("theirs")));
    columns.extend([figures("amount"), figures("per-period"), words("remedy")]);
    let mut table = Table::new(Some(title), columns);
    for it in of_kind.iter().take(limit) {
        let mut row = names(it);
        row.push(it.since.map(|day| format::date(day, texts.language)).unwrap_or_default());
        row.push(it.age_days.map(|days| days.to_string()).unwrap_or_default());
        if has_events {
            let count = it.events.map(|events| format::count(events, texts.language));
            row.push(count.unwrap_or_default());
        }
        if has_sides {
            row.extend([it.ours.clone(), it.theirs.clone()].map(Option::unwrap_or_default));
        }
        let money = |it: Option<Money>| it.map(|it| format::money(it, texts.language));
        row.push(money(it.stake.once).unwrap_or_default());
        row.push(money(it.stake.per_period).unwrap_or_default());
        row.push(remedy(it, texts));
        table.rows.push(row);
    }
    table
}

fn names(it: &Finding) -> Vec<String> {
    let account = it.account.as_ref().map(ToString::to_string);
    let unit = it.unit.as_ref().map(ToString::to_string);
    [account, unit, it.serial.clone()].map(Option::unwrap_or_default).into()
}

/// What to do, and the day on which it needs nobody.
fn remedy(it: &Finding, texts: &Texts) -> String {
    let day = |day: Date| format::date(day, texts.language);
    let key = format!("next-{}", it.action.key());
    texts.with(&key, &[("day", &it.resolves_on.map(day).unwrap_or_default())])
}

/// One row for each finding, for spreadsheets.
fn flat(report: &Report, texts: &Texts) -> Table {
    let columns = [
        "kind",
        "account",
        "unit",
        "device",
        "since",
        "age",
        "events",
        "ours",
        "theirs",
        "amount",
        "per-period",
        "currency",
        "resolves-on",
        "action",
        "remedy",
    ];
    let columns = columns.map(|key| (texts.text(&format!("column-{key}")), Column::Words));
    let mut table = Table::new(None, columns.to_vec());
    for it in &report.findings {
        let mut row = vec![it.kind.key().to_owned()];
        row.extend(names(it));
        let day = |day: Option<Date>| day.map(|it| it.to_string()).unwrap_or_default();
        let count = |count: Option<i64>| count.map(|it| it.to_string()).unwrap_or_default();
        let money = |it: Option<Money>| it.map(|it| it.amount_text()).unwrap_or_default();
        row.extend([day(it.since), count(it.age_days), count(it.events)]);
        row.extend([it.ours.clone(), it.theirs.clone()].map(Option::unwrap_or_default));
        let currency = it.stake.once.or(it.stake.per_period).map(|it| it.currency.to_string());
        row.extend([money(it.stake.once), money(it.stake.per_period)]);
        row.extend([currency.unwrap_or_default(), day(it.resolves_on)]);
        row.extend([it.action.key().to_owned(), remedy(it, texts)]);
        table.rows.push(row);
    }
    table
}

fn as_json(it: &Finding, texts: &Texts) -> Value {
    json!({
        "kind": it.kind.key(),
        "account": it.account,
        "unit": it.unit,
        "serial": it.serial,
        "since": it.since,
        "age_days": it.age_days,
        "events": it.events,
        "ours": it.ours,
        "theirs": it.theirs,
        "amount": it.stake.once.map(say::amount),
        "per_period": it.stake.per_period.map(say::amount),
        "resolves_on": it.resolves_on,
        "action": it.action.key(),
        "remedy": remedy(it, texts),
    })
}
