//! Storage formats of tensors: floats and the block formats of GGML, one file each.
//!
//! A block format packs `block_len` consecutive values of one row into `block_bytes` bytes; rows are whole blocks. All that
//! is particular to a format is in its file: a new one is that file, its line in `formats!`, and a file in `shaders/packed/`
//! where none there reads it.

mod bfloat16;
mod blocks;
mod description;
mod float16;
mod float32;
mod integers;
mod iq4_nl;
mod iq4_xs;
mod mxfp4;
mod q1_0;
mod q2_k;
mod q3_k;
mod q4_0;
mod q4_1;
mod q4_k;
mod q5_0;
mod q5_1;
mod q5_k;
mod q6_k;
mod q8_0;
mod scalar;

pub(crate) use blocks::{Blocks, Bytes, CHUNK, each_chunk};
pub use description::Description;

/// The list of formats, and what has a case for each. (`$d` is a dollar: the macro defines another one.)
macro_rules! formats {
    ($d:tt
        floats { $($(#[$float_doc:meta])* $float:ident in $float_file:ident,)* }
        blocks { $($(#[$block_doc:meta])* $block:ident in $block_file:ident,)* }
    ) => {
        /// How the values of a tensor are stored.
        #[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
        pub enum Format {
            $($(#[$float_doc])* $float,)*
            $($(#[$block_doc])* $block,)*
        }

        impl Format {
            /// Every format.
            pub const ALL: [Self; [$(stringify!($float),)* $(stringify!($block),)*].len()] =
                [$(Self::$float,)* $(Self::$block,)*];

            /// All that is particular to it.
            pub const fn description(self) -> &'static Description {
                match self {
                    $(Self::$float => &$float_file::FORMAT,)*
                    $(Self::$block => &<$block_file::$block as Blocks>::FORMAT,)*
                }
            }
        }

        #[inline(always)]
        fn dequantize(format: Format, bytes: &[u8], out: &mut [f32]) {
            match format {
                $(Format::$float => $float_file::dequantize(bytes, out),)*
                $(Format::$block => $block_file::dequantize(bytes, out),)*
            }
        }

        $(pub(crate) use $block_file::$block;)*

        /// Evaluates an expression with the type of a block format, or another one for floats.
        macro_rules! with_blocks {
            ($d format:expr, $d blocks:ident => $d packed:expr, _ => $d floats:expr) => {
                match $d format {
                    $($crate::formats::Format::$block => {
                        type $d blocks = $crate::formats::$block;
                        $d packed
                    })*
                    $($crate::formats::Format::$float)|* => $d floats,
                }
            };
        }
        pub(crate) use with_blocks;
    };
}

formats! { $
floats {
    /// IEEE single precision.
    F32 in float32,
    /// IEEE half precision.
    F16 in float16,
    /// The upper half of a single.
    BF16 in bfloat16,
}
blocks {
    /// A sign per value and a half-precision scale per 128.
    Q1_0 in q1_0,
    /// 4 bits and a half-precision scale per 32 values.
    Q4_0 in q4_0,
    /// 4 bits, scale and minimum per 32 values.
    Q4_1 in q4_1,
    /// 5 bits and a scale per 32 values.
    Q5_0 in q5_0,
    /// 5 bits, scale and minimum per 32 values.
    Q5_1 in q5_1,
    /// 8 bits and a scale per 32 values.
    Q8_0 in q8_0,
    /// 4 bits that number levels, and a half-precision scale per 32 values.
    IQ4NL in iq4_nl,
    /// Floats of 4 bits, and a power of two per 32 values.
    MXFP4 in mxfp4,
    /// 2 bits, 4-bit scale and minimum per 16 values, in super-blocks of 256.
    Q2K in q2_k,
    /// 3 bits, 6-bit scale per 16 values, in super-blocks of 256.
    Q3K in q3_k,
    /// 4 bits, 6-bit scale and minimum per 32 values, in super-blocks of 256.
    Q4K in q4_k,
    /// 5 bits, 6-bit scale and minimum per 32 values, in super-blocks of 256.
    Q5K in q5_k,
    /// 6 bits, 8-bit scale per 16 values, in super-blocks of 256.
    Q6K in q6_k,
    /// 4 bits that number levels, 6-bit scale per 32 values, in super-blocks of 256.
    IQ4XS in iq4_xs,
}
}

impl Format {
    /// The format that GGML numbers `id`.
    ///
    /// # Errors
    /// What GGML calls it where it is none of these.
    pub fn of_ggml(id: u32) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|format| format.description().ggml == id);
        known.ok_or_else(|| match id {
            9 => "Q8_1".to_owned(),
            15 => "Q8_K".to_owned(),
            16..=19 | 21 | 22 | 29 => format!("an i-quant of 1 to 3 bits (GGML type {id})"),
            24..=28 => format!("integers or doubles (GGML type {id})"),
            34 | 35 => format!("ternary numbers (GGML type {id})"),
            40 => "NVFP4".to_owned(),
            _ => format!("GGML type {id}"),
        })
    }

    /// The names of all formats as part of a sentence.
    pub fn names() -> String {
        let names: Vec<_> = Self::ALL.iter().map(|format| format.name()).collect();
        match names.split_last() {
            Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
            None => String::new(),
        }
    }

    /// Values per block; 1 for floats.
    pub const fn block_len(self) -> usize {
        self.description().block_len
    }

    /// Bytes per block.
    pub const fn block_bytes(self) -> usize {
        self.description().block_bytes
    }

    /// Where the half-precision scale and minimum of a block lie in it; none for floats.
    pub const fn halves(self) -> &'static [usize] {
        self.description().halves
    }

    /// Where the byte of a block lies whose power of two is its scale; none for other formats.
    pub const fn exponent(self) -> Option<usize> {
        self.description().exponent
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
    pub const fn name(self) -> &'static str {
        self.description().name
    }
}

/// Unpacks one row (or any whole number of blocks) of `format`: the hot loop of the CPU path for floats, and of look-ups.
///
/// `out.len()` is a multiple of the format's block length and `bytes.len()` is `format.row_bytes(out.len())`; what
/// exceeds the shorter of the two is left untouched.
#[cfg_attr(target_family = "wasm", target_feature(enable = "simd128"))]
#[inline]
pub fn dequantize_row(format: Format, bytes: &[u8], out: &mut [f32]) {
    debug_assert!(out.len().is_multiple_of(format.block_len()) && bytes.len() == format.row_bytes(out.len()));
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2, the only requirement of the function.
        return unsafe { dequantize_avx2(format, bytes, out) };
    }
    dequantize(format, bytes, out);
}

/// The same loops, compiled for AVX2: the baseline of x86-64 stops at SSE2.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn dequantize_avx2(format: Format, bytes: &[u8], out: &mut [f32]) {
    dequantize(format, bytes, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    // Block formats are compared with the oracle in `checkpoint/tests.rs`.

    #[test]
    fn a_row_is_its_blocks_one_after_the_other() {
        for format in Format::ALL {
            let cols = 3 * format.block_len();
            let bytes: Vec<u8> = (0..format.row_bytes(cols)).map(|i| (i * 37 % 61) as u8).collect();
            let (mut row, mut blocks) = (vec![f32::NAN; cols], vec![f32::NAN; cols]);
            dequantize_row(format, &bytes, &mut row);
            let each = bytes.chunks(format.block_bytes()).zip(blocks.chunks_mut(format.block_len()));
            each.for_each(|(bytes, out)| dequantize_row(format, bytes, out));
            assert!(row.iter().all(|x| x.is_finite()));
            assert_eq!(row, blocks, "{format:?}");
        }
    }

    #[test]
    fn the_portable_path_agrees_with_the_vector_one() {
        for format in Format::ALL {
            let bytes: Vec<u8> = (0..format.row_bytes(512)).map(|i| (i * 91 % 59) as u8).collect();
            let (mut vector, mut portable) = ([0.0; 512], [0.0; 512]);
            dequantize_row(format, &bytes, &mut vector);
            dequantize(format, &bytes, &mut portable);
            assert_eq!(vector, portable, "{format:?}");
        }
    }
}
