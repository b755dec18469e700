/// An experiment or a network that is compiled in, as commented TOML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuiltIn {
    /// What it is called on the command line: the name of its file in `configs/` or `networks/`.
    pub name: &'static str,
    /// Its text, for [`Experiment::parse`](delgrad_train::experiment::Experiment::parse) or
    /// [`NetworkFile::parse_toml`](delgrad_engine::files::NetworkFile::parse_toml).
    pub toml: &'static str,
}

impl BuiltIn {
    /// The first comment of its file: what it is, in one line.
    #[must_use]
    pub fn description(&self) -> &'static str {
        self.toml.lines().next().unwrap_or_default().trim_start_matches("# ")
    }
}

/// These are the files of a folder, each under its name.
#[cfg(test)]
pub(crate) fn assert_files(built_in: &[BuiltIn], folder: &str) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    for file in &files {
        let own = built_in.iter().find(|own| own.name == file.file_stem().unwrap());
        let text = std::fs::read_to_string(file).unwrap();
        assert_eq!(own.map(|own| own.toml), Some(&*text), "{}", file.display());
    }
    assert_eq!(files.len(), built_in.len());
}
