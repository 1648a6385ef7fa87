//! Columns of `units` and `holdings`.

use ::facts::unit::ServiceStart;

use super::{Cell, Reader, Row, Table, inconsistent};
use crate::{Holding, Result, Turn, UnitState};

const UNITS: Table = Table { name: "units", key_columns: 1 };
const HOLDINGS: Table = Table { name: "holdings", key_columns: 2 };

/// `unit, account, order_id, order_line, shipped_at, delivered_at, start_at, start_evidence`.
///
/// # Errors
/// [`crate::StoreError`], when the evidence cannot be written as JSON.
pub fn unit_row(unit: &UnitState) -> Result<Row<'_>> {
    let evidence = unit.start.as_ref().map(|start| Cell::json(&start.evidence)).transpose()?;
    Ok(vec![
        unit.unit.as_str().into(),
        unit.account.as_str().into(),
        unit.order.as_str().into(),
        unit.order_line.as_str().into(),
        unit.shipped_at.into(),
        unit.delivered_at.into(),
        unit.start.as_ref().map(|start| start.start_at).into(),
        evidence.unwrap_or(Cell::Null),
    ])
}

/// The columns of [`unit_row`].
///
/// # Errors
/// [`crate::StoreError::Inconsistent`].
pub fn read_unit(row: Row<'static>) -> Result<UnitState> {
    let mut reader = Reader::new(UNITS, row);
    Ok(UnitState {
        unit: reader.parsed()?,
        account: reader.parsed()?,
        order: reader.parsed()?,
        order_line: reader.parsed()?,
        shipped_at: reader.instant_or_none()?,
        delivered_at: reader.instant_or_none()?,
        start: read_start(&mut reader)?,
    })
}

fn read_start(reader: &mut Reader) -> Result<Option<ServiceStart>> {
    match (reader.instant_or_none()?, reader.json_or_none()?) {
        (None, None) => Ok(None),
        (Some(start_at), Some(evidence)) => Ok(Some(ServiceStart { start_at, evidence })),
        _ => Err(reader.inconsistent("a start has an instant and its evidence, or neither")),
    }
}

/// `unit, position, serial, held_from, held_until`. The position keeps two turns of one serial
/// apart: a unit can get back what it gave away.
///
/// # Errors
/// [`crate::StoreError::Inconsistent`] when a holding is another unit's.
pub fn holding_rows<'a>(unit: &'a UnitState, holdings: &'a [Holding]) -> Result<Vec<Row<'a>>> {
    if let Some(other) = holdings.iter().find(|holding| holding.unit != unit.unit) {
        let reason = format!("it was given with unit {}", unit.unit);
        return Err(inconsistent(
            HOLDINGS.name,
            format!("{} {}", other.serial, other.unit),
            reason,
        ));
    }
    let row = |(position, holding): (i64, &'a Holding)| {
        vec![
            unit.unit.as_str().into(),
            position.into(),
            holding.serial.as_str().into(),
            holding.held_from.into(),
            holding.held_until.into(),
        ]
    };
    Ok((1..).zip(holdings).map(row).collect())
}

/// `serial, unit, held_from, held_until, order_id, order_line, start_at`.
///
/// # Errors
/// [`crate::StoreError::Inconsistent`].
pub fn read_turn(row: Row<'static>) -> Result<Turn> {
    let mut reader = Reader::new(HOLDINGS, row);
    let holding = Holding {
        serial: reader.text()?,
        unit: reader.parsed()?,
        held_from: reader.instant_or_none()?,
        held_until: reader.instant_or_none()?,
    };
    Ok(Turn {
        holding,
        order: reader.parsed()?,
        order_line: reader.parsed()?,
        service_from: reader.instant_or_none()?,
    })
}
