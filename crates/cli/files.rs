//! Files that one call reads and writes.

use std::path::{Path, PathBuf};

use delgrad::files::{AtomicFile, commit_all, destination};
use delgrad::train::run::{CONFIG_FILE, LAST_NETWORK_FILE, METRICS_FILE, NETWORK_FILE, SUMMARY_FILE};

use crate::endings;
use crate::failure::Failure;

/// An option, and the path that it was given.
pub type Given<'a> = (&'static str, Option<&'a Path>);

/// An error where two outputs are one file, or an output is a file that is read, by whatever spellings or links.
pub fn check(outputs: &[Given], inputs: &[Given]) -> Result<(), Failure> {
    let mut known: Vec<(&'static str, PathBuf)> = Vec::new();
    let inputs: Vec<(&str, PathBuf)> = inputs.iter().flat_map(read).collect();
    for &(option, path) in outputs {
        // one that cannot be written is told by its writer
        let Some((path, place)) = path.and_then(|path| Some((path, destination(path).ok()?))) else { continue };
        if let Some((first, _)) = known.iter().find(|(_, other)| *other == place) {
            return Err(Failure::SameFile { first, second: option, path: path.to_owned() });
        }
        if let Some((input, _)) = inputs.iter().find(|(_, other)| *other == place) {
            let input = (*input).to_owned();
            return Err(Failure::OverInput { option, path: path.to_owned(), input });
        }
        known.push((option, place));
    }
    Ok(())
}

/// The files behind an input: itself, or those of a run.
fn read<'a>(&(option, path): &Given<'a>) -> Vec<(&'static str, PathBuf)> {
    let Some(path) = path else { return Vec::new() };
    let files = match path.is_dir() {
        true => [CONFIG_FILE, METRICS_FILE, SUMMARY_FILE, NETWORK_FILE, LAST_NETWORK_FILE]
            .map(|name| path.join(name))
            .to_vec(),
        false => vec![path.to_owned()],
    };
    files.iter().filter_map(|file| Some((option, destination(file).ok()?))).collect()
}

/// The name of a file or folder without its ending.
pub fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(|| path.display().to_string(), |stem| stem.to_string_lossy().into_owned())
}

/// The folder of a file: where relative paths in it start.
pub fn folder(path: &Path) -> PathBuf {
    path.parent().map_or_else(PathBuf::new, Path::to_owned)
}

/// The files of `--out` and `--plot`, opened before the work: a place that cannot be written is found out in time.
#[derive(Debug)]
pub struct OutAndPlot {
    out: Option<AtomicFile>,
    plot: Option<AtomicFile>,
}

impl OutAndPlot {
    /// `endings` are those of `--out`.
    pub fn open(
        out: Option<&Path>,
        endings: &'static [&'static str],
        plot: Option<&Path>,
        inputs: &[Given],
    ) -> Result<Self, Failure> {
        endings::check("--out", out, endings)?;
        endings::check("--plot", plot, &["svg"])?;
        check(&[("--out", out), ("--plot", plot)], inputs)?;
        Ok(Self { out: out.map(AtomicFile::create).transpose()?, plot: plot.map(AtomicFile::create).transpose()? })
    }

    /// Writes both, and says which there are. One that cannot be written does not take the other one with it.
    pub fn write(
        self,
        out: impl FnOnce(&Path) -> String,
        plot: impl FnOnce() -> Result<Option<String>, Failure>,
    ) -> Result<Vec<PathBuf>, Failure> {
        let out = self.out.map(|file| {
            let text = out(file.path());
            written(file, text.as_bytes())
        });
        let plot = self.plot.and_then(|file| {
            let drawn = plot().transpose()?;
            Some(drawn.and_then(|svg| written(file, svg.as_bytes())))
        });
        commit(out.into_iter().chain(plot))
    }
}

/// A file with all its bytes, which lacks its name.
pub fn written(mut file: AtomicFile, bytes: &[u8]) -> Result<AtomicFile, Failure> {
    file.write_bytes(bytes)?;
    Ok(file)
}

/// Gives complete files their names, and says which there are, or which there are in spite of the first failure.
pub fn commit(files: impl IntoIterator<Item = Result<AtomicFile, Failure>>) -> Result<Vec<PathBuf>, Failure> {
    let (mut complete, mut failure) = (Vec::new(), None);
    for file in files {
        match file {
            Ok(file) => complete.push(file),
            Err(error) => drop(failure.get_or_insert(error)),
        }
    }
    let paths: Vec<PathBuf> = complete.iter().map(|file| file.path().to_owned()).collect();
    commit_all(complete)?;
    match failure {
        None => Ok(paths),
        Some(failure) if paths.is_empty() => Err(failure),
        Some(failure) => {
            let saved: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
            Err(Failure::Partly { failure: Box::new(failure), saved: saved.join(", ") })
        }
    }
}

/// What the summary of a command says of its files.
pub fn saved(files: &[PathBuf]) -> String {
    files.iter().map(|path| format!("saved {}\n", path.display())).collect()
}
