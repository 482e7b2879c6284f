//! What to do, or how to do it.

use super::fact::names_a_title;
use super::pattern::has;
use super::text::Text;

const ADVICE: &str = "
    should i/we/my
    ^ should you
    ^ how do people
    ^ how do/can/should/would/could/might/to i/we/you/one/someone/a/an/my
    ^ how to/2
    ^ how can/could/should/might _
    ^ where to _
    ^ what should ~ ~ ~ ~ see/do/eat/wear/bring/say/know/buy/visit/take/learn/read/watch
    < any good/nice/decent/great/recommended
    what is a ~ healthy/good/nice/fun/cheap/quick/easy/great/safe
    ^ how/when/where ~ ~ should
    ^ what/which/who/where/when/how ~ ~ should/could/can we
    ^ what/where to eat/do/wear/say/buy/cook/give/get/read/watch/pack/bring/go/use/look/make/expect
    ^ can/could/may/must/shall/do/would/is/are i/we/my
    best/easiest/fastest/quickest/cheapest/good/right/safest/better/effective/simplest/smartest/proper way/ways/\
        time/method/thing/strategy/approach/place/places to/for/of
    ways/tips/tricks/advice/ideas/tools/recommendations/suggestions/strategies/resources/exercises/gifts/gift/\
        remedies/hacks to/for/on/about/that/when
    any/some/your advice/tips/suggestions/recommendations/ideas
    is it safe/ok/okay/worth/bad/normal/healthy/too/better/a/good/wise/smart/possible ~ ~ to/for/if/late/idea
    ^ recommend/suggest/advise
    need/want/looking for? advice/help/tips/ideas
    ^ what can/could/will? help/helps with
    what helps
    ^ what is the polite/right/correct/proper/normal/quickest? way/secret/key/trick/art/recipe/cure/fix/remedy to/\
        for/of
    which ~ to take/choose/buy/pick/get/join/use/learn/read/watch
    where to buy/find/get/eat/go/stay
    near me/here
    things/steps to _
    get rid of
    < ~ ideas/tips/tricks $
    first date/dates
    < a? good/cheap/nice/fun/easy/healthy/affordable/romantic/cool/simple/quick/decent ~ ~ for/to/in/near/ideas
    a good/great/cheap/nice spot/place/way/time/gift/book/movie/recipe/restaurant
    right/good/best/better/suitable/ideal/enough for a/an/someone/my/kids/children/beginners/students/small/large/\
        people
    for a/an small/large/beginner/student/friend/child/kid/wedding/party/date/interview/room/teenager/toddler
    for someone/beginners/kids/seniors
    would you do
    what if you/i/we/they
    too late/early/old/young to
    help me
    ^ what are some? good/great/healthy/cheap/fun/easy/effective/simple
    how does one/someone/somebody
    worth it/buying/getting/learning/doing/trying/visiting/the/going/investing/reading/watching
    what do i do
    what is a good/the best ~ ~ for/to
    help with my
    how often/much/many/long/early/soon/far should/do/can/must i/we/you/a/one/my
    home remedy/remedies for
    gift/present ideas/for
    how not to
    how come my
    why is/are/does/do/am/did/has/was my/i
    ^ is my
";

/// Searches that begin with a title.
const TITLE: &str = "
    song/songs/singer/artist/lyrics/movie/film/cast/episode/season/album/band/author/writer/book/actor/actress/\
        director/year/quote
    who/what/when/which/where
";

/// Whoever speaks of themselves asks for no fact, unless a title does.
const MYSELF: &str = " i my me myself mine ";

/// This `I` is anybody.
const ANYBODY: &str = "what happens/happened if/when i";

/// Whether a text asks for advice.
pub fn is(text: &Text) -> bool {
    let myself = text.asked().iter().filter(|word| has(MYSELF, word)).count();
    text.says(ADVICE)
        || myself > usize::from(text.says(ANYBODY)) && !names_a_title(text)
        || text.says("< my _ ~ ~ ~ ~") && !text.says(TITLE)
}
