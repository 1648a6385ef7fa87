//! What was billed is carried forward (ADR 0039): an invoice looks only at what can have become
//! due since the last one, and comes to what it would be by all invoices and all usage. In a debug
//! build the engine works out both and stops where they differ; here are accounts that give it the
//! chance.

use std::fmt::Write;
use std::path::Path;

use connect::story_file;
use engine::billing::looks_from;
use engine::clock;
use facts::AccountId;
use jiff::civil::{Date, date};
use jiff::{SignedDuration, ToSpan};
use kernel::Zone;
use store::Store;

use crate::worlds;
use sim::dice::Dice;

/// Worlds of the suite, and their months.
const SEEDS: u64 = 12;
const MONTHS: i64 = 10;

const FIRST: Date = date(2026, 1, 1);

const HEAD: &str = "story: Accounts that are billed month by month\n\
                    zone: Europe/Paris\nstarts_at: 2026-01-01\nsteps:\n";

/// Where accounts are: at home, where a day of arrival ends before their own, and after it.
const ZONES: [&str; 3] = ["Europe/Paris", "Pacific/Noumea", "America/New_York"];

fn catalog(dice: &mut Dice) -> String {
    let mut text =
        "  - publish_file: shared/terms-seller.yaml\n  - publish:\n      offers:\n".to_owned();
    let policies = ["late_usage: bill_difference", "late_usage: reopen", "write_off_below: 1.00"];
    for (code, policy) in ["a", "b", "c"].iter().zip(policies) {
        let timing = ["in_advance", "in_arrears"][dice.below(2)];
        let price = [
            "{per_unit: 0.13}",
            "{graduated: [{up_to: 50, unit_price: 0.31}, {unit_price: 0.17}]}",
            "{package: {size: 30, price: 8, included: 5}}",
        ][dice.below(3)];
        let counter = ["", ", counter: {scope: unit}"][dice.below(2)];
        let counter = if price.contains("package") { "" } else { counter };
        let shadow = ["", ", shadow: {until: 2026-03-10, on_invoice: true}"][dice.below(2)];
        write!(
            text,
            r#"
        - code: {code}
          effective_from: 2025-01-01
          name: {{en: Plan, fr: Formule}}
          currency: EUR
          units: {{min: 1, default: 1, max: 100}}
          start: {{first_of: [delivered]}}
          {policy}
          plans: [standard, premium]
          components:
            - code: part
              name: {{en: Part, fr: Part}}
              kind: hardware
              nature: goods
              charge: {{instalments: {{unit_price: 16.90, count: 6}}}}
            - code: service
              name: {{en: Service, fr: Service}}
              kind: service
              nature: services
              charge: {{recurring: {{unit_price: 24.90, timing: {timing}}}}}
            - code: premium
              name: {{en: Premium, fr: Premium}}
              kind: service
              nature: services
              charge: {{recurring: {{unit_price: 12.40, timing: in_advance, plan: premium}}}}
            - code: calls
              name: {{en: Calls, fr: Appels}}
              kind: usage
              nature: services
              charge: {{usage: {{meter: calls, price: {price}{counter}{shadow}}}}}
"#
        )
        .unwrap();
    }
    text.push_str("      accounts:\n");
    for (number, zone) in ZONES.iter().enumerate() {
        let bill_day = 1 + dice.below(31);
        write!(
            text,
            r#"
        - {{account: ACC-{number}, effective_from: 2025-01-01, customer: Client {number},
           address: {{lines: [2 quai des Exemples], postal_code: "69002", city: Lyon, country: FR}},
           seller: flotte-exemple, currency: EUR, zone: {zone}, bill_cycle: {bill_day},
           language: fr}}
"#
        )
        .unwrap();
    }
    text
}

fn order(name: usize, account: usize, dice: &mut Dice) -> String {
    let offer = ["a", "b", "c"][dice.below(3)];
    format!(
        r#"
  - place_order: {{order: ORD-{name}, customer: Client {account}, ordered_on: {FIRST},
                  lines: [{{line: L-{name}, offer: {offer}, named_units: [{{unit: U-{name}}}]}}]}}
  - ship: {{shipment: SHP-{name}, order_line: L-{name}, unit: U-{name}, serial: SN-{name},
           shipped_at: {FIRST} 00:00, delivered_at: {FIRST} 12:00}}
"#
    )
}

/// The events that a world has sent: the device, the instant, and how often they were corrected.
#[derive(Default)]
struct Sent(Vec<(usize, String, u32)>);

impl Sent {
    /// An event of the last hours, days or months.
    fn event(&mut self, now: &str, unit: usize, dice: &mut Dice) -> String {
        let hours = match dice.below(10) {
            0 => dice.below(24 * 100),
            1..4 => dice.below(24 * 35),
            _ => dice.below(60),
        };
        let now = Zone::utc().start_of(now.parse().unwrap()).unwrap();
        let at = now - SignedDuration::from_hours(i64::try_from(hours).unwrap());
        let first = Zone::utc().start_of(FIRST).unwrap() + SignedDuration::from_hours(24);
        let at = at.max(first).strftime("%Y-%m-%d %H:%M").to_string();
        self.0.push((unit, at, 0));
        self.said(self.0.len() - 1, dice, "")
    }

