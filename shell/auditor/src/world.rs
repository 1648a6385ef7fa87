//! Everything that is stored, in memory: an audit is rare and may be large, it must be right.

use std::collections::{BTreeMap, BTreeSet};

use facts::credit_note::CreditedPart;
use facts::invoice::InvoiceLine;
use facts::offer::{ChargeRule, Component};
use facts::order::{OrderLine, OrderedUnit};
use facts::unit::ChangeAction;
use facts::usage::Series;
use facts::{
    AccountId, AccountRegistered, BalanceAdopted, CreditAdjusted, CreditGranted, CreditLapsed,
    CreditNoteIssued, DeviceSerial, DeviceSignalled, EntryPosted, Fact, FulfilmentSpecPublished,
    HoldPlaced, HoldReleased, InvoiceDrafted, InvoiceIssued, InvoiceNumber, ItemDelivered,
    ItemShipped, MeterCode, MeterPublished, OfferPublished, OfferRef, OrderAccepted, OrderLineId,
    SellerPublished, UnitAdopted, UnitChanged, UnitId, UnitTakenOver, UsageAmended, UsageReceived,
    UsageReplayed,
};
use jiff::Timestamp;
use jiff::civil::Date;
use store::{StoreError, Tx};

use crate::bills::parts_of;
use crate::usage_log::UsageLog;

/// A fact's content, and where it stands in the log.
#[derive(Debug, Clone)]
pub(crate) struct Logged<T> {
    pub sequence: i64,
    pub it: T,
}

/// What is recorded about one unit, in the order of the log.
#[derive(Debug, Default)]
pub(crate) struct UnitFacts {
    pub shipments: Vec<Logged<ItemShipped>>,
    pub deliveries: Vec<Logged<ItemDelivered>>,
    pub changes: Vec<Logged<UnitChanged>>,
    pub taken_over: Vec<Logged<UnitTakenOver>>,
    /// Until when usage was looked at that can start it, the last time that it said something else.
    pub looked_until: Option<Timestamp>,
}

/// Everything that the checks read more than once.
#[derive(Debug, Default)]
pub(crate) struct World {
    /// The latest version of each.
    pub accounts: BTreeMap<AccountId, AccountRegistered>,
    /// Every version, in the order of the log.
    pub account_versions: Vec<Logged<AccountRegistered>>,
    /// The accounts whose payer changed.
    several_payers: BTreeSet<AccountId>,
    /// Every version, in the order of the log.
    pub sellers: Vec<Logged<SellerPublished>>,
    /// Every version, in the order of the log.
    pub meters: Vec<Logged<MeterPublished>>,
    pub specs: Vec<Logged<FulfilmentSpecPublished>>,
    pub offers: BTreeMap<OfferRef, OfferPublished>,
    pub orders: Vec<Logged<OrderAccepted>>,
    pub units: BTreeMap<UnitId, UnitFacts>,
    pub signals: BTreeMap<DeviceSerial, Vec<Logged<DeviceSignalled>>>,
    pub batches: Vec<UsageReceived>,
    pub replays: Vec<UsageReplayed>,
    /// What devices used, where an offer starts services with that.
    pub uses: BTreeMap<String, Vec<Series>>,
    /// Where in the log of facts each segment of usage was recorded, in the order of the segments.
    segments: Vec<i64>,
    pub amended: Vec<UsageAmended>,
    pub adopted: BTreeMap<UnitId, UnitAdopted>,
    pub opened: Vec<BalanceAdopted>,
    pub holds: Vec<Logged<HoldPlaced>>,
    pub releases: Vec<Logged<HoldReleased>>,
    pub credits: Vec<Logged<CreditGranted>>,
    pub credit_adjustments: Vec<Logged<CreditAdjusted>>,
    pub credit_lapses: Vec<Logged<CreditLapsed>>,
    /// The ends of terms that something was said of.
    pub term_days: Vec<(OrderLineId, Date)>,
    pub drafts: Vec<Logged<InvoiceDrafted>>,
    /// In the order of the log.
    pub invoices: Vec<Logged<InvoiceIssued>>,
    /// What those that bill several accounts bill each, in the order of the log.
    parts: Vec<Logged<InvoiceIssued>>,
    /// Where the last invoice of an account and day stands.
    last_of_day: BTreeMap<(AccountId, Date), i64>,
    /// In the order of the log.
    pub credit_notes: Vec<Logged<CreditNoteIssued>>,
    pub entries: Vec<EntryPosted>,
    /// Where each unit was ordered: order, line and unit, by position.
    ordered: BTreeMap<UnitId, (usize, usize, usize)>,
    /// Which unit goes on for which.
    next: BTreeMap<UnitId, UnitId>,
    /// The units of each account.
    units_of: BTreeMap<AccountId, BTreeSet<UnitId>>,
}

