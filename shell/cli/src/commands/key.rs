//! Keys: issue, revoke, list.

use std::process::ExitCode;

use access::{IssueKey, KeyText, KnownKey};
use connect::readable::Readable;
use facts::{AccountId, KeyId, Role};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::args::{Common, Key, KeyToIssue};
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

pub fn run(common: &Common, command: &Key, texts: &Texts) -> Result<ExitCode, Failure> {
    let shown = match command {
        Key::Issue(it) => issue(common, &to_issue(it)?, texts)?,
        Key::Revoke { key } => revoke(common, key, texts)?,
        Key::List => list(common, texts)?,
    };
    shown.print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

fn read<T: Readable>(text: &str) -> Result<T, Failure> {
    T::read(text).map_err(Failure::refused)
}

fn to_issue(it: &KeyToIssue) -> Result<IssueKey, Failure> {
    Ok(IssueKey {
        label: it.label.clone(),
        role: read::<Role>(&it.role)?,
        account: it.account.as_deref().map(read::<AccountId>).transpose()?,
        expires_at: it.expires_at.as_deref().map(read::<Timestamp>).transpose()?,
    })
}

fn issue(common: &Common, asked: &IssueKey, texts: &Texts) -> Result<Shown, Failure> {
    let mut store = compose::open(common)?;
    let now = compose::now(store.as_mut())?;
    let text = KeyText::of(engine::access::mode(store.as_mut())?, compose::random()?);
    let issued = engine::access::issue(store.as_mut(), asked, &text, now)?;
    Ok(Shown {
        json: json!({ "key": issued.key, "role": issued.role.word(), "text": text.text() }),
        before: vec![text.text().to_owned()],
        after: vec![texts.with("key-issued", &[("key", issued.key.as_str())])],
        ..Shown::default()
    })
}

fn revoke(common: &Common, key: &str, texts: &Texts) -> Result<Shown, Failure> {
    let key = read::<KeyId>(key)?;
    let mut store = compose::open(common)?;
    let now = compose::now(store.as_mut())?;
    let is_new = engine::access::revoke(store.as_mut(), &key, now)?;
    let said = if is_new { "key-revoked" } else { "key-known" };
    Ok(Shown {
        json: json!({ "key": key, "is_new": is_new }),
        after: vec![texts.with(said, &[("key", key.as_str())])],
        ..Shown::default()
    })
}

fn list(common: &Common, texts: &Texts) -> Result<Shown, Failure> {
    let mut store = compose::open(common)?;
    let ring = engine::access::keyring(store.as_mut())?;
    let keys = ring.all();
    let columns = ["column-key", "column-label", "column-role", "column-account"];
    let days = ["column-issued-at", "column-expires-at", "column-revoked-at"];
    let columns = columns.into_iter().chain(days).map(|key| (texts.text(key), Kind::Words));
    let mut table = Table::new(None, columns.collect());
    table.rows = keys.iter().map(|it| row(it, texts)).collect();
    let none = keys.is_empty();
    Ok(Shown {
        json: keys.iter().map(|it| shown(it)).collect(),
        tables: if none { Vec::new() } else { vec![table] },
        after: none.then(|| texts.text("key-none")).into_iter().collect(),
        ..Shown::default()
    })
}

fn row(it: &KnownKey, texts: &Texts) -> Vec<String> {
    let issued = &it.issued;
    let at = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    vec![
        issued.key.to_string(),
        issued.label.clone(),
        texts.text(&format!("role-{}", issued.role.word().replace('_', "-"))),
        issued.account.as_ref().map(ToString::to_string).unwrap_or_default(),
        at(Some(issued.issued_at)),
        at(issued.expires_at),
        at(it.revoked_at),
    ]
}

fn shown(it: &KnownKey) -> Value {
    let issued = &it.issued;
    json!({
        "key": issued.key,
        "label": issued.label,
        "role": issued.role.word(),
        "account": issued.account,
        "issued_at": issued.issued_at,
        "expires_at": issued.expires_at,
        "revoked_at": it.revoked_at,
    })
}
