//! Bill runs: look before, run, and see to the accounts that could not be billed.

use std::collections::BTreeMap;
use std::process::ExitCode;

use connect::readable::{Readable, When};
use documents::format;
use engine::billing::parked;
use engine::billing::run::{self, Step};
use engine::billing::run_preview::{AccountPreview, Expected, run_preview};
use engine::clock::Happened;
use engine::preview::Totals;
use facts::{AccountId, AccountParked};
use jiff::Timestamp;
use kernel::{Currency, Money, Zone};
use serde_json::{Value, json};
use store::Store;

use super::{TO_ACT_ON, clock, draft, progress};
use crate::args::{Bill, Common};
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

pub fn run(common: &Common, command: &Bill, texts: &Texts) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let store = store.as_mut();
    let (shown, is_clear) = match command {
        Bill::Preview { until, zone } => preview(store, until.as_deref(), zone, texts)?,
        Bill::Run => issue(common, store, texts)?,
        Bill::Parked => list(&parked::parked(store)?, texts),
        Bill::Release { account } => (release(store, account, texts)?, true),
    };
    shown.print(common.output)?;
    Ok(if is_clear { ExitCode::SUCCESS } else { ExitCode::from(TO_ACT_ON) })
}

fn instant(until: &str, zone: &str) -> Result<Timestamp, Failure> {
    let zone = Zone::read(zone).map_err(Failure::refused)?;
    let bad = || Failure::refused(connect::InputRejection::BadWhen { text: until.to_owned() });
    When::read(until).map_err(Failure::refused)?.in_zone(&zone).ok_or_else(bad)
}

fn preview(
    store: &mut dyn Store,
    until: Option<&str>,
    zone: &str,
    texts: &Texts,
) -> Result<(Shown, bool), Failure> {
    let until = match until {
        Some(until) => instant(until, zone)?,
        None => compose::now(store)?,
    };
    let accounts = run_preview(store, until)?;
    let words = |key| (texts.text(key), Kind::Words);
    let figures = |key| (texts.text(key), Kind::Figures);
    let mut table = Table::new(
        None,
        vec![
            words("column-bill-day"),
            words("column-account"),
            words("column-customer"),
            figures("column-units-in-service"),
            figures("column-units-billed"),
            figures("column-net-now"),
            figures("column-last-net"),
            figures("column-difference"),
            words("column-remark"),
        ],
    );
    table.rows = accounts.iter().map(|it| preview_row(it, texts)).collect();
    let mut nets: BTreeMap<Currency, i128> = BTreeMap::new();
    for it in &accounts {
        if let Expected::Invoices { totals: Totals { net, .. }, .. } = &it.outcome {
            *nets.entry(net.currency).or_default() += i128::from(net.minor);
        }
    }
    let total = |(currency, minor): (Currency, i128)| {
        let net = Money::from_minor(i64::try_from(minor).unwrap_or(i64::MAX), currency);
        texts.with("bill-total", &[("net", &format::money(net, texts.language))])
    };
    let is_clear = !accounts.iter().any(|it| matches!(it.outcome, Expected::Parked(_)));
    let shown = Shown {
        json: accounts.iter().map(preview_json).collect(),
        after: match accounts.is_empty() {
            true => vec![texts.text("bill-nothing-due")],
            false => nets.into_iter().map(total).collect(),
        },
        tables: if accounts.is_empty() { Vec::new() } else { vec![table] },
        ..Shown::default()
    };
    Ok((shown, is_clear))
}

fn preview_row(it: &AccountPreview, texts: &Texts) -> Vec<String> {
    let money = |it: Money| format::money(it, texts.language);
    let (net, units, why) = match &it.outcome {
        Expected::Invoices { units, totals, .. } => (money(totals.net), units.to_string(), None),
        Expected::Nothing => (String::new(), String::new(), Some(texts.text("bill-no-invoice"))),
        Expected::Parked(why) => (String::new(), String::new(), Some(why.clone())),
    };
    let was_parked = it.is_parked.then(|| texts.text("bill-was-parked"));
    vec![
        format::date(it.issued_on, texts.language),
        it.account.to_string(),
        it.customer.clone(),
        it.in_service.to_string(),
        units,
        net,
        it.last.as_ref().map(|last| money(last.net)).unwrap_or_default(),
        it.difference().map(money).unwrap_or_default(),
        why.or(was_parked).unwrap_or_default(),
    ]
}

