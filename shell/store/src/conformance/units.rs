//! Units and what they hold.

use ::facts::Fact;
use ::facts::unit::ServiceStart;
use jiff::Timestamp;

use super::books::carried;
use super::sample::{evidence, precise};
use super::{commit, minute, read, refused, sample_facts};
use crate::{Holding, Result, Store, Tx, UnitState};

/// A unit of an account, ordered and nothing more.
pub fn unit(name: &str, account: &str) -> UnitState {
    UnitState {
        unit: read(name),
        account: read(account),
        order: read("O-1"),
        order_line: read(&format!("O-1/{account}")),
        shipped_at: None,
        delivered_at: None,
        start: None,
    }
}

pub fn holding(
    serial: &str,
    unit: &str,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
) -> Holding {
    Holding { serial: serial.to_owned(), unit: read(unit), held_from: from, held_until: until }
}

pub fn a_unit_is_saved_in_place_of_itself(store: &mut dyn Store) {
    let ordered = unit("U-1", "ACC-1");
    let first = [holding("SN-1", "U-1", Some(minute(1)), None)];
    commit(store, |tx| tx.save_unit(&ordered, &first));
    commit(store, |tx| {
        assert_eq!(tx.unit(&read("U-1"))?, Some(ordered.clone()));
        assert_eq!(tx.unit(&read("U-2"))?, None);
        Ok(())
    });
    for evidence in evidence() {
        let started = UnitState {
            shipped_at: Some(minute(1)),
            delivered_at: Some(precise()),
            start: Some(ServiceStart { start_at: precise(), evidence }),
            ..ordered.clone()
        };
        commit(store, |tx| tx.save_unit(&started, &[]));
        commit(store, |tx| {
            assert_eq!(tx.unit(&read("U-1"))?, Some(started.clone()));
            assert_eq!(tx.turns_of(&["SN-1".to_owned()])?, [], "the holdings are replaced");
            Ok(())
        });
    }
    commit(store, |tx| tx.save_unit(&ordered, &first));
    commit(store, |tx| {
        assert_eq!(tx.unit(&read("U-1"))?, Some(ordered), "a start can be taken back");
        Ok(())
    });
}

pub fn units_are_listed_by_name(store: &mut dyn Store) {
    let names = ["U-2", "U-10", "u-1", "U-1", "É-1"];
    commit(store, |tx| {
        for name in names {
            tx.save_unit(&unit(name, "ACC-1"), &[])?;
        }
        tx.save_unit(&unit("U-3", "ACC-2"), &[])
    });
    let listed = |units: Vec<UnitState>| -> Vec<String> {
        units.into_iter().map(|unit| unit.unit.to_string()).collect()
    };
    let by_bytes = ["U-1", "U-10", "U-2", "u-1", "É-1"];
    commit(store, |tx| {
        assert_eq!(listed(tx.units_of_account(&read("ACC-1"))?), by_bytes);
        assert_eq!(listed(tx.units_of_line(&read("O-1/ACC-1"))?), by_bytes);
        assert_eq!(listed(tx.units_of_account(&read("ACC-2"))?), ["U-3"]);
        assert_eq!(tx.units_of_account(&read("ACC-3"))?, []);
        assert_eq!(tx.units_of_line(&read("O-404"))?, []);
        Ok(())
    });
}

