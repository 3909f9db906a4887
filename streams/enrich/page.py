"""A page as it came over the wire: its characters, its tree, what it says about itself and what kind of page it is."""

import logging
import re
from dataclasses import dataclass, field
from typing import Any

from streams.enrich import charset
from streams.enrich.facts import Facts, gather, types

# Larger pages are refused: trafilatura's own limit, and nobody's article.
PAGE_LIMIT = 20_000_000
# A page of more tags than this is no article, and every step over its tree would take seconds.
TAG_LIMIT = 200_000
_GALLERY = re.compile(
    r"/(?:galler(?:y|ies|ie|ia)|slideshows?|photos?|fotos?|fotostrecken?|bilder|bildergalerie|diaporamas?|fotogaler[iy]a?|foto-galeri|pictures)/",
    re.IGNORECASE,
)
_VIDEO = re.compile(r"/(?:videos?|watch|mediathek|tv)/", re.IGNORECASE)
_LIVE = re.compile(
    r"/(?:live|live-?blogs?|liveticker|newsblog|en-direct|direct|en-vivo|canli)(?:[/-]|$)", re.IGNORECASE
)
_PAGED = re.compile(r"(?:[?&](?:p|page|seite|pagina)=|/(?:page/|seite-)?)2/?(?:\.html?)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """Either a `tree` (lxml), or `text` where the page was plain, or the `reason` why there is neither."""

    tree: Any = None
    text: str = ""
    reason: str = ""
    facts: Facts = field(default_factory=Facts)


def opened(data: bytes, page_type: str | None) -> Page:
    """The page in its bytes. Never raises; `reason` is one of: too large, empty page, not html, unreadable."""
    if len(data) > PAGE_LIMIT:
        return Page(reason="too large")
    if not data.strip():
        return Page(reason="empty page")
    kind, header = _content_type(page_type)
    if kind == "text/plain":
        return Page(text=charset.decode(data, header))
    if (kind and "html" not in kind and "xml" not in kind) or data.startswith(b"%PDF") or b"<" not in data[:1_000_000]:
        return Page(reason="not html")
    return parsed(charset.decode(data, header))


def parsed(markup: str) -> Page:
    """The page of its characters."""
    from trafilatura.utils import load_html

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it logs each page it discards
    if markup.count("<") > TAG_LIMIT:
        return Page(reason="too large")
    try:
        tree = load_html(markup)
    except Exception:  # noqa: BLE001 - a hostile page breaks parsers in ways nobody lists
        tree = None
    if tree is None:
        return Page(reason="unreadable")
    return Page(tree=tree, facts=gather(tree))


def marks(facts: Facts, tree: Any, url: str) -> tuple[str, ...]:
    """What else the page is: live blog, gallery, video, multi-page, paywall."""
    kinds = {kind for node in facts.nodes for kind in types(node)}
    article = bool(facts.articles)
    og = facts.first("og:type").lower()
    found = {
        "live blog": "LiveBlogPosting" in kinds or bool(_LIVE.search(url) and len(facts.times) >= 5),
        "gallery": bool(kinds & {"ImageGallery", "MediaGallery"}) or bool(_GALLERY.search(url)),
        "video": og.startswith("video")
        or bool(_VIDEO.search(url))
        or ("VideoObject" in kinds and not article and og != "article"),
        "multi-page": bool(
            _PAGED.search(next((e.get("href") or "" for e in tree.iter("link") if e.get("rel") == "next"), ""))
        ),
        "paywall": walled(facts),
    }
    return tuple(mark for mark, holds in found.items() if holds)


def walled(facts: Facts) -> bool:
    """Does the page say of itself that not everybody may read it all?"""
    said = [str(node["isAccessibleForFree"]).lower() for node in facts.articles if "isAccessibleForFree" in node]
    tier = facts.first("article:content_tier").lower()
    return "false" in said or tier in {"locked", "metered"}


def _content_type(page_type: str | None) -> tuple[str, str]:
    kind, _, rest = (page_type or "").partition(";")
    match = re.search(r"charset=[\"']?([\w\-:.]+)", rest, re.IGNORECASE)
    return kind.strip().lower(), match[1] if match else ""
