//! An invoice that did not wait for the bill day: the account asked for it, it comes to that much,
//! and it bills nothing but what was used in the period that ran.

use facts::{ChargeKind, InvoiceIssued};
use kernel::Period;

use crate::calendar::bill_period;
use crate::world::World;
use crate::{AuditFinding, Check};

pub(crate) fn check(world: &World) -> Check {
    let mut check = Check::new(
        "thresholds",
        "An invoice before the bill day comes to the amount that the account asked for, and bills \
         nothing but usage of the period that runs.",
    );
    for invoice in world.invoices.iter().map(|it| &it.it) {
        check.examine();
        check_one(&mut check, world, invoice);
    }
    check
}

fn check_one(check: &mut Check, world: &World, invoice: &InvoiceIssued) {
    let Some(threshold) = invoice.threshold else { return };
    // With those of the day for order lines that asked for their own.
    let of_day = world.invoices.iter().map(|it| &it.it).filter(|it| {
        it.account.account == invoice.account.account && it.issued_on == invoice.issued_on
    });
    let net: i64 = of_day.map(|it| it.net.minor).sum();
    let mut expect = |is_right: bool, what: &'static str| {
        check.expect(is_right, || AuditFinding::ThresholdDiffers {
            invoice: invoice.number.clone(),
            what,
        });
    };
    expect(invoice.account.threshold == Some(threshold), "an amount that nobody asked for");
    expect(net >= threshold.minor, "a net below the amount");
    let running = bill_period(&invoice.account.bill_cycle, invoice.issued_on);
    let running = running.and_then(|(from, to)| Period::new(from, to).ok());
    expect(running.is_some_and(|it| it.from() < invoice.issued_on), "the day of a bill day");
    let is_used = invoice
        .lines
        .iter()
        .all(|line| line.charge.kind == ChargeKind::UsageCharge && line.charge.period == running);
    expect(is_used, "lines of something else than usage of the period that ran");
}