fn preview_json(it: &AccountPreview) -> Value {
    let (outcome, figures) = match &it.outcome {
        Expected::Invoices { count, units, totals: Totals { lines, net, total } } => (
            "invoice",
            json!({
                "invoices": count,
                "lines": lines,
                "units": units,
                "net": amount(*net),
                "total": amount(*total),
            }),
        ),
        Expected::Nothing => ("nothing", Value::Null),
        Expected::Parked(why) => ("parked", json!({ "reason": why })),
    };
    let last = it.last.as_ref().map(|last| {
        json!({
            "number": last.number,
            "issued_on": last.issued_on.to_string(),
            "net": amount(last.net),
        })
    });
    json!({
        "account": it.account,
        "customer": it.customer,
        "issued_on": it.issued_on.to_string(),
        "outcome": outcome,
        "would_be": figures,
        "last": last,
        "difference": it.difference().map(amount),
        "units_in_service": it.in_service,
        "was_parked": it.is_parked,
    })
}

fn amount(it: Money) -> Value {
    json!({ "amount": it.amount_text(), "currency": it.currency.to_string() })
}

fn issue(common: &Common, store: &mut dyn Store, texts: &Texts) -> Result<(Shown, bool), Failure> {
    let now = compose::now(store)?;
    let due = u64::try_from(run::due(store, now)?).unwrap_or(0);
    let bar = progress::rate(common, due);
    let happened = engine::clock::run_due(store, now, &mut |step| {
        if let Step::Happened(
            Happened::InvoiceIssued(..)
            | Happened::InvoiceDrafted(..)
            | Happened::DraftHeld(..)
            | Happened::NothingToBill(..)
            | Happened::AccountParked(..),
        ) = step
        {
            bar.inc(1);
        }
    })?;
    bar.finish_and_clear();
    let count = |of: fn(&Happened) -> bool| happened.iter().filter(|it| of(it)).count();
    let issued = count(|it| matches!(it, Happened::InvoiceIssued(..)));
    let nothing = count(|it| matches!(it, Happened::NothingToBill(..)));
    let parked = count(|it| matches!(it, Happened::AccountParked(..)));
    let is_draft =
        |it: &Happened| matches!(it, Happened::InvoiceDrafted(..) | Happened::DraftHeld(..));
    let drafts = count(is_draft);
    let set_apart = happened.iter().filter(|it| matches!(it, Happened::AccountParked(..)));
    let mut table = clock::table(texts);
    table.rows = set_apart.map(|it| clock::row(it, texts)).collect();
    let figures = [
        ("issued", issued.to_string()),
        ("nothing", nothing.to_string()),
        ("drafts", drafts.to_string()),
        ("parked", parked.to_string()),
    ];
    let figures: Vec<(&str, &str)> = figures.iter().map(|(key, it)| (*key, it.as_str())).collect();
    let shown = Shown {
        json: json!({
            "now": now.to_string(),
            "issued": issued,
            "drafts": drafts,
            "nothing_to_bill": nothing,
            "parked": parked,
            "happened": happened.iter().map(clock::as_json).collect::<Vec<_>>(),
        }),
        tables: if parked == 0 { Vec::new() } else { vec![table] },
        after: vec![texts.with("bill-run", &figures)],
        ..Shown::default()
    };
    Ok((shown, parked == 0))
}

fn list(parked: &[AccountParked], texts: &Texts) -> (Shown, bool) {
    let columns = ["column-bill-day", "column-account", "column-reason"];
    let columns = columns.map(|key| (texts.text(key), Kind::Words)).to_vec();
    let mut table = Table::new(None, columns);
    let row = |it: &AccountParked| {
        let day = format::date(it.issued_on, texts.language);
        vec![day, it.account.to_string(), it.reason.clone()]
    };
    table.rows = parked.iter().map(row).collect();
    let none = parked.is_empty();
    let shown = Shown {
        json: parked
            .iter()
            .map(|it| {
                json!({
                    "account": it.account,
                    "issued_on": it.issued_on.to_string(),
                    "reason": it.reason,
                })
            })
            .collect(),
        tables: if none { Vec::new() } else { vec![table] },
        after: vec![texts.text(if none { "bill-none-parked" } else { "bill-how-to-release" })],
        ..Shown::default()
    };
    (shown, none)
}

fn release(store: &mut dyn Store, account: &str, texts: &Texts) -> Result<Shown, Failure> {
    let account = AccountId::read(account).map_err(Failure::refused)?;
    let now = compose::now(store)?;
    let invoices = parked::release(store, &account, now)?;
    Ok(Shown {
        json: draft::issued_json(&account, &invoices),
        after: draft::issued(&account, &invoices, texts),
        ..Shown::default()
    })
}
