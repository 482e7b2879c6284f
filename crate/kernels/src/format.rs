//! Storage formats of tensors: floats and the block formats of GGML.
//!
//! A block format packs `block_len` consecutive values of one row into `block_bytes` bytes; rows are whole blocks.

pub use crate::dequantize::dequantize_row;

/// How the values of a tensor are stored.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// IEEE single precision.
    F32,
    /// IEEE half precision.
    F16,
    /// The upper half of a single.
    BF16,
    /// 4 bits and a half-precision scale per 32 values.
    Q4_0,
    /// 4 bits, scale and minimum per 32 values.
    Q4_1,
    /// 5 bits and a scale per 32 values.
    Q5_0,
    /// 5 bits, scale and minimum per 32 values.
    Q5_1,
    /// 8 bits and a scale per 32 values.
    Q8_0,
    /// 4 bits, 6-bit scale and minimum per 32 values, in super-blocks of 256.
    Q4K,
    /// 5 bits, 6-bit scale and minimum per 32 values, in super-blocks of 256.
    Q5K,
    /// 6 bits, 8-bit scale per 16 values, in super-blocks of 256.
    Q6K,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 11] = [
        Self::F32,
        Self::F16,
        Self::BF16,
        Self::Q4_0,
        Self::Q4_1,
        Self::Q5_0,
        Self::Q5_1,
        Self::Q8_0,
        Self::Q4K,
        Self::Q5K,
        Self::Q6K,
    ];

    /// Values per block; 1 for floats.
    pub const fn block_len(self) -> usize {
        match self {
            Self::F32 | Self::F16 | Self::BF16 => 1,
            Self::Q4_0 | Self::Q4_1 | Self::Q5_0 | Self::Q5_1 | Self::Q8_0 => 32,
            Self::Q4K | Self::Q5K | Self::Q6K => 256,
        }
    }

    /// Bytes per block.
    pub const fn block_bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 | Self::BF16 => 2,
            Self::Q4_0 => 2 + 16,
            Self::Q4_1 => 2 + 2 + 16,
            Self::Q5_0 => 2 + 4 + 16,
            Self::Q5_1 => 2 + 2 + 4 + 16,
            Self::Q8_0 => 2 + 32,
            Self::Q4K => 2 + 2 + 12 + 128,
            Self::Q5K => 2 + 2 + 12 + 32 + 128,
            Self::Q6K => 128 + 64 + 16 + 2,
        }
    }

    /// Where the half-precision scale and minimum of a block lie in it; none for floats.
    pub const fn halves(self) -> &'static [usize] {
        match self {
            Self::F32 | Self::F16 | Self::BF16 => &[],
            Self::Q4_0 | Self::Q5_0 | Self::Q8_0 => &[0],
            Self::Q4_1 | Self::Q5_1 | Self::Q4K | Self::Q5K => &[0, 2],
            Self::Q6K => &[208],
        }
    }

    /// Bytes of one row of `cols` values; `cols` is a multiple of [`block_len`](Self::block_len).
    pub fn row_bytes(self, cols: usize) -> usize {
        cols / self.block_len() * self.block_bytes()
    }

    /// Bytes of a tensor of this shape, or `None` when a row is not whole blocks or the size overflows.
    pub fn tensor_bytes(self, shape: &[usize]) -> Option<u64> {
        let (&cols, rows) = shape.split_last()?;
        if !cols.is_multiple_of(self.block_len()) {
            return None;
        }
        let row = ((cols / self.block_len()) as u64).checked_mul(self.block_bytes() as u64)?;
        rows.iter().try_fold(row, |bytes, &n| bytes.checked_mul(n as u64))
    }

    /// The usual name, e.g. `Q4_K`.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "F32",
            Self::F16 => "F16",
            Self::BF16 => "BF16",
            Self::Q4_0 => "Q4_0",
            Self::Q4_1 => "Q4_1",
            Self::Q5_0 => "Q5_0",
            Self::Q5_1 => "Q5_1",
            Self::Q8_0 => "Q8_0",
            Self::Q4K => "Q4_K",
            Self::Q5K => "Q5_K",
            Self::Q6K => "Q6_K",
        }
    }
}
