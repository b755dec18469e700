//! Recordings of a user: a folder of WAV files, or a table that names them.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::Failure;
use crate::sound::{gain_to_level, read, trimmed};

/// A sound, and what is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// Name of its file, without the ending.
    pub name: String,
    pub sound: Vec<f32>,
    pub label: Option<String>,
    pub speaker: Option<String>,
}

/// A file that is to be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    file: PathBuf,
    label: Option<String>,
    speaker: Option<String>,
}

/// Reads what a path leads to:
///
/// * a table (CSV) with the column `file` and, if they are known, `label` and `speaker`; files are relative to the table;
/// * a folder with a sub-folder for each class, which holds WAV files;
/// * a folder of WAV files, which have no labels.
///
/// Silence at both ends is cut off and every sound brought to the same level, unless they are to stay `as_they_are`.
pub fn recordings(path: &Path, as_they_are: bool) -> Result<Vec<Recording>, Failure> {
    let named = if path.is_dir() { of_folder(path)? } else { of_table(path)? };
    if named.is_empty() {
        return Err(format!("{} names no WAV file", path.display()).into());
    }
    named
        .into_par_iter()
        .map(|Named { file, label, speaker }| {
            let mut sound = read(&file)?;
            if !as_they_are {
                sound = trimmed(&sound).to_vec();
                let gain = gain_to_level(&sound) as f32;
                sound.iter_mut().for_each(|sample| *sample *= gain);
            }
            let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            Ok(Recording { name, sound, label, speaker })
        })
        .collect()
}

fn of_table(path: &Path) -> Result<Vec<Named>, Failure> {
    let fail = |error: csv::Error| format!("{}: {error}", path.display());
    let mut table = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).map_err(fail)?;
    let header = table.headers().map_err(fail)?.clone();
    let column = |name: &str| header.iter().position(|cell| cell.trim_start_matches('\u{feff}') == name);
    let file = column("file").ok_or_else(|| {
        format!("{}: there is no column file; give file, label and perhaps speaker", path.display())
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let read = |row: Result<csv::StringRecord, csv::Error>| {
        let row = row.map_err(fail)?;
        let cell = |name| column(name).map(|column| row[column].to_owned()).filter(|text| !text.is_empty());
        Ok(Named { file: folder.join(&row[file]), label: cell("label"), speaker: cell("speaker") })
    };
    table.records().map(read).collect()
}

fn of_folder(path: &Path) -> Result<Vec<Named>, Failure> {
    let mut named = Vec::new();
    for entry in entries(path)? {
        if entry.is_dir() {
            let label = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let files = entries(&entry)?.into_iter().filter(|file| is_wav(file));
            named.extend(files.map(|file| Named { file, label: Some(label.clone()), speaker: None }));
        } else if is_wav(&entry) {
            named.push(Named { file: entry, label: None, speaker: None });
        }
    }
    if named.iter().any(|one| one.label.is_some()) && named.iter().any(|one| one.label.is_none()) {
        let found = path.display();
        return Err(
            format!("{found} holds both WAV files and folders of classes; name them in a table instead").into()
        );
    }
    Ok(named)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let fail = |error| format!("cannot read {}: {error}", folder.display());
    let entries = folder.read_dir().map_err(fail)?.map(|entry| entry.map(|entry| entry.path()));
    let mut entries: Vec<PathBuf> = entries.collect::<Result<_, _>>().map_err(fail)?;
    entries.sort();
    Ok(entries)
}

fn is_wav(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("wav"))
}
