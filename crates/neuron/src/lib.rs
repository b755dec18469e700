//! Analytic membranes of spiking neurons.
//!
//! A leaky integrate-and-fire neuron with exponential current synapse has a solution in closed form between two
//! inputs. This crate holds that solution and everything that follows from it: the state after a time ([`Lif::flow`]),
//! the time of the next spike ([`Lif::crossing`]), and how both answer to a change of their inputs ([`Adjoint`]).
//! Other models with a closed form stand beside it, and [`PointNeuron`] is what they have in common.
//!
//! ```
//! use delgrad_neuron::{Arrival, Lif, LifParams, NeuronError, first_spike, first_spike_gradient};
//!
//! fn main() -> Result<(), NeuronError> {
//!     let lif = Lif::new(LifParams { tau_mem: 2.0, tau_syn: 1.0, ..LifParams::default() })?;
//!     // Step by step: one arrival lifts the current, and the membrane follows.
//!     let state = lif.rest().after_arrival(3.0);
//!     let wait = lif.crossing(state).expect("this weight suffices");
//!     assert!((lif.flow(state, wait).v - lif.threshold()).abs() < 1e-15);
//!     // All at once: the first spike from rest, and how it moves with every weight and arrival time.
//!     let arrivals = [Arrival { time: 0.0, weight: 1.0 }, Arrival { time: 0.5, weight: 2.0 }];
//!     let spike = first_spike(&lif, &arrivals)?.expect("these weights suffice");
//!     let gradient = first_spike_gradient(&lif, &arrivals, spike.time).expect("the voltage rises");
//!     assert!(gradient.weights[1] < 0.0, "a larger weight makes the spike earlier");
//!     assert!(gradient.times[1] > 0.0, "a longer delay makes it later");
//!     Ok(())
//! }
//! ```
//!
//! # What to use when
//!
//! * An event-driven engine keeps one [`State`] per neuron, steps it with [`PointNeuron::flow`] from arrival to
//!   arrival, asks [`PointNeuron::crossing_before`] for the next spike unless [`PointNeuron::crossing_bound`] puts it
//!   off, and follows the clamped neuron with [`PointNeuron::flow_clamped`] afterwards.
//! * The models: [`Lif`] for synapses that charge the membrane over `tau_syn`; [`DeltaLif`] where the voltage jumps at
//!   an arrival; [`Qif`] for a spike that takes off by itself above a critical voltage; [`LeakyIntegrator`] for a
//!   read-out that never spikes. A model of one's own implements [`PointNeuron`].
//! * A constant input is a bias current, [`Lif::with_bias`] and its like: it costs nothing per event.
//! * Code that steps many equal neurons over one length of time takes the factors from [`Lif::decay`].
//! * Exact gradients of a run of [`Lif`], with any number of spikes, come from carrying an [`Adjoint`] backwards through the
//!   recorded events.
//! * The same for any model, and by its parameters too: [`Differentiable`] pulls an [`Adjoint`] back through flows, arrivals and
//!   spikes and adds to a [`PerParameter`]; it also carries a tangent forwards.
//! * [`statistics`] has the mean, the standard deviation and the median that all crates report results with.
//! * A network of first spikes needs only [`first_spike`] and [`first_spike_gradient`], or their closed forms
//!   [`first_spike_double`] and [`first_spike_equal`]. Along the spikes of a device [`SpikeSlope`] says by which slope.
//!   Where there is no spike, [`free_peak`] and [`FreePeakGradient`] tell how near the voltage came, and what brings it nearer.
//!
//! # Rules
//!
//! 1. The membrane time constant may be infinite, but for [`Qif`]; every function then gives the non-leaky limit.
//! 2. Every pair of time constants works, equal and nearly equal ones included, without loss of accuracy.
//! 3. All transcendental functions come from [`math`], so results have the same bits on every machine.
//! 4. A neuron *fires* when its voltage reaches the threshold from below; at or above the threshold it fires now. What
//!    follows, [`PointNeuron::fire`] and the refractory period, is the caller's to order.
//! 5. An arrival during the refractory period adds to the current of a [`Lif`], which runs on; in a [`DeltaLif`] and a
//!    [`Qif`] it is lost.
//! 6. The first-spike functions start at rest and refuse a neuron with bias current, which does not stay there. The
//!    parameters do not hold the bias: a neuron that is made anew from them has none.
//! 7. Parameters are checked once, by the `new` of each model. Nothing here panics, prints, allocates (apart from the vectors of
//!    [`FirstSpikeGradient`] and [`PointNeuron::parameters`]) or draws random numbers.
//!
//! The model and its first-spike gradients: Göltz, Weber, Kriener et al., "DelGrad", Nature Communications 16 (2025),
//! doi:10.1038/s41467-025-63120-y; cited in this crate as "Göltz et al. 2025".

mod adjoint;
mod bias;
mod cancel;
mod crossing;
mod decay;
mod delta_lif;
mod differentiable;
mod digits;
mod error;
mod first_spike;
mod flow;
mod integrator;
mod kernel_rates;
pub mod math;
mod membrane;
mod parameter;
mod params;
mod point_neuron;
mod qif;
mod state;
pub mod statistics;
mod validate;

pub use adjoint::{Adjoint, ArrivalGradient, ReleaseAdjoint, SpikeAdjoint};
pub use cancel::Cancel;
pub use decay::Decay;
pub use delta_lif::{DeltaLif, DeltaLifParams};
pub use differentiable::Differentiable;
pub use digits::Digits;
pub use error::NeuronError;
pub use first_spike::{
    Arrival, FirstSpike, FirstSpikeGradient, FreePeak, FreePeakGradient, SpikeSlope, first_spike,
    first_spike_double, first_spike_equal, first_spike_gradient, free_peak,
};
pub use integrator::{IntegratorParams, LeakyIntegrator, Maximum};
pub use parameter::{Parameter, PerParameter};
pub use params::{Lif, LifParams};
pub use point_neuron::PointNeuron;
pub use qif::{Qif, QifAbreast, QifParams};
pub use state::State;

/// The example of the README, so that the tests run it.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
