//! Who speaks: voices of espeak-ng with an accent each, and voices of flite.

/// A part of the set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Train,
    Test,
}

/// A voice, which is one speaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voice {
    /// What its program calls it.
    pub name: &'static str,
    pub synthesiser: Synthesiser,
}

/// The program that lends a voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synthesiser {
    /// espeak-ng, with the English that the voice speaks.
    Espeak { english: &'static str },
    /// flite, which speaks English alone.
    Flite,
}

impl Voice {
    /// Name of the speaker, as it stands in the files.
    pub fn speaker(&self) -> String {
        match self.synthesiser {
            Synthesiser::Espeak { .. } => format!("espeak-{}", self.name),
            Synthesiser::Flite => format!("flite-{}", self.name),
        }
    }

    /// Whether it speaks German too.
    pub fn german(&self) -> bool {
        self.synthesiser != Synthesiser::Flite
    }
}

const fn espeak(name: &'static str, english: &'static str) -> Voice {
    Voice { name, synthesiser: Synthesiser::Espeak { english } }
}

const fn flite(name: &'static str) -> Voice {
    Voice { name, synthesiser: Synthesiser::Flite }
}

/// Voices to train on.
const TRAIN: [Voice; 26] = [
    espeak("adam", "en-us"),
    espeak("Alicia", "en-gb"),
    espeak("antonio", "en-gb-scotland"),
    espeak("belinda", "en-us"),
    espeak("boris", "en-gb-x-rp"),
    espeak("Denis", "en-gb"),
    espeak("ed", "en-gb-x-gbclan"),
    espeak("edward", "en-us"),
    espeak("f1", "en-us"),
    espeak("f2", "en-gb-x-gbcwmd"),
    espeak("f4", "en-gb"),
    espeak("grandma", "en-gb-x-rp"),
    espeak("Hugo", "en-029"),
    espeak("iven", "en-us"),
    espeak("klatt2", "en-gb"),
    espeak("linda", "en-gb-scotland"),
    espeak("m1", "en-us"),
    espeak("m3", "en-gb"),
    espeak("m5", "en-gb-x-gbclan"),
    espeak("m7", "en-us-nyc"),
    espeak("miguel", "en-029"),
    espeak("quincy", "en-gb-x-rp"),
    espeak("rob", "en-gb-x-gbcwmd"),
    espeak("steph2", "en-us-nyc"),
    flite("kal16"),
    flite("rms"),
];

/// Voices to test on. Nobody of them is heard in training, and none is a near copy of a voice there, as steph is of steph2.
const TEST: [Voice; 10] = [
    espeak("Andrea", "en-us"),
    espeak("david", "en-gb"),
    espeak("f3", "en-gb-scotland"),
    espeak("Lee", "en-us"),
    espeak("m4", "en-gb-x-rp"),
    espeak("m8", "en-gb"),
    espeak("shelby", "en-us"),
    espeak("travis", "en-gb-x-gbclan"),
    flite("awb"),
    flite("slt"),
];

/// The voices of a part.
pub fn voices(part: Part) -> &'static [Voice] {
    match part {
        Part::Train => &TRAIN,
        Part::Test => &TEST,
    }
}

/// All voices; the place of one is the number of the speaker.
pub fn all() -> impl Iterator<Item = &'static Voice> {
    TRAIN.iter().chain(&TEST)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn nobody_speaks_in_both_parts_or_twice() {
        let speakers: BTreeSet<String> = all().map(Voice::speaker).collect();
        assert_eq!(speakers.len(), TRAIN.len() + TEST.len());
    }
}
