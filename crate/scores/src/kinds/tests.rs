//! Sentences of each kind, and pairs that are told apart by a word.

use super::{Kind, kind_of};

/// All of these sentences, a line each, are of this kind.
fn all(kind: Kind, sentences: &str) {
    let lines = || sentences.lines().map(str::trim).filter(|line| !line.is_empty());
    let others: Vec<_> = lines().map(|line| (line, kind_of(line))).filter(|(_, other)| *other != kind).collect();
    assert!(others.is_empty() && lines().count() > 0, "not {kind:?}: {others:#?}");
}

#[test]
fn facts_in_whole_sentences() {
    all(
        Kind::Fact,
        "Which planet is closest to the sun?
         In which year did the Berlin Wall fall?
         What is the freezing point of water in Fahrenheit?
         Is it true that bats are blind?
         Do sharks have bones?
         What happens to water at 0 degrees Celsius?
         Why do leaves change color in autumn?
         Name the largest ocean.
         Define osmosis.
         Which Shakespeare play features Iago?
         Paris is the capital of which country?
         The process by which plants make food is called
         Water is made of hydrogen and ____.
         In Greek mythology, who flew too close to the sun?
         Born in Salzburg, which composer wrote his first symphony at the age of eight?
         WHAT IS THE CAPITAL OF AUSTRALIA",
    );
}

#[test]
fn facts_as_typed_into_a_search_box() {
    all(
        Kind::Fact,
        "capital of france
         who wrote hamlet
         height of mount everest
         chemical symbol for gold
         python snake length
         us president during the moon landing
         first woman in space
         whats the capitol of canada
         wich country has the most people
         who sang purple rain
         boiling point of water
         what does html stand for
         population of são paulo
         la casa de papel cast
         gold symbol
         einstein birth year
         robert de niro age
         schwarzenegger birthplace
         html stands for
         rio de janeiro population",
    );
}

#[test]
fn facts_behind_an_instruction() {
    all(
        Kind::Fact,
        "Answer the question concisely. Q: What is the capital of France?
         Answer the question in one word: who wrote Hamlet?
         Q: capital of france A:
         What is the capital of France? Answer briefly.",
    );
    // The question is read as it is without.
    all(Kind::Opinion, "Answer the question concisely. Q: Should zoos exist?");
}

#[test]
fn what_happens_if_somebody_does_something_is_a_fact() {
    all(
        Kind::Fact,
        "What happens if I eat gum?
         What happens if you swallow a watermelon seed?
         What happens when I crack an egg into hot water?",
    );
    all(Kind::Advice, "What happens if my dog eats gum?");
}

#[test]
fn facts_behind_a_greeting() {
    all(
        Kind::Fact,
        "Hi, what is the capital of Peru?
         Hello there! Could you please tell me who painted the Mona Lisa?
         Do you know who discovered penicillin?
         I'd like to know how many bones are in the human body
         Quick question: who painted Guernica?
         I'm writing a quiz. Which metal is liquid at room temperature?
         tell me the year the titanic sank",
    );
}

#[test]
fn words_of_other_kinds_in_facts() {
    all(
        Kind::Fact,
        "who won best actor in 2003
         what is the best selling album of all time
         who wrote the song let me be your friend
         who is the president of méxico
         what language is spoken in spain
         how many planets are there in the solar system
         who created python
         Who said \"I came, I saw, I conquered\"?
         Where is the Great Barrier Reef?
         what currency should you take to morocco",
    );
}

#[test]
fn opinions() {
    all(
        Kind::Opinion,
        "pineapple on pizza?
         is jazz better than rock
         Should zoos exist?
         What's the most overrated city in the world?
         cats or dogs?
         Who is the greatest footballer of all time?
         Is it ever okay to lie to a friend?
         Thoughts on minimalism?
         Is modern art overrated?
         Would you rather fly or be invisible?
         What is the coolest dinosaur?
         Are trains cozier than planes?
         Does the second season make sense?
         Why is Venice so popular?
         Do comedians deserve prizes?
         Could Rome have been saved?
         Are the rules still relevant?
         Is the sea really that calming?
         Was the duke treated unfairly?
         how useful is latin",
    );
    // What can be measured is a fact.
    all(
        Kind::Fact,
        "Is the Nile longer than the Amazon?
         Is gold heavier than iron?
         Are some shrimps transparent?",
    );
}

#[test]
fn things_made_up() {
    all(
        Kind::Creative,
        "Write a poem about autumn.
         haiku about the ocean
         Invent a new holiday.
         Tell me a joke about penguins.
         Come up with a slogan for a bakery
         Can you write a song about homework?
         what if dinosaurs had never died out?
         Imagine you are a pirate.",
    );
}

