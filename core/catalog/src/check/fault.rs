//! The words of the objections.

use facts::{AccountId, MeterCode, SellerCode};
use jiff::civil::Date;
use kernel::{Currency, Percent, Quantity, UnitPrice};

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

        /// A pool that is shown before it is billed.
        ShadowOfPool {
            /// The component.
            component: String,
        } = "catalog-shadow-of-pool",
            "`{component}` is a pool, whose allowance is of whole bill periods; take `shadow` \
             away, or give it another price";

        /// A charge period of nothing, or of a lifetime.
        IntervalLength {
            /// How long.
            interval: String,
        } = "catalog-interval-length",
            "a charge period cannot have {interval}; use 1 to 120 months, or 1 to 520 weeks";

        /// Charge periods that would begin in other months each year.
        IntervalAlignment {
            /// How long.
            interval: String,
        } = "catalog-interval-alignment",
            "charge periods of {interval} do not fit the calendar of the account; use 1, 2, 3, 4, \
             6 or 12 months or 1 week, or `align: start` or `order`";

        /// A convention of months for weeks.
        IntervalProration {
            /// How long.
            interval: String,
        } = "catalog-interval-proration",
            "`proration: thirty_day_month` is of months, but a charge period has {interval}; use \
             another proration, or months";

        /// Nothing that could be given back.
        ReturnCreditOfNothing {
            /// The component.
            component: String,
        } = "catalog-return-credit-of-nothing",
            "`{component}` sells no device whose price could be given back; take `return_credit` \
             away, or charge it `once_delivered` or by `instalments`";

        /// Steps that contradict each other, or give back more than the price.
        ReturnCreditStep {
            /// Which step, from 1.
            step: usize,
            /// Its age.
            within_days: u16,
            /// Its part.
            percent: Percent,
        } = "catalog-return-credit-step",
            "step {step} of `return_credit` gives back {percent} % within {within_days} days; \
             give the steps rising ages, and falling parts of more than 0 and at most 100";

        /// Parts that are not the whole.
        PartsSum {
            /// How many.
            parts: usize,
            /// What they sum to.
            sum: String,
        } = "catalog-parts-sum",
            "the {parts} parts of the price sum to {sum} %; give each more than 0, and all \
             together 100";

        /// Parts of the price of several pieces.
        PartsQuantity {
            /// How many a unit can have.
            max: u32,
        } = "catalog-parts-quantity",
            "a price in parts is that of one piece, but a unit can have {max}; take `quantity` \
             away, and sell several units";

        /// What is the seller's is sold.
        NotSold {
            /// The component.
            component: String,
            /// Whose it is.
            ownership: String,
        } = "catalog-not-sold",
            "`{component}` is {ownership}, but its charge sells it; charge it `once_not_returned`, \
             or `recurring` when it is leased, or take `ownership` away";

        /// A lease that is billed as goods.
        LeaseOfGoods {
            /// The component.
            component: String,
        } = "catalog-lease-of-goods",
            "`{component}` is leased, which is a service; write `nature: services`";

        /// A fee for what nobody has to give back.
        NothingToReturn {
            /// The component.
            component: String,
        } = "catalog-nothing-to-return",
            "`{component}` costs something when a device does not go back, but the offer sells its \
             devices; give a component `ownership: loaned` or `leased`";

        /// A limit that writes nothing off.
        WriteOffOfNothing {
            /// The limit.
            below: String,
        } = "catalog-write-off-of-nothing",
            "nothing is nearer to 0 than {below}; give `write_off_below` an amount above 0, or \
             leave it out";

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

        /// Drafts would wait for no day, or beyond the next bill day.
        GraceDays {
            /// The days.
            days: u16,
        } = "catalog-grace-days",
            "a draft cannot wait for {days} days; use 1 to 27, or 0 where invoices are issued on \
             the bill day";

        /// An invoice would be issued every day.
        ThresholdOfNothing {
            /// The amount.
            amount: String,
        } = "catalog-threshold-of-nothing",
            "a threshold of {amount} is reached by nothing; give an amount above 0, or leave \
             `threshold` out";

        /// Nobody of that name can pay.
        PayerUnknown {
            /// Who should pay.
            payer: AccountId,
        } = "catalog-payer-unknown",
            "there is no account `{payer}` to pay; register it, in this file or before";

        /// Somebody who is paid for cannot pay for others.
        PayerPaidFor {
            /// Who should pay.
            payer: AccountId,
            /// Who pays for that.
            by: AccountId,
        } = "catalog-payer-paid-for",
            "account `{payer}` is paid for by `{by}` itself, and so can pay for nobody; name \
             `{by}`, or let `{payer}` pay for itself";

        /// One document cannot be in two currencies, of two sellers, or of two days.
        PayerDiffers {
            /// In what.
            what: String,
            /// What the payer has.
            payers: String,
            /// What the account has.
            own: String,
        } = "catalog-payer-differs",
            "who pays has `{what}` {payers} and the account has {own}, but their lines stand on \
             one invoice; give both the same `{what}`";

        /// Another bill day would cut periods that were billed.
        BillDayChanged {
            /// The day that is published.
            published: u8,
            /// The day of the draft.
            actual: u8,
        } = "catalog-bill-day-changed",
            "the account is billed on day {published} and its periods are counted from it; keep \
             {published} and give day {actual} in `bill_cycle_changes`, with the date it counts \
             from";

        /// A change of bill day that earlier invoices do not know.
        BillDayChangedEarly {
            /// The day of the change.
            from: Date,
            /// The first day of the version.
            counts_from: Date,
        } = "catalog-bill-day-changed-early",
            "the bill day changes from {from}, but this version of the account counts from \
             {counts_from}; choose {counts_from} or a later day for the change";

        /// A change of bill day that would cut periods that were billed.
        BillDayBilled {
            /// The first period that would be another.
            day: Date,
            /// The last invoice.
            issued_on: Date,
        } = "catalog-bill-day-billed",
            "the bill periods from {day} would be others, but the invoice of {issued_on} billed \
             there already; let the bill day change on a day after {issued_on}";

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

        /// Nothing fits into no days.
        NoDays {
            /// As written.
            days: u16,
        } = "catalog-no-days", "{days} days leave no time for it; use 1 or more, or leave it out";

        /// Nothing adds up to what ends a test.
        TestThreshold {
            /// The meter.
            meter: MeterCode,
            /// As written.
            quantity: Quantity,
        } = "catalog-test-threshold",
            "a test cannot end at {quantity} of `{meter}`; name more than 0 of a meter that counts \
             events or sums a member";

        /// The service starts by itself before its deadline.
        DeadlineNever {
            /// The days of the deadline.
            days: u16,
        } = "catalog-deadline-never",
            "the service starts by itself within the {days} days of its deadline; set an earlier \
             deadline, or leave out that trigger";

        /// It is known only afterwards how long a state lasts.
        StateTiming {
            /// The state.
            state: String,
        } = "catalog-state-timing",
            "how long a unit is {state} is known afterwards; set `timing: in_arrears`, and no \
             `align: start`";

        /// No unit is ever tried.
        StateNever {
            /// The component.
            component: String,
        } = "catalog-state-never",
            "`{component}` costs something in a test, but the offer has none; give it a \
             `start.test`, or take the component away";

        /// No unit ever goes from the one to the other.
        StateChangeNever {
            /// The state of the day before.
            from: String,
            /// The state of the day.
            to: String,
        } = "catalog-state-change-never",
            "no unit goes from `{from}` to `{to}`: a life goes new, stored, test, active, ended, \
             may be suspended or gone in between, and never back; name a change that there is";

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

        /// Quantities of parts that do not add up.
        CounterMeasure {
            /// The meter.
            meter: MeterCode,
        } = "catalog-counter-measure",
            "the tier counter of this charge adds up parts of its usage, but what meter `{meter}` \
             measures does not add up; count per row and bill period, or use a meter that counts, \
             sums, or reads a counter or an interval";

        /// A name that measures keep for themselves.
        ReservedName {
            /// As written.
            name: String,
        } = "catalog-reserved-name",
            "`{name}` begins with `$`, which is kept for measures; use another name";

        /// What was billed would be counted anew.
        MeasureChanged {
            /// The meter.
            meter: MeterCode,
            /// How it measures.
            measure: String,
        } = "catalog-measure-changed",
            "meter `{meter}` measures by {measure} with other settings, and what it measured \
             before would be counted anew; publish a meter with another code instead";

        /// A counter that shows nothing.
        WrapsAt {
            /// As written.
            wraps_at: Quantity,
        } = "catalog-wraps-at",
            "a counter cannot run over at {wraps_at}; use the first number above 0 that it cannot \
             show";

        /// A time that is nothing, or more than anybody means.
        SecondsRange {
            /// Which.
            field: String,
            /// As written.
            actual: u32,
            /// At most.
            max: u32,
        } = "catalog-seconds-range", "`{field}` is {actual} seconds; use 1 to {max}";

        /// One word for two things.
        SamePhase {
            /// The word.
            phase: String,
        } = "catalog-same-phase",
            "`{phase}` both starts and stops a session; use two different words";

        /// A filter that asks nothing.
        EmptyFilter {
            /// The filter.
            filter: String,
        } = "catalog-empty-filter", "`{filter}` lists nothing; give it at least one entry";

        /// A filter that nobody understands.
        FilterTooLarge {
            /// Tests and combinations.
            nodes: usize,
            /// At most.
            nodes_max: usize,
            /// How deep.
            depth: usize,
            /// At most.
            depth_max: usize,
        } = "catalog-filter-too-large",
            "the filter has {nodes} parts, {depth} deep; use at most {nodes_max}, {depth_max} deep";

        /// More fields than anybody needs.
        TooManyDerived {
            /// How many.
            actual: usize,
            /// At most.
            max: usize,
        } = "catalog-too-many-derived", "{actual} fields are derived; use at most {max}";

        /// A field that does not exist yet.
        DerivedLater {
            /// The field.
            name: String,
            /// What it names.
            later: String,
        } = "catalog-derived-later",
            "`{name}` names `{later}`, which is derived after it; derive `{later}` first";

        /// An expression that cannot be read.
        ExpressionSyntax {
            /// As written.
            expression: String,
            /// Character, from 1.
            at: usize,
            /// What stands there.
            found: String,
            /// What should.
            expected: String,
        } = "catalog-expression-syntax",
            "`{expression}` has {found} at character {at}, but {expected} is expected there; \
             correct it";

        /// An expression that adds a text, or bills a comparison.
        ExpressionKind {
            /// As written.
            expression: String,
            /// Character, from 1.
            at: usize,
            /// What stands before it.
            found: String,
            /// What should.
            expected: String,
        } = "catalog-expression-kind",
            "`{expression}` has {found} before character {at}, but {expected} is needed there; \
             correct it";

        /// An expression that nobody understands.
        ExpressionTooLarge {
            /// As written.
            expression: String,
            /// Most values and operators.
            nodes_max: usize,
            /// How deep.
            depth_max: usize,
        } = "catalog-expression-too-large",
            "`{expression}` is too large; use at most {nodes_max} values and operators, \
             {depth_max} deep";

        /// Days have no price where any run costs the whole period.
        StoppedDaysOfFullPeriod {} = "catalog-stopped-days-full-period",
            "`stopped_days: used_later` counts days, but with `proration: full_period` any run \
             costs the whole period; choose another proration, or `stopped_days: credited`";

        /// Multiplied by nothing, or divided by it.
        ZeroFactor {
            /// As written.
            factor: String,
        } = "catalog-zero-factor", "the factor {factor} has a 0; use whole numbers above 0";

        /// A factor without a number.
        NothingToConvert {
            /// The kind of measure.
            measure: String,
        } = "catalog-nothing-to-convert",
            "{measure} reads no number that could be converted; remove `convert`";
    }
}
