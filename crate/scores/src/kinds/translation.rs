//! The same in another language.

use super::pattern::has;
use super::text::Text;

const TRANSLATE: &str = "
    ^ translate
    translate ~ ~ to/into/in/from/for
    translation of/for
    translated to/into/as
    how ~ ~ say/write/spell/pronounce ~ ~ ~ in *
    how is/are/would ~ ~ said/written/translated/expressed in *
    say ~ ~ in *
    ^ say/write/put ~ ~ ~ in/into *
    the? * word/words/term/translation/equivalent/phrase for/of
    word/words/term/translation/equivalent for ~ ~ in *
    ~ in * language? please? $
    ~ to * $
    what does/do/is/are ~ ~ mean/meaning/called in *
    the * for
    is * for
    in # languages
    do/does/would/will ~ */germans/italians/spaniards/russians/spaniard/frenchman/dutchman/frenchmen ~ say/call/write
    < * for
    * to/into *
    ~ in plain english $
    * word/words/term/phrase/expression ~ mean/means
    plural/conjugation/spelling/pronunciation/meaning/meanings of ~ ~ in *
    ^ conjugate
";

const LANGUAGES: &str = " \
    spanish french german italian portuguese dutch polish swedish norwegian danish finnish czech slovak hungarian \
    romanian bulgarian greek turkish russian ukrainian arabic hebrew persian farsi hindi urdu bengali tamil \
    telugu marathi gujarati punjabi nepali thai vietnamese indonesian malay tagalog filipino chinese mandarin \
    cantonese japanese korean swahili zulu afrikaans latin irish gaelic welsh catalan basque icelandic croatian \
    serbian slovenian estonian latvian lithuanian yiddish esperanto english hawaiian maori albanian armenian \
    georgian ";

/// What is named or sung in a language is a fact.
const FACT: &str = "
    who/when/where/which/why/song/songs/sung/written/film/movie/bible/spoken/speak/speaks/country/version/people/\
        longest/shortest/common/letter/letters/used/alphabet/name
";

/// A word, and the question what it means.
const MEANING: &str = "
    mean/means/meaning/say/translation/english/translated
";

/// What travelers know.
const PHRASES: &str = " \
    hola bonjour bonsoir ciao danke gracias merci sayonara arigato konnichiwa namaste adios adiós amigo buenas \
    buenos noches dias días guten morgen abend bon appetit carpe diem c'est je schadenfreude gesundheit \
    wiedersehen favor salaam shalom obrigado obrigada grazie buongiorno bitte hygge ubuntu mañana señor monsieur \
    mademoiselle oui nein guapa amore bella spasibo privet arrivederci prego scusi tschüss proost skål salud \
    sláinte casa mi su domo kumusta selamat terima shukran kimchi annyeong saranghae nihao xiexie inshallah \
    habibi yalla por está comment vous sais ich liebe amo ";

/// Whether a text asks for a translation.
pub fn is(text: &Text) -> bool {
    let foreign = || text.words.iter().chain(&text.quoted).any(|word| has(PHRASES, word));
    text.says("< translate\nin # languages")
        || text.says_with(LANGUAGES, "^ put/turn/render/change/convert ~ ~ ~ ~ in/into *")
        || text.says_with(LANGUAGES, TRANSLATE) && !text.says(FACT)
        || text.says(MEANING) && foreign() && !text.says(FACT)
}
