//! Invoices that are looked at before they are issued: listed, held, and issued by hand.

use crate::shop::Shop;

/// A device of 100.00, delivered on 2 January, for somebody who looks at invoices for five days.
const STORY: &str = r#"
story: Drafts
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
      offers:
        - code: sensor
          effective_from: 2026-01-01
          name: {en: Sensor, fr: Capteur}
          currency: EUR
          units: {min: 1, default: 1, max: 100}
          start: {first_of: [delivered]}
          components:
            - code: device
              name: {en: Device, fr: Appareil}
              kind: hardware
              nature: goods
              charge: {once_delivered: {unit_price: 100.00}}
      accounts:
        - account: ACC-1
          effective_from: 2026-01-01
          customer: Un SARL
          address: {lines: [2 quai des Exemples], postal_code: "69002", city: Lyon, country: FR}
          seller: flotte
          currency: EUR
          zone: Europe/Paris
          bill_cycle: 1
          review: {grace_days: 5}
          language: fr
  - place_order: {order: ORD-1, customer: Un SARL, ordered_on: 2026-01-02,
                  lines: [{line: ORD-1-1, offer: sensor, named_units: [{unit: U-1}]}]}
  - ship: {shipment: SHP-1, order_line: ORD-1-1, unit: U-1, serial: SN-1,
           shipped_at: 2026-01-02 00:00, delivered_at: 2026-01-02 00:00}
  - advance_to: 2026-02-01
"#;

fn json(said: &str) -> serde_json::Value {
    serde_json::from_str(said).unwrap()
}

#[test]
fn a_draft_is_listed_held_and_issued_by_hand() {
    let shop = Shop::empty();
    let story = shop.write("story.yaml", STORY);
    shop.ok(&["simulate", &story]);
    let drafts = || json(&shop.ok(&["invoice", "drafts", "--output", "json"]));
    let waiting = drafts();
    assert_eq!(waiting[0]["account"], "ACC-1");
    assert_eq!(waiting[0]["drafted_on"], "2026-02-01");
    assert_eq!(waiting[0]["issue_on"], "2026-02-06");
    assert_eq!(waiting[0]["net"], "100.00");
    assert_eq!(waiting[0]["total"], "120.00");

    let hold = ["invoice", "hold", "ACC-1", "--reason", "price to be checked"];
    assert!(shop.ok(&hold).contains("held until it is issued by hand"));
    shop.ok(&hold);
    assert_eq!(drafts()[0]["held"], "price to be checked");
    let other = shop.run(&["invoice", "hold", "ACC-9", "--reason", "none"]);
    assert_eq!(other.status.code(), Some(3), "nobody has that account");

    // Its day passes; somebody has to issue it.
    shop.run(&["clock", "advance", "--to", "2026-02-10"]);
    assert_eq!(drafts().as_array().unwrap().len(), 1);
    let issued = json(&shop.ok(&["invoice", "issue", "ACC-1", "--output", "json"]));
    assert_eq!(issued["invoice"], "INV-2026-000001");
    assert!(shop.ok(&["invoice", "drafts"]).contains("No draft waits."));
    let again = shop.run(&["invoice", "issue", "ACC-1"]);
    assert_eq!(again.status.code(), Some(3), "there is no draft any more");
    let all = json(&shop.ok(&["invoice", "list", "--output", "json"]));
    assert_eq!(all.as_array().unwrap().len(), 1);
    shop.ok(&["audit"]);
}
