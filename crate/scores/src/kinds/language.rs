//! Not in English: by the script, by the small words that no sentence does without, by letters that English has not.
//!
//! A name or two make no other language: "population of São Paulo", "La Casa de Papel cast".

use super::pattern::has;
use super::text::{QUOTED, Text};

/// Small words of English, but for those that other languages have too.
const ENGLISH: &str = " \
    the of what who whose which when where why how are does did and you your that this these those with from have \
    has my not can should would could been about there their they it its be were will if for by at write tell \
    give make than into many much most between first year name translate say word mean song songs singer author \
    cast movie lyrics meaning book actor actress director population ";

/// What questions and requests begin with in other languages: Spanish, French, German, Italian, Portuguese, Dutch,
/// Polish and Czech, the Nordic ones, Hungarian, Romanian, Turkish, Malay, Vietnamese, Swahili and Tagalog, and
/// Russian, Hindi, Japanese and Chinese in Latin letters.
const ASKS: &str = " \
    qué quién quien quiénes cuál cual cuáles cuándo cuando cuántos cuantos cuántas cuantas cuánto cuanto dónde \
    donde cómo \
    como escribe dime hola cuéntame explícame cuentame explicame \
    qui quel quelle quels quelles où quand combien pourquoi qu'est écris écrivez bonjour salut explique comment \
    raconte est-ce ecris \
    wer wie wo wann warum wieso erklaere welche welcher welches welchem wieviel schreibe schreib erkläre hallo nenne \
    quale quali quanti quante quanto perché perche scrivi ciao spiegami dimmi dov'è qual'è \
    qual quais quem quando onde quantos quantas escreva olá ola diga \
    wat waar hoe wanneer waarom hoeveel welk schrijf noem \
    kto jak kiedy gdzie dlaczego ile jaki jaka jakie który która które napisz cześć kdo kdy kde proč kolik která \
    napiš ahoj \
    vad vem hur vilken vilket vilka varför när hvad hvem hvornår hvor hvorfor hvordan hvilken hvilket hva hvilke \
    skriv hej \
    mikä kuka missä milloin miksi miten kuinka kirjoita hei mitä \
    mikor hol miért hogyan hány melyik írj szia milyen \
    cine când unde câți câte scrie \
    nedir nerede neden niçin nasıl kaç hangi merhaba neresidir kimdir hangisidir kaçtır nasılsın \
    apa siapa kapan dimana mengapa kenapa bagaimana berapa tuliskan \
    gì hãy đâu \
    nini nani lini wapi gani ngapi habari upi kailan saan bakit paano ilan kumusta \
    chto gde kak skolko privet kakaya kakoy kogda pochemu \
    kya kaun kahan kab kyun kaise kitne kitna doko itsu konnichiwa shenme shei nali ";

/// Other small or frequent words of theirs.
const THEIRS: &str = " \
    está puedo puedes tengo tiene quiero gracias buenos buenas dias días noches eres hacer muy más mejor usted \
    ayer años año país ciudad mundo murió pais estoy somos vive quiere quieres sabe siempre nunca tambien ahora aqui \
    porque ellos ellas nosotros ustedes \
    nuestro otro otra todas mucho mucha trabajo tienes ayudame triste llamo altura poblacion necesito ayuda abre \
    cierra \
    mujer guerra siglo idioma moneda pelicula libro montaña termino nacio hecho \
    est sont êtes était été avec une aux cette mon tu vous nous je ils elles toute faut veux cherche toujours jamais \
    beaucoup suis peux puis merci c'est j'ai donne-moi \
    moi ça votre ville pays monde annee année capitale guerre reine livre monnaie hauteur habitants fleuve \
    montagne trouve appelle siècle quelqu'un besoin blague \
    und ist sind ein eine einen einem einer nicht ich sie wir mir für zum zur nach kein keine dein wenn weil dass \
    immer heute gestern beginnt auf über haben kannst wird \
    bitte danke gibt viele heißt geht dir hauptstadt jahr stadt gedicht fluss höchster höchste hoechster größte \
    groesste einwohner könig koenig krieg \
    bedeutung ihnen liegt heisst wurde kostet \
    sono è della delle dello degli gli nella puoi grazie migliore significa città citta paese mondo stai abitanti \
    trova repubblica monete significato \
    são é uma não você meu minha obrigado tem foi fazer melhor cidade ano voce fala nao maior japao morreu nasceu \
    livro \
    een het zijn niet ik jij mijn voor naar bij heeft dank moet kunt heb hoofdstad wereld jaar hoog grootste rivier \
    boek koning \
    czy jest są nie się dla mój moja dziękuję stolica stolicą jsou není děkuji jaké jaký \
    heter är och inte det jag og jeg ikke når huvudstad huvudstaden hovedstaden mange många tack tak mennesker ditt \
    namn navn kostar koster människor skrev \
    ovat ei minä sinä kiitos monta suomen \
    egy nem és köszönöm sunt și pentru mulțumesc \
    neresi hangisi buyuk bir ve için değil bana teşekkürler mı \
    zaman yang adalah untuk tidak saya kamu terima kasih dari \
    là của và không tôi bạn nào được cho những nhat gioi gi khong cua nguoi \
    asante salamat ako ikaw mga ang ng \
    stolitsa desu hai hain aur nahi mujhe \
    bedeutet wort macht kommt steht sehr auch nur noch oder aber habe hast seit \
    para sobre entre desde hasta pero esta esto ese hace puede están \
    faire peut mais avoir cela leur depuis chez quoi \
    può anche più dopo piace dov siamo vorrei questo questa quella sempre oggi domani storia senza molto essere \
    quello \
    isso pode muito bom preciso quero gosto tenho estou tudo hoje receita depois nosso \
    deze maar ook meer laat mooie hebben niets altijd nooit goed goede zonder tussen gaat veel naam \
    mår efter utan mellan också mycket eller \
    można przez bez między mają być ";

