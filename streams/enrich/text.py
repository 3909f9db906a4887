"""From what a producer met to clean text: page, feed text or plain text in; title and paragraphs out."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from newstide.records import Cut, Extraction, RawArticle, unpack
from streams.enrich import candidates, failure, witnesses
from streams.enrich.candidates import Candidate, made
from streams.enrich.html import from_fragment, is_document
from streams.enrich.page import Page, marks, opened, parsed
from streams.enrich.tidy import first_words, one_line, scrub, tidy
from streams.enrich.witnesses import Told
from streams.step import Dropped


@dataclass(frozen=True, slots=True)
class Clean:
    """`failed`: why the page gave nothing or little though there was one, in a fixed phrase; "" otherwise.

    `claim` is the language that the page names.
    """

    title: str
    text: str
    removed: tuple[Cut, ...]
    author: str
    published: datetime | None
    extraction: Extraction
    failed: str = ""
    claim: str = ""


def clean(raw: RawArticle, repeats: Container[int] = ()) -> Clean | Dropped:
    """The article's clean text; `repeats` are the lines that its outlet's profile knows. `Dropped` when there is neither text nor title, with the reason."""
    page = opened_page(raw)
    given = "" if raw.text is None or is_document(raw.text) else tidy(from_fragment(raw.text))
    told = witnesses.hear(raw, page.facts)
    best, failed = _text(page, given, told, repeats)
    if not best.text and not best.removed and not told.title:
        return Dropped(failed or page.reason or "no text")
    return Clean(
        title=told.title or first_words(best.text or best.removed[0].text),
        text=best.text,
        removed=best.removed,
        author=told.author,
        published=told.published,
        extraction=_extraction(raw, page, told, best),
        failed=failed,
        claim=page.facts.language or page.facts.first("og:locale"),
    )


def _text(page: Page, given: str, told: Told, repeats: Container[int]) -> tuple[Candidate, str]:
    """The text to keep, and why the page gave none, or only so little, if it did not."""
    failed = page.reason
    if page.tree is not None:
        best = candidates.Chooser(page.tree, page.facts, given, told, repeats).choose()
        failed = failure.reason(page.tree, page.facts, best.text)
        thin = len(best.text) < failure.THIN and len(given) > len(best.text)
        if failed not in _NOTICES and not thin:
            return best, failed
    elif page.text and len(page.text) >= len(given):
        return made("text", tidy(page.text), told, repeats=repeats).heard({}, {}), ""
    return made("feed", given, told, repeats=repeats).heard({}, {}), failed


# What is said in place of an article is not kept as its text.
_NOTICES = frozenset({"bot wall", "error page", "consent wall", "script-only page"})


_SOURCES = 4  # of one page that are kept


def _extraction(raw: RawArticle, page: Page, told: Told, best: Candidate) -> Extraction:
    found = marks(page.facts, page.tree, raw.url) if page.tree is not None else ()
    return Extraction(
        by=best.by,
        score=best.score,
        marks=(*found, "future date") if told.future else found,
        won=told.won,
        witnesses=told.witnesses,
        modified=told.modified,
        canonical=one_line(page.facts.canonical or page.facts.first("og:url")),
        sources=tuple(dict.fromkeys(map(one_line, page.facts.sources)))[:_SOURCES],
        section=told.section,
    )


def opened_page(raw: RawArticle) -> Page:
    """What came as the page, or as a text that is one."""
    if raw.page is not None:
        try:
            data = unpack(raw.page)
        except ValueError:
            return Page(reason="damaged page")
        return opened(data, raw.page_type)
    if raw.text is not None and is_document(raw.text):
        return parsed(scrub(raw.text))
    return Page()
