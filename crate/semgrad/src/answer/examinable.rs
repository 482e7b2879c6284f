//! Which answers are examined.

use super::manner;
use crate::confidence::reasons;
use semgrad_scores::kinds::Kind;
use semgrad_scores::record::Request;

/// Why an answer to this request is not examined: only facts can be wrong, and only a single question says what is asked.
pub fn reason(request: &Request, kind: Option<Kind>) -> Option<&'static str> {
    match kind {
        _ if manner::system(request).is_none() => Some(reasons::CONVERSATION),
        None => Some(reasons::CONVERSATION),
        Some(Kind::Fact) => None,
        Some(kind) => Some(reasons::other_kind(&[Kind::Fact], kind)),
    }
}
