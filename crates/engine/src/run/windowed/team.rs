//! Threads that go through the windows together.
//!
//! A window of a large network takes some ten to some hundred microseconds, about as long as it takes to wake a
//! sleeping thread. So the threads of a team wait for the next window without sleeping.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};

use super::Window;
use super::shard_run::ShardRun;
use crate::run::input_stream::Bank;

/// Rounds of waiting before the processor is offered to others: some ten microseconds.
const SPINS: u32 = 2000;

/// If a window has had so many generated spikes, those of the next one are drawn on all threads.
const WORTH_SHARING: usize = 1 << 9;

/// The shards of a run and its generated inputs, each with one thread at a time at work on it.
pub(super) struct Team<'s, 'n> {
    shards: Vec<Mutex<&'s mut ShardRun>>,
    banks: Vec<Mutex<&'s mut Bank>>,
    window: RwLock<Window<'n>>,
    task: RwLock<Task>,
    members: usize,
    /// Generated spikes of the latest window.
    drawn: AtomicUsize,
    /// Tasks begun so far.
    begun: AtomicU64,
    /// Members other than the leader that are done with the task at hand.
    done: AtomicUsize,
    over: AtomicBool,
}

/// What the members do.
#[derive(Clone, Copy)]
enum Task {
    /// Move the shards on by a window.
    Advance,
    /// Draw spikes of inputs before a time, from each bank at most so many.
    Draw { end: f64, most: usize },
}

impl<'s, 'n> Team<'s, 'n> {
    /// Lets `lead` run with a team of at most `threads` members, itself included.
    pub fn run<R>(
        shards: &'s mut [ShardRun],
        banks: &'s mut [Bank],
        window: Window<'n>,
        threads: usize,
        lead: impl FnOnce(&Self) -> R,
    ) -> R {
        let members = threads.clamp(1, shards.len().max(banks.len()).max(1));
        let team = Self {
            shards: shards.iter_mut().map(Mutex::new).collect(),
            banks: banks.iter_mut().map(Mutex::new).collect(),
            task: RwLock::new(Task::Advance),
            window: RwLock::new(window),
            members,
            drawn: AtomicUsize::new(0),
            begun: AtomicU64::new(0),
            done: AtomicUsize::new(0),
            over: AtomicBool::new(false),
        };
        std::thread::scope(|scope| {
            for member in 1..members {
                let team = &team;
                scope.spawn(move || team.follow(member));
            }
            let _over = Over(&team.over);
            lead(&team)
        })
    }

    /// Moves all shards on by a window, on all threads.
    pub fn advance(&self, set_up: impl FnOnce(&mut Window<'n>)) {
        set_up(&mut self.window.write().unwrap_or_else(PoisonError::into_inner));
        self.together(Task::Advance);
    }

    /// Draws spikes of inputs before a time, from each bank at most so many: on all threads, if there may be many.
    pub fn draw(&self, end: f64, most: usize) {
        if self.banks.len() > 1 && self.drawn.load(Ordering::Relaxed) >= WORTH_SHARING {
            self.together(Task::Draw { end, most });
        } else {
            self.for_each_bank(|bank| bank.draw_before(end, most));
        }
        let mut drawn = 0;
        self.for_each_bank(|bank| drawn += bank.drawn.len());
        self.drawn.store(drawn, Ordering::Relaxed);
    }

    fn together(&self, task: Task) {
        *self.task.write().unwrap_or_else(PoisonError::into_inner) = task;
        self.done.store(0, Ordering::Relaxed);
        self.begun.fetch_add(1, Ordering::Release);
        self.work(0);
        let others = self.members - 1;
        wait(|| self.done.load(Ordering::Acquire) == others || self.over.load(Ordering::Relaxed));
    }

    /// The window at hand.
    pub fn window<R>(&self, look: impl FnOnce(&mut Window<'n>) -> R) -> R {
        look(&mut self.window.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks at every shard, in order; between windows only.
    pub fn for_each(&self, mut look: impl FnMut(&mut ShardRun)) {
        for shard in &self.shards {
            look(&mut shard.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Looks at every bank, in order; between windows only.
    pub fn for_each_bank(&self, mut look: impl FnMut(&mut Bank)) {
        for bank in &self.banks {
            look(&mut bank.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Number of banks.
    pub fn banks(&self) -> usize {
        self.banks.len()
    }

    fn follow(&self, member: usize) {
        // A member that panics ends the run, and the scope passes the panic on.
        let over = Over(&self.over);
        let mut seen = 0;
        loop {
            wait(|| self.begun.load(Ordering::Acquire) > seen || self.over.load(Ordering::Relaxed));
            if self.over.load(Ordering::Relaxed) {
                break;
            }
            seen += 1;
            self.work(member);
            self.done.fetch_add(1, Ordering::Release);
        }
        std::mem::forget(over);
    }

    fn work(&self, member: usize) {
        match *self.task.read().unwrap_or_else(PoisonError::into_inner) {
            Task::Advance => {
                let window = self.window.read().unwrap_or_else(PoisonError::into_inner);
                for shard in self.shards.iter().skip(member).step_by(self.members) {
                    shard.lock().unwrap_or_else(PoisonError::into_inner).advance(&window);
                }
            }
            Task::Draw { end, most } => {
                for bank in self.banks.iter().skip(member).step_by(self.members) {
                    bank.lock().unwrap_or_else(PoisonError::into_inner).draw_before(end, most);
                }
            }
        }
    }
}

/// Ends the run when it is dropped.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn wait(ready: impl Fn() -> bool) {
    let mut spins = 0;
    while !ready() {
        if spins < SPINS {
            spins += 1;
            std::hint::spin_loop();
        } else {
            std::thread::yield_now();
        }
    }
}
