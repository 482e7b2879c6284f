//! Quality of scores, without devices. What the browser calibrates with comes first; the rest is the command line's.

mod auroc;
pub mod calibration;
#[cfg(feature = "cli")]
pub mod length;
#[cfg(feature = "cli")]
pub mod ranking;
#[cfg(feature = "cli")]
pub mod temperature;

pub use auroc::auroc;
