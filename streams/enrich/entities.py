"""Who and what an article names: the lexicon first, then rules, then what the article itself explains.

`recognise` is the one door: a trained encoder can stand behind it. Mentions never overlap in a field.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from newstide.records import Entity, EntityType, Mention
from streams.enrich import runs
from streams.enrich.acronyms import SpelledOut, initials, is_acronym, spelled_out
from streams.enrich.lexicon import Hit, Known, Lexicon, lexicon, own_id
from streams.enrich.words import even, is_unsegmented, listed

Field = Literal["title", "text"]
# One article's entities, and one entity's mentions, that are kept; the rest says nothing new.
MOST_ENTITIES = 200
MOST_MENTIONS = 100
# What a mention weighs: the headline counts most, the beginning more than the rest, an adjective less.
_TITLE, _EARLY, _LATE, _DEMONYM = 3.0, 1.0, 0.5, 0.5
_EARLY_UNTIL = 600
# Weight at which salience reaches 1 - 1/e: a name in the headline and twice early in the text.
_SCALE = 5.0
_PARTICLES = frozenset({"jr", "jr.", "sr", "ii", "iii", "iv", "vi"})


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    id: str
    weight: float = 1.0


@dataclass(slots=True)
class _Notes:
    """What is known of one document so far. `local` maps a surname or acronym to its entity's id."""

    fields: dict[Field, str]
    language: str
    known: dict[str, Known] = field(default_factory=dict)
    marks: dict[Field, list[_Mark]] = field(default_factory=lambda: {"title": [], "text": []})
    singles: list[tuple[int, int]] = field(default_factory=list)
    local: dict[str, str | None] = field(default_factory=dict)

    def mark(self, name: Field, start: int, end: int, known: Known, weight: float = 1.0) -> None:
        self.known.setdefault(known.id, known)
        self.marks[name].append(_Mark(start, end, known.id, weight))


def recognise(documents: Sequence[tuple[str, str, str]]) -> list[tuple[Entity, ...]]:
    """The entities of each (title, text, language), by salience, ties by id.

    Every mention satisfies `field[start:end] == mention.text`; offsets count code points. A document's
    entities depend on nothing but itself.
    """
    return [_entities(*document) for document in documents]


def _entities(title: str, text: str, language: str) -> tuple[Entity, ...]:
    book = lexicon()
    notes = _Notes({"title": even(title), "text": even(text)}, language)
    for name in ("title", "text"):
        _read(book, notes, name)
    if notes.fields["text"] or notes.fields["title"]:
        _learn_acronyms(book, notes)
        _learn_surnames(notes)
        _apply_learned(notes)
    return _finished(notes, {"title": title, "text": text})


def _read(book: Lexicon, notes: _Notes, name: Field) -> None:
    """Lexicon and runs of one field."""
    text = notes.fields[name]
    hits = book.find(text)
    if text.isupper() or is_unsegmented(text) or (name == "title" and runs.is_headline_case(text)):
        taken: list[Hit] = hits
    else:
        taken = _with_runs(notes, name, text, hits)
    for hit in taken:
        notes.mark(name, hit.start, hit.end, hit.known, _DEMONYM if hit.demonym else 1.0)


def _with_runs(notes: _Notes, name: Field, text: str, hits: list[Hit]) -> list[Hit]:
    """Notes the names found by rule; gives the lexicon's hits that stand beside them."""
    kept: list[Hit] = []
    at = 0
    for start, end in runs.spans(text):
        while at < len(hits) and hits[at].end <= start:
            kept.append(hits[at])
            at += 1
        inside = []
        while at < len(hits) and hits[at].start < end:
            inside.append(hits[at])
            at += 1
        kept += _judge_run(notes, name, start, end, inside)
    return kept + hits[at:]


def _judge_run(notes: _Notes, name: Field, start: int, end: int, hits: list[Hit]) -> list[Hit]:
    """Judges one run around the hits in it; gives the hits that stay."""
    text = notes.fields[name]
    if not hits:
        if text[start:end] not in listed("skip"):
            _note_guess(notes, name, runs.tokens(text, start, end))
        return hits
    if hits[0].start <= start and hits[0].end >= end:
        return hits
    whole = runs.tokens(text, start, end)
    while whole and whole[0].text in listed("skip") and whole[0].start < hits[0].start:
        whole = whole[1:]
    if _swallows(whole, hits):
        guess = runs.judge(text, whole, notes.language)
        if guess and guess.kind and guess.start <= hits[0].start and guess.end >= hits[-1].end:
            _note(notes, name, guess.start, guess.end, guess.kind)
            return []
    at = start
    for hit in [*hits, None]:
        until = hit.start if hit else end
        if until > at:
            _note_guess(notes, name, runs.tokens(text, at, until))
        at = max(at, hit.end) if hit else at
    return hits


