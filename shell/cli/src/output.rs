//! One result, three ways to show it: tables for people, one JSON document for programs, CSV for
//! spreadsheets.

use std::io::{IsTerminal, Write};

use comfy_table::presets::NOTHING;
use comfy_table::{
    Attribute, Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table as Grid, Width,
};
use serde_json::Value;

use crate::args::Format;
use crate::failure::Failure;

/// What a command has to show.
#[derive(Default)]
pub struct Shown {
    /// For programs.
    pub json: Value,
    /// For people and spreadsheets.
    pub tables: Vec<Table>,
    /// Sentences around the tables, for people.
    pub before: Vec<String>,
    /// Sentences after the tables, for people.
    pub after: Vec<String>,
}

/// A table.
#[derive(Default)]
pub struct Table {
    /// What it shows.
    pub title: Option<String>,
    /// Its columns: a name, and whether it holds figures.
    pub columns: Vec<(String, Kind)>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words, aligned to the left.
    Words,
    /// Figures, aligned to the right.
    Figures,
}

impl Shown {
    /// Prints the result on standard output.
    pub fn print(&self, format: Format) -> Result<(), Failure> {
        let text = match format {
            Format::Json => serde_json::to_string_pretty(&self.json).unwrap_or_default() + "\n",
            Format::Csv => self.as_csv(),
            Format::Table => self.as_text(),
        };
        let mut out = std::io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            // Whoever reads has read enough.
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(Failure::Technical(error.to_string()))
            }
            _ => Ok(()),
        }
    }

    fn as_text(&self) -> String {
        let mut parts = Vec::new();
        if !self.before.is_empty() {
            parts.push(self.before.join("\n"));
        }
        parts.extend(self.tables.iter().map(Table::as_text));
        if !self.after.is_empty() {
            parts.push(self.after.join("\n"));
        }
        parts.join("\n\n") + "\n"
    }

    fn as_csv(&self) -> String {
        let tables: Vec<String> = self.tables.iter().map(Table::as_csv).collect();
        tables.join("\n")
    }
}

impl Table {
    /// A table with these columns.
    pub fn new(title: Option<String>, columns: Vec<(String, Kind)>) -> Self {
        Self { title, columns, rows: Vec::new() }
    }

    fn as_text(&self) -> String {
        let mut grid = Grid::new();
        grid.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        if !std::io::stdout().is_terminal() {
            grid.set_width(PLAIN_WIDTH);
            grid.force_no_tty();
        }
        let aligned = |text: &str, kind: Kind| {
            let alignment = match kind {
                Kind::Words => CellAlignment::Left,
                Kind::Figures => CellAlignment::Right,
            };
            Cell::new(text).set_alignment(alignment)
        };
        let heads = self.columns.iter();
        grid.set_header(
            heads.map(|(name, kind)| aligned(name, *kind).add_attribute(Attribute::Dim)),
        );
        for row in &self.rows {
            let cells = row.iter().zip(&self.columns);
            grid.add_row(cells.map(|(text, (_, kind))| aligned(text, *kind)));
        }
        self.keep_words_whole(&mut grid);
        let lines = grid.lines().map(|line| line.trim_end().to_owned());
        let body = lines.collect::<Vec<_>>().join("\n");
        match &self.title {
            Some(title) => format!("{title}\n{body}"),
            None => body,
        }
    }

    /// Where there is room for it, no date, code or figure is cut; then no head either.
    fn keep_words_whole(&self, grid: &mut Grid) {
        let Some(available) = grid.width() else { return };
        let cells: Vec<u16> = (0..self.columns.len())
            .map(|place| {
                let cells = self.rows.iter().filter_map(|row| row.get(place));
                cells.map(|text| longest_word(text)).max().unwrap_or_default() + PADDING
            })
            .collect();
        let heads = self.columns.iter().map(|(name, _)| longest_word(name) + PADDING);
        let whole: Vec<u16> = heads.zip(&cells).map(|(head, cell)| head.max(*cell)).collect();
        let fits = |widths: &[u16]| {
            widths.iter().fold(0_u16, |sum, it| sum.saturating_add(*it)) <= available
        };
        let widths = if fits(&whole) { whole } else { cells };
        if fits(&widths) {
            for (column, width) in grid.column_iter_mut().zip(widths) {
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width)));
            }
        }
    }

    fn as_csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let heads: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        // Writing to memory cannot fail.
        let _ = writer.write_record(heads);
        for row in &self.rows {
            let _ = writer.write_record(row);
        }
        writer
            .into_inner()
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }
}

/// The columns of the longest word of a text. Figures have spaces that do not break.
fn longest_word(text: &str) -> u16 {
    let words = text.split(' ').map(|word| word.chars().count());
    u16::try_from(words.max().unwrap_or_default()).unwrap_or(u16::MAX / 2)
}

/// Columns on both sides of a cell.
const PADDING: u16 = 2;

/// Columns of a table that goes to a file or a pipe.
const PLAIN_WIDTH: u16 = 140;
