use std::collections::BTreeMap;

use delgrad_neuron::statistics::mean;
use serde::{Deserialize, Serialize};

use super::Answer;
use crate::samples::Samples;

/// How often each class was taken for which, or got no answer.
///
/// ```
/// use delgrad_train::objective::Confusion;
///
/// let mut confusion = Confusion::new(2);
/// for (class, answer) in [(0, Some(0)), (0, Some(0)), (0, None), (0, Some(1)), (1, Some(1))] {
///     confusion.add(class, answer);
/// }
/// assert_eq!((confusion.recall(0), confusion.recall(1)), (Some(0.5), Some(1.0)));
/// assert_eq!(confusion.balanced_accuracy(), Some(0.75));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    /// For each class, the samples of it that were taken for each class.
    answers: Vec<Vec<u64>>,
    /// For each class, the samples of it without an answer.
    no_answer: Vec<u64>,
}

impl Confusion {
    /// One of so many classes, without samples.
    #[must_use]
    pub fn new(classes: usize) -> Self {
        Self { answers: vec![vec![0; classes]; classes], no_answer: vec![0; classes] }
    }

    /// The answers to some samples, in their order. Samples whose class is not known do not count.
    #[must_use]
    pub fn of(classes: usize, samples: &Samples, answers: &[Answer]) -> Self {
        let mut confusion = Self::new(classes);
        for (sample, answer) in answers.iter().enumerate().take(samples.len()) {
            if let Some(class) = samples.class(sample) {
                confusion.add(class, answer.class);
            }
        }
        confusion
    }

    /// Counts a sample of a class and what it was taken for; an answer that is no class is none. A class that does not
    /// exist is not counted.
    pub fn add(&mut self, class: usize, answer: Option<usize>) {
        let Some(row) = self.answers.get_mut(class) else { return };
        match answer.and_then(|answer| row.get_mut(answer)) {
            Some(count) => *count += 1,
            None => self.no_answer[class] += 1,
        }
    }

    /// Number of classes.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.answers.len()
    }

    /// For each class in turn, how many samples of it were taken for each class, and how many had no answer.
    pub fn rows(&self) -> impl Iterator<Item = (&[u64], u64)> {
        self.answers.iter().map(Vec::as_slice).zip(self.no_answer.iter().copied())
    }

    /// Samples of a class.
    #[must_use]
    pub fn samples(&self, class: usize) -> u64 {
        let none = self.no_answer.get(class).copied().unwrap_or(0);
        self.answers.get(class).map_or(0, |row| row.iter().sum::<u64>() + none)
    }

    /// Share of the samples of a class that were taken for it, 0 to 1; none without such samples.
    #[must_use]
    pub fn recall(&self, class: usize) -> Option<f64> {
        let samples = self.samples(class);
        (samples > 0).then(|| self.right(class) as f64 / samples as f64)
    }

    /// The recall of each class by its name.
    #[must_use]
    pub fn recalls(&self, names: &[String]) -> BTreeMap<String, Option<f64>> {
        names.iter().enumerate().map(|(class, name)| (name.clone(), self.recall(class))).collect()
    }

    /// Samples of a class that were taken for it.
    fn right(&self, class: usize) -> u64 {
        self.answers.get(class).and_then(|row| row.get(class)).copied().unwrap_or(0)
    }

    /// Whether it has so many classes and is complete: a file may say anything.
    pub(crate) fn is_of(&self, classes: usize) -> bool {
        let rows = self.answers.len() == classes && self.no_answer.len() == classes;
        rows && self.answers.iter().all(|row| row.len() == classes)
    }

    /// Mean recall of the classes that have samples, 0 to 1; none if no class has any.
    #[must_use]
    pub fn balanced_accuracy(&self) -> Option<f64> {
        let recalls: Vec<f64> = (0..self.classes()).filter_map(|class| self.recall(class)).collect();
        mean(&recalls)
    }

    /// A table with a row for each class, a column for each answer, and one for none; `names` are those of the classes.
    #[must_use]
    pub fn csv(&self, names: &[String]) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        // writing to memory cannot fail
        let _ = writer.write_record(header(names));
        for (class, (row, none)) in self.rows().enumerate() {
            let mut cells = vec![names.get(class).cloned().unwrap_or_else(|| class.to_string())];
            cells.extend(row.iter().chain([&none]).map(u64::to_string));
            let _ = writer.write_record(&cells);
        }
        writer.into_inner().map_or_else(|_| String::new(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// What the columns of a table are called: true class, answers, none.
fn header(names: &[String]) -> Vec<String> {
    let answers = names.iter().map(|name| format!("as {name}"));
    std::iter::once("true class".to_owned()).chain(answers).chain(["no answer".to_owned()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(classes: usize, answers: &[(usize, Option<usize>)]) -> Confusion {
        let mut confusion = Confusion::new(classes);
        answers.iter().for_each(|(class, answer)| confusion.add(*class, *answer));
        confusion
    }

    #[test]
    fn a_class_without_samples_has_no_recall_and_does_not_count() {
        let confusion = counted(3, &[(0, Some(0)), (0, Some(2)), (2, Some(7)), (2, None), (9, Some(0))]);
        assert_eq!([0, 1, 2].map(|class| confusion.recall(class)), [Some(0.5), None, Some(0.0)]);
        assert_eq!([0, 1, 2, 3].map(|class| confusion.samples(class)), [2, 0, 2, 0]);
        assert_eq!(confusion.balanced_accuracy(), Some(0.25));
        assert_eq!(Confusion::new(2).balanced_accuracy(), None);
    }

    #[test]
    fn tables_have_a_column_for_no_answer() {
        let confusion = counted(2, &[(0, Some(1)), (1, None)]);
        let names = ["a,b", "c"].map(str::to_owned);
        assert_eq!(confusion.csv(&names), "true class,\"as a,b\",as c,no answer\n\"a,b\",0,1,0\nc,0,0,1\n");
    }
}
