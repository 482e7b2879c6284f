//! A claim as the doubt that is left of it.

pub use super::detail::{Doubt, Kind};
use super::how::how;
use super::name::name;
use super::when::{undated, when};
pub use super::words::Seen;
use super::words::read;

/// The doubt that a claim becomes where exactly one date, number or name of it can be dropped by a template; nothing where
/// there is none or more than one, or where the sentence would not be English. `begins`: whether a sentence begins with the
/// claim; `seen`: how words are written in its answer and question.
pub fn rewrite(claim: &str, begins: bool, seen: &Seen) -> Option<Doubt> {
    let words = read(claim)?;
    match undated(&words) {
        // What else could be dropped may be what is wrong.
        Some(rest) if name(rest, false, seen).is_some() || how(rest, false, seen).is_some() => None,
        Some(_) => when(&words, begins, seen),
        None => how(&words, begins, seen).or_else(|| name(&words, begins, seen)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: &str =
        "Tell me about Ada Lovelace, Paris, Jupiter, France, World War II, Babbage and Mount Everest.";

    fn made(claim: &str) -> Option<(String, &str)> {
        let seen = Seen::new(QUESTION, "They say that spiders are small.");
        let found = rewrite(claim, true, &seen)?;
        Some((found.text, &claim[found.dropped]))
    }

    fn becomes(cases: &[(&str, &str, &str)]) {
        for (claim, doubt, dropped) in cases {
            let found = made(claim);
            let found = found.as_ref().map(|(text, dropped)| (text.as_str(), *dropped));
            assert_eq!(found, Some((*doubt, *dropped)), "{claim}");
        }
    }

    fn stay_out(claims: &[&str]) {
        claims.iter().for_each(|claim| assert_eq!(made(claim), None, "{claim}"));
    }

    #[test]
    fn dates() {
        becomes(&[
            ("Ada Lovelace was born in 1815.", "I am not sure when Ada Lovelace was born.", "1815"),
            ("She was born on December 10, 1815.", "I am not sure when she was born.", "December 10, 1815"),
            ("The Eiffel Tower was completed in 1889.", "I am not sure when the Eiffel Tower was completed.", "1889"),
            ("She was born in March.", "I am not sure when she was born.", "March"),
            ("In 1889, the tower was completed.", "I am not sure when the tower was completed.", "1889"),
            ("On 5 June 1815, Ada became famous.", "I am not sure when Ada became famous.", "5 June 1815"),
            ("World War II ended in 1945.", "I am not sure when World War II ended.", "1945"),
            (
                "He won the Nobel Prize in Physics in 1921.",
                "I am not sure when he won the Nobel Prize in Physics.",
                "1921",
            ),
            ("It was first published in early 1900.", "I am not sure when it was first published.", "early 1900"),
            ("He died in 44 BC.", "I am not sure when he died.", "44 BC"),
            ("The city was founded in the 3rd century.", "I am not sure when the city was founded.", "the 3rd century"),
            ("Babbage's engine was built in the 1830s.", "I am not sure when Babbage's engine was built.", "the 1830s"),
            ("They moved to Paris in 1850.", "I am not sure when they moved to Paris.", "1850"),
            ("She married William King in 1835.", "I am not sure when she married William King.", "1835"),
            ("It was released in March of 1990.", "I am not sure when it was released.", "March of 1990"),
        ]);
    }

    #[test]
    fn dates_that_stay_out() {
        stay_out(&[
            // Two details, or a detail of something else.
            "Ada Lovelace was born in London in 1815.",
            "It was written by Jane Austen in 1813.",
            "The war lasted from 1914 to 1918.",
            "The war began in 1914 and ended in 1918.",
            "In 1889, it had 12 floors.",
            "He was 12 in 1900.",
            "He wrote about the war of 1812.",
            "The treaty signed in 1919 ended the war.",
            "A novel published in 1900.",
            "A film directed by someone in 1990.",
            // Clauses, and what is said or thought.
            "He said the war ended in 1945.",
            "He died when the war ended in 1945.",
            "He was the man who died in 1900.",
            "It was believed to have ended in 1900.",
            "He may have been born in 1815.",
            "Although it was old, it was closed in 1900.",
            "It was built in 1889, and he liked it.",
            // Negations.
            "He did not die in 1900.",
            "He was not born in 1900.",
            "He never married her in 1900.",
            "It was only completed in 1900.",
            // Quotations, brackets, lists, dashes.
            "\"Hamlet\" was written in 1600.",
            "Ada Lovelace (a countess) was born in 1815.",
            "He was born in 1815: a good year.",
            "**Ada** was born in 1815.",
            "It opened in 1889 – a success.",
            // Other tenses and speakers.
            "It opens in 2030.",
            "It will open in 2030.",
            "I was created in 2020.",
            "Was it built in 1889?",
            "It was built in 1889!",
            // Not known how the first word is written inside a sentence.
            "Construction began in 1887.",
            "Berlin was founded in 1237.",
            "However, it was closed in 1900.",
            "It was closed by 1900.",
            "It was in 1900.",
            "1900.",
            "",
        ]);
    }

    #[test]
    fn numbers() {
        becomes(&[
            ("Jupiter has 79 moons.", "I am not sure how many moons Jupiter has.", "79"),
            ("It has about 1,500 small islands.", "I am not sure how many small islands it has.", "1,500"),
            ("The book contains more than 300 pages.", "I am not sure how many pages the book contains.", "300"),
            ("He won three medals at the Olympics.", "I am not sure how many medals he won at the Olympics.", "three"),
            ("It consists of 50 states.", "I am not sure how many states it consists of.", "50"),
            ("It takes 365 days to orbit the Sun.", "I am not sure how many days it takes to orbit the Sun.", "365"),
            (
                "There are 50 states in the United States.",
                "I am not sure how many states there are in the United States.",
                "50",
            ),
            ("Spiders have eight legs.", "I am not sure how many legs spiders have.", "eight"),
            ("The tower is 330 meters tall.", "I am not sure how tall the tower is.", "330"),
            ("It is about 4.5 billion years old.", "I am not sure how old it is.", "4.5 billion"),
            (
                "The population of France is about 67 million people.",
                "I am not sure what the population of France is.",
                "67 million",
            ),
            ("Its area is 41,285 square kilometers.", "I am not sure what its area is.", "41,285"),
            ("Over 1.4 billion people live in China.", "I am not sure how many people live in China.", "1.4 billion"),
            (
                "More than 100 people were killed in the fire.",
                "I am not sure how many people were killed in the fire.",
                "100",
            ),
            ("The war lasted twenty-one years.", "I am not sure how many years the war lasted.", "twenty-one"),
            ("She had two children.", "I am not sure how many children she had.", "two"),
        ]);
    }

    #[test]
    fn numbers_that_stay_out() {
        stay_out(&[
            "It has 12 moons and 3 rings.",
            "It has 12 moons, which are small.",
            "It has 12 moons that are small.",
            "It has one moon.",
            "It has 1 moon.",
            "It does not have 12 moons.",
            "It never had 12 moons.",
            "He won 5 out of 7 games.",
            "It covers 12 percent of the land.",
            "It cost $5 million.",
            "It weighs 5 kg.",
            "It has 3 times more people.",
            "It has 2 million more people.",
            "The team won 3 games playing at home.",
            "He published the book in 12 parts.",
            "It is a 12 story building.",
            "It has 300 pages of text.",
            "The population of France is 67 million as of 2020.",
            "The 12 players won.",
            "It ranked 3rd.",
            "Facts have 12 sides.",
            "There is one moon.",
            "12 moons.",
            "It has dozens of moons.",
        ]);
    }

    #[test]
    fn names() {
        becomes(&[
            ("Ada Lovelace was born in London.", "I am not sure where Ada Lovelace was born.", "London"),
            ("It is located in Paris, France.", "I am not sure where it is located.", "Paris, France"),
            ("He was buried at Westminster Abbey.", "I am not sure where he was buried.", "Westminster Abbey"),
            (
                "The company is headquartered in the United States.",
                "I am not sure where the company is headquartered.",
                "United States",
            ),
            ("The novel was written by Jane Austen.", "I am not sure who the novel was written by.", "Jane Austen"),
            (
                "It was originally composed by Ludwig van Beethoven.",
                "I am not sure who it was originally composed by.",
                "Ludwig van Beethoven",
            ),
            ("The capital of France is Paris.", "I am not sure what the capital of France is.", "Paris"),
            ("Its currency is the Euro.", "I am not sure what its currency is.", "Euro"),
            ("The author of the book was Jane Austen.", "I am not sure who the author of the book was.", "Jane Austen"),
        ]);
    }

    #[test]
    fn names_that_stay_out() {
        stay_out(&[
            "The author was American.",
            "The novel was written by A.A.",
            "The king was English.",
            "He was born in Captivity.",
            "He died in World War II.",
            "It was caused by El Niño.",
            "It was discovered by the Hubble Space Telescope.",
            "The novel was written by a woman.",
            "The novel was not written by Jane Austen.",
            "The novel was written by Jane Austen, who was English.",
            "She was born in Paris and Rome.",
            "Paris is the capital of France.",
            "The capital of France is beautiful.",
            "The Capital of France is Paris.",
            "A king is Charles.",
            "She loved Paris.",
            "He was born in Paris to Mary Smith.",
        ]);
    }

    #[test]
    fn clauses_inside_a_sentence_keep_their_first_word() {
        let seen = Seen::default();
        let inner = rewrite("it was completed in 1889.", false, &seen).map(|doubt| doubt.text);
        assert_eq!(inner.as_deref(), Some("I am not sure when it was completed."));
        let name = rewrite("Berlin was founded in 1237", false, &seen).map(|doubt| doubt.text);
        assert_eq!(name.as_deref(), Some("I am not sure when Berlin was founded."));
        let kind = |claim: &str| rewrite(claim, false, &seen).map(|doubt| doubt.kind);
        assert_eq!(kind("it was written by Jane Austen"), Some(Kind::Name));
        assert_eq!(kind("it has 12 moons"), Some(Kind::Number));
    }

    #[test]
    fn an_abbreviation_at_the_end_has_one_point() {
        let seen = Seen::default();
        let found = rewrite("In 1929, he moved to the U.S.", true, &seen).map(|doubt| doubt.text);
        assert_eq!(found.as_deref(), Some("I am not sure when he moved to the U.S."));
    }
}
