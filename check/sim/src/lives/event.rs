//! What happens in a life, how it is told to the engine, and how it is written for a person.

use std::fmt;
use std::num::NonZeroUsize;

use connect::usage_file;
use engine::EngineError;
use facts::credit_note::CreditReason;
use facts::{AccountId, AccountRegistered, DeviceSignalled, InvoiceIssued};
use fulfilment::{ChangeUnit, ReportShipment};
use holds::Command;
use invoicing::{AskedPart, CreditInvoice};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{BillCalendar, CycleChange};
use orders::PlaceOrder;
use store::Store;

/// Something that happens.
#[derive(Debug, Clone)]
pub enum Event {
    /// A customer orders, or an earlier line is taken over.
    Order(Box<PlaceOrder>),
    /// The ERP reports a shipment, and again its delivery.
    Ship(Box<ReportShipment>),
    /// The device cloud reports an activation.
    Signal(Box<DeviceSignalled>),
    /// An operator amends a unit.
    Change(Box<ChangeUnit>),
    /// A device uses something: the line that it sends.
    Use(String),
    /// Something of the last invoice is credited.
    Credit(AskCredit),
    /// A service holds a unit, a line or an account, or holds it no more.
    Hold(Box<Command>),
    /// The bill day of an account becomes another one.
    BillDay(BillDay),
    /// Somebody else pays for an account, or it pays for itself.
    Payer(Payer),
}

/// Who pays for an account, from a day on.
#[derive(Debug, Clone)]
pub struct Payer {
    /// The account.
    pub account: AccountId,
    /// The first day of the version that says so.
    pub effective_from: Date,
    /// Who pays; none: the account itself.
    pub paid_by: Option<AccountId>,
}

/// Another bill day, from a day on.
#[derive(Debug, Clone)]
pub struct BillDay {
    /// The account.
    pub account: AccountId,
    /// The version of the account that brings it counts from here.
    pub effective_from: Date,
    /// The change.
    pub change: CycleChange,
}

/// A wish to credit something of the last invoice of an account.
#[derive(Debug, Clone)]
pub struct AskCredit {
    /// The account.
    pub account: AccountId,
    /// Name of the request.
    pub request: String,
    /// What of it.
    pub what: CreditWhat,
}

/// What is credited of an invoice.
#[derive(Debug, Clone, Copy)]
pub enum CreditWhat {
    /// All of it, to be billed again.
    Whole,
    /// One of its lines, counted round, to be billed again.
    Line(usize),
    /// A cent of one of its lines, as a gesture.
    Cent(usize),
}

/// An event and when it is told.
#[derive(Debug, Clone)]
pub struct Told {
    /// When it is told, where everything is told as it happens.
    pub at: Timestamp,
    /// What happens.
    pub event: Event,
}

/// What the engine made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken.
    Taken,
    /// There was nothing to do.
    Nothing,
    /// It was refused: the codes.
    Refused(Vec<&'static str>),
}

/// What was credited, to ask for the same again.
pub type Asked = CreditInvoice;

impl Told {
    /// Tells it; of a credit, what was asked for.
    ///
    /// # Panics
    /// When the engine fails with anything but a reasoned refusal.
    pub fn tell(&self, store: &mut dyn Store, now: Timestamp) -> (Outcome, Option<Asked>) {
        let told = match &self.event {
            Event::Order(it) => {
                engine::orders::import(store, std::slice::from_ref(it), now).map(|_| ())
            }
            Event::Ship(it) => {
                let reports = std::slice::from_ref(it.as_ref());
                engine::fulfilment::import_shipments(store, reports, now).map(|_| ())
            }
            Event::Signal(it) => {
                let signals = std::slice::from_ref(it.as_ref());
                engine::fulfilment::send_signals(store, signals, now).map(|_| ())
            }
            Event::Change(it) => {
                let changes = std::slice::from_ref(it.as_ref());
                engine::changes::record(store, changes, now).map(|_| ())
            }
            Event::Use(line) => send_line(store, line, now),
            Event::Hold(it) => {
                let commands = std::slice::from_ref(it.as_ref());
                engine::holds::record(store, commands, now).map(|_| ())
            }
            Event::BillDay(it) => it.publish(store, now),
            Event::Payer(it) => publish(store, (&it.account, it.effective_from), now, |account| {
                account.paid_by.clone_from(&it.paid_by);
            }),
            Event::Credit(it) => {
                let Some(asked) = it.of_last_invoice(store) else {
                    return (Outcome::Nothing, None);
                };
                let outcome = credit(store, &asked, now);
                return (outcome, Some(asked));
            }
        };
        (outcome(told), None)
    }
}

impl BillDay {
    /// Publishes the account as it is, with the change.
    fn publish(&self, store: &mut dyn Store, now: Timestamp) -> engine::Result<()> {
        publish(store, (&self.account, self.effective_from), now, |account| {
            let first = account.bill_cycle.first();
            account.bill_cycle = BillCalendar::new(first, vec![self.change]).unwrap();
        })
    }
}

