//! Gradients in files.

use std::path::{Path, PathBuf};

use delgrad::adjoint::{Gradients, Kind, Report};
use delgrad::engine::{InputSpike, Spike};
use delgrad::files::{AtomicFile, AtomicFileError, npy};
use serde::Serialize;

use super::input_order::{InputPlace, places};
use super::summary::Summary;
use crate::failure::Failure;
use crate::files;

/// Where the gradients go: files opened before the work.
#[derive(Debug)]
pub enum Out {
    Json(AtomicFile),
    /// One .npy file for each kind of parameter.
    Folder(Vec<AtomicFile>, MadeFolder),
}

#[derive(Serialize)]
struct File<'a> {
    network: &'a str,
    until: f64,
    input_spikes: Vec<InputSpike>,
    spikes: &'a [Spike],
    cotangents: &'a [f64],
    observables: &'a [f64],
    gradient: serde_json::Map<String, serde_json::Value>,
    report: ReportFile<'a>,
}

#[derive(Serialize)]
struct ReportFile<'a> {
    grazing: &'a [usize],
    unexplained: &'a [usize],
    unbounded: usize,
    dropped: &'a [u32],
    silent: usize,
}

impl Out {
    pub fn new(path: &Path) -> Result<Self, Failure> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("json") => Ok(Self::Json(AtomicFile::create(path)?)),
            None if path.is_file() => Err(Failure::FileAsFolder { path: path.to_owned() }),
            None => {
                let write = |source| AtomicFileError::Write { path: path.to_owned(), source };
                let made = MadeFolder::new(path).map_err(write)?;
                let file = |name| Ok(AtomicFile::create(&path.join(format!("{name}.npy")))?);
                Ok(Self::Folder(names().map(file).collect::<Result<_, Failure>>()?, made))
            }
            Some(_) => {
                let ending = "json, or be a folder without an ending".to_owned();
                Err(Failure::Ending { option: "--out", path: path.to_owned(), ending })
            }
        }
    }

    pub fn write(self, summary: &Summary) -> Result<(), Failure> {
        let places = places(summary.inputs, summary.record);
        let columns = columns(summary, &places);
        let written: Vec<Result<AtomicFile, Failure>> = match self {
            Self::Json(file) => vec![files::written(file, json(summary, &places, columns).as_bytes())],
            Self::Folder(files, _made) => {
                let files = files.into_iter().zip(&columns);
                files.map(|(file, (_, column))| files::written(file, &npy(column))).collect()
            }
        };
        files::commit(written).map(drop)
    }
}

/// The folder of the files, removed if nothing came into it.
#[derive(Debug)]
pub struct MadeFolder(Option<PathBuf>);

impl MadeFolder {
    fn new(path: &Path) -> std::io::Result<Self> {
        let made = (!path.exists()).then(|| path.to_owned());
        std::fs::create_dir_all(path)?;
        Ok(Self(made))
    }
}

impl Drop for MadeFolder {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // succeeds only if it is empty
            let _ = std::fs::remove_dir(path);
        }
    }
}

/// Names of the columns.
fn names() -> impl Iterator<Item = &'static str> {
    Kind::ALL.iter().map(|kind| kind.name()).chain(["axonal_delay", "dendritic_delay"])
}

/// Every kind of gradient by its name.
fn columns(summary: &Summary, places: &[InputPlace]) -> Vec<(&'static str, Vec<f64>)> {
    let gradients: &Gradients = summary.gradients;
    let column = |kind: Kind| match kind {
        // A spike after the end has no effect.
        Kind::InputTime => {
            places.iter().map(|(_, place)| place.map_or(0.0, |place| gradients.input_time[place])).collect()
        }
        kind => kind.column(gradients),
    };
    let mut columns: Vec<Vec<f64>> = Kind::ALL.iter().map(|kind| column(*kind)).collect();
    columns.push(gradients.axonal_delay(summary.network));
    columns.push(gradients.dendritic_delay(summary.network));
    names().zip(columns).collect()
}

fn json(summary: &Summary, places: &[InputPlace], columns: Vec<(&'static str, Vec<f64>)>) -> String {
    let Report { grazing, unexplained, unbounded, dropped, silent } = &summary.gradients.report;
    let file = File {
        network: &summary.source.name,
        until: summary.record.until(),
        input_spikes: places.iter().map(|(spike, _)| *spike).collect(),
        spikes: summary.record.spikes(),
        cotangents: &summary.cotangents.all.spikes,
        observables: summary.values,
        gradient: columns.into_iter().map(|(name, column)| (name.to_owned(), column.into())).collect(),
        report: ReportFile { grazing, unexplained, unbounded: *unbounded, dropped, silent: *silent },
    };
    // Numbers and names alone: there is nothing that could not be written.
    serde_json::to_string(&file).unwrap_or_default() + "\n"
}

/// A column in the format of numpy.
fn npy(column: &[f64]) -> Vec<u8> {
    let mut bytes = npy::header(&[column.len() as u64]);
    column.iter().for_each(|number| bytes.extend(number.to_le_bytes()));
    bytes
}
