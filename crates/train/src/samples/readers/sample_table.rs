use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::array::Array;
use super::arrays::{Arrays, is_numpy, single};
use super::classes::{classified, known_classes};
use super::long_table::{Row, read_rows};
use super::{FileProblem, Request};
use crate::TrainError;
use crate::samples::Target;

/// How to give labels that are missing.
const GIVE: &str = "give each sample one in the file, or set labels in [data]";

/// What files say of samples, by their numbers.
#[derive(Debug, Default, PartialEq)]
pub(super) struct SampleTable {
    /// Whether there are labels at all.
    labelled: bool,
    labels: BTreeMap<u32, String>,
    groups: BTreeMap<u32, String>,
}

impl SampleTable {
    /// From the file of labels, if there is one: a table with the columns sample and label, and one of what samples are grouped by;
    /// or an array with the labels of all samples in their order. What it says of groups comes before what is known already.
    pub fn read(request: &Request<'_>, known: Self) -> Result<Self, TrainError> {
        let Some(path) = &request.files.labels else { return Ok(known) };
        let mut table = Self { labelled: true, ..Self::default() };
        if is_numpy(path)? {
            let labels = single(path)?.labels().map_err(|problem| problem.of(path))?;
            table.labels = (0..).zip(labels).map(|(sample, label)| (sample, label.unwrap_or_default())).collect();
            return Ok(Self { groups: known.groups, ..table });
        }
        let group = request.group_by();
        let optional: Vec<&str> = group.into_iter().collect();
        read_rows(path, request.options.separator, &["sample", "label"], &optional, |row| {
            let sample = row.whole(0)?;
            let label = row.name(1)?.unwrap_or_default();
            if label.is_empty() && request.network.is_none() {
                return Err(row.wrong(1, "a label"));
            }
            match table.labels.entry(sample) {
                Entry::Occupied(_) => return Err(row.wrong(0, "a sample that no row above names")),
                Entry::Vacant(place) => place.insert(label.to_owned()),
            };
            if group.is_some()
                && let Some(group) = row.text(2)
            {
                table.groups.insert(sample, group.to_owned());
            }
            Ok(())
        })?;
        if table.groups.is_empty() {
            table.groups = known.groups;
        }
        Ok(table)
    }

    /// Takes label and group from these columns of a row, of a table with more than one row for a sample: they must agree. An empty
    /// label is fine for a network alone.
    pub fn add_row(
        &mut self,
        row: &Row<'_>,
        sample: u32,
        request: &Request<'_>,
        label: Option<usize>,
        group: Option<usize>,
    ) -> Result<(), TrainError> {
        if let Some(label) = label
            && row.name(label)? == Some("")
            && request.network.is_none()
        {
            return Err(row.wrong(label, "a label"));
        }
        self.labelled |= label.is_some_and(|label| row.text(label).is_some());
        for (column, known) in [(label, &mut self.labels), (group, &mut self.groups)] {
            let Some((column, text)) = column.and_then(|column| Some((column, row.text(column)?))) else {
                continue;
            };
            match known.entry(sample) {
                Entry::Vacant(place) => {
                    place.insert(text.to_owned());
                }
                Entry::Occupied(before) if before.get() == text => {}
                Entry::Occupied(before) => {
                    let valid = format!("\"{}\", as in the rows of its sample above", before.get());
                    return Err(row.wrong(column, valid));
                }
            }
        }
        Ok(())
    }

    /// From arrays with an entry for each sample, of which there are so many; none: as many as labels. An array of labels beside a
    /// file of labels is an error.
    pub fn from_arrays(
        arrays: &mut Arrays<'_>,
        labels: &[&str],
        samples: Option<usize>,
        request: &Request<'_>,
    ) -> Result<(Self, Option<usize>), TrainError> {
        let path = request.path();
        let mut table = Self::default();
        let mut count = samples;
        let mut entries = |array: &Array| -> Result<BTreeMap<u32, String>, TrainError> {
            let entries = array.labels().map_err(|problem| problem.of(path))?;
            if let Some(expected) = count.filter(|expected| *expected != entries.len()) {
                let (array, of) = (array.name.clone(), "the number of samples".to_owned());
                return Err(FileProblem::ArrayLength { array, found: entries.len(), expected, of }.of(path));
            }
            count = Some(entries.len());
            Ok((0..).zip(entries).filter_map(|(sample, label)| Some((sample, label?))).collect())
        };
        if let Some(array) = arrays.find(labels)? {
            if let Some(labels) = &request.files.labels {
                return Err(FileProblem::LabelsTwice { array: array.name, labels: labels.clone() }.of(path));
            }
            (table.labelled, table.labels) = (true, entries(&array)?);
        }
        if let Some(group) = request.group_by()
            && let Some(array) = arrays.find(&[group])?
        {
            table.groups = entries(&array)?;
        }
        Ok((table, count))
    }

    /// Gives a sample a label.
    pub fn label(&mut self, sample: u32, label: String) {
        self.labelled = true;
        self.labels.insert(sample, label);
    }

    /// The label of a sample.
    pub fn label_of(&self, sample: u32) -> Option<&str> {
        self.labels.get(&sample).map(String::as_str)
    }

    /// The numbers of the samples that have labels.
    pub fn samples(&self) -> impl Iterator<Item = u32> + '_ {
        self.labels.keys().copied()
    }

    /// The classes of samples with these numbers, and the names of the classes.
    pub fn classes(
        &self,
        samples: &[u32],
        request: &Request<'_>,
    ) -> Result<(Vec<Target>, Vec<String>), TrainError> {
        let known = known_classes(request)?;
        let path = request.files.labels.as_deref().unwrap_or(request.path());
        if !self.labelled && request.network.is_none() {
            return Err(FileProblem::NoLabels { give: GIVE }.of(path));
        }
        let label = |sample| self.labels.get(sample).filter(|label| !label.is_empty()).cloned();
        let labels = samples.iter().map(label).collect();
        let number = |place: usize| u64::from(samples[place]);
        classified(labels, number, known, request.network.is_some()).map_err(|problem| problem.of(path))
    }

    /// Who samples with these numbers come from; empty where nobody asks, or files for a network do not say it.
    pub fn groups(&self, samples: &[u32], request: &Request<'_>) -> Result<Vec<String>, TrainError> {
        let Some(key) = request.group_by() else { return Ok(Vec::new()) };
        match samples.iter().map(|sample| self.groups.get(sample).cloned()).collect() {
            Some(groups) => Ok(groups),
            None if request.network.is_some() => Ok(Vec::new()),
            None => {
                let give = "give a column or an array of that name, with an entry for each sample";
                Err(FileProblem::NoGroups { key: key.to_owned(), give }.of(request.path()))
            }
        }
    }
}
