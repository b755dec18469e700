use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::failure::Failure;
use crate::output;

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  delgrad completions bash > ~/.local/share/bash-completion/completions/delgrad
  delgrad completions zsh > ~/.zfunc/_delgrad
  delgrad completions fish > ~/.config/fish/completions/delgrad.fish")]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub fn run(self) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut crate::Arguments::command(), "delgrad", &mut script);
        output::print(&String::from_utf8_lossy(&script))
    }
}
