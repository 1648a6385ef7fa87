//! From the shape of a story to commands. Every value that is wrong is reported.

use std::fmt::Write as _;
use std::path::PathBuf;

use facts::hold::HoldTarget;
use facts::offer::AfterLoss;
use facts::order::{OrderedUnit, Renewal};
use facts::unit::{ChangeAction, Loss, LossCause, ShipmentReason};
use facts::{DeviceSignalled, EventId, EventSource};
use fulfilment::{ChangeUnit, Effective, ReportShipment};
use holds::{Command, PlaceHold, ReleaseHold};
use invoicing::{AskedPart, CreditInvoice};
use jiff::Timestamp;
use kernel::Zone;
use orders::{AskTerm, FirstDay, GoOnFor, PlaceLine, PlaceOrder};

use super::{Files, Step, Story, shape};
use crate::catalog_file::written::Written;
use crate::catalog_file::{self, LocatedDefinitions};
use crate::faults::Faults;
use crate::readable::{MomentOr, Readable, When};
use crate::{InputFault, InputRejection, Located, Place, credit_file};

/// Who sends what a story does not say the source of.
const SOURCE: &str = "urn:story";
/// The type of an activation that a story does not name.
const ACTIVATION: &str = "device.activated";

pub(super) fn story(file: &str, shape: &shape::StoryFile) -> Result<Story, Vec<InputFault>> {
    let mut faults = Faults::default();
    let place = Place::file(file);
    let zone = faults.read(shape.zone.place(&place), shape.zone.text());
    let mut reader =
        Reader { zone: zone.clone().unwrap_or_else(Zone::utc), place, faults, nested: Vec::new() };
    let starts_at = reader.instant(&shape.starts_at);
    let mut steps = Vec::new();
    for step in &shape.steps {
        steps.extend(reader.step(step));
    }
    let Reader { mut faults, nested, .. } = reader;
    nested.into_iter().for_each(|fault| faults.add(fault.place, fault.rejection));
    let story = zone.zip(starts_at).map(|(zone, starts_at)| Story {
        title: shape.story.clone(),
        description: shape.description.clone(),
        zone,
        starts_at,
        steps,
    });
    match faults.or(story)? {
        Some(story) => Ok(story),
        None => Err(Vec::new()),
    }
}

struct Reader {
    zone: Zone,
    place: Place,
    faults: Faults,
    /// Faults of definitions that are written in the story.
    nested: Vec<InputFault>,
}

impl Reader {
    fn read<T: Readable>(&mut self, written: &Written<T>) -> Option<T> {
        self.faults.read(written.place(&self.place), written.text())
    }

    fn or<T: Readable>(&mut self, written: &Option<Written<T>>, default: Option<T>) -> Option<T> {
        written.as_ref().map_or(default, |written| self.read(written))
    }

    /// An instant; a day is its 00:00, a local time is read in the zone of the story.
    fn instant(&mut self, written: &Written<When>) -> Option<Timestamp> {
        let instant = self.read(written)?.in_zone(&self.zone);
        let bad = || InputRejection::BadInstant { text: written.text().to_owned() };
        self.faults.keep(written.place(&self.place), instant.ok_or_else(bad))
    }

    fn credit_invoice(&mut self, it: &shape::CreditInvoice) -> Option<CreditInvoice> {
        let (request, invoice) = (self.read(&it.request), self.read(&it.invoice));
        let (reason, rebill) = (self.read(&it.reason), self.read(&it.rebill));
        let lines = match &it.lines {
            None => Some(None),
            Some(lines) => {
                let lines: Vec<_> = lines.iter().map(|line| self.credited(line)).collect();
                lines.into_iter().collect::<Option<Vec<_>>>().map(Some)
            }
        };
        Some(CreditInvoice {
            request: request?,
            invoice: invoice?,
            reason: reason?,
            note: it.note.clone(),
            rebill: rebill?,
            lines: lines?,
        })
    }

    fn place_hold(&mut self, it: &shape::Hold) -> Option<PlaceHold> {
        let (hold, holder, from) = (self.read(&it.hold), self.read(&it.by), self.read(&it.from));
        let blocks: Vec<_> = it.blocks.iter().map(|what| self.read(what)).collect();
        let (account, target) = match (&it.unit, &it.line, &it.account) {
            (Some(unit), None, None) => (None, HoldTarget::Unit(self.read(unit)?)),
            (None, Some(line), None) => (None, HoldTarget::Line(self.read(line)?)),
            (None, None, Some(account)) => (Some(self.read(account)?), HoldTarget::Account),
            _ => {
                let keys = "unit, line, account".to_owned();
                self.faults.add(it.hold.place(&self.place), InputRejection::NotOne { keys });
                return None;
            }
        };
        Some(PlaceHold {
            hold: hold?,
            holder: holder?,
            account,
            target,
            blocks: blocks.into_iter().collect::<Option<_>>()?,
            from: from?,
            reason: it.reason.clone(),
        })
    }

