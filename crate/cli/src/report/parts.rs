//! Small pieces of HTML that charts and tables have in common.

use super::kind::{Kind, finite, name};
use maud::{Markup, html};

/// A method's name as the head of its row.
pub fn row_head(id: &str) -> Markup {
    let kind = Kind::of(id);
    html! { th scope="row" title={ (name(id)) ": " (kind.label()) } { span.kind.(kind.class()) {} (breakable(id)) } }
}

/// An id that may be broken after its underscores.
pub fn breakable(id: &str) -> Markup {
    html! { @for part in id.split_inclusive('_') { (part) @if part.ends_with('_') { wbr; } } }
}

/// More of a number's digits than are shown, so that sorting finds an order.
pub fn sortable(value: Option<f64>) -> Option<String> {
    finite(value).map(|value| format!("{value:.5}"))
}

/// A wide table that moves by itself, also from the keyboard.
pub fn scrolled(label: &str, table: Markup) -> Markup {
    html! { div.scroll tabindex="0" role="region" aria-label=(label) { (table) } }
}
