"""Small helpers on words, shared by the recogniser, the topics and the fingerprint; and the word tables."""

import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from newstide.names import WORD, even, plain, slug, words
from newstide.records import EntityType

__all__ = [
    "ENDING",
    "UNSEGMENTED",
    "WORD",
    "Name",
    "even",
    "is_unsegmented",
    "listed",
    "plain",
    "slug",
    "table",
    "version",
    "words",
]

# Letters of scripts written without spaces (kana, Han, Thai, Lao, Khmer, Burmese).
UNSEGMENTED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
# What an apostrophe parts from a name's end: the possessive s, and a case in Turkish (Derneği'nin, Lindgren'den).
ENDING = re.compile(r"(?<=\w{3})'(?:s|n?[ıiuü]n|[yn]?[aeıiuü]|n?[dt][ae](?:n|ki\w*)?|y?l[ae]|l[ae]r\w*|nc[ae])$|'s$")


class Name(NamedTuple):
    """A name's code points in its text, and what kind of thing it names."""

    start: int
    end: int
    kind: EntityType


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
