//! The invoice as the template reads it: every text finished, in one language. The template only
//! places things.

use std::collections::BTreeMap;

use facts::account::PostalAddress;
use facts::invoice::{InvoiceLine, Section};
use facts::offer::SupplyNature;
use facts::text::Language;
use facts::{AccountRegistered, InvoiceIssued, SellerPublished};
use kernel::Money;
use serde::Serialize;

use crate::view_annex::Annex;
use crate::view_rows::{Detail, Longest};
use crate::words::words;
use crate::{DocumentError, format, lines, mentions, view_annex, view_rows};

/// Texts that the template takes by name and that have no values in them.
const LABELS: [&str; 34] = [
    "title",
    "customer",
    "summary",
    "net",
    "total",
    "nothing",
    "vat-heading",
    "vat-rate",
    "vat-base",
    "vat-amount",
    "payment",
    "payment-terms",
    "details",
    "quantity",
    "unit-price",
    "days",
    "subtotal",
    "annex",
    "annex-calculation",
    "annex-rounding",
    "annex-pool",
    "annex-allocation",
    "annex-before",
    "annex-starts",
    "annex-evidence",
    "usage-unit",
    "usage-quantity",
    "usage-events",
    "pool-used",
    "pool-allowance",
    "pool-overage",
    "pool-before",
    "pool-amount",
    "pool-unit-days",
];

/// A name and a value beside each other.
#[derive(Serialize)]
pub struct Pair {
    /// The name.
    pub label: String,
    /// The value.
    pub value: String,
}

/// A whole document.
#[derive(Serialize)]
pub struct Document {
    language: &'static str,
    decimal_mark: char,
    pub title: String,
    number: String,
    issued: Day,
    pub labels: BTreeMap<&'static str, String>,
    amount_label: String,
    seller: Party,
    customer: Party,
    pub facts: Vec<Pair>,
    pub due: Due,
    summary: Vec<SectionTotal>,
    net: String,
    taxes: Vec<Tax>,
    natures: Vec<Pair>,
    total: String,
    /// What credits paid, and what is then due.
    pub prepaid: Vec<Pair>,
    pub payment: Vec<Pair>,
    pub mentions: Vec<String>,
    foot: String,
    page: PageWords,
    sections: Vec<Detail>,
    longest: Longest,
    annex: Annex,
}

/// The day of issue, as the PDF's own date.
#[derive(Serialize)]
struct Day {
    year: i16,
    month: i8,
    day: i8,
}

#[derive(Serialize)]
struct Party {
    name: String,
    address: Vec<String>,
    numbers: Vec<String>,
}

/// The one figure that everybody looks for.
#[derive(Serialize)]
pub struct Due {
    pub label: String,
    pub amount: String,
    pub note: String,
    pub payable: bool,
}

#[derive(Serialize)]
struct SectionTotal {
    name: String,
    lines: String,
    net: String,
}

#[derive(Serialize)]
struct Tax {
    label: String,
    rate: String,
    base: String,
    amount: String,
}

/// `Page 2 of 7` in pieces, because only the template knows the numbers.
#[derive(Serialize)]
struct PageWords {
    before: String,
    between: String,
    after: String,
}

/// Builds the view.
pub fn invoice(invoice: &InvoiceIssued, language: Language) -> Result<Document, DocumentError> {
    let number = invoice.number.to_string();
    let sections = view_rows::details(invoice, language)?;
    Ok(Document {
        language: match language {
            Language::En => "en",
            Language::Fr => "fr",
        },
        decimal_mark: format::decimal_mark(language),
        title: words(language).with("document-title", &[("number", &number)]),
        issued: Day {
            year: invoice.issued_on.year(),
            month: invoice.issued_on.month(),
            day: invoice.issued_on.day(),
        },
        labels: LABELS.iter().map(|key| (*key, words(language).text(key))).collect(),
        amount_label: words(language)
            .with("amount-in", &[("currency", invoice.net.currency.code())]),
        seller: seller(&invoice.seller, language),
        customer: customer(&invoice.account, language),
        facts: facts(invoice, language),
        due: due(invoice, language)?,
        summary: summary(invoice, language)?,
        net: format::money(invoice.net, language),
        taxes: taxes(invoice, language),
        natures: natures(&invoice.lines, invoice.net, language)?,
        total: format::money(invoice.total, language),
        prepaid: prepaid(invoice, language)?,
        payment: payment(invoice, language),
        mentions: mentions::of(invoice, language),
        foot: foot(&invoice.seller, language),
        page: page_words(language),
        longest: view_rows::longest(&sections),
        sections,
        annex: view_annex::annex(invoice, language),
        number,
    })
}

