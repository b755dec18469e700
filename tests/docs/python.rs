//! Python of the documents runs beside a run folder, with nothing but its standard library.

use std::path::Path;
use std::process::Command;

use crate::pages;

fn delgrad(folder: &Path, arguments: &str) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_delgrad"));
    let output = command.args(arguments.split_whitespace()).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_snippet_runs() {
    if let Err(error) = Command::new("python3").arg("--version").output() {
        eprintln!("not tested: python3 cannot be run: {error}");
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let small = "--set data.train.size=300 --set data.validation.size=100 --set data.test.size=100 --epochs 2";
    delgrad(place.path(), &format!("train yin-yang-tiny --out runs/yin-yang-1 {small}"));
    std::fs::write(place.path().join("new.csv"), "x,y,1 - x,1 - y,label\n0.2,0.3,0.8,0.7,yin\n").unwrap();
    delgrad(place.path(), "evaluate runs/yin-yang-1 --data new.csv --out predictions.csv");
    let snippets = pages::check_blocks("python", |at, block| {
        let mut command = Command::new("python3");
        let output = command
            .args(["-W", "error::SyntaxWarning", "-c", &block.text])
            .current_dir(place.path())
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{at}: {error}");
        assert!(!output.stdout.is_empty(), "{at} prints nothing");
    });
    assert!(snippets >= 3, "only {snippets} snippets");
}
