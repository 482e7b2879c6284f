//! How fast a GPU is, and what bounds each kernel: for native programs that measure, never for those that answer.
//!
//! [`agree`] compares kernels with the CPU's at a model's sizes, [`peaks`] measures what the device can do at most, and
//! [`kernels`] keeps the launches of real work and repeats each of them alone. The device's own clock times them where it has
//! one: through the host's, a kernel would seem to take as long as it takes to be asked for.

pub mod agree;
pub mod kernels;
pub mod peaks;
mod timing;

use crate::device::facts;
use crate::ops::launch::{set_software, set_subgroups};

/// Kernels that a device can run. All compute the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Those of graphics cards, where lanes are joined in subgroups.
    Subgroups,
    /// Those of graphics cards, where lanes are joined through workgroup memory.
    Shared,
    /// Those of software adapters.
    Software,
}

impl Kind {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Subgroups => "subgroups",
            Self::Shared => "shared",
            Self::Software => "software",
        }
    }

    /// Kinds that the opened adapter can run, the one that is fastest on a card first.
    pub fn all() -> Vec<Self> {
        let subgroups = facts().is_some_and(|facts| facts.has_subgroups);
        let all = [Self::Subgroups, Self::Shared, Self::Software].into_iter();
        all.filter(|kind| subgroups || *kind != Self::Subgroups).collect()
    }

    /// From now on the process runs these, whatever its adapter is.
    pub fn choose(self) {
        set_software(self == Self::Software);
        set_subgroups(self == Self::Subgroups);
    }
}
