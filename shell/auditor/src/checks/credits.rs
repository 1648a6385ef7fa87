//! Credits burn as granted: in their order, as far as they go, on what they are for; each is a
//! ledger that sums, counted again from the grant; and the books say what was paid before.

use std::collections::BTreeMap;

use facts::credit::{CreditAmount, CreditKind};
use facts::discount::TermKind;
use facts::invoice::InvoiceLine;
use facts::posting::{Book, EntryPosted};
use facts::{AccountId, CreditGranted, CreditId, CreditLapsed, InvoiceIssued};
use jiff::civil::Date;
use kernel::{Quantity, Rounding};

use crate::calendar::plus_months;
use crate::ratio::{Ratio, shown};
use crate::world::{Logged, World};
use crate::{AuditFinding, Check};

pub(crate) fn check(world: &World) -> Check {
    let mut check = Check::new(
        "credits",
        "Each credit burns in its order, as far as it goes, on what it is for, is never below \
         zero, lapses when its time is over, and the books hold what was paid for it.",
    );
    let invoices = world.invoices_by_account();
    for (account, invoices) in &invoices {
        for logged in invoices {
            check.examine();
            let desk = Desk { world, account, logged };
            desk.check(&mut check);
        }
    }
    for lapsed in &world.credit_lapses {
        check.examine();
        check_lapse(&mut check, world, lapsed);
    }
    check_entries(&mut check, world);
    check
}

fn differs(
    credit: &impl ToString,
    what: &'static str,
    stated: impl ToString,
    computed: impl ToString,
) -> AuditFinding {
    AuditFinding::CreditDiffers {
        credit: credit.to_string(),
        what,
        stated: stated.to_string(),
        computed: computed.to_string(),
    }
}

/// Money in major units, or a number of units.
fn ratio(amount: CreditAmount) -> Option<Ratio> {
    match amount {
        CreditAmount::Money(money) => Ratio::of_money(money),
        CreditAmount::Units(quantity) => Ratio::of_quantity(quantity),
    }
}

/// What an invoice burnt of a credit.
fn burnt(granted: &CreditGranted, invoice: &InvoiceIssued) -> Option<Ratio> {
    let paid = invoice.prepaid.iter().filter(|it| it.credit == granted.credit);
    let paid = paid.map(|it| Ratio::of_money(it.amount));
    let effects = invoice.lines.iter().flat_map(|line| &line.effects);
    let effects = effects
        .filter(|it| it.kind == TermKind::Credit && it.term.as_str() == granted.credit.as_str());
    let off = effects.map(|it| match &granted.kind {
        CreditKind::Units { rate, .. } => {
            Ratio::of_quantity(it.quantity?)?.times(Ratio::new(i128::from(*rate), 1)?)
        }
        _ => Ratio::ZERO.minus(Ratio::of_money(it.amount)?),
    });
    Ratio::sum(paid.chain(off))
}

/// What is left of a credit before a day, by what stands before a position of the log.
fn left_before(world: &World, granted: &CreditGranted, day: Date, sequence: i64) -> Option<Ratio> {
    let mut left = ratio(granted.amount)?;
    for it in &world.credit_adjustments {
        let it = (it.sequence < sequence).then_some(&it.it);
        if let Some(it) = it.filter(|it| it.credit == granted.credit && it.adjusted_on < day) {
            left = left.plus(ratio(it.amount)?)?;
        }
    }
    for it in world.bills().filter(|it| it.sequence < sequence) {
        if it.it.account.account == granted.account {
            left = left.minus(burnt(granted, &it.it)?)?;
        }
    }
    for note in world.credit_notes.iter().filter(|it| it.sequence < sequence) {
        let back = note.it.given_back.iter().filter(|it| it.credit == granted.credit);
        for it in back.filter(|_| note.it.issued_on < day) {
            left = left.plus(ratio(it.amount)?)?;
        }
    }
    for it in world.credit_lapses.iter().filter(|it| it.sequence < sequence) {
        if it.it.credit == granted.credit && it.it.lapsed_on < day {
            left = left.minus(ratio(it.it.expired)?)?;
        }
    }
    Some(left)
}

/// The day after the last of a credit, by what lapsed before a position of the log.
fn end(world: &World, granted: &CreditGranted, sequence: i64) -> Option<Date> {
    let lapses = world.credit_lapses.iter().filter(|it| it.sequence < sequence);
    let rolled = lapses.filter(|it| it.it.credit == granted.credit).filter_map(|it| it.it.until);
    rolled.max().or(granted.until)
}

