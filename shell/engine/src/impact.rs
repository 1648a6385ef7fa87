//! What a draft of the catalog would have meant: a closed period of every account, priced as it
//! was sold and as the draft would price it. The usage is real, the price is not, and nothing is
//! recorded.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use ::catalog::Definitions;
use facts::offer::OfferPublished;
use facts::{AccountId, AccountRegistered, Charge, ChargeKind, ComponentCode, OfferRef, Text};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::calendar::DateOutOfRange;
use kernel::money::MoneyError;
use kernel::{Money, Period};
use rating::{GroupedUsage, Tables};
use store::{Store, Tx};

use crate::billing::{Basis, cannot_bill};
use crate::contracts::Sold;
use crate::{EngineError, Refusal, Result, catalog, readers, usage};

/// What a draft would have meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impact {
    /// The versions that publishing the draft would make.
    pub offers: Vec<OfferRef>,
    /// Accounts with something to bill, those that would pay most more first.
    pub accounts: Vec<AccountImpact>,
    /// Accounts that cannot be priced, and why.
    pub not_priced: Vec<(AccountId, String)>,
}

/// What a draft would have meant for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountImpact {
    /// The account.
    pub account: AccountId,
    /// The customer's name.
    pub customer: String,
    /// The period.
    pub period: Period,
    /// Service and usage of the period as sold, net, all that came late included.
    pub before: Money,
    /// The same as drafted.
    pub after: Money,
    /// Component by component, by code.
    pub components: Vec<ComponentImpact>,
}

/// What a draft would have meant for a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentImpact {
    /// The component.
    pub component: ComponentCode,
    /// What people call it.
    pub name: Text,
    /// As sold.
    pub before: Money,
    /// As drafted.
    pub after: Money,
}

impl AccountImpact {
    /// What the account would have paid more; less, when negative.
    ///
    /// # Errors
    /// [`MoneyError`].
    pub fn difference(&self) -> std::result::Result<Money, MoneyError> {
        self.after.minus(self.before)
    }
}

/// Prices a closed period of every account under the offers that a draft changes: the bill period
/// with the day `on`, or else the last one that is over. Units are taken at the draft whatever
/// version they were sold, with the components that they have; hardware and fees, which are
/// charged once, do not change for them.
///
/// # Errors
/// [`EngineError::Refused`] with every objection against the draft.
pub fn impact(
    store: &mut dyn Store,
    draft: &Definitions,
    on: Option<Date>,
    now: Timestamp,
) -> Result<Impact> {
    let mut tx = store.read()?;
    let drafted = catalog::drafted_offers(tx.as_mut(), draft)?;
    let mut impact = Impact {
        offers: drafted.values().map(OfferPublished::reference).collect(),
        accounts: Vec::new(),
        not_priced: Vec::new(),
    };
    let sold = Sold::load(tx.as_mut())?;
    let drafted = sold.drafted(&drafted);
    let accounts = catalog::load(tx.as_mut())?.accounts;
    drop(tx);
    let prices =
        || Prices { sold: sold.clone(), drafted: drafted.clone(), tables: Tables::default() };
    let looked =
        readers::look_at(store, &accounts, prices, |tx, prices, account| {
            match of_account(tx, account, prices, on, now) {
                Err(EngineError::Refused(refusals)) => Ok(Err(reasons(&refusals))),
                looked => Ok(Ok(looked?)),
            }
        })?;
    for (account, looked) in accounts.into_iter().zip(looked) {
        match looked {
            Ok(it) => impact.accounts.extend(it),
            Err(reasons) => impact.not_priced.push((account.account, reasons)),
        }
    }
    // Money of one account is in one currency, so that differences compare where it matters.
    impact.accounts.sort_by_key(|it| {
        (it.before.currency.to_string(), it.before.minor - it.after.minor, it.account.clone())
    });
    Ok(impact)
}

fn reasons(refusals: &[Refusal]) -> String {
    let reasons: Vec<String> = refusals.iter().map(|it| it.rejection.to_string()).collect();
    reasons.join("; ")
}

/// As sold and as drafted, for all accounts.
struct Prices {
    sold: Sold,
    drafted: Sold,
    tables: Tables,
}

fn of_account(
    tx: &mut dyn Tx,
    account: &AccountRegistered,
    prices: &mut Prices,
    on: Option<Date>,
    now: Timestamp,
) -> Result<Option<AccountImpact>> {
    let today = account.zone.day_of(now);
    let period = period(account, on, today);
    let period = period.map_err(|no| cannot_bill(&account.account, today, &no))?;
    let mut basis = Basis::load_under(tx, prices.sold.clone(), &account.account, period.to())?;
    basis.billed = facts::billed::Billed::default();
    let known_before = today.max(period.to());
    let buckets = usage::buckets_of(tx, basis.under_contract(), &basis.meters, known_before)?;
    let buckets = buckets.map_err(|no| basis.cannot_bill(&no))?;
    let mut priced = |basis: &Basis| -> Result<Vec<Charge>> {
        let mut grouped = GroupedUsage::with(mem::take(&mut prices.tables));
        basis.group(&mut grouped, &buckets)?;
        let mut charges = basis.due_charges()?;
        charges.extend(basis.due_usage(&grouped)?);
        prices.tables = grouped.into_tables();
        charges.retain(|charge| is_of(charge, period));
        Ok(charges)
    };
    let before = priced(&basis)?;
    basis.sell_as(&prices.drafted);
    let after = priced(&basis)?;
    if before.is_empty() && after.is_empty() {
        return Ok(None);
    }
    let compared = compare(account, period, &before, &after);
    compared.map(Some).map_err(|no| basis.cannot_bill(&no))
}

/// The bill period of a day, or the last one that is over.
fn period(
    account: &AccountRegistered,
    on: Option<Date>,
    today: Date,
) -> std::result::Result<Period, DateOutOfRange> {
    let cycle = &account.bill_cycle;
    match on {
        Some(day) => cycle.period_of(day),
        None => {
            let running = cycle.period_of(today)?;
            cycle.period_of(kernel::calendar::add_days(running.from(), -1)?)
        }
    }
}

/// Whether a charge is for service or usage of a period.
fn is_of(charge: &Charge, period: Period) -> bool {
    let kind = matches!(charge.kind, ChargeKind::ServiceCharge | ChargeKind::UsageCharge);
    let within = |it: Period| period.from() <= it.from() && it.to() <= period.to();
    kind && charge.period.is_some_and(within)
}

fn compare(
    account: &AccountRegistered,
    period: Period,
    before: &[Charge],
    after: &[Charge],
) -> std::result::Result<AccountImpact, MoneyError> {
    let sum = |charges: &[Charge], of: Option<&ComponentCode>| {
        let counts = |charge: &&Charge| of.is_none_or(|of| charge.component == *of);
        Money::sum(account.currency, charges.iter().filter(counts).map(|it| it.amount))
    };
    let all = || before.iter().chain(after);
    let names: BTreeMap<&ComponentCode, &Text> =
        all().map(|charge| (&charge.component, &charge.name)).collect();
    let codes: BTreeSet<&ComponentCode> = all().map(|charge| &charge.component).collect();
    let components = codes.into_iter().map(|code| {
        Ok(ComponentImpact {
            component: code.clone(),
            name: names[code].clone(),
            before: sum(before, Some(code))?,
            after: sum(after, Some(code))?,
        })
    });
    Ok(AccountImpact {
        account: account.account.clone(),
        customer: account.customer.clone(),
        period,
        before: sum(before, None)?,
        after: sum(after, None)?,
        components: components.collect::<std::result::Result<_, MoneyError>>()?,
    })
}
