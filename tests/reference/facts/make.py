"""Makes facts.jsonl: short, easy questions of fact with every answer that counts, for calibration.

Countries, cities and languages come from countryinfo and Babel, states from us, elements from periodictable, measures
from Pint, plurals from inflect, and the rest from common.tsv. Every category has questions in whole sentences and as people
type them into a search box, in turn. What is disputed, ambiguous or changes is left out, and so is a question that
contains its own answer: repeating it would be judged as right.
"""

import calendar
import csv
import itertools
import json
import pathlib
import re
import unicodedata
from datetime import date

import inflect
import periodictable
import pint
import us
from babel import Locale
from babel.core import get_global
from babel.dates import get_timezone_location
from babel.languages import get_official_languages
from babel.numbers import get_currency_name, get_territory_currencies
from countryinfo import CountryInfo

HERE = pathlib.Path(__file__).resolve().parent
ENGLISH = Locale("en")
ENGLISH_WORDS = inflect.engine()
# Currencies and languages as they were on this day.
DAY = date(2026, 1, 1)
COUNTRIES = 72  # the most populous ones

# Territories whose state, name or borders are disputed, or whose name means something else as well.
DISPUTED = {"TW", "PS", "IL", "EH", "XK", "GE", "CD", "CG", "GN", "GQ", "GW", "HK", "MO", "PR", "SS"}
NAMES = {"TR": "Turkey", "CI": "Ivory Coast", "MM": "Myanmar", "CZ": "Czech Republic", "BA": "Bosnia and Herzegovina"}
WITH_ARTICLE = {"PH", "NL", "GB", "US", "AE", "DO", "CZ", "CF", "GM"}
ALIASES = {
    "US": ["USA", "US", "United States of America", "America"],
    "GB": ["UK", "Great Britain", "Britain", "England"],
    "AE": ["UAE", "Emirates"],
    "CI": ["Côte d'Ivoire"],
    "CZ": ["Czechia"],
    "MM": ["Burma"],
    "NL": ["Holland"],
    "BA": ["Bosnia"],
    "KR": ["Republic of Korea"],
    "KP": ["Democratic People's Republic of Korea", "DPRK"],
    "RU": ["Russian Federation"],
    "TR": ["Türkiye"],
    "CN": ["People's Republic of China", "PRC"],
}

# Several capitals, a seat of government elsewhere, or one that moved or was renamed within a few years.
NO_ONE_CAPITAL = {"BO", "ZA", "LK", "SZ", "BJ", "CI", "NL", "MY", "TZ", "KZ", "BI", "MM", "CH", "YE", "ID", "EG", "ME"}
CAPITAL_ALIASES = {
    "Kyiv": ["Kiev"],
    "Beijing": ["Peking"],
    "Ulan Bator": ["Ulaanbaatar"],
    "Washington D.C.": ["Washington"],
    "Tehran": ["Teheran"],
    "N'Djamena": ["Ndjamena"],
    "Mogadishu": ["Muqdisho"],
    "Ashgabat": ["Ashkhabad"],
    "Chişinău": ["Chisinau", "Kishinev"],
}
# On two continents, or called Central American and Caribbean by some.
NO_ONE_CONTINENT = {"RU", "TR", "EG", "KZ", "AZ", "AM", "CY", "ID", "YE"}
SOUTH_AMERICA = {"AR", "BR", "CL", "CO", "EC", "PE", "PY", "UY", "VE", "BO"}
NORTH_AMERICA = {"US", "CA", "MX"}
# No official language by law, new ones within a few years, or more of them than the packages know.
NO_ONE_LANGUAGE = {"US", "GB", "AU", "MX", "CL", "ET", "NE", "ML", "BF", "SN", "IQ", "SO"}
LANGUAGE_ALIASES = {
    "zh": ["Mandarin", "Putonghua"],
    "fa": ["Farsi"],
    "bn": ["Bengali"],
    "km": ["Cambodian"],
    "ms": ["Bahasa Malaysia"],
    "id": ["Bahasa Indonesia", "Bahasa"],
    "nb": ["Norwegian"],
    "es": ["Castilian"],
    "my": ["Myanmar language"],
    "ro": ["Moldovan"],
    "ht": ["Creole"],
}
# Money that many countries call by the same word: it needs its country, except in the one that is known for it.
SHARED_MONEY = {"dollar": "US", "pound": "GB", "franc": "CH"}
CURRENCY_ALIASES = {
    "CNY": ["renminbi", "RMB"],
    "GBP": ["sterling"],
    "XOF": ["CFA", "CFA franc"],
    "XAF": ["CFA", "CFA franc"],
    "PLN": ["złoty"],
    "USD": ["United States dollar", "American dollar", "dollar", "dollars"],
    "BRL": ["reais"],
    "RUB": ["rouble", "roubles"],
    "UZS": ["sum", "so'm", "soum"],
    "ZAR": ["rands"],
    "AFN": ["afghani"],
}
# Codes, symbols and numbers that are words: an answer may contain them by chance.
WORDS = {"one", "TRY", "ALL", "TOP", "MAD", "CUP", "PEN", "SOS", "I", "As", "In", "He", "At", "No", "Am", "Be", "S"}

