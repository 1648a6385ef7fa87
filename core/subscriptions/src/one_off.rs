//! Devices, instalments and order fees: each billed once, on the first invoice that knows the
//! delivery, or the milestone that the offer names (`data/smart-fleet/README.md` §2).

use std::collections::BTreeMap;

use facts::billed::Billed;
use facts::charge::{Instalment, UnitStart};
use facts::device::{DeviceDetail, NotReturned, ReturnShare, ReturnStep};
use facts::offer::{ChargeRule, Component, Milestone, OpenParts};
use facts::unit::{ChangeAction, StartEvidence};
use facts::{Charge, ChargeKind, ComponentCode, InvoiceGroup, OfferRef};
use jiff::civil::Date;
use kernel::calendar::{add_days, add_months};
use kernel::{Percent, UnitPrice};

use crate::amount::{Line, Members};
use crate::milestones::{self, AgreedPart};
use crate::ordered::{Prices, Share, Together};
use crate::{BillDay, ChargeError, UnitContract};

/// What a line is about, beside its component.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
struct About {
    instalment: Option<Instalment>,
    device: DeviceDetail,
}

/// What units must share to stand on one line, in the order of the lines.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    offer: OfferRef,
    component: ComponentCode,
    kind: ChargeKind,
    about: About,
    quantity_each: u32,
    together: Together,
    group: Option<&'a InvoiceGroup>,
}

/// A line in the making.
struct Group<'a> {
    line: Line<'a>,
    members: Members,
}

type Groups<'a> = BTreeMap<Key<'a>, Group<'a>>;

pub(crate) fn due<'a>(
    units: &[UnitContract<'a>],
    prices: &mut Prices<'a>,
    billed: &Billed,
    day: BillDay<'_>,
) -> Result<Vec<Charge>, ChargeError> {
    let mut groups = Groups::new();
    for contract in units {
        for component in &contract.offer.components {
            let Some(quantity) = contract.line.components.get(&component.code) else { continue };
            let due = Due { contract, component, quantity: *quantity, billed };
            let back = Back::of(contract, component, day);
            match &component.charge {
                ChargeRule::OnceDelivered { price, at } => {
                    let Some(supply) = Supply::of(contract, *at, day) else { continue };
                    let share = prices.of_unit(contract, component, price)?;
                    due.device(&supply, back, &share, &mut groups);
                }
                ChargeRule::Instalments { price, count, deposit, on_end, at } => {
                    let Some(supply) = Supply::of(contract, *at, day) else { continue };
                    let share = prices.of_unit(contract, component, price)?;
                    let ending = Ending { on: ended_on(contract, day), open: *on_end, back };
                    let parts = Parts { count: *count, deposit: *deposit, from: supply.on, ending };
                    due.instalments(&supply, &share, parts, day, &mut groups)?;
                }
                ChargeRule::Milestones { unit_price, parts, on_end } => {
                    let ending = Ending { on: ended_on(contract, day), open: *on_end, back };
                    let parts = milestones::parts(contract, (*unit_price, parts), day)?;
                    due.milestones(parts, ending, day, &mut groups);
                }
                ChargeRule::OncePerOrder { price } => {
                    if contract.timeline.delivered_at.is_none() {
                        continue;
                    }
                    let share = prices.of_order(contract, component, price)?;
                    due.order_fee(&share, &mut groups);
                }
                ChargeRule::OnceLost { price } => {
                    let share = prices.of_unit(contract, component, price)?;
                    due.loss(&share, day, &mut groups);
                }
                ChargeRule::OnceNotReturned { price, within_days } => {
                    let share = prices.of_unit(contract, component, price)?;
                    due.not_returned(*within_days, &share, day, &mut groups)?;
                }
                ChargeRule::StateChanged { .. }
                | ChargeRule::Recurring { .. }
                | ChargeRule::Usage { .. } => {}
            }
        }
    }
    groups.into_values().map(|group| group.line.charge(group.members)).collect()
}

/// The milestone of a unit with which its device is due, as known.
pub(crate) struct Supply {
    pub on: Date,
    pub start: UnitStart,
}

