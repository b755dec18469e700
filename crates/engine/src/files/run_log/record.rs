use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{NetworkFormat, RunEnd};
use crate::files::WrittenFiles;
use crate::{Executor, InputSpike, Spike, Stop};

/// Spikes in one frame.
pub(super) const SPIKES: usize = 4096;

/// Most bytes of text in one frame.
pub(super) const TEXT_BYTES: usize = 1 << 16;

/// One frame of a log.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Record<'a> {
    Head(Head),
    Text(Cow<'a, str>),
    Inputs(Cow<'a, [InputSpike]>),
    Spikes(Cow<'a, [Spike]>),
    End(RunEnd),
    Files(WrittenFiles),
}

/// The part of the header that is always short.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Head {
    pub crate_version: String,
    pub network: Option<NetworkFormat>,
    pub network_fingerprint: u64,
    pub seed: u64,
    pub input_fingerprint: u64,
    pub executor: Executor,
    pub stop: Stop,
}

impl Record<'_> {
    /// What the frame holds, in a message.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Head(_) => "a head",
            Self::Text(_) => "text of a network",
            Self::Inputs(_) => "input spikes",
            Self::Spikes(_) => "spikes",
            Self::End(_) => "an end",
            Self::Files(_) => "names of files",
        }
    }
}

/// Cuts a text into pieces that are text again.
pub(super) fn pieces(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let mut cut = text.len().min(TEXT_BYTES);
        while !text.is_char_boundary(cut) {
            cut -= 1;
        }
        let (piece, rest) = text.split_at(cut);
        text = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_keep_characters_whole() {
        let text = format!("a{}", "ü".repeat(TEXT_BYTES));
        let cut: Vec<&str> = pieces(&text).collect();
        assert_eq!(cut.concat(), text);
        // the last byte of a full piece would be half a character
        assert_eq!(cut.iter().map(|piece| piece.len()).collect::<Vec<_>>(), [TEXT_BYTES - 1, TEXT_BYTES, 2]);
        assert_eq!(pieces("").count(), 0);
    }
}
