//! Calibration leaves less spread than published for the real chip, is the same on any number of threads, and sees nothing but what
//! the read-out shows.

use delgrad_bss2::Bss2Error;
use delgrad_bss2::calibration::{Calibration, CalibrationError, FailureReason, Parameter, Settings, Targets};
use delgrad_bss2::chip::{Chip, FixedPattern, Preset, ReadOut};
use delgrad_files::JsonFileError;

/// Fewer measurements than usual: quick, and yet good enough for every bound here.
fn quick() -> Settings {
    Settings { samples: 16, repetitions: 4, ..Settings::default() }
}

fn run(settings: &Settings) -> Calibration {
    Calibration::run(&Preset::named("uncalibrated").unwrap(), 1, settings).unwrap()
}

#[test]
fn spreads_are_below_the_published_ones_and_far_below_those_before() {
    let calibration = run(&quick());
    let report = calibration.report();
    for row in &report.parameters {
        for spread in [&row.real, &row.measured] {
            assert!(spread.after.sd < row.published, "{row:?}");
            assert!(spread.after.sd < 0.25 * spread.before.sd, "{row:?}");
        }
        // Nothing is shifted: the mean of 500 circuits is as good as a tenth of the published spread.
        assert!(row.real.after.mean.abs() < 0.1 * row.published, "{row:?}");
    }
    let [measured, real] = &report.delays;
    // A step of the code is 0.125 us, evenly spread errors within it 0.036 us; jitter of 4 events 0.03 us.
    assert!(real.after.sd < 0.06 && measured.after.sd < 0.08 && real.before.sd > 0.2, "{:?}", report.delays);
}

#[test]
fn the_uncalibrated_chip_is_the_one_of_its_seed_and_the_calibrated_one_runs() {
    let preset = Preset::named("uncalibrated").unwrap();
    let calibration = run(&quick());
    let drawn = FixedPattern::draw(&preset.variation, 1);
    for (found, drawn) in calibration.uncalibrated().circuits.iter().zip(&drawn.circuits) {
        assert!((found.leak - drawn.leak).abs() < 1e-12 && (found.tau_mem - drawn.tau_mem).abs() < 1e-12);
    }
    // Circuits that do not work show nothing; all of them are found, and no others fail here.
    let dead: Vec<usize> = (0..512).filter(|circuit| !drawn.working[*circuit]).collect();
    let failed = calibration.failed();
    assert_eq!(failed.iter().map(|failed| usize::from(failed.circuit)).collect::<Vec<_>>(), dead);
    assert!(failed.iter().all(|one| (one.parameter, one.reason) == (Parameter::Leak, FailureReason::NoResponse)));
    assert!(!dead.is_empty() && dead.iter().all(|circuit| !calibration.pattern().working[*circuit]));
    assert!(Chip::with_pattern(preset, calibration.pattern().clone()).is_ok());
}

#[test]
fn the_same_on_one_thread_and_on_three() {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run(&Settings { samples: 4, repetitions: 1, ..Settings::default() }))
    };
    let (one, three) = (on(1), on(3));
    assert_eq!(one, three);
    let other = Settings { samples: 4, repetitions: 1, seed: 2, ..Settings::default() };
    assert_ne!(one.pattern(), run(&other).pattern());
}

/// Without noise all samples of a voltage are the same, and errors are those of rounding alone.
#[test]
fn without_noise_codes_are_right_within_a_step_of_the_read_out() {
    let mut preset = Preset::named("uncalibrated").unwrap();
    preset.noise = delgrad_bss2::chip::Noise::default();
    let read_out = ReadOut { noise: 0.0, ..ReadOut::default() };
    let calibration = Calibration::run(&preset, 1, &Settings { read_out, ..quick() }).unwrap();
    for parameter in [Parameter::Leak, Parameter::Reset, Parameter::Threshold] {
        for deviation in calibration.real(parameter).after {
            assert!(deviation.abs() < 1.0, "{parameter:?} {deviation}");
        }
    }
    // Voltages that do not change are whole steps.
    let shown = calibration.circuits().iter().filter_map(|circuit| circuit.measured);
    for measured in shown {
        for voltage in [measured.before.leak, measured.before.reset, measured.after.leak, measured.after.reset] {
            assert_eq!(voltage, voltage.round());
        }
    }
}

