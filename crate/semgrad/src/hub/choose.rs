//! Which files of a repository are wanted: the GGUF file whose format was named or suits best, be it whole or split, or else a
//! folder of safetensors.

use super::candidate::{Candidate, candidates, is_gguf};
use super::instead::{self, nothing};
use super::label::unfold;
use super::listed::{
    ADAPTER, ADAPTER_CONFIG, CONFIG, INDEX, Listed, Repository, TOKENIZER, TOKENIZER_LISTS, WEIGHTS, Wanted,
};
use super::room::size;
use crate::error::{Code, Error, Result};
use serde::Serialize;

/// A file, or all parts of one in their order; or, of none of them, the folder.
#[derive(Debug, PartialEq, Serialize)]
pub struct Choice {
    /// Which of both.
    pub kind: Kind,
    /// Of a folder nothing.
    pub parts: Vec<Listed>,
}

/// What was chosen.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A GGUF file.
    File,
    /// The folder that was named.
    Folder,
}

/// What is wanted among these files. `room`: bytes of the largest file that fits.
///
/// # Errors
/// `bad_input` where several fit as well or the tag names none, `unsupported_format` where there is none, `out_of_memory`
/// where all are too large.
pub fn choose(files: &[Listed], repository: &Repository, wanted: Wanted, room: f64) -> Result<Choice> {
    let folder = || Choice { kind: Kind::Folder, parts: Vec::new() };
    let has = |name: &str| files.iter().any(|file| file.path == name);
    let named = match wanted {
        Wanted::Model => {
            candidates(files.iter().filter(|file| is_gguf(&file.path) && instead::part(&file.path).is_none()))
        }
        Wanted::Adapter => candidates(files.iter().filter(|file| is_gguf(&file.path))),
        Wanted::Encoder => Vec::new(),
    };
    if let Some(tag) = &repository.tag {
        return tagged(&named, repository, tag).map(chosen);
    }
    match wanted {
        Wanted::Adapter if has(ADAPTER_CONFIG) && has(ADAPTER) => return Ok(folder()),
        Wanted::Encoder if has(CONFIG) && has(TOKENIZER) && has(WEIGHTS) => return Ok(folder()),
        Wanted::Encoder => return Err(nothing(files, &named, repository, wanted)),
        _ => {}
    }
    let mut readable: Vec<_> = named.iter().filter(|one| one.rank.is_some() && one.is_whole()).collect();
    // Of the same in one file and in several, the one file.
    readable.sort_by_key(|one| (one.rank, one.parts.len(), one.size));
    let fitting: Vec<_> = readable.iter().copied().filter(|one| one.size as f64 <= room).collect();
    if let Some(best) = fitting.first() {
        // The same in other words: of two models in one repository, neither is the one.
        let same = |one: &&Candidate<'_>| one.label == best.label && one.parts.len() == best.parts.len();
        return only(&fitting.iter().copied().filter(same).collect::<Vec<_>>(), repository).map(chosen);
    }
    if let Some(least) = readable.iter().min_by_key(|one| one.size) {
        let what = format!("the smallest GGUF file of {}, {}, has", repository.id, least.path);
        return Err(too_large(&what, least.size, room, repository));
    }
    let has_words = has(TOKENIZER) || TOKENIZER_LISTS.into_iter().all(has);
    if wanted == Wanted::Model && has(CONFIG) && has_words && (has(WEIGHTS) || has(INDEX)) {
        let size = weights(files, has(WEIGHTS));
        return match size as f64 > room {
            true => Err(too_large(&format!("the weights of {} have", repository.id), size, room, repository)),
            false => Ok(folder()),
        };
    }
    Err(nothing(files, &named, repository, wanted))
}

fn chosen(one: &Candidate<'_>) -> Choice {
    Choice { kind: Kind::File, parts: one.parts.iter().map(|&part| part.clone()).collect() }
}

fn only<'a, 'b>(found: &[&'b Candidate<'a>], repository: &Repository) -> Result<&'b Candidate<'a>> {
    if let [one] = found {
        return Ok(one);
    }
    let paths: Vec<_> = found.iter().map(|one| one.path).collect();
    let several = paths.get(..4).map_or_else(|| paths.join(", "), |first| format!("{}, …", first.join(", ")));
    let first = paths.first().copied().unwrap_or_default();
    Err(Error::new(
        Code::BadInput,
        format!("{} holds {} files that fit as well: {several}", repository.id, found.len()),
        format!("Name one of them: {}:{first}", repository.id),
    ))
}

/// The file whose format or name was written.
fn tagged<'a, 'b>(named: &'b [Candidate<'a>], repository: &Repository, tag: &str) -> Result<&'b Candidate<'a>> {
    let wanted = unfold(&tag.to_ascii_uppercase());
    let all = |fits: &dyn Fn(&Candidate<'_>) -> bool| named.iter().filter(|one| fits(one)).collect::<Vec<_>>();
    let mut found = all(&|one| one.is_called(tag));
    if found.is_empty() {
        found = all(&|one| one.label == wanted);
    }
    if found.is_empty() {
        found = all(&|one| one.label.strip_prefix("UD-") == Some(&wanted));
    }
    let Some(first) = found.first() else {
        let labels = instead::labels(named.iter());
        let advice = match labels.as_slice() {
            [] => format!("It has no GGUF files: leave \":{tag}\" out."),
            labels => format!("There are {}.", labels.join(", ")),
        };
        return Err(Error::new(Code::BadInput, format!("{} has no {tag}", repository.id), advice));
    };
    let complete: Vec<_> = found.iter().copied().filter(|one| one.is_whole()).collect();
    if complete.is_empty() {
        let missing = first.missing.as_deref().unwrap_or_default();
        let message = format!(
            "{} does not hold all parts of the model that {} is one of: {missing} is missing",
            repository.id, first.path
        );
        return Err(Error::new(Code::BadInput, message, instead::instead(named, repository)));
    }
    if complete.iter().all(|one| one.rank.is_none()) {
        let message = format!("{} cannot be read", first.label);
        return Err(Error::new(Code::UnsupportedFormat, message, instead::instead(named, repository)));
    }
    let single: Vec<_> = complete.iter().copied().filter(|one| one.parts.len() == 1).collect();
    only(if single.is_empty() { &complete } else { &single }, repository)
}

/// Bytes of a folder's weights: the one file, or all shards.
fn weights(files: &[Listed], is_single: bool) -> u64 {
    let is_shard = |path: &str| path.starts_with("model-") && path.contains("-of-") && path.ends_with(".safetensors");
    let is = |path: &str| if is_single { path == WEIGHTS } else { !path.contains('/') && is_shard(path) };
    files.iter().filter(|file| is(&file.path)).map(|file| file.size).sum()
}

fn too_large(what: &str, bytes: u64, room: f64, Repository { hub, id, revision, .. }: &Repository) -> Error {
    Error::new(
        Code::OutOfMemory,
        format!("{what} {}, and about {} fit here", size(bytes as f64), size(room.max(0.0))),
        format!(
            "Load a smaller model, or this one in spite of that by its format or its address, as in \
             {hub}{id}/resolve/{revision}/."
        ),
    )
}
