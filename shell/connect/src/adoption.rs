//! Customers, contracts, units and open items of another system: four CSV files.

use facts::AccountRegistered;
use facts::account::PostalAddress;
use facts::discount::Terms;
use orders::{AdoptBalance, AdoptUnit, PlaceOrder};

use crate::csv_table::{self, Columns, Others};
use crate::faults::Faults;
use crate::record::Record;
use crate::{InputFault, Located, orders_csv};

/// Every other column is an attribute that price tables can ask.
const ACCOUNTS: Columns = Columns {
    needed: &[
        "account",
        "customer",
        "address",
        "postal_code",
        "city",
        "country",
        "vat_id",
        "seller",
        "currency",
        "zone",
        "bill_cycle",
        "language",
        "effective_from",
    ],
    others: Others::Kept,
};

const BALANCES: Columns =
    Columns { needed: &["balance", "account", "amount", "due_on"], others: Others::Refused };

/// The accounts of a file: a draft of the catalog.
///
/// # Errors
/// Every fault of the file.
pub fn accounts(
    file: &str,
    text: &str,
) -> Result<Vec<Located<AccountRegistered>>, Vec<InputFault>> {
    let mut faults = Faults::default();
    let rows = csv_table::read(file, text, &ACCOUNTS, &mut faults);
    let accounts = rows.iter().filter_map(|row| account(row, &mut faults)).collect();
    faults.or(accounts)
}

fn account(row: &Record, faults: &mut Faults) -> Option<Located<AccountRegistered>> {
    let account = row.required("account", faults);
    let customer = row.required("customer", faults);
    let address = row.required::<String>("address", faults);
    let postal_code = row.required("postal_code", faults);
    let city = row.required("city", faults);
    let country = row.required("country", faults);
    let vat_id = row.optional("vat_id", faults);
    let seller = row.required("seller", faults);
    let currency = row.required("currency", faults);
    let zone = row.required("zone", faults);
    let bill_cycle: Option<kernel::BillCycle> = row.required("bill_cycle", faults);
    let language = row.required("language", faults);
    let effective_from = row.required("effective_from", faults);
    let attributes = row.others(ACCOUNTS.needed);
    let attributes = attributes.map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    let value = AccountRegistered {
        account: account?,
        version: 0,
        effective_from: effective_from?,
        customer: customer?,
        address: PostalAddress {
            lines: address?.split(" / ").map(str::to_owned).collect(),
            postal_code: postal_code?,
            city: city?,
            country: country?,
        },
        vat_id: vat_id?,
        seller: seller?,
        currency: currency?,
        zone: zone?,
        bill_cycle: bill_cycle?.into(),
        language: language?,
        review: None,
        paid_by: None,
        threshold: None,
        terms: Terms::default(),
        attributes,
    };
    Some(Located { place: row.place.clone(), value })
}

/// Contracts as orders, and their units.
pub type Contracts = (Vec<Located<PlaceOrder>>, Vec<Located<AdoptUnit>>);

/// The contracts and their units. Contracts are a file of orders; each unit says besides which
/// device it holds, since when it is in service and until when it is billed.
///
/// # Errors
/// Every fault of both files, also where they do not agree.
pub fn contracts(orders: (&str, &str), units: (&str, &str)) -> Result<Contracts, Vec<InputFault>> {
    let (placed, rows) = orders_csv::read_adopted(orders, units)?;
    let mut faults = Faults::default();
    let units = rows.iter().filter_map(|row| unit(row, &mut faults)).collect();
    Ok((placed, faults.or(units)?))
}

fn unit(row: &Record, faults: &mut Faults) -> Option<Located<AdoptUnit>> {
    let unit = row.required("unit", faults);
    let order_line = row.required("order_line", faults);
    let serial = row.required("serial", faults);
    let in_service_from = row.required("in_service_from", faults);
    let paid_until = row.required("paid_until", faults);
    let value = AdoptUnit {
        unit: unit?,
        order_line: order_line?,
        serial: serial?,
        in_service_from: in_service_from?,
        paid_until: paid_until?,
    };
    Some(Located { place: row.place.clone(), value })
}

/// The open items of a file.
///
/// # Errors
/// Every fault of the file.
pub fn balances(file: &str, text: &str) -> Result<Vec<Located<AdoptBalance>>, Vec<InputFault>> {
    let mut faults = Faults::default();
    let rows = csv_table::read(file, text, &BALANCES, &mut faults);
    let mut balance = |row: &Record| {
        let balance = row.required("balance", &mut faults);
        let account = row.required("account", &mut faults);
        let amount = row.required("amount", &mut faults);
        let due_on = row.optional("due_on", &mut faults);
        let value =
            AdoptBalance { balance: balance?, account: account?, amount: amount?, due_on: due_on? };
        Some(Located { place: row.place.clone(), value })
    };
    let balances = rows.iter().filter_map(&mut balance).collect();
    faults.or(balances)
}
