"""How names are written: evened, without diacritics, as a part of an id."""

import re
import unicodedata

WORD = re.compile(r"[^\W_]+")
# Letters that Unicode does not decompose, as news agencies transcribe them.
_PLAIN = str.maketrans({"ı": "i", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae", "ß": "ss"})
# C++ is no C, Disney+ not Disney; arts+entertainment are two words.
_SIGN = re.compile(r"(?<=[^\W_])\++(?![\w+])|(?<=\b[A-Za-z])#(?!\w)")
# One character for one, so that offsets stay: what a name is written with besides letters.
_EVEN = str.maketrans({"’": "'", "‘": "'", "＋": "+", "\u00a0": " ", "\u202f": " ", "\t": " "})


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
    """A name as the last part of an id: plain, case folded, words joined by `-`; "" where it has no letter and no digit."""
    spoken = _SIGN.sub(lambda sign: " sharp" if sign[0] == "#" else " plus" * len(sign[0]), even(name).replace("'", ""))
    return "-".join(words(plain(spoken)))
