//! Orders as CSV: one row per order line, and a second file with one row per unit where the order
//! system names its units.

mod amendment;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use facts::order::OrderedUnit;
use facts::{OrderId, OrderLineId, RowCode};
use jiff::civil::Date;
use orders::{PlaceLine, PlaceOrder};

use crate::csv_table::{self, Columns, Others};
use crate::faults::Faults;
use crate::record::Record;
use crate::{InputFault, InputRejection, Located, Place, price_rows_csv};

/// Every other column is an option of the offer, or one of [`amendment::COLUMNS`].
const ORDER_COLUMNS: Columns = Columns {
    needed: &["order", "order_line", "customer", "ordered_on", "offer", "units"],
    others: Others::Kept,
};

/// Every other column is an attribute of the unit.
const UNIT_COLUMNS: Columns =
    Columns { needed: &["unit", "order_line", "zone"], others: Others::Kept };

/// The same of units that another system billed.
const ADOPTED_COLUMNS: Columns = Columns {
    needed: &["unit", "order_line", "zone", "serial", "in_service_from", "paid_until"],
    others: Others::Kept,
};

/// A file of these: prices that order lines have of their own.
const OWN_PRICE_COLUMNS: Columns = Columns {
    needed: &["order_line", "component", "row", "up_to", "unit_price"],
    others: Others::Kept,
};

/// Reads prices of order lines for single rows of price tables, one line for each tier, and gives
/// them to the orders that have these lines.
///
/// # Errors
/// Every fault of the file, also lines that no order has.
pub fn read_prices(
    (file, text): (&str, &str),
    orders: &mut [Located<PlaceOrder>],
) -> Result<(), Vec<InputFault>> {
    let mut faults = Faults::default();
    for record in csv_table::read(file, text, &OWN_PRICE_COLUMNS, &mut faults) {
        let line = record.required::<OrderLineId>("order_line", &mut faults);
        let component = record.required::<String>("component", &mut faults);
        let row = record.required::<RowCode>("row", &mut faults);
        let price = price_rows_csv::price(&record, &["order_line", "component"], &mut faults);
        let (Some(line), Some(component), Some(row), Some(price)) = (line, component, row, price)
        else {
            continue;
        };
        let mut lines = orders.iter_mut().flat_map(|order| &mut order.value.lines);
        let Some(place) = lines.find(|it| it.line == line) else {
            let rejection = InputRejection::UnknownOrderLine { order_line: line.to_string() };
            faults.add(record.place.in_field("order_line"), rejection);
            continue;
        };
        match place.prices.entry(component).or_default().entry(row) {
            Entry::Occupied(mut known) => known.get_mut().tiers.extend(price.tiers),
            Entry::Vacant(new) => {
                new.insert(price);
            }
        }
    }
    faults.or(())
}

/// Reads orders, and the units of their lines where a second file names them. Each file comes
/// with its name. The place of an order is its first row.
///
/// # Errors
/// Every fault of both files, also where they do not agree.
pub fn read(
    orders: (&str, &str),
    units: Option<(&str, &str)>,
) -> Result<Vec<Located<PlaceOrder>>, Vec<InputFault>> {
    let units = units.map(|it| (it, &UNIT_COLUMNS));
    read_with(orders, units).map(|(orders, _)| orders)
}

/// Reads the contracts of another system and their units, whose rows say more than an order does;
/// these come back as they are.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_adopted(
    orders: (&str, &str),
    units: (&str, &str),
) -> Result<Read, Vec<InputFault>> {
    read_with(orders, Some((units, &ADOPTED_COLUMNS)))
}

/// The orders, and the rows of their units.
type Read = (Vec<Located<PlaceOrder>>, Vec<Record>);

fn read_with(
    orders: (&str, &str),
    units: Option<((&str, &str), &Columns)>,
) -> Result<Read, Vec<InputFault>> {
    let mut faults = Faults::default();
    let mut records = Vec::new();
    let rows = csv_table::read(orders.0, orders.1, &ORDER_COLUMNS, &mut faults);
    let mut rows: Vec<_> = rows.iter().filter_map(|row| order_row(row, &mut faults)).collect();
    refuse_repeated_lines(&rows, &mut faults);
    if let Some(((file, text), columns)) = units {
        records = csv_table::read(file, text, columns, &mut faults);
        let named = units_by_line((&records, columns), &rows, orders.0, &mut faults);
        name_units(&mut rows, named, file, &mut faults);
    }
    let orders = gathered(rows, &mut faults);
    faults.or((orders, records))
}

/// A row of the orders file: a line, and what it says about its order.
struct OrderRow {
    place: Place,
    order: OrderId,
    customer: String,
    ordered_on: Date,
    line: PlaceLine,
}

