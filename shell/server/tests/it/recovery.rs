//! The store fails and works again; the service says so, and goes on by itself.

use crate::client::{BATCH, EVENT, STREAM, get, post};
use crate::world::{World, event};

fn recovers(world: &World, words: &'static str, status: u16, code: &str) {
    let served = world.serve();
    let at = served.address;
    assert_eq!(post(at, EVENT, event("before")).outcomes(), ["accepted"]);
    world.fault.fail(words);
    for id in ["one", "two"] {
        let failed = post(at, EVENT, event(id));
        assert_eq!((failed.status, failed.code().as_str()), (status, code));
        assert_eq!(failed.header("retry-after"), Some("5"));
    }
    let failed = post(at, STREAM, event("one"));
    assert_eq!((failed.status, failed.code().as_str()), (status, code));
    assert_eq!(failed.json()["lines_acknowledged"], 0);
    assert_eq!(get(at, "/readyz").status, status);
    assert_eq!(get(at, "/healthz").status, 200);
    world.fault.end();
    let body = format!("[{},{},{}]", event("one"), event("before"), event("two"));
    assert_eq!(post(at, BATCH, body).outcomes(), ["accepted", "duplicate", "accepted"]);
    assert_eq!(get(at, "/readyz").status, 200);
    served.server.stop();
    assert_eq!([world.lines("accepted"), world.lines("duplicate")], [3, 1]);
}

#[test]
fn a_store_that_fails_is_opened_again() {
    recovers(&World::on_sqlite(), "disk I/O error", 503, "storage-unavailable");
}

#[test]
fn a_full_disk_is_said_to_be_full() {
    recovers(&World::on_sqlite(), "database or disk is full", 507, "storage-full");
}

#[test]
fn on_postgres_a_store_that_fails_is_opened_again() {
    recovers(&World::on_postgres(), "connection closed", 503, "storage-unavailable");
}

/// The tables are gone while the service is connected to them.
#[test]
fn on_postgres_a_database_that_is_gone_and_comes_back_is_found_again() {
    let world = World::on_postgres();
    let served = world.serve();
    assert_eq!(post(served.address, EVENT, event("one")).outcomes(), ["accepted"]);
    world.remove();
    let gone = post(served.address, EVENT, event("two"));
    assert_eq!((gone.status, gone.code().as_str()), (503, "storage-unavailable"));
    let empty = post(served.address, EVENT, event("two"));
    assert_eq!((empty.status, empty.code().as_str()), (503, "no-seller"));
}

#[test]
fn a_panic_costs_its_request_and_not_the_service() {
    let world = World::on_sqlite();
    let served = world.serve();
    assert_eq!(get(served.address, "/readyz").status, 200);
    world.fault.panic();
    let broken = post(served.address, EVENT, event("one"));
    assert_eq!((broken.status, broken.code().as_str()), (500, "internal"));
    assert_eq!(post(served.address, EVENT, event("one")).outcomes(), ["accepted"]);
}

#[test]
fn what_was_received_is_known_after_a_restart() {
    let world = World::on_sqlite();
    for expected in ["accepted", "duplicate", "duplicate"] {
        let served = world.serve();
        assert_eq!(post(served.address, EVENT, event("one")).outcomes(), [expected]);
        served.server.stop();
    }
}
