"""A text as paragraphs, with the names of its entities marked and with what was cut from it in its place."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from newstide.web.html import Html, html, join, language
from newstide.web.layout import entity_link
from sinks.queries import words as queries

Row = Mapping[str, Any]
# A word with its accents; in scripts without spaces nothing is one by itself.
WORD = rf"(?:(?!{queries.SPACELESS.pattern})[\w\u0300-\u036f])+"


def body(text: str, mentions: Sequence[Row], removed: Sequence[Row], lang: str) -> Html:
    """The text with marks and cuts. `removed` holds {reason, text, at} as in the record; `at` counts code points."""
    pattern, named = _names(mentions)
    parts, start = [], 0
    for cut in sorted(removed, key=lambda cut: int(cut["at"])):
        at = min(max(int(cut["at"]), start), len(text))
        parts += [_paragraphs(text[start:at], pattern, named, lang), _cut(cut, lang)]
        start = at
    return join([*parts, _paragraphs(text[start:], pattern, named, lang)])


def marked(text: str, mentions: Sequence[Row]) -> Html:
    """One line of text with marks."""
    pattern, named = _names(mentions)
    return _marked(text, pattern, named)


def found(text: str, words: str) -> Html:
    """The text with the words of a search marked, in any case and with or without accents, as the search finds them."""
    asked = {part for word in queries.split(words) for part in re.findall(r"\w+", word)}
    joined = [re.escape(part) for part in asked if queries.SPACELESS.match(part)]
    parts = re.split(f"({'|'.join([*joined, WORD])})", text)
    return join(
        html("<mark>{part}</mark>" if queries.fold(part) in asked else "{part}", part=part) for part in parts if part
    )


def _names(mentions: Sequence[Row]) -> tuple[re.Pattern[str] | None, dict[str, Row]]:
    """The store knows how an entity was worded, not where: whole-word finds of its wordings, the longest first."""
    named = {text: row for row in mentions for text in row["texts"] if text.strip()}
    if not named:
        return None, {}
    longest_first = sorted(named, key=lambda text: (-len(text), text))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)"), named


def _paragraphs(text: str, pattern: re.Pattern[str] | None, named: Mapping[str, Row], lang: str) -> Html:
    return join(
        html('<p dir="auto"{lang}>{text}</p>', lang=language(lang), text=_marked(line.strip(), pattern, named))
        for line in text.split("\n")
        if line.strip()
    )


def _marked(text: str, pattern: re.Pattern[str] | None, named: Mapping[str, Row]) -> Html:
    if pattern is None:
        return html("{text}", text=text)
    parts, start = [], 0
    for found in pattern.finditer(text):
        row = named[found[0]]
        parts += [html("{text}", text=text[start : found.start()]), entity_link(row["entity"], found[0], row["type"])]
        start = found.end()
    return join([*parts, html("{text}", text=text[start:])])


def _cut(cut: Row, lang: str) -> Html:
    return html(
        '<details class="cut"><summary>Cut here: {reason}, {n} characters</summary><p dir="auto"{lang}>{text}</p></details>',
        reason=cut["reason"],
        n=len(cut["text"]),
        lang=language(lang),
        text=cut["text"],
    )
