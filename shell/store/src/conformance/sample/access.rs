//! Keys that were issued and revoked.

use ::facts::{Fact, KeyIssued, KeyRevoked, Role};

use super::super::{minute, read};

pub fn facts() -> Vec<Fact> {
    let names = ["0f3a9c21b47e", "1f3a9c21b47e", "2f3a9c21b47e", "3f3a9c21b47e"];
    let names = names.into_iter().chain(["4f3a9c21b47e", "5f3a9c21b47e"]);
    let issued = names.zip(Role::ALL).map(|(key, role)| {
        Fact::KeyIssued(KeyIssued {
            key: read(key),
            label: "device cloud".to_owned(),
            role,
            account: (role == Role::Customer).then(|| read("ACC-1")),
            digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
            issued_at: minute(90),
            expires_at: (role == Role::Engineer).then(|| minute(95)),
        })
    });
    let revoked = KeyRevoked { key: read("0f3a9c21b47e"), revoked_at: minute(91) };
    issued.chain([Fact::KeyRevoked(revoked)]).collect()
}
