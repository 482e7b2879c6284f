//! The three curves of a question set, each with its numbers in a table.

use super::chart::{Axis, Plane};
use super::format::{fixed, percent};
use super::kind::{CONFIDENCE, Drawn, Kind, finite, name};
use super::parts::{breakable, scrolled};
use crate::evaluate::summary::{Bin, Curves, SetSummary};
use maud::{Markup, html};

/// A method's curves and its color.
struct Series<'a> {
    id: &'a str,
    slot: usize,
    curves: &'a Curves,
}

/// The curves of `set` for the methods `drawn`, whose order decides their colors.
pub fn figures(set: &SetSummary, drawn: &[Drawn]) -> Markup {
    let series: Vec<Series> = drawn
        .iter()
        .filter_map(|d| set.methods.get(&d.id).map(|m| Series { id: &d.id, slot: d.slot, curves: &m.curves }))
        .collect();
    html! {
        (roc(&series))
        (risk_coverage(set, &series))
        (reliability(&series))
    }
}

/// The key to the colors, once for all charts of a set.
pub fn legend(set: &SetSummary, drawn: &[Drawn]) -> Markup {
    html! {
        ul.legend {
            @for Drawn { id, slot } in drawn {
                @if let Some(method) = set.methods.get(id) {
                    li {
                        svg viewBox="0 0 28 10" aria-hidden="true" { path class=(line(*slot)) d="M1,5H27" {} }
                        b title=(id) { (name(id)) }
                        span { (fixed(method.auroc.value, 2)) }
                    }
                }
            }
        }
    }
}

/// The style of a method's line.
fn line(slot: usize) -> String {
    format!("line s{}", slot % 8)
}

fn roc(series: &[Series]) -> Markup {
    let plane = Plane { x: Axis::shares("right answers doubted"), y: Axis::shares("wrong answers caught") };
    let lines = |s: &Series| plane.path(&s.curves.roc);
    let marks = html! {
        path.chance d=[plane.path(&[[0.0, 0.0], [1.0, 1.0]])] {}
        (paths(series, lines, |s| s.id.to_owned()))
    };
    let rows = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8];
    figure(
        "Catching wrong answers (ROC)",
        "Whoever doubts more answers catches more wrong ones and also doubts more right ones. The closer a line comes to \
         the upper left corner, the better; the dashed diagonal is guessing.",
        series
            .iter()
            .any(|s| s.curves.roc.len() > 1)
            .then(|| plane.draw("ROC curves; the table below has the numbers", &marks)),
        html! {
            (head("right answers doubted", series))
            tbody { @for x in rows {
                tr { th scope="row" { (percent(Some(x), 0)) }
                    @for s in series { td { (percent(at(&s.curves.roc, x), 0)) } } }
            } }
        },
    )
}

fn risk_coverage(set: &SetSummary, series: &[Series]) -> Markup {
    let plane = Plane { x: Axis::shares("questions answered"), y: Axis::shares("of these, wrong") };
    let wrong = finite(set.accuracy.value).map(|accuracy| 1.0 - accuracy);
    let lines = |s: &Series| plane.path(&s.curves.risk_coverage);
    let ideal: Vec<[f64; 2]> = (1..=50)
        .map(|i| f64::from(i) / 50.0)
        .filter_map(|coverage| oracle(wrong, coverage).map(|risk| [coverage, risk]))
        .collect();
    let marks = html! {
        @if let Some(wrong) = wrong {
            path.chance d=[plane.path(&[[0.0, wrong], [1.0, wrong]])] {}
            path.ideal d=[plane.path(&ideal)] {}
        }
        (paths(series, lines, |s| s.id.to_owned()))
    };
    figure(
        "Answering less to err less (risk–coverage)",
        "Answer only the questions with the surest answers: how many of those answers are wrong? Lower is better. Dashed: \
         answers left out at random. Dotted: an oracle that knows which answers are wrong.",
        series
            .iter()
            .any(|s| s.curves.risk_coverage.len() > 1)
            .then(|| plane.draw("Risk–coverage curves; the table below has the numbers", &marks)),
        html! {
            thead { tr {
                th scope="col" { "questions answered" }
                @for s in series { th scope="col" { (breakable(s.id)) } }
                th scope="col" { "oracle" } th scope="col" { "at random" }
            } }
            tbody { @for coverage in (1..=10).map(|i| f64::from(i) / 10.0) {
                tr { th scope="row" { (percent(Some(coverage), 0)) }
                    @for s in series { td { (percent(risk(s.curves, coverage), 0)) } }
                    td { (percent(oracle(wrong, coverage), 0)) }
                    td { (percent(wrong, 0)) } }
            } }
        },
    )
}

