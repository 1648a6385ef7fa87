//! The commercial state that the usage belongs to, built through the use cases: an offer, accounts
//! of 50 units, and every unit ordered, shipped, delivered and activated before March 2026.

use std::collections::BTreeMap;

use catalog::Definitions;
use facts::order::OrderedUnit;
use facts::unit::ShipmentReason;
use facts::{AccountId, AccountRegistered, DeviceSignalled};
use fulfilment::ReportShipment;
use jiff::Timestamp;
use jiff::civil::Date;
use orders::{PlaceLine, PlaceOrder};
use store::Store;

use crate::Result;
use crate::workload::{UNITS_PER_ACCOUNT, serial};

/// Who sells what at which price.
const OFFER: &str = include_str!("fleet.yaml");

/// Units whose orders, shipments or signals are imported in one unit of work.
const UNITS_PER_IMPORT: u64 = 5_000;

/// When everything was recorded: after the last activation and before the first event.
const RECORDED_AT: &str = "2026-02-01T00:00:00Z";

/// The name of an account, from 0.
pub fn account(number: u64) -> Result<AccountId> {
    Ok(AccountId::new(format!("ACC-{number:05}"))?)
}

/// Publishes the offer and the accounts, and brings every device into service.
pub fn build(store: &mut dyn Store, devices: u64) -> Result<()> {
    let accounts = devices / UNITS_PER_ACCOUNT;
    Fleet { accounts, units_per_account: UNITS_PER_ACCOUNT }.build(store, |_| Ok(()))
}

/// So many accounts of so many units.
#[derive(Clone, Copy)]
pub struct Fleet {
    pub accounts: u64,
    pub units_per_account: u64,
}

impl Fleet {
    /// Publishes the offer and the accounts as the caller alters them, and brings every device into
    /// service.
    pub fn build(
        self,
        store: &mut dyn Store,
        alter: impl FnOnce(&mut Definitions) -> Result<()>,
    ) -> Result<()> {
        let now: Timestamp = RECORDED_AT.parse()?;
        let (accounts, each) = (self.accounts, self.units_per_account);
        let mut definitions = definitions(accounts)?;
        alter(&mut definitions)?;
        engine::catalog::publish(store, &definitions, now)?;
        let mut first = 0;
        while first < accounts {
            let some = first..accounts.min(first + (UNITS_PER_IMPORT / each).max(1));
            first = some.end;
            let devices = some.start * each..some.end * each;
            let shipments: Vec<_> =
                devices.clone().map(|it| self.shipment(it)).collect::<Result<_>>()?;
            engine::fulfilment::import_shipments(store, &shipments, now)?;
            let signals: Vec<_> = devices.map(signal).collect::<Result<_>>()?;
            engine::fulfilment::send_signals(store, &signals, now)?;
            let orders: Vec<_> = some.map(|it| self.order(it)).collect::<Result<_>>()?;
            engine::orders::import(store, &orders, now)?;
        }
        Ok(())
    }
    fn order(self, account: u64) -> Result<PlaceOrder> {
        let each = self.units_per_account;
        let devices = account * each..(account + 1) * each;
        let unit = |device: u64| {
            Ok(OrderedUnit {
                unit: unit(device).parse()?,
                attributes: BTreeMap::new(),
                zone: "Europe/Paris".parse()?,
                after: None,
            })
        };
        Ok(PlaceOrder {
            order: format!("ORD-{account:05}").parse()?,
            customer: format!("ACC-{account:05}"),
            ordered_on: Date::constant(2026, 1, 5),
            lines: vec![PlaceLine {
                prices: BTreeMap::new(),
                takes_over: None,
                term: None,
                invoice: None,
                line: line(account).parse()?,
                offer: "fleet".to_owned(),
                units: u32::try_from(each).ok(),
                options: BTreeMap::new(),
                components: BTreeMap::new(),
                named_units: devices.map(unit).collect::<Result<_>>()?,
            }],
        })
    }

    fn shipment(self, device: u64) -> Result<ReportShipment> {
        Ok(ReportShipment {
            shipment: format!("SHP-{device:07}").parse()?,
            order_line: line(device / self.units_per_account).parse()?,
            unit: unit(device).parse()?,
            serial: serial(device).parse()?,
            reason: ShipmentReason::Sale,
            shipped_at: "2026-01-12T08:00:00Z".parse()?,
            delivered_at: Some("2026-01-14T10:00:00Z".parse()?),
            carrier: "Chronopost".to_owned(),
        })
    }
}

/// One account of all, which differ in name only.
const ACCOUNT: &str = r#"
accounts:
  - account: ACC-00000
    effective_from: 2026-01-01
    customer: Client SAS
    address: {lines: [12 quai des Exemples], postal_code: "69002", city: Lyon, country: FR}
    vat_id: FR90000000026
    seller: seller
    currency: EUR
    zone: Europe/Paris
    bill_cycle: 1
    language: fr
"#;

fn definitions(accounts: u64) -> Result<Definitions> {
    let text = format!("{OFFER}{ACCOUNT}");
    let read = connect::catalog_file::read("fleet.yaml", &text);
    let mut definitions = read.map_err(imports::ImportError::from)?.definitions;
    let one = definitions.accounts.pop().ok_or("the catalog has no account")?;
    for number in 0..accounts {
        let customer = format!("Client {number:05} SAS");
        definitions.accounts.push(AccountRegistered {
            account: account(number)?,
            customer,
            ..one.clone()
        });
    }
    Ok(definitions)
}

fn line(account: u64) -> String {
    format!("ORD-{account:05}-1")
}

fn unit(device: u64) -> String {
    format!("U-{device:07}")
}

fn signal(device: u64) -> Result<DeviceSignalled> {
    Ok(DeviceSignalled {
        source: "urn:devicecloud:eu-1".parse()?,
        id: format!("act-{device:07}").parse()?,
        event_type: "com.fleet.activated.v1".to_owned(),
        serial: serial(device).parse()?,
        signalled_at: "2026-01-15T12:00:00Z".parse()?,
    })
}
