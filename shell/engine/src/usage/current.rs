//! What an account has used so far, by meter, unit and price row, as people ask for it.

use std::collections::BTreeMap;

use facts::charge::RatedUsage;
use facts::offer::ChargeRule;
use facts::{AccountId, Charge, MeterCode, MeterPublished, RowCode, UnitId};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Currency, Money, Period, Quantity, Zone};
use store::Store;

use super::live::{CurrentUsage, Live};
use crate::billing::cannot_bill;
use crate::{Result, contracts};

/// The usage of a running period, summed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    /// The account.
    pub account: AccountId,
    /// Its zone.
    pub zone: Zone,
    /// The currency of its invoices.
    pub currency: Currency,
    /// The bill period that runs.
    pub period: Period,
    /// Freshness: the last segment that is included, 0 when none was received.
    pub segment: i64,
    /// The day on which it arrived.
    pub arrived_on: Option<Date>,
    /// Meter by meter, by code.
    pub meters: Vec<MeterUsage>,
    /// What it costs so far.
    pub amount: Money,
    /// What late usage adds to periods that were billed already.
    pub late: Vec<PricedUsage>,
    /// Sum of the late usage.
    pub late_amount: Money,
}

/// The usage of one meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeterUsage {
    /// The meter.
    pub meter: MeterPublished,
    /// What it measured in the period.
    pub quantity: Quantity,
    /// In how many events.
    pub events: i64,
    /// What it costs so far.
    pub amount: Money,
    /// By component and row of the price table.
    pub rows: Vec<PricedUsage>,
    /// By unit.
    pub units: BTreeMap<UnitId, (Quantity, i64)>,
}

/// Usage under one price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedUsage {
    /// The meter.
    pub meter: MeterCode,
    /// The period that it is of.
    pub period: Period,
    /// The charge, as an invoice of today would have it.
    pub charge: Charge,
}

impl PricedUsage {
    /// The row of the price table, when the price is one.
    #[must_use]
    pub fn row(&self) -> Option<&RowCode> {
        self.charge.rated.as_ref()?.row.as_ref()
    }

    /// How it was rated.
    #[must_use]
    pub const fn rated(&self) -> Option<&RatedUsage> {
        self.charge.rated.as_ref()
    }
}

/// The usage of an account in the period that runs, summed.
///
/// # Errors
/// [`crate::EngineRejection::UnknownAccount`].
pub fn current(store: &mut dyn Store, account: &AccountId, now: Timestamp) -> Result<Current> {
    let usage = Live::default().current(store, account, now)?;
    let mut tx = store.read()?;
    let tx = tx.as_mut();
    let registered = contracts::account(tx, account)?;
    let day = registered.zone.day_of(now);
    let meters = contracts::meters(tx, i64::MAX, day)?;
    let offers = contracts::offers(tx)?;
    let arrived_on = tx.segment(usage.segment)?.map(|segment| segment.head.arrived_on);
    let meter_of = |charge: &Charge| {
        let offer = offers.iter().find(|offer| offer.reference() == charge.offer)?;
        match &offer.component(&charge.component)?.charge {
            ChargeRule::Usage { meter, .. } => Some(meter.clone()),
            _ => None,
        }
    };
    let priced = usage.charges.iter().filter_map(|charge| {
        let (meter, period) = (meter_of(charge)?, charge.period?);
        Some(PricedUsage { meter, period, charge: charge.clone() })
    });
    let (running, late): (Vec<_>, Vec<_>) = priced.partition(|it| it.period == usage.period);
    let currency = registered.currency;
    let sum = |of: &[PricedUsage]| Money::sum(currency, of.iter().map(|it| it.charge.amount));
    let refuse = |no: &dyn ToString| cannot_bill(account, usage.period.to(), no);
    let (amount, late_amount) =
        (sum(&running).map_err(|no| refuse(&no))?, sum(&late).map_err(|no| refuse(&no))?);
    let meters = by_meter(&usage, meters, &running, currency).map_err(|no| refuse(&no))?;
    Ok(Current {
        account: account.clone(),
        zone: registered.zone,
        currency,
        period: usage.period,
        segment: usage.segment,
        arrived_on,
        meters,
        amount,
        late,
        late_amount,
    })
}

fn by_meter(
    usage: &CurrentUsage,
    meters: Vec<MeterPublished>,
    running: &[PricedUsage],
    currency: Currency,
) -> std::result::Result<Vec<MeterUsage>, kernel::money::MoneyError> {
    let mut sums = Vec::new();
    for meter in meters {
        let rows: Vec<PricedUsage> =
            running.iter().filter(|it| it.meter == meter.code).cloned().collect();
        let of_meter = usage.by_unit.iter().filter(|((code, _), _)| *code == meter.code);
        let units: BTreeMap<_, _> =
            of_meter.map(|((_, unit), used)| (unit.clone(), *used)).collect();
        if rows.is_empty() && units.is_empty() {
            continue;
        }
        let mut quantities = units.values().map(|(quantity, _)| *quantity);
        sums.push(MeterUsage {
            quantity: quantities.try_fold(Quantity::ZERO, Quantity::plus)?.normalized(),
            events: units.values().map(|(_, events)| events).sum(),
            amount: Money::sum(currency, rows.iter().map(|it| it.charge.amount))?,
            units,
            rows,
            meter,
        });
    }
    Ok(sums)
}