impl Supply {
    pub fn of(contract: &UnitContract<'_>, at: Milestone, day: BillDay<'_>) -> Option<Self> {
        let start_at = contract.timeline.reached(at)?;
        let evidence = match at {
            Milestone::Shipped => StartEvidence::Shipped,
            Milestone::Delivered => StartEvidence::Delivered,
            Milestone::Accepted => StartEvidence::Accepted,
        };
        let start = UnitStart { unit: contract.unit.clone(), start_at, evidence };
        let on = day.zone.day_of(start_at);
        // An acceptance can be agreed on before it counts.
        let is_known = at != Milestone::Accepted || on < day.issued_on;
        is_known.then_some(Self { on, start })
    }
}

/// What of the price of a device is given back, because it came back.
#[derive(Clone, Copy)]
struct Back {
    /// All of it: then nothing more of it is due either.
    is_whole: bool,
    /// Whether the age of the device decides, and not the window of the offer.
    by_age: bool,
    /// What is given back at its age.
    step: Option<ReturnStep>,
}

impl Back {
    fn of(contract: &UnitContract<'_>, component: &Component, day: BillDay<'_>) -> Self {
        let timeline = contract.timeline;
        let days = timeline.delivered_at.zip(timeline.returned_at);
        let age = days.map(|(from, to)| (day.zone.day_of(to) - day.zone.day_of(from)).get_days());
        let by_age = !component.device.return_credit.is_empty();
        if by_age {
            let step = age.and_then(|age| component.device.step_at(age));
            let is_whole = step.is_some_and(|step| step.percent == Percent::WHOLE);
            return Self { is_whole, by_age, step };
        }
        let window = contract.offer.return_window_days;
        let is_whole = age.zip(window).is_some_and(|(age, window)| age <= i32::from(window));
        Self { is_whole, by_age, step: None }
    }

    /// What of a thing that is billed is given back in all; `waived`: it is not due any more.
    fn wanted(self, waived: bool) -> (Option<u16>, Percent) {
        match self.step {
            Some(step) if self.is_whole || !waived => (Some(step.within_days), step.percent),
            _ if waived => (None, Percent::WHOLE),
            _ => (None, Percent::ZERO),
        }
    }
}

/// The day on which the device is cancelled, for whatever reason, or goes back. That another unit
/// goes on for it, or that its contract ends as agreed, is no such end.
fn ended_on(contract: &UnitContract<'_>, day: BillDay<'_>) -> Option<Date> {
    let changes = contract.timeline.changes.iter();
    let ends =
        changes.filter(|it| matches!(it.action, ChangeAction::Return | ChangeAction::Cancel));
    let ends = ends.map(|it| it.effective_at).chain(contract.timeline.lapsed_at());
    ends.map(|at| day.zone.day_of(at)).min()
}

/// What becomes of the parts of a price when their device ends or comes back.
#[derive(Clone, Copy)]
struct Ending {
    on: Option<Date>,
    open: OpenParts,
    back: Back,
}

impl Ending {
    /// When a part is due that is agreed on for a day, or whose day is not known yet; never before
    /// `first`.
    fn due(self, agreed: Option<Date>, first: Date) -> PartDay {
        let ends_on = self.on.filter(|end| agreed.is_none_or(|agreed| *end < agreed));
        match (self.open, ends_on) {
            _ if self.back.is_whole => PartDay::Never,
            (OpenParts::DueAtOnce, Some(end)) => PartDay::On(end.max(first)),
            (OpenParts::Waived, Some(_)) => PartDay::Never,
            _ => agreed.map_or(PartDay::NotKnown, PartDay::On),
        }
    }
}

/// The day on which a part of a price is due.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PartDay {
    On(Date),
    /// Its milestone is not known to be passed.
    NotKnown,
    /// It was given up, or all of it goes back.
    Never,
}

impl PartDay {
    const fn known(self) -> Option<Date> {
        match self {
            Self::On(day) => Some(day),
            Self::NotKnown | Self::Never => None,
        }
    }
}

/// The monthly parts of the price of a device.
#[derive(Clone, Copy)]
struct Parts {
    count: u16,
    deposit: Option<UnitPrice>,
    /// The day from which they are counted.
    from: Date,
    ending: Ending,
}

impl Parts {
    fn first(self) -> u16 {
        u16::from(self.deposit.is_none())
    }

    /// The deposit is agreed on for the day of part 1, part k for k − 1 months later, counted from
    /// the first day each time.
    fn agreed(self, number: u16) -> Result<Date, ChargeError> {
        Ok(add_months(self.from, i32::from(number.max(1)) - 1)?)
    }
}

