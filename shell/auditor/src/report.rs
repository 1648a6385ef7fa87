//! What an audit says: one entry per promise, also when it is kept, so that nobody takes a check
//! that examined nothing for a promise kept.

use std::collections::{BTreeMap, BTreeSet};

use facts::MeterCode;
use kernel::rejection::Rejection;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::AuditFinding;

/// The result of an audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The checks, in the order of the path of the data.
    pub checks: Vec<Check>,
    /// Meters whose readings a deep audit cannot recompute from the lines: they filter, convert or
    /// derive, or measure more than a number. Their lines are only checked for their ids.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub passed_over: BTreeSet<MeterCode>,
}

impl Report {
    /// Whether every promise is kept.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.checks.iter().all(|check| check.findings.is_empty())
    }

    /// Everything that is wrong, in the order of the checks.
    pub fn findings(&self) -> impl Iterator<Item = &AuditFinding> {
        self.checks.iter().flat_map(|check| &check.findings)
    }
}

/// One promise, and where it is broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The stable code.
    pub code: &'static str,
    /// What is promised.
    pub promise: &'static str,
    /// How many things were looked at.
    pub examined: u64,
    /// Where the promise is broken.
    pub findings: Vec<AuditFinding>,
}

impl Check {
    /// A check that has not looked at anything yet.
    pub(crate) const fn new(code: &'static str, promise: &'static str) -> Self {
        Self { code, promise, examined: 0, findings: Vec::new() }
    }

    /// One more thing was looked at.
    pub(crate) const fn examine(&mut self) {
        self.examined += 1;
    }

    /// The promise is broken here.
    pub(crate) fn find(&mut self, finding: AuditFinding) {
        self.findings.push(finding);
    }

    /// The promise is broken here, unless it holds.
    pub(crate) fn expect(&mut self, holds: bool, finding: impl FnOnce() -> AuditFinding) {
        if !holds {
            self.find(finding());
        }
    }
}

impl Serialize for AuditFinding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values: BTreeMap<_, _> = self.args().into_iter().collect();
        let mut finding = serializer.serialize_struct("AuditFinding", 3)?;
        finding.serialize_field("code", self.code())?;
        finding.serialize_field("message", &self.to_string())?;
        finding.serialize_field("values", &values)?;
        finding.end()
    }
}
