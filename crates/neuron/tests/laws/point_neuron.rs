//! What every model promises an engine that knows it only as a [`PointNeuron`].

use delgrad_neuron::{IntegratorParams, LeakyIntegrator, PointNeuron, State};
use proptest::prelude::*;

use crate::neurons::{any_delta_lif, any_lif, any_qif, biased_lif, config};

fn any_model() -> impl Strategy<Value = Box<dyn PointNeuron>> {
    prop_oneof![
        any_lif().prop_map(|neuron| Box::new(neuron) as Box<dyn PointNeuron>),
        biased_lif().prop_map(|neuron| Box::new(neuron) as Box<dyn PointNeuron>),
        any_delta_lif().prop_map(|neuron| Box::new(neuron) as Box<dyn PointNeuron>),
        any_qif().prop_map(|neuron| Box::new(neuron) as Box<dyn PointNeuron>),
    ]
}

proptest! {
    #![proptest_config(config(20_000))]

    #[test]
    fn the_bound_is_never_above_the_crossing(
        model in any_model(), v in -2.0..3.0, i in prop_oneof![-20.0..20.0, Just(0.0)],
        fine in prop_oneof![Just(1.0), -1e-6..1e-6],
    ) {
        let state = State { v: v * fine, i: i * fine };
        let (bound, crossing) = (model.crossing_bound(state), model.crossing_before(state, f64::INFINITY));
        prop_assert!(bound >= 0.0);
        if let Some(time) = crossing {
            prop_assert!(bound <= time, "bound {bound}, crossing {time}");
            prop_assert_eq!(model.crossing_before(state, time), crossing);
            prop_assert!(time == 0.0 || model.crossing_before(state, time.next_down()).is_none());
            // What an engine does that waits for the bound: nothing is lost on the way there.
            if bound > 0.0 {
                let later = model.flow(state, bound);
                let rest = model.crossing_before(later, f64::INFINITY);
                prop_assert!(rest.is_some() || time - bound <= 1e-6 * time, "lost {time} at {bound}");
            }
        } else {
            prop_assert!(bound == f64::INFINITY || model.crossing_before(state, bound).is_none());
        }
    }

    #[test]
    fn a_spike_leaves_the_clamped_state(model in any_model(), v in -2.0..3.0, i in -5.0..5.0_f64, dt in 0.0..3.0) {
        let fired = model.fire(State { v, i });
        let clamped = model.flow_clamped(fired, dt);
        prop_assert_eq!(clamped.v, fired.v, "held at the reset");
        prop_assert_eq!(model.flow_clamped(fired, 0.0), fired);
        prop_assert!(model.refractory() >= 0.0 && clamped.i.abs() <= fired.i.abs());
        prop_assert_eq!(model.arrival_clamped(fired, 2.5).v, fired.v);
        let arrived = model.arrival(fired, 2.5);
        prop_assert!((arrived.v - fired.v, arrived.i - fired.i) != (0.0, 0.0));
    }

    #[test]
    fn the_neuron_behind_the_trait_is_the_same(lif in biased_lif(), v in -2.0..1.0, i in -5.0..5.0_f64, dt in 0.0..3.0) {
        let (state, model) = (State { v, i }, &lif as &dyn PointNeuron);
        prop_assert_eq!(model.rest(), lif.rest());
        prop_assert_eq!(model.flow(state, dt), lif.flow(state, dt));
        prop_assert_eq!(model.flow_clamped(state, dt), lif.flow_clamped(state, dt));
        prop_assert_eq!(model.crossing_before(state, dt), lif.crossing_before(state, dt));
        prop_assert_eq!(model.arrival(state, 0.7), state.after_arrival(0.7));
        prop_assert_eq!(model.arrival_clamped(state, 0.7), state.after_arrival(0.7));
        prop_assert_eq!(model.fire(state), State { v: lif.reset(), i });
    }
}

#[test]
fn a_read_out_never_fires() {
    let readout = LeakyIntegrator::new(IntegratorParams::default()).unwrap().with_bias(9.0).unwrap();
    let (model, state) = (&readout as &dyn PointNeuron, State { v: 1e6, i: 1e6 });
    assert_eq!((model.crossing_before(state, f64::INFINITY), model.crossing_bound(state)), (None, f64::INFINITY));
    assert_eq!((model.fire(state), model.refractory()), (state, 0.0));
    assert_eq!(model.flow_clamped(state, 0.4), readout.flow(state, 0.4));
}
