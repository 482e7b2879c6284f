"""Plants an error in right answers that others wrote: a name, number or date is exchanged for another of its kind. Measures how
often the words that stand out hold it.

Usage: python3 plant.py make ANSWERS.jsonl --out planted.jsonl [--count 300]
       semgrad score --model MODEL --in planted.jsonl --out scored.jsonl
       python3 plant.py rate planted.jsonl scored.jsonl

ANSWERS.jsonl is as for `semgrad calibrate --given`, with the right answers to each question in `answers`. The lines that are made
are requests of `semgrad score`; what is planted is named in their ids: `<id>|<first>|<past the last>`, in UTF-16 code units.
Chance is what as many words, drawn among the content words that the question does not hold, would hit.
"""

import argparse
import hashlib
import json
import random
import re

WRITERS = ("chatgpt", "gpt35", "gpt4", "newbing")
MONTHS = "January February March April May June July August September October November December".split()


def kind(text):
    """number, date or name; None for what is none of them."""
    if re.fullmatch(r"(1[0-9]|20)\d\d", text) or any(month in text for month in MONTHS) and re.search(r"\d", text):
        return "date"
    if re.fullmatch(r"\d[\d,.]*", text):
        return "number"
    words = text.split()
    if 1 <= len(words) <= 3 and all(re.fullmatch(r"[A-Z][a-z]+", word) for word in words):
        return "name"
    return None


def drawn(text):
    """The same order every time."""
    return hashlib.sha256(text.encode()).hexdigest()


def units(text):
    return len(text.encode("utf-16-le")) // 2


def candidates(rows):
    for row in rows:
        if not row["right"] or row["writer"] not in WRITERS:
            continue
        for right in sorted(row["answers"], key=len, reverse=True):
            found = re.search(rf"(?<!\w){re.escape(right)}(?!\w)", row["answer"])
            if kind(right) and found and right.lower() not in row["question"].lower() and len(row["answer"].split()) >= 5:
                yield row, right, found.start()
                break


def make(arguments):
    with open(arguments.answers, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    found = sorted(candidates(rows), key=lambda one: drawn(one[0]["id"]))
    others = {}
    for row, right, _ in found:
        others.setdefault((kind(right), len(right.split())), set()).add(right)
    taken, groups, counts = [], set(), {}
    # A third of each kind, where there are as many; then any.
    for (row, right, start), most in [(one, most) for most in (arguments.count // 3, arguments.count) for one in found]:
        # One answer to each question.
        if row["group"] in groups or counts.get(kind(right), 0) >= most or len(taken) == arguments.count:
            continue
        asked = (row["question"] + " " + row["answer"]).lower()
        pool = [other for other in sorted(others[kind(right), len(right.split())])
                if other not in row["answers"] and other.lower() not in asked]
        if not pool:
            continue
        other = random.Random(drawn(row["id"])).choice(pool)
        groups.add(row["group"])
        counts[kind(right)] = counts.get(kind(right), 0) + 1
        answer = row["answer"][:start] + other + row["answer"][start + len(right):]
        first = units(row["answer"][:start])
        taken.append({"id": f"{row['id']}|{first}|{first + units(other)}", "question": row["question"], "answer": answer,
                      "methods": [], "examine": True, "own_answers": 0})
    with open(arguments.out, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in taken)
    print(counts)


def rate(arguments):
    with open(arguments.scored, encoding="utf-8") as file:
        scored = {line["id"]: line for line in map(json.loads, file) if "examined" in line}
    with open(arguments.planted, encoding="utf-8") as file:
        planted = [json.loads(line) for line in file]
    hits, chance, first, marked, words_in_all, seen = 0, 0.0, 0, 0, 0, 0
    for line in planted:
        if line["id"] not in scored:
            continue
        examined = scored[line["id"]]["examined"]
        # Questions that ask for no fact are not examined.
        if not examined["signals"]:
            continue
        seen += 1
        _, start, end = line["id"].rsplit("|", 2)
        start, end = int(start), int(end)
        odd = examined["odd"]
        inside = [word for word in odd if word["at"][0] < end and word["at"][1] > start]
        hits += bool(inside)
        if odd:
            most = max(odd, key=lambda word: word["surprisal"])
            first += most["at"][0] < end and most["at"][1] > start
        # Words are counted as the program does it, but for its list of function words.
        asked = set(re.findall(r"\w+", line["question"].lower()))
        words = [word for word in re.findall(r"[\w'’-]+", line["answer"]) if word.lower() not in asked and len(word) > 3
                 or word[0].isdigit() or word[0].isupper() and word.lower() not in asked]
        planted_words = max(1, len(line["answer"].encode("utf-16-le")[2 * start:2 * end].decode("utf-16-le").split()))
        n, k = max(len(words), len(odd), planted_words), len(odd)
        miss = 1.0
        for i in range(planted_words):
            miss *= max(0, n - k - i) / (n - i)
        chance += 1 - miss
        marked += k
        words_in_all += n
    print(f"{seen} answers: the underlined words hold the planted one in {hits} ({100 * hits / seen:.1f} %), "
          f"by chance {100 * chance / seen:.1f} %; the least likely word is it in {100 * first / seen:.1f} %; "
          f"{marked / seen:.1f} of {words_in_all / seen:.1f} words underlined")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("make")
    command.add_argument("answers")
    command.add_argument("--out", required=True)
    command.add_argument("--count", type=int, default=300)
    command.set_defaults(run=make)
    command = commands.add_parser("rate")
    command.add_argument("planted")
    command.add_argument("scored")
    command.set_defaults(run=rate)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
