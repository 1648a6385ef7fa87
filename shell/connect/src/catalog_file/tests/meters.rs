//! Meters with rules, as a person writes them.

use facts::MeterPublished;
use facts::meter::{
    Derived, Factor, Field, Interval, Level, Measure, Member, Rollover, Session, TimeUnit,
};

use super::{lines, read};

/// A file with one meter, whose last lines are given.
fn file(rules: &str) -> String {
    format!(
        "meters:
  - code: m
    effective_from: 2026-01-01
    name: {{en: M, fr: M}}
    symbol: {{en: MB, fr: Mo}}
    event_type: com.example.m.v1
{rules}"
    )
}

fn meter(rules: &str) -> MeterPublished {
    let read = read("c.yaml", &file(rules)).map_err(|faults| lines(&faults)).unwrap();
    read.definitions.meters.into_iter().next().unwrap()
}

fn said(rules: &str) -> String {
    lines(&read("c.yaml", &file(rules)).unwrap_err())
}

#[test]
fn every_measure_can_be_written() {
    let field = || Field { name: "n".to_owned(), decimals_max: 3 };
    let word = str::to_owned;
    for (written, expected) in [
        ("count", Measure::Count),
        ("{sum: {member: n, decimals_max: 3}}", Measure::Sum(field())),
        ("{counter: {member: n, decimals_max: 3}}", Measure::Counter(field())),
        (
            "{counter: {member: n, decimals_max: 3, wraps_at: 1000}}",
            Measure::Rollover(Rollover { field: field(), wraps_at: "1000".parse().unwrap() }),
        ),
        ("{max: {member: n, decimals_max: 3}}", Measure::Max(field())),
        ("{min: {member: n, decimals_max: 3}}", Measure::Min(field())),
        ("{latest: {member: n, decimals_max: 3}}", Measure::Latest(field())),
        ("{unique: {member: driver}}", Measure::Unique(Member { name: word("driver") })),
        (
            "{time_weighted: {member: n, decimals_max: 3, per: hour}}",
            Measure::TimeWeighted(Level { field: field(), per: TimeUnit::Hour }),
        ),
        (
            "{duration: {phase: state, start: on, stop: off, key: trip, timeout_seconds: 86400, \
             per: minute}}",
            Measure::Duration(Session {
                phase: word("state"),
                start: word("on"),
                stop: word("off"),
                key: word("trip"),
                timeout_seconds: 86_400,
                per: TimeUnit::Minute,
            }),
        ),
        (
            "{interval: {member: n, decimals_max: 3, from: began, longest_seconds: 3600}}",
            Measure::Interval(Interval {
                field: field(),
                from: word("began"),
                longest_seconds: 3_600,
            }),
        ),
    ] {
        assert_eq!(meter(&format!("    measure: {written}\n")).measure, expected, "{written}");
    }
}

const RULES: &str = r#"    accept:
      all:
        - test: {member: apn, op: "!=", value: test}
        - any:
            - test: {member: region, op: in, value: [FR, BE]}
            - test: {member: bytes, op: ">=", number: 1.50}
        - not: {test: {member: debug, op: exists}}
        - test: {member: code, op: in, numbers: [1, 2.5]}
        - test: {member: apn, op: starts_with, value: "4"}
    derive:
      - {name: mb, expression: bytes / 1000000}
      - name: zone
        expression: 'if(region = "FR", "home", "away")'
    convert: {divide: 8}
    measure: {sum: {member: mb, decimals_max: 0}}
    dimensions: [zone]
"#;

#[test]
fn rules_mean_what_they_say() {
    let meter = meter(RULES);
    let filter = meter.mediation.accept.as_ref().unwrap().to_string();
    assert_eq!(
        filter,
        "(apn != \"test\" and (region in [\"FR\", \"BE\"] or bytes >= 1.50) and not debug exists \
         and code in [1, 2.5] and apn starts_with \"4\")"
    );
    let derived = |name: &str, expression: &str| Derived {
        name: name.to_owned(),
        expression: expression.to_owned(),
    };
    assert_eq!(
        meter.mediation.derive,
        [
            derived("mb", "bytes / 1000000"),
            derived("zone", "if(region = \"FR\", \"home\", \"away\")"),
        ]
    );
    let factor = Factor { numerator: 1, denominator: 8 };
    assert_eq!(meter.mediation.convert, Some(factor));
    let definitions = read("c.yaml", &file(RULES)).unwrap().definitions;
    assert_eq!(catalog::check(&definitions, &catalog::Definitions::default()), []);
}

#[test]
fn a_test_has_one_operand_of_its_kind() {
    let asks = |test: &str| said(&format!("    accept: {{test: {test}}}\n    measure: count\n"));
    for (test, expected) in [
        ("{member: a, op: '='}", "exactly one of these is needed here: value, number"),
        (
            "{member: a, op: '=', value: x, number: 1}",
            "exactly one of these is needed here: value, number",
        ),
        ("{member: a, op: '=', value: [x, y]}", "exactly one of these is needed here: value"),
        ("{member: a, op: '<', value: x}", "exactly one of these is needed here: number"),
        ("{member: a, op: in, number: 1}", "exactly one of these is needed here: value, numbers"),
        ("{member: a, op: exists, value: x}", "exactly one of these is needed here: op"),
        (
            "{member: a, op: '=', value: 5}",
            "without quotes this is a number, not text; put it in double quotes",
        ),
        ("{member: a, op: '=', number: x}", "`x` is not a decimal number"),
        ("{member: a, op: like, value: x}", "`like` is not possible here; use one of: =, !=, <"),
        ("{member: a, op: '=', values: x}", "`values` is not known here"),
    ] {
        let said = asks(test);
        assert!(said.contains(expected), "{test}: {said}");
    }
}

#[test]
fn an_objection_to_an_expression_leads_to_its_line() {
    let rules = RULES.replace("bytes / 1000000", "bytes /");
    let located = read("c.yaml", &file(&rules)).unwrap();
    let objections = catalog::check(&located.definitions, &catalog::Definitions::default());
    assert_eq!(objections.len(), 1);
    let place = located.places.find(&objections[0].place).to_string();
    assert_eq!(place, "c.yaml:17:32");
    assert!(said("    measure: {max: {member: n, decimals_max: 10}}\n").contains("from 0 to 9"));
    let per = "    measure: {time_weighted: {member: n, decimals_max: 3, per: week}}\n";
    assert!(said(per).contains("use one of: second, minute, hour, day"));
}

#[test]
fn a_filter_that_is_too_deep_is_refused_and_does_not_fall_over() {
    let deep = |depth: usize| {
        let inner = "{test: {member: a, op: exists}}";
        let accept = format!("{}{inner}{}", "{not: ".repeat(depth), "}".repeat(depth));
        file(&format!("    accept: {accept}\n    measure: count\n"))
    };
    let located = read("c.yaml", &deep(16)).unwrap();
    let objections = catalog::check(&located.definitions, &catalog::Definitions::default());
    assert!(objections[0].to_string().contains("17 parts, 17 deep; use at most 64, 16 deep"));
    for depth in [2_000, 100_000] {
        assert!(read("c.yaml", &deep(depth)).is_err());
    }
}
