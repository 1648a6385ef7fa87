//! The service as a process, and a client of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};

use serde_json::Value;

use crate::room::{Room, command_limited};
use crate::shop::{Shop, command};

const SERVE: [&str; 4] = ["serve", "--listen", "127.0.0.1:0", "--without-keys"];

/// A running `tabouret serve`. Dropped, it is killed.
pub struct Service {
    child: Child,
    pub address: String,
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

impl Service {
    /// Starts it at a free port; returns when it listens.
    pub fn start(shop: &Shop) -> Self {
        Self::of(command(&shop.place(), &SERVE))
    }

    /// The same, for whoever has a key.
    pub fn start_with_keys(shop: &Shop) -> Self {
        Self::of(command(&shop.place(), &SERVE[..3]))
    }

    /// The same, with no room for longer files.
    pub fn start_limited(shop: &Shop, room: Room) -> Self {
        Self::of(command_limited(&shop.place(), &SERVE, room))
    }

    fn of(mut serve: Command) -> Self {
        let mut child = serve.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("Listening at http://").unwrap().to_owned();
        Self { child, address }
    }

    /// Gives a limited one all the room that there is, while it runs.
    pub fn make_room(&self) {
        let process = self.child.id().to_string();
        let mut wider = Command::new("prlimit");
        wider.args(["--pid", &process, "--fsize=unlimited:"]);
        assert!(wider.status().unwrap().success());
    }

    /// Ends it as a crash does: signal 9.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends it as an operator does: SIGTERM.
    pub fn terminate(mut self) -> ExitStatus {
        let process = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &process]).status().unwrap().success());
        self.child.wait().unwrap()
    }
}

/// A connection to it.
pub struct Connection {
    reader: BufReader<TcpStream>,
}

impl Connection {
    /// None when nobody listens.
    pub fn open(address: &str) -> Option<Self> {
        let socket = TcpStream::connect(address).ok()?;
        socket.set_nodelay(true).ok()?;
        Some(Self { reader: BufReader::new(socket) })
    }

    /// The status and the body of the answer; none when the connection breaks before its end.
    pub fn request(&mut self, line: &str, kind: &str, body: &str) -> Option<(u16, Value)> {
        let length = body.len();
        let request = format!(
            "{line} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {kind}\r\n\
             content-length: {length}\r\n\r\n{body}"
        );
        self.reader.get_mut().write_all(request.as_bytes()).ok()?;
        let mut line = String::new();
        self.reader.read_line(&mut line).ok()?;
        let status = line.split(' ').nth(1)?.parse().ok()?;
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.parse().ok()?;
            }
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body).ok()?;
        Some((status, serde_json::from_slice(&body).ok()?))
    }
}