fn seller(seller: &SellerPublished, language: Language) -> Party {
    Party {
        name: seller.legal_name.clone(),
        address: address(&seller.address, language),
        numbers: vec![
            registration(seller, language),
            words(language).with("vat-id", &[("id", &seller.vat_id)]),
        ],
    }
}

fn registration(seller: &SellerPublished, language: Language) -> String {
    let number = format::registration(&seller.registration);
    let key = if seller.address.country == "FR" { "siren" } else { "registration" };
    words(language).with(key, &[("number", &number)])
}

fn customer(account: &AccountRegistered, language: Language) -> Party {
    let vat_id = account.vat_id.iter();
    let numbers = vat_id.map(|id| words(language).with("vat-id", &[("id", id)]));
    let siren = account.vat_id.as_deref().and_then(mentions::siren_of);
    let siren = siren
        .map(|siren| words(language).with("siren", &[("number", &format::registration(siren))]));
    Party {
        name: account.customer.clone(),
        address: address(&account.address, language),
        numbers: siren.into_iter().chain(numbers).collect(),
    }
}

fn address(address: &PostalAddress, language: Language) -> Vec<String> {
    let country = words(language).find(&format!("country-{}", address.country));
    let mut lines = address.lines.clone();
    lines.push(format!("{} {}", address.postal_code, address.city).trim().to_owned());
    lines.push(country.unwrap_or_else(|| address.country.clone()));
    lines
}

fn facts(invoice: &InvoiceIssued, language: Language) -> Vec<Pair> {
    let pair = |key, value| Pair { label: words(language).text(key), value };
    let mut facts = vec![
        pair("number", invoice.number.to_string()),
        pair("issued-on", format::date(invoice.issued_on, language)),
    ];
    if is_payable(invoice) {
        facts.push(pair("due-on", format::date(invoice.due_on, language)));
    }
    facts.push(pair("account", invoice.account.account.to_string()));
    facts.extend(invoice.group.as_ref().map(|it| pair("separate-for", it.to_string())));
    facts.extend(invoice.threshold.map(|it| pair("threshold", format::money(it, language))));
    facts
}

/// Only a positive amount is asked for; anything else needs neither a due date nor an IBAN.
fn is_payable(invoice: &InvoiceIssued) -> bool {
    invoice.due().is_ok_and(|due| due.minor > 0)
}

/// What credits paid of the total, and what is still to be paid; nothing where they paid nothing.
fn prepaid(invoice: &InvoiceIssued, language: Language) -> Result<Vec<Pair>, DocumentError> {
    let mut pairs = Vec::new();
    for it in &invoice.prepaid {
        let paid = it.amount.negated().map_err(kernel::money::MoneyError::from)?;
        let label = words(language).with("prepaid", &[("name", it.name.get(language))]);
        pairs.push(Pair { label, value: format::money(paid, language) });
    }
    if !pairs.is_empty() {
        let value = format::money(invoice.due()?, language);
        pairs.push(Pair { label: words(language).text("due-label"), value });
    }
    Ok(pairs)
}

