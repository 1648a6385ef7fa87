//! Whom orders name: an account, or the customer of one. Only who is named is loaded, unless it is
//! by the customer's name, which only a look at all accounts finds.

use std::collections::BTreeMap;

use facts::{AccountId, AccountRegistered};
use store::Tx;

use crate::{Result, catalog, contracts};

/// The accounts that orders named so far.
#[derive(Default)]
pub(super) struct Customers {
    named: BTreeMap<String, Vec<AccountRegistered>>,
    by_customer: Option<BTreeMap<String, Vec<AccountRegistered>>>,
}

impl Customers {
    /// The latest versions of the accounts that a name fits.
    pub fn named(&mut self, tx: &mut dyn Tx, name: &str) -> Result<&[AccountRegistered]> {
        if !self.named.contains_key(name) {
            let accounts = match of_code(tx, name)? {
                Some(account) => vec![account],
                None => self.of_customer(tx, name)?,
            };
            self.named.insert(name.to_owned(), accounts);
        }
        Ok(self.named.get(name).map(Vec::as_slice).unwrap_or_default())
    }

    fn of_customer(&mut self, tx: &mut dyn Tx, name: &str) -> Result<Vec<AccountRegistered>> {
        let all = match self.by_customer.take() {
            Some(all) => all,
            None => by_customer(catalog::load(tx)?.accounts),
        };
        let accounts = all.get(name).cloned().unwrap_or_default();
        self.by_customer = Some(all);
        Ok(accounts)
    }
}

fn of_code(tx: &mut dyn Tx, name: &str) -> Result<Option<AccountRegistered>> {
    let Ok(account) = AccountId::new(name) else { return Ok(None) };
    Ok(contracts::account_versions(tx, &account)?.pop().map(|(_, account)| account))
}

fn by_customer(accounts: Vec<AccountRegistered>) -> BTreeMap<String, Vec<AccountRegistered>> {
    let mut all: BTreeMap<String, Vec<AccountRegistered>> = BTreeMap::new();
    for account in accounts {
        all.entry(account.customer.clone()).or_default().push(account);
    }
    all
}