/// A part of a price, as it stands on the bill day.
struct Part<'p> {
    about: About,
    share: &'p Share,
    standing: Standing,
    /// Why.
    start: &'p UnitStart,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Due,
    /// Its day is to come.
    Waits,
    Never,
}

impl Standing {
    fn of(day: PartDay, today: Date) -> Self {
        match day {
            PartDay::Never => Self::Never,
            PartDay::On(day) if day <= today => Self::Due,
            PartDay::On(_) | PartDay::NotKnown => Self::Waits,
        }
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
    fn device(&self, supply: &Supply, back: Back, share: &Share, groups: &mut Groups<'a>) {
        let key = (self.component.code.clone(), self.contract.unit.clone());
        if !self.billed.devices.contains(&key) {
            let start = Some(supply.start.clone());
            self.add_unit(ChargeKind::HardwareSale, About::default(), share, start, groups);
        }
        let kind = ChargeKind::HardwareReturnCredit;
        if self.billed.devices_credited.contains(&key) {
            // A credit note settled it, or all of it was given back.
        } else if back.by_age {
            self.give_back(kind, About::default(), share, back.wanted(false), groups);
        } else if back.is_whole {
            self.add_unit(kind, About::default(), share, None, groups);
        }
    }

    fn instalments(
        &self,
        supply: &Supply,
        share: &Share,
        parts: Parts,
        day: BillDay<'_>,
        groups: &mut Groups<'a>,
    ) -> Result<(), ChargeError> {
        for number in parts.first()..=parts.count {
            let agreed = parts.agreed(number)?;
            let due = parts.ending.due(Some(agreed), parts.from);
            let standing = Standing::of(due, day.issued_on);
            // So does each later one: most of the parts of most units.
            if standing == Standing::Waits && self.billed.instalments_early.is_empty() {
                break;
            }
            let is_early = due.known().is_some_and(|due_on| due_on < agreed);
            let at_once = is_early || standing == Standing::Waits;
            let instalment = Some(Instalment { number, count: parts.count, at_once });
            let about = About { instalment, ..About::default() };
            let of_deposit = parts.deposit.filter(|_| number == 0).map(Share::Each);
            let part = Part {
                about,
                share: of_deposit.as_ref().unwrap_or(share),
                standing,
                start: &supply.start,
            };
            self.part(part, parts.ending.back, groups);
        }
        Ok(())
    }

    fn milestones(
        &self,
        parts: Vec<AgreedPart>,
        ending: Ending,
        day: BillDay<'_>,
        groups: &mut Groups<'a>,
    ) {
        for mut it in parts {
            let agreed = it.due.as_ref().map(|due| due.on);
            let due = ending.due(agreed, it.ordered.on);
            let standing = Standing::of(due, day.issued_on);
            let due_on = due.known();
            it.share.due_on = due_on;
            let is_early = due_on.is_some() && due_on != agreed;
            it.instalment.at_once = is_early || standing == Standing::Waits;
            let proof = it.due.as_ref().filter(|_| !it.instalment.at_once);
            let device = DeviceDetail { part: Some(it.share), ..DeviceDetail::default() };
            let part = Part {
                about: About { instalment: Some(it.instalment), device },
                share: &Share::Each(it.price),
                standing,
                start: &proof.unwrap_or(&it.ordered).start,
            };
            self.part(part, ending.back, groups);
        }
    }

    /// A part that is due and not billed; or one that was billed and never is due: after a return
    /// in time, or because the rest is waived. By age, what is billed is given back in part. A part
    /// that an end made due before its day, which turned out to be none, is given back until then.
    fn part(&self, part: Part<'_>, back: Back, groups: &mut Groups<'a>) {
        let Part { about, share, standing, start } = part;
        let number = about.instalment.map_or(0, |it| it.number);
        let key = (self.component.code.clone(), self.contract.unit.clone(), number);
        let is_due = standing == Standing::Due;
        let was_billed = self.billed.instalments.contains(&key);
        if is_due && !was_billed {
            let start = Some(start.clone());
            let kind = ChargeKind::HardwareInstalment;
            self.add_unit(kind, about.clone(), share, start, groups);
        }
        let kind = ChargeKind::HardwareInstalmentCredit;
        if self.billed.instalments_credited.contains(&key) || !(is_due || was_billed) {
            return;
        }
        if standing == Standing::Waits {
            if self.billed.instalments_early.contains(&key) {
                self.add_unit(kind, about, share, None, groups);
            }
        } else if back.by_age {
            self.give_back(kind, about, share, back.wanted(!is_due), groups);
        } else if !is_due {
            self.add_unit(kind, about, share, None, groups);
        }
    }

    /// What is given back of something by age, less what was given back of it before.
    fn give_back(
        &self,
        kind: ChargeKind,
        about: About,
        share: &Share,
        (within_days, percent): (Option<u16>, Percent),
        groups: &mut Groups<'a>,
    ) {
        let number = about.instalment.map_or(0, |it| it.number);
        let key = (self.component.code.clone(), self.contract.unit.clone(), number);
        let before = self.billed.returned.get(&key).copied().unwrap_or_default();
        if percent != before {
            let returned = Some(ReturnShare { within_days, percent, before });
            let device = DeviceDetail { returned, ..about.device };
            self.add_unit(kind, About { device, ..about }, share, None, groups);
        }
    }

    /// A loss that was announced ahead is due from its day.
    fn loss(&self, share: &Share, day: BillDay<'_>, groups: &mut Groups<'a>) {
        let lost_on = self.contract.timeline.lost_at.map(|at| day.zone.day_of(at));
        let key = (self.component.code.clone(), self.contract.unit.clone());
        if lost_on.is_some_and(|on| on <= day.issued_on) && !self.billed.losses.contains(&key) {
            self.add_unit(ChargeKind::LossFee, About::default(), share, None, groups);
        }
    }

    /// A device that is not back when the days are over is charged; when it turns out that it was,
    /// or that it is gone, that is given back.
    fn not_returned(
        &self,
        within_days: u16,
        share: &Share,
        day: BillDay<'_>,
        groups: &mut Groups<'a>,
    ) -> Result<(), ChargeError> {
        let timeline = self.contract.timeline;
        let over_on = timeline.over_at.map(|at| day.zone.day_of(at));
        let until = over_on.map(|on| add_days(on, i32::from(within_days))).transpose()?;
        let back_on = timeline.returned_at.map(|at| day.zone.day_of(at));
        let is_due = until.is_some_and(|until| {
            until < day.issued_on
                && timeline.delivered_at.is_some()
                && back_on.is_none_or(|back| until < back)
                && !timeline.is_gone()
        });
        let key = (self.component.code.clone(), self.contract.unit.clone());
        let was_billed = self.billed.devices.contains(&key);
        let device = DeviceDetail {
            not_returned: Some(NotReturned { until }),
            ownership: self.component.device.ownership,
            ..DeviceDetail::default()
        };
        let about = About { device, ..About::default() };
        if is_due && !was_billed {
            self.add_unit(ChargeKind::HardwareSale, about, share, None, groups);
        } else if was_billed && !is_due && !self.billed.devices_credited.contains(&key) {
            self.add_unit(ChargeKind::HardwareReturnCredit, about, share, None, groups);
        }
        Ok(())
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
            let members = self.group(ChargeKind::OrderFee, About::default(), share, groups);
            members.orders.push(order.clone());
        }
    }

    fn add_unit(
        &self,
        kind: ChargeKind,
        about: About,
        share: &Share,
        start: Option<UnitStart>,
        groups: &mut Groups<'a>,
    ) {
        let members = self.group(kind, about, share, groups);
        members.units.push(self.contract.unit.clone());
        members.starts.extend(start);
    }

    fn group<'g>(
        &self,
        kind: ChargeKind,
        about: About,
        share: &Share,
        groups: &'g mut Groups<'a>,
    ) -> &'g mut Members {
        let (offer, component) = (self.contract.offer, self.component);
        let group = self.contract.line.invoice.as_ref();
        let key = Key {
            offer: offer.reference(),
            component: component.code.clone(),
            kind,
            about: about.clone(),
            quantity_each: self.quantity,
            together: share.together(self.contract.order),
            group,
        };
        let line = Line {
            offer,
            component,
            kind,
            share: share.clone(),
            quantity_each: self.quantity,
            period: None,
            days: None,
            instalment: about.instalment,
            device: about.device,
            group,
        };
        &mut groups.entry(key).or_insert(Group { line, members: Members::default() }).members
    }
}
