//! The one table: what both halves measured, beside the limits of the device and what is asked of it.

use super::figures::{Figures, Run};
use super::workload::Asked;
use crate::stop::Stop;
use serde::Deserialize;
use std::fmt::Write;

/// What a card is asked for: shares of the limit of memory, of an answer's time, and times one answer.
const DECODE: f64 = 0.4;
const SCORES: f64 = 0.05;
const SAMPLES: f64 = 2.0;
/// Who measures.
const HALVES: [&str; 2] = ["native", "Deno"];
/// Kernels of a piece of work that are listed.
const LISTED: usize = 6;

/// What is printed, and what is missing or wrong; a bar that is not met is neither.
pub struct Table {
    /// For people.
    pub text: String,
    /// Each a few words.
    pub faults: Vec<String>,
}

#[derive(Deserialize)]
struct Native {
    workload: Sizes,
    adapter: Adapter,
    kernels: String,
    peaks: Peaks,
    agreements: Vec<Agreement>,
    models: Vec<Model>,
    seconds: f64,
}

#[derive(Deserialize)]
struct Sizes {
    prompt: usize,
    answer: usize,
    samples: usize,
    models: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Adapter {
    name: String,
    backend: String,
    driver: String,
    software: bool,
    subgroups: [u32; 2],
    timestamps: bool,
    max_binding: u64,
}

#[derive(Deserialize)]
struct Peaks {
    bandwidth: f64,
    read: f64,
    copy: f64,
    flops: f64,
    dispatch: f64,
    launch: f64,
}

#[derive(Deserialize)]
struct Agreement {
    kernels: String,
    sizes: String,
    operation: String,
    /// JSON has no infinity.
    difference: Option<f64>,
    agrees: bool,
}

#[derive(Deserialize)]
struct Model {
    name: String,
    like: String,
    error: Option<String>,
    load: f64,
    weights: u64,
    position: u64,
    products: u64,
    runs: Vec<Run>,
    work: Vec<Work>,
}

#[derive(Deserialize)]
struct Work {
    what: Asked,
    launches: usize,
    kernels: Vec<Kernel>,
}

#[derive(Deserialize)]
struct Kernel {
    name: String,
    sizes: String,
    launches: usize,
    seconds: f64,
    bytes: u64,
    flops: u64,
    memory: f64,
    arithmetic: f64,
    bound: String,
}

#[derive(Deserialize)]
struct Deno {
    adapter: String,
    models: Vec<InDeno>,
    seconds: f64,
}

#[derive(Deserialize)]
struct InDeno {
    name: String,
    error: Option<String>,
    /// Why it does not run on the card.
    reason: Option<String>,
    load: Option<f64>,
    runs: Vec<Run>,
}

impl Table {
    /// Of both reports; `deno` may be empty.
    pub fn new(native: &str, deno: &str) -> Result<Self, Stop> {
        let wrong = |half: &str, error: serde_json::Error| {
            Stop::bad_input(format!("{half}'s half is no report: {error}."), "Measure again.")
        };
        let native: Native = serde_json::from_str(native).map_err(|error| wrong("the native program", error))?;
        let deno: Option<Deno> = match deno.trim() {
            "" => None,
            text => Some(serde_json::from_str(text).map_err(|error| wrong("Deno", error))?),
        };
        let mut table = Self { text: String::new(), faults: Vec::new() };
        table.head(&native, deno.as_ref());
        table.agreements(&native.agreements);
        for model in &native.models {
            let in_deno = deno.as_ref().and_then(|deno| deno.models.iter().find(|other| other.name == model.name));
            table.model(&native, model, in_deno);
        }
        if native.models.is_empty() {
            table.faults.push("no model".into());
        }
        // The native half may have ended early.
        let left = native.workload.models.iter().filter(|shape| native.models.iter().all(|m| m.name != shape.name));
        table.faults.extend(left.map(|shape| format!("{}: not measured", shape.name)));
        Ok(table)
    }

    fn line(&mut self, text: impl AsRef<str>) {
        self.text.push_str(text.as_ref().trim_end());
        self.text.push('\n');
    }

