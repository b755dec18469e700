//! The book keeps its promises: links lead somewhere, every page is listed, and what it shows works.

mod architecture;
mod code;
mod commands;
mod limits;
mod links;
mod pages;
mod python;
mod tables;
