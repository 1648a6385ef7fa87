//! The arguments of the service.

use std::net::SocketAddr;

use clap::Args;

/// Serve the API until SIGTERM or SIGINT.
#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen; port 0 is any free port.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Let whoever reaches the address ask everything, without a key: on this machine only.
    #[arg(long)]
    pub without_keys: bool,
}