    fn head(&mut self, native: &Native, deno: Option<&Deno>) {
        let Adapter { name, backend, driver, software, subgroups: [fewest, most], timestamps, max_binding } =
            &native.adapter;
        self.line(format!("{name} ({backend}, {driver}), subgroups of {fewest} to {most} lanes"));
        if *software {
            self.line("A SOFTWARE ADAPTER: this shows that everything is measured, and says nothing about a card.");
        }
        let clock = if *timestamps { "the device's" } else { "the host's" };
        let Peaks { read, copy, flops, dispatch, launch, .. } = native.peaks;
        self.line(format!("kernels: {}; clock: {clock}; largest binding {} MB", native.kernels, max_binding >> 20));
        self.line(format!(
            "limits, measured: {:.1} GB/s read, {:.1} GB/s copied, {:.1} GFLOP/s; the smallest kernel {:.1} µs, \
             and {:.1} µs from one launch to the next",
            read / 1e9,
            copy / 1e9,
            flops / 1e9,
            dispatch * 1e6,
            launch * 1e6
        ));
        match deno {
            Some(deno) => self.line(format!("Deno: {}", deno.adapter)),
            None => self.faults.push("Deno's half".into()),
        }
        let seconds = native.seconds + deno.map_or(0.0, |deno| deno.seconds);
        self.line(format!("measured in {seconds:.0} s"));
    }

    fn agreements(&mut self, all: &[Agreement]) {
        self.line("");
        let mut kinds: Vec<&str> = Vec::new();
        all.iter().for_each(|one| {
            if !kinds.contains(&one.kernels.as_str()) {
                kinds.push(&one.kernels);
            }
        });
        for kind in &kinds {
            let of: Vec<_> = all.iter().filter(|one| one.kernels == *kind).collect();
            let far = |one: &&&Agreement| one.difference.unwrap_or(f64::INFINITY);
            let Some(worst) = of.iter().max_by(|a, b| far(a).total_cmp(&far(b))) else { continue };
            let wrong = of.iter().filter(|one| !one.agrees).count();
            self.line(format!(
                "{kind} kernels against the CPU: {} comparisons, {}; furthest off: {} of {} by {:.1e}",
                of.len(),
                if wrong == 0 { "all agree".to_owned() } else { format!("{wrong} WRONG") },
                worst.operation,
                worst.sizes,
                far(&worst),
            ));
            for one in of.iter().filter(|one| !one.agrees) {
                self.line(format!("  WRONG: {} of {} by {:.1e}", one.operation, one.sizes, far(&one)));
                self.faults.push(format!("{} {} of {}", one.kernels, one.operation, one.sizes));
            }
        }
        if all.is_empty() {
            self.faults.push("no comparison with the CPU".into());
        }
    }

    fn model(&mut self, native: &Native, model: &Model, deno: Option<&InDeno>) {
        let Sizes { prompt, answer, samples, .. } = native.workload;
        self.line("");
        self.line(format!(
            "{} (random weights, sizes of {}), {} MB",
            model.name,
            model.like,
            model.weights / 1_000_000
        ));
        let errors = [model.error.as_ref(), deno.and_then(|deno| deno.error.as_ref())];
        for (half, error) in HALVES.iter().zip(errors).filter_map(|(half, error)| Some((half, error?))) {
            self.line(format!("  {half}: {error}"));
            self.faults.push(format!("{}, {half}: {error}", model.name));
        }
        // One reason is enough.
        let expected = [model.error.is_none(), deno.is_some_and(|deno| deno.error.is_none())];
        if let Some(reason) = deno.and_then(|deno| deno.reason.as_ref()) {
            self.line(format!("  Deno is not on the card: {reason}"));
            self.faults.push(format!("{} in Deno is not on the card", model.name));
        }
        let halves = [Figures::of(&model.runs), deno.map(|deno| Figures::of(&deno.runs)).unwrap_or_default()];
        let seen = (prompt + answer / 2) as u64;
        let read = (model.weights + model.position * seen) as f64;
        let of_memory = |figures: &Figures| Some(figures.decode? * read / native.peaks.bandwidth);
        let of_flops = |figures: &Figures| Some(figures.prefill? * model.products as f64 / native.peaks.flops);
        let load = [Some(model.load).filter(|load| *load > 0.0), deno.and_then(|deno| deno.load)];
        self.line(format!("  {:<44} {:>10} {:>10}   {}", "", "native", "Deno", "bar"));
        self.row(model, expected, "load, s", load, 2, None);
        self.row(model, expected, &format!("prefill, {prompt} tokens, tokens/s"), halves.map(|f| f.prefill), 1, None);
        self.row(model, expected, "its products, of the arithmetic limit", halves.map(|f| of_flops(&f)), 3, None);
        self.row(model, expected, "decode, tokens/s", halves.map(|f| f.decode), 1, None);
        let bar = Some((Bar::AtLeast, DECODE));
        self.row(model, expected, "its bytes, of the memory limit", halves.map(|f| of_memory(&f)), 3, bar);
        let what = format!("semgrad + hybridgrad, of {answer} tokens' time");
        self.row(model, expected, &what, halves.map(|f| f.scores), 3, Some((Bar::AtMost, SCORES)));
        let what = format!("{samples} samples, of one answer's time");
        self.row(model, expected, &what, halves.map(|f| f.samples), 2, Some((Bar::AtMost, SAMPLES)));
        for what in Asked::ALL {
            match model.work.iter().find(|work| work.what == what) {
                Some(work) if !work.kernels.is_empty() => self.work(&native.peaks, model, work, &halves[0], answer),
                _ if expected[0] => self.faults.push(format!("{}: kernels of {}", model.name, named(what))),
                _ => {}
            }
        }
    }

