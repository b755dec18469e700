//! Delays turn a difference of times into a place.
//!
//! Two inputs, a left and a right ear, reach a row of detectors. From the left ear the delays grow along the row, from the
//! right ear they fall. A detector needs both arrivals at nearly the same time, so the one at which the delays make up
//! for the difference between the ears answers first, or alone (L. A. Jeffress, 1948). Prints which detectors spike for a
//! range of differences, and the difference that the earliest one stands for:
//!
//! ```console
//! cargo run --release --example coincidence
//! ```

use delgrad::engine::spec::{LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec, SpecError};
use delgrad::engine::{Executor, InputSpike, Network, Simulation, Stop};

const DETECTORS: u32 = 17;
/// Longest delay; times in units of tau_syn.
const LONGEST: f64 = 4.0;

/// Delay from the left ear to a detector; from the right ear it is the rest of [`LONGEST`].
fn from_left(detector: u32) -> f64 {
    LONGEST * f64::from(detector) / f64::from(DETECTORS - 1)
}

/// How much earlier than the right ear the left one hears what a detector stands for.
fn lead(detector: u32) -> f64 {
    2.0 * from_left(detector) - LONGEST
}

fn network() -> Result<Network, SpecError> {
    let left: Vec<f64> = (0..DETECTORS).map(from_left).collect();
    let right: Vec<f64> = left.iter().map(|delay| LONGEST - delay).collect();
    // One arrival of weight w lifts the voltage by at most w/2, two at once by w: the threshold is 1.
    let ear =
        |name: &str, delays| ProjectionSpec::new(name, "detectors", Rule::AllToAll).weight(1.02).delay(delays);
    NetworkSpec::new()
        .source(SourceSpec::given("left", 1))
        .source(SourceSpec::given("right", 1))
        .population(PopulationSpec::lif("detectors", DETECTORS, LifSpec::default()))
        .project(ear("left", left))
        .project(ear("right", right))
        .build()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let network = network()?;
    println!("difference   detectors that spike (the earliest: *)            read as");
    for step in -8_i32..=8 {
        let difference = 0.45 * f64::from(step);
        let mut sound = [InputSpike { time: 5.0, source: 0 }, InputSpike { time: 5.0 + difference, source: 1 }];
        sound.sort_by(|a, b| a.time.total_cmp(&b.time));
        let mut simulation = Simulation::new(&network, &sound, Executor::Plain)?;
        let (spikes, _) = simulation.record(&Stop::at(30.0))?;
        let mut row = vec!['.'; DETECTORS as usize];
        for spike in spikes.iter().rev() {
            row[spike.neuron as usize] = '+';
        }
        let Some(first) = spikes.first() else {
            println!("{difference:10.2}   {}   none", row.iter().collect::<String>());
            continue;
        };
        row[first.neuron as usize] = '*';
        let read = lead(first.neuron);
        println!(
            "{difference:10.2}   {}   detector {:2} = {read:5.2}",
            row.iter().collect::<String>(),
            first.neuron
        );
        assert!((read - difference).abs() <= 0.25 + 1e-9, "the nearest detector answers first");
    }
    Ok(())
}
