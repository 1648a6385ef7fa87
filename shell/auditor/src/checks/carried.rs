//! What is carried forward to the next invoice is what the invoices billed. It is derived, and a
//! mistake in it would be billed.

use std::collections::BTreeMap;

use facts::carried::Carried;
use facts::{AccountId, Charge, ChargeKind, InvoiceIssued};
use jiff::civil::Date;
use kernel::{Period, Quantity};
use store::{StoreError, Tx};

use crate::calendar::days;
use crate::service::ServiceDays;
use crate::world::{Logged, World};
use crate::{AuditFinding, Check};

/// Whatever is carried, each in words, with how much of it there is.
type Sum = BTreeMap<String, String>;

pub(crate) fn check(world: &World, tx: &mut dyn Tx) -> Result<Check, StoreError> {
    let mut check = Check::new(
        "carried",
        "What is carried forward of an account is what its invoices billed, net of what they gave \
         back.",
    );
    let bills = world.invoices_by_account();
    for account in world.accounts.keys() {
        check.examine();
        let Some((position, carried)) = tx.carried(account)? else { continue };
        let invoices = bills.get(account).map(Vec::as_slice).unwrap_or_default();
        let mut billed = billed(invoices, carried.from);
        let known = world.last_segment(position);
        let segment = carried.segment.min(known);
        billed.insert("segments of usage".to_owned(), segment.to_string());
        compare(&mut check, account, &stated(&carried), &billed);
    }
    Ok(check)
}

/// The first difference is enough.
fn compare(check: &mut Check, account: &AccountId, carried: &Sum, billed: &Sum) {
    let nothing = "nothing".to_owned();
    let of = |sum: &Sum, what: &String| sum.get(what).unwrap_or(&nothing).clone();
    let mut all = carried.keys().chain(billed.keys());
    let Some(what) = all.find(|what| of(carried, what) != of(billed, what)) else { return };
    check.find(AuditFinding::CarriedDiffers {
        account: account.clone(),
        what: what.clone(),
        carried: of(carried, what),
        billed: of(billed, what),
    });
}

fn stated(carried: &Carried) -> Sum {
    let mut sum = Sum::new();
    let mut add = |what: String| _ = sum.insert(what, "billed".to_owned());
    carried.devices.iter().for_each(|(of, unit)| add(format!("device {of} {unit}")));
    let back = carried.devices_credited.iter();
    back.for_each(|(of, unit)| add(format!("device back {of} {unit}")));
    for (of, unit, first, last) in &carried.instalments {
        (*first..=*last).for_each(|it| add(format!("part {of} {unit} {it}")));
    }
    for (of, unit, first, last) in &carried.instalments_early {
        (*first..=*last).for_each(|it| add(format!("part early {of} {unit} {it}")));
    }
    for (of, unit, first, last) in &carried.instalments_credited {
        (*first..=*last).for_each(|it| add(format!("part back {of} {unit} {it}")));
    }
    carried.order_fees.iter().for_each(|(of, order)| add(format!("fee {of} {order}")));
    carried.losses.iter().for_each(|(of, unit)| add(format!("loss {of} {unit}")));
    for (of, unit, run) in &carried.service {
        days(run.from(), run.to()).for_each(|day| add(format!("service {of} {unit} {day}")));
    }
    for (key, it) in &carried.usage {
        let of = (&key.row, &key.contract, key.is_shadow, &key.group);
        let what = format!("usage {} {} {} {of:?}", key.offer, key.component, key.period);
        let usage = Usage { quantity: it.quantity, minor: i128::from(it.amount.minor) };
        sum.insert(what, usage.to_text());
    }
    sum.insert("last invoice".to_owned(), format!("{:?}", carried.last_issued_on));
    sum.insert("day".to_owned(), carried.issued_on.to_string());
    sum.insert("segments of usage".to_owned(), carried.segment.to_string());
    sum
}

/// Quantity and amount of one usage line, net.
#[derive(Default)]
struct Usage {
    quantity: Quantity,
    minor: i128,
}

impl Usage {
    fn to_text(&self) -> String {
        format!("{} for {}", self.quantity.normalized(), self.minor)
    }
}

fn billed(invoices: &[&Logged<InvoiceIssued>], from: Date) -> Sum {
    let (mut sum, mut service) = (Sum::new(), ServiceDays::default());
    let mut usage: BTreeMap<String, Usage> = BTreeMap::new();
    for invoice in invoices.iter().map(|it| &it.it) {
        service.add(invoice);
        for charge in invoice.lines.iter().map(|line| &line.charge) {
            once(charge, &mut sum);
            if let Some(what) = usage_of(charge, from) {
                let so_far = usage.entry(what).or_default();
                so_far.minor += i128::from(charge.amount.minor);
                so_far.quantity = so_far.quantity.plus(charge.quantity).unwrap_or_default();
            }
        }
    }
    sum.extend(usage.into_iter().map(|(what, it)| (what, it.to_text())));
    for ((of, unit), net) in service.net {
        let billed = net.range(from..).filter(|(_, times)| **times > 0);
        sum.extend(
            billed.map(|(day, _)| (format!("service {of} {unit} {day}"), "billed".to_owned())),
        );
    }
    let in_time = invoices.iter().filter(|it| it.it.threshold.is_none());
    let last = in_time.map(|it| it.it.issued_on).max();
    sum.insert("last invoice".to_owned(), format!("{last:?}"));
    let day = invoices.last().map(|it| it.it.issued_on.to_string());
    sum.insert("day".to_owned(), day.unwrap_or_default());
    sum
}

/// What a line bills, or gives back, that is billed once. A part that was billed before its day and
/// is given back is as if it had never been billed.
fn once(charge: &Charge, sum: &mut Sum) {
    let of = &charge.component;
    let (number, early) = charge.instalment.map_or((0, false), |it| (it.number, it.at_once));
    let mut add = |what: String| _ = sum.insert(what, "billed".to_owned());
    for order in charge.orders.iter().filter(|_| charge.kind == ChargeKind::OrderFee) {
        add(format!("fee {of} {order}"));
    }
    for unit in &charge.units {
        match charge.kind {
            ChargeKind::HardwareSale => add(format!("device {of} {unit}")),
            ChargeKind::HardwareReturnCredit => add(format!("device back {of} {unit}")),
            ChargeKind::LossFee => add(format!("loss {of} {unit}")),
            ChargeKind::HardwareInstalment => {
                add(format!("part {of} {unit} {number}"));
                if early {
                    add(format!("part early {of} {unit} {number}"));
                }
            }
            ChargeKind::HardwareInstalmentCredit if !early => {
                add(format!("part back {of} {unit} {number}"));
            }
            _ => {}
        }
    }
    if charge.kind == ChargeKind::HardwareInstalmentCredit && early {
        for unit in &charge.units {
            sum.remove(&format!("part {of} {unit} {number}"));
            sum.remove(&format!("part early {of} {unit} {number}"));
        }
    }
}

/// The usage line that a charge is about, of a period from a day on.
fn usage_of(charge: &Charge, from: Date) -> Option<String> {
    let rated = charge.rated.as_ref()?;
    let period: Period = charge.period.filter(|it| it.from() >= from)?;
    let is_shadow = charge.kind == ChargeKind::UsageShadow;
    let of = (&rated.row, &rated.contract, is_shadow, &charge.group);
    Some(format!("usage {} {} {period} {of:?}", charge.offer, charge.component))
}