    fn credited(&mut self, it: &shape::CreditedLine) -> Option<(u32, AskedPart)> {
        let line = self.read(&it.line);
        let part = match (&it.amount, &it.quantity) {
            (None, None) => AskedPart::All,
            (Some(amount), None) => AskedPart::Amount(self.read(amount)?),
            (None, Some(quantity)) => AskedPart::Quantity(self.read(quantity)?),
            (Some(_), Some(_)) => {
                let keys = "amount, quantity".to_owned();
                self.faults.add(it.line.place(&self.place), InputRejection::NotOne { keys });
                return None;
            }
        };
        Some((line?, part))
    }

    /// Where a step about a draft is; that of the story for the others.
    fn place_of_draft(&self, step: &shape::Step) -> Place {
        match step {
            shape::Step::IssueDraft(account) => account.place(&self.place),
            shape::Step::HoldDraft(it) => it.account.place(&self.place),
            _ => self.place.clone(),
        }
    }

    fn usage_days(&mut self, days: &shape::UsageDays) -> Option<Step> {
        let (from, until) = (self.read(&days.from), self.read(&days.until));
        let directory = PathBuf::from(&days.directory);
        Some(Step::ImportUsageDays { directory, from: from?, until: until? })
    }

    fn step(&mut self, step: &shape::Step) -> Option<Located<Step>> {
        let mut place = self.place_of_draft(step);
        let value = match step {
            shape::Step::PublishFile(path) => {
                place = path.place(&self.place);
                Step::PublishFile(PathBuf::from(path.text()))
            }
            shape::Step::Publish(catalog) => self.publish(catalog)?,
            shape::Step::PlaceOrder(order) => {
                place = order.order.place(&self.place);
                Step::PlaceOrder(self.order(order)?)
            }
            shape::Step::Ship(shipment) => {
                place = shipment.shipment.place(&self.place);
                Step::Ship(self.shipment(shipment)?)
            }
            shape::Step::Activate(signal) => {
                place = signal.serial.place(&self.place);
                Step::Signal(self.signal(signal)?)
            }
            shape::Step::Change(change) => {
                place = change.change.place(&self.place);
                Step::Change(self.change(change)?)
            }
            shape::Step::PlaceHold(it) => {
                place = it.hold.place(&self.place);
                Step::Hold(Command::Place(self.place_hold(it)?))
            }
            shape::Step::ReleaseHold(it) => {
                place = it.hold.place(&self.place);
                let (hold, holder) = (self.read(&it.hold), self.read(&it.by));
                let until = self.read(&it.until);
                let (hold, holder, until) = (hold?, holder?, until?);
                Step::Hold(Command::Release(ReleaseHold { hold, holder, until }))
            }
            shape::Step::GrantCredit(it) => {
                place = it.credit.place(&self.place);
                let grant = credit_file::grant(it, &mut self.faults, &self.place)?;
                Step::Credit(credits::Command::Grant(grant))
            }
            shape::Step::AdjustCredit(it) => {
                place = it.adjustment.place(&self.place);
                let adjust = credit_file::adjust(it, &mut self.faults, &self.place)?;
                Step::Credit(credits::Command::Adjust(adjust))
            }
            shape::Step::CreditInvoice(it) => {
                place = it.request.place(&self.place);
                Step::CreditInvoice(self.credit_invoice(it)?)
            }
            shape::Step::IssueDraft(account) => Step::IssueDraft(self.read(account)?),
            shape::Step::HoldDraft(it) => {
                Step::HoldDraft(self.read(&it.account)?, it.reason.clone())
            }
            shape::Step::Use(usage) => {
                place = usage.serial.place(&self.place);
                Step::Use(self.usage(usage)?)
            }
            shape::Step::Import(files) => Step::Import(paths(files)),
            shape::Step::ImportUsageDays(days) => {
                place = days.from.place(&self.place);
                self.usage_days(days)?
            }
            shape::Step::AdvanceTo(to) => {
                place = to.place(&self.place);
                Step::AdvanceTo(self.instant(to)?)
            }
        };
        Some(Located { place, value })
    }

    fn publish(&mut self, catalog: &crate::catalog_file::CatalogFile) -> Option<Step> {
        let definitions = catalog.definitions(&self.place.file);
        let definitions = definitions.map_err(|faults| self.nested.extend(faults)).ok()?;
        let places = catalog.places(&self.place.file);
        Some(Step::Publish(LocatedDefinitions { definitions, places }))
    }

