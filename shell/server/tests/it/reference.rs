//! The examples of docs/reference/http-usage.md: each request is sent, in their order, and each
//! answer is the one that is shown.

use serde_json::Value;

use crate::client::{Answer, Connection};
use crate::world::World;

const REFERENCE: &str = include_str!("../../../../docs/reference/http-usage.md");

#[test]
fn every_example_of_the_reference_is_true() {
    let world = World::on_sqlite();
    let served = world.serve();
    let mut examples = REFERENCE
        .split("```http\n")
        .skip(1)
        .map(|block| block.split_once("```").map(|(example, _)| example).unwrap());
    let mut count = 0;
    while let Some(request) = examples.next() {
        let (head, body) = request.split_once("\n\n").unwrap_or((request.trim_end(), ""));
        let body = body.trim_end();
        let (line, headers) = head.split_once('\n').unwrap_or((head, ""));
        let head = format!(
            "{line} HTTP/1.1\n{headers}\nHost: localhost\nContent-Length: {}\n\n",
            body.len()
        );
        let head = head.replace("\n\nHost", "\nHost");
        let mut connection = Connection::open(served.address);
        connection.send((head.replace('\n', "\r\n") + body).as_bytes());
        check(request, &connection.answer(), examples.next().unwrap());
        count += 1;
    }
    assert!(count >= 10, "{count} examples");
}

fn check(request: &str, answer: &Answer, expected: &str) {
    let (head, body) = expected.split_once("\n\n").unwrap_or((expected, ""));
    let mut head = head.lines();
    let status = head.next().unwrap().split(' ').nth(1).unwrap();
    assert_eq!(answer.status.to_string(), status, "{request}\n{answer:?}");
    for (name, value) in head.filter_map(|line| line.split_once(": ")) {
        let name = name.to_ascii_lowercase();
        assert_eq!(answer.header(&name), Some(value), "{request}\n{answer:?}");
    }
    if body.trim().is_empty() {
        assert_eq!(answer.body, "", "{request}");
        return;
    }
    let expected: Value = serde_json::from_str(body).unwrap();
    assert_eq!(answer.json(), expected, "{request}\n{answer:?}");
}
