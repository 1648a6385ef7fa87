//! The periods of a commitment and its amount in each, counted period by period and day by day.

use facts::commitment::{Commitment, Partial, Span};
use facts::discount::Scope;
use facts::invoice::InvoiceLine;
use facts::{AccountRegistered, InvoiceIssued, OfferPublished};
use jiff::civil::Date;
use kernel::Period;

use crate::calendar::{bill_period, days, month_of, plus_months, whole_period};
use crate::life::Life;
use crate::ratio::Ratio;
use crate::world::{Knowledge, Logged, World};

/// A period of a commitment, and the exact amount for it in major units.
pub(crate) struct Committed {
    pub period: Period,
    pub amount: Option<Ratio>,
}

/// The periods that begin before a day, as an invoice could know them.
pub(crate) fn periods(
    world: &World,
    logged: &Logged<InvoiceIssued>,
    (offer, it): (Option<&OfferPublished>, &Commitment),
    before: Date,
) -> Vec<Committed> {
    let mut all = Vec::new();
    let Some((from, until)) = window(world, logged, offer, it) else { return all };
    let cycle = &logged.it.account.bill_cycle;
    let Some((mut at, _)) = bill_period(cycle, from) else { return all };
    while at < before && until.is_none_or(|until| at < until) {
        let Some((_, mut to)) = bill_period(cycle, at) else { return all };
        if it.each == Span::Year {
            // It ends where the last period of the same month of the next year begins.
            let Some(year) = plus_months(at, 12).map(month_of) else { return all };
            while let Some((_, next)) = bill_period(cycle, to).filter(|it| month_of(it.1) <= year) {
                to = next;
            }
        }
        let Ok(period) = Period::new(at, to) else { return all };
        let has = |day: &Date| from <= *day && until.is_none_or(|until| *day < until);
        let whole = match it.each {
            Span::Period => whole_period(cycle, at).unwrap_or((at, to)),
            Span::Year => (at, to),
        };
        let whole = days(whole.0, whole.1).count();
        let part = days(at, to).filter(has).count();
        let share = match it.partial {
            Partial::Whole => Ratio::new(1, 1),
            Partial::Prorated => ratio(part).zip(ratio(whole)).and_then(|(a, b)| a.divided_by(b)),
        };
        let amount = Ratio::of_money(it.amount).zip(share).and_then(|(a, b)| a.times(b));
        all.push(Committed { period, amount });
        at = to;
    }
    all
}

/// The version of the account that is in force on the last day of a period, as an invoice knew it.
pub(crate) fn in_force<'a>(
    world: &'a World,
    logged: &Logged<InvoiceIssued>,
    period: Period,
) -> Option<&'a AccountRegistered> {
    let last = period.to().yesterday().ok()?;
    let known = world
        .account_versions
        .iter()
        .filter(|it| it.sequence < logged.sequence && it.it.account == logged.it.account.account);
    let known: Vec<&AccountRegistered> = known.map(|it| &it.it).collect();
    let begun = known.iter().filter(|it| it.effective_from <= last);
    let newest = begun.max_by_key(|it| (it.effective_from, it.version)).copied();
    newest.or_else(|| known.into_iter().min_by_key(|it| (it.effective_from, it.version)))
}

fn ratio(count: usize) -> Option<Ratio> {
    Ratio::new(i128::try_from(count).ok()?, 1)
}

/// From the later of the day that was agreed and the first service; until the day that was agreed
/// or, of an offer, until the last device went back.
fn window(
    world: &World,
    logged: &Logged<InvoiceIssued>,
    offer: Option<&OfferPublished>,
    it: &Commitment,
) -> Option<(Date, Option<Date>)> {
    let account = &logged.it.account;
    let zone = &account.zone;
    let knowledge = Knowledge::of_invoice(logged);
    let (mut first, mut last): (Option<Date>, Option<Date>) = (None, None);
    let mut all_ended = true;
    for contract in world.contracts_of(&account.account) {
        let is_about = match (offer, &it.scope) {
            (Some(offer), _) => contract.offer.reference() == offer.reference(),
            (None, Scope::Offer(code)) => contract.offer.code == *code,
            (None, _) => true,
        };
        if !is_about || contract.sequence >= knowledge.before_sequence {
            continue;
        }
        let life = Life::of(world, contract, zone, knowledge);
        if let Some(at) = life.started_at() {
            let day = zone.day_of(at);
            first = Some(first.map_or(day, |first| first.min(day)));
        }
        match life.ends_at() {
            Some(at) => last = last.max(Some(zone.day_of(at))),
            None => all_ended = false,
        }
    }
    let from = first.map(|first| it.from.map_or(first, |from| from.max(first)))?;
    let ended = last.filter(|_| all_ended && offer.is_some());
    let until = it.until.into_iter().chain(ended).min();
    until.is_none_or(|until| from < until).then_some((from, until))
}

/// The day that says of which period a line is.
pub(crate) fn day_of(invoice: &InvoiceIssued, line: &InvoiceLine) -> Date {
    line.charge.period.map_or(invoice.issued_on, Period::from)
}

/// Whether a line is one that a commitment looks at, but for true-ups.
pub(crate) fn counts(offer: Option<&OfferPublished>, it: &Commitment, line: &InvoiceLine) -> bool {
    let charge = &line.charge;
    is_in(offer, it, line)
        && charge.commitment.is_none()
        && (it.counts.is_empty() || it.counts.contains(&charge.component_kind))
}

/// Whether a line lies in the reach of a commitment, whatever it is.
pub(crate) fn is_in(offer: Option<&OfferPublished>, it: &Commitment, line: &InvoiceLine) -> bool {
    let charge = &line.charge;
    let of_scope = match &it.scope {
        Scope::Components(all) => all.contains(&charge.component),
        Scope::Offer(code) => *code == charge.offer.code,
        Scope::Account => true,
    };
    of_scope && offer.is_none_or(|offer| offer.reference() == charge.offer)
}

/// How wide a commitment reaches.
pub(crate) const fn width(scope: &Scope) -> u8 {
    match scope {
        Scope::Components(_) => 0,
        Scope::Offer(_) => 1,
        Scope::Account => 2,
    }
}
