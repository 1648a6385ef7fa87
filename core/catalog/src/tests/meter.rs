//! What stands against a meter.

use facts::MeterPublished;
use facts::meter::{
    Derived, Factor, Field, Filter, Interval, Level, Literal, Measure, Member, MemberTest,
    Rollover, Session, Test, TimeUnit,
};
use kernel::rejection::Rejection;

use super::sample::{code, published, sample};
use super::{check, said};
use crate::Definitions;

/// What is said about the meter of the sample after one change.
fn said_of(change: impl FnOnce(&mut MeterPublished)) -> Vec<String> {
    let mut draft = sample();
    change(&mut draft.meters[0]);
    said(&draft, &Definitions::default())
}

fn one(change: impl FnOnce(&mut MeterPublished)) -> String {
    let said = said_of(change);
    assert_eq!(said.len(), 1, "{said:#?}");
    said.into_iter().next().unwrap()
}

fn field() -> Field {
    Field { name: "mb".into(), decimals_max: 3 }
}

fn derived(name: &str, expression: &str) -> Derived {
    Derived { name: name.into(), expression: expression.into() }
}

fn session() -> Session {
    Session {
        phase: "phase".into(),
        start: "on".into(),
        stop: "off".into(),
        key: "trip".into(),
        timeout_seconds: 86_400,
        per: TimeUnit::Hour,
    }
}

fn asks(test: Test) -> Filter {
    Filter::Member(MemberTest { member: "apn".into(), test })
}

#[test]
fn every_measure_can_be_published_with_its_rules() {
    let limit = code("1000");
    for measure in [
        Measure::Count,
        Measure::Rollover(Rollover { field: field(), wraps_at: limit }),
        Measure::Max(field()),
        Measure::Min(field()),
        Measure::Latest(field()),
        Measure::Unique(Member { name: "driver".into() }),
        Measure::TimeWeighted(Level { field: field(), per: TimeUnit::Hour }),
        Measure::Duration(session()),
        Measure::Interval(Interval {
            field: field(),
            from: "began".into(),
            longest_seconds: 366 * 86_400,
        }),
    ] {
        let said = said_of(|meter| {
            let has_number = measure.field().is_some();
            meter.measure = measure;
            meter.mediation.accept = Some(asks(Test::Different(Literal::Text("test".into()))));
            meter.mediation.derive = vec![derived("kb", "b / 1000"), derived("mb", "kb / 1000")];
            let factor = Factor { numerator: 1, denominator: 8 };
            meter.mediation.convert = has_number.then_some(factor);
        });
        assert_eq!(said, [""; 0]);
    }
}

#[test]
fn an_expression_that_means_nothing_is_named() {
    let said = |expression| one(|meter| meter.mediation.derive = vec![derived("x", expression)]);
    assert_eq!(
        said("mb / "),
        "meters[mb].derive[x]: `mb / ` has the end at character 6, but a value is expected there; \
         correct it"
    );
    assert_eq!(
        said("'a' * 2"),
        "meters[mb].derive[x]: `'a' * 2` has a text before character 8, but a number is needed \
         there; correct it"
    );
    let large = vec!["1"; 17].join("+");
    assert!(said(&large).ends_with("is too large; use at most 64 values and operators, 16 deep"));
    let draft = {
        let mut draft = sample();
        draft.meters[0].mediation.derive = vec![derived("x", "1 +")];
        draft
    };
    let objections = check(&draft, &Definitions::default());
    assert_eq!(objections[0].rejection.code(), "catalog-expression-syntax");
}

#[test]
fn derived_fields_are_named_once_in_order_and_are_few() {
    let said = |derive| one(|meter| meter.mediation.derive = derive);
    assert!(
        said(vec![derived("x", "1"), derived("x", "2")]).contains("the derived field `x` occurs")
    );
    assert_eq!(
        said(vec![derived("x", "y * 2"), derived("y", "3")]),
        "meters[mb].derive[x]: `x` names `y`, which is derived after it; derive `y` first"
    );
    // Its own name is the member's.
    assert_eq!(said_of(|it| it.mediation.derive = vec![derived("mb", "mb * 2")]), [""; 0]);
    let many = (0..17).map(|it| derived(&format!("x{it}"), "1")).collect();
    assert_eq!(said(many), "meters[mb]: 17 fields are derived; use at most 16");
    assert!(said(vec![derived("$key", "1")]).contains("`$key` begins with `$`"));
    assert!(one(|meter| meter.dimensions.push("$key".into())).contains("begins with `$`"));
}

