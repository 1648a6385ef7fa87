//! Minima are met: after each invoice, what was billed for the lines that count and as true-up
//! reaches the minimum of every period that is over, and not a cent more was added.

use std::collections::{BTreeMap, BTreeSet};

use facts::commitment::{Bound, Commitment};
use facts::discount::TermKind;
use facts::invoice::InvoiceLine;
use facts::{ChargeKind, InvoiceIssued, OfferPublished, OfferRef, TermCode};
use kernel::{Money, Period, Rounding};

use crate::committed::{Committed, counts, day_of, in_force, is_in, periods, width};
use crate::ratio::{Ratio, shown};
use crate::world::{Logged, World};
use crate::{AuditFinding, Check};

/// Whose minimum, which, and in which period.
type Key = (Option<OfferRef>, TermCode, Period);

pub(crate) fn check(world: &World) -> Check {
    let mut check = Check::new(
        "commitments",
        "After each invoice, every period that is over has the minimum that was agreed for it: \
         what was billed for what counts, and the rest as a line of its own, no more.",
    );
    for invoices in world.invoices_by_account().into_values() {
        // What is wrong stays so until it is billed: it is said once.
        let mut said = BTreeSet::new();
        for last in 1..=invoices.len() {
            let is_whole = invoices[..last].last().is_some_and(|it| world.must_be_complete(it));
            if is_whole {
                check_after(&mut check, world, &invoices[..last], &mut said);
            }
        }
    }
    check
}

fn check_after(
    check: &mut Check,
    world: &World,
    invoices: &[&Logged<InvoiceIssued>],
    said: &mut BTreeSet<Key>,
) {
    let Some(logged) = invoices.last() else { return };
    check.examine();
    let (mut stated, mut on_line) = (BTreeMap::<Key, i128>::new(), BTreeMap::<Key, u32>::new());
    for (invoice, line) in all_lines(world, invoices) {
        let charge = &line.charge;
        if let Some((use_of, period)) = charge.commitment.as_ref().zip(charge.period) {
            let key: Key = (use_of.offer.clone(), use_of.term.clone(), period);
            *stated.entry(key.clone()).or_default() += net(line);
            if invoice.number == logged.it.number {
                on_line.insert(key, line.line);
            }
        } else if charge.kind == ChargeKind::CommitmentTrueUp {
            check.find(differs(logged, line.line, 0, "a commitment"));
        }
    }
    for (offer, it, at) in agreed(world, invoices) {
        check.examine();
        let key = (offer.map(OfferPublished::reference), it.code.clone(), at.period);
        let (is, line) = (stated.remove(&key).unwrap_or_default(), on_line.get(&key));
        let due = due(world, invoices, offer, it, &at);
        if due == Some(is) || !said.insert(key.clone()) {
            continue;
        }
        let computed = shown(due.and_then(|due| Ratio::new(due, 1)));
        check.find(match line {
            Some(line) => differs(logged, *line, is, &computed),
            None => AuditFinding::ChargeMissing {
                invoice: logged.it.number.clone(),
                what: format!(
                    "the rest to minimum `{}` of {} ({is} minor units billed, {computed} due)",
                    it.code, at.period
                ),
            },
        });
    }
    let other = stated.into_iter().filter(|(key, is)| *is != 0 && said.insert(key.clone()));
    for (key, is) in other {
        let line = on_line.get(&key).copied().unwrap_or_default();
        check.find(differs(logged, line, is, "nothing that was agreed"));
    }
}

/// The lines of invoices, as the last of them knows that they stand.
fn all_lines<'a>(
    world: &'a World,
    invoices: &[&'a Logged<InvoiceIssued>],
) -> impl Iterator<Item = (&'a InvoiceIssued, &'a InvoiceLine)> {
    let until = invoices.last().map_or(0, |it| it.sequence);
    let lines = invoices.iter().flat_map(|it| it.it.lines.iter().map(|line| (&it.it, line)));
    lines.filter(move |(invoice, line)| !world.is_due_again(invoice, line.line, until))
}

