//! A temporary folder in which the program runs.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin;
use tempfile::TempDir;

/// Small and quick: a few samples of Yin-Yang, 5 hidden neurons, 2 epochs.
pub const SMALL: [&str; 10] = [
    "train",
    "yin-yang-tiny",
    "--set",
    "data.train.size=300",
    "--set",
    "data.validation.size=100",
    "--set",
    "data.test.size=100",
    "--epochs",
    "2",
];

pub struct Workplace {
    folder: TempDir,
}

impl Workplace {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn delgrad(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(cargo_bin!("delgrad"));
        command.current_dir(self.folder.path()).args(arguments);
        command
    }

    /// Starts the program and does not wait for it.
    pub fn start(&self, arguments: &[&str]) -> Child {
        let mut command = std::process::Command::new(cargo_bin!("delgrad"));
        command.current_dir(self.folder.path()).args(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Trains the small experiment into `out`.
    pub fn train_small(&self, out: &str, more: &[&str]) {
        self.delgrad(&SMALL).args(["--out", out]).args(more).assert().success();
    }

    /// What the program prints; it must succeed.
    pub fn output(&self, arguments: &[&str]) -> String {
        let output = self.delgrad(arguments).assert().success().get_output().stdout.clone();
        String::from_utf8(output).unwrap()
    }

    /// The `error:` line of a call that must fail with `code` and leave no file behind.
    pub fn error(&self, arguments: &[&str], code: i32) -> String {
        let before = files(self.folder.path());
        let output = self.delgrad(arguments).assert().failure().code(code).get_output().clone();
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(output.stdout.is_empty(), "{arguments:?} fails and prints");
        assert_eq!(files(self.folder.path()), before, "{arguments:?} leaves something behind");
        assert!(message.starts_with("error: "), "{message}");
        message
    }
}

/// Sends a signal, such as `-INT`.
pub fn kill(run: &Child, signal: &str) {
    let kill = std::process::Command::new("kill").args([signal, &run.id().to_string()]).status();
    assert!(kill.unwrap().success());
}

/// Presses Ctrl-C. The program must end in order; the answer is what it said.
pub fn interrupted(run: Child) -> String {
    kill(&run, "-INT");
    let output = run.wait_with_output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{message}");
    message
}

pub fn wait_for(mut condition: impl FnMut() -> bool) {
    const PATIENCE: Duration = Duration::from_secs(60);
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < PATIENCE, "nothing happens");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// All files and folders below a folder, sorted.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        }
        files.push(path);
    }
    files.sort();
    files
}
