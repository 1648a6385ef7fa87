//! The text of a key: `tab_live_0f3a9c21b47e_` and 32 hexadecimal digits.

use facts::KeyId;

/// Random bytes of a key: six for its name, sixteen for its secret.
pub const SECRET_BYTES: usize = 22;

const NAME_BYTES: usize = 6;
const LIVE: &str = "tab_live_";
const TEST: &str = "tab_test_";

/// Whether a tenant lives by the system clock, or by a clock that is set: a sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Money is real.
    Live,
    /// A sandbox.
    Test,
}

/// The whole text of a key. It is a secret: it is shown once, and its `Debug` says its name only.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyText {
    text: String,
    name: KeyId,
}

impl KeyText {
    /// The key of some random bytes.
    #[must_use]
    pub fn of(mode: Mode, random: [u8; SECRET_BYTES]) -> Self {
        let prefix = match mode {
            Mode::Live => LIVE,
            Mode::Test => TEST,
        };
        let (name, secret) = random.split_at(NAME_BYTES);
        let text = format!("{prefix}{}_{}", digits(name), digits(secret));
        Self::read(&text).expect("what is written here can be read")
    }

    /// Reads what a request carries. None: it is no key.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(LIVE).or_else(|| text.strip_prefix(TEST))?;
        let (name, secret) = rest.split_once('_')?;
        let is_digit = |it: u8| it.is_ascii_digit() || (b'a'..=b'f').contains(&it);
        let has = |part: &str, bytes: usize| part.len() == 2 * bytes && part.bytes().all(is_digit);
        if !has(name, NAME_BYTES) || !has(secret, SECRET_BYTES - NAME_BYTES) {
            return None;
        }
        let name = KeyId::new(name.to_owned()).ok()?;
        Some(Self { text: text.to_owned(), name })
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The part of it that is no secret.
    #[must_use]
    pub const fn name(&self) -> &KeyId {
        &self.name
    }
}

impl std::fmt::Debug for KeyText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyText({})", self.name)
    }
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
