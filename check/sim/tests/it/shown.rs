//! A report as text that a person can check with a pencil.

use std::fmt::Write as _;

use ::stories::Report;
use ::stories::report::{
    Conservation, CreditEntry, CreditLedger, CreditNote, Effect, Hold, Invoice, Line, Parked,
    TermNews,
};

/// A statement of more lines than this is not shown: nobody checks it with a pencil.
const POOL_LINES_MAX: usize = 12;

/// The invoices, what became of usage, and the balances.
pub fn report(report: &Report) -> String {
    let mut text = String::new();
    for it in &report.invoices {
        invoice(&mut text, it);
    }
    for it in &report.terms {
        let TermNews { recorded_at, what, line, day, units } = it;
        writeln!(text, "{recorded_at}  {line}  {what} {day}, {units} units").unwrap();
    }
    if !report.terms.is_empty() {
        text.push('\n');
    }
    held(&mut text, report);
    for it in &report.credit_notes {
        credit_note(&mut text, it);
    }
    conservation(&mut text, &report.conservation);
    for it in &report.credits {
        credit(&mut text, it);
    }
    text.push_str("trial balance\n");
    for row in &report.trial_balance {
        let (book, account) = (row.book, &row.account);
        let (debit, credit) = (&row.debit, &row.credit);
        writeln!(text, "  {book:9}  {account:18}  debit {debit:>9}  credit {credit:>9}").unwrap();
    }
    text
}

/// Who held what, and which bill days that stopped.
fn held(text: &mut String, report: &Report) {
    for Hold { hold, by, account, on, blocks, from, until, reason } in &report.holds {
        let until = until.map(|until| until.to_string()).unwrap_or_default();
        let on = if on == "account" { account } else { on };
        let reason = reason.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
        let blocks = blocks.join(", ");
        writeln!(text, "hold {hold} by {by} on {on} {from}..{until}  {blocks}{reason}").unwrap();
    }
    for Parked { account, issued_on, reason } in &report.parked {
        writeln!(text, "{account} parked on {issued_on}: {reason}").unwrap();
    }
    if !report.holds.is_empty() || !report.parked.is_empty() {
        text.push('\n');
    }
}

fn invoice(text: &mut String, it: &Invoice) {
    let Invoice { number, account, issued_on, due_on, currency, net, total, .. } = it;
    let group = it.group.as_ref().map(|group| format!(" ({group})")).unwrap_or_default();
    writeln!(text, "{number}  {account}{group}  issued {issued_on}  due {due_on}  {currency}")
        .unwrap();
    for of_account in it.lines.chunk_by(|a, b| a.account == b.account) {
        let whose = of_account.first().and_then(|it| it.account.as_ref());
        whose.inspect(|it| writeln!(text, "  for {it}").unwrap());
        of_account.iter().for_each(|it| line(text, it));
    }
    writeln!(text, "  net {net}").unwrap();
    for tax in &it.taxes {
        writeln!(text, "  tax {} % of {}: {}", tax.rate, tax.base, tax.amount).unwrap();
    }
    writeln!(text, "  total {total}").unwrap();
    for paid in &it.prepaid {
        writeln!(text, "  paid before by {}: {}", paid.credit, paid.amount).unwrap();
    }
    if let Some(due) = &it.due {
        writeln!(text, "  due {due}").unwrap();
    }
    text.push('\n');
}

fn credit_note(text: &mut String, it: &CreditNote) {
    let CreditNote { number, invoice, account, issued_on, reason, net, total, .. } = it;
    let again = if it.rebill { "due again" } else { "settled" };
    writeln!(text, "{number}  {account}  of {invoice}  issued {issued_on}  {reason}, {again}")
        .unwrap();
    for it in &it.lines {
        writeln!(text, "  line {:>2} {:20}  {:>9}", it.line, it.part, it.net).unwrap();
    }
    writeln!(text, "  net {net}").unwrap();
    for tax in &it.taxes {
        writeln!(text, "  tax {} % of {}: {}", tax.rate, tax.base, tax.amount).unwrap();
    }
    writeln!(text, "  total {total}").unwrap();
    for back in &it.given_back {
        writeln!(text, "  given back to {}: {}", back.credit, back.amount).unwrap();
    }
    text.push('\n');
}

fn line(text: &mut String, it: &Line) {
    let mut what = format!("{} {}", it.component, it.kind);
    if let Some((from, to)) = it.period_from.zip(it.period_to) {
        write!(what, " {from}..{to}").unwrap();
    }
    if let Some(row) = &it.row {
        write!(what, " row {row}").unwrap();
    }
    if let Some(number) = it.instalment {
        write!(what, " no. {number}").unwrap();
    }
    let price = it.unit_price.as_ref().map(|price| format!(" × {price}")).unwrap_or_default();
    let (number, section) = (it.line, it.section);
    let quantity = format!("{}{price}", it.quantity);
    let (units, amount) = (it.units, &it.amount);
    writeln!(
        text,
        "  {number:>2} {section:13}  {what:60}  {quantity:>16}  {units:>2} units  {amount:>9}"
    )
    .unwrap();
    if let Some(how) = it.how.as_ref().filter(|how| it.unit_price.is_none() || how.contains('%')) {
        writeln!(text, "                        {how}").unwrap();
    }
    if let Some(why) = &it.not_billed {
        writeln!(text, "                        not billed: {why}").unwrap();
    }
    for line in it.pool.iter().filter(|_| it.pool.len() <= POOL_LINES_MAX) {
        writeln!(text, "                        {line}").unwrap();
    }
    for Effect { term, kind, percent, of_amount, quantity, base, amount } in &it.effects {
        let what = match (percent, of_amount) {
            _ if quantity.is_some() => {
                format!("{kind} {term}: {} covered", quantity.as_deref().unwrap_or_default())
            }
            (Some(percent), _) => format!("{kind} {term}: {percent} % of {base}"),
            (None, Some(of)) if *kind == "maximum" => {
                format!("{kind} {term}: at most {of} in all, on {base}")
            }
            (None, Some(of)) => format!("{kind} {term}: share of {of} on {base}"),
            (None, None) => format!("{kind} {term}: on {base}"),
        };
        writeln!(text, "     {:13}  {what:89}  {amount:>9}", "").unwrap();
    }
    if let Some(net) = &it.net {
        writeln!(text, "     {:13}  {:89}  {net:>9}", "", "= net of the line").unwrap();
    }
}

fn credit(text: &mut String, it: &CreditLedger) {
    let CreditLedger { credit, kind, left, until, .. } = it;
    let until = until.map(|until| format!(" until {until}")).unwrap_or_default();
    writeln!(text, "credit {credit} ({kind}){until}: {left} left").unwrap();
    for CreditEntry { day, kind, source, amount, left } in &it.entries {
        writeln!(text, "  {day}  {kind:10}  {source:18}  {amount:>12}  {left:>12}").unwrap();
    }
    text.push('\n');
}

fn conservation(text: &mut String, it: &Conservation) {
    writeln!(text, "usage: {} lines received", it.received).unwrap();
    for (outcome, lines) in &it.outcomes {
        writeln!(text, "  {lines:>6} {outcome}").unwrap();
    }
    text.push('\n');
}
