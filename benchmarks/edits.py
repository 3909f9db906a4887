"""What outlets do to an agency's text, as functions from (random, title, text) to (title, text).

All but `renumbered` leave it the agency's text; that one is tomorrow's bulletin in today's form.
"""

import random
import re
from collections.abc import Callable

Edit = Callable[[random.Random, str, str], tuple[str, str]]

CUT = (0.15, 0.6)  # share of the text that a cut takes from its end
NOISY = 0.05  # share of words that a scan misreads
CHANGED = 0.5  # share of numbers that a new bulletin has otherwise
_STYLE = {
    "per cent": "percent", "percent": "per cent", "said": "told reporters", "U.S.": "US", "US": "U.S.", "Mr ": "", "two": "2",
    "three": "3", "four": "4", "programme": "program", "organisation": "organization", "billion": "bn", "mln": "million",
    "dlrs": "dollars", "labour": "labor", "government": "Government", "UK": "Britain", "January": "Jan", "however": "but",
}  # fmt: skip
_SCAN = {"rn": "m", "l": "1", "o": "0", "h": "b", "e": "c", "cl": "d", "i": "l", "s": "5", "u": "ii", "m": "rn"}
_HEADS = ("What we know about {}", "{}: the day in brief", "Analysis: {}", "{} – latest", "Questions after {}")
_LEADS = (
    "Readers in our region follow the matter closely, for many families have ties to the people concerned.",
    "The news was met with surprise here, where firms had hoped for another answer until late last night.",
    "What happens far away is felt in our own towns too, as several residents told this newspaper on the phone.",
    "Local officials were quick to comment, though none of them wished to be named before a formal statement is out.",
)


def new_headline(rng: random.Random, title: str, text: str) -> tuple[str, str]:
    return rng.choice(_HEADS).format(" ".join(title.split()[:3])), text


def dropped_dateline(_: random.Random, title: str, text: str) -> tuple[str, str]:
    return title, re.sub(r"\A[^\n]{0,60}?\s(?:-|–|—)+\s", "", text)


def cut_tail(rng: random.Random, title: str, text: str) -> tuple[str, str]:
    sentences = _sentences(text)
    return title, "".join(sentences[: max(2, round(len(sentences) * (1 - rng.uniform(*CUT))))])


def merged_paragraphs(_: random.Random, title: str, text: str) -> tuple[str, str]:
    return title, " ".join(text.split())


def house_style(rng: random.Random, title: str, text: str) -> tuple[str, str]:
    for ours, theirs in rng.sample(list(_STYLE.items()), 8):
        text = re.sub(rf"(?<!\w){re.escape(ours)}(?!\w)", theirs, text)
    return title.upper(), text


def local_lead(rng: random.Random, title: str, text: str) -> tuple[str, str]:
    leads = rng.sample(_LEADS, rng.choice((1, 2) if len(text) < 1500 else (1, 2, 3)))
    return title, " ".join(leads) + "\n" + text


def trimmed_quotes(rng: random.Random, title: str, text: str) -> tuple[str, str]:
    """Every other quotation goes, a sentence at least with those that have one."""
    kept = [s for s in _sentences(text) if not (re.search(r'["“”«]', s) and rng.random() < 0.5)]
    return title, "".join(kept) if len(kept) > 2 else text


def translated_punctuation(rng: random.Random, title: str, text: str) -> tuple[str, str]:
    quotes = rng.choice(("„“", "«»", "””", "「」"))
    text = re.sub(r'"([^"\n]{1,400})"', rf"{quotes[0]}\1{quotes[1]}", text)
    for ours, theirs in (
        ("'", "’"),
        (" - ", " — "),
        ("; ", " ; "),
        (": ", "\u00a0: "),
        ("? ", " ? "),
        ("...", "…"),
        (". ", "。"),
    ):
        if rng.random() < 0.7:
            text = text.replace(ours, theirs)
    return title, text


def scanned(rng: random.Random, title: str, text: str) -> tuple[str, str]:
    return title, re.sub(r"\S+", lambda m: _misread(rng, m[0]) if rng.random() < NOISY else m[0], text)


def renumbered(rng: random.Random, title: str, text: str) -> tuple[str, str]:
    """Half the numbers are others."""
    return title, re.sub(r"\d+", lambda m: _other(rng, m[0]) if rng.random() < CHANGED else m[0], text)


COPIES: tuple[Edit, ...] = (
    new_headline,
    dropped_dateline,
    cut_tail,
    merged_paragraphs,
    house_style,
    local_lead,
    trimmed_quotes,
    translated_punctuation,
    scanned,
)


def _sentences(text: str) -> list[str]:
    return re.findall(r"[^.!?\n]*(?:[.!?]+[\"”’']*|\n|\Z)\s*", text)[:-1] or [text]


def _misread(rng: random.Random, word: str) -> str:
    seen = [shape for shape in _SCAN if shape in word]
    if not seen or any(c.isdigit() for c in word):
        return word
    shape = rng.choice(seen)
    return word.replace(shape, _SCAN[shape], 1)


def _other(rng: random.Random, number: str) -> str:
    other = number
    while other == number:
        other = "".join(rng.choice("123456789") for _ in number)
    return other
