//! A judgment of taste, or of right and wrong.

use super::pattern::has;
use super::text::Text;

/// Whether something is as someone finds it, or what is most so.
const OPINION: &str = "
    ^ should
    ^ how/who/when/where/why ~ ~ ~ should
    should we/people/everyone/anyone/governments/schools/children/parents/companies/society/humans
    ^ do/would/could you think/believe/agree/say/rather/consider/prefer/recommend/support/like
    you think/thoughts/opinion/prefer $
    ^ what/who/which/why/how ~ ~ do you think/prefer/like/recommend/consider
    your thoughts/opinion/opinions/favorite/favourite/view/views/take/feelings/stance
    thoughts/opinions/feelings on/about
    ^ views on
    in your opinion/view
    < would you _
    ^ what do people/they see/like/find in/about
    ^ is/are/was/were/does/do/did/has/have/can/could/would ~ ~ ~ ~ *
    ^ which ~ is/are/do/has/tastes/taste/looks/sounds better/worse/nicer/cooler/prettier/scarier/funnier/tastier
    ^ why is/are/do/does ~ ~ ~ so *
    a waste of
    worth it/living/visiting/watching/reading/buying/having/fighting/the
    what makes ~ ~ good/great/happy/funny/special/beautiful/successful/meaningful/perfect/so
    ^ what ~ ~ matters
    ^ does/do ~ ~ ~ matter
    deserve/deserves/deserved
    make/makes/made sense
    ^ why is/are/was/were/do/does ~ ~ ~ so much
    ^ who/which/what ~ ~ ~ impact/influence on
    ^ do/does we/people/humans/kids/children/anyone/anybody/everyone need
    would win/beat
    ^ could/would/might ~ ~ ~ have _
    ^ is/are/was/were/does/do/did really? ~ ~ ~ that _ $
    ^ is/are/do/does/has/have ~ ~ ~ ~ enough
    ^ is/are ~ ~ the future
    ^ do/does ~ ~ go/belong with/on/in/together
    ^ how * is/are/was/were
    ^ who/which ~ ~ ~ better/worse
    ^ is/are there too/such/anything/something
    as * as
    ^ is/are/was/were ~ ~ ~ right/wrong to
    the hype
    so _ about
    more/less * than
    ^ do/does anyone/anybody/everyone/everybody
    ^ has/have ~ ~ ~ become/gone/lost/ruined/peaked/killed/hurt
    ^ is/are/was/were/do/does/did/has/have/can ~ ~ ~ really/actually/truly/even/ever/still/always/too _
    big deal
    on pizza
    morally/ethically
    better off
    ^ is/are/was/were ~ ~ ~ dead/art/evil/cruel/overpaid/broken
    right/good/bad/wrong or bad/wrong/good/evil
    do ~ more harm/good than
    ruining/destroying/ruined
    < a? hot take
    here to stay
    the point of
    would ~ ~ ~ ~ happier/better/worse/safer/poorer/fairer/nicer
    help or hurt/harm
    most important ~ ever
    the most important/influential/powerful thing/person/invention/book/event/quality/skill/job/decision/man/woman/\
        value/part
    ^ how would you rank/rate
    your take
    what do you make/say of/to/about
    ^ right $
    any good $
    ^ is/are/was/were ~ ~ ~ a/an genius/fad/crime/scam/joke/sport/sandwich/soup/salad/hero/villain/traitor/cult/\
        talent/luxury/privilege/sin/masterpiece/legend/icon/mistake/waste/necessity/virtue/vice/cheat/cliche/turn/\
        loser/snob/disgrace/overreaction/weakness/compliment/insult $
    ^ is/are ~ ~ a/an human right $
    ^ is/are/was/were ~ ~ art/cheating/stealing/dead/real/overrated/pretentious $
    cheating/stealing/lying to
    what is ~ wrong with
    ^ why do/does ~ ~ like/love/hate/enjoy/care
    everyone/everybody must/needs
    the goat
    more fun/exciting/interesting/romantic/annoying/impressive/beautiful/enjoyable
    the more _ _? _? _? _? _? $
    _ right for
    ^ which _ _? is/are right for
    ^ is/are/was ~ ~ ~ a/an good/bad/great/terrible/better/real/true/proper/necessary