#[test]
fn a_filter_asks_something_and_is_not_too_large() {
    let said = |filter| said_of(|meter| meter.mediation.accept = Some(filter));
    for empty in [Filter::All(vec![]), Filter::Any(vec![]), asks(Test::In(vec![]))] {
        let said = said(empty);
        assert_eq!(said.len(), 1);
        assert!(said[0].starts_with("meters[mb].accept: `"), "{said:?}");
        assert!(said[0].ends_with("lists nothing; give it at least one entry"), "{said:?}");
    }
    let wide = |count| Filter::All(vec![asks(Test::Exists(true)); count]);
    assert_eq!(said(wide(63)), [""; 0]);
    assert!(said(wide(64))[0].contains("65 parts, 2 deep; use at most 64, 16 deep"));
    let deep =
        |depth| (1..depth).fold(asks(Test::Exists(true)), |inner, _| Filter::Not(Box::new(inner)));
    assert_eq!(said(deep(16)), [""; 0]);
    assert!(said(deep(17))[0].contains("17 parts, 17 deep"));
}

#[test]
fn measures_have_settings_that_mean_something() {
    let said = |measure| one(|meter| meter.measure = measure);
    for wraps_at in ["0", "-1"] {
        let rollover = Rollover { field: field(), wraps_at: code(wraps_at) };
        assert!(said(Measure::Rollover(rollover)).contains("cannot run over at"));
    }
    for timeout_seconds in [0, 366 * 86_400 + 1] {
        let endless = Session { timeout_seconds, ..session() };
        assert!(said(Measure::Duration(endless)).contains("use 1 to 31622400"));
    }
    let same = Session { stop: "on".into(), ..session() };
    assert!(said(Measure::Duration(same)).contains("`on` both starts and stops a session"));
    let unnamed = Measure::Unique(Member { name: String::new() });
    assert!(said(unnamed).contains("`member` is empty"));
}

#[test]
fn a_factor_needs_a_number_and_no_zero() {
    let half = Some(Factor { numerator: 1, denominator: 2 });
    let said = one(|meter| {
        meter.measure = Measure::Count;
        meter.mediation.convert = half;
    });
    assert!(said.contains("count reads no number that could be converted"), "{said}");
    let zero = Some(Factor { numerator: 1, denominator: 0 });
    assert!(one(|meter| meter.mediation.convert = zero).contains("1 / 0 has a 0"));
}

#[test]
fn a_published_meter_keeps_its_measure() {
    let said_of = |old: Measure, new: Measure| {
        let (mut published, mut draft) = (published(), sample());
        published.meters[0].measure = old;
        draft.meters[0].measure = new;
        draft.meters[0].effective_from = published.meters[0].effective_from.tomorrow().unwrap();
        said(&draft, &published)
    };
    let precise = Field { name: "megabytes".into(), decimals_max: 6 };
    assert_eq!(said_of(Measure::Sum(field()), Measure::Sum(precise)), [""; 0]);
    let longer = Session { timeout_seconds: 90_000, ..session() };
    let limit = code("1000");
    for (old, new) in [
        (Measure::Sum(field()), Measure::Max(field())),
        (Measure::Duration(session()), Measure::Duration(longer)),
        (
            Measure::Counter(field()),
            Measure::Rollover(Rollover { field: field(), wraps_at: limit }),
        ),
    ] {
        let said = said_of(old, new);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains("publish a meter with another code instead"), "{said:?}");
    }
}

#[test]
fn a_difference_shows_the_rules() {
    let mut draft = sample();
    let meter = &mut draft.meters[0];
    meter.effective_from = meter.effective_from.tomorrow().unwrap();
    meter.mediation.accept = Some(asks(Test::Different(Literal::Text("test".into()))));
    meter.mediation.derive = vec![derived("mb", "kb / 1000")];
    meter.mediation.convert = Some(Factor { numerator: 1, denominator: 8 });
    let plan = crate::plan(&draft, &published());
    let shown: Vec<String> = plan.changes[0]
        .differences
        .iter()
        .map(|it| format!("{} {}", it.path, it.after.as_deref().unwrap_or("-")))
        .collect();
    assert_eq!(shown[1..], ["accept apn != \"test\"", "derive[mb] kb / 1000", "convert 1 / 8"]);
}
