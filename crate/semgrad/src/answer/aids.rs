//! What a model can be given besides its weights: engines that compare texts, words to exchange, trained probes.

use super::prompt::bad;
use crate::engines::{Embedder, Nli};
use crate::error::{Code, Error, Result};
use crate::evidence::ask::Asker;
use crate::evidence::compare::{Judge, Similarity};
use crate::perturb::synonyms::Synonyms;
use crate::probe::Probes;
use semgrad_scores::record::EngineNames;
use std::rc::Rc;

/// Who may compare texts, by name.
pub const EMBED: [&str; 3] = ["lexical", "encoder", "none"];
/// Who may judge entailment.
pub const NLI: [&str; 4] = ["lexical", "judge", "encoder", "none"];

/// Aids of a model; each is optional.
#[derive(Clone, Default)]
pub struct Aids {
    /// Sentence embeddings.
    pub embedder: Option<Rc<Embedder>>,
    /// Entailment.
    pub nli: Option<Rc<Nli>>,
    /// For the search of other wordings.
    pub synonyms: Option<Rc<Synonyms>>,
    /// Probes of this model's states.
    pub probes: Option<Rc<Probes>>,
}

impl Aids {
    /// Who compares texts: the engine named, else the encoder that was loaded.
    ///
    /// # Errors
    /// `engine_required` when there is neither, `bad_input` for an unknown name.
    pub fn similarity(&self, names: &EngineNames) -> Result<Similarity<'_>> {
        match (names.embed.as_deref(), &self.embedder) {
            (Some("lexical"), _) => Ok(Similarity::Lexical),
            (None | Some("encoder"), Some(encoder)) => Ok(Similarity::Encoder(encoder)),
            (None | Some("encoder" | "none"), _) => Err(missing("embed", "a sentence encoder, or \"lexical\"")),
            (Some(name), _) => Err(unknown("embed", name)),
        }
    }

    /// Who judges entailment: the engine named, else the encoder that was loaded.
    ///
    /// # Errors
    /// `engine_required` when there is neither, `bad_input` for an unknown name.
    pub fn judge<'a>(&'a self, names: &EngineNames, asker: Option<&'a Asker<'a>>) -> Result<Judge<'a>> {
        match (names.nli.as_deref(), &self.nli, asker) {
            (Some("lexical"), ..) => Ok(Judge::Lexical),
            (Some("judge"), _, Some(asker)) => Ok(Judge::Model(asker)),
            (Some("judge"), _, None) => Err(missing("nli", "a model with a tokenizer to judge")),
            (None | Some("encoder"), Some(encoder), _) => Ok(Judge::Encoder(encoder)),
            (None | Some("encoder" | "none"), ..) => Err(missing("nli", "a cross-encoder, \"judge\" or \"lexical\"")),
            (Some(name), ..) => Err(unknown("nli", name)),
        }
    }
}

fn missing(engine: &str, what: &str) -> Error {
    Error::new(
        Code::EngineRequired,
        format!("the engine \"{engine}\" is needed, and none was given."),
        format!("Give {what} as \"{engine}\", or leave the method out."),
    )
}

/// The error of an engine that is none of these.
pub fn unknown(engine: &str, name: &str) -> Error {
    bad(
        format!("unknown engine {name:?} for \"{engine}\"."),
        "Use \"lexical\", \"judge\" (nli only), \"encoder\" or \"none\".",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_are_found_by_name() {
        let aids = Aids::default();
        let names = |name: Option<&str>| EngineNames { embed: name.map(str::to_owned), nli: name.map(str::to_owned) };
        let embed = |name| aids.similarity(&names(name)).err().map(|e| e.code);
        let nli = |name| aids.judge(&names(name), None).err().map(|e| e.code);
        assert_eq!((embed(Some("lexical")), nli(Some("lexical"))), (None, None));
        for name in [None, Some("encoder"), Some("none")] {
            assert_eq!(embed(name), Some(Code::EngineRequired));
            assert_eq!(nli(name), Some(Code::EngineRequired));
        }
        assert_eq!(nli(Some("judge")), Some(Code::EngineRequired), "nobody can be asked");
        assert_eq!((embed(Some("judge")), nli(Some("oracle"))), (Some(Code::BadInput), Some(Code::BadInput)));
    }
}
