//! Speech as spikes: a cochlea, and a set of *synthetic* spoken digits in the form of the Heidelberg sets.
//!
//! ```console
//! $ cargo run --release --example cochlea -- digits data/spoken-digits
//! $ cargo run --release --example cochlea -- convert my-words.csv my-words.npz
//! ```
//!
//! `digits` has espeak-ng and flite speak the digits, and writes train.npz and test.npz, and train.h5 and test.h5 with the same
//! spikes. `convert` turns WAV files of your own into spikes. The book has a page on both, "Synthetic spoken digits".
//!
//! A sound goes through `filter_bank`, `hair_cell` and `neuron`, which `ear` puts in a row.

mod digits;
mod ear;
mod filter_bank;
mod hair_cell;
mod neuron;
mod output;
mod recording;
mod sound;
mod speech;
#[cfg(test)]
mod tests;
mod voices;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use rayon::prelude::*;

use digits::WORDS;
use ear::{Ear, EarOptions, TICK};
use output::Sample;
use recording::Recording;
use speech::Speech;
use voices::{Part, Voice};

/// What went wrong, with the remedy.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Speech as spikes, through a cochlea.
#[derive(Parser)]
#[command(name = "cochlea")]
enum Command {
    /// Makes the synthetic spoken digits with espeak-ng and flite.
    Digits {
        /// Where the files go; it is created.
        folder: PathBuf,
        /// Samples to train on.
        #[arg(long, default_value_t = 3000, value_parser = clap::value_parser!(u32).range(1..))]
        train: u32,
        /// Samples to test on, all of other voices.
        #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
        test: u32,
        /// Seed of all draws.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Also writes what the cochlea hears, as WAV files with a table, into train-wav and test-wav.
        #[arg(long)]
        wav: bool,
        #[command(flatten)]
        ear: EarOptions,
    },
    /// Turns WAV files into spikes.
    Convert {
        /// A table (CSV) with the column file and, if they are known, label and speaker; or a folder with a sub-folder for each class; or
        /// a folder of files without labels.
        from: PathBuf,
        /// The file of spikes: .npz, or .h5 in the layout of the Heidelberg sets.
        to: PathBuf,
        /// Neither cuts off silence at both ends nor brings sounds to the same level.
        #[arg(long)]
        as_is: bool,
        #[command(flatten)]
        ear: EarOptions,
    },
}

fn main() -> ExitCode {
    match run(Command::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Digits { folder, train, test, seed, wav, ear } => {
            let speech = Speech::find()?;
            std::fs::create_dir_all(&folder)?;
            let ear = Ear::new(&ear);
            let classes: Vec<String> = WORDS.map(str::to_owned).into();
            let speakers: Vec<String> = voices::all().map(Voice::speaker).collect();
            for (part, name, samples) in [(Part::Train, "train", train), (Part::Test, "test", test)] {
                let recordings = digits::record(part, seed, samples, &speech)?;
                if wav {
                    write_sounds(&folder.join(format!("{name}-wav")), &recordings)?;
                }
                let heard = hear(&ear, &recordings);
                for ending in ["npz", "h5"] {
                    output::write(&folder.join(format!("{name}.{ending}")), &heard, &classes, &speakers)?;
                }
                println!("{name}: {}", summary(&recordings, &heard));
            }
            Ok(())
        }
        Command::Convert { from, to, as_is, ear } => {
            let recordings = recording::recordings(&from, as_is)?;
            let heard = hear(&Ear::new(&ear), &recordings);
            let names = |of: fn(&Sample) -> Option<&String>| -> Vec<String> {
                heard.iter().filter_map(of).collect::<BTreeSet<_>>().into_iter().cloned().collect()
            };
            let (classes, speakers) =
                (names(|sample| sample.label.as_ref()), names(|sample| sample.speaker.as_ref()));
            output::write(&to, &heard, &classes, &speakers)?;
            println!("{}", summary(&recordings, &heard));
            Ok(())
        }
    }
}

fn hear(ear: &Ear, recordings: &[Recording]) -> Vec<Sample> {
    recordings.par_iter().map(|recording| Sample::new(ear.hear(&recording.sound), recording)).collect()
}

/// How many samples, how long, and how many spikes.
fn summary(recordings: &[Recording], heard: &[Sample]) -> String {
    let count = heard.len();
    let seconds: f64 =
        recordings.iter().map(|one| one.sound.len() as f64 / sound::RATE).sum::<f64>() / count as f64;
    let spikes = heard.iter().map(|sample| sample.spikes.len()).sum::<usize>() / count;
    let last = heard.iter().filter_map(|sample| sample.spikes.last()).map(|spike| spike.tick).max();
    let last = f64::from(last.unwrap_or(0)) * TICK;
    format!("{count} samples of {seconds:.2} s on average, {spikes} spikes each, the last one at {last:.3} s")
}

/// Writes sounds and the table that `convert` reads.
fn write_sounds(folder: &Path, recordings: &[Recording]) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)?;
    let mut table = csv::Writer::from_path(folder.join("table.csv"))?;
    table.write_record(["file", "label", "speaker"])?;
    for Recording { name, sound, label, speaker } in recordings {
        let file = format!("{name}.wav");
        sound::write(&folder.join(&file), sound)?;
        let [label, speaker] = [label, speaker].map(|text| text.as_deref().unwrap_or_default());
        table.write_record([&file, label, speaker])?;
    }
    Ok(table.flush()?)
}