pub fn holdings_are_ordered_by_serial_instant_and_unit(store: &mut dyn Store) {
    let back_again = [
        holding("SN-2", "U-2", Some(minute(9)), None),
        holding("SN-1", "U-2", Some(minute(1)), Some(minute(5))),
        holding("SN-1", "U-2", Some(minute(7)), Some(minute(9))),
    ];
    let waiting = [holding("SN-1", "U-1", None, None)];
    let same_time = [holding("SN-1", "U-3", Some(minute(7)), None)];
    let strange = [holding("urn:\0dev", "U-4", Some(minute(1)), None)];
    commit(store, |tx| {
        tx.save_unit(&unit("U-1", "ACC-1"), &waiting)?;
        tx.save_unit(&unit("U-2", "ACC-1"), &back_again)?;
        tx.save_unit(&unit("U-3", "ACC-2"), &same_time)?;
        tx.save_unit(&unit("U-4", "ACC-2"), &strange)
    });
    let serials = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    commit(store, |tx| {
        let found = tx.turns_of(&serials(&["SN-2", "SN-1", "SN-404", "SN-1"]))?;
        let found: Vec<Holding> = found.into_iter().map(|turn| turn.holding).collect();
        let [sn_2, first_turn, second_turn] = back_again.clone();
        let ([waits], [same_time]) = (waiting.clone(), same_time.clone());
        assert_eq!(found, [first_turn, second_turn, same_time, waits, sn_2]);
        let [holding] = strange.clone();
        let [turn] = &tx.turns_of(&serials(&["urn:\0dev"]))?[..] else { panic!("one turn") };
        assert_eq!((&turn.holding, turn.service_from), (&holding, None));
        assert_eq!((turn.order.as_str(), turn.order_line.as_str()), ("O-1", "O-1/ACC-2"));
        assert_eq!(tx.turns_of(&[])?, []);
        Ok(())
    });
}

pub fn holdings_of_another_unit_are_refused(store: &mut dyn Store) {
    let other = [holding("SN-1", "U-2", None, None)];
    refused(store, |tx| tx.save_unit(&unit("U-1", "ACC-1"), &other));
}

pub fn facts_of_an_account_are_about_its_units_and_their_devices(store: &mut dyn Store) {
    let facts = sample_facts();
    let held = [
        holding("SN-1", "U-1", Some(minute(1)), Some(minute(9))),
        holding("SN-1", "U-1", Some(minute(10)), None),
    ];
    commit(store, |tx| {
        for fact in &facts {
            tx.record(fact, minute(1))?;
        }
        tx.save_unit(&unit("U-1", "ACC-1"), &held)?;
        tx.save_unit(&unit("U-2", "ACC-1"), &[holding("SN-1", "U-2", None, None)])?;
        tx.save_unit(&unit("U-3", "ACC-2"), &[])
    });
    let kinds = [
        "ItemShipped",
        "ItemDelivered",
        "DeviceSignalled",
        "UnitChanged",
        "UnitTakenOver",
        "UnitUsed",
    ];
    let expected: Vec<&Fact> = facts.iter().filter(|fact| kinds.contains(&fact.kind())).collect();
    commit(store, |tx| {
        let found = tx.unit_facts_of_account(&read("ACC-1"))?;
        assert_eq!(found.iter().map(|it| &it.fact).collect::<Vec<_>>(), expected);
        assert!(found.is_sorted_by(|a, b| a.sequence < b.sequence), "each one comes once");
        assert_eq!(tx.unit_facts_of_account(&read("ACC-2"))?, []);
        Ok(())
    });
    commit(store, |tx| tx.save_unit(&unit("U-3", "ACC-2"), &[holding("SN-1", "U-3", None, None)]));
    commit(store, |tx| {
        let found = tx.unit_facts_of_account(&read("ACC-2"))?;
        let kinds: Vec<&str> = found.iter().map(|it| it.fact.kind()).collect();
        assert_eq!(kinds, ["DeviceSignalled"], "what is about a device is everybody's who held it");
        Ok(())
    });
}

