"""Who speaks in a sentence: the outlet to its reader, or the article.

No list of whole phrases: a sentence is an appeal when it asks (an imperative), speaks to the reader (second person),
of the outlet (first person plural, its journalism) and of giving; a newsletter pitch when it asks and names a letter
or an app. One signal alone never cuts. The words of each language are in `phrases/*.toml`.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import ahocorasick_rs

LANGUAGES = ("en", "fr", "de", "es", "tr", "ar", "pt", "it")
_CLASSES = ("ask", "us", "you", "give", "press", "need", "now", "letter", "app", "said")
# The words that make a sentence worth a look; without one of them it is the article's.
_KEYS = ("give", "letter", "app", "press")
# An imperative in so few words needs no "us": "Donate now."
_BARE = 6
# Two capitals are the country, never the outlet; with its dots it reads as neither "us" nor the beginning of what follows.
_COUNTRY = re.compile(r"(?<!\w)US(?!\w)")
_POLITE = r"\W*(?:(?:please|and|so|or|but|also|then|now|bitte|por favor|lütfen|to|you can|you could|if you can,?|simply|just|just)[, ]+)*"
_CAPITAL = r"(?-i:[^\W\d_a-zß-öø-ÿ][\w.'’-]*)"
_ONE_NAME = rf"{_CAPITAL}(?: (?:von|van|de|der|den|del|da|di|al|el|bin|la|le|{_CAPITAL})){{0,4}}"
_NAMES = rf"{_ONE_NAME}(?:(?:,? (?:and|und|et|y|e|ve|&) |, ?| ?/ ?){_ONE_NAME}){{0,8}}"

Verdict = Literal["appeal", "newsletter", "share", "weak"] | None


@dataclass(frozen=True, slots=True)
class Voice:
    """One language's words, each class as one regular expression."""

    language: str
    words: dict[str, re.Pattern[str]]
    bids: re.Pattern[str]

    def judge(self, sentence: str) -> Verdict:
        """`weak` is no reason by itself, but the outlet's voice beside a sentence that goes."""
        sentence = _COUNTRY.sub("U.S.", sentence)
        asked = sentence.rstrip().endswith("?")
        if not (asked or self.words["us"].search(sentence) or self.words["ask"].search(sentence)):
            return None
        has = {name for name, pattern in self.words.items() if pattern.search(sentence)}
        asks = self.bids.search(sentence) is not None
        if "said" in has and not (asks and self.language == "en"):
            return None
        if asks and ("us" in has or "@" in sentence) and _social().search(sentence):
            return "newsletter" if "letter" in has else "share"
        sure = self.language == "en" or bool(has & {"us", "you"})
        return _verdict(has, asks, sure=sure, bare=len(sentence.split()) <= _BARE, asked=asked)

    def pitches(self, aside: str) -> bool:
        """Does it, set in brackets, speak to the reader of a letter, and nobody is said to say it?"""
        words, aside = self.words, _COUNTRY.sub("U.S.", aside)
        speaks = any(words[name].search(aside) for name in ("ask", "us", "you"))
        return speaks and words["letter"].search(aside) is not None and not words["said"].search(aside)

    def addresses(self, text: str) -> bool:
        """Two signs of speaking to the reader, and nobody who is said to say it."""
        asks = (self.bids if self.language == "en" else self.words["ask"]).search(text)
        signs = bool(asks) + sum(self.words[name].search(text) is not None for name in ("us", "you"))
        if not signs:
            return False
        signs += sum(self.words[name].search(text) is not None for name in _KEYS)
        return signs >= 2 and not self.words["said"].search(text)


def _verdict(has: set[str], asks: bool, *, sure: bool, bare: bool, asked: bool) -> Verdict:
    """By the classes of words in a sentence, whether it bids the reader (`sure`: nobody else) and does little else, and whether it is a question."""
    us, you, gives, press = "us" in has, "you" in has, "give" in has, "press" in has
    if has & {"letter", "app"} and ((asks and (sure or bare)) or (us and you and "ask" in has)):
        return "newsletter"
    if gives and asks and (bare or us or press):
        return "appeal"
    if (us or (you and press)) and len(has & {"give", "you", "press", "need"}) >= 3:
        return "appeal"
    weak = (us or you) and (asked or len(has - {"said", "now"}) >= 2)
    return "weak" if weak or (asks and bare) else None


def addresses(text: str, language: str) -> bool:
    """Does it speak to the reader, in this language? Weaker than `judge`: it cuts only what repeats as well."""
    base = language.split("-", 1)[0]
    return base in LANGUAGES and _voices()[LANGUAGES.index(base)].addresses(_COUNTRY.sub("U.S.", text))


@cache
def table(language: str) -> dict[str, dict[str, str]]:
    """The phrases of a language by section and reason, as they stand in its file."""
    return tomllib.loads(files("streams.enrich").joinpath("phrases", f"{language}.toml").read_text(encoding="utf-8"))


def alternatives(phrases: str) -> str:
    """The phrases of a file as the alternatives of a pattern; `{names}` in them stands for one or more people's names."""
    return "|".join(part.strip() for part in phrases.split(" | ")).replace("{names}", _NAMES)


def pattern(phrases: str) -> str:
    """The same as a group."""
    return f"(?:{alternatives(phrases)})"


@cache
def _voices() -> list[Voice]:
    return [_voice(language) for language in LANGUAGES]


def _voice(language: str) -> Voice:
    said = table(language)["voice"]
    words = {name: re.compile(rf"(?<!\w){pattern(said[name])}(?!\w)", re.IGNORECASE) for name in _CLASSES}
    return Voice(language, words, re.compile(_bid(language, pattern(said["ask"])), re.IGNORECASE))


def _bid(language: str, ask: str) -> str:
    """Where such a word is a bid: at the beginning. Outside English it may be any person's verb: a clause begins or the sentence ends with it."""
    if language == "en":
        return rf"\A{_POLITE}{ask}(?!\w)"
    return rf"(?:\A|[,:;–—] ){_POLITE}{ask}(?!\w)|(?<!\w){ask}\W*\Z"


@cache
def _social() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){pattern(table('any')['voice']['social'])}(?!\w)", re.IGNORECASE)


_LITERAL = re.compile(r"\w[\w '’]*")


@cache
def _triggers() -> tuple[ahocorasick_rs.AhoCorasick, list[int]]:
    """Literal beginnings of the key words, and whose they are."""
    found = [(t, i) for i, v in enumerate(LANGUAGES) for name in _KEYS for t in _literals(table(v)["voice"][name])]
    found += [(t, i) for t in _literals(table("any")["voice"]["social"]) for i in range(len(LANGUAGES))]
    return ahocorasick_rs.AhoCorasick([t for t, _ in found]), [i for _, i in found]


def _literals(alternatives: str) -> list[str]:
    """Of each alternative its longest run of plain letters that must occur (no part of an option or a group)."""
    out = []
    for part in alternatives.split(" | "):
        plain = re.sub(r"\((?:[^()]|\([^()]*\))*\)[?*+]?|\[[^\]]*\][?*+]?|\\w[*+]?|.[?*]", "\0", part)
        out.append(max(_LITERAL.findall(plain) or [part], key=len).strip().lower())
    return out


def speakers(text: str) -> list[Voice]:
    """The languages in which the text may hold the outlet's voice; none for almost every paragraph of news."""
    machine, owners = _triggers()
    whose = {owners[hit[0]] for hit in machine.find_matches_as_indexes(text.lower(), overlapping=True)}
    return [_voices()[i] for i in sorted(whose)]
