//! The service: the API.

use std::process::ExitCode;

use server::{Access, Limits, Server, Service, Signals};

use crate::args::{Common, Serve};
use crate::compose;
use crate::failure::Failure;
use crate::texts::Texts;

/// The command line is wrong.
const WRONG_COMMAND_LINE: u8 = 2;

pub fn run(common: &Common, serve: &Serve, texts: &Texts) -> Result<ExitCode, Failure> {
    if serve.without_keys && !serve.listen.ip().is_loopback() {
        let address = serve.listen.to_string();
        eprintln!("{}", texts.with("serve-refused", &[("address", &address)]));
        return Ok(ExitCode::from(WRONG_COMMAND_LINE));
    }
    // Opened before anything is announced, so that a store that cannot be opened is an error here.
    let stores = compose::stores(common)?;
    let service = Service {
        stores,
        clock: compose::clock(),
        random: compose::drawing(),
        access: if serve.without_keys { Access::Anyone } else { Access::Keys },
        limits: Limits::default(),
    };
    let server = Server::start(serve.listen, service, Signals::Heed)
        .map_err(|error| Failure::Technical(format!("{}: {error}", serve.listen)))?;
    let address = server.local_addr().to_string();
    println!("{}", texts.with("serve-listening", &[("address", &address)]));
    server.wait();
    Ok(ExitCode::SUCCESS)
}
