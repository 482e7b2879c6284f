//! How long work takes by the device's clock.

use crate::error::{Error, Result};
use burn::backend::wgpu::CubeTensor;
use web_time::Instant;

/// Launches that are timed together, at most: the runtime hands 32 of them to the device at once, and between two such
/// bundles the device may wait for the host.
const TOGETHER: usize = 30;
/// What a bundle takes, about, seconds.
const LONG_ENOUGH: f64 = 0.02;
/// Bundles, of which the median counts.
const BUNDLES: usize = 5;

/// Seconds that a launch takes on the device, by launches that `run` begins one after another; it is told how many there
/// were before.
pub fn seconds(on: &CubeTensor, mut run: impl FnMut(usize)) -> Result<f64> {
    // The first compiles the pipeline.
    bundle(on, 1, &mut run)?;
    let one = bundle(on, 1, &mut run)?;
    let count = ((LONG_ENOUGH / one.max(1e-9)) as usize).clamp(1, TOGETHER);
    let mut all = Vec::with_capacity(BUNDLES);
    for _ in 0..BUNDLES {
        all.push(bundle(on, count, &mut run)? / count as f64);
    }
    all.sort_by(f64::total_cmp);
    Ok(all[BUNDLES / 2])
}

fn bundle(on: &CubeTensor, count: usize, run: &mut impl FnMut(usize)) -> Result<f64> {
    wait(on)?;
    let failed = |error: String| Error::internal(format!("the device cannot time kernels: {error}"));
    let window = on.client.profile_start().map_err(|error| failed(format!("{error:?}")))?;
    (0..count).for_each(run);
    let duration = on.client.profile_end(window).map_err(|error| failed(format!("{error:?}")))?;
    let ticks = pollster::block_on(duration.resolve()).ok_or_else(|| failed("it gave no times".into()))?;
    Ok(ticks.duration().as_secs_f64())
}

/// Until all that was begun has ended.
pub fn wait(on: &CubeTensor) -> Result<()> {
    pollster::block_on(on.client.sync()).map_err(|error| Error::internal(format!("the device does not end: {error:?}")))
}

/// Seconds of the host's clock that a launch takes, of so many that follow one another.
pub fn seconds_of_host(on: &CubeTensor, count: usize, mut run: impl FnMut(usize)) -> Result<f64> {
    run(0);
    wait(on)?;
    let began = Instant::now();
    (0..count).for_each(&mut run);
    wait(on)?;
    Ok(began.elapsed().as_secs_f64() / count as f64)
}
