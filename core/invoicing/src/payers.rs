//! Whose invoice the lines of an account stand on (`docs/adr/0031`): a function of the versions of
//! the account, of the days that a charge is for, and of what was billed before.

use std::collections::BTreeSet;

use facts::{AccountId, AccountRegistered, Charge, ChargeKind, InvoiceIssued};
use jiff::civil::Date;

use crate::credit_note::is_about_the_same;

/// Who pays for an account, and from when on.
#[derive(Debug, Clone)]
pub struct Payers {
    account: AccountId,
    /// The first day of each version, in order, and who pays under it.
    from: Vec<(Date, AccountId)>,
}

/// What stands billed of an account, to somebody.
#[derive(Debug, Clone, Copy)]
pub struct Billed<'a> {
    /// Whose invoice it was.
    pub payer: &'a AccountId,
    /// Its lines of the account.
    pub part: &'a InvoiceIssued,
}

impl Payers {
    /// Those of an account, by its versions in their order.
    #[must_use]
    pub fn of(account: &AccountId, versions: &[AccountRegistered]) -> Self {
        let payer = |it: &AccountRegistered| it.paid_by.clone().unwrap_or_else(|| account.clone());
        let from = versions.iter().map(|it| (it.effective_from, payer(it))).collect();
        Self { account: account.clone(), from }
    }

    /// Who pays what is due for a day: by the last version of that day or before, or the first.
    #[must_use]
    pub fn on(&self, day: Date) -> &AccountId {
        let begun = self.from.iter().rev().find(|(from, _)| *from <= day);
        begun.or(self.from.first()).map_or(&self.account, |(_, payer)| payer)
    }

    /// Everybody who ever paid for it by a version of it, but for itself.
    #[must_use]
    pub fn others(&self) -> BTreeSet<&AccountId> {
        self.from.iter().map(|(_, payer)| payer).filter(|it| **it != self.account).collect()
    }

    /// Whether somebody pays under any version of it.
    #[must_use]
    pub fn paid(&self, payer: &AccountId) -> bool {
        self.from.iter().any(|(_, it)| it == payer)
    }

    /// Whose invoice of a day a charge stands on.
    ///
    /// - What corrects something goes to whom it was billed, and the last time if it was several.
    ///   What became due again is billed to nobody yet: its correction goes where it goes itself,
    ///   being due with it.
    /// - What is for days goes to who pays on the first of them: the period that runs when the
    ///   payer changes is the old one's. What a minimum lacks is for the last day of its period.
    /// - Anything else goes to who pays on the day of the invoice.
    #[must_use]
    pub fn of_charge<'a>(
        &'a self,
        charge: &Charge,
        billed: impl DoubleEndedIterator<Item = Billed<'a>>,
        due: impl IntoIterator<Item = &'a Charge>,
        issued_on: Date,
    ) -> &'a AccountId {
        if !is_correction(charge) {
            return self.on(day_of(charge, issued_on));
        }
        let about_it = |it: &Charge| is_about_the_same(it, charge);
        let has_it = |it: &Billed<'_>| it.part.lines.iter().any(|line| about_it(&line.charge));
        if let Some(before) = billed.rev().find(has_it) {
            return before.payer;
        }
        let beside = due.into_iter().find(|it| !is_correction(it) && about_it(it));
        self.on(day_of(beside.unwrap_or(charge), issued_on))
    }
}

/// The day for which a charge is due.
fn day_of(charge: &Charge, issued_on: Date) -> Date {
    match (charge.kind, charge.period) {
        (ChargeKind::CommitmentTrueUp, Some(it)) => it.to().yesterday().unwrap_or(it.from()),
        (_, period) => period.map_or(issued_on, |it| it.from()),
    }
}

/// Whether a charge says something else of what was billed already.
fn is_correction(charge: &Charge) -> bool {
    match charge.kind {
        ChargeKind::HardwareReturnCredit
        | ChargeKind::HardwareInstalmentCredit
        | ChargeKind::ServiceCredit
        | ChargeKind::StateFeeCredit
        | ChargeKind::UsageCredit
        | ChargeKind::UsageAdjustment
        | ChargeKind::UsageRecharge
        | ChargeKind::UsageWriteOff => true,
        ChargeKind::CommitmentTrueUp => charge.computation.less.is_some(),
        ChargeKind::HardwareSale
        | ChargeKind::HardwareInstalment
        | ChargeKind::OrderFee
        | ChargeKind::LossFee
        | ChargeKind::StateFee
        | ChargeKind::ServiceCharge
        | ChargeKind::UsageCharge
        | ChargeKind::UsageShadow => false,
    }
}
