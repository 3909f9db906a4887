"""Small helpers on words, shared by the recogniser, the topics and the fingerprint; and the word tables."""

import hashlib
import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from newstide.records import EntityType

WORD = re.compile(r"[^\W_]+")
# Letters of scripts written without spaces (kana, Han, Thai, Lao, Khmer, Burmese).
UNSEGMENTED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
# Letters that Unicode does not decompose, as news agencies transcribe them.
_PLAIN = str.maketrans({"ı": "i", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae", "ß": "ss"})
# One character for one, so that offsets stay: what a name is written with besides letters.
_EVEN = str.maketrans({"’": "'", "‘": "'", "\u00a0": " ", "\u202f": " ", "\t": " "})


class Name(NamedTuple):
    """A name's code points in its text, and what kind of thing it names."""

    start: int
    end: int
    kind: EntityType


def words(text: str) -> list[str]:
    """The words and numbers of a text, case folded."""
    return WORD.findall(text.casefold())


def even(text: str) -> str:
    """The text with one kind of apostrophe and of space; every character keeps its offset."""
    return text.translate(_EVEN)


def plain(text: str) -> str:
    """The text without diacritics: Erdoğan → Erdogan. Other scripts keep their letters."""
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in parts if not "\u0300" <= c <= "\u036f")).translate(_PLAIN)


def slug(name: str) -> str:
    """A name as the last part of an id: plain, case folded, words joined by `-`."""
    return "-".join(words(plain(even(name).replace("'", ""))))


def is_unsegmented(text: str) -> bool:
    """Is most of the text's beginning in a script that writes no spaces between words?"""
    sample = text[:2000]
    return len(UNSEGMENTED.findall(sample)) * 3 > len(sample)


def table(name: str) -> list[dict[str, str]]:
    """The rows of `lexicon/<name>.tsv` under the names of its first line."""
    lines = (files("streams.enrich") / "lexicon" / f"{name}.tsv").read_text("utf-8").splitlines()
    head = lines[0].split("\t")
    return [dict(zip(head, line.split("\t"), strict=True)) for line in lines[1:]]


@cache
def listed(kind: str) -> frozenset[str]:
    """The words listed under `kind` in `lexicon/words.tsv`."""
    return frozenset(even(next(row["words"] for row in table("words") if row["kind"] == kind)).split("|"))


@cache
def version() -> str:
    """The first eight hex digits of a hash over all tables: the lexicon's version."""
    digest = hashlib.blake2b(digest_size=4)
    for name in "countries places towns names offices spoken common words topics sections subtopics".split():
        digest.update((files("streams.enrich") / "lexicon" / f"{name}.tsv").read_bytes())
    return digest.hexdigest()
