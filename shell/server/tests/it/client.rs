//! A client of HTTP/1.1 that does what it is told, also what no client should do.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

use serde_json::Value;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The outcomes of the items, in their order.
    pub fn outcomes(&self) -> Vec<String> {
        let json = self.json();
        let items = json["items"].as_array().unwrap_or_else(|| panic!("no items: {self:?}"));
        let words = |item: &Value| match item["reason"].as_str() {
            Some(reason) => format!("{}: {reason}", item["outcome"].as_str().unwrap()),
            None => item["outcome"].as_str().unwrap().to_owned(),
        };
        items.iter().map(words).collect()
    }

    /// Its code, when it is a problem.
    pub fn code(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let json = self.json();
        assert_eq!(json["status"], self.status);
        assert!(!json["detail"].as_str().unwrap().is_empty(), "{self:?}");
        assert!(!json["remedy"].as_str().unwrap().is_empty(), "{self:?}");
        json["code"].as_str().unwrap().to_owned()
    }
}

/// A connection.
pub struct Connection {
    pub socket: TcpStream,
    reader: BufReader<TcpStream>,
}

impl Connection {
    pub fn open(address: SocketAddr) -> Self {
        let socket = TcpStream::connect(address).unwrap();
        socket.set_nodelay(true).unwrap();
        let reader = BufReader::new(socket.try_clone().unwrap());
        Self { socket, reader }
    }

    /// Sends bytes as they are. A server may close while we write; then its answer says why.
    pub fn send(&mut self, bytes: &[u8]) -> bool {
        self.socket.write_all(bytes).is_ok()
    }

    /// Sends the head of a request whose body comes in chunks.
    pub fn begin_chunks(&mut self, path: &str, headers: &[(&str, &str)]) {
        let mut headers = headers.to_vec();
        headers.push(("transfer-encoding", "chunked"));
        assert!(self.send(head("POST", path, &headers).as_bytes()));
    }

    /// Sends a chunk; none ends the body.
    pub fn chunk(&mut self, bytes: &[u8]) -> bool {
        let size = format!("{:x}\r\n", bytes.len());
        self.send(&[size.as_bytes(), bytes, b"\r\n"].concat())
    }

    /// Reads an answer.
    pub fn answer(&mut self) -> Answer {
        self.try_answer().expect("an answer")
    }

    /// Reads an answer; none when the connection is closed instead.
    pub fn try_answer(&mut self) -> Option<Answer> {
        let mut line = String::new();
        self.reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            self.reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut answer = Answer { status, headers, body: String::new() };
        let length = answer.header("content-length").map_or(0, |it| it.parse().unwrap());
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body).ok()?;
        answer.body = String::from_utf8(body).unwrap();
        Some(answer)
    }

    /// Whether the other side closed, without another word.
    pub fn is_closed(&mut self) -> bool {
        matches!(self.reader.read(&mut [0]), Ok(0) | Err(_))
    }

    pub fn request(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let length = body.len().to_string();
        let mut headers = headers.to_vec();
        headers.push(("content-length", &length));
        self.send(&[head(method, path, &headers).as_bytes(), body].concat());
        self.answer()
    }

    pub fn finish(&self) {
        self.socket.shutdown(Shutdown::Write).unwrap();
    }
}

fn head(method: &str, path: &str, headers: &[(&str, &str)]) -> String {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
    headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
    head + "\r\n"
}

/// One request on a connection of its own.
pub fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    Connection::open(address).request(method, path, headers, body)
}

pub const EVENT: (&str, &str) = ("content-type", "application/cloudevents+json");
pub const BATCH: (&str, &str) =
    ("content-type", "application/cloudevents-batch+json; charset=utf-8");
pub const STREAM: (&str, &str) = ("content-type", "application/x-ndjson");

pub fn get(address: SocketAddr, path: &str) -> Answer {
    request(address, "GET", path, &[], b"")
}

pub fn post(address: SocketAddr, kind: (&str, &str), body: impl AsRef<[u8]>) -> Answer {
    request(address, "POST", "/v1/usage", &[kind], body.as_ref())
}
