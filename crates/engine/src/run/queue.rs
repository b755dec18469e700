//! The two priority queues of the event loop.
//!
//! A prediction is re-keyed at every synaptic arrival and there is one for each neuron: [`CrossingQueue`]. A
//! delivery keeps its time once it has one, and there are as many as spikes in flight: [`DeliveryQueue`].

mod crossing;
mod delivery;
mod delivery_key;

pub use crossing::CrossingQueue;
pub use delivery::DeliveryQueue;
pub use delivery_key::DeliveryKey;