    /// One that was sent, told otherwise or taken back.
    fn correction(&mut self, dice: &mut Dice) -> String {
        let place = dice.below(self.0.len());
        self.0[place].2 += 1;
        let cancelled = if dice.below(3) == 0 { ", cancelled: true" } else { "" };
        let revision = format!(", revision: {}{cancelled}", self.0[place].2);
        self.said(place, dice, &revision)
    }

    fn said(&self, place: usize, dice: &mut Dice, revision: &str) -> String {
        let (unit, at, _) = &self.0[place];
        let calls = 1 + dice.below(40);
        format!(
            "  - use: {{serial: SN-{unit}, type: usage.calls, at: {at}, data: {{calls: {calls}}}, \
             id: E-{place}{revision}}}\n"
        )
    }
}

fn change(number: usize, unit: usize, today: Date, dice: &mut Dice) -> String {
    let action = ["suspend", "resume", "plan: premium", "plan: standard"][dice.below(4)];
    let action = match action.split_once(": ") {
        Some((_, plan)) => format!("{{change_plan: {plan}}}"),
        None => action.to_owned(),
    };
    let days = i64::try_from(dice.below(60)).unwrap() - 45;
    let on = today.checked_add(days.days()).unwrap().max(FIRST.tomorrow().unwrap());
    format!(
        "  - change: {{change: C-{number}, units: [U-{unit}], action: {action}, \
         effective_at: {on}, recorded_at: {today}}}\n"
    )
}

/// Another version of the meter, which counts from a day on: everything is looked at again.
fn meter(version: usize, today: Date) -> String {
    format!(
        r#"
  - publish:
      meters:
        - code: calls
          effective_from: {today}
          name: {{en: Calls {version}, fr: Appels {version}}}
          symbol: {{en: calls, fr: appels}}
          event_type: usage.calls
          measure: {{sum: {{member: calls, decimals_max: 0}}}}
"#
    )
}

/// What happens on a day of a world. A change can be impossible, and is refused then.
fn live(store: &mut dyn Store, today: Date, (number, sent): (usize, &mut Sent), dice: &mut Dice) {
    let mut text = format!("  - advance_to: {today} 12:00\n");
    for _ in 0..dice.below(6) {
        let unit = dice.below(4);
        text.push_str(&sent.event(&today.to_string(), unit, dice));
    }
    match dice.below(24) {
        1 | 2 if !sent.0.is_empty() => text.push_str(&sent.correction(dice)),
        3 if dice.below(4) == 0 => text.push_str(&meter(number, today)),
        _ => {}
    }
    assert_eq!(tell(store, &text), "", "{text}");
    if dice.below(24) == 0 {
        tell(store, &change(number, dice.below(4), today, dice));
    }
}

/// Runs some steps, and says why one was refused.
fn tell(store: &mut dyn Store, steps: &str) -> String {
    let text = format!("{HEAD}{steps}");
    let story = story_file::read("story.yaml", &text).unwrap_or_else(|no| panic!("{no:?}\n{text}"));
    let stories = concat!(env!("CARGO_MANIFEST_DIR"), "/stories");
    let run = stories::run(store, &story, Path::new(stories), &mut |_| {});
    run.err().map_or(String::new(), |no| format!("{no:?}"))
}

/// Bill days that looked at everything, and those that did not.
#[derive(Default, Debug)]
struct Looked {
    whole: usize,
    since: usize,
    /// Those of the second that went back before the last invoice.
    late: usize,
}

fn world(seed: u64, looked: &mut Looked) {
    let mut dice = Dice::new(seed);
    let mut store = worlds::sqlite();
    let mut text = catalog(&mut dice);
    (0..4).for_each(|name| text.push_str(&order(name, name % ZONES.len(), &mut dice)));
    assert_eq!(tell(&mut store, &text), "", "{text}");
    let (mut sent, mut number) = (Sent::default(), 0);
    let end = FIRST.checked_add(MONTHS.months()).unwrap();
    let mut today = FIRST.tomorrow().unwrap();
    while today < end {
        number += 1;
        live(&mut store, today, (number, &mut sent), &mut dice);
        let next = today.checked_add(i64::try_from(1 + dice.below(6)).unwrap().days()).unwrap();
        look(&mut store, today, looked);
        today = next;
    }
    clock::advance(&mut store, Zone::utc().start_of(end).unwrap(), |_| {}).unwrap();
    let findings = auditor::audit(&mut store).unwrap();
    let said: Vec<String> = findings.findings().map(ToString::to_string).collect();
    assert_eq!(said, [""; 0], "seed {seed}");
}

/// From where an invoice of tomorrow would look at each account.
fn look(store: &mut dyn Store, today: Date, looked: &mut Looked) {
    for number in 0..ZONES.len() {
        let account: AccountId = format!("ACC-{number}").parse().unwrap();
        let day = today.tomorrow().unwrap();
        match looks_from(store, &account, day).unwrap() {
            None => looked.whole += 1,
            Some(from) => {
                looked.since += 1;
                let month = jiff::Span::new().days(32);
                looked.late += usize::from(from < day.checked_sub(month).unwrap());
            }
        }
    }
}

#[test]
fn an_invoice_since_the_last_one_is_what_it_would_be_by_everything() {
    let mut looked = Looked::default();
    (0..SEEDS).for_each(|seed| world(seed, &mut looked));
    // The property says something only if both ways are taken, and late usage is met.
    assert!(looked.whole > 50 && looked.since > 200 && looked.late > 20, "{looked:?}");
}
