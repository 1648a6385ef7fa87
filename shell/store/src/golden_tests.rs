//! Old facts load: what was ever stored can be read for ever.
//!
//! `tests/golden/<Kind>.v<version>.json` holds facts as a program of that version wrote them. A
//! golden file is written once and never edited. When this test fails, the shape of a fact has
//! changed: raise `Fact::VERSION`, keep the old files and make `columns::read_fact` read them,
//! and add files of the new version. `<Kind>.agreed.v<version>.json` holds facts with settings that
//! came later, which older programs did not write.

use std::path::PathBuf;

use ::facts::Fact;
use ::facts::pool::{
    Allocation, AllowanceProration, Overage, Pool, PoolAttribute, PoolDays, PoolLot, PoolName,
    PoolScope, PoolShare, PoolUse, PoolWindow, RolledOver, Rollover, RolloverLimit, Settlement,
    WindowPeriod,
};
use ::facts::price::Model;
use jiff::civil::date;
use kernel::{Currency, Money};

use crate::columns::{Cell, fact_row, read_fact};
use crate::conformance::{agreed_facts, apart_facts, billing_facts, paid_facts, sample_facts};

const REMEDY: &str = "a stored shape changed: see the head of shell/store/src/golden_tests.rs";

/// The place of a fact on the path. No wildcard: a new fact does not compile without a place.
fn kind_index(fact: &Fact) -> usize {
    match fact {
        Fact::SellerPublished(_) => 0,
        Fact::MeterPublished(_) => 1,
        Fact::FulfilmentSpecPublished(_) => 2,
        Fact::OfferPublished(_) => 3,
        Fact::AccountRegistered(_) => 4,
        Fact::PayerNamed(_) => 5,
        Fact::OrderAccepted(_) => 6,
        Fact::ItemShipped(_) => 7,
        Fact::ItemDelivered(_) => 8,
        Fact::DeviceSignalled(_) => 9,
        Fact::UnitChanged(_) => 10,
        Fact::UnitTakenOver(_) => 11,
        Fact::RenewalNoticeDue(_) => 12,
        Fact::TermRenewed(_) => 13,
        Fact::TermEnded(_) => 14,
        Fact::UnitUsed(_) => 15,
        Fact::ServiceStarted(_) => 16,
        Fact::UnitAdopted(_) => 17,
        Fact::HoldPlaced(_) => 18,
        Fact::HoldReleased(_) => 19,
        Fact::UsageReceived(_) => 20,
        Fact::UsageReplayed(_) => 21,
        Fact::UsageAmended(_) => 22,
        Fact::CreditGranted(_) => 23,
        Fact::CreditAdjusted(_) => 24,
        Fact::InvoiceDrafted(_) => 25,
        Fact::DraftHeld(_) => 26,
        Fact::InvoiceIssued(_) => 27,
        Fact::CreditNoteIssued(_) => 28,
        Fact::CreditRanLow(_) => 29,
        Fact::CreditLapsed(_) => 30,
        Fact::AccountParked(_) => 31,
        Fact::AccountReleased(_) => 32,
        Fact::BalanceAdopted(_) => 33,
        Fact::EntryPosted(_) => 34,
        Fact::KeyIssued(_) => 35,
        Fact::KeyRevoked(_) => 36,
    }
}

/// The samples of a kind that are kept together, and the name of their file.
struct Set {
    file: String,
    facts: Vec<Fact>,
}

fn sets() -> Vec<Set> {
    let mut sets: Vec<Set> = Vec::new();
    let all = [
        ("", sample_facts()),
        (".agreed", agreed_facts()),
        (".billing", billing_facts()),
        (".paid", paid_facts()),
        (".apart", apart_facts()),
    ];
    for (infix, facts) in all {
        for fact in facts {
            let file = format!("{}{infix}", fact.kind());
            match sets.iter_mut().find(|it| it.file == file) {
                Some(set) => set.facts.push(fact),
                None => sets.push(Set { file, facts: vec![fact] }),
            }
        }
    }
    sets
}

fn path(file: &str, version: i32) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    folder.join(format!("{file}.v{version}.json"))
}

#[test]
fn there_is_a_sample_of_every_fact() {
    let mut kinds: Vec<usize> = sample_facts().iter().map(kind_index).collect();
    kinds.dedup();
    assert_eq!(
        kinds,
        (0..Fact::KINDS.len()).collect::<Vec<_>>(),
        "samples in the order of the path"
    );
}

#[test]
fn facts_of_today_are_stored_as_they_always_were() {
    for set in sets() {
        let written = serde_json::to_string_pretty(&set.facts).unwrap();
        let path = path(&set.file, Fact::VERSION);
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        let same = golden.trim_end() == written;
        assert!(same, "{}: {REMEDY}. Today it is written:\n{written}", path.display());
    }
}

