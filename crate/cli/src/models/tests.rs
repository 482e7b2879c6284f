//! A server that behaves like the hub: lists of files page by page, answers that lead on to a second server for large files
//! and say their hashes, errors with codes, renamed repositories.

use super::hub::{Found, find, named};
use super::network::Network;
use super::remote::hex;
use super::*;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

type Files = BTreeMap<String, Vec<u8>>;
/// A repository's name, and its files.
type Given<'a> = (&'a str, &'a [(&'a str, &'a [u8])]);
/// Status, headers, body, and after how many bytes of it the connection ends.
type Answer = (u16, Vec<String>, Vec<u8>, Option<usize>);

/// What the servers have, and how they behave; it may be changed between requests.
#[derive(Default)]
struct State {
    repositories: BTreeMap<String, Files>,
    renamed: BTreeMap<String, String>,
    gated: Vec<String>,
    /// How many requests are answered 429.
    limited: usize,
    retry_after: u64,
    page: Option<usize>,
    /// The next file ends after so many bytes.
    cut: Option<usize>,
    requests: Vec<String>,
}

struct Hub {
    state: Arc<Mutex<State>>,
    url: String,
    folder: PathBuf,
}

fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn is_large(path: &str) -> bool {
    [".gguf", ".safetensors", "tokenizer.json"].iter().any(|end| path.ends_with(end))
}

/// Answers every request with what `answer` says of its method, its path and its headers.
fn serve(answer: impl Fn(&str, &str, &[String]) -> Answer + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let lines = BufReader::new(connection.try_clone().unwrap()).lines().map_while(std::io::Result::ok);
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let Some(first) = head.first() else { continue };
            let mut words = first.split(' ');
            let (method, path) = (words.next().unwrap(), words.next().unwrap());
            let (status, headers, body, end) = answer(method, path, &head);
            let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
            let head =
                format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n", body.len());
            let body = if method == "HEAD" { &[][..] } else { &body[..end.unwrap_or(body.len())] };
            let _ = connection.write_all(head.as_bytes()).and_then(|()| connection.write_all(body));
        }
    });
    url
}

fn header<'a>(head: &'a [String], name: &str) -> Option<&'a str> {
    head.iter().find_map(|line| line.split_once(": ").filter(|(key, _)| key.eq_ignore_ascii_case(name))).map(|(_, v)| v)
}

