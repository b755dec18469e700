mod properties;

use delgrad_engine::Network;
use delgrad_engine::spec::{
    DelaySpec, Distribution, Edge, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec,
};

use super::*;
use crate::Units;
use crate::limits::CIRCUITS;

/// A delay that a pair can make: 18 us.
const DELAY: f64 = 3.0;

fn circuit(index: u16) -> Circuit {
    Circuit::try_from(index).unwrap()
}

fn axonal(delay: f64) -> DelaySpec {
    DelaySpec { axonal: delay.into(), ..DelaySpec::default() }
}

fn projection(from: &str, to: &str, rule: Rule, delay: f64) -> ProjectionSpec {
    let weights = Distribution::Uniform { low: -1.0, high: 1.0 };
    ProjectionSpec::new(from, to, rule).weight(weights).delay(axonal(delay))
}

fn layers(sizes: &[u32], delays: &[f64]) -> Network {
    let mut spec = NetworkSpec::new().source(SourceSpec::given("0", sizes[0]));
    for (layer, size) in sizes.iter().enumerate().skip(1) {
        spec = spec.population(PopulationSpec::lif(layer.to_string(), *size, LifSpec::default()));
    }
    for (layer, delay) in delays.iter().enumerate() {
        let (from, to) = (layer.to_string(), (layer + 1).to_string());
        spec = spec.project(projection(&from, &to, Rule::AllToAll, *delay));
    }
    spec.build().unwrap()
}

fn recurrent(inputs: u32, neurons: u32, rule: Rule, delays: [f64; 2]) -> Network {
    let mut spec = NetworkSpec::new().population(PopulationSpec::lif("all", neurons, LifSpec::default()));
    if inputs > 0 {
        spec = spec.source(SourceSpec::given("in", inputs));
        spec = spec.project(projection("in", "all", Rule::AllToAll, delays[0]));
    }
    spec.project(projection("all", "all", rule, delays[1])).build().unwrap()
}

fn place(network: &Network, dead: &[Circuit]) -> Result<Placement, PlacementError> {
    let demand = Demand::of(network)?;
    let placement = Placer::new().dead(dead).place(&demand)?;
    assert_eq!(placement.check(&demand), Ok(()));
    Ok(placement)
}

fn used(placement: &Placement) -> usize {
    placement.occupants().iter().flatten().filter(|occupant| **occupant != Occupant::Dead).count()
}

#[test]
fn delgrads_network_takes_133_circuits_of_one_hemisphere() {
    let placement = place(&layers(&[20, 30, 3], &[DELAY, DELAY]), &[]).unwrap();
    assert_eq!(used(&placement), 133);
    assert_eq!(placement.pairs().len(), 50);
    assert!(placement.lines().iter().all(|line| line.bus.hemisphere == 0));
    for source in 0..50 {
        let route = placement.route(source);
        assert_eq!((route.first.len(), route.second.len()), (1, 1));
        assert_eq!(placement.reached(&placement.lines_of(Sender::Source(source))[0]), [Occupant::Pair(source)]);
        assert_eq!(usize::from(route.second[0].bus), route.pair.unwrap()[0].bus());
    }
    // outputs have no targets
    assert_eq!(placement.route(52), Route::default());
}

#[test]
fn full_fan_in_fits_in_both_hemispheres() {
    let placement = place(&layers(&[128, 256], &[0.0]), &[]).unwrap();
    assert!(placement.lines().iter().all(|line| line.bus.hemisphere == 0));
    let placement = place(&layers(&[128, 512], &[0.0]), &[]).unwrap();
    assert_eq!(used(&placement), CIRCUITS);
    assert_eq!(placement.route(0).first.len(), 2);
    assert!(BusId::all().all(|bus| placement.block(bus) == 1));
    let placement = place(&recurrent(0, 128, Rule::AllToAll, [0.0, 0.0]), &[]).unwrap();
    assert_eq!(used(&placement), 128);
}

#[test]
fn neurons_of_large_fan_in_merge_as_few_circuits_as_they_need() {
    let placement = place(&layers(&[129, 10], &[0.0]), &[]).unwrap();
    assert_eq!(used(&placement), 20);
    let placement = place(&layers(&[784, 60], &[0.0]), &[]).unwrap();
    assert_eq!(used(&placement), 60 * 7);
    assert!((0..60).all(|neuron| placement.circuits(neuron).len() == 7));
}

