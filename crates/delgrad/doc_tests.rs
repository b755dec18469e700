//! Compiles and runs the Rust code of the documents.

#[doc = include_str!("../../README.md")]
struct Readme;

#[doc = include_str!("../../docs/src/getting-started.md")]
struct GettingStarted;

#[doc = include_str!("../../docs/src/how-do-i.md")]
struct HowDoI;

#[doc = include_str!("../../docs/src/run-folder.md")]
struct RunFolder;

#[doc = include_str!("../../docs/src/sweeps.md")]
struct Sweeps;

#[doc = include_str!("../../docs/src/engine/idea.md")]
struct EngineIdea;

#[doc = include_str!("../../docs/src/engine/add-a-model.md")]
struct EngineAddAModel;

#[doc = include_str!("../../docs/src/adjoint/idea.md")]
struct AdjointIdea;

#[doc = include_str!("../../docs/src/chip/presets.md")]
struct ChipPresets;

#[doc = include_str!("../../docs/src/chip/calibration.md")]
struct ChipCalibration;