    fn row(
        &mut self,
        model: &Model,
        expected: [bool; 2],
        what: &str,
        values: [Option<f64>; 2],
        digits: usize,
        bar: Option<(Bar, f64)>,
    ) {
        let shown = values.map(|value| value.map_or("MISSING".to_owned(), |value| format!("{value:.digits$}")));
        let met = match bar {
            None => String::new(),
            Some((Bar::AtLeast, least)) => verdict(&values, format!("≥ {least}"), |value| value >= least),
            Some((Bar::AtMost, most)) => verdict(&values, format!("≤ {most}"), |value| value <= most),
        };
        self.line(format!("  {what:<44} {:>10} {:>10}   {met}", shown[0], shown[1]));
        for (half, (value, expected)) in HALVES.iter().zip(values.iter().zip(expected)) {
            if value.is_none() && expected {
                self.faults.push(format!("{}, {half}: {what}", model.name));
            }
        }
    }

    fn work(&mut self, peaks: &Peaks, model: &Model, work: &Work, figures: &Figures, answer: usize) {
        let total = |kernel: &Kernel| kernel.seconds * kernel.launches as f64;
        let device: f64 = work.kernels.iter().map(total).sum();
        let host = peaks.launch * work.launches as f64;
        // What the host's clock said of the whole, where one piece of work is a whole.
        let median = |value: &dyn Fn(&Run) -> f64| {
            let of: Vec<f64> = model.runs.iter().filter(|run| run.asked == work.what).map(value).collect();
            (!of.is_empty()).then(|| crate::median::median(of) / 1e3)
        };
        let wall = match work.what {
            Asked::Prefill => median(&|run| run.prefill),
            Asked::Decode => figures.decode.map(f64::recip),
            Asked::Scores => median(&|run| run.score),
            Asked::Samples => median(&|run| run.sampling.unwrap_or(f64::NAN) / answer as f64),
        };
        let mut text = format!(
            "  {}: {} launches, {:.3} ms on the device, about {:.3} ms to launch them",
            named(work.what),
            work.launches,
            device * 1e3,
            host * 1e3
        );
        if let Some(wall) = wall {
            let bound = match () {
                () if device >= 0.7 * wall => "the device",
                () if host >= 0.7 * wall => "the launches",
                () => "neither alone: the host's other work, or waiting",
            };
            // Writing to a String cannot fail.
            let _ = write!(text, ", {:.3} ms in all; bound by {bound}", wall * 1e3);
        }
        self.line(text);
        for kernel in work.kernels.iter().take(LISTED) {
            let Kernel { name, sizes, launches, seconds, bytes, flops, memory, arithmetic, bound } = kernel;
            self.line(format!(
                "    {name:<26} {launches:>4} × {:>9.1} µs {:>4.0} %  {:>8.1} GB/s {:>8.1} GFLOP/s  memory {:>3.0} %, \
                 arithmetic {:>3.0} %: {bound}  [{sizes}]",
                seconds * 1e6,
                100.0 * total(kernel) / device,
                *bytes as f64 / seconds / 1e9,
                *flops as f64 / seconds / 1e9,
                100.0 * memory,
                100.0 * arithmetic,
            ));
        }
    }
}

#[derive(Clone, Copy)]
enum Bar {
    AtLeast,
    AtMost,
}

/// The bar, and which halves meet it.
fn verdict(values: &[Option<f64>; 2], bar: String, meets: impl Fn(f64) -> bool) -> String {
    let said = values.map(|value| match value.map(&meets) {
        Some(true) => "met",
        Some(false) => "not met",
        None => "–",
    });
    format!("{bar}: {}, {}", said[0], said[1])
}

/// A piece of work in words.
fn named(what: Asked) -> &'static str {
    match what {
        Asked::Prefill => "a prompt",
        Asked::Decode => "a token",
        Asked::Scores => "the scores",
        Asked::Samples => "a token of each sample",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn run(asked: &str) -> Value {
        json!({ "asked": asked, "prompt": 256, "tokens": 48, "prefill": 100.0, "decode": 47.0, "score": 7.35,
                "methods": if asked == "scores" { json!(["semgrad", "hybridgrad"]) } else { json!([]) },
                "samples": if asked == "samples" { 10 } else { 0 }, "sampling": 441.0 })
    }

    fn reports() -> (Value, Value) {
        let asked = ["prefill", "decode", "scores", "samples"];
        let kernel = json!({ "name": "linear_shared Q4_K", "sizes": "1 8 8", "launches": 2, "seconds": 1e-4,
                             "bytes": 40_000_000, "flops": 80_000_000, "memory": 0.4, "arithmetic": 0.01,
                             "bound": "latency" });
        let work = |what: &str| json!({ "what": what, "launches": 2, "kernels": [kernel] });
        let native = json!({
            "workload": { "prompt": 256, "answer": 48, "samples": 10, "models": [{ "name": "M" }] },
            "adapter": { "name": "Card", "backend": "Vulkan", "driver": "d 1", "software": false,
                         "subgroups": [32, 32], "timestamps": true, "max_binding": 1 << 30 },
            "kernels": "subgroups",
            "peaks": { "bandwidth": 1e12, "read": 1e12, "copy": 9e11, "flops": 1e13, "dispatch": 2e-6, "launch": 1e-5 },
            "agreements": [{ "kernels": "subgroups", "sizes": "odd", "operation": "linear", "difference": 1e-6,
                             "agrees": true }],
            "models": [{ "name": "M", "like": "Real", "error": null, "load": 1.5, "weights": 499_360_000,
                         "position": 1000, "products": 1_000_000_000, "runs": asked.map(run), "work": asked.map(work) }],
            "seconds": 10.0,
        });
        let deno = json!({ "adapter": "Card", "seconds": 5.0,
                           "models": [{ "name": "M", "error": null, "reason": null, "load": 2.0, "runs": asked.map(run) }] });
        (native, deno)
    }

    fn table(native: &Value, deno: &Value) -> Table {
        Table::new(&native.to_string(), &deno.to_string()).ok().unwrap()
    }

    #[test]
    fn figures_stand_beside_their_bars() {
        let (native, deno) = reports();
        let Table { text, faults } = table(&native, &deno);
        assert!(faults.is_empty(), "{faults:?}");
        // 1000 tokens a second, each of 499.36 MB and 280 positions of 1 kB; 2560 of 10⁹ products.
        for line in [
            "decode, tokens/s                                 1000.0     1000.0",
            "its bytes, of the memory limit                    0.500      0.500   ≥ 0.4: met, met",
            "its products, of the arithmetic limit             0.256      0.256",
            "semgrad + hybridgrad, of 48 tokens' time          0.050      0.050   ≤ 0.05: met, met",
            "10 samples, of one answer's time                   3.00       3.00   ≤ 2: not met, not met",
            "a token: 2 launches, 0.200 ms on the device, about 0.020 ms to launch them, 1.000 ms in all",
            "all agree; furthest off: linear of odd by 1.0e-6",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn what_is_missing_or_wrong_is_a_fault() {
        let (native, deno) = reports();
        let faults = |native: &Value, deno: &Value| table(native, deno).faults.join("; ");
        assert!(Table::new(&native.to_string(), "").ok().unwrap().faults.contains(&"Deno's half".to_owned()));
        let mut wrong = native.clone();
        wrong["agreements"][0]["agrees"] = json!(false);
        wrong["agreements"][0]["difference"] = json!(null);
        assert_eq!(faults(&wrong, &deno), "subgroups linear of odd");
        let mut missing = native.clone();
        missing["models"][0]["runs"].as_array_mut().unwrap().remove(2);
        assert_eq!(faults(&missing, &deno), "M, native: semgrad + hybridgrad, of 48 tokens' time");
        let mut without = native.clone();
        without["models"][0]["work"][1]["kernels"] = json!([]);
        assert_eq!(faults(&without, &deno), "M: kernels of a token");
        let mut failed = native.clone();
        failed["models"][0]["error"] = json!("too large");
        failed["models"][0]["runs"] = json!([]);
        failed["models"][0]["work"] = json!([]);
        assert_eq!(faults(&failed, &deno), "M, native: too large");
        let mut elsewhere = deno.clone();
        elsewhere["models"][0]["reason"] = json!("no WebGPU");
        assert_eq!(faults(&native, &elsewhere), "M in Deno is not on the card");
    }
}
