//! What a line of an invoice is called, for the PDF, the command line and the mail: the words
//! exist once.

use facts::charge::{Charge, ChargeKind};
use facts::invoice::{InvoiceLine, Section};
use facts::text::Language;
use kernel::Money;

use crate::format;
use crate::words::words;

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

/// Which part of the component this is. One arm per kind, so that a new kind asks for its words.
fn what(charge: &Charge, language: Language) -> String {
    let words = words(language);
    let period = charge.period.map(|period| format::period(period, language)).unwrap_or_default();
    match charge.kind {
        ChargeKind::HardwareSale => words.text("line-sale"),
        ChargeKind::HardwareInstalment => part(charge, language, "line-instalment"),
        ChargeKind::HardwareReturnCredit => words.text("line-return-credit"),
        ChargeKind::HardwareInstalmentCredit => part(charge, language, "line-instalment-credit"),
        ChargeKind::OrderFee => orders(charge, language),
        ChargeKind::ServiceCharge => period,
        ChargeKind::ServiceCredit => words.with("line-service-credit", &[("period", &period)]),
        ChargeKind::UsageCharge => with_row(charge, language, &period),
        ChargeKind::UsageAdjustment => {
            with_row(charge, language, &words.with("line-adjustment", &[("period", &period)]))
        }
        ChargeKind::UsageCredit => {
            with_row(charge, language, &words.with("line-usage-credit", &[("period", &period)]))
        }
        ChargeKind::UsageRecharge => {
            with_row(charge, language, &words.with("line-recharge", &[("period", &period)]))
        }
        ChargeKind::UsageWriteOff => {
            with_row(charge, language, &words.with("line-write-off", &[("period", &period)]))
        }
        ChargeKind::UsageShadow => {
            with_row(charge, language, &words.with("line-shadow", &[("period", &period)]))
        }
    }
}

fn part(charge: &Charge, language: Language, key: &str) -> String {
    match charge.instalment {
        Some(part) => words(language)
            .with(key, &[("number", &part.number.to_string()), ("count", &part.count.to_string())]),
        None => words(language).text(&format!("{key}s")),
    }
}

fn orders(charge: &Charge, language: Language) -> String {
    let names: Vec<&str> = charge.orders.iter().map(facts::OrderId::as_str).collect();
    words(language).counted("line-orders", names.len(), &names.join(", "))
}

fn with_row(charge: &Charge, language: Language, period: &str) -> String {
    let Some((rated, row)) = charge.rated.as_ref().and_then(|it| Some((it, it.row.as_ref()?)))
    else {
        return period.to_owned();
    };
    let words = words(language);
    let row = if rated.row_values.is_empty() {
        words.with("line-row-rest", &[("row", row.as_str())])
    } else {
        let values = rated.row_values.join(", ");
        words.with("line-row", &[("row", row.as_str()), ("values", &values)])
    };
    joined(&[&row, period])
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
