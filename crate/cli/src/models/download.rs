//! A known model's file from its public address. What was cut off is continued, and what is not the file that the name
//! stands for gets no name.

use super::cache::is_complete;
use super::known::Known;
use crate::progress::bar;
use indicatif::ProgressBar;
use semgrad::{Code, Error, Result};
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use ureq::http::StatusCode;

/// Bytes at a time.
const CHUNK: usize = 1 << 16;
/// How often a connection that broke off is opened again; only while each brings something.
const TRIES: usize = 10;
/// To connect, and for the next bytes to come.
const PATIENCE: Duration = Duration::from_secs(30);

/// The path of the file in `folder`, to which it is downloaded where it is not there yet.
///
/// # Errors
/// `network` where it does not come, `integrity_mismatch` where it is another file, `quota_exceeded` where the disk is
/// full, `bad_input` where no address is known or the folder cannot be written to.
pub fn fetch(known: &Known, folder: &Path) -> Result<PathBuf> {
    let path = folder.join(&known.cached);
    if is_complete(&path, known.size) {
        return Ok(path);
    }
    let base = known.base_url.as_ref().ok_or_else(|| nowhere(known, &path))?;
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    let lock = folder.join(".lock");
    let lock = File::create(&lock).map_err(|error| unwritable(&lock, &error))?;
    if lock.try_lock().is_err() {
        eprintln!("Another program is downloading a model; waiting for it …");
        lock.lock().map_err(|error| unwritable(folder, &error))?;
    }
    if is_complete(&path, known.size) {
        return Ok(path);
    }
    eprintln!("{} ({} MB, {}) goes to {}", known.name, megabytes(known.size), known.license, path.display());
    let partial = folder.join(format!("{}.part", known.cached));
    let url = format!("{base}{}", known.file);
    let bar = bar("Downloading  {bytes}/{total_bytes}  {bytes_per_sec}  {bar:30}  {eta} left");
    bar.set_length(known.size);
    let hash = Partial::open(&partial, known, &bar).and_then(|file| file.complete(&url));
    bar.finish_and_clear();
    let found = hash?;
    if found != known.sha256 {
        fs::remove_file(&partial).map_err(|error| unwritable(&partial, &error))?;
        return Err(other_file(known, &url, &found));
    }
    fs::rename(&partial, &path).map_err(|error| unwritable(&path, &error))?;
    Ok(path)
}

/// What there is of a file.
struct Partial<'a> {
    known: &'a Known,
    bar: &'a ProgressBar,
    path: &'a Path,
    file: File,
    /// Of the bytes that are there.
    hash: Sha256,
    length: u64,
}

impl<'a> Partial<'a> {
    /// Reads what an earlier run left.
    fn open(path: &'a Path, known: &'a Known, bar: &'a ProgressBar) -> Result<Self> {
        let fail = |error: io::Error| unwritable(path, &error);
        let file = OpenOptions::new().read(true).append(true).create(true).open(path).map_err(fail)?;
        let mut partial = Self { known, bar, path, file, hash: Sha256::new(), length: 0 };
        let mut buffer = vec![0; CHUNK];
        loop {
            match partial.file.read(&mut buffer).map_err(fail)? {
                0 => break,
                count => partial.count(&buffer[..count]),
            }
        }
        if partial.length > known.size {
            partial.restart()?;
        }
        // The speed is that of the network.
        bar.reset_eta();
        Ok(partial)
    }