/// Countries as others call them, and what pretends to be Latin where a text is to follow.
const NAMED: &str = " \
    francia alemania españa espana italia inglaterra brasil japon grecia suecia noruega turquia estados unidos \
    allemagne espagne italie angleterre russie grece suisse maroc frankreich deutschland spanien italien russland \
    griechenland schweiz österreich oesterreich germania spagna inghilterra giappone alemanha espanha \
    frankrijk duitsland spanje italië lorem ipsum dolor amet consectetur adipiscing elit ";

/// How only their words end: canción, traduzione, Geschwindigkeit.
const ENDS: [&str; 4] = ["cion", "ciones", "zione", "keit"];

/// Small words of other languages that stand in names and titles too.
const IN_NAMES: &str = " \
    es que mas dove por con se em um o e dans per como monte en de la el le les du des di da un una uno y los las \
    del der das den van von al il lo et ou sur su si mi \
    te aan uit zu im na z ao wa ni ki chi che hoe ne dame ha dos ";

/// Whether this is a small word of English.
pub fn is_english(word: &str) -> bool {
    has(ENGLISH, word)
}

/// Whether a text is in another language.
pub fn is(text: &Text) -> bool {
    let letters = || text.raw.chars().filter(|c| c.is_alphabetic());
    let foreign = letters().filter(|&c| !is_latin(c)).count();
    let words: Vec<&str> = text.words.iter().map(String::as_str).filter(|&word| word != QUOTED).collect();
    let count = |list: &str| words.iter().filter(|word| has(list, word)).count();
    let english = count(ENGLISH);
    if 2 * foreign > letters().count() {
        return english < 3;
    }
    let named = |word: &str| has(NAMED, word) || ENDS.iter().any(|end| word.ends_with(end));
    let small = |word: &&&str| (has(THEIRS, word) || named(word)) && !has(IN_NAMES, word);
    let theirs = words.iter().filter(small).count();
    let clear = theirs + words.iter().filter(|word| has(ASKS, word) && !has(IN_NAMES, word)).count();
    if english > 0 {
        return clear > english && clear > 1;
    }
    // Names begin with a capital letter, accents or not.
    let small = |word: &str| word.starts_with(char::is_lowercase);
    let accented = text.raw.split_whitespace().filter(|word| !word.is_ascii() && small(word)).count();
    let asks = words.first().is_some_and(|word| has(ASKS, word));
    asks || 2 * clear + count(IN_NAMES) + accented > 2
        || theirs > 0 && 6 * theirs >= words.len()
        || 2 * (clear + count(IN_NAMES)) > words.len()
        || text.raw.contains(['¿', '¡'])
}

/// Latin letters, with marks of any kind, and signs that stand beside them.
fn is_latin(c: char) -> bool {
    matches!(c, '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{2c60}'..='\u{2c7f}' | '\u{2100}'..='\u{214f}')
}
