use super::*;
use crate::Synapse;
use crate::network::synapses::pieces::{Listed, PIECE};
use crate::random::{Purpose, below, stream};

/// Rows are what sorting the whole list gives: by shard, source, delay, target, and order of creation.
#[test]
fn rows_are_those_of_a_sorted_list() {
    let (sources, inputs, targets) = (300, 20, 250);
    let mut rng = stream(1, Purpose::new(1000), 0);
    // few delays and few pairs, so that many are equal; -0 is 0; one source has half of all
    let delays = [0.0, -0.0, 1.5, 0.25, 3.0];
    let mut synapse = |number: usize| {
        let source = if below(&mut rng, 2) == 0 { 7 } else { below(&mut rng, sources) };
        Synapse::new(source, below(&mut rng, targets), number as f64, delays[below(&mut rng, 5) as usize])
    };
    for count in [0, 1, 5, 3 * PIECE + 17] {
        let list: Vec<Synapse> = (0..count).map(&mut synapse).collect();
        for cuts in [&[250][..], &[30, 31, 200, 250]] {
            let shards = cuts.iter().scan(0, |start, &end| Some(std::mem::replace(start, end)..end));
            let shards: Vec<Range<u32>> = shards.collect();
            let shard_of = |target: u32| shards.iter().position(|shard| shard.contains(&target)).unwrap();
            let mut numbers: Vec<usize> = (0..count).collect();
            numbers.sort_by_key(|&number| {
                let Synapse { source, target, delay, .. } = list[number];
                (shard_of(target.0), source, (delay + 0.0).to_bits(), target, number)
            });
            let build = |numbered| {
                let Ok(built) = Synapses::build(&Listed(list.clone()), sources, inputs, shards.clone(), numbered);
                built
            };
            for threads in [1, 3] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                let [built, bare] = [true, false].map(|numbered| pool.install(|| build(numbered)));
                let found: Vec<usize> = built
                    .shards
                    .iter()
                    .flat_map(|shard| shard.numbers.iter().map(|&number| number as usize))
                    .collect();
                assert_eq!(found, numbers);
                for shards in [&built.shards, &bare.shards] {
                    let found = shards.iter().flat_map(|shard| {
                        (0..sources).flat_map(move |source| {
                            shard.row(source).flat_map(move |group| {
                                shard.synapses(group..group + 1).map(move |synapse| {
                                    let target = shard.targets.start + u32::from(shard.local[synapse]);
                                    Synapse::new(
                                        source,
                                        target,
                                        shard.weights.get(source, synapse),
                                        shard.delay(group),
                                    )
                                })
                            })
                        })
                    });
                    assert!(found.eq(numbers.iter().map(|&number| list[number])));
                }
            }
        }
    }
}