CITIES = """
Africa/Casablanca Africa/Johannesburg Africa/Lagos America/Anchorage America/Boise America/Cancun America/Chicago
America/Denver America/Detroit America/Edmonton America/Fortaleza America/Guayaquil America/Los_Angeles America/Manaus
America/Monterrey America/New_York America/Phoenix America/Recife America/Sao_Paulo America/Tijuana America/Toronto
America/Vancouver America/Winnipeg Asia/Dubai Asia/Karachi Asia/Shanghai Asia/Urumqi Asia/Vladivostok Asia/Yekaterinburg
Asia/Novosibirsk Asia/Omsk Asia/Irkutsk Asia/Almaty Asia/Samarkand Asia/Makassar Australia/Adelaide Australia/Brisbane
Australia/Hobart Australia/Melbourne Australia/Perth Australia/Sydney Europe/Istanbul Europe/Volgograd Europe/Zurich
Europe/Samara Pacific/Auckland Pacific/Honolulu
""".split()
# (large, small): how many of the small one make a large one.
MEASURES = [
    ("foot", "inch"), ("yard", "foot"), ("yard", "inch"), ("mile", "foot"), ("mile", "yard"), ("pound", "ounce"),
    ("stone", "pound"), ("kilometer", "meter"), ("meter", "centimeter"), ("centimeter", "millimeter"),
    ("meter", "millimeter"), ("kilogram", "gram"), ("gram", "milligram"), ("liter", "milliliter"), ("hour", "minute"),
    ("minute", "second"), ("day", "hour"), ("week", "day"), ("hour", "second"), ("fortnight", "day"),
    ("century", "year"), ("millennium", "year"), ("fathom", "foot"), ("furlong", "yard"), ("furlong", "foot"),
]
NOUNS = """
child mouse goose tooth foot man woman ox leaf knife wolf wife shelf loaf half potato tomato baby city box church
louse
""".split()

# What the demo page's own example questions ask: these stay a test that nothing was fitted to.
TESTED = """
capital-france capital-peru capital-canada capital-australia capital-kenya capital-italy capital-burkina-faso
capital_of-tokyo element_symbol-gold element_symbol-iron element_symbol-sodium element_symbol-tungsten element-fe
measure-an-hour-minutes continent-brazil currency-japan currency-poland language-brazil
""".split()