fn due(invoice: &InvoiceIssued, language: Language) -> Result<Due, DocumentError> {
    let amount = invoice.due()?;
    let key = match amount.minor {
        1.. => "due",
        0 => "settled",
        _ => "credit",
    };
    let date = format::date(invoice.due_on, language);
    Ok(Due {
        label: words(language).text(&format!("{key}-label")),
        amount: format::money(amount, language),
        note: words(language).with(&format!("{key}-note"), &[("date", &date)]),
        payable: is_payable(invoice),
    })
}

/// What each section comes to; each account, where there are several.
fn summary(
    invoice: &InvoiceIssued,
    language: Language,
) -> Result<Vec<SectionTotal>, DocumentError> {
    let mut totals = Vec::new();
    let by_account = lines::by_account(invoice).into_iter();
    let accounts: Vec<_> =
        by_account.filter_map(|(it, of_it)| Some((lines::account(it?), of_it))).collect();
    let sections = Section::ALL.into_iter().map(|section| {
        let of_section = invoice.lines.iter().filter(|it| it.section == section);
        (lines::section(section, language), of_section.collect::<Vec<_>>())
    });
    let named: Vec<_> = if accounts.is_empty() { sections.collect() } else { accounts };
    for (name, lines) in named.into_iter().filter(|(_, lines)| !lines.is_empty()) {
        let nets = lines.iter().map(|it| it.net()).collect::<Result<Vec<_>, _>>()?;
        let net = Money::sum(invoice.net.currency, nets)?;
        let count = lines.len();
        let shown = format::count(i64::try_from(count).unwrap_or(i64::MAX), language);
        totals.push(SectionTotal {
            name,
            lines: words(language).counted("line-count", count, &shown),
            net: format::money(net, language),
        });
    }
    Ok(totals)
}

fn taxes(invoice: &InvoiceIssued, language: Language) -> Vec<Tax> {
    let taxes = invoice.taxes.iter().map(|tax| {
        let rate = format::percent(tax.rate, language);
        Tax {
            label: words(language).with("vat", &[("rate", &rate)]),
            base: format::money(tax.base, language),
            amount: format::money(tax.amount, language),
            rate,
        }
    });
    taxes.collect()
}

/// Net by nature, where there are goods and services: VAT on the two is due at different times.
fn natures(
    lines: &[InvoiceLine],
    net: Money,
    language: Language,
) -> Result<Vec<Pair>, DocumentError> {
    let mut natures = Vec::new();
    for (nature, key) in
        [(SupplyNature::Goods, "of-which-goods"), (SupplyNature::Services, "of-which-services")]
    {
        let of_nature = lines.iter().filter(|it| it.charge.nature == nature);
        let amounts = of_nature.map(InvoiceLine::net).collect::<Result<Vec<_>, _>>()?;
        if !amounts.is_empty() && amounts.len() < lines.len() {
            let value = format::money(Money::sum(net.currency, amounts)?, language);
            natures.push(Pair { label: words(language).text(key), value });
        }
    }
    Ok(natures)
}

fn payment(invoice: &InvoiceIssued, language: Language) -> Vec<Pair> {
    let pair = |key, value| Pair { label: words(language).text(key), value };
    match &invoice.seller.iban {
        Some(iban) if is_payable(invoice) => vec![
            pair("payment-payee", invoice.seller.legal_name.clone()),
            pair("payment-iban", format::iban(iban)),
            pair("payment-reference", invoice.number.to_string()),
            pair("payment-by", format::date(invoice.due_on, language)),
        ],
        _ => Vec::new(),
    }
}

fn foot(seller: &SellerPublished, language: Language) -> String {
    [seller.legal_name.clone(), registration(seller, language)].join(" · ")
}

fn page_words(language: Language) -> PageWords {
    // Marks that no text contains, to cut at.
    const PAGE: &str = "\u{1}";
    const PAGES: &str = "\u{2}";
    let text = words(language).with("page-of", &[("page", PAGE), ("pages", PAGES)]);
    let (before, rest) = text.split_once(PAGE).unwrap_or((&text, ""));
    let (between, after) = rest.split_once(PAGES).unwrap_or((rest, ""));
    PageWords { before: before.into(), between: between.into(), after: after.into() }
}
