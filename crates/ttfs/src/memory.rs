//! Working memory that passes take and give back, so that passes side by side share none.

use std::sync::{Mutex, PoisonError};

use crate::tile::Scratch;

/// Working memory of passes that are over.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    free: Mutex<Vec<Vec<Scratch>>>,
}

impl Memory {
    /// Working memory for so many groups of samples; that of an earlier pass, if there is any. What is in it has no meaning.
    pub fn take(&self, groups: usize) -> Vec<Scratch> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut scratch = free.pop().unwrap_or_default();
        drop(free);
        scratch.resize(groups, Scratch::default());
        scratch
    }

    pub fn give_back(&self, scratch: Vec<Scratch>) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
    }
}

/// A copy makes working memory of its own.
impl Clone for Memory {
    fn clone(&self) -> Self {
        Self::default()
    }
}
