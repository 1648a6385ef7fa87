//! One order becomes units, one per device.
//!
//! Owns: the acceptance of an order: the version of the offer, the choices, the units; contracts
//! and open items that come from another system.
//! Does not own: how prices are computed (`pricing`), what happens to a unit later (`fulfilment`).
//! Facts: OfferPublished, AccountRegistered, UnitAdopted, BalanceAdopted → OrderAccepted,
//! UnitTakenOver, UnitAdopted, BalanceAdopted, RenewalNoticeDue, TermRenewed, TermEnded
//! Invariants: a unit belongs to one order line for ever, and one other goes on for it at most;
//! quantities stay inside the offer's limits; an order keeps the version of the offer that was in
//! force on its day.
//! Dates: `ordered_on` is a civil day of the account's zone and chooses the offer's version.

mod accept;
mod adopt;
mod own_invoice;
mod own_price;
mod take_over;
pub mod term;

use std::collections::BTreeMap;

use facts::order::{Moment, OrderedUnit, Renewal};
use facts::price::Model;
use facts::{
    AccountId, ComponentCode, InvoiceGroup, OfferCode, OrderId, OrderLineId, RowCode, UnitId,
};
use jiff::civil::Date;
use pricing::PriceFault;

pub use accept::{Market, accept};
pub use adopt::{AdoptBalance, AdoptRejection, AdoptUnit, KnownUnit, adopt_balance, adopt_unit};
pub use take_over::{Earlier, Standing, taken_over};

/// A customer wants to order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceOrder {
    /// The order, as the order system names it.
    pub order: OrderId,
    /// The account, or the name of its customer.
    pub customer: String,
    /// Civil day of the order.
    pub ordered_on: Date,
    /// What is ordered.
    pub lines: Vec<PlaceLine>,
}

/// Units of one offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceLine {
    /// The line.
    pub line: OrderLineId,
    /// The code of an offer, or its name in any language; empty: that of the line taken over.
    pub offer: String,
    /// How many units; none: the offer's default.
    pub units: Option<u32>,
    /// Choices by option; what is left out takes the offer's default.
    pub options: BTreeMap<String, String>,
    /// Quantities by component; what is left out takes the offer's default.
    pub components: BTreeMap<String, u32>,
    /// The units by name, when the order system names them; empty: they are named
    /// `LINE/001`, `LINE/002` and so on, in the zone of the account.
    pub named_units: Vec<OrderedUnit>,
    /// Prices of this line for single rows of price tables, by component.
    pub prices: BTreeMap<String, BTreeMap<RowCode, Model>>,
    /// The line that its units go on for; what is not said stays as it is there.
    pub takes_over: Option<GoOnFor>,
    /// How long it is agreed on; none: as the line taken over, or until it is cancelled.
    pub term: Option<AskTerm>,
    /// On which invoice it stands; none: as the line taken over, or on the consolidated one.
    pub invoice: Option<AskInvoice>,
}

/// On which invoice all that is billed of a line is to stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskInvoice {
    /// The consolidated one of its account.
    Consolidated,
    /// One of its order.
    Separate,
    /// One that lines of several orders of the account share.
    Group(InvoiceGroup),
}

/// Units of an earlier line go on under another contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoOnFor {
    /// The earlier line.
    pub line: OrderLineId,
    /// Which of its units; empty: all that are still there.
    pub units: Vec<UnitId>,
    /// From when on.
    pub on: FirstDay,
}

/// From which day something counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstDay {
    /// From a day.
    On(Date),
    /// From a moment that is named.
    At(Moment),
}

/// How long a line is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskTerm {
    /// Until it is cancelled.
    Evergreen,
    /// As long as another line, which it then ends and renews with.
    With(OrderLineId),
    /// For so many months.
    Months {
        /// The first day; none: that of the line.
        from: Option<Date>,
        /// How many.
        count: u16,
        /// What follows.
        renewal: Option<Renewal>,
    },
}

