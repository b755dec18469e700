//! A run that goes on from a file has the bits of one that was never interrupted.

use delgrad_engine::files::SnapshotFileError;
use delgrad_engine::{RunError, Simulation, Snapshot, Stop};

use crate::{EXECUTORS, UNTIL, folder, given, network, on_threads};

#[test]
fn goes_on_with_the_same_bits() {
    let (network, given, folder) = (network(), given(), folder());
    for executor in EXECUTORS {
        let (whole, _) = Simulation::new(&network, &given, executor).unwrap().record(&Stop::at(UNTIL)).unwrap();
        let mut spikes = Vec::new();
        let mut run = Simulation::new(&network, &given, executor).unwrap();
        for stage in 1..=4 {
            let until = UNTIL * f64::from(stage) / 4.0;
            spikes.extend(on_threads(stage as usize, || run.record(&Stop::at(until))).unwrap().0);
            let path = folder.path().join(format!("{stage}.snapshot"));
            run.snapshot().save(&path).unwrap();
            run = Simulation::resume(&network, &given, &Snapshot::load(&path).unwrap()).unwrap();
            assert_eq!(run.executor(), executor);
        }
        assert!(spikes == whole, "{executor:?}");
    }
}

#[test]
fn comes_back_from_memory() {
    let (network, given) = (network(), given());
    for executor in EXECUTORS {
        let mut run = Simulation::new(&network, &given, executor).unwrap();
        run.record(&Stop::at(10.0)).unwrap();
        let snapshot = run.snapshot();
        let bytes = snapshot.to_bytes().unwrap();
        assert_eq!(Snapshot::from_bytes(&bytes).unwrap(), snapshot);
    }
}

#[test]
fn another_network_or_other_inputs() {
    let (network, given) = (network(), given());
    for executor in EXECUTORS {
        let snapshot = Simulation::new(&network, &given, executor).unwrap().snapshot();
        let fewer = Simulation::resume(&network, &given[1..], &snapshot).map(drop);
        assert_eq!(fewer, Err(RunError::ForeignSnapshot));
    }
}

#[test]
fn places_that_cannot_be_read_or_written() {
    let (network, folder) = (network(), folder());
    let snapshot = Simulation::new(&network, &[], EXECUTORS[0]).unwrap().snapshot();
    let nowhere = folder.path().join("missing").join("snapshot");
    let error = Snapshot::load(&nowhere).unwrap_err();
    assert!(matches!(error, SnapshotFileError::Open { .. }), "{error}");
    assert!(matches!(snapshot.save(&nowhere), Err(SnapshotFileError::File(_))));
    assert!(Snapshot::load(folder.path()).is_err());
}
