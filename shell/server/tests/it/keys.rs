//! Who may ask: every operation of the description, by every role and by everybody without a key.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use ::access::{Grant, IssueKey, KeyText, Mode, Operation, SECRET_BYTES};
use facts::Role;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::client::{Answer, request};
use crate::world::{NOW, World};

/// An operation of the description, with what its example sends.
struct Described {
    operation: Operation,
    method: String,
    path: String,
    body: Option<(String, String)>,
}

fn described() -> Vec<Described> {
    let description: Value = serde_json::from_str(&server::description()).unwrap();
    let mut all = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, said) in item.as_object().unwrap() {
            let id = said["operationId"].as_str().unwrap();
            let operation = Operation::from_id(id)
                .unwrap_or_else(|| panic!("`{id}` is in no row of the matrix"));
            let path = with_examples(path, &said["parameters"]);
            let body = body_of(&said["requestBody"]);
            all.push(Described { operation, method: method.to_uppercase(), path, body });
        }
    }
    all
}

/// The path with the examples of its parameters.
fn with_examples(path: &str, parameters: &Value) -> String {
    let of_path = parameters.as_array().into_iter().flatten().filter(|it| it["in"] == "path");
    of_path.fold(path.to_owned(), |path, it| {
        let (name, example) = (it["name"].as_str().unwrap(), it["example"].as_str());
        path.replace(&format!("{{{name}}}"), example.expect("a path has examples"))
    })
}

/// The first kind of body that has an example.
fn body_of(body: &Value) -> Option<(String, String)> {
    let kinds = body["content"].as_object()?;
    let (media, content) = kinds.iter().find(|(_, it)| !it["example"].is_null())?;
    let example = &content["example"];
    let text = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
    Some((media.clone(), text))
}

impl Described {
    fn ask(&self, address: SocketAddr, authorization: Option<&str>) -> Answer {
        let mut headers = Vec::new();
        headers.extend(authorization.map(|it| ("authorization", it)));
        headers.extend(self.body.iter().map(|(media, _)| ("content-type", media.as_str())));
        let body = self.body.as_ref().map_or("", |(_, body)| body.as_str());
        request(address, &self.method, &self.path, &headers, body.as_bytes())
    }
}

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// Issues a key in a store, as the command line does.
fn issue(world: &World, seed: u8, role: Role, expires_at: Option<Timestamp>) -> KeyText {
    let account = (role == Role::Customer).then(|| "ACC-TRANSLOG".parse().unwrap());
    let asked = IssueKey { label: "a test".to_owned(), role, account, expires_at };
    let text = KeyText::of(Mode::Test, [seed; SECRET_BYTES]);
    engine::access::issue(world.open().as_mut(), &asked, &text, now()).unwrap();
    text
}

fn bearer(key: &KeyText) -> String {
    format!("Bearer {}", key.text())
}

/// A world with an invoice, so that every example finds what it names.
fn billed() -> World {
    let world = World::on_sqlite();
    let mut store = world.open();
    let after = "2026-02-01T09:00:00Z".parse().unwrap();
    engine::clock::advance(store.as_mut(), after, |_| ()).unwrap();
    world
}

#[test]
fn the_description_and_the_matrix_have_the_same_operations() {
    let mut described: Vec<Operation> = described().iter().map(|it| it.operation).collect();
    described.sort_unstable();
    let mut matrix = Operation::ALL.to_vec();
    matrix.sort_unstable();
    assert_eq!(described, matrix);
}

#[test]
fn every_answer_of_the_description_says_what_it_means() {
    let description: Value = serde_json::from_str(&server::description()).unwrap();
    for (path, item) in description["paths"].as_object().unwrap() {
        for said in item.as_object().unwrap().values() {
            assert!(said["summary"].as_str().is_some_and(|it| !it.is_empty()), "{path}");
            for (status, answer) in said["responses"].as_object().unwrap() {
                let is_said = answer["description"].as_str().is_some_and(|it| !it.is_empty());
                assert!(is_said, "{path} {status}");
            }
        }
    }
}

#[test]
fn the_description_that_is_checked_in_is_the_one_that_is_served() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/openapi.json");
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    let said = server::description();
    if std::env::var_os("TABOURET_WRITE").is_some() {
        std::fs::write(path, &said).unwrap();
    }
    assert!(kept == said, "{path} differs: write it with TABOURET_WRITE=1, and look at the change");
    let served = World::on_sqlite().serve_with_keys();
    let answer = request(served.address, "GET", "/openapi.json", &[], b"");
    assert_eq!((answer.status, answer.body), (200, said));
}

