//! A random life: what customers, carriers, devices and operators do, out of a seed. Most of it can
//! be; some of it cannot, and must be refused whenever it is told.

use std::collections::BTreeSet;

use facts::hold::{Blocked, HoldTarget};
use facts::order::{Moment, OrderedUnit, Renewal};
use facts::unit::{ChangeAction, ShipmentReason};
use facts::{AccountId, DeviceSignalled, HoldId, HolderCode};
use fulfilment::{ChangeUnit, Effective, ReportShipment};
use holds::{Command, PlaceHold, ReleaseHold};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use kernel::calendar::add_days;
use kernel::{BillCycle, CycleChange, Zone};
use orders::{AskInvoice, AskTerm, FirstDay, GoOnFor, PlaceLine, PlaceOrder};

use super::event::{AskCredit, BillDay, CreditWhat, Event, Payer, Told};
use crate::dice::Dice;

/// No life begins before; some devices send something a few days earlier.
pub const FIRST_DAY: Date = date(2027, 9, 20);
/// Nothing of a life is told later.
pub const LAST_DAY: Date = date(2028, 6, 15);

/// With daylight saving on other days, at midnight, of half an hour, and none.
const ZONES: [&str; 6] = [
    "Europe/Paris",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Beirut",
    "Pacific/Auckland",
    "UTC",
];
const OFFERS: [&str; 11] = [
    "outright", "parts", "exact", "lengths", "fleet", "project", "works", "tried", "awaited",
    "metered", "sampled",
];

/// The life of one customer and of the one who can take contracts over.
#[derive(Debug, Clone)]
pub struct Life {
    /// What it is made of.
    pub seed: u64,
    /// The zone of both.
    pub zone: Zone,
    /// The accounts and their bill days.
    pub accounts: [(AccountId, u8); 2],
    /// The usage from which on the first account does not wait for its bill day, in euros.
    pub threshold: Option<u8>,
    /// What happens, in the order in which it is told.
    pub told: Vec<Told>,
}

impl Life {
    /// The life of a seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let zone: Zone = ZONES[dice.below(ZONES.len())].parse().unwrap();
        let bill_day = |dice: &mut Dice| match dice.below(3) {
            0 => 1,
            1 => 28 + u8::try_from(dice.below(4)).unwrap(),
            _ => 1 + u8::try_from(dice.below(31)).unwrap(),
        };
        let days = [bill_day(&mut dice), bill_day(&mut dice)];
        let account = |name: &str| AccountId::new(format!("{name}{seed}")).unwrap();
        let mut accounts = [(account("A"), days[0]), (account("B"), days[1])];
        let day = add_days(FIRST_DAY, 1 + i32::try_from(dice.below(150)).unwrap()).unwrap();
        let mut writer = Writer {
            dice,
            seed,
            zone: zone.clone(),
            day,
            units: Vec::new(),
            lines: Vec::new(),
            told: Vec::new(),
            count: 0,
        };
        writer.write();
        if writer.chance(25) {
            writer.bill_day();
        }
        if writer.chance(35) {
            // Both have one bill day, or one could not pay for the other.
            accounts[1].1 = accounts[0].1;
            writer.payer();
        }
        let some = writer.chance(25);
        let threshold = some.then(|| 1 + u8::try_from(writer.dice.below(20)).unwrap());
        let mut told = writer.told;
        told.sort_by_key(|it| it.at);
        Self { seed, zone, accounts, threshold, told }
    }
}

/// A unit that may be there, and the device that it was sold with.
#[derive(Clone)]
struct Unit {
    name: String,
    line: String,
    serial: String,
}

struct Writer {
    dice: Dice,
    seed: u64,
    zone: Zone,
    /// Today.
    day: Date,
    units: Vec<Unit>,
    lines: Vec<String>,
    told: Vec<Told>,
    count: u32,
}