/// What a unit was sold under.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Contract<'a> {
    /// Where the order stands in the log.
    pub sequence: i64,
    pub order: &'a OrderAccepted,
    pub line: &'a OrderLine,
    pub unit: &'a UnitId,
    pub ordered: &'a OrderedUnit,
    pub offer: &'a OfferPublished,
}

impl<'a> Contract<'a> {
    /// The components that the order line takes.
    pub(crate) fn components(self) -> impl Iterator<Item = &'a Component> {
        let of_line = &self.line.components;
        self.offer.components.iter().filter(|it| of_line.contains_key(&it.code))
    }

    /// The component that prices a meter.
    pub(crate) fn priced_by(self, meter: &MeterCode) -> Option<&'a Component> {
        let mut components = self.components();
        components
            .find(|it| matches!(&it.charge, ChargeRule::Usage { meter: of, .. } if of == meter))
    }
}

/// What somebody knew: what stands in the log before a position, and happened before an instant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Knowledge {
    pub before_sequence: i64,
    pub before: Timestamp,
}

impl Knowledge {
    /// Everything that is recorded.
    pub(crate) const ALL: Self = Self { before_sequence: i64::MAX, before: Timestamp::MAX };

    /// What an invoice could know: what was recorded before it, and happened before 00:00 of its
    /// day in the account's zone. A day beyond the calendar knows nothing, so that it is noticed.
    pub(crate) fn of_invoice(invoice: &Logged<InvoiceIssued>) -> Self {
        let zone = &invoice.it.account.zone;
        let before = zone.start_of(invoice.it.issued_on).unwrap_or(Timestamp::MIN);
        Self { before_sequence: invoice.sequence, before }
    }

    pub(crate) fn has<T>(self, fact: &Logged<T>, happened_at: Timestamp) -> bool {
        fact.sequence < self.before_sequence && happened_at < self.before
    }
}

impl World {
    /// Reads the log, one kind after the other.
    pub(crate) fn load(tx: &mut dyn Tx) -> Result<Self, StoreError> {
        const KINDS: [&str; 29] = [
            "SellerPublished",
            "AccountRegistered",
            "MeterPublished",
            "FulfilmentSpecPublished",
            "OfferPublished",
            "OrderAccepted",
            "ItemShipped",
            "ItemDelivered",
            "DeviceSignalled",
            "UnitChanged",
            "UnitTakenOver",
            "UnitUsed",
            "RenewalNoticeDue",
            "TermRenewed",
            "TermEnded",
            "HoldPlaced",
            "HoldReleased",
            "UsageReceived",
            "UsageReplayed",
            "UsageAmended",
            "CreditGranted",
            "CreditAdjusted",
            "CreditLapsed",
            "InvoiceDrafted",
            "InvoiceIssued",
            "CreditNoteIssued",
            "UnitAdopted",
            "BalanceAdopted",
            "EntryPosted",
        ];
        let mut world = Self::default();
        for kind in KINDS {
            for recorded in tx.facts_of_kind(kind)? {
                world.add(recorded.sequence, recorded.fact);
            }
        }
        world.segments.sort_unstable();
        if world.offers.values().any(|offer| offer.start.asks_usage()) {
            world.load_uses(tx)?;
        }
        Ok(world)
    }

