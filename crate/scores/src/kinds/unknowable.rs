//! What nobody can know, or only whoever asks: the future, the present moment, what somebody thinks or has.

use super::text::Text;

const UNKNOWABLE: &str = "
    did i _
    am i thinking/holding/wearing/feeling/doing/looking/sitting/standing/hiding/going/eating/drinking
    i am thinking/holding of/in/about
    ^ what/who/where/when/how old/tall/much/many? am/was i
    ^ what/who/where/when/how/which is/are/was/were my
    do i have/weigh/look/own/live/owe/like/want/know/love/earn
    < what is for
    < what is the? score/weather/forecast/traffic/temperature
    ^ is/are/am/was/were/has/have/did/does/do/who/where ~ ~ my
    ^ am/was/did/have i
    how long/soon/many/much/old ~ will i/my
    ^ will i/my/we/you/the/there/it/humans/humanity/people/ai/anyone/robots/he/she/they/this
    < when/where/how/what/who/which will they/scientists/doctors/someone/i/my/we/the/you/humans/humanity/this/\
        people/it/he/she/be/win
    < who/what/which ~ will/would win/be/become/cost/look/have
    will/would happen to/next/in/when/tomorrow/after/with
    will ~ ~ ~ win/happen/rain/snow/exist/crash/rise/fall/end/tomorrow
    is/are going to win/be/happen/rain/snow/crash/die/rise/fall
    in the year? # from now
    years/months/days/hours from now
    tomorrow/tonight/yesterday
    today date/weather/news/price/temperature/lottery
    weather/news/date/happen/happening/open/closed today
    is it today $
    right/just now
    this/very/exact second/minute/instant/moment
    trending
    going to ~ ~ crash/win/die/rain/happen/rise/fall/end/snow
    will ~ ~ ~ ~ double/triple/crash/rise/fall/win
    outside/nearby $
    does the ~ outside/nearby
    around the corner
    < is anybody/anyone/somebody _
    ^ do/does ~ ~ have a purpose/meaning/soul
    next door
    really look like
    ever spoken/uttered
    ^ heads or tails
    guess my
    traffic like/on
    random number/word/card/letter/integer
    ^ pick/choose/guess a/an number/card/color/colour/random
    ^ flip a coin
    ^ roll a/# die/dice/d6/d20
    ^ toss a coin
    be worth
    my future
    when/where/how/what/who/which ~ ~ ~ will ~ ~ ~ next/soon/tomorrow/tonight/someday/finally/end/again/ever/friday/\
        saturday/sunday/monday/tuesday/wednesday/thursday/years/decades
    will ~ ~ ~ in a/#/the years/decades/future/century
    will ~ ~ come/finish first
    at this/the moment
    this morning/evening/afternoon/weekend
    next week/month/year/decade/century/election/war/saturday/sunday/monday/tuesday/wednesday/thursday/friday/\
        pandemic/recession
    what time/day/date is it/today $
    current/latest/today/live weather/temperature/price/time/date/news/score/traffic/exchange/rate/stock
    weather/forecast in/for/today/tomorrow
    stock/share/bitcoin/oil/gold/gas price/prices
    price of bitcoin/gold/oil/gas/ethereum
    lottery/lotto/powerball numbers/number/winning
    winning lottery/lotto/numbers/powerball
    in the future
    < if we/everyone/everybody/humans/humanity/people/aliens/animals/life/time ~ ~ ~ _
    before i die
    ^ how many people/men/women/stars/birds/ants/insects/grains/fish/thoughts/words/times/dreams ~ ~ ~ right/\
        thinking/now/currently/today/sneezing
    how many grains/drops/hairs/thoughts/blades of/on/are/in
    how many ~ ~ undiscovered/unknown
    exact number/position/time/moment of
    meaning/purpose of life/existence/time
    after death
    lottery ~ number/numbers
    would ~ world ~ be
    if ~ ~ ~ had won/lost/died/not/never/survived/lived
    last digit of
    after/before we die/were
    before the big bang
    afterlife/reincarnation
    ^ is there a god/heaven/soul/hell/multiverse/limit/purpose/way
    do ~ aliens/ghosts/souls/spirits/angels/extraterrestrials/we exist/really/have
    ^ are ~ aliens/ghosts/extraterrestrials
    free will
    in my head/pocket/hand/house/room/fridge/bag
    standing/sitting/hiding behind/beside/near me
    life on/in/elsewhere other/another/the planets/galaxies/galaxy/universe/exoplanets
    intelligent life
    consciousness
    ultimate fate/truth/reality
    what is/are/was/were _ _? _? thinking/dreaming/feeling
    did ~ ~ ~ dream/whisper
    what ~ ~ my ~ thinking/doing/saying/feeling
    my name/age/birthday/password/phone/address/favorite/favourite/blood/iq
    secret/hidden/lost ~ never/undiscovered/unknown
    never been/be discovered/found/known/seen/recorded/written
    what would have happened/been
    had not/never been/won/died/invented
    in #th/30th century
";

/// Whether nobody can know.
pub fn is(text: &Text) -> bool {
    text.says(UNKNOWABLE) && !text.says("\n< who/what/where/when ~ ~ play/plays/air/aired/premiere\n")
        || text.says("\nwill\ngoing to\nbe like\nlook like\n") && text.words.iter().any(|word| is_future(word))
}

/// A year to come, from any day on which somebody reads this.
fn is_future(word: &str) -> bool {
    matches!(word.strip_suffix('s').unwrap_or(word).parse::<u32>(), Ok(2027..=9999))
}
