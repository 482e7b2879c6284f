//! How a question is asked where the request does not say: as the profile's questions were in calibration, because a
//! confidence is made for those.

use crate::confidence::calibration::{Answers, Calibration};
use crate::profile::Profile;
use semgrad_scores::kinds::Kind;
use semgrad_scores::record::Request;

/// Tokens generated when nobody names a number.
const MAX_TOKENS: usize = 128;

/// How a question is asked.
#[derive(Debug)]
pub struct Manner<'a> {
    /// The profile, where it was made for this template and for this prefix, if one is named.
    pub profile: Option<&'a Profile>,
    /// Put before the question.
    pub prefix: &'a str,
    /// Most tokens of an answer, as far as the context holds them.
    pub max_tokens: usize,
}

impl<'a> Manner<'a> {
    /// The request's, and what that leaves out of a `profile` of these weights. `template`: hash of the model's own.
    pub fn new(
        request: &'a Request,
        kind: Option<Kind>,
        profile: Option<&'a Profile>,
        template: Option<&str>,
        answers: Answers,
    ) -> Self {
        let named = request.prefix.as_deref();
        let fits = |profile: &&Profile| {
            profile.key.template.as_deref() == template && named.is_none_or(|prefix| prefix == profile.key.prefix)
        };
        let profile = profile.filter(fits);
        // Nothing was calibrated for anything else: no confidence can come of it, so that it is asked as it stands.
        let used = profile.filter(|profile| {
            let calibration = profile.calibration(answers);
            let is_like = |system| {
                calibration.is_none_or(|Calibration { conditions, .. }| {
                    conditions.system.as_deref() == system
                        && kind.is_none_or(|kind| conditions.other_kind(kind).is_none())
                })
            };
            system(request).is_some_and(is_like)
        });
        let conditions = used.into_iter().flat_map(|profile| &profile.calibrations).map(|fitted| &fitted.conditions);
        let longest = conditions.filter(|conditions| conditions.answers == answers).find_map(|c| c.max_tokens);
        Self {
            profile,
            prefix: named.or(used.map(|profile| profile.key.prefix.as_str())).unwrap_or_default(),
            max_tokens: request.max_tokens.or(longest.filter(|&tokens| tokens > 0)).unwrap_or(MAX_TOKENS),
        }
    }
}

/// The system message before a single question in words; `None` where it is anything else that is asked.
pub fn system(request: &Request) -> Option<Option<&str>> {
    let messages = request.messages.as_deref().unwrap_or_default();
    let (system, others): (Vec<_>, Vec<_>) = messages.iter().partition(|message| message.role == "system");
    let is_single = request.prompt_ids.is_none() && system.len() <= 1 && others.len() <= 1;
    let own = system.first().map(|message| message.content.as_str());
    is_single.then_some(own.or(request.system.as_deref()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::confidence::calibration::Conditions;
    use crate::profile::Key;
    use crate::text::Message;

    fn profile() -> Profile {
        let own = Conditions { max_tokens: Some(64), kinds: vec![Kind::Fact], ..Conditions::default() };
        let given = Conditions { answers: Answers::Given, max_tokens: Some(0), ..Conditions::default() };
        let calibration = |conditions| Calibration { conditions, ..Calibration::default() };
        let key = Key { weights: String::new(), template: Some("t".into()), prefix: "Q: ".into(), adapter: None };
        Profile {
            key,
            semantic_position: None,
            sps: None,
            calibrations: [own, given].map(calibration).into(),
            given: None,
        }
    }

    /// Whether the profile fits, the prefix and the longest answer.
    fn of(request: &Request, template: &str, answers: Answers) -> (bool, String, usize) {
        let profile = profile();
        let manner = Manner::new(request, Some(Kind::Fact), Some(&profile), Some(template), answers);
        (manner.profile.is_some(), manner.prefix.to_owned(), manner.max_tokens)
    }

    fn message(role: &str) -> Message {
        Message { role: role.into(), content: "Hm?".into() }
    }

    #[test]
    fn a_single_question_is_asked_as_in_calibration() {
        let ask = || Request { question: Some("Why?".into()), ..Request::default() };
        let like_calibration = (true, "Q: ".to_owned(), 64);
        assert_eq!(of(&ask(), "t", Answers::Own), like_calibration);
        let alone = Request { messages: Some(vec![message("user")]), ..Request::default() };
        assert_eq!(of(&alone, "t", Answers::Own), like_calibration);
        // The other kind of answers has no usable length of its own.
        assert_eq!(of(&ask(), "t", Answers::Given), (true, "Q: ".into(), 128));
        // What is said is done.
        let longer = Request { max_tokens: Some(200), ..ask() };
        assert_eq!(of(&longer, "t", Answers::Own), (true, "Q: ".into(), 200));
        let same = Request { prefix: Some("Q: ".into()), ..ask() };
        assert_eq!(of(&same, "t", Answers::Own), like_calibration);
        for prefix in ["", "A: "] {
            let other = Request { prefix: Some(prefix.into()), ..ask() };
            assert_eq!(of(&other, "t", Answers::Own), (false, prefix.into(), 128));
        }
    }

    #[test]
    fn without_a_fitting_profile_it_is_asked_as_it_stands() {
        let ask = Request { question: Some("Why?".into()), ..Request::default() };
        assert_eq!(of(&ask, "other", Answers::Own), (false, String::new(), 128));
        let manner = Manner::new(&ask, None, None, None, Answers::Own);
        assert_eq!((manner.profile, manner.prefix, manner.max_tokens), (None, "", 128));
    }

    #[test]
    fn what_was_not_calibrated_is_asked_as_it_stands() {
        let talk = vec![message("user"), message("assistant"), message("user")];
        for request in [
            Request { messages: Some(talk.clone()), ..Request::default() },
            Request {
                messages: Some(vec![message("system"), message("system"), message("user")]),
                ..Request::default()
            },
            Request { messages: Some(vec![message("system"), message("user")]), ..Request::default() },
            Request { question: Some("Why?".into()), system: Some("Rhyme.".into()), ..Request::default() },
            Request { prompt_ids: Some(vec![1]), ..Request::default() },
        ] {
            assert_eq!(of(&request, "t", Answers::Own), (true, String::new(), 128), "{request:?}");
        }
        let (profile, ask) = (profile(), Request { question: Some("A poem!".into()), ..Request::default() });
        let manner = Manner::new(&ask, Some(Kind::Creative), Some(&profile), Some("t"), Answers::Own);
        assert_eq!((manner.profile.is_some(), manner.prefix, manner.max_tokens), (true, "", 128));
        let named = Request { messages: Some(talk), prefix: Some("Q: ".into()), ..Request::default() };
        assert_eq!(of(&named, "t", Answers::Own), (true, "Q: ".into(), 128));
    }
}
