//! The terms of order lines: a timer waits for the next day on which there is something to say.

use ::orders::term::{Review, review_from};
use facts::order::OrderLine;
use facts::{AccountId, Fact, OrderId, OrderLineId, RenewalNoticeDue, TermEnded, TermRenewed};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Zone;
use store::{Timer, TimerKind, Tx};

use crate::Result;
use crate::clock::Happened;
use crate::contracts::{self, Contracts};
use crate::lives::Records;

/// Sets the timer of the next review of a line, on a day or after it; one that is past is not made
/// up for.
pub(crate) fn schedule(tx: &mut dyn Tx, line: &OrderLine, day: Date, zone: &Zone) -> Result<()> {
    let Some(term) = &line.term else { return Ok(()) };
    let beyond = |_| contracts::missing(format!("the end of the term of `{}`", line.line));
    let subject = line.line.to_string();
    match review_from(term, day.max(term.from)).map_err(beyond)? {
        Some((day, _)) => {
            let due_at = zone.start_of(day).map_err(beyond)?;
            Ok(tx.set_timer(&Timer { due_at, kind: TimerKind::ReviewTerm, subject })?)
        }
        None => Ok(tx.clear_timer(TimerKind::ReviewTerm, &subject)?),
    }
}

/// Says what a day brings to a line, and waits for the next. A line that has no unit left has
/// nothing to say.
pub(crate) fn review(
    tx: &mut dyn Tx,
    line: &OrderLineId,
    due_at: Timestamp,
    recorded_at: Timestamp,
) -> Result<Option<Happened>> {
    let absent = || contracts::missing(format!("the order of line `{line}`"));
    let units = tx.units_of_line(line)?;
    let first = units.first().ok_or_else(absent)?;
    let order = contracts::order(tx, &first.order)?.ok_or_else(absent)?;
    let found = order.lines.iter().find(|it| it.line == *line).ok_or_else(absent)?;
    let zone = contracts::account(tx, &order.account)?.zone;
    let today = zone.day_of(due_at);
    let beyond = |_| contracts::missing(format!("the end of the term of `{line}`"));
    let review = found.term.as_ref().map(|term| review_from(term, today)).transpose();
    let review = review.map_err(beyond)?.flatten().filter(|(day, _)| *day == today);
    schedule(tx, found, today.tomorrow().map_err(|_| absent())?, &zone)?;
    let Some((_, review)) = review else { return Ok(None) };
    let mut contracts = Contracts::default();
    contracts.load(tx, &units)?;
    let mut records = Records::of(tx.unit_facts_of_account(&order.account)?, i64::MAX);
    records.complete(tx, &mut contracts, &units)?;
    let end = if let Review::Notice { until, .. } = review { until } else { today };
    let end_at = zone.start_of(end).map_err(beyond)?;
    let (mut goes_on, mut ends) = (0_u32, 0_u32);
    for unit in units.iter().filter(|unit| records.next(&unit.unit).is_none()) {
        // What ends with the term, by itself or by a notice, is renewed no more.
        match records.timeline(&contracts, unit, &zone, None)?.ended_at {
            Some(ended_at) if ended_at < end_at => {}
            Some(ended_at) if ended_at == end_at => ends = ends.saturating_add(1),
            _ => goes_on = goes_on.saturating_add(1),
        }
    }
    let named = (line.clone(), order.order.clone(), order.account.clone());
    let Some(fact) = news(review, today, named, (goes_on, ends)) else { return Ok(None) };
    tx.record(&fact, recorded_at)?;
    let (line, account) = (line.clone(), order.account.clone());
    Ok(Some(match fact {
        Fact::RenewalNoticeDue(_) => Happened::NoticeDue(line, account, due_at),
        Fact::TermRenewed(_) => Happened::TermRenewed(line, account, due_at),
        _ => Happened::TermEnded(line, account, due_at),
    }))
}

/// What there is to say of a line, so many units of which go on, and so many end.
fn news(
    review: Review,
    today: Date,
    (line, order, account): (OrderLineId, OrderId, AccountId),
    (goes_on, ends): (u32, u32),
) -> Option<Fact> {
    match review {
        Review::Notice { notice_by, until } if goes_on > 0 => {
            let units = goes_on;
            let due = RenewalNoticeDue { line, order, account, notice_by, until, units };
            Some(Fact::RenewalNoticeDue(due))
        }
        Review::Renewed { until } if goes_on > 0 => {
            let (from, units) = (today, goes_on);
            Some(Fact::TermRenewed(TermRenewed { line, order, account, from, until, units }))
        }
        Review::Renewed { .. } | Review::Ended if ends > 0 => {
            let (ended_on, units) = (today, ends);
            Some(Fact::TermEnded(TermEnded { line, order, account, ended_on, units }))
        }
        _ => None,
    }
}
