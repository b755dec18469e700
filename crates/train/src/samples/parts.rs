/// Which samples of an experiment some are. Encoders that draw spikes draw others for each part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Those to train on.
    Train,
    /// Those to validate on.
    Validation,
    /// Those to test on.
    Test,
    /// None of them, such as points of a picture.
    Other,
}

impl Part {
    /// Its number in the keys of random streams, which never changes.
    pub(super) fn number(self) -> u64 {
        match self {
            Self::Train => 0,
            Self::Validation => 1,
            Self::Test => 2,
            Self::Other => 3,
        }
    }
}

/// One thing for the samples to train on, one for those to validate and one for those to test on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts<T> {
    /// Of the samples to train on.
    pub train: T,
    /// Of the samples to validate on.
    pub validation: T,
    /// Of the samples to test on.
    pub test: T,
}

impl<T> Parts<T> {
    /// All parts as references.
    #[must_use]
    pub fn as_ref(&self) -> Parts<&T> {
        Parts { train: &self.train, validation: &self.validation, test: &self.test }
    }

    /// Another thing for each part.
    pub fn map<U>(self, mut change: impl FnMut(T) -> U) -> Parts<U> {
        Parts { train: change(self.train), validation: change(self.validation), test: change(self.test) }
    }

    /// Another thing for each part, or the first error.
    ///
    /// # Errors
    /// That of `change`.
    pub fn try_map<U, E>(self, mut change: impl FnMut(T) -> Result<U, E>) -> Result<Parts<U>, E> {
        Ok(Parts { train: change(self.train)?, validation: change(self.validation)?, test: change(self.test)? })
    }

    /// Training, validation, test.
    pub fn into_array(self) -> [T; 3] {
        [self.train, self.validation, self.test]
    }
}

impl<T> From<[T; 3]> for Parts<T> {
    fn from([train, validation, test]: [T; 3]) -> Self {
        Self { train, validation, test }
    }
}
