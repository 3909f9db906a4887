"""The sample wire's articles: read from `outlets/*.toml`, dated from a start, as they read at a moment.

An article has a `text` of its own, or is a `copy_of` another outlet's with an edit: `lead` is put
before it, `tail` after it, `cut` paragraphs are taken off its end, `swap` changes words. A revision
is the same edit, applied at its time. Times are relative to the start: `-2d 03:15` or `+20s`.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
Labels = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What an editor does to paragraphs. Every word to swap must be there."""

    lead: str = ""
    tail: str = ""
    cut: int = 0
    swap: Mapping[str, str] = field(default_factory=dict)

    def apply(self, paragraphs: Sequence[str]) -> tuple[str, ...]:
        kept = "\n\n".join(paragraphs[: len(paragraphs) - self.cut])
        for old, new in self.swap.items():
            if old not in kept:
                raise ValueError(f"nothing to swap for {old!r}")
            kept = kept.replace(old, new)
        return tuple(filter(None, f"{self.lead}\n\n{kept}\n\n{self.tail}".strip().split("\n\n")))


@dataclass(frozen=True, kw_only=True)
class Revision(Edit):
    at: str
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Source(Edit):
    """An article as its file spells it."""

    slug: str
    at: str
    title: str
    author: str = ""
    section: str = ""
    language: str = ""
    dateline: str = ""
    caption: str = ""
    text: str = ""
    copy_of: str = ""
    revision: tuple[Revision, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Outlet:
    """One feed. `carries` is `text`, or `summary` with a page behind each item; `fault` replaces the feed."""

    slug: str
    name: str
    about: str
    place: str
    language: str
    group: str
    format: str
    carries: str
    template: str = "broadsheet"
    fault: str = ""
    article: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Item:
    """One article as a reader finds it at a moment. `path` is below the server's root."""

    path: str
    title: str
    author: str
    section: str
    language: str
    published: datetime
    updated: datetime
    caption: str
    paragraphs: tuple[str, ...]


def offset(text: str) -> timedelta:
    """`+20s` or `-2d 03:15` (days, hours, minutes) as a time from the start."""
    if after := re.fullmatch(r"\+(\d+)s", text):
        return timedelta(seconds=int(after[1]))
    if before := re.fullmatch(r"-(\d+)d (\d\d):(\d\d)", text):
        return -timedelta(days=int(before[1]), hours=int(before[2]), minutes=int(before[3]))
    raise ValueError(f"expected a time such as '-2d 03:15' or '+20s', not {text!r}")


def load(folder: Path = HERE / "outlets") -> dict[str, Outlet]:
    """The outlets by slug, which is their file's name. Raises ValueError naming a file that is wrong."""
    return {path.stem: _outlet(path) for path in sorted(folder.glob("*.toml"))}


def labels(language: str) -> Labels:
    """The words around an article in its language (`en-US` reads as `en`)."""
    table: Labels = tomllib.loads((HERE / "labels.toml").read_text("utf-8"))[language.partition("-")[0]]
    return table


def _outlet(path: Path) -> Outlet:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        return Outlet(slug=path.stem, **table | {"article": tuple(map(_source, table.get("article", ())))})
    except (TypeError, ValueError) as e:  # an unknown or missing key is a TypeError of the dataclass
        raise ValueError(f"{path.name}: {e}") from None


def _source(table: dict[str, Any]) -> Source:
    return Source(**table | {"revision": tuple(Revision(**r) for r in table.get("revision", ()))})


class Newsroom:
    """All outlets and what each has published by a moment, for one start (aware UTC).

    Raises ValueError naming the article that is wrong.
    """

    def __init__(self, outlets: Mapping[str, Outlet], start: datetime) -> None:
        self.outlets = outlets
        self.start = start
        self._sources = {f"{o.slug}/{a.slug}": (o, a) for o in outlets.values() for a in o.article}
        self._versions = {path: self._read(path) for path in self._sources}

    def items(self, outlet: Outlet, now: datetime) -> list[Item]:
        """The outlet's articles at `now`, newest first."""
        found = (self.item(f"{outlet.slug}/{article.slug}", now) for article in outlet.article)
        return sorted(filter(None, found), key=lambda item: item.published, reverse=True)

    def updated(self, outlet: Outlet, now: datetime) -> datetime:
        """When the outlet last published or changed something; before its first article, the start."""
        return max((item.updated for item in self.items(outlet, now)), default=self.start)

    def item(self, path: str, now: datetime) -> Item | None:
        """The article at `path` as it reads at `now`, None where it is unknown or yet to come."""
        current = [version for version in self._versions.get(path, ()) if version.updated <= now]
        return current[-1] if current else None

    def _read(self, path: str) -> list[Item]:
        try:
            return list(self._history(path))
        except (KeyError, ValueError) as e:  # a KeyError names an article or a language that is not there
            raise ValueError(f"{path}: {e}") from None

    def _history(self, path: str) -> Iterator[Item]:
        """The article's versions, oldest first."""
        outlet, source = self._sources[path]
        published = self.start + offset(source.at)
        language = source.language or outlet.language
        item = Item(
            path=path,
            title=source.title,
            author=source.author,
            section=source.section,
            language=language,
            published=published,
            updated=published,
            caption=source.caption,
            paragraphs=self._text(path),
        )
        yield item
        for revision in source.revision:
            item = replace(
                item,
                title=revision.title or item.title,
                paragraphs=revision.apply(item.paragraphs),
                updated=self.start + offset(revision.at),
            )
            yield item

    def _text(self, path: str) -> tuple[str, ...]:
        """The first version's paragraphs, a copy's taken from where it was copied and edited."""
        outlet, source = self._sources[path]
        origin, own = self._sources[source.copy_of] if source.copy_of else (outlet, source)
        paragraphs = [" ".join(paragraph.split()) for paragraph in own.text.strip().split("\n\n")]
        paragraphs[0] = source.dateline + paragraphs[0]
        moment = self.start + offset(own.at)
        words = labels(own.language or origin.language)
        return source.apply([_dated(paragraph, moment, words) for paragraph in paragraphs])


def _dated(text: str, moment: datetime, words: Labels) -> str:
    """{weekday}, {day} and {month} in the words of the article's language."""
    text = text.replace("{weekday}", words["weekdays"][moment.weekday()])
    return text.replace("{day}", str(moment.day)).replace("{month}", words["months"][moment.month - 1])
