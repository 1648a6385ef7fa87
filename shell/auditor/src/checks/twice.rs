//! Nothing twice: what invoices bill, net of what they give back, is there once or not at all,
//! after each of them.

use std::collections::BTreeMap;

use facts::InvoiceIssued;
use facts::invoice::InvoiceLine;
use jiff::civil::Date;

use crate::service::{ServiceDays, ServiceKey, run_of};
use crate::things::things_of;
use crate::world::World;
use crate::{AuditFinding, Check};

pub(crate) fn check(world: &World) -> Check {
    let mut check = Check::new(
        "twice",
        "Devices, parts, fees and service days are billed at most once, net of credits, and \
         nothing is given back that was not billed.",
    );
    for invoices in world.invoices_by_account().into_values() {
        let mut things_net: BTreeMap<String, i64> = BTreeMap::new();
        let mut service = ServiceDays::default();
        for logged in invoices {
            let (invoice, again) = (&logged.it, world.due_again(logged));
            for (sign, things) in again.iter().map(|line| things_of(&line.charge)) {
                things.into_iter().for_each(|it| *things_net.entry(it).or_default() -= sign);
            }
            service.withdraw(&again);
            for line in &invoice.lines {
                check.examine();
                check_things(&mut check, invoice, line, &mut things_net);
            }
            check_days(&mut check, invoice, &mut service);
        }
    }
    check
}

fn check_things(
    check: &mut Check,
    invoice: &InvoiceIssued,
    line: &InvoiceLine,
    net: &mut BTreeMap<String, i64>,
) {
    let (sign, things) = things_of(&line.charge);
    for what in things {
        let times = net.entry(what.clone()).or_default();
        *times += sign;
        if *times > 1 && sign > 0 {
            let (invoice, line) = (invoice.number.clone(), line.line);
            check.find(AuditFinding::BilledTwice { invoice, line, what, times: *times });
        } else if *times < 0 && sign < 0 {
            let (invoice, line) = (invoice.number.clone(), line.line);
            check.find(AuditFinding::CreditWithoutCharge { invoice, line, what });
        }
    }
}

fn check_days(check: &mut Check, invoice: &InvoiceIssued, service: &mut ServiceDays) {
    let mut touched: BTreeMap<ServiceKey, Vec<Date>> = BTreeMap::new();
    for (key, day) in service.add(invoice) {
        touched.entry(key).or_default().push(day);
    }
    for (key, mut days) in touched {
        days.sort_unstable();
        days.dedup();
        let Some(net) = service.net.get(&key) else { continue };
        let times_on = |day: &Date| net.get(day).copied().unwrap_or_default();
        let (component, unit) = key;
        if let Some(run) = run_of(days.iter().copied().filter(|day| times_on(day) > 1)) {
            check.find(AuditFinding::DayTwice {
                invoice: invoice.number.clone(),
                component: component.clone(),
                unit: unit.clone(),
                day: run.first,
                days: run.days,
                times: times_on(&run.first),
            });
        }
        if let Some(run) = run_of(days.iter().copied().filter(|day| times_on(day) < 0)) {
            check.find(AuditFinding::DayCreditWithoutCharge {
                invoice: invoice.number.clone(),
                component,
                unit,
                day: run.first,
                days: run.days,
            });
        }
    }
}
