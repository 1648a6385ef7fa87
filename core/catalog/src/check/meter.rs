//! What stands against a meter. What passes here never fails while an event is read: its
//! expressions can be worked out for a well-formed event, and nothing is read of nowhere.

use facts::MeterPublished;
use facts::expression::{DEPTH_MAX, Expression, ExpressionError, NODES_MAX};
use facts::meter::{Derived, Field, Filter, Interval, Level, Measure, Mediation, MemberTest};
use facts::meter::{Rollover, Session, Test};

use super::{CatalogFault, Objections};
use crate::Definitions;
use crate::definition::Definition;

/// Names that begin so are kept for measures.
const RESERVED: char = '$';

/// Most seconds of a session or an interval: a leap year. A wrong date must not fill the books.
const SECONDS_MAX: u32 = 366 * 86_400;

pub fn check(meter: &MeterPublished, all: &Definitions, objections: &mut Objections) {
    let place = meter.place();
    objections.require_text(&place, "name", &meter.name);
    objections.require_text(&place, "symbol", &meter.symbol);
    objections.require_word(&place, "event_type", &meter.event_type);
    objections.require_unique(&place, "dimension", meter.dimensions.iter().map(String::as_str));
    for name in &meter.dimensions {
        require_free(name, &format!("{place}.dimensions"), objections);
    }
    // Told once for each pair, at the later of the two.
    let before = all.meters.iter().take_while(|other| other.code != meter.code);
    for other in before.filter(|other| other.event_type == meter.event_type) {
        let (event_type, meter) = (meter.event_type.clone(), other.code.clone());
        objections.add(place.as_str(), CatalogFault::EventTypeTaken { event_type, meter });
    }
    check_measure(&meter.measure, &format!("{place}.measure"), objections);
    check_accept(&meter.mediation, &format!("{place}.accept"), objections);
    check_derive(&meter.mediation.derive, &place, objections);
    check_convert(meter, &format!("{place}.convert"), objections);
}

/// What was measured is counted again whenever it is asked, with the measure that is published. So
/// another measure under the same name would change what was billed before it.
pub fn check_change(new: &MeterPublished, published: &Definitions, objections: &mut Objections) {
    let Some(old) = MeterPublished::find(published, new.code.as_str()) else { return };
    let alike = match (&old.measure, &new.measure) {
        (Measure::Rollover(a), Measure::Rollover(b)) => a.wraps_at == b.wraps_at,
        (Measure::Counter(_), Measure::Rollover(_))
        | (Measure::Rollover(_), Measure::Counter(_)) => false,
        (Measure::TimeWeighted(a), Measure::TimeWeighted(b)) => a.per == b.per,
        (Measure::Duration(a), Measure::Duration(b)) => {
            (a.per, a.timeout_seconds) == (b.per, b.timeout_seconds)
        }
        (old, new) => old.kind() == new.kind(),
    };
    if !alike {
        let (meter, measure) = (new.code.clone(), old.measure.kind().to_owned());
        let fault = CatalogFault::MeasureChanged { meter, measure };
        objections.add(format!("{}.measure", new.place()), fault);
    }
}

fn require_free(name: &str, place: &str, objections: &mut Objections) {
    objections.require_word(place, "name", name);
    if name.starts_with(RESERVED) {
        objections.add(place, CatalogFault::ReservedName { name: name.to_owned() });
    }
}

fn check_measure(measure: &Measure, place: &str, objections: &mut Objections) {
    if let Some(Field { name, decimals_max: _ }) = measure.field() {
        objections.require_word(place, "member", name);
    }
    let mut seconds = |field: &str, actual: u32| {
        if !(1..=SECONDS_MAX).contains(&actual) {
            let (field, max) = (field.to_owned(), SECONDS_MAX);
            objections.add(place, CatalogFault::SecondsRange { field, actual, max });
        }
    };
    match measure {
        Measure::Count
        | Measure::Sum(_)
        | Measure::Counter(_)
        | Measure::Max(_)
        | Measure::Min(_)
        | Measure::Latest(_)
        | Measure::TimeWeighted(Level { field: _, per: _ }) => {}
        Measure::Rollover(Rollover { field: _, wraps_at }) => {
            if wraps_at.is_negative() || wraps_at.is_zero() {
                objections.add(place, CatalogFault::WrapsAt { wraps_at: *wraps_at });
            }
        }
        Measure::Unique(member) => objections.require_word(place, "member", &member.name),
        Measure::Duration(Session { phase, start, stop, key, timeout_seconds, per: _ }) => {
            seconds("timeout_seconds", *timeout_seconds);
            let words = [("phase", phase), ("start", start), ("stop", stop), ("key", key)];
            for (field, word) in words {
                objections.require_word(place, field, word);
            }
            if start == stop {
                objections.add(place, CatalogFault::SamePhase { phase: start.clone() });
            }
        }
        Measure::Interval(Interval { field: _, from, longest_seconds }) => {
            seconds("longest_seconds", *longest_seconds);
            objections.require_word(place, "from", from);
        }
    }
}

