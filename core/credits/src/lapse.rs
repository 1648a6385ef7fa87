//! What happens to a credit after an invoice, and when its time is over.

use facts::credit::{CreditAmount, CreditGranted, CreditLapsed, CreditRanLow};
use facts::{CreditId, InvoiceIssued};
use jiff::civil::Date;
use kernel::calendar::add_months;

use crate::{Credit, CreditError};

/// What lapses of a credit on a day, and what goes on; none while its time is not over, or when
/// nothing is left.
///
/// # Errors
/// [`CreditError`].
pub fn lapse(credit: &Credit, today: Date) -> Result<Option<CreditLapsed>, CreditError> {
    let Some(lapsed_on) = credit.until.filter(|until| *until <= today) else { return Ok(None) };
    if !credit.left.is_above_zero() {
        return Ok(None);
    }
    let granted = &credit.granted;
    let rule = granted.rollover.filter(|it| credit.rolled < it.times);
    let (rolled, until) = match rule {
        None => (credit.left.zero(), None),
        Some(it) => {
            let limit = it.limit.unwrap_or(credit.left);
            let rolled = if limit.is_below(credit.left)? { limit } else { credit.left };
            (rolled, Some(add_months(lapsed_on, i32::from(it.months))?))
        }
    };
    Ok(Some(CreditLapsed {
        credit: granted.credit.clone(),
        account: granted.account.clone(),
        lapsed_on,
        expired: credit.left.minus(rolled)?,
        rolled,
        until,
    }))
}

/// What is left of a credit and of those that top it up.
fn left(credit: &Credit, all: &[Credit]) -> Result<CreditAmount, CreditError> {
    let mut left = credit.left;
    let is_top_up = |it: &&Credit| it.granted.tops_up.as_ref() == Some(&credit.granted.credit);
    for it in all.iter().filter(is_top_up) {
        left = left.plus(it.left)?;
    }
    Ok(left)
}

/// Whether an invoice took a credit below a threshold.
fn fell_below(
    below: Option<CreditAmount>,
    (credit, before, after): (&Credit, &[Credit], &[Credit]),
) -> Result<Option<CreditAmount>, CreditError> {
    let Some(below) = below else { return Ok(None) };
    let name = &credit.granted.credit;
    let Some(was) = before.iter().find(|it| it.granted.credit == *name) else { return Ok(None) };
    let now = left(credit, after)?;
    let fell = !left(was, before)?.is_below(below)? && now.is_below(below)?;
    Ok(fell.then_some(now))
}

/// The credits that an invoice left little of, for the first time.
///
/// # Errors
/// [`CreditError`].
pub fn ran_low(
    before: &[Credit],
    after: &[Credit],
    invoice: &InvoiceIssued,
) -> Result<Vec<CreditRanLow>, CreditError> {
    let mut low = Vec::new();
    for credit in after {
        let it = &credit.granted;
        if let Some(below) = it.alert_below
            && let Some(left) = fell_below(Some(below), (credit, before, after))?
        {
            let (account, invoice) = (it.account.clone(), invoice.number.clone());
            low.push(CreditRanLow { credit: it.credit.clone(), account, invoice, left, below });
        }
    }
    Ok(low)
}

/// The credits that an invoice makes necessary: one for each that fell below its threshold, like
/// it, granted on the day of the invoice. Its name counts on: `ID+1`, `ID+2`.
///
/// # Errors
/// [`CreditError`].
pub fn top_up(
    before: &[Credit],
    after: &[Credit],
    invoice: &InvoiceIssued,
) -> Result<Vec<CreditGranted>, CreditError> {
    let mut granted = Vec::new();
    for credit in after {
        let it = &credit.granted;
        let Some(rule) = it.top_up else { continue };
        if fell_below(Some(rule.below), (credit, before, after))?.is_none() {
            continue;
        }
        let is_top_up = |of: &&Credit| of.granted.tops_up.as_ref() == Some(&it.credit);
        let number = after.iter().filter(is_top_up).count() + 1;
        granted.push(CreditGranted {
            credit: CreditId::new(format!("{}+{number}", it.credit))?,
            amount: rule.amount,
            granted_on: invoice.issued_on,
            until: None,
            rollover: None,
            alert_below: None,
            top_up: None,
            tops_up: Some(it.credit.clone()),
            ..it.clone()
        });
    }
    Ok(granted)
}
