//! Lists the profiles that the package ships, so that the program carries the same.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    // Cargo sets both for every build script.
    let [root, out] =
        ["CARGO_MANIFEST_DIR", "OUT_DIR"].map(|name| PathBuf::from(env::var_os(name).unwrap_or_default()));
    let folder = root.join("../../pkg/profiles").canonicalize()?;
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    let list: String = paths.iter().map(|path| format!("include_str!({path:?}), ")).collect();
    fs::write(out.join("profiles.rs"), format!("&[{list}]"))
}
