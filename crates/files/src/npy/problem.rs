/// Why a file is not the `.npy` array that is read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NpyProblem {
    /// The magic bytes are missing.
    #[error("the file does not begin as an .npy file does; write it with numpy.save")]
    Magic,
    /// A version of the format other than 1.0, 2.0 and 3.0.
    #[error("version {major}.{minor} of the .npy format is not supported; use 1.0, 2.0 or 3.0")]
    Version {
        /// First number.
        major: u8,
        /// Second number.
        minor: u8,
    },
    /// The file ends within its header.
    #[error("the file is cut off in its header; write it again")]
    HeaderTruncated,
    /// The header is not the dictionary it should be.
    #[error("the header has no valid {key}; write the file with numpy.save")]
    Header {
        /// The entry that is missing or cannot be understood.
        key: &'static str,
    },
    /// Elements that are not real numbers.
    #[error(
        "the type of the elements is {found}; use float64, float32, float16 or an integer type{}",
        columns(found)
    )]
    Type {
        /// The type as it stands in the header.
        found: String,
    },
    /// An array of another shape.
    #[error("the shape of the array is {found:?}; it must be {expected}")]
    Shape {
        /// The shape.
        found: Vec<u64>,
        /// The shape that is read, and what stands in it.
        expected: &'static str,
    },
    /// More or fewer bytes than the shape asks for.
    #[error("the array has {found} bytes, its shape needs {expected}; the file is cut off or was appended to")]
    Length {
        /// Bytes needed.
        expected: u128,
        /// Bytes there.
        found: usize,
    },
}

/// What to do with the fields of a record array.
fn columns(found: &str) -> &'static str {
    if found.starts_with('[') {
        ", and make the fields of the times and the indices two columns of one array"
    } else {
        ""
    }
}
