//! Why a price cannot be published. All of it is found at publication, none of it while rating.

use facts::RowCode;
use jiff::civil::Time;
use kernel::{Quantity, UnitPrice};

kernel::rejections! {
    /// Why a price cannot be published.
    pub enum PriceFault {
        /// Nothing has a price.
        NoTiers {
            /// Row of the table, or `scale`.
            of: String,
        } = "price-no-tiers", "`{of}` has no tier; give it at least one, without a bound";

        /// Bounds must rise strictly, from above 0.
        TierOrder {
            /// Row of the table, or `scale`.
            of: String,
            /// From 1.
            tier: usize,
            /// Its bound.
            up_to: Quantity,
            /// The bound before it, or 0.
            over: Quantity,
        } = "price-tier-order",
            "tier {tier} of `{of}` ends at {up_to}; it must end above {over}, where it begins";

        /// A tier without a bound hides those after it.
        TierOpen {
            /// Row of the table, or `scale`.
            of: String,
            /// From 1.
            tier: usize,
        } = "price-tier-open",
            "tier {tier} of `{of}` has no bound but is not the last; give it one";

        /// A quantity above the last bound would have no price.
        TierClosed {
            /// Row of the table, or `scale`.
            of: String,
            /// The last bound.
            up_to: Quantity,
        } = "price-tier-closed",
            "nothing prices what `{of}` has above {up_to}; remove the bound of the last tier";

        /// A price is below zero.
        NegativePrice {
            /// Row of the table, `scale` or `pool`.
            of: String,
            /// The price.
            unit_price: UnitPrice,
        } = "price-negative", "`{of}` has the price {unit_price}; a price is 0 or more";

        /// An included quantity is below zero.
        NegativeIncluded {
            /// Row of the table, or `scale`.
            of: String,
            /// What is included.
            included: Quantity,
        } = "price-negative-included",
            "`{of}` includes {included}; what is included is 0 or more";

        /// A package holds nothing.
        PackageSize {
            /// Row of the table, or `scale`.
            of: String,
            /// Its size.
            size: Quantity,
        } = "price-package-size", "a package of `{of}` holds {size}; use a size above 0";

        /// No amount is both.
        FloorAboveCap {
            /// Row of the table, or `scale`.
            of: String,
            /// The least amount.
            floor: UnitPrice,
            /// The greatest amount.
            cap: UnitPrice,
        } = "price-floor-above-cap",
            "`{of}` costs at least {floor} and at most {cap}; the floor must not be above the cap";

        /// Nothing is due without use.
        NoFlatAtZero {
            /// Row of the table, or `scale`.
            of: String,
        } = "price-no-flat-at-zero",
            "`{of}` charges its flat fee without use, but its first tier has none; add `flat` to \
             it, or write `at_zero: nothing`";

        /// A row that is not hit has no period to be due in.
        FlatAtZeroInRow {
            /// The row.
            row: RowCode,
        } = "price-flat-at-zero-in-row",
            "row `{row}` charges a flat fee without use, but nothing hits it then; write `at_zero: \
             nothing`, or make a recurring charge of the fee";

        /// A pool has an allowance and no tiers.
        CounterOfPool {
            /// `pool`.
            of: String,
        } = "price-counter-of-pool",
            "`{of}` has no tiers that a counter could fill; remove the counter";

        /// A setting that cannot be worked out along a counter.
        CounterSetting {
            /// Row of the table, or `scale`.
            of: String,
            /// `peak`, `at_zero`, `volume`, `included`, `package`, `per_event`, `floor` or `cap`.
            setting: String,
        } = "price-counter-setting",
            "`{of}` has `{setting}`, which the counter of this charge cannot carry from one part \
             of the usage to the next; use graduated tiers alone, or another counter";

        /// What is ordered has no events.
        OrderedSetting {
            /// Row of the table, or `scale`.
            of: String,
            /// `peak` or `per_event`.
            setting: String,
        } = "price-ordered-setting",
            "`{of}` has `{setting}`, which asks when things happened, but what is ordered is only \
             a quantity; remove it, or make a usage charge of it";

        /// What is ordered has no such attribute.
        OrderedDimension {
            /// The dimension.
            dimension: String,
            /// What it asks: `event`, `time_of_day` or `unit`.
            source: String,
            /// What it can ask.
            known: String,
        } = "price-ordered-dimension",
            "dimension `{dimension}` asks `{source}`, which this charge does not have; ask {known}";

        /// An allowance is below zero.
        NegativeAllowance {
            /// Included for each active unit.
            included: Quantity,
        } = "price-negative-allowance",
            "the pool includes {included} per active unit; an allowance is 0 or more";

        /// A setting that has no meaning above an allowance.
        OverageSetting {
            /// `peak`, `at_zero` or `per_event`.
            setting: String,
        } = "price-overage-setting",
            "the overage of the pool has `{setting}`; it is the part of a quantity above an \
             allowance, without days and events of its own; remove it";

        /// What rolls over can never be used.
        RolloverPeriods {
            /// How many.
            periods: u16,
        } = "price-rollover-periods",
            "what the pool rolls over expires after {periods} periods; write 1 or more, or remove \
             `rollover`";

        /// Less than nothing, or more than all.
        RolloverLimit {
            /// As written.
            limit: String,
        } = "price-rollover-limit",
            "the pool carries at most {limit} into the next period; write a quantity of 0 or more, \
             or a share of 0 to 100 percent";

        /// A window that cannot be granted at its beginning.
        PoolWindow {
            /// How many it has.
            periods: u16,
        } = "price-pool-window",
            "a window of {periods} periods grants the static part of a pool, whole, and keeps it \
             until its end; give it 2 periods or more, and no `included_per_active_unit`, \
             `proration: by_day` or `rollover`; with `settle: at_end_of_window` only no \
             `rollover`";

        /// Nothing has an end at which it could be settled.
        PoolSettlement {
            /// As written.
            settle: String,
        } = "price-pool-settlement",
            "`settle: {settle}` needs a window that ends; write `window: 2` or more beside it, or \
             remove `settle`";

        /// Two columns of a table have one name.
        DuplicateDimension {
            /// The name.
            dimension: String,
        } = "price-duplicate-dimension",
            "two dimensions are named `{dimension}`; rename one of them";

        /// More columns than can be proved.
        TooManyDimensions {
            /// How many.
            dimensions: usize,
            /// At most.
            dimensions_max: usize,
        } = "price-too-many-dimensions",
            "the table has {dimensions} dimensions, at most {dimensions_max} are allowed; \
             make two prices of it";

        /// Two rows have one code.
        DuplicateRow {
            /// The code.
            row: RowCode,
        } = "price-duplicate-row", "two rows are named `{row}`; rename one of them";

        /// Two rows take the rest.
        DuplicateDefault {
            /// The first.
            first: RowCode,
            /// The other.
            second: RowCode,
        } = "price-duplicate-default",
            "`{first}` and `{second}` are both default rows; keep one of them";

        /// A default row asks for something.
        DefaultCondition {
            /// The row.
            row: RowCode,
        } = "price-default-condition",
            "the default row `{row}` takes what no other row takes; remove its conditions, or \
             make it an ordinary row";

        /// A row has not one condition per dimension.
        ConditionCount {
            /// The row.
            row: RowCode,
            /// Conditions it should have.
            expected: usize,
            /// Conditions it has.
            actual: usize,
        } = "price-condition-count",
            "row `{row}` has {actual} conditions for {expected} dimensions; give one for each";

        /// A row takes no value at all.
        EmptyCondition {
            /// The row.
            row: RowCode,
            /// The dimension.
            dimension: String,
        } = "price-empty-condition",
            "row `{row}` lists no value of `{dimension}`; list one, or take any";

        /// A row names a part of the day that does not occur.
        UnknownBand {
            /// The row.
            row: RowCode,
            /// The dimension.
            dimension: String,
            /// The name.
            band: String,
            /// Names that occur.
            known: String,
        } = "price-unknown-band",
            "row `{row}` names `{band}`, which is no part of the day of `{dimension}`; \
             it has {known}";

        /// A band has no minute.
        EmptyBand {
            /// The dimension.
            dimension: String,
            /// The band.
            band: String,
            /// Where it begins and ends.
            at: Time,
        } = "price-empty-band",
            "band `{band}` of `{dimension}` begins and ends at {at}; move one end, or let \
             `otherwise` name the whole day";

        /// A limit of a band is between quarter hours.
        BandOffQuarter {
            /// The dimension.
            dimension: String,
            /// The band.
            band: String,
            /// The limit.
            at: Time,
        } = "price-band-off-quarter",
            "band `{band}` of `{dimension}` has the limit {at}; use a quarter hour such as 07:15";

        /// Two bands have a quarter hour in common.
        BandOverlap {
            /// The dimension.
            dimension: String,
            /// The first band.
            first: String,
            /// The other band.
            second: String,
            /// A time that both take.
            at: String,
        } = "price-band-overlap",
            "bands `{first}` and `{second}` of `{dimension}` both take {at}; shorten one of them";

        /// More rows than are kept.
        TooManyRows {
            /// How many.
            rows: usize,
            /// At most.
            rows_max: usize,
        } = "price-too-many-rows",
            "the table has {rows} rows, at most {rows_max} are allowed; make two prices of it";

        /// Rows that cross each other in more places than can be proved.
        TooEntangled {
            /// At most.
            steps_max: usize,
        } = "price-too-entangled",
            "the rows cross each other in more than {steps_max} places; ask exact values in more \
             of them, or make two prices of the table";

        /// Two ways of reading one column.
        MixedConditions {
            /// The dimension.
            dimension: String,
        } = "price-mixed-conditions",
            "`{dimension}` is asked for ranges of numbers and for beginnings of text; give each \
             its own dimension";

        /// A row ends before it begins.
        EmptyValidity {
            /// The row.
            row: RowCode,
            /// The first day.
            from: String,
            /// The day after the last.
            until: String,
        } = "price-empty-validity",
            "row `{row}` counts from {from} until {until}, which is no day; let `until` be later";

        /// A contract prices a row that is not there.
        OverrideOfNothing {
            /// The row.
            row: RowCode,
        } = "price-override-of-nothing",
            "the contract has a price of its own for row `{row}`, which the table does not have; \
             name a row of the table";

        /// Other rows take all that a row takes.
        NeverHit {
            /// The row.
            row: RowCode,
        } = "price-row-never-hit",
            "rows of a higher priority take everything that row `{row}` takes; remove it, or raise \
             its priority";

        /// Two rows price one key.
        Overlap {
            /// The first row.
            first: RowCode,
            /// The other row.
            second: RowCode,
            /// A key that both take.
            key: String,
        } = "price-overlap",
            "rows `{first}` and `{second}` both take {key}; narrow the conditions of one of them";

        /// No row prices a key.
        Gap {
            /// The first such key.
            key: String,
            /// How many combinations no row takes.
            keys: String,
        } = "price-gap",
            "no row takes {key} ({keys} such combinations); add a row for it, or a default row";
    }
}
