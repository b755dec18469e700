//! Gradients in files.

use std::path::{Path, PathBuf};

use delgrad::adjoint::{Gradients, Kind, Report};
use delgrad::engine::{AtomicFileError, InputSpike, Spike, write_atomically};
use serde::Serialize;

use super::input_order::InputPlace;
use super::summary::Summary;
use crate::failure::Failure;

/// Where the gradients go.
#[derive(Debug)]
pub enum Out {
    Json(PathBuf),
    /// One .npy file for each kind of parameter.
    Folder(PathBuf),
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
            Some("json") => Ok(Self::Json(path.to_owned())),
            None if path.is_file() => Err(Failure::FileAsFolder { path: path.to_owned() }),
            None => Ok(Self::Folder(path.to_owned())),
            Some(_) => {
                let ending = "json, or be a folder without an ending".to_owned();
                Err(Failure::Ending { option: "--out", path: path.to_owned(), ending })
            }
        }
    }

    pub fn write(&self, summary: &Summary) -> Result<(), Failure> {
        let places = summary.inputs.places(summary.record);
        let columns = columns(summary, &places);
        match self {
            Self::Json(path) => Ok(write_atomically(path, json(summary, &places, columns).as_bytes())?),
            Self::Folder(folder) => {
                let write = |source| AtomicFileError::Write { path: folder.clone(), source };
                std::fs::create_dir_all(folder).map_err(write)?;
                for (name, column) in columns {
                    write_atomically(&folder.join(format!("{name}.npy")), &npy(&column))?;
                }
                Ok(())
            }
        }
    }
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
    let mut columns: Vec<_> = Kind::ALL.iter().map(|kind| (kind.name(), column(*kind))).collect();
    columns.push(("axonal_delay", gradients.axonal_delay(summary.network)));
    columns.push(("dendritic_delay", gradients.dendritic_delay(summary.network)));
    columns
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

/// A column in the format of numpy, version 1.0.
fn npy(column: &[f64]) -> Vec<u8> {
    const ALIGNMENT: usize = 64;
    const BEFORE: usize = 10;
    let mut header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({},), }}", column.len());
    let padding = (BEFORE + header.len() + 1).next_multiple_of(ALIGNMENT) - BEFORE - header.len() - 1;
    header.push_str(&" ".repeat(padding));
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    column.iter().for_each(|number| bytes.extend(number.to_le_bytes()));
    bytes
}
