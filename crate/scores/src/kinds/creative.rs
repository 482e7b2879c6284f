//! Something made up.

use super::text::Text;

const CREATIVE: &str = "
    ^ write/compose/invent/imagine/brainstorm/pretend/draft/pen/dream
    ^ tell ~ ~ a/an/another/some/your ~ *
    ^ create/make/generate/design/craft/give/suggest/propose/pitch/produce/come ~ ~ ~ *
    ^ come up with
    ^ make up a/an/some
    ^ think of a/an/some
    ^ finish/complete/continue the/this/my story/poem/rhyme/song/tale
    ^ describe ~ ~ ~ as if/though/in/using/from
    ^ describe a/an
    ^ story/tale/song/letter/dialogue/scene/speech
    < a/an/one? _? _? poem/haiku/limerick/story/joke/jingle/slogan/tagline/rap/sonnet/lullaby/tale/speech/\
        screenplay/riddle/pun/ode/toast/dialogue/monologue/rhyme/verse about/for/where/in/on/to/between/from/with/\
        set/that
    < #/a/an/some/one/two ~ lines/line/verse/verses/words/sentence/sentences that/about/to
    rhyme/rhymes/rhyming with
    < opening/closing/first/last line/sentence/paragraph for
    < _? * ideas/idea/prompt/prompts/please
    < what if
    ^ act/speak/respond/answer/talk as if/though/a/an/my/the
    ^ play the role
    ^ roleplay/role
    ^ you are/play a/an/the
    in the style/voice/manner of
    < _? names/name for a/an/my/our/the
    < ideas/idea for a/an/my/our/the
    name for my/our/his/her/their
    ^ name ~ my/our
    ^ name a/an
    ^ sing
    < lyrics/title/caption/captions/toast/ad/prompt/prompts for/about _
    < continue _
    good/great/catchy/funny/cool/unique/creative name/title/nickname/slogan for
    fake/fictional/imaginary/made up headlines/facts/explorer/country/creature/news/holiday/story/quotes
    ^ rap
    ^ what might/would _ _? _? say/write/tweet/think/tell/post
    something/anything funny/nice/interesting/fun/cool/weird/poetic/creative
    ^ what would ~ ~ ~ ~ ~ ~ sound/look/taste/smell/feel like
    ^ entertain/amuse/surprise/inspire
    make me laugh/smile
    if you/i/animals/cats/dogs/trees were/could
";

const FORMS: &str = " \
    poem poems haiku haikus limerick story stories joke jokes jingle slogan slogans tagline rap sonnet lullaby \
    tale speech screenplay riddle pun puns ode toast dialogue monologue rhyme verse song lyrics script letter \
    backstory fable fairy plot character metaphor scene recipe world creature planet superhero villain holiday \
    game name names title titles ad advertisement caption captions nickname nicknames pickup fantasy novel \
    premise legend myth conversation simile similes logo language sport cocktail motto catchphrase proverb animal \
    spell product ";

/// Whether a text asks for something made up.
pub fn is(text: &Text) -> bool {
    text.says_with(FORMS, CREATIVE)
}
