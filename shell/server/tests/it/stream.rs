//! Streams: any length, packed or not, resumed after a line.

use std::io::Write;

use serde_json::json;
use server::Limits;

use crate::client::{Connection, STREAM, get, post, request};
use crate::world::{World, event, event_of};

fn gzip(text: &str) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

fn events(ids: std::ops::Range<u32>) -> String {
    ids.map(|id| event(&id.to_string()) + "\n").collect()
}

#[test]
fn a_stream_is_received_packed_or_not() {
    let world = World::on_sqlite();
    let served = world.serve();
    let plain = post(served.address, STREAM, events(0..2_000));
    assert_eq!((plain.status, &plain.json()["counts"]["accepted"]), (200, &json!(2_000)));
    let zstd = zstd::bulk::compress(events(1_000..3_000).as_bytes(), 1).unwrap();
    for (encoding, body) in [("gzip", gzip(&events(0..2_500))), ("zstd", zstd)] {
        let headers = [STREAM, ("content-encoding", encoding)];
        let answer = request(served.address, "POST", "/v1/usage", &headers, &body);
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    served.server.stop();
    assert_eq!([world.lines("accepted"), world.lines("duplicate")], [3_000, 3_500]);
}

#[test]
fn the_answer_names_what_is_exceptional_and_counts_the_rest() {
    let world = World::on_sqlite();
    let served = world.serve_within(Limits { exceptions: 2, chunk_lines: 3, ..Limits::default() });
    let text = events(0..5)
        + &events(0..1)
        + &event_of("1", "TRK-0483191", "other")
        + "\r\nnothing\n\n"
        + &event_of("9", "NOBODY", "alerts");
    let answer = post(served.address, STREAM, &text);
    let expected = json!({
        "lines_acknowledged": 10,
        "counts": {
            "accepted": 5, "free": 0, "duplicate": 1, "conflict": 1, "quarantined": 1,
            "rejected": 2,
        },
        "exceptions": [
            {"line": 7, "source": "urn:test", "id": "1", "outcome": "conflict", "reason": null},
            {"line": 8, "source": null, "id": null, "outcome": "rejected",
             "reason": "invalid_json"},
        ],
        "exceptions_left_out": 2,
    });
    assert_eq!((answer.status, answer.json()), (200, expected));
    let path = "/v1/usage?after_line=9";
    let answer = request(served.address, "POST", path, &[STREAM], text.as_bytes());
    assert_eq!(answer.json()["lines_acknowledged"], 10);
    assert_eq!(answer.json()["counts"]["duplicate"], 1);
    assert_eq!(answer.json()["exceptions"], json!([]));
}

#[test]
fn a_body_that_breaks_off_says_how_far_it_came() {
    let world = World::on_sqlite();
    let served = world.serve();
    let packed = gzip(&events(0..2_000));
    let headers = [STREAM, ("content-encoding", "gzip")];
    let cut = &packed[..packed.len() - 20];
    let answer = request(served.address, "POST", "/v1/usage", &headers, cut);
    assert_eq!((answer.status, answer.code().as_str()), (400, "bad-encoding"));
    let acknowledged = answer.json()["lines_acknowledged"].as_i64().unwrap();
    assert!((1..2_000).contains(&acknowledged), "{acknowledged}");
    assert_eq!(answer.json()["counts"]["accepted"], acknowledged);

    let path = format!("/v1/usage?after_line={acknowledged}");
    let answer = request(served.address, "POST", &path, &headers, &packed);
    assert_eq!(answer.json()["lines_acknowledged"], 2_000, "{answer:?}");
    served.server.stop();
    assert_eq!([world.lines("accepted"), world.lines("duplicate")], [2_000, 0]);
}

#[test]
fn a_stream_that_pauses_hands_over_what_it_has() {
    let world = World::on_sqlite();
    let short = std::time::Duration::from_millis(20);
    let served = world.serve_within(Limits { pause: short, ..Limits::default() });
    let heard = world.fault.block();
    let mut stream = Connection::open(served.address);
    stream.begin_chunks("/v1/usage", &[STREAM]);
    assert!(stream.chunk(events(0..2).as_bytes()));
    // The writer has it although neither the body nor a chunk of lines ended.
    heard.recv().unwrap();
    world.fault.end();
    assert!(stream.chunk(events(2..3).as_bytes()) && stream.chunk(b""));
    assert_eq!(stream.answer().json()["lines_acknowledged"], 3);
}

#[test]
fn a_stream_that_says_nothing_ends() {
    let world = World::on_sqlite();
    let short = std::time::Duration::from_millis(20);
    let limits = Limits { pause: short, stall: short * 10, ..Limits::default() };
    let served = world.serve_within(limits);
    let mut stream = Connection::open(served.address);
    stream.begin_chunks("/v1/usage", &[STREAM]);
    assert!(stream.chunk(format!("{}begun", events(0..2)).as_bytes()));
    let answer = stream.answer();
    assert_eq!((answer.status, answer.code().as_str()), (408, "too-slow"));
    assert_eq!(answer.json()["lines_acknowledged"], 2);
    assert_eq!(get(served.address, "/readyz").status, 200);
}