impl Writer {
    fn write(&mut self) {
        self.order();
        for _ in 0..4 + self.dice.below(9) {
            self.pass(18);
            match self.dice.below(100) {
                0..8 => self.order(),
                8..20 => self.take_over(),
                20..26 => self.hold(),
                26..60 => self.change(),
                60..90 => self.usage(),
                _ => self.credit(),
            }
        }
    }

    /// Up to so many days pass.
    fn pass(&mut self, days: usize) {
        let days = i32::try_from(self.dice.below(days)).unwrap();
        self.day = add_days(self.day, days).unwrap().min(add_days(LAST_DAY, -90).unwrap());
    }

    fn number(&mut self) -> u32 {
        self.count += 1;
        self.count
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.dice.below(100) < percent
    }

    /// A day so many days from today.
    fn day_near(&mut self, least: i32, most: i32) -> Date {
        let width = usize::try_from(most - least + 1).unwrap();
        let days = least + i32::try_from(self.dice.below(width)).unwrap();
        add_days(self.day, days).unwrap()
    }

    /// An instant of a day; often the first.
    fn instant(&mut self, day: Date) -> Timestamp {
        let seconds = match self.dice.below(4) {
            0 => 0,
            1 => 23 * 3600 + self.dice.below(3600),
            _ => self.dice.below(23 * 3600),
        };
        let seconds = SignedDuration::from_secs(i64::try_from(seconds).unwrap());
        self.zone.start_of(day).unwrap().checked_add(seconds).unwrap()
    }

    /// When something is told that happened at an instant: soon, or late.
    fn later(&mut self, at: Timestamp, days_max: usize) -> Timestamp {
        let hours = if self.chance(60) { 1 } else { 1 + self.dice.below(24 * days_max) };
        let last = self.zone.start_of(LAST_DAY).unwrap();
        let late = SignedDuration::from_hours(i64::try_from(hours).unwrap());
        at.checked_add(late).unwrap().min(last)
    }

    fn tell(&mut self, at: Timestamp, event: Event) {
        self.told.push(Told { at, event });
    }

    fn customer(&mut self) -> String {
        let name = if self.chance(75) { "A" } else { "B" };
        format!("{name}{}", self.seed)
    }

    fn term(&mut self) -> Option<AskTerm> {
        let months = |dice: &mut Dice| u16::try_from(1 + dice.below(4)).unwrap();
        match self.dice.below(10) {
            0..6 => None,
            6 => Some(AskTerm::Evergreen),
            renews => {
                let renewal = (renews > 7).then(|| Renewal {
                    months: months(&mut self.dice),
                    notice_days: 3,
                    reminder_days: 2,
                    uplift: None,
                });
                let count = months(&mut self.dice);
                Some(AskTerm::Months { from: None, count, renewal })
            }
        }
    }

    /// On which invoice an order line stands. Not out of the dice: lives stay what they are.
    fn invoice(&self, number: u32) -> Option<AskInvoice> {
        match (self.seed * 7 + u64::from(number) * 3) % 11 {
            0 | 1 => Some(AskInvoice::Separate),
            2 | 3 => Some(AskInvoice::Group("together".parse().unwrap())),
            4 => Some(AskInvoice::Consolidated),
            _ => None,
        }
    }

