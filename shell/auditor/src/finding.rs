//! What an audit can find: a code, the values at stake, and a sentence that says what to do.

use facts::{
    AccountId, ComponentCode, DocumentId, EntryId, InvoiceNumber, LedgerAccount, OrderId,
    OrderLineId, SellerCode, UnitId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Digest, Money, Percent, Period, Quantity, UnitPrice};

kernel::rejections! {
    /// A promise that is broken, and where.
    #[expect(missing_docs, reason = "the sentence beside them says what the values are")]
    pub enum AuditFinding {
        /// A unit does not go on for another as was agreed.
        ContractBroken { unit: UnitId, what: &'static str, stated: String } =
            "contract-broken",
            "the {what} of unit `{unit}` is {stated}; look at the orders of its device and restore \
             the store from a backup";
        /// Something was said of a term on a day on which none ends.
        TermDayWrong { line: OrderLineId, day: Date } =
            "term-day-wrong",
            "{day} was said to be the end of a term of order line `{line}`, and is none; look at \
             its order";
        /// Lines came in and have no fate, or more fates than lines.
        LinesLost { day: Date, received: i64, stored: i64 } = "lines-lost",
            "{received} lines arrived on {day} but {stored} have a fate; compare the batches of \
             the day with their source and import the missing lines again";
        /// A batch is not one segment of the log.
        SegmentCount {
            batch: Digest,
            name: String,
            day: Date,
            segments: usize,
        } = "segment-count",
            "batch {batch} (`{name}`, arrived on {day}) was received and has {segments} segments \
             in the log of usage, not one; restore the log from a backup";
        /// A segment of no batch.
        SegmentWithoutBatch { segment: i64, name: String, batch: Digest } = "segment-without-batch",
            "segment {segment} of the log of usage (`{name}`) is of batch {batch}, which was \
             never received; restore the store from a backup";
        /// The log of usage has a gap.
        SegmentsMissing {
            missing: i64,
            count: i64,
        } = "segments-missing",
            "the log of usage lacks segment {missing} ({count} there); restore it from a backup";
        /// A segment is not what was received.
        SegmentDiffers { segment: i64, what: &'static str, received: String, stored: String } =
            "segment-differs",
            "segment {segment} of the log of usage has the {what} {stored}, not {received} as \
             received; restore it from a backup";
        /// The tallies of a segment are not its lines.
        TalliesDiffer { segment: i64, lines: u32, tallied: i64 } = "tallies-differ",
            "segment {segment} of the log of usage has {lines} lines and tallies of {tallied}; \
             run `tabouret audit --deep`, which says what its lines are";
        /// The index does not include the whole log.
        IndexBehind { applied: i64, last: i64 } = "index-behind",
            "the index of usage includes segments up to {applied}, the log has {last}; show any \
             usage, which catches it up, and audit again";
        /// Readings are not those of the lines that took their id.
        ReadingsLost {
            day: Date,
            meter: String,
            outcome: String,
            tallied: i64,
            indexed: i64,
        } = "readings-lost",
            "on {day} {tallied} lines of meter `{meter}` were {outcome} but the index has \
             {indexed} readings of them; delete the index, which is made again from the log";
        /// A report counts other lines than the facts give.
        ReportDiffers {
            day: Date,
            meter: String,
            outcome: String,
            reported: i64,
            recounted: i64,
        } = "report-differs",
            "on {day} {reported} lines of meter `{meter}` are reported as {outcome}, by the facts \
             they are {recounted}; do not bill before the two agree";
        /// A segment cannot be read.
        SegmentUnreadable {
            segment: i64,
            name: String,
            reason: &'static str,
        } = "segment-unreadable",
            "segment {segment} of usage (`{name}`) cannot be read: {reason}; restore a backup";
        /// A line is not what the log before it makes it.
        OutcomeDiffers {
            segment: i64,
            line: u32,
            source: String,
            id: String,
            stored: String,
            expected: String,
            lines: u64,
        } = "outcome-differs",
            "line {line} of segment {segment} (event `{id}` of `{source}`) is stored as {stored}, \
             the log makes it {expected} ({lines} such lines there); restore it from a backup";
        /// A tally is not that of the lines.
        TallyDiffers {
            segment: i64,
            meter: String,
            outcome: String,
            stored: u64,
            expected: u64,
        } = "tally-differs",
            "segment {segment} of the log of usage has {expected} lines of meter `{meter}` that \
             are {outcome}, but its tallies say {stored}; restore it from a backup";
        /// The index does not know which line took an id.
        KeyDiffers {
            segment: i64,
            line: u32,
            source: String,
            id: String,
            indexed: String,
            lines: u64,
        } = "key-differs",
            "line {line} of segment {segment} took the id `{id}` of `{source}` but the index says \
             {indexed} ({lines} such lines there); delete the index, it is made again";
        /// The index knows ids that no line took, or lacks some.
        KeysMiscounted {
            taken: u64,
            indexed: u64,
        } = "keys-miscounted",
            "the lines of the log took {taken} ids but the index has {indexed}; delete the index, \
             which is made again from the log";
        /// The readings of a device are not those of its lines.
        ReadingsDiffer {
            subject: String,
            track: String,
            at: Timestamp,
            missing: u64,
            excess: u64,
        } = "readings-differ",
            "of device `{subject}` ({track}) the index lacks {missing} readings of the log and has \
             {excess} others, the first at {at}; delete the index, which is made again";
        /// The debits of an entry are not its credits.
        EntryUnbalanced {
            entry: EntryId,
            book: &'static str,
            debit: i128,
            credit: i128,
        } = "entry-unbalanced",
            "entry `{entry}` of book {book} has debits of {debit} and credits of {credit} minor \
             units; post a correcting entry";
        /// A line of an entry is no debit and no credit, both, or negative.
        EntryLineImpossible {
            entry: EntryId,
            account: LedgerAccount,
            debit: i64,
            credit: i64,
        } = "entry-line-impossible",
            "entry `{entry}` books debit {debit} and credit {credit} on `{account}`; a line is \
             one of them and positive, post a correcting entry";
        /// The balances of a book do not sum to nothing.
        BookUnbalanced {
            book: &'static str,
            seller: SellerCode,
            currency: String,
            debit: i128,
            credit: i128,
        } = "book-unbalanced",
            "book {book} of seller `{seller}` in {currency} has debits of {debit} and credits of \
             {credit} minor units; look for the entry that is out of balance";
        /// A balance is not the sum of the posted entries.
        BalanceDiffers {
            book: &'static str,
            seller: SellerCode,
            currency: String,
            account: LedgerAccount,
            posted: String,
            stored: String,
        } = "balance-differs",
            "account `{account}` of book {book} of seller `{seller}` in {currency} stands at \
             {stored} but its entries come to {posted}; save the entries of the log again";
        /// What is carried forward is not what was billed.
        CarriedDiffers { account: AccountId, what: String, carried: String, billed: String } =
            "carried-differs",
            "of account `{account}`, {what} is carried forward as {carried} but its invoices come \
             to {billed}; delete its row of `carried`, which is made again from them";
        /// The lines of an invoice are not numbered from 1 on.
        LineNumbersDiffer {
            invoice: InvoiceNumber,
            position: u32,
            stated: u32,
        } = "line-numbers-differ",
            "line {position} of invoice `{invoice}` is numbered {stated}; lines are numbered in \
             the order of the document";
        /// The net is not the sum of the lines.
        NetDiffers {
            invoice: InvoiceNumber,
            stated: Money,
            lines: String,
        } = "net-differs",
            "invoice `{invoice}` says net {stated} but its lines come to {lines}; issue a \
             correcting document";
        /// The bases of the taxes are not the net.
        TaxBaseDiffers {
            invoice: InvoiceNumber,
            net: Money,
            bases: String,
        } = "tax-base-differs",
            "the taxes of invoice `{invoice}` are on {bases} but its net is {net}; issue a \
             correcting document";
        /// A tax is not its rate of its base.
        TaxDiffers {
            invoice: InvoiceNumber,
            rate: Percent,
            stated: Money,
            computed: String,
        } = "tax-differs",
            "invoice `{invoice}` says {stated} of tax at {rate} % but it comes to {computed} \
             minor units; issue a correcting document";
        /// The total is not net and taxes.
        TotalDiffers {
            invoice: InvoiceNumber,
            stated: Money,
            computed: String,
        } = "total-differs",
            "invoice `{invoice}` says total {stated} but net and taxes come to {computed}; issue \
             a correcting document";
        /// An invoice is not booked exactly once in a book.
        EntryCount {
            invoice: InvoiceNumber,
            book: &'static str,
            entries: usize,
        } = "entry-count",
            "invoice `{invoice}` has {entries} entries in book {book}, not one; post what is \
             missing or reverse what is too much";
        /// An entry books an invoice that was never issued.
        EntryWithoutInvoice {
            entry: EntryId,
            source: DocumentId,
        } = "entry-without-invoice",
            "entry `{entry}` books invoice `{source}`, which was never issued; reverse it";
        /// An entry has another seller, day or currency than its invoice.
        EntryHeaderDiffers {
            entry: EntryId,
            invoice: InvoiceNumber,
        } = "entry-header-differs",
            "entry `{entry}` has another seller, day or currency than invoice `{invoice}`; \
             reverse it and book the invoice again";
        /// What the customer owes is not the total of the invoice.
        ReceivableDiffers {
            invoice: InvoiceNumber,
            book: &'static str,
            expected: i128,
            booked: i128,
        } = "receivable-differs",
            "the customer owes {expected} minor units of invoice `{invoice}` but book {book} says \
             {booked}; post a correcting entry";
        /// An invoice line is not booked with its amount.
        LineBookedDiffers {
            invoice: InvoiceNumber,
            line: u32,
            book: &'static str,
            expected: i128,
            booked: i128,
        } = "line-booked-differs",
            "line {line} of invoice `{invoice}` is {expected} minor units but book {book} has \
             {booked} for it; post a correcting entry";
        /// The tax of an invoice is not booked with its amount.
        TaxBookedDiffers {
            invoice: InvoiceNumber,
            book: &'static str,
            expected: i128,
            booked: i128,
        } = "tax-booked-differs",
            "the tax of invoice `{invoice}` is {expected} minor units but book {book} has \
             {booked}; post a correcting entry";
        /// A device, its loss or a change of its state is billed before it was known.
        HardwareEarly {
            invoice: InvoiceNumber,
            line: u32,
            unit: UnitId,
        } = "hardware-early",
            "line {line} of invoice `{invoice}` bills unit `{unit}` for a delivery, another \
             milestone, a loss or a change of state that was not known at 00:00 of the day; \
             credit it";
        /// A part is billed before it is due.
        InstalmentEarly {
            invoice: InvoiceNumber,
            line: u32,
            unit: UnitId,
            number: u16,
            due_on: String,
        } = "instalment-early",
            "line {line} of invoice `{invoice}` bills part {number} of unit `{unit}`, which is \
             due on {due_on}; credit it";
        /// A fee is billed before a delivery of its order was known.
        FeeEarly {
            invoice: InvoiceNumber,
            line: u32,
            order: OrderId,
        } = "fee-early",
            "line {line} of invoice `{invoice}` bills the fee of order `{order}`, of which no \
             delivery was known at 00:00 of the day; credit it";
        /// A service is billed from a day before it started.
        ServiceEarly {
            invoice: InvoiceNumber,
            line: u32,
            unit: UnitId,
            from: Date,
            started_on: String,
        } = "service-early",
            "line {line} of invoice `{invoice}` bills unit `{unit}` from {from}, but its service \
             started on: {started_on}; credit the days before";
        /// A service is billed beyond what may be billed in advance.
        ServiceAhead {
            invoice: InvoiceNumber,
            line: u32,
            to: Date,
            horizon: Date,
        } = "service-ahead",
            "line {line} of invoice `{invoice}` bills service until {to}, but only until \
             {horizon} may be billed; credit the days after";
        /// The evidence that a line names is not in the log.
        StartUnproven {
            invoice: InvoiceNumber,
            line: u32,
            unit: UnitId,
            evidence: String,
        } = "start-unproven",
            "line {line} of invoice `{invoice}` starts unit `{unit}` by {evidence}, which no fact \
             bears out; find the fact or credit the line";
        /// A start on a line is not what the facts say.
        StartDiffers {
            invoice: InvoiceNumber,
            line: u32,
            unit: UnitId,
            stated: Timestamp,
            expected: String,
        } = "start-differs",
            "line {line} of invoice `{invoice}` starts unit `{unit}` at {stated}, but the facts \
             known then say: {expected}; credit or charge the difference";
        /// Usage is billed before its period was over.
        UsageUnfinished {
            invoice: InvoiceNumber,
            line: u32,
            to: Date,
            issued_on: Date,
        } = "usage-unfinished",
            "line {line} of invoice `{invoice}` of {issued_on} bills usage of a period that ends \
             on {to}; credit it";
        /// Usage is billed of a unit that had not started.
        UsageBeforeStart {
            invoice: InvoiceNumber,
            line: u32,
            unit: UnitId,
        } = "usage-before-start",
            "line {line} of invoice `{invoice}` bills usage of unit `{unit}`, whose service had \
             not started in that period; credit it";
        /// A device, part or fee is billed more than once, net of credits.
        BilledTwice {
            invoice: InvoiceNumber,
            line: u32,
            what: String,
            times: i64,
        } = "billed-twice",
            "line {line} of invoice `{invoice}` bills {what}, which is then billed {times} times; \
             credit it";
        /// Something is given back that was not billed.
        CreditWithoutCharge {
            invoice: InvoiceNumber,
            line: u32,
            what: String,
        } = "credit-without-charge",
            "line {line} of invoice `{invoice}` gives back {what}, which was not billed; charge \
             it again";
        /// Something that is due is not billed, or was given back and should not have been.
        ChargeMissing {
            invoice: InvoiceNumber,
            what: String,
        } = "charge-missing",
            "after invoice `{invoice}` {what} is due and not billed, or was given back without a \
             return in time; charge it";
        /// Something that came back in time was not given back.
        CreditMissing {
            invoice: InvoiceNumber,
            what: String,
        } = "credit-missing",
            "after invoice `{invoice}` {what} is still billed, though the device came back in \
             time; credit it";
        /// A service day is billed more than once, net of credits.
        DayTwice {
            invoice: InvoiceNumber,
            component: ComponentCode,
            unit: UnitId,
            day: Date,
            days: u64,
            times: i64,
        } = "day-twice",
            "after invoice `{invoice}` component `{component}` of unit `{unit}` is billed {times} \
             times on {day} ({days} such days); credit them";
        /// A service day is given back that was not billed.
        DayCreditWithoutCharge {
            invoice: InvoiceNumber,
            component: ComponentCode,
            unit: UnitId,
            day: Date,
            days: u64,
        } = "day-credit-without-charge",
            "after invoice `{invoice}` component `{component}` of unit `{unit}` is given back on \
             {day} without a charge ({days} such days); charge them again";
        /// Service days within the horizon are not billed.
        ServiceMissing {
            invoice: InvoiceNumber,
            component: ComponentCode,
            unit: UnitId,
            day: Date,
            days: u64,
        } = "service-missing",
            "after invoice `{invoice}` component `{component}` of unit `{unit}` is not billed on \
             {day} ({days} such days), though the unit was in service; charge them";
        /// Days are billed on which there is no such service.
        ServiceExcess {
            invoice: InvoiceNumber,
            component: ComponentCode,
            unit: UnitId,
            day: Date,
            days: u64,
        } = "service-excess",
            "after invoice `{invoice}` component `{component}` of unit `{unit}` is billed on \
             {day} ({days} such days), when it had no such service; credit them";
        /// A service line does not lie inside one bill period.
        RunCrosses {
            invoice: InvoiceNumber,
            line: u32,
            from: Date,
            to: Date,
        } = "run-crosses",
            "line {line} of invoice `{invoice}` bills {from}..{to}, which does not lie inside one \
             bill period; its share of days has no meaning";
        /// Usage is billed for a period that is no bill period.
        UsagePeriodNotWhole {
            invoice: InvoiceNumber,
            line: u32,
            from: Date,
            to: Date,
        } = "usage-period-not-whole",
            "line {line} of invoice `{invoice}` bills usage of {from}..{to}, which is not a bill \
             period of the account; credit it and bill the whole period";
        /// Two billed periods of usage have a day in common.
        UsagePeriodsOverlap {
            account: AccountId,
            first: Period,
            second: Period,
        } = "usage-periods-overlap",
            "usage of account `{account}` is billed for {first} and for {second}, which have days \
             in common; credit one of them";
        /// A line of service or usage does not say for when.
        LineWithoutPeriod {
            invoice: InvoiceNumber,
            line: u32,
        } = "line-without-period",
            "line {line} of invoice `{invoice}` bills service or usage and names no period; \
             nobody can tell whether it is billed twice";
        /// The terms do not come to the rounded sum.
        RoundedDiffers {
            invoice: InvoiceNumber,
            line: u32,
            stated: Money,
            computed: String,
        } = "rounded-differs",
            "the terms of line {line} of invoice `{invoice}` come to {computed} minor units, not \
             {stated}; charge or credit the difference";
        /// The amount is not the rounded sum less what was billed before.
        AmountDiffers {
            invoice: InvoiceNumber,
            line: u32,
            stated: Money,
            computed: String,
        } = "amount-differs",
            "line {line} of invoice `{invoice}` comes to {computed} minor units, not {stated}; \
             charge or credit the difference";
        /// What explains a usage line is not what it bills.
        RatedDiffers {
            invoice: InvoiceNumber, line: u32, what: &'static str, stated: String, computed: String,
        } = "rated-differs",
            "line {line} of invoice `{invoice}` says {what} {stated}, but it comes to {computed}; \
             the line cannot be explained to the customer";
        /// The shares of the tiers do not sum to the rated quantity.
        TiersDiffer { invoice: InvoiceNumber, line: u32, rated: String, tiers: String } =
            "tiers-differ",
            "the tiers of line {line} of invoice `{invoice}` come to {tiers}, the quantity to be \
             priced is {rated}; rate the period again";
        /// The shares of the units do not sum to the rated quantity.
        UnitSharesDiffer {
            invoice: InvoiceNumber,
            line: u32,
            rated: Quantity,
            units: String,
        } = "unit-shares-differ",
            "the units of line {line} of invoice `{invoice}` come to {units}, its quantity is \
             {rated}; rate the period again";
        /// Charge and adjustments do not sum to what was rated last.
        UsageSumDiffers {
            invoice: InvoiceNumber,
            line: u32,
            what: &'static str,
            rated: String,
            billed: String,
        } = "usage-sum-differs",
            "with line {line} of invoice `{invoice}` the {what} of all invoices for its period is \
             {billed}, but {rated} was rated; bill the difference";
        /// A price is not that of the offer.
        PriceDiffers {
            invoice: InvoiceNumber,
            line: u32,
            stated: UnitPrice,
            expected: String,
        } = "price-differs",
            "line {line} of invoice `{invoice}` charges {stated} where the offer says {expected}; \
             charge or credit the difference";
        /// A quantity is not that of the units or orders of the line.
        QuantityDiffers {
            invoice: InvoiceNumber,
            line: u32,
            stated: Quantity,
            expected: String,
        } = "quantity-differs",
            "line {line} of invoice `{invoice}` charges for {stated}, its units or orders come to \
             {expected}; charge or credit the difference";
        /// The share of days is not that of the period.
        DaysDiffer {
            invoice: InvoiceNumber,
            line: u32,
            stated: String,
            expected: String,
        } = "days-differ",
            "line {line} of invoice `{invoice}` charges {stated} days, its period comes to \
             {expected}; charge or credit the difference";
        /// The price of usage is not what the offer says for that quantity.
        UsagePricedWrong {
            invoice: InvoiceNumber,
            line: u32,
            stated: Money,
            expected: String,
        } = "usage-priced-wrong",
            "line {line} of invoice `{invoice}` rates its usage at {stated}, the offer comes to \
             {expected} minor units; charge or credit the difference";
        /// What is billed is not what is stored.
        UsageNotBilled {
            account: AccountId,
            component: ComponentCode,
            period: Period,
            row: String,
            stored: String,
            billed: String,
        } = "usage-not-billed",
            "of `{component}` ({row}) account `{account}` used {stored} in {period} but {billed} \
             was rated; preview the next invoice, which bills the difference";
        /// An invoice number is not prefix, year and sequence.
        NumberUnreadable {
            invoice: InvoiceNumber,
            seller: SellerCode,
            prefix: String,
        } = "number-unreadable",
            "invoice number `{invoice}` of seller `{seller}` is not `{prefix}`, the year and a \
             sequence; nobody can tell whether one is missing";
        /// The numbers of a seller and year have a gap.
        NumberMissing { seller: SellerCode, year: i16, missing: i64, count: i64 } =
            "number-missing",
            "seller `{seller}` has no invoice number {missing} in {year} ({count} missing there); \
             the tax office will ask, restore the invoice from a backup";
        /// Two invoices of a seller and year have one number.
        NumberTwice { invoice: InvoiceNumber, seller: SellerCode, year: i16, sequence: i64 } =
            "number-twice",
            "invoice `{invoice}` has the number {sequence} of {year} that another invoice of \
             seller `{seller}` has; cancel one of them";
        /// An account has two invoices of one day.
        BillDayTwice { invoice: InvoiceNumber, account: AccountId, day: Date } = "bill-day-twice",
            "invoice `{invoice}` is another one of account `{account}` for {day}; cancel one of \
             them";
        /// A line stands on another invoice than that of who pays, or than was asked for.
        PayerDiffers { invoice: InvoiceNumber, what: String } = "payer-differs",
            "invoice `{invoice}` has {what}; credit what is wrong";
        /// An invoice before the bill day that is not one.
        ThresholdDiffers { invoice: InvoiceNumber, what: &'static str } = "threshold-differs",
            "invoice `{invoice}` was issued before the bill day with {what}; credit it";
        /// A draft waits for another day than was agreed on.
        DraftDiffers { account: AccountId, day: Date, stated: String, expected: String } =
            "draft-differs",
            "the draft of account `{account}` of {day} is issued on {stated}, not {expected}; \
             issue it by hand when it is right";
        /// A credit note gives back something else than it may.
        CreditNoteDiffers { note: String, what: &'static str, stated: String, computed: String } =
            "credit-note-differs",
            "credit note `{note}` has as {what} {stated}, not {computed}; look at its invoice";
        /// A credit did something else than was granted.
        CreditDiffers { credit: String, what: &'static str, stated: String, computed: String } =
            "credit-differs",
            "credit `{credit}` has as {what} {stated}, its ledger comes to {computed}; put it \
             right by an adjustment";
        /// A hold was passed over, or released as it cannot be.
        HoldBroken { hold: String, what: String } = "hold-broken",
            "hold `{hold}` was {what}; look at who recorded that and when";
    }
}