#[test]
fn every_role_may_ask_what_the_matrix_says_and_nothing_else() {
    let world = billed();
    let keys: BTreeMap<Role, KeyText> =
        (1..).zip(Role::ALL).map(|(seed, role)| (role, issue(&world, seed, role, None))).collect();
    let served = world.serve_with_keys();
    for it in described() {
        for (role, key) in &keys {
            let answer = it.ask(served.address, Some(&bearer(key)));
            let asked = format!("{} of {}: {answer:?}", it.operation.id(), role.word());
            match it.operation.grant(*role) {
                Grant::No => assert_eq!(
                    (answer.status, answer.code()),
                    (403, "forbidden".to_owned()),
                    "{asked}"
                ),
                // What an example names is there, and is the customer's own.
                _ if it.operation == Operation::RevokeKey => {
                    assert_eq!(
                        (answer.status, answer.code()),
                        (404, "key-unknown".to_owned()),
                        "{asked}"
                    );
                }
                Grant::Own | Grant::All => assert!((200..300).contains(&answer.status), "{asked}"),
            }
        }
    }
}

#[test]
fn nobody_may_ask_anything_without_a_good_key() {
    let world = billed();
    let good = issue(&world, 1, Role::Owner, None);
    let soon = "2026-02-01T09:00:01Z".parse().unwrap();
    let ended = issue(&world, 2, Role::Owner, Some(soon));
    let revoked = issue(&world, 3, Role::Owner, None);
    engine::access::revoke(world.open().as_mut(), revoked.name(), now()).unwrap();
    engine::clock::advance(world.open().as_mut(), soon, |_| ()).unwrap();
    let of_another_tenant = KeyText::of(Mode::Test, [9; SECRET_BYTES]);
    let mut guessed = good.text().to_owned();
    guessed.pop();
    guessed.push('0');
    let attempts = [
        (None, "no-key"),
        (Some("Bearer".to_owned()), "no-key"),
        (Some("Digest abc".to_owned()), "no-key"),
        (Some("Bearer nonsense".to_owned()), "unknown-key"),
        (Some(format!("Bearer {guessed}")), "unknown-key"),
        (Some(bearer(&of_another_tenant)), "unknown-key"),
        (Some(bearer(&ended)), "key-expired"),
        (Some(bearer(&revoked)), "key-revoked"),
    ];
    let served = world.serve_with_keys();
    for it in described() {
        for (authorization, code) in &attempts {
            let answer = it.ask(served.address, authorization.as_deref());
            let asked = format!("{} with {authorization:?}: {answer:?}", it.operation.id());
            assert_eq!((answer.status, answer.code().as_str()), (401, *code), "{asked}");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"tabouret\""));
        }
    }
    let basic = "Basic ".to_owned() + &base64(&format!("{}:", good.text()));
    let reads = described().into_iter().find(|it| it.operation == Operation::ListAccounts).unwrap();
    assert_eq!(reads.ask(served.address, Some(&basic)).status, 200, "as clients of Stripe do");
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_STANDARD.encode(text)
}

#[test]
fn a_customer_sees_what_is_its_own() {
    let world = billed();
    let mut store = world.open();
    let asked = |account: &str| IssueKey {
        label: "their fleet manager".to_owned(),
        role: Role::Customer,
        account: Some(account.parse().unwrap()),
        expires_at: None,
    };
    let own = KeyText::of(Mode::Test, [1; SECRET_BYTES]);
    engine::access::issue(store.as_mut(), &asked("ACC-TRANSLOG"), &own, now()).unwrap();
    let no = engine::access::issue(store.as_mut(), &asked("ACC-NOBODY"), &own, now());
    assert!(no.is_err(), "a key for an account that is not there");
    other_account(&world);
    let other = KeyText::of(Mode::Test, [2; SECRET_BYTES]);
    engine::access::issue(store.as_mut(), &asked("ACC-OTHER"), &other, now()).unwrap();
    let served = world.serve_with_keys();
    let get = |key: &KeyText, path: &str| {
        let authorization = bearer(key);
        let headers = [("authorization", authorization.as_str())];
        request(served.address, "GET", path, &headers, b"")
    };
    for path in ["/v1/accounts/ACC-TRANSLOG", "/v1/units/U-001", "/v1/invoices/INV-2026-000001"] {
        assert_eq!(get(&own, path).status, 200, "{path}");
        let hidden = get(&other, path);
        let absent = get(&other, &path.replace("TRANSLOG", "X").replace("001", "9"));
        assert_eq!((hidden.status, absent.status), (404, 404), "{path}");
        assert_eq!(
            hidden.code(),
            absent.code(),
            "what may not be seen looks like what is not there"
        );
    }
    assert_eq!(get(&other, "/v1/accounts/ACC-TRANSLOG/units").status, 404);
    let names = |key, path: &str, name: &str| -> Vec<String> {
        let items = get(key, path).json()["items"].as_array().unwrap().clone();
        items.iter().map(|it| it[name].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&own, "/v1/accounts", "account"), ["ACC-TRANSLOG"]);
    assert_eq!(names(&other, "/v1/accounts", "account"), ["ACC-OTHER"]);
    assert_eq!(names(&own, "/v1/invoices", "number"), ["INV-2026-000001"]);
    assert!(names(&other, "/v1/invoices", "number").is_empty());
    assert!(names(&other, "/v1/invoices?account=ACC-TRANSLOG", "number").is_empty());
}

