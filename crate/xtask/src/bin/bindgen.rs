//! Makes the JavaScript bindings of a wasm module: `bindgen MODULE.wasm OUTPUT_FOLDER`.
//!
//! The library behind the `wasm-bindgen` command is linked in, so there is no tool to install and no second version to
//! keep in step.

use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [module, output] = arguments.as_slice() else {
        bail!("usage: bindgen MODULE.wasm OUTPUT_FOLDER");
    };
    Bindgen::new()
        .input_path(module)
        .web(true)?
        .typescript(true)
        .out_name("semgrad")
        // Function names are megabytes of the file and say nothing to a user of the package.
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(output)
        .with_context(|| {
            format!(
                "no bindings for {}: check that wasm-bindgen and wasm-bindgen-cli-support have the same version",
                module.display()
            )
        })
}
