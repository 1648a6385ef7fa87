//! Clients that know what was acknowledged to them, and hold the service to it.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::mpsc::Sender;

use serde_json::Value;

use crate::service::{Connection, Service};
use crate::shop::Shop;

const CLIENTS: u64 = 4;
const BATCH_MAX: u64 = 100;
/// One event in so many is one that was sent before.
const SENT_AGAIN: u64 = 10;

/// The same numbers for the same seed (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    /// From 0 to less than `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// What a client heard.
pub enum Answer {
    /// The batch was acknowledged, and checked against what was acknowledged before.
    Acknowledged,
    /// The status and the problem.
    Refused(u16, Value),
    /// The connection broke.
    Gone,
}

/// A client with the log of what was acknowledged to it.
pub struct Client {
    pub number: u64,
    dice: Dice,
    /// Events that were sent at least once.
    sent: u64,
    acknowledged: BTreeSet<u64>,
    /// Sent, and not acknowledged.
    open: BTreeSet<u64>,
    sent_again: u64,
}

/// As many as send at the same time.
pub fn clients(seed: u64) -> Vec<Client> {
    (0..CLIENTS).map(|number| Client::new(number, seed)).collect()
}

/// How many events the clients sent.
pub fn sent(clients: &[Client]) -> u64 {
    clients.iter().map(|client| client.sent).sum()
}

impl Client {
    fn new(number: u64, seed: u64) -> Self {
        let dice = Dice(seed.wrapping_mul(CLIENTS).wrapping_add(number));
        let (acknowledged, open) = (BTreeSet::new(), BTreeSet::new());
        Self { number, dice, sent: 0, acknowledged, open, sent_again: 0 }
    }

    fn event(&self, event: u64) -> String {
        event_of("urn:client", &format!("{}-{event}", self.number))
    }

    /// Sends batches until there is no service, or nobody who hears of the answers.
    pub fn send_on(&mut self, address: &str, heard: &Sender<(u64, Answer)>) {
        let Some(mut connection) = Connection::open(address) else { return };
        loop {
            let answer = self.send_next(&mut connection);
            let is_gone = matches!(answer, Answer::Gone);
            if heard.send((self.number, answer)).is_err() || is_gone {
                return;
            }
        }
    }

    /// Sends the next batch.
    pub fn send_next(&mut self, connection: &mut Connection) -> Answer {
        let batch = self.next_batch();
        self.send(connection, &batch)
    }

    /// First what was not acknowledged, then new events, and some that were sent before.
    fn next_batch(&mut self) -> Vec<u64> {
        let mut open: Vec<u64> = self.open.iter().copied().collect();
        open.reverse();
        let count = 1 + self.dice.below(BATCH_MAX);
        let mut batch = Vec::new();
        for _ in 0..count {
            if self.sent > 0 && self.dice.below(SENT_AGAIN) == 0 {
                self.sent_again += 1;
                batch.push(self.dice.below(self.sent));
            } else if let Some(again) = open.pop() {
                batch.push(again);
            } else {
                batch.push(self.sent);
                self.sent += 1;
            }
        }
        batch
    }

    /// Sends a batch and notes what is acknowledged. What was acknowledged before must be known.
    fn send(&mut self, connection: &mut Connection, batch: &[u64]) -> Answer {
        let new = batch.iter().filter(|event| !self.acknowledged.contains(event));
        self.open.extend(new);
        let events: Vec<String> = batch.iter().map(|event| self.event(*event)).collect();
        let body = format!("[{}]", events.join(","));
        let kind = "application/cloudevents-batch+json";
        let Some((status, answer)) = connection.request("POST /v1/usage", kind, &body) else {
            return Answer::Gone;
        };
        if status != 200 {
            return Answer::Refused(status, answer);
        }
        let items = answer["items"].as_array().unwrap();
        assert_eq!(items.len(), batch.len());
        for (event, item) in batch.iter().zip(items) {
            assert_eq!(item["id"], format!("{}-{event}", self.number));
            let is_new = self.acknowledged.insert(*event);
            self.open.remove(event);
            match item["outcome"].as_str().unwrap() {
                "accepted" if is_new => {}
                "duplicate" => {}
                other => panic!("{other} although new is {is_new}: {item}"),
            }
        }
        Answer::Acknowledged
    }

    /// Sends everything again, but first what is open. All of it must be known then.
    fn send_all_again(&mut self, connection: &mut Connection) {
        let open: Vec<u64> = self.open.iter().copied().collect();
        let all: Vec<u64> = (0..self.sent).collect();
        for batch in open.chunks(1_000).chain(all.chunks(1_000)) {
            match self.send(connection, batch) {
                Answer::Acknowledged => {}
                Answer::Refused(status, problem) => panic!("{status}: {problem}"),
                Answer::Gone => panic!("the service is gone"),
            }
        }
        assert!(self.open.is_empty());
        assert_eq!(self.acknowledged.len() as u64, self.sent);
    }
}

/// Everything was acknowledged, is there, and counts once: by the answers of the service, which is
/// stopped then, by the counts of what is stored, and by the audit that reads the raw lines.
pub fn check_all(service: Service, shop: &Shop, clients: &mut [Client]) {
    for client in &mut *clients {
        client.send_all_again(&mut Connection::open(&service.address).unwrap());
    }
    assert!(service.terminate().success());
    assert_eq!(accepted(shop), sent(clients));
    shop.ok(&["audit", "--deep"]);
    let again: u64 = clients.iter().map(|client| client.sent_again).sum();
    println!("{} events, {again} sent again: none lost, none counted twice", sent(clients));
}

/// Usage as a file, one event a line.
pub fn usage(events: Range<u64>) -> String {
    events.map(|event| event_of("urn:file", &event.to_string()) + "\n").collect()
}

fn event_of(source: &str, id: &str) -> String {
    format!(r#"{{"specversion":"1.0","id":"{id}","source":"{source}","#)
        + r#""type":"com.translog.usage.api.v1","subject":"TRK-0483191","#
        + r#""time":"2026-01-30T08:00:00Z","data":{"endpoint":"alerts"}}"#
}

/// How many events count, by what is stored. Nothing may be anything but that or a duplicate.
pub fn accepted(shop: &Shop) -> u64 {
    let rows = shop.ok(&["usage", "conservation", "--output", "json"]);
    let rows: Value = serde_json::from_str(&rows).unwrap();
    let rows = rows.as_array().unwrap();
    let lines = |outcome: &str| {
        let rows = rows.iter().filter(|row| row["outcome"] == outcome);
        rows.map(|row| row["lines"].as_u64().unwrap()).sum::<u64>()
    };
    let all: u64 = rows.iter().map(|row| row["lines"].as_u64().unwrap()).sum();
    assert_eq!(all, lines("accepted") + lines("duplicate"), "{rows:?}");
    lines("accepted")
}
