//! The service: usage over HTTP.

use std::process::ExitCode;

use server::{Limits, Server, Signals};

use crate::args::{Common, Serve};
use crate::compose;
use crate::failure::Failure;
use crate::texts::Texts;

/// The command line is wrong.
const WRONG_COMMAND_LINE: u8 = 2;

pub fn run(common: &Common, serve: &Serve, texts: &Texts) -> Result<ExitCode, Failure> {
    if !serve.listen.ip().is_loopback() && !serve.allow_anyone {
        let address = serve.listen.to_string();
        eprintln!("{}", texts.with("serve-refused", &[("address", &address)]));
        return Ok(ExitCode::from(WRONG_COMMAND_LINE));
    }
    // Opened before anything is announced, so that a store that cannot be opened is an error here.
    let stores = compose::stores(common)?;
    let (limits, clock) = (Limits::default(), compose::clock());
    let server = Server::start(serve.listen, stores, clock, limits, Signals::Heed)
        .map_err(|error| Failure::Technical(format!("{}: {error}", serve.listen)))?;
    let address = server.local_addr().to_string();
    println!("{}", texts.with("serve-listening", &[("address", &address)]));
    server.wait();
    Ok(ExitCode::SUCCESS)
}
