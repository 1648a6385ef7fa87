//! What it costs, and where that is booked.

use ::facts::charge::{
    Charge, ChargeKind, Computation, DayShare, EventRange, Instalment, NotBilled, PoolUse,
    RatedUsage, Term, TierShare, UnitShare, UnitStart,
};
use ::facts::invoice::{InvoiceLine, Section, TaxTotal};
use ::facts::offer::{ComponentKind, SupplyNature};
use ::facts::posting::{Book, EntryLine};
use ::facts::{AccountParked, AccountReleased, BalanceAdopted, EntryPosted, Fact, InvoiceIssued};
use ::facts::{DraftHeld, InvoiceDrafted};
use kernel::{Currency, Money, Period, Rounding};

use super::life::{evidence, offer};
use super::terms::{accounts, seller, text};
use crate::conformance::{minute, read};

pub fn facts() -> Vec<Fact> {
    let entries = Book::ALL.map(|book| Fact::EntryPosted(entry(book)));
    let mut facts = super::credit::granted();
    facts.push(Fact::InvoiceDrafted(InvoiceDrafted {
        account: read("ACC-1"),
        drafted_on: read("2026-02-28"),
        issue_on: read("2026-03-05"),
    }));
    facts.push(Fact::DraftHeld(DraftHeld {
        account: read("ACC-1"),
        drafted_on: read("2026-02-28"),
        reason: "the customer disputes the usage of U-1".to_owned(),
    }));
    facts.push(Fact::InvoiceIssued(Box::new(invoice())));
    facts.push(Fact::InvoiceIssued(Box::new(late_usage())));
    facts.extend(super::credit::used());
    facts.push(Fact::AccountParked(AccountParked {
        account: read("ACC-1"),
        number: 1,
        issued_on: read("2026-02-28"),
        reason: "an amount leaves its range".to_owned(),
    }));
    facts.push(Fact::AccountReleased(AccountReleased {
        account: read("ACC-1"),
        number: 1,
        released_on: read("2026-03-02"),
        invoice: Some(read("INV-2026-000002")),
    }));
    facts.extend(balances());
    facts.extend(entries);
    facts
}

pub fn euros(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR)
}

pub fn invoice() -> InvoiceIssued {
    let [account, _] = accounts();
    InvoiceIssued {
        number: read("INV-2026-000001"),
        seller: seller(),
        account,
        issued_on: read("2026-01-31"),
        due_on: read("2026-03-02"),
        lines: lines(),
        net: euros(-1234),
        taxes: vec![TaxTotal { rate: read("20"), base: euros(-1234), amount: euros(-247) }],
        total: euros(-1481),
        prepaid: Vec::new(),
        paid_for: Vec::new(),
        threshold: None,
        group: None,
    }
}

/// Lines of usage that came late, that is not billed, and that names its events.
fn late_usage() -> InvoiceIssued {
    use ChargeKind::*;
    let below = euros(100);
    let shadow = NotBilled::Shadow { until: read("2026-03-10"), on_invoice: true };
    let kinds = [
        (UsageWriteOff, Section::Usage, Some(NotBilled::WrittenOff { amount: euros(40), below })),
        (UsageShadow, Section::Usage, Some(shadow)),
        (UsageRecharge, Section::Usage, None),
        (UsageCredit, Section::Credits, None),
    ];
    let evidence = EventRange {
        first_at: minute(1),
        last_at: minute(2),
        events: 2,
        digest: "00ff".repeat(16),
    };
    let line = |(line, (kind, section, not_billed))| {
        let mut charge = charge(UsageCharge, Rounding::HalfEven);
        charge.kind = kind;
        let evidence = Some(evidence.clone());
        charge.rated = Some(RatedUsage { not_billed, evidence, ..rated() });
        InvoiceLine { line, section, charge, effects: Vec::new(), account: None }
    };
    let lines = (1..).zip(kinds).map(line).collect();
    InvoiceIssued { number: read("INV-2026-000002"), lines, ..invoice() }
}

/// One line for each kind of charge, through all the sections.
fn lines() -> Vec<InvoiceLine> {
    use ChargeKind::*;
    let kinds = [
        (HardwareSale, Section::Hardware),
        (HardwareInstalment, Section::Hardware),
        (ServiceCharge, Section::Subscriptions),
        (UsageCharge, Section::Usage),
        (UsageAdjustment, Section::Usage),
        (OrderFee, Section::Fees),
        (HardwareReturnCredit, Section::Credits),
        (HardwareInstalmentCredit, Section::Credits),
        (ServiceCredit, Section::Credits),
    ];
    let roundings = [
        Rounding::HalfAwayFromZero,
        Rounding::HalfEven,
        Rounding::HalfTowardsZero,
        Rounding::Up,
        Rounding::Down,
    ];
    let line = |((line, (kind, section)), rounding)| {
        let charge = charge(kind, rounding);
        InvoiceLine { line, section, charge, effects: Vec::new(), account: None }
    };
    (1..).zip(kinds).zip(roundings.into_iter().cycle()).map(line).collect()
}