fn check_accept(mediation: &Mediation, place: &str, objections: &mut Objections) {
    let Some(filter) = &mediation.accept else { return };
    let (mut nodes, mut depth) = (0, 0);
    walk(filter, 1, &mut |filter, at_depth| {
        nodes += 1;
        depth = depth.max(at_depth);
        let is_empty = match filter {
            Filter::All(parts) | Filter::Any(parts) => parts.is_empty(),
            Filter::Not(_) => false,
            Filter::Member(MemberTest { member, test }) => {
                objections.require_word(place, "member", member);
                matches!(test, Test::In(values) if values.is_empty())
            }
        };
        if is_empty {
            objections.add(place, CatalogFault::EmptyFilter { filter: filter.to_string() });
        }
    });
    if nodes > Filter::NODES_MAX || depth > Filter::DEPTH_MAX {
        let (nodes_max, depth_max) = (Filter::NODES_MAX, Filter::DEPTH_MAX);
        objections.add(place, CatalogFault::FilterTooLarge { nodes, nodes_max, depth, depth_max });
    }
}

/// Shows each filter of a filter, with its depth.
fn walk(filter: &Filter, depth: usize, show: &mut impl FnMut(&Filter, usize)) {
    show(filter, depth);
    match filter {
        Filter::All(parts) | Filter::Any(parts) => {
            for part in parts {
                walk(part, depth + 1, show);
            }
        }
        Filter::Not(part) => walk(part, depth + 1, show),
        Filter::Member(_) => {}
    }
}

fn check_derive(derive: &[Derived], place: &str, objections: &mut Objections) {
    objections.require_unique(place, "derived field", derive.iter().map(|it| it.name.as_str()));
    if derive.len() > Mediation::DERIVED_MAX {
        let (actual, max) = (derive.len(), Mediation::DERIVED_MAX);
        objections.add(place, CatalogFault::TooManyDerived { actual, max });
    }
    for (index, Derived { name, expression }) in derive.iter().enumerate() {
        let place = format!("{place}.derive[{name}]");
        require_free(name, &place, objections);
        let read = match Expression::parse(expression) {
            Ok(read) => read,
            Err(error) => {
                objections.add(place, expression_fault(expression, error));
                continue;
            }
        };
        let later = derive.iter().skip(index + 1).filter(|it| it.name != *name);
        for it in later.filter(|it| read.members().contains(&it.name.as_str())) {
            let (name, later) = (name.clone(), it.name.clone());
            objections.add(place.as_str(), CatalogFault::DerivedLater { name, later });
        }
    }
}

fn expression_fault(expression: &str, error: ExpressionError) -> CatalogFault {
    let expression = expression.to_owned();
    match error {
        ExpressionError::Unexpected { at, found, expected } => {
            CatalogFault::ExpressionSyntax { expression, at, found, expected }
        }
        ExpressionError::WrongKind { at, found, expected } => {
            let (found, expected) = (found.to_string(), expected.to_string());
            CatalogFault::ExpressionKind { expression, at, found, expected }
        }
        ExpressionError::TooLarge => {
            let (nodes_max, depth_max) = (NODES_MAX, DEPTH_MAX);
            CatalogFault::ExpressionTooLarge { expression, nodes_max, depth_max }
        }
    }
}

fn check_convert(meter: &MeterPublished, place: &str, objections: &mut Objections) {
    let Some(factor) = meter.mediation.convert else { return };
    if factor.numerator == 0 || factor.denominator == 0 {
        objections.add(place, CatalogFault::ZeroFactor { factor: factor.to_string() });
    }
    if meter.measure.field().is_none() {
        let measure = meter.measure.kind().to_owned();
        objections.add(place, CatalogFault::NothingToConvert { measure });
    }
}
