use std::sync::LazyLock;

use delgrad_engine::{InputSpike, Network};
use delgrad_engine::files::NetworkFile;

/// Both kinds of neurons that the windowed executor tells apart, inputs given and generated.
///
/// No random source: a changed count of spikes taken from one would have that many drawn.
const TEXT: &str = r#"
    format = "delgrad-engine-network"
    version = 1

    [[sources]]
    name = "given"
    size = 1

    [[sources]]
    name = "listed"
    size = 1
    kind = "times"
    times = [[1.0, 2.0, 6.5]]

    [[populations]]
    name = "summed"
    size = 2
    threshold = 0.5
    refractory = 0.5
    bias = 1.0

    [[populations]]
    name = "stepped"
    size = 2
    model = "delta-lif"
    max-spikes = 5

    [[projections]]
    from = "given"
    to = "summed"
    rule = "all-to-all"
    weight = 0.5
    delay = 0.25

    [[projections]]
    from = "listed"
    to = "stepped"
    rule = "all-to-all"
    weight = 1.5

    [[projections]]
    from = "summed"
    to = "stepped"
    rule = "all-to-all"
    weight = 0.7
    delay = { uniform = { low = 0.5, high = 3.0 } }

    [[projections]]
    from = "stepped"
    to = "summed"
    rule = "all-to-all"
    weight = -0.5
    delay = 0.75
"#;

/// A network whose runs are short.
pub fn small_network() -> &'static Network {
    static NETWORK: LazyLock<Network> = LazyLock::new(|| {
        let file = NetworkFile::parse_toml(TEXT).expect("the text is valid");
        file.network().expect("the text is valid")
    });
    &NETWORK
}

/// Its input spikes.
pub fn given() -> Vec<InputSpike> {
    (0..12).map(|n| InputSpike { time: 0.75 * f64::from(n), source: 0 }).collect()
}