fn reliability(series: &[Series]) -> Markup {
    let calibrated = |s: &&Series| s.id == CONFIDENCE && !s.curves.reliability.is_empty();
    let single = |s: &&Series| Kind::of(s.id) == Kind::OnePass && !s.curves.reliability.is_empty();
    // More than two of these zigzags cannot be told apart.
    let shown: Vec<&Series> = series.iter().filter(calibrated).chain(series.iter().filter(single)).take(2).collect();
    let plane = Plane { x: Axis::shares("confidence"), y: Axis::shares("really right") };
    let most = shown.iter().flat_map(|s| &s.curves.reliability).map(|bin| bin.questions).max().unwrap_or(1);
    let marks = html! {
        path.chance d=[plane.path(&[[0.0, 0.0], [1.0, 1.0]])] {}
        @for s in &shown {
            @let points: Vec<_> = s.curves.reliability.iter().map(|b| [b.confidence, b.accuracy]).collect();
            path class=(line(s.slot)) d=[plane.path(&points)] {}
            @for bin in s.curves.reliability.iter().filter(|b| b.confidence.is_finite() && b.accuracy.is_finite()) {
                circle class=(format!("dot s{}", s.slot % 8)) cx=(format!("{:.1}", plane.x(bin.confidence)))
                    cy=(format!("{:.1}", plane.y(bin.accuracy)))
                    r=(format!("{:.1}", 2.5 + 2.5 * (bin.questions as f64 / most as f64).sqrt())) {
                    title { (s.id) ": " (told(bin)) }
                }
            }
        }
    };
    figure(
        "Is 70 % right seven times in ten? (reliability)",
        "Answers are grouped by their confidence; each dot is a group. On the dashed diagonal the confidence is true; \
         below it, too high. Scores that are no probabilities were mapped to one on other questions of the same set.",
        (!shown.is_empty()).then(|| plane.draw("Reliability diagram; the table below has the numbers", &marks)),
        html! {
            thead { tr {
                th scope="col" { "score" } th scope="col" { "confidence" } th scope="col" { "really right" }
                th scope="col" { "answers" }
            } }
            tbody { @for s in &shown { @for bin in &s.curves.reliability {
                tr { th scope="row" { (s.id) } td { (percent(finite(Some(bin.confidence)), 1)) }
                    td { (percent(finite(Some(bin.accuracy)), 1)) } td { (bin.questions) } }
            } } }
        },
    )
}

fn told(bin: &Bin) -> String {
    let (confidence, right) = (percent(Some(bin.confidence), 0), percent(Some(bin.accuracy), 0));
    format!("{} answers at {confidence}, {right} right", bin.questions)
}

fn paths(series: &[Series], path: impl Fn(&Series) -> Option<String>, title: impl Fn(&Series) -> String) -> Markup {
    html! {
        // The first is the most important one: it is drawn last, above the others.
        @for s in series.iter().rev() {
            @if let Some(d) = path(s) {
                path class=(line(s.slot)) d=(d) { title { (title(s)) } }
            }
        }
    }
}

fn head(first: &str, series: &[Series]) -> Markup {
    html! { thead { tr { th scope="col" { (first) } @for s in series { th scope="col" { (breakable(s.id)) } } } } }
}

/// A chart with its title, what it means, and its numbers.
pub fn figure(title: &str, meaning: &str, drawing: Option<Markup>, table: Markup) -> Markup {
    html! {
        figure {
            figcaption { h5 { (title) } p { (meaning) } }
            @if let Some(drawing) = drawing {
                (drawing)
                details { summary { "The numbers" } (scrolled(title, html! { table.plain { (table) } })) }
            } @else {
                p.empty { "Nothing to draw: there must be right and wrong answers with a score." }
            }
        }
    }
}

/// Share of errors of an oracle that answers the right ones first.
fn oracle(wrong: Option<f64>, coverage: f64) -> Option<f64> {
    wrong.map(|wrong| ((coverage - (1.0 - wrong)) / coverage).max(0.0))
}

/// Share of errors at a coverage; below that of the first point, within which nothing is told apart, the same as there.
pub fn risk(curves: &Curves, coverage: f64) -> Option<f64> {
    let first = curves.risk_coverage.first().filter(|point| coverage > 0.0 && coverage < point[0]);
    first.map_or_else(|| at(&curves.risk_coverage, coverage), |point| at(&curves.risk_coverage, point[0]))
}

/// A curve's height at `x`, straight between its points; none outside of them.
pub fn at(points: &[[f64; 2]], x: f64) -> Option<f64> {
    let before = points.iter().rposition(|point| point[0] <= x)?;
    let [x0, y0] = *points.get(before)?;
    let y = match points.get(before + 1) {
        Some(&[x1, y1]) => y0 + (y1 - y0) * (x - x0) / (x1 - x0),
        None => (x - x0 < 1e-9).then_some(y0)?,
    };
    y.is_finite().then_some(y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heights_between_points() {
        let curve = [[0.0, 0.0], [0.0, 0.25], [0.5, 0.75], [1.0, 1.0]];
        assert_eq!((at(&curve, 0.0), at(&curve, 0.25), at(&curve, 1.0)), (Some(0.25), Some(0.5), Some(1.0)));
        assert_eq!(
            (at(&curve, 1.5), at(&curve, -0.5), at(&[], 0.5), at(&[[0.1, f64::NAN], [1.0, 1.0]], 0.5)),
            (None, None, None, None)
        );
    }

    #[test]
    fn an_oracle_errs_only_when_right_answers_run_out() {
        assert_eq!((oracle(Some(0.75), 0.25), oracle(Some(0.75), 1.0)), (Some(0.0), Some(0.75)));
        assert!((oracle(Some(0.75), 0.5).unwrap() - 0.5).abs() < 1e-12);
        assert_eq!(oracle(None, 0.5), None);
    }

    #[test]
    fn ties_cannot_be_split() {
        let curves = Curves { risk_coverage: vec![[0.4, 0.3], [1.0, 0.6]], ..Curves::default() };
        assert_eq!((risk(&curves, 0.1), risk(&curves, 0.4)), (Some(0.3), Some(0.3)));
        assert!((risk(&curves, 0.7).unwrap() - 0.45).abs() < 1e-12);
        assert_eq!((risk(&curves, 0.0), risk(&Curves::default(), 0.5)), (None, None));
    }
}
