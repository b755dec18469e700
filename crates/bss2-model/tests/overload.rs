//! More events than the buses carry: what is dropped is counted, bus by bus.

use delgrad_bss2::chip::{Chip, Preset};
use delgrad_bss2::emulation::{Emulation, Trial};
use delgrad_engine::InputSpike;
use delgrad_engine::spec::{LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};

const TRIAL: Trial = Trial { run_seed: 1, batch: 0, sample: 0 };
const INPUTS: u32 = 64;

/// All inputs at once, and once more later: each bus lets one event go every 8 ns, and four wait.
#[test]
fn a_volley_overruns_the_buses() {
    let lif = LifSpec { tau_mem: 1.0.into(), threshold: 2.6.into(), ..LifSpec::default() };
    let network = NetworkSpec::new()
        .source(SourceSpec::given("in", INPUTS))
        .population(PopulationSpec::lif("a", 3, lif))
        .project(ProjectionSpec::new("in", "a", Rule::AllToAll).weight(0.01))
        .build()
        .unwrap();
    let volley = |time| (0..INPUTS).map(move |source| InputSpike { time, source });
    let inputs: Vec<InputSpike> = volley(1.0).chain(volley(2.0)).collect();
    let run = |service: f64| {
        let mut preset = Preset::named("calibrated").unwrap();
        preset.timing.bus_service = service;
        let chip = Chip::new(preset, 1).unwrap();
        let emulation = Emulation::new(&chip, &network).unwrap();
        let placement = emulation.placement().unwrap();
        let mut senders = [0_u64; 8];
        (0..INPUTS).for_each(|input| senders[placement.route(input).first[0].index()] += 1);
        (emulation.run(&inputs, 10.0, TRIAL).unwrap().events, senders)
    };
    let (events, senders) = run(0.008);
    assert_eq!((events.sent, events.under_way, events.lost, events.busy), (2 * u64::from(INPUTS), 0, 0, 0));
    for (dropped, senders) in events.dropped.iter().zip(senders) {
        // One is served, four wait: five of each volley.
        assert_eq!(*dropped, 2 * senders.saturating_sub(5));
    }
    assert!(events.dropped.iter().sum::<u64>() > 60);
    assert_eq!(events.dropped.iter().sum::<u64>(), events.sent - events.delivered);
    let (events, _) = run(0.0);
    assert_eq!(events.delivered, events.sent);
}
