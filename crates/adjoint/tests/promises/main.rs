//! What the crate promises, one file per promise.

mod reference;
