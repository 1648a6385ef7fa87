//! Eight trucks of the reference fleet and what the outside world sends about them, day by day:
//! small enough to be played a hundred times, and with the cases that are easy to get wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::num::NonZeroUsize;

use connect::usage_file;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use kernel::Zone;
use serde_json::Value;

use crate::worlds;

/// U-001 is upgraded and sends days late; U-003 and U-008 wake up before their delivery; U-015 is
/// suspended; U-022 goes back; U-034 pays by instalments and is swapped; U-038 was delivered on
/// the 31st; U-044 wakes up in the second of its delivery.
const UNITS: [&str; 8] = ["U-001", "U-003", "U-008", "U-015", "U-022", "U-034", "U-038", "U-044"];

/// One in so many usage events is kept, besides all whose id comes again.
const THINNED_BY: u64 = 24;

/// The first day on which something arrives.
pub const FIRST_DAY: Date = date(2026, 1, 5);

/// The day of the last invoice.
pub const LAST_DAY: Date = date(2026, 4, 1);

/// What arrives on one day: rows of files, without their headers.
#[derive(Debug, Clone, Default)]
pub struct Day {
    /// Rows of `orders.csv`.
    pub orders: Vec<String>,
    /// Rows of `units.csv`, of the orders of the day.
    pub units: Vec<String>,
    /// Rows of `shipments.csv`; a shipment comes again on the day of its delivery.
    pub shipments: Vec<String>,
    /// Rows of `changes.csv`.
    pub changes: Vec<String>,
    /// Signals.
    pub signals: Vec<Sent>,
    /// Usage.
    pub usage: Vec<Sent>,
}

/// A line that a device or its cloud sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Source and id; of a line without both, the line itself.
    pub identity: (String, String),
    /// The line.
    pub text: String,
}

impl Sent {
    /// A line, as it was sent.
    pub fn new(text: String) -> Self {
        let event: Value = serde_json::from_str(&text).unwrap_or_default();
        let identity = match (event["source"].as_str(), event["id"].as_str()) {
            (Some(source), Some(id)) => (source.to_owned(), id.to_owned()),
            _ => (String::new(), text.clone()),
        };
        Self { identity, text }
    }
}

/// Everything about the eight trucks.
pub struct ReducedFleet {
    /// What arrives, by day; every day from the first to the last is there.
    pub days: BTreeMap<Date, Day>,
    /// The headers of the CSV files, by file.
    pub headers: BTreeMap<&'static str, String>,
}

/// The rows of a CSV file without quotes, by column.
struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn read(name: &str) -> Self {
        let text = std::fs::read_to_string(worlds::fleet().join(name)).unwrap();
        let cells = |line: &str| line.split(',').map(ToOwned::to_owned).collect::<Vec<_>>();
        let mut lines = text.lines().map(cells);
        Self { columns: lines.next().unwrap(), rows: lines.collect() }
    }

    fn column(&self, name: &str) -> usize {
        self.columns.iter().position(|column| column == name).unwrap()
    }

    fn retain(&mut self, column: &str, wanted: impl Fn(&str) -> bool) {
        let column = self.column(column);
        self.rows.retain(|row| wanted(&row[column]));
    }
}

fn is_ours(unit: &str) -> bool {
    UNITS.contains(&unit)
}

fn day_of(instant: &str) -> Date {
    let zone: Zone = "Europe/Paris".parse().unwrap();
    zone.day_of(instant.parse::<Timestamp>().unwrap())
}

impl ReducedFleet {
    /// Reads the reference fleet and keeps what is about the eight trucks.
    pub fn read() -> Self {
        let mut fleet = Self { days: BTreeMap::new(), headers: BTreeMap::new() };
        let mut day = FIRST_DAY;
        while day <= LAST_DAY {
            fleet.days.insert(day, Day::default());
            day = day.tomorrow().unwrap();
        }
        fleet.read_orders();
        let serials = fleet.read_shipments();
        fleet.read_changes();
        fleet.read_signals(&serials);
        fleet.read_usage(&serials);
        fleet
    }

    fn on(&mut self, day: Date) -> &mut Day {
        self.days.get_mut(&day).unwrap()
    }

