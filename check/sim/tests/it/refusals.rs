//! What cannot be is refused with its reason, in the story and by the use cases alike, and nothing
//! is recorded.

use std::path::Path;

use connect::story_file;
use imports::ImportError;
use store::Store;

use crate::worlds;

/// T-1 is in service from 1 January, T-2 is ordered and never shipped, T-3 was cancelled.
const WORLD: &str = r"
story: Three units
zone: Europe/Paris
starts_at: 2026-01-01
steps:
  - publish_file: shared/one-sensor.yaml
  - publish_file: shared/basic-and-plus.yaml
  - place_order:
      order: ORD-1
      customer: Exemple Transport SARL
      ordered_on: 2026-01-01
      lines: [{line: ORD-1-1, offer: basic,
               named_units: [{unit: T-1}, {unit: T-2}, {unit: T-3}]}]
  - ship: {shipment: SHP-1, order_line: ORD-1-1, unit: T-1, serial: SN-1,
           shipped_at: 2026-01-01 00:00, delivered_at: 2026-01-01 00:00}
  - ship: {shipment: SHP-3, order_line: ORD-1-1, unit: T-3, serial: SN-3,
           shipped_at: 2026-01-01 00:00, delivered_at: 2026-01-01 00:00}
  - advance_to: 2026-02-10
  - change: {change: CHG-1, units: [T-3], action: cancel, effective_at: 2026-02-05}
";

/// A request that cannot be, and the code of its reason.
const IMPOSSIBLE: [(&str, &str); 14] = [
    (
        "change: {change: C, units: [T-1], action: resume, effective_at: 2026-02-09}",
        "not-suspended",
    ),
    (
        "change: {change: C, units: [T-2], action: return, effective_at: 2026-02-09}",
        "returned-before-delivered",
    ),
    (
        "change: {change: C, units: [T-1], action: suspend, effective_at: 2025-12-31}",
        "change-before-contract",
    ),
    ("change: {change: C, units: [T-3], action: suspend, effective_at: 2026-02-09}", "unit-ended"),
    (
        "change: {change: C, units: [T-4], action: cancel, effective_at: 2026-02-09}",
        "unit-never-ordered",
    ),
    (
        "change: {change: CHG-1, units: [T-3], action: cancel, effective_at: 2026-02-06}",
        "change-conflict",
    ),
    (
        "change: {change: C, units: [T-1], action: {change_plan: gold}, effective_at: 2026-02-09}",
        "unknown-plan",
    ),
    (
        "change: {change: C, units: [T-1], action: cancel, effective_at: end_of_term,
                  recorded_at: 2026-02-09}",
        "order-line-without-term",
    ),
    (
        "place_order: {order: ORD-1, customer: Exemple Transport SARL, ordered_on: 2026-02-01,
                    lines: [{line: ORD-1-1, offer: basic, named_units: [{unit: T-1}]}]}",
        "order-conflict",
    ),
    (
        "place_order: {order: ORD-2, customer: Exemple Transport SARL, ordered_on: 2026-02-01,
                    lines: [{line: ORD-2-1, offer: basic, named_units: [{unit: T-1}]}]}",
        "unit-taken",
    ),
    (
        "place_order: {order: ORD-2, customer: Exemple Transport SARL, ordered_on: 2026-02-01,
                    lines: [{line: ORD-2-1, offer: nothing, named_units: [{unit: T-9}]}]}",
        "unknown-offer",
    ),
    (
        "place_order: {order: ORD-2, customer: Nobody, ordered_on: 2026-02-01,
                    lines: [{line: ORD-2-1, offer: basic, named_units: [{unit: T-9}]}]}",
        "unknown-customer",
    ),
    (
        "ship: {shipment: SHP-9, order_line: ORD-1-1, unit: T-2, serial: SN-9,
              shipped_at: 2026-02-01 00:00, delivered_at: 2026-01-31 00:00}",
        "delivered-before-shipped",
    ),
    (
        "ship: {shipment: SHP-9, order_line: ORD-9-1, unit: T-2, serial: SN-9,
              shipped_at: 2026-02-01 00:00}",
        "other-order-line",
    ),
];

fn tell(store: &mut dyn Store, text: &str) -> Result<(), ImportError> {
    let story = story_file::read("story.yaml", text).map_err(ImportError::from)?;
    let stories = Path::new(env!("CARGO_MANIFEST_DIR")).join("stories");
    stories::run(store, &story, &stories, &mut |_| {})
}

fn codes(error: &ImportError) -> Vec<&'static str> {
    let ImportError::Problems(problems) = error else { panic!("{error}") };
    problems.iter().map(|it| it.rejection.code()).collect()
}

fn check(store: &mut dyn Store) {
    tell(store, WORLD).unwrap();
    let head = WORLD.split_once("  - publish_file").unwrap().0;
    let before = engine::read::facts(store).unwrap();
    for (request, reason) in IMPOSSIBLE {
        let refused = tell(store, &format!("{head}  - {request}\n")).expect_err(request);
        assert_eq!(codes(&refused), [reason], "{request}: {refused}");
        assert_eq!(engine::read::facts(store).unwrap(), before, "{request}");
    }
}

#[test]
fn impossible_requests_are_refused_with_their_reason_and_nothing_changes() {
    check(&mut worlds::sqlite());
    worlds::on_postgres(check);
}

/// The steps of a ramp follow each other, so they cannot overlap; a window beside them could.
#[test]
fn a_ramp_that_overlaps_with_a_window_is_refused_and_nothing_is_published() {
    let mut store = worlds::sqlite();
    tell(&mut store, WORLD).unwrap();
    let before = engine::read::facts(&mut store).unwrap();
    let head = WORLD.split_once("  - publish_file").unwrap().0;
    let offer = "  - publish:
      offers:
        - code: ramped
          effective_from: 2026-03-01
          name: {en: Ramped, fr: Par paliers}
          currency: EUR
          units: {min: 1, default: 1, max: 10}
          start: {first_of: [delivered]}
          discounts:
            - code: launch
              name: {en: Launch, fr: Lancement}
              components: [service]
              reduction: {ramp: [{months: 12, percent: 20}, {months: 12, percent: 10}]}
              window: {months: 6}
          components:
            - code: service
              name: {en: Service, fr: Service}
              kind: service
              nature: services
              charge: {recurring: {unit_price: 31.00, timing: in_advance}}
";
    let refused = tell(&mut store, &format!("{head}{offer}")).expect_err("it overlaps");
    assert_eq!(codes(&refused), ["catalog-ramp-window"], "{refused}");
    assert_eq!(engine::read::facts(&mut store).unwrap(), before);
}
