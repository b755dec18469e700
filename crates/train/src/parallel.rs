//! Work in parallel whose outcome does not depend on the number of threads, errors included.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

/// The results of all items in their order, or else the error of the first item that has one. Items after a known error are left
/// out.
pub(crate) fn in_parallel<T, U: Send, E: Send>(
    items: impl IndexedParallelIterator<Item = T>,
    work: impl Fn(T) -> Result<U, E> + Sync,
) -> Result<Vec<U>, E> {
    let failed = AtomicUsize::new(usize::MAX);
    let first: Mutex<Option<(usize, E)>> = Mutex::new(None);
    let one = |(index, item): (usize, T)| {
        // an item is left out only if one before it has failed: the first of all failures is always met
        if index > failed.load(Ordering::Relaxed) {
            return None;
        }
        let error = match work(item) {
            Ok(result) => return Some(result),
            Err(error) => error,
        };
        failed.fetch_min(index, Ordering::Relaxed);
        let mut first = first.lock().unwrap_or_else(PoisonError::into_inner);
        if first.as_ref().is_none_or(|(other, _)| index < *other) {
            *first = Some((index, error));
        }
        None
    };
    let results: Vec<Option<U>> = items.enumerate().map(one).collect();
    match first.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some((_, error)) => Err(error),
        None => Ok(results.into_iter().flatten().collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_that_of_the_first_item() {
        for threads in [1, 4] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            for _ in 0..100 {
                let work = |item: u32| if [131, 640, 998].contains(&item) { Err(item) } else { Ok(2 * item) };
                let run = |end: u32| pool.install(|| in_parallel((0..end).into_par_iter(), work));
                assert_eq!(run(1000), Err(131));
                assert_eq!(run(131).unwrap(), (0..131).map(|item| 2 * item).collect::<Vec<_>>());
            }
        }
    }
}