/// An invoice, and whose it is.
struct Desk<'a> {
    world: &'a World,
    account: &'a AccountId,
    logged: &'a Logged<InvoiceIssued>,
}

/// A credit that may burn, with what is left of it.
struct Open<'a> {
    granted: &'a CreditGranted,
    left: Ratio,
}

impl<'a> Desk<'a> {
    fn check(&self, check: &mut Check) {
        let invoice = &self.logged.it;
        let Some(open) = self.open() else {
            return check.find(differs(&invoice.number, "what is left", "too much to count", ""));
        };
        self.check_units(check, &open);
        self.check_gifts(check, &open);
        self.check_paid(check, &open);
        // A credit that may not burn did not, and one that ended has lapsed.
        for granted in self.granted() {
            let is_open = open.iter().any(|it| it.granted.credit == granted.credit);
            let is = burnt(granted, invoice);
            check.expect(is_open || is == Some(Ratio::ZERO), || {
                differs(&granted.credit, "burnt though it may not", shown(is), 0)
            });
        }
        for effect in invoice.lines.iter().flat_map(|line| &line.effects) {
            let is_known = || self.granted().any(|it| it.credit.as_str() == effect.term.as_str());
            check.expect(effect.kind != TermKind::Credit || is_known(), || {
                differs(&invoice.number, "a line", effect.term.as_str(), "no credit")
            });
        }
    }