    fn load_uses(&mut self, tx: &mut dyn Tx) -> Result<(), StoreError> {
        let log = UsageLog::load(tx)?;
        let all = self.units.values();
        let sold = all.clone().flat_map(|unit| unit.shipments.iter().map(|it| &it.it.serial));
        let swapped = all.flat_map(|unit| &unit.changes).filter_map(|it| match &it.it.action {
            ChangeAction::Swap(serial) => Some(serial),
            _ => None,
        });
        let serials: BTreeSet<&str> = sold.chain(swapped).map(|it| it.as_str()).collect();
        for series in log.series(&serials.into_iter().collect::<Vec<_>>())? {
            self.uses.entry(series.subject.clone()).or_default().push(series);
        }
        Ok(())
    }

    /// The last segment of usage that was recorded before a position of the log of facts.
    pub(crate) fn last_segment(&self, before: i64) -> i64 {
        let segments = self.segments.partition_point(|it| *it < before);
        i64::try_from(segments).unwrap_or(i64::MAX)
    }

    fn add(&mut self, sequence: i64, fact: Fact) {
        match fact {
            Fact::AccountRegistered(it) => {
                let before = self.accounts.get(&it.account).map(|before| &before.paid_by);
                if before.is_some_and(|before| *before != it.paid_by) {
                    self.several_payers.insert(it.account.clone());
                }
                self.accounts.insert(it.account.clone(), it.clone());
                self.account_versions.push(Logged { sequence, it });
            }
            Fact::SellerPublished(it) => self.sellers.push(Logged { sequence, it }),
            Fact::MeterPublished(it) => self.meters.push(Logged { sequence, it }),
            Fact::FulfilmentSpecPublished(it) => self.specs.push(Logged { sequence, it }),
            Fact::OfferPublished(it) => {
                self.offers.insert(it.reference(), it);
            }
            Fact::OrderAccepted(it) => self.add_order(sequence, it),
            Fact::ItemShipped(it) => self.unit(&it.unit).shipments.push(Logged { sequence, it }),
            Fact::ItemDelivered(it) => self.unit(&it.unit).deliveries.push(Logged { sequence, it }),
            Fact::UnitChanged(it) => self.unit(&it.unit).changes.push(Logged { sequence, it }),
            Fact::UnitTakenOver(it) => self.unit(&it.unit).taken_over.push(Logged { sequence, it }),
            Fact::UnitUsed(it) => {
                let looked_until = &mut self.unit(&it.unit).looked_until;
                *looked_until = Some(it.known_before).max(*looked_until);
            }
            Fact::RenewalNoticeDue(it) => self.term_days.push((it.line, it.until)),
            Fact::TermRenewed(it) => {
                self.term_days.push((it.line.clone(), it.from));
                self.term_days.push((it.line, it.until));
            }
            Fact::TermEnded(it) => self.term_days.push((it.line, it.ended_on)),
            Fact::DeviceSignalled(it) => {
                self.signals.entry(it.serial.clone()).or_default().push(Logged { sequence, it });
            }
            Fact::HoldPlaced(it) => self.holds.push(Logged { sequence, it }),
            Fact::HoldReleased(it) => self.releases.push(Logged { sequence, it }),
            Fact::UsageReceived(it) => {
                self.segments.push(sequence);
                self.batches.push(it);
            }
            Fact::UsageReplayed(it) => {
                self.segments.push(sequence);
                self.replays.push(it);
            }
            Fact::UsageAmended(it) => self.amended.push(it),
            Fact::CreditGranted(it) => self.credits.push(Logged { sequence, it: *it }),
            Fact::CreditAdjusted(it) => self.credit_adjustments.push(Logged { sequence, it }),
            Fact::CreditLapsed(it) => self.credit_lapses.push(Logged { sequence, it }),
            Fact::InvoiceDrafted(it) => self.drafts.push(Logged { sequence, it }),
            Fact::InvoiceIssued(it) => {
                let parts = parts_of(&it).into_iter().map(|it| Logged { sequence, it });
                let parts: Vec<_> = parts.collect();
                for part in &parts {
                    self.last_of_day
                        .insert((part.it.account.account.clone(), part.it.issued_on), sequence);
                }
                self.last_of_day.insert((it.account.account.clone(), it.issued_on), sequence);
                self.parts.extend(parts);
                self.invoices.push(Logged { sequence, it: *it });
            }
            Fact::CreditNoteIssued(it) => self.credit_notes.push(Logged { sequence, it: *it }),
            Fact::UnitAdopted(it) => {
                self.adopted.insert(it.unit.clone(), it);
            }
            Fact::BalanceAdopted(it) => self.opened.push(it),
            Fact::EntryPosted(it) => self.entries.push(it),
            _ => {}
        }
    }

