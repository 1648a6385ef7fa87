//! Events as Parquet, a column at a time. Quantities are decimals of 9 places and times are
//! microseconds in UTC, so that nothing is lost on the way.

use std::fs::File;
use std::io::{self, BufWriter};
use std::sync::Arc;

use engine::usage::Exported;
use jiff::civil::Date;
use parquet::data_type::{
    ByteArray, ByteArrayType, DataType, FixedLenByteArray, FixedLenByteArrayType, Int32Type,
    Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

use super::export::{Sink, dimensions};

/// The columns, in the order in which they are written.
const SCHEMA: &str = "message usage {
    required binary source (UTF8);
    required binary id (UTF8);
    optional binary meter (UTF8);
    optional binary unknown_type (UTF8);
    required binary subject (UTF8);
    required int64 time (TIMESTAMP(MICROS,true));
    required fixed_len_byte_array(16) value (DECIMAL(38,9));
    required binary dimensions (UTF8);
    required int32 arrived_on (DATE);
    required binary file (UTF8);
    required int64 line;
    required int64 segment;
    required binary outcome (UTF8);
    optional binary reason (UTF8);
    optional binary unit (UTF8);
    optional binary account (UTF8);
}";

/// Decimals of a value.
const DECIMALS: u32 = 9;

/// Events that are in memory at once.
const ROW_GROUP_EVENTS: usize = 100_000;

/// Writes events in groups of rows.
pub struct ParquetFile {
    writer: SerializedFileWriter<BufWriter<File>>,
    waiting: Vec<Exported>,
}

impl ParquetFile {
    /// Begins a file.
    pub fn new(out: BufWriter<File>) -> io::Result<Self> {
        let schema = Arc::new(parse_message_type(SCHEMA).map_err(failed)?);
        let properties = Arc::new(WriterProperties::builder().build());
        let writer = SerializedFileWriter::new(out, schema, properties).map_err(failed)?;
        Ok(Self { writer, waiting: Vec::new() })
    }

    fn flush(&mut self) -> io::Result<()> {
        let events = std::mem::take(&mut self.waiting);
        if events.is_empty() {
            return Ok(());
        }
        let mut group = self.writer.next_row_group().map_err(failed)?;
        write_group(&mut group, &events)?;
        group.close().map_err(failed)?;
        Ok(())
    }
}

impl Sink for ParquetFile {
    fn add(&mut self, event: &Exported) -> io::Result<()> {
        self.waiting.push(event.clone());
        if self.waiting.len() >= ROW_GROUP_EVENTS { self.flush() } else { Ok(()) }
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.flush()?;
        self.writer.close().map_err(failed)?;
        Ok(())
    }
}

fn failed(error: ParquetError) -> io::Error {
    io::Error::other(error)
}

type Group<'a> = SerializedRowGroupWriter<'a, BufWriter<File>>;

fn write_group(group: &mut Group<'_>, events: &[Exported]) -> io::Result<()> {
    text(group, events, &|it| it.event.source.to_string())?;
    text(group, events, &|it| it.event.id.to_string())?;
    optional(group, events, &|it| it.event.meter.as_ref().map(ToString::to_string))?;
    optional(group, events, &|it| it.event.unknown_type.clone())?;
    text(group, events, &|it| it.event.subject.clone())?;
    let times: Vec<i64> = events.iter().map(|it| it.event.happened_at.as_microsecond()).collect();
    column::<Int64Type>(group, &times, None)?;
    let values: io::Result<Vec<FixedLenByteArray>> = events.iter().map(value).collect();
    column::<FixedLenByteArrayType>(group, &values?, None)?;
    text(group, events, &dimensions)?;
    let days: io::Result<Vec<i32>> =
        events.iter().map(|it| day_number(it.event.arrival.arrived_on)).collect();
    column::<Int32Type>(group, &days?, None)?;
    text(group, events, &|it| it.event.name.clone())?;
    let lines: Vec<i64> = events.iter().map(|it| i64::from(it.event.arrival.line)).collect();
    column::<Int64Type>(group, &lines, None)?;
    let segments: Vec<i64> = events.iter().map(|it| it.event.segment).collect();
    column::<Int64Type>(group, &segments, None)?;
    text(group, events, &|it| it.event.outcome.to_owned())?;
    optional(group, events, &|it| it.event.reason.map(str::to_owned))?;
    optional(group, events, &|it| it.event.unit.as_ref().map(ToString::to_string))?;
    optional(group, events, &|it| it.account.as_ref().map(ToString::to_string))
}

fn text(
    group: &mut Group<'_>,
    events: &[Exported],
    of: &dyn Fn(&Exported) -> String,
) -> io::Result<()> {
    let values: Vec<ByteArray> = events.iter().map(|it| of(it).into_bytes().into()).collect();
    column::<ByteArrayType>(group, &values, None)
}

/// Only the values that are there are written, and for each event whether it has one.
fn optional(
    group: &mut Group<'_>,
    events: &[Exported],
    of: &dyn Fn(&Exported) -> Option<String>,
) -> io::Result<()> {
    let cells: Vec<Option<String>> = events.iter().map(of).collect();
    let there: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
    let values: Vec<ByteArray> =
        cells.into_iter().flatten().map(|text| text.into_bytes().into()).collect();
    column::<ByteArrayType>(group, &values, Some(&there))
}

/// Writes the next column of the schema.
fn column<T: DataType>(
    group: &mut Group<'_>,
    values: &[T::T],
    there: Option<&[i16]>,
) -> io::Result<()> {
    let next = group.next_column().map_err(failed)?;
    let mut column = next.ok_or_else(|| io::Error::other("the schema has no such column"))?;
    column.typed::<T>().write_batch(values, there, None).map_err(failed)?;
    column.close().map_err(failed)
}

/// The value as a whole number of billionths, big-endian.
fn value(it: &Exported) -> io::Result<FixedLenByteArray> {
    let decimal = it.event.value.decimal();
    let missing = DECIMALS.checked_sub(decimal.scale());
    let scaled = missing.and_then(|it| decimal.mantissa().checked_mul(10_i128.checked_pow(it)?));
    let scaled = scaled.ok_or_else(|| io::Error::other("a value does not fit its column"))?;
    Ok(ByteArray::from(scaled.to_be_bytes().to_vec()).into())
}

/// Days since 1970-01-01.
fn day_number(day: Date) -> io::Result<i32> {
    let since = day.since(jiff::civil::date(1970, 1, 1)).map_err(io::Error::other)?;
    Ok(since.get_days())
}
