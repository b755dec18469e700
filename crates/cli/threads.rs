//! The thread pool that all the work runs in.

use clap::Args;

use crate::failure::Failure;

#[derive(Clone, Copy, Debug, Args)]
pub struct Threads {
    /// Threads to compute on [default: all cores]; results do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

impl Threads {
    /// Does the work in a pool of this many threads.
    pub fn install<T: Send>(self, work: impl FnOnce() -> T + Send) -> Result<T, Failure> {
        let threads = self.threads.map_or(0, usize::from); // 0: as many as there are cores
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .map_err(|source| Failure::Threads { threads, source })?;
        Ok(pool.install(work))
    }
}
