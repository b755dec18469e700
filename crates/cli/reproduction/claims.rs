//! The claims of the paper's abstract, and controls that they need.

mod chip;
mod ideal;

pub use chip::{ARMS, STRENGTHS, accuracy_by_strength, chip};
pub use ideal::{DELGRAD, EQUAL, OURS, PUBLIC_CODE, PUBLISHED, Recipe, SIZES, ideal};

const ACCURACY: &str = "test_accuracy";
