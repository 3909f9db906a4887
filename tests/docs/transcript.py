"""Console transcripts in Markdown: their commands, and whether what came fits what is written.

In a block marked `console` a line after `$ ` is a command and the lines below it are its output. `…` in a line
stands for any characters, alone on a line for any lines. Runs of blanks count as one.
"""

import re
from dataclasses import dataclass

from tests.docs.markdown import blocks

COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True)
class Entry:
    """A command and the output that is written below it."""

    command: str
    output: list[str]


def entries(markdown: str) -> list[Entry]:
    """Every command of every console block, in order."""
    found: list[Entry] = []
    for line in "".join(blocks(markdown, "console")).splitlines():
        if line.startswith("$ "):
            found.append(Entry(line[2:], []))
        else:
            found[-1].output.append(line)
    return found


def plain(printed: str) -> str:
    """What a terminal showed, without colours and carriage returns."""
    return COLOUR.sub("", printed).replace("\r\n", "\n")


def fits(written: list[str], printed: str) -> bool:
    """Whether the printed text is what the written lines say."""
    pattern = "".join(_line(line) for line in written if line.strip())
    return (
        re.fullmatch(pattern, "".join(f"{_blanks(line)}\n" for line in printed.splitlines() if line.strip()))
        is not None
    )


def _line(written: str) -> str:
    if written.strip() == "…":
        return r"(?:[^\n]*\n)*?"
    return r"[^\n]*?".join(re.escape(part) for part in _blanks(written).split("…")) + r"\n"


def _blanks(line: str) -> str:
    return " ".join(line.split())