/// Registers another account, as the first one is but for its name.
fn other_account(world: &World) {
    let mut store = world.open();
    let mut account = engine::read::account(store.as_mut(), "ACC-TRANSLOG").unwrap();
    account.account = "ACC-OTHER".parse().unwrap();
    let mut tx = store.begin().unwrap();
    tx.record(&facts::Fact::AccountRegistered(account), now()).unwrap();
    tx.commit().unwrap();
}

#[test]
fn a_key_that_is_issued_over_http_opens_and_is_told_once() {
    let world = billed();
    let owner = issue(&world, 200, Role::Owner, None);
    let served = world.serve_with_keys();
    let authorization = bearer(&owner);
    let headers = [("authorization", authorization.as_str()), ("content-type", "application/json")];
    let ask = |method: &str, path: &str, body: &str| {
        request(served.address, method, path, &headers, body.as_bytes())
    };
    let asked = json!({ "label": "Odile", "role": "finance" }).to_string();
    let issued = ask("POST", "/v1/keys", &asked);
    assert_eq!(issued.status, 201, "{issued:?}");
    let (name, text) = (issued.json()["key"].clone(), issued.json()["text"].clone());
    let text = text.as_str().unwrap();
    assert!(text.starts_with("tab_test_"), "the clock of this tenant is set: {text}");
    let with_it = format!("Bearer {text}");
    let with_it = [("authorization", with_it.as_str())];
    let reads = || request(served.address, "GET", "/v1/accounts", &with_it, b"");
    assert_eq!(reads().status, 200);
    let (list, facts) = (ask("GET", "/v1/keys", ""), ask("GET", "/v1/facts?limit=100", ""));
    for shown in [&list.body, &facts.body] {
        assert!(!shown.contains(text), "the text of a key is kept nowhere");
    }
    assert_eq!(list.json()["items"].as_array().unwrap().len(), 2);
    let revoke = || ask("DELETE", &format!("/v1/keys/{}", name.as_str().unwrap()), "");
    assert_eq!(revoke().json(), json!({ "key": name, "is_new": true }));
    assert_eq!(revoke().json(), json!({ "key": name, "is_new": false }));
    assert_eq!((reads().status, reads().code().as_str()), (401, "key-revoked"));

    let refused = |body: Value| ask("POST", "/v1/keys", &body.to_string());
    let boss = refused(json!({ "label": "x", "role": "boss" }));
    assert_eq!((boss.status, boss.code().as_str()), (400, "bad-body"));
    let slip = refused(json!({ "label": "x", "role": "owner", "expires": "2027-01-01" }));
    assert_eq!((slip.status, slip.code().as_str()), (400, "bad-body"));
    let nobody = refused(json!({ "label": "x", "role": "customer", "account": "ACC-NOBODY" }));
    assert_eq!((nobody.status, nobody.code().as_str()), (422, "key-unknown-account"));
}

#[test]
fn pages_say_each_item_once() {
    let world = billed();
    let owner = issue(&world, 1, Role::Owner, None);
    let served = world.serve_with_keys();
    let authorization = bearer(&owner);
    let headers = [("authorization", authorization.as_str())];
    let get = |path: &str| request(served.address, "GET", path, &headers, b"");
    let (mut after, mut units) = (String::new(), Vec::new());
    loop {
        let page = get(&format!("/v1/accounts/ACC-TRANSLOG/units?limit=7{after}")).json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 7);
        units.extend(items.iter().map(|it| it["unit"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(units.len(), 50);
    assert!(units.is_sorted());
    for bad in ["limit=0", "limit=101", "limit=x", "page=2"] {
        let answer = get(&format!("/v1/accounts?{bad}"));
        assert_eq!((answer.status, answer.code().as_str()), (400, "bad-query"), "{bad}");
    }
    let (mut after, mut facts) = (0, Vec::new());
    loop {
        let page = get(&format!("/v1/facts?after={after}&limit=100")).json();
        let items = page["items"].as_array().unwrap();
        facts.extend(items.iter().map(|it| it["sequence"].as_i64().unwrap()));
        if items.is_empty() {
            assert_eq!(page["next"], after, "where later facts will come");
            break;
        }
        after = page["next"].as_i64().unwrap();
    }
    let all = engine::read::facts(world.open().as_mut()).unwrap();
    assert_eq!(facts, all.iter().map(|it| it.sequence).collect::<Vec<_>>());
}
