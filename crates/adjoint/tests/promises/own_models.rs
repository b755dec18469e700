//! A model of one's own has gradients once it tells its derivatives: those of the ready-made model that it is a copy of.

use std::sync::Arc;

use delgrad_adjoint::{Differentiator, Observable, Options, Record, jvp};
use delgrad_engine::{Executor, Model, Parts};
use delgrad_neuron::{Adjoint, ArrivalGradient, Differentiable, PerParameter, PointNeuron, State};

use crate::random_networks::{Case, Dice, Style, cases, cotangents, direction};

/// A ready-made model that the engine does not know as such.
#[derive(Debug)]
struct Own<M>(M);

impl<M: Differentiable> PointNeuron for Own<M> {
    fn name(&self) -> &'static str {
        "own"
    }
    fn parameters(&self) -> Vec<(&'static str, f64)> {
        self.0.parameters()
    }
    fn rest(&self) -> State {
        self.0.rest()
    }
    fn flow(&self, state: State, dt: f64) -> State {
        self.0.flow(state, dt)
    }
    fn flow_clamped(&self, state: State, dt: f64) -> State {
        self.0.flow_clamped(state, dt)
    }
    fn arrival(&self, state: State, weight: f64) -> State {
        self.0.arrival(state, weight)
    }
    fn arrival_clamped(&self, state: State, weight: f64) -> State {
        self.0.arrival_clamped(state, weight)
    }
    fn crossing_before(&self, state: State, horizon: f64) -> Option<f64> {
        self.0.crossing_before(state, horizon)
    }
    fn crossing_bound(&self, state: State) -> f64 {
        self.0.crossing_bound(state)
    }
    fn unfired(&self, state: State) -> State {
        self.0.unfired(state)
    }
    fn fire(&self, state: State) -> State {
        self.0.fire(state)
    }
    fn refractory(&self) -> f64 {
        self.0.refractory()
    }
    fn fastest_time_constant(&self) -> f64 {
        self.0.fastest_time_constant()
    }
    fn differentiable(&self) -> Option<&dyn Differentiable> {
        Some(self)
    }
}

impl<M: Differentiable> Differentiable for Own<M> {
    fn threshold(&self) -> f64 {
        self.0.threshold()
    }
    fn rate(&self, state: State) -> State {
        self.0.rate(state)
    }
    fn flow_vjp(&self, start: State, dt: f64, end: Adjoint, gradient: &mut PerParameter) -> Adjoint {
        self.0.flow_vjp(start, dt, end, gradient)
    }
    fn clamped_vjp(&self, start: State, dt: f64, end: Adjoint, gradient: &mut PerParameter) -> Adjoint {
        self.0.clamped_vjp(start, dt, end, gradient)
    }
    fn arrival_vjp(&self, before: State, weight: f64, adjoint: Adjoint) -> ArrivalGradient {
        self.0.arrival_vjp(before, weight, adjoint)
    }
    fn arrival_clamped_vjp(&self, before: State, weight: f64, adjoint: Adjoint) -> ArrivalGradient {
        self.0.arrival_clamped_vjp(before, weight, adjoint)
    }
    fn fire_vjp(&self, adjoint: Adjoint, gradient: &mut PerParameter) -> Adjoint {
        self.0.fire_vjp(adjoint, gradient)
    }
    fn flow_jvp(&self, start: State, dt: f64, tangent: State, dt_tangent: f64, direction: &PerParameter) -> State {
        self.0.flow_jvp(start, dt, tangent, dt_tangent, direction)
    }
    fn clamped_jvp(
        &self,
        start: State,
        dt: f64,
        tangent: State,
        dt_tangent: f64,
        direction: &PerParameter,
    ) -> State {
        self.0.clamped_jvp(start, dt, tangent, dt_tangent, direction)
    }
}

fn own(model: &Model) -> Model {
    Model::Custom(match model.clone() {
        Model::Lif(lif) => Arc::new(Own(lif)),
        Model::Integrator(readout) => Arc::new(Own(readout)),
        Model::DeltaLif(lif) => Arc::new(Own(lif)),
        Model::Qif(qif) => Arc::new(Own(qif)),
        other => panic!("{other:?} is not ready-made"),
    })
}

#[test]
fn copies_of_ready_made_models_have_their_gradients() {
    for number in 0..cases() / 4 {
        let case = Case::random(number, Style { jumps: number % 2 == 0, grid: number % 4 == 0 });
        let parts = case.network.parts();
        let models = parts.models.iter().map(own).collect();
        let copy = case.network.with_parts(Parts { models, ..parts }).unwrap();
        let options = Options { stepped: true, ..Options::default() };
        let run = |network| Record::run(network, &case.given, case.until, Executor::Plain).unwrap();
        let (record, record_of_copy) = (run(&case.network), run(&copy));
        assert_eq!(record.spikes(), record_of_copy.spikes());

        let mut cotangents = cotangents(&mut Dice::new(number), &case.network, &record);
        cotangents.observables.retain(|(observable, _)| {
            matches!(observable, Observable::Voltage { .. } | Observable::Current { .. })
        });
        let of_own = Differentiator::new(&copy, options).unwrap().vjp(&record_of_copy, &cotangents).unwrap();
        let gradients = Differentiator::new(&case.network, options).unwrap().vjp(&record, &cotangents).unwrap();
        assert_eq!(gradients, of_own, "{number}");

        let direction = direction(&mut Dice::new(number), &case.network, &record);
        let observables: Vec<_> =
            cotangents.observables.iter().map(|(observable, _)| observable.clone()).collect();
        let of_own = jvp(&copy, &record_of_copy, &direction, &observables).unwrap();
        let tangents = jvp(&case.network, &record, &direction, &observables).unwrap();
        assert_eq!(tangents, of_own, "{number}");
    }
}
