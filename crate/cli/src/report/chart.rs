//! A plane with two axes as inline SVG. Colors and text come from the page's style sheet, so that one drawing serves the
//! light and the dark scheme, which the SVG backends of plotting libraries do not offer.

use maud::{Markup, html};

/// Size of the drawing in its own units; a page shows it about as large in CSS pixels.
const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 300.0;

/// Margins of the plane.
const LEFT: f64 = 64.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 42.0;

/// How numbers become places.
#[derive(Clone, Copy, Debug)]
pub enum Scale {
    /// In proportion.
    Linear(f64, f64),
    /// By ratio; both ends are above 0.
    Log(f64, f64),
}

impl Scale {
    /// From 0 at the low end to 1 at the high end; what lies outside is put on the border.
    fn share(self, value: f64) -> f64 {
        let share = match self {
            Self::Linear(low, high) => (value - low) / (high - low),
            Self::Log(low, high) => (value / low).ln() / (high / low).ln(),
        };
        share.clamp(0.0, 1.0)
    }
}

/// An axis with its ticks.
pub struct Axis<'a> {
    /// From numbers to places.
    pub scale: Scale,
    /// What it shows.
    pub label: &'a str,
    /// Where lines are drawn, and what is written there.
    pub ticks: Vec<(f64, String)>,
}

impl<'a> Axis<'a> {
    /// Shares from 0 to 1, written as percentages.
    pub fn shares(label: &'a str) -> Self {
        let ticks = (0..=4).map(|i| f64::from(i) * 0.25).map(|v| (v, format!("{:.0} %", v * 100.0))).collect();
        Self { scale: Scale::Linear(0.0, 1.0), label, ticks }
    }
}

/// The plane between two axes.
pub struct Plane<'a> {
    /// Across.
    pub x: Axis<'a>,
    /// Upwards.
    pub y: Axis<'a>,
}

impl Plane<'_> {
    /// Place of a number across.
    pub fn x(&self, value: f64) -> f64 {
        LEFT + self.x.scale.share(value) * (WIDTH - LEFT - RIGHT)
    }

    /// Place of a number upwards.
    pub fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - self.y.scale.share(value) * (HEIGHT - TOP - BOTTOM)
    }

    /// A path through points, those that are not finite left out; none for less than two.
    pub fn path(&self, points: &[[f64; 2]]) -> Option<String> {
        let finite: Vec<_> = points.iter().filter(|point| point.iter().all(|v| v.is_finite())).collect();
        let place = |&&[x, y]: &&[f64; 2]| format!("{:.1},{:.1}", self.x(x), self.y(y));
        (finite.len() > 1).then(|| format!("M{}", finite.iter().map(place).collect::<Vec<_>>().join("L")))
    }

    /// The axes with `marks` between them. `description` is for those who do not see it.
    pub fn draw(&self, description: &str, marks: &Markup) -> Markup {
        let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
        let middle = (TOP + bottom) / 2.0;
        html! {
            svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(description) {
                g.grid {
                    @for (value, text) in &self.x.ticks {
                        path d=(format!("M{:.1},{TOP}V{bottom}", self.x(*value))) {}
                        text x=(format!("{:.1}", self.x(*value))) y=(bottom + 16.0) text-anchor="middle" { (text) }
                    }
                    @for (value, text) in &self.y.ticks {
                        path d=(format!("M{LEFT},{:.1}H{right}", self.y(*value))) {}
                        text x=(LEFT - 6.0) y=(format!("{:.1}", self.y(*value) + 4.0)) text-anchor="end" { (text) }
                    }
                }
                text.axis x=((LEFT + right) / 2.0) y=(HEIGHT - 6.0) text-anchor="middle" { (self.x.label) }
                text.axis x="0" y="0" text-anchor="middle" transform=(format!("translate(11 {middle}) rotate(-90)")) {
                    (self.y.label)
                }
                (marks)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_paths() {
        let log = Axis { scale: Scale::Log(1.0, 16.0), label: "", ticks: Vec::new() };
        let plane = Plane { x: log, y: Axis::shares("") };
        let middle = (LEFT + WIDTH - RIGHT) / 2.0;
        assert!((plane.x(4.0) - middle).abs() < 1e-9 && (plane.x(1.0) - LEFT).abs() < 1e-9);
        assert_eq!((plane.y(0.0), plane.y(1.0), plane.y(7.0)), (HEIGHT - BOTTOM, TOP, TOP));
        assert_eq!(plane.path(&[[1.0, 0.0], [f64::NAN, 0.5], [16.0, 1.0]]).unwrap(), "M64.0,258.0L380.0,10.0");
        assert_eq!(plane.path(&[[1.0, f64::INFINITY], [2.0, 0.5]]), None);
    }
}
