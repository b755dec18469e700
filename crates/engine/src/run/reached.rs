use serde::{Deserialize, Serialize};

/// How far a run has got: the end of its latest call. Later ones compare as greater.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
pub(crate) struct Reached {
    pub time: f64,
    /// Whether all that happens at this time has happened. If not, the call has stopped within the instant.
    pub whole: bool,
}

impl Reached {
    /// Where a run begins.
    pub const START: Self = Self { time: 0.0, whole: false };

    /// All that happens until a time, that instant included.
    pub fn until(time: f64) -> Self {
        Self { time, whole: true }
    }

    /// All that happens before a time.
    pub fn before(time: f64) -> Self {
        Self { time, whole: false }
    }

    /// Whether nothing more happens at a time or before it.
    pub fn includes(self, time: f64) -> bool {
        Self::until(time) <= self
    }

    /// Whether an event at a time may still come.
    pub fn allows(self, time: f64) -> bool {
        if self.whole { time > self.time } else { time >= self.time }
    }

    /// Whether events before a time may still come.
    pub fn allows_before(self, time: f64) -> bool {
        self < Self::before(time)
    }

    /// The earlier of two.
    pub fn min(self, other: Self) -> Self {
        if other < self { other } else { self }
    }

    /// The later of two.
    pub fn max(self, other: Self) -> Self {
        if self < other { other } else { self }
    }
}
