/** A word is underlined where it stands, or not at all. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bundle } from "../browser/lib/bundle.mjs";

const { placesOf } = await bundle("www/extension/src/page/place.ts");

/** The places of that word, by the occurrence of `word` in `text` that stands out. */
function place(text, word, time, pieces) {
  let at = -1;
  for (let left = time; left >= 0; left -= 1) at = text.indexOf(word, at + 1);
  const [found] = placesOf(text, [{ text: word, at: [at, at + word.length] }], pieces);
  return found && [found.piece, found.start, pieces[found.piece].slice(found.start, found.end)];
}

test("a word is found by how often it stood there before", () => {
  const pieces = ["Paris and ", "Rome", "; Rome\n  or Paris"];
  const text = "Paris and Rome; Rome or Paris";
  assert.deepEqual(place(text, "Rome", 0, pieces), [1, 0, "Rome"]);
  assert.deepEqual(place(text, "Rome", 1, pieces), [2, 2, "Rome"]);
  assert.deepEqual(place(text, "Paris", 1, pieces), [2, 12, "Paris"]);
  // A cell that reaches into two rows is read twice.
  assert.deepEqual(place("Europe\tItaly\nEurope\tFrance", "Europe", 1, ["Europe", "Italy", "Europe", "France"]), [
    2,
    0,
    "Europe",
  ]);
});

test("a part of another word is none", () => {
  assert.deepEqual(place("An anther and an ant", "ant", 1, ["An anther and an ant"]), [0, 17, "ant"]);
  assert.equal(place("anther", "ant", 0, ["anther"]), null);
  assert.deepEqual(place("In 19 of 1919, 19.", "19", 3, ["In 19 of 1919, 19."]), [0, 15, "19"]);
  assert.deepEqual(place("Das Fußballspiel, der Fußball", "Fußball", 1, ["Das Fußballspiel, der Fußball"]), [
    0,
    22,
    "Fußball",
  ]);
  // Where nobody writes spaces, words stand side by side.
  assert.deepEqual(place("首都是巴黎。", "巴黎", 0, ["首都是", "巴黎。"]), [1, 0, "巴黎"]);
});

test("where the page does not hold as many as were read, none is told from another", () => {
  const number = "1. On average 1 of 3";
  assert.equal(place(number, "1", 1, ["On average 1 of 3"]), null, "a number of a list is in no text of the page");
  assert.deepEqual(place(number, "3", 0, ["On average 1 of 3"]), [0, 16, "3"], "others are found all the same");
  assert.equal(place("It is Rome", "Rome", 0, ["It is Rome", "Rome"]), null, "one was not read");
  assert.equal(place("It is Rome", "Rome", 0, ["It is Ro", "me"]), null, "a word in two pieces");
  assert.equal(place("It is Rome", "Rome", 0, ["It is Lyon"]), null);
  const [wrong, empty] = placesOf(
    "It is Rome",
    [
      { text: "Rome", at: [3, 7] },
      { text: "", at: [0, 0] },
    ],
    ["It is Rome"],
  );
  assert.deepEqual([wrong, empty], [null, null], "a place where that word is not");
});