    /// Gets what is missing, and gives the hash of the whole.
    fn complete(mut self, url: &str) -> Result<String> {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(PATIENCE))
            .timeout_recv_response(Some(PATIENCE))
            .timeout_per_read(Some(PATIENCE))
            .build();
        let agent = ureq::Agent::new_with_config(config);
        let mut tries = 0;
        while self.length < self.known.size {
            let before = self.length;
            tries += 1;
            match self.get(&agent, url) {
                // Whoever sends fewer bytes than there are and calls that the end.
                Ok(()) if self.length > before && tries < TRIES => {}
                Ok(()) if self.length < self.known.size => return Err(self.stopped("the server sent no more")),
                Ok(()) => {}
                Err(error) if error.code == Code::Network && self.length > before && tries < TRIES => {}
                Err(error) => return Err(error),
            }
        }
        self.file.sync_all().map_err(|error| unwritable(self.path, &error))?;
        Ok(self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// One connection: from the first byte that is missing to wherever it breaks off.
    fn get(&mut self, agent: &ureq::Agent, url: &str) -> Result<()> {
        let mut request = agent.get(url);
        if self.length > 0 {
            request = request.header("Range", format!("bytes={}-", self.length));
        }
        let response = request.call().map_err(|error| unreachable(self.known, url, &error.to_string()))?;
        let place = response.headers().get("content-range").and_then(|range| range.to_str().ok());
        let goes_on = place.is_some_and(|range| range.starts_with(&format!("bytes {}-", self.length)));
        match response.status() {
            StatusCode::PARTIAL_CONTENT if goes_on => {}
            // Servers may send everything; and what is somewhere else is asked for from the start.
            StatusCode::OK => self.restart()?,
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE if self.length > 0 => {
                self.restart()?;
                return self.get(agent, url);
            }
            status => return Err(unreachable(self.known, url, &format!("the server answers {status}"))),
        }
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
            self.file.write_all(bytes).map_err(|error| unwritable(self.path, &error))?;
            self.count(bytes);
            // More than there should be: the hash will be another.
            if self.length > self.known.size {
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
        self.file.set_len(0).map_err(|error| unwritable(self.path, &error))?;
        (self.hash, self.length) = (Sha256::new(), 0);
        Ok(())
    }

    fn stopped(&self, why: &str) -> Error {
        let [there, all] = [self.length, self.known.size].map(megabytes);
        Error::new(
            Code::Network,
            format!("{} broke off after {there} of {all} MB ({why}).", self.known.name),
            "Run the same again: it goes on from there.",
        )
    }
}

fn megabytes(bytes: u64) -> u64 {
    (bytes + 500_000) / 1_000_000
}

fn unreachable(known: &Known, url: &str, why: &str) -> Error {
    Error::new(
        Code::Network,
        format!("{} cannot be downloaded from {url} ({why}).", known.name),
        format!(
            "Check the connection; behind a proxy, set HTTPS_PROXY. Or get {} in another way and name it with --model.",
            known.file
        ),
    )
}

fn nowhere(known: &Known, path: &Path) -> Error {
    Error::new(
        Code::BadInput,
        format!("{} is not here, and no public address of exactly this file is known.", known.name),
        format!("Get the file in your own way and put it to {}, or name it with --model.", path.display()),
    )
}

fn other_file(known: &Known, url: &str, found: &str) -> Error {
    Error::new(
        Code::IntegrityMismatch,
        format!("what came from {url} is not {}: its SHA-256 is {found} and not {}.", known.name, known.sha256),
        "It was thrown away. Run the same again; if that says the same, the file there is another one by now.",
    )
}

/// A file or folder that cannot be written to.
fn unwritable(path: &Path, error: &io::Error) -> Error {
    let message = format!("{} cannot be written to ({error}).", path.display());
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            let advice = "Make room, or set XDG_CACHE_HOME to a folder on another disk; what came so far is kept.";
            Error::new(Code::QuotaExceeded, message, advice)
        }
        _ => Error::new(
            Code::BadInput,
            message,
            "Check its permissions, or set XDG_CACHE_HOME to a folder that can be written to.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;
    use std::sync::mpsc::{Receiver, channel};

    const TEXT: &str = "weights of a model";

    /// Answers one connection after the other with what is planned, and says which ranges were asked for.
    fn server(answers: Vec<String>) -> (String, Receiver<Option<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}/", listener.local_addr().unwrap());
        let (tell, asked) = channel();
        std::thread::spawn(move || {
            for answer in answers {
                let (mut connection, _) = listener.accept().unwrap();
                let lines = BufReader::new(connection.try_clone().unwrap()).lines().map_while(io::Result::ok);
                let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
                let range =
                    head.iter().find_map(|line| line.to_ascii_lowercase().strip_prefix("range: ").map(str::to_owned));
                let _ = tell.send(range);
                connection.write_all(answer.as_bytes()).unwrap();
            }
        });
        (base, asked)
    }

    fn answer(status: &str, more: &str, length: usize, body: &str) -> String {
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{more}\r\n{body}")
    }

    fn known(base: Option<String>) -> Known {
        let hash = Sha256::digest(TEXT).iter().map(|byte| format!("{byte:02x}")).collect();
        Known {
            name: "tiny".into(),
            file: "published.gguf".into(),
            cached: "tiny.gguf".into(),
            size: TEXT.len() as u64,
            sha256: hash,
            license: "none".into(),
            base_url: base,
        }
    }

    /// A folder, with a part of the file if there is one.
    fn folder(name: &str, part: Option<&str>) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("semgrad-download-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        if let Some(part) = part {
            fs::write(folder.join("tiny.gguf.part"), part).unwrap();
        }
        folder
    }