    fn order(&mut self) {
        let number = self.number();
        let order = format!("O{}-{number}", self.seed);
        let offer = OFFERS[self.dice.below(OFFERS.len())].to_owned();
        let mut named_units = Vec::new();
        for place in 0..1 + self.dice.below(3) {
            let unit = format!("U{}-{number}-{place}", self.seed);
            let serial = format!("S{}-{number}-{place}", self.seed);
            named_units.push(OrderedUnit {
                unit: unit.parse().unwrap(),
                attributes: [].into(),
                zone: self.zone.clone(),
                after: None,
            });
            self.units.push(Unit { name: unit, line: order.clone(), serial });
        }
        let line = PlaceLine {
            line: order.parse().unwrap(),
            offer,
            units: u32::try_from(named_units.len()).ok(),
            options: [].into(),
            components: [].into(),
            named_units,
            prices: [].into(),
            takes_over: None,
            term: self.term(),
            invoice: self.invoice(number),
        };
        self.lines.push(order.clone());
        let place = PlaceOrder {
            order: order.parse().unwrap(),
            customer: self.customer(),
            ordered_on: self.day,
            lines: vec![line],
        };
        let at = self.instant(self.day);
        let at = self.later(at, 10);
        self.tell(at, Event::Order(Box::new(place)));
        let sold: Vec<Unit> = self.units.iter().filter(|it| it.line == order).cloned().collect();
        for unit in sold {
            self.supply(&unit, at);
        }
    }

    /// Ships a unit, delivers it and activates it, or only a part of that.
    fn supply(&mut self, unit: &Unit, from: Timestamp) {
        if self.chance(5) {
            return;
        }
        let shipped_on = self.day_near(0, 12);
        let shipped_at = self.instant(shipped_on).max(from);
        let mut report = ReportShipment {
            shipment: format!("SHP-{}", unit.name).parse().unwrap(),
            order_line: unit.line.parse().unwrap(),
            unit: unit.name.parse().unwrap(),
            serial: unit.serial.parse().unwrap(),
            reason: ShipmentReason::Sale,
            shipped_at,
            delivered_at: None,
            carrier: String::new(),
        };
        let at = self.later(shipped_at, 20);
        self.tell(at, Event::Ship(Box::new(report.clone())));
        if self.chance(95) {
            let hours = i64::try_from(self.dice.below(120)).unwrap();
            let delivered_at = shipped_at.checked_add(SignedDuration::from_hours(hours)).unwrap();
            report.delivered_at = Some(delivered_at);
            let at = self.later(delivered_at, 40).max(at);
            self.tell(at, Event::Ship(Box::new(report)));
        }
        if self.chance(80) {
            let hours = i64::try_from(self.dice.below(24 * 40)).unwrap();
            let signalled_at = shipped_at.checked_add(SignedDuration::from_hours(hours)).unwrap();
            let at = self.later(signalled_at, 30);
            self.signal(&unit.serial, signalled_at, at);
        }
    }

    fn signal(&mut self, serial: &str, signalled_at: Timestamp, at: Timestamp) {
        let signal = DeviceSignalled {
            source: "urn:life".parse().unwrap(),
            id: format!("{serial} {signalled_at}").parse().unwrap(),
            event_type: "device.activated".to_owned(),
            serial: serial.parse().unwrap(),
            signalled_at,
        };
        self.tell(at, Event::Signal(Box::new(signal)));
    }

    fn pick(&mut self) -> Unit {
        let place = self.dice.below(self.units.len());
        self.units[place].clone()
    }

    fn moment(&mut self) -> Moment {
        Moment::ALL[self.dice.below(Moment::ALL.len())]
    }

