"""TOML that a person wrote: read with its faults as sentences, and the line of each key, which tomllib does not keep."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from newstide.errors import SettingsError, why

_HEADER = re.compile(r"\s*(\[\[?)([^\]]+)\]")
_PAIR = re.compile(r"\s*([^=#\[\]{}]+?)\s*=")
# What may open or close a value of several lines, and what hides such signs: texts and comments.
_SIGN = re.compile(
    r"\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5}|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'|#[^\n]*|[\[\]{}\n]", re.DOTALL
)
_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([\w-]+)")


def read(path: Path) -> tuple[str, dict[str, Any]]:
    """The text of a file and its tables. Raises SettingsError that names the file."""
    try:
        text = path.read_text("utf-8")
        return text, tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as e:
        raise SettingsError(f"{path}: cannot be read: {why(e)}") from None
    except tomllib.TOMLDecodeError as e:
        raise SettingsError(f"{path}: {e}") from None


def line(text: str, *keys: str | int) -> int:
    """The line where a key stands, or the nearest table around it; 1 where none does. A number counts `[[tables]]` from 0."""
    best, depth = 1, 0
    table: list[str | int] = []
    seen: dict[tuple[str, ...], int] = {}
    for number, content in _statements(text):
        if header := _HEADER.match(content):
            name = _parts(header[2])
            table = [*name]
            if header[1] == "[[":
                count = seen[name] = seen.get(name, -1) + 1
                table.append(count)
            here = table
        elif pair := _PAIR.match(content):
            here = [*table, *_parts(pair[1])]
        else:
            continue
        common = next(
            (n for n, (a, b) in enumerate(zip(keys, here, strict=False)) if a != b), min(len(keys), len(here))
        )
        if common > depth:
            best, depth = number, common
    return best


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each header and pair, whole, with the number of its first line; empty lines and comments too."""
    number, first, start, depth = 1, 1, 0, 0
    for sign in _SIGN.finditer(text + "\n"):
        number += sign[0].count("\n")
        depth += (sign[0] in "[{") - (sign[0] in "]}")
        if sign[0] == "\n" and depth == 0:
            yield first, text[start : sign.start()]
            first, start = number, sign.end()


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple("".join(found) for found in _PART.findall(dotted))
