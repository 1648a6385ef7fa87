//! The two invoices of the small world, worked out by hand, and their entries.

use facts::charge::{
    Charge, Computation, DayShare, Instalment, PoolUse, RatedUsage, Term, TierShare, UnitShare,
    UnitStart,
};
use facts::invoice::{InvoiceIssued, InvoiceLine, Section, TaxTotal};
use facts::offer::{ComponentKind, Milestone, SupplyNature};
use facts::pool::PoolShare;
use facts::posting::{Book, EntryLine, EntryPosted};
use facts::unit::StartEvidence;
use facts::{ChargeKind, UnitId};
use kernel::{Currency, Money, Period, Quantity, Rounding};

use crate::catalog::{account, read_offer, seller, text};
use crate::world::{World, at, day, read};

pub fn euros(minor: i64) -> Money {
    Money { minor, currency: Currency::EUR }
}

pub fn period(from: &str, to: &str) -> Period {
    Period::new(day(from), day(to)).unwrap()
}

const fn gives_back(kind: ChargeKind) -> bool {
    matches!(
        kind,
        ChargeKind::HardwareReturnCredit
            | ChargeKind::HardwareInstalmentCredit
            | ChargeKind::ServiceCredit
            | ChargeKind::StateFeeCredit
    )
}

const fn kind_of(kind: ChargeKind) -> (ComponentKind, SupplyNature) {
    match kind {
        ChargeKind::OrderFee => (ComponentKind::Fee, SupplyNature::Services),
        ChargeKind::ServiceCharge | ChargeKind::ServiceCredit => {
            (ComponentKind::Service, SupplyNature::Services)
        }
        ChargeKind::UsageCharge | ChargeKind::UsageAdjustment => {
            (ComponentKind::Usage, SupplyNature::Services)
        }
        _ => (ComponentKind::Hardware, SupplyNature::Goods),
    }
}

/// A line of units that share a price: `minor` is its amount.
pub fn charge(
    kind: ChargeKind,
    component: &str,
    units: &[&str],
    price: &str,
    minor: i64,
) -> InvoiceLine {
    let count = Quantity::from_count(units.len().max(1) as u64);
    let quantity = if gives_back(kind) { count.negated() } else { count };
    let (component_kind, nature) = kind_of(kind);
    let term = Term { quantity, unit_price: read(price), days: None, part: None, percent: None };
    let charge = Charge {
        offer: read_offer(),
        component: read(component),
        name: text(component),
        component_kind,
        nature,
        kind,
        period: None,
        quantity,
        unit_price: Some(read(price)),
        instalment: None,
        days: None,
        rated: None,
        ordered: None,
        units: units.iter().map(|unit| read(unit)).collect(),
        orders: Vec::new(),
        starts: Vec::new(),
        commitment: None,
        device: facts::device::DeviceDetail::default(),
        group: None,
        computation: Computation {
            terms: vec![term],
            exact: String::new(),
            rounding: Rounding::HalfAwayFromZero,
            rounded: euros(minor),
            less: None,
        },
        amount: euros(minor),
    };
    InvoiceLine { line: 0, section: Section::Hardware, charge, effects: Vec::new(), account: None }
}

/// As [`charge`], for some days of a bill period.
pub fn service(
    kind: ChargeKind,
    (component, price): (&str, &str),
    units: &[&str],
    run: Period,
    period_days: i64,
    minor: i64,
) -> InvoiceLine {
    let mut line = charge(kind, component, units, price, minor);
    let share = Some(DayShare { days: run.days(), period_days });
    line.charge.period = Some(run);
    line.charge.days = share;
    line.charge.computation.terms[0].days = share;
    line
}

/// A quantity on a tier: over, up to, how much, at what price.
type OnTier<'a> = (&'a str, Option<&'a str>, &'a str, &'a str);

/// What is rated: component, row, quantity and amount, in all and before.
pub struct Rated<'a> {
    pub component: &'a str,
    pub row: Option<&'a str>,
    pub period: Period,
    pub quantity: &'a str,
    pub before: (&'a str, i64),
    pub tiers: &'a [OnTier<'a>],
    pub minor: i64,
    pub units: &'a [(&'a str, &'a str, i64)],
}

