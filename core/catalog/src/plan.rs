//! What publication would do, as data: it can be shown before it is done.

use facts::{AccountRegistered, Fact, PayerNamed};
use jiff::civil::Date;

use crate::Definitions;
use crate::definition::{Definition, Kind};
use crate::listing::{Difference, Fields};

/// What publication would do. Empty when the draft says nothing new.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// In the order of publication: what is referred to comes first.
    pub changes: Vec<Change>,
}

/// One definition that gets its next version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its kind.
    pub kind: Kind,
    /// Its code.
    pub code: String,
    /// The version that is published; none: it is new.
    pub from_version: Option<u32>,
    /// The version that will be.
    pub to_version: u32,
    /// The first day of the new version.
    pub effective_from: Date,
    /// What changes; everything, for a new definition. Never empty.
    pub differences: Vec<Difference>,
    /// The fact that publishes it.
    pub fact: Fact,
}

impl Plan {
    /// Whether there is nothing to do.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// What publication records.
    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.changes.iter().map(|change| &change.fact)
    }

    /// The version that a definition will have, when it changes.
    #[must_use]
    pub fn version(&self, kind: Kind, code: &str) -> Option<u32> {
        let is_it = |change: &&Change| change.kind == kind && change.code == code;
        self.changes.iter().find(is_it).map(|change| change.to_version)
    }
}

/// Who pays for an account by a version of it, as a fact of two accounts.
#[must_use]
pub fn payer_named(account: &AccountRegistered) -> Option<PayerNamed> {
    let (account, payer, from) =
        (&account.account, account.paid_by.as_ref()?, account.effective_from);
    Some(PayerNamed { payer: payer.clone(), account: account.clone(), from })
}

/// Compares a draft with the latest version of each published definition. What is published and
/// not in the draft stays as it is. The draft should have passed [`check`](crate::check()).
#[must_use]
pub fn plan(draft: &Definitions, published: &Definitions) -> Plan {
    let mut changes = Vec::new();
    add_changes(&draft.sellers, published, &mut changes);
    add_changes(&draft.meters, published, &mut changes);
    add_changes(&draft.fulfilment_specs, published, &mut changes);
    add_changes(&draft.offers, published, &mut changes);
    add_changes(&draft.accounts, published, &mut changes);
    Plan { changes }
}

fn add_changes<D: Definition>(draft: &[D], published: &Definitions, changes: &mut Vec<Change>) {
    let published = D::by_code(published);
    changes.extend(draft.iter().filter_map(|new| change(new, published.get(new.code()).copied())));
}

fn change<D: Definition>(new: &D, old: Option<&D>) -> Option<Change> {
    let from_version = old.map(D::version);
    let to_version = from_version.unwrap_or(0).saturating_add(1);
    let new = new.with_version(to_version);
    let differences = differences(&new, old);
    (!differences.is_empty()).then(|| Change {
        kind: D::KIND,
        code: new.code().to_owned(),
        from_version,
        to_version,
        effective_from: new.effective_from(),
        differences,
        fact: new.into_fact(),
    })
}

/// What a new version says that the old one does not.
pub fn differences<D: Definition>(new: &D, old: Option<&D>) -> Vec<Difference> {
    let (mut before, mut after) = (Fields::default(), Fields::default());
    if let Some(old) = old {
        old.list(&mut before);
    }
    new.list(&mut after);
    Fields::differences(&before, &after)
}