    #[test]
    fn a_download_that_broke_off_goes_on() {
        let rest = |from: usize| {
            let range = format!("Content-Range: bytes {from}-17/18\r\n");
            answer("206 Partial Content", &range, 18 - from, &TEXT[from..])
        };
        let all = || answer("200 OK", "", 18, TEXT);
        // The connection ends before the file does; the server does not know ranges; it tells of another place; nothing
        // is there yet; all of it is there already.
        for (name, part, answers, ranges) in [
            ("cut", None, vec![answer("200 OK", "", 18, &TEXT[..7]), rest(7)], vec![None, Some("bytes=7-")]),
            ("later", Some("weig"), vec![rest(4)], vec![Some("bytes=4-")]),
            ("whole", Some("weig"), vec![all()], vec![Some("bytes=4-")]),
            ("moved", Some("weig"), vec![rest(7), all()], vec![Some("bytes=4-"), None]),
            ("long", Some("more than there could possibly be"), vec![all()], vec![None]),
            ("there", Some(TEXT), vec![], vec![]),
        ] {
            let (folder, (base, asked)) = (folder(name, part), server(answers));
            let path = fetch(&known(Some(base)), &folder).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(
                (path.file_name(), fs::read_to_string(&path).unwrap()),
                (Some("tiny.gguf".as_ref()), TEXT.into())
            );
            assert!(!folder.join("tiny.gguf.part").exists());
            assert_eq!(
                asked.try_iter().collect::<Vec<_>>(),
                ranges.iter().map(|r| r.map(str::to_owned)).collect::<Vec<_>>(),
                "{name}"
            );
            fs::remove_dir_all(folder).unwrap();
        }
    }

    #[test]
    fn what_goes_wrong_is_named_with_advice() {
        let part = |folder: &Path| fs::read_to_string(folder.join("tiny.gguf.part")).ok();
        let fail = |name: &str, base: Option<String>| {
            let folder = folder(name, None);
            let error = fetch(&known(base), &folder).unwrap_err();
            assert!(!folder.join("tiny.gguf").exists());
            let kept = part(&folder);
            fs::remove_dir_all(folder).unwrap();
            (error.code, error.message, error.advice, kept)
        };
        let (code, message, advice, kept) =
            fail("other", Some(server(vec![answer("200 OK", "", 18, "weights of a modem")]).0));
        assert_eq!((code, kept), (Code::IntegrityMismatch, None), "what is wrong is not kept");
        assert!(message.contains("is not tiny") && advice.contains("thrown away"), "{message}");
        let (code, message, _, kept) =
            fail("longer", Some(server(vec![answer("200 OK", "", 20, "weights of a model !")]).0));
        assert_eq!((code, kept), (Code::IntegrityMismatch, None), "{message}");
        let (code, message, advice, _) = fail("missing", Some(server(vec![answer("404 Not Found", "", 0, "")]).0));
        assert!(code == Code::Network && message.contains("404") && advice.contains("--model"), "{message}");
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let (code, message, ..) = fail("offline", Some(format!("http://{closed}/")));
        assert!(code == Code::Network && message.contains("published.gguf"), "{message}");
        // A first part comes, then nothing.
        let silent = vec![answer("200 OK", "", 18, "weig"), answer("503 Service Unavailable", "", 0, "")];
        let (code, message, _, kept) = fail("silent", Some(server(silent).0));
        assert!(code == Code::Network && kept.as_deref() == Some("weig"), "{message}");
        let (code, message, advice, _) = fail("nowhere", None);
        assert!(code == Code::BadInput && message.contains("no public address") && advice.contains("tiny.gguf"));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_no_other_error() {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap().write_all(b"x").unwrap_err();
        let error = unwritable("tiny.gguf".as_ref(), &full);
        assert!(error.code == Code::QuotaExceeded && error.advice.contains("XDG_CACHE_HOME"), "{error}");
    }
}
