//! Holds, as a service or a person places and releases them.

use crate::shop::Shop;

#[test]
fn a_hold_is_tried_placed_listed_and_released_by_who_placed_it() {
    let shop = Shop::empty().of_fleet();
    let place = [
        ["hold", "place", "FR-17", "--by", "fraud", "--unit", "U-042"].as_slice(),
        &["--blocks", "service,change", "--from", "2026-02-05", "--reason", "stolen card"],
    ]
    .concat();
    let tried = shop.ok(&[&place, ["--dry-run"].as_slice()].concat());
    assert!(tried.contains("ACC-TRANSLOG"), "{tried}");
    assert!(shop.ok(&["hold", "list"]).contains("Nobody holds anything"), "a trial holds nothing");

    assert!(shop.ok(&place).contains("Hold FR-17 was placed"));
    assert!(shop.ok(&place).contains("known to the letter"), "the same twice changes nothing");
    let list = shop.ok(&["hold", "list", "--account", "ACC-TRANSLOG"]);
    for said in ["FR-17", "fraud", "unit U-042", "service, change", "stolen card"] {
        assert!(list.contains(said), "{said}: {list}");
    }

    let release = |by| ["hold", "release", "FR-17", "--by", by, "--until", "2026-02-10"];
    let refused = shop.run(&release("dunning"));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(3), "{said}");
    assert!(said.contains("fraud"), "only who placed it releases it: {said}");
    assert!(shop.ok(&release("fraud")).contains("Hold FR-17 was released"));
    let json = shop.ok(&["hold", "list", "--output", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["until"], "2026-02-10", "{json}");
    shop.ok(&["audit"]);
}
