"""How the sample wire looks: RSS 2.0, Atom, JSON Feed, OPML, the pages and the front door. Pure functions."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape
from pathlib import Path
from string import Template
from textwrap import shorten
from xml.etree import ElementTree as ET

from newsroom import Item, Outlet, labels

TEMPLATES = Path(__file__).resolve().parent / "templates"
ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
for prefix, uri in (("", ATOM), ("content", CONTENT), ("dc", DC)):
    ET.register_namespace(prefix, uri)

MIME = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}


def feed_path(outlet: Outlet) -> str:
    """The feed's path below the server's root."""
    return f"{outlet.slug}/feed.{'json' if outlet.format == 'json' else 'xml'}"


def feed(outlet: Outlet, items: Sequence[Item], updated: datetime, base: str) -> bytes:
    """The outlet's feed in its format. `base` is the server's address, without a slash at its end."""
    if outlet.format == "json":
        return _json(outlet, items, base)
    return {"rss": _rss, "atom": _atom}[outlet.format](outlet, items, updated, base)


def summary(item: Item) -> str:
    """The first 240 characters or so, cut between words."""
    return shorten(item.paragraphs[0], 240, placeholder=" …")


def body(item: Item) -> str:
    """The paragraphs as HTML."""
    return "\n".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in item.paragraphs)


def _add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, tag, attributes)
    child.text = text or None
    return child


def _xml(root: ET.Element) -> bytes:
    ET.indent(root)
    text: bytes = ET.tostring(root, "utf-8", xml_declaration=True)
    return text


def _rss(outlet: Outlet, items: Sequence[Item], updated: datetime, base: str) -> bytes:
    root = ET.Element("rss", version="2.0")
    channel = _add(root, "channel")
    head = {"title": outlet.name, "link": f"{base}/", "description": outlet.about, "language": outlet.language}
    for tag, text in head.items():
        _add(channel, tag, text)
    _add(channel, "lastBuildDate", format_datetime(updated))
    for item in items:
        entry = _add(channel, "item")
        _add(entry, "title", item.title)
        _add(entry, "link", f"{base}/{item.path}")
        _add(entry, "guid", f"{base}/{item.path}", isPermaLink="true")
        _add(entry, "pubDate", format_datetime(item.published))
        _add(entry, "category", item.section)
        _add(entry, f"{{{DC}}}creator", item.author)
        _add(entry, f"{{{DC}}}language", item.language)
        _add(entry, "description", summary(item))
        if outlet.carries == "text":
            _add(entry, f"{{{CONTENT}}}encoded", body(item))
    return _xml(root)


def _atom(outlet: Outlet, items: Sequence[Item], updated: datetime, base: str) -> bytes:
    root = ET.Element(f"{{{ATOM}}}feed", {XML_LANG: outlet.language})

    def add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
        return _add(parent, f"{{{ATOM}}}{tag}", text, **attributes)

    add(root, "title", outlet.name)
    add(root, "subtitle", outlet.about)
    add(root, "id", f"{base}/{feed_path(outlet)}")
    add(root, "link", rel="self", href=f"{base}/{feed_path(outlet)}")
    add(root, "updated", updated.isoformat())
    for item in items:
        entry = add(root, "entry")
        add(entry, "title", item.title)
        add(entry, "id", f"{base}/{item.path}")
        add(entry, "link", rel="alternate", type="text/html", href=f"{base}/{item.path}")
        add(entry, "published", item.published.isoformat())
        add(entry, "updated", item.updated.isoformat())
        add(add(entry, "author"), "name", item.author)
        add(entry, "category", term=item.section)
        add(entry, "summary", summary(item))
        if outlet.carries == "text":
            add(entry, "content", body(item), type="html")
    return _xml(root)


def _json(outlet: Outlet, items: Sequence[Item], base: str) -> bytes:
    """JSON Feed 1.1."""
    head = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "description": outlet.about,
        "home_page_url": f"{base}/",
        "feed_url": f"{base}/{feed_path(outlet)}",
        "language": outlet.language,
    }
    entries = [
        {
            "id": f"{base}/{item.path}",
            "url": f"{base}/{item.path}",
            "title": item.title,
            "summary": summary(item),
            "content_html": body(item) if outlet.carries == "text" else f"<p>{escape(summary(item))}</p>",
            "date_published": item.published.isoformat(),
            "date_modified": item.updated.isoformat(),
            "authors": [{"name": item.author}],
            "tags": [item.section],
            "language": item.language,
        }
        for item in items
    ]
    return json.dumps(head | {"items": entries}, ensure_ascii=False, indent=1).encode()


def opml(outlets: Iterable[Outlet], base: str, made: datetime) -> bytes:
    """Every feed, the faulty ones too, under its group; the agency comes first, as its copies follow it."""
    root = ET.Element("opml", version="2.0")
    head = _add(root, "head")
    _add(head, "title", "The sample wire")
    _add(head, "dateCreated", format_datetime(made))
    groups: dict[str, ET.Element] = {}
    listing = _add(root, "body")
    for outlet in sorted(outlets, key=lambda outlet: outlet.group):
        if outlet.group not in groups:
            groups[outlet.group] = _add(listing, "outline", text=outlet.group)
        attributes = {"text": outlet.name, "title": outlet.name, "type": "rss", "language": outlet.language}
        attributes["outlet"] = outlet.name  # Newstide's own: whose articles they are
        _add(groups[outlet.group], "outline", xmlUrl=f"{base}/{feed_path(outlet)}", htmlUrl=f"{base}/", **attributes)
    return _xml(root)


def page(outlet: Outlet, item: Item, others: Iterable[Item], base: str) -> bytes:
    """The article's web page, with all that stands around an article."""
    words = labels(item.language)
    moment = item.published
    fields = {
        "language": item.language,
        "direction": "rtl" if item.language == "ar" else "ltr",
        "outlet": outlet.name,
        "about": outlet.about,
        "title": item.title,
        "author": item.author,
        "section": item.section,
        "summary": summary(item),
        "url": f"{base}/{item.path}",
        "published": moment.isoformat(),
        "updated": item.updated.isoformat(),
        "when": f"{moment.day} {words['months'][moment.month - 1]} {moment:%Y, %H:%M} UTC",
        "home": words["menu"][0],
        "by": words["by"],
        "related_title": words["related"],
        "letter": words["letter"],
        "cookies": words["cookies"],
    }
    html = {
        "menu": "".join(f'<li><a href="#">{escape(entry)}</a></li>' for entry in words["menu"]),
        "related": "".join(_link(other) for other in others if other.path != item.path),
        "foot": " · ".join(f'<a href="#">{escape(entry)}</a>' for entry in words["foot"]),
        "body": _figure(item) + body(item),
    }
    return _fill(outlet.template, fields, html)


