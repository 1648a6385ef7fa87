//! Why an input cannot be read. Each sentence names the problem and what would be right.

use jiff::civil::Date;

kernel::rejections! {
    /// Why an input cannot be read.
    pub enum InputRejection {
        /// A value that is needed is absent or empty.
        Missing {
            /// The column, member or key.
            field: String,
        } = "input-missing", "`{field}` is missing or empty; give it a value";

        /// Nobody would read it.
        Unknown {
            /// The column, member or key.
            field: String,
            /// Those that exist.
            known: String,
        } = "input-unknown-field", "`{field}` is not known here; use one of: {known}";

        /// Days that must follow each other.
        NotInOrder {
            /// The day before it.
            before: Date,
            /// The day that is not after it.
            next: Date,
        } = "input-not-in-order",
            "{next} is not after {before}; write the changes in the order of time, one for a day";

        /// Two values where one is meant.
        Repeated {
            /// The column, member or key.
            field: String,
        } = "input-repeated-field", "`{field}` occurs twice; keep one of them";

        /// One row for each thing.
        RepeatedRow {
            /// What is named.
            what: String,
            /// The name.
            code: String,
            /// Where it came first.
            first_line: u32,
        } = "input-repeated-row",
            "the {what} `{code}` stands in line {first_line} already; give each its own row";

        /// Not an identifier.
        BadId {
            /// What it should identify.
            what: String,
            /// As written.
            text: String,
        } = "input-bad-id",
            "`{text}` cannot name a {what}; use 1 to 200 characters, without control characters \
             and without blanks at the ends";

        /// Not a decimal number.
        BadDecimal {
            /// As written.
            text: String,
            /// The most decimals that are kept.
            decimals_max: u32,
        } = "input-bad-decimal",
            "`{text}` is not a decimal number; write digits with a point, such as 12.50, with at \
             most {decimals_max} decimals and no exponent";

        /// Not a whole number of the range.
        BadInteger {
            /// As written.
            text: String,
            /// At least.
            min: u32,
            /// At most.
            max: u32,
        } = "input-bad-integer", "`{text}` is not a whole number from {min} to {max}; write one";

        /// Neither yes nor no.
        BadBoolean {
            /// As written.
            text: String,
        } = "input-bad-boolean", "`{text}` is neither `true` nor `false`; write one of them";

        /// Not a day of the calendar.
        BadDate {
            /// As written.
            text: String,
        } = "input-bad-date",
            "`{text}` is not a day of the calendar; write year-month-day, such as 2026-02-28";

        /// Not a time of day.
        BadTime {
            /// As written.
            text: String,
        } = "input-bad-time", "`{text}` is not a time of day; write hours and minutes, as 07:00";

        /// Not an instant.
        BadInstant {
            /// As written.
            text: String,
        } = "input-bad-instant",
            "`{text}` is not an instant of RFC 3339; write it with its offset from UTC, such as \
             2026-01-12T14:03:00Z or 2026-01-12T15:03:00+01:00";

        /// Not an instant, a local time or a day.
        BadWhen {
            /// As written.
            text: String,
        } = "input-bad-when",
            "`{text}` is no time that exists; write a day (2026-01-31), a local time \
             (2026-01-31 10:30) or an instant (2026-01-31T10:30:00+01:00)";

        /// Not a currency.
        UnknownCurrency {
            /// As written.
            text: String,
        } = "input-unknown-currency",
            "`{text}` is not an active ISO 4217 currency; use three capital letters such as EUR";

        /// Not a zone.
        UnknownZone {
            /// As written.
            text: String,
        } = "input-unknown-zone",
            "`{text}` is not an IANA time zone; use a name such as Europe/Paris";

        /// Not one of the words that are possible.
        UnknownWord {
            /// As written.
            text: String,
            /// The words.
            known: String,
        } = "input-unknown-word", "`{text}` is not possible here; use one of: {known}";

        /// Text that could also be read as a number, a boolean or nothing.
        QuotesNeeded {
            /// How it would be read.
            read_as: String,
        } = "input-quotes-needed",
            "without quotes this is {read_as}, not text; put it in double quotes";

        /// A row prices nothing for some values.
        NoCondition {
            /// The row.
            row: String,
            /// The dimension.
            dimension: String,
        } = "input-no-condition",
            "row `{row}` says nothing about `{dimension}`; add `{dimension}: any` or the values \
             that it takes";

        /// Too many choices in one place.
        NotOne {
            /// The keys.
            keys: String,
        } = "input-not-one", "exactly one of these is needed here: {keys}";

        /// The YAML cannot be read.
        BadYaml {
            /// What the parser says.
            reason: String,
        } = "input-bad-yaml", "this is not the YAML that belongs here: {reason}; correct it";

        /// A price for a line of nothing.
        UnknownOrderLine {
            /// As written.
            order_line: String,
        } = "input-unknown-order-line",
            "no order of the orders file has the line `{order_line}`; name one of its lines";

        /// The spreadsheet cannot be read.
        BadSpreadsheet {
            /// What the parser says.
            reason: String,
        } = "input-bad-spreadsheet",
            "this is not a spreadsheet that can be read: {reason}; save it as XLSX";

        /// A cell holds more than its number shows.
        InexactCell {
            /// What is in it.
            text: String,
        } = "input-inexact-cell",
            "`{text}` is not a number that a spreadsheet keeps exactly, nor a text or day; write \
             it as text";

        /// The JSON cannot be read.
        BadJson {
            /// What the parser says.
            reason: String,
        } = "input-bad-json", "this is not valid JSON: {reason}; correct it";

        /// A value of another kind: a list where a text is needed.
        WrongKind {
            /// What is needed.
            expected: String,
        } = "input-wrong-kind", "this is not {expected}; write one here";

        /// The CSV cannot be read.
        BadCsv {
            /// What the parser says.
            reason: String,
        } = "input-bad-csv", "this is not valid CSV: {reason}; correct it";

        /// A row that does not fit the header.
        CellCount {
            /// Columns.
            expected: usize,
            /// Cells.
            actual: usize,
        } = "input-cell-count",
            "the row has {actual} cells for {expected} columns; give each column its cell";

        /// One order, two customers or days.
        OrderDiffers {
            /// The order.
            order: String,
            /// The column.
            field: String,
            /// In the first row of the order.
            expected: String,
            /// Here.
            actual: String,
        } = "input-order-differs",
            "order `{order}` has the {field} `{expected}` in its first row, but `{actual}` here; \
             make them equal";

        /// The files do not count alike.
        UnitCount {
            /// The order line.
            order_line: String,
            /// In the order.
            expected: u32,
            /// Rows of the other file.
            actual: usize,
            /// The other file.
            file: String,
        } = "input-unit-count",
            "order line `{order_line}` has {expected} units, but {file} names {actual}; make them \
             equal";

        /// A unit of nothing.
        NoOrderLine {
            /// The order line.
            order_line: String,
            /// Where it should be.
            file: String,
        } = "input-no-order-line",
            "the order line `{order_line}` is not in {file}; add it there, or correct its name";

        /// A value where there is nothing to say.
        Unexpected {
            /// The column.
            field: String,
            /// For what.
            action: String,
        } = "input-unexpected", "`{action}` takes no {field}; leave the cell empty";

        /// Not an event of CloudEvents 1.0.
        NotCloudEvent {
            /// As written.
            specversion: String,
        } = "input-not-cloudevent",
            "specversion is `{specversion}`; send CloudEvents 1.0 (specversion `1.0`)";

        /// The file cannot be opened.
        CannotOpen {
            /// What the system says.
            reason: String,
        } = "input-cannot-open", "the file cannot be opened ({reason}); check its path";

        /// The file cannot be read to its end.
        Unreadable {
            /// What the system says.
            reason: String,
            /// Lines that were handed over before.
            lines: u32,
        } = "input-unreadable",
            "the file cannot be read to its end ({reason}); the {lines} lines before that were \
             read: send the whole file again, they are not counted twice";

        /// More lines than can be numbered.
        TooManyLines {
            /// At most.
            lines_max: u32,
        } = "input-too-many-lines",
            "the file has more than {lines_max} lines; send it in several files";
    }
}
