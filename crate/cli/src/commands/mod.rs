//! One file a command: its arguments, and `run`.

pub mod ask;
pub mod bench;
pub mod calibrate;
pub mod check;
pub mod eval;
pub mod gpu;
pub mod kinds;
pub mod methods;
pub mod models;
pub mod probe;
pub mod reliability;
pub mod report;
pub mod score;
pub mod sps;
pub mod tune;
