//! Promise: the highest voltages of silent neurons in layers of first spikes, and their gradients, are those that the general adjoint
//! finds in the unrolled network.

use delgrad_adjoint::{Cotangents, Differentiator, Observable, Options, Record};
use delgrad_bss2::unrolled::unrolled;
use delgrad_engine::{Executor, InputSpike};
use delgrad_neuron::LifParams;
use delgrad_ttfs::{
    BackwardOptions, DelayKind, DelayRange, DelayRule, DelaySpec, GroupKind, LayerSpec, Network, NetworkSpec,
    NeuronInSample, PeakCotangent, Runner, SpikeTimes,
};

/// Rounding of two ways through the same formulas; cotangents and gradients are of order 1.
const TOLERANCE: f64 = 1e-9;
/// All has happened by then.
const UNTIL: f64 = 80.0;
const SIZES: [usize; 2] = [6, 4];

/// Numbers between 0 and 1 without any structure.
struct Numbers(f64);

impl Numbers {
    fn within(&mut self, low: f64, high: f64) -> f64 {
        self.0 = (self.0 + 0.618_033_988_749_895).fract();
        low + (high - low) * (self.0 * 97.3).fract()
    }
}

fn network(tau_mem: f64) -> Network {
    let neuron = LifParams { tau_mem, capacitance: 0.8, leak: -0.1, ..LifParams::default() };
    let range = DelayRange::direct(DelayRule::Clip);
    let layer = |size| {
        let layer = LayerSpec { neuron, biases: 1, ..LayerSpec::new(size) };
        layer.with_delay(DelaySpec { range, ..DelaySpec::new(DelayKind::Synaptic) })
    };
    let first = LayerSpec { multiplex: 2, ..layer(SIZES[0]) };
    Network::new(NetworkSpec { inputs: 3, layers: vec![first, layer(SIZES[1])] }).unwrap()
}

/// Compares one sample; returns the numbers of spikes, of peaks, and of peaks in the first layer at which something arrives.
fn compare(tau_mem: f64, numbers: &mut Numbers) -> [usize; 3] {
    let network = network(tau_mem);
    let mut parameters = vec![0.0; network.parameter_count()];
    for group in network.groups() {
        let values = parameters[group.range.clone()].iter_mut();
        match group.kind {
            GroupKind::Weights => values.for_each(|value| *value = numbers.within(-1.5, 2.2)),
            _ => values.for_each(|value| *value = numbers.within(0.05, 1.5)),
        }
    }
    let times: Vec<f64> = (0..3).map(|_| numbers.within(0.0, 2.0)).collect();
    let runner = Runner::new(network, &parameters).unwrap();
    let inputs = SpikeTimes::from_rows(3, times.clone()).unwrap();
    let mut record = SpikeTimes::silent(&SIZES, 0);
    runner.forward(&inputs, &mut record).unwrap();

    let places =
        [(0, SIZES[0]), (1, SIZES[1])].into_iter().flat_map(|(layer, size)| (0..size).map(move |n| (layer, n)));
    let silent: Vec<NeuronInSample> = places
        .filter(|(layer, neuron)| record.get(0, *layer, *neuron).is_none())
        .map(|(layer, neuron)| NeuronInSample { layer, sample: 0, neuron })
        .collect();
    let peaks: Vec<PeakCotangent> =
        silent.iter().map(|of| PeakCotangent { of: *of, cotangent: numbers.within(-1.0, 1.0) }).collect();
    let spikes: Vec<f64> = record.as_slice().iter().map(|_| numbers.within(-1.0, 1.0)).collect();
    let found = runner.free_peaks(&inputs, &record, &silent).unwrap();
    let mut gradient = vec![0.0; parameters.len()];
    let cotangents = delgrad_ttfs::Cotangents { spikes: &spikes, peaks: &peaks };
    runner.backward(&inputs, &record, cotangents, BackwardOptions::exact(), &mut gradient, None).unwrap();

    let unrolled = unrolled(runner.network(), &parameters).unwrap();
    let lines = times.iter().enumerate().flat_map(|(line, time)| {
        [2 * line, 2 * line + 1].map(|source| InputSpike { time: *time, source: source as u32 })
    });
    let mut given: Vec<InputSpike> = lines.collect();
    given.sort_by(|a, b| a.time.total_cmp(&b.time));
    let engine = Record::run(&unrolled, &given, UNTIL, Executor::Plain).unwrap();
    let number = |of: NeuronInSample| (of.layer * SIZES[0] + of.neuron) as u32;
    let observables: Vec<(Observable, f64)> = peaks
        .iter()
        .map(|peak| (Observable::Peak { neuron: number(peak.of), from: 0.0, to: UNTIL }, peak.cotangent))
        .collect();
    let differentiator = Differentiator::new(&unrolled, Options::default()).unwrap();
    let asked: Vec<Observable> = observables.iter().map(|(observable, _)| observable.clone()).collect();
    for (value, found) in differentiator.observe(&engine, &asked).unwrap().into_iter().zip(&found) {
        assert!((value - found.voltage).abs() < TOLERANCE, "{value} {found:?}");
    }
    let of_spikes = engine.spikes().iter().map(|spike| spikes[spike.neuron as usize]).collect();
    let all = differentiator.vjp(&engine, &Cotangents { spikes: of_spikes, observables }).unwrap();
    assert!(all.report.unexplained.is_empty());

    let synapses = |delays: bool| {
        let groups = runner.network().groups().iter().filter(move |group| match group.kind {
            GroupKind::Weights => !delays,
            GroupKind::Delay { .. } => delays,
            GroupKind::Biases | GroupKind::Constant(_) => false,
        });
        groups.flat_map(|group| gradient[group.range.clone()].to_vec()).collect::<Vec<f64>>()
    };
    for (own, others) in [(synapses(false), &all.weight), (synapses(true), &all.delay)] {
        assert_eq!(own.len(), others.len());
        let scale = own.iter().fold(1.0_f64, |largest, own| largest.max(own.abs()));
        for (own, other) in own.iter().zip(others) {
            assert!((own - other).abs() < TOLERANCE * scale, "{own} {other}");
        }
    }
    let hidden = peaks.iter().zip(&found).filter(|(peak, found)| peak.of.layer == 0 && found.time.is_finite());
    [engine.spikes().len(), peaks.len(), hidden.count()]
}

#[test]
fn agree_with_the_general_adjoint() {
    let mut numbers = Numbers(0.3);
    let mut totals = [0; 3];
    for tau_mem in [0.4, 1.0, 1.0 + 1e-9, 2.0, 3.3] {
        for _ in 0..60 {
            let counts = compare(tau_mem, &mut numbers);
            totals.iter_mut().zip(counts).for_each(|(total, count)| *total += count);
        }
    }
    assert!(totals.iter().all(|total| *total > 300), "spikes, peaks and hidden peaks: {totals:?}");
}
