//! Which keys can be issued and revoked.

use facts::{AccountId, KeyId, KeyIssued, KeyRevoked, Role};
use jiff::Timestamp;

use crate::{KeyText, Keyring};

/// Somebody asks for a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueKey {
    /// What it is for.
    pub label: String,
    /// What may be asked with it.
    pub role: Role,
    /// Whose it is, of a customer's.
    pub account: Option<AccountId>,
    /// When it ends; none: never.
    pub expires_at: Option<Timestamp>,
}

/// Most characters of a label.
const LABEL_CHARS_MAX: usize = 80;

kernel::rejections! {
    /// Why a key is neither issued nor revoked.
    pub enum Rejection {
        /// Nobody will know what it was for.
        Unlabelled {
            /// The limit.
            chars: usize,
        } = "key-unlabelled",
            "a key needs a label of 1 to {chars} characters without line breaks; say who or what \
             will use it";
        /// It would never be good.
        Expired {
            /// When it ends.
            expires_at: Timestamp,
        } = "key-expires-in-the-past",
            "a key that ends at {expires_at} would never be good; choose an instant to come";
        /// Whose data would it see?
        WithoutAccount {
            /// The role.
            role: &'static str,
        } = "key-without-account",
            "a key with the role `{role}` sees the data of one account; name it";
        /// It would promise a limit that it has not.
        OfNoAccount {
            /// The role.
            role: &'static str,
        } = "key-of-no-account",
            "a key with the role `{role}` is for all accounts; leave the account out, or take the \
             role `customer`";
        /// There is no such account.
        UnknownAccount {
            /// The account.
            account: AccountId,
        } = "key-unknown-account",
            "account `{account}` does not exist; publish it first, or correct its name";
        /// There is no such key.
        Unknown {
            /// The key.
            key: KeyId,
        } = "key-unknown",
            "there is no key `{key}`; see `tabouret key list`";
    }
}

/// The fact that a key is issued, or why it is not. `has_account` tells whether an account exists.
///
/// # Errors
/// [`Rejection`].
pub fn issue(
    asked: &IssueKey,
    (text, digest): (&KeyText, String),
    has_account: bool,
    now: Timestamp,
) -> Result<KeyIssued, Rejection> {
    let IssueKey { label, role, account, expires_at } = asked.clone();
    let label = label.trim().to_owned();
    let chars = label.chars().count();
    if chars == 0 || chars > LABEL_CHARS_MAX || label.chars().any(char::is_control) {
        return Err(Rejection::Unlabelled { chars: LABEL_CHARS_MAX });
    }
    if let Some(expires_at) = expires_at.filter(|it| *it <= now) {
        return Err(Rejection::Expired { expires_at });
    }
    match &account {
        None if role == Role::Customer => {
            return Err(Rejection::WithoutAccount { role: role.word() });
        }
        Some(_) if role != Role::Customer => {
            return Err(Rejection::OfNoAccount { role: role.word() });
        }
        Some(account) if !has_account => {
            return Err(Rejection::UnknownAccount { account: account.clone() });
        }
        _ => {}
    }
    let key = text.name().clone();
    Ok(KeyIssued { key, label, role, account, digest, issued_at: now, expires_at })
}

/// The fact that a key is revoked; none: it is already.
///
/// # Errors
/// [`Rejection::Unknown`].
pub fn revoke(
    key: &KeyId,
    known: &Keyring,
    now: Timestamp,
) -> Result<Option<KeyRevoked>, Rejection> {
    match known.get(key) {
        None => Err(Rejection::Unknown { key: key.clone() }),
        Some(known) if known.revoked_at.is_some() => Ok(None),
        Some(_) => Ok(Some(KeyRevoked { key: key.clone(), revoked_at: now })),
    }
}