def _swallows(whole: list[runs.Token], hits: list[Hit]) -> bool:
    """Is the run one name that merely has a country or a city in it?

    University of Baghdad, Turkish Foreign Ministry; Michael Jordan, Jordan Henderson. Not: Iraqi Kurdistan
    minister Ali, Hamas Interior Ministry.
    """
    if any(hit.known.type != "LOC" for hit in hits) or len(whole) > 6:
        return False
    names = [token.text for token in whole]
    if names and names[-1] in listed("org") | listed("misc"):
        return True
    if len(names) > 2 and names[0] in listed("org") and names[1] in {"of", "for"}:
        return True
    single = len(hits) == 1 and not hits[0].demonym and len(names) == 2
    return single and names[0] in listed("given") and names[1] not in listed("title") | listed("org") | listed("loc")


def _note_guess(notes: _Notes, name: Field, parts: list[runs.Token]) -> None:
    parts = [p for p in parts if any(c.isalpha() for c in p.text)]
    while parts and parts[-1].text[0].islower():
        parts = parts[:-1]
    while parts and parts[0].text[0].islower() and "-" not in parts[0].text:
        parts = parts[1:]
    guess = runs.judge(notes.fields[name], parts, notes.language)
    if guess and guess.kind:
        _note(notes, name, guess.start, guess.end, guess.kind)
    elif guess and name == "text":
        notes.singles.append((guess.start, guess.end))


def _note(notes: _Notes, name: Field, start: int, end: int, kind: EntityType) -> None:
    written = notes.fields[name][start:end]
    known = lexicon().named(written)
    entity = known or Known(own_id(kind, written), written, kind)
    if not entity.id.endswith(":"):
        notes.mark(name, start, end, entity)


def _learn_acronyms(book: Lexicon, notes: _Notes) -> None:
    """The acronyms that the text spells out, and their full names, become one entity."""
    text = notes.fields["text"]
    for pair in spelled_out(text):
        known = _explained(book, notes, pair, text[pair.start : pair.end])
        if known:
            _replace(notes, pair.start, pair.end, known, whole=pair.sure)
            notes.local[pair.acronym] = known.id


def _explained(book: Lexicon, notes: _Notes, pair: SpelledOut, full: str) -> Known | None:
    """What the acronym stands for in this document."""
    by_acronym, by_name = book.named(pair.acronym), book.named(full)
    marked = next((m for m in notes.marks["text"] if m.start <= pair.start and m.end == pair.end), None)
    standing = notes.known[marked.id] if marked else None
    if by_name is None and standing and not pair.sure:
        by_name = standing if standing.type in {"ORG", "MISC"} else None
        full = standing.name
    if by_name and (by_name.type in {"LOC", "PER"} and not pair.sure):
        return None  # ANKARA (AA) is a dateline
    if by_name and not by_name.id.startswith("x:"):
        return by_name
    if by_acronym and not _explains_itself(book, by_acronym, pair.acronym, full):
        return by_acronym
    if by_name:
        return by_name
    return Known(own_id("ORG", full), full, "ORG") if pair.sure else None


def _explains_itself(book: Lexicon, known: Known, acronym: str, full: str) -> bool:
    """Has the lexicon another full name with these initials, so that this one is somebody else's?"""
    names = book.aliases.get(known.id, [])
    letters = acronym.replace(".", "").casefold()
    return full not in names and any(" " in n and initials(n) == letters for n in names) and initials(full) == letters


def _replace(notes: _Notes, start: int, end: int, known: Known, *, whole: bool) -> None:
    """The span belongs to `known`; what stood in it gives way."""
    notes.known.setdefault(known.id, known)
    marks = notes.marks["text"]
    inside = [m for m in marks if m.start < end and m.end > start]
    if not whole and not inside:
        return
    first, last = (start, end) if whole else (inside[0].start, inside[-1].end)
    rest = [m for m in marks if m.end <= first or m.start >= last]
    rest.append(_Mark(first, last, known.id))
    notes.marks["text"] = sorted(rest, key=lambda m: m.start)


