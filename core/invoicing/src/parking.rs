//! Accounts that could not be billed on their day: they wait apart, so that the others do not wait
//! for them.

use facts::{AccountId, AccountParked, AccountReleased, InvoiceNumber};
use jiff::civil::Date;

kernel::rejections! {
    /// Why nothing is released.
    pub enum ParkingRejection {
        /// It is not parked.
        NotParked {
            /// The account.
            account: AccountId,
        } = "account-not-parked",
            "account `{account}` is not parked: its invoices are issued on its bill days; see \
             `tabouret bill parked`";
    }
}

/// What was recorded about the parking of one account, in the order of the log.
#[derive(Debug, Clone, Default)]
pub struct Parkings {
    /// Times that it was parked.
    pub parked: Vec<AccountParked>,
    /// Times that it was released.
    pub released: Vec<AccountReleased>,
}

impl Parkings {
    /// The parking that lasts; none when the account is not parked.
    #[must_use]
    pub fn current(&self) -> Option<&AccountParked> {
        let last = self.parked.last()?;
        let is_over = self.released.iter().any(|it| it.number == last.number);
        (!is_over).then_some(last)
    }

    /// Parks the account, unless it is parked for the same reason already.
    #[must_use]
    pub fn park(
        &self,
        account: &AccountId,
        issued_on: Date,
        reason: &str,
    ) -> Option<AccountParked> {
        if self.current().is_some_and(|it| it.reason == reason) {
            return None;
        }
        let last = self.parked.last().map_or(0, |it| it.number);
        Some(AccountParked {
            account: account.clone(),
            number: last.saturating_add(1),
            issued_on,
            reason: reason.to_owned(),
        })
    }

    /// Ends the parking, when there is one.
    #[must_use]
    pub fn release(
        &self,
        released_on: Date,
        invoice: Option<InvoiceNumber>,
    ) -> Option<AccountReleased> {
        let parked = self.current()?;
        let (account, number) = (parked.account.clone(), parked.number);
        Some(AccountReleased { account, number, released_on, invoice })
    }
}