    /// Units of a line go on under another contract.
    fn take_over(&mut self) {
        let number = self.number();
        let order = format!("O{}-{number}", self.seed);
        let place = self.dice.below(self.lines.len());
        let taken = self.lines[place].clone();
        let all = self.chance(50);
        let left: Vec<Unit> = self.units.iter().filter(|it| it.line == taken).cloned().collect();
        let left: Vec<Unit> = left.into_iter().filter(|_| all || self.chance(50)).collect();
        for unit in &left {
            let (stem, next) = match unit.name.rsplit_once('.') {
                Some((stem, next)) => (stem, next.parse::<u32>().unwrap() + 1),
                None => (unit.name.as_str(), 2),
            };
            let (name, serial) = (format!("{stem}.{next}"), unit.serial.clone());
            self.units.push(Unit { name, line: order.clone(), serial });
        }
        let mut components: std::collections::BTreeMap<String, u32> = [].into();
        let offer = match self.dice.below(3) {
            0 => String::new(),
            1 => {
                components
                    .insert("care".to_owned(), u32::try_from(1 + self.dice.below(3)).unwrap());
                "parts".to_owned()
            }
            _ => OFFERS[self.dice.below(OFFERS.len())].to_owned(),
        };
        let on = match self.dice.below(3) {
            0 => FirstDay::At(self.moment()),
            _ => FirstDay::On(self.day_near(-15, 25)),
        };
        let units = if all { Vec::new() } else { left };
        let units = units.into_iter().map(|it| it.name.parse().unwrap()).collect();
        let line = PlaceLine {
            line: order.parse().unwrap(),
            offer,
            units: None,
            options: [].into(),
            components,
            named_units: Vec::new(),
            prices: [].into(),
            takes_over: Some(GoOnFor { line: taken.parse().unwrap(), units, on }),
            term: self.term(),
            invoice: self.invoice(number),
        };
        self.lines.push(order.clone());
        let place = PlaceOrder {
            order: order.parse().unwrap(),
            customer: self.customer(),
            ordered_on: self.day,
            lines: vec![line],
        };
        let at = self.instant(self.day);
        let at = self.later(at, 10);
        self.tell(at, Event::Order(Box::new(place)));
    }

    fn change(&mut self) {
        let unit = self.pick();
        let number = self.number();
        let change = format!("C{}-{number}", self.seed);
        let recorded_at = self.instant(self.day);
        let action = match self.dice.below(100) {
            0..20 => ChangeAction::Suspend,
            20..40 => ChangeAction::Resume,
            40..50 => ChangeAction::Accept,
            50..62 => ChangeAction::Plan("premium".parse().unwrap()),
            62..66 => ChangeAction::Plan("standard".parse().unwrap()),
            66..76 => ChangeAction::Cancel,
            76..90 => ChangeAction::Return,
            _ => self.replace(&unit, recorded_at),
        };
        let effective = match self.dice.below(4) {
            0 => Effective::Named(self.moment()),
            1 => Effective::At(recorded_at),
            _ => {
                let day = self.day_near(-25, 20);
                Effective::At(self.instant(day))
            }
        };
        let unit = unit.name.parse().unwrap();
        let change =
            ChangeUnit { change: change.parse().unwrap(), unit, recorded_at, effective, action };
        let at = self.later(recorded_at, 8);
        self.tell(at, Event::Change(Box::new(change)));
    }

    /// A service holds something, and mostly lets it go again. Where billing is held, it does, or
    /// nobody could say what all invoices come to.
    fn hold(&mut self) {
        let unit = self.pick();
        let number = self.number();
        let hold: HoldId = format!("H{}-{number}", self.seed).parse().unwrap();
        let holder: HolderCode =
            ["fraud", "provisioning", "operator"][self.dice.below(3)].parse().unwrap();
        let (account, target) = match self.dice.below(5) {
            0 => (Some(self.customer().parse().unwrap()), HoldTarget::Account),
            1 => (None, HoldTarget::Line(unit.line.parse().unwrap())),
            _ => (None, HoldTarget::Unit(unit.name.parse().unwrap())),
        };
        let blocks: BTreeSet<Blocked> = match self.dice.below(4) {
            0 => [Blocked::Change].into(),
            1 => [Blocked::Service, Blocked::Change].into(),
            _ => [Blocked::Service].into(),
        };
        let from = self.day_near(-20, 20);
        let at = self.instant(self.day);
        let at = self.later(at, 10);
        let place = PlaceHold {
            hold: hold.clone(),
            holder: holder.clone(),
            account,
            target,
            blocks,
            from,
            reason: None,
        };
        self.tell(at, Event::Hold(Box::new(Command::Place(place))));
        if self.chance(80) {
            let days = i32::try_from(self.dice.below(40)).unwrap();
            let until = add_days(from, days).unwrap();
            let at = self.later(at, 40);
            let release = ReleaseHold { hold, holder, until };
            self.tell(at, Event::Hold(Box::new(Command::Release(release))));
        }
    }

