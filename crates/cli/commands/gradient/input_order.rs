//! Input spikes in the order in which the user gave them: by time, and in any order at one instant.

use std::collections::HashMap;

use delgrad::adjoint::Record;
use delgrad::engine::InputSpike;

/// An input spike and its place in the record; none for a spike after the end.
pub type InputPlace = (InputSpike, Option<usize>);

/// The spikes given, sorted by time, in their order, and then those that generators of the network made, each with its
/// place in the record. Equal spikes are taken in order.
pub fn places(given: &[InputSpike], record: &Record) -> Vec<InputPlace> {
    let key = |spike: &InputSpike| (spike.time.to_bits(), spike.source);
    let mut of_key: HashMap<_, Vec<usize>> = HashMap::new();
    for (place, spike) in record.inputs().iter().enumerate().rev() {
        of_key.entry(key(spike)).or_default().push(place);
    }
    let mut places: Vec<_> =
        given.iter().map(|spike| (*spike, of_key.get_mut(&key(spike)).and_then(Vec::pop))).collect();
    let mut rest: Vec<usize> = of_key.into_values().flatten().collect();
    rest.sort_unstable();
    places.extend(rest.into_iter().map(|place| (record.inputs()[place], Some(place))));
    places
}
