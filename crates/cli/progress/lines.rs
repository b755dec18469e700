//! Progress where standard error is no terminal.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::output::{self, duration};

/// Shorter work needs no word.
const FIRST: Duration = Duration::from_secs(2);
/// Between two lines.
const BETWEEN: Duration = Duration::from_secs(5);

/// Several threads may tell how far they are.
#[derive(Debug)]
pub struct Lines {
    start: Instant,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// When the next line is due.
    next: Instant,
    /// Whether there was a line, and whether something has been done since.
    said: bool,
    news: bool,
}

impl Lines {
    pub fn new(start: Instant) -> Self {
        Self { start, state: Mutex::new(State { next: start + FIRST, said: false, news: false }) }
    }

    /// Says a line if it is time for one; `share` of the work is done, 0 to 1.
    pub fn show(&self, now: Instant, share: f64, line: impl FnOnce() -> String) {
        if self.due(now) {
            output::say(&(line() + &left(now - self.start, share)));
        }
    }

    /// Says how it ended, if there was a line before and that was not the end.
    pub fn end(&self, line: impl FnOnce() -> String) {
        let State { said, news, .. } = *self.state();
        if said && news {
            output::say(&line());
        }
    }

    fn due(&self, now: Instant) -> bool {
        let mut state = self.state();
        let due = now >= state.next;
        if due {
            *state = State { next: now + BETWEEN, said: true, news: false };
        } else {
            state.news = true;
        }
        due
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// ", 3 min 20 s left", if that can be told.
fn left(elapsed: Duration, share: f64) -> String {
    if !(share > 0.0 && share < 1.0) {
        return String::new();
    }
    let seconds = (elapsed.as_secs_f64() * (1.0 - share) / share).ceil();
    format!(", {} left", duration(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_comes_soon_and_the_others_at_intervals() {
        let start = Instant::now();
        let lines = Lines::new(start);
        let due = |seconds: f64| lines.due(start + Duration::from_secs_f64(seconds));
        let found: Vec<bool> = [0.5, 1.9, 2.1, 2.2, 7.0, 7.2, 12.0].map(due).to_vec();
        assert_eq!(found, [false, false, true, false, false, true, false]);
    }

    #[test]
    fn the_time_left_follows_from_the_share() {
        let left = |share| left(Duration::from_secs(10), share);
        assert_eq!(left(0.5), ", 10 s left");
        assert_eq!(left(0.1), ", 1 min 30 s left");
        assert_eq!(left(0.001), ", 2 h 46 min left");
        assert_eq!(left(0.00001), ", 11 d 13 h left");
        assert_eq!([left(0.0), left(1.0), left(f64::NAN)].concat(), "");
    }
}
