//! Signals: the first one is a request to end in order, the second one ends the program at once.

use std::ops::ControlFlow;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

use delgrad::engine::Cancel;

use crate::failure::Failure;

/// Exit code of a run that was asked to end and ended in order: 128 plus the number of SIGINT, whatever the signal.
pub const EXIT_CODE: u8 = 130;

/// Whether a command ends in order when it is asked to.
static WATCHED: AtomicBool = AtomicBool::new(false);

/// Whether somebody has asked for an end.
static REQUESTED: LazyLock<Cancel> = LazyLock::new(Cancel::default);

/// From now on the first Ctrl-C, SIGTERM or SIGHUP is this request and no longer the end.
pub fn watch() -> Cancel {
    WATCHED.store(true, Ordering::Relaxed);
    REQUESTED.clone()
}

/// Whether to go on.
pub fn flow(request: &Cancel) -> ControlFlow<()> {
    if request.is_requested() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// Listens to signals for the whole life of the program, so that none of them leaves a hidden file behind.
#[cfg(unix)]
pub fn listen() -> Result<(), Failure> {
    use std::sync::Arc;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::iterator::Signals;

    let failure = |source| Failure::Interrupt { source };
    // a file that grows too large is a failed write, which says which file
    signal_hook::flag::register(SIGXFSZ, Arc::default()).map_err(failure)?;
    let mut signals = Signals::new([SIGINT, SIGTERM]).map_err(failure)?;
    // `nohup` wants the program to go on
    if !is_ignored(SIGHUP) {
        signals.add_signal(SIGHUP).map_err(failure)?;
    }
    std::thread::spawn(move || {
        let mut first = None;
        for signal in signals.forever() {
            hear(signal, &mut first);
        }
    });
    Ok(())
}

/// Elsewhere Ctrl-C ends the program at once.
#[cfg(not(unix))]
pub fn listen() -> Result<(), Failure> {
    Ok(())
}

#[cfg(unix)]
fn hear(signal: i32, first: &mut Option<std::time::Instant>) {
    use std::time::{Duration, Instant};

    /// `timeout` and others send a signal twice, to the program and to its group; nobody presses Ctrl-C so fast.
    const ONE_REQUEST: Duration = Duration::from_millis(50);
    if WATCHED.load(Ordering::Relaxed) {
        match first {
            None => {
                *first = Some(Instant::now());
                REQUESTED.request();
                crate::output::say("interrupted: finishing what is complete; Ctrl-C again ends at once");
                return;
            }
            Some(first) if first.elapsed() < ONE_REQUEST => return,
            Some(_) => {}
        }
    }
    crate::output::say("interrupted");
    delgrad::files::unfinished::remove_all();
    std::process::exit(128 + signal)
}

/// Whether the program was started with this signal ignored.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask >> (signal - 1) & 1 == 1
}
