//! Makes the JavaScript bindings of a wasm module: `bindgen MODULE.wasm OUTPUT_FOLDER NAME`.
//!
//! The library behind the `wasm-bindgen` command is linked in, so there is no tool to install and no second version to
//! keep in step.

use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;
use walrus::ir::Value;
use walrus::{ConstExpr, ExportItem, GlobalKind, Module, ModuleConfig};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [module, output, name] = arguments.as_slice() else {
        bail!("usage: bindgen MODULE.wasm OUTPUT_FOLDER NAME");
    };
    Bindgen::new()
        .input_module(name, read(module)?)
        .web(true)?
        .typescript(true)
        .out_name(name)
        // After a trap a new instance takes the place of the one that is broken.
        .reset_state_function(true)
        // Function names are megabytes of the file and say nothing to a user of the package.
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(output)
        .with_context(|| {
            format!(
                "no bindings for {module}: check that wasm-bindgen and wasm-bindgen-cli-support have the same version"
            )
        })?;
    guard(&Path::new(output).join(format!("{name}.js")), name)
}

/// The module, read as the bindings' library reads one. Where threads share its memory, that lets each of them allocate room
/// for what it has for itself; nothing is of that kind, the linker gives it an alignment of 0, and no allocator takes that.
fn read(path: &str) -> Result<Module> {
    let mut config = ModuleConfig::new();
    config.strict_validate(false).generate_name_section(false).generate_producers_section(false);
    let mut module = config.parse_file(path).with_context(|| format!("cannot read {path}"))?;
    let align = module.exports.iter().find(|export| export.name == "__tls_align").map(|export| export.item);
    if let Some(ExportItem::Global(align)) = align
        && let GlobalKind::Local(ConstExpr::Value(Value::I32(align @ 0))) = &mut module.globals.get_mut(align).kind
    {
        *align = 1;
    }
    Ok(module)
}

/// What the generated script has no option for, as the text that is there and what takes its place (NAME is the module's).
const CHANGES: &[(&str, &str)] = &[
    // A trap that is met nowhere else would leave promises pending for ever: see `instance.ts`.
    ("wasm = instance.exports;", "wasm = guarded(\"NAME\", instance.exports);"),
    ("wasm = wasmInstance.exports;", "wasm = guarded(\"NAME\", wasmInstance.exports);"),
    // Promises of an instance that is gone are kept sooner or later, and nobody catches what their listeners throw.
    ("throw new Error('Cannot invoke closure from previous WASM instance');", "return;"),
];

/// The same of a module whose memory threads share.
const SHARED: &[(&str, &str)] = &[
    // Made only where threads are wanted, since the script serves the module without them too.
    ("memory || new WebAssembly.Memory(", "memory || sharedMemory("),
    // No function of the web writes to shared memory.
    (
        "globalThis.crypto.getRandomValues(getArrayU8FromWasm0(arg0, arg1))",
        "getArrayU8FromWasm0(arg0, arg1).set(globalThis.crypto.getRandomValues(new Uint8Array(arg1)))",
    ),
];

/// Lets the script call the instance through `pkg/src/instance.ts`.
fn guard(script: &Path, name: &str) -> Result<()> {
    let mut text = fs::read_to_string(script).with_context(|| format!("{} was not made", script.display()))?;
    let is_shared = text.contains("shared:true");
    for (generated, wanted) in CHANGES.iter().chain(if is_shared { SHARED } else { &[] }) {
        // A module that nothing calls back has no closures.
        if generated.contains("closure") && !text.contains("MutClosure") {
            continue;
        }
        if !text.contains(generated) {
            bail!("the bindings hold no `{generated}`: this version of wasm-bindgen needs other changes");
        }
        text = text.replace(generated, &wanted.replace("NAME", name));
    }
    let mut imports = "import { guarded } from \"../instance.js\";\n".to_owned();
    if is_shared {
        imports += "import { sharedMemory } from \"../threads/memory.js\";\n";
    }
    let text = imports + &text;
    fs::write(script, text).with_context(|| format!("cannot write {}", script.display()))
}