pub fn devices_of_an_account_are_named_once(store: &mut dyn Store) {
    let turns = [
        holding("SN-2", "U-1", Some(minute(1)), Some(minute(2))),
        holding("SN-1", "U-1", Some(minute(2)), Some(minute(3))),
        holding("SN-2", "U-1", Some(minute(3)), None),
    ];
    commit(store, |tx| {
        tx.save_unit(&unit("U-1", "ACC-1"), &turns)?;
        tx.save_unit(&unit("U-2", "ACC-1"), &[holding("SN-1", "U-2", None, None)])?;
        tx.save_unit(&unit("U-3", "ACC-2"), &[holding("SN-3", "U-3", None, None)])
    });
    commit(store, |tx| {
        assert_eq!(tx.serials_of_account(&read("ACC-1"))?, ["SN-1", "SN-2"]);
        assert_eq!(tx.serials_of_account(&read("ACC-2"))?, ["SN-3"]);
        assert_eq!(tx.serials_of_account(&read("ACC-3"))?, [""; 0]);
        Ok(())
    });
}

pub fn what_is_read_ahead_is_what_is_asked_one_by_one(store: &mut dyn Store) {
    let facts = sample_facts();
    let orders: Vec<String> = facts
        .iter()
        .filter(|fact| fact.kind() == "OrderAccepted")
        .map(|fact| fact.key().to_string())
        .collect();
    let serials = ["SN-1", "urn:\0dev", "SN-404"].map(str::to_owned);
    let (twice, strange) = (
        [
            holding("SN-1", "U-1", Some(minute(1)), Some(minute(9))),
            holding("SN-1", "U-1", Some(minute(10)), None),
        ],
        [holding("urn:\0dev", "U-3", Some(minute(2)), None)],
    );
    commit(store, |tx| {
        for fact in &facts {
            tx.record(fact, minute(1))?;
        }
        let ordered = UnitState { order: read(&orders[0]), ..unit("U-1", "ACC-1") };
        tx.save_unit(&ordered, &twice)?;
        tx.save_unit(&unit("U-2", "ACC-1"), &[holding("SN-1", "U-2", None, None)])?;
        tx.save_carried(&[(read("ACC-2"), carried(1))])?;
        tx.save_unit(&unit("U-3", "ACC-2"), &strange)
    });
    let accounts = ["ACC-1", "ACC-2", "ACC-404"];
    let ask = |tx: &mut dyn Tx| -> Result<Vec<String>> {
        let mut said = Vec::new();
        for account in accounts {
            for kind in Fact::KINDS {
                said.push(format!("{:?}", tx.facts_about(kind, account)?));
            }
            let account = read(account);
            said.push(format!("{:?}", tx.units_of_account(&account)?));
            said.push(format!("{:?}", tx.unit_facts_of_account(&account)?));
            said.push(format!("{:?}", tx.serials_of_account(&account)?));
            said.push(format!("{:?}", tx.carried(&account)?));
        }
        for order in &orders {
            said.push(format!("{:?}", tx.fact("OrderAccepted", order)?));
        }
        said.push(format!("{:?} {:?}", tx.turns_of(&serials)?, tx.usage_log()?.last));
        Ok(said)
    };
    let mut tx = store.read().expect("a reader");
    let asked = ask(tx.as_mut()).expect("the answers");
    tx.read_ahead(&accounts).expect("what is read ahead");
    for _ in 0..2 {
        assert_eq!(ask(tx.as_mut()).expect("the answers"), asked);
    }
    tx.read_ahead(&[]).expect("nothing is read ahead");
    assert_eq!(ask(tx.as_mut()).expect("the answers"), asked);
}

pub fn units_are_read_in_pages(store: &mut dyn Store) {
    let names = ["U-1", "U-10", "U-2", "u"];
    commit(store, |tx| {
        tx.save_unit(&unit("U-3", "ACC-2"), &[])?;
        names.iter().try_for_each(|name| tx.save_unit(&unit(name, "ACC-1"), &[]))
    });
    commit(store, |tx| {
        let mut page = |after: &str, limit| -> Result<Vec<String>> {
            let page = tx.units_after(&read("ACC-1"), after, limit)?;
            Ok(page.iter().map(|it| it.unit.to_string()).collect())
        };
        assert_eq!(page("", 2)?, names[..2]);
        assert_eq!(page("U-10", 9)?, names[2..]);
        assert!(page("u", 9)?.is_empty());
        Ok(())
    });
}
