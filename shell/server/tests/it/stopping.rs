//! A service that stops finishes what it accepted.

use std::net::TcpStream;

use crate::client::{Connection, EVENT, STREAM, post};
use crate::world::{World, event};

#[test]
fn what_was_accepted_is_finished_and_nothing_new_is_taken() {
    let world = World::on_sqlite();
    let served = world.serve();
    let at = served.address;
    let mut idle = Connection::open(at);
    assert_eq!(idle.request("GET", "/readyz", &[], b"").status, 200);
    let mut stream = Connection::open(at);
    stream.begin_chunks("/v1/usage", &[STREAM]);
    assert!(stream.chunk(format!("{}\n", event("streamed")).as_bytes()));
    let heard = world.fault.block();
    std::thread::scope(|scope| {
        let waits = scope.spawn(move || post(at, EVENT, event("one")));
        heard.recv().unwrap();
        let stops = scope.spawn(|| served.server.stop());
        // It stops: connections that wait for nothing are closed.
        assert!(idle.is_closed());
        assert!(!waits.is_finished() && !stops.is_finished());
        world.fault.end();
        assert_eq!(waits.join().unwrap().outcomes(), ["accepted"]);
        let answer = stream.answer();
        assert_eq!((answer.status, answer.code().as_str()), (503, "stopping"));
        let acknowledged = answer.json()["lines_acknowledged"].as_i64().unwrap();
        stops.join().unwrap();
        assert!(TcpStream::connect(at).is_err());
        assert!(world.lines("accepted") > acknowledged);
    });
}

#[test]
fn an_address_that_is_taken_is_an_error() {
    let world = World::on_sqlite();
    let served = world.serve();
    let stores = server::Stores::new(|| unreachable!("nothing is opened"));
    let clock = server::Clock::new(|_| unreachable!("nobody asks"));
    let random = server::Random::new(|| unreachable!("no key is issued"));
    let (access, limits) = (server::Access::Keys, server::Limits::default());
    let service = server::Service { stores, clock, random, access, limits };
    assert!(server::Server::start(served.address, service, server::Signals::Ignore).is_err());
}
