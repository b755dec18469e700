use delgrad_engine::InputSpike;
use delgrad_engine::random::stream;
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::purposes;

fn rng(index: u64) -> ChaCha8Rng {
    stream(5, purposes::AUGMENTATION, index)
}

fn config(text: &str) -> AugmentConfig {
    toml::from_str(text).unwrap()
}

/// One spike of each input, a unit apart.
fn row(inputs: u32) -> Sample {
    let spike = |source| InputSpike { time: f64::from(source), source };
    Sample::of_class((0..inputs).map(spike).collect(), 1).read_from(2.0).pause(0.25..0.75)
}

fn applied(change: &AugmentConfig, sample: &Sample, inputs: u32, index: u64) -> Sample {
    let mut changed = sample.clone();
    apply(std::slice::from_ref(change), &mut changed, inputs, &mut rng(index));
    changed
}

fn sources(sample: &Sample) -> Vec<u32> {
    sample.spikes.iter().map(|spike| spike.source).collect()
}

#[test]
fn jitter_is_normal_and_never_before_the_start() {
    let jitter = config("kind = 'jitter'\nsd = 0.5");
    let sample = row(10_000);
    let changed = applied(&jitter, &sample, 10_000, 0);
    let off: Vec<f64> = changed.spikes.iter().map(|spike| spike.time - f64::from(spike.source)).collect();
    let mean = off.iter().sum::<f64>() / 1e4;
    let variance = off.iter().map(|x| x * x).sum::<f64>() / 1e4;
    // standard errors 0.005 and 0.0035; five of them
    assert!(mean.abs() < 0.025 && (variance - 0.25).abs() < 0.0175, "{mean} {variance}");
    assert!(changed.spikes.iter().all(|spike| spike.time >= 0.0));
    assert_eq!((changed.read_from, changed.pause, changed.target), (2.0, Some(0.25..0.75), sample.target));
}

#[test]
fn a_shift_moves_all_inputs_alike() {
    let shift = config("kind = 'shift'\ninputs = 2");
    let sample = row(10);
    let mut counts = [0; 5];
    for index in 0..1000 {
        let changed = applied(&shift, &sample, 10, index);
        let distance = f64::from(changed.spikes[0].source) - changed.spikes[0].time;
        assert!(changed.spikes.iter().all(|spike| f64::from(spike.source) - spike.time == distance));
        assert_eq!(changed.spikes.len(), 10 - distance.abs() as usize);
        counts[(distance + 2.0) as usize] += 1;
    }
    // 200 each, standard deviation 12.6; five of them
    assert!(counts.iter().all(|&count: &i32| (count - 200).abs() < 63), "{counts:?}");

    // bias spikes stay
    assert!((0..50).all(|index| sources(&applied(&shift, &sample, 9, index)).contains(&9)));

    let inner = config("kind = 'shift'\ninputs = 1\nwithin = [2, 4]");
    let found = |index| sources(&applied(&inner, &sample, 10, index));
    let allowed =
        [vec![0, 1, 2, 3, 4, 5, 6, 7, 8, 9], vec![0, 1, 3, 4, 5, 6, 7, 8, 9], vec![0, 1, 2, 3, 5, 6, 7, 8, 9]];
    for wanted in &allowed {
        assert!((0..50).any(|index| found(index) == *wanted), "{wanted:?}");
    }
    assert!((0..50).all(|index| allowed.contains(&found(index))));
}

#[test]
fn drops_lose_their_share() {
    let changed = applied(&config("kind = 'drop'\nprobability = 0.3"), &row(10_000), 10_000, 0);
    // standard deviation 46; five of them
    assert!(changed.spikes.len().abs_diff(7000) < 230, "{}", changed.spikes.len());
}

#[test]
fn a_stretch_takes_all_times_along() {
    let stretch = config("kind = 'stretch'\nmin = 0.5\nmax = 1.5");
    let factors: Vec<f64> = (0..1000).map(|index| applied(&stretch, &row(3), 3, index).spikes[1].time).collect();
    let mean = factors.iter().sum::<f64>() / 1e3;
    // standard error 0.009; five of them
    assert!(factors.iter().all(|factor| (0.5..=1.5).contains(factor)) && (mean - 1.0).abs() < 0.046);
    let changed = applied(&stretch, &row(3), 3, 7);
    let factor = changed.spikes[1].time;
    assert_eq!(changed.spikes[2].time, 2.0 * factor);
    assert_eq!((changed.read_from, changed.pause), (2.0 * factor, Some(0.25 * factor..0.75 * factor)));
    let fixed = config("kind = 'stretch'\nmin = 2\nmax = 2");
    assert_eq!(applied(&fixed, &row(3), 3, 0).spikes[2].time, 4.0);
}

#[test]
fn images_move_with_their_complements() {
    let shift = config("kind = 'image-shift'\nwidth = 3\nheight = 2\npixels = 1");
    // (1, 0) of the image, (2, 1) of its complement
    let spikes = vec![InputSpike { time: 0.0, source: 1 }, InputSpike { time: 1.0, source: 6 + 5 }];
    let sample = Sample::of_class(spikes, 0);
    let found = |inputs, index| {
        let changed = applied(&shift, &sample, inputs, index);
        changed.spikes.iter().map(|spike| (spike.time as u32, spike.source)).collect::<Vec<_>>()
    };
    let mut seen: Vec<_> = (0..200).map(|index| found(12, index)).collect();
    seen.sort();
    seen.dedup();
    // (dx, dy), dy = -1: the first leaves, dx = 1 or dy = 1: the second leaves
    let expected = [
        vec![],
        vec![(0, 0), (1, 6 + 4)],
        vec![(0, 1), (1, 6 + 5)],
        vec![(0, 2)],
        vec![(0, 3)],
        vec![(0, 4)],
        vec![(0, 5)],
        vec![(1, 6 + 1)],
        vec![(1, 6 + 2)],
    ];
    assert_eq!(seen, expected);
    // bias spikes stay
    let mut biased = sample.clone();
    biased.spikes.push(InputSpike { time: 2.0, source: 12 });
    assert!((0..50).all(|index| sources(&applied(&shift, &biased, 12, index)).last() == Some(&12)));
}

