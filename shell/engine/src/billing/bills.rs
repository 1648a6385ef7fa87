//! What was billed of an account, whoever the invoices went to.

use std::collections::BTreeMap;

use facts::{AccountId, AccountRegistered, CreditNoteIssued, Fact, InvoiceIssued};
use invoicing::{Billed, Payers};
use store::Tx;

use crate::credit_notes::notes_of;
use crate::{Result, contracts};

/// Everybody else who pays for an account by any version of it.
pub(crate) fn payers_of(tx: &mut dyn Tx, account: &AccountId) -> Result<Vec<AccountId>> {
    let versions = contracts::account_versions(tx, account)?;
    Ok(versions.into_iter().filter_map(|(_, it)| it.paid_by).collect())
}

/// What one invoice bills of an account.
#[derive(Debug, Clone)]
pub(crate) struct Bill {
    /// Where the invoice stands in the log.
    pub sequence: i64,
    /// Whose invoice it is.
    pub payer: AccountId,
    /// The lines of the account on it.
    pub part: InvoiceIssued,
}

/// What all invoices bill of an account, in the order of the log, and their credit notes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bills {
    pub bills: Vec<Bill>,
    pub notes: Vec<CreditNoteIssued>,
}

impl Bills {
    /// Those of an account.
    pub fn load(tx: &mut dyn Tx, account: &AccountId) -> Result<Self> {
        let versions = contracts::account_versions(tx, account)?;
        let versions: Vec<_> = versions.into_iter().map(|(_, it)| it).collect();
        Documents::default().bills(tx, &Payers::of(account, &versions), account)
    }

    /// The invoices as they were issued, with the lines of the account alone.
    pub fn issued(self) -> Vec<InvoiceIssued> {
        self.bills.into_iter().map(|it| it.part).collect()
    }

    /// As [`Self::issued`], without the lines that became due again: one for each of the bills.
    pub fn standing(&self) -> Vec<InvoiceIssued> {
        let issued = self.bills.iter().map(|it| it.part.clone()).collect();
        invoicing::standing(issued, &self.notes)
    }

    /// To whom what was billed that stands.
    pub fn billed<'a>(
        &'a self,
        standing: &'a [InvoiceIssued],
    ) -> impl DoubleEndedIterator<Item = Billed<'a>> {
        let of = |(bill, part): (&'a Bill, _)| Billed { payer: &bill.payer, part };
        self.bills.iter().zip(standing).map(of)
    }
}

/// The invoices of accounts that pay for others, taken apart once for all of these.
#[derive(Default)]
pub(crate) struct Documents {
    of: BTreeMap<AccountId, OfPayer>,
}

#[derive(Default)]
struct OfPayer {
    by_account: BTreeMap<AccountId, Vec<Bill>>,
    notes: Vec<CreditNoteIssued>,
}

impl Documents {
    /// What was billed of an account, by itself and by everybody who ever paid for it.
    pub fn bills(
        &mut self,
        tx: &mut dyn Tx,
        payers: &Payers,
        account: &AccountId,
    ) -> Result<Bills> {
        let own = self.of_payer(tx, account)?;
        let mut bills = Bills {
            bills: own.by_account.get(account).cloned().unwrap_or_default(),
            notes: own.notes.clone(),
        };
        for payer in payers.others() {
            let of_payer = self.of_payer(tx, payer)?;
            bills.bills.extend(of_payer.by_account.get(account).into_iter().flatten().cloned());
            let is_about = |it: &&CreditNoteIssued| {
                bills.bills.iter().any(|bill| bill.part.number == it.invoice)
            };
            let notes: Vec<_> = of_payer.notes.iter().filter(is_about).cloned().collect();
            bills.notes.extend(notes);
        }
        bills.bills.sort_by_key(|it| it.sequence);
        Ok(bills)
    }

    fn of_payer(&mut self, tx: &mut dyn Tx, payer: &AccountId) -> Result<&OfPayer> {
        if !self.of.contains_key(payer) {
            let loaded = OfPayer::load(tx, payer)?;
            self.of.insert(payer.clone(), loaded);
        }
        Ok(self.of.entry(payer.clone()).or_default())
    }
}

impl OfPayer {
    fn load(tx: &mut dyn Tx, payer: &AccountId) -> Result<Self> {
        let mut loaded = Self { notes: notes_of(tx, payer)?, ..Self::default() };
        for recorded in tx.facts_about("InvoiceIssued", payer.as_str())? {
            let Fact::InvoiceIssued(invoice) = recorded.fact else { continue };
            let sequence = recorded.sequence;
            for (account, part) in parts(*invoice) {
                let bill = Bill { sequence, payer: payer.clone(), part };
                loaded.by_account.entry(account).or_default().push(bill);
            }
        }
        Ok(loaded)
    }
}

/// An invoice as parts, one for each account; most have only one.
fn parts(invoice: InvoiceIssued) -> Vec<(AccountId, InvoiceIssued)> {
    if invoice.paid_for.is_empty() {
        return vec![(invoice.account.account.clone(), invoice)];
    }
    let others = invoice.paid_for.iter().map(|it: &AccountRegistered| &it.account);
    let accounts = std::iter::once(&invoice.account.account).chain(others);
    let part = |account: &AccountId| Some((account.clone(), invoice.part_of(account)?));
    accounts.filter_map(part).collect()
}
