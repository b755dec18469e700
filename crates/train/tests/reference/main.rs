//! Known answers: spike times, losses, gradients and training runs of DelGrad's public code.
//!
//! The numbers are not in the repository; where they are missing the tests say so and pass. That code adds 1e-6 to its sums, which the mathematics does not have, so agreement is shown in three links:
//!
//! 1. the [`oracle`], its model in plain scalar code, with its epsilon, gives its numbers to 1e-9;
//! 2. the oracle without epsilon gives ours to 1e-9, on the vector path and on the plain path;
//! 3. ours and its numbers differ by no more than the epsilon explains.

mod answers;
mod epsilon_free;
mod known_answers;
mod oracle;
mod reference;
mod spike_times;
mod training;
mod trajectories;
mod unit_neurons;