#[test]
fn parallel_synapses_have_rows_of_their_own() {
    let edges = [(0, 0), (0, 0), (0, 0), (1, 0), (1, 1)].map(Edge::from).to_vec();
    let spec = NetworkSpec::new()
        .source(SourceSpec::given("in", 2))
        .population(PopulationSpec::lif("all", 2, LifSpec::default()))
        .project(projection("in", "all", Rule::Edges(edges), 0.0));
    let placement = place(&spec.build().unwrap(), &[]).unwrap();
    let drivers: Vec<u8> = placement.lines_of(Sender::Source(0)).iter().map(|line| line.driver).collect();
    assert_eq!(drivers.len(), 3);
    assert_eq!(BusId::all().map(|bus| placement.block(bus)).max(), Some(4));
}

#[test]
fn sparse_recurrent_networks_share_drivers() {
    let placement = place(&recurrent(0, 500, Rule::FixedOutDegree(30), [0.0, 0.0]), &[]).unwrap();
    assert_eq!(used(&placement), 500);
    let labels = placement.lines().iter().map(|line| line.label).max().unwrap();
    assert!(labels > 0, "256 sources or so share 128 drivers");
}

#[test]
fn impossible_networks_are_explained() {
    for (network, expected) in [
        (layers(&[4, 513], &[0.0]), "the network has 513 neurons, the chip 512 circuits"),
        (
            layers(&[256, 300], &[0.0]),
            "300 neurons need 600 circuits and 0 delays 0 (a pair each), together 600, but the chip has 512",
        ),
        (
            layers(&[200, 120, 3], &[DELAY, 0.0]),
            "200 delays 400 (a pair each), together 643, but the chip has 512",
        ),
        (
            layers(&[2, 2], &[1.0]),
            "the delay 1 of input 0 is 6.000 us for tau = 6 us, but a delay pair makes 8.25 us",
        ),
        (layers(&[2, 2, 2], &[0.0, 6.0]), "the delay 6 of neuron 0 is 36.000 us"),
    ] {
        let error = place(&network, &[]).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let synaptic = NetworkSpec::new()
        .source(SourceSpec::given("in", 2))
        .population(PopulationSpec::lif("all", 2, LifSpec::default()))
        .project(ProjectionSpec::new("in", "all", Rule::AllToAll).delay(vec![2.0, 2.0, 2.0, 2.5]));
    let error = place(&synaptic.build().unwrap(), &[]).unwrap_err().to_string();
    assert!(
        error.starts_with(
            "synapses of input 1 have delays 2 and 2.5, but synaptic and dendritic delays do not exist"
        ),
        "{error}"
    );
    let odd: Vec<Circuit> = (0..256).map(|pair| circuit(2 * pair + 1)).collect();
    let error = place(&layers(&[2, 2], &[DELAY]), &odd).unwrap_err();
    assert_eq!(error, PlacementError::NoPair { pairs: 2, available: 0, dead: 256 });
    let error = place(&layers(&[129, 2], &[0.0]), &odd).unwrap_err();
    assert!(
        error.to_string().contains("no 2 of the 256 circuits of a hemisphere are free side by side"),
        "{error}"
    );
}

#[test]
fn the_unit_of_time_decides_whether_delays_fit() {
    let demand = Demand::of(&layers(&[2, 2], &[1.0])).unwrap();
    let units = Units { tau: 10.0, ..Units::default() };
    assert!(Placer::new().units(units).place(&demand).is_ok());
    // DelGrad's range, which begins at 8.25 us
    let at = |delay: f64| Placer::new().place(&Demand::of(&layers(&[2, 2], &[delay / 6.0])).unwrap()).is_ok();
    assert!(at(8.25) && at(33.25) && !at(8.1) && !at(33.4));
}

#[test]
fn placements_come_back_from_json() {
    let placement = place(&layers(&[20, 30, 3], &[DELAY, 0.0]), &[circuit(3)]).unwrap();
    let text = placement.to_json();
    assert_eq!(Placement::from_json(&text).unwrap(), placement);
    let error = Placement::from_json(&text.replacen("\"version\":1", "\"version\":2", 1)).unwrap_err();
    assert!(error.to_string().contains("version 2"), "{error}");
    let error = Placement::from_json(&text.replacen("\"dead\":[3]", "\"dead\":[0]", 1)).unwrap_err();
    assert_eq!(error, PlacementFileError::Violation(Violation::Shared { circuit: circuit(0) }));
    assert!(Placement::from_json("{}").unwrap_err().to_string().contains("format"));
}

/// Every rule is seen to be broken where it is.
#[test]
fn broken_placements_are_found() {
    let network = recurrent(4, 8, Rule::AllToAll, [DELAY, 0.0]);
    let demand = Demand::of(&network).unwrap();
    let good = place(&network, &[]).unwrap();
    type Break = fn(&mut Placement);
    let breaks: [(Break, &str); 13] = [
        (|p| p.neurons[0] = p.neurons[1].clone(), "is used twice"),
        (|p| p.dead.push(p.neurons[0][0]), "is used twice"),
        (|p| p.neurons[0].clear(), "the circuits of neuron 0"),
        (|p| p.pairs[0].circuits[1] = circuit(200), "the delay pair of source 0"),
        (|p| p.pairs.reverse(), "the delay pairs are not in ascending order"),
        (|p| p.lines.swap(0, 1), "the lines are not in ascending order"),
        (|p| p.lines[0].driver ^= 1, "its driver listens to another bus"),
        (|p| p.lines[0].label = 64, "there is no such label"),
        (|p| p.lines[0].circuits = vec![circuit(300)], "it leaves its hemisphere"),
        (|p| drop(p.lines.pop()), "has 0 synapses at neuron"),
        (|p| p.lines[0].circuits.truncate(1), "source 0 does not reach both circuits of its delay pair"),
        (|p| p.pairs.truncate(3), "a delay pair sends that does not exist"),
        (|p| drop(p.neurons.pop()), "does not exist"),
    ];
    for (number, (change, expected)) in breaks.into_iter().enumerate() {
        let mut broken = good.clone();
        change(&mut broken);
        let error = broken.check(&demand).expect_err(expected).to_string();
        assert!(error.contains(expected), "{number}: {error}");
    }
    let other = Demand::of(&recurrent(4, 7, Rule::AllToAll, [DELAY, 0.0])).unwrap();
    assert_eq!(good.check(&other), Err(Violation::Count { what: "neurons", found: 8, expected: 7 }));
}

#[test]
fn labels_and_places_are_not_given_twice() {
    let network = layers(&[3, 4], &[0.0]);
    let demand = Demand::of(&network).unwrap();
    let mut placement = place(&network, &[]).unwrap();
    let (bus, driver) = (placement.lines[0].bus, placement.lines[0].driver);
    placement.lines[1].bus = bus;
    placement.lines[1].driver = driver;
    placement.lines[1].label = 1;
    let circuit = placement.lines[0].circuits[0];
    assert_eq!(placement.check(&demand), Err(Violation::Synapse { driver, circuit }));
    placement.lines[1].driver = driver + 4;
    assert_eq!(placement.check(&demand), Ok(()));
    placement.lines[1].label = 0;
    placement.ignored_row_bits = [1; 8];
    assert_eq!(placement.check(&demand), Err(Violation::Label { bus, driver: driver + 4, label: 0 }));
}

#[test]
fn the_report_says_what_is_used() {
    let network = layers(&[20, 30, 3], &[DELAY, DELAY]);
    let demand = Demand::of(&network).unwrap();
    let placement = place(&network, &[circuit(9)]).unwrap();
    let report = Report::new(&placement, &demand, network.populations());
    assert_eq!(report.circuits(), 133);
    let HemisphereLoad { neurons, pairs, dead, free, merged } = report.hemispheres[0];
    assert_eq!((neurons, pairs, dead, free, merged), (33, 100, 1, 122, 0));
    let text = report.to_string();
    assert!(text.starts_with("133 of 512 circuits\n"), "{text}");
    assert!(text.contains("largest fan-in: 30 of 128 signed synapses, neuron 30"), "{text}");
    assert_eq!(report.fullest, Some((30, 30)));
}

#[test]
fn each_synapse_has_a_row_of_its_sign() {
    let network = layers(&[5, 7], &[DELAY]);
    let (demand, placement) = (Demand::of(&network).unwrap(), place(&network, &[]).unwrap());
    let mut synapses = placement.synapses(&demand);
    // every connection, and two synapses on the way to each delay pair
    assert_eq!(synapses.len(), 5 * 7 + 5 * 2);
    let inhibitory = synapses.iter().filter(|(_, _, sign)| *sign == Sign::Inhibitory).count();
    let expected = demand.connections().iter().filter(|one| one.sign == Sign::Inhibitory).count();
    assert_eq!(inhibitory, expected);
    assert!(synapses.iter().all(|(row, _, sign)| (row % 2 == 1) == (*sign == Sign::Inhibitory)));
    synapses.sort();
    assert!(synapses.windows(2).all(|two| (two[0].0, two[0].1) != (two[1].0, two[1].1)));
}
