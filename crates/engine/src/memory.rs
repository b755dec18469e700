//! Whether the memory that something needs is there.
//!
//! Systems promise more memory than they have, and a program that takes it all is killed without a word. So what a number
//! in a file or an option asks for is estimated and checked before it is taken.

use std::fmt;

use sysinfo::System;
use thiserror::Error;

/// What needs less is not checked: asking the system takes longer than building it.
const SMALL: u128 = 64 << 20;

/// The memory for something is not there.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("no memory for {what}, which need about {}; {}: {remedy}", Bytes(u128::from(*.needed)), there(*.free))]
pub struct NoMemory {
    /// What it was for, such as "400000000 synapses".
    pub what: String,
    /// Bytes needed, about: at most as many as this type can say.
    pub needed: u64,
    /// Bytes that are free; none if they would suffice, but the limits of the process do not allow as much.
    pub free: Option<u64>,
    /// What to do about it.
    pub remedy: &'static str,
}

/// Checks that so many bytes are free: of the memory of the machine, of that of its container, and within the limits of the
/// process.
///
/// ```
/// use delgrad_engine::require_memory;
///
/// let error = require_memory(1 << 60, || "10^18 samples".to_owned(), "take fewer").unwrap_err();
/// assert!(error.to_string().starts_with("no memory for 10^18 samples, which need about 1073741824 GiB; "));
/// ```
///
/// # Errors
/// [`NoMemory`] if they are not.
pub fn require_memory(needed: u128, what: impl FnOnce() -> String, remedy: &'static str) -> Result<(), NoMemory> {
    if needed <= SMALL {
        return Ok(());
    }
    let free = free();
    // Limits of the process are those of addresses, which asking for them shows; nothing is written to them.
    let enough = needed <= u128::from(free);
    let allowed = || usize::try_from(needed).is_ok_and(|bytes| Vec::<u8>::new().try_reserve_exact(bytes).is_ok());
    if enough && allowed() {
        return Ok(());
    }
    let needed = u64::try_from(needed).unwrap_or(u64::MAX);
    Err(NoMemory { what: what(), needed, free: (!enough).then_some(free), remedy })
}

/// Bytes that are free in the machine, or in the container that the program runs in.
fn free() -> u64 {
    let mut system = System::new();
    system.refresh_memory();
    let free = system.available_memory().saturating_add(system.free_swap());
    // Cached files count as used there, but make room.
    system.cgroup_limits().map_or(free, |limits| free.min(limits.total_memory.saturating_sub(limits.rss)))
}

/// Why it is not there.
fn there(free: Option<u64>) -> String {
    free.map_or_else(
        || "the limits of this process allow less".to_owned(),
        |free| format!("{} are free", Bytes(u128::from(free))),
    )
}

/// Bytes in units that are easily read.
struct Bytes(u128);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gib = self.0 as f64 / f64::from(1 << 30);
        match gib {
            ..0.95 => write!(f, "{:.0} MiB", gib * 1024.0),
            ..100.0 => write!(f, "{gib:.1} GiB"),
            _ => write!(f, "{gib:.0} GiB"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_not_refused() {
        for needed in [0, 1 << 20, 65 << 20] {
            assert_eq!(require_memory(needed, || "little".to_owned(), "take less"), Ok(()));
        }
    }

    #[test]
    fn what_no_machine_has_is_refused_with_both_numbers() {
        for needed in [1_u128 << 50, u128::from(u64::MAX), u128::MAX] {
            let error = require_memory(needed, || "7 things".to_owned(), "take fewer things").unwrap_err();
            assert!(error.free.is_some_and(|free| free > 0), "{error:?}");
            let text = error.to_string();
            assert!(text.starts_with("no memory for 7 things, which need about "), "{text}");
            assert!(text.ends_with(" are free: take fewer things"), "{text}");
        }
    }

    #[test]
    fn amounts_are_easily_read() {
        let text = [10 << 20, 3 << 29, 200 << 30].map(|bytes| Bytes(bytes).to_string());
        assert_eq!(text, ["10 MiB", "1.5 GiB", "200 GiB"]);
    }
}
