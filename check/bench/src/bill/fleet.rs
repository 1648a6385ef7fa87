//! Accounts whose invoices have five lines: a part of the device, the service, and three kinds of
//! usage with tiers. All of them are alike, so that the total of each is known beforehand.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use catalog::Definitions;
use engine::usage::Intake;
use facts::offer::{ChargeRule, Milestone, OpenParts};
use facts::price::{Model, OrderedPrice, Tier, TierMode, UsagePrice};
use jiff::Timestamp;
use jiff::civil::Date;
use store::Store;

use crate::Result;
use crate::fleet::Fleet;
use crate::workload::serial;

/// What an account uses in a month: type and member of the events, in thousandths.
const USED: [(&str, &str, [u64; 2]); 3] = [
    ("com.fleet.data.v1", "mb", [4_000_500, 3_000_250]),
    ("com.fleet.video.v1", "minutes", [100_500, 20_250]),
    ("com.fleet.trips.v1", "km", [900_000, 350_125]),
];

/// Events of one account in a month.
pub const EVENTS: u64 = 6;

/// The lines of an invoice.
pub const LINES: usize = 5;

/// The total of each invoice but the first, worked out by hand: 16.90 a part, 24.90 the service,
/// 6,000 × 0.0180 + 1,000.75 × 0.0120 = 120.01 data, 60 × 0.05 + 60.75 × 0.04 = 5.43 video,
/// 1,000 × 0.010 + 250.125 × 0.008 = 12.00 trips: 179.24, and 20 % of it 35.85.
pub const TOTAL_MINOR: i64 = 21_509;

/// The prices: code, bound of the first tier, price below and above it.
const PRICES: [(&str, &str, &str, &str); 3] = [
    ("data_mb", "6000", "0.0180", "0.0120"),
    ("video_min", "60", "0.05", "0.04"),
    ("trips_km", "1000", "0.010", "0.008"),
];

/// Brings the accounts into service.
pub fn build(store: &mut dyn Store, accounts: u64) -> Result<()> {
    Fleet { accounts, units_per_account: 1 }.build(store, five_lines)
}

/// The offer of the benchmark with a device in parts and three meters.
pub fn five_lines(definitions: &mut Definitions) -> Result<()> {
    for offer in &mut definitions.offers {
        offer.units.max = 200_000;
        let is_priced = |code: &str| PRICES.iter().any(|it| it.0 == code);
        offer.components.retain(|it| {
            !matches!(it.charge, ChargeRule::Usage { .. }) || is_priced(it.code.as_str())
        });
        for component in &mut offer.components {
            match &mut component.charge {
                charge @ ChargeRule::OnceDelivered { .. } => {
                    let price = OrderedPrice::Each("16.90".parse()?);
                    *charge = ChargeRule::Instalments {
                        price,
                        count: 60,
                        deposit: None,
                        on_end: OpenParts::GoOn,
                        at: Milestone::Delivered,
                    };
                }
                ChargeRule::Usage { price, .. } => *price = tiers(component.code.as_str())?,
                _ => {}
            }
        }
    }
    Ok(())
}

fn tiers(code: &str) -> Result<UsagePrice> {
    let prices = PRICES.iter().find(|it| it.0 == code).ok_or("a meter without a price")?;
    let (_, bound, below, above) = prices;
    let tiers = vec![
        Tier { up_to: Some(bound.parse()?), unit_price: below.parse()?, flat: None },
        Tier { up_to: None, unit_price: above.parse()?, flat: None },
    ];
    Ok(UsagePrice::Model(Model::of_tiers(TierMode::Graduated, tiers)))
}

/// Sends what all accounts use in the month that begins on a day; it arrives the day after the
/// last event.
pub fn use_month(store: &mut dyn Store, accounts: u64, month: Date, folder: &Path) -> Result<()> {
    let path = folder.join("month.ndjson");
    let mut lines = String::new();
    let (year, number) = (month.year(), month.month());
    for device in 0..accounts {
        for (meter, (event_type, member, events)) in USED.iter().enumerate() {
            for (at, thousandths) in events.iter().enumerate() {
                let (whole, part) = (thousandths / 1_000, thousandths % 1_000);
                let (serial, day) = (serial(device), 10 + meter * 2 + at);
                writeln!(
                    lines,
                    "{{\"specversion\":\"1.0\",\"id\":\"{device}-{year}-{number}-{meter}-{at}\",\
                     \"source\":\"urn:gw:1\",\"type\":\"{event_type}\",\"subject\":\"{serial}\",\
                     \"time\":\"{year}-{number:02}-{day}T12:00:00Z\",\
                     \"data\":{{\"{member}\":{whole}.{part:03},\
                     \"device_type\":\"tracker\",\"region\":\"FR\"}}}}"
                )?;
            }
        }
    }
    fs::write(&path, lines)?;
    let now: Timestamp = format!("{year}-{number:02}-20T00:00:00Z").parse()?;
    let mut intake = Intake::open(store, now)?;
    let sent = imports::send_usage(store, &mut intake, path.as_path().into(), now, &mut |_| {});
    fs::remove_file(&path)?;
    let accepted = sent?.accepted;
    if accepted == accounts * EVENTS {
        return Ok(());
    }
    Err(format!("{accepted} of {} events were accepted", accounts * EVENTS).into())
}
