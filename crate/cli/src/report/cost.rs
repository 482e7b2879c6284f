//! What a score costs against what it is worth.

use super::chart::{Axis, Plane, Scale};
use super::format::{estimate, fixed, times};
use super::kind::{Drawn, Kind, finite, settled};
use super::parts::scrolled;
use crate::evaluate::summary::{Estimate, SetSummary};
use maud::{Markup, html};

/// Extra time below this share of the answer's is as good as none.
const LEAST: f64 = 0.001;

/// One method in the plane.
struct Point<'a> {
    id: &'a str,
    kind: Kind,
    cost: f64,
    extra: f64,
    auroc: f64,
    estimate: &'a Estimate,
}

/// AUROC against multiples of the time of generating.
pub fn figure(set: &SetSummary, drawn: &[Drawn]) -> Markup {
    let mut points: Vec<Point> = set
        .methods
        .iter()
        .filter_map(|(id, m)| {
            let (cost, auroc) = (finite(m.cost)?, settled(m)?);
            Some(Point { id, kind: Kind::of(id), cost, extra: (cost - 1.0).max(LEAST), auroc, estimate: &m.auroc })
        })
        .collect();
    points.sort_by(|a, b| a.cost.total_cmp(&b.cost).then(b.auroc.total_cmp(&a.auroc)));
    let missing = set.methods.len() - points.len();
    let plane = plane(&points);
    let labels = labels(&plane, &points, drawn);
    let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| points.iter().any(|p| p.kind == *kind)).collect();
    let marks = html! {
        path.chance d=[plane.path(&[[0.0, 0.5], [f64::MAX, 0.5]])] {}
        @for p in &points {
            @if let (Some(low), Some(high)) = (finite(p.estimate.low), finite(p.estimate.high)) {
                path class={ "bar " (p.kind.class()) } d=[plane.path(&[[p.extra, low], [p.extra, high]])] {}
            }
        }
        @for p in &points {
            path class={ "mark " (p.kind.class()) } d=(shape(p.kind, plane.x(p.extra), plane.y(p.auroc))) {
                title { (p.id) ": AUROC " (estimate(p.estimate, 2)) ", " (times(Some(p.cost))) " the time" }
            }
        }
        @for label in &labels {
            text.label x=(format!("{:.1}", label.x)) y=(format!("{:.1}", label.y)) text-anchor=(label.anchor) { (label.text) }
        }
    };
    html! {
        figure {
            figcaption {
                h5 { "What it costs (AUROC against time)" }
                p { "Each mark is a score, its bar the 95 % interval. Upwards: tells right from wrong better. To the right: \
                     takes longer, on top of answering; at 1 as long as the answer itself, at 10 ten times as long. The \
                     dashed line is guessing." }
            }
            @if points.is_empty() {
                p.empty { "Nothing to draw: no score has both a quality and a cost." }
            } @else {
                (plane.draw("AUROC against cost; the table below has the numbers", &marks))
                ul.legend.kinds { @for kind in &kinds {
                    li { svg viewBox="0 0 10 10" aria-hidden="true" {
                        path class={ "mark " (kind.class()) } d=(shape(*kind, 5.0, 5.0)) {} } (kind.label()) }
                } }
                details {
                    summary { "The numbers" }
                    (scrolled("What it costs", html! { table.plain {
                        thead { tr { th scope="col" { "score" } th scope="col" { "time" } th scope="col" { "AUROC" } } }
                        tbody { @for p in &points {
                            tr { th scope="row" { (p.id) } td { (times(Some(p.cost))) } td { (estimate(p.estimate, 2)) } }
                        } }
                    } }))
                    @if missing > 0 { p.note { "Not drawn for want of a time or of an interval: " (missing) "." } }
                }
            }
        }
    }
}

