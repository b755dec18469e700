//! Networks that are compiled in and simulated by name.

use crate::BuiltIn;

const ALL: [BuiltIn; 6] = [
    BuiltIn { name: "balanced-1000", toml: include_str!("../../networks/balanced-1000.toml") },
    BuiltIn { name: "balanced-10000", toml: include_str!("../../networks/balanced-10000.toml") },
    BuiltIn { name: "brunel", toml: include_str!("../../networks/brunel.toml") },
    BuiltIn { name: "heterogeneous", toml: include_str!("../../networks/heterogeneous.toml") },
    BuiltIn { name: "synfire", toml: include_str!("../../networks/synfire.toml") },
    BuiltIn { name: "ring", toml: include_str!("../../networks/ring.toml") },
];

/// All built-in networks.
#[must_use]
pub fn all() -> &'static [BuiltIn] {
    &ALL
}

/// The network of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static BuiltIn> {
    ALL.iter().find(|network| network.name == name)
}

#[cfg(test)]
mod tests {
    use delgrad_engine::files::NetworkFile;
    use delgrad_engine::{Executor, Simulation, Stop};

    use super::*;

    #[test]
    fn every_file_is_built_in_under_its_name() {
        crate::built_in::assert_files(all(), "networks");
        for BuiltIn { name, .. } in all() {
            assert!(crate::experiments::find(name).is_none(), "{name} is an experiment, too");
        }
    }

    #[test]
    fn every_network_says_what_it_is_and_how_long_it_runs() {
        for network in all() {
            assert!(network.toml.starts_with("# ") && !network.description().is_empty(), "{}", network.name);
            let file = NetworkFile::parse_toml(network.toml).unwrap();
            assert!(file.until().is_some(), "{}", network.name);
        }
        assert_eq!(find("ring").map(BuiltIn::description), Some(all()[5].description()));
        assert_eq!(find("rings"), None);
    }

    /// Activity goes on, and no neuron fires faster than any real one.
    #[test]
    fn every_network_stays_active_without_running_away() {
        const TIME: f64 = 40.0;
        for network in all() {
            let built = NetworkFile::parse_toml(network.toml).unwrap().network().unwrap();
            let mut simulation = Simulation::new(&built, &[], Executor::for_run(&built, TIME)).unwrap();
            let (spikes, reason) = simulation.record(&Stop::at(TIME)).unwrap();
            assert!(!reason.is_runaway(), "{}: {reason}", network.name);
            let late = spikes.iter().filter(|spike| spike.time > TIME / 2.0).count();
            assert!(late > 4, "{}: {late} spikes in the second half", network.name);
            let rate = spikes.len() as f64 / f64::from(built.neurons()) / TIME;
            assert!(rate < 0.2, "{}: {rate} spikes per neuron and unit of time", network.name);
        }
    }
}
