//! What this crate draws random numbers for. The numbers are part of every result: none is ever changed or used again.

use delgrad_engine::random::Purpose;

/// Which gradients are compared with differences; the index is the kind of parameter.
pub const GRADIENT_CHECK: Purpose = Purpose::new(17);