pub fn usage(kind: ChargeKind, rated: &Rated<'_>) -> InvoiceLine {
    let units: Vec<&str> = rated.units.iter().map(|(unit, ..)| *unit).collect();
    let mut line = charge(kind, rated.component, &units, "1", rated.minor);
    let tier = |(over, up_to, quantity, price): &OnTier<'_>| TierShare {
        over: read(over),
        up_to: up_to.map(read),
        quantity: read(quantity),
        unit_price: read(price),
        flat: None,
    };
    let tiers: Vec<TierShare> = rated.tiers.iter().map(tier).collect();
    let terms = tiers.iter().map(|tier| Term {
        quantity: tier.quantity,
        unit_price: tier.unit_price,
        days: None,
        part: None,
        percent: None,
    });
    let share = |(unit, quantity, events): &(&str, &str, i64)| UnitShare {
        unit: read(unit),
        quantity: read(quantity),
        events: *events,
    };
    let (quantity, before) = (read::<Quantity>(rated.quantity), read::<Quantity>(rated.before.0));
    let charge = &mut line.charge;
    charge.period = Some(rated.period);
    charge.quantity = quantity.minus(before).unwrap();
    charge.unit_price = None;
    charge.amount = euros(rated.minor - rated.before.1);
    charge.computation.terms = terms.collect();
    charge.computation.less = Some(euros(rated.before.1));
    charge.rated = Some(RatedUsage {
        row: rated.row.map(read),
        row_values: Vec::new(),
        symbol: text("x"),
        quantity,
        tiers,
        amount: euros(rated.minor),
        quantity_before: before,
        billed_before: euros(rated.before.1),
        pool: None,
        by_unit: rated.units.iter().map(share).collect(),
        counted: None,
        events: None,
        limits: Vec::new(),
        peak_on: None,
        counters: Vec::new(),
        not_billed: None,
        evidence: None,
        contract: None,
    });
    line
}

fn part(number: u16, minor: i64) -> InvoiceLine {
    let mut line = charge(ChargeKind::HardwareInstalment, "part", &["U3"], "17.5", minor);
    line.charge.instalment = Some(Instalment { number, count: 3, at_once: false });
    line.charge.starts = vec![delivered("U3", "2026-01-31T12:00:00Z")];
    line
}

fn delivered(unit: &str, instant: &str) -> UnitStart {
    UnitStart { unit: read(unit), start_at: at(instant), evidence: StartEvidence::Delivered }
}

fn activated(unit: &str, id: &str, serial: &str, instant: &str) -> UnitStart {
    let evidence =
        StartEvidence::Activated { source: read("cloud"), id: read(id), serial: read(serial) };
    UnitStart { unit: read::<UnitId>(unit), start_at: at(instant), evidence }
}

/// Places of the lines of the first invoice.
pub mod first {
    pub const DEVICES: usize = 0;
    pub const U1_JANUARY: usize = 2;
    pub const FEBRUARY: usize = 4;
    pub const DATA: usize = 5;
    pub const HOURS: usize = 6;
    pub const FEE: usize = 7;
}

/// Places of the lines of the second invoice.
pub mod second {
    pub const PART: usize = 0;
    pub const U2_FEBRUARY: usize = 1;
    pub const U2_MARCH: usize = 2;
    pub const U3_MARCH: usize = 3;
    pub const PREMIUM_FEBRUARY: usize = 4;
    pub const PREMIUM_MARCH: usize = 5;
    pub const CREDIT: usize = 6;
    pub const DATA_LATE: usize = 7;
    pub const DATA: usize = 8;
    pub const SMS: usize = 9;
    pub const HOURS: usize = 10;
}

pub const STANDARD: (&str, &str) = ("standard", "24.90");
pub const PREMIUM: (&str, &str) = ("premium", "34.90");

pub fn first_invoice() -> InvoiceIssued {
    let charged = ChargeKind::ServiceCharge;
    let january = || period("2026-01-01", "2026-02-01");
    let mut devices = charge(ChargeKind::HardwareSale, "device", &["U1", "U2"], "199", 39_800);
    devices.charge.starts = ["U1", "U2"].map(|unit| delivered(unit, "2026-01-10T10:00:00Z")).into();
    let run = period("2026-01-12", "2026-02-01");
    let mut of_u1 = service(charged, STANDARD, &["U1"], run, 31, 1606);
    of_u1.charge.starts = vec![activated("U1", "g1", "D1", "2026-01-12T09:00:00Z")];
    let run = period("2026-01-31", "2026-02-01");
    let mut of_u3 = service(charged, STANDARD, &["U3"], run, 31, 80);
    of_u3.charge.starts = vec![activated("U3", "g3", "D3", "2026-01-31T20:00:00Z")];
    let february = period("2026-02-01", "2026-03-01");
    let mut fee = charge(ChargeKind::OrderFee, "setup", &[], "49", 4900);
    fee.charge.orders = vec![read("O1")];
    let data = Rated {
        component: "data",
        row: Some("R1"),
        period: january(),
        quantity: "100",
        before: ("0", 0),
        tiers: &[("0", Some("80"), "80", "0.02"), ("80", None, "20", "0.01")],
        minor: 180,
        units: &[("U1", "100", 1)],
    };
    let hours = Rated {
        component: "hours",
        row: None,
        period: january(),
        quantity: "4.5",
        before: ("0", 0),
        tiers: &[("0", Some("5"), "4.5", "0.02")],
        minor: 9,
        units: &[("U1", "4.5", 2)],
    };
    invoice(
        "INV-2026-000001",
        "2026-02-01",
        vec![
            devices,
            part(1, 1750),
            of_u1,
            of_u3,
            service(charged, STANDARD, &["U1", "U3"], february, 28, 4980),
            usage(ChargeKind::UsageCharge, &data),
            usage(ChargeKind::UsageCharge, &hours),
            fee,
        ],
    )
}