#[test]
fn advice() {
    all(
        Kind::Advice,
        "How do I get over a breakup?
         Should I quit my job?
         how to tie a tie
         My roommate never cleans up. What should I do?
         tips for a job interview
         What is the best way to learn guitar?
         My dog ate chocolate
         Is it safe to eat expired yogurt?",
    );
}

#[test]
fn tasks() {
    all(
        Kind::Task,
        "Summarize the plot of Romeo and Juliet in three sentences.
         List ten ideas for a science fair project.
         Explain how a car engine works.
         How does photosynthesis work?
         Make a weekly meal plan for a vegetarian
         What are the pros and cons of remote work?
         Proofread: Their going too the store.
         Compare solar and wind energy",
    );
}

#[test]
fn calculations() {
    all(
        Kind::Arithmetic,
        "17 × 23
         what is 12% of 80
         2+2
         square root of 169
         Solve for x: 2x + 5 = 17
         If I have 3 apples and eat one, how many are left?
         How many minutes are there in 3 days?
         five plus seven
         98.6 fahrenheit in celsius
         what is 5!
         nine and nine
         What do two and eleven make?
         How many fives make sixty?
         How many wheels do four tricycles have?
         sixty divided by a quarter
         what is half of a half
         If x = 3, what is 2x?
         two to the eighth
         largest factor of 48 below 20
         What year was it 20 years before 1950?
         the square root of one hundred and twenty one
         Paul is 30 and his son is 8. How old was Paul when his son was born?",
    );
    // A number alone calculates nothing.
    all(
        Kind::Fact,
        "what are the 7 wonders of the world
         how many episodes in season 2 of lost
         who sang 99 red balloons
         what type of camel has two humps
         what happens to water at 0 degrees celsius
         what is area 51
         what is 5g",
    );
}

#[test]
fn code() {
    all(
        Kind::Code,
        "Write a Python function that reverses a string.
         How do I center a div in CSS?
         SELECT name FROM users WHERE id = 5
         def add(a, b): return a - b  # why is this wrong?
         regex for matching email addresses
         undo last git commit
         Why do I get a NullPointerException in Java?
         SELECT * FROM users
         select count(*) from orders
         INSERT INTO users VALUES (1)
         rm -rf build
         cat notes | grep milk
         <p>hello</p>
         [1, 2, 3]
         my_variable + 1
         cd build && make",
    );
    all(
        Kind::Fact,
        "which vitamin(s) does an orange have
         #1 song of 1980
         who wrote the select few",
    );
}

#[test]
fn translations() {
    all(
        Kind::Translation,
        "How do you say dog in Spanish?
         Translate 'good morning' into French.
         What is the German word for butterfly?
         what does bonjour mean in english
         What would a Frenchman call a potato?
         Put this into Portuguese, please: Where is the pharmacy?
         cat in french
         meaning of \"danke\"",
    );
}

#[test]
fn other_languages() {
    all(
        Kind::Language,
        "¿Cuál es la capital de Francia?
         quien escribio don quijote
         Quelle est la capitale de l'Italie ?
         wer hat faust geschrieben
         Qual è la capitale della Germania?
         Quem escreveu Dom Casmurro?
         Wat is de hoofdstad van België?
         Jaka jest stolica Polski?
         Vad heter Sveriges huvudstad?
         法国的首都是哪里？
         日本の首都はどこですか
         Столица России?
         ما هي عاصمة مصر؟
         भारत की राजधानी क्या है?
         대한민국의 수도는 어디인가요?
         Ποια είναι η πρωτεύουσα της Ελλάδας;
         Escribe un poema sobre el mar
         hola
         que hora es
         capital de Francia
         altura del monte everest
         en que ano murio franco
         capitale du canada
         je cherche un restaurant
         was kostet ein kilo brot
         hauptstadt von frankreich
         quanto costa un biglietto
         voce fala ingles
         hoe hoog is de eiffeltoren
         jak daleko jest praga
         lorem ipsum dolor sit amet",
    );
    // Too little to tell a language from a name by.
    all(Kind::Other, "historia de roma\nRio de Janeiro");
    all(
        Kind::Fact,
        "where is san luis potosi
         who is el chapo
         what is la tomatina
         cinco de mayo meaning
         who directed das boot and la vie en rose
         elle fanning age
         mein kampf author
         kim jong un father
         mitt romney home state
         sao paulo population
         premier league winner 2010
         diego maradona hand of god",
    );
}