    fn add_order(&mut self, sequence: i64, order: OrderAccepted) {
        let at = self.orders.len();
        for (number, line) in order.lines.iter().enumerate() {
            for (position, unit) in line.units.iter().enumerate() {
                self.ordered.insert(unit.unit.clone(), (at, number, position));
                let units = self.units_of.entry(order.account.clone()).or_default();
                units.insert(unit.unit.clone());
                if let Some(before) = &unit.after {
                    self.next.insert(before.clone(), unit.unit.clone());
                }
            }
        }
        self.orders.push(Logged { sequence, it: order });
    }

    fn unit(&mut self, unit: &UnitId) -> &mut UnitFacts {
        self.units.entry(unit.clone()).or_default()
    }

    /// The latest version of a meter.
    pub(crate) fn meter(&self, code: &MeterCode) -> Option<&MeterPublished> {
        self.meters.iter().rev().map(|meter| &meter.it).find(|meter| meter.code == *code)
    }

    /// An account as it stood on a day: its last version of that day or before, or its first.
    pub(crate) fn account_on(&self, account: &AccountId, day: Date) -> Option<&AccountRegistered> {
        let mut versions = self.account_versions.iter().map(|it| &it.it);
        let first = versions.clone().find(|it| it.account == *account);
        let of_day = |it: &&AccountRegistered| it.account == *account && it.effective_from <= day;
        versions.rfind(of_day).or(first)
    }

