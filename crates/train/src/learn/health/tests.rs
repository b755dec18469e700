use super::*;

/// An epoch in which all is well.
fn well(epoch: u32) -> EpochMetrics {
    EpochMetrics {
        epoch,
        rate_factor: 1.0,
        train_loss: Some(1.0 / f64::from(epoch)),
        train_accuracy: 0.5,
        validation_loss: 1.0 / f64::from(epoch),
        validation_accuracy: 0.5,
        ..EpochMetrics::default()
    }
}

/// What is told after each epoch of so many batches of a sample of each class, where some classes are mute.
fn told(epochs: u32, batches: u32, mute: &[usize], change: impl Fn(&mut EpochMetrics)) -> Vec<Vec<Symptom>> {
    let mut health = Health::new(epochs);
    let samples: Vec<Sample> = (0..3).map(|class| Sample::of_class(Vec::new(), class)).collect();
    let answer = |class| {
        let mut answer = Answer::default();
        answer.mute = mute.contains(&class);
        answer
    };
    let answers: Vec<Answer> = (0..3).map(answer).collect();
    let epoch = |epoch| {
        let mut metrics = well(epoch);
        change(&mut metrics);
        for batch in 0..batches {
            health.batch(&samples, &answers, (batch < metrics.raised).then_some("hidden"));
        }
        health.epoch(&metrics)
    };
    (1..=epochs).map(epoch).collect()
}

/// The first epoch with a symptom, and that alone.
fn only(told: &[Vec<Symptom>]) -> (usize, &Symptom) {
    let mut all = told.iter().enumerate().flat_map(|(epoch, found)| found.iter().map(move |one| (epoch + 1, one)));
    let first = all.next().unwrap();
    assert_eq!(all.next(), None);
    first
}

#[test]
fn a_training_that_trains_has_no_symptom() {
    assert!(told(20, 12, &[], |_| {}).concat().is_empty());
    // neurons wake up in the first epoch
    assert!(told(20, 12, &[], |m| m.raised = if m.epoch == 1 { 12 } else { 0 }).concat().is_empty());
    // what is perfect need not change, nor what the schedule has ended
    let perfect =
        |m: &mut EpochMetrics| (m.validation_loss, m.train_loss, m.validation_accuracy) = (0.1, Some(0.1), 1.0);
    assert!(told(20, 12, &[], perfect).concat().is_empty());
    let ended = |m: &mut EpochMetrics| (m.validation_loss, m.train_loss, m.rate_factor) = (0.1, Some(0.1), 0.0);
    assert!(told(20, 12, &[], ended).concat().is_empty());
    // the few samples to validate on may all be right but one
    assert!(told(20, 12, &[], |m| m.validation_loss = 0.1).concat().is_empty());
}

#[test]
fn batches_without_steps_are_told_once() {
    let found = told(9, 12, &[], |m| m.raised = 7);
    let (2, Symptom::NoSteps { epoch: 2, raised: 7, batches: 12, population }) = only(&found) else {
        panic!("{found:?}");
    };
    assert_eq!(population, "hidden");
    assert!(told(9, 12, &[], |m| m.raised = 6).concat().is_empty());
    // single batches tell little, but in the end they tell enough
    assert_eq!(only(&told(20, 1, &[], |m| m.raised = 1)).0, 10);
    assert_eq!(only(&told(3, 1, &[], |m| m.raised = 1)).0, 3);
}

#[test]
fn classes_without_a_gradient_are_named_once() {
    let found = told(9, 4, &[0, 2], |_| {});
    assert_eq!(only(&found), (1, &Symptom::NoGradient { epoch: 1, classes: vec![0, 2] }));
    let text = only(&found).1.text(&["a".to_owned()]);
    assert!(text.starts_with("nothing was learned of classes a, 2 in epoch 1"), "{text}");
    // while weights are raised there is hope
    assert_eq!(only(&told(9, 4, &[1], |m| m.raised = 1)).0, 2);
    assert_eq!(only(&told(1, 4, &[1], |m| m.raised = 1)).0, 1);
}

#[test]
fn silent_outputs_are_told_when_they_last() {
    assert_eq!(only(&told(9, 4, &[], |m| m.silent_outputs = 1.0)), (2, &Symptom::SilentOutputs { epoch: 2 }));
    assert_eq!(only(&told(1, 4, &[], |m| m.silent_outputs = 1.0)).0, 1);
    assert!(told(9, 4, &[], |m| m.silent_outputs = if m.epoch == 3 { 1.0 } else { 0.9 }).concat().is_empty());
}

#[test]
fn a_loss_that_stays_is_told() {
    let stays = |m: &mut EpochMetrics| {
        m.validation_loss = 0.7;
        // another order of the samples
        m.train_loss = Some(0.7 + 0.01 * f64::from(m.epoch % 3));
    };
    let found = told(9, 4, &[], stays);
    assert_eq!(only(&found), (5, &Symptom::ConstantLoss { first: 1, last: 5, loss: 0.7 }));
    assert!(told(4, 4, &[], stays).concat().is_empty());
}