impl Hub {
    fn new(repositories: &[Given<'_>]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let files = |files: &[(&str, &[u8])]| files.iter().map(|&(path, body)| (path.into(), body.to_vec())).collect();
        let repositories = repositories.iter().map(|(id, list)| ((*id).into(), files(list))).collect();
        let state = Arc::new(Mutex::new(State { repositories, ..State::default() }));
        let (mine, theirs) = (state.clone(), state.clone());
        let cdn = serve(move |method, path, head| {
            let mut state = mine.lock().unwrap();
            let from =
                header(head, "range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
            let from: usize = from.unwrap_or(0);
            let told = header(head, "authorization").map_or("", |_| " with a token");
            state.requests.push(format!("cdn {method} from {from}{told}"));
            let all =
                state.repositories.values().flatten().find(|(_, body)| hash(body) == path[1..]).unwrap().1.clone();
            let range = format!("Content-Range: bytes {from}-{}/{}", all.len() - 1, all.len());
            let (status, headers) = if from > 0 { (206, vec![range]) } else { (200, vec![]) };
            (status, headers, all[from..].to_vec(), state.cut.take())
        });
        let url = serve(move |method, path, head| {
            let mut state = theirs.lock().unwrap();
            let told = header(head, "authorization").map_or_else(String::new, |token| format!(" {token}"));
            state.requests.push(format!("{method} {path}{told}"));
            let refuse = |status, code: &str| (status, vec![format!("X-Error-Code: {code}")], vec![], None);
            if state.limited > 0 {
                state.limited -= 1;
                return (429, vec![format!("Retry-After: {}", state.retry_after)], vec![], None);
            }
            let (bare, query) = path.split_once('?').unwrap_or((path, ""));
            let parts: Vec<&str> = bare[1..].trim_start_matches("api/models/").split('/').collect();
            let [owner, name, _, revision, rest @ ..] = parts.as_slice() else { return refuse(404, "") };
            let (id, rest) = (format!("{owner}/{name}"), rest.join("/").replace("%20", " "));
            if let Some(now) = state.renamed.get(&id) {
                return (307, vec![format!("Location: {}", path.replace(&id, now))], vec![], None);
            }
            let Some(files) = state.repositories.get(&id) else { return refuse(401, "RepoNotFound") };
            if *revision != "main" {
                return refuse(404, "RevisionNotFound");
            }
            if bare.starts_with("/api/") {
                let start = query.split_once("cursor=").map_or(0, |(_, at)| at.parse().unwrap());
                let page = state.page.unwrap_or(1000);
                let entry = |(path, body): (&String, &Vec<u8>)| match is_large(path) {
                    true => {
                        json!({ "type": "file", "path": path, "size": 135, "lfs": { "oid": hash(body), "size": body.len() } })
                    }
                    false => json!({ "type": "file", "path": path, "size": body.len() }),
                };
                let listed = files.iter().filter(|(path, _)| path.starts_with(&rest));
                let entries: Vec<_> = listed.map(entry).collect();
                // Another host than this one is never asked.
                let link = format!("Link: <http://elsewhere.example/?cursor={}>; rel=\"next\"", start + page);
                let headers = if start + page < entries.len() { vec![link] } else { vec![] };
                let some: Vec<_> = entries.into_iter().skip(start).take(page).collect();
                return (200, headers, serde_json::to_vec(&some).unwrap(), None);
            }
            if state.gated.contains(&id) {
                return refuse(401, "GatedRepo");
            }
            let Some(body) = files.get(&rest) else { return refuse(404, "EntryNotFound") };
            if !is_large(&rest) {
                return (200, vec![], body.clone(), None);
            }
            let facts = [format!("X-Linked-ETag: \"{}\"", hash(body)), format!("X-Linked-Size: {}", body.len())];
            let on = format!("Location: {cdn}{}", hash(body));
            (302, facts.into_iter().chain([on]).collect(), vec![], None)
        });
        let folder = std::env::temp_dir().join(format!("semgrad-hub-{}-{number}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        Self { state, url, folder }
    }

    fn cache(&self) -> Cache {
        Cache::at(self.folder.clone())
    }

    fn get(&self, name: &str, wanted: Wanted) -> semgrad::Result<Found> {
        self.get_with(name, wanted, None)
    }

    fn get_with(&self, name: &str, wanted: Wanted, token: Option<&str>) -> semgrad::Result<Found> {
        let network = Network::of(self.url.clone(), token.map(str::to_owned));
        find(named(name, &network.hub).unwrap(), wanted, &self.cache(), &network)
    }

    /// Names of the files, and what is in them.
    fn files(&self, name: &str) -> Vec<(String, Vec<u8>)> {
        let found = self.get(name, Wanted::Model).unwrap_or_else(|error| panic!("{name}: {error}"));
        found.files.into_iter().map(|(name, file)| (name, std::fs::read(file.path).unwrap())).collect()
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().requests)
    }

    fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap());
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

const BODY: &[u8] = b"GGUF and many weights";
const OTHER: &[u8] = b"GGUF and more of them in eight bits";

fn one() -> Hub {
    Hub::new(&[("org/one-GGUF", &[("README.md", b"#"), ("one-Q4_K_M.gguf", BODY), ("one-Q8_0.gguf", OTHER)])])
}

fn own(name: &str, body: &[u8]) -> (String, Vec<u8>) {
    (name.to_owned(), body.to_vec())
}

#[test]
fn a_name_is_resolved_once_and_a_second_run_asks_for_nothing() {
    let hub = one();
    let list = "GET /api/models/org/one-GGUF/tree/main?recursive=true";
    assert_eq!(hub.files("org/one-GGUF"), [own("one-Q4_K_M.gguf", BODY)]);
    assert_eq!(hub.asked(), [list, "GET /org/one-GGUF/resolve/main/one-Q4_K_M.gguf", "cdn GET from 0"]);
    assert_eq!(hub.files("org/one-GGUF:q4_k_m"), [own("one-Q4_K_M.gguf", BODY)]);
    assert!(hub.asked().is_empty());
    // Another format costs its download only, and the address of a file that is here only its hash.
    assert_eq!(hub.files("org/one-GGUF:Q8_0"), [own("one-Q8_0.gguf", OTHER)]);
    assert_eq!(hub.asked().len(), 2);
    let address = format!("{}org/one-GGUF/blob/main/one-Q8_0.gguf?download=true", hub.url);
    for asked in [1, 0] {
        assert_eq!(hub.files(&address), [own("one-Q8_0.gguf", OTHER)]);
        assert_eq!(hub.asked().len(), asked);
    }
    // A format that came after the list is found.
    hub.set(|state| {
        let files = state.repositories.get_mut("org/one-GGUF").unwrap();
        files.insert("one-Q6_K.gguf".into(), b"GGUF new".to_vec());
    });
    assert_eq!(hub.files("org/one-GGUF:Q6_K"), [own("one-Q6_K.gguf", b"GGUF new")]);
}

#[test]
fn folders_adapters_encoders_and_split_files_come_whole() {
    let index = br#"{"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"}}"#;
    let hub = Hub::new(&[
        (
            "org/folder",
            &[
                ("config.json", b"{}"),
                ("model-00001-of-00002.safetensors", b"first"),
                ("model-00002-of-00002.safetensors", b"second"),
                ("model.safetensors.index.json", index),
                ("tokenizer.json", b"words"),
                ("training_args.json", b"other"),
            ],
        ),
        ("org/lora", &[("adapter_config.json", b"{}"), ("adapter_model.safetensors", b"lora"), ("README.md", b"#")]),
        (
            "org/encoder",
            &[
                ("1_Pooling/config.json", b"pool"),
                ("config.json", b"{}"),
                ("model.safetensors", b"bert"),
                ("tokenizer.json", b"wp"),
            ],
        ),
        ("org/split", &[("q/m-Q4_0-00001-of-00002.gguf", b"GGUF 1"), ("q/m-Q4_0-00002-of-00002.gguf", b"GGUF 2")]),
        ("org/deep", &[("a b/config.json", b"{}"), ("a b/model.safetensors", b"m"), ("a b/tokenizer.json", b"t")]),
    ]);
    hub.set(|state| state.page = Some(2));
    let names = |name: &str, wanted| {
        let Found { name, files } = hub.get(name, wanted).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, files.into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(" "))
    };
    let shards = "model-00001-of-00002.safetensors model-00002-of-00002.safetensors";
    let folder = format!("config.json tokenizer.json model.safetensors.index.json {shards}");
    assert_eq!(names("org/folder", Wanted::Model), ("folder".into(), folder));
    let lora = "adapter_config.json adapter_model.safetensors";
    assert_eq!(names("org/lora", Wanted::Adapter), ("lora".into(), lora.into()));
    let encoder = "config.json tokenizer.json 1_Pooling/config.json model.safetensors";
    assert_eq!(names("org/encoder", Wanted::Encoder), ("encoder".into(), encoder.into()));
    let split = "m-Q4_0-00001-of-00002.gguf m-Q4_0-00002-of-00002.gguf";
    assert_eq!(names("org/split", Wanted::Model).1, split);
    let part = format!("{}org/split/resolve/main/q/m-Q4_0-00002-of-00002.gguf", hub.url);
    assert_eq!(names(&part, Wanted::Model).1, split);
    let deep = format!("{}org/deep/tree/main/a%20b", hub.url);
    assert_eq!(names(&deep, Wanted::Model).1, "config.json tokenizer.json model.safetensors");
    hub.asked();
    for (name, wanted) in [("org/folder", Wanted::Model), ("org/lora", Wanted::Adapter), (&deep, Wanted::Model)] {
        names(name, wanted);
    }
    assert_eq!(hub.asked(), Vec::<String>::new());
}

#[test]
fn what_the_hub_refuses_is_said_with_what_to_do() {
    let hub = one();
    let fail = |name: &str, wanted, says: &str, advises: &str| {
        let error = hub.get(name, wanted).err().unwrap_or_else(|| panic!("{name} is there"));
        assert!(error.message.contains(says) && error.advice.contains(advises), "{name}: {error}");
        error.code
    };
    let model = Wanted::Model;
    let address = |path: &str| format!("{}{path}", hub.url);
    for (name, says, advises) in [
        (
            "org/none",
            "the list of files of org/none: the server answered 401: there is no public repository",
            "HF_TOKEN",
        ),
        ("org/one-GGUF@v9", "404: the repository has no such revision", "branch"),
        (&address("org/one-GGUF/resolve/main/no.gguf"), "no.gguf: the server answered 404", "name the repository"),
        ("http://127.0.0.1:9/x.gguf", "does not answer", "connection"),
    ] {
        assert_eq!(fail(name, model, says, advises), Code::Network);
    }
    assert_eq!(fail("org/one-GGUF:Q5_K_M", model, "has no Q5_K_M", "Q4_K_M, Q8_0"), Code::BadInput);
    assert_eq!(fail("org/one-GGUF", Wanted::Encoder, "holds nothing", "config.json"), Code::UnsupportedFormat);
    hub.set(|state| state.gated.push("org/one-GGUF".into()));
    fail("org/one-GGUF", model, "one-Q4_K_M.gguf: the server answered 401: its owner wants", "agree");
    hub.set(|state| (state.gated, state.limited, state.retry_after) = (vec![], 99, 240));
    fail("org/new", model, "answered 429", "in 240 seconds");
    // Whoever is to wait a little waits.
    hub.set(|state| (state.limited, state.retry_after) = (2, 0));
    assert_eq!(hub.files("org/one-GGUF").len(), 1);
}

#[test]
fn a_renamed_repository_is_followed() {
    let hub = one();
    hub.set(|state| state.renamed = BTreeMap::from([("old/name".into(), "org/one-GGUF".into())]));
    assert_eq!(hub.files("old/name"), [own("one-Q4_K_M.gguf", BODY)]);
    let address = format!("{}old/name/resolve/main/one-Q8_0.gguf", hub.url);
    hub.asked();
    assert_eq!(hub.files(&address), [own("one-Q8_0.gguf", OTHER)]);
    let path = "resolve/main/one-Q8_0.gguf";
    assert_eq!(hub.asked()[..2], [format!("HEAD /old/name/{path}"), format!("HEAD /org/one-GGUF/{path}")]);
    assert!(hub.folder.join(hash(OTHER)).exists(), "it is kept by its hash");
}

#[test]
fn a_cut_download_goes_on_and_another_file_is_refused() {
    let hub = one();
    hub.set(|state| state.cut = Some(7));
    assert_eq!(hub.files("org/one-GGUF"), [own("one-Q4_K_M.gguf", BODY)]);
    let cdn: Vec<_> = hub.asked().into_iter().filter(|line| line.starts_with("cdn")).collect();
    assert_eq!(cdn, ["cdn GET from 0", "cdn GET from 7"]);
    // The list says the hash of before: what comes now is refused, and the list asked for again.
    hub.cache().remove(&hash(BODY)).unwrap();
    hub.set(|state| {
        state.repositories.get_mut("org/one-GGUF").unwrap().insert("one-Q4_K_M.gguf".into(), BODY.to_ascii_uppercase());
    });
    assert_eq!(hub.files("org/one-GGUF"), [own("one-Q4_K_M.gguf", &BODY.to_ascii_uppercase())]);
    assert_eq!(hub.asked().iter().filter(|line| line.contains("/api/")).count(), 1);
}

#[test]
fn only_the_hub_is_told_the_token() {
    let hub = one();
    hub.get_with("org/one-GGUF", Wanted::Model, Some("hf_x")).unwrap();
    let list = "GET /api/models/org/one-GGUF/tree/main?recursive=true Bearer hf_x";
    assert_eq!(hub.asked(), [list, "GET /org/one-GGUF/resolve/main/one-Q4_K_M.gguf Bearer hf_x", "cdn GET from 0"]);
    // A hub that leads on to itself hears it again.
    hub.set(|state| state.renamed = BTreeMap::from([("old/name".into(), "org/one-GGUF".into())]));
    hub.get_with("old/name", Wanted::Model, Some("hf_x")).unwrap();
    let path = "org/one-GGUF/tree/main?recursive=true Bearer hf_x";
    assert_eq!(hub.asked()[1], format!("GET /api/models/{path}"));
    let other = one();
    let address = format!("{}org/one-GGUF/resolve/main/one-Q4_K_M.gguf", other.url);
    hub.get_with(&address, Wanted::Model, Some("hf_x")).unwrap();
    assert_eq!(other.asked(), ["GET /org/one-GGUF/resolve/main/one-Q4_K_M.gguf", "cdn GET from 0"]);
}

#[test]
fn a_part_that_somebody_holds_is_waited_for_and_one_that_nobody_does_is_taken_at_once() {
    let hub = one();
    let cache = hub.cache();
    cache.make().unwrap();
    let name = format!("{}.0123abcd.part", hash(BODY));
    let path = hub.folder.join(&name);
    std::fs::write(&path, &BODY[..5]).unwrap();
    cache.save(&name, &Sheet { held: Some(true), ..Sheet::default() }).unwrap();
    let (file, is_over) = (std::fs::File::open(&path).unwrap(), Arc::new(Mutex::new(false)));
    file.lock().unwrap();
    let over = is_over.clone();
    let other = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(300));
        *over.lock().unwrap() = true;
        drop(file);
    });
    let part = cache.part(&hash(BODY));
    assert!(*is_over.lock().unwrap(), "it was taken while somebody wrote into it");
    assert_eq!(std::fs::read(hub.folder.join(part)).unwrap(), BODY[..5]);
    other.join().unwrap();
}

