"""Writes planted.jsonl (faults and their twins) and ordinary.jsonl from the texts in texts/, kept.jsonl and
kept-ordinary.jsonl from those in kept/, and unseen.jsonl and unseen-ordinary.jsonl from those in unseen/, after proving
every value.

Usage: python3 make.py [--check]

A text is a question, a line `>>`, an answer, and a closing line that starts with `==`. In a planted text the answer has the slot
`@@` and the closing line reads `== right | wrong | proof`: the proof is an expression of the helpers below whose value is the
right one; for a contradiction it is the other statement as it stands in the text, and a quotation needs none. `--check` writes
nothing and fails if the files differ.
"""

import datetime
import json
import re
import sys
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
KINDS = ["arithmetic", "total", "date", "unit", "count", "contradiction", "quotation"]
WORDS = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
         "eighteen nineteen twenty").split()
TENS = dict(twenty=20, thirty=30, forty=40, fifty=50, sixty=60, seventy=70, eighty=80, ninety=90)
SETS = [("texts", "", "planted", "ordinary"), ("kept", "kept-", "kept", "kept-ordinary"),
        ("unseen", "unseen-", "unseen", "unseen-ordinary")]
TIMES = {"once": 1, "twice": 2, "thrice": 3}


def entries(folder, name):
    """The (question, answer, closing line) of one file of texts."""
    found, part = [], []
    for line in (HERE / folder / f"{name}.txt").read_text(encoding="utf-8").split("\n"):
        if line.startswith("==") and not line.startswith("==="):
            question, answer = "\n".join(part).split("\n>>\n")
            found.append((question.strip(), answer.strip("\n"), line[2:].strip()))
            part = []
        else:
            part.append(line)
    assert not "".join(part).strip(), f"{folder}/{name}: text after the last closing line: {part}"
    return found


def number(text):
    """The exact value of a number as it is written, and the size of its last digit (None for a fraction or a word)."""
    plain = text.strip().lower().replace("−", "-").replace("\u202f", "").replace("\u00a0", "").replace("{,}", "")
    if plain in WORDS:
        return Fraction(WORDS.index(plain)), None
    if plain in TIMES:
        return Fraction(TIMES[plain]), None
    if plain.split("-")[0] in TENS:
        ten, _, one = plain.partition("-")
        return Fraction(TENS[ten] + (WORDS.index(one) if one else 0)), None
    if match := re.fullmatch(r"(?:(\d+) )?(\d+)/(\d+)", plain):
        return int(match[1] or 0) + Fraction(int(match[2]), int(match[3])), None
    if match := re.fullmatch(r"\\frac\{(\d+)\}\{(\d+)\}", plain):
        return Fraction(int(match[1]), int(match[2])), None
    if match := re.fullmatch(r"(-?)[$£€]?(\d[\d, ]*)(\.\d+)?%?", plain):
        whole = match[2].replace(",", "").replace(" ", "")
        value = Fraction(match[1] + whole + (match[3] or ""))
        return value, Fraction(1, 10 ** len((match[3] or ".")[1:]))
    return None


def root(value, degree=2):
    """The exact root of a whole number or fraction."""
    value, degree = Fraction(value), int(degree)
    parts = []
    for part in (value.numerator, value.denominator):
        guess = round(part ** (1 / degree))
        assert guess**degree == part, f"no exact root of {part}"
        parts.append(guess)
    return Fraction(*parts)


def weekday(year, month, day):
    """The name of the weekday of a date."""
    return datetime.date(year, month, day).strftime("%A")


def days(first, second):
    """The days from one (year, month, day) to another."""
    return (datetime.date(*second) - datetime.date(*first)).days


def later(first, count):
    """The date so many days after (year, month, day)."""
    return datetime.date(*first) + datetime.timedelta(days=count)


def us(date):
    """A date as it is written in America."""
    return f"{date:%B} {date.day}, {date.year}"


def uk(date):
    """A date as it is written in Britain."""
    return f"{date.day} {date:%B} {date.year}"


def age(born, at):
    """The full years between two (year, month, day)."""
    return at[0] - born[0] - (at[1:] < born[1:])


def months(first, second):
    """The full months between two (year, month, day)."""
    return (second[0] - first[0]) * 12 + second[1] - first[1] - (second[2] < first[2])


def leap(year):
    """Whether a year has a 29th of February."""
    try:
        return bool(datetime.date(year, 2, 29))
    except ValueError:
        return False


def letter(word, wanted):
    """How often a letter is in a word or sentence."""
    return word.lower().count(wanted.lower())


def letters(word):
    """The letters of a word or sentence."""
    return sum(c.isalpha() for c in word)