def sign_in(outlet: Outlet) -> bytes:
    """What a feed turns into when its paywall swallows it."""
    return _fill("sign-in", {"outlet": outlet.name}, {})


def front(outlets: Iterable[Outlet], base: str) -> bytes:
    """The front door: where everything is, for a person with a browser."""
    rows = "".join(
        f'<li><a href="/{feed_path(outlet)}">{escape(outlet.name)}</a>, {escape(outlet.place)}: {outlet.format}</li>'
        for outlet in outlets
    )
    return _fill("front", {"base": base}, {"rows": rows})


def _link(item: Item) -> str:
    return f'<li><a href="/{item.path}">{escape(item.title)}</a></li>'


def _figure(item: Item) -> str:
    """A caption needs a picture above it: a plain band of colour."""
    if not item.caption:
        return ""
    band = (
        '<svg role="img" viewBox="0 0 9 1" preserveAspectRatio="none"><rect width="9" height="1" fill="#8a9ba8"/></svg>'
    )
    return f"<figure>{band}<figcaption>{escape(item.caption)}</figcaption></figure>\n"


def _fill(template: str, fields: Mapping[str, str], html: Mapping[str, str]) -> bytes:
    escaped = {name: escape(text) for name, text in fields.items()}
    text = (TEMPLATES / f"{template}.html").read_text("utf-8")
    return Template(text).substitute(escaped | dict(html)).encode()