#[test]
fn abbreviations_and_rare_names_are_words() {
    all(
        Kind::Fact,
        "afghanistan capital
         hsbc headquarters
         cnbc owner
         hirschsprung disease cause",
    );
}

#[test]
fn what_reads_like_no_question() {
    all(
        Kind::Other,
        "https://www.example.com/a?b=c
         www.example.com
         example.com
         jane@example.com
         /home/jane/notes.txt
         asdf qwer zxcv
         sdkfjh skdjfh
         xqzt vbrr
         aaaaaaaa
         Hamlet
         Hamlet?
         The sky is blue.",
    );
}

#[test]
fn what_leans_on_something_else() {
    all(
        Kind::Context,
        "What did he do next?
         What is the main idea of the passage above?
         And the second one?
         why?
         Which of these is correct?
         What about Germany?
         Who wrote it?
         How old is she?
         According to the article, when did the company start?
         what's his name again
         Is this plant poisonous?
         Continue.",
    );
    // What is named first may be called he or it afterwards.
    all(
        Kind::Fact,
        "what did thomas jefferson do before he became president?
         where does the city of paris get its name?
         where do they speak german?
         who is the author of emma",
    );
}

#[test]
fn small_talk() {
    all(
        Kind::SmallTalk,
        "hi
         Hello there!
         How are you today?
         Thanks!
         Who are you?
         Are you conscious?
         I'm bored.
         What is your name?",
    );
}

#[test]
fn what_nobody_can_look_up() {
    all(
        Kind::Unknowable,
        "What number am I thinking of?
         Will it rain tomorrow in Boston?
         Who will win the 2040 election?
         What is my name?
         What time is it?
         Is there life after death?
         how many people are sneezing right now
         What will the stock price of Apple be next year?
         weather today
         Is my flight delayed?
         who is at my door
         how long will i live",
    );
}

#[test]
fn long_questions() {
    let long = format!("Who was the king {}?", "of the land beyond the river ".repeat(12));
    assert_eq!(kind_of(&long), Kind::Long);
    all(
        Kind::Long,
        "Who wrote Hamlet? When was it first performed?
         What is the capital of France? And what is the capital of Spain?
         who wrote hamlet and when was it written
         Where is Machu Picchu, and who built it?
         Is Pluto a planet and why
         capital of france, capital of spain
         who wrote emma, who wrote persuasion",
    );
    all(
        Kind::Fact,
        "when and where was mozart born
         who wrote the words and music of hair
         Who, apart from Armstrong, walked on the moon, and what else did NASA land there?",
    );
}

#[test]
fn a_word_makes_the_difference() {
    for (fact, kind, other) in [
        ("who wrote a poem about daffodils", Kind::Creative, "write a poem about daffodils"),
        ("what language is spoken in spain", Kind::Translation, "what is dog in spanish"),
        ("how long is a marathon", Kind::Advice, "how long should i train for a marathon"),
        ("what is the highest mountain", Kind::Opinion, "what is the best mountain"),
        ("who will is named after in will and grace", Kind::Unknowable, "who will win the next election"),
        ("who invented javascript", Kind::Code, "how to declare a variable in javascript"),
        ("how many days are in a leap year", Kind::Arithmetic, "how many hours are in 12 days"),
        ("what does the heart do", Kind::Task, "how does the heart work"),
        ("who directed the film la vie en rose", Kind::Language, "qui a réalisé le film la vie en rose"),
    ] {
        assert_eq!((kind_of(fact), kind_of(other)), (Kind::Fact, kind), "{fact} / {other}");
    }
}

#[test]
fn any_text_has_a_kind() {
    for (text, kind) in [
        ("", Kind::Other),
        (" \n\t", Kind::Other),
        ("?!", Kind::Other),
        ("🥐🗼", Kind::Other),
        ("\0", Kind::Other),
        ("x", Kind::Other),
        ("\u{301}", Kind::Other),
        ("'\"‘«", Kind::Other),
    ] {
        assert_eq!(kind_of(text), kind, "{text:?}");
    }
    for part in ["who ", "é", "\"", "' ", "$ ~ # * ", "?", "1 + ", "من ", "a\u{0}", "🥐", "can you please "] {
        let text = part.repeat(1 << 20);
        // Only that it has one: a mebibyte of anything is read in no time, because only its beginning is.
        assert!(Kind::ALL.contains(&kind_of(&text)), "{part:?}");
    }
}

#[test]
fn names_are_those_of_json() {
    for kind in Kind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        assert_eq!(Kind::from_name(kind.as_str()), Some(kind));
    }
    assert_eq!(Kind::from_name("facts"), None);
}