fn order_row(row: &Record, faults: &mut Faults) -> Option<OrderRow> {
    let order = row.required("order", faults);
    let line = row.required("order_line", faults);
    let customer = row.required("customer", faults);
    let ordered_on = row.required("ordered_on", faults);
    let takes_over = amendment::takes_over(row, faults);
    let offer = match takes_over {
        Some(Some(_)) => row.optional("offer", faults).map(Option::unwrap_or_default),
        _ => row.required("offer", faults),
    };
    let units = row.optional("units", faults);
    let components = amendment::components(row, faults);
    let term = amendment::term(row, faults);
    let invoice = amendment::invoice(row, faults);
    let known = [ORDER_COLUMNS.needed, &amendment::COLUMNS].concat();
    Some(OrderRow {
        place: row.place.clone(),
        order: order?,
        customer: customer?,
        ordered_on: ordered_on?,
        line: PlaceLine {
            line: line?,
            offer: offer?,
            units: units?,
            options: owned(row.others(&known)),
            components: components?,
            named_units: Vec::new(),
            prices: BTreeMap::new(),
            takes_over: takes_over?,
            term: term?,
            invoice: invoice?,
        },
    })
}

fn owned<'a>(cells: impl Iterator<Item = (&'a str, &'a str)>) -> BTreeMap<String, String> {
    cells.map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}

/// The units file refers to lines by name, so a name stands for one row.
fn refuse_repeated_lines(rows: &[OrderRow], faults: &mut Faults) {
    let mut first_lines = BTreeMap::new();
    for row in rows {
        let line = row.place.line.unwrap_or_default();
        let first_line = *first_lines.entry(&row.line.line).or_insert(line);
        if first_line != line {
            let (what, code) = ("order line".to_owned(), row.line.line.to_string());
            let rejection = InputRejection::RepeatedRow { what, code, first_line };
            faults.add(row.place.in_field("order_line"), rejection);
        }
    }
}

fn units_by_line(
    (records, columns): (&[Record], &Columns),
    rows: &[OrderRow],
    orders_file: &str,
    faults: &mut Faults,
) -> BTreeMap<OrderLineId, Vec<OrderedUnit>> {
    let mut by_line = BTreeMap::<OrderLineId, Vec<OrderedUnit>>::new();
    for record in records {
        let unit = record.required("unit", faults);
        let line = record.required::<OrderLineId>("order_line", faults);
        let zone = record.required("zone", faults);
        let (Some(unit), Some(line), Some(zone)) = (unit, line, zone) else { continue };
        if !rows.iter().any(|row| row.line.line == line) {
            let (order_line, file) = (line.to_string(), orders_file.to_owned());
            let rejection = InputRejection::NoOrderLine { order_line, file };
            faults.add(record.place.in_field("order_line"), rejection);
        }
        let attributes = owned(record.others(columns.needed));
        by_line.entry(line).or_default().push(OrderedUnit { unit, attributes, zone, after: None });
    }
    by_line
}

/// Gives each line its units; the two files must count alike.
fn name_units(
    rows: &mut [OrderRow],
    mut by_line: BTreeMap<OrderLineId, Vec<OrderedUnit>>,
    file: &str,
    faults: &mut Faults,
) {
    for row in rows {
        let named = by_line.remove(&row.line.line).unwrap_or_default();
        let actual = named.len();
        match row.line.units {
            Some(expected) if usize::try_from(expected) != Ok(actual) => {
                let (order_line, file) = (row.line.line.to_string(), file.to_owned());
                let rejection = InputRejection::UnitCount { order_line, expected, actual, file };
                faults.add(row.place.in_field("units"), rejection);
            }
            _ => {
                row.line.units = row.line.units.or(u32::try_from(actual).ok().filter(|n| *n > 0));
                row.line.named_units = named;
            }
        }
    }
}

/// The rows of an order become one order, in the order of their first rows.
fn gathered(rows: Vec<OrderRow>, faults: &mut Faults) -> Vec<Located<PlaceOrder>> {
    let mut orders: Vec<Located<PlaceOrder>> = Vec::new();
    for row in rows {
        match orders.iter_mut().find(|known| known.value.order == row.order) {
            Some(known) => {
                refuse_difference(&known.value, &row, faults);
                known.value.lines.push(row.line);
            }
            None => orders.push(Located {
                place: row.place,
                value: PlaceOrder {
                    order: row.order,
                    customer: row.customer,
                    ordered_on: row.ordered_on,
                    lines: vec![row.line],
                },
            }),
        }
    }
    orders
}

fn refuse_difference(known: &PlaceOrder, row: &OrderRow, faults: &mut Faults) {
    let days = (known.ordered_on.to_string(), row.ordered_on.to_string());
    let pairs = [
        ("customer", known.customer.clone(), row.customer.clone()),
        ("ordered_on", days.0, days.1),
    ];
    for (field, expected, actual) in pairs.into_iter().filter(|pair| pair.1 != pair.2) {
        let (order, name) = (known.order.to_string(), field.to_owned());
        let rejection = InputRejection::OrderDiffers { order, field: name, expected, actual };
        faults.add(row.place.in_field(field), rejection);
    }
}

#[cfg(test)]
mod tests;