fn net(line: &InvoiceLine) -> i128 {
    // A credit pays what is billed; it does not make it less.
    let effects = line.effects.iter().filter(|it| it.kind != TermKind::Credit);
    let effects: i128 = effects.map(|it| i128::from(it.amount.minor)).sum();
    i128::from(line.charge.amount.minor) + effects
}

fn differs(
    logged: &Logged<InvoiceIssued>,
    line: u32,
    stated: i128,
    computed: &str,
) -> AuditFinding {
    AuditFinding::RatedDiffers {
        invoice: logged.it.number.clone(),
        line,
        what: "sum of what a minimum added in minor units",
        stated: stated.to_string(),
        computed: computed.to_owned(),
    }
}

/// Every minimum with every period of it that is over. What an account agreed on is that of the
/// version in force on the last day of the period: an amendment does not reach back.
fn agreed<'a>(
    world: &'a World,
    invoices: &[&'a Logged<InvoiceIssued>],
) -> Vec<(Option<&'a OfferPublished>, &'a Commitment, Committed)> {
    let mut agreed = Vec::new();
    let Some(last) = invoices.last() else { return agreed };
    let is_minimum = |it: &&Commitment| it.bound == Bound::Minimum;
    let account = &last.it.account.account;
    let versions = world.account_versions.iter();
    for version in versions.filter(|it| it.it.account == *account && it.sequence < last.sequence) {
        for it in version.it.terms.commitments.iter().filter(is_minimum) {
            let all = periods(world, last, (None, it), last.it.issued_on);
            let closed = all.into_iter().filter(|at| {
                let stands = in_force(world, last, at.period).map(|it| it.version);
                at.period.to() <= last.it.issued_on && stands == Some(version.it.version)
            });
            agreed.extend(closed.map(|at| (None, it, at)));
        }
    }
    let contracts = world.contracts_of(&last.it.account.account);
    let offers: BTreeSet<OfferRef> = contracts.iter().map(|it| it.offer.reference()).collect();
    for offer in offers.iter().filter_map(|it| world.offers.get(it)) {
        for it in offer.terms.commitments.iter().filter(is_minimum) {
            let all = periods(world, last, (Some(offer), it), last.it.issued_on);
            let closed = all.into_iter().filter(|at| at.period.to() <= last.it.issued_on);
            agreed.extend(closed.map(|at| (Some(offer), it, at)));
        }
    }
    agreed
}

/// What the minimum of a period adds, in all, in minor units.
fn due(
    world: &World,
    invoices: &[&Logged<InvoiceIssued>],
    offer: Option<&OfferPublished>,
    it: &Commitment,
    at: &Committed,
) -> Option<i128> {
    let mut counted = 0_i128;
    for (invoice, line) in all_lines(world, invoices) {
        let day = day_of(invoice, line);
        let is_within = at.period.from() <= day && day < at.period.to();
        if is_within && (counts(offer, it, line) || is_narrower(offer, it, line)) {
            counted += net(line);
        }
    }
    let minor = i64::try_from(counted).ok()?;
    let lacking = at.amount?.minus(Ratio::of_money(Money { minor, ..it.amount })?)?;
    if lacking.is_below(Ratio::ZERO)? {
        return Some(0);
    }
    let rounding = offer.map_or(Rounding::default(), |offer| offer.rounding);
    lacking.round(it.amount.currency.exponent(), rounding)
}

/// What a narrower minimum added, or one as wide of shorter periods, counts for a wider one.
fn is_narrower(offer: Option<&OfferPublished>, it: &Commitment, line: &InvoiceLine) -> bool {
    let use_of = line.charge.commitment.as_ref();
    use_of.is_some_and(|of| {
        let (own, other) = (width(&it.scope), width(&of.scope));
        is_in(offer, it, line) && (own > other || own == other && it.each > of.each)
    })
}
