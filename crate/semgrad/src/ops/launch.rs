//! Starting the files in `shaders/`: their text is completed, their buffers are bound in order.

use burn::backend::tensor::FloatTensor;
use burn::backend::wgpu::{CubeBackend, CubeTensor, KernelSource, SourceKernel, SourceTemplate};
use burn::tensor::{DType, Shape};
use cubecl::{
    CubeCount, CubeDim,
    prelude::KernelId,
    server::{KernelArguments, MetadataBindingInfo},
};
use std::sync::atomic::{AtomicBool, Ordering};

/// Lanes of a workgroup; 256 is the most that every WebGPU device allows.
pub const WORKGROUP: usize = 64;
/// Most workgroups in one direction, below WebGPU's limit of 65535.
const MOST_GROUPS: usize = 32768;

/// True for adapters that run shaders on the CPU: there a barrier costs more than what lanes save by sharing.
static SOFTWARE: AtomicBool = AtomicBool::new(false);
/// True where lanes that work together are joined in subgroups.
static SUBGROUPS: AtomicBool = AtomicBool::new(false);

/// Chooses the kernels for software adapters or for GPUs.
pub fn set_software(software: bool) {
    SOFTWARE.store(software, Ordering::Relaxed);
}

/// Which kernels are in use.
pub fn is_software() -> bool {
    SOFTWARE.load(Ordering::Relaxed)
}

/// Chooses how lanes are joined: in subgroups, which the device must have, or through workgroup memory.
pub fn set_subgroups(subgroups: bool) {
    SUBGROUPS.store(subgroups, Ordering::Relaxed);
}

/// How lanes are joined.
pub fn uses_subgroups() -> bool {
    SUBGROUPS.load(Ordering::Relaxed)
}

/// A shader file, what is appended to it, and the values of its placeholders.
#[derive(Clone, Debug)]
pub struct Shader {
    /// File name without its ending.
    pub name: &'static str,
    /// Its text, and that of the files appended.
    pub sources: Vec<&'static str>,
    /// Values by placeholder; `workgroup` is always there.
    pub values: Vec<(&'static str, String)>,
    /// Lanes of a workgroup.
    pub lanes: usize,
}

/// The text of a file in `shaders/`.
macro_rules! file {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shaders/", $name, ".wgsl"))
    };
}
/// A shader of one file.
macro_rules! shader {
    ($name:literal) => {
        $crate::ops::launch::Shader::new($name, $crate::ops::launch::file!($name))
    };
}
pub(crate) use {file, shader};

impl Shader {
    /// A shader of one file, without placeholders but `workgroup`.
    pub fn new(name: &'static str, source: &'static str) -> Self {
        Self { name, sources: vec![source], values: Vec::new(), lanes: WORKGROUP }
    }

    /// Appends files.
    pub fn with(mut self, sources: &[&'static str]) -> Self {
        self.sources.extend(sources);
        self
    }

    /// Appends how the lanes of a workgroup are joined, each with this many values.
    pub fn joining(mut self, values: usize) -> Self {
        let subgroups = uses_subgroups();
        if subgroups && cfg!(target_family = "wasm") {
            // Browsers want it said; wgpu's own compiler refuses it.
            self.sources.insert(0, "enable subgroups;\n");
        }
        let join = if subgroups { file!("reduce/subgroups") } else { file!("reduce/shared") };
        self.with(&[join]).set("values", values).set("subgroups", subgroups)
    }

    /// Sets a placeholder.
    pub fn set(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }
}

impl KernelSource for Shader {
    fn source(&self) -> SourceTemplate {
        let template = SourceTemplate::new(self.sources.concat()).register("workgroup", self.lanes.to_string());
        self.values.iter().fold(template, |template, (name, value)| template.register(*name, value))
    }

    fn id(&self) -> KernelId {
        // The files appended differ only where a value does.
        KernelId::new::<Self>().info((self.name, self.values.clone()))
    }

    fn lang(&self) -> &'static str {
        "wgsl"
    }
}

/// A tensor whose elements lie in order. Nothing here makes others; only a kernel of Burn's could bring them into order.
pub fn contiguous(x: CubeTensor) -> CubeTensor {
    assert!(x.is_contiguous(), "a view with strides reached a kernel");
    x
}