    /// Another bill day for the first account, told so early that no way of billing has been there.
    fn bill_day(&mut self) {
        let day = BillCycle::new(1 + u8::try_from(self.dice.below(31)).unwrap()).unwrap();
        let from = self.day_near(45, 90);
        let account = format!("A{}", self.seed).parse().unwrap();
        let change = CycleChange { from, day };
        let at = self.instant(self.day);
        let effective_from = self.day;
        self.tell(at, Event::BillDay(BillDay { account, effective_from, change }));
    }

    /// The second account pays for the first, mostly from the beginning; some day no more.
    fn payer(&mut self) {
        let [account, payer] = ["A", "B"].map(|name| format!("{name}{}", self.seed));
        let account: AccountId = account.parse().unwrap();
        let begins = add_days(FIRST_DAY, -10).unwrap();
        let mut effective_from = begins;
        if self.chance(40) {
            effective_from = self.day_near(-90, 20).max(begins);
        }
        let paid_by = payer.parse().ok();
        let at = self.zone.start_of(effective_from).unwrap();
        let at = if self.chance(60) { at } else { self.later(at, 40) };
        let event = Payer { account: account.clone(), effective_from, paid_by };
        self.tell(at, Event::Payer(event));
        if self.chance(60) {
            let days = i32::try_from(self.dice.below(150)).unwrap();
            let effective_from = add_days(effective_from, 1 + days).unwrap();
            let later = self.zone.start_of(effective_from).unwrap().max(at);
            let at = self.later(later, 40);
            self.tell(at, Event::Payer(Payer { account, effective_from, paid_by: None }));
        }
    }

    /// Another device is sent for it, and wakes up.
    fn replace(&mut self, unit: &Unit, at: Timestamp) -> ChangeAction {
        let serial = format!("R{}-{}", self.seed, self.count);
        let report = ReportShipment {
            shipment: format!("SHP-{serial}").parse().unwrap(),
            order_line: unit.line.parse().unwrap(),
            unit: unit.name.parse().unwrap(),
            serial: serial.parse().unwrap(),
            reason: ShipmentReason::Replacement,
            shipped_at: at,
            delivered_at: None,
            carrier: String::new(),
        };
        let told_at = self.later(at, 8);
        self.tell(told_at, Event::Ship(Box::new(report)));
        self.units.push(Unit { serial: serial.clone(), ..unit.clone() });
        ChangeAction::Swap(serial.parse().unwrap())
    }

    /// A device sends some events, around these days.
    fn usage(&mut self) {
        let unit = self.pick();
        for _ in 0..1 + self.dice.below(4) {
            let number = self.number();
            let day = self.day_near(-10, 10);
            let at = self.instant(day);
            let n = 1 + self.dice.below(30);
            let line = format!(
                concat!(
                    r#"{{"specversion":"1.0","id":"E{}-{}","source":"urn:life","#,
                    r#""type":"usage.minutes","subject":"{}","time":"{}","data":{{"n":{}}}}}"#
                ),
                self.seed, number, unit.serial, at, n
            );
            let told_at = self.later(at, 70);
            self.tell(told_at, Event::Use(line));
        }
    }

    fn credit(&mut self) {
        let number = self.number();
        let account = self.customer().parse().unwrap();
        let what = match self.dice.below(4) {
            0 => CreditWhat::Whole,
            1 => CreditWhat::Cent(self.dice.below(100)),
            _ => CreditWhat::Line(self.dice.below(100)),
        };
        let request = format!("CR{}-{number}", self.seed);
        let at = self.instant(self.day);
        self.tell(at, Event::Credit(AskCredit { account, request, what }));
    }
}
