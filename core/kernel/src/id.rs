//! One newtype per kind of identifier, so that a serial can never stand where a unit is meant.
//! Identifiers are the sender's own (an order number, a serial): stable, readable, and the
//! natural idempotency key.
//!
//! One is copied for each line, share and key that names it, so its text is an [`IdText`]: up to 15
//! bytes in place, longer ones shared.

/// The text of an identifier.
pub type IdText = ecow::EcoString;

/// Most characters an identifier may have.
pub const ID_CHARS_MAX: usize = 200;

/// The text cannot identify anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} must be 1 to {ID_CHARS_MAX} characters without control characters, not `{text}`")]
pub struct BadId {
    /// What the text should identify.
    pub kind: &'static str,
    /// The text as read.
    pub text: String,
}

/// Checks the rules that all identifiers share.
///
/// # Errors
/// [`BadId`] when the text is empty, too long, padded with blanks or has control characters.
pub fn check(kind: &'static str, text: &str) -> Result<(), BadId> {
    let fits = !text.is_empty() && text.chars().count() <= ID_CHARS_MAX;
    if fits && text.trim() == text && !text.chars().any(char::is_control) {
        Ok(())
    } else {
        Err(BadId { kind, text: text.to_owned() })
    }
}

/// Declares identifier types: `text_id! { /// doc … UnitId = "unit"; }`.
#[macro_export]
macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident = $kind:literal;)+) => { $(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(::kernel::id::IdText);

        impl $name {
            /// Checks and wraps the text.
            ///
            /// # Errors
            /// [`kernel::id::BadId`](::kernel::id::BadId) when it cannot identify anything.
            pub fn new(
                text: impl Into<::kernel::id::IdText>,
            ) -> Result<Self, ::kernel::id::BadId> {
                let text = text.into();
                ::kernel::id::check($kind, &text)?;
                Ok(Self(text))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::kernel::id::BadId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                Self::new(::kernel::id::IdText::deserialize(deserializer)?)
                    .map_err(::serde::de::Error::custom)
            }
        }
    )+ };
}
