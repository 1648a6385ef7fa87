//! The words of the objections to terms.

use facts::{ComponentCode, IndexCode, TermCode};
use jiff::civil::Date;
use kernel::{Currency, Money, Percent, UnitPrice};

kernel::rejections! {
    /// Why a term cannot be published.
    pub enum TermFault {
        /// Nothing, or more than all.
        PercentRange {
            /// As written.
            percent: Percent,
        } = "catalog-percent-range",
            "a discount of {percent} % is not possible; use more than 0 and at most 100 (free)";

        /// An amount that is nothing, or of another currency.
        DiscountAmount {
            /// As written.
            amount: Money,
            /// Of the offer or account.
            currency: Currency,
        } = "catalog-discount-amount",
            "a discount of {amount} cannot be taken off prices in {currency}; use an amount above \
             0 in {currency}";

        /// A discount that never counts.
        EmptyWindow {
            /// What is empty.
            what: String,
        } = "catalog-empty-window",
            "{what} leaves no day on which the discount counts; use 1 or more, and an `until` \
             after `from`";

        /// Two windows.
        RampWindow {
            /// Steps of the ramp.
            steps: usize,
        } = "catalog-ramp-window",
            "a ramp of {steps} steps says itself when it counts; remove the window, and give the \
             ramp at least one step";

        /// A growth that is none, or beyond what anybody means.
        GrowthRange {
            /// As written.
            percent: Percent,
        } = "catalog-growth-range",
            "a yearly rise of {percent} % is not possible; use more than 0 and at most 100";

        /// Nothing can follow it.
        IndexValue {
            /// The index.
            index: IndexCode,
            /// As written.
            value: UnitPrice,
        } = "catalog-index-value", "index `{index}` cannot be {value}; a value is above 0";

        /// A one-off price that would rise.
        NothingToEscalate {
            /// The component.
            component: ComponentCode,
        } = "catalog-nothing-to-escalate",
            "`{component}` is charged once and cannot rise with the years; name recurring or \
             usage components";

        /// An amount that is nothing, or of another currency.
        CommitmentAmount {
            /// As written.
            amount: Money,
            /// Of the offer or account.
            currency: Currency,
        } = "catalog-commitment-amount",
            "a commitment of {amount} says nothing about prices in {currency}; use an amount \
             above 0 in {currency}";

        /// A commitment that has no day.
        CommitmentNever {
            /// As written.
            from: Date,
            /// As written.
            until: Date,
        } = "catalog-commitment-never",
            "a commitment from {from} until {until} has no day; use an `until` after `from`";

        /// A minimum that a maximum takes away again.
        MinimumAboveMaximum {
            /// The minimum.
            minimum: Money,
            /// The maximum on the same lines.
            maximum: Money,
            /// Whose it is.
            other: TermCode,
        } = "catalog-minimum-above-maximum",
            "a minimum of {minimum} stands above the maximum of {maximum} of `{other}` on the \
             same lines; lower the one or raise the other";

        /// A discount on another offer.
        TermOutside {
            /// What it is on.
            actual: String,
            /// What it can be on.
            expected: String,
        } = "catalog-term-outside",
            "the terms of {expected} cannot take anything off {actual}; write the discount there, \
             or under the account";
    }
}
