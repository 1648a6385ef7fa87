//! Prices: what a draft of the catalog would mean for those who buy already.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use connect::readable::Readable;
use documents::{bars, format};
use engine::impact::{AccountImpact, Impact};
use facts::AccountId;
use kernel::{Currency, Money};
use serde_json::{Value, json};

use super::usage::say;
use super::{meter, price_table};
use crate::args::{Common, Price};
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

/// Accounts in the picture: those whose amounts change most.
const BARS_MAX: usize = 24;

pub fn run(common: &Common, command: &Price, texts: &Texts) -> Result<ExitCode, Failure> {
    match command {
        Price::Check { event, file, at } => meter::test(common, event, at, file.as_deref(), texts),
        Price::Impact { file, on, account, picture } => {
            let asked = Asked { file, on, account, picture };
            impact(common, &asked, texts)
        }
        Price::Export { offer, component, file } => {
            price_table::export(common, (offer, component), file, texts)
        }
        Price::Import { offer, component, file, effective_from, dry_run } => {
            let asked = price_table::Rows { file, effective_from, dry_run: *dry_run };
            price_table::import(common, (offer, component), &asked, texts)
        }
        Price::Which { offer, component, values, on, catalog } => {
            let (on, catalog) = (on.as_deref(), catalog.as_deref());
            let asked = price_table::Asked { values, on, catalog };
            price_table::which(common, (offer, component), &asked, texts)
        }
    }
}

struct Asked<'a> {
    file: &'a Path,
    on: &'a Option<String>,
    account: &'a Option<String>,
    picture: &'a Option<PathBuf>,
}

