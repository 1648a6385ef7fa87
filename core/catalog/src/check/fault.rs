//! The words of the objections.

use facts::{MeterCode, SellerCode};
use jiff::civil::Date;
use kernel::{Currency, Percent, UnitPrice};

kernel::rejections! {
    /// Why a definition does not fit itself or the others.
    pub enum CatalogFault {
        /// One name for two things.
        Duplicate {
            /// What is named.
            what: String,
            /// The name.
            code: String,
        } = "catalog-duplicate", "the {what} `{code}` occurs twice; rename or remove one of them";

        /// A reference to nothing.
        Unknown {
            /// What is referred to.
            what: String,
            /// The name.
            code: String,
            /// The names that exist.
            known: String,
        } = "catalog-unknown-reference",
            "there is no {what} `{code}`; define it, or use one that exists: {known}";

        /// Words are missing.
        Blank {
            /// Which field.
            field: String,
        } = "catalog-blank", "`{field}` is empty; write what people shall read there";

        /// Not a country code.
        BadCountry {
            /// As written.
            country: String,
        } = "catalog-bad-country",
            "`{country}` is not a country code; use two capital letters (ISO 3166) such as FR";

        /// A rate below zero.
        NegativeRate {
            /// The rate.
            rate: Percent,
        } = "catalog-negative-rate", "the VAT rate {rate} is below 0; a rate is 0 or more";

        /// A price below zero.
        NegativePrice {
            /// The price.
            unit_price: UnitPrice,
        } = "catalog-negative-price", "the price {unit_price} is below 0; a price is 0 or more";

        /// A version that would change the past.
        NotLater {
            /// The version that is published.
            version: u32,
            /// Its first day.
            published: Date,
            /// The first day of the new version.
            actual: Date,
        } = "catalog-not-later",
            "version {version} counts from {published} and a changed version must begin later, \
             but effective_from is {actual}; choose a day after {published}";

        /// Two meters would count one event.
        EventTypeTaken {
            /// The CloudEvents type.
            event_type: String,
            /// Who measures it already.
            meter: MeterCode,
        } = "catalog-event-type-taken",
            "events of type `{event_type}` are measured by the meter `{meter}` already; use \
             another type, or that meter";

        /// The seller does not know the tax of the customer's country.
        NoVatRate {
            /// The seller.
            seller: SellerCode,
            /// The country of the account.
            country: String,
        } = "catalog-no-vat-rate",
            "seller `{seller}` has no VAT rate for {country}; add it to its vat_rates";

        /// Nothing can be sold to the account.
        NoOfferInCurrency {
            /// Currency of the account.
            currency: Currency,
            /// Currencies of the offers.
            offers: String,
        } = "catalog-no-offer-in-currency",
            "the account is billed in {currency}, but the offers are priced in {offers}; use one \
             of these, or publish an offer in {currency}";

        /// Bounds in a wrong order.
        QuantityOrder {
            /// Least.
            min: u32,
            /// When nothing is said.
            default: u32,
            /// Most.
            max: u32,
        } = "catalog-quantity-order",
            "quantities must rise from min to default to max, but they are {min}, {default} and \
             {max}";

        /// An option without a choice.
        NoOptionValue {
            /// The option.
            option: String,
        } = "catalog-no-option-value",
            "option `{option}` has no value; list its values, the default first";

        /// Nothing to pay.
        NoInstalment {
            /// As written.
            count: u16,
        } = "catalog-no-instalment", "{count} instalments pay for nothing; use 1 or more";

        /// A service that never starts.
        NoStartTrigger {
            /// Number of triggers, 0.
            triggers: usize,
        } = "catalog-no-start-trigger",
            "the start policy has {triggers} triggers, so no service would ever start; name one \
             in start.first_of, such as `activated` or `delivered`";

        /// Activation is waited for, and nothing reports it.
        NoActivationSignal {
            /// The fulfilment specs of the offer.
            specs: String,
        } = "catalog-no-activation-signal",
            "service starts when a device is activated, but no fulfilment spec of the components \
             has an activation_signal (specs: {specs}); add one, or start otherwise";

        /// A column that the meter does not keep.
        UnknownDimension {
            /// The member of the event.
            dimension: String,
            /// The meter.
            meter: MeterCode,
            /// What it keeps.
            known: String,
        } = "catalog-unknown-dimension",
            "meter `{meter}` does not keep `{dimension}` of its events; add it to its dimensions, \
             which are: {known}";
    }
}
