//! The disk is full while usage comes in: who sends is told so, nothing acknowledged is lost, and
//! with room everything goes on.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::client::{Answer, accepted, check_all, clients, usage};
use crate::room::{Room, command_limited, longest_file};
use crate::service::{Connection, Service};
use crate::shop::{Shop, fleet};

/// More room each time, in bytes: the disk is full at another point of the work.
const STEP: u64 = 80 * 1024;
const STEPS_MAX: u64 = 40;
/// What the service has, in bytes: some commits.
const SERVICE: u64 = 240 * 1024;

const COUNTS: [&str; 4] = ["usage", "conservation", "--output", "json"];

/// The usage that is sent: files of January, as if all had arrived on the 31st.
fn send() -> Vec<String> {
    let file = |day| fleet(&format!("usage/2026-01-{day}.ndjson.gz"));
    let send = ["usage", "send"].map(str::to_owned);
    send.into_iter().chain((16..=25).map(file)).collect()
}

#[test]
fn a_usage_send_onto_a_full_disk_fails_and_with_room_nothing_is_lost_or_doubled() {
    let before = Shop::empty().of_fleet();
    let send = send();
    let send: Vec<&str> = send.iter().map(String::as_str).collect();
    let counts = |shop: &Shop| shop.ok(&COUNTS);
    let whole = before.copy();
    whole.ok(&send);
    let (nothing, everything) = (counts(&before), counts(&whole));
    let mut kept_some = 0;
    let enough = (0..STEPS_MAX).find(|step| {
        let shop = before.copy();
        let room = Room::beyond(shop.path(), step * STEP);
        let output = command_limited(&shop.place(), &send, room).output().unwrap();
        let is_enough = output.status.success();
        if !is_enough {
            assert_honest(&output);
        }
        // To read what was kept needs no room.
        let reading = command_limited(&shop.place(), &COUNTS, room).output().unwrap();
        let kept = counts(&shop);
        assert_eq!(String::from_utf8(reading.stdout).unwrap(), kept);
        if is_enough {
            assert_eq!(kept, everything, "step {step}");
        } else {
            kept_some += u32::from(kept != nothing && kept != everything);
        }
        shop.ok(&send);
        assert_eq!(counts(&shop), everything, "step {step}");
        shop.ok(&["audit", "--deep"]);
        is_enough
    });
    println!("enough after {enough:?} steps, and {kept_some} kept some files");
    assert!(enough.is_some() && kept_some > 1);
}

/// SQLite has words of its own for a disk without space; of a file that may not become longer it
/// says that the disk fails.
fn assert_honest(output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
    assert!(said.starts_with("error: the database could not "), "{said}");
    assert!(said.contains("disk"), "{said}");
    assert!(output.stdout.is_empty(), "nothing is said to be received");
}

#[test]
fn a_service_on_a_full_disk_acknowledges_nothing_that_it_does_not_keep_and_goes_on_with_room() {
    const TRIES: usize = 40;
    let shop = Shop::empty().of_fleet();
    let service = Service::start_limited(&shop, Room::beyond(shop.path(), SERVICE));
    let mut clients = clients(4);
    let mut connections: Vec<Connection> =
        clients.iter().map(|_| Connection::open(&service.address).unwrap()).collect();
    let mut round = |is_full: bool| {
        let (mut acknowledged, mut refused) = (0, 0);
        for (client, connection) in clients.iter_mut().zip(&mut connections) {
            match client.send_next(connection) {
                Answer::Acknowledged => acknowledged += 1,
                Answer::Refused(status, problem) => {
                    assert!(is_full, "{status}: {problem}");
                    let code = problem["code"].as_str().unwrap();
                    let known = [(507, "storage-full"), (503, "storage-unavailable")];
                    assert!(known.contains(&(status, code)), "{status}: {problem}");
                    refused += 1;
                }
                Answer::Gone => panic!("the service is gone"),
            }
        }
        (acknowledged, refused)
    };
    let full_after = (0..10_000).position(|_| round(true).1 > 0);
    let mut refused = 0;
    for _ in 0..TRIES {
        refused += round(true).1;
    }
    assert!(refused > 0);
    let mut connection = Connection::open(&service.address).unwrap();
    assert_eq!(connection.request("GET /healthz", "", "").unwrap().0, 200);
    service.make_room();
    for _ in 0..TRIES {
        assert_eq!(round(false).1, 0);
    }
    println!("full after {} rounds, then {refused} refusals", full_after.unwrap());
    assert_eq!(connection.request("GET /readyz", "", "").unwrap().0, 200);
    check_all(service, &shop, &mut clients);
}

/// What is derived from usage is longer here than the log: only its files find no room.
#[test]
fn a_disk_too_full_for_the_index_of_usage_costs_no_event() {
    const EVENTS: u64 = 60_000;
    const LENGTH_MAX: u64 = 1 << 20;
    let shop = Shop::empty().of_fleet();
    let usage = shop.write("usage.ndjson", &usage(0..EVENTS));
    let index = shop.path().join("tabouret.db-usage");
    let room = Room::beyond(&index, LENGTH_MAX);
    let send = ["usage", "send", &usage];
    let output = command_limited(&shop.place(), &send, room).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // The lock, and nothing that was begun.
    assert_eq!((files(&index), longest_file(&index)), (1, 0));
    assert_eq!(accepted(&shop), EVENTS);
    shop.ok(&["audit", "--deep"]);
    // Cut in other places, these are other batches: only the index knows their ids.
    let again = ["usage", "send", "--after-line", "1", &usage];
    assert!(command_limited(&shop.place(), &again, room).output().unwrap().status.success());
    assert_eq!(accepted(&shop), EVENTS);
    shop.ok(&["usage", "send", "--after-line", "2", &usage]);
    assert_eq!(accepted(&shop), EVENTS);
    assert!(longest_file(&index) > LENGTH_MAX, "{}", longest_file(&index));
    shop.ok(&["audit", "--deep"]);
}

/// How many files there are in a folder.
fn files(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}