#[test]
fn facts_of_every_version_load() {
    for (version, set) in
        (1..=Fact::VERSION).flat_map(|it| sets().into_iter().map(move |set| (it, set)))
    {
        let kind = set.facts[0].kind();
        let golden = std::fs::read_to_string(path(&set.file, version)).unwrap();
        let bodies: Vec<Box<serde_json::value::RawValue>> = serde_json::from_str(&golden).unwrap();
        assert!(!bodies.is_empty());
        for body in bodies {
            let row = vec![
                Cell::from(1),
                Cell::from(i64::from(version)),
                Cell::from(0),
                Cell::shown(body.get()),
            ];
            let fact = read_fact(row).unwrap_or_else(|error| panic!("{kind}: {error}. {REMEDY}"));
            assert_eq!(fact.fact.kind(), kind);
        }
    }
}

/// Shapes that came after version 1, and are left out of a fact where they are not used.
#[test]
fn later_shapes_are_stored_as_they_were_first() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let golden = std::fs::read_to_string(folder.join("pools.json")).unwrap_or_default();
    let written = serde_json::to_string_pretty(&pool_samples()).unwrap();
    assert!(golden.trim_end() == written, "pools.json: {REMEDY}. Today it is written:\n{written}");
    let read: (Vec<::facts::pool::Pool>, Vec<::facts::pool::PoolUse>) =
        serde_json::from_str(&golden).unwrap();
    assert_eq!(read, pool_samples());
}

/// A recurring charge with charge periods of its own, which came after version 1.
#[test]
fn charge_periods_are_stored_as_they_were_first() {
    let stored = concat!(
        r#"{"recurring":{"unit_price":"120","timing":"in_advance","plan":null,"#,
        r#""every":{"interval":{"months":12},"align":"start"}}}"#
    );
    let read: ::facts::offer::ChargeRule = serde_json::from_str(stored).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), stored, "{REMEDY}");
    let weekly = stored.replace(r#"{"months":12}"#, r#"{"weeks":1}"#).replace("start", "account");
    let read: ::facts::offer::ChargeRule = serde_json::from_str(&weekly).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), weekly, "{REMEDY}");
}

/// What came after version 1 of how devices are charged, accepted and paid in parts.
#[test]
fn milestones_and_deposits_are_stored_as_they_were_first() {
    for stored in [
        r#"{"once_delivered":{"unit_price":"120","at":"accepted"}}"#,
        r#"{"once_delivered":{"unit_price":"120"}}"#,
        concat!(
            r#"{"instalments":{"unit_price":"40","count":12,"deposit":"99.90","#,
            r#""on_end":"due_at_once","at":"shipped"}}"#
        ),
        r#"{"instalments":{"unit_price":"40","count":12,"on_end":"waived"}}"#,
        r#"{"instalments":{"unit_price":"40","count":12}}"#,
        r#"{"once_not_returned":{"unit_price":"120","within_days":14}}"#,
        r#"{"state_changed":{"unit_price":"12","from":["stored","suspended"],"to":"active"}}"#,
        r#"{"state_changed":{"unit_price":"30","to":"ended"}}"#,
        concat!(
            r#"{"milestones":{"unit_price":"1999.99","parts":[{"percent":"30","due":"ordered"},"#,
            r#"{"percent":"50","due":{"at":"delivered"}},"#,
            r#"{"percent":"20","due":{"on":"2026-03-01"}}],"on_end":"waived"}}"#
        ),
    ] {
        let read: ::facts::offer::ChargeRule = serde_json::from_str(stored).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), stored, "{REMEDY}");
    }
    for stored in [r#"{"number":3,"count":12,"at_once":true}"#, r#"{"number":0,"count":12}"#] {
        let read: ::facts::charge::Instalment = serde_json::from_str(stored).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), stored, "{REMEDY}");
    }
    let read: ::facts::unit::ChangeAction = serde_json::from_str(r#""accept""#).unwrap();
    assert_eq!(read, ::facts::unit::ChangeAction::Accept);
    let read: ::facts::unit::StartEvidence = serde_json::from_str(r#""accepted""#).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), r#""accepted""#, "{REMEDY}");
}

/// What came after version 1 of how services start.
#[test]
fn deadlines_and_tests_are_stored_as_they_were_first() {
    for stored in [
        r#"{"first_of":["activated"],"not_before":"delivered"}"#,
        concat!(
            r#"{"first_of":["activated"],"not_before":null,"#,
            r#""deadline":{"after":"ordered","days":60,"then":"cancel"},"test":{"days":14}}"#
        ),
        concat!(
            r#"{"first_of":["first_usage"],"not_before":"delivered","#,
            r#""test":{"days":14,"until":{"meter":"data","quantity":"50"}}}"#
        ),
    ] {
        let read: ::facts::offer::StartPolicy = serde_json::from_str(stored).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), stored, "{REMEDY}");
    }
    for stored in [
        concat!(
            r#"{"deadline":{"after":"shipped","counted_from":"2026-01-05T09:00:00Z","#,
            r#""days":20}}"#
        ),
        r#"{"tested":{"since":"2026-01-20T10:00:00Z","began":"delivered","days":14}}"#,
        r#""used""#,
        concat!(
            r#"{"used_up":{"since":"2026-01-20T10:00:00Z","began":"delivered","#,
            r#""meter":"data","quantity":"50","on":"2026-01-22"}}"#
        ),
    ] {
        let read: ::facts::unit::StartEvidence = serde_json::from_str(stored).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), stored, "{REMEDY}");
    }
}

