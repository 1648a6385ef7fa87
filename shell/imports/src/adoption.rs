//! A business moves here: customers, contracts, units and open items of another system, all of one
//! folder.

use std::path::Path;

use catalog::Definitions;
use connect::{Located, Place};
use engine::Imported;
use engine::preview::Totals;
use facts::unit::ShipmentReason;
use facts::{AccountId, AccountRegistered};
use fulfilment::ReportShipment;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Money;
use orders::{AdoptBalance, AdoptUnit, PlaceOrder};
use store::Store;

use crate::problem::{ImportError, located};
use crate::{Result, name_of, read_text, split};

/// What is taken over, and where it stands.
#[derive(Debug, Clone)]
pub struct Adoption {
    accounts: Vec<Located<AccountRegistered>>,
    orders: Vec<Located<PlaceOrder>>,
    units: Vec<Located<AdoptUnit>>,
    balances: Vec<Located<AdoptBalance>>,
}

/// What was taken over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Adopted {
    /// Versions of accounts that were registered.
    pub accounts: usize,
    /// Contracts.
    pub contracts: Imported,
    /// Units.
    pub units: Imported,
    /// Open items.
    pub balances: Imported,
}

/// What the first invoice of an account here would be, without usage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstInvoice {
    /// The account.
    pub account: AccountId,
    /// Its bill day.
    pub issued_on: Date,
    /// The total; none: nothing is due.
    pub total: Option<Money>,
}

/// Reads `accounts.csv`, `contracts.csv`, `units.csv` and, where there is one, `balances.csv` of a
/// folder.
///
/// # Errors
/// [`ImportError::Problems`] with every fault of the files.
pub fn read_adoption(folder: &Path) -> Result<Adoption> {
    let at = |name: &str| folder.join(name);
    let text = |name: &str| Ok::<_, ImportError>((name_of(&at(name)), read_text(&at(name))?));
    let (accounts, contracts, units) =
        (text("accounts.csv")?, text("contracts.csv")?, text("units.csv")?);
    let mut problems = Vec::new();
    let accounts = connect::adoption::accounts(&accounts.0, &accounts.1);
    let contracts =
        connect::adoption::contracts((&contracts.0, &contracts.1), (&units.0, &units.1));
    let balances = match at("balances.csv").exists() {
        true => {
            let (name, text) = text("balances.csv")?;
            connect::adoption::balances(&name, &text)
        }
        false => Ok(Vec::new()),
    };
    let mut keep = |faults| match ImportError::from(faults) {
        ImportError::Problems(found) => problems.extend(found),
        ImportError::Store(_) => {}
    };
    let accounts = accounts.map_err(&mut keep);
    let contracts = contracts.map_err(&mut keep);
    let balances = balances.map_err(&mut keep);
    match (accounts, contracts, balances) {
        (Ok(accounts), Ok((orders, units)), Ok(balances)) => {
            Ok(Adoption { accounts, orders, units, balances })
        }
        _ => Err(ImportError::Problems(problems)),
    }
}

/// Takes everything over. Each kind is one unit of work; what is known to the letter changes
/// nothing, so that a run that was interrupted is run again. Whoever wants all or nothing tries it
/// first, see [`try_adoption`].
///
/// # Errors
/// [`ImportError`] with every row of the kind that is refused; later kinds are not looked at.
pub fn adopt(store: &mut dyn Store, it: &Adoption, now: Timestamp) -> Result<Adopted> {
    let (places, accounts) = split(it.accounts.clone());
    let draft = Definitions { accounts, ..Definitions::default() };
    let plan = engine::catalog::publish(store, &draft, now);
    let plan = plan.map_err(|error| {
        ImportError::from_engine(error, |refusal| {
            place_of_account(&draft.accounts, &places, refusal.place.as_deref()?)
        })
    })?;
    let contracts = crate::place_orders(store, it.orders.clone(), now)?;
    let (places, units) = split(it.units.clone());
    let shipments = shipments(store, &units)?;
    located(engine::fulfilment::import_shipments(store, &shipments, now), &places)?;
    let signals = engine::adoption::activations(store, &units)?;
    engine::fulfilment::send_signals(store, &signals, now)?;
    let adopted = located(engine::adoption::units(store, &units, now), &places)?;
    let (places, balances) = split(it.balances.clone());
    let balances = located(engine::adoption::balances(store, &balances, now), &places)?;
    Ok(Adopted { accounts: plan.changes.len(), contracts, units: adopted, balances })
}

/// The row of the account that a refusal of the catalog names: `accounts[ACC-1]`.
fn place_of_account(accounts: &[AccountRegistered], places: &[Place], name: &str) -> Option<Place> {
    let of = |it: &AccountRegistered| name.contains(&format!("[{}]", it.account));
    accounts.iter().position(of).and_then(|place| places.get(place).cloned())
}

fn shipments(store: &mut dyn Store, units: &[AdoptUnit]) -> Result<Vec<ReportShipment>> {
    let mut shipments = Vec::new();
    for it in units {
        let at = engine::adoption::started_at(store, it)?;
        let Ok(shipment) = format!("adopted/{}", it.unit).parse() else { continue };
        shipments.push(ReportShipment {
            shipment,
            order_line: it.order_line.clone(),
            unit: it.unit.clone(),
            serial: it.serial.clone(),
            reason: ShipmentReason::Sale,
            shipped_at: at,
            delivered_at: Some(at),
            carrier: "-".to_owned(),
        });
    }
    Ok(shipments)
}

/// The same on a store that is thrown away, with what is published in `store`; and what the first
/// invoices would then be. `scratch` is empty.
///
/// # Errors
/// [`ImportError`] with every row that would be refused.
pub fn try_adoption(
    store: &mut dyn Store,
    scratch: &mut dyn Store,
    it: &Adoption,
    now: Timestamp,
) -> Result<(Adopted, Vec<FirstInvoice>)> {
    engine::clock::start_virtual(scratch, now)?;
    engine::catalog::publish(scratch, &engine::catalog::published(store)?, now)?;
    let adopted = adopt(scratch, it, now)?;
    let mut first = Vec::new();
    for account in engine::catalog::published(scratch)?.accounts {
        let is_adopted = |of: &Located<AccountRegistered>| of.value.account == account.account;
        let next = account.bill_cycle.next_after(account.zone.day_of(now));
        let Some(issued_on) = next.ok().filter(|_| it.accounts.iter().any(is_adopted)) else {
            continue;
        };
        let drafts = engine::billing::preview(scratch, &account.account, issued_on)?;
        // A sum that leaves its range is none that could be shown.
        let total = Totals::of(&drafts).ok().flatten().map(|it| it.total);
        first.push(FirstInvoice { account: account.account, issued_on, total });
    }
    Ok((adopted, first))
}
