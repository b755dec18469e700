//! What first-spike networks promise, one file each.

mod errors;
mod gradients;
mod paths;
mod random_network;
mod recorded_times;
mod thread_count;
