//! Keys, as whoever runs the service issues them.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use crate::service::Service;
use crate::shop::Shop;

/// The body and the status of an answer.
fn ask(service: &Service, path: &str, key: Option<&str>) -> (String, String) {
    let mut socket = TcpStream::connect(&service.address).unwrap();
    let key = key.map(|it| format!("authorization: Bearer {it}\r\n")).unwrap_or_default();
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{key}connection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (body.to_owned(), head.split(' ').nth(1).unwrap().to_owned())
}

#[test]
fn a_key_is_issued_shown_once_used_and_revoked() {
    let shop = Shop::empty().of_fleet();
    let issued =
        shop.ok(&["key", "issue", "device cloud", "--role", "read_only", "--output", "json"]);
    let issued: Value = serde_json::from_str(&issued).unwrap();
    let (name, text) = (issued["key"].as_str().unwrap(), issued["text"].as_str().unwrap());
    assert!(
        text.starts_with(&format!("tab_test_{name}_")),
        "{text}: the clock of this store is set"
    );
    let other = shop.ok(&["key", "issue", "gateway", "--role", "engineer"]);
    let other = other.lines().next().unwrap();
    assert_ne!(other, text, "no key is drawn twice");

    let service = Service::start_with_keys(&shop);
    assert_eq!(ask(&service, "/v1/accounts", None).1, "401");
    let (accounts, status) = ask(&service, "/v1/accounts", Some(text));
    assert_eq!(status, "200", "{accounts}");
    let accounts: Value = serde_json::from_str(&accounts).unwrap();
    assert_eq!(accounts["items"][0]["account"], "ACC-TRANSLOG");
    assert_eq!(ask(&service, "/v1/keys", Some(text)).1, "403");
    assert_eq!(ask(&service, "/healthz", None).1, "200", "who looks after it needs no key");
    drop(service);

    let list = shop.ok(&["key", "list"]);
    assert!(
        list.contains(name) && list.contains("device cloud") && list.contains("read only"),
        "{list}"
    );
    assert!(!list.contains(text), "{list}");
    shop.ok(&["key", "revoke", name]);
    let again = shop.ok(&["key", "revoke", name]);
    assert!(again.contains("nothing was changed"), "{again}");
    let service = Service::start_with_keys(&shop);
    let (refused, status) = ask(&service, "/v1/accounts", Some(text));
    assert!(status == "401" && refused.contains("key-revoked"), "{status} {refused}");
}

#[test]
fn impossible_keys_are_refused_and_nothing_is_changed() {
    let shop = Shop::empty();
    for (arguments, code) in [
        (["key", "issue", " ", "--role", "owner"].as_slice(), "key-unlabelled"),
        (&["key", "issue", "x", "--role", "customer"], "key-without-account"),
        (&["key", "issue", "x", "--role", "customer", "--account", "A"], "key-unknown-account"),
        (&["key", "issue", "x", "--role", "boss"], "unknown-word"),
        (&["key", "revoke", "0123456789ab"], "key-unknown"),
    ] {
        let refused = shop.run(&[arguments, &["--output", "json"]].concat());
        let said = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(3), "{arguments:?}: {said}");
        assert!(said.contains(code), "{arguments:?}: {said}");
    }
    assert!(shop.ok(&["key", "list"]).contains("There is no key"));
}
