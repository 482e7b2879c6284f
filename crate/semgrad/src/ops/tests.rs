//! What the tests of operations share: every one runs against plain sums in double precision at odd sizes, on every device
//! there is.

use super::reading::read;
use super::upload::upload;
use crate::device::{Choice, Device};
use burn::tensor::Tensor;
use std::sync::{Mutex, PoisonError};

/// One, a prime, one over a tile, several tiles.
pub const SIZES: [(usize, usize, usize); 5] = [(1, 1, 1), (1, 67, 37), (3, 65, 64), (5, 130, 96), (9, 4099, 7)];

/// The CPU, and WebGPU where it opens. A machine without an adapter says so instead of passing silently; where one is
/// expected, `SEMGRAD_REQUIRE_WEBGPU` turns its absence into a failure.
pub fn devices() -> Vec<Device> {
    let mut devices = vec![Device::cpu("test")];
    match pollster::block_on(Device::open(Choice::Webgpu)) {
        Ok(gpu) => devices.push(gpu),
        Err(error) if std::env::var_os("SEMGRAD_REQUIRE_WEBGPU").is_none() => {
            eprintln!("NOT TESTED on WebGPU: {error}")
        }
        Err(error) => panic!("{error}"),
    }
    devices
}

pub fn matrix(values: &[f32], cols: usize, device: &Device) -> Tensor<2> {
    upload(values.to_vec(), [values.len() / cols, cols], &device.burn)
}

pub fn compare<const D: usize>(what: &str, got: Tensor<D>, want: &[f64]) {
    let got = pollster::block_on(read(got)).unwrap();
    assert_eq!(got.len(), want.len(), "{what}");
    let scale = want.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    for (i, (a, b)) in got.iter().zip(want).enumerate() {
        assert!((f64::from(*a) - b).abs() <= 1e-5 * scale, "{what}[{i}] is {a}, not {b}");
    }
}

/// a `[n, k]` · b `[k, m]`, element access by closures.
pub fn product(
    n: usize,
    k: usize,
    m: usize,
    a: impl Fn(usize, usize) -> f32,
    b: impl Fn(usize, usize) -> f32,
) -> Vec<f64> {
    let entry = |i, j| (0..k).map(|l| f64::from(a(i, l)) * f64::from(b(l, j))).sum();
    (0..n * m).map(|e| entry(e / m, e % m)).collect()
}

/// Runs `test` with the kernels of either kind of adapter, and with those that use subgroups where there are any; all are
/// correct everywhere.
pub fn with_either_kind(test: impl Fn()) {
    // One at a time: the kind is the whole process's.
    static KIND: Mutex<()> = Mutex::new(());
    let _alone = KIND.lock().unwrap_or_else(PoisonError::into_inner);
    let kind = (super::launch::is_software(), super::launch::uses_subgroups());
    let mut kinds = vec![(true, false), (false, false)];
    match devices().iter().find(|device| device.is_gpu()) {
        Some(device) if device.subgroups => kinds.push((false, true)),
        Some(_) => eprintln!("NOT TESTED with subgroups: the adapter has none"),
        None => {}
    }
    let choose = |(software, subgroups)| {
        super::launch::set_software(software);
        super::launch::set_subgroups(subgroups);
    };
    for kind in kinds {
        choose(kind);
        test();
    }
    choose(kind);
}

pub fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&v| f64::from(v)).collect()
}

/// Central difference of `loss` at every entry of `x`.
pub fn slopes(x: &[f64], loss: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let step = 1e-5;
    let moved = |i: usize, by: f64| {
        let mut x = x.to_vec();
        x[i] += by;
        loss(&x)
    };
    (0..x.len()).map(|i| (moved(i, step) - moved(i, -step)) / (2.0 * step)).collect()
}

pub fn inner(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Files of one operation are named after it, here, in `shaders/` and in the crate of CPU kernels.
#[test]
fn an_operation_has_one_name() {
    use std::fs::read_to_string;
    use std::path::Path;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let files = |folder: &str| {
        let files = std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.is_file()).collect::<Vec<_>>()
    };
    let text = |folder: &str| files(folder).iter().map(|path| read_to_string(path).unwrap()).collect::<String>();
    let (ours, twins) = (text("crate/semgrad/src/ops"), text("crate/kernels/src"));
    for shader in files("shaders") {
        let name = shader.file_stem().unwrap().to_str().unwrap().to_owned();
        // A copy is how the GPU cuts and joins; on the CPU those are slices.
        if name == "copy" {
            continue;
        }
        // `linear_lane` is one way of `linear`.
        let parts: Vec<_> = name.split('_').collect();
        let names = (1..=parts.len()).map(|count| parts[..count].join("_"));
        let known = |name: &String| {
            [&ours, &twins]
                .iter()
                .all(|text| ["(", "<"].iter().any(|end| text.contains(&format!("pub fn {name}{end}"))))
        };
        assert!(names.into_iter().any(|name| known(&name)), "shaders/{name}.wgsl belongs to no operation");
        assert!(ours.contains(&format!("shader!(\"{name}\")")), "shaders/{name}.wgsl is not launched");
    }
}

/// The error function by its series, or by its continued fraction where that has many terms.
pub(crate) fn erf(x: f64) -> f64 {
    if x.abs() > 3.0 {
        let fraction = (1..200).rev().fold(x.abs(), |below, n| x.abs() + f64::from(n) / 2.0 / below);
        return x.signum() * (1.0 - (-x * x).exp() / fraction / std::f64::consts::PI.sqrt());
    }
    let (mut term, mut sum) = (x, x);
    for n in 1..100 {
        term *= -x * x / f64::from(n);
        sum += term / f64::from(2 * n + 1);
    }
    sum * 2.0 / std::f64::consts::PI.sqrt()
}
