//! The matrix, as everybody can read it.

use std::fmt::Write as _;

use access::{Grant, Operation};
use facts::Role;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/permissions.md");

/// The table of the page.
fn table() -> String {
    let roles = Role::ALL.map(Role::word).join(" | ");
    let mut text = format!("| operation | {roles} |\n|---|{}\n", "---|".repeat(Role::ALL.len()));
    for operation in Operation::ALL {
        let grants = Role::ALL.map(|role| match operation.grant(role) {
            Grant::No => "–",
            Grant::Own => "own",
            Grant::All => "yes",
        });
        writeln!(text, "| `{}` | {} |", operation.id(), grants.join(" | ")).unwrap();
    }
    text
}

#[test]
fn the_page_of_permissions_is_the_matrix() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    assert!(page.contains(&table()), "docs/reference/permissions.md should have:\n{}", table());
}

#[test]
fn ids_tell_operations_apart() {
    for operation in Operation::ALL {
        assert_eq!(Operation::from_id(operation.id()), Some(*operation));
    }
}

#[test]
fn an_owner_may_ask_everything_and_a_customer_only_what_is_its_own() {
    for operation in Operation::ALL {
        assert_eq!(operation.grant(Role::Owner), Grant::All, "{}", operation.id());
        assert!(operation.grant(Role::Customer) < Grant::All, "{}", operation.id());
    }
}

/// What `read_only` may do, by the words of the ids: whoever adds an operation that changes
/// something and grants it to readers is told.
#[test]
fn readers_change_nothing() {
    for operation in Operation::ALL {
        let reads = operation.id().starts_with("read_") || operation.id().starts_with("list_");
        for role in [Role::ReadOnly, Role::Customer] {
            let granted = operation.grant(role) != Grant::No;
            assert!(reads || !granted, "{} of {}", operation.id(), role.word());
        }
    }
}
