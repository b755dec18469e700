use std::io;
use std::path::PathBuf;

use delgrad_files::npy::NpyProblem;
use delgrad_neuron::Digits;

use crate::TrainError;

/// Why a file of samples cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileProblem {
    /// A folder, a pipe or a device.
    #[error(
        "this is no regular file, but a folder, a pipe or a device; give the path of a file that can be read again"
    )]
    NoFile,
    /// A file that ends too early.
    #[error("it is cut off: it holds {found} bytes and announces {expected}; fetch or write it again")]
    Cut {
        /// Bytes there.
        found: u64,
        /// Bytes announced.
        expected: u128,
    },
    /// Packed bytes that are fewer than those announced could be packed to.
    #[error(
        "{announced} bytes are announced, and what is packed unpacks to {most} at most; fetch or write it again"
    )]
    Announced {
        /// Bytes announced.
        announced: u128,
        /// Most bytes that can be there.
        most: u128,
    },
    /// Packed data that cannot be unpacked.
    #[error("it cannot be unpacked: {source}; fetch or write it again")]
    Unpack {
        /// What the unpacker met.
        source: io::Error,
    },
    /// Bytes after the last one announced.
    #[error("it goes on after the {expected} bytes that it announces; fetch or write it again")]
    Longer {
        /// Bytes announced.
        expected: u128,
    },
    /// Neither an array nor an archive of arrays.
    #[error("it is no NumPy file{problem}; write it with numpy.save or numpy.savez")]
    NoNumpy {
        /// What the reader met, after a colon; may be empty.
        problem: String,
    },
    /// An array that cannot be read.
    #[error("array \"{array}\": {problem}")]
    Npy {
        /// Its name.
        array: String,
        /// What is wrong.
        problem: NpyProblem,
    },
    /// An archive without the arrays that are looked for.
    #[error("it has no array \"{array}\", and has {found}; save it with {save}")]
    NoArray {
        /// The array.
        array: &'static str,
        /// The arrays there.
        found: String,
        /// How to save it.
        save: &'static str,
    },
    /// An array of objects of Python.
    #[error("array \"{array}\" holds Python objects, which only Python can read; {save}")]
    Pickled {
        /// Its name.
        array: String,
        /// How to save it.
        save: &'static str,
    },
    /// An array of elements that do not serve.
    #[error("the elements of array \"{array}\" are {found}; they must be {expected}")]
    ArrayType {
        /// Its name.
        array: String,
        /// Their type as it stands in the file.
        found: String,
        /// What would be right.
        expected: &'static str,
    },
    /// An array of another shape.
    #[error("the shape of array \"{array}\" is {found:?}; it must be {expected}")]
    ArrayShape {
        /// Its name.
        array: String,
        /// Its shape.
        found: Vec<usize>,
        /// What would be right.
        expected: &'static str,
    },
    /// An array of another length than one that belongs to it.
    #[error("array \"{array}\" has {found} entries; it must have {expected}, {of}")]
    ArrayLength {
        /// Its name.
        array: String,
        /// Its length.
        found: usize,
        /// The length it must have.
        expected: usize,
        /// Why.
        of: String,
    },
    /// Ends of samples that do not ascend.
    #[error(
        "entry {entry} of array \"{array}\" is {found}; offsets begin with 0, ascend, and end with the number of {what}, {end}"
    )]
    Offsets {
        /// Its name.
        array: String,
        /// Index of the entry.
        entry: usize,
        /// The entry.
        found: String,
        /// What the samples are made of.
        what: &'static str,
        /// How many there are of these.
        end: usize,
    },
    /// An entry of an array that cannot be used.
    #[error("entry {entry} of array \"{array}\" is {found}; it must be {valid}")]
    Entry {
        /// Name of the array.
        array: String,
        /// Index of the entry.
        entry: usize,
        /// The entry.
        found: String,
        /// What would be right.
        valid: String,
    },
    /// Bytes that are no IDX file.
    #[error(
        "it begins with {found:02x?}; an IDX file of {what} begins with 00 00, a type and {dimensions} (or is packed by gzip)"
    )]
    NoIdx {
        /// The first bytes.
        found: Vec<u8>,
        /// What it should hold.
        what: &'static str,
        /// Number of dimensions in words.
        dimensions: &'static str,
    },
    /// Images that cannot be divided into blocks.
    #[error(
        "images of {height} x {width} pixels have no blocks of {block} x {block}; set downsample to a divisor of both, or leave it out"
    )]
    Blocks {
        /// Rows of an image.
        height: usize,
        /// Columns of an image.
        width: usize,
        /// Length of a block.
        block: u32,
    },
    /// Images that are no images.
    #[error("the shape is {found:?}; with downsample it must be (images, rows, columns)")]
    NoImages {
        /// The shape.
        found: Vec<usize>,
    },
    /// Files that belong together and are not of the same number of samples.
    #[error("it has {found} labels for {expected} samples; give one for each")]
    LabelCount {
        /// Number of labels.
        found: usize,
        /// Number of samples.
        expected: usize,
    },
    /// A sample that a file does not have.
    #[error(
        "it names sample {sample}, and there are {expected} samples, numbered from 0; leave out what belongs to none"
    )]
    NoSuchSample {
        /// Number of the sample.
        sample: u64,
        /// Number of samples.
        expected: usize,
    },
    /// A label of a sample without a series.
    #[error("it names sample {sample}, of which there is no series; leave it out")]
    NoSeries {
        /// Number of the sample.
        sample: u64,
    },
    /// Labels in the file itself and in one of their own.
    #[error(
        "its labels are given twice, as its array \"{array}\" and as the file {}; leave out that file (labels in [data], --labels of \
         `delgrad evaluate`), or save the arrays without \"{array}\"",
        labels.display()
    )]
    LabelsTwice {
        /// The array.
        array: String,
        /// The file of labels.
        labels: PathBuf,
    },
    /// A file that says nothing of labels.
    #[error("nothing says what the labels are; {give}")]
    NoLabels {
        /// How to give them.
        give: &'static str,
    },
    /// A sample without a label.
    #[error("sample {sample} has no label; give each a label that is not empty")]
    NoLabel {
        /// Number of the sample.
        sample: u64,
    },
    /// A label that is none of the classes.
    #[error("the label of sample {sample} is \"{found}\"; it must be one of: {classes}")]
    UnknownLabel {
        /// Number of the sample.
        sample: u64,
        /// The label.
        found: String,
        /// The classes.
        classes: String,
    },
    /// A label that terminals and pictures cannot show.
    #[error("the label \"{label}\" has control characters; write it without them")]
    ControlCharacters {
        /// The label, its control characters escaped.
        label: String,
    },
    /// Labels that are all the same.
    #[error(
        "there is only one class, \"{class}\"; give samples of at least two classes, or name them in data.classes"
    )]
    OneClass {
        /// The class.
        class: String,
    },
    /// No sample at all.
    #[error("it holds no samples; give at least one")]
    NoSamples,
    /// A number of features other than that of the network.
    #[error(
        "its samples have {found} {what}, and the network takes {expected}; give the same as it was trained on"
    )]
    Features {
        /// What they are.
        what: &'static str,
        /// Number in the file.
        found: usize,
        /// Number that the network takes.
        expected: usize,
    },
    /// A spike at no time.
    #[error(
        "sample {sample} has a spike at time {time}; times must be finite numbers, 0 or above, also after data.time-scale",
        time = Digits(*.time)
    )]
    SpikeTime {
        /// Number of the sample.
        sample: u64,
        /// The time as it stands in the file.
        time: f64,
    },
    /// A spike of no unit.
    #[error("sample {sample} has a spike of unit {unit}; units must be whole numbers from 0 below {inputs}{give}")]
    SpikeUnit {
        /// Number of the sample.
        sample: u64,
        /// The unit as it stands in the file.
        unit: String,
        /// Number of units.
        inputs: u32,
        /// What else would help.
        give: &'static str,
    },
    /// An event outside of the sensor.
    #[error(
        "sample {sample} has an event with {field} = {found}; it must be a whole number from 0 below {below}: check data.sensor-size"
    )]
    Event {
        /// Number of the sample.
        sample: u64,
        /// `x`, `y` or `p`.
        field: &'static str,
        /// Its value.
        found: String,
        /// What it must be below.
        below: u32,
    },
    /// Events without a sensor.
    #[error("it holds events with {fields}; set sensor-size = [width, height, polarities] in [data]")]
    NoSensor {
        /// Names of the fields.
        fields: String,
    },
    /// An array of series for a network whose channels have names.
    #[error(
        "it has channels by their place alone, but the network knows them as {names}; give a table with these names in its column `channel`"
    )]
    NamedChannels {
        /// Names of the network's channels.
        names: String,
    },
    /// A label for each spike in the place of one for each sample.
    #[error(
        "it has {labels} labels, one for each spike; give one for each sample: the entry of that number is the label of the sample"
    )]
    LabelsOfSpikes {
        /// Number of labels, and of spikes.
        labels: usize,
    },
    /// Events without the fields that are looked for.
    #[error("its events have the fields {fields}; they must have t and x, and may have y and p")]
    Fields {
        /// Names of the fields.
        fields: String,
    },
    /// A target spike of an output that there is not.
    #[error("sample {sample} has a target spike of output {output}; outputs must be below {outputs}")]
    Output {
        /// Number of the sample.
        sample: u64,
        /// The output.
        output: u32,
        /// Number of outputs.
        outputs: usize,
    },
    /// A folder without samples.
    #[error("the folder has no {what}; give one sub-folder of .npy files for each class")]
    EmptyFolder {
        /// What it lacks.
        what: &'static str,
    },
    /// A value of a series that is missing or there twice.
    #[error(
        "sample {sample} has {count} values of channel \"{channel}\" at time {time}; give one for each channel at each time",
        time = Digits(*.time)
    )]
    SeriesValues {
        /// Number of the sample.
        sample: u64,
        /// Name of the channel.
        channel: String,
        /// The time.
        time: f64,
        /// How many.
        count: usize,
    },
    /// A series without rows.
    #[error("sample {sample} has no rows; leave it out")]
    NoRows {
        /// Number of the sample.
        sample: u64,
    },
    /// Samples that say nothing of what they are grouped by.
    #[error("split.group-by is \"{key}\", but the file says nothing of it; {give}")]
    NoGroups {
        /// What they were to be grouped by.
        key: String,
        /// What would help.
        give: &'static str,
    },
    /// HDF5 that the program was built without.
    #[error("this program was built without HDF5; build it with --features hdf5, or convert the file to .npz")]
    NoHdf5,
    /// An HDF5 file that cannot be used.
    #[error("it cannot be used as an HDF5 file of the Heidelberg layout: {problem}; give {valid}")]
    Hdf5 {
        /// What is wrong.
        problem: String,
        /// What would be right.
        valid: &'static str,
    },
    /// What the file holds cannot be samples.
    #[error(transparent)]
    Content(Box<TrainError>),
}

impl From<TrainError> for FileProblem {
    fn from(error: TrainError) -> Self {
        Self::Content(Box::new(error))
    }
}

impl FileProblem {
    /// Says which file it is.
    pub(super) fn of(self, path: &std::path::Path) -> TrainError {
        TrainError::DataFile { path: path.to_owned(), problem: Box::new(self) }
    }
}
