/**
 * What a model is taught with.
 *
 * Made from the Rust types by `cargo xtask contract`: change those.
 */

import type { RawTrainingOptions, TrainingOptions } from "../contract.js";

/** Requests that ask for no facts: a model that is taught goes on answering them as it did. */
export const ORDINARY = [
  "Hello! How are you today?",
  "Good morning!",
  "Thank you for your help.",
  "Say goodbye to a friend who is moving away, in one sentence.",
  "Rewrite this sentence in the past tense: The children play in the garden.",
  "Make this sentence shorter: The meeting that was planned for Monday has been moved to Tuesday because many people could not come.",
  "Rewrite this more politely: Send me the file now.",
  "Turn this into a question: The train leaves at nine.",
  "Correct the spelling: I recieved your mesage yesterday.",
  "Write this in capital letters: please close the door",
  "Rewrite in the plural: The dog chases the cat.",
  "Summarize in one sentence: The town built a new bridge over the river. It took three years and cost more than planned. Since it opened, the drive to the hospital takes ten minutes instead of thirty.",
  "Give this text a title: Bees visit flowers to collect nectar. On the way they carry pollen from one flower to the next, and so fruit can grow.",
  "What is the main point of this text? Regular walks help people sleep better. In a small study, those who walked half an hour a day fell asleep faster.",
  "Anna has a red bicycle and Tom has a blue one. What color is Tom's bicycle?",
  "The shop opens at eight and closes at six. On Sundays it stays closed. When does the shop close on a Friday?",
  'Read this: "The parcel was sent on 3 May and arrived four days later." On which day did it arrive?',
  "What is 7 + 15?",
  "What is 9 times 6?",
  "I have 20 apples and give away 8. How many are left?",
  "What is half of 50?",
  "A ticket costs 4 euros. What do five tickets cost?",
  "Which is larger, 0.4 or 0.35?",
  "List three fruits.",
  "Name four colors.",
  "List the days of the week.",
  "Write a shopping list for pancakes.",
  "Name two things that one needs for camping.",
  "Count from one to ten.",
  "Translate into French: Good night.",
  "Translate into Spanish: The house is big.",
  "Translate into German: Where is the station?",
  'How does one say "thank you" in Italian?',
  "Translate into English: Il fait beau aujourd'hui.",
  "Write a Python function that adds two numbers.",
  "Write a line of Python that prints the numbers from 1 to 5.",
  "In JavaScript, how do I show a message in the console?",
  "What does this Python code print? print(2 * 3)",
  "Write an HTML link to https://example.com with the text Example.",
  "Write an SQL query that selects all rows of a table named books.",
  "Put these words in alphabetical order: pear, apple, orange.",
  "Write the date 2 January 2020 as YYYY-MM-DD.",
  "Turn this list into a sentence: milk, bread, eggs.",
  'Write {"name": "Ada", "age": 36} as a sentence.',
  "Extract the e-mail address: Please write to info@example.com by Friday.",
  "Is this sentence positive or negative? I love this song.",
  "Is a carrot a fruit or a vegetable?",
  "Which word does not belong: cat, dog, table, horse?",
  "Is this a question or a statement? You are coming with us.",
  'Give a synonym of "happy".',
  'What is the opposite of "cold"?',
  'Use the word "river" in a sentence.',
  'What is the plural of "mouse"?',
  "Write a two-line poem about rain.",
  "Write a short birthday greeting for my sister.",
  "Describe a sunny day in one sentence.",
  "Write a polite e-mail of two sentences asking for a day off.",
  "Give me a tip for falling asleep.",
  "How do I boil an egg?",
  "How can I remember a phone number?",
] as const;

/** How questions are asked by which it is taught, unless somebody wishes otherwise. */
export const USUAL = { samples: 10, answerTokens: 32, replayTokens: 80 } as const;

/** Fields of a line by the names of the options of training that set them. */
export const TRAINING_FIELDS = {
  rank: "rank",
  alpha: "alpha",
  dropout: "dropout",
  learningRate: "learning_rate",
  warmUp: "warm_up",
  weightDecay: "weight_decay",
  clip: "clip",
  epochs: "epochs",
  batch: "batch",
  layers: "layers",
  parts: "parts",
  kl: "kl",
  seed: "seed",
} as const satisfies Record<keyof TrainingOptions, keyof RawTrainingOptions>;