#[test]
fn measured_voltages_are_means_of_whole_steps() {
    let settings = quick();
    for measured in run(&settings).circuits().iter().filter_map(|circuit| circuit.measured) {
        for voltage in [measured.before.leak, measured.before.reset, measured.after.leak, measured.after.reset] {
            assert_eq!((voltage * 16.0).fract(), 0.0, "{voltage}");
            assert!((0.0..=255.0).contains(&voltage));
        }
        // 4 trials with 8 samples each
        assert_eq!((measured.after.threshold * 32.0).fract(), 0.0);
    }
}

/// What a channel of the read-out adds is taken for voltage: leak, reset and threshold of a circuit move together.
#[test]
fn offsets_of_channels_shift_all_voltages_of_a_circuit() {
    let read_out = ReadOut { channel_offset: 2.0, ..ReadOut::default() };
    let calibration = run(&Settings { read_out, ..quick() });
    let report = calibration.report();
    let leak = report.parameter(Parameter::Leak);
    assert!((1.7..2.3).contains(&leak.real.after.sd) && leak.measured.after.sd < 0.5, "{leak:?}");
    let [leak, threshold] = [Parameter::Leak, Parameter::Threshold].map(|of| calibration.real(of).after);
    for (leak, threshold) in leak.iter().zip(&threshold) {
        // Noise of the threshold in 4 trials: 0.54 steps; five of them.
        assert!((leak - threshold).abs() < 2.7, "{leak} {threshold}");
    }
    assert!(report.parameter(Parameter::TauMem).real.after.sd < 0.02);
}

#[test]
fn targets_that_few_circuits_reach_are_reported() {
    let targets = Targets { tau_mem: 0.5, tau_syn: 0.3, ..Targets::default() };
    let calibration = run(&Settings { targets, ..quick() });
    let unreached = |parameter| {
        let failed = calibration.failed().iter().filter(|failed| failed.parameter == parameter);
        failed.filter(|failed| matches!(failed.reason, FailureReason::OutOfReach(value) if value > 0.3)).count()
    };
    assert!(unreached(Parameter::TauMem) > 20 && unreached(Parameter::TauSyn) > 5);
    let working = calibration.pattern().working().count();
    assert_eq!(working + calibration.failed().len(), 512);
    assert_eq!(calibration.report().calibrated, working);
}

#[test]
fn calibrations_come_back_from_their_files() {
    let calibration = run(&Settings { samples: 4, repetitions: 1, ..Settings::default() });
    let text = calibration.to_json();
    assert_eq!(Calibration::from_json(&text).unwrap(), calibration);
    let error = |text: &str| Calibration::from_json(text).unwrap_err();
    assert!(matches!(error("{}"), CalibrationError::File(JsonFileError::Json { .. })));
    assert!(matches!(
        error(&text.replace("\"version\":1", "\"version\":2")),
        CalibrationError::File(JsonFileError::Format { .. })
    ));
    let wrong = text.replacen("\"leak\":80.0", "\"leak\":8.0", 1);
    assert!(error(&wrong).to_string().starts_with("not a calibration: leak is 8; it must be between 50 and 160"));
}

#[test]
fn bad_settings_are_errors() {
    let error =
        |settings: Settings| Calibration::run(&Preset::named("uncalibrated").unwrap(), 1, &settings).unwrap_err();
    let usual = Settings::default();
    assert!(matches!(error(Settings { samples: 0, ..usual }), Bss2Error::Setting { field: "samples", .. }));
    assert!(matches!(error(Settings { repetitions: 70_000, ..usual }), Bss2Error::Setting { .. }));
    let targets = Targets { reset: 300.0, ..Targets::default() };
    assert!(matches!(error(Settings { targets, ..usual }), Bss2Error::Range(_)));
    let read_out = ReadOut { noise: -1.0, ..ReadOut::default() };
    assert!(matches!(error(Settings { read_out, ..usual }), Bss2Error::Setting { .. }));
}
