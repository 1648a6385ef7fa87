//! Lines stand on the invoice of who pays for them: on the days that they are for, by the versions
//! of the account that were known; and on the one that their order line asked for.

use facts::invoice::InvoiceLine;
use facts::{AccountId, AccountRegistered, ChargeKind, InvoiceIssued, OrderId, UnitId};
use jiff::civil::Date;

use crate::world::{Logged, World};
use crate::{AuditFinding, Check};

pub(crate) fn check(world: &World) -> Check {
    let mut check = Check::new(
        "payers",
        "Each line stands on the invoice of who pays for its account and that its order line \
         asked for, accounts follow each other, and each is described as it stood.",
    );
    for logged in &world.invoices {
        check_described(&mut check, world, &logged.it);
        for line in &logged.it.lines {
            check.examine();
            check_line(&mut check, world, logged, line);
            check_asked(&mut check, world, &logged.it, line);
        }
    }
    check
}

fn broken(invoice: &InvoiceIssued, what: String) -> AuditFinding {
    AuditFinding::PayerDiffers { invoice: invoice.number.clone(), what }
}

/// The own lines first, then those of each account, by name, each as it stood on the day.
fn check_described(check: &mut Check, world: &World, invoice: &InvoiceIssued) {
    let runs = invoice.lines.chunk_by(|a, b| a.account == b.account);
    let mut of_runs: Vec<_> = runs.filter_map(|run| run.first()?.account.as_ref()).collect();
    let described: Vec<&AccountId> = invoice.paid_for.iter().map(|it| &it.account).collect();
    check.expect(of_runs == described, || {
        broken(invoice, "lines of other accounts than it describes".to_owned())
    });
    let is_own_first =
        invoice.lines.iter().skip_while(|it| it.account.is_none()).all(|it| it.account.is_some());
    of_runs.dedup();
    check.expect(is_own_first && of_runs.is_sorted(), || {
        broken(invoice, "accounts in another order than by name".to_owned())
    });
    for it in &invoice.paid_for {
        let stood = world.account_on(&it.account, invoice.issued_on);
        let is_right = stood.is_some_and(|stood| stood.customer == it.customer)
            && (&it.seller, it.currency) == (&invoice.account.seller, invoice.account.currency);
        check.expect(is_right, || broken(invoice, format!("`{}` as it was not", it.account)));
    }
}

fn check_line(
    check: &mut Check,
    world: &World,
    logged: &Logged<InvoiceIssued>,
    line: &InvoiceLine,
) {
    let invoice = &logged.it;
    let account = line.account.as_ref().unwrap_or(&invoice.account.account);
    // Corrections go to who was billed; the rest to who pays on the day that it is for.
    let day = match (line.charge.kind, line.charge.period) {
        (ChargeKind::ServiceCharge | ChargeKind::UsageCharge, Some(period))
        | (ChargeKind::StateFee, Some(period)) => period.from(),
        (ChargeKind::HardwareSale | ChargeKind::HardwareInstalment, _)
        | (ChargeKind::OrderFee | ChargeKind::LossFee, _) => invoice.issued_on,
        _ => return,
    };
    let payer = payer_on(world, account, day, logged.sequence);
    check.expect(payer == Some(&invoice.account.account), || {
        let payer = payer.map_or("nobody", |it| it.as_str());
        broken(invoice, format!("line {} of `{account}`, which `{payer}` pays", line.line))
    });
}

/// Order lines that asked for an invoice of their own have it, with nothing of others; what a
/// minimum lacks is of no order.
fn check_asked(check: &mut Check, world: &World, invoice: &InvoiceIssued, line: &InvoiceLine) {
    let charge = &line.charge;
    let of_unit =
        |unit: &UnitId| world.contract(unit).is_some_and(|it| it.line.invoice == charge.group);
    let of_order = |order: &OrderId| {
        let known = world.orders.iter().find(|it| it.it.order == *order);
        known.is_some_and(|it| it.it.lines.iter().any(|line| line.invoice == charge.group))
    };
    let is_right = charge.group == invoice.group
        && charge.units.iter().all(of_unit)
        && charge.orders.iter().all(of_order)
        && (charge.kind != ChargeKind::CommitmentTrueUp || charge.group.is_none());
    check.expect(is_right, || {
        let place = charge.group.as_ref().map_or("the consolidated one", |it| it.as_str());
        broken(invoice, format!("line {} for another invoice than {place}", line.line))
    });
}

/// Who pays for an account on a day, by what stands before a position of the log.
pub(crate) fn payer_on<'a>(
    world: &'a World,
    account: &'a AccountId,
    day: Date,
    sequence: i64,
) -> Option<&'a AccountId> {
    let known = world.account_versions.iter().filter(|it| it.sequence < sequence).map(|it| &it.it);
    let mut versions = known.filter(|it| it.account == *account);
    let first = versions.clone().next();
    let of_day = |it: &&AccountRegistered| it.effective_from <= day;
    let version = versions.rfind(of_day).or(first)?;
    Some(version.paid_by.as_ref().unwrap_or(&version.account))
}
