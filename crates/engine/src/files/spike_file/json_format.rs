use delgrad_files::peek_json;
use serde::Deserialize;
use serde_json::Number;

use super::check::{Checked, whole_index};
use super::{Kind, SpikeFileError, SpikePlace};

#[derive(Deserialize)]
struct Entry {
    time: f64,
    #[serde(alias = "source")]
    neuron: Number,
}

/// Other members are passed over, so the files of a whole network serve as well.
#[derive(Deserialize)]
struct Lists {
    spikes: Option<Vec<Entry>>,
    input_spikes: Option<Vec<Entry>>,
}

pub(super) fn parse<S>(bytes: &[u8], entries: &mut Checked<'_, S>) -> Result<(), SpikeFileError> {
    let (path, kind) = (entries.path, entries.kind);
    let json_error = |source| SpikeFileError::Json {
        path: path.to_owned(),
        source,
        list: kind.list_name(),
        index: kind.index_name(),
    };
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let list: Vec<Entry> = if text.trim_ascii_start().starts_with(b"[") {
        peek_json(bytes).map_err(json_error)?
    } else {
        let lists: Lists = peek_json(bytes).map_err(json_error)?;
        let list = match kind {
            Kind::Neurons => lists.spikes.or(lists.input_spikes),
            Kind::Inputs => lists.input_spikes.or(lists.spikes),
        };
        list.ok_or_else(|| SpikeFileError::MissingList { path: path.to_owned(), list: kind.list_name() })?
    };
    for (place, entry) in (0..).zip(list) {
        let index = match entry.neuron.as_u64() {
            Some(index) => u32::try_from(index).ok(),
            None => entry.neuron.as_f64().and_then(whole_index),
        };
        let texts = || [entry.time.to_string(), entry.neuron.to_string()];
        entries.push(SpikePlace::Entry(place), Some(entry.time), index, texts)?;
    }
    Ok(())
}
