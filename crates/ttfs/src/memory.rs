//! Working memory that passes take and give back, so that passes side by side share none.

use std::sync::{Mutex, PoisonError};

/// Working memory of passes that are over.
#[derive(Debug, Default)]
pub(crate) struct Memory<T> {
    free: Mutex<Vec<T>>,
}

impl<T: Default> Memory<T> {
    /// Working memory; that of an earlier pass, if there is any. What is in it has no meaning.
    pub fn take(&self) -> T {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    pub fn give_back(&self, scratch: T) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
    }
}

/// A copy makes working memory of its own.
impl<T: Default> Clone for Memory<T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}
