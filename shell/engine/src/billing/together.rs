//! What the bill days of several accounts come to, written together: a few statements for all, not
//! a few for each.

use std::collections::BTreeMap;

use facts::carried::Carried;
use facts::{AccountId, AccountRegistered, Fact, InvoiceIssued, InvoiceNumber};
use invoicing::{Draft, Parkings};
use jiff::Timestamp;
use store::{Timer, Tx};

use super::cannot_bill;
use super::plan::Planned;
use crate::{Result, credits};

/// What is to be written in one unit of work, in the order of the accounts.
#[derive(Default)]
pub(super) struct Together {
    /// The next number of each series, taken for all.
    numbers: BTreeMap<String, i64>,
    facts: Vec<Fact>,
    timers: Vec<Timer>,
    /// What the invoices leave to the next ones.
    carried: Vec<(AccountId, Carried)>,
}

impl Together {
    /// Takes a number for each of these invoices, which must all be added then.
    pub fn number<'a>(
        &mut self,
        tx: &mut dyn Tx,
        invoices: impl Iterator<Item = &'a Planned>,
    ) -> Result<()> {
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for draft in invoices.flat_map(|planned| &planned.drafts) {
            *counts.entry(series_of(draft)).or_default() += 1;
        }
        for (series, count) in counts {
            let first = tx.take_numbers(&series, count)?;
            self.numbers.insert(series, first);
        }
        Ok(())
    }

    /// Issues the invoices of a day that were planned, with their entries, and ends the parking of
    /// their account.
    pub fn issue(
        &mut self,
        tx: &mut dyn Tx,
        planned: Planned,
        parkings: &Parkings,
        now: Timestamp,
    ) -> Result<Vec<InvoiceNumber>> {
        let Planned { drafts, credits: mut before, carried } = planned;
        let has_credits = before.iter().any(|(_, credits)| !credits.is_empty());
        let mut numbers = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let (account, issued_on) = (draft.account.account.clone(), draft.issued_on);
            let number = self.invoice(tx, draft)?;
            if has_credits {
                self.after_invoice(tx, &mut before, now)?;
            }
            self.carried.extend(carried.clone().map(|carried| (account, carried)));
            if numbers.is_empty() {
                let released = parkings.release(issued_on, Some(number.clone()));
                self.facts.extend(released.map(Fact::AccountReleased));
            }
            numbers.push(number);
        }
        Ok(numbers)
    }

    fn invoice(&mut self, tx: &mut dyn Tx, draft: Draft) -> Result<InvoiceNumber> {
        let series = series_of(&draft);
        let (account, issued_on) = (draft.account.account.clone(), draft.issued_on);
        let refuse = |no: &dyn ToString| cannot_bill(&account, issued_on, no);
        let sequence = match self.numbers.get_mut(&series) {
            Some(next) => std::mem::replace(next, next.saturating_add(1)),
            None => tx.take_number(&series)?,
        };
        let number = invoicing::number(&draft.seller.invoice_prefix, issued_on, sequence)
            .map_err(|no| refuse(&no))?;
        let invoice = draft.issue(number.clone());
        let entries = ledger::post(&invoice).map_err(|no| refuse(&no))?;
        self.facts.push(Fact::InvoiceIssued(Box::new(invoice)));
        self.facts.extend(entries.into_iter().map(Fact::EntryPosted));
        Ok(number)
    }

    /// What its credits come to is worked out of what is recorded, with the last invoice.
    fn after_invoice(
        &mut self,
        tx: &mut dyn Tx,
        before: &mut [(AccountRegistered, Vec<::credits::Credit>)],
        now: Timestamp,
    ) -> Result<()> {
        let invoice = self.invoices().next_back().cloned();
        self.save(tx, now)?;
        let Some(invoice) = invoice else { return Ok(()) };
        for (account, before) in before {
            *before = credits::after_invoice(tx, &invoice, (account, before), now)?;
        }
        Ok(())
    }

    /// The invoices that wait to be saved.
    pub fn invoices(&self) -> impl DoubleEndedIterator<Item = &InvoiceIssued> {
        self.facts.iter().filter_map(|fact| match fact {
            Fact::InvoiceIssued(it) => Some(it.as_ref()),
            _ => None,
        })
    }

    /// Records a fact.
    pub fn fact(&mut self, fact: Option<Fact>) {
        self.facts.extend(fact);
    }

    /// Sets the timer of an account.
    pub fn timer(&mut self, timer: Timer) {
        self.timers.push(timer);
    }

    /// Saves what was added since the last time.
    pub fn save(&mut self, tx: &mut dyn Tx, now: Timestamp) -> Result<()> {
        let facts = std::mem::take(&mut self.facts);
        let entries = facts.iter().filter_map(|fact| match fact {
            Fact::EntryPosted(it) => Some(it),
            _ => None,
        });
        tx.save_entries(&entries.collect::<Vec<_>>())?;
        tx.record_new(&facts, now)?;
        tx.save_carried(&std::mem::take(&mut self.carried))?;
        Ok(tx.set_timers(&std::mem::take(&mut self.timers))?)
    }
}

fn series_of(draft: &Draft) -> String {
    format!("{}/invoice/{}", draft.seller.code, draft.issued_on.year())
}
