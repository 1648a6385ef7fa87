//! From text to one value. Each cell, member and scalar goes through here, whatever the format
//! around it, so that a date is the same in CSV, JSON and YAML, and so are its errors.

use facts::commitment::{Partial, Span};
use facts::credit_note::CreditReason;
use facts::device::{LifeState, Ownership, PartDue, ServiceState};
use facts::discount::{Basis, Each};
use facts::hold::Blocked;
use facts::offer::{
    AfterDeadline, AfterLoss, Alignment, ComponentKind, DeadlineFrom, LateUsage, Milestone,
    OpenParts, Proration, StoppedDays, SupplyNature, Timing,
};
use facts::order::Moment;
use facts::pool::{Allocation, AllowanceProration, PoolScope, Settlement};
use facts::price::{AtZero, BandZone, Bounds, CounterReset, CounterScope, Peak, TierMode, WeekDay};
use facts::text::Language;
use facts::unit::ShipmentReason;
use facts::{InvoiceGroup, Role};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use kernel::{BillCycle, Currency, Percent, Quantity, Rounding, UnitPrice, Zone};
use memchr::{memchr, memrchr2};
use orders::AskInvoice;
use reconciliation::CloudState;
use schemars::{Schema, json_schema};

use crate::InputRejection;

/// A value that is written as one piece of text.
pub trait Readable: Sized {
    /// The value that a text stands for.
    ///
    /// # Errors
    /// What is wrong with the text, and what would be right.
    fn read(text: &str) -> Result<Self, InputRejection>;

    /// How it is written, as JSON Schema.
    fn schema() -> Schema;
}

impl Readable for String {
    fn read(text: &str) -> Result<Self, InputRejection> {
        Ok(text.to_owned())
    }

    fn schema() -> Schema {
        json_schema!({ "type": ["string", "number", "boolean"] })
    }
}

macro_rules! ids {
    ($($id:ident),+) => { $(
        impl Readable for facts::$id {
            fn read(text: &str) -> Result<Self, InputRejection> {
                Self::new(text).map_err(|bad| InputRejection::BadId {
                    what: bad.kind.to_owned(),
                    text: shortened(&bad.text),
                })
            }

            fn schema() -> Schema {
                json_schema!({ "type": ["string", "number"], "minLength": 1, "maxLength": 200 })
            }
        }
    )+ };
}

ids!(
    SellerCode,
    AccountId,
    OfferCode,
    ComponentCode,
    PlanCode,
    SpecCode,
    MeterCode,
    RowCode,
    TermCode,
    IndexCode,
    OrderId,
    OrderLineId,
    InvoiceGroup,
    UnitId,
    DeviceSerial,
    ShipmentId,
    ChangeId,
    EventSource,
    EventId,
    InvoiceNumber,
    RequestId,
    CreditNoteNumber,
    BalanceId,
    CreditId,
    HoldId,
    KeyId,
    HolderCode,
    AdjustmentId
);

macro_rules! decimals {
    ($($decimal:ident),+) => { $(
        impl Readable for $decimal {
            fn read(text: &str) -> Result<Self, InputRejection> {
                text.parse().map_err(|_| InputRejection::BadDecimal {
                    text: shortened(text),
                    decimals_max: Self::DECIMALS_MAX,
                })
            }

            fn schema() -> Schema {
                json_schema!({ "type": ["number", "string"] })
            }
        }
    )+ };
}

decimals!(UnitPrice, Quantity, Percent);

/// Digits only: `u32::from_str` would also take a plus sign.
fn integer<T: TryFrom<u32>>(text: &str, min: u32, max: u32) -> Result<T, InputRejection> {
    let bad = || InputRejection::BadInteger { text: shortened(text), min, max };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| digits && (min..=max).contains(number));
    T::try_from(number.ok_or_else(bad)?).map_err(|_| bad())
}

macro_rules! integers {
    ($($type:ty = $max:expr),+) => { $(
        impl Readable for $type {
            fn read(text: &str) -> Result<Self, InputRejection> {
                integer(text, 0, $max)
            }

            fn schema() -> Schema {
                json_schema!({ "type": "integer", "minimum": 0, "maximum": $max })
            }
        }
    )+ };
}

integers!(u16 = u32::from(u16::MAX), u32 = u32::MAX);

/// How many decimals a number may have: 0 to what a quantity keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimals(pub u32);

impl Readable for Decimals {
    fn read(text: &str) -> Result<Self, InputRejection> {
        integer(text, 0, Quantity::DECIMALS_MAX).map(Self)
    }

    fn schema() -> Schema {
        json_schema!({ "type": "integer", "minimum": 0, "maximum": Quantity::DECIMALS_MAX })
    }
}

