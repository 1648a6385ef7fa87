//! What the issued invoices of an account billed, less what they gave back.

use facts::billed::{Billed, UsageBilled, UsageKey};
use facts::charge::NotBilled;
use facts::credit_note::CreditedPart;
use facts::{Charge, ChargeKind, CreditNoteIssued, InvoiceIssued};
use kernel::Money;
use kernel::Period;
use kernel::money::MoneyError;

use crate::Draft;

/// Adds up the invoices of one account.
///
/// # Errors
/// [`MoneyError`] when the sum of one usage line leaves its range.
pub fn billed(invoices: &[InvoiceIssued]) -> Result<Billed, MoneyError> {
    let mut billed = Billed::default();
    for invoice in invoices {
        // One that did not wait for the bill day closes no period before it.
        if invoice.threshold.is_none() {
            billed.last_issued_on = billed.last_issued_on.max(Some(invoice.issued_on));
        }
        for line in &invoice.lines {
            add(&mut billed, &line.charge)?;
        }
    }
    Ok(billed)
}

/// Adds an invoice that is going to be issued, of one account alone.
///
/// # Errors
/// As [`billed`].
pub fn add_draft(billed: &mut Billed, draft: &Draft) -> Result<(), MoneyError> {
    if draft.threshold.is_none() {
        billed.last_issued_on = billed.last_issued_on.max(Some(draft.issued_on));
    }
    draft.lines.iter().try_for_each(|line| add(billed, &line.charge))
}

/// What credit notes gave back whole and for good is settled: it is not due again, and not given
/// back a second time when the facts take it back. `invoices` are those of the account.
pub fn settle(billed: &mut Billed, invoices: &[InvoiceIssued], notes: &[CreditNoteIssued]) {
    for note in notes.iter().filter(|note| !note.rebill) {
        let Some(invoice) = invoices.iter().find(|it| it.number == note.invoice) else { continue };
        for it in &note.lines {
            let is_whole = matches!(it.part, CreditedPart::Whole | CreditedPart::Rest);
            let of_line = invoice.lines.iter().filter(|line| line.line == it.invoice_line);
            of_line.filter(|_| is_whole).for_each(|line| settle_charge(billed, &line.charge));
        }
    }
}

fn settle_charge(billed: &mut Billed, charge: &Charge) {
    let component = &charge.component;
    let of_units = charge.units.iter().map(|unit| (component.clone(), unit.clone()));
    match charge.kind {
        ChargeKind::HardwareSale => billed.devices_credited.extend(of_units),
        ChargeKind::HardwareInstalment => {
            let number = charge.instalment.map_or(0, |it| it.number);
            let parts = of_units.map(|(component, unit)| (component, unit, number));
            billed.instalments_credited.extend(parts);
        }
        ChargeKind::ServiceCharge => {
            for key in of_units {
                let days = billed.service_days_settled.entry(key).or_default();
                days.extend(charge.period.into_iter().flat_map(Period::each_day));
            }
        }
        ChargeKind::StateFee => {
            for key in of_units {
                let days = billed.state_changes_settled.entry(key).or_default();
                days.extend(charge.period.into_iter().flat_map(Period::each_day));
            }
        }
        _ => {}
    }
}

fn add(billed: &mut Billed, charge: &Charge) -> Result<(), MoneyError> {
    let component = &charge.component;
    let of_units = charge.units.iter().map(|unit| (component.clone(), unit.clone()));
    let number = charge.instalment.map_or(0, |it| it.number);
    let of_parts = charge.units.iter().map(|unit| (component.clone(), unit.clone(), number));
    if let Some(returned) = charge.device.returned {
        for key in of_parts {
            let so_far = billed.returned.entry(key).or_default();
            *so_far = so_far.plus(returned.now()?)?;
        }
        return Ok(());
    }
    match charge.kind {
        ChargeKind::HardwareSale => billed.devices.extend(of_units),
        ChargeKind::LossFee => billed.losses.extend(of_units),
        ChargeKind::HardwareReturnCredit => billed.devices_credited.extend(of_units),
        ChargeKind::HardwareInstalment => {
            let early = charge.instalment.is_some_and(|it| it.at_once);
            billed.instalments_early.extend(of_parts.clone().filter(|_| early));
            billed.instalments.extend(of_parts);
        }
        ChargeKind::HardwareInstalmentCredit if charge.instalment.is_some_and(|it| it.at_once) => {
            for part in of_parts {
                billed.instalments.remove(&part);
                billed.instalments_early.remove(&part);
            }
        }
        ChargeKind::HardwareInstalmentCredit => billed.instalments_credited.extend(of_parts),
        ChargeKind::OrderFee => {
            let orders = charge.orders.iter().map(|order| (component.clone(), order.clone()));
            billed.order_fees.extend(orders);
        }
        ChargeKind::ServiceCharge | ChargeKind::ServiceCredit => {
            for key in of_units {
                let days = billed.service_days.entry(key).or_default();
                for day in charge.period.into_iter().flat_map(Period::each_day) {
                    if charge.kind == ChargeKind::ServiceCharge {
                        days.insert(day);
                    } else {
                        days.remove(&day);
                    }
                }
            }
        }
        ChargeKind::StateFee | ChargeKind::StateFeeCredit => {
            let (Some(period), Some(change)) = (charge.period, charge.device.change) else {
                return Ok(());
            };
            for key in of_units {
                let days = billed.state_changes.entry(key).or_default();
                if charge.kind == ChargeKind::StateFee {
                    days.insert(period.from(), change);
                } else {
                    days.remove(&period.from());
                }
            }
        }
        ChargeKind::UsageCharge
        | ChargeKind::UsageAdjustment
        | ChargeKind::UsageCredit
        | ChargeKind::UsageRecharge
        | ChargeKind::UsageWriteOff
        | ChargeKind::UsageShadow => add_usage(billed, charge)?,
        // `terms` reads these of the invoices, with the lines that they are of.
        ChargeKind::CommitmentTrueUp => {}
    }
    Ok(())
}

fn add_usage(billed: &mut Billed, charge: &Charge) -> Result<(), MoneyError> {
    let (Some(period), Some(rated)) = (charge.period, &charge.rated) else { return Ok(()) };
    let key = UsageKey {
        offer: charge.offer.clone(),
        component: charge.component.clone(),
        period,
        row: rated.row.clone(),
        contract: rated.contract.clone(),
        pool: rated.pool.as_ref().map(|pool| pool.name.clone()).unwrap_or_default(),
        is_shadow: charge.kind == ChargeKind::UsageShadow,
        group: charge.group.clone(),
    };
    // What is given back, and what is not billed, changes nothing of what a statement billed.
    let is_billed = charge.kind != ChargeKind::UsageCredit && rated.not_billed.is_none();
    if let Some(pool) = rated.pool.as_ref().filter(|_| is_billed) {
        let shares = pool.statement.iter().map(|share| (share.unit.clone(), share.amount));
        billed.pool_amounts.insert(key.clone(), shares.collect());
    }
    let currency = charge.amount.currency;
    let so_far = billed.usage.entry(key).or_insert_with(|| UsageBilled::nothing(currency));
    so_far.quantity = so_far.quantity.plus(charge.quantity)?;
    so_far.amount = so_far.amount.plus(charge.amount)?;
    if charge.kind != ChargeKind::UsageCredit {
        so_far.by_unit.clone_from(&rated.by_unit);
        so_far.not_billed = match rated.not_billed {
            None => Money::zero(currency),
            Some(NotBilled::WrittenOff { amount, .. }) => amount,
            Some(NotBilled::Shadow { .. }) => rated.amount,
        };
    }
    Ok(())
}
