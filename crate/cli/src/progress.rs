//! Progress bars.

use indicatif::{ProgressBar, ProgressStyle};

/// A progress bar on standard error.
pub fn bar(template: &str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    // The templates are constants of this program; without one the bar is plain.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}
