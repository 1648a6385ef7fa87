//! What a line of an invoice is called, for the PDF, the command line and the mail: the words
//! exist once.

use facts::charge::{Charge, ChargeKind, Instalment};
use facts::device::{LifeState, NotReturned, PartDue, PartShare};
use facts::invoice::{InvoiceLine, Section};
use facts::offer::Milestone;
use facts::text::Language;
use facts::{AccountId, AccountRegistered, InvoiceIssued};
use kernel::Money;

use crate::words::words;
use crate::{explain, explain_pool, format};

/// The words for one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineWords {
    /// What is sold: `Standard service`.
    pub title: String,
    /// Which part of it: `1–14 February 2026`, `Instalment 1 of 12`. Never empty.
    pub what: String,
    /// For how many units, where units share the line: `3 units`.
    pub units: Option<String>,
}

impl LineWords {
    /// Everything after the title: `1–14 February 2026 · 3 units`.
    #[must_use]
    pub fn subtitle(&self) -> String {
        match &self.units {
            Some(units) => joined(&[&self.what, units]),
            None => self.what.clone(),
        }
    }
}

/// The words for a line.
#[must_use]
pub fn describe(line: &InvoiceLine, language: Language) -> LineWords {
    describe_charge(&line.charge, language)
}

/// The words for a charge.
#[must_use]
pub fn describe_charge(charge: &Charge, language: Language) -> LineWords {
    LineWords {
        title: title(charge, language),
        what: what(charge, language),
        units: units(charge, language),
    }
}

/// The lines of each account, where an invoice bills several: its own first, then those that it
/// pays for. One group without an account, where there is only one.
#[must_use]
pub fn by_account(invoice: &InvoiceIssued) -> Vec<(Option<&AccountRegistered>, Vec<&InvoiceLine>)> {
    if invoice.paid_for.is_empty() {
        return vec![(None, invoice.lines.iter().collect())];
    }
    let others = invoice.paid_for.iter().map(|it| (Some(&it.account), it));
    let all = std::iter::once((None, &invoice.account)).chain(others);
    let group = |(name, account): (Option<&AccountId>, _)| {
        let lines = invoice.lines.iter().filter(|line| line.account.as_ref() == name);
        (Some(account), lines.collect::<Vec<_>>())
    };
    all.map(group).filter(|(_, lines)| !lines.is_empty()).collect()
}

/// What people call an account on a document that bills several.
#[must_use]
pub fn account(account: &AccountRegistered) -> String {
    format!("{} · {}", account.customer, account.account)
}

/// What is billed for a line: its charge after its terms. An issued line is inside the range of
/// money, which the total of its invoice proves.
#[must_use]
pub fn net(line: &InvoiceLine) -> Money {
    line.net().unwrap_or(line.charge.amount)
}

/// The name of a section.
#[must_use]
pub fn section(section: Section, language: Language) -> String {
    words(language).text(&format!("section-{}", section.key()))
}

/// The name of the component, with the unit of what is measured unless the name says it.
fn title(charge: &Charge, language: Language) -> String {
    let name = charge.name.get(language);
    let symbol = charge.rated.as_ref().map_or("", |rated| rated.symbol.get(language));
    if symbol.is_empty() || name.to_lowercase().contains(&symbol.to_lowercase()) {
        name.to_owned()
    } else {
        format!("{name} ({symbol})")
    }
}

/// Which part of the component this is, with the row of its price table where there is one.
fn what(charge: &Charge, language: Language) -> String {
    with_row(charge, language, &part_of(charge, language))
}

/// One arm per kind, so that a new kind asks for its words.
fn part_of(charge: &Charge, language: Language) -> String {
    let words = words(language);
    let period = charge.period.map(|period| format::period(period, language)).unwrap_or_default();
    if let Some(returned) = charge.device.returned {
        let part = charge.instalment.map(|_| part(charge, language, "line-instalment"));
        return joined(&[&part.unwrap_or_default(), &explain::returned(returned, language)]);
    }
    if let Some(NotReturned { until }) = charge.device.not_returned {
        let day = until.map(|day| format::date(day, language)).unwrap_or_default();
        let is_fee = charge.kind == ChargeKind::HardwareSale;
        let key = if is_fee { "line-not-returned" } else { "line-not-returned-credit" };
        return words.with(key, &[("day", &day)]);
    }
    match charge.kind {
        ChargeKind::HardwareSale => words.text("line-sale"),
        ChargeKind::HardwareInstalment => part(charge, language, "line-instalment"),
        ChargeKind::HardwareReturnCredit => words.text("line-return-credit"),
        ChargeKind::HardwareInstalmentCredit => part(charge, language, "line-instalment-credit"),
        ChargeKind::OrderFee => orders(charge, language),
        ChargeKind::LossFee => words.text("line-loss"),
        ChargeKind::StateFee => state_change(charge, language, "line-state-change"),
        ChargeKind::StateFeeCredit => state_change(charge, language, "line-state-change-credit"),
        ChargeKind::ServiceCharge | ChargeKind::UsageCharge => period,
        ChargeKind::ServiceCredit => words.with("line-service-credit", &[("period", &period)]),
        ChargeKind::CommitmentTrueUp => {
            let is_first = charge.computation.less.is_none();
            let key = if is_first { "line-true-up" } else { "line-true-up-again" };
            words.with(key, &[("period", &period)])
        }
        ChargeKind::UsageAdjustment => words.with("line-adjustment", &[("period", &period)]),
        ChargeKind::UsageCredit => words.with("line-usage-credit", &[("period", &period)]),
        ChargeKind::UsageRecharge => words.with("line-recharge", &[("period", &period)]),
        ChargeKind::UsageWriteOff => words.with("line-write-off", &[("period", &period)]),
        ChargeKind::UsageShadow => words.with("line-shadow", &[("period", &period)]),
    }
}

