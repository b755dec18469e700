use delgrad::adjoint::*;
use delgrad::engine::random::*;
use delgrad::engine::*;
fn main() {
    let normal = |mean, sd| Distribution::Normal { mean, sd };
    let delay = Distribution::Uniform { low: 1.0, high: 30.0 };
    let lif = LifSpec { tau_mem: 20.0.into(), tau_syn: 10.0.into(), ..LifSpec::default() };
    let readout =
        LeakyIntegratorSpec { tau_mem: 20.0.into(), tau_syn: 10.0.into(), ..LeakyIntegratorSpec::default() };
    let all = |from: &str, to: &str| ProjectionSpec::new(from, to, Rule::AllToAll);
    let network = NetworkSpec::new()
        .source(SourceSpec::given("input", 700))
        .population(PopulationSpec::lif("hidden", 256, lif))
        .population(PopulationSpec::leaky_integrator("output", 20, readout))
        .project(all("input", "hidden").weight(normal(0.0005, 0.0030)).delay(delay))
        .project(all("hidden", "hidden").weight(normal(0.0, 0.004)).delay(delay))
        .project(all("hidden", "output").weight(normal(0.0, 0.06)).delay(1.0))
        .build()
        .unwrap();
    let mut rng = stream(1, Purpose::Data, 0);
    let mut given: Vec<InputSpike> =
        (0..8000).map(|_| InputSpike { time: 1000.0 * uniform(&mut rng), source: below(&mut rng, 700) }).collect();
    given.sort_by(|a, b| a.time.total_cmp(&b.time));
    let rss = || {
        std::fs::read_to_string("/proc/self/status")
            .unwrap()
            .lines()
            .filter(|l| l.starts_with("VmHWM") || l.starts_with("VmRSS"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    println!("{}", rss());
    let d = Differentiator::new(&network, Options { time_constants: false, ..Default::default() }).unwrap();
    println!("{}", rss());
    for k in 0..3 {
        let t = std::time::Instant::now();
        let mut sim = Simulation::new(&network, &given, Executor::Windowed).unwrap().threads(1);
        let (sp, _) = sim.record(&Stop::at(1000.0)).unwrap();
        let t1 = t.elapsed().as_secs_f64();
        let record = Record::run_on_one_thread(&network, &given, 1000.0, Executor::Windowed).unwrap();
        let obs: Vec<Observable> = (256..276)
            .map(|neuron| Observable::Integral { neuron, from: 0.0, to: 1000.0, integrand: Integrand::Voltage })
            .collect();
        let t = std::time::Instant::now();
        let v = d.observe(&record, &obs).unwrap();
        let t2 = t.elapsed().as_secs_f64();
        let t = std::time::Instant::now();
        let g = d
            .vjp(
                &record,
                &Cotangents { observables: obs.iter().cloned().zip(v.clone()).collect(), ..Default::default() },
            )
            .unwrap();
        let t3 = t.elapsed().as_secs_f64();
        println!(
            "{k} spikes {} events {:.3e} fwd {:.1} ms observe {:.1} ms reverse {:.1} ms; v {:.3} {:?} unexpl {} silent {} {}",
            sp.len(),
            sim.counters().events as f64,
            t1 * 1e3,
            t2 * 1e3,
            t3 * 1e3,
            v[0],
            g.weight.iter().fold(0.0f64, |a, b| a.max(b.abs())),
            g.report.unexplained.len(),
            g.report.silent,
            rss()
        );
        if k == 0 {
            let mut sim = Simulation::new(&network, &given, Executor::Plain).unwrap();
            let t = std::time::Instant::now();
            sim.record(&Stop::at(1000.0)).unwrap();
            println!("plain {:.1} ms", t.elapsed().as_secs_f64() * 1e3);
        }
    }
}
