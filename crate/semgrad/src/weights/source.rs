//! Positioned reads: the only thing that the weight readers ask of a file.

use crate::error::{Code, Error, Result};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

/// The file of a sentence encoder's folder that says how the vector of a text is made.
pub(crate) const POOLING: &str = "1_Pooling/config.json";

/// A future that may borrow and need not be `Send`: browser reads are promises of one thread.
pub type LocalFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Random access to the bytes of one file.
pub trait ReadAt {
    /// Size of the file in bytes.
    fn size(&self) -> u64;

    /// Exactly `length` bytes from `offset`.
    ///
    /// # Errors
    /// `corrupt_weights` when the range leaves the file; otherwise whatever the medium reports.
    fn read_at<'a>(&'a self, offset: u64, length: usize) -> LocalFuture<'a, Result<Vec<u8>>>;
}

/// One file of a model.
#[derive(Clone)]
pub struct ModelFile {
    /// Path relative to the model's folder, with `/` as separator.
    pub name: String,
    /// Its bytes.
    pub source: Rc<dyn ReadAt>,
}

/// The error of a range that leaves the file.
pub(crate) fn out_of_range(offset: u64, length: u64, size: u64) -> Error {
    Error::new(
        Code::CorruptWeights,
        format!("{length} bytes at offset {offset} are needed, but the file has {size} bytes"),
        "The file is cut off or damaged: download it again.",
    )
}

/// Checks that `length` bytes from `offset` lie within `size`.
pub(crate) fn check_range(offset: u64, length: u64, size: u64) -> Result<()> {
    match offset.checked_add(length) {
        Some(end) if end <= size => Ok(()),
        _ => Err(out_of_range(offset, length, size)),
    }
}

/// A file in memory.
impl ReadAt for Vec<u8> {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at<'a>(&'a self, offset: u64, length: usize) -> LocalFuture<'a, Result<Vec<u8>>> {
        Box::pin(async move {
            check_range(offset, length as u64, self.size())?;
            let start = offset as usize; // fits: it is at most `len()`
            Ok(self[start..start + length].to_vec())
        })
    }
}

#[cfg(not(target_family = "wasm"))]
pub use native::{open_file, open_path};

#[cfg(not(target_family = "wasm"))]
mod native {
    use super::{LocalFuture, ModelFile, POOLING, ReadAt, check_range};
    use crate::error::{Code, Error, Result};
    use crate::weights::part::PartName;
    use std::fs::{self, File};
    use std::path::Path;
    use std::rc::Rc;

    /// File kinds that a model folder can consist of, and weights of other libraries, which an error is to name; anything
    /// else there (pictures, READMEs) is not opened.
    const EXTENSIONS: [&str; 11] =
        ["gguf", "json", "jinja", "safetensors", "bin", "pt", "pth", "ckpt", "onnx", "h5", "msgpack"];

    /// The file or files at `path`: one `.gguf` file, all parts of one that is split, or the files directly in a Hugging Face
    /// folder.
    ///
    /// Files are read by position, not mapped: a file that shrinks while it is read gives an error, not a signal.
    ///
    /// # Errors
    /// `bad_input` when the path cannot be read or holds nothing that could be a model.
    pub fn open_path(path: &Path) -> Result<Vec<ModelFile>> {
        if !fs::metadata(path).map_err(|e| unreadable(path, &e))?.is_dir() {
            return parts(path);
        }
        let mut files = Vec::new();
        for entry in fs::read_dir(path).map_err(|e| unreadable(path, &e))? {
            let entry = entry.map_err(|e| unreadable(path, &e))?.path();
            let known = entry.extension().and_then(|e| e.to_str()).is_some_and(|e| EXTENSIONS.contains(&e));
            // `is_file` follows links: the hub's own cache is made of them.
            if known && entry.is_file() {
                files.push(open(&entry)?);
            }
        }
        // The one file in a deeper folder that decides about numbers: how a sentence encoder pools.
        let pooling = path.join(POOLING);
        if pooling.is_file() {
            files.push(ModelFile { name: POOLING.to_owned(), ..open(&pooling)? });
        }
        if files.is_empty() {
            return Err(Error::new(
                Code::BadInput,
                format!("{} holds no model files", path.display()),
                "Name a .gguf file or a folder with config.json and model.safetensors.",
            ));
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(files)
    }

    /// The file, or all parts of the model that it is a part of by its name. Those that are missing are named when they are
    /// looked for.
    fn parts(path: &Path) -> Result<Vec<ModelFile>> {
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let Some(part) = PartName::of(&name) else { return Ok(vec![open(path)?]) };
        let others = (1..=part.count).map(|number| path.with_file_name(part.other(number)));
        others.filter(|other| other.is_file()).map(|other| open(&other)).collect()
    }

    fn open(path: &Path) -> Result<ModelFile> {
        open_file(&path.file_name().map(|n| n.to_string_lossy()).unwrap_or_default(), path)
    }

    /// One file, by another name than its own: that of its model's folder, where it lies elsewhere.
    ///
    /// # Errors
    /// `bad_input` when it cannot be read.
    pub fn open_file(name: &str, path: &Path) -> Result<ModelFile> {
        let file = File::open(path).map_err(|e| unreadable(path, &e))?;
        let size = file.metadata().map_err(|e| unreadable(path, &e))?.len();
        let name = name.to_owned();
        Ok(ModelFile { name: name.clone(), source: Rc::new(DiskFile { name, file, size }) })
    }

    fn unreadable(path: &Path, error: &std::io::Error) -> Error {
        Error::new(
            Code::BadInput,
            format!("cannot read {}: {error}", path.display()),
            "Check the path and its permissions.",
        )
    }

    struct DiskFile {
        name: String,
        file: File,
        size: u64,
    }

    impl ReadAt for DiskFile {
        fn size(&self) -> u64 {
            self.size
        }

        fn read_at<'a>(&'a self, offset: u64, length: usize) -> LocalFuture<'a, Result<Vec<u8>>> {
            Box::pin(async move {
                check_range(offset, length as u64, self.size)?;
                let mut bytes = vec![0; length];
                read_exact_at(&self.file, &mut bytes, offset).map_err(|error| {
                    Error::new(
                        Code::CorruptWeights,
                        format!("reading {length} bytes at offset {offset} of {} failed: {error}", self.name),
                        "Check the disk, and that nothing rewrites the file while it is in use.",
                    )
                })?;
                Ok(bytes)
            })
        }
    }

    #[cfg(unix)]
    fn read_exact_at(file: &File, bytes: &mut [u8], offset: u64) -> std::io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
    }

    #[cfg(not(unix))]
    fn read_exact_at(mut file: &File, bytes: &mut [u8], offset: u64) -> std::io::Result<()> {
        use std::io::{Read, Seek, SeekFrom};
        // Seek and read are two steps, but a `DiskFile` sits in an `Rc` and never crosses threads.
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(bytes)
    }
}
