//! A file from the network into the folder of downloaded models. What was cut off is continued, and what is not the file that
//! was expected gets no name.

use super::cache::{Cache, Sheet, unwritable};
use super::network::{Network, header, refused};
use super::remote::{Remote, hex};
use crate::progress::bar;
use indicatif::ProgressBar;
use semgrad::hub::size;
use semgrad::{Code, Error, Result};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::PathBuf;
use std::time::UNIX_EPOCH;
use ureq::http::StatusCode;

/// Bytes at a time.
const CHUNK: usize = 1 << 16;
/// How often a connection that broke off is opened again; only while each brings something.
const TRIES: usize = 10;
/// Below, no line is said of a download.
const LARGE: u64 = 20_000_000;

/// A file that is here.
#[derive(Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Where.
    pub path: PathBuf,
    /// Of all of it.
    pub sha256: String,
}

/// The file, downloaded where it is not here yet. `missing` is what to do where the server has none.
///
/// # Errors
/// `network` where it does not come, `integrity_mismatch` where it is another file, `quota_exceeded` where the disk is
/// full, `bad_input` where the folder cannot be written to.
pub fn fetch(remote: &Remote, cache: &Cache, network: &Network, missing: Option<&str>) -> Result<Fetched> {
    let name = remote.cached();
    let here = || cache.proven(remote).map(|sha256| Fetched { path: cache.path(&name), sha256 });
    if let Some(found) = here() {
        return Ok(found);
    }
    // It may have come by its address alone, when nobody knew its hash.
    let bare = Remote::at(&remote.name, &remote.url);
    if let Some(hash) = cache.proven(&bare).filter(|hash| remote.sha256.as_ref() == Some(hash)) {
        return Ok(Fetched { path: cache.path(&bare.cached()), sha256: hash });
    }
    cache.make()?;
    let part = cache.part(&name);
    if let Some(found) = here() {
        return Ok(found);
    }
    if let Some(bytes) = remote.size.filter(|&bytes| bytes > LARGE) {
        eprintln!("{} ({}) goes to {}", remote.name, size(bytes as f64), cache.folder().display());
    }
    let bar = bar("Downloading  {bytes}/{total_bytes}  {bytes_per_sec}  {bar:30}  {eta} left");
    let mut file = Partial::open(&part, remote, cache, &bar)?;
    let done = file.complete(network, missing);
    bar.finish_and_clear();
    if let Err(error) = done {
        // Nobody has to wait and see whether more comes.
        let _ = file.file.set_modified(UNIX_EPOCH);
        return Err(error);
    }
    let Partial { sheet, hash, .. } = file;
    let hash = hex(&hash.finalize());
    if remote.sha256.as_ref().is_some_and(|expected| *expected != hash) {
        cache.discard(&part);
        return Err(other_file(remote, &format!("its SHA-256 is {hash}")));
    }
    let path = cache.publish(&part, remote, sheet, &hash)?;
    Ok(Fetched { path, sha256: hash })
}

/// What there is of a file.
struct Partial<'a> {
    remote: &'a Remote,
    cache: &'a Cache,
    bar: &'a ProgressBar,
    part: &'a str,
    path: PathBuf,
    file: File,
    sheet: Sheet,
    /// Of the bytes that are there.
    hash: Sha256,
    length: u64,
}

impl<'a> Partial<'a> {
    /// Reads what an earlier run left.
    fn open(part: &'a str, remote: &'a Remote, cache: &'a Cache, bar: &'a ProgressBar) -> Result<Self> {
        let path = cache.path(part);
        let fail = |error: io::Error| unwritable(&path, &error);
        let file = OpenOptions::new().read(true).append(true).create(true).open(&path).map_err(fail)?;
        // Held until it is closed, so that nobody takes a slow download for one that was cut. Some file systems cannot.
        let held = Some(file.try_lock().is_ok());
        let before = cache.sheet(part);
        let (name, url) = (remote.name.clone(), remote.url.clone());
        let sheet = Sheet { name, url, size: remote.size, held, ..Sheet::default() };
        let mut partial = Self { remote, cache, bar, part, path, file, sheet, hash: Sha256::new(), length: 0 };
        // With a known hash the end is looked at anyway; otherwise only the very same address may continue.
        let continues = |sheet: &Sheet| remote.sha256.is_some() || sheet.url == remote.url;
        match before.filter(continues) {
            Some(Sheet { etag, size, .. }) => {
                partial.sheet.etag = etag;
                partial.sheet.size = partial.sheet.size.or(size);
            }
            None if remote.sha256.is_none() => partial.restart()?,
            None => {}
        }
        let mut buffer = vec![0; CHUNK];
        loop {
            match partial.file.read(&mut buffer).map_err(|error| unwritable(&partial.path, &error))? {
                0 => break,
                count => partial.count(&buffer[..count]),
            }
        }
        if partial.sheet.size.is_some_and(|size| partial.length > size) {
            partial.restart()?;
        }
        // The speed is that of the network.
        bar.reset_eta();
        Ok(partial)
    }

