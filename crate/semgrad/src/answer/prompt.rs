//! From a request to token ids and the semantic position.

use crate::error::{Code, Error, Result};
use crate::profile;
use crate::text::{self, ChatOptions, Message, Text};
use semgrad_scores::record::{Request, SemanticPosition};

/// A prompt ready for the model.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Ids.
    pub ids: Vec<u32>,
    /// First token of the generation header, where the template has one.
    pub header: Option<usize>,
    /// Per token: it stands for a message's text. Empty where ids were given and nobody knows.
    pub from_content: Vec<bool>,
    /// Why the ids may not be what the model was trained on, beside [`Text::warnings`].
    pub warnings: Vec<String>,
}

/// Shorthand for an unacceptable argument.
pub fn bad(message: impl Into<String>, advice: &str) -> Error {
    Error::new(Code::BadInput, message, advice)
}

/// Encodes the request's question or conversation, with the prefix before its last words, or its ids.
///
/// # Errors
/// `bad_input` for an empty or contradictory request, `missing_tokenizer` for text without a tokenizer, those of
/// [`Text::encode_chat`].
pub fn prepare(request: &Request, prefix: &str, text: Option<&Text>, vocab: usize) -> Result<Prepared> {
    if let Some(ids) = &request.prompt_ids {
        alone(request, prefix)?;
        check_ids("prompt_ids", ids, vocab)?;
        let header = text.and_then(|text| find_header(text, ids));
        let warnings = lost(request, text)?;
        return Ok(Prepared { ids: ids.clone(), header, from_content: Vec::new(), warnings });
    }
    let messages = messages(request, prefix)?;
    let text = text.ok_or_else(missing_tokenizer)?;
    let mut prompt = if text.has_template() {
        let options =
            ChatOptions { add_generation_prompt: true, system: request.system.clone(), ..ChatOptions::default() };
        text.encode_chat(&messages, &options)?
    } else {
        // A base model continues text; a conversation has no agreed form for it.
        match messages.as_slice() {
            [only] => text.encode_base(&only.content)?,
            _ => {
                return Err(Error::new(
                    Code::BadTemplate,
                    "this model has no chat template, and the request has several messages.",
                    "Give one question, or a model with a chat template.",
                ));
            }
        }
    };
    if prompt.ids.is_empty() {
        return Err(bad(
            "the question gives no tokens.",
            "Ask something that the model's tokenizer does not leave out.",
        ));
    }
    if !text.has_template() {
        prompt.warnings.push(
            "the model has no chat template: the question was given as it stands, which suits a base model only".into(),
        );
    }
    let text::Prompt { ids, header, from_content, mut warnings, .. } = prompt;
    warnings.extend(lost(request, Some(text))?);
    Ok(Prepared { ids, header, from_content, warnings })
}

/// Whether ids are all that is said of the prompt: what stands beside them would be ignored.
fn alone(request: &Request, prefix: &str) -> Result<()> {
    let beside = [
        ("question", request.question.is_some()),
        ("messages", request.messages.is_some()),
        ("system", request.system.is_some()),
        ("prefix", !prefix.is_empty()),
    ];
    match beside.iter().find(|(_, is_there)| *is_there) {
        None => Ok(()),
        Some((name, _)) => Err(bad(
            format!("both prompt_ids and {name} are given."),
            "Token ids are the whole prompt: leave the other out.",
        )),
    }
}

/// A warning when the tokenizer loses characters of the answer to judge.
fn lost(request: &Request, text: Option<&Text>) -> Result<Vec<String>> {
    let (Some(text), Some(answer)) = (text, &request.answer) else { return Ok(Vec::new()) };
    Ok(text.lost(answer)?.into_iter().collect())
}