def _learn_surnames(notes: _Notes) -> None:
    """A person named in full is meant where the surname stands alone, unless two share it."""
    for name in ("text", "title"):
        for mark in notes.marks[name]:
            known = notes.known[mark.id]
            words = notes.fields[name][mark.start : mark.end].split(" ")
            if known.type != "PER" or len(words) < 2 or words[-1].lower() in _PARTICLES or len(words[-1]) < 3:
                continue
            shared = notes.local.setdefault(words[-1], mark.id)
            if shared != mark.id:
                notes.local[words[-1]] = None


def _apply_learned(notes: _Notes) -> None:
    """Surnames and acronyms that stand alone become mentions; so do full names in the title."""
    for acronym in [a for a in notes.local if is_acronym(a)]:
        _relabel(notes, acronym)
    for name in ("title", "text"):
        notes.marks[name] = [_in_full(notes, name, m) for m in notes.marks[name]]
    text = notes.fields["text"]
    for start, end in notes.singles:
        _mark_local(notes, "text", start, end, text[start:end])
    _find_in_title(notes)


def _in_full(notes: _Notes, name: Field, mark: _Mark) -> _Mark:
    """President Barrow is Adama Barrow, when the document names him so."""
    word = notes.fields[name][mark.start : mark.end]
    meant = notes.local.get(word)
    alone = meant and mark.id == own_id("PER", word)
    return _Mark(mark.start, mark.end, meant, mark.weight) if meant and alone else mark


def _relabel(notes: _Notes, acronym: str) -> None:
    """Marks that are just the acronym mean what the document says it means."""
    meant = notes.local[acronym]
    for name in ("title", "text"):
        written = notes.fields[name]
        notes.marks[name] = [
            _Mark(m.start, m.end, meant, m.weight) if meant and written[m.start : m.end] == acronym else m
            for m in notes.marks[name]
        ]
        for match in re.finditer(rf"(?<!\w){re.escape(acronym)}(?!\w)", written):
            _mark_local(notes, name, match.start(), match.end(), acronym)


def _find_in_title(notes: _Notes) -> None:
    title = notes.fields["title"]
    for match in runs.CAPITAL.finditer(title):
        word = match[0]
        _mark_local(notes, "title", match.start(), match.end(), word)
    for known in list(notes.known.values()):
        at = title.find(known.name) if " " in known.name else -1
        if at >= 0 and known.id.startswith("x:"):
            end = at + len(known.name)
            inside = [m for m in notes.marks["title"] if m.start < end and m.end > at]
            if all(at <= m.start and m.end <= end for m in inside) and not title[end : end + 1].isalnum():
                notes.marks["title"] = [m for m in notes.marks["title"] if m not in inside]
                notes.marks["title"].append(_Mark(at, end, known.id))


def _mark_local(notes: _Notes, name: Field, start: int, end: int, word: str) -> None:
    meant = notes.local.get(word)
    if meant and not any(m.start < end and m.end > start for m in notes.marks[name]):
        notes.marks[name].append(_Mark(start, end, meant))


def _finished(notes: _Notes, originals: dict[Field, str]) -> tuple[Entity, ...]:
    """The records: mentions in order, salience from their places."""
    mentions: dict[str, list[Mention]] = {}
    weights: dict[str, float] = {}
    for name, mark in _all_marks(notes):
        place = _TITLE if name == "title" else _EARLY if mark.start < _EARLY_UNTIL else _LATE
        weights[mark.id] = weights.get(mark.id, 0.0) + place * mark.weight
        listed_here = mentions.setdefault(mark.id, [])
        if len(listed_here) < MOST_MENTIONS:
            listed_here.append(Mention(name, mark.start, mark.end, originals[name][mark.start : mark.end]))
    entities = [
        Entity(key, notes.known[key].name, notes.known[key].type, _salience(weights[key]), tuple(found))
        for key, found in mentions.items()
    ]
    return tuple(sorted(entities, key=lambda e: (-e.salience, e.id))[:MOST_ENTITIES])


def _all_marks(notes: _Notes) -> Iterable[tuple[Field, _Mark]]:
    """Title first, then text, each in order and without overlaps (the longer one stays)."""
    for name in ("title", "text"):
        last = -1
        for mark in sorted(notes.marks[name], key=lambda m: (m.start, -m.end)):
            if mark.start >= last:
                yield name, mark
                last = mark.end


def _salience(weight: float) -> float:
    return round(1.0 - math.exp(-weight / _SCALE), 4)
