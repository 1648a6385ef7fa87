//! Clients that mean no good: memory stays bounded, and the others are served.

use std::io::Write;
use std::time::Duration;

use server::Limits;

use crate::client::{BATCH, Connection, EVENT, STREAM, get, post, request};
use crate::world::{World, event};

#[test]
fn who_never_ends_to_speak_is_cut_off() {
    let world = World::on_sqlite();
    let short = Duration::from_millis(200);
    let served =
        world.serve_within(Limits { head_time: short, body_time: short, ..Limits::default() });
    let mut heads: Vec<Connection> = (0..200)
        .map(|_| {
            let mut connection = Connection::open(served.address);
            assert!(connection.send(b"POST /v1/usage HTTP/1.1\r\nhost: x\r\nx-a: "));
            connection
        })
        .collect();
    let mut silent = Connection::open(served.address);
    let mut body = Connection::open(served.address);
    assert!(body.send(
        b"POST /v1/usage HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\
          content-type: application/cloudevents+json\r\n\r\n{"
    ));
    assert_eq!(post(served.address, EVENT, event("honest")).outcomes(), ["accepted"]);
    assert!(silent.is_closed());
    for head in &mut heads {
        // Some servers say why; ours closes.
        assert!(head.try_answer().is_none_or(|answer| answer.status == 408));
    }
    let answer = body.answer();
    assert_eq!((answer.status, answer.code().as_str()), (408, "too-slow"));
    assert!(body.is_closed());
}

#[test]
fn a_body_without_end_is_refused_or_streamed_in_bounded_memory() {
    const CHUNK: usize = 1 << 20;
    let world = World::on_sqlite();
    let served = world.serve();
    let chunk = vec![b' '; CHUNK];
    let mut batch = Connection::open(served.address);
    batch.begin_chunks("/v1/usage", &[BATCH]);
    let taken = (0..64).take_while(|_| batch.chunk(&chunk)).count();
    let answer = batch.try_answer();
    assert!(taken < 64 || answer.is_some());
    assert!(answer.is_none_or(|answer| answer.code() == "too-large"));

    let mut stream = Connection::open(served.address);
    stream.begin_chunks("/v1/usage", &[STREAM]);
    (0..64).for_each(|_| assert!(stream.chunk(&chunk)));
    assert!(stream.chunk(b"\n") && stream.chunk(event("last").as_bytes()) && stream.chunk(b""));
    let answer = stream.answer();
    assert_eq!(answer.json()["lines_acknowledged"], 2, "{answer:?}");
    assert_eq!(answer.json()["exceptions"][0]["outcome"], "rejected");
    assert_eq!(answer.json()["counts"]["accepted"], 1);
    assert!(peak_memory_mib() < 512, "{} MiB", peak_memory_mib());
}

#[test]
fn a_bomb_does_not_go_off() {
    let world = World::on_sqlite();
    let served = world.serve();
    let zeros = vec![b' '; 1 << 20];
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    (0..256).for_each(|_| packer.write_all(&zeros).unwrap());
    let gzip = packer.finish().unwrap();
    assert!(gzip.len() < 300_000);
    let zstd = zstd::bulk::compress(&vec![b' '; 256 << 20], 1).unwrap();
    for (encoding, bomb) in [("gzip", gzip), ("zstd", zstd)] {
        let headers = [BATCH, ("content-encoding", encoding)];
        let answer = request(served.address, "POST", "/v1/usage", &headers, &bomb);
        assert_eq!((answer.status, answer.code().as_str()), (413, "too-large"));
        let headers = [STREAM, ("content-encoding", encoding)];
        let answer = request(served.address, "POST", "/v1/usage", &headers, &bomb);
        assert_eq!(answer.json()["counts"]["rejected"], 1);
    }
}

#[test]
fn headers_have_limits() {
    let world = World::on_sqlite();
    let served = world.serve();
    let many: String = (0..100_000).map(|number| format!("x-{number}: 1\r\n")).collect();
    let long = format!("x: {}\r\n", "y".repeat(10 << 20));
    let some: String = (0..120).map(|number| format!("x-{number}: 1\r\n")).collect();
    for headers in [many, long, some] {
        let mut connection = Connection::open(served.address);
        connection.send(format!("GET /healthz HTTP/1.1\r\n{headers}\r\n").as_bytes());
        assert!(connection.try_answer().is_none_or(|answer| answer.status == 431));
        assert!(connection.is_closed());
    }
    assert_eq!(get(served.address, "/healthz").status, 200);
}

#[test]
fn json_that_is_deep_or_strange_is_rejected_like_any_other_line() {
    let world = World::on_sqlite();
    let served = world.serve();
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let deep_event = event("deep").replace("\"alerts\"", &deep);
    assert_eq!(post(served.address, EVENT, &deep_event).outcomes(), ["rejected: invalid_json"]);
    let array = post(served.address, BATCH, format!("[{deep_event}]"));
    assert!(matches!(array.status, 200 | 400), "{array:?}");
    for (strange, outcome) in [
        ("NaN", "rejected: invalid_json"),
        ("\"\\ud800\"", "rejected: invalid_json"),
        ("1e400", "accepted"),
        ("1,\"endpoint\":2", "accepted"),
    ] {
        let event = event(&format!("e-{}", strange.len())).replace("\"alerts\"", strange);
        assert_eq!(post(served.address, EVENT, event).outcomes(), [outcome], "{strange}");
    }
    let no_text = [event("x").as_bytes(), b"\xff"].concat();
    assert_eq!(post(served.address, EVENT, no_text).outcomes(), ["rejected: invalid_json"]);
}

#[test]
fn a_request_has_one_length() {
    let world = World::on_sqlite();
    let served = world.serve();
    let both = "content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /x";
    let two = "content-length: 5\r\ncontent-length: 6\r\n\r\nhello";
    let odd = "transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n";
    for smuggled in [both, two, odd] {
        let mut connection = Connection::open(served.address);
        let head = "POST /v1/usage HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-ndjson\r\n";
        connection.send(format!("{head}{smuggled}").as_bytes());
        connection.finish();
        let answer = connection.try_answer();
        // Either it is refused, or the chunks count alone and the connection ends.
        assert!(answer.is_none_or(|it| it.status == 400 || it.json()["lines_acknowledged"] == 0));
        assert!(connection.is_closed());
    }
}

/// The most memory that this process has had, with all tests that ran in it.
fn peak_memory_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() / 1_024
}