# Sentences and searches of each category; {} is what is asked about, {bare} the same without its article.
FORMS = {
    "capital": (
        ["What is the capital of {}?", "Which city is the capital of {}?", "Name the capital city of {}."],
        ["capital of {bare}", "{bare} capital", "capital city of {bare}"],
    ),
    "capital_of": (
        ["{} is the capital of which country?", "Which country has {} as its capital?"],
        ["{} is capital of what country", "which country's capital is {}"],
    ),
    "city": (
        ["In which country is the city of {}?", "Which country is {} in?"],
        ["what country is {} in", "{} city country"],
    ),
    "continent": (
        ["On which continent is {}?", "Which continent is {} part of?"],
        ["{bare} continent", "what continent is {} in"],
    ),
    "currency": (
        ["What is the currency of {}?", "Which currency is used in {}?", "What money do people pay with in {}?"],
        ["currency of {bare}", "{bare} currency name", "what currency does {} use"],
    ),
    "language": (
        ["What is the official language of {}?", "Which language is official in {}?"],
        ["official language of {bare}", "{bare} official language"],
    ),
    "state_capital": (
        ["What is the capital of the US state of {}?", "Which city is the capital of the state of {}?"],
        ["{} state capital", "state capital of {}"],
    ),
    "element_symbol": (
        ["What is the chemical symbol for {}?", "Which symbol does {} have in the periodic table?"],
        ["chemical symbol {}", "symbol for {} periodic table"],
    ),
    "element": (
        ["Which chemical element has the symbol {}?", "What element does the symbol {} stand for?"],
        ["element with symbol {}", "{} periodic table element name"],
    ),
    "atomic_number": (
        ["What is the atomic number of {}?", "How many protons does an atom of {} have?"],
        ["atomic number of {}", "{} atomic number"],
    ),
    "measure": (["How many {1} are there in {0}?", "{0} has how many {1}?"], ["how many {1} in {0}", "{1} in {0}"]),
    "month": (["How many days does {} have?"], ["number of days in {}"]),
    "next_month": (["Which month comes after {}?"], ["month after {}"]),
    "weekday": (["Which day of the week comes after {}?"], ["day after {} what day"]),
    "plural": (['What is the plural of "{}"?', 'What is the plural form of the word "{}"?'], ["plural of {}"]),
    "book": (["Who wrote {}?", "Who is the author of {}?"], ["author of {}", "who wrote {}"]),
    "play": (["Who wrote the play {}?"], ["{} playwright"]),
    "painting": (["Who painted {}?"], ["{} painter"]),
    "composer": (["Who composed {}?"], ["{} composer"]),
    "young": (["What is a young {} called?", "What do you call a baby {}?"], ["baby {} is called", "{} young name"]),
    "sides": (["How many sides does {} have?"], ["{bare} number of sides"]),
    "planet": (["Which planet is the {} from the sun?"], ["{} planet from the sun"]),
    "invention": (["Who {}?"], ["who {}"]),
    "year": (["In what year {}?"], ["what year {}"]),
    "everyday": (["{}?"], ["{}"]),
}


