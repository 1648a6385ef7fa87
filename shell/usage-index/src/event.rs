//! The names of events as the index knows them: keyed hashes of what strangers sent.

use siphasher::sip128::SipHasher13;

/// The first 96 bits of the hash of `(source, id)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventKey(pub [u8; 12]);

/// The first 48 bits of the hash of a line as received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Print(pub [u8; 6]);

/// What is known of a taken key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Of the line that took it.
    pub print: Print,
    /// Sequence of the segment that holds the line.
    pub segment: i64,
}

/// The secret of a store. Ids come from strangers: with it, nobody can choose ids that collide.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secret(pub [u8; 16]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// The key of an event.
    #[must_use]
    pub fn key(&self, source: &str, id: &str) -> EventKey {
        let hasher = SipHasher13::new_with_key(&self.0);
        // The length of the source first: `("ab", "c")` and `("a", "bc")` are two events. One
        // buffer, because a hash of many small writes is slower.
        let length = 8 + source.len() + id.len();
        let mut stack = [0_u8; 248];
        let hash = if let Some(text) = stack.get_mut(..length) {
            text[..8].copy_from_slice(&(source.len() as u64).to_le_bytes());
            text[8..8 + source.len()].copy_from_slice(source.as_bytes());
            text[8 + source.len()..].copy_from_slice(id.as_bytes());
            hasher.hash(text)
        } else {
            let mut text = Vec::with_capacity(length);
            text.extend_from_slice(&(source.len() as u64).to_le_bytes());
            text.extend_from_slice(source.as_bytes());
            text.extend_from_slice(id.as_bytes());
            hasher.hash(&text)
        };
        EventKey(first(hash.as_bytes()))
    }

    /// The key of the line that took the id of an event as the n-th after the first, from 1: it
    /// amends or cancels the event.
    #[must_use]
    pub fn nth(&self, key: EventKey, n: u32) -> EventKey {
        // No source has this length.
        let mut text = [u8::MAX; 8 + 12 + 4];
        text[8..20].copy_from_slice(&key.0);
        text[20..].copy_from_slice(&n.to_le_bytes());
        EventKey(first(SipHasher13::new_with_key(&self.0).hash(&text).as_bytes()))
    }

    /// The print of a line as received.
    #[must_use]
    pub fn print(&self, line: &[u8]) -> Print {
        Print(first(SipHasher13::new_with_key(&self.0).hash(line).as_bytes()))
    }
}

/// The first bytes of a hash.
fn first<const N: usize>(hash: [u8; 16]) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&hash[..N]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn the_border_between_source_and_id_counts() {
        let secret = Secret([7; 16]);
        assert_ne!(secret.key("ab", "c"), secret.key("a", "bc"));
        assert_ne!(secret.key("a", "b"), Secret([8; 16]).key("a", "b"));
        let long = "x".repeat(300);
        assert_eq!(secret.key(&long, "c"), secret.key(&long, "c"));
        assert_ne!(secret.key(&long, "c"), secret.key(&long, "d"));
    }
}
