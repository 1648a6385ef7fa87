//! Bill runs: an account that cannot be billed waits apart, and the others are billed.

use crate::shop::Shop;

/// Two customers with a device each. What the second used costs more than an amount can hold.
const STORY: &str = r#"
story: One of two cannot be billed
zone: Europe/Paris
starts_at: 2026-01-01
steps:
  - publish:
      sellers:
        - code: flotte
          effective_from: 2026-01-01
          legal_name: Flotte Exemple SAS
          address: {lines: [1 rue de l'Exemple], postal_code: "75002", city: Paris, country: FR}
          vat_id: FR66000000018
          registration: "000000018"
          zone: Europe/Paris
          invoice_prefix: INV-
          vat_rates: {FR: 20}
          payment_days: 30
      meters:
        - code: minutes
          effective_from: 2026-01-01
          name: {en: Minutes, fr: Minutes}
          symbol: {en: min, fr: min}
          event_type: usage.minutes
          measure: {sum: {member: n, decimals_max: 3}}
      offers:
        - code: sensor
          effective_from: 2026-01-01
          name: {en: Sensor, fr: Capteur}
          currency: EUR
          units: {min: 1, default: 1, max: 100}
          start: {first_of: [delivered]}
          components:
            - code: minutes
              name: {en: Minutes, fr: Minutes}
              kind: usage
              nature: services
              charge: {usage: {meter: minutes, price: {per_unit: 1000000}}}
      accounts:
        - account: ACC-1
          effective_from: 2026-01-01
          customer: Un SARL
          address: {lines: [2 quai des Exemples], postal_code: "69002", city: Lyon, country: FR}
          seller: flotte
          currency: EUR
          zone: Europe/Paris
          bill_cycle: 1
          language: fr
        - account: ACC-2
          effective_from: 2026-01-01
          customer: Deux SARL
          address: {lines: [2 quai des Exemples], postal_code: "69002", city: Lyon, country: FR}
          seller: flotte
          currency: EUR
          zone: Europe/Paris
          bill_cycle: 1
          language: fr
  - place_order: {order: ORD-1, customer: Un SARL, ordered_on: 2026-01-02,
                  lines: [{line: ORD-1-1, offer: sensor, named_units: [{unit: U-1}]}]}
  - place_order: {order: ORD-2, customer: Deux SARL, ordered_on: 2026-01-02,
                  lines: [{line: ORD-2-1, offer: sensor, named_units: [{unit: U-2}]}]}
  - ship: {shipment: SHP-1, order_line: ORD-1-1, unit: U-1, serial: SN-1,
           shipped_at: 2026-01-02 00:00, delivered_at: 2026-01-02 00:00}
  - ship: {shipment: SHP-2, order_line: ORD-2-1, unit: U-2, serial: SN-2,
           shipped_at: 2026-01-02 00:00, delivered_at: 2026-01-02 00:00}
  - advance_to: 2026-01-20
  - use: {serial: SN-1, type: usage.minutes, at: 2026-01-18 10:00, data: {n: 3}, id: E-1}
  - use: {serial: SN-2, type: usage.minutes, at: 2026-01-18 10:00, data: {n: 5}, id: E-2}
  - use: {serial: SN-2, type: usage.minutes, at: 2026-01-19 10:00, id: E-3,
          data: {n: 900000000000000}}
  - advance_to: 2026-01-31
"#;

/// Takes the absurd event back.
const CANCELLED: &str = concat!(
    r#"{"specversion":"1.0","id":"E-3","source":"urn:story","type":"usage.minutes","#,
    r#""subject":"SN-2","#,
    r#""time":"2026-01-19T09:00:00Z","usagerevision":1,"usagecancelled":true,"data":{"n":0}}"#,
    "\n"
);

/// A shop where the second of two accounts cannot be billed.
fn shop() -> Shop {
    let shop = Shop::empty();
    let story = shop.write("story.yaml", STORY);
    shop.ok(&["simulate", &story]);
    shop
}

fn json(said: &str) -> serde_json::Value {
    serde_json::from_str(said).unwrap()
}

#[test]
fn an_account_that_cannot_be_billed_does_not_stop_the_others() {
    let shop = shop();
    let until = ["--until", "2026-02-01", "--output", "json"];
    let before = shop.run(&[&["bill", "preview"], until.as_slice()].concat());
    assert_eq!(before.status.code(), Some(4), "somebody has to look at it");
    let before = json(&String::from_utf8(before.stdout).unwrap());
    assert_eq!(before[0]["would_be"]["net"]["amount"], "3000000.00");
    assert_eq!(before[1]["outcome"], "parked");

    let ran = shop.run(&["clock", "advance", "--to", "2026-02-01", "--output", "json"]);
    assert_eq!(ran.status.code(), Some(4));
    let parked = shop.run(&["bill", "parked", "--output", "json"]);
    let parked = json(&String::from_utf8(parked.stdout).unwrap());
    assert_eq!(parked[0]["account"], "ACC-2");
    let reason = parked[0]["reason"].as_str().unwrap();
    assert_eq!(reason, "the exact result is too large to be represented");
    assert_eq!(parked[0]["issued_on"], "2026-02-01");
    assert_eq!(
        json(&shop.ok(&["invoice", "list", "--output", "json"])).as_array().unwrap().len(),
        1
    );

    // As long as the cause is there, releasing is refused and changes nothing.
    let refused = shop.run(&["bill", "release", "ACC-2"]);
    assert_eq!(refused.status.code(), Some(3));
    let file = shop.write("cancelled.ndjson", CANCELLED);
    shop.ok(&["usage", "send", &file]);
    // What arrives on a day is known to the invoices of the next.
    shop.ok(&["clock", "advance", "--to", "2026-02-02"]);
    let released = json(&shop.ok(&["bill", "release", "ACC-2", "--output", "json"]));
    assert_eq!(released["invoice"], "INV-2026-000002");
    let all = json(&shop.ok(&["invoice", "list", "--output", "json"]));
    assert_eq!(all.as_array().unwrap().len(), 2);
    shop.ok(&["bill", "parked"]);
    let again = shop.run(&["bill", "release", "ACC-2"]);
    assert_eq!(again.status.code(), Some(3), "it is not parked any more");
    shop.ok(&["audit"]);
}

#[test]
fn what_was_parked_is_billed_on_the_next_bill_day_by_itself() {
    let shop = shop();
    shop.run(&["clock", "advance", "--to", "2026-02-01"]);
    let file = shop.write("cancelled.ndjson", CANCELLED);
    shop.ok(&["usage", "send", &file]);
    shop.ok(&["clock", "advance", "--to", "2026-03-01"]);
    shop.ok(&["bill", "parked"]);
    let all = json(&shop.ok(&["invoice", "list", "--output", "json"]));
    assert_eq!(all.as_array().unwrap().len(), 2);
    let again = json(&shop.ok(&["bill", "run", "--output", "json"]));
    assert_eq!(again["issued"], 0, "a second run is empty");
    shop.ok(&["audit"]);
}
