//! How much may wait, in lines and bytes. What has its place holds it until it is answered.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A place for lines and bytes.
#[derive(Debug, Clone)]
pub struct Room {
    lines: Arc<Semaphore>,
    bytes: Arc<Semaphore>,
    all_lines: usize,
    all_bytes: usize,
}

/// A part of a room. Dropped, it is free again.
#[derive(Debug, Default)]
pub struct Held {
    lines: Option<OwnedSemaphorePermit>,
    bytes: Option<OwnedSemaphorePermit>,
}

impl Room {
    /// An empty room.
    pub fn new(lines: usize, bytes: usize) -> Self {
        let semaphore = |permits: usize| Arc::new(Semaphore::new(permits.min(u32::MAX as usize)));
        Self {
            lines: semaphore(lines),
            bytes: semaphore(bytes),
            all_lines: lines,
            all_bytes: bytes,
        }
    }

    /// Takes more bytes; false when there is no place for them now.
    pub fn try_bytes(&self, held: &mut Held, bytes: usize) -> bool {
        try_more(&self.bytes, &mut held.bytes, bytes)
    }

    /// Takes more lines; false when there is no place for them now.
    pub fn try_lines(&self, held: &mut Held, lines: usize) -> bool {
        try_more(&self.lines, &mut held.lines, lines)
    }

    /// Waits for a place. What is larger than the room takes all of it.
    pub async fn wait(&self, lines: usize, bytes: usize) -> Held {
        let lines = permits(lines.min(self.all_lines));
        let bytes = permits(bytes.min(self.all_bytes));
        // Nobody closes these semaphores.
        Held {
            lines: Arc::clone(&self.lines).acquire_many_owned(lines).await.ok(),
            bytes: Arc::clone(&self.bytes).acquire_many_owned(bytes).await.ok(),
        }
    }
}

fn try_more(from: &Arc<Semaphore>, to: &mut Option<OwnedSemaphorePermit>, more: usize) -> bool {
    let Ok(more) = Arc::clone(from).try_acquire_many_owned(permits(more)) else { return false };
    match to {
        Some(held) => held.merge(more),
        None => *to = Some(more),
    }
    true
}

fn permits(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_given_back() {
        let room = Room::new(10, 100);
        let mut held = Held::default();
        assert!(room.try_bytes(&mut held, 60) && room.try_bytes(&mut held, 40));
        assert!(room.try_lines(&mut held, 10));
        let mut other = Held::default();
        assert!(!room.try_bytes(&mut other, 1) && !room.try_lines(&mut other, 1));
        drop(held);
        assert!(room.try_bytes(&mut other, 100) && room.try_lines(&mut other, 10));
    }
}
