//! Access: who may ask, and what for.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AccountId, KeyId};

/// A key was issued. Its text is shown once and kept nowhere: what is kept is a digest of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyIssued {
    /// The name of the key, a part of its text that is no secret.
    pub key: KeyId,
    /// What it is for, in somebody's words: `device cloud`, `Odile, finance`.
    pub label: String,
    /// What may be asked with it.
    pub role: Role,
    /// Of a customer's key: the account that it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// SHA-256 of the whole text, in hexadecimal digits. The text has 128 random bits, so that a
    /// digest without salt and without effort cannot be turned round.
    pub digest: String,
    /// When.
    pub issued_at: Timestamp,
    /// The first instant at which it is refused; none: it lasts until it is revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// A key is refused from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRevoked {
    /// The key.
    pub key: KeyId,
    /// When.
    pub revoked_at: Timestamp,
}

/// What somebody does here: the columns of the permission matrix (`access::Operation`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, keys included.
    Owner,
    /// Prices, invoices, credits, books.
    Finance,
    /// Orders, shipments, devices, amendments.
    Operations,
    /// Usage, signals and what other systems send.
    Engineer,
    /// Everything can be read and nothing changed.
    ReadOnly,
    /// The fleet manager of a customer: what belongs to one account.
    Customer,
}

impl Role {
    /// Every one, in the order of the matrix.
    pub const ALL: [Self; 6] = [
        Self::Owner,
        Self::Finance,
        Self::Operations,
        Self::Engineer,
        Self::ReadOnly,
        Self::Customer,
    ];

    /// The word for it on the command line and in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Finance => "finance",
            Self::Operations => "operations",
            Self::Engineer => "engineer",
            Self::ReadOnly => "read_only",
            Self::Customer => "customer",
        }
    }
}
