//! On what an evaluation ran.

/// Adapter or processor, cores, system.
pub fn describe(adapter: Option<&str>) -> String {
    let processor = adapter.map(str::to_owned).or_else(processor).unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{processor}, {cores} cores, {} {}", std::env::consts::OS, std::env::consts::ARCH)
}

/// Linux names the processor.
fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("model name"))?;
    Some(line.trim_start_matches([' ', '\t', ':']).trim().to_owned()).filter(|name| !name.is_empty())
}
