//! Words spoken by espeak-ng and flite.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::{NamedTempFile, TempDir};

use crate::Failure;
use crate::digits::Utterance;
use crate::sound;
use crate::voices::{Synthesiser, all};

/// The two programs, found and asked for their voices.
pub struct Speech {
    folder: TempDir,
}

impl Speech {
    /// Finds the programs.
    ///
    /// espeak-ng takes its usual voice in place of one that it does not know, and says nothing: so its list is looked through first.
    pub fn find() -> Result<Self, Failure> {
        let espeak = listed("espeak-ng", "--voices=variant")?;
        let flite = listed("flite", "-lv")?;
        for voice in all() {
            let known = match voice.synthesiser {
                Synthesiser::Espeak { .. } => {
                    espeak.split_whitespace().any(|word| word == format!("!v/{}", voice.name))
                }
                Synthesiser::Flite => flite.split_whitespace().any(|word| word == voice.name),
            };
            if !known {
                let what = voice.speaker();
                return Err(format!(
                    "there is no voice {what}; install espeak-ng 1.51 or later and flite 2.2 or later"
                )
                .into());
            }
        }
        Ok(Self { folder: tempfile::tempdir()? })
    }

    /// A word as it is spoken.
    pub fn speak(&self, utterance: &Utterance) -> Result<Vec<f32>, Failure> {
        let file = NamedTempFile::with_suffix_in(".wav", self.folder.path())?;
        run(command(utterance, file.path()))?;
        sound::read(file.path())
    }
}

/// What speaks a word into a file.
fn command(utterance: &Utterance, file: &Path) -> Command {
    let Utterance { voice, speed, pitch, .. } = utterance;
    let text = utterance.text();
    let mut command;
    match voice.synthesiser {
        Synthesiser::Espeak { english } => {
            let language = if utterance.german() { "de" } else { english };
            command = Command::new("espeak-ng");
            command.arg("-v").arg(format!("{language}+{}", voice.name));
            command.arg("-s").arg(speed.to_string()).arg("-p").arg(pitch.to_string());
            // the text is UTF-8, whatever the locale
            command.args(["-b", "1", "-w"]).arg(file).arg("--").arg(text);
        }
        Synthesiser::Flite => {
            /// Words a minute at which flite speaks by itself, roughly.
            const USUAL: f64 = 160.0;
            command = Command::new("flite");
            command.arg("-voice").arg(voice.name);
            command.arg("--setf").arg(format!("duration_stretch={:.3}", USUAL / f64::from(*speed)));
            command.arg("--setf").arg(format!("f0_shift={:.3}", 1.0 + 0.01 * (f64::from(*pitch) - 50.0)));
            command.arg("-t").arg(text).arg("-o").arg(file);
        }
    }
    command
}

/// What a program says of its voices.
fn listed(program: &str, argument: &str) -> Result<String, Failure> {
    let mut command = Command::new(program);
    command.arg(argument);
    run(command)
}

/// Runs a program that must succeed, and gives what it says.
fn run(mut command: Command) -> Result<String, Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            format!("{program} is missing; install it, on Debian with `apt install espeak-ng flite`")
        }
        _ => format!("{program} cannot be run: {error}"),
    })?;
    if !output.status.success() {
        return Err(format!("{program} failed: {}", String::from_utf8_lossy(&output.stderr).trim()).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