";

const RATED: &str = " \
    best worst better worse good great greatest beautiful prettiest coolest funniest overrated underrated boring \
    fun delicious tastiest ugly ugliest cute cutest cool annoying rude justified cruel evil stupid silly romantic \
    scariest scarier scary nicest nicer ideal perfect meaningful enjoyable inspiring overpaid immoral moral \
    ethical unethical acceptable fair unfair wrong bad worth okay ok important interesting smarter cooler funnier \
    prettier tastier selfish funny weird ridiculous hypocritical outdated pointless useless impressive attractive \
    sexy sexiest creepy amazing awesome terrible disgusting lame disappointing disrespectful cringe entertaining \
    brilliant clever wise foolish desirable overhyped popular special relevant loyal commercial charming cheesy corny \
    cozy dull elegant gross handsome heroic honest iconic immature intelligent lazy lovely nice noble original \
    overpriced pleasant polite pretentious pretty problematic realistic reasonable relaxing reliable sad serious \
    sexist racist smart superior inferior talented tacky toxic trustworthy useful vain weak spoiled genius rigged unfairly ";

/// What is most so, by somebody's taste.
const TASTE: &str = "
    ^ what/which/who/where/when ~ ~ is/are/was/were/has/have/makes/make/looks/tastes/sounds/had objectively? the/\
        your/some? *
    < the? *
    the * _ _? _? $
    most talented/gifted/creative/beautiful/interesting/overrated/underrated/boring/influential/annoying/delicious/\
        romantic/fun/iconic/\
        inspiring/exciting/impressive/attractive/stylish/embarrassing/terrifying/disappointing/charming/meaningful/\
        relaxing/unfair/hilarious
    * ever $
";

const MOST: &str = " \
    best worst greatest prettiest coolest funniest tastiest ugliest cutest scariest nicest ideal perfect sexiest \
    favorite favourite creepiest happiest dumbest better ";

/// What people disagree about.
const CONTESTED: &str = " \
    god gods religion religions religious faith prayer society art tattoos phones smartphones homework abortion \
    taxes tax rights democracy capitalism socialism communism feminism veganism vegan minimalism politics \
    politicians influencers celebrities celebrity happiness happy love marriage divorce monogamy truth justice \
    equality equal freedom privacy censorship racism sexism technology ai robots machines internet media tv \
    television videogames games gaming smoking drugs marijuana cannabis guns gun police prisons prison \
    immigration immigrants borders billionaires rich poor welfare wealth money success luck fate talent remote \
    office jobs boss bosses parents parenting teens teenagers millennials boomers generation teachers schools \
    school college university degree grades exams education fashion makeup beauty beards rap jazz pop rock opera \
    poetry novels movies films sequels remakes books superheroes superhero hollywood zoos pets hunting meat fur \
    circuses cheating power corruption lying honesty loyalty kindness revenge violence war wars peace nuclear \
    climate environment murder suicide euthanasia crypto bitcoin nfts vaccines mandatory ads advertising brands \
    luxury tipping etiquette manners socks sandals crocs pineapple ketchup veggies friendship best strangers \
    dating soulmates ambition modern nowadays today everyone unprofessional professional overpriced lazy selfish ";
/// What is known about them all the same.
const KNOWN: &str = "
    legal/illegal/allowed/banned/required
    married/divorced/born/dead/alive/buried
    in/from/during/before/after the? _? century/war/us/uk/year/world/bible
";

/// Two things and nothing else.
const CHOICE: &str = "
    < _ _? _? or _ _? _? $
    < _ _? _? vs/versus _ _? _? _? $
";
const ASKED: &str = "
    < who/what/which/when/where/why/how/is/are/was/were/do/does/did/can/has/have/in/on/at
";

