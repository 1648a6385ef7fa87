//! One order becomes units, one per device.
//!
//! Owns: the acceptance of an order: the version of the offer, the choices, the units; contracts
//! and open items that come from another system.
//! Does not own: how prices are computed (`pricing`), what happens to a unit later (`fulfilment`).
//! Facts: OfferPublished, AccountRegistered, UnitAdopted, BalanceAdopted → OrderAccepted,
//! UnitAdopted, BalanceAdopted
//! Invariants: a unit belongs to one order line for ever; quantities stay inside the offer's
//! limits; an order keeps the version of the offer that was in force on its day.
//! Dates: `ordered_on` is a civil day of the account's zone and chooses the offer's version.

mod accept;
mod adopt;
mod own_price;

use std::collections::BTreeMap;

use facts::order::OrderedUnit;
use facts::price::Model;
use facts::{AccountId, ComponentCode, OfferCode, OrderId, OrderLineId, RowCode, UnitId};
use jiff::civil::Date;
use pricing::PriceFault;

pub use accept::{Market, accept};
pub use adopt::{AdoptBalance, AdoptRejection, AdoptUnit, KnownUnit, adopt_balance, adopt_unit};

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
    /// The code of an offer, or its name in any language.
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