impl Readable for BillCycle {
    fn read(text: &str) -> Result<Self, InputRejection> {
        let bad = || InputRejection::BadInteger { text: shortened(text), min: 1, max: 31 };
        Self::new(integer(text, 1, 31)?).map_err(|_| bad())
    }

    fn schema() -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": 31 })
    }
}

/// A moment by its name, or something that says when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MomentOr<T> {
    /// `now`, `end_of_period` or `end_of_term`.
    Named(Moment),
    /// When.
    At(T),
}

impl<T: Readable> Readable for MomentOr<T> {
    fn read(text: &str) -> Result<Self, InputRejection> {
        match Moment::ALL.into_iter().find(|moment| moment.word() == text) {
            Some(moment) => Ok(Self::Named(moment)),
            None => T::read(text).map(Self::At),
        }
    }

    fn schema() -> Schema {
        let words: Vec<&str> = Moment::ALL.iter().map(|it| it.word()).collect();
        json_schema!({ "anyOf": [T::schema(), { "enum": words }] })
    }
}

impl Readable for AskInvoice {
    fn read(text: &str) -> Result<Self, InputRejection> {
        Ok(match text {
            "consolidated" => Self::Consolidated,
            "separate" => Self::Separate,
            group => Self::Group(InvoiceGroup::read(group)?),
        })
    }

    fn schema() -> Schema {
        json_schema!({ "anyOf": [
            { "enum": ["consolidated", "separate"] },
            InvoiceGroup::schema(),
        ] })
    }
}

impl Readable for bool {
    fn read(text: &str) -> Result<Self, InputRejection> {
        match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(InputRejection::BadBoolean { text: shortened(text) }),
        }
    }

    fn schema() -> Schema {
        json_schema!({ "type": "boolean" })
    }
}

impl Readable for Currency {
    fn read(text: &str) -> Result<Self, InputRejection> {
        text.parse().map_err(|_| InputRejection::UnknownCurrency { text: shortened(text) })
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": "^[A-Z]{3}$" })
    }
}

impl Readable for Zone {
    fn read(text: &str) -> Result<Self, InputRejection> {
        text.parse().map_err(|_| InputRejection::UnknownZone { text: shortened(text) })
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "examples": ["Europe/Paris"] })
    }
}

impl Readable for Date {
    fn read(text: &str) -> Result<Self, InputRejection> {
        let date = fits(text, "0000-00-00").then(|| text.parse().ok()).flatten();
        date.ok_or_else(|| InputRejection::BadDate { text: shortened(text) })
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "format": "date" })
    }
}

impl Readable for Time {
    fn read(text: &str) -> Result<Self, InputRejection> {
        let time = fits(text, "00:00").then(|| text.parse().ok()).flatten();
        time.ok_or_else(|| InputRejection::BadTime { text: shortened(text) })
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$" })
    }
}

impl Readable for Timestamp {
    fn read(text: &str) -> Result<Self, InputRejection> {
        instant(text).ok_or_else(|| InputRejection::BadInstant { text: shortened(text) })
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// An instant as a person writes it: with an offset, as a local time, or as a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// RFC 3339 with `Z` or an offset.
    Instant(Timestamp),
    /// `2026-01-31 10:30` in a zone that is known around it.
    Local(jiff::civil::DateTime),
    /// The beginning of a day.
    Day(Date),
}

impl When {
    /// The instant; none at the ends of the calendar. A local time that comes twice is the first.
    #[must_use]
    pub fn in_zone(self, zone: &Zone) -> Option<Timestamp> {
        match self {
            Self::Instant(instant) => Some(instant),
            Self::Day(day) => zone.start_of(day).ok(),
            Self::Local(local) => local.in_tz(zone.name()).ok().map(|it| it.timestamp()),
        }
    }
}

impl Readable for When {
    fn read(text: &str) -> Result<Self, InputRejection> {
        let local = || {
            let (day, time) = text.split_once([' ', 'T'])?;
            let is_time = fits(time, "00:00") || fits(time, "00:00:00");
            let time: Time = is_time.then(|| time.parse().ok()).flatten()?;
            Some(Self::Local(Date::read(day).ok()?.to_datetime(time)))
        };
        let day = || Date::read(text).ok().map(Self::Day);
        let read = instant(text).map(Self::Instant).or_else(local).or_else(day);
        read.ok_or_else(|| InputRejection::BadWhen { text: shortened(text) })
    }