/// The day of a change of state, and what it was.
fn state_change(charge: &Charge, language: Language, key: &str) -> String {
    let words = words(language);
    let state = |it: LifeState| words.text(&format!("life-state-{}", it.key()));
    let day = charge.period.map(|it| format::date(it.from(), language)).unwrap_or_default();
    let change = charge.device.change.map(|it| (state(it.from), state(it.to)));
    let (from, to) = change.unwrap_or_default();
    words.with(key, &[("day", &day), ("from", &from), ("to", &to)])
}

fn part(charge: &Charge, language: Language, key: &str) -> String {
    if let (Some(share), Some(number)) = (charge.device.part, charge.instalment) {
        return part_of_price(charge, (share, number), language);
    }
    match charge.instalment {
        Some(part) if part.number == 0 => words(language).text(&format!("{key}-deposit")),
        Some(part) if part.at_once => {
            let number = part.number.to_string();
            words(language).with(
                &format!("{key}-at-once"),
                &[("number", &number), ("count", &part.count.to_string())],
            )
        }
        Some(part) => words(language)
            .with(key, &[("number", &part.number.to_string()), ("count", &part.count.to_string())]),
        None => words(language).text(&format!("{key}s")),
    }
}

/// `Part 2 of 3, on delivery: 50 % of 1,999.99`.
fn part_of_price(
    charge: &Charge,
    (share, part): (PartShare, Instalment),
    language: Language,
) -> String {
    let words = words(language);
    let when = match share.due {
        _ if part.at_once => words.text("part-at-once"),
        PartDue::Ordered => words.text("part-ordered"),
        PartDue::At(Milestone::Shipped) => words.text("part-shipped"),
        PartDue::At(Milestone::Delivered) => words.text("part-delivered"),
        PartDue::At(Milestone::Accepted) => words.text("part-accepted"),
        PartDue::On(day) => words.with("part-on", &[("day", &format::date(day, language))]),
    };
    let gives_back = charge.kind == ChargeKind::HardwareInstalmentCredit;
    let is_whole = charge.device.returned.is_none();
    let key = if gives_back && is_whole { "line-part-credit" } else { "line-part" };
    let values = [
        ("number", part.number.to_string()),
        ("count", part.count.to_string()),
        ("when", when),
        ("percent", format::percent(share.percent, language)),
        ("price", format::unit_price(share.of, charge.amount.currency, language)),
    ];
    words.with(key, &values.each_ref().map(|(name, value)| (*name, value.as_str())))
}

fn orders(charge: &Charge, language: Language) -> String {
    let names: Vec<&str> = charge.orders.iter().map(facts::OrderId::as_str).collect();
    words(language).counted("line-orders", names.len(), &names.join(", "))
}

fn with_row(charge: &Charge, language: Language, part: &str) -> String {
    let of_usage = charge.rated.as_ref().map(|it| (&it.row, &it.row_values));
    let of_order = charge.ordered.as_ref().map(|it| (&it.row, &it.row_values));
    let Some((Some(row), values)) = of_usage.or(of_order) else {
        let pool = charge.rated.as_ref().and_then(|it| it.pool.as_ref());
        let pool = pool.map_or_else(String::new, |it| explain_pool::name(&it.name, language));
        return joined(&[&pool, part]);
    };
    let words = words(language);
    let row = if values.is_empty() {
        words.with("line-row-rest", &[("row", row.as_str())])
    } else {
        words.with("line-row", &[("row", row.as_str()), ("values", &values.join(", "))])
    };
    joined(&[&row, part])
}

fn units(charge: &Charge, language: Language) -> Option<String> {
    let count = charge.units.len();
    let shown = format::count(i64::try_from(count).unwrap_or(i64::MAX), language);
    (count > 0).then(|| words(language).counted("units", count, &shown))
}

fn joined(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}
