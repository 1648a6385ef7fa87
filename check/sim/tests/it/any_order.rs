//! Any order of what arrives, any cut into batches and any repetition gives the same invoices,
//! byte for byte; of conflicting ids, the first received stands.

use std::num::NonZeroUsize;
use std::sync::OnceLock;

use connect::{changes_csv, cloud_events, orders_csv, shipments, usage_file};
use engine::clock;
use facts::ChargeKind;
use imports::ImportError;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use kernel::Zone;
use proptest::prelude::*;
use store::Store;

use crate::reduced_fleet::{Day, FIRST_DAY, LAST_DAY, ReducedFleet};
use crate::worlds;
use sim::dice::Dice;

fn fleet() -> &'static ReducedFleet {
    static FLEET: OnceLock<ReducedFleet> = OnceLock::new();
    FLEET.get_or_init(ReducedFleet::read)
}

/// How what arrives is brought into disorder.
#[derive(Debug, Clone)]
struct Disorder {
    seed: u64,
    when: When,
    twice: Twice,
    /// Most lines of usage in one batch; each batch has between one and so many.
    batch_lines_max: usize,
}

#[derive(Debug, Clone, Copy)]
enum When {
    /// Everything on its day.
    DayByDay,
    /// Usage on its day; everything else, past and future, on the day before the first invoice.
    AtOnce,
}

/// What is sent a second time.
#[derive(Debug, Clone, Copy, Default)]
struct Twice {
    orders: bool,
    shipments: bool,
    changes: bool,
    signals: bool,
    usage: bool,
}

/// A file that arrives.
#[derive(Debug, Clone)]
enum Arrival {
    Orders { orders: String, units: String },
    Shipments(String),
    Changes(String),
    Signals(String),
    Usage { lines: String, first_line: u32, copy: u8 },
}

/// The day on which everything but usage arrives at once.
const AT_ONCE: Date = date(2026, 1, 31);

impl When {
    /// What arrives on a day.
    fn day(self, day: Date) -> Day {
        let on_time = &fleet().days[&day];
        match self {
            Self::DayByDay => on_time.clone(),
            Self::AtOnce => {
                let mut all = Day { usage: on_time.usage.clone(), ..Day::default() };
                for it in fleet().days.values().filter(|_| day == AT_ONCE) {
                    all.orders.extend_from_slice(&it.orders);
                    all.units.extend_from_slice(&it.units);
                    all.shipments.extend_from_slice(&it.shipments);
                    all.changes.extend_from_slice(&it.changes);
                    all.signals.extend_from_slice(&it.signals);
                }
                all
            }
        }
    }
}

/// Files in the order of the data set, each whole and once.
fn in_plain_order(day: &Day) -> Vec<Arrival> {
    let mut arrivals = facts_of(day);
    if !day.usage.is_empty() {
        let lines = joined(day.usage.iter().map(|it| it.text.as_str()));
        arrivals.push(Arrival::Usage { lines, first_line: 1, copy: 0 });
    }
    arrivals
}

/// The files of a day but usage, those that are not empty.
fn facts_of(day: &Day) -> Vec<Arrival> {
    let mut arrivals = Vec::new();
    if !day.orders.is_empty() {
        arrivals.push(Arrival::Orders {
            orders: table("orders", &day.orders),
            units: table("units", &day.units),
        });
    }
    if !day.shipments.is_empty() {
        arrivals.push(Arrival::Shipments(table("shipments", &day.shipments)));
    }
    if !day.changes.is_empty() {
        arrivals.push(Arrival::Changes(table("changes", &day.changes)));
    }
    if !day.signals.is_empty() {
        let lines = joined(day.signals.iter().map(|it| it.text.as_str()));
        arrivals.push(Arrival::Signals(lines));
    }
    arrivals
}

fn table(name: &str, rows: &[String]) -> String {
    let header = std::iter::once(fleet().headers[name].as_str());
    joined(header.chain(rows.iter().map(String::as_str)))
}

fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The lines of every file in any order; those of one identity keep theirs.
fn with_lines_shuffled(day: &Day, dice: &mut Dice) -> Day {
    Day {
        orders: dice.shuffled(&day.orders, Clone::clone),
        units: dice.shuffled(&day.units, Clone::clone),
        shipments: dice.shuffled(&day.shipments, Clone::clone),
        changes: dice.shuffled(&day.changes, Clone::clone),
        signals: dice.shuffled(&day.signals, |it| it.identity.clone()),
        usage: dice.shuffled(&day.usage, |it| it.identity.clone()),
    }
}

