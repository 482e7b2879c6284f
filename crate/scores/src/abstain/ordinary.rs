//! Requests that have nothing to do with knowing facts. A model that is taught to refuse is held to its own answers to them
//! (`teach` in the crate `semgrad`), so that it does not learn to refuse these, too.

/// A few of each kind: greetings, rewriting, making things up, advice, short reasoning, code. None asks for a fact that a
/// small model may not know.
pub const ORDINARY: [&str; 40] = [
    "Hello!",
    "How are you today?",
    "Thank you, that was helpful.",
    "Say good night to me.",
    "What can you help me with?",
    "Introduce yourself in one sentence.",
    "Rewrite this politely: Give me the report now.",
    "Make this shorter: I am writing to you in order to ask whether you might have time to meet.",
    "Correct the spelling: I recieved you're mesage yesterday.",
    "Put this into the past tense: She walks to school and buys bread.",
    "Write this as a question: The shop opens at nine.",
    "Give three synonyms for happy.",
    "Use the word window in a sentence.",
    "Translate into French: Good morning, my friend.",
    "Translate into Spanish: The house is small.",
    "Sort these words by the alphabet: pear, apple, fig, cherry.",
    "Write the numbers from one to ten in words.",
    "List five fruits.",
    "List four things to pack for a day at the beach.",
    "Name three colors.",
    "Write a two-line poem about rain.",
    "Write one sentence that begins a story about a lost dog.",
    "Invent a name for a small bakery.",
    "Tell me a short joke.",
    "Describe a sunny morning in one sentence.",
    "Write a short birthday wish for my sister.",
    "Give me one tip for falling asleep.",
    "How can I be more polite in emails?",
    "Suggest a simple dinner with eggs.",
    "What should I say when I am late for a meeting?",
    "How do I begin a diary?",
    "What is 7 plus 5?",
    "What comes next: 2, 4, 6, 8?",
    "If I have three apples and eat one, how many are left?",
    "Which is longer, a minute or an hour?",
    "Is ice cold or hot?",
    "Write a Python line that prints hello.",
    "Write a loop in JavaScript that counts to three.",
    "What does this do: x = x + 1?",
    "Summarize in one sentence: Tom missed the bus, walked for an hour, and was late for work.",
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_request_is_there_twice_or_empty() {
        let all: HashSet<&str> = ORDINARY.iter().map(|request| request.trim()).collect();
        assert!(all.len() == ORDINARY.len() && !all.contains(""));
    }
}