    /// What a unit was sold under; none when it was not ordered, or under an unknown offer.
    pub(crate) fn contract(&self, unit: &UnitId) -> Option<Contract<'_>> {
        let (order, line, position) = self.ordered.get(unit)?;
        let logged = self.orders.get(*order)?;
        let line = logged.it.lines.get(*line)?;
        let ordered = line.units.get(*position)?;
        Some(Contract {
            sequence: logged.sequence,
            order: &logged.it,
            line,
            unit: &ordered.unit,
            ordered,
            offer: self.offers.get(&line.offer)?,
        })
    }

    /// The contracts that one device is and was under, from the one that it was sold with on.
    pub(crate) fn contracts_of_device(&self, unit: &UnitId) -> Vec<Contract<'_>> {
        let mut first = self.contract(unit);
        while let Some(before) = first.and_then(|it| it.ordered.after.as_ref()) {
            first = self.contract(before);
        }
        let mut contracts: Vec<Contract<'_>> = first.into_iter().collect();
        while let Some(next) = contracts.last().and_then(|it| self.next.get(it.unit)) {
            match self.contract(next) {
                Some(next) => contracts.push(next),
                None => break,
            }
        }
        contracts
    }

    /// The contracts of an account, by unit.
    pub(crate) fn contracts_of(&self, account: &AccountId) -> Vec<Contract<'_>> {
        let units = self.units_of.get(account).into_iter().flatten();
        units.filter_map(|unit| self.contract(unit)).collect()
    }

    /// The lines of earlier invoices that became due again since the invoice before: what they
    /// billed counts no more from this one on.
    pub(crate) fn due_again(&self, invoice: &Logged<InvoiceIssued>) -> Vec<&InvoiceLine> {
        let account = &invoice.it.account.account;
        let of_account = |it: &&Logged<InvoiceIssued>| it.it.account.account == *account;
        let earlier = self.bills().filter(of_account).map(|it| it.sequence);
        let before = earlier.filter(|it| *it < invoice.sequence).max().unwrap_or_default();
        let notes = self.credit_notes.iter().filter(|note| {
            let is_between = before < note.sequence && note.sequence < invoice.sequence;
            note.it.rebill && is_between
        });
        notes.flat_map(|note| self.credited_lines(&note.it, account)).collect()
    }

    /// Whether a line is due again by a credit note before a position of the log.
    pub(crate) fn is_due_again(&self, invoice: &InvoiceIssued, line: u32, sequence: i64) -> bool {
        self.credit_notes.iter().any(|note| {
            note.sequence < sequence
                && note.it.rebill
                && note.it.invoice == invoice.number
                && note.it.lines.iter().any(|it| it.invoice_line == line)
        })
    }

    /// The lines that were given back whole and for good, before a position of the log: the facts
    /// bill them no more and give them back no more.
    pub(crate) fn settled(&self, account: &AccountId, sequence: i64) -> Vec<&InvoiceLine> {
        let is_known = |note: &&Logged<CreditNoteIssued>| note.sequence < sequence;
        let notes = self.credit_notes.iter().filter(is_known).filter(|note| !note.it.rebill);
        notes.flat_map(|note| self.credited_lines(&note.it, account)).collect()
    }

    /// The lines of an account that a note credits whole.
    fn credited_lines(&self, note: &CreditNoteIssued, account: &AccountId) -> Vec<&InvoiceLine> {
        let invoice = self
            .bills()
            .find(|it| it.it.number == note.invoice && it.it.account.account == *account);
        let is_whole = |line: &&InvoiceLine| {
            note.lines.iter().any(|it| {
                it.invoice_line == line.line
                    && matches!(it.part, CreditedPart::Whole | CreditedPart::Rest)
            })
        };
        invoice.into_iter().flat_map(|it| &it.it.lines).filter(is_whole).collect()
    }

    /// What each invoice bills each account.
    pub(crate) fn bills(&self) -> impl Iterator<Item = &Logged<InvoiceIssued>> {
        let of_one = self.invoices.iter().filter(|it| it.it.paid_for.is_empty());
        of_one.chain(&self.parts)
    }

    /// What is billed of each account, whoever pays, in the order of the log.
    pub(crate) fn invoices_by_account(&self) -> BTreeMap<&AccountId, Vec<&Logged<InvoiceIssued>>> {
        let mut invoices: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for invoice in self.bills() {
            invoices.entry(&invoice.it.account.account).or_default().push(invoice);
        }
        invoices.values_mut().for_each(|it: &mut Vec<&Logged<_>>| it.sort_by_key(|it| it.sequence));
        invoices
    }

    /// Whether no other invoice of the day, for order lines that asked for their own, bills the
    /// same account after it.
    pub(crate) fn is_last_of_day(&self, bill: &Logged<InvoiceIssued>) -> bool {
        let day = (bill.it.account.account.clone(), bill.it.issued_on);
        self.last_of_day.get(&day).is_none_or(|last| *last <= bill.sequence)
    }

    /// An invoice.
    pub(crate) fn invoice(&self, number: &InvoiceNumber) -> Option<&Logged<InvoiceIssued>> {
        self.invoices.iter().find(|it| it.it.number == *number)
    }

    pub(crate) fn has_several_payers(&self, account: &AccountId) -> bool {
        self.several_payers.contains(account)
    }

    /// Whether somebody pays for an account, or did, or it does so itself.
    pub(crate) fn ever_paid(&self, payer: &AccountId, account: &AccountId) -> bool {
        let versions = self.account_versions.iter().map(|it| &it.it);
        let mut of_account = versions.filter(|it| it.account == *account);
        of_account.any(|it| it.paid_by.as_ref().unwrap_or(&it.account) == payer)
    }

    /// Whether a bill must have all that is due. Of a day, what one leaves out others have; where
    /// the account had several payers too, and only the last must have left nothing.
    pub(crate) fn must_be_complete(&self, bill: &Logged<InvoiceIssued>) -> bool {
        let account = &bill.it.account.account;
        let is_later = |other: &Logged<InvoiceIssued>| {
            other.sequence > bill.sequence && other.it.account.account == *account
        };
        let is_early = bill.it.threshold.is_some();
        let is_shared = self.has_several_payers(account);
        let is_left = is_shared && self.bills().any(is_later);
        !is_early && self.is_last_of_day(bill) && !is_left
    }
}
