//! A business "no": a stable code, the ids and values at stake, and a sentence that names the
//! problem and the remedy. The English sentence stands beside the code; other languages are
//! looked up by it.

use std::fmt;

/// Something that can be said to a person in any language.
pub trait Rejection: fmt::Display + fmt::Debug {
    /// The stable code: part of the API.
    fn code(&self) -> &'static str;

    /// The values that the sentence names.
    fn args(&self) -> Vec<(&'static str, String)>;
}

/// Declares the rejections of a slice.
///
/// ```
/// kernel::rejections! {
///     /// Why an order is refused.
///     pub enum Refused {
///         /// Nobody sells it.
///         UnknownOffer {
///             /// What was asked for.
///             offer: String,
///         } = "unknown-offer", "offer `{offer}` is not published; see `tabouret catalog`";
///     }
/// }
/// use kernel::rejection::Rejection;
/// let no = Refused::UnknownOffer { offer: "X".into() };
/// assert_eq!(no.code(), "unknown-offer");
/// assert_eq!(no.args(), vec![("offer", "X".to_owned())]);
/// ```
#[macro_export]
macro_rules! rejections {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident {
            $(
                $(#[$variant_meta:meta])*
                $variant:ident {
                    $( $(#[$field_meta:meta])* $field:ident : $type:ty ),* $(,)?
                } = $code:literal, $message:literal;
            )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        $vis enum $name {
            $( $(#[$variant_meta])* $variant { $( $(#[$field_meta])* $field: $type ),* } ),+
        }

        impl $name {
            /// Every code, so that a test can ask for each translation.
            pub const CODES: &'static [&'static str] = &[$($code),+];
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $( Self::$variant { $($field),* } => ::std::write!(f, $message) ),+
                }
            }
        }

        impl ::std::error::Error for $name {}

        impl $crate::rejection::Rejection for $name {
            fn code(&self) -> &'static str {
                match self { $( Self::$variant { .. } => $code ),+ }
            }

            fn args(&self) -> Vec<(&'static str, String)> {
                match self {
                    $( Self::$variant { $($field),* } =>
                        vec![$( (stringify!($field), $field.to_string()) ),*] ),+
                }
            }
        }
    };
}
