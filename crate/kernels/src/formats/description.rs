//! What differs between formats, as data.

/// A format. What derives from it: sizes, the numbers of GGUF files, unpacking and packing, the choice of shaders, what is
/// tested, and what is told of it.
pub struct Description {
    /// The usual name, e.g. `Q4_K`.
    pub name: &'static str,
    /// Its number in GGML's files.
    pub ggml: u32,
    /// Whose turn it is where one file of a model is to be chosen among several, from 0: the usual balance of size and quality
    /// first, then what is larger, then few bits, where nothing else is there or fits.
    pub turn: usize,
    /// Values per block; 1 for floats.
    pub block_len: usize,
    /// Bytes per block.
    pub block_bytes: usize,
    /// Where the half-precision scale and minimum of a block lie in it; none for floats.
    pub halves: &'static [usize],
    /// Where a byte e lies in a block whose scale is 2^(e - 128).
    pub exponent: Option<usize>,
    /// Values that share a scale and a minimum.
    pub group: usize,
    /// Whether there are minima.
    pub minimum: bool,
    /// On the GPU: bits of an integer. Those of 3, 5 and 6 lie in two parts, 2 + 1, 4 + 1 and 4 + 2.
    pub bits: usize,
    /// What the integers number, where they are not themselves what is scaled.
    pub levels: Option<&'static Levels>,
    /// The integer of a value that equals its minimum, or 0 without one.
    pub zero: f32,
    /// On the GPU: bytes of the scales of a block.
    pub scale_bytes: usize,
    /// On the GPU: the files of `shaders/packed/` that read it.
    pub shader: &'static [&'static str],
    /// The integers of a block in the order of its columns: unsigned, those of eight bits in two's complement.
    pub integers: fn(block: &[u8], q: &mut [u8]),
    /// The scales of a block as shaders read them.
    pub scales: fn(block: &[u8], out: &mut [u8]),
}

/// The values that four bits choose from.
pub type Levels = [i8; 16];

impl Description {
    /// What a format has that does not say it otherwise.
    pub const PLAIN: Self = Self {
        name: "",
        ggml: 0,
        turn: 0,
        block_len: 1,
        block_bytes: 0,
        halves: &[],
        exponent: None,
        group: 1,
        minimum: false,
        bits: 0,
        levels: None,
        zero: 0.0,
        scale_bytes: 0,
        shader: &[],
        integers: |_, _| {},
        scales: |_, _| {},
    };

    /// Floats of so many bytes.
    pub const fn float(name: &'static str, ggml: u32, bytes: usize, shader: &'static [&'static str]) -> Self {
        Self { name, ggml, block_bytes: bytes, bits: 8 * bytes, shader, ..Self::PLAIN }
    }
}

/// The text of a file in `shaders/packed/`.
macro_rules! packed {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shaders/packed/", $name, ".wgsl"))
    };
}
pub(crate) use packed;
