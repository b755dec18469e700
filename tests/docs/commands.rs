//! The commands that the documents show exist, with the options that they show.

use std::collections::BTreeMap;
use std::process::Command;

use crate::pages;

fn help(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_delgrad")).args(arguments).arg("--help").output().unwrap();
    assert!(output.status.success(), "delgrad {} --help fails", arguments.join(" "));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_command_and_option_shown_exists() {
    let program = help(&[]);
    let mut of_command: BTreeMap<String, String> = BTreeMap::new();
    let mut commands = 0;
    pages::check_blocks("console", |at, block| {
        for line in block.text.lines().filter_map(|line| line.strip_prefix("$ ")) {
            let line = line.strip_prefix("cargo run --release -- ").or(line.strip_prefix("delgrad "));
            let Some(words) = line.map(|line| line.split('#').next().unwrap_or("")) else { continue };
            let place = format!("{at}: delgrad {words}");
            let mut words = words.split_whitespace();
            let command = words.next().expect(&place);
            if command.starts_with('-') {
                assert!(program.contains(command), "{place}: no option {command}");
                continue;
            }
            assert!(
                program.lines().any(|line| line.trim_start().starts_with(&format!("{command} "))),
                "{place}: no command {command}"
            );
            let mut words = words.peekable();
            let mut known = of_command.entry(command.to_owned()).or_insert_with(|| help(&[command])).clone();
            // some commands are groups of others
            let lists = |word: &&str| known.lines().any(|line| line.starts_with(&format!("  {word} ")));
            if known.contains("\nCommands:") && words.peek().is_some_and(lists) {
                let inner = words.next().expect(&place);
                let both = format!("{command} {inner}");
                known = of_command.entry(both).or_insert_with(|| help(&[command, inner])).clone();
            }
            for option in words.filter(|word| word.starts_with('-')) {
                let option = option.split('=').next().unwrap_or(option);
                assert!(known.contains(option), "{place}: no option {option}");
            }
            commands += 1;
        }
    });
    assert!(commands >= 5, "only {commands} commands in the documents");
}

/// The presets of the chip stand in the help of the commands that take one, and in the book.
#[test]
fn every_preset_of_the_chip_is_named() {
    let mut texts = vec![
        include_str!("../../docs/src/chip/commands.md").to_owned(),
        include_str!("../../docs/src/chip/presets.md").to_owned(),
    ];
    texts.extend(["run", "export"].map(|command| help(&["chip", command])));
    for name in delgrad::bss2::chip::Preset::names() {
        for text in &texts {
            let start = text.lines().next().unwrap_or_default();
            let is_word = |char: char| char.is_alphanumeric() || char == '-';
            assert!(text.split(|char| !is_word(char)).any(|word| word == name), "{start}: no preset {name}");
        }
    }
}

/// Networks in `delgrad simulate NAME` and `delgrad bench NAMES..` are built in, or files.
#[test]
fn every_network_named_exists() {
    pages::check_blocks("console", |at, block| {
        for line in block.text.lines() {
            let mut words = line.split_whitespace().skip_while(|word| !["simulate", "bench"].contains(word));
            let most = if words.next() == Some("simulate") { 1 } else { usize::MAX };
            for name in words.take_while(|word| !word.starts_with(['-', '#', '>'])).take(most) {
                let known = name.ends_with(".toml") || delgrad::networks::find(name).is_some();
                assert!(known, "{at}: {line}: no network {name}");
            }
        }
    });
}

/// Names of experiments in `delgrad show NAME` and `delgrad train NAME` are built in, or files.
#[test]
fn every_experiment_named_exists() {
    pages::check_blocks("console", |at, block| {
        for line in block.text.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            let Some(command) = words.iter().position(|word| ["train", "show"].contains(word)) else { continue };
            let Some(name) = words.get(command + 1).filter(|word| !word.starts_with(['-', '#', '>'])) else {
                continue;
            };
            let built_in = delgrad::experiments::find(name).is_some() || delgrad::networks::find(name).is_some();
            assert!(name.ends_with(".toml") || built_in, "{at}: {line}: no experiment {name}");
        }
    });
}