/// Publishes the account as it is, with a change; what a later version stands on changes no more.
fn publish(
    store: &mut dyn Store,
    (account, effective_from): (&AccountId, Date),
    now: Timestamp,
    change: impl Fn(&mut AccountRegistered),
) -> engine::Result<()> {
    let mut definitions = engine::catalog::published(store)?;
    definitions.accounts.retain(|it| it.account == *account && it.effective_from < effective_from);
    for account in &mut definitions.accounts {
        account.effective_from = effective_from;
        change(account);
    }
    let accounts = definitions.accounts;
    let definitions = catalog::Definitions { accounts, ..Default::default() };
    engine::catalog::publish(store, &definitions, now).map(|_| ())
}

/// Credits, or is refused.
pub(crate) fn credit(store: &mut dyn Store, asked: &Asked, now: Timestamp) -> Outcome {
    outcome(engine::credit_notes::issue(store, asked, now).map(|_| ()))
}

fn outcome(told: engine::Result<()>) -> Outcome {
    match told {
        Ok(()) => Outcome::Taken,
        Err(EngineError::Refused(reasons)) => {
            Outcome::Refused(reasons.iter().map(|it| it.rejection.code()).collect())
        }
        Err(error @ EngineError::Store(_)) => panic!("{error}"),
    }
}

fn send_line(store: &mut dyn Store, line: &str, now: Timestamp) -> engine::Result<()> {
    let batches = usage_file::open("life", line.as_bytes(), NonZeroUsize::MIN);
    for batch in batches.into_iter().flatten().flatten() {
        let batch = engine::usage::UsageBatch {
            digest: batch.digest(),
            name: "life".to_owned(),
            first_line: batch.first_line,
            lines: batch.lines,
        };
        engine::usage::receive(store, batch, now)?;
    }
    Ok(())
}

impl AskCredit {
    /// The request, once it is known what there is to credit.
    fn of_last_invoice(&self, store: &mut dyn Store) -> Option<CreditInvoice> {
        let invoices = engine::read::invoices(store).ok()?;
        let of_account = |it: &&InvoiceIssued| it.account.account == self.account;
        let invoice = invoices.iter().rfind(of_account)?;
        let line = |place: usize| {
            let line = &invoice.lines[place % invoice.lines.len()];
            (line.line, line.charge.amount.minor.signum())
        };
        let (lines, rebill) = match self.what {
            CreditWhat::Whole => (None, true),
            CreditWhat::Line(place) => (Some(vec![(line(place).0, AskedPart::All)]), true),
            CreditWhat::Cent(place) => {
                let (number, sign) = line(place);
                let cent = format!("{}0.01", if sign < 0 { "-" } else { "" });
                (Some(vec![(number, AskedPart::Amount(cent.parse().ok()?))]), false)
            }
        };
        Some(CreditInvoice {
            request: self.request.parse().ok()?,
            invoice: invoice.number.clone(),
            reason: CreditReason::Error,
            note: None,
            rebill,
            lines,
        })
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  ", self.at)?;
        match &self.event {
            Event::Order(it) => order(f, it),
            Event::Ship(it) => {
                write!(
                    f,
                    "ship {} of {} as {} ({:?})",
                    it.unit, it.order_line, it.serial, it.reason
                )?;
                write!(f, ", shipped {}", it.shipped_at)?;
                it.delivered_at.map_or(Ok(()), |at| write!(f, ", delivered {at}"))
            }
            Event::Signal(it) => write!(f, "signal of {} at {}", it.serial, it.signalled_at),
            Event::Change(it) => {
                write!(f, "change {} of {}: {:?}", it.change, it.unit, it.action)?;
                write!(f, " from {:?}, recorded {}", it.effective, it.recorded_at)
            }
            Event::Use(line) => write!(f, "use {line}"),
            Event::Hold(it) => write!(f, "{it:?}"),
            Event::BillDay(it) => {
                let BillDay { account, change, .. } = it;
                write!(f, "bill day of {account}: {change:?}")
            }
            Event::Payer(Payer { account, effective_from, paid_by }) => {
                write!(f, "{account} paid by {paid_by:?} from {effective_from}")
            }
            Event::Credit(it) => {
                write!(f, "credit {:?} of the last invoice of {}", it.what, it.account)
            }
        }
    }
}

fn order(f: &mut fmt::Formatter<'_>, it: &PlaceOrder) -> fmt::Result {
    write!(f, "order {} of {} on {}", it.order, it.customer, it.ordered_on)?;
    for line in &it.lines {
        write!(f, "; line {} {}", line.line, line.offer)?;
        if let Some(term) = &line.term {
            write!(f, " {term:?}")?;
        }
        if !line.components.is_empty() {
            write!(f, " {:?}", line.components)?;
        }
        match &line.takes_over {
            Some(it) => write!(f, " takes over {} {:?} {:?}", it.line, it.units, it.on)?,
            None => {
                let units: Vec<_> = line.named_units.iter().map(|it| it.unit.as_str()).collect();
                write!(f, " units {}", units.join(", "))?;
            }
        }
    }
    Ok(())
}
