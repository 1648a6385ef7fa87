//! The database is stopped in the middle of intake, as by a crash, and started again: who sends is
//! told so, intake goes on by itself, and what was acknowledged is there once.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::Stdio;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

use crate::client::{Answer, accepted, check_all, clients, usage};
use crate::cluster::Cluster;
use crate::service::{Connection, Service};
use crate::shop::{Shop, command};

const RESTARTS: u32 = 3;
/// Acknowledged batches before a stop.
const BATCHES: u32 = 30;
/// For one more answer. Nobody waits so long, unless it never comes.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(60);

/// What clients hear, one answer after the other.
struct Heard(Receiver<(u64, Answer)>);

impl Heard {
    fn next(&self) -> (u64, Answer) {
        self.0.recv_timeout(ANSWER_TIME_MAX).expect("another answer")
    }

    /// Until so many batches were acknowledged.
    fn acknowledged(&self, batches: u32) {
        let mut left = batches;
        while left > 0 {
            left -= u32::from(matches!(self.next().1, Answer::Acknowledged));
        }
    }

    /// Until each client was acknowledged a batch.
    fn all_acknowledged(&self, clients: &BTreeSet<u64>) {
        let mut missing = clients.clone();
        while !missing.is_empty() {
            if let (number, Answer::Acknowledged) = self.next() {
                missing.remove(&number);
            }
        }
    }

    /// Until each client was refused a batch.
    fn all_refused(&self, clients: &BTreeSet<u64>) {
        let mut missing = clients.clone();
        while !missing.is_empty() {
            match self.next() {
                (_, Answer::Acknowledged) => {}
                (number, Answer::Refused(status, problem)) => {
                    assert_honest(status, &problem);
                    missing.remove(&number);
                }
                (_, Answer::Gone) => panic!("the service is gone"),
            }
        }
    }
}

fn assert_honest(status: u16, problem: &Value) {
    assert_eq!((status, problem["code"].as_str()), (503, Some("storage-unavailable")), "{problem}");
    assert!(problem["remedy"].as_str().unwrap().starts_with("send it again"), "{problem}");
}

#[test]
fn on_postgres_a_restart_of_the_database_loses_nothing_and_needs_no_restart_of_ours() {
    let cluster = Cluster::start();
    let shop = Shop::on_server(cluster.url(), "outage").of_fleet();
    let service = Service::start(&shop);
    let mut clients = clients(3);
    let numbers: BTreeSet<u64> = clients.iter().map(|client| client.number).collect();
    let (heard, hears) = channel();
    let hears = Heard(hears);
    std::thread::scope(|scope| {
        // Gone at the end, and then the clients go.
        let hears = hears;
        for client in &mut clients {
            let (address, heard) = (service.address.clone(), heard.clone());
            scope.spawn(move || client.send_on(&address, &heard));
        }
        for _ in 0..RESTARTS {
            hears.acknowledged(BATCHES);
            cluster.stop_at_once();
            hears.all_refused(&numbers);
            let mut connection = Connection::open(&service.address).unwrap();
            let (status, problem) = connection.request("GET /readyz", "", "").unwrap();
            assert_honest(status, &problem);
            assert_eq!(connection.request("GET /healthz", "", "").unwrap().0, 200);
            let output = shop.run(&["usage", "conservation"]);
            assert_eq!(output.status.code(), Some(1));
            cluster.start_again();
            hears.all_acknowledged(&numbers);
            assert_eq!(connection.request("GET /readyz", "", "").unwrap().0, 200);
        }
    });
    check_all(service, &shop, &mut clients);
}

/// Lines that are received in one transaction: `imports::BATCH_LINES`.
const BATCH_LINES: u64 = 10_000;

#[test]
fn on_postgres_a_database_that_stops_in_the_middle_of_a_file_keeps_what_was_received() {
    let cluster = Cluster::start();
    let shop = Shop::on_server(cluster.url(), "file").of_fleet();
    let (first, rest) = (usage(0..BATCH_LINES), usage(BATCH_LINES..BATCH_LINES + 500));
    let mut send = command(&shop.place(), &["usage", "send", "-"]);
    send.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut sending = send.spawn().unwrap();
    let mut pipe = sending.stdin.take().unwrap();
    pipe.write_all(first.as_bytes()).unwrap();
    pipe.flush().unwrap();
    // Each question is a process of its own, which takes some time.
    let is_received = (0..10_000).any(|_| accepted(&shop) == BATCH_LINES);
    assert!(is_received);
    cluster.stop_at_once();
    pipe.write_all(rest.as_bytes()).unwrap();
    drop(pipe);
    let output = sending.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
    assert!(said.starts_with("error: the database could not "), "{said}");
    assert!(output.stdout.is_empty());
    cluster.start_again();
    assert_eq!(accepted(&shop), BATCH_LINES);
    let whole = shop.write("whole.ndjson", &(first + &rest));
    shop.ok(&["usage", "send", &whole]);
    shop.ok(&["usage", "send", "--after-line", "1", &whole]);
    assert_eq!(accepted(&shop), BATCH_LINES + 500);
    shop.ok(&["audit", "--deep"]);
}