#[test]
fn names_that_lead_elsewhere_are_no_files() {
    let hub =
        Hub::new(&[("org/odd", &[("../x-Q4_0.gguf", BODY), ("a\u{1b}-Q4_0.gguf", BODY), ("fine-Q8_0.gguf", OTHER)])]);
    assert_eq!(hub.files("org/odd"), [own("fine-Q8_0.gguf", OTHER)]);
}

#[test]
fn what_is_kept_is_listed_with_its_sheet_and_hashed_again_when_it_was_exchanged() {
    let hub = one();
    hub.files("org/one-GGUF");
    let cache = hub.cache();
    let names: Vec<_> = cache.list().into_iter().map(|kept| (kept.sheet.name, kept.sheet.complete)).collect();
    assert_eq!(names.len(), 2);
    assert!(names.contains(&("one-Q4_K_M.gguf".into(), true)), "{names:?}");
    let path = hub.folder.join(hash(BODY));
    // The same file, written anew: it is hashed, and downloaded only if it is another one.
    std::fs::File::options().append(true).open(&path).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
    hub.asked();
    hub.files("org/one-GGUF");
    assert!(hub.asked().is_empty());
    std::fs::write(&path, BODY.to_ascii_uppercase()).unwrap();
    assert_eq!(hub.files("org/one-GGUF"), [own("one-Q4_K_M.gguf", BODY)]);
    assert_eq!(hub.asked().len(), 2);
    // A part that somebody else left is listed, and gone on with.
    cache.remove(&hash(BODY)).unwrap();
    let part = format!("{}.0123abcd.part", hash(BODY));
    std::fs::write(hub.folder.join(&part), &BODY[..5]).unwrap();
    let sheet = Sheet { name: "one".into(), size: Some(BODY.len() as u64), ..Sheet::default() };
    cache.save(&part, &sheet).unwrap();
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    std::fs::File::options().append(true).open(hub.folder.join(&part)).unwrap().set_modified(old).unwrap();
    assert!(cache.list().iter().any(|kept| kept.bytes == 5 && !kept.sheet.complete));
    hub.files("org/one-GGUF");
    assert_eq!(hub.asked().last().unwrap(), "cdn GET from 5");
    assert_eq!(std::fs::read_dir(&hub.folder).unwrap().count(), 4, "two files with their sheets");
}

#[test]
fn an_answer_leads_on_to_an_address_of_any_kind() {
    let from = "https://hub.example/a/b?c=/d";
    for (place, to) in [
        ("/e?f", "https://hub.example/e?f"),
        ("e", "https://hub.example/a/e"),
        ("//cdn.example/e", "https://cdn.example/e"),
        ("http://cdn.example:8/e", "http://cdn.example:8/e"),
    ] {
        assert_eq!(network::joined(from, place).as_deref(), Some(to));
    }
    assert_eq!(network::joined("https://hub.example", "e").as_deref(), Some("https://hub.example/e"));
}
