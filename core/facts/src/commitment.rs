//! The least and the most that is billed for some lines in a period, and what a minimum added.
//!
//! The base is documented in `docs/adr/0016-commitments.md`: the net of the lines that count, after
//! escalations and discounts. Maxima come before minima, what is narrower before what is wider.

use std::collections::BTreeSet;

use jiff::civil::Date;
use kernel::Money;
use serde::{Deserialize, Serialize};

use crate::discount::Scope;
use crate::offer::ComponentKind;
use crate::{OfferRef, TermCode, Text};

/// The least or the most that is billed for some lines in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commitment {
    /// Unique among the terms of the offer or account.
    pub code: TermCode,
    /// What the invoice calls it.
    pub name: Text,
    /// The least or the most.
    pub bound: Bound,
    /// Net of tax; above zero.
    pub amount: Money,
    /// In which periods.
    pub each: Span,
    /// Which lines it is about: all of its components together, or of the offer, or account.
    pub scope: Scope,
    /// Which kinds of components count; empty: all. One-offs count in the bill period in which
    /// they are billed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub counts: BTreeSet<ComponentKind>,
    /// The first day, and never before the first service of a unit that it is about; none: that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The day after the last; none: that of an offer ends with the last of its units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// What holds for a period that is a part of the commitment only.
    pub partial: Partial,
}

/// The least or the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// What is missing is billed when the period is over, as a line of its own.
    Minimum,
    /// What is above it is taken off the lines.
    Maximum,
}

/// The periods of a commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// Each bill period.
    Period,
    /// Each contract year: twelve bill periods, the first that in which the commitment begins.
    Year,
}

/// What holds for a first or last period that is a part only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Partial {
    /// The part of the amount that its days are of the days of the period.
    Prorated,
    /// The whole amount.
    Whole,
}

/// How a true-up came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitmentUse {
    /// The commitment.
    pub term: TermCode,
    /// The version of the offer whose term it is; none: a term of the account.
    pub offer: Option<OfferRef>,
    /// What it is about, so that a wider commitment counts it.
    pub scope: Scope,
    /// Its periods, so that a longer commitment counts it.
    pub each: Span,
    /// The minimum of a whole period.
    pub committed: Money,
    /// What was billed for the lines that count, on this invoice and those before.
    pub counted: Money,
}