    fn granted(&self) -> impl Iterator<Item = &'a CreditGranted> {
        let all = self.world.credits.iter().filter(|it| it.sequence < self.logged.sequence);
        all.map(|it| &it.it).filter(|it| it.account == *self.account)
    }

    /// The least priority, the soonest end, the oldest, the name.
    fn open(&self) -> Option<Vec<Open<'a>>> {
        let (day, sequence) = (self.logged.it.issued_on, self.logged.sequence);
        let mut open = Vec::new();
        for granted in self.granted().filter(|it| it.granted_on < day) {
            let end = end(self.world, granted, sequence);
            let left = left_before(self.world, granted, day, sequence)?;
            if end.is_none_or(|end| day <= end) && Ratio::ZERO.is_below(left)? {
                let place = (granted.priority, end.unwrap_or(Date::MAX), granted.granted_on);
                open.push((place, granted.credit.as_str(), Open { granted, left }));
            }
        }
        open.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
        Some(open.into_iter().map(|(.., it)| it).collect())
    }

    /// Of credits in units: together they cover what there is, as far as they go, and what is
    /// covered costs its part of the line.
    fn check_units(&self, check: &mut Check, open: &[Open<'_>]) {
        let invoice = &self.logged.it;
        let mut room: BTreeMap<u32, Quantity> = BTreeMap::new();
        for line in invoice.lines.iter().filter(|it| it.charge.rated.is_some()) {
            let is_billed = line.charge.rated.as_ref().is_some_and(|it| it.not_billed.is_none());
            let is_covered = is_billed && priced(line) >= 0 && !line.charge.quantity.is_negative();
            room.insert(line.line, if is_covered { line.charge.quantity } else { Quantity::ZERO });
            check.expect(self.line_is_right(line), || {
                differs(&invoice.number, "covered part of a line", line.line, "its part of the net")
            });
        }
        for it in open {
            let CreditKind::Units { component, rate } = &it.granted.kind else { continue };
            let of_component = invoice.lines.iter().filter(|of| of.charge.component == *component);
            let mut takes = Some(Ratio::ZERO);
            let mut reach = Ratio::new(1, i128::from(*rate)).and_then(|one| it.left.times(one));
            for line in of_component {
                let Some(room) = room.get_mut(&line.line) else { continue };
                let whole = Ratio::of_quantity(*room);
                let least = reach.zip(whole).and_then(|(a, b)| {
                    let least = if a.is_below(b)? { a } else { b };
                    // Nine decimals, as a quantity has.
                    Ratio::new(least.round(9, Rounding::Down)?, 1_000_000_000)
                });
                takes = takes.zip(least).and_then(|(a, b)| a.plus(b));
                reach = reach.zip(least).and_then(|(a, b)| a.minus(b));
                for effect in line.effects.iter().filter(|of| {
                    of.kind == TermKind::Credit && of.term.as_str() == it.granted.credit.as_str()
                }) {
                    let covered = effect.quantity.unwrap_or(Quantity::ZERO);
                    *room = room.minus(covered).unwrap_or(Quantity::ZERO);
                }
            }
            let expected = takes
                .zip(Ratio::new(i128::from(*rate), 1))
                .and_then(|(takes, rate)| takes.times(rate));
            let is = burnt(it.granted, invoice);
            check.expect(is.is_some() && is == expected, || {
                differs(&it.granted.credit, "units burnt", shown(is), shown(expected))
            });
        }
    }

    fn line_is_right(&self, line: &InvoiceLine) -> bool {
        let Some(whole) = Ratio::of_quantity(line.charge.quantity) else { return false };
        let mut covered = Ratio::ZERO;
        let mut paid = 0;
        for effect in line.effects.iter().filter(|it| it.quantity.is_some()) {
            let sum = effect.quantity.and_then(Ratio::of_quantity);
            let Some(sum) = sum.and_then(|it| it.plus(covered)) else { return false };
            covered = sum;
            let part = Ratio::new(priced(line), 1)
                .and_then(|it| it.times(covered.divided_by(whole)?))
                .and_then(|it| it.round(0, Rounding::HalfAwayFromZero));
            paid -= i128::from(effect.amount.minor);
            if part != Some(paid) {
                return false;
            }
        }
        true
    }

    /// Gifts are taken off what the invoice comes to, each as far as it goes, in proportion.
    fn check_gifts(&self, check: &mut Check, open: &[Open<'_>]) {
        let invoice = &self.logged.it;
        let mut nets: BTreeMap<u32, i128> = BTreeMap::new();
        for line in &invoice.lines {
            let covered = line.effects.iter().filter(|it| it.quantity.is_some());
            let covered: i128 = covered.map(|it| i128::from(it.amount.minor)).sum();
            nets.insert(line.line, priced(line) + covered);
        }
        for it in open.iter().filter(|it| it.granted.kind == CreditKind::Promotional) {
            let whole: i128 = nets.values().sum();
            let costs: i128 = nets.values().filter(|it| **it > 0).sum();
            let decimals = invoice.net.currency.exponent();
            let left = it.left.round(decimals, Rounding::Down).unwrap_or_default();
            let gives = left.min(whole).max(0);
            let mut given = 0;
            for line in &invoice.lines {
                let net = nets.entry(line.line).or_default();
                let of_credit = line.effects.iter().filter(|of| {
                    of.kind == TermKind::Credit && of.term.as_str() == it.granted.credit.as_str()
                });
                let share: i128 = of_credit.map(|of| -i128::from(of.amount.minor)).sum();
                let exact = (*net).max(0) * gives;
                // Off by less than a minor unit.
                let is_near = costs == 0 && share == 0
                    || (share * costs - exact).abs() < costs && share <= (*net).max(0);
                check.expect(is_near, || {
                    let computed = shown(Ratio::new(exact, costs.max(1)));
                    differs(&it.granted.credit, "share of a line", share, computed)
                });
                *net -= share;
                given += share;
            }
            check.expect(given == gives, || {
                differs(&it.granted.credit, "minor units given", given, gives)
            });
        }
    }

    fn check_paid(&self, check: &mut Check, open: &[Open<'_>]) {
        let invoice = &self.logged.it;
        let mut stated = invoice.prepaid.iter();
        let mut due = i128::from(invoice.total.minor);
        for it in open.iter().filter(|it| it.granted.kind == CreditKind::Paid) {
            let decimals = invoice.net.currency.exponent();
            let left = it.left.round(decimals, Rounding::Down).unwrap_or_default();
            let pays = left.min(due);
            if pays <= 0 {
                continue;
            }
            due -= pays;
            let is = stated.next();
            let is_right = is.is_some_and(|of| {
                of.credit == it.granted.credit && i128::from(of.amount.minor) == pays
            });
            check.expect(is_right, || {
                let stated = is.map_or("nothing".to_owned(), |it| it.amount.to_string());
                differs(&it.granted.credit, "minor units paid", stated, pays)
            });
        }
        for it in stated {
            check.find(differs(&it.credit, "paid though it may not", it.amount, 0));
        }
    }
}

/// A line before credits, in minor units.
fn priced(line: &InvoiceLine) -> i128 {
    let effects = line.effects.iter().filter(|it| it.kind != TermKind::Credit);
    let effects: i128 = effects.map(|it| i128::from(it.amount.minor)).sum();
    i128::from(line.charge.amount.minor) + effects
}

/// What lapses is what is left on the day, less what goes on by the rule.
fn check_lapse(check: &mut Check, world: &World, logged: &Logged<CreditLapsed>) {
    let it = &logged.it;
    let granted = world.credits.iter().find(|of| of.it.credit == it.credit).map(|of| &of.it);
    let Some(granted) = granted else {
        return check.find(differs(&it.credit, "grant", "nothing", "a grant"));
    };
    // The invoice of the day comes before the end, and is before it in the log.
    let left = it
        .lapsed_on
        .tomorrow()
        .ok()
        .and_then(|day| left_before(world, granted, day, logged.sequence));
    let sum = ratio(it.expired).zip(ratio(it.rolled)).and_then(|(a, b)| a.plus(b));
    check.expect(sum.is_some() && sum == left, || {
        differs(&it.credit, "lapsed", shown(sum), shown(left))
    });
    let ends = end(world, granted, logged.sequence);
    check.expect(ends == Some(it.lapsed_on), || {
        differs(&it.credit, "day of its end", it.lapsed_on, format!("{ends:?}"))
    });
    let times = world.credit_lapses.iter().filter(|of| {
        of.sequence < logged.sequence && of.it.credit == it.credit && of.it.until.is_some()
    });
    let rule = granted.rollover.filter(|rule| times.count() < usize::from(rule.times));
    let limit = rule.and_then(|rule| rule.limit).map(ratio);
    let goes_on = ratio(it.rolled);
    let expected = match (rule, limit) {
        (None, _) => Some(Ratio::ZERO),
        (Some(_), None) => left,
        (Some(_), Some(limit)) => limit
            .zip(left)
            .and_then(|(limit, left)| Some(if limit.is_below(left)? { limit } else { left })),
    };
    check.expect(goes_on == expected, || {
        differs(&it.credit, "rolled over", shown(goes_on), shown(expected))
    });
    let until = rule.and_then(|rule| plus_months(it.lapsed_on, i64::from(rule.months)));
    check.expect(it.until == until, || {
        differs(&it.credit, "new end", format!("{:?}", it.until), format!("{until:?}"))
    });
}

/// Each paid credit, adjustment and expiry is one entry of two lines in each book, over the same
/// amount, and nothing else books a credit.
fn check_entries(check: &mut Check, world: &World) {
    let is_paid = |credit: &CreditId| {
        world.credits.iter().any(|it| it.it.credit == *credit && it.it.kind == CreditKind::Paid)
    };
    let mut expected: Vec<(&CreditId, String, CreditAmount, Date)> = Vec::new();
    for it in world.credits.iter().map(|it| &it.it) {
        expected.push((&it.credit, format!("credit/{}", it.credit), it.amount, it.granted_on));
    }
    for it in world.credit_adjustments.iter().map(|it| &it.it) {
        let source = format!("credit/{}/{}", it.credit, it.adjustment);
        expected.push((&it.credit, source, it.amount, it.adjusted_on));
    }
    for it in world.credit_lapses.iter().map(|it| &it.it) {
        let source = format!("credit/{}/{}", it.credit, it.lapsed_on);
        expected.push((&it.credit, source, it.expired, it.lapsed_on));
    }
    for (credit, source, amount, day) in expected {
        let CreditAmount::Money(amount) = amount else { continue };
        if !is_paid(credit) || amount.minor == 0 {
            continue;
        }
        for book in Book::ALL {
            check.examine();
            let mut of = world.entries.iter().filter(|it| it.source.as_str() == source);
            let booked = of.find(|it| it.book == book);
            let is_right = booked.is_some_and(|it| is_booked(it, amount.minor, day));
            check.expect(is_right, || {
                differs(credit, "entry", book.key(), format!("{source} over {amount}"))
            });
        }
    }
}

fn is_booked(entry: &EntryPosted, minor: i64, day: Date) -> bool {
    let moved = i128::from(minor).abs();
    let debit: i128 = entry.lines.iter().map(|it| i128::from(it.debit)).sum();
    let credit: i128 = entry.lines.iter().map(|it| i128::from(it.credit)).sum();
    entry.posted_on == day && debit == moved && credit == moved && entry.lines.len() == 2
}

/// Whether an entry books a credit, and not an invoice.
pub(crate) fn is_of_credit(world: &World, entry: &EntryPosted) -> bool {
    let rest = entry.source.as_str().strip_prefix("credit/");
    rest.is_some_and(|rest| {
        world.credits.iter().any(|it| {
            rest.strip_prefix(it.it.credit.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    })
}
