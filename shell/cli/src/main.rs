//! The `tabouret` binary.
fn main() {}