impl Disorder {
    /// The files of a day, some of them twice, in any order. The batches of one file of usage
    /// come one after the other, with anything between them.
    fn arrivals(&self, day: &Day, dice: &mut Dice) -> Vec<Arrival> {
        let mut arrivals = Vec::new();
        for copy in 0..2 {
            let shuffled = with_lines_shuffled(day, dice);
            let of_copy = facts_of(&shuffled).into_iter();
            arrivals.extend(of_copy.filter(|it| copy == 0 || self.twice.includes(it)));
            if copy == 0 || self.twice.usage {
                arrivals.extend(self.batches(&shuffled, copy, dice));
            }
        }
        let alone = (0_usize..).map(|number| (u8::MAX, number));
        let keyed: Vec<_> = alone
            .zip(arrivals)
            .map(|(alone, arrival)| match arrival {
                Arrival::Usage { copy, .. } => ((copy, 0), arrival),
                _ => (alone, arrival),
            })
            .collect();
        let in_any_order = dice.shuffled(&keyed, |(key, _)| *key);
        in_any_order.into_iter().map(|(_, arrival)| arrival).collect()
    }

    fn batches(&self, day: &Day, copy: u8, dice: &mut Dice) -> Vec<Arrival> {
        let mut batches = Vec::new();
        let mut rest = day.usage.as_slice();
        let mut first_line = 1;
        while !rest.is_empty() {
            let count = (1 + dice.below(self.batch_lines_max)).min(rest.len());
            let (batch, after) = rest.split_at(count);
            let lines = joined(batch.iter().map(|it| it.text.as_str()));
            batches.push(Arrival::Usage { lines, first_line, copy });
            first_line += u32::try_from(count).unwrap();
            rest = after;
        }
        batches
    }
}

impl Twice {
    const fn includes(self, arrival: &Arrival) -> bool {
        match arrival {
            Arrival::Orders { .. } => self.orders,
            Arrival::Shipments(_) => self.shipments,
            Arrival::Changes(_) => self.changes,
            Arrival::Signals(_) => self.signals,
            Arrival::Usage { .. } => self.usage,
        }
    }
}

fn receive(store: &mut dyn Store, it: &Arrival, now: Timestamp) -> Result<(), ImportError> {
    match it {
        Arrival::Orders { orders, units } => {
            let read = orders_csv::read(("orders", orders), Some(("units", units)))?;
            imports::place_orders(store, read, now)?;
        }
        Arrival::Shipments(text) => {
            let read = shipments::read_csv("shipments", text)?;
            imports::report_shipments(store, read, now)?;
        }
        Arrival::Changes(text) => {
            let read = changes_csv::read("changes", text)?;
            imports::record_changes(store, read, now)?;
        }
        Arrival::Signals(text) => {
            let read = cloud_events::read_signals_ndjson("signals", text)?;
            imports::send_signals(store, read, now)?;
        }
        Arrival::Usage { lines, first_line, .. } => {
            let batches = usage_file::open("usage", lines.as_bytes(), NonZeroUsize::MAX);
            for batch in batches.unwrap().from_line(*first_line) {
                imports::send_batch(store, "usage", batch.unwrap(), now)?;
            }
        }
    }
    Ok(())
}

/// Receives what arrives on a day. An amendment of a unit that nobody ordered yet, or the return of
/// one that is not delivered yet, is refused as a whole, and entered again at the end of the day.
fn receive_all(store: &mut dyn Store, arrivals: &[Arrival], now: Timestamp) {
    let mut refused = Vec::new();
    for arrival in arrivals {
        match receive(store, arrival, now) {
            Err(error) if is_about_a_unit_to_come(&error) => refused.push(arrival),
            other => other.unwrap_or_else(|error| panic!("{error}")),
        }
    }
    for arrival in refused {
        receive(store, arrival, now).unwrap_or_else(|error| panic!("{error}"));
    }
}

fn is_about_a_unit_to_come(error: &ImportError) -> bool {
    let ImportError::Problems(problems) = error else { return false };
    let to_come = ["unit-never-ordered", "returned-before-delivered"];
    problems.iter().all(|problem| to_come.contains(&problem.rejection.code()))
}

/// Plays the fleet until the last invoice; returns the bytes of every invoice.
fn play(
    store: &mut dyn Store,
    when: When,
    order: impl Fn(Date, &Day) -> Vec<Arrival>,
) -> Vec<String> {
    let zone: Zone = "Europe/Paris".parse().unwrap();
    let start = zone.start_of(FIRST_DAY).unwrap();
    clock::start_virtual(store, start).unwrap();
    let catalog = imports::read_catalog(&worlds::fleet().join("catalog.yaml")).unwrap();
    imports::publish_catalog(store, &catalog, start).unwrap();
    for day in fleet().days.keys() {
        let now = zone.start_of(*day).unwrap();
        clock::advance(store, now, |_| {}).unwrap();
        receive_all(store, &order(*day, &when.day(*day)), now);
        worlds::assert_books_balance(store);
    }
    let invoices = engine::read::invoices(store).unwrap();
    invoices.iter().map(|it| serde_json::to_string(it).unwrap()).collect()
}