/// A fresh `f32` tensor on the device of `like`.
pub fn empty(like: &CubeTensor, shape: impl Into<Shape>) -> FloatTensor<CubeBackend> {
    let (client, shape) = (like.client.clone(), shape.into());
    let buffer = client.empty(shape.num_elements() * size_of::<f32>());
    CubeTensor::new_contiguous(client, like.device.clone(), shape, buffer, DType::F32)
}

#[cfg(test)]
thread_local! {
    /// The pipelines that this thread used: names and values of shaders.
    pub static USED: std::cell::RefCell<std::collections::BTreeSet<(&'static str, String)>> = Default::default();
}

/// A launch as it was, to be measured alone: what ran, on which buffers.
#[cfg(not(target_family = "wasm"))]
#[derive(Clone)]
pub struct Launched {
    /// What ran.
    pub shader: Shader,
    /// What it read and wrote; as long as this is kept, nobody else is given them.
    pub buffers: Vec<CubeTensor>,
    /// The numbers that it was told.
    pub info: Vec<u32>,
    /// Its workgroups.
    pub groups: [usize; 3],
}

#[cfg(not(target_family = "wasm"))]
thread_local! {
    /// What was launched since somebody asked for it.
    static KEPT: std::cell::RefCell<Option<Vec<Launched>>> = const { std::cell::RefCell::new(None) };
}

/// From now on this thread's launches are kept; those that were kept so far are forgotten.
#[cfg(not(target_family = "wasm"))]
pub fn keep_launches() {
    KEPT.set(Some(Vec::new()));
}

/// The launches that were kept. No more are.
#[cfg(not(target_family = "wasm"))]
pub fn kept_launches() -> Vec<Launched> {
    KEPT.take().unwrap_or_default()
}

#[cfg(not(target_family = "wasm"))]
impl Launched {
    /// The same once more.
    pub fn again(&self) {
        let buffers: Vec<_> = self.buffers.iter().collect();
        launch(self.shader.clone(), &buffers, &self.info, self.groups);
    }
}

/// Binds `buffers` and the numbers in `info`, in that order, and starts `groups` workgroups.
pub fn launch(shader: Shader, buffers: &[&CubeTensor], info: &[u32], groups: [usize; 3]) {
    #[cfg(not(target_family = "wasm"))]
    KEPT.with_borrow_mut(|kept| {
        let Some(kept) = kept else { return };
        let buffers = buffers.iter().map(|&buffer| buffer.clone()).collect();
        kept.push(Launched { shader: shader.clone(), buffers, info: info.to_vec(), groups });
    });
    #[cfg(test)]
    USED.with_borrow_mut(|used| used.insert((shader.name, format!("{:?}", shader.values))));
    let client = buffers[0].client.clone();
    let bindings: Vec<_> = buffers.iter().map(|t| t.handle.clone().binding()).collect();
    // Browsers refuse that, as every buffer may be written; native drivers do not.
    #[cfg(test)]
    assert!(
        (0..bindings.len()).all(|i| bindings[..i].iter().all(|other| other.memory.id() != bindings[i].memory.id())),
        "{} is given a buffer twice",
        shader.name
    );
    // As the launch's own metadata and not as a buffer: that is kept from launch to launch, and a buffer that is written
    // would end the batch of commands.
    let word = |at: usize| u64::from(info.get(at).copied().unwrap_or_default());
    let words = (0..info.len()).step_by(2).map(|at| word(at) | word(at + 1) << 32).collect();
    let lanes = shader.lanes as u32;
    client.launch(
        Box::new(SourceKernel::new(shader, CubeDim::new_1d(lanes))),
        CubeCount::Static(groups[0] as u32, groups[1] as u32, groups[2] as u32),
        KernelArguments::new().with_buffers(bindings).with_info(MetadataBindingInfo::custom(words)),
    );
}

/// Workgroups that cover `n` lanes.
pub fn groups(n: usize) -> usize {
    n.div_ceil(WORKGROUP)
}

/// `n` workgroups as two directions, neither of them too long; there may be more than `n`.
pub fn spread(n: usize) -> [usize; 2] {
    let y = n.div_ceil(MOST_GROUPS).max(1);
    [n.div_ceil(y), y]
}