    fn order(&mut self, order: &shape::Order) -> Option<PlaceOrder> {
        let (number, ordered_on) = (self.read(&order.order), self.read(&order.ordered_on));
        let lines: Vec<_> = order.lines.iter().map(|line| self.line(line)).collect();
        Some(PlaceOrder {
            order: number?,
            customer: order.customer.clone(),
            ordered_on: ordered_on?,
            lines: lines.into_iter().collect::<Option<_>>()?,
        })
    }

    fn line(&mut self, line: &shape::Line) -> Option<PlaceLine> {
        let number = self.read(&line.line);
        let named: Vec<_> = line.named_units.iter().map(|unit| self.unit(unit)).collect();
        let named_units: Vec<OrderedUnit> = named.into_iter().collect::<Option<_>>()?;
        let components: Vec<_> = line
            .components
            .iter()
            .map(|(component, quantity)| Some((component.clone(), self.read(quantity)?)))
            .collect();
        let prices = catalog_file::row_prices(&line.prices, line.line.place(&self.place));
        let prices = prices.map_err(|faults| self.nested.extend(faults)).ok();
        let counted = u32::try_from(named_units.len()).ok().filter(|count| *count > 0);
        let units = match &line.units {
            Some(units) => Some(self.read(units)?),
            None => counted,
        };
        Some(PlaceLine {
            line: number?,
            offer: line.offer.clone(),
            units,
            options: line.options.clone(),
            components: components.into_iter().collect::<Option<_>>()?,
            named_units,
            prices: prices?,
            takes_over: match &line.takes_over {
                Some(it) => Some(self.take_over(it)?),
                None => None,
            },
            term: match &line.term {
                Some(it) => Some(self.term(it)?),
                None => None,
            },
            invoice: match &line.invoice {
                Some(it) => Some(self.read(it)?),
                None => None,
            },
        })
    }

    fn take_over(&mut self, it: &shape::TakeOver) -> Option<GoOnFor> {
        let (line, on) = (self.read(&it.line), self.read(&it.on));
        let units: Vec<_> = it.units.iter().map(|unit| self.read(unit)).collect();
        let on = match on? {
            MomentOr::Named(moment) => FirstDay::At(moment),
            MomentOr::At(on) => FirstDay::On(on),
        };
        Some(GoOnFor { line: line?, units: units.into_iter().collect::<Option<_>>()?, on })
    }

    fn term(&mut self, it: &shape::Term) -> Option<AskTerm> {
        let fixed = match it {
            shape::Term::Evergreen => return Some(AskTerm::Evergreen),
            shape::Term::With(line) => return self.read(line).map(AskTerm::With),
            shape::Term::Fixed(fixed) => fixed,
        };
        let renewal = match &fixed.renewal {
            None => None,
            Some(it) => Some(Renewal {
                months: self.read(&it.months)?,
                notice_days: self.or(&it.notice_days, Some(0))?,
                reminder_days: self.or(&it.reminder_days, Some(0))?,
                uplift: match &it.uplift {
                    Some(uplift) => Some(self.read(uplift)?),
                    None => None,
                },
            }),
        };
        let from = match &fixed.from {
            Some(from) => Some(self.read(from)?),
            None => None,
        };
        Some(AskTerm::Months { from, count: self.read(&fixed.months)?, renewal })
    }

    fn unit(&mut self, unit: &shape::Unit) -> Option<OrderedUnit> {
        let zone = self.or(&unit.zone, Some(self.zone.clone()));
        let name = self.read(&unit.unit);
        Some(OrderedUnit {
            unit: name?,
            attributes: unit.attributes.clone(),
            zone: zone?,
            after: None,
        })
    }

    fn shipment(&mut self, it: &shape::Shipment) -> Option<ReportShipment> {
        let (shipment, order_line) = (self.read(&it.shipment), self.read(&it.order_line));
        let (unit, serial) = (self.read(&it.unit), self.read(&it.serial));
        let reason = self.or(&it.reason, Some(ShipmentReason::Sale));
        let shipped_at = self.instant(&it.shipped_at);
        let delivered_at = it.delivered_at.as_ref().map(|written| self.instant(written));
        Some(ReportShipment {
            shipment: shipment?,
            order_line: order_line?,
            unit: unit?,
            serial: serial?,
            reason: reason?,
            shipped_at: shipped_at?,
            delivered_at: match delivered_at {
                Some(read) => Some(read?),
                None => None,
            },
            carrier: it.carrier.clone().unwrap_or_default(),
        })
    }

    fn signal(&mut self, it: &shape::Activation) -> Option<DeviceSignalled> {
        let (serial, signalled_at) = (self.read(&it.serial), self.instant(&it.at));
        let id = serial.as_ref().zip(signalled_at).map(|(serial, at)| format!("{serial} {at}"));
        let id = self.or(&it.id, id.and_then(|id| EventId::new(id).ok()));
        let source = self.or(&it.source, EventSource::new(SOURCE).ok());
        Some(DeviceSignalled {
            source: source?,
            id: id?,
            event_type: it.event_type.clone().unwrap_or_else(|| ACTIVATION.to_owned()),
            serial: serial?,
            signalled_at: signalled_at?,
        })
    }

