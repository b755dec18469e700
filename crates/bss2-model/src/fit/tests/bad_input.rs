//! What is refused, and what is odd but no error.

use delgrad_ttfs::{SpikeTimes, TtfsError};

use super::{HIDDEN, drawn, inputs, layered, record};
use crate::Bss2Error;
use crate::fit::{Fit, FitOptions, LayerMismatch, Mismatch, Recording, fit};

#[test]
fn bad_input_is_an_error_that_names_it() {
    let (network, parameters) = layered();
    let recording = record(&Mismatch::default(), 10);
    let error = |result: Result<Fit, Bss2Error>| result.unwrap_err().to_string();
    let with = |options| error(fit(&network, &parameters, &recording, &options));
    let zero = FitOptions { noise: 0.0, ..FitOptions::default() };
    assert_eq!(with(zero), "noise is 0; it must be a finite number above 0");
    let nan = FitOptions { taus: Some(f64::NAN), ..FitOptions::default() };
    assert_eq!(with(nan), "taus is NaN; it must be a finite number above 0");
    let short = error(fit(&network, &parameters[1..], &recording, &FitOptions::default()));
    assert!(short.contains("the parameter vector has 99 entries; expected 100"), "{short}");
    let empty = error(fit(&network, &parameters, &recording.split(0).0, &FitOptions::default()));
    assert_eq!(empty, "samples of the recording is 0; it must be at least 1");

    let times = |lines: usize, rows: usize| SpikeTimes::from_rows(lines, vec![1.0; lines * rows]).unwrap();
    let unequal = Recording::new(times(4, 3), times(3, 2)).unwrap_err();
    assert!(matches!(unequal, Bss2Error::Layers(TtfsError::Length { found: 2, expected: 3, .. })), "{unequal}");
    let mut nan = times(3, 3);
    nan.as_mut_slice()[4] = f64::NAN;
    let nan = Recording::new(times(4, 3), nan).unwrap_err().to_string();
    assert!(nan.contains("sample 1, line 1"), "{nan}");
    let narrow = Recording::new(times(4, 3), times(2, 3)).unwrap();
    let narrow = error(fit(&network, &parameters, &narrow, &FitOptions::default()));
    assert!(narrow.contains("a row of recorded outputs has 2 entries; expected 3"), "{narrow}");
    let other = Recording::new(times(5, 3), times(3, 3)).unwrap();
    let other = error(fit(&network, &parameters, &other, &FitOptions::default()));
    assert!(other.contains("a row of input times has 5 entries; expected 4"), "{other}");

    let twin = |first: LayerMismatch| {
        let layers = vec![first, LayerMismatch::default()];
        Mismatch { layers }.twin(&network, &parameters).unwrap_err().to_string()
    };
    let few = twin(LayerMismatch { thresholds: vec![1.0; 3], ..LayerMismatch::default() });
    assert!(few.contains("mismatch.thresholds has 3 entries; expected 12"), "{few}");
    let negative = twin(LayerMismatch { inhibition: vec![-1.0; HIDDEN], ..LayerMismatch::default() });
    assert_eq!(negative, "mismatch.inhibition is -1; it must be a finite number above 0");
    let early = twin(LayerMismatch { delay_offsets: vec![-9.0; 4], ..LayerMismatch::default() });
    assert!(early.contains("is negative"), "{early}");
    let layers = Mismatch { layers: vec![LayerMismatch::default()] }.twin(&network, &parameters).unwrap_err();
    assert!(layers.to_string().contains("the mismatch's layers has 1 entries; expected 2"), "{layers}");
}

/// A recording with no spike at all ends the search, in peace.
#[test]
fn a_silent_chip_gives_finite_numbers() {
    let (network, parameters) = layered();
    let silent = SpikeTimes::silent(&[3], 20);
    let found =
        fit(&network, &parameters, &Recording::new(inputs(20), silent).unwrap(), &FitOptions::default()).unwrap();
    assert!(found.cost.is_finite() && found.mismatch.layers[0].thresholds.iter().all(|t| t.is_finite()));
    let nothing = FitOptions { thresholds: None, latencies: None, ..FitOptions::default() };
    let found = fit(&network, &parameters, &record(&drawn(), 20), &nothing).unwrap();
    assert_eq!(found.before, found.after);
}
