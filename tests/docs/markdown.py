"""The repository's Markdown: its files, their fenced blocks, sections and tables."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")])
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def read(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def blocks(markdown: str, *languages: str) -> list[str]:
    """The insides of the fenced blocks of these languages, in order."""
    return [body for language, body in BLOCK.findall(markdown) if language in languages]


def prose(markdown: str) -> str:
    """The text without its fenced blocks."""
    return BLOCK.sub("", markdown)


def sections(markdown: str, mark: str) -> dict[str, str]:
    """What stands under each heading that begins with `mark` (such as `## `), by the heading without backticks."""
    parts = re.split(r"^(#+ .*)$", markdown, flags=re.MULTILINE)
    found = zip(parts[1::2], parts[2::2], strict=True)
    return {heading.removeprefix(mark).strip("`"): body for heading, body in found if heading.startswith(mark)}


def documented(section: str) -> list[str]:
    """The names in backticks in the first cells of a section's tables."""
    cells = re.findall(r"^\| (`.*?`) \|", section, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]
