use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A request to end early that long work checks every few milliseconds. Clones share it.
///
/// ```
/// use delgrad_neuron::Cancel;
///
/// let cancel = Cancel::default();
/// let elsewhere = cancel.clone();
/// assert!(!cancel.is_requested());
/// elsewhere.request();
/// assert!(cancel.is_requested());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks for an end. There is no way back.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody has asked for an end.
    #[inline]
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A flag that somebody else sets, such as the handler of a signal.
impl From<Arc<AtomicBool>> for Cancel {
    fn from(flag: Arc<AtomicBool>) -> Self {
        Self(flag)
    }
}