/// What is given back by age, which came after version 1.
#[test]
fn what_is_given_back_by_age_is_stored_as_it_was_first() {
    for stored in [
        r#"{"return_credit":[{"within_days":30,"percent":"100"}]}"#,
        r#"{"ownership":"loaned"}"#,
        r#"{"ownership":"leased"}"#,
    ] {
        let read: ::facts::device::DeviceTerms = serde_json::from_str(stored).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), stored, "{REMEDY}");
    }
    for stored in [
        r#"{"returned":{"within_days":90,"percent":"70"}}"#,
        r#"{"returned":{"within_days":null,"percent":"100","before":"70"}}"#,
        r#"{"ownership":"leased"}"#,
        r#"{"ownership":"loaned","not_returned":{"until":"2026-03-01"}}"#,
        r#"{"state":"stored"}"#,
        r#"{"state":"test"}"#,
        r#"{"state":"suspended"}"#,
        r#"{"change":{"from":"new","to":"test"}}"#,
        r#"{"change":{"from":"active","to":"gone"}}"#,
        concat!(
            r#"{"part":{"percent":"30","of":"1999.99","due":"ordered","#,
            r#""due_on":"2026-01-05"}}"#
        ),
    ] {
        let read: ::facts::device::DeviceDetail = serde_json::from_str(stored).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), stored, "{REMEDY}");
    }
    let stored = r#"{"quantity":"-1","unit_price":"9","days":null,"percent":"70"}"#;
    let read: ::facts::charge::Term = serde_json::from_str(stored).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), stored, "{REMEDY}");
}

#[test]
fn a_stored_fact_says_what_it_is() {
    let later = [agreed_facts(), billing_facts(), paid_facts(), apart_facts()].concat();
    for fact in [sample_facts(), later].concat() {
        let row = fact_row(&fact, jiff::Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(row[..2], [Cell::shown(fact.kind()), Cell::shown(fact.key())]);
        assert_eq!(row[3], Cell::Integer(i64::from(Fact::VERSION)));
    }
}

fn pool_samples() -> (Vec<Pool>, Vec<PoolUse>) {
    fn read<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
        text.parse().unwrap()
    }
    let model = Box::new(Model::per_unit(read("0.01")));
    let limit = |limit| Some(Rollover { periods: 2, limit });
    let pools = vec![
        Pool::dynamic(read("20"), read("0.05")),
        Pool {
            included: read("500"),
            proration: AllowanceProration::ByDay,
            scope: PoolScope::Subscription,
            split_by: Some(PoolAttribute::Unit("region".to_owned())),
            rollover: limit(Some(RolloverLimit::Quantity(read("120")))),
            allocation: Allocation::ByUsage,
            overage: Overage::Model(model),
            ..Pool::dynamic(read("0"), read("0"))
        },
        Pool {
            scope: PoolScope::Account,
            split_by: Some(PoolAttribute::Account("segment".to_owned())),
            rollover: limit(Some(RolloverLimit::Share(read("50")))),
            window: Some(3),
            ..Pool::dynamic(read("0"), read("0"))
        },
        Pool {
            window: Some(3),
            settle: Settlement::AtEndOfWindow,
            ..Pool::dynamic(read("20"), read("0.05"))
        },
    ];
    let euros = |minor| Money { minor, currency: Currency::EUR };
    let share = |billed_before| PoolShare {
        unit: read("U-1"),
        days: 28,
        used: read("120"),
        allowance: read("100"),
        overage: read("20"),
        amount: euros(200),
        billed_before,
    };
    let (granted_on, quantity, used) = (date(2026, 1, 1), read("40"), read("40"));
    let rolled = PoolUse {
        active_units: 1,
        allowance: read("100"),
        name: PoolName { line: Some(read("ORD-1-1")), value: Some("europe".to_owned()) },
        days: Some(PoolDays { unit_days: 28, pool_days: 28, period_days: 28 }),
        rolled: Some(RolledOver {
            granted: read("60"),
            lots: vec![PoolLot { granted_on, quantity, used }],
            used: read("100"),
            expired: read("0"),
            carried: read("0"),
        }),
        allocation: Allocation::ByUsage,
        statement: vec![share(None), share(Some(euros(150)))],
        ..PoolUse::default()
    };
    let period = WindowPeriod { from: granted_on, granted: read("60"), used: read("75") };
    let window = Some(PoolWindow { length: 3, periods: vec![period] });
    let of_window = PoolUse { window, allowance: read("60"), ..PoolUse::default() };
    (pools, vec![rolled, of_window])
}
