//! `kill -9` of the service while clients send: what was acknowledged is there, and nothing counts
//! twice. `cargo xtask kill-intake --kills N` runs the same with more kills.

use std::collections::BTreeSet;
use std::sync::mpsc::{Sender, channel};

use crate::service::{Connection, Service};
use crate::shop::Shop;

const CLIENTS: u64 = 4;
const BATCH_MAX: u64 = 100;
/// The service is killed when so many batches or fewer were acknowledged.
const ACKNOWLEDGED_MAX: u64 = 60;
/// One event in so many is one that was sent before.
const SENT_AGAIN: u64 = 10;

/// The number of kills: that of the environment, for the long form.
fn kills(short: u32) -> u32 {
    std::env::var("TABOURET_KILLS").map_or(short, |kills| kills.parse().unwrap())
}

/// The same numbers for the same seed (SplitMix64).
struct Dice(u64);

impl Dice {
    /// From 0 to less than `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// A client with the log of what was acknowledged to it.
struct Client {
    number: u64,
    dice: Dice,
    /// Events that were sent at least once.
    sent: u64,
    acknowledged: BTreeSet<u64>,
    /// Sent, and not acknowledged.
    open: BTreeSet<u64>,
    sent_again: u64,
}

impl Client {
    fn new(number: u64, seed: u64) -> Self {
        let dice = Dice(seed.wrapping_mul(CLIENTS).wrapping_add(number));
        let (acknowledged, open) = (BTreeSet::new(), BTreeSet::new());
        Self { number, dice, sent: 0, acknowledged, open, sent_again: 0 }
    }

    fn event(&self, event: u64) -> String {
        format!(r#"{{"specversion":"1.0","id":"{}-{event}","source":"urn:kill","#, self.number)
            + r#""type":"com.translog.usage.api.v1","subject":"TRK-0483191","#
            + r#""time":"2026-01-30T08:00:00Z","data":{"endpoint":"alerts"}}"#
    }

    /// Sends batches until the service is gone.
    fn send_until_killed(&mut self, address: &str, acknowledged: &Sender<()>) {
        let Some(mut connection) = Connection::open(address) else { return };
        loop {
            let batch = self.next_batch();
            if !self.send(&mut connection, &batch) {
                return;
            }
            // The one who kills may have heard enough.
            let _enough = acknowledged.send(());
        }
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

    /// Sends a batch and notes what is acknowledged; false when the service is gone. What was
    /// acknowledged before must be known.
    fn send(&mut self, connection: &mut Connection, batch: &[u64]) -> bool {
        let new = batch.iter().filter(|event| !self.acknowledged.contains(event));
        self.open.extend(new);
        let events: Vec<String> = batch.iter().map(|event| self.event(*event)).collect();
        let body = format!("[{}]", events.join(","));
        let kind = "application/cloudevents-batch+json";
        let Some((status, answer)) = connection.request("POST /v1/usage", kind, &body) else {
            return false;
        };
        assert_eq!(status, 200, "{answer}");
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
        true
    }

    /// Sends everything again. All of it must be known.
    fn check_all(&mut self, connection: &mut Connection) {
        let all: Vec<u64> = (0..self.sent).collect();
        for batch in all.chunks(1_000) {
            assert!(self.send(connection, batch));
        }
        assert_eq!(self.acknowledged.len() as u64, self.sent);
    }
}

fn kill_and_count(shop: &Shop, kills: u32, seed: u64) {
    let mut dice = Dice(seed);
    let mut clients: Vec<Client> = (0..CLIENTS).map(|number| Client::new(number, seed)).collect();
    for kill in 1..=kills {
        let service = Service::start(shop);
        let (acknowledged, hears) = channel();
        std::thread::scope(|scope| {
            for client in &mut clients {
                let (address, acknowledged) = (service.address.clone(), acknowledged.clone());
                scope.spawn(move || client.send_until_killed(&address, &acknowledged));
            }
            let until = 1 + dice.below(ACKNOWLEDGED_MAX);
            (0..until).for_each(|_| hears.recv().unwrap());
            service.kill();
        });
        let sent: u64 = clients.iter().map(|client| client.sent).sum();
        println!("kill {kill} of {kills}: {sent} events sent");
    }
    let service = Service::start(shop);
    for client in &mut clients {
        let mut connection = Connection::open(&service.address).unwrap();
        let open: Vec<u64> = client.open.iter().copied().collect();
        if !open.is_empty() {
            assert!(client.send(&mut connection, &open));
        }
        client.check_all(&mut connection);
    }
    assert!(service.terminate().success());
    let total = |number: fn(&Client) -> u64| clients.iter().map(number).sum::<u64>();
    let (sent, sent_again) = (total(|it| it.sent), total(|it| it.sent_again));
    let acknowledged = total(|it| it.acknowledged.len() as u64);
    assert_eq!(accepted(shop), sent, "seed {seed}");
    assert_eq!(acknowledged, sent, "seed {seed}");
    println!("seed {seed}: {kills} kills, {sent} events, {sent_again} sent again");
    println!("none lost, none counted twice");
}

/// How many events count, by what is stored. Nothing may be anything but that or a duplicate.
fn accepted(shop: &Shop) -> u64 {
    let rows = shop.ok(&["usage", "conservation", "--output", "json"]);
    let rows: serde_json::Value = serde_json::from_str(&rows).unwrap();
    let rows = rows.as_array().unwrap();
    let lines = |outcome: &str| {
        let rows = rows.iter().filter(|row| row["outcome"] == outcome);
        rows.map(|row| row["lines"].as_u64().unwrap()).sum::<u64>()
    };
    let all: u64 = rows.iter().map(|row| row["lines"].as_u64().unwrap()).sum();
    assert_eq!(all, lines("accepted") + lines("duplicate"), "{rows:?}");
    lines("accepted")
}

#[test]
fn a_killed_service_loses_nothing_that_it_acknowledged() {
    kill_and_count(&Shop::empty().of_fleet(), kills(5), 1);
}

#[test]
fn on_postgres_a_killed_service_loses_nothing_that_it_acknowledged() {
    kill_and_count(&Shop::on_postgres("kill_intake").of_fleet(), kills(2), 2);
}

#[test]
fn beyond_this_machine_the_service_listens_only_when_told() {
    let shop = Shop::empty();
    let refused = shop.run(&["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("--allow-anyone"), "{said}");
}