fn plainly() -> &'static [String] {
    static INVOICES: OnceLock<Vec<String>> = OnceLock::new();
    INVOICES
        .get_or_init(|| play(&mut worlds::sqlite(), When::DayByDay, |_, day| in_plain_order(day)))
}

fn in_disorder(store: &mut dyn Store, disorder: &Disorder) -> Vec<String> {
    play(store, disorder.when, |day, arriving| {
        let days = u64::try_from((day - FIRST_DAY).get_days()).unwrap();
        let mut dice = Dice::new(disorder.seed.wrapping_add(days));
        disorder.arrivals(arriving, &mut dice)
    })
}

/// Where two invoices part, for a person: the bytes around the first difference.
fn first_difference(got: &[String], wanted: &[String]) -> Option<String> {
    if got.len() != wanted.len() {
        return Some(format!("{} invoices instead of {}", got.len(), wanted.len()));
    }
    let (got, wanted) = got.iter().zip(wanted).find(|(got, wanted)| got != wanted)?;
    let same = got.bytes().zip(wanted.bytes()).take_while(|(got, wanted)| got == wanted).count();
    let around = |text: &str| {
        let bytes = &text.as_bytes()[same.saturating_sub(200)..(same + 100).min(text.len())];
        String::from_utf8_lossy(bytes).into_owned()
    };
    Some(format!("got    …{}…\nwanted …{}…", around(got), around(wanted)))
}

fn disorder() -> impl Strategy<Value = Disorder> {
    let when = prop_oneof![Just(When::DayByDay), Just(When::AtOnce)];
    let twice = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>())
        .prop_map(|(orders, shipments, changes, signals, usage)| Twice {
            orders,
            shipments,
            changes,
            signals,
            usage,
        });
    (any::<u64>(), when, twice, 1_usize..100).prop_map(|(seed, when, twice, batch_lines_max)| {
        Disorder { seed, when, twice, batch_lines_max }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_order_any_batches_and_any_repetition_give_the_same_bytes(disorder in disorder()) {
        let got = in_disorder(&mut worlds::sqlite(), &disorder);
        let difference = first_difference(&got, plainly());
        prop_assert!(difference.is_none(), "{}", difference.unwrap_or_default());
    }
}

fn assert_same_on_postgres(disorder: &Disorder) {
    worlds::on_postgres(|store| {
        let difference = first_difference(&in_disorder(store, disorder), plainly());
        assert!(difference.is_none(), "{}", difference.unwrap_or_default());
        let findings = auditor::audit(store).unwrap();
        assert!(findings.is_clean(), "{findings:#?}");
    });
}

const ALL_TWICE: Twice =
    Twice { orders: true, shipments: true, changes: true, signals: true, usage: true };

#[test]
fn disorder_within_each_day_gives_the_same_bytes_on_postgres() {
    let when = When::DayByDay;
    assert_same_on_postgres(&Disorder { seed: 1, when, twice: ALL_TWICE, batch_lines_max: 40 });
}

#[test]
fn everything_at_once_gives_the_same_bytes_on_postgres() {
    let when = When::AtOnce;
    assert_same_on_postgres(&Disorder { seed: 2, when, twice: ALL_TWICE, batch_lines_max: 40 });
}

/// The property says something only if the data has what could go wrong.
#[test]
fn the_reduced_fleet_has_the_hard_cases() {
    let mut store = worlds::sqlite();
    play(&mut store, When::DayByDay, |_, day| in_plain_order(day));
    let invoices = engine::read::invoices(&mut store).unwrap();
    let kinds: Vec<ChargeKind> =
        invoices.iter().flat_map(|it| &it.lines).map(|line| line.charge.kind).collect();
    for kind in [
        ChargeKind::HardwareSale,
        ChargeKind::HardwareInstalment,
        ChargeKind::HardwareReturnCredit,
        ChargeKind::OrderFee,
        ChargeKind::ServiceCharge,
        ChargeKind::ServiceCredit,
        ChargeKind::UsageCharge,
        ChargeKind::UsageAdjustment,
    ] {
        assert!(kinds.contains(&kind), "no {}", kind.key());
    }
    let counted = engine::usage::conservation(&mut store, FIRST_DAY, LAST_DAY).unwrap();
    for outcome in ["accepted", "free", "duplicate", "conflict", "quarantined", "rejected"] {
        assert!(counted.iter().any(|row| row.outcome == outcome), "no {outcome}");
    }
    let findings = auditor::audit(&mut store).unwrap();
    assert!(findings.is_clean(), "{findings:#?}");
}
