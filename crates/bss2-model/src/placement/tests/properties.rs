//! Random networks on chips with random dead circuits.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

fn any_rule() -> impl Strategy<Value = Rule> {
    prop_oneof![
        Just(Rule::AllToAll),
        (0.0..1.0_f64).prop_map(Rule::Probability),
        (0_u32..40).prop_map(Rule::FixedInDegree),
        (0_u32..40).prop_map(Rule::FixedOutDegree),
    ]
}

prop_compose! {
    /// Inputs, two populations, and projections among all of them.
    fn any_network()(
        seed in 0_u64..1000,
        inputs in 1_u32..150,
        sizes in [1_u32..200, 1_u32..200],
        delays in prop::collection::vec(prop_oneof![Just(0.0), Just(DELAY)], 3),
        rules in prop::collection::vec(prop::option::of(any_rule()), 6),
    ) -> Network {
        let names = ["in", "a", "b"];
        let mut spec = NetworkSpec::new().seed(seed).source(SourceSpec::given("in", inputs));
        for (name, size) in names[1..].iter().zip(sizes) {
            spec = spec.population(PopulationSpec::lif(*name, size, LifSpec::default()));
        }
        for (number, rule) in rules.into_iter().enumerate() {
            let (from, to) = (number / 2, 1 + number % 2);
            if let Some(rule) = rule {
                spec = spec.project(projection(names[from], names[to], rule, delays[from]));
            }
        }
        spec.build().unwrap()
    }
}

fn any_dead() -> impl Strategy<Value = Vec<Circuit>> {
    let some = prop::collection::vec(0_u16..512, 0..60);
    some.prop_map(|dead| dead.into_iter().map(circuit).collect())
}

/// Sends an event of every sender through the chip, as the hardware does it: drivers compare row addresses, synapses
/// compare labels. Counts the synapses of each source at each neuron.
fn delivered(placement: &Placement) -> BTreeMap<(u32, u32), u32> {
    let mut arrays = vec![None; 2 * 128 * 256];
    let at = |hemisphere: usize, driver: usize, column: usize| (hemisphere * 128 + driver) * 256 + column;
    for line in placement.lines() {
        for circuit in &line.circuits {
            let synapse = &mut arrays[at(circuit.hemisphere(), line.driver.into(), circuit.column())];
            assert_eq!(synapse.replace(line.label), None);
        }
    }
    let occupants = placement.occupants();
    let mut counts = BTreeMap::new();
    let senders: BTreeSet<(Sender, BusId)> =
        placement.lines().iter().map(|line| (line.sender, line.bus)).collect();
    for (sender, bus) in senders {
        let line = placement.lines_of(sender).iter().find(|line| line.bus == bus).unwrap();
        let (row, mask) = (usize::from(line.driver) / 4, 31 & !(placement.block(bus) - 1));
        let listening = (0..32).filter(|driver| (driver ^ row) & mask == 0);
        for (slot, column) in listening.flat_map(|slot| (0..256).map(move |column| (slot, column))) {
            let (hemisphere, driver) = (usize::from(bus.hemisphere), 4 * slot + usize::from(bus.bus));
            if arrays[at(hemisphere, driver, column)] != Some(line.label) {
                continue;
            }
            match (occupants[256 * hemisphere + column], sender) {
                (Some(Occupant::Neuron(target)), Sender::Source(source) | Sender::Pair(source)) => {
                    *counts.entry((source, target)).or_insert(0) += 1;
                }
                (Some(Occupant::Pair(pair)), Sender::Source(source)) => assert_eq!(pair, source),
                (occupant, sender) => panic!("{sender:?} reaches {occupant:?}"),
            }
        }
    }
    counts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn placements_keep_every_rule_and_errors_are_right(network in any_network(), dead in any_dead()) {
        let demand = Demand::of(&network).unwrap();
        let placer = Placer::new().dead(&dead);
        let result = placer.place(&demand);
        prop_assert_eq!(&result, &placer.place(&demand));
        let dead = placer.place(&Demand::of(&layers(&[1, 1], &[0.0])).unwrap()).unwrap().dead().len();
        let merged = (0..demand.neurons()).map(|neuron| (demand.fan_in(neuron) as usize).div_ceil(128).max(1));
        let needed = merged.sum::<usize>() + 2 * demand.delayed().count();
        match result {
            Ok(placement) => {
                prop_assert_eq!(placement.check(&demand), Ok(()));
                prop_assert!(used(&placement) >= needed && used(&placement) + dead <= CIRCUITS);
                let mut expected = BTreeMap::new();
                for Connection { source, target, .. } in demand.connections() {
                    *expected.entry((*source, *target)).or_insert(0) += 1;
                }
                prop_assert_eq!(delivered(&placement), expected);
                let all = placement.synapses(&demand).len();
                prop_assert_eq!(all, demand.connections().len() + 2 * demand.delayed().count());
            }
            Err(PlacementError::Circuits { circuits, pairs, available, .. }) => {
                prop_assert!(circuits + 2 * pairs >= needed && circuits + 2 * pairs > available);
            }
            Err(error) => {
                prop_assert!(needed <= CIRCUITS - dead, "{}", error);
                prop_assert!(!matches!(error, PlacementError::Violation(_)), "{}", error);
            }
        }
    }

    #[test]
    fn small_networks_always_fit(inputs in 1_u32..30, neurons in 1_u32..60, delayed in [any::<bool>(), any::<bool>()]) {
        let delays = delayed.map(|delayed| if delayed { DELAY } else { 0.0 });
        let network = recurrent(inputs, neurons, Rule::Probability(0.5), delays);
        prop_assert!(place(&network, &[]).is_ok());
    }
}