#[test]
fn says_what_is_wrong() {
    let error = |text: &str| config(text).validate_for(10, None).unwrap_err().to_string();
    assert_eq!(error("kind = 'jitter'\nsd = 0"), "augment.sd is 0; it must be a finite number above 0");
    assert_eq!(
        error("kind = 'shift'\ninputs = 0"),
        "augment.inputs is 0; it must be a whole number between 1 and 2^20"
    );
    assert_eq!(
        error("kind = 'shift'\ninputs = 1\nwithin = [5, 2]"),
        "augment.within is [5, 2]; its first input must not be after its last"
    );
    assert_eq!(
        error("kind = 'shift'\ninputs = 1\nwithin = [2, 10]"),
        "augment.within is [2, 10]; with 10 inputs, counted from 0, both must be below 10"
    );
    assert!(error("kind = 'drop'\nprobability = 1").starts_with("augment.probability is 1; it must be above 0"));
    assert!(error("kind = 'stretch'\nmin = 0\nmax = 1").starts_with("augment.min is 0"));
    assert!(error("kind = 'stretch'\nmin = 1\nmax = 0.5").starts_with("augment.max is 0.5"));
    let image = |rest: &str| error(&format!("kind = 'image-shift'\n{rest}"));
    assert!(image("width = 0\nheight = 2\npixels = 1").starts_with("augment.width is 0"));
    assert!(image("width = 5\nheight = 2\npixels = 0").starts_with("augment.pixels is 0"));
    assert!(
        image("width = 6\nheight = 2\npixels = 1").starts_with("augment.width and augment.height are 6 and 2")
    );
    assert_eq!(
        image("width = 4\nheight = 2\npixels = 1"),
        "augment.width and augment.height are 4 and 2, which makes 8 pixels; the samples have 10 inputs, which is neither \
         one such image nor two"
    );
    let shift = config("kind = 'image-shift'\nwidth = 5\nheight = 2\npixels = 1");
    assert!([None, Some([5, 2])].into_iter().all(|image| shift.validate_for(10, image).is_ok()));
    assert_eq!(
        shift.validate_for(10, Some([2, 5])).unwrap_err().to_string(),
        "augment.width and augment.height are 5 and 2, but the images are 2 pixels wide and 5 high"
    );
    let mut shift = config("kind = 'image-shift'\npixels = 1");
    assert!(
        shift.validate_for(10, None).unwrap_err().to_string().contains("do not say how large their images are")
    );
    shift.fit(Some([5, 2]));
    shift.validate_for(10, Some([5, 2])).unwrap();
    assert_eq!(shift, config("kind = 'image-shift'\nwidth = 5\nheight = 2\npixels = 1"));
    let unknown = toml::from_str::<AugmentConfig>("kind = 'drop'\nprobability = 0.1\nsd = 1").unwrap_err();
    assert!(unknown.to_string().contains("unknown field `sd`"));
}

/// All kinds, one after the other.
fn all() -> Vec<AugmentConfig> {
    let texts = [
        "kind = 'jitter'\nsd = 0.7",
        "kind = 'shift'\ninputs = 3\nwithin = [1, 20]",
        "kind = 'drop'\nprobability = 0.1",
        "kind = 'stretch'\nmin = 0.8\nmax = 1.25",
        "kind = 'image-shift'\nwidth = 4\nheight = 3\npixels = 2",
    ];
    texts.map(config).to_vec()
}

#[test]
fn value_stability() {
    let mut sample = row(12);
    apply(&all(), &mut sample, 24, &mut rng(2));
    let found: Vec<(f64, u32)> = sample.spikes.iter().map(|spike| (spike.time, spike.source)).collect();
    assert_eq!(found, [(0.7429028835616777, 9), (3.5910965129463697, 10), (4.658790251957234, 11)]);
    for change in all() {
        let text = toml::to_string(&change).unwrap();
        assert_eq!(config(&text), change);
    }
}

proptest! {
    #[test]
    fn order_and_bounds_are_kept(
        spikes in prop::collection::vec((0.0..20.0, 0_u32..24), 0..60),
        chosen in prop::collection::vec(0_usize..5, 0..6),
        index: u64,
    ) {
        let spikes: Vec<_> = spikes.into_iter().map(|(time, source)| InputSpike { time, source }).collect();
        let sample = Sample::of_class(spikes, 3).read_from(4.0);
        let changes: Vec<AugmentConfig> = chosen.iter().map(|&kind| all()[kind].clone()).collect();
        let mut changed = sample.clone();
        apply(&changes, &mut changed, 24, &mut rng(index));
        prop_assert!(changed.spikes.is_sorted_by(|a, b| (a.time, a.source) <= (b.time, b.source)));
        prop_assert!(changed.spikes.iter().all(|spike| spike.source < 24 && spike.time >= 0.0 && spike.time.is_finite()));
        prop_assert!(changed.spikes.len() <= sample.spikes.len());
        prop_assert_eq!(&changed.target, &sample.target);
        let mut again = sample.clone();
        apply(&changes, &mut again, 24, &mut rng(index));
        prop_assert_eq!(again, changed.clone());
        if changes.is_empty() {
            prop_assert_eq!(changed, sample);
        }
    }
}
