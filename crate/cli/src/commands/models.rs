//! `semgrad models`: what was downloaded, and how to get rid of it. The package keeps its models in the same folder.

use crate::models::known::Known;
use crate::models::{Cache, Kept, Sheet, cached, repository};
use crate::stop::Stop;
use clap::{Args, Subcommand};
use semgrad::hub::size;
use serde::Serialize;

/// Arguments of `semgrad models`.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// List what was downloaded, by this program or by the package in Node.
    List {
        /// Every file, as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Delete what was downloaded: models by their names, or files by their hashes or the addresses they came from.
    Remove {
        /// A known name, owner/name (all of its files), a hash, or an address with all below it.
        #[arg(required_unless_present = "all")]
        names: Vec<String>,
        /// Everything.
        #[arg(long, conflicts_with = "names")]
        all: bool,
    },
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Stop> {
    let cache = Cache::usual().map_err(Stop::Failed)?;
    match arguments.action {
        Action::List { json: true } => {
            let files: Vec<_> = cache.list().into_iter().filter(is_there).map(File::from).collect();
            let json = serde_json::to_string_pretty(&files);
            say_line!("{}", json.map_err(|e| Stop::Failed(semgrad::Error::internal(e.to_string())))?);
        }
        Action::List { json: false } => list(&cache),
        Action::Remove { all: true, .. } => {
            let freed = remove(&cache, &|_| true)?;
            say_line!("{} freed", size(freed as f64));
        }
        Action::Remove { names, .. } => {
            let nothing = |name: &&String| !cache.list().iter().any(called(name));
            if let Some(name) = names.iter().find(nothing) {
                return Err(Stop::bad_input(
                    format!("nothing here is called {name:?}."),
                    "Nothing was deleted. `semgrad models list` says what is here.",
                ));
            }
            for name in names {
                let freed = remove(&cache, &called(&name))?;
                say_line!("{name}: {} freed", size(freed as f64));
            }
        }
    }
    Ok(())
}

/// A file, as the package lists it.
#[derive(Serialize)]
struct File {
    key: String,
    name: String,
    url: String,
    bytes: u64,
    size: Option<u64>,
    sha256: Option<String>,
    complete: bool,
}

impl From<Kept> for File {
    fn from(Kept { cached, sheet, bytes }: Kept) -> Self {
        let known = Known::all().iter().find(|known| known.cached == cached);
        let key = known.map_or(cached, |known| known.sha256.clone());
        let Sheet { name, url, size, sha256, complete, .. } = sheet;
        Self { key, name, url, bytes, size, sha256, complete }
    }
}

/// Not what stands for a file that a server does not have.
fn is_there(kept: &Kept) -> bool {
    kept.sheet.absent != Some(true)
}

/// Files that belong together, by the name that removes them.
fn list(cache: &Cache) {
    let mut groups: Vec<(String, Vec<Kept>)> = Vec::new();
    for kept in cache.list().into_iter().filter(is_there) {
        let name = group(&kept);
        match groups.iter_mut().find(|(other, _)| *other == name) {
            Some((_, files)) => files.push(kept),
            None => groups.push((name, vec![kept])),
        }
    }
    groups.sort_by(|a, b| a.0.cmp(&b.0));
    for (name, files) in &groups {
        let bytes: u64 = files.iter().map(|kept| kept.bytes).sum();
        let cut = files.iter().filter(|kept| !kept.sheet.complete).map(|kept| match kept.sheet.size {
            Some(all) => format!(", {} is cut off at {} %", kept.sheet.name, kept.bytes * 100 / all.max(1)),
            None => format!(", {} is cut off", kept.sheet.name),
        });
        say_line!("{:>8}  {name}{}", size(bytes as f64), cut.collect::<String>());
    }
    let all: u64 = groups.iter().flat_map(|(_, files)| files).map(|kept| kept.bytes).sum();
    say_line!("{:>8}  in {}", size(all as f64), cache.folder().display());
}

/// What a file is removed by: the name of its model, its repository, or else its address.
fn group(kept: &Kept) -> String {
    let known = Known::all().iter().find(|known| known.cached == kept.cached);
    known.map(|known| known.name.clone()).or_else(|| of_hub(&kept.sheet.url)).unwrap_or_else(|| {
        let address = kept.sheet.url.split('?').next().unwrap_or_default();
        if address.is_empty() { kept.cached.clone() } else { address.to_owned() }
    })
}

/// `owner/name` of an address as hubs have them.
fn of_hub(url: &str) -> Option<String> {
    let before = ["/resolve/", "/tree/"].iter().find_map(|mark| url.split_once(mark))?.0;
    let mut parts = before.rsplit('/');
    let (name, owner) = (parts.next()?, parts.next()?);
    Some(format!("{owner}/{name}"))
}

/// What a name means, as in the package.
fn called(what: &str) -> impl Fn(&Kept) -> bool + use<'_> {
    let known = Known::find(what).map(|known| known.cached.clone());
    let id = repository(what);
    let key = cached(what);
    move |kept| {
        let url = &kept.sheet.url;
        let of_hub = id.as_ref().is_some_and(|id| of_hub(url).as_ref() == Some(id));
        // The address itself, or what lies below it: no neighbor whose name begins alike.
        let (host, rest) = (what.split_once("://").map_or("", |(_, host)| host), url.strip_prefix(what));
        let below = !host.is_empty()
            && rest.is_some_and(|rest| what.ends_with('/') || rest.is_empty() || rest.starts_with(['/', '?', '#']));
        known.as_ref() == Some(&kept.cached) || kept.cached == key || of_hub || below
    }
}

/// Bytes that became free.
fn remove(cache: &Cache, is_meant: &dyn Fn(&Kept) -> bool) -> Result<u64, Stop> {
    let mut freed = 0;
    for kept in cache.list().into_iter().filter(is_meant) {
        freed += cache.remove(&kept.cached).map_err(Stop::Failed)?;
    }
    Ok(freed)
}