pub fn second_invoice() -> InvoiceIssued {
    let charged = ChargeKind::ServiceCharge;
    let run = period("2026-02-09", "2026-03-01");
    let mut of_u2 = service(charged, STANDARD, &["U2"], run, 28, 1779);
    let evidence = StartEvidence::Fallback {
        milestone: Milestone::Delivered,
        counted_from: at("2026-01-10T10:00:00Z"),
        days: 30,
    };
    let start_at = at("2026-02-08T23:00:00Z");
    of_u2.charge.starts = vec![UnitStart { unit: read("U2"), start_at, evidence }];
    let march = period("2026-03-01", "2026-04-01");
    let upgraded = period("2026-02-16", "2026-03-01");
    let mut lines = vec![
        part(2, 1750),
        of_u2,
        service(charged, STANDARD, &["U2"], march, 31, 2490),
        service(charged, STANDARD, &["U3"], period("2026-03-01", "2026-03-10"), 31, 723),
        service(charged, PREMIUM, &["U1"], upgraded, 28, 1620),
        service(charged, PREMIUM, &["U1"], march, 31, 3490),
        service(ChargeKind::ServiceCredit, STANDARD, &["U1"], upgraded, 28, -1156),
    ];
    lines.extend(usage_of_february());
    invoice("INV-2026-000002", "2026-03-01", lines)
}

fn usage_of_february() -> Vec<InvoiceLine> {
    let february = || period("2026-02-01", "2026-03-01");
    let late = Rated {
        component: "data",
        row: Some("R1"),
        period: period("2026-01-01", "2026-02-01"),
        quantity: "150",
        before: ("100", 180),
        tiers: &[("0", Some("80"), "80", "0.02"), ("80", None, "70", "0.01")],
        minor: 230,
        units: &[("U1", "150", 2)],
    };
    let data = Rated {
        component: "data",
        row: Some("R9"),
        period: february(),
        quantity: "10",
        before: ("0", 0),
        tiers: &[("0", None, "10", "0.05")],
        minor: 50,
        units: &[("U1", "10", 1)],
    };
    let sms = Rated {
        component: "sms",
        row: None,
        period: february(),
        quantity: "6",
        before: ("0", 0),
        tiers: &[("3", None, "3", "0.05")],
        minor: 15,
        units: &[("U1", "5", 5), ("U2", "1", 1)],
    };
    let hours = Rated {
        component: "hours",
        row: None,
        period: february(),
        quantity: "5.5",
        before: ("0", 0),
        tiers: &[("5", None, "5.5", "0.01")],
        minor: 6,
        units: &[("U1", "5.5", 1)],
    };
    let charge = |rated| usage(ChargeKind::UsageCharge, rated);
    let mut sms = charge(&sms);
    let rated = sms.charge.rated.as_mut().unwrap();
    let share = |unit: &str, days, used: &str, overage: &str, minor| PoolShare {
        unit: read(unit),
        days,
        used: read(used),
        allowance: read("1"),
        overage: read(overage),
        amount: euros(minor),
        billed_before: None,
    };
    let statement = vec![
        share("U1", 28, "5", "3", 15),
        share("U2", 20, "1", "0", 0),
        share("U3", 28, "0", "0", 0),
    ];
    let allowance = read("3");
    rated.pool = Some(PoolUse { active_units: 3, allowance, statement, ..PoolUse::default() });
    vec![usage(ChargeKind::UsageAdjustment, &late), charge(&data), sms, charge(&hours)]
}

