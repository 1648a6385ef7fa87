//! The one way in which a group of units that share a price becomes a charge.

use facts::charge::{DayShare, Instalment, OrderedRate, UnitStart};
use facts::device::{DeviceDetail, ReturnShare};
use facts::offer::{Component, OfferPublished};
use facts::{Charge, ChargeKind, InvoiceGroup, OrderId, UnitId};
use kernel::{Money, Period, Quantity};

use crate::ChargeError;
use crate::ordered::Share;

/// What units share on one line.
pub(crate) struct Line<'a> {
    pub offer: &'a OfferPublished,
    pub component: &'a Component,
    pub kind: ChargeKind,
    pub share: Share,
    /// How many for each unit or order.
    pub quantity_each: u32,
    pub period: Option<Period>,
    pub days: Option<DayShare>,
    pub instalment: Option<Instalment>,
    pub device: DeviceDetail,
    /// The invoice of its own on which it stands.
    pub group: Option<&'a InvoiceGroup>,
}

/// Who shares it.
#[derive(Default)]
pub(crate) struct Members {
    pub units: Vec<UnitId>,
    pub orders: Vec<OrderId>,
    pub starts: Vec<UnitStart>,
}

impl Line<'_> {
    /// The charge for these members: what they cost together × share of days, or × what is given
    /// back of it, rounded once, and the cents that make all parts of an order sum to the whole.
    pub fn charge(&self, mut members: Members) -> Result<Charge, ChargeError> {
        members.units.sort();
        members.orders.sort();
        members.starts.sort_by(|a, b| a.unit.cmp(&b.unit));
        let count = members.units.len().max(members.orders.len());
        let whole = Quantity::from_count(u64::try_from(count).unwrap_or(u64::MAX))
            .times(i64::from(self.quantity_each))?;
        let quantity = if self.gives_back() { whole.negated() } else { whole };
        let mut terms = self.share.terms(count, whole)?;
        let percent = self.device.returned.map(ReturnShare::now).transpose()?;
        for term in &mut terms {
            term.days = self.days;
            term.percent = percent;
            if self.gives_back() {
                term.quantity = term.quantity.negated();
            }
        }
        let offer = self.offer;
        let (computation, rounded) =
            pricing::amount::total(terms, offer.rounding, offer.currency, None)?;
        let how = (offer.rounding, offer.currency);
        let cents = self.share.cents(&members.units, (self.days, percent), how)?;
        let zero = Money::zero(offer.currency);
        let cents = match cents {
            Some(cents) if self.gives_back() => Some(zero.minus(cents)?),
            cents => cents,
        };
        let amount = rounded.plus(cents.unwrap_or(zero))?;
        let ordered = self.share.rate().map(|rate| OrderedRate { cents, ..rate });
        Ok(Charge {
            offer: offer.reference(),
            component: self.component.code.clone(),
            name: self.component.name.clone(),
            component_kind: self.component.kind,
            nature: self.component.nature,
            kind: self.kind,
            period: self.period,
            quantity,
            unit_price: self.share.unit_price(),
            instalment: self.instalment,
            days: self.days,
            rated: None,
            ordered,
            units: members.units,
            orders: members.orders,
            starts: members.starts,
            commitment: None,
            device: self.device.clone(),
            group: self.group.cloned(),
            computation,
            amount,
        })
    }

    const fn gives_back(&self) -> bool {
        matches!(
            self.kind,
            ChargeKind::HardwareReturnCredit
                | ChargeKind::HardwareInstalmentCredit
                | ChargeKind::ServiceCredit
                | ChargeKind::StateFeeCredit
        )
    }
}
