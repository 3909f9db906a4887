"""The names that languages have for countries, territories, continents and capitals: Unicode CLDR, through Babel.

A name goes into a language's column if nothing that is found in any text is written so already. Where words change by
case, the cases of a name come with it (`endings.tsv`, ours).
"""

import csv
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from babel import Locale
from babel.core import get_global

from streams.enrich.words import even, slug, table
from streams.models.training.lexicon.facts import Facts

# Columns, and whose names go into them: every language of tests/data/language, Central Kurdish and Lithuanian.
LANGUAGES = {
    **{code: (code,) for code in "de fr es it nl sv da fi pl cs hu ro tr ku ckb ru uk el ar fa he hi id vi sw ja ko lt".split()},
    "pt": ("pt", "pt_PT"),
    "no": ("nb", "nn"),
    "zh": ("zh", "zh_Hant"),
}  # fmt: skip
# Signs of a note in a name, which nobody writes.
_NOTE = re.compile(r"[()（）\[\]/&]| [-–] ")
_INVISIBLE = re.compile("[\u00ad\u200e\u200f\u2060]")
# Letters of a name: shorter ones are words of other kinds too often. Han, kana and Hangul say more in a letter; a town's
# name in a script without capitals must be longer by one.
_SHORTEST, _SHORTEST_DENSE = 4, 2
_DENSE = re.compile("[\u30a1-\u30fa\u4e00-\u9fff가-힣]")


class Row(NamedTuple):
    """A thing, and its names by language."""

    id: str
    names: dict[str, list[str]]


def rows(facts: Facts) -> list[Row]:
    """By id, numbers in order; things that no language names anew are left out."""
    found = {key: Row(key, {}) for key in sorted({*_territories(facts).values(), *_zones(facts).values()}, key=_order)}
    for language, locales in sorted(LANGUAGES.items()):
        for name, key in _column(facts, language, locales).items():
            found[key].names.setdefault(language, []).append(name)
    return [row for row in found.values() if row.names]


def _order(key: str) -> tuple[bool, int, str]:
    return not key.startswith("Q"), int(key[1:]) if key.startswith("Q") else 0, key


def _column(facts: Facts, language: str, locales: tuple[str, ...]) -> dict[str, str]:
    """Name → id in a language. What two things are called is nobody's, and a name goes before another's case."""
    common = {name for row in table("common") if row["language"] == language for name in row["names"].split("|")}
    plain = _settled((name, key) for locale in locales for name, key in _named(facts, locale) if name not in common)
    cases = _settled((form, key) for name, key in plain.items() for form in forms(language, name))
    both = {**cases, **plain}
    return {name: key for name, key in both.items() if even(name) not in facts.ids and name not in common}


def _settled(pairs: Iterator[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for name, key in pairs:
        found.setdefault(name, set()).add(key)
    return {name: next(iter(keys)) for name, keys in found.items() if len(keys) == 1}


def _named(facts: Facts, code: str) -> Iterator[tuple[str, str]]:
    locale = Locale.parse(code)
    of_territories = ((locale.territories.get(one, ""), key) for one, key in _territories(facts).items())
    of_zones = ((locale.time_zones.get(one, {}).get("city", ""), key) for one, key in _zones(facts).items())
    for names, town in ((of_territories, False), (of_zones, True)):
        yield from ((shown, key) for name, key in names if _usable(shown := _INVISIBLE.sub("", name), town=town))


def _usable(name: str, *, town: bool) -> bool:
    letters = sum(c.isalpha() for c in name) - (town and name == name.upper())
    return not _NOTE.search(name) and letters >= (_SHORTEST_DENSE if _DENSE.match(name) else _SHORTEST)


def _territories(facts: Facts) -> dict[str, str]:
    """CLDR's territory → our id: countries by code, others (continents, the European Union) by their English name."""
    english = Locale.parse("en").territories
    others = {code: facts.ids.get(even(name)) for code, name in english.items()}
    return {code: key for code, key in others.items() if key and code not in facts.countries} | facts.countries


def _zones(facts: Facts) -> dict[str, str]:
    """Time zone → our id of the place that it is named after, where that lies in the zone's country."""
    english, within = Locale.parse("en").time_zones, get_global("zone_territories")
    found = {}
    for zone, country in within.items():
        city = english.get(zone, {}).get("city") or zone.rsplit("/", 1)[-1].replace("_", " ")
        if slug(city) in facts.towns and facts.places[slug(city)][1] == country:
            found[zone] = facts.places[slug(city)][0]
    return found


def forms(language: str, name: str) -> Iterator[str]:
    """The cases of a name: the same one of each of its words."""
    words = name.split(" ")
    kinds = [("before",)] * (len(words) - 1) + [("name",) if words[1:] else ("name", "alone")]
    changed = [_forms(language, of, word) for of, word in zip(kinds, words, strict=True)]
    most = max(map(len, changed))
    for case in range(most):
        yield " ".join(one[case] if one else word for one, word in zip(changed, words, strict=True))


def _forms(language: str, of: tuple[str, ...], word: str) -> list[str]:
    """The word in its cases, none for one that does not change; the first ending that fits."""
    for row in _endings():
        if row["language"] == language and row["of"] in of and re.search(f"{row['ending']}$", word):
            return [re.sub(f"{row['ending']}$", form, word, count=1) for form in row["forms"].split("|")]
    return []


@cache
def _endings() -> list[dict[str, str]]:
    text = (files("streams.models.training.lexicon") / "endings.tsv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
