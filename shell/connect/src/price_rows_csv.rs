//! The rows of a price table as CSV, for a spreadsheet: one line for each tier. The line of a
//! further tier repeats the code of its row and leaves the rest of the row empty.
//!
//! | cell of a dimension | asks |
//! | --- | --- |
//! | `any` | nothing |
//! | `FR` | this text |
//! | `BE\|FR` | one of these texts |
//! | `10..20`, `10..`, `..20` | a number, the first included, the second excluded |
//! | `33*` | a beginning; several are separated as texts are |
//! | `=10..20` | this text, whatever it looks like |

use std::collections::BTreeSet;

use facts::price::{
    AtZero, Bounds, Condition, EventFee, Model, NumberRange, Package, PriceRow, PriceTable, Tier,
    TierMode,
};
use kernel::{Quantity, UnitPrice};

use crate::csv_table::{self, Columns, Others};
use crate::faults::Faults;
use crate::record::Record;
use crate::{InputFault, InputRejection, Located};

/// The columns that are no dimension.
const COLUMNS: [&str; 16] = [
    "row",
    "default",
    "priority",
    "from",
    "until",
    "peak",
    "included",
    "package_size",
    "mode",
    "up_to",
    "unit_price",
    "flat",
    "per_event",
    "free_events",
    "floor",
    "cap",
];

const NEEDED: Columns = Columns { needed: &["row", "up_to", "unit_price"], others: Others::Kept };

/// Reads the rows of a table that has these dimensions. The place of a row is its first line.
///
/// # Errors
/// Every fault of the file, with its line and column.
pub fn read(
    file: &str,
    text: &str,
    dimensions: &[&str],
) -> Result<Vec<Located<PriceRow>>, Vec<InputFault>> {
    let mut faults = Faults::default();
    let records = csv_table::read(file, text, &NEEDED, &mut faults);
    let mut rows: Vec<Located<PriceRow>> = Vec::new();
    for record in &records {
        refuse_unknown(record, dimensions, &mut faults);
        let tier = tier(record, &mut faults);
        match rows.last_mut().filter(|it| record.text("row") == Some(it.value.code.as_str())) {
            Some(row) => row.value.model.tiers.extend(tier),
            None => {
                let row = row(record, dimensions, tier, &mut faults);
                rows.extend(row.map(|value| Located { place: record.place.clone(), value }));
            }
        }
    }
    faults.or(rows)
}

/// The price that a line says, with its one tier, for a file that has these columns besides.
pub(crate) fn price(record: &Record, besides: &[&str], faults: &mut Faults) -> Option<Model> {
    refuse_unknown(record, besides, faults);
    let tier = tier(record, faults);
    let model = model(record, faults);
    Some(Model { tiers: vec![tier?], ..model? })
}

fn refuse_unknown(record: &Record, dimensions: &[&str], faults: &mut Faults) {
    for (field, _) in record.others(&COLUMNS).filter(|(name, _)| !dimensions.contains(name)) {
        let known = dimensions.iter().chain(&COLUMNS).copied().collect::<Vec<_>>().join(", ");
        let place = record.place.in_field(field);
        faults.add(place, InputRejection::Unknown { field: field.to_owned(), known });
    }
}

fn tier(record: &Record, faults: &mut Faults) -> Option<Tier> {
    let up_to = record.optional("up_to", faults);
    let flat: Option<Option<UnitPrice>> = record.optional("flat", faults);
    let unit_price = match flat {
        Some(Some(_)) => record.optional("unit_price", faults).map(Option::unwrap_or_default),
        _ => record.required("unit_price", faults),
    };
    Some(Tier { up_to: up_to?, unit_price: unit_price?, flat: flat? })
}

/// A row that begins with this line. It stays without its tier where that is wrong, so that the
/// lines after it are not taken for rows.
fn row(
    record: &Record,
    dimensions: &[&str],
    tier: Option<Tier>,
    faults: &mut Faults,
) -> Option<PriceRow> {
    let code = record.required("row", faults);
    let is_default = record.optional("default", faults);
    let priority: Option<Option<u32>> = record.optional("priority", faults);
    let from = record.optional("from", faults);
    let until = record.optional("until", faults);
    let model = model(record, faults);
    let by_default = is_default == Some(Some(true));
    let conditions: Vec<Option<Condition>> =
        dimensions.iter().map(|it| condition(record, it, by_default, faults)).collect();
    let conditions: Option<Vec<Condition>> = conditions.into_iter().collect();
    Some(PriceRow {
        code: code?,
        conditions: conditions?,
        is_default: is_default?.unwrap_or(false),
        priority: i32::try_from(priority?.unwrap_or(0)).unwrap_or(i32::MAX),
        from: from?,
        until: until?,
        model: Model { tiers: tier.into_iter().collect(), ..model? },
    })
}

fn model(record: &Record, faults: &mut Faults) -> Option<Model> {
    let peak = record.optional("peak", faults);
    let included = record.optional("included", faults);
    let size = record.optional("package_size", faults);
    let mode = record.optional("mode", faults);
    let fee = record.optional("per_event", faults);
    let free = record.optional("free_events", faults);
    let floor = record.optional("floor", faults);
    let cap = record.optional("cap", faults);
    let free = free?.unwrap_or(0);
    Some(Model {
        peak: peak?,
        included: included?.unwrap_or(Quantity::ZERO),
        package: size?.map(|size| Package { size }),
        mode: mode?.unwrap_or(TierMode::Graduated),
        tiers: Vec::new(),
        bounds: Bounds::Included,
        at_zero: AtZero::Nothing,
        per_event: fee?.map(|price| EventFee { price, free }),
        floor: floor?,
        cap: cap?,
    })
}