/// The ids of an answer to judge; `None` when the model is to answer.
///
/// # Errors
/// `bad_input`, `missing_tokenizer`.
pub fn given_response(request: &Request, text: Option<&Text>, vocab: usize) -> Result<Option<Vec<u32>>> {
    if let Some(ids) = &request.response_ids {
        check_ids("response_ids", ids, vocab)?;
        if let (Some(text), Some(answer)) = (text, &request.answer)
            && !says(text, ids, answer)?
        {
            return Err(bad(
                "answer and response_ids are different texts.",
                "Give one of them, or the token ids of this answer.",
            ));
        }
        return Ok(Some(ids.clone()));
    }
    let Some(answer) = &request.answer else { return Ok(None) };
    let text = text.ok_or_else(missing_tokenizer)?;
    let mut ids = text.encode(answer)?;
    // White space alone says nothing, and neither does what the tokenizer leaves out.
    if answer.trim().is_empty() || ids.is_empty() {
        return Err(bad("the answer to judge is empty.", "Give one with some text, or none to have the model answer."));
    }
    ids.extend(text.end_of_turn());
    Ok(Some(ids))
}

/// Whether these tokens are the answer, but for white space around it and for what the tokenizer changes.
fn says(text: &Text, ids: &[u32], answer: &str) -> Result<bool> {
    let said = text.decode(ids, true)?;
    let is = |other: &str| other.trim() == answer.trim();
    Ok(is(&said) || is(&text.decode(ids, false)?) || said.trim() == text.decode(&text.encode(answer)?, true)?.trim())
}

/// The semantic position by `rule` (`header`, `profile`, `-N`; `None`: the profile if there is one, else the header).
///
/// # Errors
/// `bad_input` for an unknown rule or a position outside the prompt.
pub fn semantic_position(
    rule: Option<&str>,
    prepared: &Prepared,
    text: Option<&Text>,
    profile: Option<&profile::SemanticPosition>,
    warnings: &mut Vec<String>,
) -> Result<SemanticPosition> {
    let length = prepared.ids.len();
    let at = |index: usize, rule| SemanticPosition {
        index,
        offset: index as i64 - length as i64,
        token: text.and_then(|text| text.token(prepared.ids[index])),
        rule,
    };
    let from_end = |offset: i64, rule| {
        let index = length as i64 + offset;
        if offset < 0 && index >= 0 {
            Ok(at(index as usize, rule))
        } else {
            Err(bad(
                format!("semantic position {offset} is outside the prompt of {length} tokens."),
                "Use -1 (the last prompt token) down to minus the prompt's length.",
            ))
        }
    };
    match (rule, profile) {
        (Some("profile"), None) => Err(bad(
            "semantic position \"profile\" was asked for, and no profile with one fits this model, template and prefix.",
            "Make one with `semgrad sps`, or use \"header\".",
        )),
        (Some("profile") | None, Some(profile)) => from_end(profile.offset, "profile"),
        (Some("header") | None, _) => Ok(match prepared.header {
            Some(index) => at(index, "header"),
            None => {
                warnings
                    .push("no generation header in the prompt: the last prompt token is the semantic position".into());
                at(length - 1, "last")
            }
        }),
        (Some(offset), _) => match offset.parse() {
            Ok(offset) => from_end(offset, "offset"),
            Err(_) => Err(bad(
                format!("unknown semantic position {offset:?}."),
                "Use \"header\", \"profile\" or a negative offset such as -4.",
            )),
        },
    }
}

fn messages(request: &Request, prefix: &str) -> Result<Vec<Message>> {
    match (&request.question, &request.messages) {
        (Some(_), Some(_)) => Err(bad("both question and messages are given.", "Give one of them.")),
        (None, None) => Err(bad("there is no question.", "Give \"question\", \"messages\" or \"prompt_ids\".")),
        (Some(question), None) if question.trim().is_empty() => Err(bad("the question is empty.", "Ask something.")),
        (Some(question), None) => Ok(vec![Message { role: "user".into(), content: format!("{prefix}{question}") }]),
        (None, Some(messages)) => {
            let mut messages = messages.clone();
            match messages.iter_mut().rfind(|m| m.role == "user") {
                Some(last) if !last.content.trim().is_empty() => last.content.insert_str(0, prefix),
                _ => return Err(bad("the conversation has no user message with text.", "Ask something.")),
            }
            Ok(messages)
        }
    }
}

