"""The phrases of a section as expressions, of which a line meets only those that begin like it.

Most phrases begin with letters, and so does what a line says: the few that may begin with anything are tried on every
line, the others on the lines with their first letter.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

_SAID = re.compile(r"[^\W_]")
# What may stand before a phrase's first letter: a line's leading signs say nothing of it.
_SIGNS = re.compile(r"(?:(?:\\[(\[]|[ ¿¡]|\[\*\])[?*]?)*")
_GROUP = re.compile(r"\(\?(?:-i)?:")
_CLASS = re.compile(r"\[([^\W\d_]+)\]|\\d|[^\W_]")
_TIMES = re.compile(r"[?*]|\{0?,\d*\}|(\+|\{[\d,]+\})?")
# Letters that match one another when case is ignored.
_ALIKE = str.maketrans("ıſ", "is")
# Stands for the digits of all scripts, as `\d` does.
_DIGIT = "0"


class Forms:
    """Expressions with a group per reason: `before`, one of the phrases, `after`; `before` skips signs and no letter."""

    def __init__(self, phrases: Iterable[tuple[str, str]], before: str, after: str, longest: int) -> None:
        """`phrases` are pairs of a reason and a pattern, whose alternatives are phrases each; what may begin with anything has `longest` characters."""
        self.before, self.after, self.longest = before, after, longest
        self.by_letter: dict[str, dict[str, list[str]]] = {}
        for reason, phrase in ((reason, part) for reason, pattern in phrases for part in _parts(pattern)):
            for letter in firsts(phrase) or {""}:
                self.by_letter.setdefault(letter, {}).setdefault(reason, []).append(phrase)
        self.pattern = cache(self._pattern)

    def match(self, text: str) -> re.Match[str] | None:
        """A phrase that the text begins with, `lastgroup` its reason; those that begin with a letter come first."""
        said = _SAID.search(text)
        letter = _key(said[0]) if said else ""
        found = self.pattern(letter).match(text) if letter in self.by_letter else None
        if found or "" not in self.by_letter or len(text) > self.longest:
            return found
        return self.pattern("").match(text)

    def _pattern(self, letter: str) -> re.Pattern[str]:
        reasons = self.by_letter[letter].items()
        groups = "|".join(f"(?P<{reason}>{'|'.join(phrases)})" for reason, phrases in reasons)
        return re.compile(f"{self.before}(?:{groups}){self.after}", re.IGNORECASE)


def firsts(phrase: str) -> set[str] | None:
    """The letters, in lower case, and `0` for any digit, with which what the pattern matches begins; None where that may be anything."""
    letters: set[str] = set()
    for part in _parts(phrase):
        found = _firsts(part[_SIGNS.match(part).end() :])  # type: ignore[union-attr]  # it matches nothing, too
        if found is None:
            return None
        letters |= found
    return letters


def _firsts(part: str) -> set[str] | None:
    if group := _GROUP.match(part):
        end = next(at for at, char, depth in _outside(part) if char == ")" and depth == 0) + 1
        found = firsts(part[group.end() : end - 1])
    elif one := _CLASS.match(part):
        end, found = one.end(), {_DIGIT} if one[0] == r"\d" else set(map(_key, one[1] or one[0]))
    else:
        return None
    times = _TIMES.match(part, end)
    if found is None or times is None or not times[0] or times[1]:
        return found
    rest = firsts(part[times.end() :])
    return None if rest is None else found | rest


def _parts(pattern: str) -> list[str]:
    """The alternatives of a pattern."""
    bars = [at for at, char, depth in _outside(pattern) if char == "|" and depth == 0]
    return [pattern[a + 1 : b] for a, b in zip([-1, *bars], [*bars, len(pattern)], strict=True)]


def _outside(pattern: str) -> Iterator[tuple[int, str, int]]:
    """(offset, sign, groups that are open behind it) of what is neither escaped nor in a class of characters."""
    depth = 0
    for match in re.finditer(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", pattern, re.DOTALL):
        if len(match[0]) == 1:
            depth += (match[0] == "(") - (match[0] == ")")
            yield match.start(), match[0], depth


def _key(letter: str) -> str:
    return _DIGIT if letter.isdecimal() else letter.lower()[0].translate(_ALIKE)
