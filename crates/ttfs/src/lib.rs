//! Feed-forward first-spike networks with trainable weights and delays, exact and fast.
//!
//! Every neuron is a current-based leaky integrate-and-fire neuron that starts at rest and fires at most once. Its
//! spike time is the solution of an equation, not the result of time steps, and so are the derivatives: with respect
//! to weights, axonal, dendritic and synaptic delays, bias spikes and inputs (Göltz et al., Nature Communications
//! 2025).
//!
//! A [`NetworkSpec`] describes layers, a [`Network`] is its checked form and tells how the flat parameter vector is laid
//! out, and a [`Runner`] computes batches of [`SpikeTimes`]. The backward pass takes recorded spike times, wherever they
//! came from: from the forward pass, from a chip, from another simulator.
//!
//! ```
//! use delgrad_ttfs::{
//!     BackwardOptions, Cotangents, DelayKind, DelaySpec, LayerSpec, Network, NetworkSpec, Runner, SpikeTimes,
//! };
//!
//! // two inputs, one neuron, one delay per synapse, above 0
//! let layer = LayerSpec::new(1).with_delay(DelaySpec::new(DelayKind::Synaptic));
//! let network = Network::new(NetworkSpec { inputs: 2, layers: vec![layer] })?;
//! // weights 1.5 and 2.0, raw delays 0 (effective: ln 2)
//! let parameters = [1.5, 2.0, 0.0, 0.0];
//! let mut runner = Runner::new(network, &parameters)?;
//!
//! // two samples; in the second one the second input stays silent
//! let inputs = SpikeTimes::from_rows(2, vec![0.2, 0.9, 0.2, f64::INFINITY])?;
//! let mut record = SpikeTimes::silent(&[1], 0);
//! runner.forward(&inputs, &mut record)?;
//! let time = record.get(0, 0, 0).expect("both inputs together reach the threshold");
//! assert!(time > 1.59 && record.get(1, 0, 0).is_none());
//!
//! // the gradient of the first sample's spike time
//! let mut gradient = vec![0.0; parameters.len()];
//! let cotangents = Cotangents::of_spikes(&[1.0, 0.0]);
//! runner.backward(&inputs, &record, cotangents, BackwardOptions::exact(), &mut gradient, None)?;
//! assert!(gradient[0] < 0.0, "a larger weight makes the spike earlier");
//! assert!(gradient[2] + gradient[3] > 0.0, "longer delays make it later");
//! # Ok::<(), delgrad_ttfs::TtfsError>(())
//! ```
//!
//! # Order of simultaneous events
//!
//! An arrival at the very instant of a spike comes after it: it neither causes the spike nor appears in its gradient.
//! Arrivals at the same time add up; their order changes nothing.
//!
//! # Determinism
//!
//! The same network, parameters and inputs give the same bits on any machine and for any number of threads. A batch is
//! cut into groups that depend on its size alone, and partial gradients are added in the order of the groups; in networks with
//! large layers each thread has neurons of its own.
//!
//! # Where no gradient exists
//!
//! A silent neuron has no spike time and no gradient; the highest voltage that it reaches has one ([`Runner::free_peaks`],
//! [`PeakCotangent`]). Where the voltage grazes the threshold the gradient has no bound;
//! [`BackwardOptions::max_dw_norm`] drops such weight gradients. Spikes that the ideal neuron cannot explain get a zero
//! gradient and are counted in the [`BackwardReport`]. No NaN leaves this crate.

mod backward;
mod collect;
mod constants;
mod error;
mod kernel;
mod memory;
mod network;
mod parameter_range;
mod peaks;
mod plain;
mod prepared;
mod runner;
mod shared;
mod spec;
mod tile;
mod times;
mod transport;
mod wide;

pub use backward::{BackwardOptions, BackwardReport};
pub use constants::{Constant, ConstantSharing, ConstantSpec};
pub use error::TtfsError;
pub use network::{GroupKind, Network, ParameterGroup};
pub use parameter_range::{DelayRange, DelayRule, ParameterRange, RangeRule};
pub use peaks::{Cotangents, NeuronInSample, PeakCotangent};
pub use runner::Runner;
pub use spec::{DelayKind, DelaySpec, LayerSpec, NetworkSpec};
pub use times::SpikeTimes;
pub use transport::Transport;