/// The last place where the template's generation header stands in ids that came without text.
fn find_header(text: &Text, ids: &[u32]) -> Option<usize> {
    let probe = Message { role: "user".into(), content: "x".into() };
    let options = ChatOptions { add_generation_prompt: true, ..ChatOptions::default() };
    let prompt = text.encode_chat(&[probe], &options).ok()?;
    let header = &prompt.ids[prompt.header?..];
    ids.windows(header.len()).rposition(|window| window == header)
}

fn check_ids(field: &str, ids: &[u32], vocab: usize) -> Result<()> {
    if ids.is_empty() {
        return Err(bad(format!("{field} is empty."), "Give at least one token id."));
    }
    match ids.iter().find(|&&id| id as usize >= vocab) {
        Some(id) => Err(bad(
            format!("{field} contains {id}, the vocabulary has {vocab} entries."),
            "Use ids of this model's tokenizer.",
        )),
        None => Ok(()),
    }
}

fn missing_tokenizer() -> Error {
    Error::new(
        Code::MissingTokenizer,
        "text was given, and the model has no tokenizer.",
        "Add tokenizer.json to the folder, or give prompt_ids and response_ids.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::TextSource;

    fn text() -> Text {
        let tokenizer_json = Some(include_bytes!("../../../../tests/reference/text/tokenizer.json").to_vec());
        Text::new(&TextSource { tokenizer_json, ..TextSource::default() }).unwrap().unwrap()
    }

    #[test]
    fn an_empty_answer_is_not_judged() {
        let text = text();
        let refused = |request: Request| {
            let error = given_response(&request, Some(&text), usize::MAX).unwrap_err();
            assert_eq!((error.code, &*error.message), (Code::BadInput, "the answer to judge is empty."), "{request:?}");
        };
        for answer in ["", " ", "\n\t \u{a0}"] {
            refused(Request { answer: Some(answer.into()), ..Request::default() });
        }
        let said = Request { answer: Some(" 4 ".into()), ..Request::default() };
        assert!(given_response(&said, Some(&text), usize::MAX).unwrap().is_some());
    }

    #[test]
    fn ids_are_the_whole_prompt() {
        let ids = || Request { prompt_ids: Some(vec![1]), ..Request::default() };
        assert!(prepare(&ids(), "", None, 9).is_ok());
        let message = Message { role: "user".into(), content: "Q".into() };
        for (request, prefix, name) in [
            (Request { question: Some("Q".into()), ..ids() }, "", "question"),
            (Request { messages: Some(vec![message]), ..ids() }, "", "messages"),
            (Request { system: Some("S".into()), ..ids() }, "", "system"),
            (ids(), "P", "prefix"),
        ] {
            let error = prepare(&request, prefix, None, 9).unwrap_err();
            assert!(error.code == Code::BadInput && error.message == format!("both prompt_ids and {name} are given."));
        }
    }

    #[test]
    fn an_answer_and_other_ids_contradict_each_other() {
        let text = text();
        let given = |answer: &str, ids: &[u32], text| {
            let (answer, response_ids) = (Some(answer.to_owned()), Some(ids.to_vec()));
            given_response(&Request { answer, response_ids, ..Request::default() }, text, usize::MAX)
        };
        let paris = text.encode("Paris, of course").unwrap();
        let mut ended = text.encode(" Paris, of course\n").unwrap();
        ended.extend(text.stop_ids());
        for ids in [&paris, &ended] {
            assert_eq!(given("Paris, of course", ids, Some(&text)).unwrap().as_ref(), Some(ids));
            for answer in ["Rome", "Paris", "Paris, of course not"] {
                let error = given(answer, ids, Some(&text)).unwrap_err();
                assert_eq!(error.code, Code::BadInput);
                assert!(error.message.contains("answer and response_ids"), "{error}");
            }
            // Nothing can be compared.
            assert_eq!(given("Rome", ids, None).unwrap().as_ref(), Some(ids));
        }
    }
}
