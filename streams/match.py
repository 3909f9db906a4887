"""Which alert rules an article meets. Pure: rules are compiled once, an article's keys are compared as sets.

Everything that is compared becomes a key first: a rule asks for keys, an article offers keys, and a condition
holds where they meet. `sinks/hooks/conditions.py` says the same in SQL; a test holds the two together.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from newstide.records import Article, Rule
from newstide.urls import host

# Vowel signs and accents belong to their word, but Python's \w leaves them out.
_MARKS = "".join(chr(c) for c in range(0x300, 0xFE30) if unicodedata.category(chr(c)).startswith("M"))
_WORD = re.compile(rf"[\w{_MARKS}]+")
# Thai, Lao, Burmese, Khmer, kana and Han are written without spaces: there every character is a word.
_SPACELESS = re.compile("([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff])")
# The marks of Latin, Greek and Cyrillic, and the points of Hebrew and Arabic: a name is the same without them.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]")
# Letters that carry a stroke do not decompose in Unicode.
_STROKES = str.maketrans("øłđħ", "oldh")

# The conditions, the most telling first.
RARITY = ("entity", "source", "words", "topic", "language")


def fold(text: str) -> str:
    """The text without case. Dotted and dotless i are one letter, for which is meant only its language knows."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    return folded.replace("\u0307", "").replace("ı", "i")


@lru_cache(65_536)
def plain(name: str) -> str:
    """The name without case and diacritics: "Şırnak" is "sirnak"."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", fold(name)))
    return unicodedata.normalize("NFC", bare).translate(_STROKES).strip()


def tokens(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return _WORD.findall(_SPACELESS.sub(r" \1 ", fold(text)))


def is_topic(written: str, known: set[str]) -> bool:
    """Does a rule name a topic so, of those whose keys are `known`?"""
    return not known.isdisjoint(_keys([written], fold, str))


def topic_keys(id: str, name: str) -> set[str]:
    """What a rule may call the topic: its id, the beginning of one, its name."""
    start = id.find(":") + 2
    return {id, fold(name), *(id[:end] for end in range(start, len(id) + 1))}


class _Offer:
    """The keys of one article, each kind made when it is first asked for."""

    def __init__(self, article: Article) -> None:
        self._article = article

    @cached_property
    def entity(self) -> set[str]:
        keys: set[str] = set()
        for entity in self._article.entities:
            keys |= {entity.id, plain(entity.name)}
            keys |= {plain(mention.text) for mention in entity.mentions}
        return keys

    @cached_property
    def topic(self) -> set[str]:
        return set().union(*(topic_keys(topic.id, topic.name) for topic in self._article.topics))

    @cached_property
    def language(self) -> set[str]:
        return {_primary(self._article.language)}

    @cached_property
    def source(self) -> set[str]:
        labels = host(self._article.url).split(".")
        keys = {".".join(labels[at:]) for at in range(len(labels))}
        return (keys | {fold(self._article.outlet), _source(self._article.feed or "")}) - {""}

    @cached_property
    def words(self) -> set[str]:
        return {word for part in self._parts for word in part}

    @cached_property
    def line(self) -> str:
        """All words with a space on either side of each; no phrase reaches from the title into the text."""
        return f" {' '.join(self._parts[0])} \n {' '.join(self._parts[1])} "

    @cached_property
    def _parts(self) -> tuple[list[str], list[str]]:
        return tokens(self._article.title), tokens(self._article.text)


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A rule's keys: of each set condition, key → as the rule wrote it; of the words, their tokens."""

    rule: Rule
    conditions: tuple[tuple[str, dict[str, str]], ...]
    phrases: tuple[tuple[str, ...], ...]

    def anchor(self) -> tuple[str, Iterable[str]]:
        """The rarest of its conditions, and the keys of which an article must offer one."""
        anchors: dict[str, Iterable[str]] = dict(self.conditions)
        if self.phrases:
            anchors["words"] = self.phrases[0][:1]
        name = next((name for name in RARITY if name in anchors), "")
        return name, anchors.get(name, ())

    def reason(self, offer: _Offer) -> str | None:
        found = []
        for name, keys in self.conditions:
            met = keys.keys() & getattr(offer, name)
            if not met:
                return None
            found.append(f"{name} {min(keys[key] for key in met)}")
        if self.phrases:
            if not all(_holds(phrase, offer) for phrase in self.phrases):
                return None
            found.append(f"words {', '.join(self.rule.words)}")
        return "; ".join(found) or "every article"


def _holds(phrase: tuple[str, ...], offer: _Offer) -> bool:
    if not offer.words.issuperset(phrase):
        return False
    return len(phrase) == 1 or f" {' '.join(phrase)} " in offer.line


def _primary(language: str) -> str:
    return re.split("[-_]", language, maxsplit=1)[0].lower()


def _source(source: str) -> str:
    return source.rstrip("/") if "://" in source else fold(source)


def _keys(names: Iterable[str], *makers: Callable[[str], str]) -> dict[str, str]:
    return {make(name): name for make in makers for name in names}


def _compile(rule: Rule) -> _Compiled:
    conditions = {
        "language": _keys(rule.language, _primary),
        "source": _keys(rule.source, _source, lambda name: host(f"//{name}")),
        "topic": _keys(rule.topic, fold, str),
        "entity": _keys(rule.entity, plain, str),
    }
    phrases = tuple(tuple(tokens(words)) or ("",) for words in rule.words)
    return _Compiled(rule, tuple((name, keys) for name, keys in conditions.items() if keys), phrases)


class Matcher:
    """Many rules against one article at a time; rules that share no key with it cost nothing."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = [_compile(rule) for rule in rules]
        self._near: dict[str, dict[str, list[int]]] = {name: {} for name in RARITY}
        self._always: list[int] = []
        for at, compiled in enumerate(self._rules):
            name, keys = compiled.anchor()
            if not name:
                self._always.append(at)
            for key in keys:
                self._near[name].setdefault(key, []).append(at)

    def match(self, article: Article) -> list[tuple[Rule, str]]:
        """The rules that hold, in their order, each with a short reason. A copy meets none: its original did."""
        if article.relation not in {"original", "derived"}:
            return []
        offer = _Offer(article)
        near = set(self._always)
        for name, index in self._near.items():
            if index:
                near.update(at for key in getattr(offer, name) & index.keys() for at in index[key])
        found = ((self._rules[at].rule, self._rules[at].reason(offer)) for at in sorted(near))
        return [(rule, reason) for rule, reason in found if reason is not None]


def matches(rule: Rule, article: Article) -> str | None:
    """Why the article meets the rule, None where it does not."""
    return next((reason for _, reason in Matcher([rule]).match(article)), None)
