//! Fits the mismatch of the chip W66F3 to its recordings, writes the preset and draws the comparison.
//!
//! It needs DelGrad's public recordings in `../shared/reference`, takes some minutes for the synapses, and prints what each
//! kind of mismatch explains, measured on samples that it was not fitted to:
//!
//! ```console
//! $ cargo run --release -p delgrad-bss2 --example w66
//! ```

mod pictures;
mod preset;
#[path = "../../tests/recordings/w66.rs"]
mod w66;

use std::path::Path;

use delgrad_bss2::fit::{Agreement, Fit, FitOptions, Mismatch, fit};

use w66::{FITTED, networks};

/// What is fitted, with the standard deviations of calibrated circuits.
fn kinds() -> Vec<(&'static str, FitOptions)> {
    let both = FitOptions::default();
    let thresholds = FitOptions { latencies: None, ..both.clone() };
    vec![
        ("thresholds", thresholds.clone()),
        ("thresholds, one latency", FitOptions { latencies: Some(0.001), ..both.clone() }),
        ("thresholds, latencies", both.clone()),
        ("... and inhibition", FitOptions { inhibition: Some(0.05), ..both.clone() }),
        ("... and time constants", FitOptions { taus: Some(0.05), ..both.clone() }),
        ("... and delay offsets", FitOptions { delay_offsets: Some(0.05), ..both.clone() }),
        (
            "... and all of these",
            FitOptions { inhibition: Some(0.05), taus: Some(0.05), delay_offsets: Some(0.05), ..both.clone() },
        ),
        ("... and synapses", FitOptions { synapses: Some(0.1), ..both }),
        ("thresholds, synapses", FitOptions { synapses: Some(0.1), ..thresholds }),
    ]
}

fn line(what: &str, a: &Agreement) {
    let Agreement { sigma, rms, same_class, missing, extra, .. } = a;
    println!("| {what} | {sigma:.4} | {rms:.4} | {:.1} % | {missing} | {extra} |", 100.0 * same_class);
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut preset, mut panels) = (preset::HEADER.to_owned(), Vec::new());
    for case in networks() {
        let Some(recording) = case.recording() else { return Ok(()) };
        let (fitted, held_out) = recording.split(FITTED);
        println!("\n{}\n\n| fitted | sigma | rms | same class | missing | extra |", case.name);
        line("nothing", &Mismatch::default().evaluate(&case.network, &case.chip, &held_out)?);
        let mut fits: Vec<Fit> = Vec::new();
        for (what, options) in kinds() {
            let found = fit(&case.network, &case.chip, &fitted, &options)?;
            line(what, &found.mismatch.evaluate(&case.network, &case.chip, &held_out)?);
            fits.push(found);
        }
        if case.name == "axonal" {
            let found = fit(&case.network, &case.rounded, &fitted, &FitOptions::default())?.mismatch;
            line(
                "thresholds, latencies; unrounded delays",
                &found.evaluate(&case.network, &case.rounded, &held_out)?,
            );
        }
        let chosen = preset::rounded(&fits[2].mismatch);
        let after = chosen.evaluate(&case.network, &case.chip, &held_out)?;
        preset += &preset::entry(case.name, &chosen, &after, &fits[6].mismatch, &fits[7].mismatch)?;
        let ideal = Mismatch::default().twin(&case.network, &case.chip)?.forward(held_out.inputs())?;
        let model = chosen.twin(&case.network, &case.chip)?.forward(held_out.inputs())?;
        panels.push(pictures::Panel::new(case.name, &held_out, [&ideal, &model]));
    }
    if panels.is_empty() {
        return Ok(());
    }
    std::fs::write(root.join("data/w66-recordings.toml"), preset)?;
    let images = root.join("../../docs/src/images");
    pictures::histograms(&images.join("chip-residuals.svg"), &panels)?;
    pictures::scatter(&images.join("chip-times.svg"), &panels)?;
    Ok(())
}
