use csv::StringRecord;

use super::check::{Checked, whole_index};
use super::{SpikeFileError, SpikePlace};

const TIME: &str = "time";

pub(super) fn parse<S>(bytes: &[u8], entries: &mut Checked<'_, S>) -> Result<(), SpikeFileError> {
    let path = entries.path;
    let read_error = |error: csv::Error| SpikeFileError::Csv { path: path.to_owned(), problem: error.to_string() };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let header = reader.headers().map_err(read_error)?;
    let time = column(header, TIME, entries)?;
    let own = entries.kind.index_name();
    let other = entries.kind.other().index_name();
    // the other name serves only where the own one is absent, so a file with both columns is not ambiguous
    let has = |name: &str| header.iter().any(|cell| cell == name);
    let name = if !has(own) && has(other) { other } else { own };
    let index = column(header, name, entries)?;

    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(read_error)? {
        let place = SpikePlace::Line(record.position().map_or(0, csv::Position::line));
        // the reader has checked that rows are as long as the header
        let (time, index) = (&record[time], &record[index]);
        let number = index.parse().ok().or_else(|| index.parse().ok().and_then(whole_index));
        entries.push(place, time.parse().ok(), number, || [time, index].map(shown))?;
    }
    Ok(())
}

fn column<S>(
    header: &StringRecord,
    name: &'static str,
    entries: &Checked<'_, S>,
) -> Result<usize, SpikeFileError> {
    let mut places = header.iter().enumerate().filter(|(_, cell)| *cell == name).map(|(place, _)| place);
    match (places.next(), places.count()) {
        (Some(place), 0) => Ok(place),
        (first, others) => Err(SpikeFileError::Column {
            path: entries.path.to_owned(),
            column: name,
            count: usize::from(first.is_some()) + others,
            found: header.iter().collect::<Vec<_>>().join(", "),
        }),
    }
}

/// A cell in a message: quoted unless it is a number, so that an empty one can be seen.
fn shown(cell: &str) -> String {
    if cell.parse::<f64>().is_ok() { cell.to_owned() } else { format!("{cell:?}") }
}
