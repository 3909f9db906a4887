"""What a page says about itself, collected once: JSON-LD, meta tags, headings, times, links."""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from streams.enrich import signed

# Larger blocks of data are no description of an article.
_LD_LIMIT = 2_000_000
_ARTICLES = re.compile(r"(?:Article|BlogPosting|LiveBlogPosting|Report|Review|SocialMediaPosting)$")
# What wraps a stripped script.
_OPENED = re.compile(r"^(?:<!--|/\*\s*<!\[CDATA\[\s*\*/|//<!\[CDATA\[|<!\[CDATA\[)")
_CLOSED = re.compile(r"(?:-->|/\*\s*\]\]>\s*\*/|//\s*\]\]>|\]\]>)\s*;?$|;$")
_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:byline|author|auteur|autor|autorin|autore|writer|reporter|kicker-author|muhabir|yazar|penulis|skribent|journalist)s?(?:[_-]?(?:names?|link|title|text|info|meta))*(?=$|[\s_-])",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x1f]")
_COMMA = re.compile(r",\s*([\]}])")
_ABOUT = re.compile(
    r"/(?:authors?|autor(?:en|es|e)?|auteurs?|redakt(?:ion|eure?|orer)|journalists?|journalistes?|reporters?|by|profiles?|staff|people|yazar(?:lar)?|penulis)/[^/?#]",
    re.IGNORECASE,
)
_LICENCE = re.compile(r"creativecommons\.org|/licen[cs]es?/", re.IGNORECASE)
# Who comments is no author.
_COMMENT_BY = re.compile(r"comment|kommentar|respond|reply", re.IGNORECASE)
_CRUMBS = re.compile(r"bread-?_?crumb", re.IGNORECASE)
# Only the first few elements that call themselves a byline: later ones belong to other articles.
_BYLINES = 3
_BYLINE_LENGTH = 120
# An admin's account is nobody.
_ACCOUNT = re.compile(
    r"/(?:author|user)s?/(?:admin|administrator|root|superadmin|editor|webmaster)[\w-]*/?(?:[#?]|$)", re.IGNORECASE
)


# What news sites name the source of a syndicated text by.
_SOURCE = ("original-source", "syndication-source", "dc.source", "dcterms.source")


@dataclass(slots=True)
class Facts:
    """`meta` by lower-case name, property or itemprop; `nodes` are those of JSON-LD, `articles` those of them that are one.

    `signed` stands in the article itself. `tree` is the page, None where there is none.
    """

    tree: Any = None
    meta: dict[str, list[str]] = field(default_factory=dict)
    nodes: list[dict[str, Any]] = field(default_factory=list)
    title: str = ""
    headings: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    linked: list[str] = field(default_factory=list)
    bylines: list[str] = field(default_factory=list)
    signed: list[str] = field(default_factory=list)
    crumbs: list[str] = field(default_factory=list)
    canonical: str = ""
    language: str = ""

    @property
    def articles(self) -> list[dict[str, Any]]:
        return [node for node in self.nodes if any(_ARTICLES.search(kind) for kind in types(node))]

    def said_of(self, name: str) -> Iterator[str]:
        """The strings under a name of the JSON-LD nodes that are articles."""
        for node in self.articles:
            yield from texts(node.get(name))

    @property
    def outlets(self) -> set[str]:
        """What the page calls its own house."""
        publishers = {text for node in self.nodes for text in texts(node.get("publisher"))}
        houses = {text for node in self.nodes if "Organization" in "".join(types(node)) for text in texts(node)}
        return publishers | houses | set(self.meta.get("og:site_name", ()))

    @property
    def sources(self) -> list[str]:
        """Addresses or names of those whose text the page says that it is."""
        named = [value for name in _SOURCE for value in self.meta.get(name, ()) if value]
        return named + [text for name in ("isBasedOn", "isBasedOnUrl") for text in self.said_of(name) if text]

    def first(self, *names: str) -> str:
        """The first non-empty meta of these names."""
        return next((value for name in names for value in self.meta.get(name, ()) if value), "")


