"""Under what an outlet files an article: what the page, its address and the feed call its section, and what that is about."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any, Literal
from urllib.parse import unquote

from newstide import urls
from newstide.records import RawArticle
from streams.enrich.facts import Facts, texts, types
from streams.enrich.words import slug, table

# The tables of names: of the top-level topics, and of what lies below them.
Level = Literal["sections", "subtopics"]
_META = ("article:section", "parsely-section", "articlesection", "section", "og:article:section", "cse-section")
# Names that say nothing of what an article is about: they count where no other is given, and in an address not at all.
_GENERIC = frozenset(
    slug(name)
    for name in (
        "news article articles story stories post posts blog blogs content archive archives amp web www html index latest latest-news breaking-news world-news local-news top-stories"
        " front-page newsdeck nachrichten aktuell aktuelles artikel actualites actualité actu noticias noticia notizie nieuws nyheter nyheder uutiset haber haberler gündem berita"
        " wiadomości wydarzenia zprávy hírek știri новости публикации новини أخبار اخبار ειδήσεις חדשות ニュース 新闻 뉴스 tin-tức izindaba iindaba id live video videos"
    ).split()
)
_HOME = frozenset(
    slug(name)
    for name in (
        "home homepage website frontpage startseite accueil inicio portada start hem forside etusivu ana-sayfa anasayfa главная الرئيسية ホーム トップ 首页 홈 trang-chủ"
    ).split()
)
_SEGMENT = re.compile(r"[^\W\d_]+(?:[-_ ][^\W\d_]+){0,2}$")
_LONGEST = 40
_SPLIT = re.compile(r"\s*[>»›|/,;·&]\s*|\s+(?:and|und|et|y|e|og|och|en|ve|i|и)\s+", re.IGNORECASE)
# What a name that says nothing is worth beside one that does.
_EMPTY = 0.1
# A page that lists its keywords as sections is not heard to the end.
_MOST = 5
# Categories of a feed are often keywords: the first few may be sections.
_CATEGORIES = 3


def said(raw: RawArticle, facts: Facts) -> Iterator[tuple[str, float, str]]:
    """(witness, weight, section), of the witnesses json-ld, meta, breadcrumb, feed and url."""
    found = [("json-ld", 2.0, text) for text in islice(facts.said_of("articleSection"), _MOST)]
    found += [("meta", 2.0, text) for name in _META for text in facts.meta.get(name, ())[:_MOST]]
    found += [("breadcrumb", 1.5, text) for text in _crumbs(facts)]
    found += [("feed", 1.0, text) for text in raw.sections[:_CATEGORIES]]
    found += [("url", 0.5, text) for text in _segments(raw.url)]
    own = {slug(house) for house in (*facts.outlets, raw.outlet, raw.outlet.split(".")[0])} | _HOME | {""}
    for source, weight, text in found:
        for name in text.split(",") if source in {"json-ld", "meta"} else [text]:
            if 1 < len(name.strip()) <= _LONGEST and slug(name) not in own and "www." not in name:
                yield source, weight * (_EMPTY if slug(name) in _GENERIC else 1), name.strip()


def topics(names: Iterable[str], level: Level = "sections") -> set[str]:
    """The Media Topics that sections of these names are known to be about, in any language of the level's table."""
    parts = {slug(part) for name in names if len(name) <= _LONGEST for part in (name, *_SPLIT.split(name))}
    return {topic for part in parts for topic in _known(level).get(part, ())}


@cache
def _known(level: Level = "sections") -> dict[str, tuple[str, ...]]:
    """Slug of a section's name → the topics it stands for."""
    found: dict[str, tuple[str, ...]] = {}
    for row in table(level):
        for name in filter(None, row["sections"].split("|")):
            found[slug(name)] = (*found.get(slug(name), ()), row["id"])
    return found


def _crumbs(facts: Facts) -> list[str]:
    """What stands between home and the article on its trail."""
    trails = [node.get("itemListElement") for node in facts.nodes if "BreadcrumbList" in types(node)]
    named = [[name for item in trail for name in _crumb(item)] for trail in trails if isinstance(trail, list)]
    longest = max([*named, facts.crumbs], key=len, default=[])
    known = {slug(title) for title in (facts.title, *facts.headings, *facts.meta.get("og:title", ()))}
    return [name for name in longest[:4] if slug(name) not in known]


def _crumb(item: Any) -> Iterator[str]:
    if isinstance(item, dict):
        yield from list(texts(item.get("name")))[:1] or list(texts(item.get("item")))[:1]


def _segments(url: str) -> Iterator[str]:
    """What in an address may be a section: known names in front of its domain and in its path, and the path's first part."""
    if not url.startswith(("http://", "https://")):
        return
    host, _, path = url.partition("://")[2].partition("/")
    parts = [unquote(part) for part in path.split("?")[0].split("/")[:-1]][:4]
    front = host.removesuffix(urls.outlet(url, None)).split(".")
    known = [part for part in (*front, *parts) if slug(part) in _known()]
    first = [part for part in parts[:1] if _SEGMENT.match(part) and len(part) > 2 and slug(part) not in _GENERIC]
    yield from (part.replace("-", " ").replace("_", " ") for part in dict.fromkeys((*known, *first)))
