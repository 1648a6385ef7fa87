//! The arguments of the service.

use std::net::SocketAddr;

use clap::Args;

/// Take usage over HTTP until SIGTERM or SIGINT.
#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen; port 0 is any free port.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Listen beyond this machine although there are no keys yet: whoever reaches the address can
    /// send usage.
    #[arg(long)]
    pub allow_anyone: bool,
}