def words(sentence):
    """The words of a sentence, which are what blanks part."""
    return len(sentence.split())


def prove(kind, question, text, right, wrong, proof):
    """Fails unless the right value is right in its place and the wrong one wrong beyond any rounding."""
    assert right != wrong and "@@" in text
    fold = lambda s: re.sub(r"\s+", " ", s.replace("’", "'")).lower()
    if kind == "quotation":
        assert fold(right) in fold(question), f"not in the question: {right}"
        assert fold(wrong) not in fold(question), f"in the question: {wrong}"
        return
    if kind == "contradiction":
        other = text.replace("@@", "")
        assert proof in other, f"not stated: {proof}"
        assert number(right)[0] == number(proof)[0] != number(wrong)[0]
        return
    answer = text.replace("@@", right)
    helpers = dict(root=root, weekday=weekday, days=days, later=later, us=us, uk=uk, age=age, months=months, leap=leap,
                   letter=letter, letters=letters, words=words, abs=abs, F=Fraction,
                   items=lambda mark=r"(?:[-*•–+]|\d+[.)])\s": len(re.findall("^" + mark, answer, re.M)))
    if kind in ("arithmetic", "total", "unit"):
        proof = re.sub(r"(?<![\w.])\d+(?:\.\d+)?", lambda m: f'F("{m[0]}")', proof)
    truth = eval(proof, helpers)
    if isinstance(truth, str):
        assert right == truth != wrong, f"{truth} is right"
        return
    if isinstance(truth, bool):
        said = {"is": True, "is not": False, "was": True, "was not": False, "Yes": True, "No": False, "isn’t": False,
                "366": True, "365": False, "29": True, "28": False, "a leap year": True, "a common year": False,
                "will be": True, "won't be": False}
        assert said[right] == truth != said[wrong], f"{truth} is right"
        return
    (good, step), (bad, _) = number(right), number(wrong)
    truth = Fraction(truth)
    assert abs(good - truth) <= (step or 0) / 2, f"{float(truth)} is right, not {right}"
    if kind == "unit":
        # A number of degrees may be small, so that a share of it says little.
        assert abs(bad - truth) >= max(abs(truth) * Fraction(3, 100), Fraction(1, 1000)), f"{wrong} is near {float(truth)}"
    elif good != truth:
        assert abs(bad - truth) > 3 * step, f"{wrong} is near {float(truth)}"
    else:
        assert bad != truth
    if kind == "total":
        for part in re.findall(r'F\("([\d.]+)"\)', proof):
            assert part in (question + answer).replace(",", "").replace("\u202f", ""), f"{part} is not in the text"


def planted(folder, prefix):
    """Every fault and its twin."""
    rows = []
    for kind in KINDS:
        for index, (question, text, closing) in enumerate(entries(folder, kind), 1):
            right, wrong, *proof = (part.strip() for part in closing.split(" | "))
            try:
                prove(kind, question, text, right, wrong, proof[0] if proof else "")
            except Exception as error:
                raise SystemExit(f"{folder}/{kind} {index}: {question!r}: {right} | {wrong}: {type(error).__name__} {error}")
            for name, said in (("right", right), ("wrong", wrong)):
                rows.append(dict(id=f"{prefix}{kind}-{index:02}-{name}", kind=kind, question=question,
                                 answer=text.replace("@@", said), right=name == "right", said=said, meant=right))
    return sorted(rows, key=lambda row: row["id"])


def ordinary(folder, prefix):
    """Every text that has no fault to find."""
    rows = []
    for index, (question, answer, closing) in enumerate(entries(folder, "ordinary"), 1):
        assert question and answer and not closing and "@@" not in answer
        rows.append(dict(id=f"{prefix}ordinary-{index:03}", question=question, answer=answer))
    return rows


def main():
    """Proves the texts and writes, or compares, the files of every set."""
    files = []
    for folder, prefix, faults, silent in SETS:
        files += [(faults, planted(folder, prefix)), (silent, ordinary(folder, prefix))]
    for name, rows in files:
        answers = [row["answer"] + row["question"] for row in rows]
        assert len(set(answers)) == len(answers), f"{name}: a text stands twice"
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        path = HERE / f"{name}.jsonl"
        if "--check" in sys.argv[1:]:
            if path.read_text(encoding="utf-8") != lines:
                raise SystemExit(f"{path.name} differs from what the texts say; run make.py")
        else:
            path.write_text(lines, encoding="utf-8")
        counts = {kind: sum(row["kind"] == kind for row in rows) // 2 for kind in KINDS} if "kind" in rows[0] else len(rows)
        print(name, counts)


if __name__ == "__main__":
    main()