kernel::rejections! {
    /// Why an order is refused. Nothing of it is kept then.
    pub enum Rejection {
        /// No account has this id or customer name.
        UnknownCustomer {
            /// As ordered.
            customer: String,
        } = "unknown-customer",
            "`{customer}` is neither a billing account nor the customer of one; register the \
             account with `tabouret apply` first";
        /// The name fits several accounts.
        AmbiguousCustomer {
            /// As ordered.
            customer: String,
            /// How many.
            accounts: usize,
        } = "ambiguous-customer",
            "{accounts} accounts belong to `{customer}`; name the account instead";
        /// No offer has this code or name.
        UnknownOffer {
            /// As ordered.
            offer: String,
            /// What there is.
            known: String,
        } = "unknown-offer", "offer `{offer}` is not published; published offers: {known}";
        /// The offer exists, later.
        OfferNotYetEffective {
            /// The offer.
            offer: OfferCode,
            /// The day of the order.
            ordered_on: Date,
            /// Its first day.
            effective_from: Date,
        } = "offer-not-yet-effective",
            "offer `{offer}` can be ordered from {effective_from}, not on {ordered_on}";
        /// The account is billed in another currency.
        OtherCurrency {
            /// The account.
            account: AccountId,
            /// Currency of the account.
            expected: String,
            /// Currency of the offer.
            actual: String,
        } = "other-currency",
            "account `{account}` is billed in {expected}, but the offer is priced in {actual}";
        /// Too few or too many units.
        QuantityOutOfLimits {
            /// What is counted.
            what: String,
            /// As ordered.
            quantity: u32,
            /// The least.
            min: u32,
            /// The most.
            max: u32,
        } = "quantity-out-of-limits",
            "{quantity} × `{what}` is out of limits; order {min} to {max}";
        /// The offer has no such option.
        UnknownOption {
            /// As ordered.
            option: String,
            /// What there is.
            known: String,
        } = "unknown-option", "the offer has no option `{option}`; it has: {known}";
        /// The option has no such value.
        UnknownOptionValue {
            /// The option.
            option: String,
            /// As ordered.
            value: String,
            /// What there is.
            known: String,
        } = "unknown-option-value", "option `{option}` cannot be `{value}`; it can be: {known}";
        /// The offer has no such component, or the options exclude it.
        UnknownComponent {
            /// As ordered.
            component: String,
            /// What can be chosen.
            known: String,
        } = "unknown-component",
            "`{component}` is not a component of this order line; choose among: {known}";
        /// A price for a row of nothing.
        PriceOfNoTable {
            /// As ordered.
            component: String,
            /// What has a table.
            known: String,
        } = "order-price-of-no-table",
            "`{component}` has no price table on this order line; prices of the line can stand in \
             for rows of: {known}";
        /// A price that cannot stand in for that of the table.
        OwnPrice {
            /// The line.
            line: OrderLineId,
            /// The component.
            component: ComponentCode,
            /// Why not.
            fault: Box<PriceFault>,
        } = "order-price",
            "order line `{line}` cannot have its own price for `{component}`: {fault}";
        /// The number of named units is not the quantity.
        UnitCountDiffers {
            /// The line.
            line: OrderLineId,
            /// As ordered.
            ordered: u32,
            /// As named.
            named: usize,
        } = "unit-count-differs",
            "line `{line}` orders {ordered} units but names {named}; name each unit once";
        /// A unit is named twice, or belongs to another order line.
        UnitTaken {
            /// The unit.
            unit: UnitId,
            /// Where it belongs.
            line: OrderLineId,
        } = "unit-taken",
            "unit `{unit}` already belongs to order line `{line}`; a unit is sold once";
        /// A line is named twice, or belongs to another order.
        LineTaken {
            /// The line.
            line: OrderLineId,
        } = "order-line-taken",
            "order line `{line}` exists already; give every line of every order its own name";
        /// No order has the line that is named.
        UnknownLine {
            /// As ordered.
            line: OrderLineId,
        } = "unknown-order-line-name",
            "no order has a line `{line}`; import its order first";
        /// A line without an offer, that takes none over.
        NoOffer {
            /// The line.
            line: OrderLineId,
        } = "order-line-without-offer",
            "order line `{line}` names no offer; name one, or the line that it takes over";
        /// The unit is of another line.
        UnitOfOtherLine {
            /// The unit.
            unit: UnitId,
            /// The line.
            line: OrderLineId,
        } = "unit-of-other-line",
            "order line `{line}` has no unit `{unit}`; name the line that the unit is under now";
        /// Another unit goes on for it already.
        TakenOver {
            /// The unit.
            unit: UnitId,
            /// The one that goes on.
            by: UnitId,
            /// Since when.
            on: Date,
        } = "unit-taken-over",
            "unit `{unit}` goes on as `{by}` from {on}; take over that unit, on a later day";
        /// The unit has ended.
        Ended {
            /// The unit.
            unit: UnitId,
            /// When.
            ended_on: Date,
        } = "taken-unit-ended",
            "unit `{unit}` ends on {ended_on}, so nothing can go on for it; order a new unit";
        /// There is nothing left to take over.
        NothingLeft {
            /// The line.
            line: OrderLineId,
        } = "nothing-to-take-over",
            "order line `{line}` has no unit left that another could go on for; name another line";
        /// Before there was anything to take over.
        TooEarly {
            /// The line.
            line: OrderLineId,
            /// As asked.
            on: Date,
            /// The first day on which it can be.
            first: Date,
        } = "take-over-too-early",
            "order line `{line}` can be taken over from {first}, not on {on}";
        /// The accounts do not begin their days together.
        OtherZone {
            /// The zone of the account now.
            expected: String,
            /// That of the next.
            actual: String,
        } = "take-over-other-zone",
            "days of the account begin in {expected}, those of the next in {actual}; units cannot \
             move between them without a gap, give the accounts one zone";
        /// Hardware is not sold again.
        HardwareAgain {
            /// The component.
            component: ComponentCode,
        } = "take-over-sells-hardware",
            "`{component}` was sold with the unit; a line that takes units over cannot sell it \
             again, leave it out";
        /// The line has no term that could end.
        NoTerm {
            /// The line.
            line: OrderLineId,
        } = "order-line-without-term",
            "order line `{line}` has no term that ends; give a day, or `end_of_period`";
        /// A term of nothing, or beyond the calendar.
        BadTerm {
            /// The line.
            line: OrderLineId,
        } = "bad-contract-term",
            "the term of order line `{line}` has no end in the calendar after its first day; give \
             1 month or more";
        /// The notice would come too late.
        NoticeTooLate {
            /// The line.
            line: OrderLineId,
            /// The end of the term.
            until: Date,
            /// The last day for it.
            notice_by: Date,
        } = "notice-too-late",
            "the term of order line `{line}` ends on {until} and notice had to be given by \
             {notice_by}: it is renewed; give the day on which the next one ends";
        /// An allowance that units of several invoices would share.
        SharedPool {
            /// The line.
            line: OrderLineId,
            /// The component whose pool it is.
            component: ComponentCode,
        } = "separate-invoice-shares-pool",
            "all units of the account share the allowance of `{component}`, so order line \
             `{line}` cannot have an invoice of its own; leave `invoice` out, or order an offer \
             whose pool is of the order line";
        /// The order was accepted with another content.
        Conflict {
            /// The order.
            order: OrderId,
        } = "order-conflict",
            "order `{order}` was accepted before with another content; an accepted order is \
             amended, not sent again";
    }
}

/// What a line takes of the offer: components with their quantities.
pub(crate) type Chosen = BTreeMap<ComponentCode, u32>;
