//! Compiles and runs the Rust code of the documents.

#[doc = include_str!("../../README.md")]
struct Readme;

#[doc = include_str!("../../docs/src/getting-started.md")]
struct GettingStarted;

#[doc = include_str!("../../docs/src/run-folder.md")]
struct RunFolder;
