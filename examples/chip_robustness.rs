//! Do delays make networks robust on the chip?
//!
//! Trains the network of `bss2-yin-yang` in the loop with and without its delays, on several chips, with the variation and noise of
//! DelGrad's hardware-aware model from none to three times theirs. Prints a table and draws `chip-robustness.svg`. Two numbers
//! set how many chips (10) and how many epochs (100); that takes about ten minutes on two cores.
//!
//! ```console
//! cargo run --release --example chip_robustness -- 10 100
//! ```

use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;

use delgrad::experiments;
use delgrad::neuron::statistics::{mean, sample_sd};
use delgrad::train::experiment::Experiment;
use delgrad::train::learn::fit;
use delgrad::train::run::Setup;
use plotters::prelude::*;
use rayon::prelude::*;

const STRENGTHS: [f64; 6] = [0.0, 0.5, 1.0, 1.5, 2.0, 3.0];
/// With its delays; without them.
const VARIANTS: [(&str, &[&str]); 2] =
    [("weights and delays", &[]), ("weights alone", &["layers.0.delays", "layers.1.delays"])];
const PICTURE: &str = "chip-robustness.svg";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let chips: u64 = arguments.next().unwrap_or_else(|| "10".to_owned()).parse()?;
    let epochs: u32 = arguments.next().unwrap_or_else(|| "100".to_owned()).parse()?;

    println!("test accuracy in %, mean and standard deviation over {chips} chips, {epochs} epochs");
    println!("{:>9} {:>22} {:>22}", "strength", VARIANTS[0].0, VARIANTS[1].0);
    let mut curves = [const { Vec::new() }; VARIANTS.len()];
    for strength in STRENGTHS {
        print!("{strength:>9}");
        for ((_, removed), curve) in VARIANTS.iter().zip(&mut curves) {
            let seeds: Vec<u64> = (1..=chips).collect();
            let train = |seed: &u64| accuracy(strength, removed, *seed, epochs).map_err(|error| error.to_string());
            let accuracies: Vec<f64> = seeds.par_iter().with_max_len(1).map(train).collect::<Result<_, _>>()?;
            let (mean, sd) = mean_and_sd(&accuracies);
            let worst = accuracies.iter().copied().fold(f64::INFINITY, f64::min);
            print!("  {mean:>6.2} +- {sd:4.2} ({worst:5.1})");
            curve.push((strength, mean, sd));
        }
        println!();
    }
    draw(&curves)?;
    println!("drawn: {PICTURE}");
    Ok(())
}

/// Test accuracy in per cent after training in the loop on one chip, five times with other noise.
fn accuracy(strength: f64, removed: &[&str], seed: u64, epochs: u32) -> Result<f64, Box<dyn Error>> {
    let built_in = experiments::find("bss2-yin-yang").expect("built in");
    let mut overrides = vec![
        ("seed".to_owned(), seed.to_string()),
        ("chip.seed".to_owned(), seed.to_string()),
        ("chip.strength".to_owned(), strength.to_string()),
        ("training.epochs".to_owned(), epochs.to_string()),
    ];
    overrides.extend(removed.iter().map(|key| ((*key).to_owned(), "[]".to_owned())));
    let setup = Setup::new(Experiment::parse(built_in.name, built_in.toml, &overrides)?, Path::new("."))?;
    let mut trainer = setup.trainer()?;
    let training = &setup.experiment.training;
    let parts = &setup.dataset.parts;
    let run = fit(&mut trainer, &setup.dataset, training, seed, |_| ControlFlow::Continue(()))?;
    trainer.set_parameters(&run.kept(training.keep).parameters)?;
    // five times the test samples, each with noise of its own
    let five: Vec<u32> = (0..5).flat_map(|_| 0..parts.test.len() as u32).collect();
    Ok(100.0 * trainer.evaluate(&parts.test.select(&five))?.accuracy)
}

fn mean_and_sd(values: &[f64]) -> (f64, f64) {
    (mean(values).unwrap_or(f64::NAN), sample_sd(values).unwrap_or(0.0))
}

/// Mean with a band of one standard deviation, for each variant.
fn draw(curves: &[Vec<(f64, f64, f64)>]) -> Result<(), Box<dyn Error>> {
    let area = SVGBackend::new(PICTURE, (640, 420)).into_drawing_area();
    area.fill(&WHITE)?;
    let lowest = curves.iter().flatten().map(|(_, mean, sd)| mean - sd).fold(100.0, f64::min);
    let mut chart = ChartBuilder::on(&area)
        .margin(16)
        .x_label_area_size(44)
        .y_label_area_size(56)
        .build_cartesian_2d(0.0..3.0, (lowest - 8.0).max(0.0)..100.0)?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .x_desc("variation and noise, in units of DelGrad's")
        .y_desc("test accuracy [%]")
        .label_style(("sans-serif", 15))
        .draw()?;
    for ((name, _), (curve, colour)) in
        VARIANTS.iter().zip(curves.iter().zip([RGBColor(31, 119, 180), RGBColor(214, 96, 40)]))
    {
        let upper = curve.iter().map(|(x, mean, sd)| (*x, (mean + sd).min(100.0)));
        let lower = curve.iter().rev().map(|(x, mean, sd)| (*x, mean - sd));
        chart.draw_series([Polygon::new(upper.chain(lower).collect::<Vec<_>>(), colour.mix(0.18).filled())])?;
        let line =
            LineSeries::new(curve.iter().map(|(x, mean, _)| (*x, *mean)), colour.stroke_width(2)).point_size(3);
        chart
            .draw_series(line)?
            .label(*name)
            .legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 14, y + 5)], colour.filled()));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerLeft)
        .label_font(("sans-serif", 15))
        .background_style(WHITE)
        .draw()?;
    Ok(area.present()?)
}
