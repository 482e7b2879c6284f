//! A server that does as it is told, byte by byte.

use super::*;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime};

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

fn remote(base: &str) -> Remote {
    let (size, sha256) = (Some(TEXT.len() as u64), Some(hex(&Sha256::digest(TEXT))));
    Remote { size, sha256, ..Remote::at("tiny.gguf", format!("{base}published.gguf")) }
}

/// A cache, with a part of the file that an earlier run left, if there is one.
fn cache(name: &str, remote: &Remote, part: Option<&str>) -> Cache {
    let folder = std::env::temp_dir().join(format!("semgrad-download-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    if let Some(part) = part {
        let path = folder.join(format!("{}.00000000.part", remote.cached()));
        fs::write(&path, part).unwrap();
        let before = SystemTime::now() - Duration::from_secs(60);
        File::options().append(true).open(&path).unwrap().set_modified(before).unwrap();
        let json = format!(r#"{{"name":"","url":"{}","size":null,"complete":false,"etag":"\"a\""}}"#, remote.url);
        fs::write(path.with_extension("part.json"), json).unwrap();
    }
    Cache::at(folder)
}

fn parts(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    names
        .filter(|path| path.extension().is_some_and(|end| end == "part"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect()
}

fn network() -> Network {
    Network::of("https://hub.example/".into(), None)
}

#[test]
fn a_download_that_broke_off_goes_on() {
    let rest = |from: usize| {
        let range = format!("Content-Range: bytes {from}-17/18\r\n");
        answer("206 Partial Content", &range, 18 - from, &TEXT[from..])
    };
    let all = || answer("200 OK", "", 18, TEXT);
    let endless = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{TEXT}");
    let newer = answer("206 Partial Content", "ETag: \"b\"\r\nContent-Range: bytes 4-17/18\r\n", 14, &TEXT[4..]);
    // The connection ends before the file does; the server does not know ranges; it tells of another place; it does not say
    // how much there is; nothing is there yet; all of it is there already; without a hash, the file is another one by now.
    for (name, hashed, part, answers, ranges) in [
        ("cut", true, None, vec![answer("200 OK", "", 18, &TEXT[..7]), rest(7)], vec![None, Some("bytes=7-")]),
        ("later", true, Some("weig"), vec![rest(4)], vec![Some("bytes=4-")]),
        ("whole", true, Some("weig"), vec![all()], vec![Some("bytes=4-")]),
        ("moved", true, Some("weig"), vec![rest(7), all()], vec![Some("bytes=4-"), None]),
        ("long", true, Some("more than there could possibly be"), vec![all()], vec![None]),
        ("there", true, Some(TEXT), vec![], vec![]),
        ("endless", false, None, vec![endless], vec![None]),
        ("bare", false, Some("weig"), vec![rest(4)], vec![Some("bytes=4-")]),
        ("newer", false, Some("weig"), vec![newer, all()], vec![Some("bytes=4-"), None]),
    ] {
        let (base, asked) = server(answers);
        let remote = if hashed { remote(&base) } else { Remote::at("tiny.gguf", format!("{base}published.gguf")) };
        let cache = cache(name, &remote, part);
        let found = fetch(&remote, &cache, &network(), None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            (found.path.clone(), fs::read_to_string(&found.path).unwrap()),
            (cache.path(&remote.cached()), TEXT.into())
        );
        assert_eq!(found.sha256, hex(&Sha256::digest(TEXT)), "{name}");
        assert_eq!(parts(cache.folder()), [""; 0], "{name}");
        let asked: Vec<_> = asked.try_iter().collect();
        assert_eq!(asked, ranges.iter().map(|range| range.map(str::to_owned)).collect::<Vec<_>>(), "{name}");
        // From now on it is there.
        assert_eq!(fetch(&remote, &cache, &network(), None).unwrap(), found, "{name}");
        fs::remove_dir_all(cache.folder()).unwrap();
    }
}

#[test]
fn what_goes_wrong_is_named_with_advice() {
    let fail = |name: &str, base: &str| {
        let remote = remote(base);
        let cache = cache(name, &remote, None);
        let error = fetch(&remote, &cache, &network(), None).unwrap_err();
        assert!(!cache.path(&remote.cached()).exists());
        let kept = parts(cache.folder());
        fs::remove_dir_all(cache.folder()).unwrap();
        (error.code, error.message, error.advice, kept)
    };
    let served = |answers| server(answers).0;
    let (code, message, advice, kept) = fail("other", &served(vec![answer("200 OK", "", 18, "weights of a modem")]));
    assert_eq!((code, kept.len()), (Code::IntegrityMismatch, 0), "what is wrong is not kept");
    assert!(message.contains("is not the expected file") && advice.contains("thrown away"), "{message}");
    let (code, message, _, kept) = fail("longer", &served(vec![answer("200 OK", "", 20, "weights of a model !")]));
    assert_eq!((code, kept.len()), (Code::IntegrityMismatch, 0), "{message}");
    let (code, message, advice, _) = fail("missing", &served(vec![answer("404 Not Found", "", 0, "")]));
    assert!(code == Code::Network && message.contains("404") && advice.contains("address"), "{message}");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (code, message, ..) = fail("offline", &format!("http://{closed}/"));
    assert!(code == Code::Network && message.contains("published.gguf"), "{message}");
    // A first part comes, then nothing.
    let silent = vec![answer("200 OK", "", 18, "weig"), answer("503 Service Unavailable", "", 0, "")];
    let (code, message, _, kept) = fail("silent", &served(silent));
    assert!(code == Code::Network && kept == ["weig"], "{message}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_no_other_error() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap().write_all(b"x").unwrap_err();
    let error = unwritable("tiny.gguf".as_ref(), &full);
    assert!(error.code == Code::QuotaExceeded && error.advice.contains("XDG_CACHE_HOME"), "{error}");
}
