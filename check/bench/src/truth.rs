//! The check at the end of a run: what the accounts would be billed for is what was sent, to the
//! unit. A benchmark of an engine that counts wrong is worth nothing.

use engine::usage::Received;
use facts::ChargeKind;
use jiff::civil::Date;
use kernel::Quantity;
use store::Store;

use crate::workload::{Expected, METERS, UNITS_PER_ACCOUNT};
use crate::{Result, fleet};

/// The bill day of everything that is measured.
pub const BILL_DAY: Date = Date::constant(2026, 4, 1);

/// What the engine counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Events.
    pub events: u64,
    /// Sum of each meter.
    pub thousandths: [u64; METERS.len()],
}

impl Counted {
    /// What was counted for every account of a fleet.
    pub fn of_fleet(store: &mut dyn Store, devices: u64) -> Result<Self> {
        let mut counted = Self::default();
        for account in 0..devices / UNITS_PER_ACCOUNT {
            counted.add_account(store, account)?;
        }
        Ok(counted)
    }

    /// Adds what the invoice of an account would be for.
    fn add_account(&mut self, store: &mut dyn Store, account: u64) -> Result<()> {
        let account = fleet::account(account)?;
        let drafts = engine::billing::preview(store, &account, BILL_DAY)?;
        for charge in drafts.iter().flat_map(|it| &it.lines).map(|line| &line.charge) {
            let meter = METERS.iter().position(|it| it.meter == charge.component.as_str());
            let (Some(meter), Some(rated)) = (meter, &charge.rated) else { continue };
            if charge.kind != ChargeKind::UsageCharge {
                return Err(format!("{account} has an unexpected {}", charge.kind.key()).into());
            }
            self.thousandths[meter] += thousandths(rated.quantity)?;
            for share in &rated.by_unit {
                self.events += u64::try_from(share.events)?;
            }
        }
        Ok(())
    }

    /// Fails unless it is what was sent.
    pub fn check(&self, sent: &Expected) -> Result<()> {
        let expected = Self { events: sent.distinct, thousandths: sent.thousandths };
        if *self == expected {
            return Ok(());
        }
        Err(format!("WRONG: the engine counted {self:?}, but {expected:?} was sent").into())
    }
}

fn thousandths(quantity: Quantity) -> Result<u64> {
    Ok(quantity.times(1_000)?.normalized().to_string().parse()?)
}

/// Fails unless every line was new to the engine, or the same event again.
pub fn check_received(received: &Received, sent: &Expected) -> Result<()> {
    let expected = Received {
        accepted: sent.distinct,
        duplicate: sent.lines - sent.distinct,
        ..Received::default()
    };
    if *received == expected {
        return Ok(());
    }
    Err(format!("WRONG: the engine answered {received:?}, but {expected:?} was sent").into())
}