def gather(tree: Any) -> Facts:
    """The facts of a page's tree (lxml)."""
    facts = Facts(tree=tree, language=tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
    for element in tree.iter(*_READERS):
        _READERS[element.tag](facts, element)
    return facts


def _meta(facts: Facts, element: Any) -> None:
    name = element.get("property") or element.get("name") or element.get("itemprop") or ""
    content = " ".join((element.get("content") or "").split())
    if name and content:
        facts.meta.setdefault(name.lower(), []).append(content)


def _script(facts: Facts, element: Any) -> None:
    if "ld+json" in (element.get("type") or "").lower():
        facts.nodes.extend(_nodes(element.text or ""))


def _title(facts: Facts, element: Any) -> None:
    facts.title = facts.title or said(element)


def _heading(facts: Facts, element: Any) -> None:
    facts.headings.append(said(element))


def _time(facts: Facts, element: Any) -> None:
    facts.times.append(element.get("datetime") or said(element))


def _link(facts: Facts, element: Any) -> None:
    if (element.get("rel") or "").lower() == "canonical":
        facts.canonical = facts.canonical or (element.get("href") or "").strip()


def _anchor(facts: Facts, element: Any) -> None:
    """Also a link to a page about somebody, below the headline."""
    _read_marked(facts, element)
    href = element.get("href") or ""
    if facts.headings and len(facts.linked) < _BYLINES and _ABOUT.search(href) and not _LICENCE.search(href):
        facts.linked.append(said(element))


def _signed(facts: Facts, element: Any) -> None:
    """A paragraph, or words without markup of their own, in which somebody signs."""
    _read_marked(facts, element)
    if element.tag == "div":
        _trail(facts, element)
    if not facts.signed and (element.tag == "p" or not len(element)):
        name = signed.signature(element, said(element)) or signed.beside_date(element)
        facts.signed.extend([name] if name else [])


def _trail(facts: Facts, element: Any) -> None:
    """The links of the first list that calls itself a trail of breadcrumbs."""
    if not facts.crumbs and _CRUMBS.search(element.get("class") or element.get("id") or ""):
        facts.crumbs.extend(filter(None, map(said, element.iter("a"))))


def _read_marked(facts: Facts, element: Any) -> None:
    """Authors and dates as microdata, links and class names mark them."""
    prop = element.get("itemprop") or ""
    kind = element.get("class") or ""
    if len(facts.bylines) < _BYLINES and _BYLINE.search(kind) and not _COMMENT_BY.search(kind):
        text = said(element)
        if 2 < len(text) <= _BYLINE_LENGTH:
            facts.bylines.append(text)
    if prop == "author" or (element.tag == "a" and element.get("rel") == "author"):
        inner = next((e for e in element.iter() if e.get("itemprop") == "name"), element)
        facts.authors.append(inner.get("content") or said(inner))
    elif prop in {"datePublished", "dateModified"}:
        value = element.get("content") or element.get("datetime")
        if value:
            facts.meta.setdefault(prop.lower(), []).append(value)


_READERS: dict[str, Callable[[Facts, Any], None]] = {
    "meta": _meta,
    "script": _script,
    "title": _title,
    "h1": _heading,
    "time": _time,
    "link": _link,
    "a": _anchor,
    "ol": _trail,
    "ul": _trail,
    "nav": _trail,
    "span": _signed,
    "div": _signed,
    "p": _signed,
}


def said(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def types(node: dict[str, Any]) -> list[str]:
    """The node's `@type`s, without their vocabulary."""
    kind = node.get("@type")
    return [str(k).rsplit("/", 1)[-1] for k in (kind if isinstance(kind, list) else [kind]) if k]


def texts(value: Any) -> Iterator[str]:
    """The strings in a JSON-LD value: itself, a list's, an object's name unless it is an admin's account."""
    if isinstance(value, str):
        yield html.unescape(" ".join(value.split()))
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict) and not _ACCOUNT.search(str(value.get("url") or value.get("@id"))):
        yield from texts(value.get("name") or value.get("@value"))


def _nodes(script: str) -> list[dict[str, Any]]:
    if len(script) > _LD_LIMIT:
        return []
    cleaned = _CLOSED.sub("", _OPENED.sub("", script.strip())).strip()
    for attempt in (cleaned, _COMMA.sub(r"\1", _CONTROL.sub(" ", cleaned))):
        try:
            return list(_flat(orjson.loads(attempt), 0))
        except (orjson.JSONDecodeError, UnicodeEncodeError):
            continue
    return []


def _flat(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Every typed object in it, outer first; lists of other articles and a live blog's updates are left alone."""
    if depth > 6:
        return
    if isinstance(value, dict):
        if "@type" in value:
            yield value
        for name in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart"):
            if isinstance(value.get(name), dict | list):
                yield from _flat(value[name], depth + 1)
    elif isinstance(value, list):
        for item in value[:200]:
            yield from _flat(item, depth + 1)
