"""The lexicon: names known beforehand, found in one pass over a text.

Of the tables (`lexicon/*.tsv`, LEXICON.md says whence) some are written by hand and some by `make lexicon`. A Wikidata
id stands only where it is certain; every other name has the id `x:type:canonical-name`. A demonym ("Turkish") is a mention
of its country: an analyst who follows Turkey wants the Turkish foreign minister counted. The user's own entities
(`newstide.entities`) stand before the tables.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

import ahocorasick_rs

from newstide import entities
from newstide.entities import OwnEntity
from newstide.records import EntityType
from streams.enrich.spelling import begins, bounded, loud, variants
from streams.enrich.words import even, listed, slug, table

# Norwegian is written in two ways.
_ALSO = {"nb": "no", "nn": "no"}
# What has fewer letters may be an acronym.
_LONG = 6
_TYPES: dict[str, EntityType] = {"PER": "PER", "ORG": "ORG", "LOC": "LOC", "MISC": "MISC"}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a place lies: ISO 3166-1 alpha-2 country, degrees north and east."""

    country: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Known:
    """A thing with a name. `spot` is set for places of the gazetteer; `own`: the user has named it."""

    id: str
    name: str
    type: EntityType
    spot: Spot | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A lexicon name in a text. `demonym`: the country is named by its people or adjective."""

    start: int
    end: int
    known: Known
    demonym: bool = False


@dataclass(frozen=True, slots=True)
class _Pattern:
    known: Known
    demonym: bool = False
    caps: bool = False
    begins: bool = False  # a sentence, whence its capital


class _Finder:
    """Patterns in one automaton (leftmost, longest)."""

    def __init__(self, patterns: dict[str, _Pattern]) -> None:
        self._values = list(patterns.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(patterns), ahocorasick_rs.MatchKind.LeftmostLongest)

    def find(self, smooth: str) -> list[Hit]:
        shouting = smooth.isupper()
        hits = []
        for index, start, end in self._automaton.find_matches_as_indexes(smooth):
            pattern = self._values[index]
            if not bounded(smooth, start, end):
                continue
            if shouting and smooth[start:end].lower() in listed("stop"):
                continue  # IRAN IS READY is about no Islamic State
            if pattern.caps and not shouting and not loud(smooth, start, end):
                continue
            if pattern.begins and not begins(smooth, start):
                continue
            hits.append(Hit(start, end, pattern.known, pattern.demonym))
        return hits


class _Spoken(NamedTuple):
    """What is particular to a language: its everyday words that look like names, and its own names for things."""

    common: frozenset[str] = frozenset()
    finder: _Finder | None = None


def _apart(hits: list[Hit], others: list[Hit]) -> list[Hit]:
    """Both, in order; where two overlap, the leftmost, then the longest, then the one of `hits`."""
    kept: list[Hit] = []
    for hit in sorted([*hits, *others], key=lambda h: (h.start, -h.end)):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept


def _is_acronym(name: str) -> bool:
    """By two capitals and more in a few letters: AfD, JeM."""
    return len(name) < _LONG and sum(map(str.isupper, name)) > 1


def own_id(kind: EntityType, name: str) -> str:
    """The id of what the lexicon does not know."""
    return f"x:{kind.lower()}:{slug(name)}"


class Lexicon:
    """All names, found in one pass. `own` is the version of the user's own entities, "" for none."""

    def __init__(self, entries: Iterable[OwnEntity] = (), own: str = "") -> None:
        self.own = own
        self.things: dict[str, Known] = {}
        self._patterns: dict[str, _Pattern] = {}
        self.spots: dict[str, Known] = {}
        self.namesakes: dict[str, list[Known]] = {}
        self._regions: dict[str, Known] = {}
        self._homes: dict[str, Known] = {}
        self.countries: set[str] = set()
        self.demonyms: set[str] = set()
        self.aliases: dict[str, list[str]] = {}
        self._read_countries()
        self._read_places()
        self._read_names()
        for entry in entries:
            self._add_own(entry)
            self.namesakes = {n: known for n, known in self.namesakes.items() if not self._patterns[n].known.own}
        self._finder = _Finder(self._patterns)
        self._languages: dict[str, _Spoken] = {}

    def find(self, text: str, language: str = "") -> list[Hit]:
        """The names in `text`, in order, none overlapping; whole words only, also across a line's end.

        `language` (BCP 47) adds the names that a language has for countries and capitals, and takes away those that
        are its everyday words.
        """
        smooth = even(text).replace("\n", " ")
        spoken = self._spoken(language.split("-", maxsplit=1)[0])
        hits = [h for h in self._finder.find(smooth) if h.known.own or smooth[h.start : h.end] not in spoken.common]
        return _apart(hits, spoken.finder.find(smooth)) if spoken.finder else hits

    def named(self, text: str) -> Known | None:
        """The thing that goes by exactly this name, if any."""
        pattern = self._patterns.get(even(text).replace("\n", " "))
        return pattern.known if pattern else None

    def alike(self, name: str, kind: EntityType) -> Known | None:
        """The one thing of that kind that goes by this name in other capitals (google, REUTERS). Not by an acronym: AFD is no
        AfD, WHO not who.
        """
        return None if _is_acronym(name) else self._alike.get((kind, slug(name)))

    @cached_property
    def _alike(self) -> dict[tuple[EntityType, str], Known | None]:
        found: dict[tuple[EntityType, str], Known | None] = {}
        for key, names in self.aliases.items():
            thing = self.things[key]
            for name in names:
                if not _is_acronym(name):
                    at = (thing.type, slug(name))
                    found[at] = thing if found.get(at, thing) == thing else None
        return found

    def place(self, name: str) -> Known | None:
        """The gazetteer's place of that name in any writing (ISTANBUL, İstanbul, istanbul)."""
        return self.spots.get(slug(name))

    def region(self, name: str) -> Known | None:
        """The place of that name where one follows a city: also Conn., N.Y., Ont."""
        return self._regions.get(slug(name)) or self.place(name)

    def home(self, key: str) -> Known | None:
        """The country whose institution this is."""
        return self._homes.get(key)

    def _read_countries(self) -> None:
        for row in table("countries"):
            spot = Spot(row["code"], float(row["lat"]), float(row["lon"]))
            country = Known(row["id"], row["name"], "LOC", spot)
            self.countries.add(country.name)
            self._add(country, row["aliases"])
            for demonym in filter(None, row["demonyms"].split("|")):
                self.demonyms.add(demonym)
                self._put(demonym, _Pattern(country, demonym=True))

    def _read_places(self) -> None:
        for row in (*table("places"), *table("towns")):
            spot = Spot(row["country"], float(row["lat"]), float(row["lon"]))
            known = Known(given_id(row["id"], "LOC", row["name"]), row["name"], "LOC", spot)
            # A quiet name (Nice, Van, Batman) is a place only where a dateline says so.
            self._add(known, row["aliases"], quiet="quiet" in row["kind"])
            for name in filter(None, row["shared"].split("|")):
                self.namesakes.setdefault(name, [self._patterns[name].known]).append(known)
            self._regions |= {slug(name): known for name in filter(None, row["filed"].split("|"))}

    def _read_names(self) -> None:
        homes = {
            place.spot.country: place for place in self.things.values() if place.name in self.countries and place.spot
        }
        for row in table("names"):
            kind = _TYPES[row["type"]]
            known = Known(given_id(row["id"], kind, row["name"]), row["name"], kind)
            self._add(known, row["aliases"])
            if row["country"]:
                self._homes[known.id] = homes[row["country"]]

    def _spoken(self, language: str) -> "_Spoken":
        """What is particular to a language; read when the first text in it comes."""
        language = _ALSO.get(language, language)
        if language not in self._languages:
            everyday = [row["names"] for row in table("common") if row["language"] == language]
            common = frozenset(even("|".join(everyday)).split("|"))
            patterns: dict[str, _Pattern] = {}
            for row in table("spoken"):
                for name in filter(None, row.get(language, "").split("|")):
                    for written, pattern in _written(name, _Pattern(self.things[row["thing"]])):
                        patterns.setdefault(written, pattern)
            self._languages[language] = _Spoken(common, _Finder(patterns) if patterns else None)
        return self._languages[language]

    def _add(self, known: Known, aliases: str, *, quiet: bool = False) -> None:
        names = [known.name, *filter(None, aliases.split("|"))]
        self.things.setdefault(known.id, known)
        self.aliases.setdefault(known.id, []).extend(names)
        for name in names:
            if known.spot:
                self.spots.setdefault(slug(name), known)
            if not quiet:
                self._put(name, _Pattern(known))

    def _add_own(self, entry: OwnEntity) -> None:
        """The user's names replace equal ones; an id of the tables keeps its place and its other names."""
        key = entry.id or f"user:{slug(entry.name)}"
        before = self.things.get(key)
        known = Known(key, entry.name, entry.type, before.spot if before else None, own=True)
        self.things[key] = known
        mine = {name: p for name, p in self._patterns.items() if p.known.id == key}
        self._patterns |= {name: replace(pattern, known=known) for name, pattern in mine.items()}
        self.spots |= {name: known for name, place in self.spots.items() if place.id == key}
        self.aliases.setdefault(key, []).extend((entry.name, *entry.aliases))
        self.demonyms.update(entry.demonyms)
        for name in (entry.name, *entry.aliases):
            self._put_own(name, _Pattern(known))
        for name in entry.demonyms:
            self._put_own(name, _Pattern(known, demonym=True))

    def _put_own(self, name: str, pattern: _Pattern) -> None:
        for written, variant in _written(name, pattern):
            standing = self._patterns.get(written)
            if written == even(name) or standing is None or not standing.known.own:
                self._patterns[written] = variant
        if name[0].islower():
            self._patterns.setdefault(even(name[0].upper() + name[1:]), replace(pattern, begins=True))

    def _put(self, name: str, pattern: _Pattern) -> None:
        for written, variant in _written(name, pattern):
            self._patterns.setdefault(written, variant)


def _written(name: str, pattern: _Pattern) -> list[tuple[str, _Pattern]]:
    return [(written, replace(pattern, caps=True) if shouted else pattern) for written, shouted in variants(name)]


def given_id(given: str, kind: EntityType, name: str) -> str:
    """The id of a table's row: "-" stands for one of its name."""
    return own_id(kind, name) if given == "-" else given


@cache
def lexicon(own: str = "") -> Lexicon:
    """The lexicon with the user's own entities of the file `own`, read once in this process.

    Raises SettingsError for a bad file.
    """
    if not own:
        return Lexicon()
    version = hashlib.blake2b(Path(own).read_bytes(), digest_size=4).hexdigest()
    return Lexicon(entities.read(Path(own)), version)
