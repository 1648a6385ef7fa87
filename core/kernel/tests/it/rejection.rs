//! Rejections carry a code, values and a sentence.

use std::error::Error;

use kernel::rejection::Rejection;

kernel::rejections! {
    /// Why a test says no.
    pub enum Refused {
        /// With values.
        TooMany {
            /// What.
            what: String,
            /// How many at most.
            count_max: u32,
        } = "too-many", "at most {count_max} of `{what}` are allowed; send fewer";
        /// Without values.
        Closed {} = "closed", "the door is closed; come back tomorrow";
    }
}

#[test]
fn a_rejection_has_a_code_values_and_a_sentence() {
    let no = Refused::TooMany { what: "truck".to_owned(), count_max: 50 };
    assert_eq!(no.code(), "too-many");
    let values = vec![("what", "truck".to_owned()), ("count_max", "50".to_owned())];
    assert_eq!(no.args(), values);
    assert_eq!(no.to_string(), "at most 50 of `truck` are allowed; send fewer");
    let closed = Refused::Closed {};
    assert_eq!((closed.code(), closed.args()), ("closed", vec![]));
    assert_eq!(closed.to_string(), "the door is closed; come back tomorrow");
}

#[test]
fn all_codes_can_be_listed_and_any_rejection_is_an_error() {
    assert_eq!(Refused::CODES, ["too-many", "closed"]);
    let error: Box<dyn Error> = Box::new(Refused::Closed {});
    assert_eq!(error.to_string(), "the door is closed; come back tomorrow");
    let rejection: &dyn Rejection = &Refused::Closed {};
    assert_eq!(rejection.code(), "closed");
    assert_ne!(Refused::Closed {}, Refused::TooMany { what: String::new(), count_max: 0 });
}
