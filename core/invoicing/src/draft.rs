//! Drafts of accounts whose invoices are looked at before they are issued (`docs/adr/0032`). A
//! draft holds no line: what it comes to is worked out whenever somebody asks, and when it is
//! issued.

use facts::account::Review;
use facts::{AccountId, DraftHeld, InvoiceDrafted};
use jiff::civil::Date;
use kernel::Period;
use kernel::calendar::{DateOutOfRange, add_days};

kernel::rejections! {
    /// Why nothing is done with a draft.
    pub enum DraftRejection {
        /// There is none.
        NoDraft {
            /// The account.
            account: AccountId,
        } = "no-draft",
            "account `{account}` has no draft: its invoice is issued, or its bill day has not \
             come; see `tabouret invoice drafts`";
        /// It is held for another reason.
        HeldOtherwise {
            /// The account.
            account: AccountId,
            /// The reason that is recorded.
            reason: String,
        } = "draft-held-otherwise",
            "the draft of account `{account}` is held already: {reason}; issue it when it is right";
    }
}

/// What was recorded about the drafts of one account.
#[derive(Debug, Clone, Default)]
pub struct Drafts {
    /// Each, in the order of the log.
    pub drafted: Vec<InvoiceDrafted>,
    /// Those that were held.
    pub held: Vec<DraftHeld>,
    /// The day of the last invoice of the account.
    pub last_issued_on: Option<Date>,
}

/// The day on which a draft of a bill period is issued by itself: so many days after the bill day,
/// and before the next one.
///
/// # Errors
/// [`DateOutOfRange`] at the ends of the calendar.
pub fn issue_day(review: Review, period: Period) -> Result<Date, DateOutOfRange> {
    let day = add_days(period.from(), i32::from(review.grace_days))?;
    Ok(day.min(add_days(period.to(), -1)?))
}

impl Drafts {
    fn is_open(&self, drafted_on: Date) -> bool {
        self.last_issued_on.is_none_or(|last| last < drafted_on)
    }

    /// The draft that waits; none when the last one was issued.
    #[must_use]
    pub fn current(&self) -> Option<&InvoiceDrafted> {
        self.drafted.iter().max_by_key(|it| it.drafted_on).filter(|it| self.is_open(it.drafted_on))
    }

    /// Why no draft is issued by itself.
    #[must_use]
    pub fn hold(&self) -> Option<&DraftHeld> {
        self.held.iter().rfind(|it| self.is_open(it.drafted_on))
    }

    /// Holds the draft that waits; none when it is held for that reason already.
    ///
    /// # Errors
    /// [`DraftRejection`].
    pub fn held(
        &self,
        account: &AccountId,
        reason: &str,
    ) -> Result<Option<DraftHeld>, DraftRejection> {
        let Some(draft) = self.current() else {
            return Err(DraftRejection::NoDraft { account: account.clone() });
        };
        match self.hold() {
            Some(it) if it.reason == reason => Ok(None),
            Some(it) => {
                let (account, reason) = (account.clone(), it.reason.clone());
                Err(DraftRejection::HeldOtherwise { account, reason })
            }
            None => Ok(Some(DraftHeld {
                account: account.clone(),
                drafted_on: draft.drafted_on,
                reason: reason.to_owned(),
            })),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn account() -> AccountId {
        AccountId::new("ACC-1").unwrap()
    }

    fn drafted(drafted_on: Date) -> InvoiceDrafted {
        InvoiceDrafted { account: account(), drafted_on, issue_on: drafted_on }
    }

    #[test]
    fn a_draft_is_issued_after_its_days_and_before_the_next_bill_day() {
        let period = Period::new(date(2026, 2, 1), date(2026, 3, 1)).unwrap();
        let after = |grace_days| issue_day(Review { grace_days }, period).unwrap();
        assert_eq!(after(5), date(2026, 2, 6));
        assert_eq!(after(28), date(2026, 2, 28));
        let bridge = Period::new(date(2026, 2, 1), date(2026, 2, 2)).unwrap();
        assert_eq!(issue_day(Review { grace_days: 5 }, bridge).unwrap(), date(2026, 2, 1));
    }

    #[test]
    fn a_hold_lasts_until_an_invoice_is_issued() {
        let mut drafts = Drafts::default();
        assert!(drafts.held(&account(), "odd").is_err());
        drafts.drafted.push(drafted(date(2026, 2, 1)));
        drafts.held.extend(drafts.held(&account(), "odd").unwrap());
        assert_eq!(drafts.held(&account(), "odd"), Ok(None));
        assert!(drafts.held(&account(), "other").is_err());
        drafts.drafted.push(drafted(date(2026, 3, 1)));
        assert_eq!(drafts.current().unwrap().drafted_on, date(2026, 3, 1));
        assert_eq!(drafts.hold().unwrap().reason, "odd");
        drafts.last_issued_on = Some(date(2026, 3, 2));
        assert_eq!((drafts.current(), drafts.hold()), (None, None));
    }
}
