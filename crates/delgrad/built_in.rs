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