pub fn invoice(number: &str, issued_on: &str, lines: Vec<InvoiceLine>) -> InvoiceIssued {
    let mut invoice = InvoiceIssued {
        number: read(number),
        seller: seller(),
        account: account(),
        issued_on: day(issued_on),
        due_on: day(issued_on),
        lines,
        net: euros(0),
        taxes: Vec::new(),
        total: euros(0),
        prepaid: Vec::new(),
        paid_for: Vec::new(),
        threshold: None,
        group: None,
    };
    seal(&mut invoice);
    invoice
}

impl World {
    /// Changes a line of the first invoice; the sums and entries follow it.
    pub fn change_first(&mut self, line: usize, change: impl FnOnce(&mut Charge)) {
        change(&mut self.first.lines[line].charge);
        seal(&mut self.first);
    }

    /// Changes a line of the second invoice; the sums and entries follow it.
    pub fn change_second(&mut self, line: usize, change: impl FnOnce(&mut Charge)) {
        change(&mut self.second.lines[line].charge);
        seal(&mut self.second);
    }

    /// Adds a line to the first invoice.
    pub fn bill_first(&mut self, line: InvoiceLine) {
        self.first.lines.push(line);
        seal(&mut self.first);
    }

    /// Adds a line to the second invoice.
    pub fn bill_second(&mut self, line: InvoiceLine) {
        self.second.lines.push(line);
        seal(&mut self.second);
    }

    /// Takes a line off the first invoice.
    pub fn unbill_first(&mut self, line: usize) {
        self.first.lines.remove(line);
        seal(&mut self.first);
    }

    /// Takes a line off the second invoice.
    pub fn unbill_second(&mut self, line: usize) {
        self.second.lines.remove(line);
        seal(&mut self.second);
    }
}

/// Another amount, that the terms come to.
pub fn price(charge: &mut Charge, minor: i64) {
    charge.amount = euros(minor);
    charge.computation.rounded = euros(minor);
    if let Some(rated) = &mut charge.rated {
        rated.amount = euros(minor);
    }
}

/// Another run of days of the bill period that it was in, and what it comes to.
pub fn run(charge: &mut Charge, run: Period, minor: i64) {
    charge.period = Some(run);
    let period_days = charge.days.unwrap().period_days;
    share(charge, Some(DayShare { days: run.days(), period_days }));
    price(charge, minor);
}

/// Another share of days.
pub fn share(charge: &mut Charge, share: Option<DayShare>) {
    charge.days = share;
    charge.computation.terms[0].days = share;
}

/// Makes numbers, net, tax (20 %) and total follow from the lines.
pub fn seal(invoice: &mut InvoiceIssued) {
    for (number, line) in (1..).zip(&mut invoice.lines) {
        line.line = number;
    }
    let net: i64 = invoice.lines.iter().map(|line| line.net().unwrap().minor).sum();
    // A fifth, rounded half away from zero.
    let tax = (net.abs() * 2 + 5) / 10 * net.signum();
    invoice.net = euros(net);
    invoice.taxes = vec![TaxTotal { rate: read("20"), base: euros(net), amount: euros(tax) }];
    invoice.total = euros(net + tax);
}

/// The entry of an invoice in each book.
pub fn entries(invoice: &InvoiceIssued) -> Vec<EntryPosted> {
    Book::ALL.map(|book| entry(book, invoice)).into()
}

fn entry(book: Book, invoice: &InvoiceIssued) -> EntryPosted {
    let line = |account: &str, debit: i64, invoice_line| EntryLine {
        account: read(account),
        debit: debit.max(0),
        credit: (-debit).max(0),
        party: None,
        invoice_line,
    };
    let party = |line| EntryLine { party: Some(invoice.account.account.clone()), ..line };
    let due = invoice.due().unwrap().minor;
    let owed = party(line("411", due, None));
    let advance = party(line("4191", invoice.total.minor - due, None));
    let net = |it: &InvoiceLine| it.net().unwrap().minor;
    let earned = invoice.lines.iter().map(|it| line("706", -net(it), Some(it.line)));
    let taxes = invoice.taxes.iter().map(|tax| line("4457", -tax.amount.minor, None));
    let lines = [owed, advance].into_iter().chain(earned).chain(taxes);
    EntryPosted {
        entry: read(&format!("{}/{}", invoice.number, book.key())),
        book,
        seller: invoice.seller.code.clone(),
        posted_on: invoice.issued_on,
        currency: invoice.total.currency,
        source: read(invoice.number.as_str()),
        lines: lines.filter(|line| line.debit + line.credit != 0).collect(),
    }
}
