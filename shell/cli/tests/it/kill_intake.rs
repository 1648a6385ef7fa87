//! `kill -9` of the service while clients send: what was acknowledged is there, and nothing counts
//! twice. `cargo xtask kill-intake --kills N` runs the same with more kills.

use std::sync::mpsc::channel;

use crate::client::{Answer, Dice, check_all, clients, sent};
use crate::service::Service;
use crate::shop::Shop;

/// The service is killed when so many batches or fewer were acknowledged.
const ACKNOWLEDGED_MAX: u64 = 60;

/// The number of kills: that of the environment, for the long form.
fn kills(short: u32) -> u32 {
    std::env::var("TABOURET_KILLS").map_or(short, |kills| kills.parse().unwrap())
}

fn kill_and_count(shop: &Shop, kills: u32, seed: u64) {
    let mut dice = Dice(seed);
    let mut clients = clients(seed);
    for kill in 1..=kills {
        let service = Service::start(shop);
        let (heard, hears) = channel();
        std::thread::scope(|scope| {
            for client in &mut clients {
                let (address, heard) = (service.address.clone(), heard.clone());
                scope.spawn(move || client.send_on(&address, &heard));
            }
            let until = 1 + dice.below(ACKNOWLEDGED_MAX);
            for _ in 0..until {
                let (_, answer) = hears.recv().unwrap();
                assert!(matches!(answer, Answer::Acknowledged));
            }
            service.kill();
        });
        println!("kill {kill} of {kills}: {} events sent", sent(&clients));
    }
    println!("seed {seed}: {kills} kills");
    check_all(Service::start(shop), shop, &mut clients);
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
fn beyond_this_machine_nobody_is_served_without_a_key() {
    let shop = Shop::empty();
    let refused = shop.run(&["serve", "--listen", "0.0.0.0:0", "--without-keys"]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("--without-keys"), "{said}");
}