/// Axes that hold all points.
fn plane(points: &[Point]) -> Plane<'static> {
    let longest = points.iter().map(|p| p.extra).fold(1.0, f64::max);
    let powers = longest.log10().ceil().clamp(0.0, 6.0) as i32;
    let costs = (-3..=powers)
        .map(|i| 10f64.powi(i))
        .map(|v| (v, if v <= LEAST { format!("≤ {v}") } else { v.to_string() }))
        .collect();
    let ends = |end: fn(&Estimate) -> Option<f64>| points.iter().filter_map(move |p| finite(end(p.estimate)));
    let low = ends(|e| e.low).chain(ends(|e| e.value)).fold(0.45, f64::min).clamp(0.0, 1.0);
    let high = ends(|e| e.high).chain(ends(|e| e.value)).fold(0.65, f64::max).clamp(0.0, 1.0);
    let (low, high) = ((low * 10.0).floor() as i32, (high * 10.0).ceil() as i32);
    let ticks = (low..=high).map(|i| f64::from(i) / 10.0).map(|v| (v, fixed(Some(v), 1))).collect();
    Plane {
        // A little room on both sides, for marks on the border would be cut.
        x: Axis {
            scale: Scale::Log(0.6 * LEAST, 10f64.powi(powers) * 1.4),
            label: "extra time, as a multiple of answering",
            ticks: costs,
        },
        y: Axis { scale: Scale::Linear(f64::from(low) / 10.0, f64::from(high) / 10.0), label: "AUROC", ticks },
    }
}

/// Color alone would not tell them apart.
fn shape(kind: Kind, x: f64, y: f64) -> String {
    match kind {
        Kind::OnePass => format!("M{:.1},{y:.1}a4,4 0 1 0 8,0a4,4 0 1 0 -8,0Z", x - 4.0),
        Kind::Sampled => format!("M{x:.1},{:.1}l4.6,8h-9.2Z", y - 5.0),
        Kind::Combined => format!("M{x:.1},{:.1}l5.5,5.5l-5.5,5.5l-5.5,-5.5Z", y - 5.5),
        Kind::Prompted => format!("M{:.1},{:.1}h7v7h-7Z", x - 3.5, y - 3.5),
        Kind::Other => format!("M{:.1},{:.1}l7,7m0,-7l-7,7", x - 3.5, y - 3.5),
    }
}

struct Label<'a> {
    x: f64,
    y: f64,
    anchor: &'static str,
    text: &'a str,
    frame: [f64; 4],
}

/// Names where there is room for them: first of what nothing cheaper beats, then of what the other charts show.
fn labels<'a>(plane: &Plane, points: &'a [Point<'a>], drawn: &[Drawn]) -> Vec<Label<'a>> {
    let mut best = f64::NEG_INFINITY;
    let frontier: Vec<&Point> = points
        .iter()
        .filter(|p| {
            p.auroc > best && {
                best = p.auroc;
                true
            }
        })
        .collect();
    let others = points.iter().filter(|p| drawn.iter().any(|d| d.id == p.id));
    let mut wanted: Vec<&Point> = frontier.into_iter().rev().collect();
    wanted.extend(others);
    let marks: Vec<[f64; 4]> = points
        .iter()
        .map(|p| (plane.x(p.extra), plane.y(p.auroc)))
        .map(|(x, y)| [x - 5.0, y - 5.0, x + 5.0, y + 5.0])
        .collect();
    let (left, right) = (plane.x(0.0), plane.x(f64::MAX));
    let mut labels: Vec<Label> = Vec::new();
    for p in wanted {
        if labels.iter().any(|label| label.text == p.id) {
            continue;
        }
        let (x, y, width) = (plane.x(p.extra), plane.y(p.auroc), 6.8 * p.id.chars().count() as f64);
        let places = [
            (8.0, 3.5, "start"),
            (-8.0, 3.5, "end"),
            (8.0, -7.0, "start"),
            (8.0, 14.0, "start"),
            (-8.0, -7.0, "end"),
            (-8.0, 14.0, "end"),
        ];
        let placed = places.into_iter().find_map(|(dx, dy, anchor)| {
            let from = if anchor == "start" { x + dx } else { x + dx - width };
            let frame = [from, y + dy - 9.0, from + width, y + dy + 3.0];
            let free = labels.iter().map(|label| &label.frame).chain(&marks).all(|other| apart(&frame, other));
            (free && frame[0] >= left && frame[2] <= right).then_some(Label {
                x: x + dx,
                y: y + dy,
                anchor,
                text: p.id,
                frame,
            })
        });
        labels.extend(placed);
    }
    labels
}

/// Whether two boxes `[left, top, right, bottom]` do not overlap.
fn apart(a: &[f64; 4], b: &[f64; 4]) -> bool {
    a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1]
}
