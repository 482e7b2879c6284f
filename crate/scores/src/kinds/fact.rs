//! Questions of fact: those that name a title, whose words would give other kinds away, and what any other has to have.

use super::long;
use super::text::Text;

const PLAIN: &str = "
    < who sings/sang/sung/sing/wrote/writes/played/plays/voices/voiced/directed/produced/recorded/released/composed/\
        performed/starred
    < who has/have/had sung/written/played/won
    < who does/did/do/is/was the voice/singer/actor/author/writer/director
    < who originally/first _
    < when/where was/were/did/is/does ~ filmed/released/recorded/published/written/made/shot/set/premiere/air
    < when did/does the movie/song/film/show/book
    < what/which/whose movie/film/song/album/band/book/novel/play/musical/opera/singer/actor/actress/author/group/\
        artist/show/series/hit/duo
    < in what/which movie/film/song/album/book/novel/play/musical/opera/show/year
    what ~ stand/stands for
    won/win/wins/received/awarded best
";

/// Whether a text is such a question, and nothing else.
pub fn is(text: &Text) -> bool {
    text.says(PLAIN) && !long::is_several(text) && !text.says(LEANING)
}

/// Who is meant was said before.
const LEANING: &str = "
    < who/what/which _ it/this/that/them/him/her/these/those $
    < _ _ the/this/that song/movie/film/book/story/poem $
    this/that/these/those song/movie/film/book/story/poem/play/show/passage/text/article/paragraph/document/picture
    your favorite/favourite
    best/worst/greatest/better/favorite
    it/that/this stand/stands for
    < when/where/how/why was/is/did/does/were this/that/it/he/she/they
";

const TITLE: &str = "
    song/songs/movie/film/sings/sing/sang/sung/singer/lyrics/lyric/episode/album/novel/cast/band/hymn/tv/sitcom/\
        musical/character/plays/played/starred/starring/recorded
    type i
    who said/says
    war i
    said/says/say/saying \"
";

/// Whether a text speaks of a title, so that its `I` may be a singer's.
pub fn names_a_title(text: &Text) -> bool {
    text.says(TITLE)
}

/// What asks: question words, the beginnings of yes-or-no questions, orders of quizzes, and phrases that want an end.
const ASKING: &str = "
    who/whom/whose/what/which/when/where/why/how
    < is/are/was/were/do/does/did/can/could/has/have/had/will/would/may/must
    < name/define/give/state/identify/complete/list/find
    # of/in/season/episode
    _ of the/a/an/_
    < the/a/an _ _? _? that/who/in/of/for/to/with
    called/known/termed/named as? $
    is/are/was/were/the/a/an/of/to/by/as/in/from/for/at/on/has/have/between/with/into/that $
";

/// A name, or what others ask for in their language, with a small word of theirs: `Rio de Janeiro`, `clima en Madrid`.
const NAME: &str = "
    < _ de/del/di/do/da/du/des/von/van/en/la/el/le/et/y/und _ $
    < _ de/en la/los/las/el/le _ $
";

/// The longest search without a question word that is taken for one whatever its words: a few nouns.
const SEARCH: usize = 9;

/// Whether a text asks for anything that could be a fact.
pub fn is_asked(text: &Text) -> bool {
    let raw = text.raw.trim_end();
    if text.length < 2 || text.says(NAME) {
        return false;
    }
    let is_search = text.length <= SEARCH && !raw.contains(['!', ':', ',', ';', '\n']) && !raw.ends_with('.');
    is_search || text.says(ASKING) || raw.ends_with(['?', '？', '…', '_']) || raw.ends_with("..") || raw.contains("__")
}