/// A charge of this kind: with everything that a charge can say where it is about usage, with
/// as little as possible where it is not.
pub fn charge(kind: ChargeKind, rounding: Rounding) -> Charge {
    let plain = Charge {
        offer: offer(),
        component: read("service"),
        name: text("Service", "Service"),
        component_kind: ComponentKind::Service,
        nature: SupplyNature::Services,
        kind,
        period: None,
        quantity: read("-2"),
        unit_price: None,
        instalment: None,
        days: None,
        rated: None,
        ordered: None,
        units: vec![read("U-1"), read("U-2")],
        orders: Vec::new(),
        starts: Vec::new(),
        commitment: None,
        device: facts::device::DeviceDetail::default(),
        group: None,
        computation: computation(rounding),
        amount: euros(-623),
    };
    let share = DayShare { days: 18, period_days: 31 };
    match kind {
        ChargeKind::UsageCharge => Charge {
            rated: Some(rated()),
            period: Period::new(read("2026-01-01"), read("2026-02-01")).ok(),
            ..plain
        },
        ChargeKind::HardwareInstalment => Charge {
            instalment: Some(Instalment { number: 2, count: 12, at_once: false }),
            ..plain
        },
        ChargeKind::ServiceCharge => Charge {
            days: Some(share),
            unit_price: Some(read("24.90")),
            starts: evidence().map(start).to_vec(),
            ..plain
        },
        ChargeKind::OrderFee => Charge { orders: vec![read("O-1")], ..plain },
        _ => plain,
    }
}

fn start(evidence: ::facts::unit::StartEvidence) -> UnitStart {
    UnitStart { unit: read("U-1"), start_at: minute(3), evidence }
}

fn rated() -> RatedUsage {
    let tier = |over: &str, up_to: Option<&str>| TierShare {
        over: read(over),
        up_to: up_to.map(read),
        quantity: read("12.345678901"),
        unit_price: read("0.02"),
        flat: None,
    };
    RatedUsage {
        row: Some(read("eu-night")),
        row_values: vec!["BE, FR".to_owned(), "night".to_owned()],
        symbol: ::facts::Text { en: "MB".to_owned(), fr: "Mo".to_owned() },
        quantity: read("24.691357802"),
        tiers: vec![tier("0", Some("1000")), tier("1000", None)],
        amount: euros(49),
        quantity_before: read("0"),
        billed_before: euros(0),
        pool: Some(PoolUse { active_units: 34, allowance: read("17000"), ..PoolUse::default() }),
        by_unit: vec![UnitShare { unit: read("U-1"), quantity: read("24.691357802"), events: 3 }],
        counted: None,
        events: None,
        limits: Vec::new(),
        peak_on: None,
        counters: Vec::new(),
        not_billed: None,
        evidence: None,
        contract: None,
    }
}

fn computation(rounding: Rounding) -> Computation {
    let share = DayShare { days: 18, period_days: 31 };
    let term = |days| Term {
        quantity: read("-2"),
        unit_price: read("24.90"),
        days,
        part: None,
        percent: None,
    };
    Computation {
        terms: vec![term(None), term(Some(share))],
        exact: "-78.716129…".to_owned(),
        rounding,
        rounded: euros(-7872),
        less: Some(euros(-7249)),
    }
}

/// Open items of another system: owed with a day, and to be given back.
fn balances() -> [Fact; 2] {
    let owed = BalanceAdopted {
        balance: read("OLD-4711"),
        account: read("ACC-1"),
        seller: read("seller-1"),
        amount: euros(12_345),
        adopted_on: read("2026-02-01"),
        due_on: Some(read("2026-01-31")),
    };
    let back = BalanceAdopted {
        balance: read("OLD-4712"),
        amount: euros(-500),
        due_on: None,
        ..owed.clone()
    };
    [owed, back].map(Fact::BalanceAdopted)
}

/// A sale of 100 euros before tax.
pub fn entry(book: Book) -> EntryPosted {
    let line = |account: &str, debit, credit| EntryLine {
        account: read(account),
        debit,
        credit,
        party: None,
        invoice_line: None,
    };
    EntryPosted {
        entry: read(&format!("INV-2026-000001/{}", book.key())),
        book,
        seller: read("FR01"),
        posted_on: read("2026-01-31"),
        currency: Currency::EUR,
        source: read("INV-2026-000001"),
        lines: vec![
            EntryLine { party: Some(read("ACC-1")), ..line("411000", 12_000, 0) },
            EntryLine { invoice_line: Some(1), ..line("706000", 0, 10_000) },
            line("445710", 0, 2_000),
        ],
    }
}