/// What is best by a vote or a count.
const COUNTED: &str = "
    best picture/actor/actress/director/known/selling/seller/sellers/man/buy/western/supporting/original/song/\
        animated/new/foreign/described/fielder
    better known
    great britain/barrier/wall/lakes/depression/gatsby/fire/lake/salt/plains/plague/war/white/expectations/escape/\
        pyramid/red/famine
    good friday/hope/samaritan/wife/place/luck/will
    fair lady
    worst ~ accident/disaster/crash/pandemic/flood/earthquake/defeat/storm/famine/war/attack/fire/hurricane/plague/\
        epidemic
    all right
    right hand/wing/angle/whale
    perfect number/square/game/score
    ideal gas
";

/// Ends of adjectives about what somebody feels; other words have the later ones too.
const FELT: [&str; 8] = ["ous", "ful", "less", "ive", "ing", "able", "ible", "ish"];

/// Whether an adjective is about what somebody feels, by its end.
fn is_judgment(word: &str, ends: &[&str]) -> bool {
    const FOUND: &str = " \
        poisonous venomous carnivorous herbivorous nutritious contagious infectious radioactive renewable \
        invasive flammable edible reversible reptile conductive negative positive native carbonated dangerous \
        amphibious porous homeless endless boneless visible invisible movable living flying king wing spring ring \
        thing olive five alive british irish english fish spanish turkish scottish polish jewish jellyfish \
        starfish vegetable ferrous massive ";
    word.len() > 5 && ends.iter().any(|end| word.ends_with(end)) && !has(FOUND, word)
}

/// Whether a superlative is not one of size, number or time.
fn is_taste(word: &str) -> bool {
    const MEASURED: &str = " \
        largest biggest smallest longest shortest tallest highest lowest deepest oldest youngest fastest slowest \
        heaviest lightest hottest coldest earliest latest closest nearest farthest furthest richest poorest \
        strongest hardest busiest driest wettest loudest brightest widest narrowest newest greatest fewest rarest \
        densest quickest broadest thinnest thickest warmest steepest softest simplest commonest everest forest \
        harvest interest contest protest honest request conquest priest digest suggest modest arrest invest \
        manifest tempest midwest northwest southwest budapest bucharest eldest wealthiest weakest darkest finest \
        purest sunniest windiest toughest saltiest deadliest mightiest ";
    word.len() > 5 && word.ends_with("est") && !has(MEASURED, word)
}

/// Whether two are compared by taste: `cozier than`, but not `taller than`.
fn is_nicer(pair: &[String]) -> bool {
    let stem = pair[0].strip_suffix("er").filter(|_| pair[1] == "than");
    stem.is_some_and(|stem| !has(" oth rath ", stem) && is_taste(&format!("{stem}est")))
}

/// Whether a text asks for an opinion.
pub fn is(text: &Text) -> bool {
    let yes_or_no = text.asked().split_first().filter(|(first, rest)| {
        has(" is are was were do does did can could would will has have ", first) && rest.len() < 9
    });
    let judged = yes_or_no.filter(|(first, _)| has(" is are was were ", first)).map_or(&[][..], |(_, rest)| rest);
    let rated = judged.last().is_some_and(|word| judged.len() < 5 && is_judgment(word, &FELT))
        || judged.iter().skip(1).any(|word| is_judgment(word, &FELT[..4]))
        || yes_or_no.and_then(|(_, rest)| rest.last()).is_some_and(|word| word.len() > 5 && word.ends_with("ly"));
    let contested = yes_or_no.is_some() && text.asked().iter().any(|word| has(CONTESTED, word)) && !text.says(KNOWN);
    let superlative = text.says("< which/what/who") && text.asked().iter().any(|word| is_taste(word));
    let compared = text.words.windows(2).any(is_nicer);
    let taste =
        rated || contested || superlative || compared || text.says_with(RATED, OPINION) || text.says_with(MOST, TASTE);
    taste && !text.says(COUNTED) || text.says(CHOICE) && !text.says(ASKED)
}
