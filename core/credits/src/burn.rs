//! What credits cover of an invoice: usage in units first, then gifts on all lines, then, when tax
//! is known, what was paid before.

use std::collections::BTreeMap;

use facts::credit::{CreditAmount, CreditKind, Prepaid};
use facts::discount::{Pot, TermEffect, TermKind};
use facts::invoice::TermedCharge;
use facts::{InvoiceGroup, TermCode};
use jiff::civil::Date;
use kernel::rounding::allocate;
use kernel::{Exact, Money, Overflow, Quantity, Rounding};

use crate::{Credit, CreditError};

/// The lines with what credits in units and gifts cover of them, and with what is left of these.
/// `credits` stand in the order in which they burn. They burn document by document: on the
/// consolidated invoice first, then on those that order lines have of their own, by name.
///
/// # Errors
/// [`CreditError`]; nothing is billed then.
pub fn take_off(
    lines: Vec<TermedCharge>,
    credits: &[Credit],
    issued_on: Date,
) -> Result<Vec<TermedCharge>, CreditError> {
    let open = credits.iter().filter(|it| it.burns_on(issued_on)).cloned();
    let mut open: Vec<Credit> = open.collect();
    if open.is_empty() {
        return Ok(lines);
    }
    let mut documents: BTreeMap<Option<InvoiceGroup>, Vec<TermedCharge>> = BTreeMap::new();
    for line in lines {
        documents.entry(line.charge.group.clone()).or_default().push(line);
    }
    let mut lines = Vec::new();
    for mut document in documents.into_values() {
        take_off_one(&mut document, &mut open)?;
        lines.extend(document);
    }
    Ok(lines)
}

/// The same of one document; the credits have less left afterwards.
fn take_off_one(lines: &mut [TermedCharge], open: &mut [Credit]) -> Result<(), CreditError> {
    // By what they are, so that shares fall on the same lines in whatever order they come.
    lines.sort_by(|a, b| a.charge.rank().cmp(&b.charge.rank()));
    for credit in &mut *open {
        if let CreditKind::Units { component, rate } = &credit.granted.kind {
            let mut left = credit.left;
            for line in lines.iter_mut().filter(|it| it.charge.component == *component) {
                left = cover(line, credit, left, *rate)?;
            }
            credit.left = left;
        }
    }
    for credit in open.iter_mut().filter(|it| it.granted.kind == CreditKind::Promotional) {
        credit.left = give(lines, credit)?;
    }
    Ok(())
}

fn net(line: &TermedCharge) -> Result<Money, CreditError> {
    Ok(line.effects.iter().try_fold(line.charge.amount, |net, it| net.plus(it.amount))?)
}

fn effect(
    credit: &Credit,
    before: Money,
    minor: i64,
    of_amount: Option<Money>,
) -> Result<TermEffect, CreditError> {
    let granted = &credit.granted;
    Ok(TermEffect {
        term: TermCode::new(granted.credit.as_str())?,
        name: granted.name.clone(),
        kind: TermKind::Credit,
        pot: Pot { offer: None, component: None, period: None },
        percent: None,
        of_amount,
        base: before,
        before,
        amount: Money { minor, ..before },
        quantity: None,
    })
}

/// Covers usage of a line as far as the credit goes. What the covered part costs is its part of
/// the net of the whole line, rounded so that parts sum to the line.
fn cover(
    line: &mut TermedCharge,
    credit: &Credit,
    left: CreditAmount,
    rate: u16,
) -> Result<CreditAmount, CreditError> {
    let (CreditAmount::Units(units), Some(rated)) = (left, &line.charge.rated) else {
        return Ok(left);
    };
    // What is only shown, or written off, costs nothing, and so it burns nothing.
    if rated.not_billed.is_some() {
        return Ok(left);
    }
    let whole = line.charge.quantity;
    let (mut covered, mut priced) = (Quantity::ZERO, line.charge.amount);
    for effect in &line.effects {
        match effect.quantity {
            Some(quantity) => covered = covered.plus(quantity)?,
            None => priced = priced.plus(effect.amount)?,
        }
    }
    let rate = i64::from(rate.max(1));
    let reach = units.exact().divided_by(Exact::from_integer(i128::from(rate)))?;
    let takes = Rounding::Down.quantity(reach)?.min(whole.minus(covered)?);
    if takes.is_negative() || takes.is_zero() || priced.minor < 0 {
        return Ok(left);
    }
    let before = net(line)?;
    let part = covered.plus(takes)?.exact().divided_by(whole.exact())?;
    let exact = Exact::from_integer(i128::from(priced.minor)).times(part)?;
    let paid = i64::try_from(Rounding::default().round(exact, 0)?).map_err(|_| Overflow)?;
    let remains = priced.minor.checked_sub(paid).ok_or(Overflow)?;
    let minor = remains.checked_sub(before.minor).ok_or(Overflow)?;
    line.effects.push(TermEffect { quantity: Some(takes), ..effect(credit, before, minor, None)? });
    Ok(CreditAmount::Units(units.minus(takes.times(rate)?)?))
}

/// Shares a gift among the lines that cost something, by what they cost, and never more than the
/// invoice comes to. Says what is left of it.
fn give(lines: &mut [TermedCharge], credit: &Credit) -> Result<CreditAmount, CreditError> {
    let CreditAmount::Money(left) = credit.left else { return Ok(credit.left) };
    let nets = lines.iter().map(net).collect::<Result<Vec<_>, _>>()?;
    let whole = Money::sum(left.currency, nets.iter().copied())?;
    let gives = left.minor.min(whole.minor);
    if gives <= 0 {
        return Ok(credit.left);
    }
    let weights: Vec<i128> = nets.iter().map(|it| i128::from(it.minor.max(0))).collect();
    let shares = allocate(gives, &weights)?;
    let of = Money { minor: gives, ..left };
    for ((line, before), share) in lines.iter_mut().zip(nets).zip(shares) {
        if share > 0 {
            line.effects.push(effect(credit, before, -share, Some(of))?);
        }
    }
    Ok(CreditAmount::Money(left.minus(of)?))
}

/// What paid credits pay of the total of an invoice, tax included. They have less left afterwards.
///
/// # Errors
/// [`CreditError`].
pub fn pay(
    total: Money,
    credits: &mut [Credit],
    issued_on: Date,
) -> Result<Vec<Prepaid>, CreditError> {
    let (mut due, mut prepaid) = (total, Vec::new());
    let paid = credits.iter_mut().filter(|it| it.granted.kind == CreditKind::Paid);
    for credit in paid.filter(|it| it.burns_on(issued_on)) {
        let CreditAmount::Money(left) = credit.left else { continue };
        let amount = Money { minor: left.minor.min(due.minor), ..left };
        if amount.minor > 0 {
            due = due.minus(amount)?;
            credit.left = CreditAmount::Money(left.minus(amount)?);
            let (credit, name) = (credit.granted.credit.clone(), credit.granted.name.clone());
            prepaid.push(Prepaid { credit, name, amount, account: None });
        }
    }
    Ok(prepaid)
}