    fn schema() -> Schema {
        json_schema!({
            "type": "string",
            "description": "a day, a local time or an instant: 2026-01-31, 2026-01-31 10:30, \
                2026-01-31 10:30:15, 2026-01-31T10:30:00+01:00",
        })
    }
}

/// The instant of an RFC 3339 text, cut to whole microseconds: that is what every store keeps.
/// Stricter than the library, which also reads other formats.
pub fn instant(text: &str) -> Option<Timestamp> {
    instant_in_utc(text.as_bytes()).or_else(|| instant_anywhere(text))
}

/// The usual form, `2026-01-12T10:11:12.123Z`, without a copy; none also for a leap second and
/// for what is wrong.
fn instant_in_utc(text: &[u8]) -> Option<Timestamp> {
    let (local, fraction) = text.strip_suffix(b"Z")?.split_at_checked(19)?;
    let [y0, y1, y2, y3, b'-', o0, o1, b'-', d0, d1, b'T', time @ ..] = local else { return None };
    let [h0, h1, b':', m0, m1, b':', s0, s1] = time else { return None };
    let two = |tens: &u8, ones: &u8| digit(*tens).zip(digit(*ones)).map(|(t, o)| 10 * t + o);
    let small = |tens, ones| two(tens, ones).and_then(|it| i8::try_from(it).ok());
    let year = i16::try_from(100 * two(y0, y1)? + two(y2, y3)?).ok()?;
    let date = Date::new(year, small(o0, o1)?, small(d0, d1)?).ok()?;
    let nanos = nanoseconds(fraction)?;
    let time = Time::new(small(h0, h1)?, small(m0, m1)?, small(s0, s1)?, nanos).ok()?;
    Offset::UTC.to_timestamp(date.to_datetime(time)).ok()
}

fn digit(byte: u8) -> Option<u32> {
    byte.is_ascii_digit().then(|| u32::from(byte - b'0'))
}

/// A fraction of a second with its point, or nothing; cut to whole microseconds.
fn nanoseconds(fraction: &[u8]) -> Option<i32> {
    let Some((b'.', digits)) = fraction.split_first() else {
        return fraction.is_empty().then_some(0);
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let kept = digits.iter().chain(std::iter::repeat(&b'0')).take(6);
    let micros = kept.fold(0, |sum, byte| 10 * sum + i32::from(byte - b'0'));
    Some(1000 * micros)
}

fn instant_anywhere(text: &str) -> Option<Timestamp> {
    const FRACTION_DIGITS_KEPT: usize = 6;
    let text = text.is_ascii().then(|| text.to_ascii_uppercase())?;
    let bytes = text.as_bytes();
    let zone_at = memchr(b'Z', bytes).or_else(|| memrchr2(b'+', b'-', bytes))?;
    let (local, zone) = text.split_at(zone_at);
    let (local, fraction) = local.split_once('.').unwrap_or((local, "0"));
    let zone_fits = zone == "Z" || fits(zone, "+00:00") || fits(zone, "-00:00");
    let digits = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !zone_fits || !digits || !fits(local, "0000-00-00T00:00:00") {
        return None;
    }
    let kept = fraction.get(..FRACTION_DIGITS_KEPT).unwrap_or(fraction);
    format!("{local}.{kept}{zone}").parse().ok()
}

/// Whether a text has digits where the pattern has `0`, and its other characters elsewhere.
fn fits(text: &str, pattern: &str) -> bool {
    let fits = |(byte, wanted): (u8, u8)| match wanted {
        b'0' => byte.is_ascii_digit(),
        _ => byte == wanted,
    };
    text.len() == pattern.len() && text.bytes().zip(pattern.bytes()).all(fits)
}

/// Values that are one of a few words.
macro_rules! words {
    ($($type:ty { $($word:literal = $value:expr),+ $(,)? })+) => { $(
        impl Readable for $type {
            fn read(text: &str) -> Result<Self, InputRejection> {
                match text {
                    $($word => Ok($value),)+
                    _ => Err(InputRejection::UnknownWord {
                        text: shortened(text),
                        known: [$($word),+].join(", "),
                    }),
                }
            }

            fn schema() -> Schema {
                json_schema!({ "type": "string", "enum": [$($word),+] })
            }
        }
    )+ };
}

words! {
    ComponentKind {
        "hardware" = Self::Hardware,
        "service" = Self::Service,
        "usage" = Self::Usage,
        "fee" = Self::Fee,
    }
    Basis { "undiscounted" = Self::Undiscounted, "remainder" = Self::Remainder }
    Each { "period" = Self::Period, "once" = Self::Once }
    Span { "period" = Self::Period, "year" = Self::Year }
    Partial { "prorated" = Self::Prorated, "whole" = Self::Whole }
    SupplyNature { "goods" = Self::Goods, "services" = Self::Services }
    Alignment { "account" = Self::Account, "start" = Self::Start, "order" = Self::Order }
    Timing { "in_advance" = Self::InAdvance, "in_arrears" = Self::InArrears }
    Milestone {
        "shipped" = Self::Shipped,
        "delivered" = Self::Delivered,
        "accepted" = Self::Accepted,
    }
    DeadlineFrom {
        "ordered" = Self::Ordered,
        "shipped" = Self::Shipped,
        "delivered" = Self::Delivered,
        "accepted" = Self::Accepted,
    }
    AfterDeadline {
        "start" = Self::Start,
        "cancel" = Self::Cancel,
        "report" = Self::Report,
    }
    Ownership { "sold" = Self::Sold, "loaned" = Self::Loaned, "leased" = Self::Leased }
    ServiceState {
        "active" = Self::Active, "stored" = Self::Stored, "test" = Self::Test,
        "suspended" = Self::Suspended,
    }
    LifeState {
        "new" = Self::New, "stored" = Self::Stored, "test" = Self::Test, "active" = Self::Active,
        "suspended" = Self::Suspended, "gone" = Self::Gone, "ended" = Self::Ended,
    }
    PartDue {
        "ordered" = Self::Ordered,
        "shipped" = Self::At(Milestone::Shipped),
        "delivered" = Self::At(Milestone::Delivered),
        "accepted" = Self::At(Milestone::Accepted),
    }
    OpenParts {
        "go_on" = Self::GoOn,
        "due_at_once" = Self::DueAtOnce,
        "waived" = Self::Waived,
    }
    Proration {
        "days_half_open" = Self::DaysHalfOpen,
        "days_inclusive" = Self::DaysInclusive,
        "thirty_day_month" = Self::ThirtyDayMonth,
        "full_period" = Self::FullPeriod,
        "none" = Self::None,
    }
    AfterLoss { "ends" = Self::Ends, "until_replaced" = Self::UntilReplaced }
    StoppedDays { "credited" = Self::Credited, "used_later" = Self::UsedLater }
    Role {
        "owner" = Self::Owner,
        "finance" = Self::Finance,
        "operations" = Self::Operations,
        "engineer" = Self::Engineer,
        "read_only" = Self::ReadOnly,
        "customer" = Self::Customer,
    }
    Blocked {
        "billing" = Self::Billing,
        "service" = Self::Service,
        "change" = Self::Change,
    }
    LateUsage { "bill_difference" = Self::BillDifference, "reopen" = Self::Reopen }
    Rounding {
        "half_away_from_zero" = Self::HalfAwayFromZero,
        "half_even" = Self::HalfEven,
        "half_towards_zero" = Self::HalfTowardsZero,
        "up" = Self::Up,
        "down" = Self::Down,
    }
    TierMode { "graduated" = Self::Graduated, "volume" = Self::Volume }
    Bounds { "included" = Self::Included, "excluded" = Self::Excluded }
    AtZero { "nothing" = Self::Nothing, "flat" = Self::Flat }
    Peak { "day" = Self::Day }
    BandZone { "device" = Self::Device, "account" = Self::Account }
    WeekDay {
        "mon" = Self::Mon,
        "tue" = Self::Tue,
        "wed" = Self::Wed,
        "thu" = Self::Thu,
        "fri" = Self::Fri,
        "sat" = Self::Sat,
        "sun" = Self::Sun,
    }
    AllowanceProration { "whole" = Self::Whole, "by_day" = Self::ByDay }
    Settlement {
        "as_it_occurs" = Self::AsItOccurs,
        "at_end_of_window" = Self::AtEndOfWindow,
    }
    PoolScope {
        "charge" = Self::Charge,
        "subscription" = Self::Subscription,
        "account" = Self::Account,
    }
    Allocation { "by_excess" = Self::ByExcess, "by_usage" = Self::ByUsage }
    CounterScope {
        "row" = Self::Row,
        "charge" = Self::Charge,
        "unit" = Self::Unit,
        "subscription" = Self::Subscription,
        "pool" = Self::Pool,
        "account" = Self::Account,
    }
    CounterReset {
        "bill_period" = Self::BillPeriod,
        "contract_year" = Self::ContractYear,
        "never" = Self::Never,
    }
    Language { "en" = Self::En, "fr" = Self::Fr }
    CreditReason {
        "error" = Self::Error,
        "returned" = Self::Returned,
        "cancelled" = Self::Cancelled,
        "dispute" = Self::Dispute,
        "goodwill" = Self::Goodwill,
    }
    CloudState {
        "registered" = Self::Registered,
        "active" = Self::Active,
        "suspended" = Self::Suspended,
        "retired" = Self::Retired,
    }
    ShipmentReason { "sale" = Self::Sale, "replacement" = Self::Replacement }
}

/// A text as an error quotes it: long and unprintable ones are cut.
pub fn shortened(text: &str) -> String {
    const QUOTED_CHARS_MAX: usize = 60;
    let printable = |c: char| if c.is_control() { '\u{FFFD}' } else { c };
    let mut quoted: String = text.chars().take(QUOTED_CHARS_MAX).map(printable).collect();
    if text.chars().nth(QUOTED_CHARS_MAX).is_some() {
        quoted.push('…');
    }
    quoted
}

#[cfg(test)]
mod tests;
