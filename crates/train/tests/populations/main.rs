//! Networks of populations, recurrent or not, the whole way from an experiment to its gradient, its training and its files.

mod constants_of_layers;
mod constants_of_populations;
mod errors;
mod experiments;
mod gradients;
mod initial_weights;
mod learning;
mod on_chip;
mod parameters;
mod peaks_of_layers;
mod read_back;
mod regularisation;
mod resume;
mod silence;
mod silent_outputs;