    /// Gets what is missing.
    fn complete(&mut self, network: &Network, missing: Option<&str>) -> Result<()> {
        let mut tries = 0;
        while self.sheet.size.is_none_or(|size| self.length < size) {
            let before = self.length;
            tries += 1;
            match self.get(network, missing) {
                // A server that does not say how much there is: all that it sends.
                Ok(()) if self.sheet.size.is_none() => self.sheet.size = Some(self.length),
                // Whoever sends fewer bytes than there are and calls that the end.
                Ok(()) if self.length > before && tries < TRIES => {}
                Ok(()) if self.sheet.size.is_some_and(|size| self.length < size) => {
                    return Err(self.stopped("the server sent no more"));
                }
                Ok(()) => {}
                Err(error) if error.code == Code::Network && self.length > before && tries < TRIES => {}
                Err(error) => return Err(error),
            }
        }
        self.file.sync_all().map_err(|error| unwritable(&self.path, &error))
    }

    /// One connection: from the first byte that is missing to wherever it breaks off.
    fn get(&mut self, network: &Network, missing: Option<&str>) -> Result<()> {
        let response = network.get(&self.remote.url, self.length)?;
        let range = header(&response, "content-range");
        let goes_on = range.is_some_and(|range| range.starts_with(&format!("bytes {}-", self.length)));
        let etag = header(&response, "etag").map(str::to_owned);
        // Without a hash, nothing else tells the rest of this file from that of a newer one.
        let same =
            self.remote.sha256.is_some() || self.sheet.etag.is_none() || etag.is_none() || etag == self.sheet.etag;
        match response.status() {
            StatusCode::PARTIAL_CONTENT if goes_on && same => {}
            // Servers may send everything; and what is somewhere else is asked for from the start.
            StatusCode::OK => self.restart()?,
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE if self.length > 0 => {
                self.restart()?;
                return self.get(network, missing);
            }
            _ => return Err(refused(&self.remote.name, &response, missing)),
        }
        let rest = response.body().content_length();
        if let Some(size) = rest.map(|rest| self.length + rest) {
            if self.remote.size.is_some_and(|expected| expected != size) && self.remote.sha256.is_none() {
                return Err(other_file(self.remote, &format!("the server offers {size} bytes")));
            }
            self.sheet.size = self.remote.size.or(Some(size));
        }
        self.sheet.etag = etag.or(self.sheet.etag.take());
        self.bar.set_length(self.sheet.size.unwrap_or_default());
        self.cache.save(self.part, &self.sheet)?;
        let mut body = response.into_body().into_reader();
        let mut buffer = vec![0; CHUNK];
        loop {
            let count = match body.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.stopped(&error.to_string())),
            };
            let bytes = &buffer[..count];
            self.file.write_all(bytes).map_err(|error| unwritable(&self.path, &error))?;
            self.count(bytes);
            // More than there should be: the hash will be another.
            if self.sheet.size.is_some_and(|size| self.length > size) {
                return Ok(());
            }
        }
    }

    fn count(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.length += bytes.len() as u64;
        self.bar.set_position(self.length);
    }

    /// Forgets what is there.
    fn restart(&mut self) -> Result<()> {
        self.file.set_len(0).map_err(|error| unwritable(&self.path, &error))?;
        (self.hash, self.length) = (Sha256::new(), 0);
        (self.sheet.size, self.sheet.etag) = (self.remote.size, None);
        Ok(())
    }

    fn stopped(&self, why: &str) -> Error {
        let there = size(self.length as f64);
        let all = self.sheet.size.map(|all| format!(" of {}", size(all as f64))).unwrap_or_default();
        Error::new(
            Code::Network,
            format!("{} broke off after {there}{all} ({why}).", self.remote.name),
            "Run the same again: it goes on from there.",
        )
    }
}

fn other_file(remote: &Remote, found: &str) -> Error {
    let expected = match (&remote.sha256, remote.size) {
        (Some(hash), _) => format!(", not {hash}"),
        (None, Some(size)) => format!(", not {size}"),
        (None, None) => String::new(),
    };
    Error::new(
        Code::IntegrityMismatch,
        format!("what came from {} is not the expected file: {found}{expected}.", remote.url),
        "It was thrown away. Run the same again; if that says the same, the file there is another one by now.",
    )
}

#[cfg(test)]
#[path = "download_tests.rs"]
mod tests;