    fn change(&mut self, it: &shape::Change) -> Option<Vec<ChangeUnit>> {
        let change = self.read(&it.change);
        let effective = self.effective(&it.effective_at);
        let recorded_at = match (&it.recorded_at, effective) {
            (Some(written), _) => self.instant(written),
            (None, Some(Effective::At(at))) => Some(at),
            (None, Some(Effective::Named(_))) => {
                let field = "recorded_at".to_owned();
                let place = it.effective_at.place(&self.place);
                self.faults.add(place, InputRejection::Missing { field });
                None
            }
            (None, None) => None,
        };
        let action = match &it.action {
            shape::Action::ChangePlan(plan) => self.read(plan).map(ChangeAction::Plan),
            shape::Action::Suspend => Some(ChangeAction::Suspend),
            shape::Action::Resume => Some(ChangeAction::Resume),
            shape::Action::Swap(serial) => self.read(serial).map(ChangeAction::Swap),
            shape::Action::Return => Some(ChangeAction::Return),
            shape::Action::Cancel => Some(ChangeAction::Cancel),
            shape::Action::Accept => Some(ChangeAction::Accept),
            shape::Action::Lost => Some(lost(LossCause::Lost)),
            shape::Action::Stolen => Some(lost(LossCause::Stolen)),
        };
        let units: Vec<_> = it.units.iter().map(|unit| self.read(unit)).collect();
        let (change, action) = (change?, action?);
        let (recorded_at, effective) = (recorded_at?, effective?);
        let of_unit = |unit| ChangeUnit {
            change: change.clone(),
            unit,
            recorded_at,
            effective,
            action: action.clone(),
        };
        units.into_iter().map(|unit| unit.map(of_unit)).collect()
    }

    fn effective(&mut self, written: &Written<MomentOr<When>>) -> Option<Effective> {
        let when = match self.read(written)? {
            MomentOr::Named(moment) => return Some(Effective::Named(moment)),
            MomentOr::At(when) => when.in_zone(&self.zone),
        };
        let bad = || InputRejection::BadInstant { text: written.text().to_owned() };
        self.faults.keep(written.place(&self.place), when.ok_or_else(bad)).map(Effective::At)
    }

    /// The event as the JSON that a device would send, so that it takes the way of every event.
    fn usage(&mut self, it: &shape::Usage) -> Option<String> {
        let (serial, at) = (self.read(&it.serial), self.instant(&it.at));
        let (serial, at) = (serial?, at?);
        let id = EventId::new(format!("{serial} {} {at}", it.event_type)).ok();
        let (id, source) =
            (self.or(&it.id, id), self.or(&it.source, EventSource::new(SOURCE).ok()));
        let text = |text: &str| serde_json::Value::from(text).to_string();
        let mut mark = String::new();
        if let Some(revision) = &it.revision {
            let revision = self.read(revision)?;
            write!(mark, r#""usagerevision":{revision},"#).ok()?;
        }
        if let Some(cancelled) = &it.cancelled {
            let cancelled = self.read(cancelled)?;
            write!(mark, r#""usagecancelled":{cancelled},"#).ok()?;
        }
        let mut data = String::new();
        for (name, value) in &it.data {
            let separator = if data.is_empty() { "" } else { "," };
            let is_number = serde_json::from_str::<serde_json::Number>(value.text()).is_ok();
            let value = if is_number { value.text().to_owned() } else { text(value.text()) };
            write!(data, "{separator}{}:{value}", text(name)).ok()?;
        }
        Some(format!(
            concat!(
                r#"{{"specversion":"1.0","id":{},"source":{},"type":{},"#,
                r#""subject":{},"time":{},{}"data":{{{}}}}}"#
            ),
            text(id?.as_str()),
            text(source?.as_str()),
            text(&it.event_type),
            text(serial.as_str()),
            text(&at.to_string()),
            mark,
            data,
        ))
    }
}

/// A loss; what follows is said by the offer.
const fn lost(cause: LossCause) -> ChangeAction {
    ChangeAction::Lost(Loss { cause, then: AfterLoss::Ends })
}

fn paths(files: &shape::Files) -> Files {
    let path = |path: &Option<String>| path.as_ref().map(PathBuf::from);
    Files {
        orders: path(&files.orders),
        units: path(&files.units),
        shipments: path(&files.shipments),
        signals: path(&files.signals),
        changes: path(&files.changes),
        usage: path(&files.usage),
    }
}