/// Between the values of a list.
const OR: char = '|';
/// Before a text that is not to be read.
const EXACT: char = '=';
const ANY: &str = "any";

fn condition(
    record: &Record,
    dimension: &str,
    by_default: bool,
    faults: &mut Faults,
) -> Option<Condition> {
    let place = record.place.in_field(dimension);
    let Some(text) = record.text(dimension) else {
        if by_default {
            return Some(Condition::Any);
        }
        let (row, dimension) =
            (record.text("row").unwrap_or_default().to_owned(), dimension.to_owned());
        faults.add(place, InputRejection::NoCondition { row, dimension });
        return None;
    };
    if text == ANY {
        return Some(Condition::Any);
    }
    if let Some(exact) = text.strip_prefix(EXACT) {
        return Some(Condition::OneOf(BTreeSet::from([exact.to_owned()])));
    }
    if let Some((from, below)) = text.split_once("..") {
        let mut bound = |text: &str| match text {
            "" => Some(None),
            text => faults.read(place.clone(), text).map(Some),
        };
        let (from, below) = (bound(from), bound(below));
        return Some(Condition::Range(NumberRange { from: from?, below: below? }));
    }
    let texts = || text.split(OR).map(str::trim);
    if texts().all(|text| text.ends_with('*')) {
        let beginnings = texts().map(|text| text.trim_end_matches('*').to_owned());
        return Some(Condition::Prefix(beginnings.collect()));
    }
    Some(Condition::OneOf(texts().map(str::to_owned).collect()))
}

/// Writes the rows of a table, as [`read`] reads them. None where a row says what these columns
/// cannot: excluded bounds, a condition of several texts that look like something else.
#[must_use]
pub fn write(table: &PriceTable) -> Option<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in records(table)? {
        writer.write_record(record).ok()?;
    }
    String::from_utf8(writer.into_inner().ok()?).ok()
}

/// The header and the lines that [`write`] writes, cell by cell.
pub(crate) fn records(table: &PriceTable) -> Option<Vec<Vec<String>>> {
    let names = table.dimensions.iter().map(|dimension| dimension.name.as_str());
    let header = ["row"].into_iter().chain(names).chain(COLUMNS[1..].to_vec());
    let mut records = vec![header.map(str::to_owned).collect()];
    for row in &table.rows {
        if row.model.bounds != Bounds::Included || row.model.at_zero != AtZero::Nothing {
            return None;
        }
        for (index, tier) in row.model.tiers.iter().enumerate() {
            records.push(line(table, row, tier, index == 0)?);
        }
    }
    Some(records)
}

/// The cells of one tier; those of the row only on its first.
fn line(table: &PriceTable, row: &PriceRow, tier: &Tier, is_first: bool) -> Option<Vec<String>> {
    fn shown<T: ToString>(value: Option<T>) -> String {
        value.map_or_else(String::new, |value| value.to_string())
    }
    let model = &row.model;
    let mut cells = vec![row.code.to_string()];
    for at in 0..table.dimensions.len() {
        let condition = row.conditions.get(at).filter(|_| is_first);
        cells.push(condition.map_or(Some(String::new()), words)?);
    }
    let included = (!model.included.is_zero()).then_some(model.included);
    let fee = model.per_event;
    let mode = match model.mode {
        TierMode::Graduated => "graduated",
        TierMode::Volume => "volume",
    };
    let of_row = [
        shown(row.is_default.then_some("true")),
        shown((row.priority != 0).then_some(row.priority)),
        shown(row.from),
        shown(row.until),
        shown(model.peak.map(|_| "day")),
        shown(included),
        shown(model.package.map(|package| package.size)),
        mode.to_owned(),
    ];
    let of_tier = [shown(tier.up_to), tier.unit_price.to_string(), shown(tier.flat)];
    let limits = [
        shown(fee.map(|fee| fee.price)),
        shown(fee.map(|fee| fee.free).filter(|free| *free != 0)),
        shown(model.floor),
        shown(model.cap),
    ];
    let kept = |cell: String| if is_first { cell } else { String::new() };
    cells.extend(of_row.map(kept));
    cells.extend(of_tier);
    cells.extend(limits.map(kept));
    Some(cells)
}

/// A condition as a cell.
fn words(condition: &Condition) -> Option<String> {
    let plain = |text: &str| {
        let looks_like = text == ANY || text.is_empty() || text.contains("..");
        let marked = text.ends_with('*') || text.starts_with(EXACT) || text.contains(OR);
        !looks_like && !marked && text.trim() == text
    };
    let joined = |texts: Vec<String>| Some(texts.join("|"));
    match condition {
        Condition::Any => Some(ANY.to_owned()),
        Condition::OneOf(values) => match values.iter().collect::<Vec<_>>().as_slice() {
            [one] if !plain(one) => Some(format!("{EXACT}{one}")),
            texts if texts.iter().all(|text| plain(text)) => {
                joined(texts.iter().map(|text| (*text).clone()).collect())
            }
            _ => None,
        },
        Condition::Prefix(texts) if texts.iter().all(|text| plain(text)) => {
            joined(texts.iter().map(|text| format!("{text}*")).collect())
        }
        Condition::Prefix(_) => None,
        Condition::Range(NumberRange { from, below }) => {
            let bound = |it: Option<Quantity>| it.map_or_else(String::new, |it| it.to_string());
            Some(format!("{}..{}", bound(*from), bound(*below)))
        }
    }
}

#[cfg(test)]
mod tests;
