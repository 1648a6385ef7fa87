//! Holds hold: what somebody held for billing was not billed, what somebody held against changes
//! was not changed, and only who placed a hold released it, not before it began.

use std::collections::BTreeSet;

use facts::hold::{Blocked, HoldTarget};
use facts::unit::ChangeAction;
use facts::{HoldPlaced, UnitId};
use jiff::civil::Date;

use crate::held;
use crate::world::{Logged, World};
use crate::{AuditFinding, Check};

pub(crate) fn check(world: &World) -> Check {
    let mut check = Check::new(
        "holds",
        "What is held for billing is not billed, what is held against changes is not changed, \
         and each release is of a hold and not before its first day.",
    );
    check_releases(&mut check, world);
    check_invoices(&mut check, world);
    check_changes(&mut check, world);
    check_orders(&mut check, world);
    check
}

fn check_releases(check: &mut Check, world: &World) {
    let mut seen = BTreeSet::new();
    for release in &world.releases {
        check.examine();
        let hold = world.holds.iter().find(|it| it.it.hold == release.it.hold);
        let is_right = hold.is_some_and(|it| it.it.from <= release.it.until);
        check.expect(is_right && seen.insert(&release.it.hold), || AuditFinding::HoldBroken {
            hold: release.it.hold.to_string(),
            what: format!("released from {}, which it cannot be", release.it.until),
        });
    }
}

fn check_invoices(check: &mut Check, world: &World) {
    for logged in world.bills() {
        check.examine();
        let invoice = &logged.it;
        let known = held::recorded_before(logged.sequence);
        let is_of_account = |it: &&Logged<HoldPlaced>| {
            it.it.target == HoldTarget::Account
                && it.it.account == invoice.account.account
                && it.it.blocks.contains(&Blocked::Billing)
        };
        let holds: Vec<_> = world.holds.iter().filter(is_of_account).collect();
        if let Some(hold) = held::on_day(world, &holds, known, invoice.issued_on) {
            check.find(broken(hold, &format!("held, and billed by {}", invoice.number)));
        }
        let charges = invoice.lines.iter().map(|line| &line.charge);
        let units: BTreeSet<&UnitId> = charges
            .filter(|charge| !charge.kind.is_usage() && charge.commitment.is_none())
            .flat_map(|charge| &charge.units)
            .collect();
        for unit in units {
            let Some(contract) = world.contract(unit) else { continue };
            if let Some(hold) = held::for_billing(world, contract, logged) {
                let what = format!("held, and {} has a line of unit {unit}", invoice.number);
                check.find(broken(hold, &what));
            }
        }
    }
}

/// Whether somebody held something against changes when it was agreed, or on the day from which it
/// counts.
fn held_against<'a>(
    world: &'a World,
    holds: &[&'a Logged<HoldPlaced>],
    (sequence, days): (i64, [Date; 2]),
) -> Option<&'a HoldPlaced> {
    let known = held::recorded_before(sequence);
    days.into_iter().find_map(|day| held::on_day(world, holds, known, day))
}

fn check_changes(check: &mut Check, world: &World) {
    for (unit, facts) in &world.units {
        let Some(contract) = world.contract(unit) else { continue };
        let holds = held::of_unit(world, contract, Blocked::Change);
        let zone = world.accounts.get(&contract.order.account).map(|it| &it.zone);
        let Some(zone) = zone.filter(|_| !holds.is_empty()) else { continue };
        for change in &facts.changes {
            check.examine();
            let it = &change.it;
            let has_happened = matches!(
                it.action,
                ChangeAction::Return | ChangeAction::Swap(_) | ChangeAction::Lost(_)
            );
            if has_happened {
                continue;
            }
            let days = [it.recorded_at, it.effective_at].map(|at| zone.day_of(at));
            if let Some(hold) = held_against(world, &holds, (change.sequence, days)) {
                check.find(broken(hold, &format!("held, and changed by {}", it.change)));
            }
        }
    }
}

fn check_orders(check: &mut Check, world: &World) {
    for order in &world.orders {
        check.examine();
        let ordered_on = order.it.ordered_on;
        let is_of_account = |it: &&Logged<HoldPlaced>| {
            it.it.target == HoldTarget::Account
                && it.it.account == order.it.account
                && it.it.blocks.contains(&Blocked::Change)
        };
        let of_account: Vec<_> = world.holds.iter().filter(is_of_account).collect();
        let at = (order.sequence, [ordered_on, ordered_on]);
        if let Some(hold) = held_against(world, &of_account, at) {
            check.find(broken(hold, &format!("held, and order {} was accepted", order.it.order)));
        }
        for line in &order.it.lines {
            let Some(on) = line.takes_over.as_ref().map(|it| it.on) else { continue };
            let taken = line.units.iter().filter_map(|unit| unit.after.as_ref());
            for contract in taken.filter_map(|unit| world.contract(unit)) {
                let holds = held::of_unit(world, contract, Blocked::Change);
                let at = (order.sequence, [ordered_on, on]);
                if let Some(hold) = held_against(world, &holds, at) {
                    let what = format!("held, and order {} takes it over", order.it.order);
                    check.find(broken(hold, &what));
                }
            }
        }
    }
}

fn broken(hold: &HoldPlaced, what: &str) -> AuditFinding {
    AuditFinding::HoldBroken { hold: hold.hold.to_string(), what: what.to_owned() }
}
