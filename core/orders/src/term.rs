//! The terms of an order line: the first, and those that follow it by renewal.

use facts::OrderLineId;
use facts::order::{ContractTerm, Renewal};
use jiff::civil::Date;
use kernel::calendar::{DateOutOfRange, add_days, add_months};

use crate::{AskTerm, Rejection};

/// One of the terms of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Running {
    /// The day after its last.
    pub until: Date,
    /// How many came before it.
    pub renewals: u16,
    /// The last day for a notice; none: nothing follows.
    pub notice_by: Option<Date>,
}

/// The term that runs on a day, or the last where none follows. Ends are counted from that of the
/// first term, so that one on the 31st comes back to it.
///
/// # Errors
/// [`DateOutOfRange`].
pub fn running(term: &ContractTerm, day: Date) -> Result<Running, DateOutOfRange> {
    let Some(Renewal { months, notice_days, .. }) = term.renewal else {
        return Ok(Running { until: term.until, renewals: 0, notice_by: None });
    };
    let mut renewals = 0_u16;
    loop {
        let until = add_months(term.until, i32::from(renewals) * i32::from(months))?;
        if day < until {
            let notice_by = Some(add_days(until, -i32::from(notice_days))?);
            return Ok(Running { until, renewals, notice_by });
        }
        renewals = renewals.checked_add(1).ok_or(DateOutOfRange)?;
    }
}

/// What the calendar brings to a line on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Review {
    /// It is said that notice is due by a day, before the term ends on another.
    Notice {
        /// The last day for a notice.
        notice_by: Date,
        /// The end of the term.
        until: Date,
    },
    /// A term is followed by another.
    Renewed {
        /// The end of the one that follows.
        until: Date,
    },
    /// A term is followed by none.
    Ended,
}

/// What the calendar brings on a day, or first after it, and when; none: nothing more.
///
/// # Errors
/// [`DateOutOfRange`].
pub fn review_from(
    term: &ContractTerm,
    day: Date,
) -> Result<Option<(Date, Review)>, DateOutOfRange> {
    let Some(renewal) = term.renewal else {
        return Ok((day <= term.until).then_some((term.until, Review::Ended)));
    };
    let ends = if day == term.from { day } else { add_days(day, -1)? };
    let running = running(term, ends)?;
    let notice_by = running.notice_by.unwrap_or(running.until);
    let said_on = add_days(notice_by, -i32::from(renewal.reminder_days))?;
    if day <= said_on {
        return Ok(Some((said_on, Review::Notice { notice_by, until: running.until })));
    }
    let until = self::running(term, running.until)?.until;
    Ok(Some((running.until, Review::Renewed { until })))
}

/// The end that is asked for by its name, of a notice given on a day.
///
/// # Errors
/// [`Rejection`]: there is no term, or the notice comes too late for it.
pub fn end_of_term(
    line: &OrderLineId,
    term: Option<&ContractTerm>,
    given_on: Date,
) -> Result<Date, Rejection> {
    let no_term = || Rejection::NoTerm { line: line.clone() };
    let term = term.ok_or_else(no_term)?;
    let running = running(term, given_on).map_err(|_| no_term())?;
    match running.notice_by.filter(|notice_by| *notice_by < given_on) {
        Some(notice_by) => {
            Err(Rejection::NoticeTooLate { line: line.clone(), until: running.until, notice_by })
        }
        None => Ok(running.until),
    }
}

/// The term that is asked for a line whose first day this is; `joined` is that of the line that it
/// is to end with.
///
/// # Errors
/// [`Rejection`]: it has no end, or there is none to join.
pub(crate) fn agreed(
    asked: &AskTerm,
    line: &OrderLineId,
    first_day: Date,
    joined: Option<&ContractTerm>,
) -> Result<Option<ContractTerm>, Rejection> {
    match asked {
        AskTerm::Evergreen => Ok(None),
        AskTerm::With(other) => {
            let no_term = || Rejection::NoTerm { line: other.clone() };
            let joined = joined.ok_or_else(no_term)?;
            anew(joined, first_day).map(Some).ok_or_else(no_term)
        }
        AskTerm::Months { from, count, renewal } => {
            let from = from.unwrap_or(first_day);
            let bad = || Rejection::BadTerm { line: line.clone() };
            let until = add_months(from, i32::from(*count)).map_err(|_| bad())?;
            if until <= from || renewal.is_some_and(|it| it.months == 0) {
                return Err(bad());
            }
            Ok(Some(ContractTerm { from, until, renewal: *renewal }))
        }
    }
}

/// A term that begins on a day and ends when the one that runs then ends; none when it is over.
pub(crate) fn anew(term: &ContractTerm, from: Date) -> Option<ContractTerm> {
    let until = running(term, from).ok()?.until;
    (from < until).then_some(ContractTerm { from, until, renewal: term.renewal })
}
