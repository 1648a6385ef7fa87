//! The same kind of files over HTTP, from one client on the same machine: each streamed as NDJSON
//! in one request to the service, which has the store for itself.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

use engine::usage::Received;
use serde_json::{Value, json};
use server::{Access, Clock, Limits, Random, Server, Service, Signals, Stores};
use store::Store;
use store_sqlite::SqliteStore;

use crate::history::{History, Lines};
use crate::ingest::{Round, Sent};
use crate::measure::{Goal, Measure, Report, Thousandths, per_second};
use crate::stopwatch::Stopwatch;
use crate::{Bench, Result};

/// Measures it, against what was taken in from files before.
pub fn measure(
    bench: &Bench,
    report: &mut Report,
    store: &SqliteStore,
    history: &mut History,
    sent: &mut Sent,
) -> Result<()> {
    let files: Vec<Lines> = (0..bench.scale.busy_files)
        .map(|_| history.next_file(bench.scale.file_lines))
        .collect::<Result<_>>()?;
    let now = files.last().ok_or("no file to stream")?.now;
    let stores = Stores::beside(store.beside()?.ok_or("the store is in memory")?);
    let clock = Clock::new(move |_| Ok(now));
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let random = Random::new(|| unreachable!("no key is issued"));
    let (access, limits) = (Access::Anyone, Limits::default());
    let service = Service { stores, clock, random, access, limits };
    let server = Server::start(address, service, Signals::Ignore)?;
    let mut rounds = Vec::new();
    for lines in &files {
        let stopwatch = Stopwatch::start();
        let received = stream(server.local_addr(), lines)?;
        rounds.push(Round { events: lines.count, took: stopwatch.elapsed() });
        sent.received.add(received);
    }
    server.stop();
    let events = rounds.iter().map(|round| round.events).sum();
    report.add(Measure {
        name: "ingest_http_stream",
        value: Thousandths::whole(per_second(events, rounds.iter().map(|it| it.took).sum())),
        unit: "events/s",
        baseline: Some(Thousandths::whole(sent.rate())),
        goal: Goal::TimesBaseline(Thousandths::new(600)),
        more: vec![("clients", json!(1)), ("requests", json!(rounds.len()))],
    })
}

/// Sends a file as the body of one request; what the answer says became of its lines.
fn stream(address: SocketAddr, lines: &Lines) -> Result<Received> {
    let mut file = File::open(&lines.path)?;
    let mut socket = TcpStream::connect(address)?;
    write!(
        socket,
        "POST /v1/usage HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/x-ndjson\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        file.metadata()?.len()
    )?;
    io::copy(&mut file, &mut socket)?;
    let mut answer = BufReader::new(socket);
    let mut status = String::new();
    answer.read_line(&mut status)?;
    let mut rest = String::new();
    answer.read_to_string(&mut rest)?;
    let body = rest.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let body: Value = match serde_json::from_str(body) {
        Ok(body) if status.starts_with("HTTP/1.1 200") => body,
        _ => return Err(format!("the service answered {status} {rest}").into()),
    };
    if body["lines_acknowledged"] != json!(lines.count) {
        return Err(format!("of {} lines: {body}", lines.count).into());
    }
    let count = |name: &str| body["counts"][name].as_u64().ok_or(format!("no count of {name}"));
    Ok(Received {
        already_received: 0,
        accepted: count("accepted")?,
        free: count("free")?,
        shadow: count("shadow").unwrap_or(0),
        amended: count("amended").unwrap_or(0),
        cancelled: count("cancelled").unwrap_or(0),
        duplicate: count("duplicate")?,
        conflict: count("conflict")?,
        quarantined: count("quarantined")?,
        rejected: count("rejected")?,
    })
}
