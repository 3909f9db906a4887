"""Lists of feeds: OPML in and out, TOML in."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from newstide.records import Feed
from producers.catalogue import ADDRESS, address, is_web_address
from producers.plain import line

KEYS = frozenset(("url", "title", "outlet", "language", "group"))


@dataclass(frozen=True, slots=True)
class Listing:
    """The feeds of a list, each URL once, and a sentence for each line that could not be used."""

    feeds: tuple[Feed, ...]
    problems: tuple[str, ...]


def read_list(body: bytes, name: str, added: datetime) -> Listing:
    """A list of feeds: TOML where `name` ends so, else OPML. `added` becomes the time of all."""
    return read_toml(body, added) if name.lower().endswith(".toml") else read_opml(body, added)


def read_opml(body: bytes, added: datetime) -> Listing:
    """OPML, also ill-formed: outlines in outlines give the group, the case of attribute names does not matter.

    What an outline's address can not be taken for is a problem with its line; so is a document without any
    outline, and the first fault of an ill-formed one. No entity is expanded, nothing is loaded.
    """
    from lxml import etree

    # recover: hand-kept lists are often broken in one place; entities and network stay shut
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        # white space before the declaration is left out: it would be a fault
        root = etree.fromstring(body.lstrip(), parser)
    except (etree.LxmlError, ValueError) as e:
        return Listing((), (f"not OPML: {e}",))
    skipped = body[: len(body) - len(body.lstrip())].count(b"\n")
    faults = [
        f"line {fault.line + skipped}: {fault.message}; what could be read was taken"
        for fault in list(parser.error_log)[:1]
    ]
    found = list(_outlines(root, skipped, added)) if root is not None else []
    return _listing([*faults, *found] if found else ["not OPML: it has no outline"])


def read_toml(body: bytes, added: datetime) -> Listing:
    """TOML of `[[feed]]` tables: `url`, and where known `title`, `outlet`, `language`, `group`."""
    try:
        document = tomllib.loads(body.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        return Listing((), (f"not TOML: {e}",))
    other = [f"{name}: no such table; feeds are [[feed]]" for name in document if name != "feed"]
    tables = document.get("feed", [])
    if not isinstance(tables, list):
        return Listing((), ("feed: expected [[feed]] tables",))
    return _listing([*other, *(_table(table, number, added) for number, table in enumerate(tables, 1))])


def write_opml(feeds: Sequence[Feed], title: str = "Newstide feeds") -> bytes:
    """OPML 2.0 with an outline for each group; `outlet` travels as an attribute of our own name."""
    from lxml import etree

    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for group, members in groupby(sorted(feeds, key=lambda feed: (feed.group, feed.url)), lambda feed: feed.group):
        parent = etree.SubElement(body, "outline", text=_xml(group)) if group else body
        for feed in members:
            named = {"text": feed.title or feed.url, "title": feed.title, "language": feed.language}
            attributes = {**named, "outlet": feed.outlet, "xmlUrl": feed.url}
            kept = {name: _xml(value) for name, value in attributes.items() if value}
            etree.SubElement(parent, "outline", type="rss", **kept)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True))


def _listing(found: Sequence[Feed | str]) -> Listing:
    feeds: dict[str, Feed] = {}
    problems = [problem for problem in found if isinstance(problem, str)]
    for feed in found:
        if not isinstance(feed, Feed):
            continue
        if feed.url in feeds:
            problems.append(f"{feed.url}: listed more than once")
        feeds.setdefault(feed.url, feed)
    return Listing(tuple(feeds.values()), tuple(problems))


def _outlines(root: Any, skipped: int, added: datetime) -> Iterator[Feed | str]:
    """The feeds of a document, depth first; a stack, as a list may nest deeper than Python."""
    stack = [(root, "")]
    while stack:
        here, group = stack.pop()
        inside = group
        if isinstance(here.tag, str) and here.tag.rpartition("}")[2].lower() == "outline":
            attributes = {name.lower(): line(value) for name, value in here.attrib.items()}
            children = len(here) > 0
            if not children or _address(attributes):
                yield _outline(attributes, group, here.sourceline + skipped, added)
            elif children:
                inside = attributes.get("text") or attributes.get("title") or group
        stack.extend((child, inside) for child in reversed(here))


def _outline(attributes: dict[str, str], group: str, number: int, added: datetime) -> Feed | str:
    url = _address(attributes)
    title = attributes.get("title") or attributes.get("text", "")
    if not url:
        return f"line {number}: outline {title!r} names no feed"
    if not is_web_address(url):
        return f"line {number}: {url!r}: {ADDRESS}"
    outlet, language = attributes.get("outlet", ""), attributes.get("language", "")
    return Feed(
        url=url, added=added, title="" if title == url else title, outlet=outlet, language=language, group=group
    )


def _address(attributes: dict[str, str]) -> str:
    """`xmlUrl`, or the `url` of an outline that links to a feed."""
    url = attributes.get("xmlurl") or (attributes.get("url", "") if attributes.get("type") in {"rss", "atom"} else "")
    return address(url)


def _table(table: Any, number: int, added: datetime) -> Feed | str:
    if not isinstance(table, dict):
        return f"feed {number}: expected a table"
    if unknown := sorted(set(table) - KEYS):
        return f"feed {number}: no such key: {', '.join(unknown)}"
    if wrong := sorted(name for name, value in table.items() if not isinstance(value, str)):
        return f"feed {number}: {wrong[0]}: expected a text"
    url = address(table.get("url", ""))
    if not is_web_address(url):
        return f"feed {number}: url: {table.get('url', '')!r}: {ADDRESS}"
    return Feed(added=added, **{**table, "url": url})


def _xml(text: str) -> str:
    """The text without the control characters that XML cannot carry."""
    return "".join(c for c in text if c >= " " and c not in "\ufffe\uffff")
