use std::ops::ControlFlow;

use super::*;

const SEQUENCE: &str = include_str!("../../../../configs/sequence.toml");

#[test]
fn delays_alone_learn_an_order_from_the_worst_start() {
    let setup = EventSetup::new(EventExperiment::parse("sequence", SEQUENCE, &[]).unwrap()).unwrap();
    let mut trainer = setup.trainer().unwrap();
    assert_eq!(trainer.evaluate(&setup.trials.test).unwrap().accuracy, 0.0);
    let (train, validation) = (&setup.trials.train, &setup.trials.validation);
    let run = fit_event(&mut trainer, train, validation, &setup.experiment.training, 1, |p| {
        if let crate::Progress::Epoch(m) = p {
            println!("{m:?}");
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    trainer.set_parameters(&run.best.parameters).unwrap();
    assert_eq!(trainer.evaluate(&setup.trials.test).unwrap().accuracy, 1.0);
}
