//! Jinja2 as templates use it, where the engine (`minijinja`) differs: how source text is read, what Python's text
//! methods do, and the filters and tests whose results differ.
//!
//! `tests/reference/text/jinja.py` lists the constructs of published templates and what Jinja2 makes of each; what is
//! still different is refused, with few exceptions that the test of this module names.

mod filters;
mod limits;
mod marked;
mod methods;
mod source;
#[cfg(test)]
mod tests;

pub use marked::MARKS;
pub use source::translate;

use minijinja::Environment;

/// Gives `environment` the methods, filters and tests of Jinja2 and Python.
pub fn extend(environment: &mut Environment<'_>) {
    environment.set_unknown_method_callback(methods::call);
    filters::extend(environment);
}