    fn read_orders(&mut self) {
        let mut units = Table::read("units.csv");
        units.retain("unit", is_ours);
        let mut orders = Table::read("orders.csv");
        let (line_of_unit, line) = (units.column("order_line"), orders.column("order_line"));
        let (count, day) = (orders.column("units"), orders.column("ordered_on"));
        for order in &mut orders.rows {
            let ours: Vec<_> =
                units.rows.iter().filter(|unit| unit[line_of_unit] == order[line]).collect();
            order[count] = ours.len().to_string();
            let today = self.on(order[day].parse().unwrap());
            today.orders.push(order.join(","));
            today.units.extend(ours.into_iter().map(|unit| unit.join(",")));
        }
        self.headers.insert("orders", orders.columns.join(","));
        self.headers.insert("units", units.columns.join(","));
    }

    /// Returns the serials that our units ever hold.
    fn read_shipments(&mut self) -> BTreeSet<String> {
        let mut table = Table::read("shipments.csv");
        table.retain("unit", is_ours);
        let (shipped, delivered) = (table.column("shipped_at"), table.column("delivered_at"));
        let serial = table.column("serial");
        for row in &table.rows {
            let mut on_its_way = row.clone();
            on_its_way[delivered].clear();
            self.on(day_of(&row[shipped])).shipments.push(on_its_way.join(","));
            if !row[delivered].is_empty() {
                self.on(day_of(&row[delivered])).shipments.push(row.join(","));
            }
        }
        self.headers.insert("shipments", table.columns.join(","));
        table.rows.iter().map(|row| row[serial].clone()).collect()
    }

    fn read_changes(&mut self) {
        let mut table = Table::read("changes.csv");
        let (recorded, units) = (table.column("recorded_at"), table.column("units"));
        for row in &mut table.rows {
            let ours: Vec<_> = row[units].split(' ').filter(|unit| is_ours(unit)).collect();
            row[units] = ours.join(" ");
        }
        table.retain("units", |units| !units.is_empty());
        for row in &table.rows {
            self.on(day_of(&row[recorded])).changes.push(row.join(","));
        }
        self.headers.insert("changes", table.columns.join(","));
    }

    fn read_signals(&mut self, serials: &BTreeSet<String>) {
        let text = std::fs::read_to_string(worlds::fleet().join("signals.ndjson")).unwrap();
        for line in text.lines() {
            let signal: Value = serde_json::from_str(line).unwrap();
            let day = day_of(signal["time"].as_str().unwrap());
            if serials.contains(signal["subject"].as_str().unwrap()) && day <= LAST_DAY {
                self.on(day).signals.push(Sent::new(line.to_owned()));
            }
        }
    }

    fn read_usage(&mut self, serials: &BTreeSet<String>) {
        let mut times_seen: BTreeMap<(String, String), u32> = BTreeMap::new();
        for (day, today) in &mut self.days {
            let ours = usage_lines(*day).into_iter().filter(|line| is_about(serials, line));
            today.usage = ours.map(Sent::new).collect();
            for line in &today.usage {
                *times_seen.entry(line.identity.clone()).or_default() += 1;
            }
        }
        for today in self.days.values_mut() {
            today.usage.retain(|line| {
                let comes_again = times_seen[&line.identity] > 1;
                comes_again || hash(&line.identity.1).is_multiple_of(THINNED_BY)
            });
        }
    }
}

/// Whether an event is of one of these devices. A line that is no JSON is everybody's.
fn is_about(serials: &BTreeSet<String>, line: &str) -> bool {
    let Ok(event) = serde_json::from_str::<Value>(line) else { return true };
    event["subject"].as_str().is_some_and(|serial| serials.contains(serial))
}

/// The lines of usage that arrive on a day, whole.
pub fn usage_lines(day: Date) -> Vec<String> {
    let path = worlds::fleet().join("usage").join(format!("{day}.ndjson.gz"));
    if !path.exists() {
        return Vec::new();
    }
    let file = File::open(&path).unwrap();
    let batches = usage_file::open("usage", file, NonZeroUsize::MAX).unwrap();
    let text = |line: &[u8]| String::from_utf8_lossy(line).into_owned();
    let lines = |batch: usage_file::Batch| batch.lines.iter().map(text).collect::<Vec<_>>();
    batches.flat_map(|batch| lines(batch.unwrap())).collect()
}

/// FNV-1a: the same on every machine.
fn hash(text: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}
