//! A greeting, thanks, or something about the two who talk.

use super::text::Text;

const TALK: &str = "
    < hi/hello/hey/hiya/howdy/yo/sup/greetings/morning/evening/welcome/cheers/congrats/congratulations there/you/\
        everyone/again/friend/all/mate/buddy? $
    < there/everyone/again $
    < merry/happy christmas/birthday/easter/new/halloween/thanksgiving/holidays/valentine
    < good morning/afternoon/evening/night/day/birthday/weekend/new/monday/friday/to
    < thanks/thank
    < how are/is you/things/life/everything/your
    < how is it/life/everything going/there?
    < how do/have/did you do/been/feel/sleep
    < who/what are you
    < where are/do you live/from/come/now?
    < how old are you
    < what is your
    < what are/do you doing/up/like/think/want/do/called/made/wearing/eat/love/hate/dream/enjoy/feel/prefer/know/\
        believe
    < what can/could you do/help
    < what is going/happening on? $
    r you
    about you/yourself $
    < what is up/new/cooking/happening/good $
    ^ are/were you
    ^ do/did/have you like/love/hate/sleep/dream/feel/feelings/remember/ever/get/eat/enjoy/want/speak/understand/\
        believe/miss/play/watch/live/exist/see/hear/have
    ^ can/could you see/hear me/us/this/that/it/my/images/pictures
    ^ can/could you see/hear $
    ^ can/could you feel/think/help/talk/dream/love/learn/remember/speak/sing/dance/be/keep/pass/read/swim
    ^ will/would you be/marry/help/remember/like
    ^ who made/created/built/trained/programmed/designed/owns you
    ^ which/what model/ai/version are you
    < nice/pleased/lovely/good/glad to/talking meet/see/you/hear
    < see you
    < goodbye/bye/later/farewell/cya/goodnight/ciao
    < lol/haha/hahaha/hmm/hm/wow/cool/nice/great/awesome/ok/okay/yes/no/yep/nope/sure/oops/ugh/yay/yeah/amazing/\
        perfect/fine/alright/test/testing/k
    < never mind
    < i am/was/feel/love/like/hate/had/have/think/miss/just/guess/got/hope/do/really
    < my day/week/weekend/name/favorite/favourite
    < it is/was nice/so/a/been hot/cold/raining/snowing/sunny/day/great/beautiful/good
    have a nice/good/great/lovely
    < let us/me talk/chat/play/be
    < talk/speak/chat to/with/about
    < sorry/apologies/excuse/pardon
    < yes/please please? $
    < you
    < long time
    < shut up
    < how you
    < congrats/congratulations/cheers/bravo
    huh $
    < good/great/nice/well/fair/excellent job/work/done/one/point/idea/question/said/played/answer $
    < go/get away/lost/to
    < stop/whatever/boring/idiot/stupid/dear
    ^ you suck/rock
    see you/ya later/soon/tomorrow/again/around
    < _? _? _? mate/dear/buddy/bro/dude/pal/darling/honey $
    how many/much/long/far ~ ~ can/do/did/are/have/were you
    ^ how/what/where/who/which ~ is/are/was/were your
    ^ is/are/was/do/does/did your
    were/are you trained/made/built/created/based/real/human/born/programmed/named/allowed/able/available/sure/\
        happy/sad/angry/okay/ok/alive/conscious/sentient
    namaste/salaam/aloha/ciao/hola
    ^ pleased/delighted/nice/good/lovely/great to
    yourself $
    do you speak
    how _ are/were you
    are/do/did/have you $
    can you speak/understand
    < what a ~ day/week/game
    < how was/is/did your
    < how can/may i help you
    < guess what/who
    < knock knock
    < that is/was
    < are/is anyone/anybody/somebody there
    < do/would you want/mind to/if/me
    < i/we $
";

/// What `you` may be anybody.
const ANYBODY: &str = "
    < what do you call/get/find/do/need/use
    < do you have/need to
    < how do you
    < you can/must/need/will/find/would/get/use
";

/// Whether a text is small talk.
pub fn is(text: &Text) -> bool {
    text.says(TALK) && !text.says(ANYBODY)
}
