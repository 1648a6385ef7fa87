//! More than the store can take: it is said at once, and nothing is said to be received.

use std::time::Duration;

use serde_json::json;
use server::Limits;

use crate::client::{BATCH, Connection, EVENT, STREAM, get, post};
use crate::world::{World, event};

#[test]
fn a_full_queue_refuses_at_once_and_acknowledges_nothing() {
    let world = World::on_sqlite();
    let served = world.serve_within(Limits { waiting_lines: 2, ..Limits::default() });
    let at = served.address;
    assert_eq!(get(at, "/readyz").status, 200);
    let heard = world.fault.block();
    std::thread::scope(|scope| {
        let events = format!("[{},{}]", event("one"), event("two"));
        let waits = scope.spawn(move || post(at, BATCH, events));
        // The writer has it, and its place is taken until it is answered.
        heard.recv().unwrap();
        let refused = post(at, EVENT, event("three"));
        assert_eq!((refused.status, refused.code().as_str()), (429, "queue-full"));
        assert_eq!(refused.header("retry-after"), Some("1"));
        assert!(!waits.is_finished());
        world.fault.end();
        assert_eq!(waits.join().unwrap().outcomes(), ["accepted", "accepted"]);
    });
    assert_eq!(post(at, EVENT, event("three")).outcomes(), ["accepted"]);
    served.server.stop();
    assert_eq!([world.lines("accepted"), world.lines("duplicate")], [3, 0]);
}

#[test]
fn bytes_that_arrive_count_too() {
    let world = World::on_sqlite();
    let served = world.serve_within(Limits { waiting_bytes: 4_000, ..Limits::default() });
    let answer = post(served.address, EVENT, event(&"x".repeat(4_000)));
    assert_eq!((answer.status, answer.code().as_str()), (429, "queue-full"));
    assert_eq!(post(served.address, EVENT, event("one")).outcomes(), ["accepted"]);
}

#[test]
fn a_store_that_does_not_answer_is_said_to_be_slow_and_the_line_is_not_lost() {
    let world = World::on_sqlite();
    let served =
        world.serve_within(Limits { stall: Duration::from_millis(300), ..Limits::default() });
    assert_eq!(get(served.address, "/readyz").status, 200);
    let heard = world.fault.block();
    let slow = post(served.address, EVENT, event("one"));
    assert_eq!((slow.status, slow.code().as_str()), (503, "storage-slow"));
    assert!(slow.header("retry-after").is_some());
    heard.recv().unwrap();
    let slow = post(served.address, STREAM, event("two"));
    assert_eq!((slow.status, slow.code().as_str()), (503, "storage-slow"));
    assert_eq!(slow.json()["lines_acknowledged"], 0);
    world.fault.end();
    let counted = |id: &str| post(served.address, EVENT, event(id)).outcomes().remove(0);
    assert_eq!([counted("one"), counted("two")], ["duplicate", "duplicate"]);
}

#[test]
fn a_stream_is_not_read_on_while_the_store_is_slow() {
    let world = World::on_sqlite();
    let limits = Limits {
        stall: Duration::from_millis(300),
        stream_waiting_bytes: 1_000_000,
        chunk_lines: 100,
        rest_bytes: 0,
        ..Limits::default()
    };
    let served = world.serve_within(limits);
    assert_eq!(get(served.address, "/readyz").status, 200);
    let _heard = world.fault.block();
    let mut stream = Connection::open(served.address);
    stream.begin_chunks("/v1/usage", &[STREAM]);
    let lines: String = (0..100).map(|id| event(&id.to_string()) + "\n").collect();
    let mut sent = 0;
    while stream.chunk(lines.as_bytes()) {
        sent += lines.len();
        assert!(sent < 100 << 20, "a stream is read on although nothing is written");
    }
    if let Some(answer) = stream.try_answer() {
        assert_eq!((answer.status, answer.code().as_str()), (503, "storage-slow"));
        assert_eq!(answer.json()["lines_acknowledged"], 0);
    }
    world.fault.end();
    assert_eq!(post(served.address, STREAM, &lines).json()["lines_acknowledged"], 100);
}

#[test]
fn streams_are_counted() {
    let world = World::on_sqlite();
    let served = world.serve_within(Limits { streams: 1, ..Limits::default() });
    let mut stream = Connection::open(served.address);
    let heard = world.fault.block();
    stream.begin_chunks("/v1/usage", &[STREAM]);
    assert!(stream.chunk(format!("{}\n", event("one")).as_bytes()));
    heard.recv().unwrap();
    let refused = post(served.address, STREAM, event("two"));
    assert_eq!((refused.status, refused.code().as_str()), (429, "too-many-streams"));
    world.fault.end();
    assert!(stream.chunk(b""));
    assert_eq!(stream.answer().json()["counts"]["accepted"], json!(1));
    assert_eq!(post(served.address, STREAM, event("two")).status, 200);
}

#[test]
fn requests_that_wait_together_become_few_segments() {
    const CLIENTS: usize = 16;
    let world = World::on_sqlite();
    let served = world.serve();
    let at = served.address;
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            scope.spawn(move || {
                let mut connection = Connection::open(at);
                for number in 0..20 {
                    let body = event(&format!("{client}-{number}"));
                    let answer = connection.request("POST", "/v1/usage", &[EVENT], body.as_bytes());
                    assert_eq!(answer.outcomes(), ["accepted"]);
                    let id = &answer.json()["items"][0]["id"];
                    assert_eq!(*id, json!(format!("{client}-{number}")));
                }
            });
        }
    });
    served.server.stop();
    assert_eq!(world.lines("accepted"), 20 * CLIENTS as i64);
    // At most one for each event; what waited together is together.
    assert!(world.segments() <= 20 * CLIENTS as i64, "{}", world.segments());
}

#[test]
fn of_one_event_sent_by_many_at_once_one_counts() {
    const CLIENTS: usize = 32;
    let world = World::on_sqlite();
    let served = world.serve();
    let at = served.address;
    let events: Vec<String> = (0..300).map(|id| event(&id.to_string())).collect();
    let body = format!("[{}]", events.join(","));
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| assert_eq!(post(at, BATCH, &body).status, 200));
        }
    });
    served.server.stop();
    assert_eq!(world.lines("accepted"), 300);
    assert_eq!(world.lines("duplicate"), 300 * (CLIENTS as i64 - 1));
}