fn impact(common: &Common, asked: &Asked<'_>, texts: &Texts) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let now = compose::now(store.as_mut())?;
    let draft = ::imports::read_catalog(asked.file)?;
    let on = say::day(asked.on.as_deref())?;
    let account = asked.account.as_deref().map(AccountId::read).transpose();
    let account = account.map_err(Failure::refused)?;
    let mut impact = ::imports::catalog_impact(store.as_mut(), &draft, on, now)?;
    if let Some(account) = &account {
        impact.accounts.retain(|it| it.account == *account);
        impact.not_priced.retain(|(it, _)| it == account);
    }
    if let Some(path) = asked.picture {
        let drawn = picture(&impact, texts)?;
        std::fs::write(path, drawn).map_err(|error| Failure::file(path, &error))?;
    }
    shown(&impact, account.is_some(), asked, texts)?.print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

fn shown(
    impact: &Impact,
    by_component: bool,
    asked: &Asked<'_>,
    texts: &Texts,
) -> Result<Shown, Failure> {
    let offers: Vec<String> = impact.offers.iter().map(ToString::to_string).collect();
    let before = match offers.as_slice() {
        [] => texts.text("impact-no-offer"),
        some => texts.with("impact-head", &[("offers", &some.join(", "))]),
    };
    let mut tables = Vec::new();
    if !impact.accounts.is_empty() {
        tables.push(if by_component {
            components(impact, texts)?
        } else {
            accounts(impact, texts)?
        });
    }
    if !impact.not_priced.is_empty() {
        tables.push(not_priced(impact, texts));
    }
    let mut after = vec![verdict(impact, texts)?];
    if let Some(path) = asked.picture {
        after.push(texts.with("impact-picture", &[("file", &path.display().to_string())]));
    } else if !by_component && !impact.accounts.is_empty() {
        after.push(texts.text("impact-hint"));
    }
    Ok(Shown { json: as_json(impact)?, before: vec![before], tables, after })
}

/// Code and customer, period, and the three amounts.
fn accounts(impact: &Impact, texts: &Texts) -> Result<Table, Failure> {
    let words = |key: &str| (texts.text(key), Kind::Words);
    let figures = |key: &str| (texts.text(key), Kind::Figures);
    let mut table = Table::new(
        None,
        vec![
            words("column-account"),
            words("column-customer"),
            words("column-period"),
            figures("column-as-sold"),
            figures("column-as-drafted"),
            figures("column-difference"),
            figures("column-share"),
        ],
    );
    for it in &impact.accounts {
        let mut row = vec![
            it.account.to_string(),
            it.customer.clone(),
            format::period(it.period, texts.language),
        ];
        row.extend(amounts(it.before, it.after, texts)?);
        table.rows.push(row);
    }
    for (currency, before, after) in sums(impact)? {
        let mut row = vec![texts.text("net"), currency.code().to_owned(), String::new()];
        row.extend(amounts(before, after, texts)?);
        table.rows.push(row);
    }
    Ok(table)
}

fn components(impact: &Impact, texts: &Texts) -> Result<Table, Failure> {
    let words = |key: &str| (texts.text(key), Kind::Words);
    let figures = |key: &str| (texts.text(key), Kind::Figures);
    let mut table = Table::new(
        None,
        vec![
            words("column-component"),
            words("column-what"),
            figures("column-as-sold"),
            figures("column-as-drafted"),
            figures("column-difference"),
            figures("column-share"),
        ],
    );
    for account in &impact.accounts {
        for it in &account.components {
            let name = it.name.get(texts.language).to_owned();
            let mut row = vec![it.component.to_string(), name];
            row.extend(amounts(it.before, it.after, texts)?);
            table.rows.push(row);
        }
        let mut row = vec![texts.text("net"), format::period(account.period, texts.language)];
        row.extend(amounts(account.before, account.after, texts)?);
        table.rows.push(row);
    }
    Ok(table)
}

fn not_priced(impact: &Impact, texts: &Texts) -> Table {
    let columns = vec![
        (texts.text("column-account"), Kind::Words),
        (texts.text("column-reason"), Kind::Words),
    ];
    let mut table = Table::new(Some(texts.text("impact-not-priced")), columns);
    table.rows =
        impact.not_priced.iter().map(|(it, why)| vec![it.to_string(), why.clone()]).collect();
    table
}

/// As sold, as drafted, the difference with its sign, and its share of the first.
fn amounts(before: Money, after: Money, texts: &Texts) -> Result<[String; 4], Failure> {
    let difference = minus(after, before)?;
    let language = texts.language;
    Ok([
        format::money(before, language),
        format::money(after, language),
        signed(&format::money(difference, language), difference),
        match format::change(before, after, language) {
            Some(share) => signed(&share, difference),
            None => say::NOTHING.to_owned(),
        },
    ])
}

fn signed(shown: &str, of: Money) -> String {
    if of.minor > 0 { format!("+{shown}") } else { shown.to_owned() }
}

fn minus(one: Money, other: Money) -> Result<Money, Failure> {
    one.minus(other).map_err(|error| Failure::Technical(error.to_string()))
}

/// Both sums of each currency.
fn sums(impact: &Impact) -> Result<Vec<(Currency, Money, Money)>, Failure> {
    let of = |it: &AccountImpact| it.before.currency;
    let mut sums = Vec::new();
    for same in impact.accounts.chunk_by(|one, other| of(one) == of(other)) {
        let currency = of(&same[0]);
        let sum = |amount: fn(&AccountImpact) -> Money| {
            let sum = Money::sum(currency, same.iter().map(amount));
            sum.map_err(|error| Failure::Technical(error.to_string()))
        };
        sums.push((currency, sum(|it| it.before)?, sum(|it| it.after)?));
    }
    Ok(sums)
}

fn verdict(impact: &Impact, texts: &Texts) -> Result<String, Failure> {
    let (mut more, mut less, mut same) = (0, 0, 0);
    for it in &impact.accounts {
        match minus(it.after, it.before)?.minor {
            1.. => more += 1,
            0 => same += 1,
            _ => less += 1,
        }
    }
    let counts = [more, less, same].map(|count| format::count(count, texts.language));
    let names = ["more", "less", "same"];
    let values: Vec<(&str, &str)> =
        names.into_iter().zip(counts.iter().map(String::as_str)).collect();
    Ok(texts.with("impact-verdict", &values))
}

/// The accounts that change most, in the order of the table.
fn picture(impact: &Impact, texts: &Texts) -> Result<String, Failure> {
    let mut changes = Vec::new();
    for it in &impact.accounts {
        changes.push((it, minus(it.after, it.before)?));
    }
    let mut order: Vec<usize> = (0..changes.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(changes[*place].1.minor.unsigned_abs()));
    order.truncate(BARS_MAX);
    order.sort_unstable();
    let bar = |place: usize| {
        let (it, difference) = changes[place];
        bars::Bar {
            label: format!("{} · {}", it.account, it.customer),
            value: difference.minor,
            shown: signed(&format::money(difference, texts.language), difference),
        }
    };
    let offers: Vec<String> = impact.offers.iter().map(ToString::to_string).collect();
    Ok(bars::svg(&bars::Bars {
        title: texts.with("impact-picture-title", &[("offers", &offers.join(", "))]),
        note: verdict(impact, texts)?,
        bars: order.into_iter().map(bar).collect(),
    }))
}

fn as_json(impact: &Impact) -> Result<Value, Failure> {
    let amounts = |before: Money, after: Money| -> Result<Value, Failure> {
        Ok(json!({
            "before": before.amount_text(),
            "after": after.amount_text(),
            "difference": minus(after, before)?.amount_text(),
        }))
    };
    let mut accounts = Vec::new();
    for it in &impact.accounts {
        let mut account = amounts(it.before, it.after)?;
        account["account"] = json!(it.account.to_string());
        account["customer"] = json!(it.customer);
        account["currency"] = json!(it.before.currency.code());
        account["from"] = json!(it.period.from().to_string());
        account["to"] = json!(it.period.to().to_string());
        let mut components = Vec::new();
        for it in &it.components {
            let mut component = amounts(it.before, it.after)?;
            component["component"] = json!(it.component.to_string());
            components.push(component);
        }
        account["components"] = json!(components);
        accounts.push(account);
    }
    let not_priced = |(account, reason): &(AccountId, String)| {
        let account = account.to_string();
        json!({ "account": account, "reason": reason })
    };
    Ok(json!({
        "offers": impact.offers.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "accounts": accounts,
        "not_priced": impact.not_priced.iter().map(not_priced).collect::<Vec<_>>(),
    }))
}
