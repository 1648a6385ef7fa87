//! Devices, instalments and order fees: each billed once, on the first invoice that knows the
//! delivery (`data/smart-fleet/README.md` §2).

use std::collections::BTreeMap;

use facts::billed::Billed;
use facts::charge::{Instalment, UnitStart};
use facts::offer::{ChargeRule, Component};
use facts::unit::StartEvidence;
use facts::{Charge, ChargeKind, ComponentCode, OfferRef};
use jiff::civil::Date;
use kernel::calendar::add_months;

use crate::amount::{Line, Members};
use crate::ordered::{Prices, Share, Together};
use crate::{BillDay, ChargeError, UnitContract};

/// What units must share to stand on one line, in the order of the lines.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    offer: OfferRef,
    component: ComponentCode,
    kind: ChargeKind,
    instalment: Option<Instalment>,
    quantity_each: u32,
    together: Together,
}

/// A line in the making.
struct Group<'a> {
    line: Line<'a>,
    members: Members,
}

type Groups<'a> = BTreeMap<Key, Group<'a>>;

pub(crate) fn due<'a>(
    units: &[UnitContract<'a>],
    prices: &mut Prices<'a>,
    billed: &Billed,
    day: BillDay<'_>,
) -> Result<Vec<Charge>, ChargeError> {
    let mut groups = Groups::new();
    for contract in units {
        let Some(delivery) = Delivery::of(contract, day) else { continue };
        for component in &contract.offer.components {
            let Some(quantity) = contract.line.components.get(&component.code) else { continue };
            let due = Due { contract, component, quantity: *quantity, billed };
            match &component.charge {
                ChargeRule::OnceDelivered { price } => {
                    let share = prices.of_unit(contract, component, price)?;
                    due.device(&delivery, &share, &mut groups);
                }
                ChargeRule::Instalments { price, count } => {
                    let share = prices.of_unit(contract, component, price)?;
                    due.instalments(&delivery, &share, *count, day, &mut groups)?;
                }
                ChargeRule::OncePerOrder { price } => {
                    let share = prices.of_order(contract, component, price)?;
                    due.order_fee(&share, &mut groups);
                }
                ChargeRule::OnceLost { price } => {
                    let share = prices.of_unit(contract, component, price)?;
                    due.loss(&share, day, &mut groups);
                }
                ChargeRule::Recurring { .. } | ChargeRule::Usage { .. } => {}
            }
        }
    }
    groups.into_values().map(|group| group.line.charge(group.members)).collect()
}

/// The known delivery of a unit.
struct Delivery {
    on: Date,
    start: UnitStart,
    /// It came back while it was still credited.
    returned_in_window: bool,
}

impl Delivery {
    fn of(contract: &UnitContract<'_>, day: BillDay<'_>) -> Option<Self> {
        let delivered_at = contract.timeline.delivered_at?;
        let on = day.zone.day_of(delivered_at);
        let window = contract.offer.return_window_days;
        let returned_on = contract.timeline.returned_at.map(|at| day.zone.day_of(at));
        let returned_in_window = returned_on
            .zip(window)
            .is_some_and(|(returned, days)| (returned - on).get_days() <= i32::from(days));
        let start = UnitStart {
            unit: contract.unit.clone(),
            start_at: delivered_at,
            evidence: StartEvidence::Delivered,
        };
        Some(Self { on, start, returned_in_window })
    }
}

/// One component of one unit.
struct Due<'a, 'b> {
    contract: &'b UnitContract<'a>,
    component: &'a Component,
    quantity: u32,
    billed: &'b Billed,
}

impl<'a> Due<'a, '_> {
    fn device(&self, delivery: &Delivery, share: &Share, groups: &mut Groups<'a>) {
        let key = (self.component.code.clone(), self.contract.unit.clone());
        if !self.billed.devices.contains(&key) {
            let start = Some(delivery.start.clone());
            self.add_unit(ChargeKind::HardwareSale, None, share, start, groups);
        }
        if delivery.returned_in_window && !self.billed.devices_credited.contains(&key) {
            self.add_unit(ChargeKind::HardwareReturnCredit, None, share, None, groups);
        }
    }

    /// Part k is due k − 1 months after the delivery day, counted from that day each time. After
    /// a return in time none is billed, and those of earlier invoices are given back.
    fn instalments(
        &self,
        delivery: &Delivery,
        share: &Share,
        count: u16,
        day: BillDay<'_>,
        groups: &mut Groups<'a>,
    ) -> Result<(), ChargeError> {
        for number in 1..=count {
            let key = (self.component.code.clone(), self.contract.unit.clone(), number);
            let instalment = Some(Instalment { number, count });
            let was_billed = self.billed.instalments.contains(&key);
            if delivery.returned_in_window {
                if was_billed && !self.billed.instalments_credited.contains(&key) {
                    let kind = ChargeKind::HardwareInstalmentCredit;
                    self.add_unit(kind, instalment, share, None, groups);
                }
            } else if !was_billed && due_on(delivery.on, number)? <= day.issued_on {
                let start = Some(delivery.start.clone());
                self.add_unit(ChargeKind::HardwareInstalment, instalment, share, start, groups);
            }
        }
        Ok(())
    }

    /// A loss that was announced ahead is due from its day.
    fn loss(&self, share: &Share, day: BillDay<'_>, groups: &mut Groups<'a>) {
        let lost_on = self.contract.timeline.lost_at.map(|at| day.zone.day_of(at));
        let key = (self.component.code.clone(), self.contract.unit.clone());
        if lost_on.is_some_and(|on| on <= day.issued_on) && !self.billed.losses.contains(&key) {
            self.add_unit(ChargeKind::LossFee, None, share, None, groups);
        }
    }

    fn order_fee(&self, share: &Share, groups: &mut Groups<'a>) {
        let order = self.contract.order;
        if self.billed.order_fees.contains(&(self.component.code.clone(), order.clone())) {
            return;
        }
        // Lines of one order can take the fee in different quantities, or under different offers.
        let is_due_already = groups.iter().any(|(key, group)| {
            key.kind == ChargeKind::OrderFee
                && key.component == self.component.code
                && group.members.orders.contains(order)
        });
        if !is_due_already {
            let members = self.group(ChargeKind::OrderFee, None, share, groups);
            members.orders.push(order.clone());
        }
    }

    fn add_unit(
        &self,
        kind: ChargeKind,
        instalment: Option<Instalment>,
        share: &Share,
        start: Option<UnitStart>,
        groups: &mut Groups<'a>,
    ) {
        let members = self.group(kind, instalment, share, groups);
        members.units.push(self.contract.unit.clone());
        members.starts.extend(start);
    }

    fn group<'g>(
        &self,
        kind: ChargeKind,
        instalment: Option<Instalment>,
        share: &Share,
        groups: &'g mut Groups<'a>,
    ) -> &'g mut Members {
        let (offer, component) = (self.contract.offer, self.component);
        let key = Key {
            offer: offer.reference(),
            component: component.code.clone(),
            kind,
            instalment,
            quantity_each: self.quantity,
            together: share.together(self.contract.order),
        };
        let line = Line {
            offer,
            component,
            kind,
            share: share.clone(),
            quantity_each: self.quantity,
            period: None,
            days: None,
            instalment,
        };
        &mut groups.entry(key).or_insert(Group { line, members: Members::default() }).members
    }
}

fn due_on(delivered_on: Date, number: u16) -> Result<Date, ChargeError> {
    Ok(add_months(delivered_on, i32::from(number) - 1)?)
}