def plain(text):
    """Without accents, in the letters of ASCII where there are any."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).replace("ł", "l")


def countries():
    """Code, name and data of the most populous countries."""
    entries = CountryInfo.all().values()
    known = {data["ISO"]["alpha2"]: data for data in entries if data.get("ISO") and data.get("capital")}
    codes = sorted(known, key=lambda code: (-known[code].get("population", 0), code))
    for code in [code for code in codes if code in ENGLISH.territories and code not in DISPUTED][:COUNTRIES]:
        name = NAMES.get(code) or ENGLISH.territories[code]
        yield code, f"the {name}" if code in WITH_ARTICLE else name, known[code]


def country(code):
    name = NAMES.get(code) or ENGLISH.territories[code]
    return [name, *ALIASES.get(code, [])]


def capitals():
    usable = [entry for entry in countries() if entry[0] not in NO_ONE_CAPITAL]
    for index, (code, name, data) in enumerate(usable):
        capital = data["capital"]
        names = [capital, *CAPITAL_ALIASES.get(capital, [])]
        # Two of three countries are asked for their capital, the others the other way round.
        yield ("capital_of", capital, country(code)) if index % 3 == 2 else ("capital", name, names)


def cities():
    territories = get_global("zone_territories")
    for zone in CITIES:
        yield "city", get_timezone_location(zone, locale=ENGLISH, return_city=True), country(territories[zone])


def continents():
    for code, name, data in itertools.islice(countries(), 0, None, 2):
        if code in NO_ONE_CONTINENT:
            continue
        if data["region"] in ("Africa", "Asia", "Europe"):
            yield "continent", name, [data["region"]]
        elif code in SOUTH_AMERICA:
            yield "continent", name, ["South America"]
        elif code in NORTH_AMERICA:
            yield "continent", name, ["North America"]


def currencies():
    for code, name, data in countries():
        now = get_territory_currencies(code, DAY, DAY)
        if len(now) > 1 or now != data["currencies"]:  # more than one, or the packages disagree
            continue
        (currency,) = now
        one, many = (get_currency_name(currency, count, locale=ENGLISH) for count in (1, 2))
        word = one.split()[-1].lower()
        answers = [one, many, currency, *CURRENCY_ALIASES.get(currency, [])]
        if SHARED_MONEY.get(word, code) == code:
            answers += [word, many.split()[-1].lower()]
        yield "currency", name, answers


def languages():
    for code, name, data in countries():
        official = get_official_languages(code, de_facto=True)
        if code not in NO_ONE_LANGUAGE and list(official) == data["languages"] and len(official) == 1:
            yield "language", name, [ENGLISH.languages[official[0]], *LANGUAGE_ALIASES.get(official[0], [])]


def states():
    for state in us.STATES:
        yield "state_capital", state.name, [state.capital, state.capital.replace("Saint ", "St. ")]


def elements():
    also = {"aluminum": "aluminium", "sulfur": "sulphur", "cesium": "caesium"}
    famous = {
        "arsenic", "bromine", "krypton", "silver", "cadmium", "tin", "iodine", "xenon", "cesium", "barium", "tungsten",
        "platinum", "gold", "mercury", "lead", "radon", "radium", "uranium", "plutonium",
    }
    known = [e for e in periodictable.elements if 0 < e.number <= 30 or e.name in famous]
    for index, element in enumerate(known):
        name, symbol = element.name, element.symbol
        number = str(element.number)
        words = ENGLISH_WORDS.number_to_words(element.number)
        if symbol not in WORDS:
            yield "element_symbol", name, [symbol]
        if index % 2:
            yield "element", symbol, [name, also.get(name, "")]
        else:
            yield "atomic_number", name, [number, words, words.replace("-", " ")]


def measures():
    registry = pint.UnitRegistry()
    for large, small in MEASURES:
        count = round(registry(large).to(small).magnitude)
        words = ENGLISH_WORDS.number_to_words(count, andword="")
        one = ENGLISH_WORDS.a(large)
        yield "measure", (one, ENGLISH_WORDS.plural(small)), [str(count), words, words.replace("-", " ")]


def months():
    for number in range(1, 13):
        name, following = calendar.month_name[number], calendar.month_name[number % 12 + 1]
        days = str(calendar.monthrange(2026, number)[1])
        if days != "28":  # or 29
            words = ENGLISH_WORDS.number_to_words(days)
            yield "month", name, [days, words, words.replace("-", " ")]
        if following not in ("May", "March"):  # words of other meanings
            yield "next_month", name, [following]


def weekdays():
    for day in range(7):
        yield "weekday", calendar.day_name[day], [calendar.day_name[(day + 1) % 7]]


def plurals():
    for noun in NOUNS:
        yield "plural", noun, [ENGLISH_WORDS.plural_noun(noun)]


def common():
    with open(HERE / "common.tsv", encoding="utf-8", newline="") as file:
        for category, asked, *answers in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield category, asked, answers


def words(text):
    return re.findall(r"\w+", plain(text).lower())


def contains(text, part):
    """Whether the words of a part stand in a text one after the other."""
    text, part = words(text), words(part)
    return any(text[start:start + len(part)] == part for start in range(len(text)))


def phrased(category, asked, turn):
    """The question in the category's form whose turn it is: a sentence, a search, the next sentence …"""
    sentences, searches = FORMS[category]
    forms = searches if turn % 2 else sentences
    form = forms[turn // 2 % len(forms)]
    parts = asked if isinstance(asked, tuple) else (asked,)
    text = form.format(*parts, bare=re.sub(r"^(the|an?) ", "", parts[0]))
    if turn % 2:
        # Symbols keep their case: "co" is no element. Few people type accents.
        return text if category == "element" else plain(text.lower())
    return text[0].upper() + text[1:]


def main():
    turns, lines, seen = {}, [], set()
    places = [capitals, cities, continents, currencies, languages, states]
    sources = [*places, elements, measures, months, weekdays, plurals, common]
    for category, asked, answers in itertools.chain.from_iterable(source() for source in sources):
        turn = turns.get(category, 0)
        question = phrased(category, asked, turn)
        answers = [answer for answer in answers if answer and answer not in WORDS]
        # Case does not count for the judges, accents do.
        answers = list({answer.lower(): answer for answer in reversed([*answers, *map(plain, answers)])}.values())[::-1]
        name = "-".join(words(" ".join(asked) if isinstance(asked, tuple) else asked))
        id = f"{category}-{name}"
        if id in TESTED or any(contains(question, answer) for answer in answers):
            continue
        turns[category] = turn + 1
        assert id not in seen, id
        seen.add(id)
        lines.append({"id": id, "question": question, "answers": answers, "set": "facts", "category": category})
    with open(HERE / "facts.jsonl", "w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


if __name__ == "__main__":
    main()
